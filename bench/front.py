#!/usr/bin/python3
"""How fast Slurm's commands are on Pentad, next to Debian's Slurm, in one run.

  bench/front.py [--build build/release] [--rounds 200] [--no-slurm]

sbatch from the start of the process to its printed number (p50, p99; the two in turns), 500
submissions in a loop, squeue of 100,000 held jobs. Starts everything on loopback in a new temporary
directory and ends it again. Prints a table for docs/benchmarks.md.
"""
import argparse
import os
import shutil
import signal
import statistics
import subprocess
import tempfile
import time

import jobs

LOOP = 500
MANY = 100_000


def milliseconds(words, env):
    began = time.monotonic()
    subprocess.run(words, env=env, check=True, stdin=subprocess.DEVNULL,
                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return (time.monotonic() - began) * 1000


def spread(values):
    values = sorted(values)
    return (f"p50 {statistics.median(values):.1f} ms, "
            f"p99 {values[int(len(values) * 0.99) - 1]:.1f} ms")


def loop_seconds(words, env):
    return sum(milliseconds(words, env) for _ in range(LOOP)) / 1000


def squeue_seconds(centre, squeue, env):
    for first in range(0, MANY, 10_000):
        batch = [{"argv": ["/bin/true"], "hold": True, "name": f"job{first + i}"}
                 for i in range(10_000)]
        centre.call("POST", "/api/v1/jobs", {"jobs": batch})
    times = [milliseconds([squeue, "-h"], env) for _ in range(5)]
    return min(times) / 1000, statistics.median(times) / 1000


def main():
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("--build", default="build/release")
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--no-slurm", action="store_true")
    options = parser.parse_args()
    scratch = tempfile.mkdtemp(prefix="pentad-bench-")
    centre = jobs.Centre(options.build, f"{scratch}/home")
    with_slurm = not options.no_slurm and shutil.which("slurmctld")
    slurm = jobs.Slurm(scratch)
    try:
        centre.start()
        shims = f"{scratch}/shims"
        subprocess.run([f"{options.build}/bin/pentad-front", "shims", shims,
                        "--home", f"{scratch}/home"], check=True)
        script = f"{scratch}/held.sh"
        open(script, "w").write("#!/bin/sh\n#SBATCH -H\n#SBATCH -o /dev/null\n/bin/true\n")
        env = dict(os.environ)
        ours, theirs = [f"{shims}/sbatch", script], ["/usr/bin/sbatch", script]
        if with_slurm:
            with slurm:
                times = [(milliseconds(ours, env), milliseconds(theirs, slurm.env))
                         for _ in range(options.rounds)]
                jobs.report("sbatch, process start to number", spread([t[0] for t in times]))
                jobs.report("the same, Slurm 22.05", spread([t[1] for t in times]))
                jobs.report(f"{LOOP} sbatch in a loop", f"{loop_seconds(ours, env):.1f} s")
                jobs.report("the same, Slurm 22.05",
                            f"{loop_seconds(theirs, slurm.env):.1f} s")
        else:
            print("without Slurm (section [bench] of tools/packages.txt)")
            jobs.report("sbatch, process start to number",
                        spread([milliseconds(ours, env) for _ in range(options.rounds)]))
            jobs.report(f"{LOOP} sbatch in a loop", f"{loop_seconds(ours, env):.1f} s")
        best, middle = squeue_seconds(centre, f"{shims}/squeue", env)
        jobs.report(f"squeue of {MANY} jobs, best and median of 5", f"{best:.2f} s, {middle:.2f} s")
        jobs.report("load of the machine at the end", f"{os.getloadavg()[0]:.1f}")
    finally:
        centre.stop(signal.SIGKILL)
        shutil.rmtree(scratch, ignore_errors=True)
    print("\n| what | figure |\n|---|---|")
    for what, value in jobs.rows:
        print(f"| {what} | {value} |")


if __name__ == "__main__":
    main()
