# SPDX-License-Identifier: Apache-2.0
"""report.html of the story in a real browser: report.py WORK REPORT.HTML"""
import json
import pathlib
import shutil
import subprocess
import sys

from browser import Browser, Keys

SECTIONS = ["summary", "findings", "rules", "examined", "hosts", "signs", "unchecked", "coverage", "method"]


def looks(b):
    for name, width, media, scheme in (("light", 1280, "screen", "light"), ("dark", 1280, "screen", "dark"),
                                       ("narrow", 390, "screen", "light"), ("print", 720, "print", "light")):
        b.width(width)
        b.media(media, scheme)
        b.contrast(name)
        b.overflow(name)
        b.shot(name, 2400)
    b.width()
    b.media()


def findings(b, path):
    lines = (path.parent / "findings.jsonl").read_text(encoding="utf-8").splitlines()
    for line in lines:
        name = json.loads(line)["finding_id"]
        b.open(path, "#" + name)
        b.check(f"a link to {name}", b.js(
            "const e = document.querySelector(':target');"
            "return e && e.id === arguments[0] && Math.abs(e.getBoundingClientRect().top) < innerHeight", name))
        b.quiet(f"a link to {name}")


def sections(b):
    for name in SECTIONS:
        b.check(f"section {name}", len(b.find(f"main > section[id={name}] > h2")) == 1)
        b.check(f"section {name} in the contents", b.find(f"nav a[href='#{name}']"))


def first_page(b):
    text = b.find("#summary")[0].text
    for said in ("2026/117", "A. Fournier", "Sealed. Second line.", "6 findings on 2 computers: 4 medium, 2 low.",
                 "On 2 of 3 computers", "No damage was found", "3 rules were run"):
        b.check(f"first page: {said}", said in text)
    rows = b.js("return [...document.querySelectorAll('#summary table.wide tbody tr')].map(r => r.innerText)")
    b.check("findings by computer and level", rows == ["ws01.corp.example\t2\t1\t3", "ws02.corp.example\t2\t1\t3"], rows)


def hosts(b):
    """What is folded away opens without a script."""
    b.cdp("Emulation.setScriptExecutionDisabled", value=True)
    b.check("a tree for each computer with findings", len(b.find("#hosts .tree.host")) == 2)
    nested = b.js("""return [...document.querySelectorAll("#hosts .tree.host")].map(t =>
        [...t.querySelectorAll("b")].filter(e => e.textContent === "updater.exe")
            .map(e => e.closest("li").parentElement.closest("li").querySelector("b").textContent))""")
    b.check("the tree: who started whom", nested[0] == ["msiexec.exe"], nested)
    folded = b.find("#hosts details.others > summary")[0]
    inside = b.find("#hosts details.others li")[0]
    shown = "return arguments[0].checkVisibility()"
    b.check("what no finding names is folded away", not b.js(shown, inside) and "other processes" in folded.text)
    b.js("arguments[0].focus()", folded)
    folded.send_keys(Keys.ENTER)
    b.check("it opens by the keyboard", b.js(shown, inside))
    b.js("arguments[0].parentElement.open = false", folded)
    said = b.find("#hosts")[0].text
    for text in ("Sign-ons that its findings rest on", "2 interactive", "0x4a2b1", "integrity Medium", "connected to",
                 "Not recorded here: process creation (Sysmon 1)"):
        b.check(f"computers: {text}", text in said)
    b.shot("hosts", 2600, "#hosts")
    b.cdp("Emulation.setScriptExecutionDisabled", value=False)


def method(b):
    text = b.find("#method")[0].text
    terms = [e.text for e in b.find("#method dt")]
    for word in ("Times", "Users", "Two decoders", "Limits", "Shadow copy", "SID", "Unverified"):
        b.check(f"method: {word}", word in terms)
    b.check("method: both decoders", "both decoders agree on" in text and "differ on 0" in text)


def printed(b, path):
    """What is on paper: the whole report, its findings' addresses, and nothing to click."""
    b.width(672)
    b.media("print")
    b.none("print: rows may be cut", b.js("""return [...document.querySelectorAll("tr, .sum, .rec, dd")].filter(e =>
        getComputedStyle(e).breakInside !== "avoid").map(e => e.outerHTML.slice(0, 80))"""))
    b.none("print: controls", b.js("""return [...document.querySelectorAll("button, input, select")].filter(e =>
        e.checkVisibility()).map(e => e.outerHTML.slice(0, 80))"""))
    b.none("print: folded", b.js("""return [...document.querySelectorAll("details:not(.others) > table")].filter(e =>
        !e.closest("details.others") && !e.checkVisibility()).map(e => e.outerHTML.slice(0, 80))"""))
    b.overflow("print on A4")
    b.width()
    b.media()
    pdf = b.pdf("report")
    reader = shutil.which("pdftotext")
    if not reader:
        return
    text = subprocess.run([reader, "-layout", pdf, "-"], check=True, capture_output=True).stdout.decode()
    b.check("PDF: pages", 8 < text.count("\f") < 80, text.count("\f"))
    flat = "".join(text.split())
    for line in (path.parent / "findings.jsonl").read_text(encoding="utf-8").splitlines():
        name = json.loads(line)["finding_id"]
        b.check(f"PDF: the address of {name}", f"report.html#{name}" in flat)
    for said in ("1 Summary", "5 Computers", "9 Method", "Sign-ons that its findings rest on", "Shadow copy"):
        b.check(f"PDF: {said}", "".join(said.split()) in flat)


def main():
    work, path = sys.argv[1], pathlib.Path(sys.argv[2])
    b = Browser(work)
    b.open(path)
    b.quiet("opened")
    sections(b)
    first_page(b)
    hosts(b)
    method(b)
    b.outline("report")
    b.names("report")
    b.tab_order("report")
    looks(b)
    printed(b, path)
    b.quiet("used")
    findings(b, path)
    b.finish()


main()
