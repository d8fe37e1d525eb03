# SPDX-License-Identifier: GPL-2.0-or-later
"""What expressions in the kernel's source are of: a->b.c, by the declarations of a in the
function around it and of members in structs. Knows nothing of machine code. oracle.t has
examples."""

import re
import subprocess

from synthetic import MACHINE

INLINE_DEPTH = 3
CHAIN = re.compile(r"(?<![\w.>])(\w+)((?:\s*(?:->|\.)\s*\w+|\[[^][]*\])+)")
STEP = re.compile(r"(->|\.)\s*(\w+)|\[([^][]*)\]")
DECLARED = re.compile(r"\bstruct (\w+)\s*(\**)\s*(?:const |__restrict )?(\w+)\s*(?=[,;=)\[])")
SCALAR = re.compile(r"\b((?:unsigned |signed |long |short |const )*\w+)\s+(\*+)\s*(?:const )?"
                    r"(\w+)\s*(?=[,;=)])")
CALL = re.compile(r"\b(\w+)\s*\(")
PER_CPU = re.compile(r"\b(?:DEFINE|DECLARE)_PER_CPU\w*\(([^();]*?),\s*(\w+)\)")
# What reads a variable of a CPU, but not &per_cpu(x, cpu), unless that goes on with ->
READS_PER_CPU = re.compile(r"(&?)\s*\b(?:get_cpu_var|per_cpu|(?:__|raw_|this_)+cpu_(?!ptr)\w+)"
                           r"\(\s*(\w+)\s*(?:,[^()]*)?\)\s*(->)?")
# What only sparse sees.
SPARSE = re.compile(r"\b__(?:rcu|user|iomem|percpu|force)\b")
SIZES = {"char": 1, "char unsigned": 1, "_Bool": 1, "short": 2, "short unsigned": 2, "int": 4,
         "unsigned": 4, "long": MACHINE.word, "long unsigned": MACHINE.word, "long long": 8,
         "long long unsigned": 8}


class Place:
    """A part of what a pointer points to: struct, where in it, what its members are
    called, bytes, and whether an index makes it uncertain where."""

    def __init__(self, kind, offset, names, size):
        self.kind, self.offset, self.names, self.size = kind, offset, names, size


class Types:
    """Members and their places, as pahole prints them."""

    MEMBER = re.compile(r"\b(\w+)(?:\)\([^;]*\))?(?:\[\d*\])*(?::\d+)?"
                        r"(?: __attribute__\(\(.*?\)\))?;\s*/\*\s*(\d+)(: *\d+)?\s+(\d+)\s*\*/")

    KIND = re.compile(r"^\s*(?:const )?(?:struct|union) (\w+)\s+(\**)\s*(\w+)(?:\[\d*\])*;", re.M)

    FLEXIBLE = re.compile(r"\b(\w+)\[0?\];")

    def __init__(self, path):
        self.members = {}
        self.bits = set()       # (struct, member) of bit-fields
        self.kinds = {}         # struct -> member -> struct that it is or points to
        self.pointers = set()   # (struct, member) of the latter
        self.flexible = set()   # (struct, member) of flexible arrays
        self.places = {}        # member -> [(struct, offset, size)]
        # Of BTF it prints all in a second, of DWARF in minutes.
        for options in (["-F", "btf"], []):
            said = subprocess.run(["pahole", *options, path], capture_output=True,
                                  text=True).stdout
            if said:
                break
        for head, body in re.findall(r"^((?:struct|union) \w+) \{\n(.*?)^\}", said, re.M | re.S):
            # Several may have the name, in different files.
            members = self.MEMBER.findall(body)
            self.members.setdefault(head, []).extend(
                (name, int(offset), int(size)) for name, offset, _, size in members)
            self.bits.update((head, name) for name, _, bit, _ in members if bit)
            self.kinds.setdefault(head, {}).update(
                (name, kind) for kind, _, name in self.KIND.findall(body))
            self.flexible.update((head, name) for name in self.FLEXIBLE.findall(body))
            self.pointers.update((head, name) for _, star, name in self.KIND.findall(body) if star)

    def member(self, kind, name, others):
        """-> offset, size, the struct it is or points to; None if there is none"""
        for own, offset, size in self.of(kind):
            if own == name or own in others:
                return offset, size, self.kinds[kind].get(own)
        return None

    def named(self, name):
        """-> [(struct, offset, size)] of all members of that name"""
        if not self.places:
            for kind, members in self.members.items():
                for other, offset, size in members:
                    self.places.setdefault(other, []).append((kind, offset, size))
        return self.places.get(name, [])

    def of(self, kind):
        """-> [(member, offset, size)]"""
        return self.members.get(kind, [])

    def has_no_end(self, kind, name):
        """Is it a flexible array, or a struct that ends in one?"""
        inner = self.kinds.get(kind, {}).get(name)
        if (kind, name) in self.flexible or not inner or (kind, name) in self.pointers:
            return (kind, name) in self.flexible
        members = self.of("struct " + inner)
        return bool(members) and self.has_no_end("struct " + inner, members[-1][0])

    def has(self, kind, name, offset, width):
        """Is there such a member? A flexible array has no end, and of what is so wide, an
        instruction may use only a bit-field further on."""
        return any(name == other and (
            (start <= offset and (offset < start + size or not size or
                                  self.has_no_end(kind, name))) or
            ((kind, name) in self.bits and offset <= start < offset + width))
                   for other, start, size in self.members.get(kind, []))


def declarations(text):
    """-> {variable: (struct, stars)}"""
    found = {}
    for kind, stars, name in DECLARED.findall(text):
        found.setdefault(name, (kind, len(stars)))
    for name, other in re.findall(r"\bstruct \w+ [^;()]*?\b(\w+),\s*\*+(\w+)", text):
        if name in found:
            found.setdefault(other, found[name])
    return found


class Typed:
    """Places that texts name."""

    def __init__(self, source, types):
        self.source, self.types = source, types
        self.kept = {}

    def chain(self, declared, first, steps):
        """Yield Places of first->a.b->c; then the name of what is of no known struct"""
        kind, _ = declared.get(first, (None, 0))
        root, offset, names = None, 0, []
        for arrow, name, _ in STEP.findall(steps):
            if not name:
                continue
            member = self.types.member("struct " + kind, name,
                                       self.source.expand({name})) if kind else None
            if not member:
                yield name
                kind = None
                continue
            if arrow == "->":
                root, offset, names = kind, 0, []
            start, size, kind = member
            offset, names = offset + start, names + [name]
            if root:
                yield Place(root, offset, names, size)

    def places(self, text):
        """-> (Places that a function's text names, names of members of unknown structs)"""
        if text not in self.kept:
            declared = declarations(text)
            found, unknown = [], set()
            for first, steps in CHAIN.findall(text):
                for place in self.chain(declared, first, steps):
                    if isinstance(place, Place):
                        found.append(place)
                    else:
                        unknown.add(place)
            # f(p)->m
            unknown |= set(re.findall(r"\)\s*->\s*(\w+)", text))
            self.kept[text] = found, unknown
        return self.kept[text]

    def of_statement(self, text, statement):
        """-> (Places that a statement of a function names, names of unknown structs)"""
        declared, found, unknown = declarations(text), [], set()
        for first, steps in CHAIN.findall(statement):
            for place in self.chain(declared, first, steps):
                if isinstance(place, Place):
                    found.append(place)
                else:
                    unknown.add(place)
        return found, unknown | set(re.findall(r"\)\s*->\s*(\w+)", statement))

    def sizes_at(self, text, statement, offset):
        """-> bytes of all that the statement may name at an offset, to the end of each"""
        found, unknown = self.of_statement(text, statement)
        spans = [(place.offset, place.size) for place in found]
        spans += [span for name in self.source.expand(unknown)
                  for _, *span in self.types.named(name)]
        return {start + size - offset for start, size in spans
                if start <= offset < start + size}

    def of_calls(self, statement):
        """Places in the inline functions that a statement calls, and those they call"""
        found, unknown, seen = [], set(), set()
        new = set(CALL.findall(statement))
        new |= self.source.expand(new)
        for _ in range(INLINE_DEPTH):
            seen |= new
            texts = [text for name in new for text in self.source.inlines.get(name, ())]
            for text in texts:
                places, names = self.places(text)
                found += places
                unknown |= names
            new = {name for text in texts for name in CALL.findall(text.partition("{")[2])}
            new = (new | self.source.expand(new)) - seen
        return found, unknown

    def agrees(self, place, thing, parts):
        """Does an answer say the same struct, place and member?"""
        return "struct " + place.kind == thing["type"] and \
            place.offset <= thing["offset"] < place.offset + max(place.size, 1) and \
            bool(parts & (set(place.names[-1:]) | self.source.expand(set(place.names[-1:]))))

    def only(self, texts, offset, size):
        """-> Places where so many bytes are read, if they are of one struct: nothing else
        that the functions name, or that may be a member they name, lies there; else []"""
        found, unknown = [], set()
        for text in texts:
            for places, names in (self.places(text), self.of_calls(text.partition("{")[2])):
                found += places
                unknown |= names
        unknown |= self.source.expand(unknown)
        there = [place for place in found
                 if place.offset <= offset and offset + size <= place.offset + place.size]
        kinds = {"struct " + place.kind for place in there}
        kinds |= {kind for name in unknown for kind, start, bytes_ in self.types.named(name)
                  if start <= offset and offset + size <= start + bytes_}
        return there if len(kinds) == 1 else []


def canonical(words, typedefs):
    """unsigned char of u8, as a set of words: GCC says "long long unsigned int" """
    words = re.sub(r"\b(const|volatile|signed)\b", " ", words).split()
    for _ in range(8):
        if len(words) != 1 or words[0] not in typedefs:
            break
        words = re.sub(r"\b(const|volatile|signed)\b", " ", typedefs[words[0]]).split()
    if len(words) > 1 and "int" in words:
        words.remove("int")
    return " ".join(sorted(words))


def same(declared, kind, typedefs):
    """Is what the source declares what debug info says? "const char *" and "char *" are."""
    (one, stars), (other, more) = (
        re.fullmatch(r"(.*?)\s*((?:\*\s*)*)", SPARSE.sub("", text).strip()).groups()
        for text in (declared, kind))
    return stars.count("*") == more.count("*") and \
        canonical(one, typedefs) == canonical(other, typedefs)


def reads_per_cpu(statement, variables, kind, typedefs):
    """Does a statement read a variable of a CPU that is declared as of that kind?"""
    return any(same(declared, kind, typedefs)
               for address, name, arrow in READS_PER_CPU.findall(statement)
               if arrow or not address for declared in variables.get(name, ()))


def copies_whole(text, statement, kind):
    """Is it v = ..., and v a struct or union of that kind? What is copied has no name then."""
    match = re.match(r"\s*(?:const )?(?:((?:struct|union) \w+) )?\s*(\w+)\s*=(?!\s*[{=])",
                     statement)
    if not match:
        return False
    declared, name = match.groups()
    return declared == kind if declared else bool(
        re.search(rf"\b{re.escape(kind)}\s+(?:\w+\s*,\s*)*{name}\s*[,;=]", text))


def copies_pointee(text, kind):
    """Does the function copy all of what a pointer to that struct points to? It may be split
    into loads of its members, and these be moved to other statements."""
    declared = declarations(text)
    return any("struct " + declared[name][0] == kind and declared[name][1] == 1
               for name in re.findall(r"[\w\]]\s*=\s*\*\s*(\w+)\s*;", text) if name in declared)


# ---- what is given to inlined functions ----

def arguments(text, function):
    """-> what is between the parentheses behind a function's name, as texts"""
    match = re.search(rf"\b{re.escape(function)}\s*\(", text)
    depth, parts = 0, [""]
    for char in text[match.end():] if match else "":
        if char == ")" and not depth:
            return [part.strip() for part in parts]
        depth += (char in "([{") - (char in ")]}")
        if char == "," and not depth:
            parts.append("")
        else:
            parts[-1] += char
    return []


def parameters(text, function):
    """-> names, in their order; "" of what has none"""
    names = [re.search(r"\(\*\s*(\w+)\)|(\w+)\s*(?:\[\w*\])*$", part)
             for part in arguments(text.partition("{")[0], function)]
    return [(match[1] or match[2]) if match else "" for match in names]


def given(functions, texts, statements, depth, name):
    """-> (argument without casts, frame) that parameter @name of frame @depth stands for, up
    to where it is no parameter that is handed on. The innermost frame is 0."""
    while depth + 1 < len(functions):
        names = parameters(texts[depth], functions[depth])
        values = arguments(statements[depth + 1], functions[depth])
        if name not in names or len(names) != len(values):
            break
        name = re.sub(r"^(?:\([^()]*\*\)\s*)+", "", values[names.index(name)])
        depth += 1
    return name, depth


def callbacks(functions, texts, statements, files):
    """Yield (name, frame that it is named in, is it the statement) of functions that a frame
    calls through a pointer which it was given: f of search(key, f), or of search(key, ops),
    where ops = { .cmp = f }. @files: the whole text around each frame."""
    for depth, text in enumerate(texts):
        body = text.partition("{")[2]
        for call in re.finditer(r"(?<![\w.>])\(?\*?(\w+)\)?(?:(?:->|\.)(\w+))?\s*\(", body):
            said = call[0] in statements[depth]
            argument, frame = given(functions, texts, statements, depth, call[1])
            if frame == depth:
                continue
            name = re.fullmatch(r"&?\s*(\w+)", argument)
            if name and not call[2]:
                yield name[1], frame, said
            elif name:
                for fields in re.findall(rf"\b{name[1]}\s*=\s*\{{(.*?)\}}\s*;",
                                         files[frame], re.S):
                    yield from ((function, frame, said) for function in re.findall(
                        rf"\.{call[2]}\s*=\s*(\w+)", fields))


def views(functions, texts, statements, typedefs):
    """Yield Places that a statement names as p[1], where p, which is never changed, points
    to what has no members, and was made of what points to a struct."""
    for depth, (text, statement) in enumerate(zip(texts, statements)):
        for words, stars, name in SCALAR.findall(text):
            size = SIZES.get(canonical(words, typedefs))
            changed = re.search(rf"\b{name}\s*(?:[-+]?=(?!=)|\+\+|--)|"
                                rf"(?:\+\+|--|&)\s*{name}\b", text)
            argument, frame = given(functions, texts, statements, depth, name)
            kind, pointers = declarations(texts[frame]).get(argument, (None, 0))
            if size and stars == "*" and not changed and frame > depth and pointers == 1:
                for index in re.findall(rf"(?<![\w.>&])\b{name}\s*\[(\d+)\]", statement):
                    yield Place(kind, int(index) * size, [], size)


def dereferences(text, statement, kind, typedefs):
    """Does a statement use *p or p[i], p being declared a pointer to a kind that is no
    struct: "char", or "struct x *"?"""
    inner, stars = re.fullmatch(r"(.*?)\s*(\**)", kind).groups()
    for words, more, name in SCALAR.findall(text) + [
            ("struct " + words, more, name) for words, more, name in DECLARED.findall(text)]:
        if len(more) != len(stars) + 1 or \
                canonical(words, typedefs) != canonical(inner, typedefs):
            continue
        if re.search(rf"(?<![\w)\]]\s)(?<![\w)\]])\*\s*\(?{name}\b|\b{name}\s*\[", statement):
            return True
    return False
