"""PBS's commands: what they print, where, and how they end.

Usage: pbs_test.py PENTAD [unittest arguments]
"""
import json
import os
import re
import socket
import xml.etree.ElementTree

import families

centre = families.centre
SERVER = socket.gethostname().split(".")[0]
PLAIN = ("Job id            Name             User              Time Use S Queue\n"
         "----------------  ---------------- ----------------  -------- - -----\n")
LONG = f"""
{SERVER}:{" "}
                                                            Req'd  Req'd   Elap
Job ID          Username Queue    Jobname    SessID NDS TSK Memory Time  S Time
--------------- -------- -------- ---------- ------ --- --- ------ ----- - -----
"""


class Pbs(families.Case):
    folder = "pbs"

    def qsub(self, *words, **options):
        out = self.prints("qsub", *words, **options)
        self.assertRegex(out, rf"^\d+(\[\])?\.{SERVER}\n$")
        return out.strip()

    def number(self, job):
        return re.match(r"\d+", job)[0]

    def wait(self, *jobs):
        self.call("wait", *[self.number(job) for job in jobs])

    def until_running(self, job):
        centre.wait_until(lambda: self.centre.state(self.number(job)) == "running",
                          f"start of {job}")

    def attributes(self, *words):
        """Of one job in qstat -f, broken lines joined."""
        out = self.prints("qstat", "-f", *words)
        for line in out.splitlines():
            self.assertLessEqual(len(line.expandtabs(8)), 80, line)
        lines = out.replace("\n\t", "").splitlines()
        self.assertTrue(lines[0].startswith("Job Id: "))
        return dict(line.strip().split(" = ", 1) for line in lines[1:] if line)

    def test_submit(self):
        job = self.qsub("-N", "named", "-l", "select=1:ncpus=1,walltime=10:00", "ok.sh")
        self.wait(job)
        with open(os.path.join(self.centre.work, f"named.o{self.number(job)}")) as file:
            self.assertEqual(file.read(), "out\n")
        self.assertEqual(self.prints("qsub", "-z", "ok.sh"), "")
        self.assertEqual(self.centre.job(self.number(self.qsub(given="true\n")))["name"], "STDIN")
        array = self.qsub("-J", "0-4:2", "ok.sh")
        self.assertTrue(array.endswith(f"[].{SERVER}"))
        job = self.qsub("-N", "p", "--", "/bin/echo", "a b")
        self.wait(job)
        with open(os.path.join(self.centre.work, f"p.o{self.number(job)}")) as file:
            self.assertEqual(file.read(), "a b\n")

    def test_block(self):
        code, out, error = self.command("qsub", "-W", "block=true", "fail.sh")
        self.assertEqual((code, error), (3, ""))
        self.assertRegex(out, rf"^\d+\.{SERVER}\n$")
        code, _, _ = self.command("qsub", "-W", "block=true", given="kill -9 $$\n")
        self.assertEqual(code, 128 + 9)

    def test_wrong_submissions(self):
        self.script("binary", b"\x7fELF\0\1\2")
        self.script("late.sh", "#!/bin/sh\n#PBS -j xx\n")
        for code, says, words in (
                (1, "qsub: script file:: No such file or directory\n", ["none.sh"]),
                (2, "qsub: invalid option -- 'Y'\n", ["-Y", "ok.sh"]),
                (2, "qsub: option requires an argument -- 'N'\n", ["-N"]),
                (2, "qsub: illegal -j value\n", ["late.sh"]),
                (1, "qsub: illegal -l value\n", ["-l", "walltime=abc", "ok.sh"]),
                (1, "qsub: line 1: ", ["binary"]),
                (1, "qsub: standard input and output must be terminals", ["-I"]),
                (170, "qsub: Unknown queue\n", ["-q", "nope", "ok.sh"]),
                (153, f"qsub: Unknown Job Id 99999.{SERVER}\n",
                 ["-W", "depend=afterok:99999", "ok.sh"])):
            self.fails(code, says, "qsub", *words)
        self.assertEqual(self.prints("qstat"), "")

    def test_tables(self):
        held = self.qsub("-h", "-N", "held", "-l", "walltime=1:30:00,mem=1gb", "ok.sh")
        run = self.qsub("-N", "a_rather_long_name_it_is", "long.sh")
        array = self.qsub("-h", "-J", "1-3", "-N", "arr", "ok.sh")
        self.until_running(run)
        user = self.centre.job(self.number(run))["user"]
        node = self.centre.json("nodes")["nodes"][0]["name"]
        rows = [f"{held:<16}  held             {user:<16}  {'0':>8} H default        \n",
                f"{run:<16}  a_rather_long_n* {user:<16}  00:00:00 R default        \n",
                f"{array:<16}  arr              {user:<16}  {'0':>8} H default        \n"]
        self.assertEqual(self.prints("qstat"), PLAIN + "".join(rows))
        self.assertEqual(self.prints("qstat", self.number(run)), PLAIN + rows[1])
        self.assertEqual(self.prints("qstat", "-J"), PLAIN + rows[2])
        self.assertEqual(self.prints("qstat", "default@" + SERVER), PLAIN + "".join(rows))
        elements = self.prints("qstat", "-t", array).splitlines()[3:]
        self.assertEqual([line.split()[0] for line in elements],
                         [f"{self.number(array)}[{i}].{SERVER}" for i in (1, 2, 3)])
        held_row = (f"{held:<15} {user:<8} default  held           --   1   1    1gb 01:30 H "
                    "   --\n")
        self.assertEqual(self.prints("qstat", "-a", held), LONG + held_row)
        self.assertEqual(self.prints("qstat", "-i", held, run), LONG + held_row)
        out = self.prints("qstat", "-n", "-1", "-u", user, run)
        self.assertRegex(out, rf" R 00:00 {node}/0\n$")
        self.assertEqual(len(self.prints("qstat", "-r").splitlines()), 6)
        self.assertEqual(self.prints("qstat", "-u", "nobody"), "")
        out = self.prints("qstat", "-Q")
        self.assertRegex(out, r"(?m)^default +0 +3 yes yes +0 +1 +2 +0 +0 +0 Exec$")
        self.assertRegex(self.prints("qstat", "-B"), rf"(?m)^{SERVER} .* Active +$")
        self.assertRegex(self.prints("qstat", "-q"), r"(?m)^default .* 1 +2 +--   E R$")
        self.assertIn("    queue_type = Execution\n", self.prints("qstat", "-Qf", "default"))

    def test_all_attributes(self):
        environment = ",".join(f"VARIABLE_{i}=value_{i}" for i in range(12))
        job = self.qsub("-h", "-N", "full", "-l", "select=1:ncpus=2:mem=100mb,walltime=1:00:00",
                        "-j", "oe", "-A", "acct", "-v", environment + ",C='a,b'", "ok.sh")
        a = self.attributes(job)
        work = self.centre.work
        host = socket.gethostname()
        wanted = {"Job_Name": "full", "job_state": "H", "queue": "default", "server": SERVER,
                  "Hold_Types": "u", "Join_Path": "oe", "Account_Name": "acct",
                  "Resource_List.ncpus": "2", "Resource_List.nodect": "1",
                  "Resource_List.select": "1:ncpus=2:mem=102400kb",
                  "Resource_List.walltime": "01:00:00", "Resource_List.mem": "102400kb",
                  "Output_Path": f"{host}:{work}/full.o{self.number(job)}", "substate": "20"}
        self.assertEqual({k: a.get(k) for k in wanted}, wanted)
        self.assertIn("VARIABLE_11=value_11", a["Variable_List"])
        self.assertIn(r"C=a\,b", a["Variable_List"])
        answer = json.loads(self.prints("qstat", "-f", "-F", "json", job))
        self.assertEqual(answer["pbs_server"], SERVER)
        shown = answer["Jobs"][job]
        self.assertEqual((shown["Resource_List"]["ncpus"], shown["Variable_List"]["C"],
                          shown["job_state"]), (2, "a,b", "H"))
        line = self.prints("qstat", "-f", "-F", "dsv", job)
        self.assertTrue(line.startswith(f"Job Id: {job}|Job_Name=full|"), line)

    def test_ended(self):
        job = self.qsub("-N", "gone", "fail.sh")
        self.wait(job)
        self.fails(35, f"qstat: {job} Job has finished, use -x or -H to obtain historical job "
                       "information\n", "qstat", job)
        self.assertRegex(self.prints("qstat", "-x", job), rf"(?m)^{job} +gone .* F default +$")
        a = self.attributes("-x", self.number(job))
        self.assertEqual((a["Exit_status"], a["job_state"], a["substate"], a["run_count"]),
                         ("3", "F", "93", "1"))
        run = self.qsub("long.sh")
        self.until_running(run)
        self.assertEqual(self.prints("qdel", run), "")
        self.wait(run)
        self.assertEqual(self.attributes("-x", run)["Exit_status"], "271")
        killed = self.qsub(given="kill -9 $$\n")
        late = self.qsub("-l", "walltime=1", "long.sh")
        self.wait(killed, late)
        self.assertEqual(self.attributes("-x", killed)["Exit_status"], "265")
        self.assertEqual(self.attributes("-x", late)["Exit_status"], "-29")
        self.assertIn(job, self.prints("qstat", "-H"))
        array = self.qsub("-J", "1-2", "fail.sh")
        self.wait(array)
        out = self.prints("qstat", "-x", "-t", array)
        self.assertRegex(out, rf"(?m)^{self.number(array)}\[2\]\.{SERVER} .* X default +$")

    def test_control(self):
        job = self.qsub("-h", "ok.sh")
        for words in (["qhold", job], ["qalter", "-N", "new", job],
                      ["qalter", "-l", "walltime=00:01:00", "-p", "-3", self.number(job)]):
            self.assertEqual(self.prints(*words), "")
        shown = self.centre.job(self.number(job))
        self.assertEqual((shown["name"], shown["limit_s"], shown["priority"]), ("new", 60, -3))
        self.assertEqual(self.prints("qselect", "-s", "H", "-N", "new"), job + "\n")
        self.assertEqual(self.prints("qselect", "-l", "walltime.gt.00:02:00"), "")
        self.assertEqual(self.prints("qselect", "-l", "walltime.le.00:01:00"), job + "\n")
        self.assertEqual(self.prints("qrls", job), "")
        self.wait(job)
        self.fails(35, f"qdel: Job has finished {job}\n", "qdel", job)
        array = self.qsub("-h", "-J", "1-4", "ok.sh")
        self.assertEqual(self.prints("qdel", f"{self.number(array)}[2]"), "")
        self.assertEqual(self.prints("qdel", f"{self.number(array)}[]"), "")
        for name in "qdel", "qhold", "qrls", "qsig", "qrerun", "qstat":
            self.fails(153, f"{name}: Unknown Job Id 99999.{SERVER}\n", name, "99999")
        self.fails(153, f"qalter: Unknown Job Id 99999.{SERVER}\n", "qalter", "-N", "x", "99999")
        self.fails(2, "qdel: illegally formed job identifier: abc\n", "qdel", "abc")
        self.fails(2, "usage: qdel ", "qdel")
        self.fails(2, "qhold: illegal -h value\n", "qhold", "-h", "q", "1")
        self.fails(2, "qselect: illegal -s value\n", "qselect", "-s", "1")
        self.fails(170, "qstat: Unknown queue nope\n", "qstat", "nope")
        self.fails(2, "qstat: invalid option -- 'y'\n", "qstat", "-y")

    def test_signals(self):
        self.script("trap.sh", "#!/bin/sh\ntrap 'exit 7' USR1\necho ready > ready\n"
                               "while :; do sleep 0.05; done\n")
        job = self.qsub("-d", self.centre.work, "trap.sh")
        ready = os.path.join(self.centre.work, "ready")
        centre.wait_until(lambda: os.path.exists(ready), "the script's trap")
        self.assertEqual(self.prints("qsig", "-s", "SIGUSR1", job), "")
        self.wait(job)
        self.assertEqual(self.centre.job(self.number(job))["exit_code"], 7)
        held = self.qsub("-h", "ok.sh")
        self.fails(169, "qsig: Request invalid for state of job " + held, "qsig", held)
        self.fails(166, "qsig: Unknown or illegal signal NOPE ", "qsig", "-s", "NOPE", held)

    def test_dependencies(self):
        first = self.qsub("-h", "ok.sh")
        good = self.qsub("-W", f"depend=afterok:{first}", "ok.sh")
        bad = self.qsub("-W", f"depend=afternotok:{first}", "ok.sh")
        self.assertEqual(self.attributes(good)["depend"], f"afterok:{first}")
        self.assertEqual(self.attributes(good)["Hold_Types"], "s")
        self.prints("qrls", first)
        self.wait(first, good, bad)
        self.assertEqual([self.centre.state(self.number(j)) for j in (first, good, bad)],
                         ["completed", "completed", "cancelled"])

    def test_nodes(self):
        node = self.centre.json("nodes")["nodes"][0]
        out = self.prints("pbsnodes", "-a")
        self.assertTrue(out.startswith(f"{node['name']}\n     Mom = {node['name']}\n"))
        self.assertIn(f"     resources_available.ncpus = {node['cores']}\n", out)
        self.assertIn("     state = free\n", out)
        answer = json.loads(self.prints("pbsnodes", "-a", "-F", "json"))
        self.assertEqual(answer["nodes"][node["name"]]["resources_available"]["ncpus"],
                         node["cores"])
        self.assertEqual(self.prints("pbsnodes", "-l"), "")
        self.prints("pbsnodes", "-o", node["name"], "-C", "broken fan")
        self.addCleanup(self.command, "pbsnodes", "-r", node["name"])
        self.assertRegex(self.prints("pbsnodes", "-l"), "^" + node["name"] + " +offline broken fan")
        self.fails(1, "Node: nope,  Error: Unknown node", "pbsnodes", "nope")
        self.assertRegex(self.prints("pbsnodes", "--version"), "^pbs_version = PBSPro")
        self.assertRegex(self.prints("qstat", "--version"), "^pbs_version = ")

    def test_torque(self):
        job = self.qsub("-N", "t", "-l", "nodes=1:ppn=1,walltime=60", "-t", "1-2", "fail.sh")
        self.wait(job)
        torque = {"PENTAD_DIALECT": "torque"}
        out = self.prints("qstat", **torque)
        self.assertRegex(out, rf"(?m)^{re.escape(job)} +t +\S+ +00:00:00 C default +$")
        root = xml.etree.ElementTree.fromstring(self.prints("qstat", "-x", job, **torque))
        self.assertEqual((root.findtext("Job/Job_Id"), root.findtext("Job/job_state"),
                          root.findtext("Job/Resource_List/walltime"),
                          root.findtext("Job/exit_status")), (job, "C", "00:01:00", "3"))
        self.assertIn("    exit_status = 3\n", self.prints("qstat", "-f", job, **torque))
        self.fails(153, f"qstat: Unknown Job Id Error 99999.{SERVER}\n", "qstat", "99999",
                   **torque)
        self.assertIn("     np = ", self.prints("pbsnodes", "-a", **torque))
        self.fails(1, "qsub: script file 'none' cannot be loaded - No such file", "qsub", "none",
                   **torque)


class Both(families.Case):
    """One folder for both families: what is meant follows from what is said."""
    SGE = r"^Your job \d+ "
    PBS = rf"^\d+\.{SERVER}\n$"

    def test_submit(self):
        self.script("pbs.sh", "#!/bin/sh\n#PBS -N p\ntrue\n")
        self.script("sge.sh", "#!/bin/sh\n#$ -N s\ntrue\n")
        for words, given, said in (
                (["pbs.sh"], "", self.PBS), (["sge.sh"], "", self.SGE),
                (["ok.sh"], "", self.PBS), (["-cwd", "ok.sh"], "", self.SGE),
                (["-b", "y", "echo", "x"], "", self.SGE), (["-h", "-J", "1-2", "ok.sh"], "",
                                                          rf"^\d+\[\]\.{SERVER}\n$"),
                ([], "#$ -N s\ntrue\n", self.SGE), ([], "#PBS -N p\ntrue\n", self.PBS)):
            self.assertRegex(self.prints("qsub", *words, given=given), said, words)
        self.assertRegex(self.prints("qsub", "sge.sh", folder="pbs"), self.PBS)
        self.assertRegex(self.prints("qsub", "pbs.sh", folder="sge"), self.SGE)
        self.assertRegex(self.prints("qsub", "ok.sh", PENTAD_DIALECT="sge"), self.SGE)

    def test_ask(self):
        sge = self.prints("qsub", "-terse", "-h", "-cwd", "ok.sh").strip()
        pbs = self.prints("qsub", "-h", "-l", "select=1", "ok.sh").strip()
        self.assertIn("Job Id: " + pbs, self.prints("qstat", "-f", pbs))
        self.assertIn("job_number: ", self.prints("qstat", "-j", sge))
        self.assertEqual(self.prints("qrls", sge), f"modified hold of job {sge}\n")
        self.assertEqual(self.prints("qrls", pbs.split(".")[0]), "")
        self.call("wait", sge, pbs.split(".")[0])
        self.fails(153, "qdel: Unknown Job Id", "qdel", "99999")
        self.assertEqual(self.command("qdel", "99999.1")[0], 1)

    def test_site(self):
        site = os.path.join(self.centre.home, "site.toml")
        self.addCleanup(os.remove, site)
        with open(site, "w", encoding="utf-8") as file:
            file.write('default_dialect = "sge"\njob_id_suffix = ".mother"\n')
        self.assertRegex(self.prints("qsub", "ok.sh"), self.SGE)
        self.assertRegex(self.prints("qsub", "ok.sh", folder="pbs"), r"^\d+\.mother\n$")


if __name__ == "__main__":
    centre.main()
