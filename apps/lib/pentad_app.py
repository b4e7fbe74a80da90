"""What the Python applications share: progress lines, the result file, and clean ends.

Exit codes (apps/README.md): 0 fine, 2 something needed is missing or wrong, 3 the result is not
good enough, 4 the directory cannot be written, 128 + n ended by signal n.
"""

import json
import math
import os
import signal
import sys

INPUT_MISSING, NOT_GOOD_ENOUGH, NOT_WRITABLE = 2, 3, 4


def fail(code, message):
    """Ends with `code` and one line on standard error."""
    print(f"{os.path.basename(sys.argv[0])}: {message}", file=sys.stderr, flush=True)
    sys.exit(code)


def progress(fraction, text):
    """One line that the centre shows while the job runs."""
    print(f"progress {min(max(fraction, 0.0), 1.0):.3f} {text}", flush=True)


def write_atomically(path, write):
    """Calls write(name) with a name beside `path`, then renames: readers see all or nothing."""
    part = path + ".part"
    try:
        write(part)
        os.replace(part, path)
    except (OSError, RuntimeError) as error:  # torch reports a failed write as RuntimeError
        try:
            os.unlink(part)
        except OSError:
            pass
        fail(NOT_WRITABLE, f"cannot write {path} in {os.getcwd()}: {error}")


def write_result(summary_en, summary_zh, figures, files=()):
    """Writes result.json: a line for people and (name, value, unit) figures for programs."""
    result = {
        "summary": {"en": summary_en, "zh": summary_zh},
        "figures": [
            {"name": name, "value": value if math.isfinite(value) else 0.0, "unit": unit}
            for name, value, unit in figures
        ],
        "files": list(files),
    }

    def write(path):
        with open(path, "w", encoding="utf-8") as out:
            json.dump(result, out, ensure_ascii=False, indent=1)
            out.write("\n")

    write_atomically("result.json", write)


def start_fresh():
    """Removes an older result and makes sure, before any work, that a new one can be written."""
    try:
        if os.path.exists("result.json"):
            os.unlink("result.json")
    except OSError as error:
        fail(NOT_WRITABLE, f"cannot replace result.json in {os.getcwd()}: {error}")
    write_atomically("result.json.probe", lambda path: open(path, "wb").close())
    os.unlink("result.json.probe")


class Signals:
    """Notes signals for the main loop to act on between two steps.

    stop: SIGTERM or SIGINT asked to end (holds its number). save: SIGUSR1 or SIGUSR2 warned that
    the time limit is near.
    """

    def __init__(self):
        self.stop = 0
        self.save = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_stop)
        for number in (signal.SIGUSR1, signal.SIGUSR2):
            signal.signal(number, self._on_save)

    def _on_stop(self, number, _frame):
        self.stop = number

    def _on_save(self, _number, _frame):
        self.save = True
