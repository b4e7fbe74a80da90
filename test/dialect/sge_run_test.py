#!/usr/bin/python3
"""What a script finds under the real sge_qmaster and sge_execd, and under Pentad.

Usage: sge_run_test.py PENTAD. Exit status 77: Grid Engine is not installed, or not root.
The real one runs in name spaces of its own, on copies of its folders.
"""
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

import runs

CASES = {
    "plain": (["#$ -cwd"], "exit 3"),
    "slots": (["#$ -cwd -pe smp 2 -N wing -j y -o joined.out -v MY_CASE"],
              "awk '{print $2}' $PE_HOSTFILE; test -d $TMP && echo a directory"),
    "array": (["#$ -cwd -t 11-15:2 -N arr"], "echo element $SGE_TASK_ID"),
    "patterns": (["#$ -cwd -o $JOB_NAME.$JOB_ID.$TASK_ID.$USER.out -N pat"], "echo hello"),
    "elsewhere": (["#$ -wd @/sub -N sub -S /bin/bash"], "echo $BASH | sed 's/.*bin/bin/'"),
    "killed": (["#$ -cwd -N killed"], "kill -TERM $$"),
}
KNOWN = {
    "JOB_SCRIPT": "where the copy of the script lies",
    "SGE_ROOT": "there is no installation; Open MPI finds qrsh there",
    "SGE_BINARY_PATH": "likewise",
    "SGE_JOB_SPOOL_DIR": "the job's directory",
    "PE_HOSTFILE": "likewise",
    "QUEUE": "the name of the pool",
    "HYDRA_BOOTSTRAP": "MPICH needs no help on one host",
    "TMP": "has the queue in its name",
    "TMPDIR": "likewise; Debian's sge_execd loses it",
    "PATH": "the folder of commands is in front; execd adds its own variables",
    "PENTAD_*": "ours",
    "CUDA_VISIBLE_DEVICES": "hidden devices are named",
    "TERM": "execd sets it empty",
    "ENVIRONMENT": "documented as BATCH, but 8.1.9 leaves it out",
    "_|OLDPWD|SHLVL|LD_LIBRARY_PATH": "of the shell that starts the daemon",
    "LANG": "passed on by execd from its own environment",
    "SGE_O_LOGNAME|SGE_O_MAIL|LOGNAME": "of the submitting environment",
}
SYSTEM = "/var/lib/gridengine"
SPOOL = "/var/spool/gridengine"


def shell(command, user=None):
    if user:
        command = f"export SGE_ROOT={SYSTEM} SGE_CELL=default; {command}"
        words = ["su", user, "-s", "/bin/sh", "-c", command]
    else:
        words = ["/bin/sh", "-c", command]
    env = {"PATH": runs.SUBMITTER["PATH"], "SGE_ROOT": SYSTEM, "SGE_CELL": "default"}
    return subprocess.run(words, env=env, cwd="/tmp", capture_output=True, text=True, check=False,
                          stdin=subprocess.DEVNULL)


def until(condition, what):
    end = time.monotonic() + 30
    while not (value := condition()):
        if time.monotonic() > end:
            sys.exit(f"the real Grid Engine: waited for {what}")
        time.sleep(0.2)
    return value


QUEUE = {"qname": "all.q", "hostlist": "localhost", "pe_list": "smp", "slots": "16",
         "shell": "/bin/sh", "shell_start_mode": "posix_compliant", "rerun": "FALSE",
         "load_thresholds": "NONE"}
ENVIRONMENT = """pe_name smp
slots 999
user_lists NONE
xuser_lists NONE
start_proc_args /bin/true
stop_proc_args /bin/true
allocation_rule $pe_slots
control_slaves FALSE
job_is_first_task TRUE
urgency_slots min
accounting_summary FALSE
qsort_args NONE
"""


def bring_up(root):
    """Inside the name spaces."""
    cell = f"{SYSTEM}/default/common"
    shell("ip link set lo up")
    lib, spool = f"{root}/lib", f"{root}/spool"
    shell(f"mkdir -p {lib} {spool}/qmaster/job_scripts {spool}/spooldb {spool}/execd && "
          f"cp -a {SYSTEM}/. {lib}/ && find {lib}/default -type f ! -name bootstrap -delete && "
          f"chmod 755 {root} && chown -R sgeadmin:sgeadmin {lib} {spool} && "
          f"mount --bind {lib} {SYSTEM} && mount --bind {spool} {SPOOL}")
    shell(f"/usr/share/gridengine/scripts/init_cluster {SYSTEM} default {SPOOL}/spooldb sgeadmin",
          "sgeadmin")
    pathlib.Path(f"{cell}/act_qmaster").write_text("localhost\n")
    pathlib.Path(f"{cell}/host_aliases").write_text(f"localhost {socket.gethostname()}\n")
    shell(f"chown sgeadmin {cell}/act_qmaster")
    shell("/usr/sbin/sge_qmaster </dev/null >/dev/null 2>&1", "sgeadmin")
    until(lambda: shell("qconf -sh", "sgeadmin").returncode == 0, "qmaster")

    def change(show, load, edits, name):
        text = shell(f"qconf {show}", "sgeadmin").stdout
        for field, value in edits.items():
            text = re.sub(rf"(?m)^({field}\s+).*", lambda m: m.group(1) + value, text)
        path = pathlib.Path(f"{root}/{name}")
        path.write_text("".join(x + "\n" for x in text.splitlines() if x[:1] != "#"))
        path.chmod(0o644)
        done = shell(f"qconf {load} {path}", "sgeadmin")
        if done.returncode != 0:
            sys.exit(f"qconf {load}: {done.stdout}{done.stderr}")

    change("-sconf global", "-Mconf", {"min_uid": "0", "min_gid": "0"}, "global")
    change("-ssconf", "-Msconf", {"schedule_interval": "0:0:1", "flush_submit_sec": "1",
                                  "flush_finish_sec": "1"}, "scheduler")
    pathlib.Path(f"{root}/pe").write_text(ENVIRONMENT)
    shell("qconf -as localhost", "sgeadmin")
    shell(f"qconf -Ap {root}/pe", "sgeadmin")
    shell("/usr/sbin/sge_execd </dev/null >/dev/null 2>&1")
    change("-sq", "-Aq", QUEUE, "queue")
    until(lambda: "lx-amd64" in shell("qstat -f", "sgeadmin").stdout, "execd")


def real(root):
    """Inside the name spaces: what became of the cases, as JSON in a file."""
    bring_up(root)
    env = {**runs.submitter(), "SGE_ROOT": SYSTEM, "SGE_CELL": "default"}
    cases = {n: runs.write_case(f"{root}/cases", n, *c) for n, c in CASES.items()}
    numbers, results = {}, {}
    for name, (folder, script) in cases.items():
        done = subprocess.run(["qsub", "-terse", str(script)], cwd=folder, env=env, text=True,
                              capture_output=True, check=False, stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            sys.exit(f"qsub of {name}: {done.stderr}")
        numbers[name] = int(done.stdout.split(".")[0])
    for name, (folder, _) in cases.items():
        def ended():
            text = shell(f"qacct -j {numbers[name]}", "sgeadmin").stdout
            codes = re.findall(r"(?m)^exit_status\s+(\d+)", text)
            wanted = 3 if name == "array" else 1
            return codes if len(codes) >= wanted else None
        codes = until(ended, f"{name} to end: {shell('qstat -f', 'sgeadmin').stdout}")
        results[name] = runs.Result(folder, numbers[name], " ".join(codes),
                                    [("localhost", "<host>"), (socket.gethostname(), "<host>")])
    runs.save(f"{root}/real.json", results)


def ours(root):
    centre = runs.Ours("sge", runs.submitter()["HOME"])
    host = socket.gethostname()
    try:
        cases = {n: runs.write_case(root, n, *c) for n, c in CASES.items()}
        numbers = {n: centre.submit(*c) for n, c in cases.items()}
        results = {}
        for name, (folder, _) in cases.items():
            job = centre.wait(numbers[name])
            signal = job.get("signal", 0)
            code = 128 + signal if signal else job.get("exit_code", 0)
            state = " ".join([str(code)] * (3 if name == "array" else 1))
            results[name] = runs.Result(folder, numbers[name], state, [(host, "<host>")])
        return results
    finally:
        centre.remove()


def main():
    if len(sys.argv) > 2 and sys.argv[2] == "--inside":
        return real(sys.argv[3])
    if not all(map(shutil.which, ("sge_qmaster", "sge_execd", "qconf"))) or os.geteuid() != 0:
        print("skipped: no real Grid Engine, or not root")
        return 77
    with tempfile.TemporaryDirectory(prefix="pentad-sge.") as root:
        os.chmod(root, 0o755)
        done = subprocess.run(
            ["unshare", "-n", "-m", "-p", "-f", "--mount-proc", "--kill-child", sys.executable,
             "-B", __file__, sys.argv[1], "--inside", f"{root}/sge"], check=False)
        if done.returncode != 0:
            print("skipped: the real Grid Engine does not run here")
            return 77
        theirs = runs.load(f"{root}/sge/real.json")
        here = {n: r.as_json() for n, r in ours(f"{root}/ours").items()}
    return runs.judge(theirs, here, KNOWN)


if __name__ == "__main__":
    sys.exit(main())
