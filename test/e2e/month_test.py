"""A month that is over is closed, and stays as it is whatever happens afterwards.

Usage: month_test.py PENTAD PAST_MONTH [unittest arguments]; PAST_MONTH wrote what happened then.
"""
import csv
import io
import json
import os
import subprocess
import sys
import unittest

import centre

PAST_MONTH = os.path.abspath(sys.argv.pop(2))
VISION = "city-lab/vision"
SPEECH = "city-lab/speech"
FORMATS = ("text", "json", "csv", "html", "focus")


class Month(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.centre = c = centre.Centre()
        cls.addClassCleanup(c.remove)
        user = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True)
        cls.user = user.stdout.strip()
        wrote = subprocess.run([PAST_MONTH, c.home, cls.user], capture_output=True, text=True,
                               check=True)
        cls.month = wrote.stdout.strip()
        with open(os.path.join(c.home, "pentad.toml"), "w", encoding="utf-8") as out:
            out.write('[money]\ncharged = ["core_hour"]\n')
        c.start()

    def statement(self, project, form, month=None):
        month = month or self.month
        return self.centre.ok("statement", "--project", project, "--month", month, "--format", form)

    def all_forms(self, project):
        return {form: self.statement(project, form) for form in FORMATS}

    def refused(self, words, reason):
        entries = self.centre.json("ledger", "entries", "--limit", "1000")
        done = self.centre.call(*words)
        self.assertNotEqual(done.returncode, 0, words)
        self.assertIn(reason, done.stderr.decode())
        self.assertEqual(self.centre.json("ledger", "entries", "--limit", "1000"), entries)

    def close(self, project, month=None):
        return ("statement", "close", "--project", project, "--month", month or self.month)

    def by_hand(self):
        """0.70 for 0.5 h, for 2 x 1 h, for 0.999 s: rounded line by line."""
        statement = json.loads(self.statement(VISION, "json"))["statement"]
        self.assertEqual([c["total"] for c in statement["charges"]], [350_000, 1_400_000, 194])
        self.assertEqual([c["paid"] for c in statement["charges"]],
                         [140_000, 560_000, 194 - 194 * 6 // 10])
        self.assertEqual(statement["total"], 1_750_194)
        speech = json.loads(self.statement(SPEECH, "json"))["statement"]
        # The attempt that began in the month before ended in this one.
        self.assertEqual([c["total"] for c in speech["charges"]], [700_000])
        charge = speech["charges"][0]
        self.assertEqual(charge["ended"] - charge["started"], 3_600_000)

    def forms_agree(self, forms, total, paid):
        rows = list(csv.DictReader(io.StringIO(forms["csv"].lstrip("\ufeff"))))
        self.assertTrue(rows)
        lines = list(csv.DictReader(io.StringIO(forms["focus"].lstrip("\ufeff"))))
        used = [x for x in lines if x["ChargeCategory"] == "Usage"]
        for some, amount in ((used, total), (lines, paid)):
            self.assertEqual(sum(round(float(x["BilledCost"]) * 1e6) for x in some), amount)
        self.assertIn(f"{total / 1e6:.6f}", forms["html"])
        self.assertIn(f"{total / 1e6:.6f}", forms["text"])

    def use_and_correct(self):
        """Charges and a correction after the close: they belong to this month."""
        c = self.centre
        c.ok("price", "set", "core_hour", "3600", "--pool", "default")
        centre.wait_until(lambda: len(c.json("price", "list")["prices"]) == 2, "the price in force")
        c.ok("topup", "city-lab", "100", "--reference", "INV-2")
        job = c.submit("--project", VISION, "--time", "20s", "--wait", "--", "sleep", "0.2")
        c.ok("ledger", "adjust", "revenue", "tenant/city-lab", "0.35", "--reason",
             f"{self.month}: the first line was twice what was agreed")
        now = json.loads(c.ok("statement", "--project", VISION, "--format", "json"))["statement"]
        self.assertNotEqual(now["month"], self.month)
        self.assertEqual([x["attempt"]["job"] for x in now["charges"]], [int(job.split()[0])])
        entry = c.json("ledger", "entries", "--account", "revenue")["entries"][0]
        self.assertEqual(entry["kind"], "adjustment")
        self.assertIn(self.month, entry["note"])
        self.assertGreater(entry["at_ms"], now["charges"][0]["started"])
        self.tenants_month(now["month"], now["total"])

    def tenants_month(self, this_month, charged):
        """The tenant's view: the sums of its projects, and each month has its own corrections."""
        c = self.centre
        past = c.json("statement", "--tenant", "city-lab", "--month", self.month)
        self.assertEqual([(p["project"], p["total_ucny"]) for p in past["projects"]],
                         [(SPEECH, 700_000), (VISION, 1_750_194)])
        self.assertEqual(past["total_ucny"], 2_450_194)
        self.assertEqual(past["movements"], [])
        now = c.json("statement", "--tenant", "city-lab")
        self.assertEqual((now["month"], now["total_ucny"]), (this_month, charged))
        self.assertEqual([(m["kind"], m["amount_ucny"]) for m in now["movements"]],
                         [("top_up", 100_000_000), ("adjustment", 350_000)])
        said = c.ok("statement", "--tenant", "city-lab", "--month", this_month)
        self.assertIn(f"{self.month}: the first line was twice what was agreed", said)
        self.assertIn("100.000000", said)

    def test_a_month_is_closed(self):
        c = self.centre
        self.by_hand()
        before = self.all_forms(VISION)
        self.assertNotIn("digest\": \"", before["json"])
        self.refused(self.close(VISION, "2999-01"), "has not ended")
        self.refused(self.close("city-lab/nothing"), "no project")
        self.refused(self.close(VISION, "2026-13"), "month")
        said = c.ok(*self.close(VISION))
        self.assertIn(f"{self.month} of {VISION} is closed: 1.750194 CNY in 3 charges", said)
        digest = said.splitlines()[1]
        self.assertEqual(len(digest.split(":")[-1]), 64)
        self.refused(self.close(VISION), "closed already")
        closed = self.all_forms(VISION)
        self.assertEqual(json.loads(closed["json"])["digest"], digest)
        self.assertEqual(json.loads(closed["json"])["statement"],
                         json.loads(before["json"])["statement"])
        self.assertIn(digest, closed["html"])
        self.assertIn(digest, closed["text"])
        self.forms_agree(closed, 1_750_194, 700_078)
        self.use_and_correct()
        self.assertEqual(self.all_forms(VISION), closed)
        self.assertIn("books are good", c.ok("ledger", "verify"))
        c.ok("down")
        c.start()
        self.assertEqual(self.all_forms(VISION), closed)
        listed = c.json("statement", "list", "--tenant", "city-lab")["statements"]
        self.assertEqual([(s["project"], s["month"], s["digest"]) for s in listed],
                         [(VISION, self.month, digest)])
        c.ok(*self.close(SPEECH))
        self.proves_itself(closed["json"])

    def proves_itself(self, text):
        c = self.centre
        path = os.path.join(c.work, "closed.json")
        for change, says in (("", "the digest is that of this text"),
                             ("350000", "digest"), (self.month, "")):
            self.assertIn(change, text)
            with open(path, "w", encoding="utf-8") as out:
                out.write(text.replace(change, change[:-1] + "9", 1) if change else text)
            done = c.call("statement", "verify", path)
            self.assertEqual(done.returncode == 0, not change, done)
            self.assertIn(says, (done.stdout + done.stderr).decode())
        self.assertIn("books are good", c.ok("ledger", "verify"))


if __name__ == "__main__":
    centre.main()
