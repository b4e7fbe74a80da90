"""A thousand clients at once against a purse that pays for a hundred jobs: on connections of their
own, half of them TCP with a token, half the Unix socket, all open before the first one asks.

The purse holds 100 millionths of a yuan. A second of a core costs one of them, half a second rounds
up to it: so each job, which sleeps for half of its limit, costs exactly what was held for it, and
nothing comes back that would pay for one more, however few cores the machine has.
"""
import asyncio
import json
import os
import resource
import subprocess
import unittest

import centre

CLIENTS = 1000
PAID = 100
PROJECT = "city-lab/vision"
PRICE = 1  # of a job, in millionths


class Client:
    """One open connection."""

    def __init__(self, token=""):
        self.credential = f"Authorization: Bearer {token}\r\n" if token else ""
        self.reader = self.writer = None

    async def open(self, home):
        if self.credential:
            with open(os.path.join(home, "http.port"), encoding="ascii") as file:
                port = int(file.read())
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", port)
        else:
            path = os.path.join(home, "pentad.sock")
            self.reader, self.writer = await asyncio.open_unix_connection(path)

    async def submit(self, job):
        body = json.dumps(job)
        self.writer.write((f"POST /api/v1/jobs HTTP/1.1\r\nHost: 127.0.0.1\r\n{self.credential}"
                           "Content-Type: application/json\r\n"
                           f"Content-Length: {len(body)}\r\n\r\n{body}").encode())
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.split("content-length:")[1].split("\r\n")[0])
        answer = json.loads(await self.reader.readexactly(length))
        return int(head.split()[1]), answer


async def everybody(home, token, job):
    """The answers of all: status and body."""
    clients = [Client(token if i % 2 else "") for i in range(CLIENTS)]
    for at in range(0, CLIENTS, 100):  # no more than the queue of a listening socket takes
        await asyncio.gather(*(c.open(home) for c in clients[at:at + 100]))
    answers = await asyncio.gather(*(c.submit(job) for c in clients))
    for client in clients:
        client.writer.close()
    return answers


class Purse(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # A descriptor for each client, and some.
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 4 * CLIENTS), most))
        cls.centre = c = centre.Centre()
        cls.addClassCleanup(c.remove)
        with open(os.path.join(c.home, "pentad.toml"), "w", encoding="utf-8") as out:
            out.write('[money]\ncharged = ["core_hour"]\n')
        c.start()
        user = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True)
        cls.user = user.stdout.strip()
        c.ok("price", "set", "core_hour", "0.0036")
        c.ok("tenant", "add", "city-lab")
        c.ok("project", "add", PROJECT)
        if not any(u["name"] == cls.user for u in c.json("user", "list")["users"]):
            c.ok("user", "add", cls.user)
        c.ok("role", "grant", cls.user, "member", PROJECT)
        cls.token = c.json("token", "add", "client", "--scope", "jobs")["secret"]
        centre.wait_until(lambda: c.json("price", "list")["prices"], "the price in force")

    def entries(self, kind):
        listed = self.centre.json("ledger", "entries", "--limit", "1000")["entries"]
        return [e for e in listed if e["kind"] == kind]

    def balance(self):
        balance = self.centre.json("balance", "city-lab")["balances"][0]
        return balance["balance_ucny"], balance["held_ucny"]

    def test_exactly_a_hundred_start(self):
        c = self.centre
        c.ok("topup", "city-lab", "0.0001", "--reference", "INV-1")
        job = {"argv": ["/bin/sleep", "0.5"], "project": PROJECT, "limit_s": 1, "name": "client"}
        answers = asyncio.run(everybody(c.home, self.token, job))
        refused = [body for status, body in answers if status != 201]
        for problem in refused:
            self.assertIn("not-enough-money", problem["type"], problem)
            self.assertIn("of tenant city-lab is free", problem["detail"])
        taken = CLIENTS - len(refused)
        self.assertEqual(len({body["jobs"][0] for status, body in answers if status == 201}), taken)
        centre.wait_until(lambda: len(self.entries("settle")) >= PAID, "the hundredth job")
        queue = c.json("queue")
        self.assertEqual(len(queue), taken - PAID)
        self.assertEqual({(j["state"], j["reason"]) for j in queue}, {("queued", "money")})
        print(f"{len(refused)} refused, {len(queue)} wait for money")
        self.assertEqual(self.balance(), (0, 0))
        statement = c.ok("statement", "--project", PROJECT, "--format", "json")
        charges = json.loads(statement)["statement"]["charges"]
        self.assertEqual([charge["total"] for charge in charges], [PRICE] * PAID)
        self.assertEqual(len({charge["attempt"]["job"] for charge in charges}), PAID)
        for kind in ("hold", "settle"):
            self.assertEqual(len({e["cause"] for e in self.entries(kind)}), PAID)
            self.assertEqual(len(self.entries(kind)), PAID)
        # One millionth more is one job more.
        c.ok("topup", "city-lab", "0.000001", "--reference", "INV-2")
        centre.wait_until(lambda: len(self.entries("settle")) == PAID + 1, "one more")
        self.assertEqual(len(c.json("queue")), taken - PAID - 1)
        c.ok("cancel", "--all")
        self.assertEqual(self.balance(), (0, 0))
        self.assertIn("the books are good", c.ok("ledger", "verify"))


if __name__ == "__main__":
    centre.main()
