# SPDX-License-Identifier: GPL-2.0-or-later
"""Build the kernel's decoder, and what uses it, for userspace."""

import os
import re
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
OVERLAY = os.path.join(ROOT, "kernel/overlay/arch/x86/mm/kmemcheck")
# address, bytes, text
LINE = re.compile(r"^ *([0-9a-f]+):\t([0-9a-f ]+?) *\t(.*)$")


# What follow.c is made of, and the headers of that.
FOLLOWER = [f"propagate/{name}" for name in
            ("propagate.c", "poison.c", "store_buffer.c", "string.c", "symbolic.c",
             "propagate.h")]
FOLLOWER += [f"insn/{name}" for name in
             ("emulate.c", "arith.c", "operand.c", "emulate.h", "arith.h", "operand.h",
              "memory.h", "decode.h", "machine.h", "cache.h")]


EM_386 = 3


def machine_of(vmlinux):
    """-> what the compiler has to be told of the kernel's machine"""
    with open(vmlinux, "rb") as file:
        header = file.read(20)
    return ["-m32"] if header[18] == EM_386 else ["-DCONFIG_X86_64"]


def source_of(vmlinux):
    """-> the source of a kernel that was built here"""
    return re.sub("-i386$", "", os.path.dirname(vmlinux)) + "-src"


def _compile(flags, output, *sources):
    subprocess.run(["gcc", "-std=gnu11", "-O2", "-w", *flags, "-o", output, *sources], check=True)


def _decoder(vmlinux, directory):
    """-> objects of the decoder and of the tables of the kernel's source."""
    tools = os.path.join(source_of(vmlinux), "tools")
    with open(os.path.join(directory, "inat-tables.c"), "wb") as file:
        subprocess.run(["awk", "-f", tools + "/arch/x86/tools/gen-insn-attr-x86.awk",
                        tools + "/arch/x86/lib/x86-opcode-map.txt"], stdout=file, check=True)
    flags = [*machine_of(vmlinux), "-c", "-iquote", OVERLAY + "/insn", "-I", directory,
             "-I", tools + "/arch/x86/include", "-I", tools + "/include"]
    objects = []
    for path in (OVERLAY + "/insn/decode.c", tools + "/arch/x86/lib/insn.c",
                 tools + "/arch/x86/lib/inat.c"):
        objects.append(os.path.join(directory, os.path.basename(path)[:-2] + ".o"))
        _compile(flags, objects[-1], path)
    return objects


def build_decode(vmlinux, directory):
    """-> the program of decode.c, for that kernel's machine"""
    program = os.path.join(directory, "decode")
    tools = os.path.join(source_of(vmlinux), "tools")
    _compile([*machine_of(vmlinux), "-iquote", OVERLAY + "/insn", "-I", tools + "/include"],
             program, os.path.join(ROOT, "tests/coverage/decode.c"),
             *_decoder(vmlinux, directory))
    return program


def build_follow(vmlinux, directory):
    """-> the program of follow.c, for that kernel's machine. The kernel's headers are empty."""
    program = os.path.join(directory, "follow")
    names = [f"{OVERLAY}/{name}" for name in FOLLOWER]
    for name in names:
        with open(name) as file:
            for header in re.findall(r"^#include <(.*)>", file.read(), re.M):
                path = os.path.join(directory, "empty", header)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "w"):
                    pass
    # propagate.c is a part of follow.c.
    sources = [name for name in names if name.endswith(".c") and
               not name.endswith("/propagate.c")]
    _compile([*machine_of(vmlinux), "-mno-red-zone", "-include", os.path.join(ROOT, "tests/coverage/kernel.h"),
              "-I", os.path.join(directory, "empty"), "-iquote", OVERLAY], program,
             os.path.join(ROOT, "tests/coverage/follow.c"), *sources, *_decoder(vmlinux, directory))
    return program


def ask(program, codes):
    """-> the answers about instructions, which are hexadecimal digits"""
    done = subprocess.run([program], input="".join(code + "\n" for code in codes),
                          capture_output=True, text=True, check=True)
    answers = done.stdout.splitlines()
    assert len(answers) == len(codes)
    return answers


def disassemble(path):
    """yields the lines of objdump"""
    objdump = subprocess.Popen(["objdump", "-d", "-w", "-M", "intel", path],
                               stdout=subprocess.PIPE, text=True, errors="replace")
    yield from objdump.stdout
    if objdump.wait():
        raise RuntimeError(f"objdump {path}: status {objdump.returncode}")
