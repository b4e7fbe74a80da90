"""The same scripts run by another scheduler and by a centre of ours, what they found compared.

A case is a script in a folder of its own; what it leaves there (its dump, its output files) and how
it ended is its result. Identifiers, folders and hosts are replaced by words before comparing.
"""
import json
import os
import pathlib
import pwd
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))

# Run by every script: variables, directory and arguments, one file an element.
DUMP = r"""
{ env -0 | sort -z | tr '\n\0' ' \n'; echo "=cwd=$PWD"; echo "=umask=$(umask)"; } \
  > %s/dump.${SLURM_ARRAY_TASK_ID:-${SGE_TASK_ID:-undefined}}
"""
SUBMITTER = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "LANG": "C.UTF-8",
             "MY_CASE": "wing", "SHELL": "/bin/sh"}


def submitter():
    me = pwd.getpwuid(os.geteuid())
    return {**SUBMITTER, "HOME": me.pw_dir, "USER": me.pw_name, "LOGNAME": me.pw_name}


class Result:
    def __init__(self, folder, number, state, words):
        self.files, self.dumps, self.state = {}, {}, state
        self.number, self.folder, self.words = number, str(folder), words
        for path in sorted(pathlib.Path(folder).rglob("*")):
            name = str(path.relative_to(folder))
            if not path.is_file() or name == "job.sh":
                continue
            text = path.read_text(errors="replace")
            if name.startswith("dump."):
                self.dumps[name] = self.read_dump(text)
            else:
                self.files[self.plain(name)] = self.plain(text)

    def plain(self, text, has_number=True):
        """Without `has_number` a digit that is the job's number by chance stays, as in UTF-8."""
        text = text.replace(self.folder, "<folder>")
        for word, what in self.words:
            text = re.sub(rf"(?<![\w.]){re.escape(word)}(?![\w])", what, text)
        def word(found):
            return f"<id of {len(found[0])} digits>" if found[0].startswith("0") else "<id>"
        return re.sub(rf"(?<!\d)0*{self.number}(?!\d)", word, text) if has_number else text

    def read_dump(self, text):
        found = {}
        for line in text.splitlines():
            name, _, value = line.rpartition("=") if line.startswith("=") else line.partition("=")
            found[name] = self.plain(value, re.search("JOB_?ID", name) or "/" in value)
        return found

    def as_json(self):
        return {"files": self.files, "dumps": self.dumps, "state": self.state}


def differences(real, ours, known):
    """Lines; `known` names variables (a pattern at their end with *) that may differ."""
    def is_known(name):
        return any(re.fullmatch(k.replace("*", ".*"), name) for k in known)
    found = []
    if real["state"] != ours["state"]:
        found.append(f"state: {real['state']}, here {ours['state']}")
    if real["files"] != ours["files"]:
        found.append(f"files: {real['files']}, here {ours['files']}")
    if set(real["dumps"]) != set(ours["dumps"]):
        found.append(f"elements: {sorted(real['dumps'])}, here {sorted(ours['dumps'])}")
    for name in set(real["dumps"]) & set(ours["dumps"]):
        a, b = real["dumps"][name], ours["dumps"][name]
        for variable in sorted(set(a) | set(b)):
            if a.get(variable) != b.get(variable) and not is_known(variable):
                found.append(f"{name}: {variable}: {a.get(variable)!r}, here {b.get(variable)!r}")
    return found


def write_case(root, name, lines, body):
    """Its folder and its script."""
    folder = pathlib.Path(root) / name
    (folder / "sub").mkdir(parents=True)
    script = folder / "job.sh"
    script.write_text("\n".join(["#!/bin/sh", *lines]).replace("@", str(folder)) + "\n"
                      + DUMP % folder + body + "\n")
    return folder, script


class Ours:
    """Runs cases by a centre; `home` is that of its jobs, else one without a profile."""

    def __init__(self, dialect, home=None):
        import centre as e2e
        self.e2e, self.dialect, self.centre = e2e, dialect, e2e.Centre()
        if home:
            self.centre.environment["HOME"] = home
        self.centre.start()

    def remove(self):
        self.centre.remove()

    def submit(self, folder, script):
        done = subprocess.run(
            [self.e2e.PENTAD, "submit", "--as", self.dialect, str(script)], cwd=folder,
            capture_output=True, text=True, stdin=subprocess.DEVNULL,
            env={**submitter(), "PENTAD_HOME": self.centre.home}, check=False)
        if done.returncode != 0:
            raise AssertionError(f"{script}: {done.stderr}")
        return int(done.stdout.split()[-1])

    def end(self, number):
        job = self.centre.job(str(number))
        final = job["state"] in ("completed", "failed", "cancelled", "timeout", "out_of_memory",
                                 "node_failed")
        return job if final else None

    def wait(self, number):
        return self.e2e.wait_until(lambda: self.end(number), f"the end of job {number}")


def judge(real, ours, known):
    """The exit status of a test."""
    wrong = 0
    for name in real:
        for line in differences(real[name], ours[name], known):
            wrong += 1
            print(f"{name}: {line}")
    dumps = sum(len(r["dumps"]) for r in real.values())
    print(f"{len(real)} jobs, {dumps} environments compared, {wrong} differences beyond "
          f"{len(known)} known kinds")
    if dumps == 0:
        print("nothing was compared")
    return 1 if wrong or dumps == 0 else 0


def save(path, results):
    pathlib.Path(path).write_text(json.dumps({k: v.as_json() for k, v in results.items()}))


def load(path):
    return json.loads(pathlib.Path(path).read_text())
