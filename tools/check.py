#!/usr/bin/python3
"""
Usage: ./check [--quick] [--clang] [--help]

Installs what is missing, builds with g++ and runs every test; then builds the unit tests and the
fault simulator with address and undefined behaviour sanitizers and runs them again; then runs each
fuzzer for some seconds. tools/tidy and clang-format are among the tests. Ends with one line:
N passed, N failed, N skipped. The exit status is 0 when something passed and nothing failed.

  --quick   build, tests, tidy and format only: no sanitizers, no fuzzers
  --clang   also compile everything with clang-16

The whole output of each phase is in build/check/PHASE.log. A process that a test leaves behind is
ended and counts as a failure.
"""
import contextlib
import ctypes
import fcntl
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOGS = ROOT / "build/check"
PR_SET_CHILD_SUBREAPER = 36
DOCTEST = re.compile(
    r"\[doctest\] test cases: *\d+ \| *(\d+) passed \| *(\d+) failed \| *(\d+) skipped")
SANITIZERS = {
    "ASAN_OPTIONS": "detect_stack_use_after_return=1:strict_string_checks=1:detect_leaks=1",
    "UBSAN_OPTIONS": "print_stacktrace=1",
    "RC_PARAMS": "max_success=25",  # a quarter of RapidCheck's rounds: the plain run does all
}


def environment(more):
    """No setting of the user's own centre reaches a test."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PENTAD_")}
    return {**kept, "CTEST_OUTPUT_ON_FAILURE": "1", "NINJA_STATUS": "[%f/%t] ", **more}


def children():
    """Processes below this one: orphans of the tests land here, since this is a subreaper."""
    parents = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                stat = Path(f"/proc/{entry}/stat").read_text()
            except OSError:
                continue
            name, rest = stat[stat.index("(") + 1:].rsplit(")", 1)
            parents.setdefault(int(rest.split()[1]), []).append((int(entry), name, rest.split()[0]))
    found, waiting = [], [os.getpid()]
    while waiting:
        for pid, name, state in parents.get(waiting.pop(), []):
            waiting.append(pid)
            found.append((pid, name, state))
    return found


def end_children():
    """Ends whatever is left below this process; returns the names of those that were alive."""
    names = []
    for attempt in range(100):
        left = children()
        names += [name for _, name, state in left if state != "Z"] if attempt == 0 else []
        if not left:
            break
        for pid, _, state in left:
            if state != "Z":
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGTERM if attempt < 10 else signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        time.sleep(0.05)
    return names


class Check:
    def __init__(self):
        self.jobs = "-j" + subprocess.check_output([ROOT / "tools/jobs"], text=True).strip()
        self.passed = self.failed = self.skipped = 0
        self.width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0

    def say(self, text):
        print(("\r\033[K" if self.width else "") + text, flush=True)

    def phase(self, name, command, **more):
        """Runs one command, its output in a log; says how long it took. True when it exits 0."""
        log = LOGS / f"{name}.log"
        start = time.monotonic()
        with open(log, "wb") as out:
            process = subprocess.Popen([str(part) for part in command], cwd=ROOT, stdout=out,
                                       stdin=subprocess.DEVNULL, stderr=subprocess.STDOUT,
                                       env=environment(more))
            self.wait(process, name, log, start)
        left = end_children()
        took = time.monotonic() - start
        good = process.returncode == 0 and not left
        self.say(f"{name:<18}{'ok' if good else 'FAILED':<8}{took:7.1f} s")
        if process.returncode != 0:
            lines = log.read_text(errors="replace").splitlines()
            print("\n".join(lines[-80:]), f"\n(all of it: {log.relative_to(ROOT)})", flush=True)
        if left:
            self.failed += 1
            print(f"{name}: left processes behind: {', '.join(left)}", flush=True)
        return process.returncode == 0

    def wait(self, process, name, log, start):
        if not self.width:
            process.wait()
            return
        while True:
            try:
                process.wait(0.25)
                return
            except subprocess.TimeoutExpired:
                tail = subprocess.run(["tail", "-c", "300", log], capture_output=True).stdout
                last = (tail.decode(errors="replace").split("\n")[-2:] or [""])[0]
                text = f"{name:<18}{time.monotonic() - start:5.0f} s  {last}"
                print("\r\033[K" + text[:self.width - 1], end="", flush=True)

    def step(self, name, command, **more):
        """A phase that is one test by itself."""
        good = self.phase(name, command, **more)
        self.passed, self.failed = self.passed + good, self.failed + (not good)
        return good

    def build(self, name, *targets):
        """A failed build counts as one failed test; a good one as none."""
        folder = ROOT / "build" / name
        good = (self.phase(f"{name}-configure", ["cmake", "--preset", name])
                and self.phase(f"{name}-build", ["ninja", "-C", folder, self.jobs, *targets]))
        self.failed += not good
        return good

    def tests(self, name, *selection, **more):
        report = LOGS / f"{name}.xml"
        report.unlink(missing_ok=True)
        good = self.phase(f"{name}-tests", [
            "ctest", "--test-dir", ROOT / "build" / name, self.jobs, "--no-tests=error",
            "--output-junit", report, "--test-output-size-passed", "1000000",
            "--test-output-size-failed", "1000000", *selection], **more)
        before = self.failed
        self.count(report)
        if not good and self.failed == before:
            self.failed += 1

    def count(self, report):
        """doctest programs count by their cases, any other test as one."""
        if not report.exists():
            return
        for case in xml.etree.ElementTree.parse(report).getroot().iter("testcase"):
            status = case.get("status")
            cases = DOCTEST.search(case.findtext("system-out") or "")
            passed, failed, skipped = map(int, cases.groups()) if cases else (0, 0, 0)
            if status == "fail":
                failed = max(failed, 1)
            elif status != "run":
                skipped += 1
            elif not cases:
                passed = 1
            self.passed, self.failed = self.passed + passed, self.failed + failed
            self.skipped += skipped

    def summary(self):
        print(f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped", flush=True)
        return 0 if self.passed and not self.failed else 1


def run(check, quick, clang):
    check.step("format", [ROOT / "tools/format", "--check"])
    if not check.build("release"):
        return
    check.tests("release")
    if not quick:
        if check.build("asan", "sanitized"):
            check.tests("asan", "--label-regex", "^(unit|sim)$", **SANITIZERS)
        if check.build("fuzz", "fuzzers"):
            check.tests("fuzz", "--label-regex", "^fuzz$", **SANITIZERS)
    if clang:
        check.step("clang-configure", ["cmake", "--preset", "clang"])
        check.step("clang-build", ["ninja", "-C", ROOT / "build/clang", check.jobs, "-k0"])


def main(arguments):
    unknown = set(arguments) - {"--quick", "--clang"}
    if unknown:
        print(f"check: unknown option {' '.join(sorted(unknown))}; see ./check --help")
        return 2
    LOGS.mkdir(parents=True, exist_ok=True)
    lock = open(LOGS / "lock", "w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print("check: another check runs in this directory")
        return 2
    os.set_inheritable(lock.fileno(), False)
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    check, start = Check(), time.monotonic()
    try:
        run(check, "--quick" in arguments, "--clang" in arguments)
    except KeyboardInterrupt:
        end_children()
        check.say("check: interrupted")
        return 130
    print(f"{'all':<26}{time.monotonic() - start:7.1f} s")
    return check.summary()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
