"""A centre in a private PostgreSQL database, with several daemons on one home, for the tests and
the benchmark of taking over. The files that use it take the path of `pentad` as first argument."""
import glob
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
import unix_api  # noqa: E402

CLUSTER = str(pathlib.Path(__file__).resolve().parents[1] / "postgresql" / "cluster.sh")
PATIENCE_S = 90  # for what should take moments: the machine may be busy


def has_postgresql():
    return bool(glob.glob("/usr/lib/postgresql/*/bin/initdb"))


def wait_until(condition, what):
    end = time.monotonic() + PATIENCE_S
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {PATIENCE_S} s for: {what}")
        time.sleep(0.01)


class Server:
    """A PostgreSQL server with one database, `centre`, of a role without privileges."""

    def __init__(self, *settings):
        self.folder = tempfile.mktemp(prefix="pentad-takeover-pg.", dir="/tmp")
        subprocess.run([CLUSTER, "start", self.folder, *settings], check=True)
        self.sql("CREATE ROLE pentad LOGIN", database="postgres")
        self.sql("CREATE DATABASE centre OWNER pentad", database="postgres")

    def url(self, folder=None):
        return f"postgresql://pentad@/centre?host={folder or self.folder}"

    def sql(self, text, database="centre", user="postgres"):
        done = subprocess.run(["psql", "-XqtA", "-v", "ON_ERROR_STOP=1", "-h", self.folder, "-U",
                               user, "-d", database, "-c", text], capture_output=True, text=True)
        if done.returncode != 0:
            raise AssertionError(f"{text}: {done.stderr}")
        return done.stdout.strip()

    def cut_connections(self):
        self.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'pentad'")

    def restart(self):
        subprocess.run([CLUSTER, "restart", self.folder], check=True)

    def stop(self):
        subprocess.run([CLUSTER, "stop", self.folder], check=False)


class Pair:
    """A home and the daemons on it."""

    def __init__(self, pentad, server, lease_s, url=None):
        self.pentad = str(pathlib.Path(pentad).resolve())
        self.program = str(pathlib.Path(self.pentad).parent / "pentad-daemon")
        self.server, self.daemons = server, []
        self.home = tempfile.mkdtemp(prefix="pentad-takeover.")
        self.notes = f"{self.home}/notes"
        os.mkdir(self.notes)
        self.wanted = {}  # by the name of a job: its number, and how many elements it has
        with open(f"{self.home}/pentad.toml", "w") as config:
            config.write(f'[store]\nurl = "{url or server.url()}"\nlease_s = {lease_s}\n'
                         '[money]\ncharged = ["core_hour"]\n')

    # --- daemons ---

    def start(self):
        with open(f"{self.home}/daemon.log", "ab") as log:
            daemon = subprocess.Popen([self.program, "--home", self.home, "--listen",
                                       "127.0.0.1:0"], stdin=subprocess.DEVNULL, stdout=log,
                                      stderr=log)
        self.daemons.append(daemon)
        return daemon

    def start_waiting(self):
        """A daemon that has said that it waits."""
        before = self.log().count("this daemon waits")
        daemon = self.start()
        wait_until(lambda: self.log().count("this daemon waits") > before, "a daemon that waits")
        return daemon

    def active(self):
        pid = self.surely("GET", "/status")["pid"]
        return next(d for d in self.daemons if d.pid == pid)

    def log(self):
        path = pathlib.Path(self.home, "daemon.log")
        return path.read_text(errors="replace") if path.exists() else ""

    def remove(self, show_log=False):
        self.call("POST", "/jobs/cancel", {"filter": {}})
        for daemon in self.daemons:
            if daemon.poll() is None:
                daemon.send_signal(signal.SIGKILL)
                daemon.wait()
        if show_log:
            print(self.log()[-6000:])
        shutil.rmtree(self.home, ignore_errors=True)

    # --- requests ---

    def call(self, method, path, body=None, key=None):
        return unix_api.call(self.home, method, path, body, key)

    def surely(self, method, path, body=None, key=None):
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            answer = self.call(method, path, body, key)
            if answer is not None:
                return answer
            time.sleep(0.01)
        raise AssertionError(f"no answer to {method} {path} in {PATIENCE_S} s")

    def open_purse(self):
        """Everything costs from here on."""
        user = json.loads(self.say("--json", "whoami"))["user"]
        for line in ("price set core_hour 36", "tenant add lab", "project add lab/x",
                     f"user add {user} --no-password", f"role grant {user} member lab/x",
                     "topup lab 100000 --reference test"):
            self.say(*line.split())

    def say(self, *words):
        done = subprocess.run([self.pentad, "--home", self.home, *words], capture_output=True,
                              text=True)
        if done.returncode != 0:
            raise AssertionError(f"pentad {words}: {done.stderr}")
        return done.stdout

    # --- jobs that say themselves how often they ran ---

    def submit(self, seconds, elements=1):
        name = f"j{len(self.wanted) + 1}"
        script = (f'echo "$PENTAD_ARRAY_INDEX $PENTAD_ATTEMPT" >> {self.notes}/{name}; '
                  f"sleep {seconds}")
        body = {"name": name, "limit_s": 600, "argv": ["/bin/sh", "-c", script]}
        if elements > 1:
            body["array"] = {"indices": f"0-{elements - 1}"}
        answer = self.surely("POST", "/jobs", body, f"key-{name}")
        self.wanted[name] = (answer["jobs"][0], elements)
        return name

    def lines(self, name):
        path = pathlib.Path(self.notes, name)
        return path.read_text().split("\n")[:-1] if path.exists() else []

    def wait_empty(self):
        wait_until(lambda: self.surely("GET", "/status")["jobs"]["unfinished"] == 0,
                   "the end of all jobs")

    def problems(self):
        """What is wrong when all has ended: each job must have run and been charged once."""
        found = []
        for name, (number, elements) in self.wanted.items():
            job = self.surely("GET", f"/jobs/{number}")["job"]
            lines = self.lines(name)
            if job["state"] != "completed":
                found.append(f"{name} ended {job['state']}: {job['message']}")
            if len(lines) != elements or len(set(lines)) != elements:
                found.append(f"{name} ran {lines}, should be {elements} starts")
            if job["attempts"] != elements:
                found.append(f"{name} counts {job['attempts']} attempts")
        known = int(self.server.sql("SELECT COUNT(*) FROM jobs"))
        if known != len(self.wanted):
            found.append(f"the centre knows {known} jobs, {len(self.wanted)} were submitted")
        starts = sum(elements for _, elements in self.wanted.values())
        charges = int(self.server.sql("SELECT COUNT(*) FROM charges"))
        if charges != starts:
            found.append(f"{starts} starts and {charges} charges")
        for balance in self.surely("GET", "/balances")["balances"]:
            if balance["held_ucny"] != 0:
                found.append(f"still held: {balance}")
        for what in ("ledger", "journal"):
            verified = subprocess.run([self.pentad, "--home", self.home, what, "verify"],
                                      capture_output=True, text=True)
            if verified.returncode != 0:
                found.append(f"{what} verify: {verified.stdout}{verified.stderr}")
        return found
