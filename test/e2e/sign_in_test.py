"""Signing in from another machine, over TLS: as a person without a terminal, as a program with a
token, and everything that is refused, each with its words and exit code.

Usage: sign_in_test.py PENTAD [unittest arguments]
"""
import base64
import hashlib
import hmac
import json
import pathlib
import sqlite3
import struct
import time
import unittest

import centre

NOT_SIGNED_IN = 6
UNTRUSTED = 7
GOOD = "correct horse battery"


class SignIn(unittest.TestCase):
    def setUp(self):
        self.centre = centre.Centre()
        self.addCleanup(self.centre.remove)
        self.home = pathlib.Path(self.centre.home)
        self.centre.ok("certificate", "--self-signed", "127.0.0.1")
        (self.home / "pentad.toml").write_text(
            'listen = "127.0.0.1:0"\n[tls]\ncertificate = "tls/certificate.pem"\n'
            'key = "tls/key.pem"\n', encoding="utf-8")
        self.centre.ok("up", "--detach")
        for words in (["tenant", "add", "city"], ["project", "add", "city/vision"]):
            self.centre.ok(*words)
        self.first = json.loads(self.centre.ok("user", "add", "li", "--json"))["password"]
        self.centre.ok("role", "grant", "li", "member", "city/vision")

    def away(self, *words, given=None, **environment):
        """As somebody on another machine."""
        port = (self.home / "http.port").read_text().strip()
        known = {"PENTAD_URL": f"https://127.0.0.1:{port}",
                 "PENTAD_CA": str(self.home / "tls" / "certificate.pem"),
                 "PENTAD_HOME": "/no/such/home"}
        return self.centre.call(*words, given=given, **{**known, **environment})

    def ends_with(self, code, says, *words, **options):
        done = self.away(*words, **options)
        self.assertEqual(done.returncode, code, done)
        self.assertIn(says, done.stderr.decode())
        return done

    def login(self, user="li", password=GOOD):
        return self.away("login", "--user", user, "--password-stdin",
                         given=f"{password}\n".encode())

    def choose_password(self):
        done = self.away("login", "--user", "li", "--password-stdin",
                         given=f"{self.first}\n{GOOD}\n".encode())
        self.assertEqual(done.returncode, 0, done.stderr)

    def token(self, *words):
        done = self.away("token", "add", "ci", *words, "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        made = json.loads(done.stdout)
        return made["id"], made["secret"]

    def test_a_person_without_a_terminal(self):
        self.choose_password()
        done = self.away("whoami")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("member of city/vision", done.stdout.decode())
        who = json.loads(self.away("whoami", "--json").stdout)
        self.assertEqual((who["user"], who["proof"]), ("li", "session"))
        self.assertEqual(self.away("logout").returncode, 0)
        self.ends_with(NOT_SIGNED_IN, "pentad login", "whoami")
        self.assertEqual(self.login().returncode, 0)
        self.ends_with(2, "--password-stdin", "login", "--user", "li")  # no terminal to ask at

    def test_who_is_not_signed_in(self):
        self.ends_with(NOT_SIGNED_IN, "needs a token or a session", "whoami")
        self.ends_with(NOT_SIGNED_IN, "needs a token or a session", "submit", "--", "true")
        done = self.ends_with(NOT_SIGNED_IN, "not-signed-in", "whoami", "--json")
        self.assertEqual(json.loads(done.stderr)["status"], 401)
        self.ends_with(NOT_SIGNED_IN, "name, password or code is wrong", "login", "--user", "li",
                       "--password-stdin", given=b"a guess\n")

    def test_a_token_and_its_end(self):
        self.choose_password()
        name, secret = self.token("--scope", "jobs")
        self.assertEqual(self.away("logout").returncode, 0)
        done = self.away("submit", "--", "true", PENTAD_TOKEN=secret)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.ends_with(3, "may not do this", "token", "add", "more", PENTAD_TOKEN=secret)
        self.centre.ok("token", "revoke", name, "--user", "li")
        self.ends_with(NOT_SIGNED_IN, "has been ended", "whoami", PENTAD_TOKEN=secret)
        self.ends_with(NOT_SIGNED_IN, "nobody knows this token", "whoami",
                       PENTAD_TOKEN="pentad_" + "A" * 43)

    def test_what_is_followed_ends_with_the_session(self):
        self.choose_password()
        job = self.away("submit", "--", "/bin/sh", "-c", "echo begun; sleep 600").stdout.decode()
        port = (self.home / "http.port").read_text().strip()
        follows = self.centre.begin("logs", "-f", job.strip(), "--url", f"https://127.0.0.1:{port}",
                                    "--ca", str(self.home / "tls" / "certificate.pem"))
        self.assertEqual(follows.stdout.readline(), b"begun\n")
        for session in json.loads(self.centre.ok("session", "--user", "li", "--json"))["sessions"]:
            self.centre.ok("session", "end", session["id"], "--user", "li")
        out, error = follows.communicate(timeout=centre.PATIENCE_S)
        self.assertEqual((out, follows.returncode), (b"", NOT_SIGNED_IN))
        self.assertIn(b"has been ended", error)
        self.assertEqual(self.centre.state(job.strip()), "running")
        self.centre.ok("cancel", job.strip())

    def test_an_expired_token(self):
        self.choose_password()
        name, secret = self.token()
        self.centre.ok("down")
        # A year later, as far as the token is concerned.
        with sqlite3.connect(self.home / "pentad.db") as database:
            (body,) = database.execute(
                "SELECT body FROM secrets WHERE kind = 'token' AND id = ?", (name,)).fetchone()
            record = json.loads(body)
            record["expires"] = record["created"] + 1
            database.execute("UPDATE secrets SET body = ? WHERE kind = 'token' AND id = ?",
                             (json.dumps(record), name))
        database.close()
        self.centre.ok("up", "--detach")
        self.ends_with(NOT_SIGNED_IN, "has expired, at 20", "whoami", PENTAD_TOKEN=secret)

    def test_who_guesses_waits(self):
        self.choose_password()
        for _ in range(8):
            done = self.login(password="a guess")
            self.assertEqual(done.returncode, NOT_SIGNED_IN)
        self.assertIn("too many attempts: wait", done.stderr.decode())
        done = self.login()  # the right one, too
        self.assertEqual(done.returncode, NOT_SIGNED_IN)
        self.assertIn("too many attempts: wait", done.stderr.decode())

    def test_who_is_not_trusted(self):
        self.ends_with(UNTRUSTED, "not trusted here", "whoami", PENTAD_CA="")
        port = (self.home / "http.port").read_text().strip()
        self.ends_with(UNTRUSTED, "is not for localhost", "whoami",
                       PENTAD_URL=f"https://localhost:{port}")
        # Nothing secret is sent before the other side is known.
        self.ends_with(UNTRUSTED, "not trusted here", "login", "--user", "li", "--password-stdin",
                       given=f"{self.first}\n".encode(), PENTAD_CA="")
        self.ends_with(5, "no centre answers", "whoami", PENTAD_URL="https://127.0.0.1:9")

    def test_the_second_factor_and_its_key(self):
        key = self.home / "second-factor.key"
        self.assertFalse(key.exists())
        self.choose_password()
        secret = self.begin_second_factor()
        self.assertEqual(key.stat().st_mode & 0o777, 0o600)
        stored = b"".join(p.read_bytes() for p in self.home.glob("pentad.db*"))
        self.assertNotIn(secret.encode(), stored)
        self.ends_with(NOT_SIGNED_IN, "second factor is needed", "login", "--user", "li",
                       "--password-stdin", given=f"{GOOD}\n".encode())
        # The key is lost: nobody is let in without it, and the operator is told what to do.
        self.centre.ok("down")
        key.unlink()
        self.centre.ok("up", "--detach")
        self.assertIn("second-factor.key is missing", (self.home / "log").read_text())
        done = self.login()
        self.assertIn("key for it is missing", done.stderr.decode())
        self.assertNotEqual(done.returncode, 0)
        self.centre.ok("user", "totp", "li", "--reset")
        self.assertEqual(self.login().returncode, 0)

    def begin_second_factor(self):
        """Without a terminal; the secret in base32."""
        secret = json.loads(self.away("user", "totp", "--json").stdout)["secret"]
        raw = base64.b32decode(secret + "=" * (-len(secret) % 8))
        mac = hmac.new(raw, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
        at = mac[-1] & 15
        code = (struct.unpack(">I", mac[at:at + 4])[0] & 0x7FFFFFFF) % 1_000_000
        self.ends_with(2, "--code", "user", "totp", "--remove")
        done = self.away("user", "totp", "--code", f"{code:06}", "--json")
        self.assertEqual(len(json.loads(done.stdout)["codes"]), 10, done)
        return secret


if __name__ == "__main__":
    centre.main()
