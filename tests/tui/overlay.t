#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""kmc-annotate shows the bytes, members and evidence that kmc-report shows.

For the fixture's reports and for those in testdata; a guest's are in tests/guest.
"""

import glob
import sys
import tempfile

import fixture
import overlay


def main():
    jobs = [(path, []) for path in sorted(glob.glob(overlay.ROOT + "/testdata/reports/*/input.log"))]
    print("1..2")
    compared = bad = 0
    with tempfile.TemporaryDirectory() as directory:
        fixture.build(directory)
        fixture.log(directory)
        jobs.append((directory + "/reports.log", ["-k", directory + "/vmlinux"]))
        for path, options in jobs:
            n, wrong = overlay.compare(path, options)
            compared += n
            bad += wrong
    print(f"{'ok' if compared > 20 else 'not ok'} 1 - {compared} reports of {len(jobs)} "
          "files are shown by both")
    print(f"{'not ok' if bad else 'ok'} 2 - they are shown alike")
    return bad > 0 or compared <= 20


sys.exit(main())
