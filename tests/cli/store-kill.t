#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writers of a store that are killed, or that write at once, lose and double nothing."""

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
import store
from store import Tap

TAP = Tap()
KILLS = int(os.environ.get("KILLS", "50"))
REPORTS, BUGS = 600, 40
# So many of them one after the other in the same store.
ROUND = 5
# All are kept whole, so that it does not matter who came first.
OPTIONS = ["-q", "--batch", "25", "--raw", "100000", "--host", "h"]


def lines():
    report = json.loads(store.report_json(store.log("module-frames")).splitlines()[0])
    made = []
    for i in range(REPORTS):
        report["signature"] = f"uninitialized-read in f{i % BUGS}"
        report["time"], report["pid"] = 10 + i / 100, i
        made.append(json.dumps(report) + "\n")
    return made


def write(path, text):
    with open(path, "w", encoding="ascii") as file:
        file.writelines(text)
    os.utime(path, (1e9, 1e9))
    return path


def add(database, *paths):
    return subprocess.Popen([store.STORE, "add", *OPTIONS, database, *paths], env=store.ENV,
                            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def state(database):
    """All but the explanations: they are of whichever report came first."""
    found = store.contents(database)
    found["kmc_explanation"] = [row[:3] for row in found["kmc_explanation"]]
    return found


def is_whole(database):
    """What is counted is what is there."""
    for table, column in ("kmc_group_host", "host"), ("kmc_group_kernel", "kernel"):
        if store.query(database, f"SELECT signature, {column}, reports FROM {table} ORDER BY 1, 2") != \
           store.query(database, f"SELECT signature, {column}, count(*) FROM kmc_occurrence "
                                 "GROUP BY 1, 2 ORDER BY 1, 2"):
            return False
    if store.query(database, "SELECT signature, kept FROM kmc_group WHERE kept > 0 ORDER BY 1") != \
       store.query(database, "SELECT signature, count(*) FROM kmc_raw GROUP BY 1 ORDER BY 1"):
        return False
    return store.query(database, "SELECT signature, reports FROM kmc_group WHERE reports > 0 ORDER BY 1") == \
        store.query(database, "SELECT signature, count(*) FROM kmc_occurrence GROUP BY 1 ORDER BY 1")


def count_of(database):
    """Reports in a store, of which nothing may be there yet."""
    try:
        return int(store.query(database, "SELECT count(*) FROM kmc_occurrence")[0][0])
    except (sqlite3.OperationalError, subprocess.CalledProcessError):
        return 0


def killed(kind, new, path, expected, seconds):
    steps, torn, complete = set(), 0, 0
    for begin in range(0, KILLS, ROUND):
        database = new()
        for i in range(begin, min(begin + ROUND, KILLS)):
            child = add(database, path)
            time.sleep(seconds * (i + 0.5) / KILLS)
            child.kill()
            child.communicate()
            count = count_of(database)
            steps.add(count)
            torn += count % 25 != 0
        torn += count and not is_whole(database)
        said = add(database, path).communicate()[1]
        complete += not said and state(database) == expected and is_whole(database)
    TAP.check(f"{kind}: killed in {KILLS} places, batches are whole or not there", not torn,
              (torn, steps))
    TAP.check(f"{kind}: some of them were killed on the way", len(steps) > 2, steps)
    TAP.same(f"{kind}: the next one adds what is missing; nothing is lost or doubled", complete,
             len(range(0, KILLS, ROUND)))


def at_once(kind, database, parts, expected):
    children = [add(database, *part) for part in parts]
    said = [child.communicate()[1] for child in children]
    TAP.same(f"{kind}: writers at once have nothing to complain of", said, [b""] * len(parts))
    TAP.check(f"{kind}: and lose and double nothing", state(database) == expected and
              is_whole(database))


def everything(kind, new, tmp):
    text = lines()
    path = write(os.path.join(tmp, "all.json"), text)
    halves = [write(os.path.join(tmp, f"{i}.json"), text[begin:end])
              for i, (begin, end) in enumerate(((0, 400), (200, 600)))]
    reference, database = new(), new()
    child = add(reference)
    child.communicate()
    start = time.monotonic()
    TAP.same(f"{kind}: added", add(reference, path).communicate()[1], b"")
    seconds = time.monotonic() - start
    expected = state(reference)
    TAP.same(f"{kind}: all of them", len(expected["kmc_occurrence"]), REPORTS)
    # Both make the tables, too.
    at_once(kind, database, (halves, halves[::-1]), expected)
    made_at_once(kind, new)
    killed(kind, new, path, expected, seconds)


def made_at_once(kind, new):
    """Several find no store, and each makes it."""
    log, said, counts = store.log("module-frames"), set(), set()
    for _ in range(8):
        database = new()
        children = [subprocess.Popen([store.STORE, "add", "-q", "--host", str(i), database, log],
                                     env=store.ENV, stderr=subprocess.PIPE) for i in range(4)]
        said |= {child.communicate()[1] for child in children}
        counts.add(count_of(database))
    TAP.same(f"{kind}: several that make a store at once are not in each other's way",
             (said, counts), ({b""}, {4}))


def crashed(server):
    """What others see in a store is still there when the server's machine fails."""
    database = server.new()
    with subprocess.Popen([store.STORE, "add", "-q", "--live=-", database], env=store.ENV,
                          stdin=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
        with open(store.log("checked-kasan"), "rb") as file:
            child.stdin.write(file.read())
        child.stdin.flush()
        before = 0
        for _ in range(600):
            before = count_of(database)
            if before == 14:
                break
            time.sleep(0.1)
        server.crash()
        TAP.same("PostgreSQL: killed behind a commit, it has what was committed",
                 (before, count_of(database), is_whole(database)), (14, 14, True))
        child.kill()


def main():
    made = iter(range(1000))
    with tempfile.TemporaryDirectory() as tmp:
        everything("SQLite", lambda: os.path.join(tmp, f"{next(made)}.db"), tmp)
        server = store.Postgres(os.path.join(tmp, "pg"))
        if not server.address:
            TAP.skip("PostgreSQL", "postgresql is not installed")
        else:
            try:
                everything("PostgreSQL", server.new, tmp)
                crashed(server)
            finally:
                server.stop()
    TAP.plan()


main()
