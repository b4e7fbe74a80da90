#!/usr/bin/python3
"""Writes docs/migration.md from the scripts of test/dialect, or checks that it is up to date.

Usage: tools/migration_table.py TRANSLATE_MANY [--check]

What Pentad makes of each script comes from TRANSLATE_MANY (a program of the build). An option
without a record is looked for by splitting the lines here, on their own. Where the real sbatch is
installed it reads the PBS and LSF scripts too; without it --check leaves that table alone.
"""
import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HERE = ROOT / "test" / "dialect"
DOCUMENT = ROOT / "docs" / "migration.md"
sys.path.insert(0, str(HERE))
sys.dont_write_bytecode = True
import slurm_oracle  # noqa: E402

DIALECTS = {"slurm": "Slurm", "pbspro": "PBS Pro", "torque": "Torque", "lsf": "LSF",
            "sge": "Grid Engine"}
PREFIX = {"slurm": "#SBATCH", "pbspro": "#PBS", "torque": "#PBS", "lsf": "#BSUB", "sge": "#$"}
EFFECTS = ("exact", "approximated", "ignored", "refused")
TEXT = """# Moving scripts to Pentad: what comes across

Made by `tools/migration_table.py` from the scripts of [test/dialect](../test/dialect); a test
keeps it up to date. They were written for this project in the shape of what computing centres
publish, odd and broken ones (`odd_*`) included on purpose: the share refused is not that of a
centre's users. Every option of every dialect stands in [migration/](migration): what it means and
what becomes of it here.

## The scripts, read by Pentad

`taken`: understood, and the centre can hold the job. `refused`: with the line, the reason and
what to write instead. An option (or one resource of a list) is *exact*, *approximated* (the
record says how it differs), *ignored* (recorded, without effect here) or *refused*. `dropped`:
options without any record.

{ours}

`pentad explain SCRIPT` shows all of this for one script. What a site calls its queues, resources
and parallel environments can be mapped ([site.example.toml](site.example.toml)).

## PBS and LSF scripts, read by Slurm itself

Slurm's `sbatch` 22.05 reads `#PBS` and `#BSUB` lines too. The same scripts, given to it; *means
the same*: it gives the job the time, nodes, tasks, cores, memory, GPUs, array, dependency, queue,
account, begin and name that the original would, as far as `#SBATCH` lines can say it. (Files,
environment and variables differ anyway.)

{theirs}

## How it was checked

- Slurm: option sets made up from a seed are read by Pentad and by the real `sbatch -vv
  --test-only`, and what Pentad writes back as `#SBATCH` lines is read by `sbatch` again
  (`test/dialect/slurm_oracle.py`). In `./check` 600 sets; by hand {slurm_runs}.
- Grid Engine: the same with the real `qsub -verify` (`test/dialect/sge_oracle.py`). In `./check`
  600 scripts; by hand {sge_runs}.
- PBS Pro, Torque and LSF: no package of Debian 12 has them. Their tables follow the vendors'
  documentation and have no such check.
"""
SLURM_RUNS = "3,000 (seed 101), of which none differs"
SGE_RUNS = "3,000 (seed 102), of which none differs"


def words_of(text, dialect):
    """Words of a directive, quotes taken off, up to a comment."""
    words, word, quote = [], None, ""
    for c in text:
        if quote:
            quote = "" if c == quote else quote
            word += "" if not quote else c
        elif c in "\"'":
            quote, word = c, word or ""
        elif c in " \t":
            words += [word] if word is not None else []
            word = None
        elif c == "#" and (word is None or dialect in ("slurm", "sge")):
            break
        else:
            word = (word or "") + c
    return words + ([word] if word is not None else [])


def dropped(script, dialect, records):
    """Words that look like options and that no record of their line mentions."""
    missing = []
    by_line = {}
    for record in records:
        by_line.setdefault(record["origin"], []).append(record.get("text", ""))
    for number, line in enumerate(script.splitlines(), 1):
        prefix = PREFIX[dialect]
        rest = line[len(prefix):]
        is_directive = line.startswith(prefix) and (dialect in ("slurm", "sge") or
                                                    rest[:1] in ("", " ", "\t"))
        if not is_directive:
            bare = line.strip()
            ends = dialect in ("slurm", "pbspro", "torque") and bare and bare[0] not in "#:"
            if ends:
                break
            continue
        texts = by_line.get(f"line {number}", [])
        for word in words_of(rest, dialect):
            name = word.split("=")[0] if word.startswith("--") else word[:2]
            known = any(word in text or text.startswith(name) or line == text for text in texts)
            if word.startswith("-") and not known:
                missing.append(f"{number}: {word}")
        # Each part of a list has a record of its own.
        if dialect != "slurm" and rest.strip().startswith("-l ") and "select" not in rest:
            parts = [p for p in words_of(rest, dialect)[1].split(",") if p]
            if len([t for t in texts if t.startswith("-l")]) < len(parts):
                missing.append(f"{number}: {rest}")
    return missing


def translate(program, dialect):
    paths = sorted((HERE / dialect).glob("*.sh"))
    listing = "".join(f"{dialect}\t{path}\n" for path in paths)
    done = subprocess.run([program], input=listing, capture_output=True, text=True, check=True)
    empty = {"accepted": False, "taken": False, "records": [], "deviations": [], "slurm": ""}
    return [(path, {**empty, **json.loads(line)}) for path, line in
            zip(paths, done.stdout.splitlines())]


def our_table(results):
    rows = ["| dialect | scripts | taken | refused | options exact | approximated | ignored | "
            "refused | dropped |", "|---|---|---|---|---|---|---|---|---|"]
    lost = []
    for dialect, title in DIALECTS.items():
        counts, before = dict.fromkeys(EFFECTS, 0), len(lost)
        scripts = results[dialect]
        for path, one in scripts:
            for record in one["records"]:
                counts[record.get("effect", "exact")] += 1
            text = path.read_text(encoding="utf-8")
            lost += [f"{path.name}:{line}" for line in dropped(text, dialect, one["records"])]
        taken = sum(1 for _, one in scripts if one["taken"])
        options = " | ".join(str(counts[effect]) for effect in EFFECTS)
        own = len(lost) - before
        rows.append(f"| {title} | {len(scripts)} | {taken} | {len(scripts) - taken} | {options} | "
                    f"{own} |")
    return "\n".join(rows), lost


def meaning(options):
    """What a job gets, however it was said."""
    nodes = int(options.get("nodes", "1").split("-")[0])
    per_node = int(options.get("ntasks-per-node", "1"))
    gpus = options.get("gpus-per-node") or ",".join(
        part.split("gpu:")[1] for part in options.get("gres", "").split(",") if "gpu:" in part)
    out = {"nodes": nodes, "tasks": int(options.get("ntasks", nodes * per_node)),
           "cores": int(options.get("cpus-per-task", "1")), "gpus": gpus.split(":")[-1]}
    for key in ("mem", "mem-per-cpu", "array"):
        out[key] = slurm_oracle.CANONICAL[key](options[key]) if key in options else None
    for key in ("time", "account", "begin"):
        out[key] = options.get(key)
    out["partition"] = options.get("partition", "").split("@")[0]
    out["dependency"] = sorted(set(re.findall(r"after[a-z]*|\b\d+", options.get("dependency", ""))))
    return out


def means_the_same(theirs, ours):
    one, other = meaning(theirs), meaning(ours)
    names = {theirs.get("job-name"), ours.get("job-name")} - {None}
    return one == other and (len(names) < 2 or "job-name" not in theirs)


def their_table(results):
    """Of the scripts whose dialect Pentad reads without a refusal."""
    rows = ["| scripts of | understood by Pentad | sbatch accepts | means the same | "
            "another meaning, unsaid |", "|---|---|---|---|---|"]
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "slurm.conf"), "w", encoding="utf-8") as out:
            out.write(slurm_oracle.CONFIGURATION)
        environment = {"PATH": os.environ["PATH"], "HOME": folder,
                       "SLURM_CONF": os.path.join(folder, "slurm.conf")}
        for dialect in ("pbspro", "torque", "lsf"):
            sound = [(path, one) for path, one in results[dialect] if one["accepted"]]
            accepted = same = 0
            for path, one in sound:
                theirs, _ = slurm_oracle.real(str(path), environment)
                if theirs is None:
                    continue
                accepted += 1
                back = os.path.join(folder, path.name)
                with open(back, "w", encoding="utf-8") as out:
                    out.write("#!/bin/sh\n" + one["slurm"])
                again, _ = slurm_oracle.real(back, environment)
                same += again is not None and means_the_same(theirs, again)
            rows.append(f"| {DIALECTS[dialect]} | {len(sound)} | {accepted} | {same} | "
                        f"{accepted - same} |")
    return "\n".join(rows)


def present_table(document):
    """The second table as it stands in the document."""
    tables = [part for part in document.split("\n\n") if part.startswith("| scripts of")]
    return tables[0] if tables else ""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    results = {dialect: translate(arguments.program, dialect) for dialect in DIALECTS}
    ours, lost = our_table(results)
    for line in lost:
        print(f"no record: {line}")
    before = DOCUMENT.read_text(encoding="utf-8") if DOCUMENT.exists() else ""
    theirs = their_table(results) if shutil.which("sbatch") else present_table(before)
    now = TEXT.format(ours=ours, theirs=theirs, slurm_runs=SLURM_RUNS, sge_runs=SGE_RUNS)
    if not arguments.check:
        DOCUMENT.write_text(now, encoding="utf-8")
    elif before != now:
        print(f"{DOCUMENT.name} is not what the scripts say: tools/migration_table.py rewrites it")
        return 1
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
