"""What may not be done with money is refused in words that say what to do, through the command line
and through the API, and leaves neither an entry nor a balance changed."""
import http.client
import json
import os
import socket
import subprocess
import unittest

import centre

# The same name in two forms: composed, and a letter with a mark behind it.
NFC, NFD = "caf\u00e9", "cafe\u0301"
TIME = "--time=60s"


class Connection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost")
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.connect(self.path)


class Refused(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.centre = c = centre.Centre()
        cls.addClassCleanup(c.remove)
        with open(os.path.join(c.home, "pentad.toml"), "w", encoding="utf-8") as out:
            out.write('[money]\ncharged = ["core_hour"]\n[policy]\nrequeue_delay_s = 0\n')
        c.start()
        user = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True)
        cls.user = user.stdout.strip()
        for tenant in ("city", "town", "poor", NFC):
            c.ok("tenant", "add", tenant)
            c.ok("project", "add", f"{tenant}/vision")
        if not any(u["name"] == cls.user for u in c.json("user", "list")["users"]):
            c.ok("user", "add", cls.user)
        for tenant in ("city", "town", "poor", NFC):
            c.ok("role", "grant", cls.user, "member", f"{tenant}/vision")

    def books(self):
        return (self.centre.json("ledger", "entries", "--limit", "1000")["entries"],
                self.centre.json("balance")["balances"],
                [(job["id"], job["state"]) for job in self.centre.json("queue")])

    def no(self, *words, says):
        before = self.books()
        done = self.centre.call(*words)
        said = done.stderr.decode()
        self.assertNotEqual(done.returncode, 0, (words, done.stdout))
        self.assertIn(says, said, words)
        self.assertEqual(self.books(), before, words)
        return said

    def no_api(self, method, path, body, status, kind, says, field=None):
        before = self.books()
        connection = Connection(os.path.join(self.centre.home, "pentad.sock"))
        connection.request(method, "/api/v1" + path, json.dumps(body),
                           {"Content-Type": "application/json"})
        answer = connection.getresponse()
        problem = json.loads(answer.read())
        connection.close()
        self.assertEqual(answer.status, status, problem)
        self.assertIn(kind, problem["type"])
        self.assertIn(says, problem["detail"])
        if field:
            self.assertEqual(problem["field"], field)
        self.assertEqual(self.books(), before)

    def submit(self, project="city/vision", *more, says):
        return self.no("submit", "--project", project, TIME, *more, "--", "true", says=says)

    def prices(self):
        c = self.centre
        if c.json("price", "list")["prices"]:
            return
        self.submit(says="core_hour has no price in pool")
        c.ok("price", "set", "core_hour", "60")
        centre.wait_until(lambda: c.json("price", "list")["prices"], "the price in force")

    def test_amounts(self):
        for amount, says in (("1.0000001", "six decimals"), ("1,000", "commas"),
                             ("1e3", "without an exponent"), ("99999999999999", "more than"),
                             ("-5", "below zero"),
                             ("0", "above zero"), ("five", "such as 12.50"),
                             ("", "is missing")):
            self.no("topup", "city", amount, "--reference", "A", says=says)
        over = {"tenant": "city", "amount_ucny": 9223372036854775807, "reference": "A"}
        self.no_api("POST", "/topups", over, 422, "invalid-value", "", "/amount_ucny")
        self.no_api("POST", "/topups", {**over, "amount_ucny": -1}, 422, "invalid-value",
                    "at least 1", "/amount_ucny")
        self.no_api("POST", "/topups", {**over, "amount_ucny": 1.5}, 422, "invalid-value",
                    "fraction", "/amount_ucny")
        self.no_api("POST", "/topups", {**over, "amount_ucny": 9223372036854775808}, 422, "", "")
        self.no("topup", "city", "5", "--reference", "", says="must be named")
        self.centre.ok("topup", "town", "5", "--reference", "ONCE")
        self.no("topup", "town", "5", "--reference", "ONCE", says="has been booked already")
        self.no("ledger", "adjust", "tenant/town", "revenue", "6", "--reason", "x",
                says="only 5.00 of tenant/town can be taken")
        self.no("ledger", "adjust", "tenant/town", "voucher/1", "1", "--reason", "x",
                says="is not among tenants' accounts")
        self.no("credit", "town", "-1", says="below zero")

    def test_unknown_names(self):
        self.no("topup", "nobody", "5", "--reference", "B", says="no tenant `nobody`")
        self.no("credit", "nobody", "5", says="no tenant `nobody`")
        self.no("budget", "set", "city/none", "--total", "5", says="no project `none`")
        self.no("quota", "set", "--user", "nobody", "--cores", "5", says="no user `nobody`")
        self.no("price", "set", "core_hour", "5", "--tenant", "nobody", says="no tenant `nobody`")
        self.no("voucher", "issue", "city/none", "5", "--funder", "f", "--until", "now+1d",
                says="no project `none`")
        self.no("voucher", "show", "99", says="99")
        self.no("statement", "--project", "city/none", says="no project `city/none`")
        self.prices()
        self.submit("nobody/vision", says="there is no tenant `nobody`")
        self.submit("vision", says="vision")
        self.no("submit", TIME, "--user", "nobody", "--project", "city/vision", "--", "true",
                says="no user `nobody`")

    def test_names_in_two_forms(self):
        self.no("tenant", "add", NFD, says=f"there is a tenant {NFC} already")
        self.no("project", "add", f"{NFD}/vision", says="there is no tenant")
        self.centre.ok("topup", NFC, "1", "--reference", "NFC")
        # Whoever types the other form means the same tenant, or is told that there is none.
        done = self.centre.call("topup", NFD, "1", "--reference", "NFD")
        balances = self.centre.json("balance")["balances"]
        mine = [b for b in balances if b["tenant"] in (NFC, NFD)]
        self.assertEqual(len(mine), 1)
        self.assertEqual(mine[0]["balance_ucny"], 1_000_000 if done.returncode else 2_000_000)

    def test_prices(self):
        c = self.centre
        c.ok("price", "set", "energy_kwh", "0.5", "--pool", "p", "--from", "now+1h")
        self.no("price", "set", "energy_kwh", "0.6", "--pool", "p", "--from", "now+2h",
                says="is in force then; end it first")
        self.no("price", "set", "energy_kwh", "0.6", "--pool", "q", "--from", "2020-01-01",
                says="cannot begin in the past")
        self.no("price", "set", "energy_kwh", "0.6", "--pool", "q", "--from", "now+2h", "--until",
                "now+1h", says="ends after it begins")
        self.no("price", "set", "energy_kwh", "0.6000001", "--pool", "q", says="six decimals")
        self.no("price", "set", "energy_kwh", "0:1", "0:2", "--pool", "q", says="larger quantity")
        self.no("price", "set", "electricity", "0.6", says="electricity")
        self.no("price", "end", "99", says="no price 99")

    def test_vouchers(self):
        c = self.centre
        self.prices()
        self.no("voucher", "issue", "poor", "5", "--funder", "f", "--until", "2020-01-01",
                says="a voucher ends after it begins")
        self.no("voucher", "issue", "poor", "5.0000001", "--funder", "f", "--until", "now+1d",
                says="six decimals")
        self.no("voucher", "issue", "poor", "5", "--funder", "f", "--until", "now+1d", "--share",
                "101%", says="expected 1% to 100%")
        # A foreign one, and one that is not valid yet: neither pays.
        c.ok("voucher", "issue", NFC, "50", "--funder", "f", "--until", "now+1d")
        c.ok("voucher", "issue", "poor/vision", "50", "--funder", "f", "--from", "now+1h",
             "--until", "now+1d")
        self.submit("poor/vision", says="the greatest cost is 1.00, 0.00 of tenant poor is free")
        soon = c.json("voucher", "issue", "poor/vision", "50", "--funder", "f", "--until",
                      "now+2s")["record"]
        centre.wait_until(lambda: c.json("voucher", "show", str(soon))["state"] == "expired",
                          "the end of the voucher")
        centre.wait_until(lambda: any(e["cause"] == f"voucher {soon}" and
                                      e["kind"] == "voucher_expired" for e in self.books()[0]),
                          "what was left of it to go back")
        self.submit("poor/vision", says="0.00 of tenant poor is free")
        self.no("voucher", "cancel", str(soon), "--reason", "x", says="it has expired")
        self.no("voucher", "cancel", "99", "--reason", "x", says="no voucher 99")

    def test_limits(self):
        c = self.centre
        self.prices()
        c.ok("topup", "town", "100", "--reference", "LIMITS")
        c.ok("quota", "set", "town", "--queued-jobs", "5")
        self.submit("town/vision", "--array", "1-6", says="6 more would exceed its 5")
        self.no_api("POST", "/jobs",
                    {"jobs": [{"argv": ["true"], "project": "town/vision", "hold": True,
                               "array": {"indices": "1-3"}}] * 2},
                    409, "over-quota", "would exceed its 5", "/jobs/1/project")
        c.ok("quota", "set", "town", "--running-jobs", "0")
        self.submit("town/vision", says="run, the most it may have")
        c.ok("quota", "set", "town")
        c.ok("budget", "set", "town/vision", "--total", "0.5")
        self.submit("town/vision", says="0.50 of the budget of project town/vision is left")
        c.ok("budget", "set", "town/vision", "--per-month", "0.25")
        self.submit("town/vision", says="0.25 of")
        c.ok("budget", "set", "town/vision")
        c.ok("tenant", "freeze", "town")
        self.submit("town/vision", says="tenant town is frozen: nothing new is taken")
        c.ok("tenant", "thaw", "town")
        c.ok("project", "freeze", "town/vision")
        self.submit("town/vision", says="project town/vision is frozen")
        c.ok("project", "thaw", "town/vision")

    def test_prices_of_scripts(self):
        c = self.centre
        self.prices()
        c.ok("topup", "city", "100", "--reference", "SCRIPTS")
        scripts = {"sbatch": "#SBATCH --time=00:30:00\n#SBATCH --account=city/vision\n",
                   "pbs": "#PBS -l walltime=00:30:00\n#PBS -A city/vision\n",
                   "lsf": "#BSUB -W 00:30\n#BSUB -P city/vision\n",
                   "sge": "#$ -l h_rt=00:30:00\n#$ -P city/vision\n"}
        before = self.books()
        for dialect, lines in scripts.items():
            path = os.path.join(c.work, f"{dialect}.sh")
            with open(path, "w", encoding="utf-8") as out:
                out.write(f"#!/bin/sh\n{lines}true\n")
            said = c.ok("price", path)
            for line in ("paid by city/vision", "at most   30.00 CNY", "expected  15.00 CNY",
                         "energy    ", "start     "):
                self.assertIn(line, said, (dialect, said))
            answer = c.json("price", path)
            self.assertEqual(answer["cost"]["greatest_ucny"], 30_000_000)
        self.assertEqual(self.books(), before)

    def test_whoever_puts_a_job_back_pays_for_what_it_ran(self):
        c = self.centre
        self.prices()
        c.ok("topup", "city", "10", "--reference", "REQUEUE")
        job = c.submit("--project", "city/vision", "--time", "120s", "--", "sleep", "100")

        def charges():
            statement = c.ok("statement", "--project", "city/vision", "--format", "json")
            listed = json.loads(statement)["statement"]["charges"]
            return [x for x in listed if x["attempt"]["job"] == int(job)]

        for attempt, words in enumerate((("requeue",), ("requeue", "--operator"))):
            centre.wait_until(lambda: c.state(job) == "running", "its start")
            c.ok(*words, job)
            centre.wait_until(lambda: len(charges()) == attempt + 1, "the end of the attempt")
        own, operators = charges()
        self.assertGreater(own["total"], 0)
        self.assertEqual(own["free_because"], "")
        self.assertEqual(operators["total"], 0)
        self.assertEqual(operators["free_because"], "put back by an operator")
        c.ok("cancel", job)

    def test_large_batches_are_priced(self):
        c = self.centre
        self.prices()
        c.ok("topup", "city", "1000000", "--reference", "BATCH")
        job = {"argv": ["true"], "project": "city/vision", "limit_s": 60, "hold": True}
        batch = {"jobs": [job] * 600 + [{**job, "limit_s": 120}] * 400}
        connection = Connection(os.path.join(c.home, "pentad.sock"))
        connection.request("POST", "/api/v1/jobs", json.dumps(batch),
                           {"Content-Type": "application/json"})
        answer = json.loads(connection.getresponse().read())
        connection.close()
        self.assertEqual(answer["cost"]["elements"], 1000)
        self.assertEqual(answer["cost"]["greatest_ucny"], 600 * 1_000_000 + 400 * 2_000_000)
        self.assertEqual(answer["cost"]["expected_ucny"], 700 * 1_000_000)
        c.ok("cancel", "--all")

    @classmethod
    def tearDownClass(cls):
        assert "the books are good" in cls.centre.ok("ledger", "verify")


if __name__ == "__main__":
    centre.main()
