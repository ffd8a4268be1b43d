"""The ABI that a folder of headers declares.

Names come from clang's syntax tree, numbers from a program that clang compiles. Types are as declared, without tags'
keywords and with Spikelet's names for plain numbers resolved; names of <stdint.h> and <stddef.h> stay.
"""

import json
import re
import subprocess
import tempfile

from .lines import Unusable, order

UNNAMED = re.compile(r"\((unnamed|anonymous)\b")


def clang(arguments, text):
    command = ["clang", "-x", "c", "-std=c11", "-w", *arguments, "-"]
    done = subprocess.run(command, input=text, capture_output=True, text=True)
    if done.returncode != 0:
        raise Unusable(f"clang refuses the headers:\n{done.stderr}")
    return done.stdout


class Headers:
    """The declarations of spk_… and SPK_… below a folder, and the numbers that C gives for them."""

    def __init__(self, include):
        files = sorted((include / "spikelet").glob("*.h"))
        if not files:
            raise Unusable(f"{include}/spikelet has no headers")
        self.flags = [f"-I{include}"]
        self.source = "".join(f"#include <spikelet/{file.name}>\n" for file in files)
        self.tags, self.tag_names, self.numbers, self.lines = {}, {}, {}, []
        self.functions, self.variables, self.typedefs, self.enums = {}, {}, {}, []
        self.expressions = []  # C expressions whose values are asked for
        tree = json.loads(clang([*self.flags, "-fsyntax-only", "-Xclang", "-ast-dump=json"], self.source))
        for node in tree["inner"]:
            self.declaration(node)

    def declaration(self, node):
        kind, name = node["kind"], node.get("name", "")
        if kind in ("RecordDecl", "EnumDecl"):
            known = self.tags.get(name or node["id"])
            if known is None or node.get("completeDefinition"):
                self.tags[name or node["id"]] = node
            if kind == "EnumDecl" and node.get("inner"):
                self.enums.append(node)
        elif name.startswith("spk_"):
            type_name = node.get("type", {}).get("qualType", "")
            if kind == "FunctionDecl" and node.get("storageClass") != "static" and not node.get("inline"):
                self.functions[name] = type_name
            elif kind == "VarDecl" and node.get("storageClass") == "extern":
                self.variables[name] = type_name
            elif kind == "TypedefDecl":
                if re.fullmatch(r"(struct|union|enum) [^*]*", type_name) and "[" not in type_name:
                    tag = tag_of(node)
                    self.tag_names.setdefault(tag.get("name") or tag["id"], name)
                else:
                    self.typedefs[name] = type_name

    def type(self, text):
        """A type in the one spelling that lines have."""
        text = re.sub(r"\b(?:struct|union|enum) (\w+)", lambda match: self.tag_names.get(match[1], match[1]), text)
        for _ in range(8):
            text = re.sub(r"\bspk_\w+", lambda match: self.plain(match[0]), text)
        return without_const_parameters(text.replace(" [", "["))

    def plain(self, name):
        underlying = self.typedefs.get(name, "")
        return underlying if re.fullmatch(r"\w+( \w+)*", underlying) else name

    def value(self, expression):
        """The place where the number of a C expression will stand when the lines are printed."""
        self.expressions.append(expression)
        return f"\0{len(self.expressions) - 1}\0"

    def fill_in(self, lines):
        """Compiles and runs a program that prints the expressions, and puts their values into the lines."""
        wide = '#define N(x) _Generic((x), float: 1, double: 1, default: 0) ? printf("%.17g\\n", (double)(x)) : \\\n'
        wide += '  (x) < 0 ? printf("%lld\\n", (long long)(x)) : printf("%llu\\n", (unsigned long long)(x))\n'
        body = "".join(f"  N({expression});\n" for expression in self.expressions)
        program = f"{self.source}#include <stdio.h>\n{wide}int main(void) {{\n{body}  return 0;\n}}\n"
        with tempfile.TemporaryDirectory() as folder:
            clang([*self.flags, "-O0", "-o", f"{folder}/numbers"], program)
            values = subprocess.run([f"{folder}/numbers"], capture_output=True, text=True, check=True).stdout.split()
        return [re.sub("\0(\\d+)\0", lambda match: values[int(match[1])], line) for line in lines]

    def abi(self):
        """The lines, sorted."""
        return sorted(self.fill_in(list(self.facts())), key=order)

    def facts(self):
        yield f"library data-model: pointer {self.value('sizeof(void *)')}, long {self.value('sizeof(long)')}"
        for node in self.enums:
            yield from self.enum(node)
        yield from self.macros()
        for name, type_name in self.typedefs.items():
            yield f"{'callback' if '(' in type_name else 'typedef'} {name}: {self.type(type_name)}"
        for key, node in self.tags.items():
            name = self.tag_names.get(key, node.get("name", ""))
            if node["kind"] == "RecordDecl" and name.startswith("spk_"):
                yield from self.record(key, name, node)
        for name, type_name in self.functions.items():
            yield f"function {name}: {self.type(type_name)}"
        for name, type_name in self.variables.items():
            yield f"variable {name}: {self.type(type_name)}"

    def enum(self, node):
        names = [child["name"] for child in node["inner"] if child["kind"] == "EnumConstantDecl"]
        tag = node.get("name", "")
        name = self.tag_names.get(tag or node["id"], tag)
        if not all(constant.startswith("SPK_") for constant in names):
            return
        if name:
            yield f"enum {name}: size {self.value(f'sizeof({spelling(tag, name, node)})')}"
        for constant in names:
            yield f"constant {constant}: {self.value(constant)}, {'of ' + name if name else 'beside ' + names[0]}"

    def macros(self):
        candidates = {}
        for line in clang([*self.flags, "-E", "-dM"], self.source).splitlines():
            match = re.fullmatch(r"#define (SPK_\w+) (.+)", line)
            if match and match[1].endswith("_INIT"):
                yield f"initializer {match[1]}"
            elif match and not match[1].startswith("SPK_VERSION") and not match[2].startswith("__"):
                # The version changes with every release; what begins with __ is an attribute.
                candidates[match[1]] = match[2]
        for name in candidates:
            if self.is_number(name, candidates[name]):
                yield f"macro {name}: {self.value(name)}"

    def is_number(self, name, body):
        words = set(re.findall(r"[A-Za-z_]\w*", re.sub(r"\b0[xX][0-9A-Fa-f]+[uUlL]*|\b\d+[uUlL]*", "", body)))
        if not words - {"uint32_t", "int32_t", "uint64_t", "int64_t"} and re.search(r"\d", body) and '"' not in body:
            return True  # the usual ones, without asking the compiler
        try:
            clang([*self.flags, "-fsyntax-only"], f"{self.source}static void f(void) {{ double d = ({name}); }}")
            return True
        except Unusable:
            return False

    def record(self, key, name, node):
        if not node.get("completeDefinition"):
            yield f"opaque {name}"
            return
        c_name = spelling(node.get("name", ""), name, node)
        size, alignment = self.value(f"sizeof({c_name})"), self.value(f"_Alignof({c_name})")
        yield f"{node['tagUsed']} {name}: size {size}, alignment {alignment}"
        yield from self.fields(name, c_name, node, "")

    def fields(self, name, c_name, node, prefix):
        nested = None
        for child in node.get("inner", []):
            if child["kind"] == "RecordDecl":
                nested = child
            if child["kind"] != "FieldDecl":
                continue
            path = prefix + child.get("name", "")
            type_name = child["type"]["qualType"]
            if child.get("isBitfield"):
                raise Unusable(f"{name}.{path} is a bit-field: where it lies is the compiler's choice; use flags")
            if UNNAMED.search(type_name) and nested is not None and not type_name.endswith("]"):
                yield from self.fields(name, c_name, nested, f"{path}." if "name" in child else prefix)
                continue
            if UNNAMED.search(type_name):
                raise Unusable(f"{name}.{path} has a type without a name; give it one")
            offset = self.value(f"offsetof({c_name}, {path})")
            size = "0" if type_name.endswith("[]") else self.value(f"sizeof((({c_name} *)0)->{path})")
            yield f"field {name}.{path}: offset {offset}, size {size}, {self.type(type_name)}"


def tag_of(node):
    """The struct, union or enum that a typedef stands for."""
    for child in node.get("inner", []):
        tag = child.get("ownedTagDecl") or child.get("decl")
        if tag and tag["kind"] in ("RecordDecl", "EnumDecl"):
            return tag
        found = tag_of(child)
        if found:
            return found
    return None


def spelling(tag, name, node):
    """How C names a struct, union or enum: by its tag, or by its typedef if it has no tag."""
    return f"{node.get('tagUsed', 'enum')} {tag}" if tag else name


def without_const_parameters(text):
    """A function type without const on the parameters themselves, which the caller cannot tell."""
    if not text.endswith(")"):
        return text
    depth, start = 0, len(text)
    while start > 0:
        start -= 1
        depth += {")": 1, "(": -1}.get(text[start], 0)
        if depth == 0:
            break
    parameters, depth = [""], 0
    for character in text[start + 1 : -1]:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "," and depth == 0:
            parameters.append("")
        else:
            parameters[-1] += character
    parameters = [re.sub(r"(?<=\*)const$", "", parameter.strip()) for parameter in parameters]
    parameters = [re.sub(r"^const (?=[\w ]+$)", "", parameter) for parameter in parameters]
    return f"{text[: start + 1]}{', '.join(parameters)})"
