#!/usr/bin/python3
"""Times, sizes, counts and moments of Slurm, read by `pentad explain` and by the real sbatch.

Usage: oracle_test.py PENTAD. Exit status 77: sbatch is not installed.
sbatch prints what it understood before it looks for a controller; then it is ended.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

CONFIGURATION = """ClusterName=t
SlurmctldHost=localhost
AuthType=auth/none
CredType=cred/none
NodeName=n1
PartitionName=p Nodes=n1
"""
VALUES = {
    "time": ["1", "90", "10:30", "0:01", "1:30:00", "30:00:00", "1-0", "1-2:3", "1-2:3:4", "90m",
             "2h", "1:2:3:4", "UNLIMITED", "infinite", "-1", "abc", "1-", "1d", "365-0"],
    "mem": ["1", "500K", "1M", "4G", "4GB", "4g", "4gb", "2T", "1.5G", "4X", "G", "4 G", "1025K"],
    "ntasks": ["1", "4", "1k", "0", "-3", "x"],
    "nodes": ["2", "2-4", "1k", "4-2", "x"],
    "signal": ["USR1@60", "B:USR1@60", "10", "SIGTERM@5", "NOPE@5", "Q:USR1"],
    "mail-type": ["BEGIN", "END,FAIL", "ALL", "NEVER", "TIME_LIMIT_80"],
    "open-mode": ["append", "truncate", "maybe"],
}


def seconds(text):
    """[D-]H:M:S as seconds."""
    days, _, clock = text.rpartition("-")
    h, m, s = (int(part) for part in clock.split(":"))
    return int(days or 0) * 86400 + h * 3600 + m * 60 + s


def mebibytes(text):
    unit = {"": 1, "M": 1, "G": 1 << 10, "T": 1 << 20}
    number, letter = re.fullmatch(r"(\d+)([MGT]?)(?:B|iB per node)?", text.replace(" ", "", 1)
                                  ).groups()
    return int(number) * unit[letter]


def real(script, folder):
    """The values that sbatch defines, None if it refuses."""
    environment = dict(os.environ, SLURM_CONF=os.path.join(folder, "slurm.conf"))
    child = subprocess.Popen(["sbatch", "-vv", "--test-only", script], env=environment, text=True,
                             stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    found = {}
    try:
        for line in child.stderr:
            if "end of defined options" in line:
                return found
            part = re.match(r"sbatch: (\S+)\s+: (.*)", line)
            if part and part.group(1) != "error":
                found[part.group(1)] = part.group(2).strip()
        return None
    finally:
        child.kill()
        child.wait()
        child.stderr.close()


def ours(pentad, script):
    done = subprocess.run([pentad, "explain", "--json", script], capture_output=True, text=True)
    answer = json.loads(done.stdout)
    if any(o["effect"] == "refused" for o in answer["options"]):
        return None
    return {v["field"]: v["value"] for v in answer["values"]}


def differs(option, theirs, mine):
    if (theirs is None) != (mine is None):
        return f"sbatch {'refuses' if theirs is None else 'accepts'}"
    if theirs is None:
        return None
    if option == "time" and "time" in theirs and mine.get("walltime") != "unlimited":
        if not re.fullmatch(r"[\d:-]+", theirs["time"]):
            return f"time {theirs['time']}, here {mine.get('walltime')}"
        if seconds(theirs["time"]) != seconds(mine["walltime"].split(" ")[0]):
            return f"time {theirs['time']}, here {mine['walltime']}"
    if option == "mem" and mebibytes(theirs["mem"]) != mebibytes(mine["memory"]):
        return f"mem {theirs['mem']}, here {mine['memory']}"
    if option in ("ntasks", "nodes"):
        here = mine.get({"ntasks": "tasks"}.get(option, option))
        if theirs[option] != here:
            return f"{option} {theirs[option]}, here {here}"
    return None


def main():
    if not shutil.which("sbatch"):
        print("skipped: no sbatch")
        return 77
    wrong = compared = 0
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "slurm.conf"), "w") as out:
            out.write(CONFIGURATION)
        script = os.path.join(folder, "job.sh")
        for option, values in VALUES.items():
            for value in values:
                with open(script, "w") as out:
                    out.write(f"#!/bin/bash\n#SBATCH --{option}='{value}'\n")
                compared += 1
                difference = differs(option, real(script, folder), ours(sys.argv[1], script))
                if difference:
                    wrong += 1
                    print(f"--{option}={value}: {difference}")
    print(f"{compared} values compared with sbatch, {wrong} differ")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
