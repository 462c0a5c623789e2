#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""
Every record of the logs, value by value, as `evtxhound dump` gives it and as other decoders do;
prints the differences by kind with examples. What each kind is, and who is right, stands in
docs/evtx.md.
"""
import argparse
import os
import re

from decoders import DECODERS, logs, ours
from differ import Tally, compare, pair


def arguments():
    parser = argparse.ArgumentParser(prog="compare", description=__doc__)
    parser.add_argument("--evtxhound", default="evtxhound", metavar="PROGRAM", help="ours")
    parser.add_argument("--decode", metavar="PROGRAM",
                        help="tells the types of values; built by `make decode`")
    parser.add_argument("--ours", choices=("event", "xml", "json"), default="xml",
                        help="compare the values that rules see (--decode), or documents of them")
    for name in DECODERS:
        parser.add_argument("--" + name, metavar="PROGRAM", help="compare with this one")
    parser.add_argument("--examples", type=int, default=4, metavar="N", help="shown of each kind")
    parser.add_argument("paths", nargs="+", metavar="LOG-OR-FOLDER")
    args = parser.parse_args()
    if args.ours == "event" and not args.decode:
        parser.error("--ours event needs --decode")
    return args


def compare_log(path, mine, peer, program, tally, sums):
    name = os.path.basename(path)
    other, complaints = DECODERS[peer](program, path)
    for line in complaints:
        tally.add("complaint: " + re.sub(r"0x[0-9a-f]+|\d+", "N", line)[:90], name, "", "", line)
    for a, b in pair(mine, other):
        one = b or a
        apart = ", recovered" if one.recovered else ""
        where = "record %s %s" % (one.ident, (a or b).place)
        if b is None:
            if peer != "evtx_dump-recovered":
                tally.add("record only ours" + apart, name, where)
        elif b.error:
            tally.add("record that they cannot show" + apart, name, where, "", b.error)
        elif a is None:
            what = "id %s of %s" % (b.event_id(), b.system.get("Time"))
            tally.add("record only theirs" + apart, name, where, "", what)
        else:
            if a.recovered != b.recovered:
                tally.add("recovered %d, theirs %d" % (a.recovered, b.recovered), name, where)
            sums["fields"] += compare(a, b, name, tally)
            sums["records"] += 1


def show(peer, tally, sums):
    print("%s: %d records, %d fields compared" % (peer, sums["records"], sums["fields"]))
    for kind, count in tally.kinds.most_common():
        print("%8d %s (%d logs)" % (count, kind, len(tally.logs[kind])))
        for log, where, a, b in tally.examples[kind]:
            print("           %s %s\n             ours   %s\n             theirs %s"
                  % (log, where, ascii(a)[:300], ascii(b)[:300]))


def main():
    args = arguments()
    peers = {p: getattr(args, p.replace("-", "_")) for p in DECODERS}
    peers = {p: program for p, program in peers.items() if program}
    tallies = {p: Tally(args.examples) for p in peers}
    sums = {p: {"records": 0, "fields": 0} for p in peers}
    for path in logs(args.paths):
        mine = ours(args.evtxhound, args.decode, args.ours, path)
        for peer, program in peers.items():
            compare_log(path, mine, peer, program, tallies[peer], sums[peer])
    for peer in peers:
        show(peer, tallies[peer], sums[peer])


main()
