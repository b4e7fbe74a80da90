"""Jobs from submission to result: lists, logs, arrays, dependencies, hold, change, cancel, requeue.

Usage: jobs_test.py PENTAD [unittest arguments]
"""
import os

import centre


class Jobs(centre.Case):
    def occupy(self):
        """A job on all cores; returns its number. `cancel` ends it."""
        job = self.centre.submit("--exclusive", "--", "sleep", "600")
        self.addCleanup(self.call, "cancel", job)
        self.centre.until(job, "running")
        return job

    def test_script_from_submission_to_result(self):
        path = os.path.join(self.centre.work, "hello.sh")
        with open(path, "w", encoding="utf-8") as script:
            script.write("#!/bin/sh\necho out $1 $2 $GREETING; echo err >&2; pwd; exit 3\n")
        job = self.centre.submit("--env", "GREETING=嗨", "hello.sh", "word", "--json")
        self.ends_with(3, "wait", job, says=f"job {job} failed: exit code 3")
        self.assertEqual(self.ok("logs", job), f"out word --json 嗨\nerr\n{self.centre.work}\n")
        shown = self.centre.json("show", job)
        self.assertEqual(shown["job"]["name"], "hello.sh")
        self.assertEqual((shown["job"]["state"], shown["job"]["exit_code"]), ("failed", 3))
        self.assertEqual(shown["attempts"][0]["end"], "exited")
        self.assertIn("failed", self.ok("show", job))

    def test_script_from_standard_input_and_separate_outputs(self):
        job = self.centre.submit("--output", "out.%j", "--error", "err.%j", "-",
                                 given=b"#!/bin/sh\nprintf 'a\\377\\0b'; echo e >&2\n")
        self.assertEqual(self.call("wait", job).returncode, 0)
        self.assertEqual(self.call("logs", job).stdout, b"a\xff\0b")
        self.assertEqual(self.call("logs", "--stderr", job).stdout, b"e\n")
        with open(os.path.join(self.centre.work, f"err.{job}"), "rb") as file:
            self.assertEqual(file.read(), b"e\n")

    def test_a_script_of_any_bytes_runs_as_it_is(self):
        job = self.centre.submit("-", given=b"#!/bin/sh\nprintf '\xff\xfe'\n")
        self.assertEqual(self.call("wait", job).returncode, 0)
        self.assertEqual(self.call("logs", job).stdout, b"\xff\xfe")

    def test_tail_of_a_log(self):
        job = self.centre.shell("echo 123456789")
        self.call("wait", job)
        self.assertEqual(self.ok("logs", "--tail", "4", job), "789\n")

    def test_array_runs_each_index_and_stays_within_its_limit(self):
        job = self.centre.shell("echo index $PENTAD_ARRAY_INDEX", "--array", "0-8:4,11%2")
        self.assertEqual(self.call("wait", job).returncode, 0)
        self.assertEqual(self.ok("logs", job + "_4"), "index 4\n")
        self.assertEqual(self.ok("logs", job + "_11"), "index 11\n")
        self.assertEqual(self.centre.job(job)["succeeded"], 4)
        self.ends_with(4, "logs", job + "_5")

    def test_part_of_an_array_is_cancelled(self):
        self.occupy()
        job = self.centre.submit("--array", "0-9", "--", "true")
        self.ok("cancel", job + "_3-9")
        shown = self.centre.job(job)
        self.assertEqual((shown["pending"], shown["unsuccessful"]), (3, 7))
        self.ends_with(2, "hold", job + "_3", says="whole arrays")
        self.ok("cancel", job)

    def test_dependencies(self):
        good = self.centre.submit("--", "true")
        bad = self.centre.submit("--", "false")
        after = self.centre.submit("--after", f"ok:{good},ended:{bad}", "--", "true")
        rescue = self.centre.submit("--after", f"not_ok:{bad}", "--", "true")
        never = self.centre.submit("--after", f"ok:{bad}", "--", "true")
        self.assertEqual(self.call("wait", after, rescue).returncode, 0)
        self.assertNotEqual(self.call("wait", never).returncode, 0)
        self.assertEqual(self.centre.state(never), "cancelled")
        self.ends_with(3, "submit", "--after", "ok:999999", "--", "true", says="999999")

    def test_hold_and_release(self):
        job = self.centre.submit("--hold", "--", "true")
        self.assertEqual(self.centre.state(job), "held")
        self.ok("release", job)
        self.assertEqual(self.call("wait", job).returncode, 0)
        self.ends_with(4, "hold", job)

    def test_what_waits_says_why_and_is_modified(self):
        first = self.occupy()
        job = self.centre.submit("--time", "1h", "--", "true")
        self.assertNotEqual(self.centre.job(job)["message"], "")
        self.ok("modify", job, "--name", "改名", "--time", "90s", "--priority", "-5")
        shown = self.centre.job(job)
        self.assertEqual((shown["name"], shown["limit_s"], shown["priority"]), ("改名", 90, -5))
        self.ends_with(3, "modify", job, "--cores", "100000")
        self.ends_with(2, "modify", job)
        self.ok("cancel", first)
        self.assertEqual(self.call("wait", job).returncode, 0)
        self.ends_with(3, "modify", job, "--time", "1s")

    def test_queue_filters_sorts_and_pages(self):
        self.occupy()
        jobs = [self.centre.submit("--hold", "--name", "page", "--project", "seiten", "--", "true")
                for _ in range(3)]
        listed = self.centre.json("queue", "--project", "seiten", "--sort", "-id")
        self.assertEqual([str(job["id"]) for job in listed], jobs[::-1])
        two = self.centre.json("queue", "--project", "seiten", "--limit", "2")
        self.assertEqual([str(job["id"]) for job in two], jobs[:2])
        table = self.ok("queue", "--project", "seiten", "--limit", "2")
        self.assertIn("there are more", table)
        self.assertIn("3 job(s) cancelled", self.ok("cancel", "--project", "seiten"))
        self.assertEqual(self.centre.json("queue", "--project", "seiten"), [])
        self.assertEqual(len(self.centre.json("queue", "--all", "--project", "seiten")), 3)
        self.ends_with(3, "queue", "--state", "nonsense", says="state")
        self.assertEqual(self.ok("cancel", "--project", "nobody"), "no job matches\n")

    def test_requeue_runs_it_again(self):
        job = self.centre.shell("echo again >> runs; [ $(wc -l < runs) = 2 ] || sleep 600",
                                "--workdir", self.centre.home)
        self.centre.until(job, "running")
        runs = os.path.join(self.centre.home, "runs")
        centre.wait_until(lambda: os.path.exists(runs), "its first run")
        self.ok("requeue", job)
        self.assertEqual(self.call("wait", job).returncode, 0)
        self.assertEqual(self.centre.job(job)["attempts"], 2)

    def test_requeue_by_exit_code(self):
        job = self.centre.shell("exit 75", "--requeue-code", "75", "--requeue-max", "1")
        self.assertEqual(self.call("wait", job).returncode, 75)
        self.assertEqual(self.centre.job(job)["attempts"], 2)

    def test_the_limit_ends_a_job_after_its_warning(self):
        job = self.centre.shell("trap 'echo warned' USR1; while :; do sleep 0.05; done",
                                "--time", "2s", "--warn", "USR1@1s")
        self.assertNotEqual(self.call("wait", job).returncode, 0)
        self.assertEqual(self.centre.state(job), "timeout")
        self.assertIn("warned", self.ok("logs", job))

    def test_begin_and_dry_run(self):
        job = self.centre.submit("--begin", "now+1h", "--", "true")
        self.assertEqual(self.centre.state(job), "queued")
        self.ok("modify", job, "--begin", "none")
        self.assertEqual(self.call("wait", job).returncode, 0)
        before = len(self.centre.json("queue", "--all"))
        self.assertIn("would be accepted", self.ok("submit", "--dry-run", "--", "true"))
        refused = self.call("submit", "--dry-run", "--cores", "9999", "--", "true")
        self.assertEqual(refused.returncode, 3)
        self.assertIn(b"would be refused", refused.stdout)
        self.assertEqual(len(self.centre.json("queue", "--all")), before)

    def test_one_key_submits_once(self):
        first = self.centre.submit("--idempotency-key", "k1", "--", "true")
        self.assertEqual(self.centre.submit("--idempotency-key", "k1", "--", "true"), first)

    def test_submit_wait_ends_with_the_code_of_the_job(self):
        self.assertEqual(self.call("submit", "--wait", "--", "sh", "-c", "exit 9").returncode, 9)

    def test_a_job_that_cannot_start_says_why(self):
        job = self.centre.submit("--", "/no/such/program")
        self.ends_with(1, "wait", job, says="/no/such/program")


if __name__ == "__main__":
    centre.main()
