#!/usr/bin/python3
"""Scripts made up from a seed, read by Pentad and by the real qsub -verify of Grid Engine.

Usage: sge_oracle.py TRANSLATE_MANY [--seed N] [--count N]
Exit status 77: qsub of Grid Engine is not installed.

qsub -verify needs no qmaster. It leaves the forms of values to the qmaster (names, times, sizes):
there Pentad may refuse what it accepts. Everything it prints is compared.
"""
import argparse
import concurrent.futures
import datetime
import json
import os
import random
import re
import subprocess
import sys
import tempfile

QSUB = "/usr/lib/gridengine/qsub"
# What Pentad refuses by design, or earlier than the qmaster would.
LATER = r"-(N|l|t|pe|clear|jc|C|@|help|b|M|hold_jid|A|P|ar|v)\b|#"
TOKENS = {"{array_job}": "$JOB_ID", "{name}": "$JOB_NAME", "{array}": "$TASK_ID",
          "{host}": "$HOSTNAME", "{user}": "$USER", "{home}": "$HOME"}
EVENTS = {"BEGIN": "b", "END": "e", "FAIL": "a", "SUSPEND": "s"}


def option(r):
    n, m = r.randint(1, 99), r.randint(1, 99)
    name = r.choice(["wing", "flow_2", "x-y.z", "a1"])
    yes = r.choice(["y", "n", "yes", "no", "Y", "NO", "true", "1", "x"])
    path = r.choice(["out.txt", "/tmp/o", "log/$JOB_NAME.o$JOB_ID", "$HOME/e.$TASK_ID", "h:/x/y",
                     ":/tmp", "o.$USER", "a,b", "h:/x,g:/y"])
    size = r.choice(["4G", "500M", "2g", "1024", "100k", "16K", "1T"])
    return r.choice([
        f"-N {name}", f"-N {name}{n}", "-cwd", f"-wd /data/{name}", "-wd rel",
        f"-l h_rt={n}:{m % 60}:00", f"-l h_rt={n * 60}", "-l h_rt=1::1", f"-l mem_free={size}",
        f"-l h_vmem={size},h_rt={n}", f"-l gpu={n % 8 + 1}", "-l rl9=true", f"-l {name}={n}",
        "-l exclusive", f"-l tmpfs={size}", "-l h=node1*", f"-pe smp {n}", f"-pe mpi {n}-{n + m}",
        f"-pe mpi {n}-", f"-pe smp -{n}", f"-pe orte {n},{n + m}", f"-pe smp {n + m}-{n}",
        "-pe smp x", f"-t {n}", f"-t 1-{n}", f"-t {n}-{n + m}:{m % 7 + 1}", f"-t {n + m}-{n}",
        f"-t {n},{n + m}", "-t x", "-t 1-5:0", f"-tc {n}", "-tc 0", "-tc -1", f"-o {path}",
        f"-e {path}", f"-i {path}", f"-j {yes}", "-j oe", "-V", "-v A=1,B=2", f"-v X={n}",
                "-v HOME",
        "-S /bin/bash", "-S h:/bin/tcsh", "-q all.q", "-q a.q,b.q@host", f"-P proj{n}",
                f"-A acc{n}",
        "-ac k=v", "-dc k", "-sc k=v", f"-p -{n}", "-p 10", "-p -2000", "-p x", f"-js {n}",
        f"-m {r.choice(['b', 'bea', 'n', 'beas', 'x', 'a,b', 'bn'])}", "-M mei@example.org",
        f"-hold_jid {n}", f"-hold_jid {n},{m},{name}", f"-hold_jid_ad {n}",
        f"-a 2030{n % 12 + 1:02}{m % 28 + 1:02}1030", f"-a 30{n % 12 + 1:02}010000.30", "-a 1200",
        "-a 2500", "-a 13011200", f"-dl 2030{n % 12 + 1:02}011200", "-h", f"-r {yes}", f"-R {yes}",
        f"-now {yes}", f"-sync {yes}", f"-shell {yes}", f"-pty {yes}", "-notify", "-ckpt c",
        f"-c {r.choice(['n', 's', 'm', 'x', 'q'])}", f"-w {r.choice(['e', 'w', 'n', 'x'])}",
        "-soft -l mem_free=2G -hard -l gpu=1", "-soft -q long.q", "-binding linear:2", "-terse",
        "-masterq m.q", f"-ar {n}", "-ar x", "-stray", "stray", "-b n", "-clear", "-verify"])


def script(r):
    lines = ["#!/bin/sh"] if r.random() < 0.9 else []
    for _ in range(r.randint(1, 5)):
        count = r.choice([1, 1, 1, 2, 3])
        text = " ".join(option(r) for _ in range(count)) + r.choice(["", "", "", "  # why", "#x"])
        lines.append(r.choice(["#$ ", "#$", "#$  ", "#$\t"]) + text)
        if r.random() < 0.15:
            lines.append(r.choice(["# $ -N no", " #$ -N no", "##$ -N no", "#", "echo"]))
    return "\n".join(lines + ["hostname", ""])


def real(folder):
    """What qsub -verify prints, by the words before the colon; None if it refuses."""
    environment = {"PATH": "/bin", "HOME": folder, "SGE_ROOT": "/var/lib/gridengine",
                   "SGE_CELL": "default", "USER": "mei", "TZ": "UTC"}
    done = subprocess.run([QSUB, "-verify", "job.sh"], cwd=folder, env=environment, text=True,
                          stdin=subprocess.DEVNULL, capture_output=True)
    if done.returncode != 0 or "Unable to read" in done.stderr or "Unknown" in done.stderr:
        return None
    found = {}
    for line in done.stdout.split("script_ptr:")[0].splitlines():
        key, _, value = line.partition(":")
        found[key] = value.strip()
    for line in done.stdout.split("script_ptr:")[-1].splitlines():
        key, colon, value = line.partition(":")
        if colon and not line.startswith(("#", " ")):
            found[key] = value.strip()
    return found


def theirs_path(text):
    return text.split(":", 2)[2] if text.count(":") >= 2 else text


def our_path(text):
    text = text.strip('"')
    for ours, theirs in TOKENS.items():
        text = text.replace(ours, theirs)
    return text


def elements(text):
    low, high, step = re.fullmatch(r"(\d+)(?:-(\d+))?(?::(\d+))?", text).groups()
    return list(range(int(low), int(high or low) + 1, int(step or 1)))


def numbers(text):
    return [n for part in text.split(",") for n in elements(part.strip())]


def moment(text):
    return str(datetime.datetime.strptime(text, "%a %b %d %H:%M:%S %Y"))


def expected(theirs):
    """What Grid Engine understood, in words that `ours` uses too."""
    out = {"name": theirs.get("job_name", ""), "merge": theirs.get("merge") == "y",
           "notify": theirs.get("notify") == "TRUE"}
    # Of shells and queues given twice the last counts; it lists all.
    theirs = {key: ",".join(dict.fromkeys(value.split(","))) if "queue" in key else value
              for key, value in theirs.items()}
    for key in ("cwd", "project", "account", "restart", "hard_queue_list", "ar_id", "priority"):
        out[key] = theirs.get(key, "")
    for key in ("stdout_path_list", "stderr_path_list", "stdin_path_list", "shell_list"):
        out[key] = theirs_path(theirs.get(key, ""))
    out["shell_list"] = theirs.get("shell_list", ":").split(",")[0].split(":", 1)[1]
    out["resources"] = sorted(re.sub("=(TRUE|true)$", "", p) for p in
                              theirs.get("hard resource_list", "").split(",") if p)
    out["mail"] = sorted(theirs.get("mail_options", ""))
    out["wait"] = sorted(theirs.get("jid_predecessor_list (req)", "").split(","))
    out["begin"] = moment(theirs["execution_time"]) if "execution_time" in theirs else ""
    environment = theirs.get("parallel environment", "")
    ends = [int(n) for n in re.findall(r"\d+", environment.partition("range:")[2])]
    out["slots"] = [min(ends), max(ends)] if ends else []
    tasks = theirs.get("job-array tasks", "")
    out["tasks"] = elements(tasks) if tasks else []
    out["at once"] = theirs.get("maximum concurrency", "0") if tasks else "0"
    return out


def ours(translated, folder):
    values = {v["field"]: v for v in translated["values"]}

    def given(field):
        value = values.get(field)
        return value["value"].strip('"') if value and value["origin"] != "default" else ""

    out = {"name": values["name"]["value"].strip('"'), "merge": given("join") == "error_to_output",
           "notify": given("notify") == "yes", "project": given("account"),
           "account": given("wckey"), "ar_id": given("reservation"), "priority": given("priority"),
           "restart": {"yes": "y", "no": "n", "": ""}[given("requeue")],
           "hard_queue_list": given("queues").replace('", "', ",")}
    out["cwd"] = folder if given("workdir") == "{submit}" else given("workdir")
    for key, field in (("stdout_path_list", "stdout_path"), ("stderr_path_list", "stderr_path"),
                       ("stdin_path_list", "stdin_path")):
        out[key] = our_path(given(field))
    shell = values.get("shell")
    from_line = shell and shell["origin"] == "line 1" and translated["shebang"]
    out["shell_list"] = "" if from_line else given("shell")
    parts = {}
    for record in translated["records"]:
        if record["text"].startswith("-l ") and not record.get("reason", "").startswith("a wish"):
            name, equals, value = record["text"][3:].partition("=")
            parts[name] = name + ("" if value.lower() == "true" else equals + value)
    out["resources"] = sorted(parts.values())
    out["mail"] = sorted(EVENTS[e] for e in re.findall(r"[A-Z]+", given("mail_events")))
    jobs = re.findall(r"ended (?:name )?([^ ,()]+)", given("dependency"))
    out["wait"] = sorted(jobs) or [""]
    out["begin"] = given("begin")
    tasks = given("tasks")
    low, _, high = tasks.partition("-")
    out["slots"] = [int(low), int(high or low)] if tasks else []
    array = given("array")
    if "more" in array or len(array) > 900:
        array = ""
    out["tasks"] = numbers(re.sub(r", \d+ at once", "", array)) if array else []
    limit = re.search(r", (\d+) at once", array)
    out["at once"] = limit.group(1) if limit else "0"
    return out


def differs(translated, theirs, folder):
    refused = [r["text"] for r in translated["records"] if r.get("effect") == "refused"]
    if (theirs is None) != (not translated["accepted"]):
        if theirs is not None and all(re.match(LATER, text) for text in refused):
            return None
        return "qsub refuses" if theirs is None else f"qsub accepts {refused}"
    if theirs is None:
        return None
    one, other = expected(theirs), ours(translated, folder)
    skipped = {"shell_list"} if "," in theirs.get("shell_list", "") else set()
    # Lists with a path for each host, given twice: qsub prints the first of the merged list.
    for letter, key in (("o", "stdout"), ("e", "stderr"), ("i", "stdin")):
        if len(re.findall(rf"[\s$]-{letter}\s", translated["text"])) > 1:
            skipped.add(key + "_path_list")
    wrong = [f"{key}: qsub {one[key]!r}, here {other[key]!r}" for key in one
             if one[key] != other[key] and key not in skipped]
    return "; ".join(wrong) or None


def compare(arguments, folder):
    maker = random.Random(arguments.seed)
    scripts, folders = [script(maker) for _ in range(arguments.count)], []
    for i, text in enumerate(scripts):
        folders.append(os.path.join(folder, str(i)))
        os.makedirs(folders[-1])
        with open(os.path.join(folders[-1], "job.sh"), "w", encoding="utf-8") as out:
            out.write(text)
    listing = "".join(f"sge\t{one}/job.sh\n" for one in folders)
    done = subprocess.run([arguments.program], input=listing, capture_output=True, text=True,
                          check=True)
    empty = {"accepted": False, "records": [], "values": []}
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        theirs = list(pool.map(real, folders))
    wrong = 0
    for text, line, one, where in zip(scripts, done.stdout.splitlines(), theirs, folders):
        translated = {**empty, **json.loads(line), "text": text,
                      "shebang": text.startswith("#!")}
        difference = differs(translated, one, where)
        if difference:
            wrong += 1
            print(f"{difference}\n{text.splitlines()}")
    refused = sum(1 for one in theirs if one is None)
    print(f"seed {arguments.seed}: {len(scripts)} scripts, {refused} refused by qsub, "
          f"{wrong} differ")
    return wrong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=300)
    arguments = parser.parse_args()
    if not os.path.exists(QSUB):
        print("skipped: no qsub of Grid Engine")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        return 1 if compare(arguments, os.path.realpath(folder)) else 0


if __name__ == "__main__":
    sys.exit(main())
