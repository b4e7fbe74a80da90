"""Nodes, reservations, lists, completion, the journal, and `pentad top` on a terminal.

Usage: machine_test.py PENTAD [unittest arguments]
"""
import fcntl
import json
import os
import pty
import select
import struct
import subprocess
import termios
import time

import centre


class Machine(centre.Case):
    def node(self):
        return self.centre.json("nodes")["nodes"][0]

    def test_every_list_is_json_and_a_table(self):
        self.ok("wait", self.centre.submit("--name", "listed", "--", "true"))
        for words in (["status"], ["queue", "--all"], ["nodes"], ["pools"], ["devices"],
                      ["reservations"], ["apps"], ["apps", "lammps-melt"]):
            with self.subTest(words):
                json.loads(self.ok(*words, "--json"))
                table = self.ok(*words)
                self.assertNotEqual(table.strip(), "")
                self.assertNotIn("\x1b", table)

    def test_json_problems(self):
        done = self.call("show", "999999", "--json")
        self.assertEqual(done.returncode, 4)
        self.assertEqual(json.loads(done.stderr)["status"], 404)

    def test_a_renamed_node_is_calibrated(self):
        home = centre.Centre()
        self.addCleanup(home.remove)
        os.makedirs(home.home, exist_ok=True)
        with open(os.path.join(home.home, "pentad.toml"), "w") as file:
            file.write('[node]\nname = "front-1"\n')
        home.start()
        self.assertIn("  -  catalogue", home.ok("devices"))  # watts unknown, nothing measured
        home.ok("calibrate", "--quick")
        self.assertIn("measured", home.ok("devices"))

    def test_version_for_programs(self):
        self.assertIn("version", json.loads(self.ok("version", "--json")))

    def test_drained_node_takes_nothing_until_it_is_back(self):
        name = self.node()["name"]
        running = self.centre.submit("--", "sleep", "600")
        self.centre.until(running, "running")
        self.ok("nodes", "drain", name, "--reason", "换硬盘")
        self.assertEqual((self.node()["state"], self.node()["reason"]), ("draining", "换硬盘"))
        waiting = self.centre.submit("--", "true")
        self.ok("cancel", running)
        centre.wait_until(lambda: self.node()["state"] == "drained", "the node drained")
        self.assertEqual(self.centre.state(waiting), "queued")
        self.ok("nodes", "resume", name)
        self.assertEqual(self.call("wait", waiting).returncode, 0)

    def test_node_down_ends_what_runs_there(self):
        name = self.node()["name"]
        lost = self.centre.submit("--no-requeue", "--", "sleep", "600")
        again = self.centre.shell("[ -e second ] || { touch second; sleep 600; }",
                                  "--workdir", self.centre.home)
        for job in (lost, again):
            self.centre.until(job, "running")
        centre.wait_until(lambda: os.path.exists(os.path.join(self.centre.home, "second")), "start")
        self.ok("nodes", "down", name, "-r", "test")
        self.centre.until(lost, "node_failed")
        self.ok("nodes", "resume", name)
        self.assertEqual(self.call("wait", again).returncode, 0)
        self.ends_with(4, "nodes", "drain", "no-such-node")

    def test_reservation_keeps_others_out(self):
        node = self.node()
        made = self.centre.json("reservations", "add", "--name", "课程", "--nodes", node["name"],
                                "--end", "+1h", "--users", "somebody")
        self.assertIn("课程", self.ok("reservations"))
        job = self.centre.submit("--time", "1m", "--", "true")
        self.assertEqual(self.centre.state(job), "queued")
        inside = self.centre.submit("--user", "somebody", "--reservation", str(made["id"]),
                                    "--time", "1m", "--", "true")
        self.assertEqual(self.call("wait", inside).returncode, 0)
        self.assertEqual(self.centre.state(job), "queued")
        self.ok("reservations", "remove", str(made["id"]))
        self.assertEqual(self.call("wait", job).returncode, 0)
        self.ends_with(4, "reservations", "remove", str(made["id"]))

    def test_journal_verifies_while_the_centre_is_up(self):
        self.ok("wait", self.centre.submit("--", "true"))
        self.assertTrue(self.centre.json("journal", "verify")["good"])
        events = [json.loads(line) for line in self.ok("journal", "show").splitlines()]
        self.assertEqual([event["seq"] for event in events], list(range(1, len(events) + 1)))

    def test_completion_loads_and_completes(self):
        bash = self.ok("completion", "bash")
        line = 'COMP_WORDS=(pentad sub) COMP_CWORD=1; _pentad; echo "${COMPREPLY[@]}"'
        out = subprocess.run(["bash", "-uc", bash + line], capture_output=True, check=True,
                             env={"PATH": os.environ["PATH"]}).stdout
        self.assertEqual(out, b"submit\n")
        folder = os.path.dirname(centre.PENTAD)
        job = self.centre.submit("--hold", "--", "true")
        line = ('COMP_WORDS=(pentad show "") COMP_CWORD=2; _pentad;'
                'printf "%s\\n" "${COMPREPLY[@]}"')
        out = subprocess.run(["bash", "-uc", bash + line], capture_output=True, check=True,
                             env={**self.centre.environment,
                                  "PATH": folder + ":" + os.environ["PATH"]}).stdout
        self.assertIn(job.encode(), out.split())
        self.ok("cancel", job)
        for shell in ("zsh", "fish"):
            self.assertIn("requeue", self.ok("completion", shell))
        self.ends_with(2, "completion", "tcsh")

    def test_top_on_a_terminal(self):
        job = self.centre.submit("--name", "气候模拟", "--hold", "--", "true")
        screen, terminal = pty.openpty()
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 12, 60, 0, 0))
        before = termios.tcgetattr(terminal)
        shown = b""
        with subprocess.Popen([centre.PENTAD, "top"], stdin=terminal, stdout=terminal,
                              stderr=terminal, env=self.centre.environment) as top:
            def read_until(what):
                nonlocal shown
                end = time.monotonic() + centre.PATIENCE_S
                while what not in shown and time.monotonic() < end:
                    if select.select([screen], [], [], 0.2)[0]:
                        shown += os.read(screen, 65536)
                self.assertIn(what, shown)

            read_until("气候".encode())
            fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
            os.write(screen, b"q")
            read_until(b"\x1b[?1049l")
            self.assertEqual(top.wait(centre.PATIENCE_S), 0)
        self.assertEqual(termios.tcgetattr(terminal), before)
        os.close(terminal)
        os.close(screen)
        self.ok("cancel", job)
        self.ends_with(2, "top", says="terminal")


if __name__ == "__main__":
    centre.main()
