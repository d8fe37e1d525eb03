#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Whatever a logger puts in front of each line, the report is the one without it.

These are examples of shapes; nothing in the library knows most of them.
"""

import json
import os
import re
import subprocess

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TOOL = os.environ.get("KMC_REPORT") or os.path.join(TOP, "build/kmc-report")
CASES = ("object-alloc-and-free-stacks", "comm-that-imitates-the-line", "eip-32-bit",
         "callers-interleaved", "tab-damaged-caret")
ISO = "2026-11-29T12:00:00"
RED, PLAIN = "\033[31m", "\033[0m"


def stamp(i):
    """The kernel's own."""
    return "[%5d.%06d] " % (9 + i // 4, 10 * i)


def mark(i):
    """What grep puts behind a hit and behind its context."""
    return "-" if i else ":"


# What is before line @i of a log.
PREFIXES = {
    "dmesg -T, German": lambda i: "[So Nov 29 12:28:%02d 2026] " % (i % 60),
    "dmesg -T, French": lambda i: "[dim. nov. 29 12:28:38 2026] ",
    "dmesg -T, Russian": lambda i: "[Вс ноя 29 12:28:38 2026] ",
    "dmesg -T, Japanese": lambda i: "[日 11月 29 12:28:38 2026] ",
    "dmesg -Td": lambda i: "[So Nov 29 12:28:38 2026 <    0.%06d>] " % i,
    "dmesg -e": lambda i: "[  +0,%06d] " % i if i % 10 else "[déc. 5 12:%02d] " % (28 + i // 10),
    "dmesg -d": lambda i: "[<    0,%06d>] " % i,
    "journal, German": lambda i: "Dez 05 12:00:00 host kernel: ",
    "journal, full": lambda i: "mar. 2026-12-05 12:00:00 CET host kernel: " + stamp(i),
    "CRI": lambda i: "%s.%dZ stderr F " % (ISO, i * 7919),
    "CRI and time": lambda i: "%s.123456789+01:00 stdout F %s" % (ISO, stamp(i)),
    "GitLab": lambda i: "%s.%06dZ 01O %s" % (ISO, i, stamp(i)),
    "GitHub": lambda i: "build\tRun tests\t%s.%07dZ %s" % (ISO, i, stamp(i)),
    "Jenkins": lambda i: "[%s.%03dZ] [vm-1] " % (ISO, i),
    "libvirt": lambda i: "2026-11-29 12:00:00.%03d+0000: " % i,
    "ts": lambda i: "Nov 29 12:00:%02d " % (i % 60),
    "ts, German": lambda i: "Dez  5 12:00:%02d %s" % (i % 60, stamp(i)),
    "ts -s": lambda i: "00:00:%02d " % (i % 60),
    "ts %.s": lambda i: "1764088727.%06d " % i,
    "ts and callers": lambda i: "Dez  5 12:00:00 %s[  T123] " % stamp(i),
    "Compose": lambda i: "web-1  | ",
    "kubectl --prefix": lambda i: "[pod/kmc-7d9f8b6c5-x2x4z/app] ",
    "grep -n": lambda i: "boot.log%s%d%s" % (mark(i), 98 + i, mark(i)),
    "cat -n": lambda i: "%6d\t" % (95 + i),
    "levels": lambda i: "2026-11-29 12:00:00,%03d %-5s [main-%d] c.e.Console - " % (
        i, ("INFO", "WARN")[i % 2], i % 3),
    "Labgrid": lambda i: "%4d.%03ds <  " % (i, i),
    "Zephyr": lambda i: "[00:00:%02d.%03d,000] <err> os: " % (i % 60, i),
    "tio": lambda i: "[+00:00:%02d.%03d] " % (i % 60, i),
    "systemd with-unit": lambda i: "Sun 2026-11-29 12:00:00 UTC host init.scope[1]: " + stamp(i),
    "RFC 5424 with data": lambda i: '<6>1 %s.003Z host kernel - - [meta seq="%d"] %s' % (
        ISO, i, stamp(i)),
    "Loki": lambda i: '%s.%03dZ {app="x", pod="y-%d"} %s' % (ISO, i, i % 2, stamp(i)),
    "a word": lambda i: "console: ",
    "a hexadecimal counter": lambda i: "%08x " % (0x1f38 + i),
    "... from 8 on": lambda i: "%04x: " % (8 + i),
    "... that grows": lambda i: "0x%x | " % (0xf7 + i),
    "... in capitals": lambda i: "[%X] " % (0xFFE + i),
    "hashes": lambda i: "%08x-%04x " % (i * 2654435761 % 2 ** 32, i * 40503 % 2 ** 16),
    "letters in turn": lambda i: "AB"[i % 2] + " ",
    "... small and with a bracket": lambda i: "xyz"[i % 3] + ") ",
    "... at times": lambda i: "IIIIIE"[i % 6] + ": " + stamp(i),
    "levels alone": lambda i: ("INFO", "WARN", "ERROR")[i % 3] + ": ",
    "levels, padded": lambda i: "%-5s - " % ("INFO", "WARN", "ERROR")[i % 3],
    "words and a counter": lambda i: "<%s %d> " % (("red", "green", "blue")[i * i % 3], 98 + i),
    "colour": lambda i: RED + stamp(i) + PLAIN,
    "colour, German": lambda i: RED + "[So Nov 29 12:28:38 2026] " + PLAIN + RED,
    "colour behind CRI": lambda i: "%s.1Z stderr F %s%s%s" % (ISO, RED, stamp(i), PLAIN),
}
# What an object has beside the line.
OBJECTS = {
    "Docker": {"stream": "stdout", "time": ISO + "Z"},
    "Docker with attributes": {"attrs": {"tag": "x"}, "time": ISO + "Z"},
    "Fluent Bit": {"date": 1764.5, "kubernetes": {"pod": "x", "labels": {"a": "b"}}},
}
# Another line that had not ended when the header came; it is before no other line.
UNFINISHED = ("random: ", "usb 1-1: new device", "ab: 1234 cd: 5678 ", "x 12:30: ", "RIP: ",
              "CPU 0 at 12:30 ", "Pid: 1, comm: ", " [<", "0")
count = 0


def result(good, name):
    global count
    count += 1
    print("%sok %d - %s" % ("" if good else "not ", count, name))


def reports(text):
    """What kmc-report makes of a log, apart from when it was."""
    done = subprocess.run([TOOL, "-f", "json", "-"], input=text.encode(),
                          capture_output=True, check=False, timeout=60)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    for report in found:
        report.pop("time", None)
        report.pop("clock", None)
    return [report for report in found if "kind" in report]


def check_case(name, lines):
    want = reports("\n".join(lines) + "\n")

    def check(what, text):
        result(want and reports(text) == want, "%s, %s" % (name, what))

    for what, prefix in PREFIXES.items():
        with_prefix = [prefix(i) + line for i, line in enumerate(lines)]
        check(what, "\n".join(with_prefix) + "\n")
        check(what + ", no blanks at the end",
              "\n".join(line.rstrip() for line in with_prefix) + "\n")
    for what, fields in OBJECTS.items():
        check(what, "".join(json.dumps({"log": line + "\n", **fields}) + "\n"
                            for line in lines))
        check(what + ", line last", "".join(
            json.dumps({**fields, "log": line + "\r\n"}) + "\n" for line in lines))
    for what, end in ("CR", "\r"), ("CR and LF", "\r\n"), ("LF and CR", "\n\r"):
        check(what, end.join(lines) + end)
    for what in UNFINISHED:
        check("behind " + what, "\n".join(
            re.sub("(WARNING: )?kmemcheck: Caught", what + r"\g<0>", line)
            for line in lines) + "\n")


def check_prose(lines):
    """A sentence with a header in it is not more of a report behind a prefix."""
    for what, prefix in PREFIXES.items():
        result(not reports("".join(prefix(i) + "It said " + line + "\n"
                                   for i, line in enumerate(lines))),
               "no report, " + what)


def main():
    for name in CASES:
        with open(os.path.join(TOP, "testdata/reports", name, "input.log"),
                  encoding="utf-8") as log:
            lines = log.read().splitlines()
        # One caller needs no timestamp.
        if not name.startswith("callers"):
            lines = [re.sub(r"^\[ *\d+\.\d+\] ?", "", line) for line in lines]
        check_case(name, lines)
    with open(os.path.join(TOP, "testdata/reports/not-reports/input.log"),
              encoding="utf-8") as log:
        check_prose(log.read().splitlines())
    print("1..%d" % count)


main()
