"""Wrong input: an exit code, a sentence that names what is wrong, and nothing stored.

Usage: refused_test.py PENTAD [unittest arguments]
"""
import http.client
import json
import os
import socket

import centre

OF_THE_CLIENT = [  # never reach the centre: exit code 2
    (["submit"], "nothing to run"),
    (["submit", "--memory", "4XB", "--", "true"], "--memory"),
    (["submit", "--memory", "-1", "--", "true"], "memory"),
    (["submit", "--memory", "99999999999999999999999P", "--", "true"], "--memory"),
    (["submit", "--time", "soon", "--", "true"], "--time"),
    (["submit", "--time", "0", "--", "true"], "--time"),
    (["submit", "--cores", "99999999999999", "--", "true"], "cores"),
    (["submit", "--cores", "many", "--", "true"], "cores"),
    (["submit", "--priority", "4294967297", "--", "true"], "--priority"),
    (["submit", "--array", "0-9%4294967298", "--", "true"], "--array"),
    (["submit", "--licence", "a:4294967297", "--", "true"], "--licence"),
    (["submit", "--devices", "1", "--device-share", "200%", "--", "true"], "100%"),
    (["submit", "--device-share", "0", "--", "true"], "--device-share"),
    (["submit", "--name", b"caf\xe9", "--", "true"], "--name: `caf\\xe9` is not UTF-8"),
    (["submit", "--env", b"A=\xff", "--", "true"], "--env"),
    (["submit", "--output", b"/tmp/\xff", "--", "true"], "--output"),
    (["submit", "--", "cat", b"\xff"], "not UTF-8"),
    (["modify", "1", "--precision", "fp32"], "--precision"),
    (["submit", "--after", "ok:", "--", "true"], "--after"),
    (["submit", "--after", "(" * 99, "--", "true"], "--after"),
    (["submit", "--begin", "yesterday", "--", "true"], "--begin"),
    (["submit", "--warn", "NOSUCH@5s", "--", "true"], "--warn"),
    (["submit", "--wish", "biggest", "--", "true"], "cheapest"),
    (["submit", "--precision", "fp31", "--", "true"], "fp32"),
    (["submit", "--env", "NOEQUALS", "--", "true"], "--env"),
    (["submit", "--app", "lammps-melt", "--set", "atoms", "--", "x"], "not both"),
    (["submit", "--no-such-option"], "no-such-option"),
    (["show", "twelve"], "twelve"),
    (["show", "-5"], ""),
    (["cancel"], "which jobs"),
    (["cancel", "1", "--all"], "not both"),
    (["cancel", "1_x"], "1_x"),
    (["nonsense"], "no command `nonsense`"),
    (["queue", "--since", "ever"], "--since"),
    (["queue", "--limit", "-3"], "limit"),
]
OF_THE_CENTRE = [  # exit code 3, with the field
    (["--cores", "100000"], "cores"),
    (["--cores", "-1"], "cores"),
    (["--cores", "0"], "/resources/cores"),
    (["--nodes", "0"], "/resources/nodes"),
    (["--reservation", "0"], "/resources/reservation"),
    (["--devices", "-1"], "/resources/devices/count"),
    (["--device-share", "25%"], "device"),
    (["--requeue-max", "-5"], "/requeue/max"),
    (["--memory", "900TiB"], "memory"),
    (["--nodes", "4096"], "nodes"),
    (["--devices", "512"], "device"),
    (["--feature", "no-such-feature"], "no-such-feature"),
    (["--pool", "no-such-pool"], "`pentad pools` lists them"),
    (["--licence", "no-such-licence"], "no-such-licence"),
    (["--reservation", "987654"], "reservation"),
    (["--qos", "no-such-qos"], "qos"),
    (["--after", "ok:987654"], "987654"),
    (["--array", "5-1"], "array"),
    (["--array", "0-99999999999"], "array"),
    (["--array", "0-9%-2"], "array"),
    (["--name", "two\nlines"], "name"),
    (["--name", "x" * 5000], "name"),
    (["--user", "../../etc"], "user"),
    (["--project", "a\x01b"], "project"),
    (["--deadline", "2001-01-01"], "deadline"),
    (["--priority", "99999999"], "priority"),
    (["--time", "90000d"], "limit"),
]
RAW = [  # body, status, field
    (b'{"argv":["true"],"nmae":"x"}', 422, "/nmae"),
    (b'{"argv":["true"],"resources":{"coers":1}}', 422, "/resources/coers"),
    (b'{"argv":["true"],"argv":["false"]}', 422, "/argv"),
    (b"{", 400, None),
    (b"", 400, None),
    (b"[]", 422, None),
    (b"[" * 100_000, 400, None),
    (b'{"argv":["a\xff"]}', 400, "/argv/0"),
    (b'{"argv":["a\\u0000"]}', 422, "/argv/0"),
    (b'{"argv":["true"],"name":"a\\nb"}', 422, "/name"),
    (b'{"argv":["true"],"name":"../x"}', 422, "/name"),
    (b'{"argv":["true"],"name":"\\u202ex"}', 422, "/name"),
    (b'{"argv":["true"],"priority":1e400}', 422, "/priority"),
    (b'{"argv":["true"],"limit_s":-1}', 422, "/limit_s"),
    (b'{"argv":["true"],"limit_s":9223372036854775808}', 422, "/limit_s"),
    (b'{"argv":["true"],"resources":{"cores":1.5}}', 422, "/resources/cores"),
    (b'{"argv":["true"],"dependency":{"kind":"ok","job":987654}}', 422, "/dependency"),
    (b'{"jobs":[{"argv":["true"],"dependency":{"kind":"ok","in_request":1}},{"argv":["true"]}]}',
     422, "/jobs/0/dependency/in_request"),
    (b'{"jobs":[{"argv":["true"]},{"argv":["true"],"resources":{"cores":99999}}]}',
     422, "/jobs/1/resources/cores"),
    (b'{"script":"' + b"x" * (5 << 20) + b'"}', 413, "/script"),
    (b'{"script":"' + b"x" * (100 << 20) + b'"}', 413, None),
]


class LocalConnection(http.client.HTTPConnection):
    """Over the Unix socket, where the kernel says who asks."""

    def __init__(self, path):
        super().__init__("localhost", timeout=60)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Refused(centre.Case):
    def tearDown(self):
        self.assertEqual(self.centre.json("queue", "--all"), [])

    def test_by_the_client(self):
        for words, says in OF_THE_CLIENT:
            with self.subTest(words):
                self.ends_with(2, *words, says=says)

    def test_by_the_centre(self):
        for words, says in OF_THE_CENTRE:
            with self.subTest(words):
                error = self.ends_with(3, "submit", *words, "--", "true", says=says)
                self.assertNotIn("\x01", error)

    def test_applications(self):
        self.ends_with(4, "apps", "no-such-app")
        for words, says in ((["no-such-app"], "lammps-melt"),
                            (["lammps-melt", "--set", "atoms=many"], "atoms"),
                            (["lammps-melt", "--set", "atoms=1"], "atoms"),
                            (["lammps-melt", "--set", "colour=red"], "colour"),
                            (["fashion-infer"], "model")):
            with self.subTest(words):
                done = self.call("submit", "--app", *words)
                self.assertIn(done.returncode, (3, 4), done.stderr)
                self.assertIn(says, done.stderr.decode())

    def test_scripts(self):
        path = os.path.join(self.centre.work, "huge.sh")
        with open(path, "wb") as script:
            script.truncate(100 << 20)
        self.ends_with(3, "submit", path, says="100 MiB")
        self.ends_with(3, "submit", "-", given=bytes(100 << 20))
        self.ends_with(1, "submit", "/no/such/script", says="/no/such/script")
        self.ends_with(1, "submit", self.centre.work, says="directory")
        self.ends_with(3, "submit", "-", given=b"", says="script")

    def test_unknown_jobs(self):
        for words in (["show", "77"], ["logs", "77"], ["wait", "77"], ["cancel", "77"],
                      ["modify", "77", "--time", "1h"], ["requeue", "77"], ["logs", "-f", "77"]):
            with self.subTest(words):
                self.ends_with(4, *words, says="77")

    def test_what_only_a_raw_request_can_send(self):
        for body, code, field in RAW:
            with self.subTest(body[:60]):
                connection = LocalConnection(os.path.join(self.centre.home, "pentad.sock"))
                try:
                    connection.request("POST", "/api/v1/jobs", body,
                                       {"Content-Type": "application/json"})
                except (BrokenPipeError, ConnectionResetError):
                    pass  # it answers before it has read all
                answer = connection.getresponse()
                problem = json.loads(answer.read())
                connection.close()
                self.assertEqual((answer.status, problem["status"]), (code, code), problem)
                self.assertEqual(problem.get("field"), field, problem)

    def test_no_centre(self):
        for words in (["queue"], ["submit", "--", "true"], ["run", "--", "true"], ["down"]):
            with self.subTest(words):
                self.ends_with(5, *words, says="pentad up", PENTAD_HOME="/no/such/home")
        self.ends_with(5, "queue", "--url", "http://127.0.0.1:9", says="127.0.0.1:9")
        self.ends_with(2, "queue", "--url", "gopher://x", says="--url")
        self.ends_with(1, "up", "--listen", "0.0.0.0:0", PENTAD_HOME=self.centre.home + "/second")


if __name__ == "__main__":
    centre.main()
