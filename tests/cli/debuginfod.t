#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Debug info from a debuginfod server on this machine: found, shown, interrupted.

The cache is an empty directory, and so is HOME.
"""

import http.server
import json
import os
import pty
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

TOP = os.environ.get("TOP") or os.path.abspath(os.path.dirname(__file__) + "/../..")
PROGRAM = os.path.abspath(os.environ.get("KMC_REPORT", TOP + "/build/kmc-report"))
FIXTURES = TOP + "/tests/unit/fixtures/"
BUILD_ID = "fedcba98" * 5
MODULE_ID = "76543210" * 5
BASE = 0xffffffffc0000000
count = 0


def result(good, name, why=""):
    global count
    count += 1
    print(f"{'ok' if good else 'not ok'} {count} - {name}", flush=True)
    for line in str(why).splitlines()[:20] if not good else []:
        print("# " + line)


def skip(name, why):
    global count
    count += 1
    print(f"ok {count} - {name} # SKIP {why}", flush=True)


def shell(command):
    return subprocess.run(command, shell=True, check=True, stdout=subprocess.PIPE,
                          text=True).stdout


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def symbol(path, name):
    """-> (address, size) of a function"""
    for line in shell(f"nm -S {path}").splitlines():
        words = line.split()
        if words[-1] == name:
            return int(words[0], 16), int(words[1], 16)
    raise SystemExit(f"no {name} in {path}")


def make_files(store):
    """A vmlinux and a module with debug info in a directory for the server."""
    flags = "-O2 -g -ffreestanding -fno-pic -mcmodel=kernel"
    os.mkdir(store)
    shell(f"gcc {flags} -DRELEASE='\"6.1.0-fixture\"' -nostdlib -static "
          f"-Wl,--build-id=0x{BUILD_ID} -Wl,-Ttext=0xffffffff81000000 "
          f"{FIXTURES}chain.c -o {store}/vmlinux 2>/dev/null")
    shell(f"gcc {flags} -c {FIXTURES}module.c -o {store}/part.o && "
          f"ld -r --build-id=0x{MODULE_ID} {store}/part.o -o {store}/fix-mod.ko && rm {store}/part.o")


def make_stream(store):
    """A report from caller() and module_work(), as the kernel records it."""
    caller, size = symbol(store + "/vmlinux", "caller")
    offset, work_size = symbol(store + "/fix-mod.ko", "module_work")
    report = {
        "address": "0xffff888010004024", "regs": {"rip": hex(caller + 5)},
        "stack": [hex(BASE + offset + 5)],
        "symbols": [f"caller+0x5/0x{size:x}", f"module_work+0x5/0x{work_size:x} [fix_mod]"],
        "modules": [{"name": "fix_mod", "base": hex(BASE), "size": 0x4000,
                     "build_id": MODULE_ID}],
    }
    with open("recipe", "w", encoding="ascii") as file:
        json.dump([{"header": {"release": "6.1.0-fixture", "build_id": BUILD_ID}},
                   {"report": report}], file)
    with open("stream", "wb") as file:
        subprocess.run([TOP + "/tests/mkstream", "recipe"], stdout=file, check=True)


def environment(port, cache):
    env = {name: os.environ[name] for name in os.environ
           if not name.startswith("DEBUGINFOD") and name not in ("HOME", "XDG_CACHE_HOME")}
    return dict(env, HOME=cache, LC_ALL="C.UTF-8", TERM="dumb",
                **{"DEBUGINFOD_URLS": f"http://127.0.0.1:{port}"} if port else {})


def run(port, cache, *args, **more):
    return subprocess.run([PROGRAM, *args, "stream"], env={**environment(port, cache), **more},
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          timeout=60, check=False)


def files_of(done):
    """Files of all levels of the first report's frames."""
    return [level["file"] for frame in json.loads(done.stdout)["frames"]
            for level in frame["inline"]]


def wait_for_server(port, path):
    for _ in range(300):
        try:
            with socket.create_connection(("127.0.0.1", port), 1) as sock:
                sock.sendall(f"GET {path} HTTP/1.0\r\n\r\n".encode())
                if b" 200 " in sock.recv(64):
                    return True
        except OSError:
            pass
        time.sleep(0.1)
    return False


def check_server(store):
    port = free_port()
    server = subprocess.Popen(["debuginfod", "-F", "-p", str(port), "-d", "index.sqlite", store],
                              env=dict(os.environ, DEBUGINFOD_URLS="", HOME=os.getcwd()),
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        ready = all([wait_for_server(port, f"/buildid/{build_id}/debuginfo")
                     for build_id in (BUILD_ID, MODULE_ID)])
        result(ready, "the server has both files")
        os.mkdir("cache")
        done = run(0, "cache", "-f", "json")
        result(not files_of(done), "without DEBUGINFOD_URLS nothing is asked", done.stdout)
        done = run(port, "cache", "-f", "json")
        files = files_of(done)
        result(any(file.endswith("chain.c") for file in files), "vmlinux is found by its build-ID",
               done.stdout + done.stderr)
        result(any(file.endswith("module.c") for file in files), "a module, too",
               done.stdout + done.stderr)
        lines = done.stderr.splitlines()
        result(done.returncode == 0 and
               [line for line in lines if "downloading debug info from the servers" in line] and
               [line for line in lines if re.search(r"MB of debug info downloaded, in \d+ s", line)]
               and "\r" not in done.stderr,
               "... and without a terminal its begin and end are said", done.stderr)
    finally:
        server.terminate()
        server.wait()
    done = run(port, "cache", "-f", "json")
    result(files_of(done) == files, "the second time the cache has it", done.stdout + done.stderr)
    os.mkdir("cache2")
    done = run(port, "cache2", "-f", "json")
    result(done.returncode == 0 and done.stdout and
           "cannot get debug info from DEBUGINFOD_URLS: Connection refused" in done.stderr,
           "a server that is down is said, and the report is printed", done.stderr)


def check_limits():
    """A server that does not answer, and one that stops within its answer."""
    silent = socket.create_server(("127.0.0.1", 0))
    stalled = start_slow(30)
    for name, port in (("silent", silent.getsockname()[1]),
                       ("stalled", stalled.server_address[1])):
        os.mkdir(name)
        start = time.monotonic()
        done = run(port, name, "-f", "json", DEBUGINFOD_TIMEOUT="2")
        seconds = time.monotonic() - start
        lines = done.stderr.splitlines()
        result(done.stdout and seconds < 15, f"a {name} server is given up, the report printed",
               f"{seconds:.1f} s, {done.stderr}")
        result([line for line in lines
                if "the download of debug info was given up after 2 seconds without progress" in
                line] and len(lines) <= 4, "... and it is said", done.stderr)
    silent.close()
    stalled.shutdown()


class Slow(http.server.BaseHTTPRequestHandler):
    """Gives what it was asked for, in small pieces for several seconds."""

    def do_GET(self):
        with open("store/vmlinux", "rb") as file:
            data = file.read() + bytes(3000000)
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        try:
            for at in range(0, len(data), 100000):
                self.wfile.write(data[at:at + 100000])
                time.sleep(self.server.pause)
        except OSError:
            pass

    def log_message(self, *args):
        pass


def start_slow(pause):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Slow)
    server.pause = pause
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def on_terminal(port, cache, *args, interrupt=0):
    """-> status, what the terminal got, seconds; standard output is lost"""
    os.mkdir(cache)
    master, slave = pty.openpty()
    start = time.monotonic()
    child = subprocess.Popen([PROGRAM, *args, "stream"], env=environment(port, cache),
                             stdout=subprocess.DEVNULL, stderr=slave)
    os.close(slave)
    if interrupt:
        time.sleep(interrupt)
        child.send_signal(signal.SIGINT)
    said = b""
    while True:
        try:
            data = os.read(master, 4096)
        except OSError:     # nobody has it open any more
            break
        if not data:
            break
        said += data
    os.close(master)
    return child.wait(), said.decode(), time.monotonic() - start


def screen(said):
    """What is left on the last line."""
    last = ""
    for piece in said.split("\n")[-1].split("\r"):
        last = piece + last[len(piece):]
    return last.strip()


def check_terminal():
    server = start_slow(0.1)
    port = server.server_address[1]
    status, said, seconds = on_terminal(port, "cache3")
    result(status == 0 and re.search(r"downloading debug info: \d+ of \d+ MB", said),
           "a terminal sees the download", said)
    result(screen(said) == "", "... and it is erased", repr(said))
    _, said, _ = on_terminal(port, "cache4", "--no-progress")
    result("downloading" not in said, "--no-progress is silent", said)
    _, said, _ = on_terminal(port, "cache5", "-q")
    result(said == "", "--quiet, too", said)
    server.shutdown()
    server = start_slow(2)
    status, said, seconds = on_terminal(server.server_address[1], "cache6", interrupt=1.5)
    result(status == -signal.SIGINT and seconds < 10, "Ctrl-C ends a download",
           f"status {status}, {seconds:.1f} s: {said}")
    result(screen(said) == "", "... and leaves no line", repr(said))
    left = [name for _, _, names in os.walk("cache6") for name in names
            if name.startswith("debuginfo")]
    result(not left, "... and no half file", left)
    server.shutdown()


def main():
    with tempfile.TemporaryDirectory() as tmp:
        os.chdir(tmp)
        make_files("store")
        make_stream("store")
        if shutil.which("debuginfod"):
            check_server("store")
        else:
            skip("a real server", "debuginfod is not installed")
        check_terminal()
        check_limits()
        os.chdir("/")
    print(f"1..{count}")


main()
