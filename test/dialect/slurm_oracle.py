#!/usr/bin/python3
"""Scripts made up from a seed, read by Pentad and by the real sbatch.

Usage: slurm_oracle.py TRANSLATE_MANY [--seed N] [--count N] [--show]
Exit status 77: sbatch is not installed.

What Pentad writes back as #SBATCH lines is read by sbatch again. A script differs when one refuses
what the other accepts, or when sbatch defines other options for what is written back. Options that
Pentad records as ignored may be missing. sbatch needs no controller for this: it prints what it
understood first, and is then ended.
"""
import argparse
import concurrent.futures
import datetime
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

import slurm_options

CONFIGURATION = """ClusterName=t
SlurmctldHost=localhost
AuthType=auth/none
CredType=cred/none
AllowSpecResourcesUsage=yes
SelectType=select/cons_tres
NodeName=n1
PartitionName=p Nodes=n1
"""
# What Pentad refuses by design, and says why.
REFUSED = {"reboot", "bb", "bbf", "nodefile", "container", "uid", "gid", "mcs-label",
        "tres-per-task",
           "gpus-per-socket", "export-file"}
# Nonsense that sbatch takes for something else or leaves to its controller; refused here.
NONSENSE = {"nice": "x", "nodes": "0", "hint": "x", "priority": "x",
        "signal": "[ =]:|1000|-9|SIGRTMIN", "licenses": "x:y|a:1,,b|matlab:0", "gres": "a:b:c",
            "gpus": "[:x]|-1", "gpus-per-node": "[:x]|-1", "gpus-per-task": "[:x]|-1"}
# Without a value that a job would keep.
NOISE = {"verbose", "test-only", "wait-all-nodes", "ignore-pbs"}


def mebibytes(text):
    match = re.fullmatch(r"(\d+)([MGTP]?)", text)
    if not match:
        return text
    number, letter = match.groups()
    return int(number) << {"": 0, "M": 0, "G": 10, "T": 20, "P": 30}[letter]


def counted(text):
    """GPUs and resources; what has no number is one."""
    parts = [part if re.search(r"(^|:)\d+k?$", part) else part + ":1" for part in text.split(",")]
    return [re.sub(r"(\d+)k$", lambda match: str(int(match.group(1)) * 1024),
            part) for part in parts]


def indices(text):
    text, _, limit = text.strip("[]").partition("%")
    found = set()
    for part in text.split(","):
        low, high, step = re.fullmatch(r"(\d+)(?:-(\d+))?(?::(\d+))?", part).groups()
        found |= set(range(int(low), int(high or low) + 1, int(step or 1)))
    return limit, found


def dependencies(text):
    parts = []
    for part in re.split("[,?]", text):
        kind, *jobs = part.split(":")
        parts += [f"{kind}:{job}" for job in jobs] or [kind]
    return ("?" in text, parts)


def moment(text):
    return datetime.datetime.fromisoformat(text)


def variables(text):
    text = "NONE" if text == "NIL" else text
    return sorted(part.replace("'", "").replace('"', "") for part in text.split(","))


CANONICAL = {"gres": counted, "gpus": counted, "gpus-per-node": counted, "gpus-per-task": counted,
        "array": indices,
             "mem": mebibytes, "tmp": mebibytes, "mem-per-cpu": mebibytes, "mem-per-gpu": mebibytes,
             "licenses": lambda text: [part
                     if ":" in part else part + ":1" for part in text.replace("=", ":").split(",")],
             "dependency": dependencies, "begin": moment, "deadline": moment, "export": variables,
             "mail-type": lambda text: sorted(text.split(","))}


def real(path, environment):
    """The options sbatch defines for the script, and why it refuses it, if it does."""
    child = subprocess.Popen(["sbatch", "-vv", "--test-only", path], env=environment, text=True,
                             stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, errors="replace")
    found, errors = {}, []
    try:
        for line in child.stderr:
            if "end of defined options" in line:
                return found, ""
            if "error: " in line or "fatal: " in line or ": unrecognized" in line:
                errors.append(line.strip())
            part = re.match(r"sbatch: (\S+)\s+: (.*)", line)
            if part and part.group(1) != "error":
                found[part.group(1)] = part.group(2).strip()
        return None, "; ".join(errors)
    finally:
        child.kill()
        child.wait()
        child.stderr.close()


def option_name(text):
    """The long name of the option that a record is about."""
    match = re.match(r"--([a-z-]+)|-([A-Za-z])", text)
    if not match:
        return ""
    if match.group(2):
        return slurm_options.LONG.get(match.group(2), "")
    names = [name for name, *_ in slurm_options.OPTIONS if name.startswith(match.group(1))]
    return match.group(1) if match.group(1) in names or not names else names[0]


def ignored(translated):
    return {option_name(r["text"]) for r in translated["records"]
            if r.get("effect") in ("ignored", "approximated") and not r.get("reason",
                    "").startswith("given again")}


def differs(translated, theirs, back):
    theirs, error = theirs
    back, error_back = back
    refused = [(option_name(r["text"]), r["text"]) for r in translated["records"]
            if r.get("effect") == "refused"]
    meant = all(name in REFUSED or re.search(NONSENSE.get(name, "^$"), text.lstrip("-")) for name,
            text in refused)
    if (theirs is None) != (not translated["accepted"]):
        if theirs is not None and refused and meant:
            return None
        if theirs is None and any(r["text"] == "deadline" for r in translated["deviations"]):
            return None
        reasons = [f"{r['text']}: {r.get('reason')}" for r in translated["records"]
                if r.get("effect") == "refused"]
        return f"sbatch accepts {reasons}" if theirs is not None else f"sbatch refuses: {error}"
    if theirs is None:
        return None
    if back is None:
        return f"sbatch refuses what is written back: {error_back}"
    for options in (theirs, back):
        lengths = options.pop("extra-node-info", None)
        if lengths:
            names = ("sockets-per-node", "cores-per-socket", "threads-per-core")
            given = zip(names, lengths.split(":"))
            options.update({name: n for name, n in given if n not in ("", "*")})
        if "cluster" in options:
            options["clusters"] = options.pop("cluster")
    without = ignored(translated) | NOISE
    wrong = []
    for key in sorted(set(theirs) | set(back)):
        one, other = theirs.get(key), back.get(key)
        if other is None and (key in without or one in ("", "gres:", "none")):
            continue
        if one is not None and other is not None and key in CANONICAL:
            one, other = CANONICAL[key](one), CANONICAL[key](other)
            if isinstance(one, datetime.datetime) and abs((one - other).total_seconds()) <= 120:
                continue
        if one != other:
            wrong.append(f"{key}: sbatch {theirs.get(key)}, written back {back.get(key)}")
    return "; ".join(wrong) or None


def translate(program, paths):
    listing = "".join(f"slurm\t{path}\n" for path in paths)
    done = subprocess.run([program, str(int(time.time()))], input=listing, capture_output=True,
            text=True, check=True)
    empty = {"accepted": False, "records": [], "deviations": [], "slurm": ""}
    return [{**empty, **json.loads(line)} for line in done.stdout.splitlines()]


def compare(arguments, folder):
    with open(os.path.join(folder, "slurm.conf"), "w", encoding="utf-8") as out:
        out.write(CONFIGURATION)
    environment = {"PATH": os.environ["PATH"], "HOME": folder, "SLURM_CONF": os.path.join(folder,
            "slurm.conf")}
    maker = random.Random(arguments.seed)
    scripts, paths = [slurm_options.script(maker) for _ in range(arguments.count)], []
    for i, text in enumerate(scripts):
        os.makedirs(os.path.join(folder, str(i), "back"))
        paths.append(os.path.join(folder, str(i), "job.sh"))
        with open(paths[-1], "w", encoding="utf-8") as out:
            out.write(text)
    translated = translate(arguments.program, paths)
    backs = []
    for i, one in enumerate(translated):
        backs.append(os.path.join(folder, str(i), "back", "job.sh"))
        with open(backs[-1], "w", encoding="utf-8") as out:
            out.write("#!/bin/sh\n" + one["slurm"])
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        theirs = list(pool.map(lambda path: real(path, environment), paths))
        again = list(pool.map(lambda path: real(path, environment), backs))
    wrong = 0
    for text, one, mine, back in zip(scripts, translated, theirs, again):
        difference = differs(one, mine, back)
        if difference:
            wrong += 1
            print(f"{difference}\n{text if arguments.show else text.splitlines()[1:-1]}")
    refused = sum(1 for one in theirs if one[0] is None)
    print(f"seed {arguments.seed}: {len(scripts)} scripts, {refused} refused by sbatch, "
          f"{wrong} differ")
    return wrong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--show", action="store_true")
    arguments = parser.parse_args()
    if not shutil.which("sbatch"):
        print("skipped: no sbatch")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        return 1 if compare(arguments, folder) else 0


if __name__ == "__main__":
    sys.exit(main())
