#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""compare.py DECODE LOG-OR-FOLDER...

Every record of the logs, value by value, as our decoder reads it (the program DECODE, built by
`make decode`) and as libevtx's evtxexport shows it. Prints the differences by kind with examples.
"""
import collections
import os
import re
import subprocess
import sys
from xml.parsers import expat

ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
EVENT = re.compile(r"<Event[ >].*?\n</Event>\n", re.S)


def logs(paths):
    for path in paths:
        if os.path.isfile(path):
            yield path
        for folder, dirs, files in os.walk(path):
            dirs.sort()
            yield from (os.path.join(folder, f) for f in sorted(files) if f.endswith(".evtx"))


def unescape(text):
    raw = re.sub(rb"\\x([0-9a-f]{2})", lambda m: bytes([int(m.group(1), 16)]), text)
    return raw.decode("utf-8", "surrogatepass")


def ours(decode, path):
    out = subprocess.run([decode, path], capture_output=True, check=True).stdout
    records = []
    for line in out.split(b"\n"):
        kind, _, rest = line.partition(b" ")
        if kind == b"R":
            offset, size, ident, state, system = rest.split(b" ")
            records.append({"id": int(ident), "state": int(state), "system": {}, "fields": []})
        elif kind == b"S":
            name, value = rest.split(b"\t")
            records[-1]["system"][name.decode()] = unescape(value)
        elif kind == b"F":
            name, type_, value = rest.split(b"\t")
            records[-1]["fields"].append((unescape(name), unescape(value), int(type_, 16)))
    return records


class Node:
    def __init__(self, tag, attrib):
        self.tag, self.attrib, self.kids, self.text = tag, attrib, [], ""

    def get(self, name, default=None):
        return self.attrib.get(name, default)


def parse(text):
    """A tree without namespaces: logs use prefixes that nobody declared."""
    top = Node("", {})
    stack = [top]

    def start(tag, attrib):
        node = Node(tag, attrib)
        stack[-1].kids.append(node)
        stack.append(node)

    def data(chars):
        stack[-1].text += chars

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda tag: stack.pop()
    parser.CharacterDataHandler = data
    parser.Parse(text, True)
    return top.kids[0]


def flatten(node, fields, depth):
    name = node.tag
    data = name == "Data"
    for key, value in node.attrib.items():
        if not (data and key == "Name") and not key.startswith("xmlns"):
            fields.append((name + "." + key, value))
    kids = node.kids
    if not kids and depth > 1:
        fields.append((node.attrib.get("Name", "") if data else name, node.text or ""))
    elif not kids and (node.text or "").strip():
        fields.append((name, node.text))
    for kid in kids:
        flatten(kid, fields, depth + 1)


def system_of(node):
    got = {}
    for kid in node.kids:
        name = kid.tag
        if name == "Provider":
            got["Provider"] = kid.get("Name", "")
            got["Guid"] = kid.get("Guid", "")
        elif name == "EventID":
            got["EventID"] = kid.text or "0"
            got["Qualifiers"] = kid.get("Qualifiers", "0")
        elif name == "TimeCreated":
            got["Time"] = kid.get("SystemTime", "")
        elif name == "Execution":
            got["ProcessID"], got["ThreadID"] = kid.get("ProcessID", "0"), kid.get("ThreadID", "0")
        elif name == "Security":
            got["UserID"] = kid.get("UserID", "")
        else:
            got[name] = kid.text or ""
    return got


def theirs(path):
    run = subprocess.run(["evtxexport", "-f", "xml", "-m", "items", path], capture_output=True)
    text = run.stdout.decode("utf-8", "replace")
    for chunk in EVENT.findall(text):
        try:
            root = parse(ILLEGAL.sub("\ufffd", chunk))
        except expat.ExpatError as error:
            yield {"bad": str(error), "text": chunk}
            continue
        record = {"system": {}, "fields": []}
        for part in root.kids:
            if part.tag == "System":
                record["system"] = system_of(part)
            else:
                flatten(part, record["fields"], 1)
        yield record


def norm(text):
    return ILLEGAL.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


class Tally:
    def __init__(self):
        self.kinds = collections.Counter()
        self.examples = collections.defaultdict(list)

    def add(self, kind, where, a, b):
        self.kinds[kind] += 1
        if len(self.examples[kind]) < 4:
            self.examples[kind].append((where, a, b))


def canon(text, type_):
    """One spelling of what both write differently by type."""
    if type_ in (0x0f, 0x8f):
        return text.lower()
    if type_ in (0x10, 0x14, 0x15):
        try:
            return str(int(text, 16 if text.startswith("0x") else 10))
        except ValueError:
            return text
    if type_ in (0x11, 0x12):
        return text.rstrip("Z").rstrip("0").rstrip(".")
    return norm(text)


def compare_system(a, b, where, tally):
    for name, theirs_ in b["system"].items():
        if name not in a["system"]:
            continue
        mine, other = norm(a["system"][name]), norm(theirs_)
        if name in ("Guid",):
            mine, other = mine.lower(), other.lower()
            mine = "" if mine == "{00000000-0000-0000-0000-000000000000}" else mine
            other = "" if other == "{00000000-0000-0000-0000-000000000000}" else other
        if name == "Keywords":
            mine, other = str(int(mine, 0)), str(int(other or "0", 0))
        if name == "Time":
            mine, other = mine[:27], other[:27]
        if mine != (other or ("0" if mine == "0" else "")):
            tally.add("system " + name, where, mine, other)


def compare_fields(a, b, where, tally):
    mine, other = a["fields"], b["fields"]
    if [f[0] for f in mine] != [f[0] for f in other]:
        xml = any(f[2] in (0x02, 0x23) and "<" in f[1] for f in mine)
        tally.add("names, markup within a value" if xml else "names", where, [f[:2] for f in mine][:60], other[:60])
        return
    for (name, va, type_), (_, vb) in zip(mine, other):
        if canon(va, type_) != canon(vb, type_):
            tally.add("type 0x%02x" % type_, where + (name,), va[:200], vb[:200])


def main():
    tally, total, fields = Tally(), 0, 0
    for path in logs(sys.argv[2:]):
        name = os.path.basename(path)
        mine = [r for r in ours(sys.argv[1], path)]
        other = list(theirs(path))
        by_id = {int(r["system"]["EventRecordID"]): r for r in mine}
        for number, b in enumerate(other):
            if "bad" in b:
                tally.add("not XML", (name, number), "", b["bad"])
                continue
            ident = int(b["system"].get("EventRecordID", "0") or 0)
            if ident not in by_id:
                tally.add("record missing", (name, ident), "", "")
                continue
            total += 1
            fields += len(b["fields"])
            compare_system(by_id[ident], b, (name, ident), tally)
            compare_fields(by_id[ident], b, (name, ident), tally)
    print("%d records, %d fields compared" % (total, fields))
    for kind, count in tally.kinds.most_common():
        print("%8d %s" % (count, kind))
        for where, a, b in tally.examples[kind]:
            print("         ", where, "\n            ours  ", ascii(a), "\n            theirs", ascii(b))


main()
