#!/usr/bin/python3
"""What a batch script finds under the real slurmctld and slurmd, and under Pentad.

Usage: slurm_run_test.py PENTAD. Exit status 77: no slurmctld, or not root.
"""
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time

import runs

# name: lines of the script's head, its last lines
CASES = {
    "plain": ([], "exit 3"),
    "sized": (["#SBATCH -J wing -n 2 -t 5 --mem=100", "#SBATCH -o out.%j.%x.%u.%t.%n.%s.%%.%7j"],
              "echo from the job"),
    "per_node": (["#SBATCH -N 1 --ntasks-per-node=1 -c 2 --mem-per-cpu=10",
                  "#SBATCH --export=MY_CASE,A=1 -o per_node.out"], "echo $A $MY_CASE"),
    "array": (["#SBATCH -a 11-15:2"], "echo element $SLURM_ARRAY_TASK_ID"),
    "apart": (["#SBATCH -o joined.out -e err.out -D @/sub"], "echo out; echo err >&2"),
    "no_folder": (["#SBATCH -o no/such/folder/out"], ""),
    "killed": ([], "kill -TERM $$"),
}
KNOWN = {
    "SLURM_CLUSTER_NAME": "the centre is not that cluster",
    "SLURM_JOB_PARTITION": "the name of the pool",
    "SLURM_CONF": "there is none",
    "HYDRA_BOOTSTRAP": "MPICH needs no help on one host",
    "SLURM_WORKING_CLUSTER": "the address of a slurmctld",
    "SLURM_TASK_PID": "the process is made after its environment",
    "SLURM_JOB_START_TIME": "Slurm 23.02 and later",
    "SLURM_JOB_END_TIME": "Slurm 23.02 and later",
    "SLURM_JOB_ID": "elements of arrays have other numbers of their own",
    "SLURM_JOBID": "likewise",
    "SLURM_JOB_QOS": "only with accounting",
    "PATH": "the folder of commands is in front; --export=A reads the login environment here",
    "PENTAD_*": "ours",
    "OLDPWD": "of the shell that starts the daemon",
    "SHLVL": "likewise",
    "_": "likewise",
    "CUDA_VISIBLE_DEVICES": "hidden devices are named",
    "LD_LIBRARY_PATH": "of the login shell that --export=A asks",
    "MAIL": "likewise",
    "*_ROOT|*_HOME|*_POTENTIALS|*_LIBRARY|*_SHELL|*_INIT|LIBRARY_PATH": "likewise",
}
SETTINGS = """ClusterName=t
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={port}
SlurmUser=root
SlurmdUser=root
AuthType=auth/none
CredType=cred/none
StateSaveLocation={root}/state
SlurmdSpoolDir={root}/spool
SlurmctldPidFile={root}/ctld.pid
SlurmdPidFile={root}/d.pid
SlurmctldLogFile={root}/ctld.log
SlurmdLogFile={root}/d.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=batch_sched_delay=0,sched_min_interval=0,bf_interval=1
SlurmdParameters=config_overrides
NodeName=n1 NodeHostname={host} NodeAddr=127.0.0.1 Port={slurmd} CPUs={cpus} RealMemory=4000
FirstJobId=4711
PartitionName=main Nodes=ALL Default=YES State=UP
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Slurm:
    def __init__(self, root, cpus):
        self.root, host = root, socket.gethostname().split(".")[0]
        os.makedirs(f"{root}/state")
        os.makedirs(f"{root}/spool")
        conf = f"{root}/slurm.conf"
        pathlib.Path(conf).write_text(SETTINGS.format(
            host=host, root=root, port=free_port(), slurmd=free_port(), cpus=cpus))
        self.host, self.env = host, {**runs.submitter(), "SLURM_CONF": conf}
        quiet = dict(env=self.env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                     stderr=subprocess.DEVNULL)
        self.daemons = [subprocess.Popen(["slurmctld", "-D"], **quiet),
                        subprocess.Popen(["slurmd", "-D", "-N", "n1"], **quiet)]
        end = time.monotonic() + 20
        while "n1" not in self.ask("sinfo", "-h", "-t", "idle", "-o", "%N"):
            if time.monotonic() > end:
                self.stop()
                sys.exit("the real Slurm did not come up")
            time.sleep(0.1)

    def ask(self, *words, **options):
        return subprocess.run(words, env=self.env, capture_output=True, text=True, check=False,
                              stdin=subprocess.DEVNULL, **options).stdout

    def state(self, number):
        states = set()
        for line in self.ask("scontrol", "-o", "show", "job", str(number)).splitlines():
            fields = dict(w.split("=", 1) for w in line.split() if "=" in w)
            if fields.get("JobState") not in ("COMPLETED", "FAILED", "CANCELLED", "TIMEOUT"):
                return None
            states.add(f"{fields['JobState']} {fields['ExitCode']}")
        return " ".join(states)  # elements of an array agree

    def run(self, cases):
        numbers, results = {}, {}
        for name, (folder, script) in cases.items():
            numbers[name] = int(self.ask("sbatch", str(script), cwd=folder).split()[-1])
        for name, (folder, _) in cases.items():
            end = time.monotonic() + 25
            while not (state := self.state(numbers[name])) and time.monotonic() < end:
                time.sleep(0.2)
            results[name] = runs.Result(folder, numbers[name], state,
                                        [("n1", "<host>"), (self.host, "<host>")])
        return results

    def stop(self):
        for daemon in reversed(self.daemons):
            daemon.terminate()
            daemon.wait(20)


def ours(root):
    centre = runs.Ours("slurm", runs.submitter()["HOME"])
    host = socket.gethostname()
    try:
        cases = {n: runs.write_case(root, n, *c) for n, c in CASES.items()}
        numbers = {n: centre.submit(*c) for n, c in cases.items()}
        results = {}
        for name, (folder, _) in cases.items():
            job = centre.wait(numbers[name])
            code, signal = job.get("exit_code", 0), job.get("signal", 0)
            if name == "no_folder":
                assert "no/such/folder" in job["message"], job
                signal = 53  # what Slurm shows for it
            state = {"completed": "COMPLETED"}.get(job["state"], job["state"].upper())
            results[name] = runs.Result(folder, numbers[name], f"{state} {code}:{signal}",
                                        [(host, "<host>"), (host.split(".")[0], "<host>")])
        return results
    finally:
        centre.remove()


def main():
    if not all(map(shutil.which, ("slurmctld", "slurmd", "sbatch"))) or os.geteuid() != 0:
        print("skipped: no real Slurm, or not root")
        return 77
    with tempfile.TemporaryDirectory(prefix="pentad-slurm.") as root:
        slurm = Slurm(f"{root}/slurm", os.cpu_count())
        try:
            cases = {n: runs.write_case(f"{root}/real", n, *c) for n, c in CASES.items()}
            real = {n: r.as_json() for n, r in slurm.run(cases).items()}
        finally:
            slurm.stop()
        here = {n: r.as_json() for n, r in ours(f"{root}/ours").items()}
    return runs.judge(real, here, KNOWN)


if __name__ == "__main__":
    sys.exit(main())
