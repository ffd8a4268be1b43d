"""Lines of an ABI: `KIND NAME: REST`."""

import re

KINDS = "library enum constant macro initializer typedef callback opaque struct union field function variable".split()
LINE = re.compile(r"(\w+) ([\w.-]+)(?:: (.*))?")


class Unusable(Exception):
    """The headers or the baseline cannot be read."""


def order(line):
    """Sorts by kind and name; fields follow their struct by offset, constants their enum by value."""
    kind, name, rest = LINE.fullmatch(line).groups()
    rank = KINDS.index("struct" if kind in ("union", "field") else kind)
    if kind == "field":
        return rank, name.split(".")[0], 1, numbers(rest)[0], name
    if kind == "constant":
        value, group = rest.split(", ")
        return rank, group.split()[1], 1, int(value), name
    return rank, name, 0, 0, name


def facts_of(lines):
    facts = {}
    for number, line in enumerate(lines, 1):
        match = LINE.fullmatch(line)
        if match is None or match[1] not in KINDS:
            raise Unusable(f"line {number} of the baseline says nothing known: {line}")
        facts[match[1], match[2]] = match[3] or ""
    return facts


def numbers(rest):
    """Size and alignment of a struct, or offset and size of a field."""
    return tuple(int(number) for number in re.match(r"\w+ (\d+), \w+ (\d+)", rest).groups())
