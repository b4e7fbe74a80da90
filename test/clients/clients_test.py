"""Programs that nobody here wrote, unchanged, on a centre of ours: toil, snakemake, batchtools.

Each believes that it talks to Slurm, PBS or Grid Engine. What is not installed is skipped.
Usage: clients_test.py PENTAD [unittest arguments]
"""
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))
import centre  # noqa: E402

PATIENCE_S = 150
DRMAA = pathlib.Path(centre.PENTAD).parent.parent / "lib" / "libdrmaa.so"


def needs(program):
    return unittest.skipUnless(shutil.which(program), f"{program} is not installed")


class Clients(centre.Case):
    def setUp(self):
        super().setUp()
        shims = os.path.join(self.centre.home, "commands")
        self.ok("shims", shims)
        # Debian's programs belong to Debian's Python, whatever else is first in the PATH.
        path = f"{shims}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        self.environment = {**self.centre.environment, "PATH": path, "USER": "tester",
                            "XDG_CACHE_HOME": os.path.join(self.centre.home, "cache"),
                            "TOIL_CHECK_ENV": "False"}
        self.work = os.path.join(self.centre.home, f"{self.id().rsplit('.', 1)[-1]}")
        os.mkdir(self.work)

    def run_client(self, *words, **environment):
        try:
            done = subprocess.run(words, cwd=self.work, env={**self.environment, **environment},
                                  stdin=subprocess.DEVNULL, capture_output=True,
                                  timeout=PATIENCE_S, check=False)
        except subprocess.TimeoutExpired as late:
            raise AssertionError(f"{words} did not end: {(late.stderr or b'').decode()[-3000:]}"
                                 f"\n{self.centre.ok('queue', '--all')}") from late
        self.assertEqual(done.returncode, 0,
                         f"{words}: {done.stdout.decode()[-2000:]}{done.stderr.decode()[-4000:]}"
                         f"\n{self.centre.ok('queue', '--all')}")

    def result(self, name):
        return pathlib.Path(self.work, name).read_text(encoding="utf-8").strip()

    def toil(self, system):
        before = len(self.centre.json("queue", "--all"))
        self.run_client("/usr/bin/python3", str(HERE / "toil_workflow.py"), "--batchSystem", system,
                        "--workDir", self.work,
                        "--disableProgress", "--statePollingWait", "1",
                        "--disableCaching", "--logInfo", f"file:{self.work}/store",
                        RESULT=f"{self.work}/result")
        self.assertEqual(self.result("result"), "25")
        self.assertGreater(len(self.centre.json("queue", "--all")), before)

    @needs("toil")
    def test_toil_on_slurm(self):
        self.toil("slurm")

    @needs("toil")
    def test_toil_on_torque(self):
        self.toil("torque")

    def snakemake(self, *options, **environment):
        shutil.copy(HERE / "Snakefile", self.work)
        self.run_client("/usr/bin/snakemake", "--jobs", "4", "--latency-wait", "20",
                        "--max-status-checks-per-second", "5", *options, **environment)
        self.assertEqual(self.result("total"), "25")

    @needs("snakemake")
    def test_snakemake_slurm(self):
        self.snakemake("--slurm", "--default-resources", "slurm_partition=default")

    @needs("snakemake")
    def test_snakemake_cluster_of_pbs(self):
        self.snakemake("--cluster", "qsub -l select=1:ncpus=1:mem=400mb -l walltime=5:00 -j oe")

    @needs("snakemake")
    def test_snakemake_cluster_of_lsf(self):
        self.snakemake("--cluster", "bsub -n 1 -W 5 -o lsf-%J.out")

    @needs("snakemake")
    @unittest.skipUnless(DRMAA.exists(), "libdrmaa.so is not built")
    def test_snakemake_drmaa(self):
        self.snakemake("--drmaa", " -l h_vmem=400M", DRMAA_LIBRARY_PATH=str(DRMAA))

    @needs("Rscript")
    def test_batchtools_on_slurm(self):
        self.run_client("/usr/bin/Rscript", str(HERE / "batchtools.R"), f"{self.work}/registry",
                        f"{self.work}/result")
        self.assertEqual(self.result("result"), "50")


centre.main()
