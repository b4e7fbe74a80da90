"""Two daemons on one PostgreSQL database and one home: the second takes over when the first is
killed, stopped, ended or cut off, and every job runs and is charged exactly once.

  takeover_test.py PENTAD [unittest's arguments]
"""
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import time
import unittest

from pair import Pair, Server, has_postgresql, wait_until
from proxy import Proxy

PENTAD = sys.argv[1] if len(sys.argv) > 1 else "pentad"


class Case(unittest.TestCase):
    lease_s = 1

    def setUp(self):
        self.server = Server()
        self.addCleanup(self.server.stop)
        self.pair = Pair(PENTAD, self.server, self.lease_s, self.url())
        self.addCleanup(self.clean_up)
        self.first = self.pair.start()
        self.pair.surely("GET", "/status")
        self.pair.open_purse()

    def url(self):
        return None

    def clean_up(self):
        outcome = getattr(self, "_outcome", None)
        result = getattr(outcome, "result", None)
        failed = bool(result and (result.errors or result.failures))
        self.pair.remove(show_log=failed)

    def check_all(self):
        self.pair.wait_empty()
        self.assertEqual(self.pair.problems(), [])


class Killed(Case):
    def test_again_and_again(self):
        pair, rng = self.pair, random.Random(1)
        for _ in range(6):
            pair.start_waiting()
            for _ in range(4):  # more than run at once
                pair.submit(rng.uniform(0, 1.5), rng.choice([1, 1, 5]))
            time.sleep(rng.uniform(0, 0.4))
            active = pair.active()
            active.send_signal(signal.SIGKILL)
            active.wait()
            # People who ask in between wait for the answer.
            self.assertNotEqual(json.loads(pair.say("--json", "status"))["pid"], active.pid)
        self.check_all()


class Stopped(Case):
    def test_the_second_ends_a_stopped_first_and_takes_over(self):
        pair = self.pair
        second = pair.start_waiting()
        names = [pair.submit(1, 4) for _ in range(3)]
        wait_until(lambda: pair.lines(names[0]), "a job that runs")
        self.first.send_signal(signal.SIGSTOP)
        self.assertEqual(self.first.wait(60), -signal.SIGKILL)
        wait_until(lambda: pair.active() is second, "the second to decide")
        self.assertIn(f"process {self.first.pid} decided before and is stopped", pair.log())
        pid_file = pathlib.Path(pair.home, "pentad.pid").read_text()
        self.assertEqual(int(pid_file), second.pid)
        self.check_all()

    def test_a_first_that_wakes_up_replaced_ends_itself_and_has_decided_nothing(self):
        pair, server = self.pair, self.server
        names = [pair.submit(2, 2) for _ in range(4)]
        wait_until(lambda: pair.lines(names[0]), "a job that runs")
        self.first.send_signal(signal.SIGSTOP)
        before_stop = server.sql("SELECT COUNT(*), MAX(seq) FROM journal")
        # Somebody elsewhere takes the lease; the jobs that run end meanwhile.
        server.sql("UPDATE lease SET epoch = epoch + 1, holder = 'elsewhere, process 1', until = "
                   "clock_timestamp() + INTERVAL '5 s'")
        time.sleep(2.5)
        entries = server.sql("SELECT COUNT(*) FROM entries")
        self.first.send_signal(signal.SIGCONT)
        self.assertEqual(self.first.wait(60), 1)
        self.assertIn("another Pentad has taken over this centre", pair.log())
        self.assertEqual(server.sql("SELECT COUNT(*), MAX(seq) FROM journal"), before_stop)
        self.assertEqual(server.sql("SELECT COUNT(*) FROM entries"), entries)
        pair.start_waiting()
        self.assertIn("elsewhere, process 1", pair.log())
        self.check_all()


class Ended(Case):
    lease_s = 600  # nobody waits so long

    def test_a_daemon_that_is_told_to_end_hands_over_at_once(self):
        pair = self.pair
        second = pair.start_waiting()
        names = [pair.submit(1, 3) for _ in range(3)]
        wait_until(lambda: pair.lines(names[0]), "a job that runs")
        self.first.send_signal(signal.SIGTERM)
        self.assertEqual(self.first.wait(60), 0)
        self.assertIs(pair.active(), second)
        port = int(pathlib.Path(pair.home, "http.port").read_text())
        self.assertGreater(port, 0)
        self.check_all()

    def test_a_daemon_that_waits_ends_when_told_and_changes_nothing(self):
        pair = self.pair
        second = pair.start_waiting()
        second.send_signal(signal.SIGTERM)
        self.assertEqual(second.wait(60), 0)
        self.assertIs(pair.active(), self.first)
        third = subprocess.run([pair.pentad, "--home", pair.home, "up", "--detach"],
                               capture_output=True, text=True, timeout=60)
        self.assertEqual(third.returncode, 0, third.stderr)
        self.assertIn(f"process {self.first.pid}) decides for this centre; process", third.stderr)
        waiting = int(third.stderr.split("; process ")[1].split()[0])
        os.kill(waiting, signal.SIGKILL)
        self.assertEqual(self.pair.problems(), [])


class Cut(Case):
    lease_s = 10  # so that the first is back before it is taken for dead

    def test_connections_that_are_cut_and_a_server_that_starts_again(self):
        pair, rng = self.pair, random.Random(2)
        second = pair.start_waiting()
        for i in range(6):
            for _ in range(3):
                pair.submit(rng.uniform(0, 0.5), rng.choice([1, 3]))
            time.sleep(rng.uniform(0, 0.3))
            if i == 3:
                self.server.restart()
            else:
                self.server.cut_connections()
        self.check_all()
        self.assertIs(pair.active(), self.first)
        # The one that waits has come through it, too.
        self.first.send_signal(signal.SIGKILL)
        self.first.wait()
        self.assertIs(pair.active(), second)
        self.check_all()


class LostCommit(Case):
    def url(self):
        self.proxy = Proxy(self.server.folder)
        self.addCleanup(self.proxy.stop)
        return self.server.url(self.proxy.folder)

    def lose(self, commits, outage_s):
        pair = self.pair
        for _ in range(2):
            self.proxy.arm(f'"name":"j{len(pair.wanted) + 1}"', commits, outage_s)
            pair.submit(0.1)
            self.assertTrue(self.proxy.fired.is_set())
        self.check_all()
        self.assertIs(pair.active(), self.first)

    def test_before_the_commit(self):
        self.lose(commits=False, outage_s=0)

    def test_after_the_commit(self):
        self.lose(commits=True, outage_s=0)

    def test_after_the_commit_and_nobody_answers_for_a_while(self):
        self.lose(commits=True, outage_s=1.5)
        self.assertIn("are in the journal after all", self.pair.log())


if __name__ == "__main__":
    if not has_postgresql():
        print("skipped: PostgreSQL is not installed (tools/packages.txt)")
        sys.exit(77)
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2, warnings="ignore")
