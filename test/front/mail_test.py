"""Mails about the ends of other schedulers' jobs, taken by a program of ours in place of sendmail.

Usage: mail_test.py PENTAD [unittest arguments]
"""
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
import centre  # noqa: E402

# One file a mail, whole or not there.
SENDMAIL = """#!/bin/sh
[ "$*" = "-t -i" ] || exit 1
cat > "$0.$$" && mv "$0.$$" "$0.mail.$$"
"""


class Mails(centre.Case):
    @classmethod
    def setUpClass(cls):
        cls.program = pathlib.Path("/tmp") / f"pentad-sendmail.{os.getpid()}"
        cls.program.write_text(SENDMAIL)
        cls.program.chmod(0o755)
        cls.centre = centre.Centre()
        cls.addClassCleanup(cls.centre.remove)
        cls.centre.environment["PENTAD_SENDMAIL"] = str(cls.program)
        cls.centre.start()
        cls.shims = os.path.join(cls.centre.home, "shims")
        front = os.path.join(os.path.dirname(centre.PENTAD), "pentad-front")
        subprocess.run([front, "shims", cls.shims, "--home", cls.centre.home], check=True)

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        for path in cls.mails() + [cls.program]:
            path.unlink()

    @classmethod
    def mails(cls):
        return list(cls.program.parent.glob(cls.program.name + ".mail.*"))

    def mail_of(self, *words, given=""):
        """Submits, and the one mail that comes of it."""
        for path in self.mails():
            path.unlink()
        done = subprocess.run(
            words, executable=os.path.join(self.shims, words[0]), input=given, text=True,
            capture_output=True, cwd=self.centre.work, check=False, timeout=60,
            env=self.centre.environment)
        self.assertEqual(done.returncode, 0, done.stderr)
        centre.wait_until(self.mails, "a mail")
        return self.mails()[0].read_text()

    def test_lsf_mails_the_output_that_has_no_file(self):
        mail = self.mail_of("bsub", "-J", "wing", "seq 3; exit 2")
        self.assertRegex(mail, r"\ATo: root\nSubject: Job \d+: <wing> in cluster <pentad> Exited"
                               r"\n\nJob <wing> was submitted from host")
        self.assertIn("Exited with exit code 2.", mail)
        self.assertTrue(mail.endswith("The output (if any) follows:\n\n1\n2\n3\n\n"), mail)

    def test_lsf_with_a_file_and_a_mail(self):
        mail = self.mail_of("bsub", "-N", "-o", "out.%J", "-u", "ann@example.org", "echo text")
        self.assertIn("To: ann@example.org\n", mail)
        out = next(pathlib.Path(self.centre.work).glob("out.*"))
        self.assertEqual(out.read_text(), "text\n")

    def test_slurm(self):
        mail = self.mail_of("sbatch", "--mail-type=FAIL", "--mail-user=ann@example.org",
                            given="#!/bin/sh\nexit 3\n")
        self.assertRegex(mail, r"\ATo: ann@example.org\nSubject: Slurm Job_id=\d+ Name=\S+ Failed, "
                               r"Run time 00:00:0\d, FAILED, ExitCode 3\n")

    def test_pbs(self):
        mail = self.mail_of("qsub", "-V", "-m", "ae", "-M", "bob@example.org", "-l", "select=1",
                            given="#PBS -N wing\nexit 2\n")
        self.assertRegex(mail, r"\ATo: bob@example.org\nSubject: PBS JOB \d+\.")
        self.assertIn("Exit_status=2\n", mail)

    def test_grid_engine(self):
        mail = self.mail_of("sge/qsub", "-V", "-m", "e", "-M", "eve@example.org", "-b", "y", "true")
        self.assertRegex(mail, r"\ATo: eve@example.org\nSubject: Job \d+ \(true\) Complete\n")


if __name__ == "__main__":
    centre.main()
