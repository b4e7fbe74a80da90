#!/usr/bin/python3
"""Programs of Open MPI and MPICH find the right number of ranks under every dialect's variables.

Usage: mpi_run_test.py PENTAD. Exit status 77: neither is installed.
Plain `mpirun hostname`, no number given: it must come from what the job asked for.
"""
import os
import pathlib
import shutil
import sys
import tempfile

import runs

HEADS = {
    "slurm": "#SBATCH -N 1 -n {n} -o @/out.%j",
    "pbspro": "#PBS -l select=1:ncpus={n}:mpiprocs={n}\n#PBS -j oe -o @/out",
    "torque": "#PBS -l nodes=1:ppn={n}\n#PBS -j oe -o @/out",
    "lsf": "#BSUB -n {n}\n#BSUB -o @/out.%J",
    "sge": "#$ -cwd -pe orte {n} -j y -o @/out",
}
MPI = {"openmpi": "mpirun.openmpi", "mpich": "mpiexec.hydra"}
ASROOT = "export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1"


def main():
    launchers = {name: program for name, program in MPI.items() if shutil.which(program)}
    if not launchers:
        print("skipped: neither Open MPI nor MPICH")
        return 77
    wrong = asked = 0
    with tempfile.TemporaryDirectory(prefix="pentad-mpi.") as root:
        centre = runs.Ours("slurm")
        try:
            jobs = {}
            for dialect, head in HEADS.items():
                for n in (1, min(2, os.cpu_count())):
                    folder = pathlib.Path(f"{root}/{dialect}.{n}")
                    folder.mkdir()
                    lines = [f"for mpi in {' '.join(launchers.values())}; do",
                             f"  timeout 20 $mpi sh -c 'echo rank' > {folder}/$mpi \\",
                             f"    2> {folder}/$mpi.err",
                             "done"]
                    text = ["#!/bin/sh", head.format(n=n).replace("@", str(folder)), ASROOT, *lines]
                    (folder / "job.sh").write_text("\n".join(text) + "\n")
                    centre.dialect = dialect
                    jobs[dialect, n] = folder, centre.submit(folder, folder / "job.sh")
            for (dialect, n), (folder, number) in jobs.items():
                centre.wait(number)
                for name, program in launchers.items():
                    path = folder / program
                    ranks = path.read_text().count("rank") if path.exists() else 0
                    asked += 1
                    if ranks == n:
                        continue
                    wrong += 1
                    error = folder / (program + ".err")
                    why = error.read_text()[:500] if error.exists() else "did not run"
                    print(f"{dialect}: {name} started {ranks} ranks of {n}: {why}")
        finally:
            centre.remove()
    print(f"{asked} programs with {', '.join(launchers)}: {wrong} with a wrong number of ranks")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
