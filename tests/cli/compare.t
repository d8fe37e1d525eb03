#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""kmc-annotate --diff tells the types that differ, and no others, whatever the difference is.

Each struct is compiled in two ways; those that are called differ_* are another type in the
second, those called same_* are not. From BTF and from DWARF.
"""

import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ANNOTATE = os.environ.get("KMC_ANNOTATE") or ROOT + "/build/kmc-annotate"

# Name, what it is in the first, what in the second; None: not there.
TYPES = (
    ("same_pointer_to_grown", "struct differ_grown *p; int n;", "struct differ_grown *p; int n;"),
    ("differ_grown", "int a;", "int a; int b;"),
    ("differ_holds_grown", "struct differ_grown g;", "struct differ_grown g;"),
    ("differ_array_of_grown", "struct differ_grown g[3];", "struct differ_grown g[3];"),
    ("differ_typedef_grown", "grown_t g;", "grown_t g;"),
    ("differ_typedef_array", "numbers_t n;", "numbers_t n;"),
    ("same_pointer_to_typedef", "grown_t *g;", "grown_t *g;"),
    ("same_typedef_of_another_name", "renamed_t r;", "renamed_t r;"),
    ("differ_count", "int a[4];", "int a[5];"),
    ("differ_dimensions", "int a[2][6];", "int a[3][5];"),
    ("differ_type", "int a;", "unsigned int a;"),
    ("differ_qualifier", "char *a;", "const char *a;"),
    ("differ_name", "int a;", "int b;"),
    ("differ_order", "int a; int b;", "int b; int a;"),
    ("differ_parameter", "void (*f)(int, long);", "void (*f)(int, char);"),
    ("differ_returned", "struct differ_grown *(*f)(void);", "struct same_empty *(*f)(void);"),
    ("differ_variadic", "int (*f)(char *);", "int (*f)(char *, ...);"),
    ("same_function", "int (*f)(struct differ_grown *, ...);",
     "int (*f)(struct differ_grown *, ...);"),
    ("differ_bits", "int a:3; int b:5;", "int a:4; int b:4;"),
    ("differ_no_bits", "int a:8;", "char a;"),
    ("differ_in_nameless", "union { int a; long b; };", "union { int a; long c; };"),
    ("same_nameless", "union { int a; struct { char b, c; } d[2]; };",
     "union { int a; struct { char b, c; } d[2]; };"),
    ("differ_nested", "struct { struct { int a; } b; } c;", "struct { struct { int x; } b; } c;"),
    ("differ_nameless_enum", "enum { A_%s = 1, B_%s } e;", "enum { A_%s = 1, B_%s = 3 } e;"),
    ("differ_padding", "int a;", "int a; int :32;"),
    ("differ_flexible", "int n; int a[];", "int n; int a[1];"),
    # Two arms as large as each other are not struct_group().
    ("differ_second_arm", "union { struct { int a; char b; }; struct { int c; char d; } y; };",
     "union { struct { int a; char b; }; struct { int c; char e; } y; };"),
    ("differ_second_nameless", "union { struct { int a; }; struct { int b; }; };",
     "union { struct { int a; }; struct { int c; }; };"),
    ("differ_group", "union { struct { int a; char b; }; struct { int a; char b; } y; };",
     "union { struct { int a; char c; }; struct { int a; char c; } y; };"),
    ("same_empty", "", ""),
    ("differ_gone", "int a;", None),
    ("differ_new", None, "int a;"),
)

HEAD = (
    "typedef struct { int a; } grown_t; typedef int numbers_t[4]; typedef struct x { int a; } "
    "renamed_t; enum differ_values { V1, V2 }; enum same_values { S1, S2 };",
    "typedef struct { int a; int b; } grown_t; typedef int numbers_t[5]; typedef struct y { "
    "int a; } renamed_t; enum differ_values { V1, V2 = 5 }; enum same_values { S1, S2 };",
)


def compile_side(directory, side, btf):
    path = f"{directory}/{side}{int(btf)}"
    with open(path + ".c", "w") as f:
        f.write(HEAD[side] + "\n")
        for name, *bodies in TYPES:
            if bodies[side] is not None:
                f.write(f"struct {name} {{ {bodies[side].replace('%s', name)} }} v_{name};\n")
        f.write("enum differ_values d; enum same_values s; grown_t g;\n")
    subprocess.run(("gcc", "-g", "-c", path + ".c", "-o", path + ".o"), check=True)
    if btf:
        subprocess.run(("pahole", "-J", path + ".o"), check=True)
        subprocess.run(("objcopy", "--remove-section=.debug*", path + ".o"), check=True)
    return path + ".o"


def check(n, directory, btf):
    done = subprocess.run((ANNOTATE, "--dump", "--diff", compile_side(directory, 0, btf),
                           compile_side(directory, 1, btf)), text=True, check=True,
                          stdout=subprocess.PIPE, env=dict(os.environ, LC_ALL="C.UTF-8"),
                          timeout=100)
    told = set(re.findall(r"(?m)(?:struct|enum) (\w+)  ", done.stdout)) - {"x", "y"}
    wanted = {name for name, _, _ in TYPES if name.startswith("differ")} | {"differ_values"}
    # Of all others, members are named.
    padding = set(re.findall(r"(\w+)  +padding differs", done.stdout)) ^ {"differ_padding"}
    print(f"{'not ok' if told ^ wanted or padding else 'ok'} {n} - of {'BTF' if btf else 'DWARF'}, "
          f"{len(wanted)} types differ")
    for name in sorted(told ^ wanted):
        print(f"# {name}: {'told' if name in told else 'not told'}")
    if padding:
        print(f"# padding: {padding}")
    return told == wanted and not padding


def main():
    print("1..2")
    with tempfile.TemporaryDirectory() as directory:
        return not all([check(1, directory, True), check(2, directory, False)])


sys.exit(main())
