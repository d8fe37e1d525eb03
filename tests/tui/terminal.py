# SPDX-License-Identifier: GPL-2.0-or-later
"""A real terminal for the tests, which tmux is."""

import os
import subprocess
import time

PATIENCE = 20           # seconds; a machine may be busy


class Terminal:
    """A shell in a window of its own tmux server."""

    def __init__(self, directory):
        self.socket = directory + "/tmux"
        self.directory = directory
        environment = dict(os.environ, LC_ALL="C.UTF-8", PS1="$ ", TERM="xterm-256color")
        environment.pop("TMUX", None)
        self.environment = environment
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", "-c",
                  directory, "env LC_ALL=C.UTF-8 PS1='$ ' EDITOR='sh -c \"sleep 1\"' "
                  "sh -i")
        self.wait("$")

    def tmux(self, *command):
        return subprocess.run(("tmux", "-S", self.socket) + command, text=True,
                              check=True, capture_output=True, cwd=self.directory,
                              env=self.environment).stdout

    def keys(self, *keys):
        self.tmux("send-keys", *keys)

    def type(self, text):
        self.tmux("send-keys", "-l", text)

    def run(self, command):
        self.type(command)
        self.keys("Enter")

    def screen(self):
        return self.tmux("capture-pane", "-p")

    def size(self, cols, rows):
        self.tmux("resize-window", "-x", str(cols), "-y", str(rows))

    def wait(self, *texts, gone=()):
        """The screen that has all of @texts and none of @gone; None if it never has."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            screen = self.screen()
            if all(t in screen for t in texts) and not any(t in screen for t in gone):
                return screen
            time.sleep(0.05)
        print(f"# waited for {texts}, without {gone}; there is:")
        for line in self.screen().splitlines():
            print("#  ", line)
        return None

    def sane(self):
        """Echo, line mode, cursor, and the normal screen are back."""
        self.keys("C-u")
        self.run("clear; stty -a | tr ' ;' '\\n\\n' | grep -xE -- '-?(icanon|echo|isig)' | tr '\\n' ' '")
        flags = self.wait("icanon", "echo", "isig", gone=("-icanon", "-echo", "-isig"))
        state = self.tmux("display", "-p", "#{alternate_on}#{cursor_flag}").strip()
        if state != "01":
            print(f"# alternate screen, cursor: {state}")
        return bool(flags) and state == "01"

    def process(self):
        """pid of the kmc-annotate in this window"""
        shell = self.tmux("display", "-p", "#{pane_pid}").strip()
        out = subprocess.run(("ps", "-o", "pid=,comm=", "--ppid", shell), text=True,
                             capture_output=True, check=False).stdout
        for line in out.splitlines():
            pid, comm = line.split(None, 1)
            if comm.startswith("kmc-annotate"):
                return int(pid)
        return None

    def close(self):
        subprocess.run(("tmux", "-S", self.socket, "kill-server"), check=False,
                       capture_output=True)
