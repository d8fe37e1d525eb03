#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What kmc-store gives to others, and what the collector takes: with SQLite."""

import collections
import glob
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import zlib

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
import store
from store import Tap, run, log

TAP = Tap()
COLLECT = os.path.join(store.TOP, "tools/kmc-store/collect/kmc-collect")


def distinct(paths):
    """-> {signature: reports} as kmc-report sees them, the same report once"""
    names = ("checker", "error", "kernel", "build_id", "cpu", "pid", "comm", "time", "address",
             "registers")
    found = {}
    for path in paths:
        same = collections.Counter()
        for line in store.report_json(path).splitlines():
            report = json.loads(line)
            key = json.dumps([report[name] for name in names] + [report["source"].get("seq")] + [
                [frame[name] for name in ("address", "symbol", "offset", "module")]
                for frame in report["frames"]])
            # Those of no time are told apart by how often they came in one input.
            found[key, same[key] if report["time"] is None else 0] = report["signature"]
            same[key] += 1
    return dict(collections.Counter(found.values()))


def kcidb(database):
    document = json.loads(run("kcidb", database, "--origin", "kmc_test").stdout)
    try:
        import jsonschema       # pylint: disable=import-outside-toplevel
        with open(os.path.join(store.TOP, "tests/cli/kcidb-5.3.schema.json"),
                  encoding="utf-8") as file:
            errors = list(jsonschema.Draft7Validator(json.load(file)).iter_errors(document))
        TAP.check("kcidb fits its schema", not errors, errors[:2])
    except ImportError:
        TAP.skip("kcidb fits its schema", "python3-jsonschema is not installed")
    ids = {key: [item["id"] for item in document[key]] for key in document if key != "version"}
    TAP.check("... no id is there twice", all(len(set(each)) == len(each)
                                              for each in ids.values()), ids)
    TAP.check("... whatever is referred to is there",
              {item["issue_id"] for item in document["incidents"]} <= set(ids["issues"]) and
              {item["test_id"] for item in document["incidents"]} <= set(ids["tests"]) and
              {item["build_id"] for item in document["tests"]} <= set(ids["builds"]) and
              {item["checkout_id"] for item in document["builds"]} <= set(ids["checkouts"]))
    TAP.same("... all reports are incidents", len(ids["incidents"]),
             len(store.contents(database)["kmc_occurrence"]))


def html(database, tmp):
    done = run("html", database, tmp, "-n", "1000")
    path = os.path.join(tmp, "index.html")
    with open(path, encoding="utf-8") as file:
        page = file.read()
    bugs = run("list", database, "-f", "json").stdout.splitlines()
    TAP.check("html writes a page of all bugs into a directory",
              not done.stderr and page.count("<h2") == len(bugs) and "<script" not in page,
              done.stderr)
    TAP.check("... with links by their signatures", sorted(re.findall(r'href="#(bug-\w+)">[^<]*</a></td>', page)) ==
              sorted(re.findall(r'<h2 id="(bug-\w+)"', page)))
    TAP.check("... 200 of them are less than 3 MB", len(page) * 200 / len(bugs) < 3e6, len(page))
    if shutil.which("tidy"):
        said = subprocess.run(["tidy", "-q", "-e", path], capture_output=True, check=False)
        TAP.check("... and good HTML", said.returncode == 0, said.stderr)
    else:
        TAP.skip("... and good HTML", "tidy is not installed")
    pipe = os.path.join(tmp, "pipe")
    os.mkfifo(pipe)
    with open(os.path.join(tmp, "read.html"), "wb") as out, \
            subprocess.Popen(["cat", pipe], stdout=out) as reader:
        run("html", database, pipe, "-n", "1000")
        reader.wait()
    with open(os.path.join(tmp, "read.html"), encoding="utf-8") as file:
        TAP.check("... what is no file stays what it is, and gets the page",
                  stat.S_ISFIFO(os.stat(pipe).st_mode) and file.read() == page)
    done = run("html", database, os.path.join(tmp, "no/such/page.html"))
    TAP.check("... what cannot be written is said", done.returncode == 1 and
              b"cannot be written" in done.stderr and not glob.glob(path + ".*"), done.stderr)


def metrics(database):
    text = run("metrics", database).stdout.decode()
    line = re.compile(r'[a-z_]+(\{\w+="([^"\\\n]|\\.)*"(,\w+="([^"\\\n]|\\.)*")*\})? [0-9.]+')
    bad = [each for each in text.splitlines() if not each.startswith("#") and
           not line.fullmatch(each)]
    TAP.check("metrics are Prometheus' text", text.endswith("\n") and not bad, bad)


def crashes(tmp):
    """What pstore keeps: in parts, with and without what systemd makes of them, and compressed."""
    folder, database = os.path.join(tmp, "crashes"), os.path.join(tmp, "crashes.db")
    with open(log("checked-kasan"), "rb") as file:
        lines = file.read().splitlines(keepends=True)
    with open(log("module-frames"), "rb") as file:
        other = file.read()
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    # The newest part is the first one, and begins in the midst of a report.
    parts = {"1790000001/001/dmesg-efi-179000000102001": b"Panic#1 Part2\n" + b"".join(lines[:40]),
             "1790000001/001/dmesg-efi-179000000101001": b"Panic#1 Part1\n" + b"".join(lines[40:60])}
    # Of a crash whose parts systemd has put together, which are not read again.
    whole = {"1790000002/001/dmesg-efi-179000000202001": parts["1790000001/001/dmesg-efi-179000000102001"],
             "1790000002/001/dmesg.txt": b"".join(lines[100:])}
    packed = {"dmesg-ramoops-0.enc.z": zlib.compress(other),
              "dmesg-ramoops-1.enc.z": deflate.compress(other.replace(b"foo", b"bar")) + deflate.flush(),
              "console-ramoops-0": other.replace(b"foo", b"car")}
    for path, data in (parts | whole | packed).items():
        path = os.path.join(folder, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data)
        os.utime(path, (1.7e9, 1.7e9))
    joined = os.path.join(tmp, "joined.log")
    with open(joined, "wb") as file:
        file.write(b"".join(lines[:60]) + b"".join(lines[100:]) + b"".join(
            other.replace(b"foo", name) for name in (b"foo", b"bar", b"car")))
    run("add", os.path.join(tmp, "joined.db"), joined)
    expected = {row[0] for row in store.query(os.path.join(tmp, "joined.db"), "SELECT words FROM kmc_group")}
    env = dict(store.ENV, KMC_STORE=store.STORE)
    done = subprocess.run([COLLECT, database, f"pstore={folder}"], env=env, capture_output=True, check=False)
    found = store.query(database, "SELECT words, reports, first_seen FROM kmc_group")
    TAP.check("the parts of a crash are one log, which is read once, packed or not",
              not done.returncode and not done.stderr and {row[0] for row in found} == expected and
              {row[1] for row in found} == {"1"}, (done, found, expected))
    TAP.same("... and as old as its file", {row[2] for row in found}, {"1700000000000000"})
    with open(os.path.join(folder, "dmesg-x.enc.z"), "wb") as file:
        file.write(b"\xff" * 100)
    done = subprocess.run([COLLECT, database, f"pstore={folder}"], env=env, capture_output=True, check=False)
    TAP.check("... what cannot be unpacked is said", done.returncode == 1 and
              done.stderr.count(b"\n") == 1 and b"dmesg-x.enc.z" in done.stderr, done)


def collector(tmp):
    database = os.path.join(tmp, "collected.db")
    pstore, console, bin_dir = (os.path.join(tmp, name) for name in ("pstore", "console", "bin"))
    os.makedirs(os.path.join(pstore, "179000001"))
    os.makedirs(console)
    os.makedirs(bin_dir)
    shutil.copy(log("checked-kasan"), os.path.join(pstore, "179000001/dmesg.txt"))
    shutil.copy(log("netconsole-plain"), os.path.join(console, "web 1.log"))
    shutil.copy(log("module-frames"), os.path.join(console, "$(touch injected).log"))
    with open(os.path.join(bin_dir, "journalctl"), "w", encoding="ascii") as file:
        file.write("#!/bin/sh\nfor each; do case $each in --cursor-file=*) f=${each#*=};; esac; done\n"
                   f"[ -s \"$f\" ] || cat '{log('journal-export')}'\necho cursor >\"$f\"\n")
    os.chmod(os.path.join(bin_dir, "journalctl"), 0o755)
    env = dict(store.ENV, KMC_STORE=store.STORE, STATE_DIRECTORY=os.path.join(tmp, "state"),
               PATH=bin_dir + ":" + os.environ["PATH"])
    command = [COLLECT, database, f"pstore={pstore}", f"netconsole={console}", "journal"]
    for i in range(2):
        done = subprocess.run(command, env=env, cwd=tmp, capture_output=True, check=False)
        found = store.contents(database)
        if not i:
            first = found
            TAP.check("the collector adds pstore, netconsole's files and the journal",
                      not done.returncode and len(found["kmc_occurrence"]) >= 17, (done, len(found["kmc_occurrence"])))
    TAP.check("... once", found == first and not done.returncode, done)
    TAP.check("... and names hosts by their files", {"web 1", "$(touch injected)"} <=
              {row[3] for row in found["kmc_occurrence"]} and
              not os.path.exists(os.path.join(tmp, "injected")))
    unit = os.path.join(tmp, "kmc-collect.service")
    with open(os.path.join(store.TOP, "tools/kmc-store/collect/kmc-collect.service.in"),
              encoding="utf-8") as file, open(unit, "w", encoding="utf-8") as out:
        out.write(file.read().replace("@PREFIX@/bin", bin_dir))
    for name in "kmc-collect", "kmc-store":
        shutil.copy(os.path.join(bin_dir, "journalctl"), os.path.join(bin_dir, name))
    if shutil.which("systemd-analyze"):
        said = subprocess.run(["systemd-analyze", "verify", "--man=no", unit], capture_output=True, check=False)
        TAP.check("systemd takes the unit", not said.returncode and b"kmc-collect" not in said.stderr, said)
    else:
        TAP.skip("systemd takes the unit", "there is no systemd")


def main():
    with tempfile.TemporaryDirectory() as tmp:
        database = os.path.join(tmp, "bugs.db")
        paths = sorted(glob.glob(os.path.join(store.REPORTS, "*/input.log")))
        run("add", database, "-q", *paths)
        TAP.same("a store has the bugs that kmc-report finds, and as many reports of each",
                 {row[0]: int(row[1]) for row in
                  store.query(database, "SELECT words, reports FROM kmc_group")}, distinct(paths))
        kcidb(database)
        html(database, tmp)
        metrics(database)
        collector(tmp)
        crashes(tmp)
    TAP.plan()


main()
