# SPDX-License-Identifier: Apache-2.0
"""Kinds of differences between two texts of one value: which spelling is behind them, if any."""
import base64
import binascii
import datetime
import re

from record import ILLEGAL

STAMP = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d+))?(?:Z|\+00:00)?$")


def norm(text):
    """Line ends as XML has them; a character that XML cannot hold is as good as another."""
    return ILLEGAL.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def ticks(text):
    """A time as a count of 100 ns; None when it is none."""
    got = STAMP.match(text)
    if not got:
        return None
    try:
        day = datetime.datetime.fromisoformat(got.group(1) + "T" + got.group(2))
    except ValueError:
        return None
    whole = day - datetime.datetime(1, 1, 1)
    part = int((got.group(3) or "")[:7].ljust(7, "0"))
    return (whole.days * 86400 + whole.seconds) * 10**7 + part


def integer(text):
    try:
        return int(text, 16 if text.lower().startswith("0x") else 10)
    except ValueError:
        return None


def same_number(mine, other):
    return integer(mine) is not None and integer(mine) == integer(other)


def in_base64(mine, other):
    try:
        return base64.b64decode(other, validate=True).hex().upper() == mine
    except (binascii.Error, ValueError):
        return False


def time_kind(mine, other):
    a, b = ticks(mine), ticks(other)
    if a is None or b is None:
        return None
    if a == b:
        return "spelling of a time"
    return "time cut to microseconds" if a // 10 == b // 10 and b % 10 == 0 else "time off"


# What decoders leave out, or put for what XML cannot hold.
LEFT_OUT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff\ud800-\udfff\ufffd_]")


def same_characters(mine, other):
    return LEFT_OUT.sub("", norm(mine)) == LEFT_OUT.sub("", norm(other))


def both_hexadecimal(mine, other):
    return mine.startswith("0x") and other.startswith("0x") and same_number(mine, other)


# (kind, test): the first that holds is the kind.
SPELLINGS = [
    ("leading zeros", both_hexadecimal),
    ("decimal for hexadecimal", lambda a, b: a.startswith("0x") and same_number(a, b)),
    ("capitals", lambda a, b: a.lower() == b.lower()),
    ("base64 for hexadecimal", in_base64),
    ("characters that XML cannot hold", same_characters),
    ("white space at the ends", lambda a, b: a.strip() == b.strip()),
]


def kind_of(what, type_, mine, other):
    """None: no difference but for characters that XML cannot hold or keep."""
    if norm(mine) == norm(other):
        return None
    place = what if type_ is None else "type %02x" % type_
    kind = time_kind(mine, other)
    if kind:
        return "%s: %s" % (place, kind)
    for kind, test in SPELLINGS:
        if test(mine, other):
            return "%s: %s" % (place, kind)
    return place + ": OTHER VALUE"
