"""Money through the real programs: prices, a top-up, a voucher, a job, its statement; and what is
refused leaves no entry."""
import json
import os
import sqlite3
import subprocess
import unittest

import centre


def micro(text):
    whole, _, decimals = text.partition(".")
    return int(whole) * 1_000_000 + int(decimals.ljust(6, "0"))


class Money(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.centre = centre.Centre()
        with open(os.path.join(cls.centre.home, "pentad.toml"), "w", encoding="utf-8") as out:
            out.write('[money]\ncharged = ["core_hour"]\n')
        cls.centre.start()
        user = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True)
        cls.user = user.stdout.strip()
        c = cls.centre
        c.ok("tenant", "add", "city-lab")
        c.ok("project", "add", "city-lab/vision")
        if not any(u["name"] == cls.user for u in c.json("user", "list")["users"]):
            c.ok("user", "add", cls.user)
        c.ok("role", "grant", cls.user, "member", "city-lab/vision")

    @classmethod
    def tearDownClass(cls):
        cls.centre.remove()

    def entries(self):
        return self.centre.json("ledger", "entries", "--limit", "1000")["entries"]

    def refused(self, words, reason):
        before = len(self.entries())
        done = self.centre.call(*words)
        self.assertNotEqual(done.returncode, 0, words)
        self.assertIn(reason, done.stderr.decode())
        self.assertEqual(len(self.entries()), before)

    def test_a_month(self):
        c = self.centre
        self.refused(("submit", "--project", "city-lab/vision", "--", "true"), "price")
        c.ok("price", "set", "core_hour", "3600.00")
        c.ok("topup", "city-lab", "100", "--reference", "INV-1")
        voucher = c.json("voucher", "issue", "city-lab", "50", "--funder", "city-hall", "--until",
                         "now+30d", "--share", "60%")["record"]
        centre.wait_until(lambda: c.json("price", "list")["prices"], "the price in force")
        job = c.submit("--project", "city-lab/vision", "--time", "20s", "--wait", "--",
                       "sleep", "1")
        path = os.path.join(c.home, "s.json")
        c.ok("statement", "--project", "city-lab/vision", "--format", "json", "--out", path)
        self.assertIn("add up", c.ok("statement", "verify", path))
        with open(path, encoding="utf-8") as file:
            statement = json.load(file)["statement"]
        charge = statement["charges"][-1]
        self.assertEqual(charge["attempt"]["job"], int(job.split()[0]))
        total = sum(line["amount"] for line in charge["lines"])
        self.assertEqual(total, charge["total"])
        self.assertGreater(total, 0)
        self.assertEqual(charge["vouchers"], [{"voucher": voucher, "amount": total * 6 // 10}])
        line = charge["lines"][0]
        exact = line["quantity"] * line["price"] * 2 + 3_600_000
        self.assertEqual(line["amount"], exact // (2 * 3_600_000))
        balance = c.json("balance", "city-lab")["balances"][0]
        self.assertEqual(balance["balance_ucny"], 100_000_000 - charge["paid"])
        self.assertEqual(balance["held_ucny"], 0)
        report = c.json("voucher", "report", str(voucher))
        self.assertEqual(report["voucher"]["spent_ucny"], charge["vouchers"][0]["amount"])
        text = c.ok("statement", "--project", "city-lab/vision")
        self.assertIn("own money", text)
        for form, word in (("csv", "amount_cny"), ("html", "<!doctype html>"),
                           ("focus", "BilledCost")):
            self.assertIn(word, c.ok("statement", "--project", "city-lab/vision", "--format", form))
        self.assertIn("账单", c.ok("statement", "--project", "city-lab/vision", "--format", "html",
                                 "--lang", "zh"))
        self.assertIn("charged", c.ok("price", str(charge["attempt"]["job"])))
        self.assertIn("the books are good", c.ok("ledger", "verify"))
        done = c.call("statement", "close", "--project", "city-lab/vision", "--month",
                      statement["month"])
        self.assertIn("has not ended", done.stderr.decode())
        sums = {}
        for entry in self.entries():
            self.assertEqual(sum(p["amount_ucny"] for p in entry["postings"]), 0)
            for p in entry["postings"]:
                sums[p["account"]] = sums.get(p["account"], 0) + p["amount_ucny"]
        self.assertEqual(sums["revenue"], total)
        self.tampered()

    def tampered(self):
        """Each table, changed behind the centre's back, is found; on copies."""
        c = self.centre
        for change in ("UPDATE entries SET postings = replace(postings, '100000000', '100000001')",
                       "UPDATE charges SET body = replace(body, '\"total\"', '\"total_\"')",
                       "UPDATE postings SET amount = amount + 1 WHERE entry = 1",
                       "DELETE FROM charges",
                       "DELETE FROM entries WHERE id = 1"):
            copy = os.path.join(c.work, "copy")
            os.makedirs(copy, exist_ok=True)
            target = os.path.join(copy, "pentad.db")
            if os.path.exists(target):
                os.remove(target)
            source = sqlite3.connect(os.path.join(c.home, "pentad.db"))
            broken = sqlite3.connect(target)
            source.backup(broken)
            source.close()
            broken.execute(change)
            broken.commit()
            broken.close()
            done = c.call("--home", copy, "ledger", "verify")
            self.assertEqual(done.returncode, 1, (change, done.stdout, done.stderr))
            self.assertIn(b"NOT good", done.stdout)

    def test_bad_amounts_and_names(self):
        top_up = ("topup", "city-lab")
        self.refused((*top_up, "1.0000001", "--reference", "a"), "six decimals")
        self.refused((*top_up, "1,000", "--reference", "a"), "commas")
        self.refused((*top_up, "99999999999999", "--reference", "a"), "more than")
        self.refused((*top_up, "0", "--reference", "a"), "above zero")
        self.refused((*top_up, "-5", "--reference", "a"), "below zero")
        self.refused(("topup", "nobody", "5", "--reference", "a"), "no tenant")
        self.refused(("voucher", "issue", "nobody", "5", "--funder", "f", "--until", "now+1d"),
                     "no tenant")
        self.refused(("voucher", "issue", "city-lab", "5", "--funder", "f", "--until",
                      "2020-01-01"), "")
        self.centre.ok("price", "set", "energy_kwh", "0.5", "--pool", "p", "--from", "now+1h")
        self.refused(("price", "set", "energy_kwh", "0.6", "--pool", "p", "--from", "now+2h"),
                     "in force then")
        self.refused(("grant", "award", "1", "5"), "no application")

    def test_grants(self):
        c = self.centre
        call = c.json("grant", "call", "--funder", "city-hall", "--title", "Autumn", "--budget",
                      "100", "--until", "now+1d", "--vouchers-until", "now+30d")["record"]
        self.assertIn("Autumn", c.ok("grant", "list"))
        self.refused(("grant", "apply", str(call), "city-lab", "101", "--title", "x"), "more than")


if __name__ == "__main__":
    centre.main()
