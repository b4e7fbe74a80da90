"""A centre that others reach: TLS from the first try on, a certificate changed while it runs, what
is refused and in which words, and whose files `pentad logs` shows.

Usage: reachable_test.py PENTAD [unittest arguments]
"""
import os
import pathlib
import pwd
import re
import signal
import socket
import ssl
import unittest

import centre

TLS = '[tls]\ncertificate = "tls/certificate.pem"\nkey = "tls/key.pem"\n'


def has_user(name):
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


class Reachable(unittest.TestCase):
    def setUp(self):
        self.centre = centre.Centre()
        self.addCleanup(self.centre.remove)
        self.home = pathlib.Path(self.centre.home)

    def configure(self, text):
        (self.home / "pentad.toml").write_text(text, encoding="utf-8")

    def with_tls(self, more=""):
        """A centre with a certificate of its own; the SHA-256 that people are told to compare."""
        said = self.centre.ok("certificate", "--self-signed", "127.0.0.1", "centre.example")
        self.configure((more or 'listen = "127.0.0.1:0"\n') + TLS)
        self.centre.ok("up", "--detach")
        return re.search(r"SHA-256 (\S+)", said).group(1)

    def port(self):
        return int((self.home / "http.port").read_text())

    def certificate(self):
        return str(self.home / "tls" / "certificate.pem")

    def over_tls(self, *words, host="127.0.0.1", **environment):
        url = f"https://{host}:{self.port()}"
        return self.centre.call(*words, PENTAD_URL=url, **environment)

    def shown_certificate(self):
        """The SHA-256 of the certificate that a new connection is shown."""
        context = ssl.create_default_context(cafile=self.certificate())
        with socket.create_connection(("127.0.0.1", self.port()), timeout=60) as plain:
            with context.wrap_socket(plain, server_hostname="127.0.0.1") as tls:
                return tls.version(), tls.getpeercert(binary_form=True)

    def test_the_command_line_over_tls(self):
        self.with_tls()
        done = self.over_tls("status", PENTAD_CA=self.certificate())
        # Whoever has no sign-in is refused by the centre, not by TLS.
        self.assertIn(done.returncode, (0, 6), done.stderr)
        done = self.over_tls("status")
        self.assertEqual(done.returncode, 7)
        self.assertIn(b"not trusted", done.stderr)
        self.assertIn(b"--ca", done.stderr)
        done = self.over_tls("status", host="localhost", PENTAD_CA=self.certificate())
        self.assertIn(b"is not for localhost", done.stderr)
        done = self.centre.call("status", PENTAD_URL=f"http://127.0.0.1:{self.port()}")
        self.assertIn(b"https://", done.stderr)
        version, _ = self.shown_certificate()
        self.assertEqual(version, "TLSv1.3")

    def test_old_tls_is_refused(self):
        self.with_tls()
        for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
            context = ssl.create_default_context(cafile=self.certificate())
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version = context.maximum_version = version
            with socket.create_connection(("127.0.0.1", self.port()), timeout=60) as plain:
                with self.assertRaises((ssl.SSLError, ConnectionError)):
                    context.wrap_socket(plain, server_hostname="127.0.0.1")

    def test_a_certificate_is_changed_while_it_runs(self):
        self.with_tls()
        _, before = self.shown_certificate()
        context = ssl.create_default_context(cafile=self.certificate())
        plain = socket.create_connection(("127.0.0.1", self.port()), timeout=60)
        with context.wrap_socket(plain, server_hostname="127.0.0.1") as kept:
            (self.home / "tls" / "certificate.pem").unlink()
            (self.home / "tls" / "key.pem").unlink()
            self.centre.ok("certificate", "--self-signed", "127.0.0.1")
            os.kill(self.centre.pid(), signal.SIGHUP)
            centre.wait_until(lambda: self.shown_or_none() not in (before, None), "the new one")
            kept.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            self.assertIn(b" 200 ", kept.recv(4096))
        # One that does not fit changes nothing.
        _, now = self.shown_certificate()
        (self.home / "tls" / "key.pem").write_text("nonsense")
        os.kill(self.centre.pid(), signal.SIGHUP)
        centre.wait_until(lambda: "stays as it was" in (self.home / "log").read_text(), "a word")
        self.assertEqual(self.shown_certificate()[1], now)

    def shown_or_none(self):
        try:
            return self.shown_certificate()[1]
        except (ssl.SSLError, OSError):
            return None

    def refused(self, text, *words):
        self.configure(text)
        done = self.centre.call("up", "--detach", *words)
        self.assertEqual(done.returncode, 1, done)
        self.assertFalse((self.home / "http.port").exists())
        return done.stderr.decode()

    def test_what_others_reach_needs_tls(self):
        said = self.refused('listen = "0.0.0.0:0"\n')
        self.assertIn("in clear", said)
        self.assertIn("pentad certificate --self-signed", said)
        self.assertIn("in clear", self.refused("", "--listen", "[::]:0"))
        self.centre.ok("certificate", "--self-signed", "127.0.0.1")
        os.chmod(self.home / "tls" / "key.pem", 0o644)
        self.assertIn("chmod 600", self.refused('listen = "0.0.0.0:0"\n' + TLS))
        os.chmod(self.home / "tls" / "key.pem", 0o600)
        self.centre.call("up", "--detach")
        self.assertEqual(self.shown_certificate()[0], "TLSv1.3")

    def test_the_flag_is_loud(self):
        self.centre.ok("up", "--detach", "--listen", "0.0.0.0:0", "--insecure-listen")
        self.assertIn("read and changed by everybody", (self.home / "log").read_text())

    @unittest.skipUnless(os.geteuid() == 0 and has_user("games"), "needs root and the user games")
    def test_logs_show_only_what_is_the_users(self):
        """A job's output is a link to what root alone may read, or to another user's file."""
        os.chmod(self.home, 0o755)
        secret = self.home / "work" / "secret"
        secret.write_text("words of root\n")
        os.chmod(secret, 0o600)
        self.centre.start()
        games = ["--run-as", "games"]
        job = self.centre.shell("echo mine; id -un", *games)
        self.centre.call("wait", job)
        self.assertEqual(self.centre.ok("logs", job), "mine\ngames\n")
        self.assertEqual((self.home / "jobs" / job).stat().st_mode & 0o777, 0o700)
        for link in (secret, "/etc/shadow", "/proc/self/environ"):
            out = "$PENTAD_JOB_DIR/0.1.out"
            job = self.centre.shell(f"rm {out}; ln -s {link} {out}", *games)
            self.centre.call("wait", job)
            done = self.centre.call("logs", job)
            self.assertEqual((done.returncode, done.stdout), (4, b""), link)
            self.assertIn(b"no output", done.stderr)
        for path in (str(secret), str(self.home / "pentad.db")):
            job = self.centre.shell("echo taken", *games, "--output", path)
            self.centre.call("wait", job)
            self.assertEqual(self.centre.state(job), "failed")
            self.assertEqual(self.centre.call("logs", job).stdout, b"")
        self.assertEqual(secret.read_text(), "words of root\n")
        self.assertEqual((self.home / "pentad.db").stat().st_mode & 0o077, 0)
        self.assertEqual((self.home / "attempts").stat().st_mode & 0o077, 0)

    @unittest.skipUnless(os.geteuid() == 0, "needs root")
    def test_a_reachable_centre_runs_nothing_as_root(self):
        self.with_tls('listen = "0.0.0.0:0"\n')
        for words in ([], ["--run-as", "root"]):
            job = self.centre.shell("id -u", *words)
            self.centre.call("wait", job)
            self.assertEqual(self.centre.state(job), "failed")
            self.assertIn("no job runs as root here", self.centre.ok("show", job))


if __name__ == "__main__":
    centre.main()
