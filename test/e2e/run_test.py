"""`pentad run`: output as it comes, exit codes, Ctrl-C; and what a dying centre does to it.

Usage: run_test.py PENTAD [unittest arguments]
"""
import os
import signal

import centre


class Run(centre.Case):
    def test_exit_codes_and_output(self):
        done = self.call("run", "--", "sh", "-c", "echo 你好; echo e >&2; exit 42")
        self.assertEqual((done.returncode, done.stdout.decode()), (42, "你好\ne\n"))
        self.assertIn("exit code 42", done.stderr.decode())
        self.assertEqual(self.call("run", "--", "true").returncode, 0)
        killed = self.call("run", "--", "sh", "-c", "kill -SEGV $$")
        self.assertEqual(killed.returncode, 128 + signal.SIGSEGV)

    def test_the_job_gets_arguments_environment_and_directory_as_they_are(self):
        out = self.ok("run", "--", "printf", "%s|", "a b", "", "--json", "*", "'", SOME="x y")
        self.assertEqual(out, "a b||--json|*|'|")
        self.assertEqual(self.ok("run", "--cores", "1", "echo", "-n", "--", "x"), "-- x")
        out = self.ok("run", "--", "sh", "-c", 'echo "$SOME"; pwd', SOME="x\ny")
        self.assertEqual(out, f"x\ny\n{self.centre.work}\n")

    def test_show_says_why_each_attempt_ended(self):
        job = self.centre.submit("--workdir", "/nonexistent", "--", "true")
        self.call("wait", job)
        self.assertRegex(self.ok("show", job), rf"(?m)^{job}\.1: .*/nonexistent")

    def test_much_output_arrives_whole(self):
        out = self.call("run", "--", "seq", "300000").stdout
        self.assertEqual(out, "".join(f"{n}\n" for n in range(1, 300001)).encode())

    def begin_ticking(self, name, count):
        run = self.centre.begin("run", "--name", name, "--", "sh", "-c",
                                f"for i in $(seq {count}); do echo $i; sleep 0.1; done")
        self.addCleanup(lambda: (run.stdout.close(), run.stderr.close()))
        self.assertEqual(run.stdout.readline(), b"1\n")  # it streams: the job is far from its end
        return run

    def test_interrupt_cancels_the_job(self):
        run = self.begin_ticking("interrupted", 600)
        run.send_signal(signal.SIGINT)
        self.assertEqual(run.wait(centre.PATIENCE_S), 130)
        self.assertIn(b"cancelling job", run.stderr.read())
        job = self.centre.json("queue", "--all", "--name", "interrupted")[0]
        self.assertEqual(job["state"], "cancelled")

    def test_interrupt_while_it_waits_in_the_queue(self):
        block = self.centre.submit("--exclusive", "--", "sleep", "600")
        self.addCleanup(self.call, "cancel", block)
        run = self.centre.begin("run", "--name", "waiting", "--", "true")
        centre.wait_until(lambda: self.centre.json("queue", "--name", "waiting"), "it in the queue")
        run.send_signal(signal.SIGINT)
        self.assertEqual(run.wait(centre.PATIENCE_S), 130)
        run.communicate()
        self.assertEqual(self.centre.json("queue", "--name", "waiting"), [])

    def test_a_closed_pipe_ends_quietly(self):
        run = self.centre.begin("run", "--", "sh", "-c", "yes | head -n 200000")
        run.stdout.readline()
        run.stdout.close()
        error = run.stderr.read().decode()
        run.wait(centre.PATIENCE_S)
        run.stderr.close()
        self.assertNotIn("terminate", error)

    def test_killed_daemon_loses_nothing_while_run_streams(self):
        other = self.centre.shell("sleep 1; exit 5")
        run = self.begin_ticking("streaming", 40)
        self.centre.kill()
        self.centre.start()
        out, error = run.communicate(timeout=centre.PATIENCE_S)
        self.assertEqual(run.returncode, 0, error)
        self.assertEqual(out, "".join(f"{n}\n" for n in range(2, 41)).encode())
        self.assertEqual(self.call("wait", other).returncode, 5)
        self.assertEqual(self.centre.job(other)["attempts"], 1)

    def test_restart_with_a_running_job(self):
        job = self.centre.shell("while [ ! -e go ]; do sleep 0.05; done; echo went",
                                "--workdir", self.centre.home)
        self.centre.until(job, "running")
        self.assertIn("1 attempt runs on", self.ok("down"))
        self.ends_with(5, "status", says="pentad up")
        with open(os.path.join(self.centre.home, "go"), "wb"):
            pass
        self.centre.start()
        self.assertEqual(self.call("wait", job).returncode, 0)
        self.assertEqual(self.ok("logs", job), "went\n")
        self.assertEqual(self.centre.job(job)["attempts"], 1)

    def test_a_second_centre_on_the_same_home_is_refused(self):
        error = self.ends_with(1, "up", "--listen", "127.0.0.1:0")
        self.assertIn(self.centre.home, error)
        self.assertEqual(self.call("status").returncode, 0)


if __name__ == "__main__":
    centre.main()
