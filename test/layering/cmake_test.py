#!/usr/bin/python3
"""Proves that the configuration stops when a folder links one that does not stand above it."""
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
TOP = """cmake_minimum_required(VERSION 3.25)
project(layers NONE)
enable_testing()
add_library(pentad_options INTERFACE)
include({root}/cmake/pentad.cmake)
add_subdirectory(src/model)
"""


def configure(call):
    """Exit status and messages of configuring a project whose src/model holds this one call."""
    with tempfile.TemporaryDirectory(prefix="pentad-layers-") as folder:
        source = Path(folder)
        (source / "src/model").mkdir(parents=True)
        (source / "CMakeLists.txt").write_text(TOP.format(root=ROOT))
        (source / "src/model/CMakeLists.txt").write_text(call + "\n")
        done = subprocess.run(["cmake", "-G", "Ninja", "-S", folder, "-B", f"{folder}/build"],
                              capture_output=True, text=True)
        return done.returncode, " ".join(done.stderr.split())


class LayeringTest(unittest.TestCase):
    def test_upward_link_is_accepted(self):
        code, messages = configure("pentad_library(NAME model DEPS pentad_base)")
        self.assertEqual((code, messages), (0, ""))

    def test_downward_links_are_refused(self):
        for call in ("pentad_library(NAME model DEPS pentad_base pentad_centre)",
                     "pentad_library(NAME model SOURCES a.cc PRIVATE_DEPS pentad_store)",
                     "pentad_tests(NAME model SOURCES a_test.cc DEPS pentad_schedule)",
                     "pentad_executable(NAME tool SOURCES main.cc DEPS pentad_cli)",
                     "set(PENTAD_FUZZ ON)\npentad_fuzzer(NAME x SOURCES x.cc DEPS pentad_net)"):
            with self.subTest(call=call):
                code, messages = configure(call)
                self.assertNotEqual(code, 0)
                self.assertIn("layering: src/model may not link pentad_", messages)


if __name__ == "__main__":
    unittest.main()
