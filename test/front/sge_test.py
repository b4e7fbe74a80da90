"""Grid Engine's commands: what they print, where, and how they end. The expected texts are those
of the real ones (8.1.9) for the same calls, but for names, times and the queue.

Usage: sge_test.py PENTAD [unittest arguments]
"""
import os
import re
import socket
import xml.etree.ElementTree

import families

centre = families.centre
HEAD = ("job-ID  prior   name       user         state submit/start at     queue                 "
        "         slots ja-task-ID \n" + "-" * 113 + "\n")


def masked(text):
    """Moments by #, so that lines keep their columns."""
    text = re.sub(r"\d\d/\d\d/\d{4} \d\d:\d\d:\d\d", "#" * 19, text)
    return re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", "#" * 19, text)


class Sge(families.Case):
    folder = "sge"

    def qsub(self, *words, **options):
        return self.prints("qsub", "-terse", "-cwd", *words, **options).strip()

    def row(self, job, state, name, where="", slots=1, tasks=" " * 7, priority="0.50000"):
        user = self.user()
        return (f"{job:>7} {priority} {name:<10.10} {user:<12.12} {state:<5} {'#' * 19} "
                f"{where:<30} {slots:>5} {tasks}\n")

    def user(self):
        return self.centre.json("queue", "--all")[0]["user"]

    def place(self):
        return "default@" + self.centre.json("nodes")["nodes"][0]["name"]

    def until_running(self, job):
        centre.wait_until(lambda: self.centre.state(job) == "running", f"start of {job}")

    def test_what_qsub_says(self):
        said = self.prints("qsub", "-cwd", "ok.sh")
        job = re.fullmatch(r'Your job (\d+) \("ok.sh"\) has been submitted\n', said)[1]
        self.call("wait", job)
        for kind, text in ("o", "out\n"), ("e", "err\n"):
            with open(os.path.join(self.centre.work, f"ok.sh.{kind}{job}")) as file:
                self.assertEqual(file.read(), text)
        self.script("arr.sh", "#!/bin/sh\n#$ -cwd\n#$ -N arr\n#$ -t 3-7:2\ntrue\n")
        said = self.prints("qsub", "arr.sh")
        self.assertRegex(said, r'^Your job-array \d+\.3-7:2 \("arr"\) has been submitted\n$')
        self.assertRegex(self.qsub("-t", "5", "ok.sh"), r"^\d+\.5-5:1$")
        self.assertRegex(self.qsub("-N", "x", given="echo hi\n"), r"^\d+$")
        said = self.prints("qsub", "-b", "y", "-cwd", "echo", "a b", "$HOME")
        job = re.fullmatch(r'Your job (\d+) \("echo"\) has been submitted\n', said)[1]
        self.call("wait", job)
        with open(os.path.join(self.centre.work, f"echo.o{job}")) as file:
            self.assertEqual(file.read(), "a b $HOME\n")

    def test_sync(self):
        code, out, error = self.command("qsub", "-sync", "y", "-cwd", "fail.sh")
        job = out.split()[2]
        self.assertEqual((code, error), (3, f"Job {job} exited with exit code 3.\n"))
        out = self.prints("qsub", "-sync", "y", "-cwd", "ok.sh")
        self.assertTrue(out.endswith(" exited with exit code 0.\n"), out)
        code, out, error = self.command("qsub", "-sync", "y", "-cwd", "-t", "1-2", "fail.sh")
        array = out.split()[2].split(".")[0]
        self.assertEqual((code, error), (3, f"Job {array}.1 exited with exit code 3.\n"
                                            f"Job {array}.2 exited with exit code 3.\n"))
        code, out, error = self.command("qsub", "-sync", "y", "-cwd", "-b", "y", "sh", "-c",
                                        "kill -9 $$")
        self.assertEqual(code, 1)
        self.assertIn(" exited because of signal SIGKILL\n", error)

    def test_option_files(self):
        self.script("opts", "# remark\n-N 'from file'\n-j y # joined\n-@ more\n")
        self.script("more", "-h\n")
        job = self.qsub("-@", "opts", "ok.sh")
        shown = self.centre.job(job)
        self.assertEqual((shown["name"], shown["state"]), ("from file", "held"))
        self.script("loop", "-@ loop\n")
        self.fails(1, "Unable to run job: ", "qsub", "-@", "loop", "ok.sh")

    def test_wrong_submissions(self):
        self.script("bad.sh", "#!/bin/sh\n#$ -zz\ntrue\n")
        self.script("half.sh", "#!/bin/sh\n#$ -N\ntrue\n")
        self.script("binary", b"\x7fELF\0\1\2")
        self.script("empty.sh", "")
        start = "Unable to read script file because of error: "
        for code, says, words in (
                (14, start + "error opening none.sh: No such file or directory\n", ["none.sh"]),
                (2, start + 'invalid option argument "-zz"\n', ["bad.sh"]),
                (2, start + "-N option must have argument\n", ["half.sh"]),
                (4, start + "no input read from stdin\n", []),
                (1, "Unable to run job: ", ["binary"]),
                (1, "Unable to run job: job rejected: no script in your request\nExiting.\n",
                 ["empty.sh"]),
                (2, "qsub: -N option must have argument\n", ["-N"]),
                (2, 'qsub: invalid option argument "-foo"\n', ["-foo", "ok.sh"]),
                (2, "qsub: command required for a binary job\n", ["-b", "y"]),
                (7, 'qsub: invalid option argument "-j oe"\n', ["-j", "oe", "ok.sh"]),
                (1, 'Unable to run job: Job was rejected because job requests unknown queue '
                    '"nope.q"\nExiting.\n', ["-q", "nope.q", "ok.sh"]),
                (1, "Unable to run job: ", ["-l", "h_rt=abc", "ok.sh"])):
            self.fails(code, says, "qsub", *words)
        self.assertEqual(self.prints("qstat"), "")

    def test_tables(self):
        held = self.qsub("-h", "-N", "heldjob", "ok.sh")
        after = self.qsub("-hold_jid", "heldjob", "-N", "a_rather_long_name", "-pe", "smp", "2",
                          "ok.sh")
        array = self.qsub("-h", "-t", "1-20:2", "-N", "arr", "ok.sh").split(".")[0]
        run = self.qsub("-N", "run", "-p", "-5", "long.sh")
        self.until_running(run)
        pending = (self.row(held, "hqw", "heldjob", priority="0.00000") +
                   self.row(after, "hqw", "a_rather_long_name", slots=2, priority="0.00000") +
                   self.row(array, "hqw", "arr", tasks="1-19:2", priority="0.00000"))
        running = self.row(run, "r", "run", self.place(), priority="0.49756")
        self.assertEqual(masked(self.prints("qstat")), HEAD + running + pending)
        self.assertEqual(masked(self.prints("qstat", "-u", "*")), HEAD + running + pending)
        self.assertEqual(masked(self.prints("qstat", "-s", "r")), HEAD + running)
        self.assertEqual(masked(self.prints("qstat", "-s", "p")), HEAD + pending)
        self.assertEqual(self.prints("qstat", "-u", "nobody"), "")
        lines = self.prints("qstat", "-g", "d").splitlines()
        self.assertEqual([line.split()[-1] for line in lines if line.split()[0] == array],
                         [str(i) for i in range(1, 20, 2)])
        full = masked(self.prints("qstat", "-f"))
        self.assertIn(self.place(), full)
        self.assertIn(" - PENDING JOBS - PENDING JOBS - PENDING JOBS - PENDING JOBS", full)
        wanted = self.prints("qstat", "-r")
        self.assertIn("       Full jobname:     a_rather_long_name\n"
                      "       Requested PE:     smp 2\n", wanted)
        self.assertIn(f"       Predecessor Jobs: {held}\n", wanted)
        self.fails(1, "SGE 8.1.9\nusage: qstat ", "qstat", "-zz")
        self.fails(1, "SGE 8.1.9\nusage: qstat ", "qstat", "-s", "q")
        self.assertEqual(self.command("qstat", "-q", "nope.q"), (1, "", ""))

    def test_xml(self):
        empty = xml.etree.ElementTree.fromstring(self.prints("qstat", "-xml"))
        self.assertEqual([part.tag for part in empty], ["queue_info", "job_info"])
        job = self.qsub("-h", "-N", "a<b&c", "-t", "1-3", "ok.sh").split(".")[0]
        root = xml.etree.ElementTree.fromstring(self.prints("qstat", "-xml", "-r", "-u", "*"))
        row = root.find("job_info/job_list")
        self.assertEqual((row.get("state"), row.findtext("JB_job_number"),
                          row.findtext("JB_name"), row.findtext("state"),
                          row.findtext("tasks")), ("pending", job, "a<b&c", "hqw", "1-3:1"))
        root = xml.etree.ElementTree.fromstring(self.prints("qstat", "-j", job, "-xml"))
        self.assertEqual(root.findtext("djob_info/element/JB_job_number"), job)
        self.assertIn("<ST_name>99999</ST_name>", self.prints("qstat", "-j", "99999", "-xml"))
        for words in ["-xml"], ["-q", "-j", "-xml"]:
            xml.etree.ElementTree.fromstring(self.prints("qhost", *words))
        xml.etree.ElementTree.fromstring(self.prints("qstat", "-f", "-xml"))

    def test_details(self):
        job = self.qsub("-h", "-N", "named", "-pe", "smp", "2", "-l", "h_rt=100", "-v", "A=1",
                        "-j", "y", "ok.sh", "x", "y")
        out = self.prints("qstat", "-j", job)
        for line in (f"job_number:                 {job}", "job_name:                   named",
                     "merge:                      y", "job_args:                   x,y",
                     "parallel environment:  smp range: 2", "=" * 62,
                     "scheduling info:            Job is in hold state"):
            self.assertIn(line, out.splitlines())
        self.assertEqual(self.prints("qstat", "-j", "named"), out)
        self.assertEqual(self.prints("qstat", "-j", f"{job},99999"), out)
        self.fails(1, "Following jobs do not exist: \n99999, 88888\n", "qstat", "-j",
                   "99999,88888")

    def test_accounts(self):
        job = self.qsub("-N", "acct", "fail.sh")
        self.call("wait", job)
        self.fails(1, f"Following jobs do not exist: \n{job}\n", "qstat", "-j", job)
        out = self.prints("qacct", "-j", job)
        self.assertEqual(out.splitlines()[0], "=" * 62)
        fields = dict(line.split(None, 1) for line in out.splitlines()[1:])
        self.assertEqual({k: fields[k].strip() for k in ("jobname", "jobnumber", "taskid",
                                                        "failed", "exit_status", "slots")},
                         {"jobname": "acct", "jobnumber": job, "taskid": "undefined",
                          "failed": "0", "exit_status": "3", "slots": "1"})
        self.assertEqual(self.prints("qacct", "-j", "acct"), out)
        array = self.qsub("-t", "1-3", "fail.sh").split(".")[0]
        self.call("wait", array)
        out = self.prints("qacct", "-j", array)
        self.assertEqual(re.findall(r"^taskid +(\d) *$", out, re.M), ["1", "2", "3"])
        out = self.prints("qacct", "-j", array, "-t", "2")
        self.assertEqual(re.findall(r"^taskid +(\d) *$", out, re.M), ["2"])
        run = self.qsub("-N", "k", "long.sh")
        self.until_running(run)
        self.fails(1, f"error: job id {run} not found\n", "qacct", "-j", run)
        self.prints("qdel", run)
        self.call("wait", run)
        self.assertRegex(self.prints("qacct", "-j", run),
                         r"(?m)^failed +100 : assumedly after job$")
        self.fails(1, "error: job id 99999 not found\n", "qacct", "-j", "99999")
        self.fails(1, "error: job name nope not found\n", "qacct", "-j", "nope")
        self.assertTrue(self.prints("qacct").startswith("Total System Usage\n    WALLCLOCK"))
        self.assertTrue(self.prints("qacct", "-o").startswith("OWNER"))

    def test_control(self):
        user = self.qsub("-h", "ok.sh") and self.user()
        job = self.qsub("-h", "ok.sh")
        array = self.qsub("-h", "-t", "1-7:3", "ok.sh").split(".")[0]
        self.assertEqual(self.prints("qhold", job), "")
        self.assertEqual(self.prints("qalter", "-N", "new", job),
                         f"modified job name of job {job}\n")
        self.assertEqual(self.prints("qalter", "-l", "h_rt=50", job),
                         f"modified hard resource list of job {job}\n")
        self.assertEqual(self.centre.job(job)["limit_s"], 50)
        self.assertEqual(
            self.prints("qalter", "-p", "-5", job),
            f"{user}@{socket.gethostname()} sets scheduling priority of job {job} to -5\n")
        self.assertEqual(self.prints("qdel", f"{array}.4"),
                         f"{user} has deleted job-array task 4 of job {array}\n")
        self.assertEqual(self.prints("qdel", array),
                         f"{user} has deleted job-array tasks 1,7 of job {array}\n")
        self.assertEqual(self.prints("qrls", job), f"modified hold of job {job}\n")
        self.call("wait", job)
        run = self.qsub("long.sh")
        self.until_running(run)
        self.assertEqual(self.prints("qdel", run),
                         f"{user} has registered the job {run} for deletion\n")
        for code, out, words in (
                (1, 'denied: job "99999" does not exist\n', ["qdel", "99999"]),
                (1, f"The job nope of user(s) {user} does not exist\n", ["qdel", "nope"]),
                (1, "There is no job registered for the following users: nobody\n",
                 ["qdel", "-u", "nobody"]),
                (3, 'denied: job "99999" does not exist\n', ["qhold", "99999"]),
                (3, 'denied: job "99999" does not exist\n', ["qrls", "99999"]),
                (1, 'denied: job "99999" does not exist\n', ["qalter", "-N", "x", "99999"])):
            self.assertEqual(self.command(*words), (code, out, ""))
        self.fails(7, 'qalter: Unknown hold list "z" specified to -h option\n', "qhold", "-h",
                   "z", job)
        for name in "qdel", "qhold", "qalter":
            self.fails(1, f"SGE 8.1.9\nusage: {name} ", name)

    def test_waiting_for_others(self):
        first = self.qsub("-h", "-N", "first", "fail.sh")
        second = self.qsub("-hold_jid", first, "ok.sh")
        third = self.qsub("-hold_jid", f"first,{second},424242", "ok.sh")
        alone = self.qsub("-hold_jid", "424242,nobody_is_called_so", "ok.sh")
        self.call("wait", alone)
        self.assertEqual(self.centre.state(alone), "completed")
        self.prints("qrls", first)
        self.call("wait", first, second, third)
        self.assertEqual([self.centre.state(j) for j in (first, second, third)],
                         ["failed", "completed", "completed"])

    def test_centre(self):
        self.assertEqual(self.prints("qconf", "-sql"), "default\n")
        self.assertIn("smp\n", self.prints("qconf", "-spl"))
        self.assertIn("allocation_rule    $pe_slots\n", self.prints("qconf", "-sp", "smp"))
        self.assertTrue(self.prints("qconf", "-sq", "default").startswith(
            "qname                 default\n"))
        self.fails(1, 'No cluster queue or queue instance matches the phrase "x"\n', "qconf",
                   "-sq", "x")
        self.fails(1, "x is not a parallel environment\n", "qconf", "-sp", "x")
        lines = self.prints("qhost").splitlines()
        self.assertEqual(lines[0], "HOSTNAME                ARCH         NCPU NSOC NCOR NTHR  "
                                   "LOAD  MEMTOT  MEMUSE  SWAPTO  SWAPUS")
        self.assertEqual(lines[2].split(), ["global"] + ["-"] * 10)
        self.assertEqual(len(lines[3].split()), 11)
        self.fails(1, 'error: "qrsh" called with option "-inherit", but "JOB_ID" not set',
                   "qrsh", "-inherit", "localhost", "true")
        job = self.qsub("-b", "y", "-v", "PATH,JOB_ID=1", os.path.join(self.shims, "sge", "qrsh"),
                        "-inherit", "-nostdin", "-V", "localhost", "echo", "there",
                        PATH=os.environ["PATH"])
        self.call("wait", job)
        self.assertEqual(self.centre.state(job), "completed", self.call("logs", job))


if __name__ == "__main__":
    centre.main()
