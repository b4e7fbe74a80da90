"""What the tests of PBS's and Grid Engine's commands share: links, and running them."""
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
import centre  # noqa: E402


class Case(centre.Case):
    """One centre; `folder` says which links are called: pbs, sge or all together."""
    folder = ""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shims = os.path.join(cls.centre.home, "shims")
        front = os.path.join(os.path.dirname(centre.PENTAD), "pentad-front")
        subprocess.run([front, "shims", cls.shims, "--home", cls.centre.home], check=True)

    def setUp(self):
        super().setUp()
        self.script("ok.sh", "#!/bin/sh\necho out; echo err >&2\n")
        self.script("fail.sh", "#!/bin/sh\nexit 3\n")
        self.script("long.sh", "#!/bin/sh\nexec sleep 600\n")

    def tearDown(self):
        self.call("cancel", "--all")
        centre.wait_until(lambda: not self.centre.json("queue"), "the end of all jobs")

    def script(self, name, text):
        data = text if isinstance(text, bytes) else text.encode()
        pathlib.Path(self.centre.work, name).write_bytes(data)

    def command(self, *words, given="", folder=None, **environment):
        """Exit code, standard output, standard error."""
        path = os.path.join(self.shims, self.folder if folder is None else folder, words[0])
        done = subprocess.run([path, *words[1:]], input=given, text=True, capture_output=True,
                              cwd=self.centre.work, check=False, timeout=60,
                              env={**self.centre.environment, "HOME": self.centre.work,
                                   **environment})
        return done.returncode, done.stdout, done.stderr

    def prints(self, *words, **options):
        """The output of a command that must succeed and say nothing else."""
        code, out, error = self.command(*words, **options)
        self.assertEqual((code, error), (0, ""), (words, out))
        return out

    def fails(self, code, says, *words, **options):
        """A command that must end with this code and these first lines of standard error."""
        got, out, error = self.command(*words, **options)
        self.assertEqual(got, code, (words, out, error))
        self.assertTrue(error.startswith(says), (words, error))
        self.assertEqual(out, "")
