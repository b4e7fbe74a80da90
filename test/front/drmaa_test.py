"""DRMAA: Debian's python3-drmaa, unchanged, on libdrmaa.so and a real centre.

Usage: drmaa_test.py PENTAD [unittest arguments]
"""
import os
import pathlib
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
import centre  # noqa: E402

LIBRARY = pathlib.Path(centre.PENTAD).parent.parent / "lib" / "libdrmaa.so"
os.environ["DRMAA_LIBRARY_PATH"] = str(LIBRARY)
for name in [name for name in os.environ if name.startswith("PENTAD_")]:
    del os.environ[name]
try:
    import drmaa
except ImportError:
    print("skipped: no python3-drmaa")
    sys.exit(77)

FOREVER = drmaa.Session.TIMEOUT_WAIT_FOREVER
ACTION = drmaa.JobControlAction


class Drmaa(centre.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        os.environ["PENTAD_HOME"] = cls.centre.home
        cls.session = drmaa.Session()
        cls.session.initialize()
        cls.addClassCleanup(cls.session.exit)

    def template(self, command, *words, **attributes):
        jt = self.session.createJobTemplate()
        self.addCleanup(self.session.deleteJobTemplate, jt)
        jt.remoteCommand = command
        jt.args = list(words)
        jt.workingDirectory = self.centre.work
        for name, value in attributes.items():
            setattr(jt, name, value)
        return jt

    def shell(self, script, **attributes):
        return self.template("/bin/sh", "-c", script, **attributes)

    def run_and_wait(self, jt):
        job = self.session.runJob(jt)
        return job, self.session.wait(job, 60)

    def read(self, name):
        return pathlib.Path(self.centre.work, name).read_text(encoding="utf-8")

    def test_what_it_is(self):
        self.assertEqual(self.session.contact, self.centre.home)
        self.assertEqual(str(self.session.version), "1.0")
        self.assertTrue(self.session.drmsInfo.startswith("Pentad "))
        self.assertTrue(self.session.drmaaImplementation.startswith("DRMAA 1.0 of Pentad "))
        self.assertRaises(drmaa.AlreadyActiveSessionException, self.session.initialize)

    def test_exit_codes_and_usage(self):
        job, info = self.run_and_wait(self.shell("exit 7"))
        self.assertEqual((info.jobId, info.hasExited, info.exitStatus), (job, True, 7))
        self.assertFalse(info.hasSignal or info.wasAborted or info.hasCoreDump)
        self.assertEqual(info.resourceUsage["exit_status"], "7")
        self.assertEqual(self.session.jobStatus(job), drmaa.JobState.FAILED)
        job, info = self.run_and_wait(self.shell("kill -KILL $$"))
        self.assertTrue(info.hasSignal)
        self.assertEqual(info.terminatedSignal, "SIGKILL")

    def test_files_environment_and_arguments(self):
        jt = self.shell('echo "$0 $1 $GREETING"; echo err >&2; pwd; cat', jobName="named",
                        outputPath=":" + os.path.join(self.centre.work, "out"),
                        errorPath=":" + os.path.join(self.centre.work, "err"),
                        inputPath=":" + os.path.join(self.centre.work, "in"))
        jt.args = [*jt.args, "zero", "a b"]
        jt.jobEnvironment = {"GREETING": "x=y"}
        pathlib.Path(self.centre.work, "in").write_text("given\n", encoding="utf-8")
        job, info = self.run_and_wait(jt)
        self.assertEqual(info.exitStatus, 0)
        self.assertEqual(self.read("out"), f"zero a b x=y\n{self.centre.work}\ngiven\n")
        self.assertEqual(self.read("err"), "err\n")
        self.assertEqual(self.centre.job(job)["name"], "named")
        jt.joinFiles = True
        self.run_and_wait(jt)
        self.assertIn("err\n", self.read("out"))

    def test_bulk_and_synchronize(self):
        jt = self.shell("echo $SGE_TASK_ID$PENTAD_ARRAY_INDEX; exit 3",
                        outputPath=f":{self.centre.work}/bulk.{drmaa.JobTemplate.PARAMETRIC_INDEX}")
        jobs = self.session.runBulkJobs(jt, 1, 6, 2)
        job = jobs[0].split(".")[0]
        self.assertEqual(list(jobs), [f"{job}.{index}" for index in (1, 3, 5)])
        self.session.synchronize(jobs, 60, False)
        self.assertEqual(self.session.wait(jobs[1], 1).exitStatus, 3)
        self.session.synchronize([drmaa.Session.JOB_IDS_SESSION_ALL], 60, True)
        self.assertIn("5", self.read("bulk.5"))
        self.assertRaises(drmaa.InvalidJobException, self.session.wait, jobs[0], 1)

    def test_hold_release_state_terminate(self):
        jt = self.shell("sleep 600", jobSubmissionState=drmaa.JobSubmissionState.HOLD_STATE)
        job = self.session.runJob(jt)
        self.assertEqual(self.session.jobStatus(job), drmaa.JobState.USER_ON_HOLD)
        self.assertRaises(drmaa.HoldInconsistentStateException, self.session.control, job,
                          ACTION.HOLD)
        self.session.control(job, ACTION.RELEASE)
        self.assertRaises(drmaa.ReleaseInconsistentStateException, self.session.control, job,
                          ACTION.RELEASE)
        centre.wait_until(lambda: self.session.jobStatus(job) == drmaa.JobState.RUNNING, "start")
        self.assertRaises(drmaa.HoldInconsistentStateException, self.session.control, job,
                          ACTION.HOLD)
        self.assertRaises(drmaa.DeniedByDrmException, self.session.control, job, ACTION.SUSPEND)
        self.assertRaises(drmaa.ExitTimeoutException, self.session.wait, job, 1)
        self.session.control(job, ACTION.TERMINATE)
        info = self.session.wait(job, 60)
        self.assertFalse(info.hasExited and info.exitStatus == 0)
        self.assertTrue(info.hasSignal or info.wasAborted or info.hasExited)
        self.assertEqual(self.session.jobStatus(job), drmaa.JobState.FAILED)

    def test_one_that_never_ran_was_aborted(self):
        jt = self.shell("true", jobSubmissionState=drmaa.JobSubmissionState.HOLD_STATE)
        job = self.session.runJob(jt)
        self.session.control(job, ACTION.TERMINATE)
        self.assertTrue(self.session.wait(job, 60).wasAborted)

    def test_wait_for_any_from_several_threads(self):
        self.session.synchronize([drmaa.Session.JOB_IDS_SESSION_ALL], 60, True)
        jobs = {self.session.runJob(self.shell("sleep 0.2")) for _ in range(4)}
        seen, lock = [], threading.Lock()

        def wait():
            info = self.session.wait(drmaa.Session.JOB_IDS_SESSION_ANY, 60)
            with lock:
                seen.append(info.jobId)

        threads = [threading.Thread(target=wait) for _ in jobs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(sorted(seen), sorted(jobs))
        self.assertRaises(drmaa.InvalidJobException, self.session.wait,
                          drmaa.Session.JOB_IDS_SESSION_ANY, 1)

    def test_native_specification(self):
        jt = self.shell("echo $A; pwd", nativeSpecification='-N native -v A="1 2" -j y '
                                                            f"-o {self.centre.work}/native.out")
        job, info = self.run_and_wait(jt)
        self.assertEqual(info.exitStatus, 0)
        self.assertEqual(self.read("native.out"), f"1 2\n{self.centre.work}\n")
        self.assertEqual(self.centre.job(job)["name"], "native")
        jt = self.shell("true", nativeSpecification="-nosuch 1")
        with self.assertRaisesRegex(drmaa.DeniedByDrmException, "-nosuch"):
            self.session.runJob(jt)
        os.environ["PENTAD_DIALECT"] = "slurm"
        try:
            jt = self.shell("true", nativeSpecification="--time=7 -J of_slurm")
            job, _ = self.run_and_wait(jt)
        finally:
            del os.environ["PENTAD_DIALECT"]
        self.assertEqual((self.centre.job(job)["limit_s"], self.centre.job(job)["name"]),
                         (420, "of_slurm"))

    def test_wrong_input(self):
        for job in ("nonsense", "999999", "1.x"):
            self.assertRaises(drmaa.InvalidJobException, self.session.jobStatus, job)
            self.assertRaises(drmaa.InvalidJobException, self.session.wait, job, 1)
            self.assertRaises(drmaa.InvalidJobException, self.session.control, job, ACTION.HOLD)
        jt = self.shell("true")
        with self.assertRaises(drmaa.InvalidAttributeFormatException):
            jt.outputPath = "no colon"
        with self.assertRaises(drmaa.InvalidAttributeValueException):
            jt.jobSubmissionState = "neither"
        with self.assertRaises(drmaa.InvalidAttributeFormatException):
            jt.workingDirectory = "relative"
        empty = self.session.createJobTemplate()
        self.assertRaises(drmaa.ConflictingAttributeValuesException, self.session.runJob, empty)
        self.session.deleteJobTemplate(empty)
        jt.jobCategory = "special"
        with self.assertRaisesRegex(drmaa.DeniedByDrmException, "special"):
            self.session.runJob(jt)
        self.assertRaises(drmaa.InvalidArgumentException, self.session.runBulkJobs, jt, 3, 1, 1)

    def test_every_attribute_has_a_name(self):
        names = set(self.template("true").attributeNames)
        self.assertLessEqual({"drmaa_remote_command", "drmaa_native_specification",
                              "drmaa_duration_hlimit"}, names)

    def test_a_process_without_session_or_centre(self):
        script = ("import drmaa\ns = drmaa.Session()\n"
                  "try: s.initialize('/no/such/home')\n"
                  "except drmaa.InvalidContactStringException: print('contact')\n"
                  "try: s.jobStatus('1')\n"
                  "except drmaa.NoActiveSessionException: print('session')\n"
                  "s.initialize(); s.exit(); s.initialize(); s.exit()\nprint('twice')\n")
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True,
                              check=False, timeout=60)
        self.assertEqual((done.returncode, done.stdout), (0, "contact\nsession\ntwice\n"),
                         done.stderr)

    def test_a_child_of_fork_has_no_session(self):
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                self.session.jobStatus("1")
            except drmaa.NoActiveSessionException:
                code = 0
            finally:
                os._exit(code)
        self.assertEqual(os.waitpid(pid, 0)[1], 0)

    def test_a_centre_that_restarts_meanwhile(self):
        job = self.session.runJob(self.shell("sleep 1; exit 4"))
        waiting = threading.Thread(target=lambda: time.sleep(0.2) or self.restart())
        waiting.start()
        info = self.session.wait(job, FOREVER)
        waiting.join()
        self.assertEqual(info.exitStatus, 4)

    def restart(self):
        self.centre.kill()
        self.centre.start()


if __name__ == "__main__":
    centre.main()
