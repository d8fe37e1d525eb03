#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""kmc-annotate on a real terminal, which tmux is.

Resized while one searches, fed while it follows, suspended, killed, crashed: the screen
is what it should be, and afterwards the terminal is as it was.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import fixture
from terminal import Terminal

ROOT = os.path.dirname(os.path.dirname(fixture.HERE))
ANNOTATE = os.path.abspath(os.environ.get("KMC_ANNOTATE") or ROOT + "/build/kmc-annotate")

def start(t, arguments, *texts):
    t.size(80, 24)
    t.run(f"clear; {ANNOTATE} {arguments}; echo status=$?")
    return t.wait(*texts)


def leave(t, key="Q"):
    """It ends without an error; what is typed before the shell is back is lost."""
    t.keys(key)
    return t.wait("status=0") and t.sane()


def test_draws_and_leaves(t):
    """a type is drawn, and q leaves the terminal as it was"""
    ok = start(t, "-k vmlinux demo", "struct demo, 104 bytes", "(hole)")
    return ok and leave(t, "q")


def test_resize_while_searching(t):
    """a window that is resized while one searches keeps the search"""
    ok = start(t, "-k vmlinux demo", "struct demo, 104 bytes")
    t.type("/rel")
    ok = ok and t.wait("/rel", "release")
    t.size(50, 8)
    ok = ok and t.wait("/rel", "release")
    t.type("ease")
    ok = ok and t.wait("/release")
    t.size(100, 30)
    t.keys("Enter")
    ok = ok and t.wait(">      88      8    release", "T types")
    return ok and leave(t)


def test_tiny(t):
    """windows of a few cells, and back"""
    ok = start(t, "-k vmlinux -s . reports.log", "4 reports of 3 bugs")
    t.keys("Enter")
    ok = ok and t.wait("32-bit read of uninit")
    for cols, rows in (20, 3), (3, 2), (1, 1), (2, 1), (80, 24):
        t.size(cols, rows)
        t.keys("j", "Tab", "k")
        time.sleep(0.1)
    ok = ok and t.wait("struct demo", "Tab next uninit")
    return ok and leave(t)


def test_escape(t):
    """Alt and Control sequences are read whole, and Esc does not leave"""
    ok = start(t, "-k vmlinux demo", "struct demo, 104 bytes")
    # Alt and Up as some terminals send it, and Esc three times at once.
    for sequence in "\033\033[A", "\033\033\033", "\033x", "\033[1;7Q", "\033Oz", "\033":
        t.tmux("send-keys", "-l", sequence)
        ok = ok and t.wait("q leaves" if not sequence.strip("\033") else "that key does nothing")
        t.keys("j")
        ok = ok and t.wait("T types", "struct demo")
        ok = ok and "0x68" not in t.screen()
    return ok and leave(t)


def test_paste(t):
    """what is pasted goes into a prompt and is never taken for keys"""
    ok = start(t, "-k vmlinux demo", "struct demo, 104 bytes")
    # tmux brackets it when the program has asked for that.
    t.tmux("set-buffer", "jjQ\nqq")
    t.tmux("paste-buffer", "-p")
    ok = ok and t.wait("goes into a prompt", "1/")
    t.keys("g")
    t.tmux("set-buffer", "info.code\nQ")
    t.tmux("paste-buffer", "-p")
    ok = ok and t.wait("go to offset or member: info.codeQ")
    t.keys("BSpace", "Enter")
    ok = ok and t.wait("code", "info", "struct demo", gone=("go to offset",))
    return ok and leave(t)


def test_mouse(t):
    """M switches the mouse on: a click unfolds, the wheel scrolls"""
    t.size(80, 24)
    t.run(f"clear; TERM=xterm-256color {ANNOTATE} -k vmlinux demo; echo status=$?")
    ok = t.wait("struct demo, 104 bytes")
    t.keys("M")
    ok = ok and t.wait("the mouse scrolls and unfolds")
    t.tmux("send-keys", "-l", "\033[<0;20;3M\033[<0;20;3m")
    ok = ok and t.wait("signo", "2/21")
    t.tmux("send-keys", "-l", "\033[<65;20;3M")
    ok = ok and t.wait("5/21")
    t.tmux("send-keys", "-l", "\033[<64;20;3M")
    ok = ok and t.wait("2/21")
    t.keys("M")
    return ok and t.wait("the terminal's again") and leave(t)


def test_themes(t):
    """neither yellow nor cyan on a light background; 256 colours where there are"""
    for how, wanted, unwanted in (
            ("TERM=xterm-color", "33", "35"), ("TERM=xterm-color COLORFGBG='0;15'", "35", "33"),
            ("TERM=xterm-256color", "38;5;221", "38;5;130"),
            ("TERM=xterm-256color COLORFGBG='0;15'", "38;5;130", "38;5;221")):
        t.size(80, 50)
        t.run(f"clear; {how} {ANNOTATE} -k vmlinux reports.log; echo status=$?")
        ok = t.wait("4 reports of 3 bugs")
        t.keys("Enter")
        ok = ok and t.wait("uuuu", "iiii")
        text = t.tmux("capture-pane", "-p", "-e")
        if not ok or wanted + "m" not in text or f"[{unwanted}m" in text or not leave(t):
            print(f"# {how}: {text!r}")
            return False
    t.size(80, 24)
    return start(t, "--theme=light -k vmlinux demo", "struct demo") and leave(t)


def test_wait(t):
    """while types are read there is a screen that says so"""
    t.tmux("pipe-pane", "cat >sent")
    ok = start(t, "-k vmlinux demo", "struct demo, 104 bytes")
    t.tmux("pipe-pane")
    with open(t.directory + "/sent") as f:
        sent = f.read()
    return ok and "reading what is needed for demo" in sent and leave(t)


def test_suspend(t):
    """suspended with C-z it leaves the terminal to the shell, and fg brings it back"""
    ok = start(t, "-k vmlinux demo", "struct demo, 104 bytes")
    t.keys("C-z")
    ok = ok and t.wait("Stopped") and t.sane()
    t.run("clear; fg; echo status=$?")
    ok = ok and t.wait("struct demo, 104 bytes", "Enter unfold")
    t.keys("j")
    ok = ok and t.wait("2/15")
    return ok and leave(t)


def test_editor(t):
    """an editor has the terminal while it runs"""
    ok = start(t, "-k vmlinux -s . reports.log", "4 reports of 3 bugs")
    t.keys("Enter", "s", "Down", "e")
    time.sleep(0.5)
    state = t.tmux("display", "-p", "#{alternate_on}").strip()
    ok = ok and state == "0" and t.wait("Stacks of reports.log:2")
    return ok and leave(t)


def test_live(t):
    """reports appear as they come, not while paused, and the end is said"""
    with open(t.directory + "/reports.log") as f:
        lines = f.read().splitlines(keepends=True)
    os.mkfifo(t.directory + "/fifo")
    ok = start(t, "-k vmlinux --live=fifo", "0 reports of 0 bugs, following")
    with open(t.directory + "/fifo", "w") as fifo:
        def feed(first, end):
            fifo.write("".join(lines[first:end]))
            fifo.flush()
        feed(0, 18)
        ok = ok and t.wait("1 report of 1 bug, following", "demo_error")
        feed(18, 36)
        ok = ok and t.wait("2 reports of 1 bug")
        t.keys("p")
        ok = ok and t.wait("paused")
        feed(36, 54)
        time.sleep(1)
        ok = ok and t.wait("2 reports of 1 bug, paused")
        t.keys("p")
        ok = ok and t.wait("3 reports of 2 bugs, following", "demo_word")
        t.keys("Enter")
        ok = ok and t.wait("demo_error", "Memory", "struct demo")
        feed(54, 72)
        t.size(70, 20)
        t.keys("q")
        ok = ok and t.wait("4 reports of 3 bugs, following")
    ok = ok and t.wait("the stream has ended")
    return ok and leave(t)


def test_live_file(t):
    """a log is followed when it is truncated, and when another file gets its name"""
    with open(t.directory + "/reports.log") as f:
        report = "".join(f.read().splitlines(keepends=True)[:18])
    log = t.directory + "/live.log"
    with open(log, "w"):
        pass
    ok = start(t, "-k vmlinux --live=live.log 2>said", "0 reports of 0 bugs, following")
    seen = 0
    for change in None, "truncated; reading it", "replaced by another file", "truncated":
        if change and change.startswith("replaced"):
            os.rename(log, log + ".1")
        elif change:
            os.truncate(log, 0)
        for _ in range(50):
            with open(log, "a") as file:
                file.write(report)
        seen += 50
        ok = ok and t.wait(f"{seen} reports of 1 bug, following", *filter(None, [change]))
    ok = ok and leave(t)
    with open(t.directory + "/said") as f:
        said = f.read()
    if not ok or said.count("live.log: truncated") != 2 or said.count("live.log: replaced") != 1:
        print("# " + said)
        return False
    return True


def test_input_from_a_pipe(t):
    """a log from standard input leaves the keyboard to the keys"""
    t.size(80, 24)
    t.run(f"clear; cat reports.log | {ANNOTATE} -k vmlinux -; echo status=$?")
    ok = t.wait("4 reports of 3 bugs")
    t.keys("j", "Enter")
    ok = ok and t.wait("demo_word")
    return ok and leave(t)


def test_killed(t):
    """SIGTERM, SIGHUP and SIGINT end it with a clean terminal"""
    for sig in signal.SIGTERM, signal.SIGHUP, signal.SIGINT:
        if not start(t, "-k vmlinux demo", "struct demo, 104 bytes"):
            return False
        os.kill(t.process(), sig)
        if not t.wait("$", gone=("104 bytes",)) or not t.sane():
            print(f"# after {sig.name}")
            return False
    return True


def test_crash(t):
    """a crash leaves a clean terminal and is still seen as one"""
    for sig in signal.SIGSEGV, signal.SIGABRT:
        if not start(t, "-k vmlinux demo", "struct demo, 104 bytes"):
            return False
        os.kill(t.process(), sig)
        if not t.wait(f"status={128 + sig}") or not t.sane():
            print(f"# after {sig.name}")
            return False
    return True


def test_no_color(t):
    """NO_COLOR means none, and the states are still letters"""
    for variable, wanted in ("NO_COLOR=", True), ("NO_COLOR=1", False):
        t.size(80, 50)
        t.run(f"clear; {variable} {ANNOTATE} -k vmlinux reports.log; echo status=$?")
        ok = t.wait("4 reports of 3 bugs")
        t.keys("Enter")
        ok = ok and t.wait("uuuu", "iiii")
        text = t.tmux("capture-pane", "-p", "-e")
        colored = re.search(r"\033\[(\d+;)*3[1-8][;m]", text) is not None
        if not ok or colored != wanted or not leave(t):
            print(f"# {variable}: coloured {colored}")
            return False
    return True


def test_dumb(t):
    """TERM=dumb prints instead of drawing"""
    t.size(80, 40)
    t.run(f"clear; TERM=dumb {ANNOTATE} -k vmlinux demo; echo status=$?")
    return t.wait("struct demo, 104 bytes", "104  11 members", "status=0") and t.sane()


def test_message_instead_of_a_dead_screen(t):
    """without the type there is a line and no screen"""
    t.run(f"clear; {ANNOTATE} -k vmlinux nosuch; echo status=$?")
    return t.wait("has no complete struct", "status=1") and t.sane()


def main():
    wanted = "test_" + (sys.argv[1] if len(sys.argv) > 1 else "")
    tests = [f for name, f in sorted(globals().items()) if name.startswith(wanted)]
    if not shutil.which("tmux"):
        print("1..0 # SKIP tmux is not installed")
        return 0
    print(f"1..{len(tests)}")
    failed = 0
    for n, test in enumerate(tests, 1):
        with tempfile.TemporaryDirectory() as directory:
            fixture.build(directory)
            fixture.log(directory)
            terminal = Terminal(directory)
            try:
                good = bool(test(terminal))
            finally:
                terminal.close()
        failed += not good
        print(f"{'ok' if good else 'not ok'} {n} - {test.__doc__}", flush=True)
    return failed > 0


sys.exit(main())
