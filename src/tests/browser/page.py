# SPDX-License-Identifier: Apache-2.0
"""The script of report.html, compared with the other files of the report: page.py WORK REPORT"""
import csv
import json
import pathlib
import sys

from browser import Browser
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

LEVELS = ["none", "informational", "low", "medium", "high", "critical"]
# Rows of a list at its top, end and between, by their number from 0.
ROWS = r"""
const box = document.querySelector(arguments[0] + " .rows"), rows = {};
const frame = () => new Promise(requestAnimationFrame);
return (async () => {
	for (const part of [0, .3, .71, 1]) {
		box.scrollTop = part * box.scrollHeight;
		for (let k = 0; k < 3 || (k < 500 && box.textContent.includes("...")); k++)
			await frame();
		box.querySelectorAll("[role=row]").forEach(r => rows[r.getAttribute("aria-rowindex") - 1] =
			[...r.children].map(c => c.textContent));
	}
	box.scrollTop = 0;
	await frame();
	return rows;
})();
"""
BLOCKS = r"""
const name = arguments[0];
return (async () => {
	const out = [];
	for (let k = 0; document.getElementById(name + "-" + k); k++) {
		const packed = Uint8Array.from(atob(document.getElementById(name + "-" + k).textContent), c => c.charCodeAt(0));
		const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
		out.push(await new Response(stream).text());
	}
	return out;
})();
"""
TABLE = "return [...document.querySelectorAll(arguments[0] + ' tr')].map(r => [...r.cells].map(c => c.textContent))"
CONTROL = r"""
const label = [...document.querySelectorAll(arguments[0] + " label")].find(l => l.textContent === arguments[1]);
return document.getElementById(label.htmlFor);
"""


class Page:
    def __init__(self, work, report):
        self.b = Browser(work)
        self.path = report / "report.html"
        self.lines = [json.loads(x) for x in (report / "findings.jsonl").read_text(encoding="utf-8").split("\n")[:-1]]
        self.findings = self.read(report / "findings.csv")
        self.entries = self.read(report / "timeline.csv")

    @staticmethod
    def read(path):
        with open(path, encoding="utf-8", newline="") as f:
            return list(csv.DictReader(f))

    def control(self, where, label):
        return self.b.js(CONTROL, where, label)

    def set(self, where, label, value):
        """Types into a text, or takes the first choice that holds the text."""
        c = self.control(where, label)
        if c.tag_name == "select":
            self.b.js("const s = arguments[0]; s.selectedIndex = [...s.options].findIndex(o => o.text.includes(arguments[1]));"
                      "s.dispatchEvent(new Event('change'))", c, value)
        else:
            c.clear()
            c.send_keys(value, Keys.ENTER)

    def press(self, where, text):
        self.b.js("[...document.querySelectorAll(arguments[0] + ' button')].find(b => b.textContent === arguments[1]).click()",
                  where, text)

    def said(self, where):
        return self.b.js("return document.querySelector(arguments[0] + ' .said').textContent", where)

    def rows(self, name, where, want, cells=slice(None)):
        rows = self.b.js(ROWS, where)
        self.b.check(f"{name}: enough of them", len(rows) > min(20, len(want) - 1), len(rows))
        self.b.none(name, [(r[cells], want[int(k)]) for k, r in rows.items() if r[cells] != want[int(k)]][:3])

    # ---- findings ----

    def counted(self, name, wanted):
        n, of = len(wanted), len(self.findings)
        want = f"{of:,} findings" if n == of else f"{n:,} of {of:,} findings"
        self.b.check(name, self.said("#findings") == want, f"{self.said('#findings')}, not {want}")

    def data(self):
        pairs = [p for text in self.b.js(BLOCKS, "findings") for p in json.loads(text)]
        self.b.check("the page's findings are those of findings.jsonl", [p[0] for p in pairs] == self.lines)

    def listed(self):
        self.counted("all findings", self.findings)
        self.rows("rows of the list", "#findings", [[f["Level"], f["FirstTime"].replace("T", " ")[:23], f["RuleTitle"], f["Computer"], f["User"],
                 f["Process"].split("\\")[-1], f["Status"]] for f in self.findings])

    def filters(self):
        f = self.findings
        text = "msiexec"
        wanted = [x for x in f if any(text in x[c].lower() for c in ("RuleTitle", "Tactics", "Techniques", "Computer", "User",
                                                                     "Process", "ParentProcess", "CommandLine",
                                                                     "Destination"))]
        self.set("#findings", "Text", text)
        self.counted("text", wanted)
        self.set("#findings", "Text", f[0]["FindingId"][:20])
        self.counted("an id", [x for x in f if x["FindingId"].startswith(f[0]["FindingId"][:20])])
        self.press("#findings", "Show all")
        for label, column, value in (("Computer", "Computer", f[-1]["Computer"]), ("User", "User", f[0]["User"]),
                                     ("Status", "Status", "unverified"), ("Rule", "RuleTitle", f[0]["RuleTitle"])):
            self.set("#findings", label, value)
            self.counted(label, [x for x in f if x[column] == value])
            self.press("#findings", "Show all")
        box = self.b.find("#level2")[0]
        box.click()
        self.counted("level", [x for x in f if x["Level"] != "low"])
        self.press("#findings", "Show all")
        middle = f[len(f) // 2]["FirstTime"]
        self.set("#findings", "From (UTC)", middle[:19].replace("T", " "))
        self.counted("from", [x for x in f if x["LastTime"] >= middle[:19]])
        self.set("#findings", "From (UTC)", "yesterday")
        self.b.check("what is no time", self.control("#findings", "From (UTC)").get_attribute("aria-invalid") == "true")
        self.press("#findings", "Show all")
        self.counted("all again", f)

    def orders(self):
        keys = {"Level": lambda f: LEVELS.index(f["Level"]), "Status": lambda f: f["Status"] == "unverified"}
        for k, column in enumerate(["Level", "FirstTime", "RuleTitle", "Computer", "User", "Process", "Status"]):
            for press in range(2):
                down = press == (0 if column == "Level" else 1)
                self.b.js("document.querySelectorAll('#findings .head button')[arguments[0]].click()", k)
                want = sorted(enumerate(self.findings), reverse=down, key=lambda f: (
                    keys[column](f[1]) if column in keys else f[1][column].lower(), f[0]))
                want = [f["FirstTime"].replace("T", " ")[:23] for _, f in want]
                self.rows(f"by {column}, {down}", "#findings", [[w] for w in want], slice(1, 2))
        self.press("#findings .head", "First time")

    def opened(self, name):
        self.b.wait(f"{name} opens", "const a = document.querySelector('#findings .whole a'); return a && a.textContent === arguments[0]", name)

    def one(self, line):
        name = line["finding_id"]
        self.b.js("location.hash = arguments[0]", name)
        self.opened(name)
        facts = dict(r for r in self.b.js(TABLE, "#findings .whole .facts") if len(r) == 2)
        row = next(f for f in self.findings if f["FindingId"] == name)
        for label, column in (("Computer", "Computer"), ("User", "User"), ("Process", "Process"),
                              ("Command line", "CommandLine"), ("Parent process", "ParentProcess"),
                              ("Connected to", "Destination")):
            self.b.check(f"{label} of {name}", facts.get(label, "") == row[column], facts.get(label))
        said = self.b.js(TABLE, "#findings .whole .fields")
        want = [[n, str(v)] for ev in line["evidence"] for n, values in ev["fields"].items()
                for v in (values if isinstance(values, list) else [values])]
        self.b.check(f"fields of {name}", said == want, [x for x in zip(said, want) if x[0] != x[1]][:2])
        text = self.b.js("return document.querySelector('#findings .whole').textContent")
        for ev in line["evidence"]:
            wanted = [ev["record_sha256"], ev["source"], f"at byte {ev['offset']} ", ev["time_created"]]
            self.b.none(f"the way back of {name}", [w for w in wanted if w not in text])
        self.b.none(f"unchecked of {name}", [u for u in line["unchecked"] if u not in text])

    def whole(self):
        for line in self.lines[:40]:
            self.one(line)
        deep = next(x for x in self.lines if len(x["evidence"]) > 1)
        self.one(deep)
        self.b.check("both clocks", len(self.b.find("#findings .whole .axis circle")) >= 2 * len(deep["evidence"]) - 2)
        self.b.check("advice", self.b.find("#findings .whole .advice ol, .whole .advice ul"))
        more = self.b.find("#findings .whole [aria-expanded=false]")
        if self.b.check("a tree to unfold", more):
            n = int(more[0].text.split()[2])
            more[0].click()
            self.b.check("the whole tree", len(self.b.find("#findings .whole .tree .nd b")) == n, n)
        for width, scheme in ((1280, "light"), (1280, "dark"), (390, "light")):
            self.b.width(width)
            self.b.media("screen", scheme)
            self.b.contrast(f"a finding, {scheme}, {width}")
            self.b.overflow(f"a finding, {scheme}, {width}")
            self.b.js("document.querySelector('#findings .whole').scrollIntoView()")
            self.b.shot(f"finding-{scheme}-{width}")
        self.b.width()
        self.b.media()
        self.b.names("a finding")
        self.b.outline("a finding")

    def keyboard(self):
        self.b.open(self.path)
        keys = lambda *k: ActionChains(self.b.driver).send_keys(*k).perform()
        self.b.js("document.querySelector('#findings .rows').focus()")
        keys(Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ENTER)
        self.opened(self.findings[1]["FindingId"])
        self.b.check("the address", self.b.js("return location.hash") == "#" + self.findings[1]["FindingId"])
        self.b.check("the focus", self.b.js("return document.activeElement.localName") == "h3")
        self.press("#findings .whole", "Next")
        self.opened(self.findings[2]["FindingId"])
        self.press("#findings .whole", "Close")
        self.b.check("closed", not self.b.find("#findings .whole article"))
        keys(Keys.END, Keys.ENTER)
        self.opened(self.findings[-1]["FindingId"])
        self.press("#findings .whole", "Close")

    # ---- timeline ----

    def in_range(self, name, wanted):
        want = f"{len(wanted):,} of {len(self.entries):,} records "
        self.b.check(name, self.said("#timeline").startswith(want), f"{self.said('#timeline')}, not {want}")

    def timeline(self):
        self.b.open(self.path)
        self.in_range("all entries", self.entries)
        self.rows("rows of the timeline", "#timeline", [
            [e["datetime"].replace("T", " ")[:-1], e["host"], e["timestamp_desc"], e["message"].split(": ", 1)[1][:300],
             str(len(e["findings"].split(";"))) if e["findings"] else ""] for e in self.entries])
        self.set("#timeline", "Computer", self.entries[0]["host"])
        self.in_range("of a computer", [e for e in self.entries if e["host"] == self.entries[0]["host"]])
        self.set("#timeline", "Computer", "all")
        self.set("#timeline", "Records", "Network Connection")
        self.in_range("connections", [e for e in self.entries if e["timestamp_desc"] == "Network Connection"])
        self.set("#timeline", "Records", "of findings only")
        self.in_range("of findings", [e for e in self.entries if e["findings"]])
        self.set("#timeline", "Records", "all")
        self.set("#timeline", "Text (Enter searches)", "msiexec")
        wanted = [e for e in self.entries if "msiexec" in e["message"].lower()]
        self.b.wait("a text", "return document.querySelector('#timeline .said').textContent.startsWith(arguments[0])",
                    f"{len(wanted):,} of ")
        self.set("#timeline", "Text (Enter searches)", "")
        self.b.wait("no text", "return document.querySelector('#timeline .said').textContent.startsWith(arguments[0])",
                    f"{len(self.entries):,} of ")

    def shown(self):
        return int(self.said("#timeline").split()[0].replace(",", ""))

    def chart(self):
        canvas, every = self.b.find("canvas")[0], len(self.entries)
        self.b.js("arguments[0].scrollIntoView({block: 'center'}); arguments[0].focus({preventScroll: true})", canvas)
        ActionChains(self.b.driver).send_keys(*"++++++", Keys.END).perform()
        self.b.check("zoomed by keyboard", 0 < self.shown() < every, self.shown())
        self.b.check("the findings follow", " of " in self.said("#findings"), self.said("#findings"))
        ActionChains(self.b.driver).send_keys("0").perform()
        self.b.check("all again", self.shown() == every)
        wide = canvas.size["width"] # the records are of the last of ten days
        ActionChains(self.b.driver).move_to_element_with_offset(canvas, wide // 2 - 40, 0).click_and_hold() \
            .move_by_offset(26, 5).release().perform()
        self.b.check("zoomed by dragging", 0 < self.shown() < every, self.shown())
        for _ in range(60): # down to the thousandth of a second
            self.press("#timeline", "Zoom in")
        self.b.check("down to single records", self.shown() <= 3, self.shown())
        self.press("#timeline", "Whole period")
        self.b.check("the whole period", self.shown() == every)
        self.b.js("const r = document.querySelector('#timeline .rows'); r.focus()")
        ActionChains(self.b.driver).send_keys(Keys.HOME, Keys.ENTER).perform()
        self.b.wait("an entry opens", "return document.querySelector('#timeline .whole code')")
        text = self.b.js("return document.querySelector('#timeline .whole').textContent")
        self.b.none("an entry", [w for w in (self.entries[0][c] for c in ("datetime", "message", "offset", "source"))
                                 if w not in text])
        inked = self.b.js("const c = document.querySelector('canvas'), d = c.getContext('2d').getImageData(0, 0, c.width, "
                          "c.height).data; let n = 0; for (let i = 3; i < d.length; i += 4) n += d[i] > 0; return n")
        self.b.check("the chart has ink", inked > 500, inked)

    # ---- paper, and what goes wrong ----

    def paper(self):
        self.b.media("print")
        seen = "return [...document.querySelectorAll(arguments[0])].map(e => e.checkVisibility())"
        self.b.check("on paper: the findings", all(self.b.js(seen, "#findings > article")))
        self.b.check("on paper: no list", not any(self.b.js(seen, ".app")))
        self.b.media()
        self.b.check("on screen: the list", all(self.b.js(seen, ".app")))
        self.b.check("on screen: not twice", not any(self.b.js(seen, "#findings > article")))

    def damaged(self):
        text = self.path.read_text(encoding="utf-8")
        at = text.index('id="list-0">') + len('id="list-0">')
        broken = self.path.with_name("broken.html")
        broken.write_text(text[:at + 40] + "AAAA" + text[at + 44:], encoding="utf-8")
        self.b.open(broken, script=False)
        self.b.wait("damage is told", "return document.querySelector('[role=alert]')")
        self.b.check("and the page stands", self.b.js("return document.querySelector('#findings article').checkVisibility()"))
        changed = self.path.with_name("changed.html")
        changed.write_text(text.replace('"use strict";', '"use strict" ;', 1), encoding="utf-8")
        self.b.open(changed, script=False)
        self.b.check("a script that was changed does not run",
                     self.b.js("return !document.documentElement.classList.contains('live')"))


def main():
    p = Page(sys.argv[1], pathlib.Path(sys.argv[2]))
    p.b.open(p.path)
    p.data()
    p.listed()
    p.filters()
    p.orders()
    p.whole()
    p.b.quiet("findings")
    p.keyboard()
    p.timeline()
    p.chart()
    p.paper()
    p.b.quiet("the timeline")
    p.damaged()
    p.b.finish()


main()
