#!/usr/bin/python3
"""How long a centre on PostgreSQL answers nothing when its daemon dies and a second one waits.

  bench/takeover.py [--build build/release] [--runs 5] [--leases 10,2]

Starts a private PostgreSQL server and two daemons on one home, submits jobs, and ends the first;
from then to the first answer of the second. Once for SIGTERM at the end of each lease's runs.
Prints a table for docs/benchmarks.md.
"""
import argparse
import pathlib
import random
import signal
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "test" / "takeover"))
from pair import Pair, Server  # noqa: E402


def outage_s(pair, how, rng):
    pair.start_waiting()
    active = pair.active()
    pair.submit(0.2, 5)
    time.sleep(rng.uniform(0, 3))  # anywhere between two signs of life
    began = time.monotonic()
    active.send_signal(how)
    active.wait()
    pair.surely("GET", "/status")
    return time.monotonic() - began


def measure(build, lease_s, runs):
    server = Server()
    pair = Pair(f"{build}/bin/pentad", server, lease_s)
    rng = random.Random(lease_s)
    try:
        pair.start()
        pair.surely("GET", "/status")
        pair.open_purse()
        killed = sorted(outage_s(pair, signal.SIGKILL, rng) for _ in range(runs))
        ended = sorted(outage_s(pair, signal.SIGTERM, rng) for _ in range(3))
        pair.wait_empty()
        problems = pair.problems()
    finally:
        pair.remove()
        server.stop()
    print(f"| lease {lease_s} s, kill -9, {runs} times | median {statistics.median(killed):.1f} s, "
          f"{killed[0]:.1f} to {killed[-1]:.1f} s |")
    print(f"| lease {lease_s} s, SIGTERM, 3 times | median {statistics.median(ended):.1f} s |",
          flush=True)
    return problems


def main():
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("--build", default="build/release")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--leases", default="10,2")
    options = parser.parse_args()
    print("| what | figure |\n|---|---|")
    problems = []
    for lease_s in options.leases.split(","):
        problems += measure(options.build, int(lease_s), options.runs)
    for problem in problems:
        print(problem)
    return 1 if problems else 0


sys.exit(main())
