"""LSF's commands: what they print, where, and how they end.

Usage: lsf_test.py PENTAD [unittest arguments]
"""
import json
import os
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
import centre  # noqa: E402

TITLES = "JOBID   USER    STAT  QUEUE      FROM_HOST   EXEC_HOST   JOB_NAME   SUBMIT_TIME\n"
SUBMITTED = re.compile(r"Job <(\d+)> is submitted to default queue <default>\.\n")


class Lsf(centre.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shims = os.path.join(cls.centre.home, "shims")
        front = os.path.join(os.path.dirname(centre.PENTAD), "pentad-front")
        subprocess.run([front, "shims", cls.shims, "--home", cls.centre.home], check=True)

    def tearDown(self):
        self.run_words("bkill", "-u", "all")
        centre.wait_until(lambda: self.run_words("bjobs", "-u", "all")[0] == 255, "the last end")

    def run_words(self, *words, given="", **environment):
        """Exit code, standard output, standard error."""
        done = subprocess.run(
            words, executable=os.path.join(self.shims, words[0]), input=given, text=True,
            capture_output=True, cwd=self.centre.work, check=False, timeout=60,
            env={**self.centre.environment, **environment})
        return done.returncode, done.stdout, done.stderr

    def bsub(self, *words, given="", **environment):
        code, out, error = self.run_words("bsub", *words, given=given, **environment)
        self.assertEqual((code, error), (0, ""), out)
        self.assertRegex(out, SUBMITTED)
        return SUBMITTED.fullmatch(out)[1]

    def ended(self, job):
        centre.wait_until(lambda: self.field(job, "stat") in ("DONE", "EXIT"), f"the end of {job}")
        return self.field(job, "stat")

    def field(self, job, name):
        code, out, error = self.run_words("bjobs", "-noheader", "-o", name, job)
        self.assertEqual((code, error), (0, ""))
        return out.strip()

    def refused(self, says, *words, given="", **environment):
        code, out, error = self.run_words(*words, given=given, **environment)
        self.assertEqual((code, out), (255, ""), error)
        self.assertIn(says, error)

    def read(self, name):
        with open(os.path.join(self.centre.work, name), encoding="utf-8") as file:
            return file.read()

    def test_script_on_standard_input(self):
        job = self.bsub("-W", "5", given="#!/bin/sh\n#BSUB -J mine\n#BSUB -oo out.%J\n#BSUB -W 9\n"
                                         "echo ran\nexit 3\n")
        self.assertEqual(self.ended(job), "EXIT")
        self.assertEqual(self.field(job, "exit_code"), "3")
        self.assertEqual(self.field(job, "job_name"), "mine")
        self.assertEqual(self.field(job, "runtimelimit"), "5.0")  # the command line wins
        self.assertIn("ran\n", self.read(f"out.{job}"))

    def test_a_command_goes_to_the_shell_and_its_directives_do_not_count(self):
        with open(os.path.join(self.centre.work, "s.sh"), "w", encoding="utf-8") as script:
            script.write("#!/bin/sh\n#BSUB -J named\necho $1\n")
        os.chmod(script.name, 0o755)
        job = self.bsub("-oo", "o1", "./s.sh", "word")
        self.assertEqual(self.field(job, "job_name"), "s.sh word")
        self.assertEqual(self.field(job, "command"), "./s.sh word")
        self.assertEqual(self.ended(job), "DONE")
        self.assertIn("word\n", self.read("o1"))
        job = self.bsub("-oo", "o2", "s.sh", "word", LSB_BSUB_PARSE_SCRIPT="Y")
        self.assertEqual(self.field(job, "job_name"), "named")
        self.assertEqual(self.ended(job), "DONE")
        self.assertIn("word\n", self.read("o2"))

    def test_the_default_table(self):
        self.assertEqual(self.run_words("bjobs"), (255, "", "No unfinished job found\n"))
        job = self.bsub("-H", "-J", "a_rather_long_name", "true")
        code, out, error = self.run_words("bjobs")
        self.assertEqual((code, error), (0, ""))
        titles, row = out.splitlines(keepends=True)
        self.assertEqual(titles, TITLES)
        self.assertRegex(row, rf"^{job:<7} \S+ +PSUSP default    \S+ +\*long_name "
                              r"[A-Z][a-z]{2} [ \d]\d \d\d:\d\d\n$")
        self.assertIn("a_rather_long_name", self.run_words("bjobs", "-w", job)[1])
        self.assertEqual(self.run_words("bjobs", "-noheader")[1], row)
        self.assertEqual(self.run_words("bjobs", "-r"), (255, "", "No running job found\n"))
        self.assertEqual(self.run_words("bjobs", "-u", "nobody"),
                         (255, "", "No unfinished job found\n"))
        self.assertEqual(self.run_words("bjobs", "-J", "a_*"), (0, out, ""))

    def test_fields_as_text_and_json(self):
        job = self.bsub("-J", "fields", "exit 4")
        self.ended(job)
        out = self.run_words("bjobs", "-o", "jobid stat:6 queue:-9 job_name:3 exit_code "
                                            "max_req_proc:- delimiter=','", job)
        # Titles are cut from the end, names from the start.
        self.assertEqual(out[1], f"JOBID,STAT  ,    QUEUE,JOB,EXIT_CODE,SLOTS\n"
                                 f"{job},EXIT  ,  default,*ds,4,    1\n")
        code, out, error = self.run_words("bjobs", "-json", "-o", "jobid stat exit_reason", job,
                                          "99999")
        self.assertEqual((code, error), (255, ""))
        self.assertEqual(json.loads(out), {
            "COMMAND": "bjobs", "JOBS": 2,
            "RECORDS": [{"JOBID": job, "STAT": "EXIT", "EXIT_REASON": ""},
                        {"JOBID": "99999", "ERROR": "Job <99999> is not found"}]})
        self.refused("nosuch: Illegal field name", "bjobs", "-o", "jobid nosuch", job)

    def test_arrays(self):
        job = self.bsub("-J", "arr[1-3]%2", "-oo", "a.%J.%I", "echo I am $LSB_JOBINDEX; sleep 0.2")
        centre.wait_until(lambda: self.run_words("bjobs", "-noheader", "-o", "stat", job)[1] ==
                          "DONE\n" * 3, "the array")
        self.assertEqual(self.field(job + "[2]", "job_name"), "arr[2]")
        self.assertRegex(self.run_words("bjobs", "-A", job)[1],
                         rf"\n{job:<8} arr\[1-3\] +\S+ +3 +0 +3 +0 +0 +0 +0 +0\n")
        self.refused(f"Job <{job}[9]> is not found", "bjobs", job + "[9]")
        job = self.bsub("-H", "-J", "held[1-4]", "true")
        self.assertEqual(self.run_words("bkill", job + "[2-3]"),
                         (0, f"Job <{job}[2-3]> is being terminated\n", ""))
        stats = self.run_words("bjobs", "-a", "-noheader", "-o", "jobindex stat", job)[1]
        self.assertEqual(stats, "1 PSUSP\n2 EXIT\n3 EXIT\n4 PSUSP\n")
        self.assertEqual(self.run_words("bkill", "-J", "held[4]")[1],
                         f"Job <{job}[4]> is being terminated\n")

    def test_dependencies_by_number_and_name(self):
        first = self.bsub("-H", "-J", "first", "false")
        after = self.bsub("-w", f"exit({first}) && ended(\"first\")", "true")
        self.assertEqual(self.field(after, "dependency"), f"exit({first}) && ended({first})")
        self.assertEqual(self.field(after, "stat"), "PEND")
        self.refused("there is no job called `unheard`. Job not submitted.\n", "bsub", "-w",
                     "done(unheard)", "true")
        self.refused("Job not submitted.\n", "bsub", "-w", "done(99999)", "true")
        self.refused("Job not submitted.\n", "bsub", "-w", "done(1", "true")
        self.run_words("bresume", first)
        self.assertEqual(self.ended(after), "DONE")

    def test_kill_stop_resume(self):
        job = self.bsub("sleep 600")
        centre.wait_until(lambda: self.field(job, "stat") == "RUN", "its start")
        self.refused("cannot be suspended here", "bstop", job)
        self.assertEqual(self.run_words("bkill", job),
                         (0, f"Job <{job}> is being terminated\n", ""))
        self.assertEqual(self.ended(job), "EXIT")
        self.assertIn("TERM_OWNER", self.run_words("bjobs", "-l", "-UF", job)[1])
        self.refused(f"Job <{job}>: Job has already finished\n", "bkill", job)
        self.refused("Job <99999>: No matching job found\n", "bkill", "99999")
        self.refused("x: Illegal job ID.\n", "bkill", "x")
        self.refused("Job <0>: No matching job found\n", "bkill", "0")
        job = self.bsub("-H", "true")
        self.assertEqual(self.run_words("bresume", job), (0, f"Job <{job}> is being resumed\n", ""))
        self.assertEqual(self.ended(job), "DONE")

    def test_signals(self):
        job = self.bsub("-oo", "sig", "trap 'echo got' USR1; while :; do sleep 0.05; done")
        centre.wait_until(lambda: self.field(job, "stat") == "RUN", "its start")
        self.assertEqual(self.run_words("bkill", "-s", "USR1", job),
                         (0, f"Job <{job}> is being signaled\n", ""))
        centre.wait_until(lambda: "got" in self.read("sig") or
                          self.run_words("bkill", "-s", "USR1", job)[0], "its answer")
        self.refused("NONE: Unknown signal\n", "bkill", "-s", "NONE", job)
        held = self.bsub("-H", "true")
        self.refused(f"Job <{held}>: Job has not started\n", "bkill", "-s", "USR2", held)
        self.assertEqual(self.run_words("bkill", "-s", "KILL", held)[0], 0)

    def test_change(self):
        job = self.bsub("-H", "true")
        changing = (0, f"Parameters of job <{job}> are being changed\n", "")
        self.assertEqual(self.run_words("bmod", "-W", "1:30", "-J", "other", "-n", "1", job),
                         changing)
        self.assertEqual(self.field(job, "job_name"), "other")
        self.assertEqual(self.field(job, "runtimelimit"), "90.0")
        self.refused("it cannot be changed any more", "bmod", "-oo", "x", job)
        self.refused("Parameters not changed", "bmod", "-W", "soon", job)
        self.refused("No matching job found", "bmod", "-W", "1", "99999")

    def test_wait_ends_with_the_code_of_the_job(self):
        code, out, error = self.run_words("bsub", "-K", "exit 9")
        self.assertEqual(code, 9)
        self.assertRegex(out, SUBMITTED)
        self.assertRegex(error, "^<<Waiting for dispatch ...>>\n(<<Starting on .*>>\n)?"
                                "<<Job is finished>>\n$")

    def test_output_so_far(self):
        job = self.bsub("echo so far; sleep 600")
        path = lambda: self.run_words("bpeek", job)[1]  # noqa: E731
        centre.wait_until(lambda: path() == "<< output from stdout >>\nso far\n", "its output")
        held = self.bsub("-H", "true")
        self.refused(f"Job <{held}> : Not yet started.\n", "bpeek", held)
        self.refused("is not found", "bpeek", "99999")

    def test_history(self):
        job = self.bsub("-J", "told", "true")
        self.ended(job)
        self.assertRegex(self.run_words("bhist", job)[1],
                         rf"^Summary of time in .*\nJOBID   USER .*\n{job:<7} \S+ +told ")
        told = self.run_words("bhist", "-l", "-UF", job)[1]
        for part in (f"Job <{job}>, Job Name <told>", "Submitted from host <", "Dispatched 1 Task",
                     "Done successfully. The CPU time used is"):
            self.assertIn(part, told)
        self.refused("No matching job found\n", "bhist", "99999")

    def test_queues_and_hosts(self):
        self.assertRegex(self.run_words("bqueues")[1],
                         r"^QUEUE_NAME      PRIO STATUS .*\ndefault +\d+ Open:Active ")
        self.refused("nosuch: No such queue\n", "bqueues", "nosuch")
        self.assertRegex(self.run_words("bhosts")[1], r"^HOST_NAME +STATUS .*\n\S+ +ok ")
        self.refused("nosuch: Bad host name", "bhosts", "nosuch")
        self.assertRegex(self.run_words("lsid")[1], r"LSF Standard 10\.1\.0\.0\n\nMy cluster name")

    def test_refusals_of_bsub(self):
        self.refused("nosuch: No such queue. Job not submitted.\n", "bsub", "-q", "nosuch", "true")
        self.refused("bsub has no such option", "bsub", "-zz", "true")
        self.refused("there is neither here: use -Is", "bsub", "-IX", "true")
        self.refused("No command is specified", "bsub")
        self.refused("it needs a value", "bsub", "-n")
        self.refused("Job not submitted.\n", "bsub", given="#BSUB -n many\ntrue\n")
        self.refused("binary file", "bsub", given="\0\0\0")
        self.refused("illegal option -- k", "bjobs", "-k")
        self.refused("option requires an argument -- u", "bjobs", "-u")
        self.refused("follows from their priority", "btop", "1")

    def test_many_at_once(self):
        with open(os.path.join(self.centre.work, "pack"), "w", encoding="utf-8") as pack:
            pack.write("-J one echo a b\n# remark\n-J two \"echo c; true\"\n-zz true\n")
        code, out, error = self.run_words("bsub", "-pack", "pack")
        self.assertEqual(code, 255)
        self.assertEqual(len(SUBMITTED.findall(out)), 2)
        self.assertIn("2 lines submitted, 1 lines failed\n", out)
        self.assertIn("-zz", error)

    def test_help_and_version(self):
        self.assertEqual(self.run_words("bsub", "--help")[0], 0)
        self.assertIn("-J NAME[1-10:2]%3", self.run_words("bsub", "--help")[1])
        code, out, error = self.run_words("bjobs", "-V")
        self.assertEqual((code, out), (0, ""))
        self.assertIn("LSF 10.1", error)

    def test_a_queue_of_the_site(self):
        with open(os.path.join(self.centre.home, "site.toml"), "w", encoding="utf-8") as site:
            site.write('default_queue = "normal"\n[queues]\nnormal = "default"\n')
        self.addCleanup(os.remove, site.name)
        code, out, _ = self.run_words("bsub", "true")
        self.assertRegex(out, r"^Job <\d+> is submitted to default queue <normal>\.\n$")
        code, out, _ = self.run_words("bsub", "-q", "normal", "-H", "true")
        self.assertRegex(out, r"^Job <\d+> is submitted to queue <normal>\.\n$")
        self.assertIn(" normal ", self.run_words("bjobs")[1])
        self.assertEqual(self.run_words("bqueues", "-noheader", "-o", "queue_name")[1], "normal\n")
        self.refused("default: No such queue", "bqueues", "default")


if __name__ == "__main__":
    centre.main()
