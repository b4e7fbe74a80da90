#!/usr/bin/python3
"""Draws docs/validation/*.svg from what the validation test prints.

Usage: plant_validation_test | test/validation/plot.py docs/validation
"""
import sys
from pathlib import Path

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 640, 360, 60, 44, 28
COLOURS = {"measured": "#c0392b", "modelled": "#1f5fa8", "blind": "#1f5fa8", "fitted": "#8fb8de"}


class Chart:
    def __init__(self, title, x_name, y_name, x_range, y_range):
        self.x_range, self.y_range, self.parts = x_range, y_range, []
        self.text(WIDTH / 2, 16, title, "middle", 14)
        self.text(WIDTH / 2, HEIGHT - 6, x_name, "middle")
        self.parts.append(f'<text x="14" y="{HEIGHT / 2}" text-anchor="middle" '
                          f'transform="rotate(-90 14 {HEIGHT / 2})">{y_name}</text>')
        self.line([(x_range[0], y_range[0]), (x_range[1], y_range[0])], "#444")
        self.line([(x_range[0], y_range[0]), (x_range[0], y_range[1])], "#444")

    def at(self, x, y):
        (x0, x1), (y0, y1) = self.x_range, self.y_range
        return (LEFT + (x - x0) / (x1 - x0) * (WIDTH - LEFT - 16),
                HEIGHT - BOTTOM - (y - y0) / (y1 - y0) * (HEIGHT - BOTTOM - TOP))

    def text(self, x, y, words, anchor="start", size=12, colour="#222"):
        self.parts.append(f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" '
                          f'font-size="{size}" fill="{colour}">{words}</text>')

    def ticks(self, xs, ys, y_form="{:.2f}"):
        for x in xs:
            px, py = self.at(x, self.y_range[0])
            self.text(px, py + 15, f"{x:g}", "middle", 11)
        for y in ys:
            px, py = self.at(self.x_range[0], y)
            self.text(px - 6, py + 4, y_form.format(y), "end", 11)
            self.line([(self.x_range[0], y), (self.x_range[1], y)], "#ddd")

    def line(self, points, colour, width=1):
        path = " ".join("{:.1f},{:.1f}".format(*self.at(x, y)) for x, y in points)
        self.parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" '
                          f'stroke-width="{width}"/>')

    def dot(self, x, y, colour, radius=3.5, hollow=False):
        px, py = self.at(x, y)
        fill = "white" if hollow else colour
        self.parts.append(f'<circle cx="{px:.1f}" cy="{py:.1f}" r="{radius}" fill="{fill}" '
                          f'stroke="{colour}"/>')

    def bar(self, x, y0, y1, width, colour):
        left, top = self.at(x - width / 2, max(y0, y1))
        right, low = self.at(x + width / 2, min(y0, y1))
        self.parts.append(f'<rect x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" '
                          f'height="{low - top:.1f}" fill="{colour}"/>')

    def save(self, path):
        body = "\n".join(self.parts)
        path.write_text(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
                        f'font-family="sans-serif" font-size="12">\n'
                        f'<rect width="100%" height="100%" fill="white"/>\n{body}\n</svg>\n')


def summit(rows, folder):
    chart = Chart("Summit 2020: weekly PUE, odd weeks blind", "week", "PUE", (0, 53), (1.0, 1.3))
    chart.ticks(range(0, 53, 4), [1.0, 1.05, 1.1, 1.15, 1.2, 1.25, 1.3])
    chart.line([(int(r[2]), float(r[5])) for r in rows], COLOURS["modelled"], 2)
    for r in rows:
        week = int(r[2])
        chart.dot(week, float(r[4]), COLOURS["measured"], hollow=week % 2 == 0)
    chart.text(140, 40, "line: modelled; filled: measured, blind; hollow: measured, fitted")
    chart.save(folder / "summit.svg")

    chart = Chart("Summit 2020 over the wet bulb", "weekly median wet bulb, C", "PUE", (0, 25),
                  (1.0, 1.3))
    chart.ticks(range(0, 26, 5), [1.0, 1.05, 1.1, 1.15, 1.2, 1.25, 1.3])
    for r in rows:
        chart.dot(float(r[3]), float(r[4]), COLOURS["measured"])
        chart.dot(float(r[3]), float(r[5]), COLOURS["modelled"])
    chart.text(80, 50, "measured", colour=COLOURS["measured"])
    chart.text(80, 66, "modelled", colour=COLOURS["modelled"])
    chart.save(folder / "summit_wet_bulb.svg")


def bench(rows, folder):
    chart = Chart("Two-phase bench: partial PUE over load", "share of rated load", "pPUE",
                  (0.55, 1.05), (1.03, 1.07))
    chart.ticks([0.6, 0.7, 0.8, 0.9, 1.0], [1.03, 1.04, 1.05, 1.06, 1.07])
    chart.line([(float(r[2]), float(r[4])) for r in rows], COLOURS["modelled"], 2)
    for load, value in ((19.0 / 26.7, 1.053), (1.0, 1.037)):
        chart.dot(load, value, COLOURS["measured"], 4)
    chart.save(folder / "two_phase_bench.svg")


def months(rows, folder):
    chart = Chart("GPU node: modelled over measured energy, blind months", "month",
                  "difference, %", (0, len(rows) + 1), (-12, 12))
    chart.ticks([], [-12, -9, -6, -3, 0, 3, 6, 9, 12], "{:.0f}")
    for i, r in enumerate(rows, 1):
        wrong = 100 * (float(r[5]) / float(r[2]) - 1)
        chart.bar(i, 0, wrong, 0.6, COLOURS["modelled"])
        x, y = chart.at(i, -12)
        chart.text(x, y + 15, r[1][2:], "middle", 10)
    chart.save(folder / "gpu_node_months.svg")


def main():
    folder = Path(sys.argv[1])
    rows = [line.split() for line in sys.stdin]
    weeks = [r for r in rows if r[:2] == ["T1", "week"]]
    loads = [r for r in rows if r[:2] == ["T3", "load"]]
    energy = [r for r in rows if r[:1] == ["T8"] and len(r) == 9 and r[3] == "kWh"]
    if not weeks or not loads or not energy:
        sys.exit("plot.py: the test printed no data (is PENTAD_DATA there?)")
    summit(weeks, folder)
    bench(loads, folder)
    months(list({r[1]: r for r in energy}.values()), folder)


if __name__ == "__main__":
    main()
