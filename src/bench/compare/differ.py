# SPDX-License-Identifier: Apache-2.0
"""Which of two decoders' records are the same record, and where their values differ."""
import collections
import difflib

from kinds import kind_of, norm

NUMBERS = ("EventID", "Qualifiers", "Version", "Level", "Opcode", "Task", "Keywords", "ProcessID",
           "ThreadID", "EventRecordID")


class Tally:
    """Differences by kind, with the first few of each."""

    def __init__(self, examples):
        self.kinds, self.most = collections.Counter(), examples
        self.examples = collections.defaultdict(list)
        self.logs = collections.defaultdict(set)

    def add(self, kind, log, where, a="", b=""):
        self.kinds[kind] += 1
        self.logs[kind].add(log)
        if len(self.examples[kind]) < self.most:
            self.examples[kind].append((log, where, a, b))


def time_of(record):
    return record.system.get("Time", "").replace(" ", "T")[:19]


def keys(record):
    """From the surest to the least sure of what tells one record from another."""
    event_id = record.event_id()
    yield ("header", record.ident, time_of(record))
    yield ("system", event_id, time_of(record))
    yield ("header", record.ident)
    yield ("system", event_id)


# How sure a key is, and whether both must be recovered ones, or both live ones: what was recovered
# has the number of a live record often enough, and is a copy of it at times.
ROUNDS = ((0, True), (1, True), (0, False), (1, False), (2, True), (3, True))


def pair(mine, other):
    """(ours, theirs) for every record; None where there is no partner. Each is used once."""
    index = collections.defaultdict(list)
    for record in mine:
        for key in keys(record):
            index[key].append(record)
    used, pairs = set(), {}
    for depth, alike in ROUNDS:
        for record in other:
            key = list(keys(record))[depth]
            if id(record) in pairs or key[1] is None:
                continue
            free = [r for r in index[key] if id(r) not in used
                    and (r.recovered == record.recovered or not alike)]
            if free:
                used.add(id(free[0]))
                pairs[id(record)] = free[0]
    out = [(pairs.get(id(record)), record) for record in other]
    return out + [(record, None) for record in mine if id(record) not in used]


def number(text):
    try:
        return str(int(text or "0", 16 if text.lower().startswith("0x") else 10))
    except ValueError:
        return text


def system_value(name, text):
    text = norm(text)
    if name == "Guid":
        return text.lower().strip("{}").replace("00000000-0000-0000-0000-000000000000", "")
    return number(text) if name in NUMBERS else text


def compare_system(a, b, tell):
    for name, theirs in b.system.items():
        if name not in a.system:
            continue
        mine, other = system_value(name, a.system[name]), system_value(name, theirs)
        kind = kind_of("System " + name, None, mine, other)
        if kind:
            tell(kind, name, mine, other)


def compare_names(a, b, tell):
    """Pairs of fields that stand for one another; what has no partner is told."""
    mine, other = [f[0] for f in a.fields], [f[0] for f in b.fields]
    if mine == other:
        return [(i, i) for i in range(len(mine))]
    pairs = []
    matcher = difflib.SequenceMatcher(None, mine, other, autojunk=False)
    for what, a1, a2, b1, b2 in matcher.get_opcodes():
        if what == "equal":
            pairs += zip(range(a1, a2), range(b1, b2))
            continue
        for i in range(a1, a2):
            kind = "field only ours, type %02x" % a.types[i] if a.types else "field only ours"
            tell(kind, a.fields[i][0], a.fields[i][1], mine[:3] + other[:3])
        for i in range(b1, b2):
            tell("field only theirs", b.fields[i][0], "", b.fields[i][1])
    return pairs


def compare(a, b, log, tally):
    """Returns how many fields were compared."""
    where = "record %s %s" % (a.ident, a.place)
    apart = ", recovered" if a.recovered else ""

    def tell(kind, name, mine, other):
        tally.add(kind + apart, log, where + " " + name, mine, other)

    if not a.ordered or not b.ordered:
        a, b = a.sorted(), b.sorted()
    compare_system(a, b, tell)
    pairs = compare_names(a, b, tell)
    for i, j in pairs:
        mine, other = a.fields[i][1], b.fields[j][1]
        kind = kind_of("field", a.types[i] if a.types else None, mine, other)
        if kind:
            tell(kind, a.fields[i][0], mine, other)
    return len(pairs)
