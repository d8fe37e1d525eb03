#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""How often the object of an access is found, and found right, by registers alone.

Of the instructions in VMLINUX's .text that read memory through a general register, a
sample is taken; each becomes a report with a value of its own in every register. What
kmc-report says of all of them in one run is compared with what the kernel's source says
(next to VMLINUX; without it there is nothing to compare with).

The oracle knows nothing of machine code, registers or DWARF's variables. From
llvm-addr2line it has the lines of the inline chain, from the source the statements
there, with the kernel's macros replaced; from pahole, members and their offsets.
  found         kmc-report names a type
  right type    a statement names a member of that type
  right offset  a statement names the member at that offset, or one that it lies in
A member is what stands behind -> or a dot, or a macro that does. Of a union, it has to be
the arm that kmc-report names; where it names several, one of them ("arms" counts these).

More ways are by types that the source declares (typed.py), and want the struct, the
place and the member to be the same: one that an inline function names which a statement
calls, or a function whose pointer it was given, as they leave no trace; one of another
statement, if it is the only one that the functions name where the instruction reads; *p,
if p points to what is no struct, or a variable of a CPU that is none; and p[1], if p is
an u8 * made of a struct's.

A cast is judged by its own: where the statement says f(p)->m, and f returns a struct X
or casts to one, and X.m lies where the instruction reads, the answer has to be an X, or
what has one in it, and m. That is so whatever else the function names, but for what it
names at the same displacement of another struct, which cannot be judged.

When not the statement but its function, or what that calls, names the member, the
instruction may have been moved there ("elsewhere"), and a statement that says *p, or copies
a whole struct or union to v, names no member at all. Both count neither as right nor as
wrong. How much the oracle lets pass is measured, too: what would be right by chance.

A part of the sample is aimed at casts: CASTS of the instructions are of statements with
a call that ends in sk(), container_of() or a wrapper of that.

SEED and SAMPLE choose other samples, SEED="1 2" two; SHOW=N prints N of each kind of
verdict in ONLY=.
SOURCE names the source when it is not next to VMLINUX; NOLINES=1 keeps it from kmc-report.
"""

import glob
import itertools
import os
import random
import re
import sys
import tempfile
from collections import Counter

sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
import synthetic                                            # noqa: E402
import typed                                                # noqa: E402
from synthetic import Symbols, disassemble, explain, inline_chains, report  # noqa: E402
from synthetic import MACHINE                               # noqa: E402
from typed import Types                                     # noqa: E402

SAMPLE = int(os.environ.get("SAMPLE", "600"))
SEEDS = [int(seed) for seed in os.environ.get("SEED", "1").split()]
SHOW = int(os.environ.get("SHOW", "10"))
NOLINES = bool(os.environ.get("NOLINES"))
CASTS = int(os.environ.get("CASTS", str(SAMPLE // 5)))
CAST = re.compile(r"\b(?:\w*sk|to_\w+|container_of\w*|\w+_entry|\w*2\w+)\(|"
                  r"\(struct \w+ \*\)")
# Percent. Wanted are 85 of the last and no confidently wrong one; the rest is what was
# measured, less what other samples differ by.
LEAST = {"found": 88, "right type": 86, "right offset": 85}
ONLY = os.environ.get("ONLY", "wrong, likely;wrong, certain").split(";")

MEMORY = re.compile(r"(?P<seg>%[a-z]s:)?(?P<disp>-?0x[0-9a-f]+)?"
                    r"\(%(?P<base>\w+)(?:,%(?P<index>\w+),(?P<scale>\d))?\)")
# What reads its memory operand wherever that stands, and what only if it stands first.
READS = re.compile(r"(cmp|test|bt|add|sub|and|or|xor|inc|dec|neg|not)[bwlq]?$")
LOADS = re.compile(r"(mov|imul|adc|sbb|movz[bw]|movs[bwl]|cmov\w+?)[bwlq]?$")
SIZES = {"b": 1, "w": 2, "l": 4, "q": 8}
KEYWORDS = set("if else for while do switch case return sizeof struct union enum const static "
               "inline int long unsigned signed char void short bool goto break continue "
               "default typeof volatile".split())
STATEMENT_LINES = 12
CALL_DEPTH = 2


GENERAL = MACHINE.prefix + r"\w+"
FRAME = f"%{MACHINE.prefix}bp"


def register_size(name):
    if re.fullmatch(r"r(\d+|[a-ds][xip]|bp|sp)", name):
        return 8
    if re.fullmatch(r"e\w\w|r\d+d", name):
        return 4
    return 2 if re.fullmatch(r"\wx|[sd]i|[sb]p|r\d+w", name) else 1


def operand_size(name, operands):
    """Bytes that are read, as the suffix or the register says."""
    wide = re.fullmatch(r"mov[zs]([bwl])[wlq]?", name)
    if wide:
        return SIZES[wide[1]]
    for operand in operands:
        if re.fullmatch(r"%\w+", operand):
            return register_size(operand[1:])
    return SIZES.get(name[-1])


class Access:
    """An instruction that reads, and the report of it."""

    def __init__(self, address, text, match, size):
        self.address, self.text, self.size = address, text, size
        self.base, self.index = match["base"], match["index"]
        self.scale = int(match["scale"] or 1)
        self.disp = int(match["disp"] or "0", 16)
        self.chain = self.result = None

    def log(self, number, symbol):
        base = MACHINE.objects + 0x10000 * number
        registers = {name: MACHINE.others + 0x100000 * i
                     for i, name in enumerate(synthetic.REGISTERS)}
        registers.update({self.base: base})
        at = base + self.disp
        if self.index:
            registers[self.index] = 2
            at += 2 * self.scale
        return report(number, symbol, registers, at, 8 * self.size, rip=self.address)


def reading(address, text):
    """-> Access, or None when this does not read through a general register. What has the
    address of a variable as displacement has an index in the register: see found.t."""
    if "(%" + MACHINE.prefix not in text:
        return None
    words = re.sub(r"\s*(#|<).*", "", text).split(None, 1)
    match = MEMORY.search(text)
    if len(words) != 2 or not match or match["seg"] or match["base"][1:] in ("ip", "sp") or \
            (match["index"] and match["index"] == match["base"]) or \
            int(match["disp"] or "0", 16) < MACHINE.least_disp or \
            match["index"] == "eiz" or not re.fullmatch(GENERAL, match["base"]):
        return None
    operands = re.split(r",(?![^(]*\))", words[1])
    first = "(" in operands[0]
    if not (READS.match(words[0]) or (LOADS.match(words[0]) and first)):
        return None
    size = operand_size(words[0], operands)
    return Access(address, text, match, size) if size else None


def frames_of_rbp(path):
    """Yield reading accesses, without those through RBP where that is the frame."""
    frame = False
    for address, text in disassemble(path, "-j", ".text"):
        if text.startswith("push   " + FRAME):
            frame = False
        if re.match(rf"mov +%\wsp,{FRAME}", text):
            frame = True
        access = reading(address, text)
        if access and not (frame and access.base == FRAME[1:]):
            yield access


# ---- the oracle ----

def used_whole(function):
    """Positions of parameters p of which the body says *(type *)p, or that it gives to an
    asm which addresses memory by its operands, as in 8(%1)"""
    head, _, body = function.partition("{")
    parameters = [part.split()[-1].lstrip("*") for part in
                  head.partition("(")[2].rpartition(")")[0].split(",") if part.split()]
    cast = set(re.findall(r"\*\s*\([^()]*\*\)\s*(\w+)", body))
    if re.search(r"\basm\b.*\(%\d", body, re.S):
        cast |= set(re.findall(r'"[=+&\w]*"\s*\((\w+)\)', body))
    return {i for i, name in enumerate(parameters) if name in cast}


class Source:
    """Statements of the kernel's source, and what they say."""

    DEFINE = re.compile(r"^[ \t]*#[ \t]*define[ \t]+(\w+)(.*)", re.M)
    WORD = re.compile(r"[A-Za-z_]\w*")

    def __init__(self, top):
        self.top = top
        self.texts = {}
        self.macros = {}        # name -> identifiers of its body
        self.pasted = {}        # name -> what its body pastes arguments to
        self.numbered = {}      # name without the number at its end -> macros
        self.called = {}        # function -> identifiers of its body
        self.whole = {}         # function -> which of its parameters it casts and uses whole
        self.meant = {}         # member of a struct folio or slab -> that of a struct page
        self.bodies = {}        # file -> [(first line, last line, identifiers)]
        self.placed = {}        # file as debug info has it -> where it is
        self.seen = set()       # directories whose headers were learned
        self.lines = {}         # file -> its lines
        self.named = {}         # (file, line) -> members
        self.statements = {}    # (file, line) -> statement
        self.made = {}          # function or macro -> structs that it returns or casts to
        self.inlines = {}       # inline function -> texts of those of the name
        self.typedefs = {}      # name -> what it stands for, if that is no struct
        self.percpu = {}        # variable of each CPU -> what it is declared as
        for below in ("include", "arch/x86/include"):
            for directory, _, names in os.walk(os.path.join(top, below)):
                for name in names:
                    if name.endswith(".h"):
                        self.learn(os.path.join(directory, name))

    def place(self, path):
        """Where a file is: debug info may have it below a build directory."""
        if path not in self.placed:
            parts = path.split("/")
            there = [whole for whole in (os.path.join(self.top, path), *(
                os.path.join(self.top, *parts[i:]) for i in range(1, len(parts))))
                     if os.path.exists(whole)]
            self.placed[path] = os.path.normpath((there or [os.path.join(self.top, path)])[0])
        return self.placed[path]

    def learn(self, path):
        """A file without its comments; its macros and functions are remembered."""
        path = self.place(path)
        if path in self.texts:
            return self.texts[path]
        try:
            with open(path, encoding="latin-1") as file:
                text = file.read()
        except OSError:
            text = ""
        text = re.sub(r"/\*.*?\*/", lambda match: "\n" * match[0].count("\n"), text, flags=re.S)
        self.texts[path] = text
        for name, body in self.DEFINE.findall(text.replace("\\\n", " ")):
            self.macros.setdefault(name, set()).update(self.WORD.findall(body))
            self.numbered.setdefault(name.rstrip("0123456789"), set()).add(name)
            self.pasted.setdefault(name, set()).update(
                re.findall(r"(\w+)(?=\s*##)|##\s*(\w+)", body))
            self.made.setdefault(name, set()).update(
                re.findall(r"\(struct (\w+) \*\)|container_of\w*\([^;]{,80}?struct (\w+),", body))
        for kind, name in re.findall(r"\bstruct (\w+) \*\s*(\w+)\([^;{}()]*\)\s*\{", text):
            self.made.setdefault(name, set()).add((kind, ""))
        for member, name in re.findall(r"^(?:FOLIO|SLAB)_MATCH\((\w+), *(\w+)\);", text, re.M):
            self.meant.setdefault(name, set()).add(member)
        for words, name in re.findall(r"^typedef ((?:\w+ )+)(\w+);", text, re.M):
            self.typedefs.setdefault(name, words)
        for words, name in typed.PER_CPU.findall(text):
            self.percpu.setdefault(name, set()).add(words)
        self.bodies[path] = list(self.functions(text.split("\n")))
        return text

    def functions(self, lines):
        """Yield (first line, last line, identifiers); braces at the margin enclose a body."""
        start = None
        for number, line in enumerate(lines):
            short = line[-1:] == "}" and len(line) < 200 and \
                re.match(r"\w[^;{}]*?(\w+)\(([^;{}]*\) \{.*\})$", line)
            if short:
                self.called.setdefault(short[1], set()).update(
                    set(self.WORD.findall(short[2])) - KEYWORDS)
                self.note_inline(short[1], line)
            if line.startswith("{"):
                start = number
                while start and re.match(r"\s*[\w*]", lines[start - 1]) and \
                        not re.search(r"[;}]", lines[start - 1]):
                    start -= 1
            elif line.startswith("}") and start is not None:
                head = re.search(r"(\w+)\s*\(", " ".join(lines[start:number]))
                names = set(self.WORD.findall(" ".join(lines[start:number]))) - KEYWORDS
                if head:
                    self.called.setdefault(head[1], set()).update(names)
                    self.whole.setdefault(head[1], set()).update(
                        used_whole("\n".join(lines[start:number])))
                    self.note_inline(head[1], "\n".join(lines[start:number]))
                yield start + 1, number + 1, names
                start = None

    def note_inline(self, name, text):
        if re.search(r"\b(__always_|__)?inline\b", text.partition("{")[0]):
            self.inlines.setdefault(name, []).append(text)

    def function_text(self, path, line):
        """The function around a line, with its head; empty if there is none."""
        self.learn(path)
        path = self.place(path)
        for first, last, _ in self.bodies[path]:
            if first <= line <= last:
                return "\n".join(self.texts[path].split("\n")[first - 1:last])
        return ""

    def function_named(self, path, name):
        """A function of a file, by its name; empty if it has none"""
        lines = self.learn(path).split("\n")
        texts = ("\n".join(lines[first - 1:last])
                 for first, last, said in self.bodies[self.place(path)] if name in said)
        return next((text for text in texts if re.search(
            rf"\b{name}\s*\(", text.partition("{")[0])), "")

    def statement(self, path, line):
        if (path, line) not in self.statements:
            self.statements[path, line] = self.find_statement(path, line)
        return self.statements[path, line]

    def find_statement(self, path, line):
        place = self.place(path)
        if place not in self.lines:
            self.lines[place] = self.learn(path).split("\n")
        lines = self.lines[place]
        # What a file includes from its own directory or the one above, as drivers/cxl/core
        # does, may be macros, too; or what includes it has included them before.
        directory = os.path.dirname(place)
        if "/include/" not in directory + "/" and directory not in self.seen:
            self.seen.add(directory)
            for below in "", "include/", "../":
                for header in glob.glob(f"{directory}/{below}*.h"):
                    self.learn(header)
        if not 0 < line <= len(lines):
            return ""
        first = last = line - 1
        while first > 0 and first > line - STATEMENT_LINES and \
                not re.search(r"[;{}:]\s*$|^\s*#|^\s*$", lines[first - 1]):
            first -= 1
        while last + 1 < len(lines) and last < line + STATEMENT_LINES and \
                not re.search(r"[;{}]", lines[last]):
            last += 1
        # A macro that makes functions has all they say between its parentheses.
        depth = 0
        for number in range(line - 1, len(lines) if re.match(r"[A-Z]\w*\(", lines[line - 1])
                            else 0):
            depth += lines[number].count("(") - lines[number].count(")")
            if not depth:
                last = max(last, number)
                break
        return " ".join(lines[first:last + 1])

    def members(self, path, line):
        """Identifiers behind -> and dots in the statement, and in macros that it uses."""
        if (path, line) not in self.named:
            self.named[path, line] = self.find_members(path, line)
        return self.named[path, line]

    def find_members(self, path, line):
        text = self.statement(path, line)
        said = set(self.WORD.findall(text)) - KEYWORDS
        named = set(re.findall(r"(?:->|\.)\s*(\w+)", text))
        named |= self.expand(named)
        # What is pasted together is also of a macro's words, as of a list of fields.
        words = said.union(*(self.macros.get(name, ()) for name in said))
        for name in self.expand(said):
            named |= {before + word + after for before, after in self.pasted.get(name, ())
                      for word in words}
        # Of a macro one cannot tell the members from what else it says.
        used = {name for name in said if name in self.macros}
        return named | self.expand(used) | set().union(*(
            said for name in used if name.isupper() or "READ" in name))

    def casts(self, path, line):
        """-> [(struct, member)] of what the statement says of f(p)->m, (struct X *)p->m"""
        text = self.statement(path, line)
        for name, member in re.findall(r"\b(\w+)\((?:[^()]|\([^()]*\))*\)\s*->\s*(\w+)", text):
            for kinds in self.made.get(name, ()):
                yield from ((kind, member) for kind in kinds if kind)
        yield from re.findall(r"\(\(struct (\w+) \*\)[^()]*\)\s*->\s*(\w+)", text)

    def names(self, path, line, depth=CALL_DEPTH):
        """Identifiers of the statement, and of the macros and functions it uses, which
        may have been inlined without a trace."""
        said = set(self.WORD.findall(self.statement(path, line))) - KEYWORDS
        names = {before + word + after for name in self.expand(said)
                 for before, after in self.pasted.get(name, ()) for word in said}
        new = self.expand(said)
        for _ in range(depth):
            names |= new
            new = self.expand(set().union(*(self.called.get(name, ()) for name in new))) - names
        return names

    def says(self, macro):
        """Identifiers of its body, and what a number pasted to one may make."""
        return self.macros.get(macro, set()).union(*(
            self.numbered.get(before, ()) for before, _ in self.pasted.get(macro, ()) if before))

    def expand(self, names):
        """Macros, which leave no trace either, but are no calls."""
        new = names
        while new:
            new = set().union(*(self.says(name) for name in new)) - names
            names = names | new
        return names

    def function_names(self, path, line):
        """Identifiers of the whole function: an instruction may have been moved."""
        self.learn(path)
        path = self.place(path)
        names = set()
        for first, last, said in self.bodies[path]:
            if first <= line <= last:
                names |= said
        for _ in range(2 * CALL_DEPTH):
            names |= self.expand(set().union(*(self.called.get(name, ()) for name in names)))
        return self.expand(names)


# What the source calls otherwise: the compiler makes a struct of va_list.
VA_LIST = {"va_arg", "va_copy"}
MEANT = {"gp_offset": VA_LIST, "fp_offset": VA_LIST,
         "overflow_arg_area": VA_LIST, "reg_save_area": VA_LIST}


def components(path):
    """ "a.b[2].c" -> [a, b, c] """
    return [re.sub(r"\[.*", "", part) for part in (path or "").split(".") if part]


def paths_of(thing):
    """The path, and those of all else that is said to lie there."""
    return [thing["path"], *thing.get("also", [])]


def cast_to(access):
    """-> {(struct, member)} that the statement casts to, whose member lies where the
    instruction reads"""
    said = {cast for _, file, line in access.chain[:1] for cast in SOURCE.casts(file, line)}
    return {(kind, member) for kind, member in said
            if any(name in {member} | SOURCE.expand({member}) and
                   start == access.disp and size == access.size
                   for name, start, size in TYPES.of("struct " + kind))}


def is_cast_right(access, thing):
    """Is it what the statement casts to, or a struct that has it? None: there is no cast."""
    wanted = cast_to(access)
    if not wanted:
        return None
    parts = set().union(*map(components, paths_of(thing)))
    return any(parts & ({member} | SOURCE.expand({member})) for _, member in wanted)


def uses_whole(access):
    """Does a statement use all of what a pointer points to: *p, a[i] = p[j], memcmp(p, ...), or
    f(p), which says *(u16 *)p? It names no member then."""
    said = " ".join(SOURCE.statement(file, line) for _, file, line in access.chain)
    if re.search(r"(?<![\w\s)])\s*\*\s*\(?\w|\bmem(?:cmp|cpy|move)\(|\breturn\s*\*|"
                 r"\w\[[^][]*\]\s*=\s*\w+\[[^][]*\]\s*;", said):
        return True
    return any(SOURCE.whole.get(function) for function in re.findall(r"\b(\w+)\(", said))


def may_be_another(access, thing, parts):
    """Where the statement's cast has a member, a function of the chain, or one that the
    statement calls, names another one at the same displacement of another struct, as
    vma->vm_file and the private of a seq_file, or tfm->base.__crt_alg, which f(tfm)->digest
    is made of: the instruction may be either's. So it may where the register points to what
    lies within the other struct, &tfm->base."""
    texts = [SOURCE.function_text(file, line) for _, file, line in access.chain]
    places = [place for text in texts for place in TYPED.places(text)[0]]
    called, unknown = TYPED.of_calls(SOURCE.statement(*access.chain[0][1:]))
    return thing["offset"] >= access.disp and not access.index and (
        bool(parts & SOURCE.expand(unknown)) or
        any(TYPED.agrees(place, thing, parts) for place in places + called))


def is_of_another(access):
    """Is the line in a header, in another function than the one that debug info says? That
    has left no trace, and of the function which it was inlined into no line is known."""
    function, file, line = access.chain[0]
    head = SOURCE.function_text(file, line).partition("{")[0]
    return file.endswith(".h") and bool(head) and \
        not re.search(rf"\b{re.escape(function.partition('.')[0])}\s*\(", head)


def is_array_view(access, thing):
    """Is it an element [2], and the statement says [2] of what it was cast to?"""
    index = re.search(r"\[\d+\]$", thing["path"] or "")
    return index and index[0] in SOURCE.statement(*access.chain[0][1:])


def frames(access):
    """-> functions of the chain without what the compiler appends, their texts, statements"""
    return [function.partition(".")[0] for function, _, _ in access.chain], \
        [SOURCE.function_text(file, line) for _, file, line in access.chain], \
        [SOURCE.statement(file, line) for _, file, line in access.chain]


def is_of_callback(access, thing, parts, said):
    """Does a function name the member which was inlined through a pointer to it, and left
    no trace? @said: only where the statement calls it. Else, no more than what the statement
    names may be read there, by the size."""
    functions, texts, statements = frames(access)
    files = [SOURCE.learn(file) for _, file, _ in access.chain]
    called = {(name, frame) for name, frame, here in
              typed.callbacks(functions, texts, statements, files) if here or not said}
    places = [place for name, frame in called for place in
              TYPED.places(SOURCE.function_named(access.chain[frame][1], name))[0]]
    return thing["offset"] == access.disp and not access.index and any(
        place.size == access.size and TYPED.agrees(place, thing, parts) for place in places) and \
        (said or access.size not in TYPED.sizes_at(texts[0], statements[0], access.disp))


def is_copied_whole(access, thing):
    """Is a struct or union copied that the answer is of? Not if the instruction may read
    what the statement names."""
    _, texts, statements = frames(access)
    return (typed.copies_whole(texts[0], statements[0], thing["type"]) or
            typed.copies_pointee(texts[0], thing["type"])) and \
        not TYPED.sizes_at(texts[0], statements[0], access.disp)


def is_typed_right(access, thing, parts):
    """The statement names the member in an inline function that it calls, which has left no
    trace; or it is another statement's, moved here, as no other that the function names
    lies at this displacement; or the statement says *p, and p points to what is no struct.
    Each by the types that the source declares."""
    functions, texts, statements = frames(access)
    if any(TYPED.agrees(place, thing, parts) for text in statements
           for place in TYPED.of_calls(text)[0]) or \
            is_of_callback(access, thing, parts, said=True):
        return True
    if not TYPES.of(thing["type"]):
        return any(typed.dereferences(text, said, thing["type"], SOURCE.typedefs) or
                   not thing["offset"] and typed.reads_per_cpu(
                       said, SOURCE.percpu, thing["type"], SOURCE.typedefs)
                   for text, said in zip(texts, statements))
    if any("struct " + place.kind == thing["type"] and place.size == access.size and
           place.offset == thing["offset"] == access.disp and not access.index
           for place in typed.views(functions, texts, statements, SOURCE.typedefs)):
        return True
    return thing["offset"] == access.disp and not access.index and any(
        TYPED.agrees(place, thing, parts)
        for place in TYPED.only(texts, access.disp, access.size))


def is_before_array(access, thing):
    """The statement says p->array[i], the instruction adds the index to where that array
    is in *p, and the answer is a member in front of it."""
    _, file, line = access.chain[0]
    declared = typed.declarations(SOURCE.function_text(file, line))
    places = [place for first, steps in typed.CHAIN.findall(SOURCE.statement(file, line))
              if steps.endswith("]") for place in TYPED.chain(declared, first, steps)]
    return access.index and any(
        isinstance(place, typed.Place) and "struct " + place.kind == thing["type"] and
        thing["offset"] < place.offset == access.disp for place in places)


def judge(access, types, elsewhere=True):
    """-> found, right type, right offset; None if the function names it, but elsewhere"""
    thing = access.result["object"]
    if not thing or not thing["type"]:
        return False, False, False
    own = set().union(*(SOURCE.members(file, line) for _, file, line in access.chain))
    kind, members = thing["type"], types.of(thing["type"])
    parts = set().union(*map(components, paths_of(thing)))
    parts |= set().union(*((MEANT | SOURCE.meant).get(part, ()) for part in parts))
    parts |= {components(thing["after"])[-1]} if thing["after"] else set()
    first = components(thing["path"])[:1]
    placed = not members or not first or \
        types.has(kind, first[0], thing["offset"], access.size)
    cast = is_cast_right(access, thing)
    # A statement may say both, as in p->a && f(p)->b.
    cast = None if cast is False and placed and parts & own else cast
    right_offset = placed and bool(parts & own) if cast is None else cast
    if cast is None and placed and not right_offset:
        right_offset = is_typed_right(access, thing, parts)
    right_type = right_offset or (cast is None and any(name in own for name, _, _ in members))
    if elsewhere and placed and not right_offset and cast is None:
        around = set().union(*(SOURCE.function_names(file, line) |
                               SOURCE.names(file, line, 2 * CALL_DEPTH)
                               for _, file, line in access.chain))
        if (parts & around or is_array_view(access, thing) or uses_whole(access) or
                is_of_callback(access, thing, parts, said=False) or
                is_copied_whole(access, thing) or is_of_another(access)) and \
                not is_before_array(access, thing):
            right_offset = None
    if elsewhere and placed and cast is False and may_be_another(access, thing, parts):
        right_offset = None
    return True, right_type, right_offset


def by_chance(accesses, types):
    """How many would be right had each the report of another: what the oracle lets pass."""
    right = 0
    placed = [access for access in accesses if access.result["object"]]
    results = [access.result for access in placed]
    for access, result in zip(placed, results[1:] + results[:1]):
        mine, access.result = access.result, result
        right += judge(access, types, elsewhere=False)[2]
        access.result = mine
    return right / len(placed)


# ---- the test ----

def sample(path, symbols, accesses, seed):
    random.seed(seed)
    chosen = random.sample(accesses, min(SAMPLE * 2 + 10 * CASTS, len(accesses)))
    # That of binutils takes the file of a macro's code for the CU's own: see addr2line.t.
    chains = inline_chains(path, [a.address for a in chosen], tool="llvm-addr2line")
    for access, chain in zip(chosen, chains):
        # What is written in assembly has no variables.
        access.chain = chain if chain and all(
            file.endswith((".c", ".h")) and line for _, file, line in chain) else None
    chosen = [access for access in chosen if access.chain]
    aimed = list(itertools.islice(
        (access for access in chosen[SAMPLE - CASTS:]
         if any(CAST.search(SOURCE.statement(file, line)) for _, file, line in access.chain)),
        CASTS))
    chosen = chosen[:SAMPLE - len(aimed)] + aimed
    logs = []
    for number, access in enumerate(chosen):
        start = symbols.around(access.address)
        logs.append(access.log(number, f"{symbols.names[start]}+{access.address - start:#x}/"
                               f"{symbols.end(start) - start:#x}"))
    with tempfile.TemporaryDirectory() as nothing:
        results = explain(logs, "-k", path, "-s", nothing if NOLINES else SOURCE.top)
    for access, result in zip(chosen, results):
        access.result = result
    return chosen


def show(access, verdict):
    thing = access.result["object"] or {}
    print(f"# {verdict}: {access.address:#x} {access.text}")
    for function, file, line in access.chain:
        print(f"#     {function} {file}:{line}: {SOURCE.statement(file, line).strip()[:150]}")
    print(f"#     {thing.get('type')} +{thing.get('offset')} {thing.get('path')}",
          " or ".join(["", *thing.get("also", [])]))
    for evidence in thing.get("evidence", []):
        print(f"#     {evidence['by']} +{evidence['offset']}: {evidence['detail']}")


def measure(chosen, types):
    """-> Counter of the figures, and of verdicts with their confidence"""
    count, shown = Counter(), Counter()
    for access in chosen:
        found, right_type, right_offset = judge(access, types)
        word = {True: "right", False: "wrong", None: "elsewhere"}[right_offset]
        verdict = f"{word}, {access.result['object']['confidence']}" if found else "not found"
        count.update({"found": found, "right type": right_type, "casts": bool(cast_to(access)),
                      "right offset": bool(right_offset), verdict: 1,
                      "arms": found and bool(access.result["object"].get("also"))})
        if verdict in ONLY and shown[verdict] < SHOW:
            shown[verdict] += 1
            show(access, verdict)
    return count


def check(tap, chosen, types):
    count = measure(chosen, types)
    print(f"# {len(chosen)} instructions")
    print(f"# by chance {100 * by_chance(chosen, types):.1f} % would be right")
    for key, value in sorted(count.items()):
        print(f"# {key}: {value} = {100 * value / len(chosen):.1f} %")
    tap.ok(len(chosen) >= min(SAMPLE, 500), "there are at least 500 instructions")
    for key, least in LEAST.items():
        tap.ok(100 * count[key] >= least * len(chosen), f"{key}: {least} %")
    tap.equal(count["wrong, likely"] + count["wrong, certain"], 0, "none is confidently wrong")


def main():
    vmlinux = synthetic.need_vmlinux()
    global SOURCE, TYPES, TYPED
    top = os.environ.get("SOURCE") or \
        os.path.join(os.path.dirname(os.path.abspath(vmlinux)), "source")
    if not os.path.isdir(os.path.join(top, "kernel")):
        print("1..0 # SKIP there is no source next to VMLINUX")
        return
    SOURCE = Source(top)
    TYPES = Types(vmlinux)
    TYPED = typed.Typed(SOURCE, TYPES)
    symbols, accesses = Symbols(vmlinux), list(frames_of_rbp(vmlinux))
    tap = synthetic.Tap()
    for seed in SEEDS:
        print(f"# seed {seed}, of {len(accesses)} reading instructions", flush=True)
        check(tap, sample(vmlinux, symbols, accesses, seed), TYPES)
    tap.done()


if __name__ == "__main__":
    main()
