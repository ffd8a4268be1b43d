"""scripts/abi tells breaking edits of the headers from compatible ones.

Each case edits a copy of the headers, to which fixture.h is added so that no case depends on what the library has
today, and says what `scripts/abi check` must answer: the verdict, and words of the sentence.
"""

import concurrent.futures
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
ABI = ROOT / "scripts/abi"
BREAKING, COMPATIBLE, EQUAL, UNUSABLE = "breaking", "compatible", "equal", "unusable"

# What the edit is, the verdict, words of one of its sentences, and (regular expression, replacement) pairs, of which each
# must match once in all headers.
CASES = [
    # Functions
    ("remove a function", BREAKING, r"function spk_context_close was `spk_status \(spk_context \*\)`, is gone",
     (r"SPK_API spk_status spk_context_close\([^;]*;", "")),
    ("rename a function", BREAKING, r"function spk_context_close was `spk_status \(spk_context \*\)`, is gone",
     (r"spk_context_close(\(spk_context )", r"spk_context_finish\1")),
    ("change the type of a parameter", BREAKING, "function spk_fix_add was `.*uint32_t.*`, is `.*uint64_t.*`",
     (r"(spk_fix_add\(spk_fix_plain \*a, )uint32_t", r"\1uint64_t")),
    ("make a parameter const", BREAKING, "function spk_fix_add was",
     (r"spk_fix_add\(spk_fix_plain \*a", "spk_fix_add(const spk_fix_plain *a")),
    ("add a parameter", BREAKING, "function spk_fix_add was", (r"(spk_fix_add\([^)]*)\)", r"\1, int more)")),
    ("remove a parameter", BREAKING, "function spk_fix_add was", (r"(spk_fix_add\([^)]*), uint32_t b\)", r"\1)")),
    ("change the type that a function returns", BREAKING, "function spk_law_version was `uint32_t .*`, is `int32_t",
     (r"uint32_t spk_law_version", "int32_t spk_law_version")),
    ("rename a parameter", EQUAL, "", (r"(spk_fix_add\(spk_fix_plain \*)a", r"\1first")),
    ("make the parameter itself const", EQUAL, "", (r"(spk_fix_add\([^)]*)uint32_t b", r"\1const uint32_t b")),
    ("name a plain number's type", COMPATIBLE, "typedef spk_fix_index is new",
     (r"(SPK_API \w+ )(spk_fix_add\([^)]*)uint32_t b", r"typedef uint32_t spk_fix_index; \1\2spk_fix_index b")),
    ("add a function", COMPATIBLE, "function spk_fix_new is new; `make abi`",
     (r"(?=SPK_API \w+ spk_fix_add)", "SPK_API int spk_fix_new(void);\n")),
    # Callbacks
    ("change a callback's parameter", BREAKING, "callback spk_fix_callback was `void .*int32_t.*`, is",
     (r"(spk_fix_callback\)\(void \*user, )int32_t", r"\1int64_t")),
    ("remove a callback", BREAKING, "callback spk_fix_unused was .*, is gone", (r"typedef void \(\*spk_fix_unused\).*", "")),
    # Constants
    ("change an enum's value", BREAKING, "constant SPK_ERROR_HANDLE was 2, is 77",
     (r"SPK_ERROR_HANDLE = 2", "SPK_ERROR_HANDLE = 77")),
    ("insert an enum constant in the middle", BREAKING, "constant SPK_FIX_B was 1, is 2",
     (r"SPK_FIX_A = 0,", "SPK_FIX_A = 0, SPK_FIX_EARLY,")),
    ("remove an enum constant", BREAKING, "constant SPK_ERROR_HANDLE was 2, is gone",
     (r"SPK_ERROR_HANDLE = 2,", "")),
    ("give the number to another name", BREAKING, "constant SPK_ERROR_KEY is 2, which was SPK_ERROR_HANDLE",
     (r"SPK_ERROR_HANDLE = 2,", "SPK_ERROR_KEY = 2,")),
    ("give the number a second name", BREAKING, "SPK_FIX_C is 1, which was SPK_FIX_B; .* take a new number",
     (r"SPK_FIX_B\b", "SPK_FIX_B, SPK_FIX_C = 1")),
    ("widen an enum", BREAKING, "enum spk_fix_letter was `size 4`, is `size 8`",
     (r"SPK_FIX_B\b", "SPK_FIX_B, SPK_FIX_C = 0x100000000")),
    ("add an enum constant", COMPATIBLE, "constant SPK_FIX_C is new", (r"SPK_FIX_B\b", "SPK_FIX_B, SPK_FIX_C")),
    ("add a constant of an unnamed enum in front", COMPATIBLE, "constant SPK_FIX_NONE is new",
     (r"enum \{ SPK_FIX_ONE", "enum { SPK_FIX_NONE = 0, SPK_FIX_ONE")),
    ("use a number again in an unnamed enum", BREAKING, "constant SPK_FIX_TWO is 2, which was SPK_FIX_PAIR",
     (r"SPK_FIX_PAIR = 2", "SPK_FIX_TWO = 2")),
    ("use a number of another enum", COMPATIBLE, "constant SPK_FIX_SEVEN is new",
     (r"SPK_FIX_PAIR = 2", "SPK_FIX_PAIR = 2, SPK_FIX_SEVEN = 0")),
    ("add an enum", COMPATIBLE, "constant SPK_FIX_X is new", (r"(?=enum \{ SPK_FIX_ONE)", "enum { SPK_FIX_X };\n")),
    ("change a macro's value", BREAKING, "macro SPK_FIX_FLAG was `4`, is `8`", (r"(SPK_FIX_FLAG \(\(uint32_t\))4", r"\g<1>8")),
    ("spell a macro's value otherwise", EQUAL, "", (r"(SPK_FIX_FLAG \(\(uint32_t\))4", r"\g<1>(1 << 2)")),
    ("remove a macro", BREAKING, "macro SPK_FIX_FLAG was `4`, is gone", (r"#define SPK_FIX_FLAG.*", "")),
    ("remove an initializer", BREAKING, "initializer SPK_RUN_OPTIONS_INIT was there, is gone",
     (r"#define SPK_RUN_OPTIONS_INIT (.*\\\n)*.*", "")),
    ("add a macro", COMPATIBLE, "macro SPK_FIX_OTHER is new", (r"(?=#define SPK_FIX_FLAG)", "#define SPK_FIX_OTHER (-1)\n")),
    # Structs without struct_size
    ("change a field's type", BREAKING, "field spk_event.tick was `offset 0, size 4, uint32_t`, is `.* int32_t`",
     (r"(struct spk_event \{\s*)uint32_t tick", r"\1int32_t tick")),
    ("reorder fields", BREAKING, "field spk_fix_plain.first was `offset 0, .*, is `offset 4",
     (r"int32_t first;(\s+)int32_t second;", r"int32_t second;\1int32_t first;")),
    ("insert a field in the middle", BREAKING, "field spk_fix_plain.second was `offset 4, .*`, is `offset 8",
     (r"int32_t second;", "int32_t middle; int32_t second;")),
    ("rename a field", BREAKING, "field spk_fix_plain.second was .*, is gone", (r"int32_t second;", "int32_t last;")),
    ("grow a struct without struct_size", BREAKING, "struct spk_event had 12 bytes, has 16, and does not begin with",
     (r"(\} spk_event;)", r"uint32_t more; \1")),
    ("shrink a struct", BREAKING, "struct spk_event had 12 bytes, has 8", (r"(struct spk_event \{\s*)uint32_t tick;", r"\1")),
    ("remove a struct", BREAKING, "struct spk_fix_unused_struct was", (r"typedef struct spk_fix_unused_struct.*", "")),
    ("open a handle", COMPATIBLE, "opaque spk_fix_handle has become a struct",
     (r"(typedef struct spk_fix_handle spk_fix_handle;)", r"\1 struct spk_fix_handle { int a; };")),
    ("hide a struct", BREAKING, "struct spk_fix_unused_struct was .*, is gone",
     (r"(typedef struct spk_fix_unused_struct) \{.*\} ", r"\1 ")),
    ("add a struct", COMPATIBLE, "struct spk_fix_more is new",
     (r"(?=typedef struct spk_fix_plain)", "typedef struct spk_fix_more { int a; } spk_fix_more;\n")),
    ("grow a union", BREAKING, "union spk_fix_either had 4 bytes, has 8",
     (r"float real;", "float real; double precise;")),
    ("use reserved room", COMPATIBLE, "field spk_fix_plain.flags is new", (r"uint32_t reserved2;", "uint16_t flags, kind;")),
    ("use more than the reserved room", BREAKING, "field spk_fix_plain.reserved2 was",
     (r"uint32_t reserved2;", "uint64_t flags;")),
    # Structs with struct_size
    ("append a field behind struct_size", COMPATIBLE, "field spk_run_options.spk_more is new; `make abi`",
     (r"(\} spk_run_options;)", r"uint64_t spk_more[8]; \1")),
    ("append in the padding", BREAKING, "field spk_fix_padded.more is new at offset 20, in the padding",
     (r"(\} spk_fix_padded;)", r"uint32_t more; \1")),
    ("append a pointer and raise the alignment", COMPATIBLE, "struct spk_fix_arrayed had alignment 4, has 8: old callers",
     (r"(\} spk_fix_arrayed;)", r"uint32_t reserved; void *more; \1")),
    ("insert behind struct_size", BREAKING, "field spk_fix_sized.a was `offset 4, .*`, is `offset 8",
     (r"int32_t a;", "int32_t early; int32_t a;")),
    ("insert in a hole", BREAKING, "field spk_fix_padded.hole is new at offset 4, before the old end at 24",
     (r"uint64_t wide;", "uint32_t hole; uint64_t wide;")),
    ("shrink behind struct_size", BREAKING, "struct spk_fix_sized had 12 bytes, has 8", (r"int32_t b;", "")),
    ("change a field behind struct_size", BREAKING, "field spk_fix_sized.b was", (r"int32_t b;", "uint32_t b;")),
    ("drop struct_size", BREAKING, "field spk_fix_sized.struct_size was .*, is gone",
     (r"uint32_t struct_size;(\s+int32_t a;)", r"uint32_t size;\1")),
    ("grow the last array", BREAKING, "field spk_fix_arrayed.values was `offset 4, size 16",
     (r"values\[4\]", "values[5]")),
    ("grow what another struct holds", BREAKING, "field spk_fix_holder.sized was `offset 4, size 12",
     (r"(int32_t b;\s*\} spk_fix_sized;)", r"int32_t c; \1")),
    ("grow what is passed by value", BREAKING, "struct spk_fix_passed had 8 bytes, has 12, and is passed by value",
     (r"(\} spk_fix_passed;)", r"int32_t more; \1")),
    # The rest
    ("change comments and layout", EQUAL, "", (r"int32_t first;", "/** A comment. */\n\n  int32_t  first ;")),
    ("a variable's type", BREAKING, "variable spk_fix_variable was", (r"int spk_fix_variable", "long spk_fix_variable")),
    ("a bit-field", UNUSABLE, "spk_fix_plain.first is a bit-field", (r"int32_t first;", "int32_t first : 3;")),
    ("headers that do not compile", UNUSABLE, "clang refuses the headers", (r"int32_t first;", "int32_t first")),
]

FIXTURE = """
#ifndef SPIKELET_FIXTURE_H
#define SPIKELET_FIXTURE_H
#include "base.h"
#define SPK_FIX_FLAG ((uint32_t)4)
typedef enum SPK_CLOSED_ENUM spk_fix_letter { SPK_FIX_A = 0, SPK_FIX_B } spk_fix_letter;
enum { SPK_FIX_ONE = 1, SPK_FIX_PAIR = 2 };
typedef struct spk_fix_handle spk_fix_handle;
typedef void (*spk_fix_callback)(void *user, int32_t value);
typedef void (*spk_fix_unused)(void);
typedef struct spk_fix_plain {
  int32_t first;
  int32_t second;
  uint32_t reserved2;
} spk_fix_plain;
typedef struct spk_fix_unused_struct { int32_t only; } spk_fix_unused_struct;
typedef union spk_fix_either { uint32_t whole; float real; } spk_fix_either;
typedef struct spk_fix_sized {
  uint32_t struct_size;
  int32_t a;
  int32_t b;
} spk_fix_sized;
typedef struct spk_fix_holder { int32_t first_of_all; spk_fix_sized sized; } spk_fix_holder;
typedef struct spk_fix_padded { uint32_t struct_size; uint64_t wide; uint32_t narrow; } spk_fix_padded;
typedef struct spk_fix_arrayed { uint32_t struct_size; int32_t values[4]; } spk_fix_arrayed;
typedef struct spk_fix_passed { uint32_t struct_size; int32_t only_one; } spk_fix_passed;
SPK_API extern const int spk_fix_variable;
SPK_API spk_status spk_fix_add(spk_fix_plain *a, uint32_t b);
SPK_API spk_status spk_fix_pass(spk_fix_passed value, spk_fix_callback callback, spk_fix_handle *handle);
#endif
"""


def abi(*arguments):
    return subprocess.run([sys.executable, ABI, *arguments], capture_output=True, text=True)


def edited(base, folder, edits):
    """Copies the headers with the edits applied; each must match once in all of them."""
    shutil.copytree(base, folder)
    for pattern, replacement in edits:
        matches = 0
        for header in (folder / "spikelet").glob("*.h"):
            text, count = re.subn(pattern, replacement, header.read_text())
            header.write_text(text)
            matches += count
        if matches != 1:
            return f"the edit `{pattern}` matches {matches} times in the headers, expected once"
    return None


def verdict_of(done):
    if done.returncode == 0:
        return EQUAL
    if done.returncode == 2:
        return UNUSABLE
    return BREAKING if re.search("^breaking: ", done.stdout, re.MULTILINE) else COMPATIBLE


def failure(case, base, baseline, scratch):
    """Says what is wrong with the answer to one case, or nothing."""
    name, verdict, words, *edits = case
    problem = edited(base, scratch / name, edits)
    if problem:
        return problem
    done = abi("check", scratch / name, baseline)
    output = done.stdout + done.stderr
    if verdict_of(done) != verdict:
        return f"expected {verdict}, found {verdict_of(done)}:\n{output}"
    if not re.search(words, output):
        return f"expected a sentence with `{words}`, found:\n{output}"
    if verdict == COMPATIBLE and "bump" in output or verdict == BREAKING and "bump the soname" not in output:
        return f"only a breaking change asks for a new soname, found:\n{output}"
    return None


def soname_is_announced(base, baseline, scratch):
    """With another soname, what breaks is listed but need not be restored, and the baseline is to be made anew."""
    other = scratch / "other-soname.txt"
    other.write_text(re.sub(r"(library soname: \S+)", r"\1.old", baseline.read_text()))
    edited(base, scratch / "soname", [(r"SPK_ERROR_HANDLE = 2,", "")])
    done = abi("check", scratch / "soname", other)
    expected = ("breaking, announced by the soname: constant SPK_ERROR_HANDLE", "the soname was .*; `make abi` begins")
    if done.returncode != 1 or not all(re.search(words, done.stdout) for words in expected):
        return f"expected exit 1 and the new soname, found exit {done.returncode}:\n{done.stdout}"
    return None


def refresh_makes_equal(base, baseline, scratch):
    mine = scratch / "refreshed.txt"
    mine.write_text(baseline.read_text())
    edited(base, scratch / "refresh", [(r"SPK_FIX_B\b", "SPK_FIX_B, SPK_FIX_C")])
    first, second = abi("refresh", scratch / "refresh", mine), abi("check", scratch / "refresh", mine)
    if first.returncode or second.returncode or "SPK_FIX_C is new" not in first.stdout:
        return f"expected a refreshed baseline to be equal:\n{first.stdout}{second.stdout}"
    return None


def main():
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(2) as pool:
        scratch = pathlib.Path(folder)
        base, baseline = scratch / "include", scratch / "baseline.txt"
        shutil.copytree(ROOT / "include", base)
        (base / "spikelet/fixture.h").write_text(FIXTURE)
        baseline.write_text(abi("print", base).stdout)
        answers = {case[0]: pool.submit(failure, case, base, baseline, scratch) for case in CASES}
        answers["no edit"] = pool.submit(failure, ("no edit", EQUAL, "the ABI is that of"), base, baseline, scratch)
        for check in (soname_is_announced, refresh_makes_equal):
            answers[check.__name__] = pool.submit(check, base, baseline, scratch)
        failures = {name: answer.result() for name, answer in answers.items() if answer.result()}
    for name, problem in failures.items():
        print(f"{name}: {problem}")
    print(f"{len(answers)} edits of the headers, {len(failures)} judged wrongly")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
