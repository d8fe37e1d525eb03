#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""kmc-store from outside: the same tests with SQLite and with a PostgreSQL server of their own."""

import json
import os
import re
import shutil
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
              'kmc_reports_total{checker="KASAN"} 42\n' in metrics and
              "kmc_hosts 4\n" in metrics, metrics)
    run("reopen", database, one)
    TAP.same(f"{kind}: reopened it is open", {bug["state"] for bug in listed(database)}, {"open"})


def boots(kind, new, tmp):
    """What the journal says of boots: when they were, and that they are several."""
    with open(log("journal-export"), encoding="latin-1", newline="") as file:
        text = file.read()
    boot = re.search("_BOOT_ID=(.*)", text)[1]
    journal, plain = os.path.join(tmp, "two-boots.export"), os.path.join(tmp, "no-boot.json")
    with open(journal, "w", encoding="latin-1", newline="") as file:
        # The same again, a day later.
        file.write(text + re.sub(r"__REALTIME_TIMESTAMP=(\d+)", lambda m:
                                 f"__REALTIME_TIMESTAMP={int(m[1]) + 86400000000}",
                                 text.replace(boot, boot[::-1])))
    with open(plain, "w", encoding="latin-1", newline="") as file:
        for line in store.report_json(log("journal-export")).splitlines():
            report = json.loads(line)
            del report["boot"], report["booted"]
            file.write(json.dumps(report) + "\n")
    database = new()
    counted = [run("add", database, path).stdout.split(b" new")[0] for path in (
        journal, journal, plain, log("journal-export"))]
    TAP.same(f"{kind}: the same report in two boots is two, and whoever says no boot adds nothing",
             counted, [b"2 reports, 2", b"2 reports, 0", b"1 reports, 0", b"1 reports, 0"])
    TAP.same(f"{kind}: a report of the journal is as old as it says", store.query(
        database, "SELECT boot, at FROM kmc_occurrence ORDER BY at"),
        [[boot, "1764088730300002"], [boot[::-1], "1764175130300002"]])
    database = new()
    counted = [run("add", database, *paths).stdout.split(b" new")[0] for paths in (
        [plain], [log("journal-export")], [plain, journal])]
    TAP.same(f"{kind}: ... the other way round, too", counted,
             [b"1 reports, 1", b"1 reports, 0", b"3 reports, 0"])
    database = new()
    TAP.same(f"{kind}: ... and both at once", [
        run("add", database, plain, journal).stdout, run("add", new(), log("journal-export"), plain).stdout],
        [b"3 reports, 1 new, 1 bugs not seen before\n", b"2 reports, 1 new, 1 bugs not seen before\n"])


def gives_back(kind, new, tmp):
    """Reports that are kept whole, as they were added."""
    database = new()
    run("add", database, "-q", KASAN)
    given = b"".join(run("show", database, bug["signature"], "-f", "raw").stdout for bug in listed(database))
    TAP.same(f"{kind}: show has the reports that are kept whole", sorted(given.splitlines()),
             sorted(store.report_json(KASAN).splitlines()))
    path = os.path.join(tmp, "given.json")
    with open(path, "wb") as file:
        file.write(given)
    TAP.same(f"{kind}: ... which are no other reports", run("add", database, path).stdout,
             b"14 reports, 0 new, 0 bugs not seen before\n")
    if shutil.which("jq"):
        with open(path, "wb") as file:
            file.write(subprocess.run(["jq", "-c", "."], input=given, capture_output=True, check=True).stdout)
        TAP.same(f"{kind}: ... nor are they when jq has written them again", run("add", database, path).stdout,
                 b"14 reports, 0 new, 0 bugs not seen before\n")


def prunes(kind, database):
    before = counts(database)
    done = run("prune", database, "--before", "2010-11-15")
    after = counts(database)
    TAP.check(f"{kind}: prune deletes reports that are kept whole",
              after == dict(before, kmc_raw=before["kmc_raw"] - 28), (before, after, done))
    TAP.same(f"{kind}: ... and knows how many are left", store.query(
        database, "SELECT signature, kept FROM kmc_group WHERE kept > 0 ORDER BY 1"), store.query(
            database, "SELECT signature, count(*) FROM kmc_raw GROUP BY 1 ORDER BY 1"))
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
    boots(kind, new, tmp)
    gives_back(kind, new, tmp)
    prunes(kind, database)
    refuses(kind, database, missing)
    follow(kind, new())
    brings_up_to_date(kind, new())
    newest(kind, new(), tmp)
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


def brings_up_to_date(kind, database):
    """The first version of the tables, as if an older kmc-store had made them."""
    sql = os.path.join(store.TOP, "tools/kmc-store/sql")
    with open(os.path.join(sql, "0001_tables.sql"), encoding="ascii") as file:
        store.execute(database, "CREATE TABLE kmc_schema (version INTEGER PRIMARY KEY);"
                      "INSERT INTO kmc_schema VALUES (1);" + file.read() +
                      "INSERT INTO kmc_group VALUES ('s', 'w', 'c', 't', NULL, NULL, NULL, 1, 2, 3, 3, 1, "
                      "'open', NULL, NULL), ('t', 'w', 'c', 't', NULL, NULL, NULL, 1, 2, 3, 3, 1, 'open', NULL, NULL);"
                      "INSERT INTO kmc_raw VALUES ('1', 's', 1, ''), ('2', 's', 2, '');")
    versions = [[str(i + 1)] for i, name in enumerate(
        name for name in os.listdir(sql) if name[0].isdigit())]
    done = run("list", "-q", database)
    TAP.same(f"{kind}: tables of an older version are brought up to date",
             (done.returncode, done.stderr,
              store.query(database, "SELECT version FROM kmc_schema ORDER BY 1")),
             (0, b"", versions))
    TAP.same(f"{kind}: ... with what they held", store.query(
        database, "SELECT signature, reports, kept FROM kmc_group ORDER BY 1"), [["s", "3", "2"], ["t", "3", "0"]])
    TAP.same(f"{kind}: ... and take reports", run("add", database, KASAN).stdout,
             b"14 reports, 14 new, 14 bugs not seen before\n")


def newest(kind, database, tmp):
    """What show has of a bug are the newest reports, whichever host they are of."""
    report = json.loads(store.report_json(MODULE).splitlines()[0])
    for host in range(7):
        path = os.path.join(tmp, "newest.json")
        with open(path, "w", encoding="ascii") as file:
            for i in range(9):
                report["time"] = 1 + (host * i * 31) % 17
                report["pid"] = i
                file.write(json.dumps(report) + "\n")
        run("add", database, "-q", "--booted", "2020-01-01", "--host", f"host{host}", path)
    signature = listed(database)[0]["signature"]
    every = store.query(database, "SELECT id FROM kmc_occurrence ORDER BY at DESC, host, id")
    for most in 1, 3, 20, 63, 100:
        shown = json.loads(run("show", database, signature, "-f", "json", "--limit",
                               str(most)).stdout)
        TAP.same(f"{kind}: show --limit {most} has the newest reports",
                 [[row["id"]] for row in shown["occurrences"]], every[:most])


def no_stores(tmp):
    """What is no store, nor can be one, is said at once."""
    pipe, link = os.path.join(tmp, "pipe"), os.path.join(tmp, "link.db")
    os.mkfifo(pipe)
    for command in ("list",), ("add", KASAN):
        for path in pipe, "/dev/null":
            done = run(command[0], path, *command[1:])
            TAP.same(f"{command[0]}: {path.replace(tmp, '')} is no file", (done.returncode, done.stderr.decode()),
                     (1, f"kmc-store: {path}: is no regular file; name a file\n"))
        for address in "mysql://x/y", "POSTGRESQL://x/y", "sqlite:///x":
            done = run(command[0], address, *command[1:])
            TAP.same(f"{command[0]}: {address} is no store", (done.returncode, done.stderr.decode()),
                     (1, f"kmc-store: {address}: a store is a file, or postgresql://HOST/NAME\n"))
    os.symlink("behind.db", link)
    run("add", "-q", link, KASAN)
    TAP.same("a link that leads nowhere yet leads to the store", (os.path.islink(link), len(listed(
        os.path.join(tmp, "behind.db"))), len(listed(link))), (True, 14, 14))


def first_steps(tmp):
    """One clear line each, for what a new user does wrong."""
    folder, empty = os.path.join(tmp, "folder"), os.path.join(tmp, "empty.log")
    os.mkdir(folder)
    with open(empty, "w", encoding="ascii"):
        pass
    database = os.path.join(tmp, "odd ?#%41.db")
    nobody = os.path.join(tmp, "no", "where.db")
    psql = dict(store.ENV, PATH=folder)
    for message, options, args in (
            (f"{nobody}: No such file or directory; kmc-store add makes a store", {}, ["list", nobody]),
            (f"{nobody}: No such file or directory", {}, ["add", nobody, KASAN]),
            (f"{folder}: is a directory; name a file", {}, ["list", folder]),
            (f"{folder}: is a directory; name a file", {}, ["add", folder, KASAN]),
            ("postgresql:///x: cannot run psql, of Debian's package postgresql-client: No such file or directory",
             {"env": psql}, ["list", "postgresql:///x"]),
            (f"{folder}: name a log or a saved stream: Is a directory", {}, ["add", "-q", database, folder]),
            ("postgresql:///x?host=/none: psql: error: connection to server on socket \"/none/.s.PGSQL.5432\" "
             "failed: No such file or directory", {}, ["list", "postgresql:///x?host=/none"])):
        done = subprocess.run([store.STORE, *args], capture_output=True, check=False,
                              **{"env": store.ENV, **options})
        TAP.same(f"one line: {message.replace(tmp, '')}", (done.returncode, done.stdout, done.stderr.decode()),
                 (1, b"", f"kmc-store: {message}\n"))
    TAP.same("an empty log has no report", (run("add", database, empty).stderr.decode(),
             run("list", database).stderr.decode()),
             (f"kmc-store: {empty}: no report in it\n", f"kmc-store: {database}: no bugs to list\n"))
    run("add", database, "-q", KASAN)
    TAP.check("a file may have any name", os.path.exists(database) and len(listed(database)) == 14)
    run("add", "-q", ":memory:", KASAN, cwd=folder)
    TAP.same("... also one that means something to SQLite", os.listdir(folder), [":memory:"])
    with subprocess.Popen([store.STORE, "show", database, listed(database)[0]["signature"]],
                          env=store.ENV, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        child.stdout.close()
        TAP.same("a pipe that is closed early is nothing to talk about", child.stderr.read(), b"")


def only_to_read(tmp):
    """A store of somebody else's, in a folder where nothing can be made."""
    folder = os.path.join(tmp, "theirs")
    os.mkdir(folder)
    database = os.path.join(folder, "bugs.db")
    run("add", database, "-q", KASAN)
    before = listed(database)
    os.chmod(tmp, 0o755)
    os.chmod(folder, 0o555)
    os.chmod(database, 0o444)
    program = os.path.join(tmp, "kmc-store")
    shutil.copy(store.STORE, program)
    other = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] if os.getuid() == 0 else []

    def theirs(*args):
        return subprocess.run([*other, program, *args], capture_output=True, env=store.ENV, check=False)
    done = theirs("list", database, "-f", "json")
    TAP.check("a store that can only be read can be read", not done.returncode and
              [json.loads(line) for line in done.stdout.splitlines()] == before, done)
    for args in ("add", database, KASAN), ("close", database, before[0]["signature"]):
        TAP.same(f"... and {args[0]} says that it is one", theirs(*args).stderr.decode(),
                 f"kmc-store: {database}: attempt to write a readonly database\n")
    old = os.path.join(folder, "old.db")
    os.chmod(folder, 0o755)
    shutil.copy(database, old)
    os.chmod(old, 0o644)
    store.execute(old, "DELETE FROM kmc_schema WHERE version > 2; ALTER TABLE kmc_group DROP COLUMN kept;"
                       "PRAGMA journal_mode = DELETE;")
    os.chmod(old, 0o444)
    os.chmod(folder, 0o555)
    done = theirs("list", old)
    TAP.check("... and an old one says who can do what", done.returncode == 1 and
              b"of version 2, an older one; kmc-store add, by who may" in done.stderr, done)
    os.chmod(folder, 0o755)
    os.remove(old)
    os.chmod(folder, 0o555)
    TAP.check("... nothing is left beside it", os.listdir(folder) == ["bugs.db"])
    done = theirs("add", os.path.join(folder, "new.db"), KASAN)
    TAP.check("nor can a new one be made there", done.stderr.endswith(b"new.db: Permission denied\n"), done)
    os.chmod(folder, 0o755)


def usage():
    for message, args in ((b"name a command", []), (b"'frob' is no command", ["frob"]),
                          (b"name the store", ["list"]), (b"name a log", ["add", "x"]),
                          (b"with --since", ["new", "x"]), (b"with --before", ["prune", "x"]),
                          (b"wants 1 operand", ["show", "x"]),
                          (b"--since: cannot be 'soon'", ["new", "x", "--since", "soon"]),
                          (b"--since: cannot be '2026-11-31'", ["new", "x", "--since", "2026-11-31"]),
                          (b"cannot be in the future", ["prune", "x", "--before", "2199-01-01", "--occurrences"]),
                          (b"only show has it", ["list", "x", "-f", "raw"]),
                          (b"--source-url: cannot be", ["html", "x", "y", "--source-url",
                                                        "javascript:alert(1)"])):
        done = run(*args)
        TAP.check(f"usage: {message.decode()}", done.returncode == 2 and message in done.stderr and
                  b"usage: kmc-store" in done.stderr, done.stderr)


def main():
    made = iter(range(1000))
    with tempfile.TemporaryDirectory() as tmp:
        usage()
        no_stores(tmp)
        first_steps(tmp)
        only_to_read(tmp)
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
