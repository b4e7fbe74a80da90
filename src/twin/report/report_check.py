#!/usr/bin/python3
"""Reads the reports of a made-up run as a browser would and checks their structure.

Usage: report_check.py PROGRAM    (sample_print: PROGRAM LANGUAGE PARTS prints a report)
"""
import json
import re
import shutil
import subprocess
import sys
import tempfile
from html.parser import HTMLParser
from pathlib import Path

VOID = {"meta", "link", "input", "br", "img"}
LOADS = {"src", "srcset", "data", "action", "poster", "background"}
# What an English reader and a Chinese one call alike.
SAME = re.compile(r"[A-Za-z0-9 .,:;%()/+\-–·°²³²₂]*")


class Report(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.faults, self.ids, self.anchors = [], [], [], []
        self.headings, self.tables, self.charts, self.texts = [], [], [], []
        self.scripts, self.loads, self.handlers = [], [], []

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if len(values) != len(attrs):
            self.faults.append(f"{tag}: an attribute twice")
        if "id" in values:
            self.ids.append(values["id"])
        self.handlers += [name for name in values if name.startswith("on")]
        self.loads += [f"{tag} {n}" for n in values if n in LOADS]
        if tag in ("a", "link"):
            self.anchors.append(values.get("href", ""))
        if tag == "table":
            self.tables.append({"captions": 0, "scopes": 0, "heads": 0})
        if tag == "caption":
            self.tables[-1]["captions"] += 1
        if tag == "th":
            self.tables[-1]["heads"] += 1
            self.tables[-1]["scopes"] += values.get("scope") in ("col", "row")
        if "chart" in values.get("class", "").split():
            self.charts.append(values)
        if tag == "script":
            self.scripts.append([values, ""])
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> at {self.getpos()} closes what is not open")

    def handle_data(self, text):
        place = self.open[-1] if self.open else ""
        if place == "script":
            self.scripts[-1][1] += text
        for tag in self.open:
            if re.fullmatch(r"h[1-6]", tag):
                self.headings.append((int(tag[1]), text))
        if text.strip() and place in ("h2", "h3", "caption", "th", "dt", "legend", "figcaption",
                                      "button", "label", "a") and "bdi" not in self.open:
            self.texts.append((place, text.strip()))


def check(name, html, language):
    faults = []
    report = Report()
    report.feed(html)
    report.close()
    faults += report.faults

    def must(truth, what):
        if not truth:
            faults.append(what)

    must(not report.open, f"left open: {report.open}")
    must(len(set(report.ids)) == len(report.ids), "an id stands twice")
    must(not report.handlers, f"handlers in attributes: {report.handlers}")
    must(not report.loads, f"something is loaded: {report.loads}")
    for anchor in report.anchors:
        must(anchor == "data:," or anchor[1:] in report.ids, f"link to nowhere: {anchor}")
    levels = [level for level, _ in report.headings]
    must(levels.count(1) >= 1 and all(b <= a + 1 for a, b in zip([1] + levels, levels)),
         f"levels of headings: {levels}")
    must(report.tables and all(t["captions"] == 1 and t["heads"] == t["scopes"] > 0
                               for t in report.tables), f"tables: {report.tables}")
    must(all(c.get("role") == "img" and len(c.get("aria-label", "")) > 10
             for c in report.charts), "a chart without text for who cannot see it")
    must(len(report.scripts) == 3, f"{len(report.scripts)} scripts")
    data = json.loads(report.scripts[0][1])
    drawn = {panel["id"] for panel in data["panels"] + data["bars"]} | {
        one for one in ("heat", "flows") if data.get(one)}
    must(drawn == {c["id"].removeprefix("chart-") for c in report.charts},
         f"charts without a place, or places without a chart: {drawn}")
    points = len(data["times"])
    must(0 < points <= 2000, f"{points} points")
    for panel in data["panels"]:
        for line in panel["lines"]:
            must(len(line["mean"] or line["high"]) == points, f"{panel['id']}: length of a line")
    if language == "zh" and not name.endswith("hostile"):
        english = [t for t in report.texts if SAME.fullmatch(t[1]) and re.search("[a-z]{4}", t[1])
                   and t[0] in ("h2", "h3", "caption", "legend", "button")]
        must(not english, f"not in Chinese: {english}")
    if language == "en" and name == "plant":
        words = "".join(text for _, text in report.texts)
        must(not re.search("[\u4e00-\u9fff]", words), "not in English")
    return faults, report


def words_in_both(program, parts):
    """Both languages say the same number of things: nothing is left out in one of them."""
    pages = {}
    for language in ("en", "zh"):
        html = subprocess.run([program, language, parts], capture_output=True, check=True).stdout
        report = check(parts, html.decode(), language)[1]
        pages[language] = [place for place, _ in report.texts]
    return [] if pages["en"] == pages["zh"] else ["the two languages differ in what they say"]


def scripts_parse(report):
    node = shutil.which("node")
    if not node:
        return []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.js"
        path.write_text(report.scripts[2][1])
        found = subprocess.run([node, "--check", str(path)], capture_output=True, text=True)
    return [] if found.returncode == 0 else [found.stderr]


def main():
    program = sys.argv[1]
    failed = False
    for parts in ("plant", "schedule", "hostile", "long", "comparison", "comparison-hostile"):
        for language in ("en", "zh"):
            run = subprocess.run([program, language, parts], capture_output=True, check=True)
            faults, report = check(parts, run.stdout.decode("utf-8", "strict"), language)
            if parts == "plant":
                faults += scripts_parse(report)
            print(f"{parts} {language}: {len(run.stdout)} bytes, {len(report.tables)} tables, "
                  f"{len(report.charts)} charts, {'good' if not faults else faults}")
            failed = failed or bool(faults)
    both = words_in_both(program, "plant") + words_in_both(program, "comparison")
    print(*both, sep="\n", end="")
    return 1 if failed or both else 0


if __name__ == "__main__":
    sys.exit(main())
