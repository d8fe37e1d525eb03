#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What kmc-report prints for people: no line is wider than asked for, the answer comes
first, and C to add is C.
"""

import glob
import os
import re
import subprocess
import sys
import tempfile
import unicodedata

TOP = os.environ.get("TOP") or os.path.abspath(os.path.dirname(__file__) + "/../..")
PROGRAM = os.path.abspath(os.environ.get("KMC_REPORT", TOP + "/build/kmc-report"))
MANUAL = TOP + "/testdata/fixtures/manual"
DEBUGINFO = ["-k", TOP + "/build/fixtures/manual/vmlinux", "-s", MANUAL]
WIDTHS = (40, 60, 80, 132)
count = 0


def result(good, name, why=""):
    global count
    count += 1
    print(f"{'ok' if good else 'not ok'} {count} - {name}")
    for line in str(why).splitlines()[:12] if not good else []:
        print("# " + line)


def run(*args, stdin=None, locale="C.UTF-8"):
    environment = {name: value for name, value in os.environ.items()
                   if name not in ("NO_COLOR", "DEBUGINFOD_URLS")}
    done = subprocess.run([PROGRAM, "-q", *args], input=stdin, capture_output=True,
                          env=dict(environment, LC_ALL=locale), check=False)
    return done.stdout.decode("utf-8")


def columns(line):
    """On a terminal, without what sets colours."""
    line = re.sub("\033\\[[0-9;]*m", "", line)
    return sum(0 if unicodedata.combining(c) else
               2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def inputs(tmp):
    found = glob.glob(TOP + "/testdata/reports/*/input.log")
    for recipe in glob.glob(TOP + "/testdata/reports/*/input.recipe"):
        path = os.path.join(tmp, os.path.basename(os.path.dirname(recipe)))
        with open(path, "wb") as file:
            subprocess.run([TOP + "/tests/mkstream", recipe], stdout=file, check=True)
        found.append(path)
    return sorted(found)


def check_width(name, files, *args):
    for width in WIDTHS:
        lines = run(f"--width={width}", *args, *files).split("\n")
        why = ["no reports"] if len(lines) < 20 else []
        why += [f"{columns(line)}: {line}" for line in lines if columns(line) > width]
        result(not why, f"{name}, {width} columns", "\n".join(why))


def wide_names(log):
    """Letters that are two columns wide, where names are and in the path of the log."""
    return log.replace("ntpdate", "日本語の名").replace("dequeue_signal", "日本" * 30)


def check_order(text):
    """The answer, the advice, then what they rest on."""
    lines = text.splitlines()
    result(lines[0] == "padding: read of padding behind struct sigqueue.info.si_code (+36), "
           "likely", "the first line is the answer", text)
    result(lines[1] == "  --> include/asm-generic/siginfo.h:287:3 in copy_siginfo()",
           "the second one is the place", text)
    marks = ["\n  4 bytes at +36 of struct sigqueue", "\n  Next: ", "\n  Add:\n",
             "\n  kmemcheck: 32-bit read", "\n  Memory", "\n  Object", "\n  Where",
             "\n  Called from", "\n  Evidence for struct sigqueue"]
    places = [text.find(mark) for mark in marks]
    result(-1 not in places and places == sorted(places),
           "advice, report, memory, object, stacks, evidence follow", places)
    result("not tainted" in text, "the kernel's taint is kept")
    result("Registers" not in text and " rax " not in text, "registers are not printed")
    asked = run(*DEBUGINFO, "--registers", MANUAL + "/report.log")
    result(asked.startswith(text.rstrip("\n")) and "\n  Registers\n" in asked,
           "... but with --registers, at the end", asked)


def check_code(tmp):
    """What stands below Add: compiles as it is, at any width."""
    for width in WIDTHS:
        text = run(f"--width={width}", *DEBUGINFO, MANUAL + "/report.log")
        code = re.search(r"^  Add:\n((?:    .*\n)+)", text, re.M)[1]
        with open(tmp + "/add.c", "w", encoding="utf-8") as file:
            file.write("void kmemcheck_mark_initialized(const void *address, unsigned long size);\n"
                       "struct sigqueue;\nvoid f(struct sigqueue *p)\n{\n" + code + "}\n")
        done = subprocess.run(["gcc", "-Wall", "-Werror", "-fsyntax-only", tmp + "/add.c"],
                              capture_output=True, text=True, check=False)
        result(done.returncode == 0, f"what to add compiles, {width} columns wide",
               done.stderr + code)


def check_looks(log):
    plain = run(*DEBUGINFO, log)
    colour = run(*DEBUGINFO, "--color=always", log)
    result("\033[" in colour and re.sub("\033\\[[0-9;]*m", "", colour) == plain,
           "colour adds nothing but colour")
    result(colour.startswith("\033[1mpadding: "), "... the answer is bold", colour[:80])
    result(run(*DEBUGINFO, "--ascii", log).isascii(), "--ascii is ASCII")
    result(run(*DEBUGINFO, log, locale="C").isascii(), "... and so is another locale's text")


def main():
    with tempfile.TemporaryDirectory() as tmp:
        files = inputs(tmp)
        with open(MANUAL + "/report.log", encoding="ascii") as file:
            log = file.read()
        wide = tmp + "/日本語" * 12 + ".log"
        os.makedirs(os.path.dirname(wide), exist_ok=True)
        with open(wide, "w", encoding="utf-8") as file:
            file.write(wide_names(log))
        check_width("all reports", files)
        check_width("... with registers, in colour", files, "--registers", "--color=always")
        check_width("... in ASCII", files, "--ascii")
        check_width("... by bug", files, "--group")
        check_width("with debug info", [MANUAL + "/report.log", wide], *DEBUGINFO,
                    "--registers")
        check_width("wide letters", [wide])
        text = run(*DEBUGINFO, MANUAL + "/report.log")
        check_order(text)
        check_code(tmp)
        check_looks(MANUAL + "/report.log")
    print(f"1..{count}")


main()
