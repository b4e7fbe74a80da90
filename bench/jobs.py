#!/usr/bin/python3
"""How many jobs a second, end to end: Pentad, Debian's Slurm and the bare limit, in one run.

  bench/jobs.py [--build build/release] [--jobs 5000] [--only part,part] [--no-slurm]
                [--postgresql]

Parts: bare, jobs (end to end), batch and single (durable submissions), latency (submit to the
job's first instruction), idle, restart (with 100,000 queued), slurm; only when named: money (rates
with and without money, in turns). Needs the packages of section [bench] in tools/packages.txt.
With --postgresql the centre is kept in a server of its own instead of a file. Starts everything on
loopback in a new temporary directory and ends it again. Prints a table for docs/benchmarks.md.
"""
import argparse
import http.client
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../test/takeover"))
from pair import Server  # noqa: E402

WRK_SCRIPT = """
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"argv":["/bin/true"],"hold":true,"name":"single"}'
local bad = 0
function response(status) if status ~= 201 then bad = bad + 1 end end
function done(summary, latency)
  io.write(string.format("RESULT %d %d %d %d %d\\n", summary.requests, summary.duration,
                         latency:percentile(50), latency:percentile(99), summary.errors.status))
end
"""

SLURM_CONF = """ClusterName=bench
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort=17917
SlurmUser=root
SlurmdUser=root
AuthType=auth/none
CredType=cred/none
StateSaveLocation={root}/state
SlurmdSpoolDir={root}/spool/%n
SlurmctldPidFile={root}/run/slurmctld.pid
SlurmdPidFile={root}/run/slurmd.pid
SlurmctldLogFile={root}/log/slurmctld.log
SlurmdLogFile={root}/log/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=batch_sched_delay=0,sched_min_interval=0,bf_interval=1
SlurmdParameters=config_overrides
ReturnToService=2
MaxJobCount=100000
MaxArraySize=10001
NodeName=n1 NodeHostname={host} NodeAddr=127.0.0.1 Port=18101 CPUs=64 RealMemory=4000 State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES State=UP
"""

rows = []


def output(command, env=None):
    return subprocess.run(command, env=env, capture_output=True, text=True).stdout


def report(what, value):
    rows.append((what, value))
    print(f"{what:<62} {value}", flush=True)


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost")
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.connect(self.path)


class Centre:
    """A Pentad daemon on a directory of its own."""

    def __init__(self, build, home):
        self.build, self.home, self.process = build, home, None

    def start(self):
        began = time.monotonic()
        self.process = subprocess.Popen(
            [f"{self.build}/bin/pentad-daemon", "--home", self.home, "--listen", "127.0.0.1:0"],
            stdout=subprocess.DEVNULL, stderr=open(f"{self.home}.log", "ab"))
        while True:
            try:
                self.connection = UnixConnection(f"{self.home}/pentad.sock")
                self.call("GET", "/api/v1/status")
                return time.monotonic() - began
            except OSError:
                if self.process.poll() is not None:
                    sys.exit(f"the centre did not start; see {self.home}.log")
                time.sleep(0.005)

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body)
        self.connection.request(method, path, data, {"Content-Type": "application/json"})
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status >= 300:
            sys.exit(f"{method} {path}: {answer.status} {text.decode()}")
        return json.loads(text) if text else None

    def port(self):
        return int(open(f"{self.home}/http.port").read())

    def wait_empty(self):
        while True:
            if self.call("GET", "/api/v1/status")["jobs"]["unfinished"] == 0:
                return
            time.sleep(0.005)

    def stop(self, how=signal.SIGTERM):
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait()


def cpu_seconds(pid):
    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mib(pid):
    for line in open(f"/proc/{pid}/status"):
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0


def job(**more):
    return {"argv": ["/bin/true"], "limit_s": 600, **more}


def part_jobs(centre, count, bare):
    for name, jobs in (("one submission each job, batches of 1000", [job()] * count),
                       ("one array", [job(array={"indices": f"0-{count - 1}"})])):
        began = time.monotonic()
        for at in range(0, len(jobs), 1000):
            centre.call("POST", "/api/v1/jobs", {"jobs": jobs[at:at + 1000]})
        centre.wait_empty()
        rate = count / (time.monotonic() - began)
        share = f", {rate / bare * 100:.0f} % of the bare limit" if bare else ""
        report(f"{count} jobs of /bin/true, end to end, {name}", f"{rate:.0f} jobs/s{share}")


def part_batch(centre):
    count, size = 20_000, 1000
    began = time.monotonic()
    for _ in range(count // size):
        centre.call("POST", "/api/v1/jobs", {"jobs": [job(hold=True)] * size})
    rate = count / (time.monotonic() - began)
    report(f"durable submissions in batches of {size}", f"{rate:.0f} jobs/s")


def part_single(centre, scratch):
    script = f"{scratch}/single.lua"
    open(script, "w").write(WRK_SCRIPT)
    url = f"http://127.0.0.1:{centre.port()}/api/v1/jobs"
    out = output(["wrk", "-t1", "-c16", "-d5s", "-s", script, url])
    line = next(x for x in out.splitlines() if x.startswith("RESULT")).split()
    requests, duration, p50, p99, bad = map(int, line[1:])
    report("durable submissions singly over 16 kept connections",
           f"{requests / duration * 1e6:.0f} requests/s, p50 {p50 / 1000:.1f} ms, "
           f"p99 {p99 / 1000:.1f} ms, {bad} refused")


def part_latency(centre, scratch):
    delays = []
    for i in range(200):
        path = f"{scratch}/latency.{i}"
        before = time.time_ns()
        clock = job(argv=["/bin/date", "+%s%N"], stdout_path=path)
        target = f"/api/v1/jobs/{centre.call('POST', '/api/v1/jobs', clock)['jobs'][0]}"
        while centre.call("GET", target)["job"]["state"] != "completed":
            time.sleep(0.002)
        delays.append((int(open(path).read()) - before) / 1e6)
        time.sleep(0.01)
    delays.sort()
    report("submit to the job's first instruction, idle centre, 200 times",
           f"p50 {statistics.median(delays):.1f} ms, p99 {delays[int(len(delays) * 0.99)]:.1f} ms")


def part_idle(centre):
    before = cpu_seconds(centre.process.pid)
    time.sleep(20)
    used = (cpu_seconds(centre.process.pid) - before) / 20 * 100
    report("idle daemon", f"{used:.2f} % CPU, {resident_mib(centre.process.pid):.0f} MiB resident")


def part_restart(build, scratch):
    centre = Centre(build, f"{scratch}/restart")
    centre.start()
    for _ in range(100):
        jobs = [job(begin_at_ms=4_000_000_000_000)] * 1000
        centre.call("POST", "/api/v1/jobs", {"jobs": jobs})
    resident = resident_mib(centre.process.pid)
    report("daemon with 100,000 queued jobs", f"{resident:.0f} MiB resident")
    centre.stop(signal.SIGKILL)
    for how in ("SIGKILL", "a clean stop"):
        took = centre.start()
        name = f"restart with 100,000 queued jobs, after {how}"
        report(name, f"{took:.2f} s to the first answer")
        if how == "SIGKILL":
            centre.stop()
    centre.stop()


class Slurm:
    """Debian's Slurm on loopback with 64 slots; `env` is what its commands need."""

    def __init__(self, scratch):
        self.root = f"{scratch}/slurm"
        host = socket.gethostname().split(".")[0]
        for folder in ("state", "spool/n1/tmp", "run", "log"):
            os.makedirs(f"{self.root}/{folder}")
        open(f"{self.root}/slurm.conf", "w").write(SLURM_CONF.format(root=self.root, host=host))
        self.env = dict(os.environ, SLURM_CONF=f"{self.root}/slurm.conf")
        nothing = subprocess.DEVNULL
        self.quiet = dict(env=self.env, stdin=nothing, stdout=nothing, stderr=nothing)
        self.daemons = []

    def __enter__(self):
        self.daemons = [subprocess.Popen(["slurmctld", "-D"], **self.quiet),
                        subprocess.Popen(["slurmd", "-D", "-N", "n1"], **self.quiet)]
        idle = ["sinfo", "-h", "-t", "idle", "-o", "%N"]
        deadline = time.monotonic() + 20
        while output(idle, self.env).strip() != "n1" and time.monotonic() < deadline:
            time.sleep(0.1)
        return self

    def __exit__(self, *_):
        for daemon in reversed(self.daemons):
            daemon.terminate()
        for daemon in self.daemons:
            try:
                daemon.wait(10)
            except subprocess.TimeoutExpired:
                daemon.kill()

    def wait_empty(self):
        while output(["squeue", "-h", "-r", "-o", "%i"], self.env).split():
            time.sleep(0.1)


def part_slurm(scratch):
    if not shutil.which("slurmctld"):
        return print("skipped: Slurm is not installed (section [bench] of tools/packages.txt)")
    with Slurm(scratch) as slurm:
        script = f"{slurm.root}/true.sh"
        open(script, "w").write("#!/bin/sh\n/bin/true\n")
        began = time.monotonic()
        for _ in range(300):
            subprocess.run(["sbatch", "-o", "/dev/null", script], check=True, **slurm.quiet)
        slurm.wait_empty()
        rate = 300 / (time.monotonic() - began)
        report("Slurm 22.05: 300 sbatch of /bin/true in a loop, 64 slots", f"{rate:.0f} jobs/s")
        began = time.monotonic()
        array = ["sbatch", "-o", "/dev/null", "--array=0-999", script]
        subprocess.run(array, check=True, **slurm.quiet)
        slurm.wait_empty()
        rate = 1000 / (time.monotonic() - began)
        report("Slurm 22.05: array of 1000 of /bin/true, 64 slots", f"{rate:.0f} tasks/s")


MONEY = """[money]
charged = ["core_hour", "memory_gib_hour", "energy_kwh"]
pue = 1.2
"""


def paying_centre(build, home, with_money):
    """A centre with one project; with money it is charged, and a voucher pays 60 % of it."""
    os.makedirs(home)
    if with_money:
        with open(f"{home}/pentad.toml", "w", encoding="utf-8") as out:
            out.write(MONEY)
    centre = Centre(build, home)
    centre.start()
    user = output(["id", "-un"]).strip()
    words = ["tenant add lab", "project add lab/bench", f"user add {user}",
             f"role grant {user} member lab/bench"]
    if with_money:
        words += ["price set core_hour 0.30", "price set memory_gib_hour 0.01",
                  "price set energy_kwh 0.70", "topup lab 1000000 --reference INV-1",
                  "voucher issue lab 1000000 --funder city --share 60% --until now+30d"]
    for line in words:
        subprocess.run([f"{build}/bin/pentad", *line.split()], check=line.split()[0] != "user",
                       env=dict(os.environ, PENTAD_HOME=home), capture_output=True)
    time.sleep(0.1)  # the prices are in force
    return centre


class Rates:
    """Of the same work with and without money: by the clock, and the daemon's processor time."""

    def __init__(self):
        self.seen = {}

    def take(self, centre, what, with_money, count, work):
        used, began = cpu_seconds(centre.process.pid), time.monotonic()
        work()
        took = time.monotonic() - began
        used = cpu_seconds(centre.process.pid) - used
        self.seen.setdefault(what, ([], []))[with_money].append((count / took, used / count * 1e6))
        print(f"  {what}, {'with' if with_money else 'without'} money: {count / took:.0f}/s, "
              f"{used / count * 1e6:.0f} us of the daemon each", flush=True)

    def report(self):
        for what, runs in self.seen.items():
            (off, off_us), (on, on_us) = [[statistics.median(x) for x in zip(*run)]
                                          for run in runs]
            report(f"{what}: without, with money",
                   f"{off:.0f}/s, {on:.0f}/s: {(on / off - 1) * 100:+.1f} %; "
                   f"daemon {off_us:.0f}, {on_us:.0f} us each")


def part_money(build, scratch, count, rounds):
    mine = job(project="lab/bench")
    rates = Rates()
    for turn in range(2 * rounds):
        with_money = turn % 4 in (1, 2)  # neither always goes first
        centre = paying_centre(build, f"{scratch}/money{turn}", with_money)

        def submit(body):
            centre.call("POST", "/api/v1/jobs", body)

        def batches():
            for at in range(0, count, 1000):
                submit({"jobs": [mine] * min(1000, count - at)})
            centre.wait_empty()

        def array():
            submit(job(project="lab/bench", array={"indices": f"0-{count - 1}"}))
            centre.wait_empty()

        def singly():
            for _ in range(count):
                submit(mine)
            centre.wait_empty()

        def held():
            for _ in range(10):
                submit({"jobs": [dict(mine, hold=True)] * 1000})

        try:
            rates.take(centre, "jobs in batches of 1000", with_money, count, batches)
            rates.take(centre, "jobs as one array", with_money, count, array)
            rates.take(centre, "jobs singly", with_money, count, singly)
            rates.take(centre, "durable submissions in batches", with_money, 10_000, held)
        finally:
            centre.stop()
            shutil.rmtree(f"{scratch}/money{turn}", ignore_errors=True)
    rates.report()


def bare_rate(build):
    return float(output([f"{build}/bin/bare_rate", "5000", "2"]).split()[0])


def main():
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("--build", default="build/release")
    parser.add_argument("--jobs", type=int, default=5000)
    parser.add_argument("--only", default="bare,jobs,batch,single,latency,idle,restart,slurm")
    parser.add_argument("--rounds", type=int, default=5, help="of money")
    parser.add_argument("--no-slurm", action="store_true")
    parser.add_argument("--postgresql", action="store_true")
    options = parser.parse_args()
    parts = set(options.only.split(",")) - ({"slurm"} if options.no_slurm else set())
    scratch = tempfile.mkdtemp(prefix="pentad-bench-")
    centre = Centre(options.build, f"{scratch}/home")
    bare = 0.0
    server = Server() if options.postgresql else None
    try:
        if server:
            os.mkdir(centre.home)
            with open(f"{centre.home}/pentad.toml", "w") as config:
                config.write(f'[store]\nurl = "{server.url()}"\n')
        if "bare" in parts:
            bare = bare_rate(options.build)
            report("bare limit: posix_spawn and wait of /bin/true, two at a time", f"{bare:.0f}/s")
        if parts & {"jobs", "batch", "single", "latency", "idle"}:
            centre.start()
        if "idle" in parts:
            part_idle(centre)
        if "latency" in parts:
            part_latency(centre, scratch)
        if "jobs" in parts:
            part_jobs(centre, options.jobs, bare)
        if "bare" in parts:
            report("bare limit again", f"{bare_rate(options.build):.0f}/s")
        if "batch" in parts:
            part_batch(centre)
        if "single" in parts:
            part_single(centre, scratch)
        centre.stop()
        if "restart" in parts:
            part_restart(options.build, scratch)
        if "money" in parts:
            part_money(options.build, scratch, options.jobs, options.rounds)
        if "slurm" in parts:
            part_slurm(scratch)
    finally:
        centre.stop(signal.SIGKILL)
        if server:
            server.stop()
        shutil.rmtree(scratch, ignore_errors=True)
    print("\n| what | figure |\n|---|---|")
    for what, value in rows:
        print(f"| {what} | {value} |")


if __name__ == "__main__":
    main()
