"""Signing in with a real OpenID Connect provider (oidc-provider of npm), and attacks on the way.

Usage: oidc_test.py PENTAD BUILD     the provider is installed below BUILD as package-lock.json says
"""
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
from pathlib import Path

HERE = Path(__file__).resolve().parent
SKIPPED = 77


def install(build):
    """The folder with the provider, installed once; None without npm."""
    target = Path(build) / "identity-provider"
    target.mkdir(parents=True, exist_ok=True)
    if not shutil.which("npm") or not shutil.which("node"):
        return None
    for name in ("package.json", "provider.mjs"):
        shutil.copy(HERE / name, target)
    lock = (HERE / "package-lock.json").read_bytes()
    done = target / ".installed"
    if not done.exists() or done.read_bytes() != lock:
        (target / "package-lock.json").write_bytes(lock)
        npm = subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"],
                             cwd=target, capture_output=True, text=True)
        if npm.returncode != 0:
            print(npm.stderr[-500:])
            return None
        done.write_bytes(lock)
    return target


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Browser:
    """Cookies by host and port, redirects followed by hand."""

    def __init__(self):
        self.cookies = {}

    def send(self, url, form=None):
        at = urllib.parse.urlsplit(url)
        jar = self.cookies.setdefault(at.netloc, {})
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in jar.items())} if jar else {}
        body = None
        if form is not None:
            body = urllib.parse.urlencode(form)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection(at.netloc, timeout=20)
        path = at.path + (f"?{at.query}" if at.query else "")
        connection.request("POST" if form is not None else "GET", path, body, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, value = line.split(";")[0].split("=", 1)
            if value and "Max-Age=0" not in line:
                jar[name] = value
            else:
                jar.pop(name, None)
        location = answer.headers.get("Location")
        return answer.status, urllib.parse.urljoin(url, location) if location else None, text


def until_callback(browser, centre, user):
    """Signs in at the provider; the address that it sends the browser back to."""
    status, url, text = browser.send(f"{centre}/api/v1/oidc/start")
    assert status == 302, (status, text)
    assert "code_challenge_method=S256" in url and "nonce=" in url and "state=" in url, url
    for _ in range(12):
        if url.startswith(centre):
            return url
        status, following, text = browser.send(url)
        if status in (302, 303):
            url = following
            continue
        action = re.search(r'action="([^"]+)"', text)
        prompt = re.search(r'name="prompt" value="([^"]+)"', text)
        assert status == 200 and action and prompt, (status, text[:400])
        form = {"prompt": prompt[1], "login": user, "password": "any"}
        status, url, text = browser.send(urllib.parse.urljoin(url, action[1]), form)
        assert status in (302, 303), (status, text[:400])
    raise AssertionError("the provider never came back")


def whoami(browser, centre):
    status, _, text = browser.send(f"{centre}/api/v1/whoami")
    return json.loads(text)["user"] if status == 200 else status


def check(centre):
    first = Browser()
    back = until_callback(first, centre, "lihua")
    thief = Browser()
    # Login CSRF: the attacker's callback in another browser, which has not begun it.
    assert thief.send(back)[0] == 401
    assert whoami(thief, centre) == 401
    # That try has not used it up: it was refused before. The right browser goes on.
    status, url, text = first.send(back)
    assert status == 302 and url == f"{centre}/", (status, url, text)
    assert whoami(first, centre) == "lihua", whoami(first, centre)
    # Replay of the address, by whoever saw it.
    assert first.send(back)[0] == 401
    # A state that nobody made, an error of the provider.
    assert first.send(f"{centre}/api/v1/oidc/callback?state=x&code=y")[0] == 401
    assert first.send(f"{centre}/api/v1/oidc/callback?error=access_denied&state=x")[0] == 401

    # A code of another sign-in: PKCE and nonce belong to the state.
    second, other = Browser(), Browser()
    mine = urllib.parse.urlsplit(until_callback(second, centre, "wang"))
    theirs = urllib.parse.urlsplit(until_callback(other, centre, "zhao"))
    query = dict(urllib.parse.parse_qsl(mine.query))
    query["code"] = dict(urllib.parse.parse_qsl(theirs.query))["code"]
    mixed = mine._replace(query=urllib.parse.urlencode(query)).geturl()
    assert second.send(mixed)[0] in (401, 503)
    assert whoami(second, centre) == 401

    # The same person again is the same user; one with a password here is not taken over by a name.
    again = Browser()
    assert again.send(until_callback(again, centre, "lihua"))[0] == 302
    assert whoami(again, centre) == "lihua"
    impostor = Browser()
    status, _, text = impostor.send(until_callback(impostor, centre, "operator"))
    assert status == 403 and "password" in text, (status, text)
    assert whoami(impostor, centre) == 401


def main():
    pentad, build = sys.argv[1:]
    provider_folder = install(build)
    if not provider_folder:
        print("skipped: npm cannot install the provider")
        sys.exit(SKIPPED)
    home = tempfile.mkdtemp(prefix="pentad-oidc-")
    port, provider_port = free_port(), free_port()
    centre = f"http://127.0.0.1:{port}"
    secret = Path(home) / "oidc.secret"
    secret.touch(mode=0o600)
    secret.write_text("a secret of the test\n")
    Path(home, "pentad.toml").write_text(f"""listen = "127.0.0.1:{port}"
[identity]
password_memory_bytes = 8388608
[oidc]
issuer = "http://127.0.0.1:{provider_port}"
client_id = "pentad"
client_secret_file = "oidc.secret"
redirect_uri = "{centre}/api/v1/oidc/callback"
create_users = true
""")
    provider = subprocess.Popen(["node", "provider.mjs", str(provider_port),
                                 f"{centre}/api/v1/oidc/callback"], cwd=provider_folder,
                                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    environment = dict(os.environ, PENTAD_HOME=home)
    try:
        assert provider.stdout.readline().strip().endswith("listening")
        subprocess.run([pentad, "up", "--detach"], env=environment, check=True)
        check(centre)
        # Nothing of a secret stands in the log or the journal.
        journal = subprocess.run([pentad, "journal", "show"], env=environment, capture_output=True,
                                 text=True).stdout
        for text in (Path(home, "log").read_text(), journal):
            assert "a secret of the test" not in text and "pentads_" not in text
        print("signed in with a real provider; six attacks refused")
    finally:
        subprocess.run([pentad, "down"], env=environment, stdout=subprocess.DEVNULL)
        provider.send_signal(signal.SIGTERM)
        provider.wait(10)
        shutil.rmtree(home, ignore_errors=True)


main()
