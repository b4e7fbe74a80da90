"""pentad twin: traces through the production scheduler, files, comparisons, wrong input, Ctrl-C.

Usage: twin_test.py PENTAD [unittest arguments]
"""
import csv
import json
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

PENTAD = sys.argv.pop(1)
SWF = """; Computer: made up
; MaxNodes: 4
; MaxProcs: 4
; UnixStartTime: 1704067200
1 0 -1 10 3 -1 -1 3 10 -1 1 1 1 -1 1 -1 -1 -1
2 1 -1 5 4 -1 -1 4 5 -1 1 2 1 -1 1 -1 -1 -1
3 2 -1 8 1 -1 -1 1 8 -1 1 1 1 -1 1 -1 -1 -1
this is no job
4 3 -1 5 9 -1 -1 9 5 -1 1 2 1 -1 1 -1 -1 -1
"""


def run(*words, check=None, cwd=None):
    done = subprocess.run([PENTAD, "twin", *words], capture_output=True, text=True, cwd=cwd)
    if check is not None and done.returncode != check:
        raise AssertionError(f"{words}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done


class Twin(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="pentad-twin.")
        self.addCleanup(self.folder.cleanup)
        self.trace = self.write("small.swf", SWF)

    def write(self, name, text):
        path = Path(self.folder.name, name)
        path.write_text(text)
        return str(path)

    def summary(self, *words):
        return json.loads(run("run", *words, "--json", check=0).stdout)

    def test_a_trace_by_its_own_header(self):
        easy = self.summary("--trace", self.trace)
        self.assertEqual(easy["schedule"]["completed"], 3)
        self.assertEqual(easy["schedule"]["refused"], 1)
        self.assertEqual(easy["trace"]["counts"]["bad"], 1)
        self.assertEqual(easy["trace"]["bad_lines"][0]["line"], 8)
        self.assertAlmostEqual(easy["schedule"]["wait_s"]["mean"], (0 + 9 + 0) / 3)
        fcfs = self.summary("--trace", self.trace, "--policy", "fcfs")
        self.assertAlmostEqual(fcfs["schedule"]["wait_s"]["mean"], (0 + 9 + 13) / 3)
        shown = run("run", "--trace", self.trace, check=0).stdout
        for word in ("EASY backfill", "could never run", "line 8", "4 cores"):
            self.assertIn(word, shown)

    def test_files_and_journal(self):
        out = str(Path(self.folder.name, "out"))
        run("run", "--trace", self.trace, "--out", out, "--journal", "-q", check=0)
        with open(f"{out}/jobs.csv", newline="") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual([row["trace_id"] for row in rows], ["1", "3", "2"])
        self.assertEqual(json.loads(Path(out, "summary.json").read_text())["end"], "complete")
        self.assertRegex(json.loads(Path(out, "summary.json").read_text())["pentad"], r"\d+\.\d+")
        self.assertIn("<html", Path(out, "report.html").read_text())
        verified = subprocess.run([PENTAD, "--home", f"{out}/journal", "journal", "verify"],
                                  capture_output=True, text=True)
        self.assertEqual(verified.returncode, 0, verified.stdout + verified.stderr)
        again = run("run", "--trace", self.trace, "--out", out, "--journal", check=2)
        self.assertIn("choose another --out", again.stderr)

    def test_presets_side_by_side(self):
        self.assertIn("immersion-two-phase-5a", run("presets", check=0).stdout)
        before = subprocess.run([PENTAD, "--json", "twin", "presets"], capture_output=True)
        for text in (before.stdout, run("presets", "--json", check=0).stdout):
            self.assertIn("summit", [preset["name"] for preset in json.loads(text)])
        words = ["air-as-found", "immersion-two-phase-5a", "--generate", "3000:0.8"]
        shown = run("compare", *words, check=0).stdout
        self.assertRegex(shown, r"\d\d\.\d % less energy .*baseline: Air-cooled, as found")
        air, wet = json.loads(run("compare", *words, "--json", check=0).stdout)
        self.assertGreater(air["plant"]["indicators"]["pue"], 1.35)
        self.assertLess(wet["plant"]["indicators"]["pue"], 1.06)
        self.assertEqual(air["schedule_digest"], wet["schedule_digest"])
        out = Path(self.folder.name, "compared")
        run("compare", *words, "--out", str(out), "--lang", "zh", check=0)
        page = (out / "report.html").read_text(encoding="utf-8")
        self.assertIn("基线：<bdi>Air-cooled, as found</bdi>", page)
        told = json.loads((out / "comparison.json").read_text(encoding="utf-8"))
        self.assertEqual(told["baseline"], "Air-cooled, as found")
        energy = next(i for i in told["items"] if i["item"] == "energy_from_grid")
        self.assertAlmostEqual(energy["less"][1], 1 - energy["values"][1] / energy["values"][0])
        for one in "12":
            self.assertTrue((out / one / "report.html").exists())

    def test_made_up_traces_are_read_again(self):
        made = str(Path(self.folder.name, "made.swf"))
        run("generate", made, "--nodes", "100", "--jobs", "500", "--load", "0.9", "--seed", "4",
            check=0)
        seen = self.summary("--trace", made)
        self.assertEqual(seen["schedule"]["submitted"] + seen["schedule"]["refused"], 500)

    def test_wrong_input_is_refused_with_words(self):
        torn = Path(self.folder.name, "torn.swf.gz")
        torn.write_bytes(b"\x1f\x8b\x08\x00broken")
        bad_centre = self.write("bad.toml", 'name = "x"\n[site]\ncity = "Atlantis"\n')
        for words, expected in [
                (["--trace", "/nonexistent.swf"], "nonexistent.swf"),
                (["--trace", self.trace, "--strict"], ":8:"),
                (["--trace", str(torn)], "torn.swf.gz"),
                (["--trace", self.trace, "--policy", "lottery"], "conservative"),
                (["--trace", self.trace, "--until", "soon"], "--until"),
                (["--trace", self.trace, "--scale", "0"], "--scale"),
                (["--trace", self.trace, "--step", "1s"], "--step"),
                (["--trace", self.trace, "--power-cap", "lots"], "--power-cap"),
                (["--trace", self.trace, "--journal"], "--out"),
                (["atlantis", "--trace", self.trace], "presets are"),
                ([bad_centre, "--trace", self.trace], "bad.toml line"),
                (["air-as-found"], "--trace"),
                (["air-as-found", "--trace", self.trace, "--generate", "10"], "--trace"),
                (["air-as-found", "--generate", "10", "--cores", "3"], "--cores"),
                ([], "name a centre"),
                (["air-as-found", "--generate", "many"], "--generate"),
                (["--trace", self.trace, "--colour"], "--colour")]:
            with self.subTest(words=words):
                done = run("run", *words)
                self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
                self.assertIn(expected, done.stderr)
                self.assertEqual(done.stdout, "")

    def test_a_centre_that_holds_no_job_says_so(self):
        large = self.write("large.swf", "1 0 -1 5 64 -1 -1 64 5 -1 1 2 1 -1 1 -1 -1 -1\n")
        empty = self.write("empty.swf", "; MaxProcs: 4\n")
        for words, expected in [(["--trace", large, "--cores", "8"], "the largest has 8"),
                                (["--trace", empty], "no job")]:
            with self.subTest(words=words):
                done = run("run", *words)
                self.assertEqual(done.returncode, 2)
                self.assertIn(expected, done.stderr)

    def test_a_field_is_named_once(self):
        preset = next(row for row in json.loads(run("presets", "--json", check=0).stdout)
                      if row["name"] == "cold-plate")
        misspelt = self.write("citty.toml",
                              Path(preset["path"]).read_text().replace("city =", "citty ="))
        error = run("run", misspelt, "--generate", "10", check=2).stderr
        self.assertRegex(error, r"citty.toml line \d+: /site/citty: unknown field")
        self.assertEqual(error.count("/site/citty"), 1, error)

    def test_interrupted_it_ends_with_what_it_has(self):
        out = str(Path(self.folder.name, "out"))
        process = subprocess.Popen([PENTAD, "twin", "run", "air-as-found", "--generate",
                                    "5000000:0.9", "--out", out], stdout=subprocess.PIPE, text=True)
        jobs = Path(out, "jobs.csv")
        deadline = time.monotonic() + 60
        while not (jobs.exists() and jobs.stat().st_size > 100_000):
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        shown = process.communicate(timeout=60)[0]
        self.assertEqual(process.returncode, 130)
        self.assertIn("Interrupted", shown)
        self.assertEqual(json.loads(Path(out, "summary.json").read_text())["end"], "interrupted")


if __name__ == "__main__":
    unittest.main()
