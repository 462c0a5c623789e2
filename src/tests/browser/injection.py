# SPDX-License-Identifier: Apache-2.0
"""The corpus in evidence and rules, and in what a hunt makes of them.

injection.py WORK make             writes WORK/corpus.yml, WORK/rules and WORK/named
injection.py WORK tables REPORT    CSV and JSONL
injection.py WORK terminal FILE... what a command said
injection.py WORK page REPORT      report.html in Chromium
"""
import csv
import json
import pathlib
import sys

import corpus
from browser import Browser

TEXTS = corpus.texts()
SYSMON = ["RuleName", "FileVersion", "Description", "Product", "Company", "OriginalFileName", "CurrentDirectory", "User",
          "IntegrityLevel", "Hashes", "ParentImage", "ParentCommandLine", "ParentUser"]
SECURITY = ["SubjectUserName", "SubjectDomainName", "TargetUserName", "TargetDomainName", "ParentProcessName"]
CONNECTION = ["RuleName", "User", "SourceHostname", "SourcePortName", "DestinationHostname", "DestinationPortName"]
# Elements and attributes that the page itself is made of.
ALLOWED = r"""
const tags = new Set(("html head meta style script title body header h1 h2 h3 h4 h5 h6 p nav a main section div span b i " +
	"em strong code br table caption thead tbody tr th td article ul ol li details summary footer dl dt dd button label " +
	"input select option output noscript time small svg g path rect line circle text canvas template aside figure " +
	"figcaption fieldset legend").split(" "));
const out = [];
for (const e of document.querySelectorAll("*")) {
	if (!tags.has(e.localName))
		out.push("<" + e.localName + ">");
	for (const a of e.attributes)
		if (/^on|src|action|data$|xlink/i.test(a.name) || (a.name === "style" && !e.closest(".app")) ||
		    (a.name === "href" && !a.value.startsWith("#")) || /ran=1|x\.example/.test(a.value))
			out.push(e.localName + " " + a.name + "=" + a.value.slice(0, 60));
}
if (window.ran !== undefined || document.location.protocol !== "file:")
	out.push("a script ran");
return out;
"""
ARTICLES = r"""
const out = {}, table = t => [...t.rows].map(r => [r.cells[0].textContent, r.cells[1].textContent]);
for (const a of document.querySelectorAll("article.f"))
	out[a.id] = {title: a.querySelector("h3").textContent,
		facts: Object.fromEntries(table(a.querySelector("table.facts"))),
		records: [...a.querySelectorAll("table.fields")].map(t => Object.fromEntries(table(t)))};
return out;
"""


def in_rule(text):
    """What YAML can say."""
    return "".join("?" if c == "\0" or 0xd800 <= ord(c) < 0xe000 else c for c in text)


def in_name(text):
    """What a file can be called."""
    return in_rule(text).replace("/", "\u2215")[:60]


def quoted(text):
    return '"' + "".join(c if c.isascii() and c.isalnum() or c == " " else f"\\U{ord(c):08x}" for c in text) + '"'


def scenario():
    yield "start: 2026-03-02T08:00:00Z\nhosts:\n"
    for i, text in enumerate(TEXTS):
        yield f"  H{i}: {{name: {{units: {corpus.units(text)}}}, domain: CORP, log: both}}\n"
    yield "processes:\n"
    for i, text in enumerate(TEXTS):
        said = f"{{units: {corpus.units(text)}}}"
        values = [", ".join(f"{name}: {said}" for name in names) for names in (SYSMON, SECURITY)]
        yield f"  - {{name: p{i}, host: H{i}, image: {said}, command: [{said}, ' corpus-{i}'], at: {i}, end: {i + 900}, " \
            f"set: {{{values[0]}}}, set_security: {{{values[1]}}}}}\n"
    yield "connections:\n"
    for i, text in enumerate(TEXTS):
        said = f"{{units: {corpus.units(text)}}}"
        values = ", ".join(f"{name}: {said}" for name in CONNECTION)
        yield f"  - {{process: p{i}, at: {i + 5}, to: '203.0.113.9:80', set: {{{values}}}}}\n"


def rule(i, text):
    said = quoted(in_rule(text))
    return f"""title: {said}
id: 00000000-0000-4000-8000-{i:012}
description: {said}
author: {said}
references: [{said}]
falsepositives: [{said}]
triage: [{said}]
response: [{said}]
blind_spots: [{said}]
data_needed: [{said}]
level: high
logsource: {{category: process_creation, product: windows}}
detection:
    selection:
        CommandLine|endswith: ' corpus-{i}'
    condition: selection
"""


def make(work):
    (work / "corpus.yml").write_text("".join(scenario()), encoding="utf-8")
    for folder in ("rules", "named"):
        (work / folder).mkdir()
    for i, text in enumerate(TEXTS):
        name = in_name(text)
        if (work / "rules" / f"{name}.yml").exists():
            name += str(i)
        (work / "rules" / f"{name}.yml").write_text(rule(i, text), encoding="utf-8")
        (work / "named" / f"{name}.evtx").write_bytes(b"")


# ---- what came of it ----

class Checks:
    def __init__(self):
        self.rows = self.failures = 0

    def equal(self, name, got, want):
        self.rows += 1
        if got != want:
            self.failures += 1
            print(ascii(f"FAILED: {name}: {got!r}, not {want!r}")[:600])

    def finish(self):
        print(f"{self.rows} rows, {self.failures} failed")
        sys.exit(self.failures != 0)


def number(rule_id):
    return int(rule_id.rsplit("-", 1)[1])


def jsonl(c, report):
    ids = {}
    for line in (report / "findings.jsonl").read_text(encoding="utf-8").split("\n")[:-1]:
        f = json.loads(line)
        i = number(f["rule"]["id"])
        ids[f["finding_id"]] = i
        text = TEXTS[i]
        c.equal("jsonl title", f["rule"]["title"], in_rule(text))
        fields = next(e["fields"] for e in f["evidence"] if e["event_id"] == 1)
        for name in SYSMON + ["Image"]:
            c.equal(f"jsonl {name} {i}", fields[name].encode("utf-16", "surrogatepass"),
                    text.encode("utf-16", "surrogatepass"))
        c.equal(f"jsonl CommandLine {i}", fields["CommandLine"], text + f" corpus-{i}")
        c.equal(f"jsonl computer {i}", f["evidence"][0]["computer"], corpus.computer(text))
    c.equal("findings", len(ids), len(TEXTS))
    return ids


def table(c, report, name):
    with open(report / name, encoding="utf-8", newline="") as f:
        rows = list(csv.reader(f, strict=True))
    c.equal(f"{name}: as many fields in every row", {len(r) for r in rows}, {len(rows[0])})
    c.equal(f"{name}: no formula", [v for r in rows for v in r if v.startswith(("=", "+", "-", "@", "\t", "\r"))], [])
    return [dict(zip(rows[0], r)) for r in rows[1:]]


def tables(work, report):
    c = Checks()
    jsonl(c, report)
    for row in table(c, report, "findings.csv"):
        text = TEXTS[number(row["RuleId"])]
        c.equal("findings.csv title", row["RuleTitle"], corpus.in_csv(in_rule(text)))
        c.equal("findings.csv process", row["Process"], corpus.in_csv(text))
        c.equal("findings.csv computer", row["Computer"], corpus.in_csv(corpus.computer(text)))
        c.equal("findings.csv user", row["User"], corpus.in_csv(text))
    for row in table(c, report, "evidence.csv"):
        i = int(row["CommandLine"].rsplit("-", 1)[1])
        c.equal("evidence.csv command line", row["CommandLine"], corpus.in_csv(TEXTS[i] + f" corpus-{i}"))
    computers = {corpus.in_csv(corpus.computer(t)) for t in TEXTS}
    for name, column in (("timeline.csv", "host"), ("coverage.csv", "Computer")):
        c.equal(f"{name}: computers", computers - {row[column] for row in table(c, report, name)}, set())
    json.loads((report / "manifest.json").read_text(encoding="utf-8"))
    c.finish()


def terminal(files):
    c = Checks()
    for name in files:
        text = pathlib.Path(name).read_bytes().decode("utf-8")
        c.equal(name, sorted({x for x in text if corpus.hidden(x) and x != "\n"}), [])
    c.finish()


def shown(b, report):
    ids = {}
    for line in (report / "findings.jsonl").read_text(encoding="utf-8").split("\n")[:-1]:
        f = json.loads(line)
        ids[f["finding_id"]] = number(f["rule"]["id"])
    articles = b.js(ARTICLES)
    b.check("findings on the page", articles.keys() == ids.keys(), f"{len(articles)} of {len(ids)}")
    for name, a in articles.items():
        i = ids[name]
        want = corpus.on_page(TEXTS[i])
        b.check(f"title {i}", a["title"].endswith(". " + corpus.on_page(in_rule(TEXTS[i]))), ascii(a["title"]))
        got = {n: a["facts"].get(n) for n in ("Process", "Parent process")}
        got.update((n, a["records"][0].get(n)) for n in SYSMON + ["Image"])
        b.none(f"text {i}", [f"{n}: {ascii(v)}, not {ascii(want)}" for n, v in got.items() if v != want])
        b.check(f"computer {i}", a["facts"].get("Computer", "") == corpus.on_page(corpus.computer(TEXTS[i])))
        b.check(f"command line {i}", a["records"][0]["CommandLine"] == f"{want} corpus-{i}")
    cells = set(b.js("return [...document.querySelectorAll('code')].map(e => e.textContent)"))
    want = [corpus.on_page(in_name(t)) for t in TEXTS]
    for suffix in (".evtx", ".yml"):
        names = {c[c.find("/", c.find("named/" if suffix == ".evtx" else "rules/")) + 1:] for c in cells if c.endswith(suffix)}
        b.none(f"file names {suffix}", [ascii(w) for i, w in enumerate(want)
                                        if w + suffix not in names and f"{w}{i}{suffix}" not in names])


OPENED = r"""
const name = arguments[0], done = arguments[1], table = t => [...t.rows].map(r => [r.cells[0].textContent, r.cells[1].textContent]);
location.hash = name;
(function look() {
	const a = document.querySelector("#findings .whole article"), link = a && a.querySelector(".facts a[href^='#F-']");
	if (!link || link.textContent !== name)
		return requestAnimationFrame(look);
	done({title: a.querySelector("h3").textContent, facts: Object.fromEntries(table(a.querySelector("table.facts"))),
		records: [...a.querySelectorAll("table.fields")].map(t => Object.fromEntries(table(t))),
		advice: [...a.querySelectorAll(".advice li")].map(e => e.textContent)});
})();
"""


def opened(b, report):
    """What the script shows of each finding."""
    for line in (report / "findings.jsonl").read_text(encoding="utf-8").split("\n")[:-1]:
        f = json.loads(line)
        i = number(f["rule"]["id"])
        want = corpus.on_page(TEXTS[i])
        a = b.driver.execute_async_script(OPENED, f["finding_id"])
        b.check(f"opened: title {i}", a["title"].endswith(". " + corpus.on_page(in_rule(TEXTS[i]))), ascii(a["title"]))
        got = {n: a["facts"].get(n) for n in ("Process", "Parent process", "User")}
        got.update((n, a["records"][0].get(n)) for n in SYSMON + ["Image"])
        b.none(f"opened: text {i}", [f"{n}: {ascii(v)}, not {ascii(want)}" for n, v in got.items() if v != want])
        b.check(f"opened: computer {i}", a["facts"].get("Computer", "") == corpus.on_page(corpus.computer(TEXTS[i])))
        if i % 50 == 0:
            b.none(f"elements, {i} opened", b.js(ALLOWED))


def page(work, report):
    b = Browser(work)
    b.cdp("Emulation.setScriptExecutionDisabled", value=True)
    b.open(report / "report.html", script=False)
    shown(b, report)
    b.none("elements, without script", b.js(ALLOWED))
    b.quiet("without script")
    b.cdp("Emulation.setScriptExecutionDisabled", value=False)
    b.open(report / "report.html")
    b.none("elements", b.js(ALLOWED))
    b.quiet("opened")
    b.js("document.querySelectorAll('details').forEach(e => e.open = true)")
    b.shot("injection", 6000)
    b.none("elements, all opened", b.js(ALLOWED))
    b.quiet("all opened")
    opened(b, report)
    b.quiet("all findings, one by one")
    b.finish()


def main():
    work, verb = pathlib.Path(sys.argv[1]), sys.argv[2]
    if verb == "make":
        make(work)
    elif verb == "terminal":
        terminal(sys.argv[3:])
    else:
        {"tables": tables, "page": page}[verb](work, pathlib.Path(sys.argv[3]))


main()
