# SPDX-License-Identifier: GPL-2.0-or-later
"""What expressions in the kernel's source are of: a->b.c, by the declarations of a in the
function around it and of members in structs. Knows nothing of machine code."""

import re

INLINE_DEPTH = 3
CHAIN = re.compile(r"(?<![\w.>])(\w+)((?:\s*(?:->|\.)\s*\w+|\[[^][]*\])+)")
STEP = re.compile(r"(->|\.)\s*(\w+)|\[([^][]*)\]")
DECLARED = re.compile(r"\bstruct (\w+)\s*(\**)\s*(?:const |__restrict )?(\w+)\s*(?=[,;=)\[])")
SCALAR = re.compile(r"\b((?:unsigned |signed |long |short |const )*\w+)\s+(\*+)\s*(?:const )?"
                    r"(\w+)\s*(?=[,;=)])")
CALL = re.compile(r"\b(\w+)\s*\(")


class Place:
    """A part of what a pointer points to: struct, where in it, what its members are
    called, bytes, and whether an index makes it uncertain where."""

    def __init__(self, kind, offset, names, size):
        self.kind, self.offset, self.names, self.size = kind, offset, names, size


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
