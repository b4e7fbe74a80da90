"""Requests to a centre over its Unix socket, for tests that kill the daemon which should answer."""
import http.client
import json
import socket


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=10)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(10)
        self.sock.connect(self.path)


def call(home, method, path, body=None, key=None):
    """The answer, or None when nobody gave one: no daemon, or one that starts or stops."""
    headers = {"Content-Type": "application/json"}
    if key:
        headers["Idempotency-Key"] = key
    connection = UnixConnection(f"{home}/pentad.sock")
    try:
        data = None if body is None else json.dumps(body)
        connection.request(method, "/api/v1" + path, data, headers)
        answer = connection.getresponse()
        text = answer.read()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    if answer.status == 503:
        return None
    if answer.status >= 300:
        raise AssertionError(f"{method} {path}: {answer.status} {text.decode()}")
    return json.loads(text) if text else {}
