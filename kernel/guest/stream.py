#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Read a saved report stream back: is every byte of it in its place?

usage: kernel/guest/stream.py FILE

Exit status: 0 if every record is whole, follows the one before without a byte between
them, and no report is missing that the stream does not itself say is lost; 1 if not.

This does not use the library on purpose: it is the second opinion.
"""

import struct
import sys
import zlib

# The record types of include/uapi/linux/kmemcheck.h
MAGIC, HEADER, REPORT, LOST = 0x52434D4B, 1, 2, 3
HEAD = struct.Struct("<IIIHHQ")


def records(path):
    """-> [(type, seq, payload)] of a stream; raises when a byte is out of place."""
    with open(path, "rb") as file:
        data = file.read()
    result, pos = [], 0
    while pos < len(data):
        if len(data) - pos < HEAD.size:
            raise ValueError(f"{path}: {len(data) - pos} stray bytes at the end")
        magic, size, crc, kind, version, seq = HEAD.unpack_from(data, pos)
        record = bytearray(data[pos:pos + size])
        if magic != MAGIC or version != 1 or size % 8 or size < HEAD.size or \
                len(record) != size:
            raise ValueError(f"{path}: no record at byte {pos} of {len(data)}")
        record[8:12] = bytes(4)
        if zlib.crc32(record) != crc:
            raise ValueError(f"{path}: wrong checksum at byte {pos}")
        result.append((kind, seq, bytes(record[HEAD.size:])))
        pos += size
    return result


def lost(stream):
    """-> reports that the LOST records of a parsed stream speak of."""
    return sum(struct.unpack_from("<Q", payload, 8)[0]
               for kind, _, payload in stream if kind == LOST)


def check(path):
    """-> the parsed stream; raises when it is not what the guest has sent."""
    stream = records(path)
    if stream and stream[0][0] != HEADER:
        raise ValueError(f"{path}: the first record is no header")
    numbers = [seq for kind, seq, _ in stream if kind == REPORT]
    steps = [after - before for before, after in zip(numbers, numbers[1:])]
    if min(steps, default=1) < 1:
        raise ValueError(f"{path}: the reports' numbers do not rise")
    missing = sum(steps) - len(steps)
    if missing > lost(stream):
        raise ValueError(f"{path}: {missing} reports are missing, the stream speaks of "
                         f"{lost(stream)}")
    return stream


def main():
    try:
        check(sys.argv[1])
    except (OSError, ValueError) as error:
        sys.exit(f"guest/run: not saved whole: {error}")


if __name__ == "__main__":
    main()
