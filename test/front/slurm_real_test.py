"""The same calls to Slurm's commands here and to Debian's own, whose output they must equal.

Usage: slurm_real_test.py PENTAD [unittest arguments]. Skipped (77) without slurmctld and slurmd.
"""
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "e2e"))
sys.path.insert(0, str(ROOT.parent / "bench"))
import centre  # noqa: E402

if not (shutil.which("slurmctld") and shutil.which("slurmd") and os.geteuid() == 0):
    print("skipped: no Slurm (section [bench] of tools/packages.txt), or not root")
    sys.exit(77)
import jobs as bench  # noqa: E402

HOST = socket.gethostname().split(".")[0]

# Submitted to both, in this order.
JOBS = [
    ["-H", "-J", "held", "-t", "10"],
    ["-H", "-J", "a_long_name_that_is_cut", "-t", "1-02:03"],
    ["-H", "-J", "array", "-a", "0-9:3,20%2", "-t", "90"],
    ["-H", "-J", "wide", "-t", "12-0"],
]

LETTERS = ["%i", "%A", "%F", "%K", "%j", "%.5j", "%3j", "%t", "%T", "%.9T", "%M", "%D", "%C", "%r",
           "%R", "%u", "%U", "%g", "%G", "%N", "%B", "%S", "%v", "%w", "%x", "%y", "%z", "%X", "%k",
           "%d", "%h", "%H", "%I", "%J", "%n", "%O", "%W", "%Y", "%E", "%f", "%Z", "%.18i|%9P|"]

CALLS = [
    ["squeue"], ["squeue", "-h"], ["squeue", "-r"], ["squeue", "-a"],
    ["squeue", "-j", "1"], ["squeue", "-j1,2"], ["squeue", "-j", "3_3"],
    ["squeue", "-n", "held"], ["squeue", "--name=held,wide"], ["squeue", "-t", "PD"],
    ["squeue", "-t", "running"], ["squeue", "--states=all"], ["squeue", "-p", "PARTITION"],
    ["squeue", "-p", "nope"], ["squeue", "-u", "root"], ["squeue", "--me"],
    ["squeue", "-w", "NODE"], ["squeue", "-S", "i"], ["squeue", "-S", "-i"], ["squeue", "-S", "j"],
    ["squeue", "-o", "%i %% %j"],
    ["squeue", "-O", "JobID,Name,State"], ["squeue", "-O", "jobarrayid:20,name:.8,statecompact:5"],
    ["squeue", "-h", "-O", "username:8,reason:15,timelimit:.12,numnodes:3,numcpus:3"],
    ["squeue", "-j", "999"], ["squeue", "-j", "abc"], ["squeue", "-t", "bogus"], ["squeue", "-Z"],
    ["squeue", "--bogus"], ["squeue", "--st"], ["squeue", "-o"],
    ["scontrol", "show", "hostnames", "h[1-3,07-09],m"], ["scontrol", "show", "hostname", "a1"],
    ["scontrol", "show", "hostlist", "h1,h2,h3,m2"], ["scontrol", "show", "hostlist", "h3,h1,h2"],
    ["scontrol", "show", "hostlist", "n08,n09,n10"], ["scontrol", "show", "hostlist", "a,b,a1,a2"],
    ["scontrol", "show", "hostlistsorted", "h3,h1,h10"], ["scontrol", "show", "job", "999"],
    ["scontrol", "bogus"], ["scontrol", "show"], ["scontrol", "show", "bogus"],
    ["scontrol", "show", "node", "nope"], ["scontrol", "show", "partition", "nope"],
    ["scontrol", "ping"], ["scontrol", "update", "JobId=999", "TimeLimit=5"],
    ["scontrol", "update", "JobId=1", "Foo=5"], ["scontrol", "hold", "999"],
    ["scontrol", "release", "999"], ["scontrol", "requeue", "999"],
    ["scancel"], ["scancel", "abc"], ["scancel", "999"], ["scancel", "-s", "BOGUS", "1"],
    ["scancel", "-t", "bogus"], ["scancel", "-u", "nobody_of_this_name"], ["scancel", "-Q", "999"],
    ["scancel", "-Z"],
    ["sinfo"], ["sinfo", "-h"], ["sinfo", "-s"], ["sinfo", "-N"], ["sinfo", "-R"],
    ["sinfo", "-h", "-o", "%P"], ["sinfo", "-h", "-o", "%R|%a|%D|%t|%T|%N|%A|%F|%n|%g|%h|%r|%s"],
    ["sinfo", "-O", "Partition,NodeList,StateCompact"], ["sinfo", "-p", "nope"],
    ["sinfo", "-t", "idle"], ["sinfo", "-t", "down"], ["sinfo", "-n", "NODE"], ["sinfo", "-Z"],
    ["sinfo", "-h", "-t", "bogus"],
    ["sbatch", "/nonexistent"], ["sbatch", "--wrap", "true", "x"],
    ["sbatch", "--mem=1", "--mem-per-cpu=1", "--wrap", "true"],
    ["sstat"],
]
SCRIPTS = ["", "echo no interpreter\n", "#!/bin/sh\r\ntrue\r\n"]


class Real(centre.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.scratch = tempfile.mkdtemp(prefix="pentad-slurm.")
        cls.addClassCleanup(shutil.rmtree, cls.scratch)
        cls.slurm = bench.Slurm(cls.scratch)
        cls.slurm.__enter__()
        cls.addClassCleanup(cls.slurm.__exit__)
        shims = os.path.join(cls.centre.home, "shims")
        front = os.path.join(os.path.dirname(centre.PENTAD), "pentad-front")
        subprocess.run([front, "shims", shims, "--home", cls.centre.home], check=True)
        keep = {k: v for k, v in cls.slurm.env.items()
                if not k.startswith(("SBATCH", "SQUEUE", "SINFO", "SACCT", "PENTAD"))}
        cls.sides = [("/usr/bin", {**keep, "TZ": "UTC"}, "main", "n1"),
                     (shims, {**keep, "TZ": "UTC", "PATH": f"{shims}:{keep['PATH']}"}, "default",
                      HOST)]
        for folder, environment, _, _ in cls.sides:
            for options in JOBS:
                subprocess.run([f"{folder}/sbatch", *options, "--wrap", "true"], check=True,
                               env=environment, cwd=cls.centre.work, stdout=subprocess.DEVNULL)

    def answers(self, words, given=None):
        """Exit code, standard output and standard error of both, with the same names in them."""
        out = []
        for folder, environment, partition, node in self.sides:
            own = [partition if w == "PARTITION" else node if w == "NODE" else w for w in words]
            done = subprocess.run(
                own, executable=f"{folder}/{words[0]}", env=environment, cwd=self.centre.work,
                input=given, stdin=subprocess.DEVNULL if given is None else None, text=True,
                capture_output=True, timeout=60, check=False)
            texts = []
            for text in (done.stdout, done.stderr):
                # Names of different length move the columns: only words count where they stand.
                text = re.sub(rf"\b{partition}\b", "PARTITION", text)
                text = re.sub(rf"\b({node}|{HOST})\b", "NODE", text)
                texts.append(re.sub(r"(?<=\S) +(?=PARTITION|NODE\b)|(?<=NODE) +|(?<=PARTITION) +"
                                    r"|(?<=PARTITION\*) +", " ", text))
            out.append((done.returncode, *texts))
        return out

    def same(self, words, given=None):
        with self.subTest(" ".join(words) + (f" < {given!r}" if given is not None else "")):
            real, ours = self.answers(words, given)
            if words[0] == "squeue" and "-S" not in words:  # equal priorities stand in any order
                real, ours = [(code, "\n".join(sorted(out.split("\n"))), error)
                              for code, out, error in (real, ours)]
            self.assertEqual(ours, real)

    def test_calls(self):
        for words in CALLS:
            self.same(words)

    def test_letters(self):
        for letter in LETTERS:
            self.same(["squeue", "-S", "i", "-o", letter])

    def test_scripts(self):
        for script in SCRIPTS:
            self.same(["sbatch"], given=script)


if __name__ == "__main__":
    centre.main()
