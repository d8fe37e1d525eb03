#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""kmc-store from outside: the same tests with SQLite and with a PostgreSQL server of their own."""

import json
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
import store
from store import Tap, run, log

TAP = Tap()
KASAN, MODULE, SIGNAL = (log(name) for name in (
    "checked-kasan", "module-frames", "object-alloc-and-free-stacks"))
MANUAL = os.path.join(store.TOP, "testdata/fixtures/manual/report.log")
MANUAL_VMLINUX = os.path.join(store.TOP, "build/fixtures/manual/vmlinux")
# What would end a statement, a row, a tag, a line of psql, or change a terminal.
HOSTILE = ["'); DROP TABLE kmc_group; --", "\\.", "\\! touch injected", "a\tb\nc\rd", "\\N", "{1,2}",
           "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "\x1b[31mred\x1b]0;t\x07",
           "\u202egnp.exe", "%s%n", "\\x00", "$$; $1", "COMMIT;", "\x7f\x80", "\x01\x08"]


def listed(database, *options):
    return [json.loads(line) for line in
            run("list", database, "-f", "json", *options).stdout.splitlines()]


def counts(database):
    return {table: len(rows) for table, rows in store.contents(database).items()}


def adds_once(kind, database, tmp):
    done = run("add", database, KASAN, MODULE)
    TAP.same(f"{kind}: reports of two logs are added", done.stdout,
             b"15 reports, 15 new, 15 bugs not seen before\n")
    before = store.contents(database)
    TAP.same(f"{kind}: the same log again adds nothing",
             run("add", database, KASAN).stdout, b"14 reports, 0 new, 0 bugs not seen before\n")
    lines = os.path.join(tmp, "kasan.json")
    with open(lines, "wb") as file:
        file.write(store.report_json(KASAN, MODULE))
    TAP.same(f"{kind}: nor does its JSON",
             run("add", database, lines).stdout, b"15 reports, 0 new, 0 bugs not seen before\n")
    with open(lines, "rb") as file:
        done = run("add", database, "-", input=file.read())
    TAP.same(f"{kind}: nor does that through a pipe", done.stdout,
             b"15 reports, 0 new, 0 bugs not seen before\n")
    with open(KASAN, "rb") as file:
        done = run("add", database, "-", input=file.read())
    TAP.same(f"{kind}: nor does the log through a pipe", done.stdout,
             b"14 reports, 0 new, 0 bugs not seen before\n")
    done = run("add", database, KASAN, KASAN, "--host", "other")
    TAP.same(f"{kind}: on another host it is another report, once", done.stdout,
             b"28 reports, 14 new, 0 bugs not seen before\n")
    run("add", database, "-q", KASAN, "--boot", "b2", "--host", "other")
    after = store.contents(database)
    TAP.same(f"{kind}: and in another boot", len(after["kmc_occurrence"]),
             len(before["kmc_occurrence"]) + 28)
    TAP.check(f"{kind}: hosts are counted", sorted(
        bug["hosts"] for bug in listed(database)) == [1] + 14 * [2], listed(database))


def explains_once(kind, database, tmp):
    with open(MANUAL, encoding="utf-8") as file:
        text = file.read()
    later = os.path.join(tmp, "later.log")
    with open(later, "w", encoding="utf-8") as file:
        file.write(re.sub(r"Pid: 1856", "Pid: 1857", text))
    run("add", database, "-q", MANUAL)
    first = [bug["member"] for bug in listed(database)]
    run("add", database, "-q", "-k", MANUAL_VMLINUX, "--host", "a", MANUAL)
    best = listed(database)
    TAP.check(f"{kind}: with debug info a bug is explained again",
              [None] == first and any(bug["member"] for bug in best), best)
    # Without it, what is known of that place in that kernel holds.
    run("add", database, "-q", "--host", "b", later)
    now = listed(database)
    TAP.same(f"{kind}: once for a kernel, for all that follow",
             [(bug["signature"], bug["reports"]) for bug in now if bug["member"]],
             [(bug["signature"], 2) for bug in best if bug["member"]])
    signature = next((bug["signature"] for bug in now if bug["member"]), "")
    shown = run("show", database, signature[:6]).stdout.decode()
    TAP.check(f"{kind}: show has the lines of source, from the beginning of a signature",
              "kernel/signal.c" in shown and "Pid" not in shown, shown)


def times(kind, database):
    run("add", database, "-q", "--booted", "2010-11-01", KASAN)
    run("add", database, "-q", "--booted", "2010-11-20T10:00", MODULE)
    run("add", database, "-q", "--booted", "@1290902400", "--host", "c", SIGNAL)
    bugs = listed(database)
    old = [bug for bug in bugs if bug["first_seen"].startswith("2010-11-01 00:00:0")]
    TAP.same(f"{kind}: a log's seconds are times when it is said when it was booted", len(old), 14)
    new = run("new", database, "-f", "json", "--since", "2010-11-10")
    TAP.check(f"{kind}: new --since has those first seen then",
              "foo_init" in new.stdout.decode() and "oob" not in new.stdout.decode(), new.stdout)
    one = old[0]["signature"]
    run("close", database, one, "--note", "fixed by 1234")
    TAP.same(f"{kind}: a bug that was closed is no regression",
             run("regressions", database).stdout, b"")
    TAP.same(f"{kind}: ... also when an old report of it comes late",
             (run("add", database, "-q", "--host", "late", "--booted", "2010-11-02", KASAN).stderr,
              run("regressions", database).stdout), (b"", b""))
    run("add", database, "-q", "--host", "again", "--booted", "2099-01-01", KASAN)
    again = [json.loads(line) for line in
             run("regressions", database, "-f", "json").stdout.splitlines()]
    TAP.same(f"{kind}: when it comes again it is one",
             [(bug["signature"], bug["state"], bug["note"]) for bug in again],
             [(one, "regressed", "fixed by 1234")])
    metrics = run("metrics", database).stdout.decode()
    TAP.check(f"{kind}: metrics count it",
              'kmc_bugs{checker="KASAN",state="regressed"} 1\n' in metrics and
              'kmc_reports_total{checker="KASAN",state="open"} 39\n' in metrics and
              "kmc_hosts 4\n" in metrics, metrics)
    run("reopen", database, one)
    TAP.same(f"{kind}: reopened it is open", {bug["state"] for bug in listed(database)}, {"open"})


def prunes(kind, database):
    before = counts(database)
    done = run("prune", database, "--before", "2010-11-15")
    after = counts(database)
    TAP.check(f"{kind}: prune deletes reports that are kept whole",
              after == dict(before, kmc_raw=before["kmc_raw"] - 28), (before, after, done))
    bugs = listed(database)
    run("prune", database, "--before", "2010-11-15", "--occurrences")
    TAP.same(f"{kind}: ... and rows, and the counts stay",
             (counts(database)["kmc_occurrence"], listed(database)),
             (before["kmc_occurrence"] - 28, bugs))
    done = run("add", database, "--booted", "2010-11-01", KASAN)
    TAP.check(f"{kind}: what was pruned is not counted again",
              done.stdout.startswith(b"14 reports, 0 new") and b"older than" in done.stderr and
              listed(database) == bugs, done)


def hostile_lines():
    report = json.loads(store.report_json(log("hostile-names")).splitlines()[0])
    for i, text in enumerate(HOSTILE):
        for key in "comm", "kernel", "title", "signature", "taint", "error", "checker":
            report[key] = text + (str(i) if key == "signature" else "")
        report["pid"] = i + 1
        report["verdict"] = {"class": text, "headline": text, "text": text, "next": text,
                             "annotation": text}
        report["object"] = {"type": text, "path": text, "offset": 0, "size": 8, "cache": text,
                            "confidence": text}
        for frame in report["frames"]:
            frame["symbol"] = frame["module"] = text
            frame["inline"] = [{"function": text, "file": text, "line": 3, "column": 1}] * 2
        yield json.dumps(report) + "\n"


def hostile(kind, database, tmp):
    path = os.path.join(tmp, "hostile.json")
    with open(path, "w", encoding="ascii") as file:
        file.writelines(hostile_lines())
    os.utime(path, (1e9, 1e9))
    done = run("add", database, path, "--host", HOSTILE[0], "--boot", HOSTILE[1], cwd=tmp)
    TAP.same(f"{kind}: hostile text is added", (done.stdout, done.stderr),
             (b"%d reports, %d new, %d bugs not seen before\n" % (3 * (len(HOSTILE),)), b""))
    TAP.same(f"{kind}: ... as it is", sorted(
        row[0] for row in store.query(database, "SELECT DISTINCT comm FROM kmc_occurrence")),
        sorted(HOSTILE))
    TAP.check(f"{kind}: ... and nothing of it is executed", not os.path.exists(
        os.path.join(tmp, "injected")))
    signatures = [bug["signature"] for bug in listed(database)]
    run("close", database, signatures[0], "--note", HOSTILE[0])
    printed = b"".join(run(*args).stdout for args in
                       [("list", database), ("metrics", database), ("regressions", database),
                        ("list", database, "-f", "json"), ("kcidb", database)] +
                       [("show", database, signature) for signature in signatures])
    bad = re.search(rb"[^\n\x20-\x7e\xa0-\xff]|\xc2[\x80-\x9f]|\xe2\x80[\x8b-\x8f\xaa-\xae]", printed)
    TAP.check(f"{kind}: ... nor printed raw", not bad and len(printed) > 10000,
              bad and printed[max(0, bad.start() - 60):bad.end() + 20])
    done = run("html", database, os.path.join(tmp, "hostile.html"))
    with open(os.path.join(tmp, "hostile.html"), "rb") as file:
        page = file.read()
    TAP.check(f"{kind}: ... nor is it part of a page",
              not re.search(rb"<(script|img)|[\x00-\x08\x0b-\x1f\x7f]", page) and
              page.count(b"<h2") == len(HOSTILE), done.stderr)
    run("reopen", database, signatures[0])


def refuses(kind, database, missing):
    done = run("list", missing)
    TAP.check(f"{kind}: a store that is not there is said",
              done.returncode == 1 and b"kmc-store add makes" in done.stderr, done.stderr)
    done = run("show", database, "zz")
    TAP.check(f"{kind}: and a bug", done.returncode == 1 and b"no bug has this" in done.stderr,
              done.stderr)
    done = run("show", database, "")
    TAP.check(f"{kind}: several are told apart", done.returncode == 1 and
              b"several bugs" in done.stderr, done.stderr)
    done = run("add", database, "/nonexistent.log")
    TAP.check(f"{kind}: and a log", done.returncode == 1 and b"No such file" in done.stderr,
              done.stderr)


def follow(kind, database):
    with subprocess.Popen([store.STORE, "add", "-q", "--live=-", database], env=store.ENV,
                          stdin=subprocess.PIPE) as child:
        with open(KASAN, "rb") as file:
            child.stdin.write(file.read())
        child.stdin.flush()
        found = 0
        for _ in range(100):
            found = len(listed(database)) if os.path.exists(database) or ":" in database else 0
            if found == 14:
                break
            subprocess.run(["sleep", "0.2"], check=True)
        TAP.same(f"{kind}: a live source's reports are there before its end", found, 14)
        child.stdin.close()


def everything(kind, new, tmp, missing):
    """All tests with a sort of database. -> what it holds at the end"""
    adds_once(kind, new(), tmp)
    explains_once(kind, new(), tmp)
    database = new()
    times(kind, database)
    prunes(kind, database)
    refuses(kind, database, missing)
    follow(kind, new())
    database = new()
    hostile(kind, database, tmp)
    run("add", database, "-q", "--booted", "2010-11-01", KASAN, SIGNAL)
    return store.contents(database)


def only_sqlite(tmp):
    text = os.path.join(tmp, "text")
    with open(text, "w", encoding="ascii") as file:
        file.write("no database\n")
    done = run("add", text, KASAN)
    TAP.check("what is no database stays as it is", done.returncode == 1 and
              b"not a database" in done.stderr and os.path.getsize(text) == 12, done.stderr)
    other = os.path.join(tmp, "other.db")
    store.query(other, "CREATE TABLE theirs (a)")
    done = run("add", other, KASAN)
    TAP.check("nor are our tables put into that of somebody else", done.returncode == 1 and
              b"is no store" in done.stderr, done.stderr)
    newer = os.path.join(tmp, "newer.db")
    run("add", newer, "-q", KASAN)
    store.query(newer, "INSERT INTO kmc_schema VALUES (999)")
    done = run("list", newer)
    TAP.check("tables of a newer version are left alone", done.returncode == 1 and
              b"a newer kmc-store" in done.stderr, done.stderr)
    damaged = os.path.join(tmp, "damaged.json")
    with open(damaged, "wb") as file:
        line = store.report_json(KASAN).splitlines(keepends=True)[0]
        file.write(line + line[:500] + b"\n" + b'{"version":2}\n' + line)
    done = run("add", os.path.join(tmp, "damaged.db"), damaged)
    TAP.check("a damaged line is named, the others are added", done.returncode == 1 and
              done.stderr.count(b"damaged.json:") == 2 and done.stdout.startswith(b"2 reports, 1 new"),
              done)


def usage():
    for message, args in ((b"name a command", []), (b"'frob' is no command", ["frob"]),
                          (b"name the store", ["list"]), (b"name a log", ["add", "x"]),
                          (b"with --since", ["new", "x"]), (b"with --before", ["prune", "x"]),
                          (b"wants 1 operand", ["show", "x"]),
                          (b"--since: cannot be 'soon'", ["new", "x", "--since", "soon"]),
                          (b"--source-url: cannot be", ["html", "x", "y", "--source-url",
                                                        "javascript:alert(1)"])):
        done = run(*args)
        TAP.check(f"usage: {message.decode()}", done.returncode == 2 and message in done.stderr and
                  b"usage: kmc-store" in done.stderr, done.stderr)


def main():
    made = iter(range(1000))
    with tempfile.TemporaryDirectory() as tmp:
        usage()
        ours = everything("SQLite", lambda: os.path.join(tmp, f"{next(made)}.db"), tmp,
                          os.path.join(tmp, "missing.db"))
        only_sqlite(tmp)
        server = store.Postgres(os.path.join(tmp, "pg"))
        if not server.address:
            TAP.skip("PostgreSQL", "postgresql is not installed")
        else:
            try:
                theirs = everything("PostgreSQL", server.new, tmp, server.new())
                for table, rows in ours.items():
                    TAP.check(f"both have the same in {table}", theirs[table] == rows and rows,
                              (rows[:2], theirs[table][:2]))
            finally:
                server.stop()
    TAP.plan()


main()
