"""Slurm's commands on a real centre: what they print, where, and how they end.

Usage: slurm_test.py PENTAD [unittest arguments]
"""
import os
import pathlib
import re
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
import centre  # noqa: E402

HEAD = "             JOBID PARTITION     NAME     USER ST       TIME  NODES NODELIST(REASON)\n"


class Slurm(centre.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shims = os.path.join(cls.centre.home, "shims")
        front = os.path.join(os.path.dirname(centre.PENTAD), "pentad-front")
        subprocess.run([front, "shims", cls.shims, "--home", cls.centre.home], check=True)
        cls.environment = {k: v for k, v in cls.centre.environment.items()
                           if not k.startswith(("SLURM", "SBATCH", "SQUEUE", "SACCT", "SINFO"))}
        cls.environment.update(PATH=f"{cls.shims}:{os.environ['PATH']}", TZ="UTC")

    def tearDown(self):
        self.words("scancel", "--me")

    def words(self, *words, given="", **environment):
        """Exit code, standard output, standard error."""
        done = subprocess.run(
            words, executable=os.path.join(self.shims, words[0]), input=given, text=True,
            capture_output=True, cwd=self.centre.work, check=False, timeout=60,
            env={**self.environment, **environment})
        return done.returncode, done.stdout, done.stderr

    def fine(self, *words, **options):
        code, out, error = self.words(*words, **options)
        self.assertEqual((code, error), (0, ""), words)
        return out

    @property
    def cores(self):
        return int(self.fine("sinfo", "-h", "-o", "%c"))

    def sbatch(self, *words, **options):
        return self.fine("sbatch", "--parsable", *words, **options).strip()

    def sacct(self, job, fields):
        return self.fine("sacct", "-nPX", "-j", job, "-o", fields).strip()

    def ended(self, job):
        def state():
            states = self.sacct(job, "State").split("\n")
            return states if not {"PENDING", "RUNNING", "COMPLETING"} & set(states) else None
        return centre.wait_until(state, f"the end of {job}")

    def read(self, name):
        with open(os.path.join(self.centre.work, name), encoding="utf-8") as file:
            return file.read()

    def write(self, name, text):
        path = os.path.join(self.centre.work, name)
        pathlib.Path(path).write_text(text, encoding="utf-8")
        return path

    def script(self, text, *options):
        """Runs a script to its end; its code and output."""
        path = self.write("script.sh", "#!/bin/bash\n" + text)
        code, out, error = self.words("sbatch", "-W", "--parsable", "-o", "script.out", *options,
                                      path)
        self.assertEqual(error, "")
        return code, self.read("script.out")

    # --- sbatch ---

    def test_sbatch_says_what_the_original_says(self):
        self.assertRegex(self.fine("sbatch", "--wrap", "true"), r"\ASubmitted batch job \d+\n\Z")
        self.assertRegex(self.fine("sbatch", "--parsable", "--wrap", "true"), r"\A\d+\n\Z")
        self.assertEqual(self.fine("sbatch", "-Q", "--wrap", "true"), "")
        self.assertEqual(self.fine("sbatch", "--version"), "slurm 22.05.8\n")

    def test_sbatch_reads_script_stdin_and_arguments(self):
        path = self.write("args.sh", "#!/bin/sh\n#SBATCH -J named\n#SBATCH -o %x-%j.out\n"
                                     "echo $1-$2 $(basename $0)\n")
        job = self.sbatch(path, "a", "b c")
        self.assertEqual(self.ended(job), ["COMPLETED"])
        self.assertTrue(self.read(f"named-{job}.out").startswith("a-b c "))
        job = self.sbatch(given="#!/bin/sh\necho from stdin\n")
        self.ended(job)
        self.assertEqual(self.read(f"slurm-{job}.out"), "from stdin\n")
        self.assertEqual(self.sacct(job, "JobName"), "sbatch")

    def test_sbatch_precedence(self):
        path = self.write("who.sh", "#!/bin/sh\n#SBATCH -J script\ntrue\n")
        self.assertEqual(self.sacct(self.sbatch(path), "JobName"), "script")
        job = self.sbatch(path, SBATCH_JOB_NAME="environment")
        self.assertEqual(self.sacct(job, "JobName"), "environment")
        job = self.sbatch("-J", "line", path, SBATCH_JOB_NAME="environment")
        self.assertEqual(self.sacct(job, "JobName"), "line")

    def test_sbatch_wait_ends_with_the_code(self):
        code, _, _ = self.words("sbatch", "-W", "--wrap", "exit 7")
        self.assertEqual(code, 7)
        code, _, _ = self.words("sbatch", "-W", "-a", "1-2", "--wrap", "exit $PENTAD_ARRAY_INDEX")
        self.assertEqual(code, 2)

    def test_sbatch_refusals(self):
        def refused(code, says, *words, given=""):
            got, out, error = self.words("sbatch", *words, given=given)
            self.assertEqual((got, out), (code, ""), words)
            self.assertIn(says, error)
        shebang = "#!/bin/sh\n"
        refused(1, "sbatch: error: Unable to open file /nonexistent\n", "/nonexistent")
        refused(1, "sbatch: error: This does not look like a batch script.  The first\n"
                   "sbatch: error: line must start with #! followed by the path to an "
                   "interpreter.\nsbatch: error: For instance: #!/bin/sh\n", given="echo hi\n")
        refused(1, "sbatch: error: Batch script contains DOS line breaks (\\r\\n)\n"
                   "sbatch: error: instead of expected UNIX line breaks (\\n).\n",
                given="#!/bin/sh\r\ntrue\r\n")
        refused(255, "sbatch: unrecognized option '--bogus'\n", "--bogus", "--wrap", "true")
        refused(255, "line 2", given=shebang + "#SBATCH --partitoin=x\ntrue\n")
        refused(255, "--partition", given=shebang + "#SBATCH --partitoin=x\ntrue\n")
        refused(255, "Invalid directive found in batch script: foo",
                given=shebang + "#SBATCH foo\n")
        refused(1, "line 3", given=shebang + "#SBATCH -n 2\n#SBATCH -t 90m\n")
        refused(1, "Script arguments not permitted with --wrap option", "--wrap", "true", "x")
        refused(1, "mutually exclusive", "--mem=1", "--mem-per-cpu=1", "--wrap", "true")
        refused(1, "Job dependency problem", "-d", "afterok:999999", "--wrap", "true")
        refused(1, "Requested node configuration is not available", "-n", "1000", "-N", "1",
                "--wrap", "true")
        refused(1, "sbatch: error: -a 10-1: ", "-a", "10-1", "--wrap", "true")
        refused(1, "binary", given="#!/bin/sh\n\0\0\n")

    def test_sbatch_test_only_submits_nothing(self):
        before = self.fine("sacct", "-nPX", "-S", "1970-01-01", "-o", "JobID").count("\n")
        code, out, error = self.words("sbatch", "--test-only", "--wrap", "true")
        self.assertEqual((code, out), (0, ""))
        self.assertRegex(error, r"\Asbatch: Job \d+ to start at \S+ using 1 processors on nodes ")
        after = self.fine("sacct", "-nPX", "-S", "1970-01-01", "-o", "JobID").count("\n")
        self.assertEqual(before, after)

    def test_a_script_submits_itself_again(self):
        path = self.write("again.sh", "#!/bin/sh\n#SBATCH -J again -o again-%j.out\n"
                                      "[ \"$1\" = last ] || sbatch --parsable $0 last\n"
                                      "echo run $1\n")
        first = self.sbatch(path)
        self.ended(first)
        second = self.read(f"again-{first}.out").split("\n")[0]
        self.ended(second)
        self.assertEqual(self.read(f"again-{second}.out"), "run last\n")

    # --- squeue ---

    def test_squeue_formats(self):
        job = self.sbatch("-H", "-J", "a_long_name", "-t", "1-02:03", "--wrap", "true")
        user = self.fine("squeue", "-h", "-j", job, "-o", "%u").strip()
        line = f"{job:>18} {'default':>9} a_long_n {user:>8} PD       0:00      1 (JobHeldUser)\n"
        self.assertEqual(self.fine("squeue", "-j", job), HEAD + line)
        self.assertEqual(self.fine("squeue", "-h", "-j", job), line)
        self.assertEqual(self.fine("squeue", "-h", "-j", job, "-o", "%i|%.5t|%5j|%T|%l|%M|%C|%D"),
                         f"{job}|   PD|a_lon|PENDING|1-02:03:00|0:00|1|1\n")
        self.assertEqual(
            self.fine("squeue", "-h", "-j", job, "-O", "jobid:.8 ,name:14,statecompact:3"),
            f"{job:>8} a_long_name   PD \n")
        self.assertEqual(self.fine("squeue", "-h", "-j", job, "-t", "R"), "")
        self.assertEqual(self.fine("squeue", "-h", "-n", "a_long_name", "-o", "%A"), f"{job}\n")
        self.assertEqual(self.fine("squeue", "-h", "-j", job, SQUEUE_FORMAT="%A %r"),
                         f"{job} JobHeldUser\n")

    def test_squeue_shows_arrays(self):
        job = self.sbatch("-a", "0-9%1", "-c", str(self.cores), "--wrap", "sleep 60")
        centre.wait_until(lambda: "R" in self.fine("squeue", "-h", "-j", job, "-o", "%t").split(),
                          "an element runs")
        lines = self.fine("squeue", "-h", "-j", job, "-o", "%i %t %K").split("\n")
        self.assertEqual(lines, [f"{job}_[1-9%1] PD 1-9%1", f"{job}_0 R 0", ""])
        self.assertEqual(len(self.fine("squeue", "-h", "-r", "-j", job).split("\n")), 11)
        self.assertEqual(self.fine("squeue", "-h", "-j", f"{job}_0", "-o", "%i"), f"{job}_0\n")
        self.fine("scancel", f"{job}_[2-3]", f"{job}_0")
        centre.wait_until(lambda: self.fine("squeue", "-h", "-j", job, "-o", "%i").split() ==
                          [f"{job}_[4-9%1]", f"{job}_1"], "two waiting ones and the first are gone")

    def test_squeue_refuses(self):
        self.assertEqual(self.words("squeue", "-j", "99999"),
                         (1, "", "slurm_load_jobs error: Invalid job id specified\n"))
        self.assertEqual(self.words("squeue", "-j", "abc"),
                         (1, "", "squeue: error: Invalid job id: abc\n"))
        self.assertEqual(self.words("squeue", "-Z"),
                         (1, "", "squeue: invalid option -- 'Z'\n"
                                 "Try \"squeue --help\" for more information\n"))
        code, out, error = self.words("squeue", "-t", "bogus")
        self.assertEqual((code, out), (1, ""))
        self.assertTrue(error.startswith("squeue: error: Invalid job state specified: bogus\n"))

    # --- scancel, scontrol ---

    def test_scancel(self):
        job = self.sbatch("-H", "-J", "gone", "--wrap", "true")
        other = self.sbatch("-H", "-J", "stays", "--wrap", "true")
        self.assertEqual(self.fine("scancel", "-n", "gone"), "")
        self.assertTrue(self.ended(job)[0].startswith("CANCELLED by "))
        self.assertEqual(self.sacct(other, "State"), "PENDING")
        self.assertEqual(self.words("scancel", "99999"), (0, "", ""))
        self.assertEqual(self.words("scancel"),
                         (1, "", "scancel: error: No job identification provided\n"))
        self.assertEqual(self.words("scancel", "abc"),
                         (1, "", "scancel: error: Invalid job id abc\n"))
        self.assertEqual(self.words("scancel", "-s", "BOGUS", "1"),
                         (1, "", "Unknown job signal: BOGUS\n"))

    def test_scancel_sends_signals(self):
        path = self.write("trap.sh", "#!/bin/bash\n#SBATCH -o trap.out\n"
                                     "trap 'echo caught; exit 9' USR1\necho ready\n"
                                     "while :; do sleep 0.1; done\n")
        job = self.sbatch(path)
        out = os.path.join(self.centre.work, "trap.out")
        centre.wait_until(lambda: os.path.exists(out) and "ready" in self.read("trap.out"), "ready")
        self.fine("scancel", "-b", "-s", "USR1", job)
        self.assertEqual(self.ended(job), ["FAILED"])
        self.assertEqual(self.sacct(job, "ExitCode"), "9:0")
        self.assertIn("caught\n", self.read("trap.out"))

    def test_scontrol_changes_jobs(self):
        job = self.sbatch("-H", "-t", "10", "--wrap", "true")
        self.fine("scontrol", "update", f"JobId={job}", "TimeLimit=20", "Name=other")
        shown = self.fine("scontrol", "show", "job", job)
        self.assertIn(f"JobId={job} JobName=other\n", shown)
        self.assertIn("TimeLimit=00:20:00 TimeMin=N/A\n", shown)
        self.assertIn("JobState=PENDING Reason=JobHeldUser Dependency=(null)\n", shown)
        self.assertTrue(shown.endswith("   Power=\n   \n\n"))
        self.assertEqual(self.fine("scontrol", "-o", "show", "job", job).count("\n"), 1)
        self.fine("scontrol", "release", job)
        self.assertEqual(self.ended(job), ["COMPLETED"])
        self.assertEqual(self.words("scontrol", "update", "JobId=99999", "TimeLimit=1"),
                         (1, "", "Invalid job id specified for job 99999\n"))
        self.assertEqual(self.words("scontrol", "update", f"JobId={job}", "Foo=1"),
                         (1, "", "Update of this parameter is not supported: Foo=1\n"
                                 "Request aborted\n"))
        self.assertEqual(self.words("scontrol", "bogus"), (1, "", "invalid keyword: bogus\n"))
        self.assertEqual(self.words("scontrol", "show", "job", "99999"),
                         (1, "", "slurm_load_jobs error: Invalid job id specified\n"))

    def test_scontrol_hosts(self):
        self.assertEqual(self.fine("scontrol", "show", "hostnames", "n[1-3],m"), "n1\nn2\nn3\nm\n")
        self.assertEqual(self.fine("scontrol", "show", "hostlist", "n1,n2,n4"), "n[1-2,4]\n")
        self.assertRegex(self.fine("scontrol", "ping"), r"\ASlurmctld\(primary\) at \S+ is UP\n\Z")

    # --- sinfo, sacct, sstat ---

    def test_sinfo(self):
        self.assertEqual(self.fine("sinfo", "-h", "-o", "%P"), "default*\n")
        host = self.fine("sinfo", "-h", "-N", "-o", "%N").strip()
        self.assertEqual(self.fine("sinfo"),
                         "PARTITION AVAIL  TIMELIMIT  NODES  STATE NODELIST\n"
                         f"default*     up   infinite      1   idle {host}\n")
        self.assertEqual(self.fine("sinfo", "-h", "-o", "%c %C"),
                         f"{self.cores} 0/{self.cores}/0/{self.cores}\n")
        self.assertEqual(self.fine("sinfo", "-h", "-p", "nope"), "")
        self.assertEqual(self.words("sinfo", "-t", "bogus")[0], 1)

    def test_sacct(self):
        job = self.sbatch("-J", "bad", "--wrap", "exit 3")
        self.assertEqual(self.ended(job), ["FAILED"])
        self.assertEqual(self.fine("sacct", "-n", "-j", job, "--format", "JobIDRaw,State,ExitCode",
                                   "-P", "-S", "1970-01-01"),
                         f"{job}|FAILED|3:0\n{job}.batch|FAILED|3:0\n")
        self.assertEqual(self.fine("sacct", "-X", "-j", job, "-o", "JobID%-8,JobName%5,State"),
                         "JobID    JobNa      State \n-------- ----- ---------- \n"
                         f"{job:<8}   bad     FAILED \n")
        self.assertEqual(self.fine("sacct", "-X", "--parsable2", "--noheader",
                                   "--format=JobIdRaw,State", "--name", "bad"),
                         f"{job}|FAILED\n")
        self.assertEqual(self.words("sacct", "--format=bogus"),
                         (1, "", "sacct: error: Invalid field requested: \"bogus\"\n"))
        self.assertEqual(self.words("sacct", "-S", "bogus"),
                         (1, "", "Invalid time specification (pos=0): bogus\n"))
        elapsed, memory = self.sacct_step(job)
        self.assertRegex(elapsed, r"\A\d\d:\d\d:\d\d\Z")
        self.assertRegex(memory, r"\A\d+K?\Z")

    def sacct_step(self, job):
        lines = self.fine("sacct", "-nP", "-j", f"{job}.batch", "-o", "Elapsed,MaxRSS")
        self.assertEqual(lines.count("\n"), 1)
        return lines.strip().split("|")

    def test_sstat_measures_what_runs(self):
        job = self.sbatch("--wrap", "exec tail -f /dev/null")
        centre.wait_until(lambda: self.sacct(job, "State") == "RUNNING", "it runs")

        def memory():
            out = self.fine("sstat", "-nP", "-j", job, "-o", "JobID,MaxRSS").strip()
            return re.fullmatch(rf"{job}\.batch\|(\d+)K", out)
        found = centre.wait_until(memory, "its processes")
        self.assertGreater(int(found[1]), 100)
        self.assertEqual(self.words("sstat")[0], 1)

    # --- srun, salloc ---

    def test_srun_inside_of_a_job(self):
        code, out = self.script(
            "srun -n2 -l sh -c 'echo $SLURM_PROCID of $SLURM_NTASKS step $SLURM_STEP_ID' | sort\n"
            "srun -n1 sh -c 'exit 5'; echo code $?\n"
            "srun -n999 true; echo code $?\n"
            "srun -n2 nonexistent; echo code $?\n"
            "srun -n1 sh -c 'kill -9 $$'; echo code $?\n"
            "printf 'a\\n' | srun -n2 cat\n"
            "printf 'a\\n' | srun -n2 -i 1 cat\n"
            "srun -l -n1 echo A : -n1 echo B | sort\n"
            "srun -n2 -o 'task.%t' sh -c 'echo $SLURM_PROCID'; cat task.0 task.1\n"
            "printf '0 echo zero %%t\\n1 echo one %%o\\n' > multi\n"
            "srun -n2 --multi-prog multi | sort\n"
            "srun -n1 --export=NONE,A=1 /bin/sh -c 'echo $A $B'\n"
            "srun -D / -n1 pwd\n"
            "srun -K -n2 sh -c '[ $SLURM_PROCID = 1 ] && exit 4; sleep 30' ; echo code $?\n"
            "exit 3\n", "-n2", "--export=ALL,B=2")
        self.assertEqual(code, 3)
        host = re.search(r"srun: error: (\S+): task 0: Exited with exit code 5\n", out)[1]
        expected = [
            "0: 0 of 2 step 0\n1: 1 of 2 step 0\n",
            "code 5\n",
            "More processors requested than permitted\ncode 1\n",
            f"slurmstepd-{host}: error: execve(): nonexistent: No such file or directory\n",
            f"srun: error: {host}: tasks 0-1: Exited with exit code 2\ncode 2\n",
            f"srun: error: {host}: task 0: Killed\nsrun: Force Terminated StepId=",
            "code 137\na\na\na\n0: A\n1: B\n0\n1\n",
            "one 0\nzero 0\n1\n/\n",
            "code 143\n"]
        at = 0
        for text in expected:
            found = out.find(text, at)
            self.assertGreaterEqual(found, 0, (text, out))
            at = found

    def test_steps_share_the_cores_of_a_job(self):
        """Two steps that need all cores run one after the other, with --overlap together."""
        begin = time.monotonic()
        code, out = self.script("for i in 1 2; do srun -n1 sleep 1 & done; wait\n", "-n1")
        self.assertEqual((code, out.count("error")), (0, 0), out)
        self.assertGreaterEqual(time.monotonic() - begin, 2)

    def test_srun_outside_of_a_job(self):
        code, out, error = self.words("srun", "-J", "mine", "sh", "-c", "cat; echo $SLURM_NTASKS",
                                      given="hello\n")
        self.assertEqual((code, out), (0, "hello\n1\n"), error)
        code, out, error = self.words("srun", "sh", "-c", "echo out; echo err >&2; exit 6")
        self.assertEqual((code, out), (6, "out\n"))
        self.assertIn("err\n", error)
        def ends():
            return self.fine("sacct", "-nPX", "-o", "JobName,State,ExitCode").strip().split("\n")
        wanted = {"mine|COMPLETED|0:0", "sh|FAILED|6:0"}
        centre.wait_until(lambda: wanted <= set(ends()), "both")

    def test_srun_is_interrupted(self):
        process = subprocess.Popen(
            ["srun", "--quit-on-interrupt", "sh", "-c", "echo ready; exec sleep 60"],
            executable=os.path.join(self.shims, "srun"), stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, cwd=self.centre.work, env=self.environment)
        self.assertEqual(process.stdout.readline(), b"ready\n")
        process.send_signal(signal.SIGINT)
        _, error = process.communicate(timeout=30)
        self.assertEqual(process.returncode, 130, error)

    def test_salloc(self):
        code, out, error = self.words("salloc", "-n2", "sh", "-c",
                                      "echo job $SLURM_JOB_ID; srun -n2 -l echo task; exit 5")
        self.assertEqual(code, 5, error)
        job = re.search(r"salloc: Granted job allocation (\d+)\n", error)[1]
        self.assertEqual(sorted(out.split("\n")), ["", "0: task", "1: task", f"job {job}"])
        self.assertIn(f"salloc: Relinquishing job allocation {job}\n", error)
        self.assertEqual(self.ended(job), ["FAILED"])
        self.assertEqual(self.sacct(job, "JobName,ExitCode"), "interactive|5:0")

    def test_salloc_is_cancelled(self):
        process = subprocess.Popen(
            ["salloc", "sh", "-c", "echo $SLURM_JOB_ID; exec sleep 60"],
            executable=os.path.join(self.shims, "salloc"), stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, cwd=self.centre.work, env=self.environment)
        job = process.stdout.readline().decode().strip()
        self.fine("scancel", job)
        _, error = process.communicate(timeout=30)
        self.assertIn(f"Job allocation {job} has been revoked.\n", error.decode())
        self.assertNotEqual(process.returncode, 0)


if __name__ == "__main__":
    centre.main()
