# SPDX-License-Identifier: GPL-2.0-or-later
"""Do two object files, of slightly different sources, put the same into the kernel?

Line numbers do not count: neither in the bug table, nor in the tags of allocations, nor in
the names of initcalls. Nor does it count in which order variables lie, or whether one of
them is static.
"""

import collections
import re
import struct

SHF_WRITE, SHF_ALLOC = 1, 2
SHT_SYMTAB, SHT_RELA, SHT_NOBITS = 2, 4, 8
STT_OBJECT, STB_WEAK = 1, 2
SHN_RESERVED = 0xff00
# name: an entry, and where in it how many bytes are the line. Of the bug table that is
# bug_addr_disp, file_disp, line, flags; struct codetag begins with flags and lineno.
LINES = {"__bug_table": (12, 8, 2), "alloc_tags": (40, 4, 4)}
# From the field that is relocated to the end of the instruction: 4 bytes, and an
# immediate operand of 4 at most.
MAX_BIAS = 8

Symbol = collections.namedtuple("Symbol", "name info section value size")
# target: (section, offset), or (None, name) for what is defined elsewhere
Relocation = collections.namedtuple("Relocation", "where kind target")


class Section:
    """One that is loaded."""

    def __init__(self, content, writable):
        self.content = content
        self.writable = writable
        self.relocations = []
        self.variables = {}     # name -> Symbol


class Object:
    """An ELF object file for x86-64: its loaded sections by name."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self.data = file.read()
        offset, = struct.unpack_from("<Q", self.data, 0x28)
        count, names = struct.unpack_from("<HH", self.data, 0x3c)
        self.headers = [struct.unpack_from("<IIQQQQIIQQ", self.data, offset + 64 * i)
                        for i in range(count)]
        self.names = [unnumbered(self.string(names, h[0])) for h in self.headers]
        self.sections = {}
        for i, header in enumerate(self.headers):
            if header[2] & SHF_ALLOC and header[1] != SHT_RELA:
                self.add_section(i, header)
        self.symbols = list(self.read_symbols())
        for symbol in self.symbols:
            if symbol.info & 15 == STT_OBJECT and symbol.section in self.sections:
                self.sections[symbol.section].variables[symbol.name] = symbol
        for i, header in enumerate(self.headers):
            if header[1] == SHT_RELA and self.names[header[7]] in self.sections:
                self.sections[self.names[header[7]]].relocations = list(self.read_relocations(i))

    def string(self, table, offset):
        start = self.headers[table][4] + offset
        return self.data[start:self.data.index(b"\0", start)].decode()

    def content(self, i):
        kind, offset, size = self.headers[i][1], *self.headers[i][4:6]
        return bytes(size) if kind == SHT_NOBITS else self.data[offset:offset + size]

    def add_section(self, i, header):
        name, content = self.names[i], self.content(i)
        if name in LINES:
            content = without_lines(content, *LINES[name])
        if name in self.sections:
            # Two of one name, which relocations may not tell apart.
            name = self.names[i] = f"{name}#{i}"
        self.sections[name] = Section(content, bool(header[2] & SHF_WRITE))

    def read_symbols(self):
        i = next(i for i, header in enumerate(self.headers) if header[1] == SHT_SYMTAB)
        for name, info, _, section, value, size in struct.iter_unpack("<IBBHQQ", self.content(i)):
            name = unnumbered(self.string(self.headers[i][6], name))
            here = self.names[section] if 0 < section < SHN_RESERVED else None
            yield Symbol(name, info, here, value, size)

    def read_relocations(self, i):
        for where, info, addend in struct.iter_unpack("<QQq", self.content(i)):
            symbol = self.symbols[info >> 32]
            # A weak one may be somebody else's in the end.
            if symbol.section and symbol.info >> 4 != STB_WEAK:
                target = symbol.section, symbol.value + addend
            else:
                target = None, f"{symbol.name}{addend:+d}"
            yield Relocation(where, info & 0xffffffff, target)


def unnumbered(name):
    """The counter and the line in the name of an initcall, as of other unique names."""
    return re.sub(r"(__initcall__kmod_\w+?|UNIQUE_ID_\w*?)__?\d+(_\d+)?", r"\1", name)


def without_lines(table, entry, line, size):
    table = bytearray(table)
    for at in range(line, len(table), entry):
        table[at:at + size] = bytes(size)
    return bytes(table)


def same_target(old, new, one, other):
    """Does a relocation mean the same in both? A variable may lie elsewhere."""
    if one == other:
        return True
    if not one[0] or one[0] != other[0] or not old.sections[one[0]].writable:
        return False
    moved = new.sections[one[0]].variables
    for name, variable in old.sections[one[0]].variables.items():
        offset = one[1] - variable.value
        if (-MAX_BIAS <= offset < variable.size and name in moved and
                other[1] - moved[name].value == offset):
            return True
    return False


def same_relocations(old, new, one, other):
    return len(one) == len(other) and all(
        a.where == b.where and a.kind == b.kind and same_target(old, new, a.target, b.target)
        for a, b in zip(one, other))


def part(section, variable):
    """-> content and relocations of one variable."""
    end = variable.value + variable.size
    return (section.content[variable.value:end],
            [r._replace(where=r.where - variable.value) for r in section.relocations
             if variable.value <= r.where < end])


def only_variables(section):
    """Is there nothing in a section but variables, and what aligns them?"""
    rest = bytearray(section.content)
    for variable in section.variables.values():
        rest[variable.value:variable.value + variable.size] = bytes(variable.size)
    return bool(section.variables) and not any(rest)


def same_variables(old, new, one, other):
    if set(one.variables) != set(other.variables):
        return False
    for name, variable in one.variables.items():
        (before, refs), (after, refs_after) = part(one, variable), part(other,
                                                                        other.variables[name])
        if before != after or not same_relocations(old, new, refs, refs_after):
            return False
    return True


def same_section(old, new, name):
    one, other = old.sections.get(name), new.sections.get(name)
    if not one or not other or one.writable != other.writable:
        return False
    if one.content == other.content and same_relocations(old, new, one.relocations,
                                                         other.relocations):
        return True
    return (one.writable and only_variables(one) and only_variables(other) and
            same_variables(old, new, one, other))


def difference(before, after):
    """-> names of the sections that differ."""
    old, new = Object(before), Object(after)
    return [name for name in sorted(set(old.sections) | set(new.sections))
            if not same_section(old, new, name)]
