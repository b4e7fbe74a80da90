"""A centre on a temporary home for the tests of this folder, driven through the real programs.

The test files take the path of `pentad` as their first argument; their other arguments go to
unittest.
"""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

PENTAD = str(pathlib.Path(sys.argv[1]).resolve()) if len(sys.argv) > 1 else "pentad"
PATIENCE_S = 60  # for what should take moments: the machine may be busy


def wait_until(condition, what):
    end = time.monotonic() + PATIENCE_S
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {PATIENCE_S} s for: {what}")
        time.sleep(0.05)


class Centre:
    def __init__(self):
        self.home = tempfile.mkdtemp(prefix="pentad-e2e.")
        self.work = os.path.join(self.home, "work")
        os.mkdir(self.work)
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("PENTAD_")}
        self.environment.update(PENTAD_HOME=self.home, LC_ALL="C.UTF-8", TERM="xterm-256color")
        # Login shells of jobs must not read what this machine's user has in a profile.
        self.environment["HOME"] = self.work

    def start(self):
        return self.ok("up", "--detach", "--listen", "127.0.0.1:0")

    def remove(self):
        if os.path.exists(os.path.join(self.home, "pentad.sock")):
            self.call("cancel", "--all")
            wait_until(lambda: not self.json("queue"), "the end of all jobs")
            self.call("down")
        shutil.rmtree(self.home)

    def call(self, *words, given=None, **environment):
        """Runs a command to its end; bytes in and out."""
        return subprocess.run(
            [PENTAD, *words], input=given, stdin=subprocess.DEVNULL if given is None else None,
            capture_output=True, cwd=self.work, env={**self.environment, **environment},
            timeout=2 * PATIENCE_S, check=False)

    def begin(self, *words, **options):
        return subprocess.Popen([PENTAD, *words], stdin=subprocess.DEVNULL, cwd=self.work,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                env=self.environment, **options)

    def ok(self, *words, **options):
        """The output of a command that must succeed, as text."""
        done = self.call(*words, **options)
        if done.returncode != 0:
            raise AssertionError(f"{words} ended with {done.returncode}: {done.stderr.decode()}")
        return done.stdout.decode()

    def json(self, *words):
        return json.loads(self.ok(*words, "--json"))

    def submit(self, *words, **options):
        """The number of the new job."""
        return self.ok("submit", *words, **options).strip()

    def shell(self, script, *options):
        return self.submit(*options, "--", "/bin/sh", "-c", script)

    def job(self, number):
        return self.json("show", number)["job"]

    def state(self, number):
        return self.job(number)["state"]

    def until(self, number, state):
        wait_until(lambda: self.state(number) == state, f"job {number} {state}")

    def pid(self):
        return self.json("status")["pid"]

    def kill(self):
        """Ends the daemon as a crash would, and waits until it is gone."""
        pid = self.pid()
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not os.path.exists(f"/proc/{pid}") or
                   pathlib.Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] == "Z",
                   "the daemon's end")


class Case(unittest.TestCase):
    """Tests that share one centre."""

    @classmethod
    def setUpClass(cls):
        cls.centre = Centre()
        cls.addClassCleanup(cls.centre.remove)
        cls.centre.start()

    def setUp(self):
        self.call = self.centre.call
        self.ok = self.centre.ok

    def ends_with(self, code, *words, says=None, **options):
        """Runs a command that ends with this code; its standard error as text."""
        done = self.call(*words, **options)
        error = done.stderr.decode()
        self.assertEqual(done.returncode, code, (words, done.stdout[-500:], error))
        if says is not None:
            self.assertIn(says, error)
        return error


def main():
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2)
