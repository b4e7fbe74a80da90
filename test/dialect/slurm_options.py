"""Option sets of sbatch, made up from a seed: values that are right, odd and wrong."""


def count(r):
    return r.choice([str(r.randint(1, 200)), str(r.randint(1, 64)), "0", "-1", "1k", "2K", "x",
            "1.5", "", "03"])


def sound_count(r):
    return str(r.randint(1, 128))


def time(r):
    h, m, s, d = r.randint(0, 99), r.randint(0, 75), r.randint(0, 75), r.randint(0, 20)
    return r.choice([f"{m + 1}", f"{m}:{s}", f"{h}:{m}:{s}", f"{d}-{h}", f"{d}-{h}:{m}",
            f"{d}-{h}:{m}:{s}", "0",
                     "-1", "UNLIMITED", "infinite", "INFINITE", f"{h}h", f"{m}m", "1:2:3:4", "",
                             "1-", "-", "1-x",
                     f"0:{s:02}", f"00:{m:02}:00", " 5", "5 ", "1e3", "1.5", "0-0", "0-1", "+5",
                             "1--2", "1:-2",
                     "01:02", "unlimited ", "1d"])


def size(r):
    n = r.randint(0, 5000)
    return r.choice([str(n), f"{n}{r.choice('KMGTkmgt')}",
            f"{n}{r.choice(['KB', 'MB', 'GB', 'gb', 'Mb', 'kB'])}",
                     "1.5G", "4X", "G", "", "-4", "4 G", "4GiB", "0", "1P", "4Gx", "1025K", "1K",
                             "1023K", "8b"])


def nodes(r):
    a, b = r.randint(1, 30), r.randint(1, 30)
    return r.choice([str(a), f"{a}-{a + b}", f"{a}-{b}", "1k", "2k-3k", "0", "x", "", f"{a}-",
            f"-{a}", "1-2-3",
                     f"{a},{b}", "1m", "1k-2", "2-x", f"{a} "])


def gpus(r):
    n = r.randint(1, 8)
    return r.choice([str(n), f"a100:{n}", "a100", f"a100:{n},v100:1", "a100:x", ":2", "a100:", "0",
            "1k", "-1",
                     f"rtx_4090:{n}", "2,3", ""])


def gres(r):
    n = r.randint(1, 8)
    return r.choice([f"gpu:{n}", f"gpu:h100:{n}", "gpu", "gpu:h100", f"tape:{n}",
            f"gpu:1,nvme:{n}", "none",
                     f"shard:{n * 1024}", "gpu:a:b:c", f"gpu:{n},gpu:x:1", "bandwidth:lustre:4G",
                             f"lic:{n}k", ""])


def signal(r):
    name = r.choice(["USR1", "SIGUSR2", "10", "TERM", "SIGTERM", "INT", "HUP", "CONT", "KILL",
            "NOPE", "0", "usr1",
                     "XCPU", "64", "SIGRTMIN", "-9", "ALRM", "QUIT", "CHLD", "1000"])
    at = r.choice(["", f"@{r.randint(1, 7200)}", "@0", "@65535", "@65536", "@x", "@", "@-1"])
    return r.choice(["", "", "B:", "R:", "RB:", "BR:", "X:", ":"]) + name + at


def array(r):
    a = r.randint(0, 50)
    return r.choice([f"{a}-{a + 9}", f"{a}", f"{a},{a + 2},{a + 7}", f"0-{a + 16}:4",
            f"1-{a + 3}%{r.randint(1, 9)}",
                     "1-3,7-9%2", f"[{a}-{a + 3}]"])


def dependency(r):
    i, j = r.randint(1, 9999), r.randint(1, 9999)
    kind = r.choice(["afterok", "afterany", "afternotok", "aftercorr", "after"])
    return r.choice([f"{kind}:{i}", f"{kind}:{i}:{j}", f"{kind}:{i},afterany:{j}",
            f"{kind}:{i}?afterok:{j}",
                     "singleton", f"after:{i}+10", f"{kind}:{i}_4", f"{kind}:{i},singleton"])


def moment(r):
    y = r.randint(2030, 2035)
    mo, d = r.randint(1, 12), r.randint(1, 28)
    h, m, s = r.randint(0, 23), r.randint(0, 59), r.randint(0, 59)
    return r.choice([f"{y}-{mo:02}-{d:02}", f"{y}-{mo:02}-{d:02}T{h:02}:{m:02}",
            f"{y}-{mo:02}-{d:02}T{h}:{m:02}:{s:02}",
                     f"now+{m + 1}", f"now+{h + 1}hours", f"now+{h + 1}hour",
                             f"now+{m + 1}minutes", "now", "now+1days",
                     "now+2weeks", f"{mo:02}{d:02}{y % 100:02}", f"{mo}/{d}/{y % 100}",
                             f"{mo:02}/{d:02}/{y % 100}-{h}:{m:02}",
                     f"{mo}/{d}/{y}", "tomorrow", "midnight", "noon", "teatime", "fika", "today",
                             f"{h}:{m:02}",
                     f"{h % 12 + 1}:{m:02}PM", f"{h % 12 + 1}am", "25:00", "yesterday", "now+x",
                             "2030-13-01",
                     f"{y}-{mo:02}-{d:02} {h:02}:{m:02}", "", "noon tomorrow", "now + 5",
                             f"{h:02}:{m:02}:{s:02}"])


def pattern(r):
    return r.choice(["out.txt", "%j.out", "logs/%x-%A_%a.log", "/data/%u/%j.%N.out", "o%4j", "%%j",
            "a%z", "%j%%%a",
                     "o-%J-%s-%t-%n", "{job}", "with blank %j", "%02a", "%b", "%", "x%",
                             "/dev/null", "none"])


def word(r):
    return r.choice(["wing", "flow_2", "two words", "x-y.z", "a,b", "it's", "100%", "ünïcode",
            "a=b", "a:b", "0", "(x)"])


def plain(r):
    return r.choice(["alpha", "beta_2", "g3", "long-name.with.dots"])


def hosts(r):
    return r.choice(["n1", "n[1-4]", "n[1-3,7]", "a1,b2", "n[01-12],m3"])


def export(r):
    return r.choice(["ALL", "NONE", "ALL,A=1", "A=1,B=2", "HOME,PATH", "NONE,A=1", "ALL,HOME",
            "A='x y'", "NIL",
                     "A=1,B", "all", "none"])


def mail(r):
    return r.choice(["BEGIN", "END,FAIL", "ALL", "NONE", "begin,end", "TIME_LIMIT_80",
            "TIME_LIMIT,ARRAY_TASKS", "NEVER",
                     "END,", "STAGE_OUT,REQUEUE", "INVALID_DEPEND", "ALL,TIME_LIMIT_50",
                             "END,NONE", "BEGIN FAIL", ""])


def licences(r):
    return r.choice(["abaqus:4", "abaqus", "a:1,b:2", "a@server:3", "matlab:0", "x:y", "a:1,,b",
            "a=2"])


def switches(r):
    return r.choice(["1", "2@10", "1@1:00:00", "x"])


def yes(r):
    return r.choice(["yes", "no", "YES", "maybe"])


# Long name, short letter, maker of values ("": takes none), group: at most one of a group is in a
# script.
OPTIONS = [
    ("job-name", "J", word, ""),
    ("time", "t", time, ""),
    ("time-min", "", time, ""),
    ("partition", "p", plain, ""),
    ("nodes", "N", nodes, "nodes"),
    ("ntasks", "n", count, ""),
    ("ntasks-per-node", "", count, ""),
    ("tasks-per-node", "", count, "ntasks-per-node"),
    ("cpus-per-task", "c", count, ""),
    ("ntasks-per-core", "", count, "topology"),
    ("ntasks-per-socket", "", count, ""),
    ("ntasks-per-gpu", "", sound_count, "gpus"),
    ("threads-per-core", "", sound_count, "topology"),
    ("cores-per-socket", "", sound_count, "topology"),
    ("sockets-per-node", "", sound_count, "topology"),
    ("extra-node-info", "B", lambda r: r.choice(["2", "2:4", "2:4:1", "*:4", "x", "2:4:1:1"]),
            "topology"),
    ("mincpus", "", count, ""),
    ("mem", "", size, "mem"),
    ("mem-per-cpu", "", size, "mem"),
    ("mem-per-gpu", "", size, "mem"),
    ("tmp", "", size, ""),
    ("gres", "", gres, "gpus"),
    ("gpus", "G", gpus, "gpus"),
    ("gpus-per-node", "", gpus, "gpus"),
    ("gpus-per-task", "", gpus, "gpus"),
    ("cpus-per-gpu", "", count, ""),
    ("constraint", "C", lambda r: r.choice(["a", "a&b", "a|b", "[a|b]", "a*2&b*1"]), ""),
    ("nodelist", "w", hosts, "nodes"),
    ("exclude", "x", hosts, ""),
    ("exclusive", "", "", "share"),
    ("oversubscribe", "s", "", "share"),
    ("account", "A", plain, ""),
    ("qos", "q", plain, ""),
    ("wckey", "", plain, ""),
    ("reservation", "", plain, ""),
    ("licenses", "L", licences, ""),
    ("clusters", "M", plain, ""),
    ("array", "a", array, ""),
    ("dependency", "d", dependency, ""),
    ("kill-on-invalid-dep", "", yes, ""),
    ("begin", "b", moment, ""),
    ("deadline", "", moment, ""),
    ("output", "o", pattern, ""),
    ("error", "e", pattern, ""),
    ("input", "i", pattern, ""),
    ("open-mode", "", lambda r: r.choice(["append", "truncate", "a", "maybe", "Append"]), ""),
    ("chdir", "D", lambda r: r.choice(["/tmp", "/data/x y", "relative"]), ""),
    ("export", "", export, ""),
    ("mail-type", "", mail, ""),
    ("mail-user", "", lambda r: r.choice(["a@example.org", "mei", "a@x,b@y"]), ""),
    ("signal", "", signal, ""),
    ("requeue", "", "", "requeue"),
    ("no-requeue", "", "", "requeue"),
    ("hold", "H", "", ""),
    ("priority", "", lambda r: r.choice(["10", "TOP", "0", "x", "-5"]), "priority"),
    ("comment", "", word, ""),
    ("nice", "", "", "priority"),
    ("wait", "W", "", ""),
    ("parsable", "", "", ""),
    ("quiet", "Q", "", ""),
    ("distribution", "m", lambda r: r.choice(["block", "cyclic", "block:cyclic", "x",
            "*:block", "block,Pack"]), ""),
    ("contiguous", "", "", ""),
    ("spread-job", "", "", "layout"),
    ("use-min-nodes", "", "", "layout"),
    ("switches", "", switches, ""),
    ("hint", "", lambda r: r.choice(["compute_bound", "nomultithread", "x"]), "topology"),
    ("gpu-bind", "", lambda r: r.choice(["closest", "single:2", "none"]), ""),
    ("overcommit", "O", "", ""),
    ("no-kill", "k", "", ""),
    ("wait-all-nodes", "", lambda r: r.choice(["0", "1", "2", "x"]), ""),
    ("profile", "", lambda r: r.choice(["all", "energy", "none", "task,energy"]), ""),
    ("acctg-freq", "", lambda r: r.choice(["30", "task=10", "x"]), ""),
    ("delay-boot", "", lambda r: r.choice(["5", "1:00"]), ""),
    ("ignore-pbs", "", "", ""),
    ("get-user-env", "", "", ""),
    ("power", "", lambda r: "level", ""),
    ("batch", "", plain, ""),
    ("prefer", "", plain, ""),
    ("nonsense", "", count, ""),
    ("reboot", "", "", ""),
]
LONG = {short: name for name, short, _, _ in OPTIONS if short}


def quoted(r, value):
    """The value as a directive says it; None if it cannot."""
    needs = value == "" or any(c in value for c in " \t#\"'")
    if not needs and r.random() < 0.8:
        return value
    quotes = [q for q in "\"'" if q not in value]
    return None if not quotes else quotes[0] + value + quotes[0]


def written(r, name, short, make):
    if make == "":
        return f"-{short}" if short and r.random() < 0.4 else f"--{name}"
    value = quoted(r, make(r))
    if value is None:
        return ""
    # An empty word of its own makes sbatch take the next option for the value.
    if value in ('""', "''"):
        return f"--{name}={value}"
    if short and r.random() < 0.4:
        return f"-{short}{r.choice(['', ' '])}{value}"
    if r.random() < 0.05:
        name = name[:-1]
    return f"--{name}{r.choice(['=', '=', ' '])}{value}"


def script(r):
    """Lines of a script with some options."""
    lines = ["#!" + r.choice(["/bin/bash", "/bin/sh", "/usr/bin/env python3", "/bin/bash -l"])]
    groups = set()
    words = []
    for name, short, make, group in r.sample(OPTIONS, r.randint(1, 7)):
        group = group or name
        strict = group in ("layout", "nodes", "topology", "gpus")
        if group in groups and (strict or r.random() < 0.97):
            continue
        groups.add(group)
        text = written(r, name, short, make)
        if text:
            words.append(text)
        if r.random() < 0.03 and text and name != "signal":  # flags of the first one would stay
            words.append(written(r, name, short, make))
    while words:
        take = r.choice([1, 1, 1, 2, 3])
        end = r.choice(["", "", "", "", "  # why", " #x"])
        lines.append(r.choice(["#SBATCH ", "#SBATCH\t", "#SBATCH  "]) + r.choice([" ",
                "  "]).join(words[:take]) + end)
        words = words[take:]
        if r.random() < 0.1:
            lines.append(r.choice(["# a remark", "", "##SBATCH -n 9", " #SBATCH -n 9", "#SBATCHX",
                    "# SBATCH -c 3"]))
    return "\n".join(lines + ["hostname", ""])
