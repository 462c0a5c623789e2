# SPDX-License-Identifier: Apache-2.0
"""A record as every decoder's output is brought to: System members, and fields in their order."""
import copy
import re
from xml.parsers import expat

# What XML 1.0 cannot hold; such characters are taken as equal, whatever a decoder makes of them.
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


class Record:
    """`ident`: of the record's header, None where a decoder does not tell. `types`: of the fields'
    values, None but for our own. `ordered`: the fields stand as in the record; JSON puts those of
    one name together. `error`: why there is nothing else."""

    def __init__(self, ident=None, recovered=False, error=None):
        self.ident, self.recovered, self.error = ident, recovered, error
        self.system, self.fields, self.types, self.ordered = {}, [], None, True
        self.place = ""

    def sorted(self):
        """A copy, fields by name and value: an order that does not depend on what JSON keeps."""
        made = copy.copy(self)
        order = sorted(range(len(self.fields)), key=lambda i: self.fields[i])
        made.fields = [self.fields[i] for i in order]
        made.types = [self.types[i] for i in order] if self.types else None
        return made

    def event_id(self):
        """EventRecordID as a number; None where it is none."""
        text = self.system.get("EventRecordID", "")
        return int(text) if text.isdigit() else None


class Node:
    def __init__(self, tag, attrib):
        self.tag, self.attrib, self.kids, self.text = tag, attrib, [], ""


def parse(text):
    """A tree without namespaces: logs use prefixes that nobody declared. May raise ExpatError."""
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


def is_name(node, key):
    """Whether an attribute is a name of the field or of a namespace, and no field."""
    return (node.tag == "Data" and key == "Name") or key.startswith("xmlns")


def flatten(node, fields, depth):
    for key, value in node.attrib.items():
        if not is_name(node, key):
            fields.append((node.tag + "." + key, value))
    if not node.kids and (depth > 1 or node.text.strip()):
        name = node.attrib.get("Name", "") if node.tag == "Data" else node.tag
        fields.append((name, node.text))
    for kid in node.kids:
        flatten(kid, fields, depth + 1)


def system_of(node):
    """Members by element, attributes as Element.Attribute, in the names that our decoder uses."""
    got = {}
    for kid in node.kids:
        if kid.text.strip() or not kid.attrib:
            got[kid.tag] = kid.text
        for key, value in kid.attrib.items():
            got[SYSTEM.get((kid.tag, key), kid.tag + "." + key)] = value
    return got


SYSTEM = {
    ("Provider", "Name"): "Provider",
    ("Provider", "Guid"): "Guid",
    ("EventID", "Qualifiers"): "Qualifiers",
    ("TimeCreated", "SystemTime"): "Time",
    ("Execution", "ProcessID"): "ProcessID",
    ("Execution", "ThreadID"): "ThreadID",
    ("Security", "UserID"): "UserID",
}


def from_xml(record, text):
    """Fills a record from <Event>...</Event>, or its error."""
    try:
        root = parse(text)
    except expat.ExpatError as error:
        record.error = "not XML: %s" % error
        return record
    for part in root.kids:
        if part.tag == "System":
            record.system = system_of(part)
        else:
            flatten(part, record.fields, 1)
    return record


def node_from_json(tag, value):
    """The element that a member of the field's usual JSON stands for."""
    node = Node(tag, {})
    if not isinstance(value, dict):
        node.text = json_text(value)
        return node
    for key, kid in value.items():
        base = re.sub(r"_\d+$", "", key)
        key = base if base in value else key  # a name that comes again is numbered
        if key == "#attributes":
            node.attrib = {k: json_text(v) for k, v in kid.items()}
        elif key == "#text":
            node.text = [json_text(v) for v in kid] if isinstance(kid, list) else json_text(kid)
        else:
            node.kids += nodes_from_json(key, kid)
    return node


def nodes_from_json(tag, value):
    out = []
    for one in value if isinstance(value, list) else [value]:
        node = node_from_json(tag, one)
        texts = node.text if isinstance(node.text, list) else [node.text]
        for text in texts:
            again = Node(tag, node.attrib)
            again.text, again.kids = text, node.kids
            out.append(again)
    return out


def json_text(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def from_json(record, event):
    """Fills a record from the value of "Event"."""
    record.ordered = False
    for key, value in event.items():
        if key == "System":
            record.system = system_of(node_from_json(key, value))
        elif key != "#attributes":
            for node in nodes_from_json(key, value):
                flatten(node, record.fields, 1)
    return record
