# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tests of kmc-store share: databases of both kinds, and what is in them."""

import os
import sqlite3
import subprocess
import sys

TOP = os.environ.get("TOP") or os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
STORE = os.environ.get("KMC_STORE") or os.path.join(TOP, "build/kmc-store")
REPORT = os.environ.get("KMC_REPORT") or os.path.join(TOP, "build/kmc-report")
REPORTS = os.path.join(TOP, "testdata/reports")
TABLES = {
    "kmc_kernel": "id", "kmc_group": "signature", "kmc_occurrence": "id",
    "kmc_group_host": "signature, host", "kmc_group_kernel": "signature, kernel",
    "kmc_site": "kernel, site", "kmc_explanation": "signature, kernel", "kmc_raw": "id",
}
ENV = dict(os.environ, LC_ALL="C.UTF-8", DEBUGINFOD_URLS="", TERM="dumb")


class Tap:
    """Counts, and says what was wrong."""

    def __init__(self):
        self.count = 0

    def check(self, name, good, said=""):
        self.count += 1
        print(f"{'ok' if good else 'not ok'} {self.count} - {name}", flush=True)
        if not good:
            for line in str(said).splitlines()[:20]:
                print(f"# {line[:300]}", flush=True)

    def same(self, name, found, expected):
        self.check(name, found == expected, f"found {found!r}\nexpected {expected!r}")

    def skip(self, name, why):
        self.count += 1
        print(f"ok {self.count} - {name} # SKIP {why}", flush=True)

    def plan(self):
        print(f"1..{self.count}")


def run(*args, **options):
    """-> the finished process"""
    return subprocess.run([STORE, *args], capture_output=True, env=ENV, check=False,
                          timeout=300, **options)


def report_json(*logs):
    return subprocess.run([REPORT, "-q", "-f", "json", *logs], capture_output=True, env=ENV,
                          check=False).stdout


def log(name):
    return os.path.join(REPORTS, name, "input.log")


class Postgres:
    """A server of our own; None as its address where there is none to start."""

    def __init__(self, folder):
        self.folder = folder
        self.count = 0
        os.chmod(os.path.dirname(folder), 0o755)
        started = subprocess.run([os.path.join(TOP, "tests/postgres"), "start", folder],
                                 capture_output=True, text=True, check=False)
        self.address = started.stdout.strip() if not started.returncode else None
        self.why = started.stderr.strip().splitlines()[-1:] or [""]
        if not self.address and started.returncode != 77:
            print(f"# {started.stderr}", file=sys.stderr)

    def new(self):
        """-> the address of a new database"""
        self.count += 1
        name = f"store{self.count}"
        subprocess.run(["psql", "-X", "-q", "-d", self.address, "-c", f"CREATE DATABASE {name}"],
                       check=True)
        return self.address.replace("/postgres?", f"/{name}?")

    def crash(self):
        """End it as a power failure does, and start it again."""
        subprocess.run([os.path.join(TOP, "tests/postgres"), "crash", self.folder], check=True)

    def stop(self):
        if self.address:
            subprocess.run([os.path.join(TOP, "tests/postgres"), "stop", self.folder],
                           check=False)


def query(database, sql):
    """-> rows of texts, '' for NULL"""
    if not database.startswith("postgresql:"):
        with sqlite3.connect(database) as db:
            return [["" if value is None else
                     "\\x" + value.hex() if isinstance(value, bytes) else str(value)
                     for value in row] for row in db.execute(sql)]
    done = subprocess.run(["psql", "-X", "-q", "-A", "-t", "-F", "\x1f", "-R", "\x1e",
                           "-d", database, "-c", sql], capture_output=True, check=True)
    # No text mode: that would take a \r for the end of a line.
    text = done.stdout.decode().removesuffix("\n")
    return [row.split("\x1f") for row in text.split("\x1e") if row]


def execute(database, statements):
    """Any number of statements, which give nothing"""
    if database.startswith("postgresql:"):
        subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", database],
                       input=statements.encode(), check=True)
        return
    with sqlite3.connect(database) as db:
        db.executescript(statements)


def contents(database):
    """-> {table: rows}, all of it but for the schema's version"""
    return {table: query(database, f"SELECT * FROM {table} ORDER BY {order}")
            for table, order in TABLES.items()}
