#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What kmc-report prints as JSON and SARIF is what docs/*.schema.json say.

SARIF_SCHEMA may name a copy of the standard's own schema, which is used as well.
"""

import copy
import glob
import json
import os
import subprocess
import sys
import tempfile

try:
    import jsonschema
except ImportError:
    print("1..0 # SKIP python3-jsonschema is not installed")
    sys.exit(0)

TOP = os.environ.get("TOP") or os.path.abspath(os.path.dirname(__file__) + "/../..")
PROGRAM = os.environ.get("KMC_REPORT", TOP + "/build/kmc-report")
count = 0


def result(good, name, why=""):
    global count
    count += 1
    print(f"{'ok' if good else 'not ok'} {count} - {name}")
    for line in str(why).splitlines()[:10] if not good else []:
        print("# " + line)


def validator(path, which=None):
    with open(path, encoding="utf-8") as file:
        schema = json.load(file)
    if which:
        schema = {**schema, "anyOf": [{"$ref": "#/$defs/" + which}]}
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)


def complaints(schema, document):
    """The first ones, "" for none."""
    errors = [f"{'/'.join(map(str, error.path))}: {error.message[:200]}"
              for error in schema.iter_errors(document)]
    return "\n".join(errors[:3])


def run(*args):
    return subprocess.run([PROGRAM, "-q", *args], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, check=False).stdout.decode("ascii")


def inputs(tmp):
    """The logs, and the streams made from their recipes."""
    found = glob.glob(TOP + "/testdata/reports/*/input.log")
    for recipe in glob.glob(TOP + "/testdata/reports/*/input.recipe"):
        path = os.path.join(tmp, os.path.basename(os.path.dirname(recipe)))
        with open(path, "wb") as file:
            subprocess.run([TOP + "/tests/mkstream", recipe], stdout=file, check=True)
        found.append(path)
    found += glob.glob(TOP + "/../shared/corpus/*.txt")
    return sorted(found)


def check_lines(schema, name, files, *args):
    """-> one line, to be damaged"""
    why, lines, last = "", 0, None
    for path in files:
        for line in run("-f", "json", *args, path).splitlines():
            last = json.loads(line)
            lines += 1
            why = why or complaints(schema, last) and path + ": " + complaints(schema, last)
    result(not why and lines, f"{name}: {lines} lines", why or "no line at all")
    return last


def check_sarif(schemas, name, files, *args):
    text = run("-f", "sarif", *args, *files)
    document = json.loads(text)
    results = document["runs"][0]["results"]
    for path, schema in schemas:
        why = complaints(schema, document)
        result(not why and results, f"{name} against {path}: {len(results)} results", why)
    rules = document["runs"][0]["tool"]["driver"]["rules"]
    result(all(rules[one["ruleIndex"]]["id"] == one["ruleId"] for one in results),
           name + ": ruleIndex")
    return document


def refuses(schema, name, document, change):
    """A schema that takes anything would prove nothing."""
    damaged = copy.deepcopy(document)
    change(damaged)
    result(complaints(schema, damaged), name)


def main():
    report = validator(TOP + "/docs/report.schema.json", "report")
    bug = validator(TOP + "/docs/report.schema.json", "bug")
    schemas = [("docs/sarif.schema.json", validator(TOP + "/docs/sarif.schema.json"))]
    official = os.environ.get("SARIF_SCHEMA")
    if official:
        schemas.append((official, validator(official)))
    with tempfile.TemporaryDirectory() as tmp:
        files = inputs(tmp)
        line = check_lines(report, "reports", files)
        check_lines(bug, "bugs", files, "--group")
        document = check_sarif(schemas, "SARIF", files)
        check_sarif(schemas, "SARIF of bugs", files, "--group", "-s", "/usr/src/my linux")
    empty = json.loads(run("-f", "sarif", "/dev/null"))
    result(not complaints(schemas[0][1], empty), "SARIF without results")
    refuses(report, "a missing key is seen", line, lambda d: d.pop("caret"))
    refuses(report, "a wrong type is seen", line, lambda d: d.update(bits="32"))
    refuses(report, "a wrong state is seen", line, lambda d: d.update(state="dirty"))
    refuses(report, "an empty signature is seen", line, lambda d: d.update(signature=""))
    first = document["runs"][0]["results"][0]
    refuses(schemas[0][1], "SARIF: a missing message is seen", document,
            lambda d: d["runs"][0]["results"][0].pop("message"))
    refuses(schemas[0][1], "SARIF: a URI with a blank is seen", document,
            lambda d: d["runs"][0]["results"].append(dict(first, locations=[
                {"physicalLocation": {"artifactLocation": {"uri": "a b", "uriBaseId": "SRCROOT"}}}])))
    print(f"1..{count}")


main()
