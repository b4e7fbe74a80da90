"""Backup, restore and audit through the real programs: backups of a centre at work with money on,
at random moments; each restored one balances, has all that was acknowledged, goes on, and says what
became of what ran. Where a server's URL is in PENTAD_TEST_POSTGRESQL the same is done with a centre
there, and backups move from one database to the other."""
import hashlib
import json
import os
import random
import signal
import stat
import subprocess
import threading
import time
import unittest
import urllib.parse

import centre

SERVER = os.environ.get("PENTAD_TEST_POSTGRESQL", "")


def recompute(path):
    """The last chain value of an export, as docs/audit.md says; fails at the first bad row."""
    def number(n):
        return (n % 2**64).to_bytes(8, "little")

    def text(t):
        return number(len(t.encode())) + t.encode()

    with open(path, encoding="utf-8") as lines:
        before = json.loads(next(lines))["start"]
        for line in lines:
            row = json.loads(line)
            made = text(before)
            for key in ("seq", "batch", "at_ms", "core_version"):
                made += number(row[key])
            made += number(int(row["digest"], 16)) + text(row["event"])
            before = hashlib.blake2b(made, digest_size=32).hexdigest()
            assert before == row["chain"], row["seq"]
    return before


class Place(centre.Centre):
    """A home whose database is a file, or a schema of its own on the server."""

    def __init__(self, on_server=False):
        super().__init__()
        self.on_server = on_server
        lines = ['[money]\ncharged = ["core_hour"]\n']
        if on_server:
            self.schema = "e2e_" + os.path.basename(self.home).replace(".", "_").lower()
            self.sql(f'CREATE SCHEMA "{self.schema}"')
            option = urllib.parse.quote(f'-csearch_path="{self.schema}"')
            lines.insert(0, f'[store]\nurl = "{SERVER}&options={option}"\nlease_s = 2\n')
        with open(os.path.join(self.home, "pentad.toml"), "w", encoding="utf-8") as out:
            out.write("".join(lines))

    @staticmethod
    def sql(statement):
        subprocess.run(["psql", "-q", "-v", "ON_ERROR_STOP=1", "-d", SERVER, "-c", statement],
                       check=True, capture_output=True)

    def change(self, statement):
        """Something done to the database behind the centre's back."""
        if self.on_server:
            self.sql(f'SET search_path TO "{self.schema}"; {statement}')
        else:
            subprocess.run(["sqlite3", os.path.join(self.home, "pentad.db"), statement],
                           check=True, capture_output=True)

    def remove(self):
        super().remove()
        if self.on_server:
            self.sql(f'DROP SCHEMA "{self.schema}" CASCADE')


class Backup(unittest.TestCase):
    def place(self, on_server=False):
        made = Place(on_server)
        self.addCleanup(made.remove)
        return made

    def opened(self, on_server=False):
        """A centre with a price, money and a member."""
        c = self.place(on_server)
        c.start()
        user = subprocess.run(["id", "-un"], capture_output=True, text=True,
                              check=True).stdout.strip()
        c.ok("tenant", "add", "city")
        c.ok("project", "add", "city/vision")
        if not any(u["name"] == user for u in c.json("user", "list")["users"]):
            c.ok("user", "add", user)
        c.ok("role", "grant", user, "member", "city/vision")
        c.ok("price", "set", "core_hour", "3600.00")
        c.ok("topup", "city", "1000", "--reference", "INV-1")
        c.ok("voucher", "issue", "city", "1", "--funder", "hall", "--until", "now+30d", "--share",
             "33%")
        centre.wait_until(lambda: c.json("price", "list")["prices"], "the price in force")
        return c

    def good(self, c):
        self.assertIn("the books are good", c.ok("ledger", "verify"))
        self.assertIn("the journal is good", c.ok("journal", "verify"))
        self.assertIn("the audit log is good", c.ok("audit", "verify"))

    def restore(self, file, on_server=False):
        c = self.place(on_server)
        self.assertIn("restored up to event", c.ok("restore", file))
        return c

    def under_load(self, on_server):
        c = self.opened(on_server)
        acknowledged, stop = [], threading.Event()

        def load():
            while not stop.is_set():
                length = random.choice(("0", "0.1", "0.4"))
                acknowledged.append(int(c.submit("--project", "city/vision", "--time", "20s", "--",
                                                 "sleep", length)))

        worker = threading.Thread(target=load)
        worker.start()
        taken = []
        try:
            for n in range(4):
                time.sleep(random.uniform(0.1, 1.2))
                before = list(acknowledged)
                file = os.path.join(c.work, f"{n}.backup")
                c.ok("backup", file)
                taken.append((file, before))
        finally:
            stop.set()
            worker.join()
        self.assertEqual(stat.S_IMODE(os.stat(taken[0][0]).st_mode), 0o600)
        return c, taken

    def check_load(self, on_server):
        c, taken = self.under_load(on_server)
        self.assertTrue(taken[-1][1])
        for file, before in taken:
            there = self.restore(file, on_server)
            self.good(there)
            if on_server and file == taken[-1][0]:
                moved = os.path.join(there.work, "moved.backup")
                there.ok("backup", moved)
                self.good(self.restore(moved))
            there.start()
            jobs = {j["id"] for j in there.json("queue", "--all", "--limit", "0")}
            self.assertLessEqual(set(before), jobs)
            centre.wait_until(lambda t=there: not t.json("queue"), "the end of what was running")
            self.good(there)
            balance = there.json("balance", "city")["balances"][0]
            self.assertEqual(balance["held_ucny"], 0)
            new = there.submit("--project", "city/vision", "--time", "20s", "--wait", "--", "true")
            self.assertGreater(int(new.split()[0]), max(before, default=0))
            there.ok("down")
        self.good(c)

    def test_load(self):
        self.check_load(False)

    @unittest.skipUnless(SERVER, "no PENTAD_TEST_POSTGRESQL")
    def test_load_on_a_server(self):
        self.check_load(True)

    @unittest.skipUnless(SERVER, "no PENTAD_TEST_POSTGRESQL")
    def test_a_server_that_is_not_empty(self):
        c = self.opened()
        file = os.path.join(c.work, "a.backup")
        c.ok("backup", file)
        there = self.restore(file, True)
        self.assertIn("there is a centre in this database",
                      there.call("restore", file).stderr.decode())
        self.assertIn("restored up to event", there.ok("restore", file, "--replace"))
        self.good(there)

    def test_what_ran_is_found_lost(self):
        c = self.opened()
        job = c.submit("--project", "city/vision", "--time", "60s", "--no-requeue", "--", "sleep",
                       "50")
        c.until(job, "running")
        file = os.path.join(c.work, "a.backup")
        c.ok("backup", file)
        there = self.restore(file)
        there.start()
        centre.wait_until(lambda: there.state(job) not in ("running", "starting", "ending"), "end")
        shown = there.ok("show", job)
        self.assertIn("node failed", shown)
        self.assertIn("nothing is known of it any more", shown)
        # Its end is not known, so it costs nothing.
        self.assertEqual(there.json("balance", "city")["balances"][0]["held_ucny"], 0)
        self.good(there)

    def test_same_home_with_later_jobs(self):
        c = self.opened()
        old = c.shell("echo old", "--project", "city/vision", "--time", "20s", "--wait").split()[0]
        file = os.path.join(c.work, "a.backup")
        c.ok("backup", file)
        later = c.shell("echo secret; sleep 40", "--project", "city/vision", "--time", "60s")
        c.until(later, "running")
        self.assertIn("another Pentad", c.call("restore", file, "--replace").stderr.decode())
        c.ok("down")
        done = c.call("restore", file)
        self.assertIn("there is a centre here already", done.stderr.decode())
        done = c.call("restore", file, "--replace")
        self.assertIn("still run here", done.stderr.decode())
        self.assertIn(f"{later}_0.1", done.stderr.decode())
        c.start()
        c.ok("cancel", later)
        centre.wait_until(lambda: not c.json("queue"), "the end")
        c.ok("down")
        said = c.ok("restore", file, "--replace")
        self.assertIn(f"behind number {old}", said)
        c.start()
        self.assertNotEqual(c.call("show", later).returncode, 0)
        again = c.shell("echo new", "--project", "city/vision", "--time", "20s", "--wait")
        self.assertEqual(again.split()[0], later)
        self.assertEqual(c.ok("logs", later), "new\n")
        self.assertEqual(c.ok("logs", old), "old\n")
        self.good(c)

    def test_damaged_files_and_interrupts(self):
        c = self.opened()
        file = os.path.join(c.work, "a.backup")
        c.ok("backup", file)
        self.assertIn("there is a file of this name", c.call("backup", file).stderr.decode())
        with open(file, "rb") as whole:
            good = whole.read()
        changed = good[:200] + bytes([good[200] ^ 1]) + good[201:]
        for bad in (good[:-1], good[:len(good) // 2], changed, b"hello", b""):
            with open(file, "wb") as out:
                out.write(bad)
            empty = self.place()
            done = empty.call("restore", file)
            self.assertEqual(done.returncode, 1)
            self.assertRegex(done.stderr.decode(), "damaged|not a backup")
            self.assertFalse(os.path.exists(os.path.join(empty.home, "pentad.db")))
        # Ctrl-C: as if nothing had been.
        target = os.path.join(c.work, "b.backup")
        process = c.begin("backup", target)
        process.send_signal(signal.SIGINT)
        process.communicate()
        if process.returncode == 0:  # it was faster
            self.assertTrue(os.path.exists(target))
        else:
            self.assertEqual([n for n in os.listdir(c.work) if "b.backup" in n], [])

    def test_audit(self):
        c = self.opened()
        c.submit("--project", "city/vision", "--time", "20s", "--wait", "--", "true")
        records = c.json("audit", "list", "--what", "top_up")["records"]
        self.assertEqual(len(records), 1)
        self.assertIn("city", records[0]["words"])
        self.assertEqual(records[0]["from"], "unix")
        everything = c.json("audit", "list", "--limit", "100000")["records"]
        self.assertGreater(len(everything), 5)
        by = c.json("audit", "list", "--by", records[0]["actor"])["records"]
        self.assertTrue(all(r["actor"] == records[0]["actor"] for r in by))
        self.assertEqual(c.json("audit", "list", "--since", "now+1h")["records"], [])
        file = os.path.join(c.work, "audit.jsonl")
        c.ok("audit", "export", "--out", file)
        head = c.json("audit", "verify")["head"]
        with open(file, encoding="utf-8") as lines:
            seqs = [json.loads(line)["seq"] for line in list(lines)[1:]]
        self.assertEqual(seqs, list(range(1, len(seqs) + 1)))
        kept = recompute(file)
        self.assertIn("good", c.ok("audit", "verify", "--head", kept))
        self.assertIn(kept, c.ok("audit", "verify", "--file", file, "--head", kept))
        self.assertEqual(c.call("audit", "verify", "--head", "0" * 64).returncode, 1)
        with open(file, encoding="utf-8") as whole:
            text = whole.read()
        with open(file, "w", encoding="utf-8") as out:
            out.write(text.replace("INV-1", "INV-2"))
        self.assertEqual(c.call("audit", "verify", "--file", file).returncode, 1)
        with self.assertRaises(AssertionError):
            recompute(file)
        c.ok("down")
        self.assertEqual(len(head), 64)
        for change in ("UPDATE journal SET event = replace(event, 'INV-1', 'INV-2')",
                       "DELETE FROM journal WHERE seq = 4",
                       "UPDATE audit SET actor = 'nobody' WHERE seq = 3"):
            self.tampered(c, change, ("audit",))

    def tampered(self, c, change, verifiers):
        """What is changed in a copy is found in it."""
        file = os.path.join(c.work, "tampered.backup")
        c.ok("backup", file, "--replace")
        for on_server in (False, True) if SERVER else (False,):
            copy = self.restore(file, on_server)
            copy.change(change)
            for verifier in verifiers:
                done = copy.call(verifier, "verify")
                self.assertEqual(done.returncode, 1, (change, verifier, done.stdout, done.stderr))
                self.assertIn(b"NOT good", done.stdout)

    def test_money_tables(self):
        c = self.opened()
        c.submit("--project", "city/vision", "--time", "20s", "--wait", "--", "true")
        c.ok("down")
        for change in ("UPDATE entries SET note = 'x' WHERE id = 1",
                       "UPDATE postings SET amount = amount + 1 WHERE entry = 1",
                       "UPDATE charges SET paid = paid + 1, body = replace(body, 'paid', 'pad')",
                       "DELETE FROM charges",
                       "INSERT INTO statements (tenant, project, month, digest, total, charges, "
                       "closed_ms, body) VALUES ('city', 'vision', '2026-01', 'd', 1, 1, 1, '{}')"):
            self.tampered(c, change, ("ledger", "journal"))


if __name__ == "__main__":
    centre.main()
