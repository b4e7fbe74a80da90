"""Tools inside of jobs: how many processes they start, with what, and how they end.

Usage: steps_test.py PENTAD [unittest arguments]
"""
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import unittest

PENTAD = pathlib.Path(sys.argv[1]).resolve()


class Steps(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="pentad-steps.")
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.shims = os.path.join(cls.folder, "shims")
        subprocess.run([PENTAD.parent / "pentad-front", "shims", cls.shims, "--home", cls.folder],
                       check=True)

    def start(self, *words, **variables):
        environment = {k: v for k, v in os.environ.items()
                       if not k.startswith(("PENTAD_", "LSB_", "PBS_", "SLURM_"))}
        environment["PATH"] = self.shims + ":" + environment["PATH"]
        return subprocess.Popen(words, env={**environment, **variables}, cwd=self.folder,
                                executable=os.path.join(self.shims, words[0]), text=True,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE)

    def call(self, *words, **variables):
        """Exit code, lines of standard output in order, standard error."""
        process = self.start(*words, **variables)
        out, error = process.communicate(timeout=60)
        return process.returncode, sorted(out.splitlines()), error

    def host_file(self, *hosts):
        path = os.path.join(self.folder, "hosts")
        with open(path, "w", encoding="utf-8") as file:
            file.write("".join(host + "\n" for host in hosts))
        return path

    def test_pbsdsh(self):
        here = socket.gethostname()
        nodes = {"PBS_NODEFILE": self.host_file(here, here, here)}
        shell = ("/bin/sh", "-c", "echo $PBS_VNODENUM")
        self.assertEqual(self.call("pbsdsh", *shell, **nodes), (0, ["0", "1", "2"], ""))
        self.assertEqual(self.call("pbsdsh", "-n", "1", *shell, **nodes), (0, ["1"], ""))
        self.assertEqual(self.call("pbsdsh", "-c", "2", "--", *shell, **nodes)[1], ["0", "1"])
        self.assertEqual(self.call("pbsdsh", "-u", *shell, **nodes)[1], ["0"])
        self.assertEqual(self.call("pbsdsh", "-s", *shell, **nodes)[1], ["0", "1", "2"])
        code, out, error = self.call("pbsdsh", "-n", "3", *shell, **nodes)
        self.assertEqual((code, out), (2, []))
        self.assertIn("slots 0 to 2", error)
        nodes["PBS_NODEFILE"] = self.host_file(here, "elsewhere")
        code, out, error = self.call("pbsdsh", *shell, **nodes)
        self.assertNotEqual(code, 0)
        self.assertIn("elsewhere is not this machine", error)

    def test_exit_codes(self):
        nodes = {"LSB_HOSTS": "localhost localhost"}
        code = lambda script: self.call("pbsdsh", "sh", "-c", script, **nodes)[0]  # noqa: E731
        self.assertEqual(code("exit $((3 + PBS_VNODENUM))"), 4)
        self.assertEqual(code("kill -TERM $$"), 143)
        self.assertEqual(self.call("pbsdsh", "/no/such/program", **nodes)[0], 127)
        self.assertEqual(self.call("pbsdsh", "-z")[0], 2)
        self.assertEqual(self.call("pbsdsh")[0], 2)

    def test_blaunch(self):
        code, out, error = self.call("blaunch", "localhost", "echo", "a  b")
        self.assertEqual((code, out, error), (0, ["a  b"], ""))
        self.assertEqual(self.call("blaunch", "-z", "localhost localhost", "sh", "-c",
                                   "echo $LSF_PM_TASKID")[1], ["1", "2"])
        self.assertEqual(self.call("blaunch", "-u", self.host_file("localhost"), "true")[0], 0)
        self.assertIn("is not this machine", self.call("blaunch", "elsewhere", "true")[2])

    def test_jsrun(self):
        slots = {"LSB_HOSTS": "localhost " * 4, "CUDA_VISIBLE_DEVICES": "4,5"}
        rank = ("sh", "-c", "echo $JSM_NAMESPACE_RANK/$JSM_NAMESPACE_SIZE $OMP_NUM_THREADS "
                            "$CUDA_VISIBLE_DEVICES")
        self.assertEqual(self.call("jsrun", "-n2", "-a", "1", "-c", "2", "-g1", *rank, **slots)[1],
                         ["0/2 2 4", "1/2 2 5"])
        self.assertEqual(self.call("jsrun", "--nrs=1", "--tasks_per_rs", "2", "-b", "packed:1",
                                   *rank, **slots)[1], ["0/2 4,5", "1/2 4,5"])
        self.assertEqual(len(self.call("jsrun", "-c", "2", *rank, **slots)[1]), 2)
        self.assertIn("fewer than 3 GPUs", self.call("jsrun", "-n3", "-g1", *rank, **slots)[2])
        self.assertIn("more than one host", self.call("jsrun", "-n4", "-r2", *rank, **slots)[2])
        self.assertEqual(self.call("jsrun", "-n", "none", "true", **slots)[0], 2)

    def test_aprun(self):
        pe = ("sh", "-c", "echo $ALPS_APP_PE $1", "x")
        self.assertEqual(self.call("aprun", "-n", "2", "-d1", "-cc", "depth", *pe, "a", ":", "-n1",
                                   *pe, "b")[1], ["0 a", "1 a", "2 b"])
        self.assertIn("more than one node", self.call("aprun", "-n4", "-N", "2", "true")[2])

    def test_signals_are_handed_on(self):
        process = self.start("pbsdsh", "sh", "-c", "trap 'echo got; exit 5' USR1; echo ready; "
                                                   "while :; do sleep 0.05; done",
                             LSB_HOSTS="localhost localhost")
        self.assertEqual([process.stdout.readline() for _ in range(2)], ["ready\n"] * 2)
        process.send_signal(signal.SIGUSR1)
        out, _ = process.communicate(timeout=60)
        self.assertEqual((out, process.returncode), ("got\ngot\n", 5))

    def test_wrappers_call_the_real_mpirun(self):
        fake = os.path.join(self.folder, "fake")
        os.makedirs(fake, exist_ok=True)
        path = os.path.join(fake, "mpirun")
        with open(path, "w", encoding="utf-8") as file:
            file.write('#!/bin/sh\necho "$@"\nexit 6\n')
        os.chmod(path, 0o755)
        search = {"PATH": self.shims + ":" + fake + ":/usr/bin:/bin"}
        for tool, variables in (("gerun", {"NSLOTS": "3"}), ("ibrun", {"SLURM_NTASKS": "3"}),
                                ("mpirun.lsf", {"LSB_HOSTS": "localhost " * 3})):
            self.assertEqual(self.call(tool, "./prog", "-n", **variables, **search),
                             (6, ["-np 3 ./prog -n"], ""))
        self.assertEqual(self.call("jsrun", "-n2", "python3", "x.py", PENTAD_MPI="yes", **search),
                         (6, ["-np 2 python3 x.py"], ""))
        self.assertEqual(self.call("aprun", "-n2", "prog", PENTAD_MPI="yes", **search),
                         (6, ["-np 1 prog : -np 1 prog"], ""))

    @unittest.skipUnless(shutil.which("mpirun"), "no mpirun")
    def test_the_installed_mpirun(self):
        code, out, error = self.call("mpirun.lsf", "sh", "-c", "echo $OMPI_COMM_WORLD_RANK",
                                     LSB_HOSTS="localhost localhost",
                                     OMPI_MCA_rmaps_base_oversubscribe="1")
        self.assertEqual((code, out), (0, ["0", "1"]), error)

    def test_help(self):
        for tool in ("pbsdsh", "blaunch", "jsrun", "aprun", "gerun"):
            code, out, _ = self.call(tool, "--help")
            self.assertEqual(code, 0)
            self.assertTrue(any(tool in line for line in out), tool)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2)
