"""pentad history export: what ran here comes out as JSON lines for the twin.

Usage: history_test.py PENTAD [unittest arguments]
"""
import json
import os

import centre


class History(centre.Case):
    def export(self, *options):
        lines = self.ok("history", "export", *options).splitlines()
        return json.loads(lines[0]), [json.loads(line) for line in lines[1:]]

    def test_all_kinds_of_jobs(self):
        done = self.centre.submit("--name", "改名", "--project", "seiten", "--time", "90s", "--class",
                                  "training", "--precision", "bf16", "--", "sleep", "0.3")
        bad = self.centre.submit("--after", f"ended:{done}", "--", "false")
        self.call("wait", done, bad)
        array = self.centre.submit("--array", "0-4", "--after", f"ok:{done}", "--", "true")
        self.call("wait", array)
        held = self.centre.submit("--hold", "--array", "1-7", "--", "true")
        late = self.centre.submit("--hold", "--deadline", "now+2h", "--exclusive", "--", "true")
        self.ok("cancel", late)
        header, jobs = self.export()
        self.assertEqual((header["format"], header["version"]), ("pentad-history", 1))
        self.assertEqual(header["start_ms"] % 1000, 0)
        self.assertGreaterEqual(header["pools"][0]["cores"], 1)
        by_id = {}
        for job in jobs:
            by_id.setdefault(str(job["id"]), []).append(job)
        self.assertEqual(set(by_id), {done, bad, array, held, late})

        shown = self.centre.json("show", done)["attempts"][0]
        first = by_id[done][0]
        self.assertEqual((first["name"], first["project"], first["state"], first["limit_ms"]),
                         ("改名", "seiten", "completed", 90000))
        self.assertEqual((first["workload_class"], first["precision"]), ("training", "bf16"))
        self.assertEqual(first["started_at_ms"], shown["started_at_ms"])
        self.assertGreaterEqual(first["ended_at_ms"] - first["started_at_ms"], 300)
        self.assertEqual(len(first["ran_on"]), 1)
        self.assertEqual((by_id[bad][0]["state"], by_id[bad][0]["after"]), ("failed", int(done)))

        self.assertEqual(sorted(job.get("index", 0) for job in by_id[array]), [0, 1, 2, 3, 4])
        self.assertTrue(all(job["state"] == "completed" and job["ended_at_ms"] >=
                            job["started_at_ms"] for job in by_id[array]))
        self.assertEqual([(job["count"], job["state"]) for job in by_id[held]], [(7, "held")])
        self.assertNotIn("started_at_ms", by_id[held][0])
        last = by_id[late][0]
        self.assertEqual((last["state"], last["exclusive"]), ("cancelled", True))
        self.assertGreater(last["deadline_at_ms"], last["submitted_at_ms"])
        submitted = [job["submitted_at_ms"] for job in jobs]
        self.assertEqual(submitted, sorted(submitted))

        since = self.centre.job(held)["submitted_at_ms"] / 1000
        _, later = self.export("--since", "30d", "--until", "now+1h")
        self.assertEqual(later, jobs)
        self.assertEqual(self.export("--since", f"@{int(since) + 3600}")[1], [])

    def test_to_a_file(self):
        self.call("wait", self.centre.submit("--", "true"))
        said = self.ok("history", "export", "--output", "h.jsonl")
        self.assertIn("written to h.jsonl", said)
        path = os.path.join(self.centre.work, "h.jsonl")
        with open(path, encoding="utf-8") as file:
            lines = file.read().splitlines()
        self.assertEqual(lines[1:], self.ok("history", "export").splitlines()[1:])
        self.assertFalse(os.path.exists(path + ".part"))
        self.ends_with(1, "history", "export", "-o", "none/h.jsonl", says="No such file")

    def test_what_is_not_understood(self):
        self.ends_with(2, "history", "export", "--since", "someday", says="--since")
        self.ends_with(2, "history")
        self.assertIn("--until", self.ok("history", "export", "--help"))


if __name__ == "__main__":
    centre.main()
