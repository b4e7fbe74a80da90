#!/usr/bin/python3
"""How fast the twin is: traces, a million jobs, a year of a centre of 10,000 nodes.

  bench/twin.py [--build build/release] [--only part,part]

The programs get large pages as `pentad twin` gives them (GLIBC_TUNABLES=glibc.malloc.hugetlb=1).

Parts: easy, conservative (SDSC trace), lcg, million, flat (cost of an event over the length of the
queue), plant (a year of the plant alone), year. Traces come from PENTAD_DATA (default
../shared/data); parts without their file are left out. One core each. Prints a table for
docs/benchmarks.md, with the peers' own figures beside it.
"""
import argparse
import os
import re
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("PENTAD_DATA", ROOT.parent / "shared/data"))
PRESET = ROOT / "catalogue/centres/immersion-two-phase-5a.toml"
rows = []


def report(what, value, peer=""):
    rows.append((what, value, peer))
    print(f"{what:<58} {value:<44} {peer}", flush=True)


def timed(*command):
    """Output, seconds (of the processor, so that others do not count) and peak MiB of a program."""
    pages = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True,
                               env={**os.environ, **pages})
    text = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise SystemExit(f"{command} ended with {status}")
    return text, usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024


def trace(build, what, name, *options, peer=""):
    path = DATA / "traces" / name
    if not path.exists():
        print(f"{what}: skipped, no {path.name} in PENTAD_DATA")
        return
    text, seconds, peak = timed(f"{build}/twin_rate", str(path), *options)
    wait = re.search(r"mean wait ([0-9.]+)", text).group(1)
    report(what, f"{seconds:.2f} s, {peak} MiB (mean wait {wait} s)", peer)


def flat(build):
    for queued in (1000, 10_000, 100_000):
        text, _, _ = timed(f"{build}/core_rate", "--queued", str(queued), "--events", "300000")
        rate = re.search(r"([0-9]+) events/s", text).group(1)
        report(f"core, 10,000 nodes, {queued:,} jobs queued", f"{int(rate):,} events/s")


def large_centre(folder):
    """The 5A preset with thirty-one times the nodes."""
    text = re.sub(r"^nodes = (\d+)$", lambda m: f"nodes = {int(m.group(1)) * 31}",
                  PRESET.read_text(), flags=re.M)
    path = Path(folder, "large.toml")
    path.write_text(text)
    return str(path)


def year(build):
    with tempfile.TemporaryDirectory(prefix="pentad-bench.") as folder:
        text, seconds, peak = timed(f"{build}/pentad-twin", "run", large_centre(folder),
                                    "--generate", "5000000:0.8", "--until", "365d", "-q")
        jobs = re.search(r"jobs +(\d+) submitted", text).group(1)
        pue = re.search(r"PUE3 ([0-9.]+) \(12 months", text).group(1)
        report("a year of 10,292 nodes: schedule, power, plant",
               f"{seconds:.1f} s, {peak} MiB ({int(jobs):,} jobs, PUE3 {pue})",
               "RAPS: 24 h of 9,600 nodes 38.1 s, 1.84 GB")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=str(ROOT / "build/release"))
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    build = f"{options.build}/bin"
    sdsc = "SDSC-SP2-1998-4.derived-63328.swf.gz"
    parts = {
        "easy": lambda: trace(build, "SDSC, 63,328 jobs, EASY", sdsc,
                              peer="Batsim 35.9 s, 1.36 GB; AccaSim 56.9 s"),
        "conservative": lambda: trace(build, "SDSC, conservative", sdsc, "--depth", "-1",
                                      peer="Batsim 118 s"),
        "lcg": lambda: trace(build, "LCG, 188,041 jobs, 24,515 processors", "LCG-2005.swf.gz"),
        "million": lambda: million(build),
        "flat": lambda: flat(build),
        "plant": lambda: plant(build),
        "year": lambda: year(build),
    }
    for name in options.only.split(",") if options.only else parts:
        parts[name]()
    print("\n| what | figure | peers, by their own or our earlier measurement |\n|---|---|---|")
    for row in rows:
        print("| " + " | ".join(row) + " |")


def million(build):
    """Jobs come 1.3 and 11.5 times as fast as the scarcest devices can take them."""
    for load in ("1.3", "11.5"):
        text, seconds, peak = timed(f"{build}/twin_rate", "--generate", f"10000:1000000:{load}")
        longest = re.search(r"longest queue (\d+)", text).group(1)
        report(f"a million made-up jobs, 10,000 nodes of eight makes, load {load}",
               f"{seconds:.1f} s, {peak} MiB ({int(longest):,} waiting at the peak)")


def plant(build):
    weather = DATA / "green/weather/CHN_Shanghai.Shanghai.583620_CSWD.epw"
    if not weather.exists():
        print("plant: skipped, no weather in PENTAD_DATA")
        return
    text, _, _ = timed(f"{build}/plant_rate", str(weather))
    for line in text.splitlines():
        print("   ", line)
    slowest = max(float(ms) for ms in re.findall(r"PUE.* ([0-9.]+) ms", text))
    wet_bulbs = re.search(r"wet bulb in ([0-9.]+) ms", text).group(1)
    report("a year of the plant, 8,760 h, slowest of the designs",
           f"{slowest:.1f} ms (and {wet_bulbs} ms for the year's wet bulbs, once a site)",
           "plain Python of the same equations 1.6 s")


if __name__ == "__main__":
    main()
