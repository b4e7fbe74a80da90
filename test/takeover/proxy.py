"""Stands between a daemon and PostgreSQL and loses the answer to one commit, on purpose."""
import os
import shutil
import socket
import struct
import tempfile
import threading
import time


class Proxy:
    """Listens in a folder of its own, as the server does in `server_folder`."""

    def __init__(self, server_folder):
        self.target = f"{server_folder}/.s.PGSQL.5432"
        self.folder = tempfile.mkdtemp(prefix="pentad-takeover-proxy.", dir="/tmp")
        self.listening = socket.socket(socket.AF_UNIX)
        self.listening.bind(f"{self.folder}/.s.PGSQL.5432")
        self.listening.listen(50)
        self.lock = threading.Lock()
        self.marker, self.commits, self.outage_s = None, True, 0
        self.closed_until = 0.0
        self.fired = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def arm(self, marker, commits, outage_s):
        """The next transaction in which `marker` is written: its COMMIT reaches the server
        (`commits`) or does not, its answer is lost, and for a while nobody can connect."""
        self.fired.clear()
        with self.lock:
            self.marker, self.commits, self.outage_s = marker.encode(), commits, outage_s

    def stop(self):
        self.listening.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _accept(self):
        while True:
            try:
                client, _ = self.listening.accept()
            except OSError:
                return
            if time.monotonic() < self.closed_until:
                client.close()
                continue
            server = socket.socket(socket.AF_UNIX)
            server.connect(self.target)
            threading.Thread(target=self._from_client, args=(client, server), daemon=True).start()
            threading.Thread(target=self._from_server, args=(client, server), daemon=True).start()

    def _from_server(self, client, server):
        try:
            while data := server.recv(65536):
                client.sendall(data)
        except OSError:
            pass
        self._close(client, server)

    @staticmethod
    def _close(*sockets):
        for each in sockets:
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def _is_fatal(self, message, seen):
        """Whether this message is the commit that we wait for."""
        if self.marker is None:
            return False
        if self.marker in message:
            seen.append(True)
        if not seen or message[:1] != b"Q" or b"COMMIT" not in message.upper():
            return False
        with self.lock:
            if self.marker is None:
                return False
            self.marker = None
            return True

    def _from_client(self, client, server):
        buffer, is_started, seen = b"", False, []
        try:
            while data := client.recv(65536):
                buffer += data
                while True:
                    # The first message has no letter that says what it is.
                    head = 1 if is_started else 0
                    if len(buffer) < head + 4:
                        break
                    size = head + struct.unpack("!I", buffer[head:head + 4])[0]
                    if len(buffer) < size:
                        break
                    message, buffer, is_started = buffer[:size], buffer[size:], True
                    if self._is_fatal(message, seen):
                        return self._lose(client, server, message)
                    server.sendall(message)
        except OSError:
            pass
        self._close(client, server)

    def _lose(self, client, server, message):
        self.closed_until = time.monotonic() + self.outage_s
        self.fired.set()
        self._close(client)
        if self.commits:
            server.sendall(message)
            server.settimeout(1)
            time.sleep(0.3)  # the other thread reads the answer and cannot deliver it
        self._close(server)
