#!/usr/bin/python3
"""How a centre answers when everybody is there: many users signed in and active at once, each on a
connection of their own, polling their jobs and now and then submitting one, with a long history in
the store.

  bench/users.py [--build build/release] [--jobs 1000000] [--users 2000] [--seconds 60] [--poll 3]
                 [--submit-every 120] [--plain] [--home DIR]

Each user has a token, lists their newest jobs every --poll seconds, looks at one of them every
third time, and submits /bin/true every --submit-every seconds. Latency is from the first byte
sent to the last received. The history is written by bench/many_jobs into --home (kept when it was
given and already holds one). TLS unless --plain. Prints a table for docs/benchmarks.md.
"""
import argparse
import asyncio
import json
import os
import pathlib
import random
import shutil
import ssl
import subprocess
import sys
import tempfile
import time

CONFIGURATION = """listen = "127.0.0.1:0"
{tls}[http]
max_connections = 16384
"""
TLS = '[tls]\ncertificate = "tls/certificate.pem"\nkey = "tls/key.pem"\n'


def cpu_s(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mib(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) // 1024
    return 0


class Measures:
    def __init__(self):
        self.taken = {}
        self.refused = {}
        self.counting = False

    def add(self, what, status, seconds):
        if not self.counting:
            return
        self.taken.setdefault(what, []).append(seconds)
        if status >= 400:
            self.refused[(what, status)] = self.refused.get((what, status), 0) + 1

    def row(self, what, values):
        values = sorted(values)
        at = lambda share: values[min(len(values) - 1, int(len(values) * share))] * 1000
        return (f"| {what} | {len(values)} | {at(.5):.1f} | {at(.95):.1f} | {at(.99):.1f} | "
                f"{values[-1] * 1000:.0f} |")


class Connection(asyncio.Protocol):
    """One kept connection, one request at a time."""

    def __init__(self):
        self.data = b""
        self.head_end = -1
        self.want = 0
        self.waiting = None
        self.transport = None

    def connection_made(self, transport):
        self.transport = transport

    def connection_lost(self, error):
        self.transport = None
        if self.waiting and not self.waiting.done():
            self.waiting.set_exception(ConnectionError("closed"))

    def data_received(self, data):
        self.data += data
        if self.head_end < 0:
            end = self.data.find(b"\r\n\r\n")
            if end < 0:
                return
            self.head_end = end + 4
            head = self.data[:end].lower()
            at = head.find(b"content-length:")
            self.want = self.head_end + int(head[at + 15:].split(b"\r\n", 1)[0])
        if len(self.data) >= self.want and self.waiting and not self.waiting.done():
            status = int(self.data[9:12])
            body = self.data[self.head_end:self.want]
            self.data, self.head_end = b"", -1
            self.waiting.set_result((status, body))

    async def ask(self, request):
        self.waiting = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return await self.waiting


class User:
    def __init__(self, name, token, options, measures, address):
        self.name, self.options, self.measures, self.address = name, options, measures, address
        self.credential = f"Authorization: Bearer {token}\r\n" if token else ""
        self.connection = None
        self.random = random.Random(name)
        self.broken = 0

    def request(self, method, target, body=""):
        kind = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n" if body else ""
        return (f"{method} {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                f"{self.credential}{kind}\r\n{body}").encode()

    async def ask(self, what, *request):
        if self.connection is None or self.connection.transport is None:
            loop = asyncio.get_running_loop()
            host, port, tls = self.address
            _, self.connection = await loop.create_connection(
                Connection, host, port, ssl=tls, server_hostname="127.0.0.1" if tls else None)
        begin = time.perf_counter()
        try:
            status, body = await asyncio.wait_for(self.connection.ask(self.request(*request)), 60)
        except (ConnectionError, asyncio.TimeoutError):
            self.broken += 1
            self.connection = None
            self.measures.add(what, 599, time.perf_counter() - begin)
            return 599, b""
        self.measures.add(what, status, time.perf_counter() - begin)
        return status, body

    async def run(self, end):
        loop = asyncio.get_running_loop()
        poll, every = self.options.poll, self.options.submit_every
        await asyncio.sleep(self.random.uniform(0, max(poll, self.options.users / 400)))
        submit_at = loop.time() + self.random.uniform(0, every)
        rounds = 0
        while loop.time() < end:
            begin = loop.time()
            status, body = await self.ask("list of one's jobs", "GET",
                                          f"/api/v1/jobs?user={self.name}&limit=20")
            rounds += 1
            if rounds % 3 == 0 and status == 200:
                jobs = json.loads(body)["jobs"]
                if jobs:
                    one = self.random.choice(jobs)["id"]
                    await self.ask("one job", "GET", f"/api/v1/jobs/{one}")
            if loop.time() >= submit_at:
                submit_at += every
                job = {"argv": ["/bin/true"], "name": "poll"}
                await self.ask("submission", "POST", "/api/v1/jobs", json.dumps(job))
            await asyncio.sleep(max(0, begin + poll * self.random.uniform(.8, 1.2) - loop.time()))


class Bench:
    def __init__(self, options):
        self.options = options
        self.programs = pathlib.Path(options.build) / "bin"
        self.home = pathlib.Path(options.home or tempfile.mkdtemp(prefix="pentad-users."))
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("PENTAD_")}
        self.environment["PENTAD_HOME"] = str(self.home)
        self.names = [f"user{i:04}" for i in range(options.users)]

    def call(self, *words):
        return subprocess.run([self.programs / "pentad", *words], env=self.environment, check=True,
                              stdout=subprocess.PIPE, text=True).stdout

    def prepare(self):
        if not (self.home / "pentad.db").exists():
            subprocess.run([self.programs / "many_jobs", self.home, str(self.options.jobs),
                            str(self.options.users)], check=True)
        tls = ""
        if not self.options.plain:
            if not (self.home / "tls").exists():
                self.call("certificate", "--self-signed", "127.0.0.1")
            tls = TLS
        (self.home / "pentad.toml").write_text(CONFIGURATION.format(tls=tls), encoding="utf-8")
        if not (self.home / "tokens").exists():
            subprocess.run([self.programs / "many_jobs", "--tokens", self.home,
                            str(self.options.users)], check=True)
        self.call("up", "--detach")
        self.status = json.loads(self.call("status", "--json"))

    def tokens(self):
        """Name to token; those of a centre that was prepared before are made once."""
        lines = (self.home / "tokens").read_text(encoding="ascii").splitlines()
        return dict(line.split() for line in lines)

    async def drive(self):
        measures = Measures()
        port = int((self.home / "http.port").read_text())
        tls = None
        if not self.options.plain:
            tls = ssl.create_default_context(cafile=self.home / "tls" / "certificate.pem")
        tokens = self.tokens()
        users = [User(n, tokens.get(n), self.options, measures, ("127.0.0.1", port, tls))
                 for n in self.names]
        loop = asyncio.get_running_loop()
        warm = max(self.options.poll, self.options.users / 400) + self.options.poll + 1
        end = loop.time() + warm + self.options.seconds
        tasks = [asyncio.create_task(u.run(end)) for u in users]
        await asyncio.sleep(warm)
        measures.counting = True
        pid, begin, own = self.status["pid"], cpu_s(self.status["pid"]), time.process_time()
        await asyncio.sleep(self.options.seconds)
        measures.counting = False
        self.daemon_cpu = (cpu_s(pid) - begin) / self.options.seconds
        self.own_cpu = (time.process_time() - own) / self.options.seconds
        self.memory = resident_mib(pid)
        await asyncio.gather(*tasks)
        self.broken = sum(u.broken for u in users)
        return measures

    def show(self, measures):
        everything = [s for values in measures.taken.values() for s in values]
        print(f"\n{self.options.users} users, {'HTTP' if self.options.plain else 'HTTPS'}, "
              f"{len(everything) / self.options.seconds:.0f} requests/s for "
              f"{self.options.seconds} s; daemon {self.daemon_cpu * 100:.0f} % of a core, "
              f"{self.memory} MiB; "
              f"this program {self.own_cpu * 100:.0f} % of a core\n")
        print("| request | count | p50 ms | p95 ms | p99 ms | most ms |\n|---|---|---|---|---|---|")
        for what, values in sorted(measures.taken.items()):
            print(measures.row(what, values))
        print(measures.row("all", everything))
        refused = ", ".join(f"{what} {status}: {count}"
                            for (what, status), count in measures.refused.items())
        print(f"\nrefused: {refused or 'nothing'}; connections lost: {self.broken}")
        return not measures.refused

    def run(self):
        self.prepare()
        try:
            return self.show(asyncio.run(self.drive()))
        finally:
            self.call("down")
            if not self.options.home:
                shutil.rmtree(self.home)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default="build/release")
    parser.add_argument("--home")
    parser.add_argument("--jobs", type=int, default=1_000_000)
    parser.add_argument("--users", type=int, default=2000)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--poll", type=float, default=3)
    parser.add_argument("--submit-every", type=float, default=120)
    parser.add_argument("--plain", action="store_true")
    sys.exit(0 if Bench(parser.parse_args()).run() else 1)


if __name__ == "__main__":
    main()
