#!/usr/bin/python3
"""Scripts of other schedulers on a real centre: what they find, leave behind and end as.

Usage: runtime_test.py PENTAD. The same under the real schedulers: *_run_test.py beside this file.
"""
import pathlib
import sys
import tempfile
import unittest

import runs


class Runtime(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.ours = runs.Ours("slurm")

    @classmethod
    def tearDownClass(cls):
        cls.ours.remove()

    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="pentad-runtime.")
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)

    def submit(self, dialect, text):
        script = self.folder / "job.sh"
        script.write_text(text.replace("@", str(self.folder)))
        self.ours.dialect = dialect
        return self.ours.submit(self.folder, script)

    def run_job(self, dialect, text):
        number = self.submit(dialect, text)
        return number, self.ours.wait(number)

    def read(self, name):
        return (self.folder / name).read_text()

    def until(self, number, state):
        self.ours.centre.until(str(number), state)
        return self.ours.centre.job(str(number))

    def test_commands_are_in_front_of_the_path(self):
        _, job = self.run_job("slurm", "#!/bin/sh\n#SBATCH -o @/out\n"
                                       "echo ${PATH%%:*} $PENTAD_HOME $PENTAD_DIALECT\n"
                                       "ls -d $PENTAD_HOME/shims\n")
        self.assertEqual(job["state"], "completed")
        home = self.ours.centre.home
        self.assertEqual(self.read("out"), f"{home}/shims {home} slurm\n{home}/shims\n")

    def test_elements_of_an_array_have_numbers_of_their_own(self):
        number, _ = self.run_job("slurm", "#!/bin/sh\n#SBATCH -a 3,8 -o @/%A_%a-%j\n"
                                          "echo $SLURM_JOB_ID $SLURM_ARRAY_JOB_ID\n")
        for index in (3, 8):
            own = f"{number}{index:07}"
            self.assertEqual(self.read(f"{number}_{index}-{own}"), f"{own} {number}\n")

    def test_output_of_pbs_comes_at_the_end_even_of_a_killed_job(self):
        number, job = self.run_job("pbspro", "#PBS -N wing -l walltime=1\ncd $PBS_O_WORKDIR\n"
                                             "trap 'echo asked; exit 5' TERM; ls; "
                                             "while true; do sleep 0.1; done\n")
        self.assertEqual(job["state"], "timeout")
        self.assertIn("asked", self.read(f"wing.o{number}"))
        self.assertNotIn("wing", self.read(f"wing.o{number}").split("asked")[0])
        self.assertTrue((self.folder / f"wing.e{number}").exists())

    def test_output_that_cannot_be_delivered_is_kept_and_said(self):
        _, job = self.run_job("pbspro", "#PBS -o @/no/out -j oe\necho kept\n")
        self.assertEqual(job["state"], "completed")
        self.assertIn("/no/out: No such file or directory; it is in ", job["message"])
        kept = job["message"].split("it is in ")[1]
        self.assertEqual(pathlib.Path(kept).read_text(), "kept\n")

    def test_report_of_lsf(self):
        number, job = self.run_job("lsf", "#BSUB -J wing -o @/out.%J\necho hello; exit 4\n")
        self.assertEqual((job["state"], job["exit_code"]), ("failed", 4))
        text = self.read(f"out.{number}")
        self.assertTrue(text.startswith("hello\n"))
        self.assertIn(f"Subject: Job {number}: <wing> in cluster <pentad> Exited", text)
        self.assertIn("Exited with exit code 4.", text)

    def test_exit_codes_of_grid_engine(self):
        script = ("#$ -cwd -N wing -j y\necho $RESTARTED\n"
                  "if test -e @/{0}; then exit 0; fi; touch @/{0}; exit {1}\n")
        number = self.submit("sge", script.format("held", 100))
        job = self.until(number, "held")
        self.assertIn("exit code 100", job["message"])
        self.ours.centre.ok("release", str(number))
        again, job = self.run_job("sge", script.format("again", 99))
        self.assertEqual(job["state"], "completed")
        self.assertEqual(self.read(f"wing.o{again}"), "0\n1\n")
        self.until(number, "completed")

    def test_no_job_looks_like_one_of_another_scheduler(self):
        foreign = {"slurm": "SLURM_JOB_ID", "pbspro": "PBS_JOBID", "lsf": "LSB_JOBID",
                   "sge": "SGE_TASK_ID", "torque": "PBS_NUM_PPN"}
        for dialect, own in foreign.items():
            self.run_job(dialect, f"#!/bin/sh\nenv > {self.folder}/{dialect}\n")
            found = {line.split("=")[0] for line in self.read(dialect).splitlines()}
            self.assertIn(own, found)
            others = {v[:4] for d, v in foreign.items() if v[:4] != own[:4]}
            self.assertFalse([n for n in found if n[:4] in others], dialect)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
