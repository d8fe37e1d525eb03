#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Hostile text in every field of every report: none of it is SQL, HTML, or for a terminal.

What the fuzzers begin with goes through kmc-store and kmc-report twice: as logs whose names were
replaced, and as lines of JSON of which every text was. Whatever comes out again is looked at.
"""

import html.parser
import importlib.machinery
import importlib.util
import json
import mailbox
import os
import pty
import random
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
import store
from store import Tap, run

TAP = Tap()
# What ends a statement, a row, a value, a tag, an attribute, a header, or drives a terminal.
HOSTILE = ["'); DROP TABLE kmc_group; --", "';DELETE FROM kmc_occurrence;COMMIT;--", "\\.", "\\N",
           "\\! touch injected", "`touch injected`", "$(touch injected)", "$$; $1", ":'x'", "%s%n%99999d",
           "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onclick='x", "</pre><h2>",
           "<!--", "]]>", "&amp;lt;&#60;&", "javascript:alert(1)", "\x1b[31mred\x1b]0;title\x07\x1b[2J",
           "\x1bP$q\x1b\\", "\u009b31m", "\x7f\x80\x85", "\u202egnp.exe\u2066", "\u2028\ufeff", "a\tb\nc\rd\x0b\x0c",
           "\nBcc: evil@example.org\n\nFrom x", "From a Mon Sep 17 00:00:00 2001", "}\nkmc_bugs{x=\"1\"} 7\n",
           "../../etc/passwd", "\U0001f4a9", "A" * 300]
# What JSON may hold, and a text of a database may not.
NO_TEXT = ["\x00", "\ud800"]
# In a line of a log: what its reader takes for a name.
NAME = re.compile(rb"\b[a-z_][a-z0-9_]{3,}\b")
RAW = re.compile(rb"[^\n\x20-\x7e\x80-\xff]|\xc2[\x80-\x9f]|\xe2\x80[\x8b-\x8f\xa8-\xae]|\xe2\x81[\xa0-\xaf]|\xef\xbb\xbf")
COLOR = re.compile(rb"\x1b\[[0-9;]*m")


def seeds():
    """Name and bytes of all that the fuzzers begin with."""
    path = os.path.join(store.TOP, "tests/fuzz/run")
    loader = importlib.machinery.SourceFileLoader("fuzz_run", path)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("fuzz_run", loader))
    sys.dont_write_bytecode = True
    loader.exec_module(module)
    return sorted(module.seeds())


def as_bytes(text):
    return text.encode("utf-8", "surrogatepass")


def mutated(data, dice):
    """Some of its names replaced; what a line begins with mostly stays, so that it is read."""
    return NAME.sub(lambda m: as_bytes(dice.choice(HOSTILE)).replace(b"\n", b" ")
                    if dice.random() < 0.07 else m[0], data)


def hostile_json(value, dice, choice, key=None):
    """Every text replaced, but for bytes."""
    if isinstance(value, dict):
        return {each: hostile_json(old, dice, choice, each) for each, old in value.items()}
    if isinstance(value, list):
        return [hostile_json(old, dice, choice) for old in value]
    if not isinstance(value, str) or key in ("address", "memory", "shadow"):
        return value
    return dice.choice(choice) + (value if key == "signature" else "")


class Page(html.parser.HTMLParser):
    """What a page consists of."""

    def __init__(self, text):
        super().__init__(convert_charrefs=False)
        self.parts, self.links, self.refs, self.bare = set(), set(), set(), []
        self.style = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.style = tag == "style"
        self.parts |= {(tag, None)} | {(tag, name) for name, _ in attrs}
        self.links |= {value for name, value in attrs if name in ("href", "src")}

    def handle_endtag(self, tag):
        self.style = False

    def handle_comment(self, data):
        self.bare.append(data)

    def handle_entityref(self, name):
        self.refs.add(name)

    def handle_charref(self, name):
        self.refs.add(name)

    def handle_data(self, data):
        if not self.style and re.search('[<>"&]', data):
            self.bare.append(data)


def check_raw(name, data):
    found = RAW.search(data)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        found = found or error
    TAP.check(f"{name}: nothing raw", not found and data, found)


def check_page(name, data, known):
    """@known: what a page of reports that nobody has tampered with consists of"""
    page = Page(data.decode())
    TAP.check(f"{name}: no tag and attribute but a page's own", page.parts <= known,
              page.parts - known)
    TAP.check(f"{name}: no character that is not escaped", not page.bare, page.bare)
    TAP.check(f"{name}: links into the page, or to the template", page.links and all(
        re.fullmatch(r"#[\w-]*|https://src\.example/[!-~]*", link) for link in page.links),
        [link for link in page.links if not link.startswith(("#bug-", "https://src.example/"))])
    check_raw(name, data)


def mails(name, path, tmp):
    data = subprocess.run([store.REPORT, "-q", "-f", "mail", path], capture_output=True,
                          env=store.ENV, check=False).stdout
    box_path = os.path.join(tmp, "mails")
    with open(box_path, "wb") as file:
        file.write(data)
    headers = {key for mail in mailbox.mbox(box_path) for key in mail.keys()}
    TAP.same(f"{name}: mails have their own headers only", headers,
             {"Subject", "MIME-Version", "Content-Type"})
    check_raw(f"{name}: mails", data)


def terminal(args):
    """-> what a command prints on a terminal"""
    main, end = pty.openpty()
    with subprocess.Popen([store.STORE, *args], stdout=end, stderr=end, stdin=subprocess.DEVNULL,
                          env=dict(store.ENV, TERM="xterm")) as child:
        os.close(end)
        data = b""
        try:
            while part := os.read(main, 65536):
                data += part
        except OSError:
            pass
        child.wait()
    os.close(main)
    return data.replace(b"\r\n", b"\n")


def check_outputs(kind, database, known, tmp):
    bugs = [json.loads(line) for line in
            run("list", database, "-f", "json").stdout.splitlines()]
    TAP.check(f"{kind}: reports are there, hostile ones as well", len(bugs) > 500 and len(
        {bug["title"] for bug in bugs} & set(HOSTILE)) > len(HOSTILE) / 2, len(bugs))
    run("close", database, bugs[0]["signature"], "--note", HOSTILE[18])
    for args in ("list",), ("list", "-f", "json"), ("metrics",), ("kcidb",), ("regressions",), \
            ("new", "--since", "2001-01-01"):
        check_raw(f"{kind}: {' '.join(args)}", run(args[0], database, *args[1:]).stdout or b"\n")
    some = bugs[::max(1, len(bugs) // 40)]
    check_raw(f"{kind}: show", b"".join(
        run("show", database, bug["signature"], *form).stdout
        for bug in some for form in ((), ("-f", "json"), ("-f", "raw"))))
    check_raw(f"{kind}: on a terminal, list and show", COLOR.sub(b"", terminal(
        ["list", database]) + b"".join(terminal(["show", database, bug["signature"]])
                                       for bug in some)))
    bad = [line for line in run("metrics", database).stdout.decode().splitlines()
           if not re.fullmatch(r'#.*|kmc_\w+(\{\w+="([^"\\]|\\["\\])*"(,\w+="([^"\\]|\\["\\])*")*\})? [0-9.]+', line)]
    TAP.check(f"{kind}: metrics are lines of metrics", not bad, bad)
    TAP.check(f"{kind}: kcidb is JSON", len(json.loads(run("kcidb", database).stdout)["issues"]) ==
              len(bugs))
    path = os.path.join(tmp, "store.html")
    run("html", database, path, "-n", "100000", "--source-url", "https://src.example/%f#%l")
    with open(path, "rb") as file:
        check_page(f"{kind}: html", file.read(), known)
    run("reopen", database, bugs[0]["signature"])


def check_tables(kind, database, clean):
    def names(each):
        return sorted(store.query(each, "SELECT name FROM sqlite_master" if kind == "SQLite" else
                                  "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"))
    TAP.same(f"{kind}: the tables are those of any store", names(database), names(clean))
    counted = store.query(database, "SELECT signature, count(*) FROM kmc_occurrence GROUP BY 1 ORDER BY 1")
    TAP.check(f"{kind}: all is counted", counted and counted == store.query(
        database, "SELECT signature, reports FROM kmc_group WHERE reports > 0 ORDER BY 1"))


def write_inputs(tmp):
    """-> logs, and a file of JSON"""
    dice = random.Random(int(os.environ.get("SEED", "1")))
    folder = os.path.join(tmp, "logs")
    os.makedirs(folder)
    paths = []
    for number, (_, data) in enumerate(seeds()):
        for form in data, mutated(data, dice):
            paths.append(os.path.join(folder, f"{number}.{len(paths) % 2}"))
            with open(paths[-1], "wb") as file:
                file.write(form)
            os.utime(paths[-1], (1e9, 1e9))
    lines = store.report_json(*paths[::2]).splitlines()
    hostile = os.path.join(tmp, "hostile.json")
    with open(hostile, "w", encoding="ascii") as file:
        for line in lines:
            for i in range(3):
                choice = HOSTILE if i else HOSTILE + NO_TEXT
                file.write(json.dumps(hostile_json(json.loads(line), dice, choice),
                                      separators=(",", ":")) + "\n")
    os.utime(hostile, (1e9, 1e9))
    return paths, hostile


def report_pages(paths, tmp):
    """What kmc-report itself makes of them. -> what a page of honest reports consists of"""
    def page(*args):
        return subprocess.run([store.REPORT, "-q", "-f", "html", "--source-url",
                               "https://src.example/%f#%l", *args], capture_output=True,
                              env=store.ENV, check=False).stdout
    honest = Page(page(*sorted(store.log(name) for name in os.listdir(store.REPORTS)
                               if name != "hostile-names")).decode()).parts
    check_page("kmc-report: html", page(*paths), honest)
    everything = os.path.join(tmp, "everything.log")
    with open(everything, "wb") as out:
        for path in paths[1::2]:
            with open(path, "rb") as file:
                out.write(file.read() + b"\n")
    mails("kmc-report", everything, tmp)
    for form in "text", "errors", "json", "sarif":
        check_raw(f"kmc-report -f {form}", subprocess.run(
            [store.REPORT, "-q", "-f", form, *paths], capture_output=True, env=store.ENV,
            check=False).stdout)
    return honest


def everything(kind, new, tmp, inputs, honest):
    paths, hostile = inputs
    database, clean = new(), new()
    run("add", clean, "-q", paths[0])
    # Some of them are no logs any more.
    done = run("add", database, "-q", "--host", HOSTILE[0], "--boot", HOSTILE[20], *paths, cwd=tmp)
    check_raw(f"{kind}: what is said of logs", done.stderr + b"\n")
    done = run("add", database, "--host", HOSTILE[10], hostile, cwd=tmp)
    check_raw(f"{kind}: what is said of JSON", done.stdout + done.stderr)
    TAP.check(f"{kind}: nothing was executed", not os.path.exists(os.path.join(tmp, "injected")))
    check_tables(kind, database, clean)
    check_outputs(kind, database, honest, tmp)
    return store.contents(database)


def main():
    made = iter(range(100))
    with tempfile.TemporaryDirectory() as tmp:
        inputs = write_inputs(tmp)
        honest = report_pages(inputs[0], tmp)
        ours = everything("SQLite", lambda: os.path.join(tmp, f"{next(made)}.db"), tmp, inputs,
                          honest)
        server = store.Postgres(os.path.join(tmp, "pg"))
        if not server.address:
            TAP.skip("PostgreSQL", "postgresql is not installed")
        else:
            try:
                theirs = everything("PostgreSQL", server.new, tmp, inputs, honest)
                for table, rows in ours.items():
                    other = [row[1] for row in zip(rows, theirs[table]) if row[0] != row[1]]
                    TAP.check(f"both have the same in {table}",
                              len(rows) == len(theirs[table]) and not other, other[:2])
            finally:
                server.stop()
    TAP.plan()


main()
