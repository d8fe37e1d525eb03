#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""kmc-report reads compressed logs and streams as it reads what is in them.

Each archive is also cut off and damaged: what came before is read, one line says
which file and byte, and the exit status is 1.
"""

import os
import re
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TOOL = os.environ.get("KMC_REPORT") or os.path.join(TOP, "build/kmc-report")
CASES = os.path.join(TOP, "testdata/reports")
PACKERS = {"gzip": ["gzip", "-nc"], "xz": ["xz", "-c"],
           "zstd": ["zstd", "-qc"]}
FILLER = b"".join(b"[%5d.%06d] eth0: link is %x\n" % (i, i * 7919 % 1000000, i * i * i)
                  for i in range(60000))
count = 0


def result(good, name, why=""):
    global count
    count += 1
    print("%sok %d - %s" % ("" if good else "not ", count, name))
    if not good:
        print("# " + repr(why))


def run(*args, stdin=None):
    done = subprocess.run([TOOL, "-f", "json", *args], input=stdin,
                          capture_output=True, check=False, timeout=120)
    errors = [line for line in done.stderr.decode().splitlines()
              if "no debug info found" not in line]
    # The name of the file is another one; everything else has to agree.
    out = re.sub(rb'"(file|stream)": ?"[^"]*"', b"", done.stdout)
    return done.returncode, out, errors


def pack(packer, data):
    return subprocess.run(PACKERS[packer], input=data, capture_output=True,
                          check=True).stdout


def write(name, data):
    with open(name, "wb") as file:
        file.write(data)
    return name


def through_fifo(data):
    os.mkfifo("fifo")
    writer = subprocess.Popen(["sh", "-c", "cat data >fifo"])
    write("data", data)
    have = run("fifo")
    writer.wait()
    os.unlink("fifo")
    return have


def check_whole(packer, kind, plain, packed):
    want = run(write("plain", plain))
    name = "%s of a %s" % (packer, kind)
    have = run(write("packed", packed))
    result(have == want and want[1], name, have)
    have = run("-", stdin=packed)
    result(have == want, name + " on standard input", have)
    have = through_fifo(packed)
    result(have == want, name + " through a FIFO", have)


def check_bad(packer, packed, want, name):
    status, out, errors = run(write("bad", packed))
    good = (status == 1 and out == want and len(errors) == 1 and
            re.search(r"bad: byte \d+: .*%s file" % packer, errors[0]))
    result(good, "%s %s" % (packer, name), (status, errors, len(out)))


def check_log(packer, log):
    # Enough behind the report that the cut does not hit its block.
    packed = pack(packer, log) + pack(packer, FILLER)
    want = run(write("plain", log))[1]
    check_whole(packer, "log", log + FILLER, packed)
    check_bad(packer, packed[:-100], want, "that is cut off")
    check_bad(packer, packed[:-4], want, "that lacks its last bytes")
    middle = len(packed) // 2
    check_bad(packer, packed[:middle] + b"\x5a" * 64 + packed[middle + 64:], want,
              "that is damaged")
    check_bad(packer, pack(packer, log) + b"no archive, but many letters\n" * 3,
              want, "that something else follows")


def main():
    with open(CASES + "/object-alloc-and-free-stacks/input.log", "rb") as file:
        log = file.read()
    stream = subprocess.run(
        [TOP + "/tests/mkstream", CASES + "/stream-object-alloc-module/input.recipe"],
        capture_output=True, check=True).stdout
    with tempfile.TemporaryDirectory() as directory:
        os.chdir(directory)
        for packer in PACKERS:
            check_log(packer, log)
            check_whole(packer, "stream", stream, pack(packer, stream))
        status, _, errors = run(write("huge", pack_long()))
        result(status == 1 and len(errors) == 1 and "huge: byte" in errors[0],
               "a window beyond reason is refused", (status, errors))
        padded = pack("gzip", log) + bytes(10240)
        result(run(write("padded", padded))[0] == 0, "gzip padded with zeros")
        have = run("-q", write("packed", pack("xz", log)), "none", "plain")
        result(have[0] == 1 and have[1].count(b"\n") == 3 and len(have[2]) == 1,
               "a file that is missing does not stop the next", have)
        os.chdir("/")
    print("1..%d" % count)


def pack_long():
    return subprocess.run(["zstd", "-qc", "--ultra", "--long=31"], input=FILLER * 2,
                          capture_output=True, check=True).stdout


sys.exit(main())
