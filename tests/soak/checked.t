#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Bugs of known truth, reported by KASAN, KFENCE, UBSAN, SLUB's debugging, the checks of
lists and counts, and faults: what kmc-report says of each is compared with the source of
the module that makes them happen.

Then the same without what the kernel recorded of the object: less is known, but what is
said to be certain is right.
"""

import os
import re
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../guest"))
import guest  # noqa: E402

KERNEL = guest.KERNEL_CHECKED
MODULES = KERNEL + "-modules"
SOURCE = os.path.join(guest.ROOT, "kernel", "guest", "modules")

ITEM, NODE, TABLE = (f"struct checked_{name}" for name in ("item", "node", "table"))
OOB = "out-of-bounds"
UAF = "use-after-free"
CORRUPT = "memory-corruption"
UNDEFINED = "undefined-behaviour"

# name: checker, error, class of the verdict; then keys of the object, and of the report.
# Offsets are those of the module's structs.
BUGS = {
    "oob_write": ("KASAN", "slab-out-of-bounds", OOB,
                  {"type": ITEM, "offset": 68, "would_be": "values[5]"}, {"kind": "write", "bits": 32}),
    # KASAN takes what is in front of an object for what is behind the one before, which may be
    # anybody's: its type is known where it is allocated, and differs from boot to boot.
    "oob_before": ("KASAN", "slab-out-of-bounds", OOB, {}, {"kind": "read", "bits": 32}),
    "oob_flexible": ("KASAN", "slab-out-of-bounds", OOB,
                     {"type": TABLE, "offset": 64, "would_be": "entries[7]"},
                     {"kind": "read", "bits": 64}),
    "oob_slack": ("KASAN", "slab-out-of-bounds", OOB,
                  {"type": NODE, "offset": 40}, {"kind": "read", "bits": 64}),
    "oob_copy": ("KASAN", "slab-out-of-bounds", OOB,
                 {"type": ITEM, "offset": 0}, {"kind": "read", "bits": 8 * 76, "place": f"over the end of {ITEM} (kmalloc-64) by 12 bytes"}),
    "uaf_read": ("KASAN", UAF, UAF,
                 {"type": ITEM, "offset": 40, "path": "stamp"}, {"kind": "read", "bits": 64}),
    "uaf_write": ("KASAN", UAF, UAF,
                  {"type": ITEM, "offset": 16, "path": "link.prev"},
                  {"kind": "write", "bits": 64}),
    "uaf_rcu": ("KASAN", UAF, UAF,
                {"type": NODE, "offset": 4, "path": "users"}, {"kind": "read", "bits": 32}),
    "uaf_cache": ("KASAN", UAF, UAF,
                  {"type": NODE, "offset": 8, "path": "parent"}, {"kind": "read", "bits": 64}),
    "double_free": ("KASAN", "double-free", "double-free", {"type": ITEM, "offset": 0}, {}),
    "invalid_free": ("KASAN", "invalid-free", "invalid-free",
                     {"type": ITEM, "offset": 24, "path": "owner"}, {}),
    "oob_stack": ("KASAN", "stack-out-of-bounds", OOB, {"region": "stack"},
                  {"kind": "read", "bits": 8, "place": "2 bytes behind the end of the variable name"}),
    "oob_global": ("KASAN", "global-out-of-bounds", OOB,
                   {"region": "global", "variable": "checked_limits", "offset": 20},
                   {"kind": "write", "bits": 16,
                    "place": "2 bytes behind the end of the variable checked_limits"}),
    "oob_vmalloc": ("KASAN", "vmalloc-out-of-bounds", OOB,
                    {"region": "vmalloc", "type": ITEM, "offset": 72},
                    {"kind": "read", "bits": 32}),
    "ubsan_index": ("UBSAN", "array-index-out-of-bounds", UNDEFINED, None,
                    {"undefined": {"expression": "slots->marks[slot]", "array": "slots->marks",
                                   "value": "slot", "confidence": "certain"},
                     "place": "slot was 7, and slots->marks has 6 elements"}),
    "ubsan_global": ("UBSAN", "array-index-out-of-bounds", UNDEFINED, None,
                     {"undefined": {"expression": "checked_levels[level]",
                                    "array": "checked_levels", "value": "level",
                                    "confidence": "certain"},
                      "place": "level was -1, and checked_levels has 6 elements"}),
    "ubsan_shift": ("UBSAN", "shift-out-of-bounds", UNDEFINED, None,
                    {"undefined": {"expression": "1 << exponent", "array": None,
                                   "value": "exponent", "confidence": "certain"}, "place": "exponent was 40"}),
    "ubsan_bool": ("UBSAN", "invalid-load", UNDEFINED, None,
                   {"undefined": {"expression": "flag->set", "array": None, "value": None,
                                 "confidence": "certain"}}),
    "slub_redzone": ("SLUB", "Right Redzone overwritten", CORRUPT,
                     {"type": ITEM, "offset": 64, "cache": "checked_redzone",
                      "would_be": "values[4]"}, {"place": "abcd"}),
    "slub_before": ("SLUB", "Left Redzone overwritten", CORRUPT,
                    {"type": ITEM, "offset": -4, "cache": "checked_before"}, {}),
    "slub_poison": ("SLUB", "Poison overwritten", CORRUPT,
                    {"type": ITEM, "offset": 40, "path": "stamp", "cache": "checked_poison"}, {}),
    "slub_remaining": ("SLUB", "Objects remaining in checked_remaining on __kmem_cache_shutdown()",
                       "objects-remaining", {"cache": "checked_remaining"}, {}),
    "list_corruption": ("list", None, "list-corruption", None, {}),
    "list_twice": ("list", None, "list-corruption", None, {}),
    "count_underflow": ("refcount", None, "refcount", None, {}),
    "fence_oob": ("KFENCE", OOB, OOB, {"type": ITEM, "offset": 68, "would_be": "values[5]"},
                   {"kind": "read"}),
    "fence_before": ("KFENCE", OOB, OOB, {"type": ITEM, "offset": -8}, {"kind": "write"}),
    "fence_uaf": ("KFENCE", UAF, UAF, {"type": ITEM, "offset": 24, "path": "owner"},
                   {"kind": "read"}),
    "fence_corruption": ("KFENCE", "memory corruption", CORRUPT,
                          {"type": ITEM, "offset": 64, "would_be": "values[4]"}, {}),
    "fence_invalid_free": ("KFENCE", "invalid free", "invalid-free",
                            {"type": ITEM, "offset": 24, "path": "owner"}, {}),
    "fence_double_free": ("KFENCE", "invalid free", "double-free",
                           {"type": ITEM, "offset": 0}, {}),
    "null_member": ("gpf", None, "null-dereference",
                    {"type": ITEM, "offset": 40, "path": "stamp"}, {}),
    "null_read": ("oops", None, "null-dereference",
                  {"type": ITEM, "offset": 24, "path": "owner"}, {}),
    "null_write": ("oops", None, "null-dereference",
                   {"type": NODE, "offset": 32, "path": "time"}, {}),
    "list_poison": ("gpf", None, "use-after-free-suspected",
                    {"type": ITEM, "offset": 4, "path": "state"}, {}),
}


def marks():
    """-> {(name, what): (file, line)} of the comments in the module's source."""
    found = {}
    for file in sorted(os.listdir(SOURCE)):
        if not re.fullmatch(r"checked_\w+\.c", file):
            continue
        with open(os.path.join(SOURCE, file)) as source:
            for number, line in enumerate(source, 1):
                for name, what in re.findall(r"/\* (\w+): (\w+) \*/", line):
                    found[name, what] = (file, number)
    return found


def site(frames):
    """-> (file, line) of the innermost function of the module."""
    for frame in frames or ():
        for level in frame["inline"]:
            if level["file"] and re.fullmatch(r"checked_\w+\.c", os.path.basename(level["file"])):
                return os.path.basename(level["file"]), level["line"]
    return None


def by_name(log, reports):
    """-> {name: [reports]}: which bug was the last one announced before them."""
    found, announced = {}, {}
    for number, line in enumerate(log.splitlines(), 1):
        match = re.search(r"\bchecked: (\w+)$", line)
        if match:
            announced[number] = match[1]
    for report in reports:
        before = [number for number in announced if number < report["source"]["line"]]
        if before:
            found.setdefault(announced[max(before)], []).append(report)
    return found


def explain(log):
    with tempfile.NamedTemporaryFile("w", suffix=".log") as file:
        file.write(log)
        file.flush()
        return by_name(log, guest.kmc_report(file.name, "-k", os.path.join(KERNEL, "vmlinux"),
                                             "-m", MODULES, "-s", SOURCE))


def check_sites(tap, name, report, where):
    stacks = {"access": report["frames"]}
    for what, key in ("alloc", "alloc"), ("free", "free"):
        stacks[what] = report[key] and report[key]["frames"]
    for what, frames in stacks.items():
        wanted = where.get((name, what))
        if not wanted and what == "alloc" and name.startswith("fence_"):
            wanted = where["guarded", "alloc"]
        if wanted:
            tap.equal(site(frames), wanted, f"{name}: {what}: the line")


def check(tap, name, report, where):
    checker, error, verdict, wanted, more = BUGS[name]
    more = dict(more)
    tap.equal(report["checker"], checker, f"{name}: the checker")
    if error:
        tap.equal(report["error"], error, f"{name}: what it calls the error")
    tap.equal(report["verdict"]["class"], verdict, f"{name}: the verdict")
    place = more.pop("place", None)
    said = report["verdict"]["headline"] + "\n" + report["verdict"]["text"]
    if place:
        tap.ok(place in said, f"{name}: says {place}", said)
    thing = report["object"] or {}
    for key, value in (wanted or {}).items():
        tap.equal(thing.get(key), value, f"{name}: the object's {key}")
    for key, value in more.items():
        tap.equal(report.get(key), value, f"{name}: {key}")
    check_sites(tap, name, report, where)


def is_wrong(name, report):
    """Is something of the object said to be certain that is not so?"""
    thing, wanted = report["object"], BUGS[name][3]
    if not thing or thing.get("confidence") != "certain" or not thing.get("type"):
        return False
    if not wanted or not wanted.get("type"):
        return wanted is not None
    return any(thing.get(key) != wanted[key] for key in ("type", "offset", "path")
               if key in wanted)


def without_object(log):
    """The log without the lines that come from what the kernel recorded of the object."""
    begins = re.compile(r"(\[ *[\d.]+\] )?(allocated by|Allocated by|freed by|Freed by|Allocated in"
                        r"|Freed in|Last potentially)")
    frame = re.compile(r"(\[ *[\d.]+\] )? ")
    record = re.compile(r"(\[ *[\d.]+\] )?(The buggy address| which belongs| allocated \d"
                        r"| freed \d|kfence-#\d+: )")
    kept, in_track = [], False
    for line in log.splitlines(keepends=True):
        in_track = bool(begins.match(line)) or (in_track and bool(frame.match(line)))
        if not in_track and not record.match(line):
            kept.append(line)
    return "".join(kept)


def boot_checked(tap, *options):
    boot = guest.Guest("checked", module="checked", kernel=KERNEL, modules=MODULES,
                       append=" ".join(("kasan_multi_shot kfence.sample_interval=0", *options)))
    tap.equal(boot.status, 0, "the guest made all bugs happen") or print(boot.tail())
    return boot


def check_certain(tap, what, log):
    """Nothing that is said to be certain is wrong, whatever is missing."""
    wrong = [(name, report["object"]) for name, reports in explain(log).items()
             for report in reports[:1] if name in BUGS and is_wrong(name, report)]
    tap.equal(wrong, [], f"{what}: nothing wrong is certain")


def main():
    guest.need_kernel(KERNEL, "-C kernel checked")
    tap = guest.Tap()
    boot = boot_checked(tap, "no_hash_pointers")
    where = marks()
    found = explain(boot.log)
    tap.equal(sorted(set(found) - set(BUGS)), [], "nothing else is reported")
    for name in BUGS:
        reports = found.get(name, [])
        if tap.ok(reports, f"{name}: is reported"):
            check(tap, name, reports[0], where)
    check_certain(tap, "without the kernel's record", without_object(boot.log))
    boot.close()

    boot = boot_checked(tap)
    found = explain(boot.log)
    got = {name: found[name][0]["verdict"]["class"] for name in BUGS if name in found}
    tap.equal(got, {name: bug[2] for name, bug in BUGS.items()}, "in hashes: the verdicts")
    check_certain(tap, "in hashes", boot.log)
    check_certain(tap, "in hashes, without the kernel's record", without_object(boot.log))
    boot.close()
    tap.done()


if __name__ == "__main__":
    main()
