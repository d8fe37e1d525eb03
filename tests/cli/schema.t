#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tools print as JSON and SARIF is what docs/*.schema.json say.

scripts/sarif-schema gets the standard's own schema, which is used as well; and what GitHub
asks for beyond it, and where it stops, is tested here.
"""

import copy
import glob
import gzip
import json
import os
import re
import subprocess
import sys
import tempfile
import urllib.parse

try:
    import jsonschema
except ImportError:
    print("1..0 # SKIP python3-jsonschema is not installed")
    sys.exit(0)

TOP = os.environ.get("TOP") or os.path.abspath(os.path.dirname(__file__) + "/../..")
PROGRAM = os.environ.get("KMC_REPORT", TOP + "/build/kmc-report")
ANNOTATE = os.path.abspath(os.environ.get("KMC_ANNOTATE", TOP + "/build/kmc-annotate"))
MANUAL = TOP + "/testdata/fixtures/manual"
OFFICIAL = TOP + "/build/sarif-2.1.0.schema.json"
sys.path.insert(0, TOP + "/tests/tui")
import fixture  # pylint: disable=wrong-import-position

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


# ---- GitHub ----

# docs.github.com: SARIF support for code scanning, and SARIF results exceed limits.
RESULTS, LOCATIONS, STEPS, RULES, TAGS = 25000, 1000, 10000, 25000, 20
NAME, TEXT = 255, 1024


def check_driver(driver):
    wrong = [key for key in ("name", "semanticVersion", "version", "informationUri", "rules")
             if not driver.get(key)]
    if len(driver["rules"]) > RULES:
        wrong.append("rules")
    for rule in driver["rules"]:
        for key, limit in (("shortDescription", TEXT), ("fullDescription", TEXT), ("help", None)):
            text = rule.get(key, {}).get("text", "")
            if not text or (limit and len(text) > limit):
                wrong.append(f"{rule['id']}: {key}")
        if not rule["help"].get("markdown"):
            wrong.append(f"{rule['id']}: no markdown")
        if len(rule.get("name", "")) > NAME or len(rule["properties"]["tags"]) > TAGS:
            wrong.append(rule["id"])
    return wrong


def check_place(location, bases):
    """A file that can be found, and a line."""
    place = location.get("physicalLocation")
    if not place:
        return ["no physical location"]
    wrong = []
    artifact, region = place["artifactLocation"], place.get("region", {})
    uri = urllib.parse.urlsplit(artifact["uri"])
    if not region.get("startLine", 0) > 0:
        wrong.append("no line")
    if uri.scheme and (uri.scheme != "file" or uri.netloc or "uriBaseId" in artifact):
        wrong.append(f"{artifact}: no file")
    if not uri.scheme and artifact.get("uriBaseId") not in bases:
        wrong.append(f"{artifact}: relative to what?")
    if set(uri.path.split("/")) & {".", ".."} or "//" in uri.path:
        wrong.append(f"{artifact}: not normalized")
    return wrong


def check_result(one, bases):
    wrong = []
    if not 0 < len(one.get("locations", [])) <= LOCATIONS:
        return ["no locations"]
    wrong += check_place(one["locations"][0], bases)
    if not re.fullmatch("[0-9a-f]{16}:[0-9]+",
                        one["partialFingerprints"].get("primaryLocationLineHash", "")):
        wrong.append("no fingerprint")
    text = one["message"]["text"]
    if not text or re.search(r"\]\(|[{}]|[\x00-\x1f]", text):
        wrong.append(f"message: {text!r}")
    for flow in one.get("codeFlows", []):
        steps = [step for thread in flow["threadFlows"] for step in thread["locations"]]
        if not 0 < len(steps) <= STEPS:
            wrong.append(f"{len(steps)} steps")
        for step in steps:
            wrong += check_place(step["location"], bases)
    return wrong


def check_github(name, document):
    run_ = document["runs"][0]
    wrong = check_driver(run_["tool"]["driver"])
    for one in run_["results"]:
        wrong += check_result(one, run_["originalUriBaseIds"])
    if len(run_["results"]) > RESULTS or len(document["runs"]) != 1:
        wrong.append("too many")
    if len(gzip.compress(json.dumps(document).encode())) > 10 << 20:
        wrong.append("too large")
    result(not wrong, name + ": what GitHub asks for", "\n".join(wrong[:5]))


# Of kmemcheck's reports, and of the other checkers'.
HEADER = (rb"aught|kmemcheck|^[ },]*\{$|BUG|WARNING: |UBSAN: |general protection fault|"
          rb"Unable to handle|Internal error|INFO: |\[#\d")


def check_log_places(document):
    """Without source, the line of the log: that of the header."""
    wrong = []
    for one in document["runs"][0]["results"]:
        place = one["locations"][0]["physicalLocation"]
        path = urllib.parse.unquote(place["artifactLocation"]["uri"]).removeprefix("file://")
        line = place["region"]["startLine"]
        if not path.endswith("input.log"):
            continue        # a stream, which has no lines
        with open(path, "rb") as file:
            text = file.read().split(b"\n")[line - 1]
        # One may be in base64, or wrapped; of JSON it is where the object begins.
        if not re.search(HEADER, text) and "mail" not in path:
            wrong.append(f"{path}:{line}: {text[:80]}")
    result(not wrong, "SARIF without source: the header's line in the log",
           "\n".join(wrong[:5]))


def check_names(tmp):
    """Names of files that are not as they should be."""
    odd = os.path.join(tmp, "a {b} 日本#?%.log")
    with open(TOP + "/testdata/reports/hostile-names/input.log", "rb") as file:
        log = file.read()
    with open(odd, "wb") as file:
        file.write(log)
    os.mkdir(tmp + "/sub")
    for name, args, directory in (
            ("odd", (odd,), tmp), ("relative", ("./sub/..//" + os.path.basename(odd),), tmp),
            ("above", ("../" + os.path.basename(odd),), tmp + "/sub")):
        text = subprocess.run([PROGRAM, "-q", "-f", "sarif", *args], cwd=directory,
                              capture_output=True, check=True).stdout
        document = json.loads(text)
        place = document["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
        base = document["runs"][0]["originalUriBaseIds"]["LOGROOT"]["uri"]
        path = urllib.parse.unquote(urllib.parse.urljoin(base, place["artifactLocation"]["uri"])
                                    .removeprefix("file://"))
        result(os.path.exists(path) and os.path.samefile(path, odd),
               f"SARIF: a log's name, {name}", place)


def check_manual(document):
    """The source is named, the member and the verdict are."""
    one = document["runs"][0]["results"][0]
    place = one["locations"][0]["physicalLocation"]
    result(place["artifactLocation"] == {"uri": "include/asm-generic/siginfo.h",
                                         "uriBaseId": "SRCROOT"} and
           place["region"] == {"startLine": 287, "startColumn": 3}, "SARIF: the line", place)
    result(one["message"]["text"].startswith(
        "padding: read of padding behind struct sigqueue.info.si_code (+36), likely, "
        "in copy_siginfo(). "), "SARIF: the message is the answer", one["message"])


# ---- types ----

def annotate(directory, *args):
    done = subprocess.run([ANNOTATE, "--dump=json", *args], cwd=directory, check=False,
                          stdout=subprocess.PIPE,
                          env=dict(os.environ, XDG_CACHE_HOME=directory + "/cache"))
    return json.loads(done.stdout)


def build_allocations(directory):
    """directory: allocations, whose code allocates objects; as in what.t"""
    fixture.run(directory, "gcc", "-O2", "-g", "-mno-sse", "-ffreestanding", "-fno-pic",
                "-fno-asynchronous-unwind-tables", "-mcmodel=kernel", "-fno-stack-protector",
                "-fcf-protection=none", "-c", TOP + "/tests/unit/fixtures/allocations.c")
    fixture.run(directory, "gcc", "-nostdlib", "-static", "-no-pie", "-Wl,-e,_start",
                "-Wl,-Ttext=0xffffffff81000000", "allocations.o", "-o", "allocations")


def check_types(schema, directory):
    """All that kmc-annotate dumps, but reports, of a kernel and one that differs from it."""
    fixture.build(directory)
    fixture.build_other(directory)
    build_allocations(directory)
    diff = ("--diff", "vmlinux", "other")
    for name, key, args in (
            ("a type", "members", ("-k", "vmlinux", "demo_info")),
            ("a profile", "samples", ("-k", "vmlinux", "--profile",
                                      TOP + "/tests/tui/profile.txt", "demo_order")),
            ("--order", "order", ("-k", "vmlinux", "--order", "demo_order")),
            ("--order, hot", "hot_lines", ("-k", "vmlinux", "--order", "--profile",
                                           TOP + "/tests/tui/profile.txt", "demo_order")),
            ("an enum", "values", ("-k", "vmlinux", "enum", "demo_code")),
            ("--find, enums", "answers", ("-k", "vmlinux", "--find=.DEMO_*")),
            ("all types", "types", ("-k", "vmlinux")),
            ("--find", "answers", ("-k", "vmlinux", "--find=: int")),
            ("--find, functions", "answers", ("-k", "vmlinux", "--find=takes struct demo")),
            ("--what", "answers", ("-k", "allocations", "--what=kmalloc-64")),
            ("--diff", "differ", diff), ("--diff of a type", "members", (*diff, "demo")),
            ("--diff of an enum", "members", (*diff, "demo_mode")),
            ("--diff of one that is gone", "members", (*diff, "demo_gone")),
            ("--diff of one that is new", "members", (*diff, "demo_new"))):
        document = annotate(directory, *args)
        why = complaints(schema, document)
        result(not why and document[key], "types: " + name, why or f"{key} is empty")
    check_diff(annotate(directory, *diff), annotate(directory, *diff, "demo"))
    check_order(annotate(directory, "-k", "vmlinux", "--order", "demo_order"))
    return annotate(directory, *diff, "demo")


def check_order(order):
    rows = {row["name"]: row for row in order["order"]}
    result(order["sizes"] == [56, 40] and order["cache_lines"] == [1, 1] and
           "hot_lines" not in order and rows["second"] == {
               "name": "second", "type": "u64", "bit_offset": 128, "was": 192,
               "bit_size": 64, "bitfield": False}, "types: a better order", order)


def check_reports(schema, directory):
    """A report has all that it may be, and what to do of a false positive."""
    fixture.log(directory)
    done = subprocess.run([ANNOTATE, "--dump=json", "-k", "vmlinux", "-s", ".", "reports.log"],
                          cwd=directory, check=True, stdout=subprocess.PIPE, text=True)
    reports = [json.loads(line) for line in done.stdout.splitlines()]
    why = "".join(complaints(schema, report) for report in reports)
    result(not why and len(reports) == 4, "kmc-annotate: reports", why)
    result(all(report["candidates"][0]["type"] == report["object"]["type"]
               for report in reports), "kmc-annotate: the best candidate is the object")
    diffs = {report["verdict"]["class"]: report["diff"] for report in reports}
    result(diffs["uninitialized-member"] is None and diffs["padding"].startswith("--- a/") and
           "\n+\tkmemcheck_mark_initialized(" in diffs["padding"] and
           "kmemcheck_bitfield_begin(" in diffs["bitfield"], "kmc-annotate: diffs", diffs)


def check_diff(all_types, demo):
    result(all_types["differ"] == [
        {"name": "demo", "kind": "struct", "typedef": False, "sizes": [104, 112],
         "changed": 12},
        {"name": "demo_gone", "kind": "struct", "typedef": False, "sizes": [4, None],
         "changed": 0},
        {"name": "demo_mode", "kind": "enum", "typedef": False, "sizes": [4, 4],
         "changed": 3},
        {"name": "demo_new", "kind": "struct", "typedef": False, "sizes": [None, 4],
         "changed": 0},
        {"name": "{DEMO_FEW, ...}", "kind": "enum", "typedef": False, "sizes": [4, 4],
         "changed": 2}], "types: which differ", all_types)
    rows = {row["path"]: row for row in demo["members"]}
    result(demo["sizes"] == [104, 112] and demo["changed"] == 12 and
           rows["list"]["changes"] == [] and rows["later"]["b"] is None and
           rows["later"]["changes"] == ["gone"] and rows["flags"] == {
               "place": "member", "path": "flags", "changes": ["new"], "a": None,
               "b": {"type": "u32", "bit_offset": 128, "bit_size": 32, "bitfield": False}} and
           [rows["ready"][side]["bit_offset"] for side in "ab"] == [416, 544],
           "types: what differs", demo)


def refuses(schema, name, document, change):
    """A schema that takes anything would prove nothing."""
    damaged = copy.deepcopy(document)
    change(damaged)
    result(complaints(schema, damaged), name)


def main():
    report = validator(TOP + "/docs/report.schema.json", "report")
    bug = validator(TOP + "/docs/report.schema.json", "bug")
    schemas = [("docs/sarif.schema.json", validator(TOP + "/docs/sarif.schema.json"))]
    if os.path.exists(OFFICIAL):
        schemas.append(("the standard's schema", validator(OFFICIAL)))
    else:
        result(True, "SARIF against the standard's schema # SKIP scripts/sarif-schema got none")
    with tempfile.TemporaryDirectory() as tmp:
        files = inputs(tmp)
        line = check_lines(report, "reports", files)
        check_lines(bug, "bugs", files, "--group")
        document = check_sarif(schemas, "SARIF", files)
        check_github("SARIF", document)
        check_log_places(document)
        bugs = check_sarif(schemas, "SARIF of bugs", files, "--group", "-s", "/usr/src/my linux")
        check_github("SARIF of bugs", bugs)
        manual = check_sarif(schemas, "SARIF with debug info", [MANUAL + "/report.log"],
                             "-k", TOP + "/build/fixtures/manual/vmlinux", "-s", MANUAL)
        check_github("SARIF with debug info", manual)
        check_manual(manual)
        check_names(tmp)
    types = validator(TOP + "/docs/types.schema.json")
    with tempfile.TemporaryDirectory() as tmp:
        demo = check_types(types, tmp)
        check_reports(report, tmp)
    empty = json.loads(run("-f", "sarif", "/dev/null"))
    result(not complaints(schemas[0][1], empty), "SARIF without results")
    refuses(report, "a missing key is seen", line, lambda d: d.pop("caret"))
    refuses(report, "a wrong type is seen", line, lambda d: d.update(bits="32"))
    refuses(report, "a wrong state is seen", line, lambda d: d.update(state="dirty"))
    refuses(report, "an empty signature is seen", line, lambda d: d.update(signature=""))
    refuses(types, "types: an unknown change is seen", demo,
            lambda d: d["members"][0]["changes"].append("older"))
    refuses(types, "types: a type that is in neither kernel is seen", demo,
            lambda d: d.update(sizes=[None, None]))
    first = document["runs"][0]["results"][0]
    refuses(schemas[0][1], "SARIF: a missing message is seen", document,
            lambda d: d["runs"][0]["results"][0].pop("message"))
    refuses(schemas[0][1], "SARIF: a URI with a blank is seen", document,
            lambda d: d["runs"][0]["results"].append(dict(first, locations=[
                {"physicalLocation": {"artifactLocation": {"uri": "a b", "uriBaseId": "SRCROOT"}}}])))
    refuses(schemas[0][1], "SARIF: a result without a place is seen", document,
            lambda d: d["runs"][0]["results"][0].pop("locations"))
    if os.path.exists(OFFICIAL):
        refuses(schemas[1][1], "SARIF: ... by the standard's schema, an unknown key", document,
                lambda d: d["runs"][0]["results"][0].update(colour="red"))
    print(f"1..{count}")


main()
