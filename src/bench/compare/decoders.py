# SPDX-License-Identifier: Apache-2.0
"""The decoders: each a function from a log's path to its records in that decoder's order."""
import json
import os
import re
import subprocess

from record import ILLEGAL, Record, from_json, from_xml

EVENT = re.compile(r"<Event[ >].*?\n</Event>\n", re.S)
# Run by python-evtx's own interpreter: a line of JSON for each record.
PYTHON_EVTX = """
import json, sys
from Evtx.Evtx import Evtx
with Evtx(sys.argv[1]) as log:
    for chunk in log.chunks():
        try:
            for record in chunk.records():
                row = {"id": record.record_num(), "offset": record.offset()}
                try:
                    row["xml"] = record.xml()
                except Exception as error:
                    row["error"] = "%s: %s" % (type(error).__name__, error)
                print(json.dumps(row))
        except Exception as error:
            print(json.dumps({"chunk": "%s: %s" % (type(error).__name__, error)}))
"""


def run(command):
    """Output and complaints; how a peer ends is no matter, what it gave is."""
    done = subprocess.run(command, capture_output=True)
    return (done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"))


def causes(said):
    """What evtx_dump says of what it could not read, without its backtraces."""
    return re.findall(r"(?m)^    0: ([^\n]*)\n    1: ", said)


def unescape(text):
    raw = re.sub(rb"\\x([0-9a-f]{2})", lambda m: bytes([int(m.group(1), 16)]), text)
    return raw.decode("utf-8", "surrogatepass")


def events(program, path):
    """Our decoder by src/bench/decode.c: what rules see, with the types of values, by offset."""
    out = subprocess.run([program, path], capture_output=True, check=True).stdout
    records = {}
    for line in out.split(b"\n"):
        kind, _, rest = line.partition(b" ")
        if kind == b"R":
            part = rest.split(b" ")
            record = records[int(part[0])] = Record(int(part[2]), part[5] != b"-")
            record.place, record.types = "offset %s" % part[0].decode(), []
        elif kind == b"S":
            name, value = rest.split(b"\t")
            record.system[name.decode()] = unescape(value)
        elif kind == b"F":
            name, type_, value = rest.split(b"\t")
            record.fields.append((unescape(name), unescape(value)))
            record.types.append(int(type_, 16))
    return records


def mark(record, row):
    """What dump says beside the event."""
    record.ident, record.recovered = int(row["record"]), "recovered" in row["flags"]
    record.offset = int(row["offset"])
    record.place = "offset %d, %s" % (record.offset, row["state"])
    return record


def dump_xml(program, path):
    out, _ = run([program, "dump", "-q", "--format", "xml", path])
    for part in out.split("\n<?evtxhound ")[1:]:
        head, _, text = part.partition("?>\n")
        row = dict(re.findall(r'(chunk|offset|size|record|state|flags)="([^"]*)"', head))
        text = text.removesuffix("</Events>\n")
        # Our escape of what XML cannot hold: docs/evtx.md.
        yield mark(from_xml(Record(), re.sub("\ufffd{([0-9A-F]{4})}", "\ufffd", text)), row)


def dump_json(program, path):
    out, _ = run([program, "dump", "-q", "--format", "jsonl", path])
    for line in out.split("\n")[:-1]:
        row = json.loads(line)
        said = {"record": row["Evidence"]["RecordNumber"], "flags": row["Evidence"]["Flags"],
                "offset": row["Evidence"]["Offset"], "state": row["Evidence"]["State"]}
        yield mark(from_json(Record(), row["Event"]), said)


def ours(program, decode, form, path):
    """Our records; types where `decode` gives them and the fields are the same."""
    typed = events(decode, path) if decode else {}
    if form == "event":
        return list(typed.values())
    records = []
    for record in (dump_xml if form == "xml" else dump_json)(program, path):
        event = typed.get(record.offset)
        if event and not record.ordered:
            record, event = record.sorted(), event.sorted()
        if event and [f[0] for f in record.fields] == [f[0] for f in event.fields]:
            record.types = event.types
        records.append(record)
    return records


def evtxexport(program, path):
    records = []
    for kind in ("items", "recovered"):
        out, said = run([program, "-f", "xml", "-m", kind, path])
        for text in EVENT.findall(out):
            record = Record(recovered=kind == "recovered")
            records.append(from_xml(record, ILLEGAL.sub("\ufffd", text)))
    return records, said.splitlines()


def python_evtx(program, path):
    out, said = run([program, "-c", PYTHON_EVTX, path])
    records, complaints = [], said.splitlines()[-1:]
    for line in out.splitlines():
        row = json.loads(line)
        if "chunk" in row:
            complaints.append(row["chunk"])
        elif "xml" in row:
            records.append(from_xml(Record(row["id"]), ILLEGAL.sub("\ufffd", row["xml"])))
        else:
            records.append(Record(row["id"], error=row["error"]))
    return records, complaints


def evtx_dump_xml(program, path, options=()):
    out, said = run([program, "-t", "1", *options, "-o", "xml", path])
    records = []
    for part in re.split(r"(?m)^(?=Record \d+(?: \(recovered\))?$)", out):
        head, _, text = part.partition("\n")
        if head.startswith("Record "):
            record = Record(int(head.split(" ")[1]), head.endswith("(recovered)"))
            records.append(from_xml(record, ILLEGAL.sub("\ufffd", text[text.find("<Event"):])))
    return records, causes(said)


def evtx_dump_recovered(program, path):
    """What it finds outside of the live records, and nothing else."""
    records, _ = evtx_dump_xml(program, path, ("--recover-records",))
    return [record for record in records if record.recovered], []


def evtx_dump_json(program, path):
    out, said = run([program, "-t", "1", "-o", "jsonl", path])
    records, complaints = [], causes(said)
    for line in out.split("\n"):
        if not line.strip():
            continue
        try:
            records.append(from_json(Record(), json.loads(line)["Event"]))
        except ValueError as error:
            complaints.append("not JSON: %s" % error)
    return records, complaints


DECODERS = {
    "evtxexport": evtxexport,
    "python-evtx": python_evtx,
    "evtx_dump-xml": evtx_dump_xml,
    "evtx_dump-json": evtx_dump_json,
    "evtx_dump-recovered": evtx_dump_recovered,
}


def logs(paths):
    for path in paths:
        if os.path.isfile(path):
            yield path
        for folder, dirs, files in os.walk(path):
            dirs.sort()
            yield from (os.path.join(folder, f) for f in sorted(files) if f.endswith(".evtx"))
