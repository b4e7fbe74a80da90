#!/usr/bin/python3
"""Proves that each rule of tools/tidy fires on what it bans and is silent on what it allows."""
import importlib.machinery
import importlib.util
import sys
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parent.parent.parent
loader = importlib.machinery.SourceFileLoader("tidy", str(ROOT / "tools/tidy"))
tidy = importlib.util.module_from_spec(importlib.util.spec_from_loader("tidy", loader))
loader.exec_module(tidy)

FOLDERS = ["base", "model", "ledger", "centre", "store", "engine", "net", "app", "cli"]
HEADER = "// What it is for.\n#pragma once\n"
H, CC, TEST = "src/centre/a.h", "src/centre/a.cc", "src/centre/a_test.cc"
IO = "src/engine/a.cc"

# rule, path, text that must be refused, text that must pass
CASES = [
    ("columns", CC, "// " + "x" * 98 + "\n", "// " + "x" * 97 + "\n"),
    ("columns", "tools/a.sh", "#" * 101 + "\n", "#" * 100 + "\n"),
    ("columns", "tools/a", "#" * 101 + "\n", "#" * 100 + "\n"),
    ("columns", "check", "#" * 101 + "\n", "#" * 100 + "\n"),
    ("white-space", CC, "int a; \n", "int a;\n"),
    ("white-space", CC, "int a;\r\n", "int a;\n"),
    ("white-space", CC, "\tint a;\n", "  int a;\n"),
    ("white-space", CC, "int a;", "int a;\n"),
    ("machine-path", "docs/a.md", "see /wo" + "rk/main\n", "see docs/main\n"),
    ("machine-path", CC, 'auto a = "/ho' + 'me/joe/x";\n', 'auto a = "/home";\n'),
    ("registry-host", "docs/a.md", "from pypi.o" + "rg\n", "from the registry\n"),
    ("random", IO, "int a = std::rand();\n", "int a = brand();\n"),
    ("random", IO, "std::random_device r;\n", "std::mt19937 r(seed);\n"),
    ("time", IO, "gettimeofday(&t, 0);\n", 'say("gettimeofday");\n'),
    ("time", IO, "auto t = time(nullptr);\n", "auto t = job.time(0);\n"),
    ("assert", IO, "assert(a);\n", "static_assert(a); PENTAD_ASSERT(a);\n"),
    ("assert", IO, "#include <cassert>\n", '#include "base/assert.h"\n'),
    ("new", IO, "auto* a = new int;\n", "int new_one = 1;\n"),
    ("new", IO, "delete a;\n", "A(const A&) = delete;\n"),
    ("new", IO, "void* a = malloc(4);\n", "void* operator new(size_t);\n"),
    ("new", IO, "std::free(a);\n", "pool.free(a); set_free(a);\n"),
    ("fork", IO, "pid_t p = fork();\n", "posix_spawn(&p);\n"),
    ("fork", IO, "return fork();\n", "Random fork() { return random.fork(); }\n"),
    ("fork", IO, 'system("true");\n', "file_system(a); node.system();\n"),
    ("c-string", IO, "sprintf(a, b);\n", "std::snprintf(a, 4, b);\n"),
    ("c-string", IO, "int a = atoi(b);\n", "int a = to_int(b);\n"),
    ("unheard-property", IO, "void f() {\n  rc::check(g);\n}\n",
     "void f() {\n  CHECK(rc::check(g));\n}\n"),
    ("regex", IO, "std::regex r;\n", "// std::regex recurses\n"),
    ("todo", IO, "// TO" + "DO later\n", "// done\n"),
    ("using-namespace", H, HEADER + "using namespace std;\n", HEADER + "using std::move;\n"),
    ("pure-call", CC, "auto t = std::chrono::system_clock::now();\n", "auto t = event.time;\n"),
    ("pure-call", CC, 'auto h = std::getenv("HOME");\n', "auto h = event.home;\n"),
    ("pure-call", CC, "std::cerr << a;\n", "out << a;\n"),
    ("pure-call", CC, 'fopen(a, "r");\n', "open_gate(a);\n"),
    ("pure-call", CC, "auto t = std::localtime(&a);\n", "auto t = local_time_of(a);\n"),
    ("pure-global", CC, "static int count = 0;\n", "static const int kCount = 0;\n"),
    ("pure-global", H, HEADER + "inline int a;\n", HEADER + "inline constexpr int a = 1;\n"),
    ("pure-global", CC, "static std::string a{};\n", "static std::string text(int a) {}\n"),
    ("pure-global", CC, "  static Table t;\n", "static int f(int a = 1);\n"),
    ("pure-include", CC, "#include <random>\n", "#include <map>\n"),
    ("pure-include", CC, "#include <unistd.h>\n", "#include <vector>\n"),
    ("pure-include", CC, "#include <boost/asio.hpp>\n", "#include <boost/describe.hpp>\n"),
    ("pure-include", CC, "#include <mutex>\n", "#include <string>\n"),
    ("address-order", CC, "std::map<Job*, int> m;\n", "std::map<JobId, Job*> m;\n"),
    ("float-money", "src/ledger/a.cc", "double price = 1;\n", "Money price = 1;\n"),
    ("owned-include", IO, "#include <soci/soci.h>\n", "#include <string>\n"),
    ("owned-include", IO, "#include <boost/beast.hpp>\n", "#include <boost/url.hpp>\n"),
    ("owned-include", "src/net/a.h", HEADER + "#include <boost/beast/http.hpp>\n", HEADER),
    ("owned-include", IO, "#include <CLI/CLI.hpp>\n", "#include <toml++/toml.h>\n"),
    ("include-form", CC, '#include "event.h"\n', '#include "centre/event.h"\n'),
    ("include-form", CC, '#include "../model/job.h"\n', '#include "model/job.h"\n'),
    ("layering", CC, '#include "engine/engine.h"\n', '#include "model/job.h"\n'),
    ("layering", TEST, '#include "store/store.h"\n', '#include "base/units.h"\n'),
    ("layering", "src/model/CMakeLists.txt", "pentad_library(NAME model DEPS pentad_centre)\n",
     "pentad_library(NAME model DEPS pentad_base)\n"),
    ("layering", "src/other/CMakeLists.txt", "\n", ""),
    ("pragma-once", H, "// What for.\n", HEADER),
    ("header-comment", H, "#pragma once\nint a;\n", "#pragma once\n\n// What for.\nint a;\n"),
    ("co-await-brace", IO, "co_await send(Reply{1});\n", "auto r = Reply{1};\nco_await send(r);\n"),
    ("co-await-brace", IO, "co_await run([=] {\n  go();\n});\n", "if (co_await ready()) {\n}\n"),
    ("co-await-brace", IO, "if (co_await f(A{1})) {\n}\n", "auto a = co_await f(b); {\n}\n"),
    ("co-await-brace", IO, "co_await f(\n    A{1});\n", "co_await f(\n    a);\n"),
]


def run(*files):
    checker = tidy.Tidy(FOLDERS)
    for path, text in files:
        checker.check(tidy.Source(path, text))
    checker.finish()
    return checker


def rules(*files):
    return {rule for _, _, rule, _ in run(*files).found}


class TidyTest(unittest.TestCase):
    def test_each_case(self):
        for rule, path, bad, good in CASES:
            with self.subTest(rule=rule, bad=bad):
                self.assertEqual(rules((path, bad)), {rule})
            if good or path != "src/other/CMakeLists.txt":
                with self.subTest(rule=rule, good=good):
                    self.assertEqual(rules((path, good)), set())

    def test_every_rule_has_a_case(self):
        source = (ROOT / "tools/tidy").read_text()
        reported = set(tidy.re.findall(r'self\.report\(\s*source,[^"]*?"([a-z-]+)"', source))
        banned = {row[0] for row in tidy.BANNED}
        self.assertGreaterEqual(len(reported), 10)
        self.assertEqual({case[0] for case in CASES} | {"undeclared-link"}, reported | banned)

    def test_pure_rules_hold_only_in_pure_sources(self):
        for path in (IO, TEST, "bench/a.cc"):
            self.assertEqual(rules((path, "#include <random>\nstatic int a = 0;\n")), set())
            self.assertEqual(rules((path, "auto t = system_clock::now();\n")), set())

    def test_one_source_for_a_heavy_header(self):
        text = "#include <toml++/toml.h>\n"
        self.assertEqual(rules((IO, text)), set())
        self.assertEqual(rules((IO, text), ("src/app/b.cc", text)), {"owned-include"})

    def test_include_needs_a_link(self):
        use = ("src/centre/a.cc", '#include "base/units.h"\n')
        links = ("src/centre/CMakeLists.txt", "pentad_library(NAME centre DEPS pentad_model)\n")
        through = ("src/model/CMakeLists.txt", "pentad_library(NAME model DEPS pentad_base)\n")
        self.assertEqual(rules(use, links), {"undeclared-link"})
        self.assertEqual(rules(use, links, through), set())

    def test_an_allowance_needs_the_rule_and_a_reason(self):
        line = "auto* a = new int;"
        for allowed in (f"{line}  // tidy: allow new because the C interface frees it\n",
                        f"// tidy: allow new because the C interface frees it\n{line}\n"):
            self.assertEqual(rules((IO, allowed)), set())
        for refused in (f"{line}  // tidy: allow new\n",
                        f"{line}  // tidy: allow fork because x\n"):
            self.assertEqual(rules((IO, refused)), {"new"})

    def test_exempt_places(self):
        text = "void* a = malloc(4);\n"
        self.assertEqual(rules(("src/engine/supervisor/a.cc", text)), set())
        self.assertEqual(rules(("src/engine/supervise.cc", text)), {"new"})

    def test_literals_and_comments_are_no_code(self):
        text = 'auto a = "new fork()";  // new\n/* delete\n a; */\nchar c = \'"\';\n'
        text += "int b = 1'000;\n"
        self.assertEqual(rules((IO, text)), set())
        self.assertEqual(rules((IO, 'auto a = R"(new "x" )" + 1;\nauto b = new C;\n')), {"new"})

    def test_lengths_warn(self):
        self.assertEqual(run((IO, "int a;\n" * 498)).warnings, [])
        self.assertEqual(len(run((IO, "int a;\n" * 501)).warnings), 1)
        body = "namespace n {\nint f(int a) const {\n  if (a) {\n  }\n%s}\n}\n"
        self.assertEqual(run((IO, body % ("  a;\n" * 66))).warnings, [])
        self.assertEqual(len(run((IO, body % ("  a;\n" * 67))).warnings), 1)

    def test_folders_are_read_from_cmake(self):
        folders = tidy.folders_of((ROOT / "cmake/pentad.cmake").read_text())
        self.assertEqual(folders[:3], ["base", "model", "schedule"])
        self.assertTrue(tidy.PURE <= set(folders))

    def test_looks_at_the_repository(self):
        self.assertIn("tools/tidy", tidy.all_files())


if __name__ == "__main__":
    unittest.main()
