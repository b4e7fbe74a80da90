"""Jobs with a terminal: qsub -I, qlogin, qrsh, bsub -I, srun --pty, typed into as a person would.

Usage: interactive_test.py PENTAD [unittest arguments]
"""
import os
import pathlib
import pty
import select
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
import centre  # noqa: E402


class Terminal:
    """A program on a terminal of 31 lines and 97 columns."""

    def __init__(self, words, folder, environment):
        self.shown = ""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            subprocess.run(["stty", "rows", "31", "cols", "97"], check=False)
            os.execvpe(words[0], words, {**environment, "TERM": "vt100"})

    def look(self):
        ready, _, _ = select.select([self.fd], [], [], 0.1)
        if not ready:
            return True
        try:
            piece = os.read(self.fd, 65536)
        except OSError:  # what ends the last program does
            return False
        self.shown += piece.decode(errors="replace")
        return bool(piece)

    def until(self, words):
        end = time.monotonic() + centre.PATIENCE_S
        while words not in self.shown:
            if not self.look() or time.monotonic() > end:
                raise AssertionError(f"waited for {words!r}: {self.shown!r}")

    def type(self, text):
        os.write(self.fd, text.encode())

    def end(self):
        """The exit code."""
        end = time.monotonic() + centre.PATIENCE_S
        while self.look():
            if time.monotonic() > end:
                os.kill(self.pid, signal.SIGKILL)
                raise AssertionError(f"did not end: {self.shown!r}")
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


class Interactive(centre.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shims = os.path.join(cls.centre.home, "shims")
        front = os.path.join(os.path.dirname(centre.PENTAD), "pentad-front")
        subprocess.run([front, "shims", cls.shims, "--home", cls.centre.home], check=True)
        cls.environment = {**cls.centre.environment, "PATH": f"{cls.shims}:{os.environ['PATH']}",
                           "SHELL": "/bin/sh", "PS1": "$ "}

    @staticmethod
    def folders():
        return set(pathlib.Path("/tmp").glob("pentad-hold.*"))

    def setUp(self):
        super().setUp()
        self.before = self.folders()

    def tearDown(self):
        self.run_words("scancel", "-u", "root")
        centre.wait_until(lambda: not self.run_words("squeue", "-h")[1], "no job")
        self.assertEqual(self.folders() - self.before, set())

    def on_terminal(self, *words):
        return Terminal([os.path.join(self.shims, words[0]), *words[1:]], self.centre.work,
                        self.environment)

    def run_words(self, *words, given=""):
        done = subprocess.run(words, executable=os.path.join(self.shims, words[0]), input=given,
                              capture_output=True, text=True, cwd=self.centre.work, timeout=60,
                              env=self.environment, check=False)
        return done.returncode, done.stdout, done.stderr

    def talk(self, terminal):
        """Checks that it is a terminal of its own, as large as ours, with job control."""
        terminal.type("stty size | sed s/^/size=/\n")
        terminal.until("size=31 97")
        terminal.type("echo term=$TERM\n")
        terminal.until("term=vt100")
        terminal.type("sleep 1000 || echo stopped'='$?\n")
        time.sleep(0.5)
        terminal.type("\x03")  # the shell goes on, the program does not
        terminal.type("echo still'='here\n")
        terminal.until("still=here")

    def test_qsub(self):
        terminal = self.on_terminal("qsub", "-I", "-l", "select=1:ncpus=1", "-N", "desk")
        terminal.until("ready")
        self.assertRegex(terminal.shown, r"qsub: job \d+\.\S+ ready")
        self.talk(terminal)
        terminal.type("echo kind'='$PBS_ENVIRONMENT; wc -l < $PBS_NODEFILE | sed s/^/nodes=/\n")
        terminal.until("kind=PBS_INTERACTIVE")
        terminal.until("nodes=1")
        terminal.type("exit 4\n")
        self.assertEqual(terminal.end(), 0)
        self.assertRegex(terminal.shown, r"qsub: job \d+\.\S+ completed")

    def test_qsub_runs_a_program(self):
        terminal = self.on_terminal("qsub", "-I", "--", "/bin/echo", "said", "it")
        terminal.end()
        self.assertIn("said it", terminal.shown)

    def test_qsub_wants_a_terminal(self):
        code, out, error = self.run_words("qsub", "-I")
        self.assertEqual((code, out), (1, ""))
        self.assertIn("must be terminals", error)

    def test_a_script_does_not_ask_for_a_terminal(self):
        code, out, error = self.run_words("qsub", given="#PBS -I\necho batch\n")
        self.assertEqual(code, 0, error)
        self.assertIn("only a command line asks for a terminal", error)

    def test_qsub_array(self):
        terminal = self.on_terminal("qsub", "-I", "-J", "1-3")
        self.assertEqual(terminal.end(), 1)
        self.assertIn("no array", terminal.shown)

    def test_deleted_by_somebody_else(self):
        terminal = self.on_terminal("qsub", "-I")
        terminal.until("ready")
        self.talk(terminal)
        job = terminal.shown.split("qsub: job ")[1].split(".")[0]
        self.assertEqual(self.run_words("qdel", job)[0], 0)
        self.assertEqual(terminal.end(), 1)
        self.assertIn("ended: the job has ended", terminal.shown)

    def test_who_goes_away_leaves_nothing_running(self):
        terminal = self.on_terminal("qsub", "-I")
        terminal.until("ready")
        self.talk(terminal)
        os.kill(terminal.pid, signal.SIGKILL)
        terminal.end()
        centre.wait_until(lambda: not self.run_words("squeue", "-h")[1], "the job's end")
        for folder in self.folders() - self.before:  # who was killed cannot
            for path in folder.iterdir():
                path.unlink()
            folder.rmdir()

    def test_bsub(self):
        terminal = self.on_terminal("bsub", "-Is", "/bin/sh")
        terminal.until("Starting on")
        self.talk(terminal)
        terminal.type("echo kind'='$LSB_INTERACTIVE\n")
        terminal.until("kind=Y")
        terminal.type("exit 5\n")
        self.assertEqual(terminal.end(), 5)

    def test_bsub_without_a_terminal(self):
        code, out, error = self.run_words("bsub", "-I", "cat; echo $LSB_JOBINDEX >&2; exit 3",
                                          given="in and out\n")
        self.assertEqual(code, 3)
        self.assertRegex(out, r"Job <\d+> is submitted to default queue <default>\.\nin and out\n")
        self.assertRegex(error, r"<<Waiting for dispatch ...>>\n<<Starting on \S+>>\n0\n")

    def test_bsub_runs_a_script_by_its_interpreter(self):
        script = "#!/usr/bin/python3\n#BSUB -I\nimport sys\nprint('python', 1 + 1)\nsys.exit(9)\n"
        code, out, _ = self.run_words("bsub", given=script)
        self.assertEqual(code, 9)
        self.assertIn("python 2", out)

    def test_qlogin(self):
        terminal = self.on_terminal("qlogin")
        terminal.until("Establishing builtin session to host")
        self.talk(terminal)
        terminal.type("echo name'='$JOB_NAME\n")
        terminal.until("name=QLOGIN")
        terminal.type("exit 6\n")
        self.assertEqual(terminal.end(), 6)

    def test_qrsh(self):
        code, out, error = self.run_words("qrsh", "echo", "$REQUEST", ";", "exit", "7")
        self.assertEqual((code, out, error), (7, "echo\n", ""))
        code, out, error = self.run_words("qrsh", "-nostdin", "cat", given="not read")
        self.assertEqual((code, out, error), (0, "", ""))
        code, out, error = self.run_words("qrsh", "-noshell", "/no/such/program")
        self.assertEqual((code, out), (127, ""))
        self.assertIn("/no/such/program: No such file or directory", error)
        code, out, error = self.run_words("qrsh")
        self.assertEqual((code, out), (1, ""))
        self.assertIn("a shell needs a terminal", error)

    def test_now_or_never(self):
        cores = os.cpu_count()
        holder = subprocess.Popen(["bsub", "-n", str(cores), "-I", "echo up; sleep 1000"],
                                  cwd=self.centre.work, env=self.environment, text=True,
                                  executable=os.path.join(self.shims, "bsub"),
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL)
        self.assertIn("submitted", holder.stdout.readline())
        self.assertEqual(holder.stdout.readline(), "up\n")
        code, out, error = self.run_words("qrsh", "true")
        self.assertEqual((code, out), (1, ""))
        self.assertIn('Your "qrsh" request could not be scheduled, try again later.', error)
        holder.send_signal(signal.SIGINT)
        self.assertEqual(holder.wait(centre.PATIENCE_S), 130)
        holder.stdout.close()

    def test_srun(self):
        terminal = self.on_terminal("srun", "--pty", "/bin/sh")
        terminal.type("echo job'='$SLURM_JOB_NAME\n")
        terminal.until("job=sh")
        self.talk(terminal)
        terminal.type("exit 8\n")
        self.assertEqual(terminal.end(), 8)


if __name__ == "__main__":
    centre.main()
