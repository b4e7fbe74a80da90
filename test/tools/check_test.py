#!/usr/bin/python3
"""Proves that ./check counts rightly and ends every process that a phase leaves behind."""
import contextlib
import importlib.util
import io
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
spec = importlib.util.spec_from_file_location("check", ROOT / "tools/check.py")
check = importlib.util.module_from_spec(spec)
spec.loader.exec_module(check)

REPORT = """<testsuite>
<testcase name="a" status="run"><system-out>{doctest}</system-out></testcase>
<testcase name="b" status="fail"><system-out>{doctest_bad}</system-out></testcase>
<testcase name="c" status="fail"><system-out>died before any summary</system-out></testcase>
<testcase name="d" status="fail"><system-out>{doctest}leaked memory at exit</system-out></testcase>
<testcase name="e" status="run"><system-out>no doctest here</system-out></testcase>
<testcase name="f" status="notrun"/>
</testsuite>"""

# Runs in a process of its own, so that only its own children are meant.
LEAVE = """
import ctypes, subprocess, sys
sys.path.insert(0, sys.argv[1])
import check
ctypes.CDLL(None).prctl(check.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
subprocess.run(["sh", "-c", sys.argv[2]])
print(check.end_children(), check.children())
"""


def summary(passed, failed, skipped):
    total = passed + failed
    return (f"[doctest] test cases: {total} | {passed} passed | {failed} failed | "
            f"{skipped} skipped\n")


def leave(command):
    done = subprocess.run([sys.executable, "-B", "-c", LEAVE, str(ROOT / "tools"), command],
                          capture_output=True, text=True, timeout=60, check=True)
    return done.stdout.strip()


class CountTest(unittest.TestCase):
    def count(self, text):
        one = check.Check()
        with tempfile.NamedTemporaryFile("w", suffix=".xml") as file:
            file.write(text)
            file.flush()
            one.count(Path(file.name))
        return one

    def test_each_kind_of_result(self):
        one = self.count(REPORT.format(doctest=summary(12, 0, 2), doctest_bad=summary(3, 4, 0)))
        # a: 12, 2 skipped; b: 3, 4 failed; c: 1 failed; d: 12, 1 failed, 2 skipped; e: 1;
        # f: 1 skipped
        self.assertEqual((one.passed, one.failed, one.skipped), (28, 6, 5))

    def test_status_is_good_only_when_something_passed_and_nothing_failed(self):
        one = check.Check()
        with contextlib.redirect_stdout(io.StringIO()) as said:
            self.assertEqual(one.summary(), 1)
            one.passed = 1
            self.assertEqual(one.summary(), 0)
            one.failed = 1
            self.assertEqual(one.summary(), 1)
        self.assertEqual(said.getvalue().splitlines()[-1], "1 passed, 1 failed, 0 skipped")

    def test_a_missing_report_counts_nothing(self):
        one = check.Check()
        one.count(Path("no/such/report.xml"))
        self.assertEqual((one.passed, one.failed, one.skipped), (0, 0, 0))


class LeftoverTest(unittest.TestCase):
    def test_none(self):
        self.assertEqual(leave("true"), "[] []")

    def test_own_session(self):
        left = leave("setsid sleep 100 >/dev/null 2>&1 & true")
        self.assertRegex(left, r"^\['\w+'\] \[\]$")  # setsid, or sleep already

    def test_deaf_to_sigterm(self):
        left = leave("trap '' TERM; setsid sh -c 'sleep 100; sleep 100' >/dev/null 2>&1 & true")
        self.assertRegex(left, r"^\['\w+'.*\] \[\]$")


if __name__ == "__main__":
    unittest.main()
