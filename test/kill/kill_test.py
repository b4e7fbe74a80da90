"""Kills the real daemon with SIGKILL a hundred times at random moments while real jobs run, starts
it again each time, then accounts for every job and its money.

  kill_test.py PENTAD [--kills N] [--seed N]

Each start of a job appends a line to a file of its own, so that a job that ran twice shows,
whatever the daemon says. Jobs sleep, fail on purpose, are arrays, depend on others, or run on
across many kills. No job may be lost, run twice or end otherwise than it should; every submission
that was answered must be there; one whose answer was lost is sent again under its key and must not
count twice. All are paid for, partly by a voucher: in the end nothing is held, each start has been
charged once, and the journal proves the books.
"""
import argparse
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
import unix_api  # noqa: E402


class Centre:
    def __init__(self, program, home):
        self.program, self.home, self.process = program, home, None

    def start(self):
        with open(f"{self.home}/daemon.log", "ab") as log:
            self.process = subprocess.Popen([self.program, "--home", self.home, "--listen",
                                             "127.0.0.1:0"], stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def call(self, method, path, body=None, key=None):
        return unix_api.call(self.home, method, path, body, key)

    def surely(self, method, path, body=None, key=None):
        """Asks until somebody answers; the daemon is started again when it is gone."""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            answer = self.call(method, path, body, key)
            if answer is not None:
                return answer
            if self.process.poll() is not None:
                self.start()
            time.sleep(0.01)
        raise AssertionError(f"no answer to {method} {path} in a minute; see the log")


class Account:
    """What was asked for, and what the jobs themselves say they did."""

    def __init__(self, folder, rng):
        self.folder, self.rng, self.wanted, self.number = folder, rng, {}, 0

    def next_job(self, done):
        """A job and how it must end: (body, elements, state, exit code)."""
        self.number += 1
        tag = f"j{self.number}"
        note = f'echo "$PENTAD_ARRAY_INDEX $PENTAD_ATTEMPT" >> {self.folder}/{tag}; '
        kind = self.rng.choice(["short", "short", "fails", "long", "array", "depends"])
        nap = self.rng.uniform(0, 0.2)
        body = {"name": tag, "limit_s": 300}
        want = (1, "completed", 0)
        if kind == "fails":
            body["argv"] = ["/bin/sh", "-c", note + f"sleep {nap}; exit 7"]
            want = (1, "failed", 7)
        elif kind == "long":
            body["argv"] = ["/bin/sh", "-c", note + f"sleep {1 + 10 * nap}; echo end"]
        else:
            body["argv"] = ["/bin/sh", "-c", note + f"sleep {nap}; echo end"]
        if kind == "array":
            body["array"] = {"indices": "0-5", "max_running": 3}
            want = (6, "completed", 0)
        if kind == "depends" and done:
            body["dependency"] = {"kind": "ended", "job": self.rng.choice(done)}
        return tag, body, want

    def check(self, tag, job):
        elements, state, code = self.wanted[tag]
        lines = open(f"{self.folder}/{tag}").read().split("\n")[:-1]
        problems = []
        if job["state"] != state or job["exit_code"] != code:
            problems.append(f"ended {job['state']} with {job['exit_code']} ({job['message']}), "
                            f"should be {state} with {code}")
        if len(lines) != elements or len(set(lines)) != elements:
            problems.append(f"ran {lines}, should be {elements} starts")
        if job["attempts"] != elements:
            problems.append(f"counts {job['attempts']} attempts")
        return [f"job {job['id']} ({tag}): {p}" for p in problems]


MONEY = ["price set core_hour 36", "tenant add lab", "project add lab/kill",
         "user add {user} --no-password", "role grant {user} member lab/kill",
         "topup lab 100000 --reference kill",
         "voucher issue lab/kill 50000 --funder city --share 60% --until 2099-01-01"]


def open_purse(pentad, home):
    def say(line):
        done = subprocess.run([pentad, "--home", home, *line.split()], capture_output=True,
                              text=True)
        if done.returncode != 0:
            raise AssertionError(f"pentad {line}: {done.stderr}")
        return done.stdout

    user = json.loads(say("--json whoami"))["user"]
    for line in MONEY:
        say(line.format(user=user))


def check_books(pentad, home, balances, starts):
    """What does not add up after `starts` attempts with nothing running, and the verdict."""
    problems = [f"still held: {b}" for b in balances
                if b["held_ucny"] != 0 or b["vouchers_held_ucny"] != 0]
    books = subprocess.run([pentad, "--home", home, "ledger", "verify"], capture_output=True,
                           text=True)
    if books.returncode != 0:
        problems.append("ledger verify: " + books.stdout + books.stderr)
    elif f" {starts} charges" not in books.stdout:
        problems.append(f"{starts} starts, but {books.stdout.strip()}")
    return problems, books.stdout.strip()


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pentad")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    home = tempfile.mkdtemp(prefix="pentad-kill.")
    os.mkdir(f"{home}/notes")
    with open(f"{home}/pentad.toml", "w") as config:
        config.write('[money]\ncharged = ["core_hour"]\n')
    daemon = os.path.join(os.path.dirname(os.path.abspath(options.pentad)), "pentad-daemon")
    centre, account, ids = Centre(daemon, home), Account(f"{home}/notes", rng), {}
    centre.start()
    began, kills = time.monotonic(), 0
    try:
        centre.surely("GET", "/status")
        open_purse(options.pentad, home)
        while kills < options.kills:
            # Some submissions, then a kill at a random moment: while they are being answered too.
            fatal = time.monotonic() + rng.uniform(0, 0.4)
            while time.monotonic() < fatal:
                tag, body, account.wanted[tag] = account.next_job(list(ids.values()))
                key = f"key-{tag}"
                answer = centre.call("POST", "/jobs", body, key)
                if answer is None:
                    answer = centre.surely("POST", "/jobs", body, key)
                ids[tag] = answer["jobs"][0]
                time.sleep(rng.uniform(0, 0.1))
            if rng.random() < 0.3:  # a submission whose answer nobody waits for
                tag, body, account.wanted[tag] = account.next_job(list(ids.values()))
                lost = unix_api.UnixConnection(f"{home}/pentad.sock")
                try:
                    lost.request("POST", "/api/v1/jobs", json.dumps(body),
                                 {"Content-Type": "application/json",
                                  "Idempotency-Key": f"key-{tag}"})
                except OSError:
                    pass
                time.sleep(rng.uniform(0, 0.005))
                centre.kill()
                lost.close()
                centre.start()
                ids[tag] = centre.surely("POST", "/jobs", body, f"key-{tag}")["jobs"][0]
            else:
                centre.kill()
                if rng.random() < 0.2:
                    time.sleep(rng.uniform(0, 1))  # jobs end while nobody is there
                centre.start()
            kills += 1
        deadline = time.monotonic() + 120
        while centre.surely("GET", "/status")["jobs"]["unfinished"] > 0:
            if time.monotonic() > deadline:
                raise AssertionError("jobs are left that do not end")
            time.sleep(0.1)
        problems = []
        for tag, number in ids.items():
            problems += account.check(tag, centre.surely("GET", f"/jobs/{number}")["job"])
        total = len(centre.surely("GET", "/jobs?limit=1000")["jobs"])
        if total != min(1000, len(ids)):
            problems.append(f"the centre knows {total} jobs, {len(ids)} were submitted")
        if len(set(ids.values())) != len(ids):
            problems.append("two submissions got the same number")
        balances = centre.surely("GET", "/balances")["balances"]
        centre.process.send_signal(signal.SIGTERM)
        centre.process.wait(30)
        starts = sum(account.wanted[tag][0] for tag in ids)
        unbalanced, books = check_books(options.pentad, home, balances, starts)
        problems += unbalanced
        verified = subprocess.run([daemon, "--home", home, "--journal-verify"],
                                  capture_output=True, text=True)
        if verified.returncode != 0:
            problems.append("journal verify: " + verified.stdout + verified.stderr)
        for problem in problems:
            print(problem)
        print(f"{kills} kills, {len(ids)} jobs, {time.monotonic() - began:.0f} s, "
              f"{len(problems)} problems (seed {options.seed}); {verified.stdout.strip()}; {books}")
    finally:
        if centre.process.poll() is None:
            centre.call("POST", "/jobs/cancel", {"filter": {}})
            centre.kill()
        if sys.exc_info()[0] is not None:
            print(open(f"{home}/daemon.log", errors="replace").read()[-3000:])
        shutil.rmtree(home, ignore_errors=True)
    return 1 if problems else 0


sys.exit(main())
