"""What a change of the ABI means for programs that were compiled before it."""

import re

from .lines import Unusable, facts_of, numbers


class Difference:
    """What `now` means for programs that were compiled against `old`."""

    def __init__(self, old, now):
        self.breaking, self.compatible = [], []
        self.old, self.now = facts_of(old), facts_of(now)
        soname = "library", "soname"
        self.soname = self.now.pop(soname)
        self.soname_was = self.old.pop(soname, None)
        model = "library", "data-model"
        if self.old.get(model) != self.now[model]:
            raise Unusable(f"the baseline is of {self.old.get(model)} bytes, this machine has {self.now[model]}")
        for key in sorted(self.old.keys() | self.now.keys()):
            if key[0] in ("struct", "union"):
                self.record(*key)
            elif key[0] == "constant":
                self.constant(*key)
            elif key[0] != "field":
                self.plain(*key)

    def plain(self, kind, name):
        was, found = self.old.get((kind, name)), self.now.get((kind, name))
        what = f"{kind} {name}"
        if was is None:
            self.added(f"{what} is new")
        elif found is None and kind == "opaque" and ("struct", name) in self.now:
            self.added(f"{what} has become a struct with fields")
        elif found is None:
            self.broken(f"{what} was {self.quoted(was)}, is gone")
        elif was != found:
            self.broken(f"{what} was {self.quoted(was)}, is {self.quoted(found)}")

    def constant(self, kind, name):
        was, found = self.old.get((kind, name)), self.now.get((kind, name))
        value, group = (found or was).split(", ", 1)
        if was is None:
            owners = [
                other
                for (other_kind, other), rest in self.old.items()
                if other_kind == kind and rest.split(", ")[0] == value and self.together(other, rest, group)
            ]
            if owners:
                self.broken(f"constant {name} is {value}, which was {owners[0]}; numbers are never used again", "number")
            else:
                self.added(f"constant {name} is new")
        elif found is None:
            self.broken(f"constant {name} was {value}, is gone")
        elif was.split(", ")[0] != value:
            self.broken(f"constant {name} was {was.split(', ')[0]}, is {value}")
        elif was != found:
            self.added(f"constant {name} was {was.split(', ', 1)[1]} and is {group} now, with the same value")

    def together(self, name, rest, group):
        """Whether a constant of the baseline is, or was, in this enum."""
        return group in (rest.split(", ", 1)[1], self.now.get(("constant", name), ", ").split(", ", 1)[1])

    def record(self, kind, name):
        was, found = self.old.get((kind, name)), self.now.get((kind, name))
        what = f"{kind} {name}"
        if was is None:
            self.added(f"{what} is new")
            return
        if found is None:
            self.broken(f"{what} was {self.quoted(was)}, is gone")
            return
        old_fields, new_fields = fields_of(self.old, name), fields_of(self.now, name)
        (old_size, old_alignment), (new_size, new_alignment) = numbers(was), numbers(found)
        grew = new_size > old_size
        growing = grew and begins_with_size(old_fields) and begins_with_size(new_fields)
        if growing and new_alignment > old_alignment:
            self.added(f"{what} had alignment {old_alignment}, has {new_alignment}: old callers align it less, so the "
                       "library must copy it and never read it in place")
        elif old_alignment != new_alignment:
            self.broken(f"{what} had alignment {old_alignment}, has {new_alignment}")
        if new_size < old_size:
            self.broken(f"{what} had {old_size} bytes, has {new_size}")
        elif grew and not growing:
            self.broken(f"{what} had {old_size} bytes, has {new_size}, and does not begin with struct_size")
        elif growing and self.passed_by_value(name):
            self.broken(f"{what} had {old_size} bytes, has {new_size}, and is passed by value")
        room = self.changed_fields(name, old_fields, new_fields)
        for field, rest in new_fields.items():
            if field in old_fields:
                continue
            start, size = numbers(rest)
            if start >= old_size and kind == "struct" or any(low <= start and start + size <= high for low, high in room):
                self.added(f"field {name}.{field} is new")
            elif kind == "struct" and start >= max(map(sum, map(numbers, old_fields.values())), default=0):
                self.broken(f"field {name}.{field} is new at offset {start}, in the padding of the {old_size} bytes that "
                            "struct_size had, which old callers leave unset", "field")
            else:
                self.broken(f"field {name}.{field} is new at offset {start}, before the old end at {old_size}", "field")
        if growing and old_fields.keys() == new_fields.keys():
            self.added(f"{what} had {old_size} bytes, has {new_size}")

    def changed_fields(self, name, old_fields, new_fields):
        """Reports fields that are gone or changed; gives the bytes of reserved ones that have come into use."""
        room = []
        for field, rest in old_fields.items():
            found = new_fields.get(field)
            if found == rest:
                continue
            start, size = numbers(rest)
            high = start + size
            inside = all(
                low >= start and low + length <= high
                for low, length in map(numbers, new_fields.values())
                if low < high and start < low + length
            )
            if re.match(r"reserved", field.split(".")[-1]) and inside:
                room.append((start, high))
                self.added(f"field {name}.{field} was reserved, is in use or has moved within its bytes")
            elif found is None:
                self.broken(f"field {name}.{field} was {self.quoted(rest)}, is gone")
            else:
                self.broken(f"field {name}.{field} was {self.quoted(rest)}, is {self.quoted(found)}")
        return room

    def passed_by_value(self, name):
        types = [rest for (kind, _), rest in self.now.items() if kind in ("function", "callback")]
        types += [rest for (kind, key), rest in self.now.items() if kind == "field" and "(" in rest]
        return any(re.search(rf"\b{name}\b(?! *\*)", type_name) for type_name in types)

    def quoted(self, rest):
        return f"`{rest}`" if rest else "there"

    def broken(self, what, restore=None):
        undo = {"number": "take a new number", "field": "put it at the end"}.get(restore, "restore it")
        self.breaking.append((what, undo))

    def added(self, what):
        self.compatible.append(what)

    def sentences(self):
        new_soname = self.soname_was != self.soname
        for what, undo in self.breaking:
            if new_soname:
                yield f"breaking, announced by the soname: {what}."
            else:
                yield f"breaking: {what}; {undo}, or bump the soname in the Makefile ({self.soname}) and run `make abi`."
        for what in self.compatible:
            yield f"compatible: {what}; `make abi` takes it into the baseline."
        if new_soname:
            yield f"the soname was {self.soname_was}, is {self.soname}; `make abi` begins a baseline for it."


def fields_of(facts, name):
    return {key.split(".", 1)[1]: rest for (kind, key), rest in facts.items()
            if kind == "field" and key.startswith(f"{name}.")}


def begins_with_size(fields):
    return numbers(fields.get("struct_size", "offset 1, size 0")) == (0, 4)
