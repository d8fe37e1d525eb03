#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A file that is followed is truncated, rotated or replaced while it is written.

Each test writes a thousand reports, in pieces of any size that end anywhere, and counts
those that come out: all, once. SEED= repeats a run.
"""

import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TOOL = os.environ.get("KMC_REPORT") or os.path.join(TOP, "build/kmc-report")
REPORTS = 1000
STEP = 100              # reports, then the file moves or is truncated
PATIENCE = 60           # seconds; a machine may be busy
REPLACED = "replaced by another file, which is followed from its beginning"
TRUNCATED = "truncated; reading it from its beginning"
count = 0


def result(good, name, *details):
    global count
    count += 1
    print("%sok %d - %s" % ("" if good else "not ", count, name))
    if not good:
        for detail in details:
            print("# %s" % detail)


with open(os.path.join(TOP, "testdata/reports/object-alloc-and-free-stacks/input.log"),
          encoding="utf-8") as example:
    REPORT = example.read().split("\n", 1)[1]


def text_report(number):
    return REPORT.replace("Pid: 1856", "Pid: %d" % number).encode()


def stream(recipe):
    with tempfile.NamedTemporaryFile("w", suffix=".recipe") as file:
        json.dump(recipe, file)
        file.flush()
        return subprocess.run([os.path.join(TOP, "tests/mkstream"), file.name],
                              stdout=subprocess.PIPE, check=True).stdout


def stream_reports(count_of):
    """-> the header, and a record for each number."""
    header = stream([{"header": {"release": "6.1.0"}}])
    records = stream([{"report": {"address": "0xffff888000001024", "seq": i, "pid": i}}
                      for i in range(count_of)])
    size = len(records) // count_of
    return header, [records[i * size:(i + 1) * size] for i in range(count_of)]


class Follower:
    """kmc-report --live; @path is a file that is there."""

    def __init__(self, path, *options, stdin=None):
        out = os.path.join(os.path.dirname(path), "out")
        writer = open(out, "w", encoding="utf-8")
        # Of its own: a position that both shared would not be where the program writes.
        self.out = open(out, encoding="utf-8")
        self.process = subprocess.Popen(
            [TOOL, "-f", "json", *options, "--live=" + ("-" if stdin else path)],
            stdin=stdin, stdout=writer, stderr=subprocess.PIPE, text=True)
        writer.close()

    def pids(self):
        self.out.seek(0)
        return [json.loads(line).get("pid") for line in self.out.read().splitlines()
                if line.endswith("}")]

    def wait(self, number):
        """Until so many reports have come out, or none comes any more."""
        end = time.monotonic() + PATIENCE
        lines = 0
        while time.monotonic() < end and lines < number:
            time.sleep(0.02)
            self.out.seek(0)
            lines = self.out.read().count("\n")

    def stop(self):
        """-> (pids, what was said)"""
        self.process.send_signal(signal.SIGINT)
        said = self.process.communicate()[1]
        pids = self.pids()
        self.out.close()
        return pids, [re.sub("^kmc-report: [^:]*: ", "", line) for line in said.splitlines()
                      if "no debug info" not in line]


def write(file, data):
    """In pieces, some of which lie for a moment."""
    while data:
        n = random.choice((len(data), random.randrange(1, len(data) + 1)))
        os.write(file, data[:n])
        data = data[n:]
        if not random.randrange(200):
            time.sleep(random.random() / 20)


def open_log(path, flags=os.O_APPEND):
    return os.open(path, os.O_WRONLY | os.O_CREAT | flags, 0o644)


def rotate(path, file, last):
    """As logrotate does: the old one is renamed, its writer goes on for a while."""
    os.rename(path, "%s.%d" % (path, random.randrange(1 << 60)))
    if random.randrange(2):
        os.close(open_log(path))
        time.sleep(random.random() / 4)
    write(file, last)
    os.close(file)
    return open_log(path)


def replace(path, file, last):
    """Another file is renamed to this one."""
    write(file, last)
    os.close(file)
    file = open_log(path + ".new")
    os.rename(path + ".new", path)
    return file


def recreate(path, file, last):
    """Removed, with a report on its way, and made anew."""
    os.unlink(path)
    write(file, last)
    os.close(file)
    return open_log(path)


def test_moved(directory, how, binary):
    """None of a thousand is lost, though the name moves to another file every now and then."""
    path = os.path.join(directory, "log")
    header, records = stream_reports(REPORTS) if binary else (b"", None)
    file = open_log(path)
    write(file, header)
    follower = Follower(path)
    for i in range(REPORTS):
        report = records[i] if binary else text_report(i)
        if i % STEP == STEP - 1:
            # A file that nobody had the time to see is lost to everybody.
            follower.wait(i - STEP + 10)
            file = how(path, file, report)
            write(file, header)
        else:
            write(file, report)
    follower.wait(REPORTS)
    os.close(file)
    pids, said = follower.stop()
    name = "%s, %s" % (how.__name__, "stream" if binary else "log")
    result(sorted(pids) == list(range(REPORTS)), name + ": none of 1,000 is lost",
           "lost: %s" % sorted(set(range(REPORTS)) - set(pids)), len(pids), said)
    result(said == [REPLACED] * (REPORTS // STEP), name + ": said in one line each", said)


def test_truncated(directory, flags, binary):
    path = os.path.join(directory, "log")
    header, records = stream_reports(REPORTS) if binary else (b"", None)
    file = open_log(path, flags)
    write(file, header)
    follower = Follower(path)
    for i in range(REPORTS):
        if i and i % STEP == 0:
            follower.wait(i)
            os.truncate(path, 0)
            if random.randrange(2):
                time.sleep(random.random() / 4)
            write(file, header)
        write(file, records[i] if binary else text_report(i))
    follower.wait(REPORTS)
    os.close(file)
    pids, said = follower.stop()
    name = "truncated%s, %s" % ("" if flags else " under one that writes on",
                                "stream" if binary else "log")
    result(pids == list(range(REPORTS)), name + ": none of 1,000 is lost",
           "lost: %s" % sorted(set(range(REPORTS)) - set(pids)), len(pids), said)
    result(said == [TRUNCATED] * (REPORTS // STEP - 1), name + ": said in one line each", said)


def test_within_a_report(directory, binary):
    """What had come of a report is told, and not mixed with what comes."""
    path = os.path.join(directory, "log")
    header, records = stream_reports(4) if binary else (b"", [text_report(i) for i in range(4)])
    file = open_log(path)
    write(file, header + records[0] + records[1] + records[2][:len(records[2]) // 2])
    follower = Follower(path)
    follower.wait(2 if binary else 1)
    time.sleep(1)
    os.truncate(path, 0)
    write(file, header + records[3])
    follower.wait(3 if binary else 4)
    os.close(file)
    pids, said = follower.stop()
    kind = "stream" if binary else "log"
    if binary:
        result(pids == [0, 1, 3] and len(said) == 2 and "cut off" in said[0] and
               said[1] == TRUNCATED, "truncated within a record: said", pids, said)
    else:
        with open(os.path.join(directory, "out"), encoding="utf-8") as out:
            found = [json.loads(line) for line in out]
        result(pids == [0, 1, 2, 3] and said == [TRUNCATED], kind + ": the half is a report",
               pids, said)
        result([report["truncated"] for report in found] == [False, False, True, False],
               "... and says that it is cut off")


def test_grown_at_once(directory):
    """Truncated and longer than before, all within the moment between two looks."""
    path = os.path.join(directory, "log")
    file = open_log(path)
    write(file, text_report(0))
    follower = Follower(path)
    follower.wait(1)
    follower.process.send_signal(signal.SIGSTOP)
    os.truncate(path, 0)
    for i in range(1, 6):
        os.write(file, text_report(i))
    follower.process.send_signal(signal.SIGCONT)
    follower.wait(6)
    pids, said = follower.stop()
    result(pids == list(range(6)) and said == [TRUNCATED],
           "truncated and grown beyond where it was at once", pids, said)


def test_grown_to_the_same(directory):
    """Truncated, and the same bytes are there again at once."""
    path = os.path.join(directory, "log")
    file = open_log(path)
    write(file, text_report(0) * 5)
    follower = Follower(path)
    follower.wait(5)
    for i in range(3):
        follower.process.send_signal(signal.SIGSTOP)
        os.truncate(path, 0)
        os.write(file, text_report(0) * (5 + i))
        follower.process.send_signal(signal.SIGCONT)
        follower.wait((10, 16, 23)[i])
    pids, said = follower.stop()
    result(len(pids) == 5 + 5 + 6 + 7 and said == [TRUNCATED] * 3,
           "truncated and grown to the same bytes at once", len(pids), said)


def test_several_moves_at_once(directory):
    """Renamed again before the first new one was read; and gone for a while."""
    path = os.path.join(directory, "log")
    os.close(open_log(path))
    follower = Follower(path)
    for i in range(4):
        file = open_log(path)
        write(file, text_report(i))
        os.close(file)
        time.sleep(0.5)
        os.rename(path, "%s.%d" % (path, i))
        time.sleep(2 if i == 2 else 0)
    file = open_log(path)
    write(file, text_report(4))
    follower.wait(5)
    pids, said = follower.stop()
    result(pids == list(range(5)), "gone for a while", pids)
    result(said == [REPLACED] * 2 + ["gone; waiting for another file of that name"] +
           [REPLACED] * 2, "... is said", said)


def test_standard_input(directory):
    """It has no name, but can be truncated."""
    path = os.path.join(directory, "log")
    file = open_log(path)
    write(file, text_report(0))
    with open(path, "rb") as stdin:
        follower = Follower(path, stdin=stdin)
    follower.wait(1)
    os.truncate(path, 0)
    write(file, text_report(1))
    follower.wait(2)
    os.rename(path, path + ".1")
    os.close(open_log(path))
    write(file, text_report(2))
    follower.wait(3)
    pids, said = follower.stop()
    result(pids == [0, 1, 2] and said == [TRUNCATED], "standard input that is a file", pids, said)


def test_quiet(directory):
    path = os.path.join(directory, "log")
    file = open_log(path)
    follower = Follower(path, "-q")
    write(file, text_report(0))
    follower.wait(1)
    os.truncate(path, 0)
    write(file, text_report(1))
    follower.wait(2)
    result(follower.stop() == ([0, 1], []), "quiet says nothing of it")


def main():
    seed = int(os.environ.get("SEED", random.randrange(1 << 32)))
    print("# SEED=%d" % seed)
    random.seed(seed)
    tests = [(test_moved, how, binary) for how in (rotate, replace, recreate)
             for binary in (False, True)]
    tests += [(test_truncated, flags, binary) for flags in (os.O_APPEND, 0)
              for binary in (False, True)]
    tests += [(test_within_a_report, False), (test_within_a_report, True),
              (test_grown_at_once,), (test_grown_to_the_same,),
              (test_several_moves_at_once,), (test_standard_input,),
              (test_quiet,)]
    for test, *arguments in tests:
        with tempfile.TemporaryDirectory(prefix="kmc-live.") as directory:
            test(directory, *arguments)
    print("1..%d" % count)


if __name__ == "__main__":
    sys.exit(main())
