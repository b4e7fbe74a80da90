#!/usr/bin/python3
"""Programs of Open MPI and MPICH find the right number of ranks under every dialect's variables.

Usage: mpi_run_test.py PENTAD. Exit status 77: neither is installed.
Plain `mpirun hostname`, no number given: it must come from what the job asked for. And `srun`
without any mpirun: ranks that find each other, and one that ends all.
"""
import ctypes
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
# A program of MPI without a compiler: rank and size by the library itself.
PROGRAM = """
import ctypes, sys
lib = ctypes.CDLL(sys.argv[1])
world = 0x44000000
if "mpich" not in sys.argv[1]:
    world = ctypes.c_void_p(ctypes.addressof(ctypes.c_char.in_dll(lib, "ompi_mpi_comm_world")))
lib.MPI_Init(None, None)
rank, size = ctypes.c_int(), ctypes.c_int()
lib.MPI_Comm_rank(world, ctypes.byref(rank))
lib.MPI_Comm_size(world, ctypes.byref(size))
lib.MPI_Barrier(world)
sys.stdout.write(f"rank {rank.value} of {size.value}\\n")
sys.stdout.flush()
if len(sys.argv) > 2 and rank.value == 0:
    lib.MPI_Abort(world, 7)
lib.MPI_Barrier(world)
lib.MPI_Finalize()
"""
LIBRARIES = ("libmpi.so.40", "libmpich.so.12")
ASROOT = "export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1"


def has_library(name):
    try:
        ctypes.CDLL(name)
        return True
    except OSError:
        return False


def direct(centre, root):
    """Programs started by srun alone; how many were wrong, and how many there were."""
    folder = pathlib.Path(f"{root}/direct")
    folder.mkdir()
    (folder / "rank.py").write_text(PROGRAM)
    cores = min(2, os.cpu_count())
    wanted, lines = {}, ["#!/bin/sh", f"#SBATCH -n {cores} -t 2 -o {folder}/log", f"cd {folder}"]
    for library in filter(has_library, LIBRARIES):
        for words, n in (("", cores), ("-n 1", 1), (f"-n {2 * cores} --overcommit", 2 * cores)):
            name = f"{library}.{n}"
            wanted[name] = [f"rank {i} of {n}" for i in range(n)] + ["code 0"]
            lines.append(f"srun {words} /usr/bin/python3 rank.py {library} > {name} 2> {name}.err;"
                         f" echo code $? >> {name}")
        name = f"{library}.abort"
        wanted[name] = None
        lines.append(f"srun /usr/bin/python3 rank.py {library} abort > {name} 2> {name}.err;"
                     f" echo code $? >> {name}")
    (folder / "job.sh").write_text("\n".join(lines) + "\n")
    centre.dialect = "slurm"
    centre.wait(centre.submit(folder, folder / "job.sh"))
    wrong = 0
    for name, ranks in wanted.items():
        path = folder / name
        found = sorted(path.read_text().splitlines(), key=lambda line: line.startswith("code"))
        found[:-1] = sorted(found[:-1])
        # Which of the codes of all ranks is the largest is not settled when one ends the others.
        good = found == ranks if ranks else found[-1] not in ("code 0", "code 124")
        if good:
            continue
        wrong += 1
        print(f"srun, {name}: {found}: {(folder / (name + '.err')).read_text()[:500]}")
    return wrong, len(wanted)


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
            direct_wrong, direct_asked = direct(centre, root)
            wrong, asked = wrong + direct_wrong, asked + direct_asked
        finally:
            centre.remove()
    print(f"{asked} programs with {', '.join(launchers)}: {wrong} with a wrong number of ranks")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
