# SPDX-License-Identifier: Apache-2.0
"""report.html of the story in a real browser: report.py WORK REPORT.HTML"""
import json
import pathlib
import sys

from browser import Browser

SECTIONS = ["summary", "findings", "rules", "examined", "signs", "unchecked", "coverage", "method"]


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


def main():
    work, path = sys.argv[1], pathlib.Path(sys.argv[2])
    b = Browser(work)
    b.open(path)
    b.quiet("opened")
    sections(b)
    first_page(b)
    b.outline("report")
    b.names("report")
    b.tab_order("report")
    looks(b)
    b.pdf("report")
    b.quiet("used")
    findings(b, path)
    b.finish()


main()
