#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# kmc-report as a program: what it is given, what it says, how it ends.
set -u

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
# shellcheck source=tests/cli/tap.sh
. "$TOP/tests/cli/tap.sh"

# expect STATUS TEXT NAME COMMAND…: the exit status, and TEXT in what standard
# error says, which is a single line when something failed.
expect() {
	local status=$1 text=$2 name=$3 got=0
	shift 3
	"$@" >"$tmp/out" 2>"$tmp/err" </dev/null || got=$?
	if [ "$got" = "$status" ] &&
	   { [ -z "$text" ] || grep -qF -- "$text" "$tmp/err"; } &&
	   { [ "$status" != 1 ] || [ "$(wc -l <"$tmp/err")" = 1 ]; }; then
		result ok "$name"
	else
		result "not ok" "$name"
		echo "# wanted status $status and: $text"
		echo "# got status $got and:"
		sed 's/^/#   /' "$tmp/err"
	fi
}

log=$TOP/testdata/reports/object-alloc-and-free-stacks/input.log
several=$TOP/testdata/reports/cut-off-everywhere/input.log
recipe=$TOP/testdata/reports/stream-object-alloc-module/input.recipe
"$TOP/tests/mkstream" "$recipe" >"$tmp/stream"

# ---- input that cannot be read ----
expect 1 "$tmp/none: cannot open: No such file" "missing file" "$KMC_REPORT" "$tmp/none"
expect 1 "name a log or a saved stream: Is a directory" "directory" "$KMC_REPORT" "$tmp"
touch "$tmp/secret"
chmod 0 "$tmp/secret"
if [ "$(id -u)" != 0 ]; then
	expect 1 "cannot open: Permission denied" "unreadable file" "$KMC_REPORT" "$tmp/secret"
elif command -v setpriv >/dev/null && chmod 755 "$tmp" &&
     setpriv --reuid=65534 --clear-groups test -x "$KMC_REPORT"; then
	expect 1 "cannot open: Permission denied" "unreadable file" \
		setpriv --reuid=65534 --clear-groups "$KMC_REPORT" "$tmp/secret"
else
	skip "unreadable file" "nobody cannot run the program here"
fi
iconv -f UTF-8 -t UTF-16 "$log" >"$tmp/utf16"
expect 1 "$tmp/utf16: UTF-16 text; use iconv" "UTF-16 with a mark" "$KMC_REPORT" "$tmp/utf16"
iconv -f UTF-8 -t UTF-16BE "$log" >"$tmp/utf16"
expect 1 "$tmp/utf16: UTF-16 text; use iconv" "UTF-16 without" "$KMC_REPORT" "$tmp/utf16"
printf 'LPKSHHRH\0\0\0\0\0\0\0\0' >"$tmp/journal"
expect 1 "use journalctl" "a journal file" "$KMC_REPORT" "$tmp/journal"
expect 1 "not a log" "an ELF file is no log" "$KMC_REPORT" "$KMC_REPORT"
evil=$tmp/$(printf 'e\033[2Jvil')
expect 1 'e\x1b[2Jvil: cannot open' "a file name cannot steer the terminal" "$KMC_REPORT" "$evil"
head -c 700 "$tmp/stream" >"$tmp/cut"
expect 1 "stream is cut off within the record at byte" "stream cut off" "$KMC_REPORT" "$tmp/cut"
if [ -e /sys/kernel/debug/kmemcheck ]; then
	skip "no kmemcheck in this kernel" "there is"
else
	expect 1 "kmc-report: /sys/kernel/debug/kmemcheck/reports: " "no kmemcheck in this kernel" \
		"$KMC_REPORT" --live
fi
expect 1 "" "a bad file does not stop the next" "$KMC_REPORT" -q "$tmp/none" "$log"
check "... whose report is printed" grep -q "32-bit read of freed memory" "$tmp/out"

# ---- input without reports ----
printf 'eth0: up\nWARNING: kmemcheck: Caught 32-bit peek from freed memory (c7806a60)\n' >"$tmp/peek"
for format in text json errors sarif; do
	expect 0 "/dev/null: no report" "/dev/null, $format" \
		"$KMC_REPORT" -f $format /dev/null
	expect 0 "peek:2: " "a header that cannot be read, $format" \
		"$KMC_REPORT" -f $format "$tmp/peek"
done
"$KMC_REPORT" "$tmp/none" /dev/null 2>"$tmp/err"
check "a bad file does not silence the next" grep -q "/dev/null: no report" "$tmp/err"
printf '[    1.000000] BUG: scheduling while atomic: demo/9/0x2\n' >"$tmp/other"
for format in text json errors sarif; do
	expect 0 "other:1: looks like a report" "what no family reads is named, $format" \
		"$KMC_REPORT" -f $format "$tmp/other"
done
expect 7 "other:1: " "... and counts for the exit code" \
	"$KMC_REPORT" --error-exitcode=7 "$tmp/other"
printf 'UBSAN: in /demo.c:6:14\nload of value 7 is no bool\n' >"$tmp/nameless"
expect 0 "nameless:1: looks like a report" "... nor one that does not say what it is" \
	"$KMC_REPORT" "$tmp/nameless"
families=$TOP/testdata/reports/faults-of-four-machines/input.log
expect 0 "" "one checker only" "$KMC_REPORT" -q -f errors --only=GPF,list "$families"
check "... is what is printed" test "$(grep -c warning: "$tmp/out")" = 1
expect 2 "--only: cannot be 'kasan,nosuch'; it is some of: kmemcheck, KASAN," "a checker that there is not" \
	"$KMC_REPORT" --only=kasan,nosuch "$families"
head -c 3000000 /dev/urandom >"$tmp/noise"
expect 0 "" "noise" "$KMC_REPORT" "$tmp/noise"
expect 0 "" "quiet says nothing" "$KMC_REPORT" -q /dev/null
check "... at all" test ! -s "$tmp/err"

# ---- usage ----
expect 2 "usage:" "no operand" "$KMC_REPORT"
expect 2 "usage:" "unknown option" "$KMC_REPORT" --frobnicate
expect 2 "--format: cannot be 'xml'" "unknown format" "$KMC_REPORT" -f xml "$log"
expect 2 "--limit: cannot be '-1'" "negative limit" "$KMC_REPORT" -n -1 "$log"
expect 2 "cannot be read as well" "live and an operand" "$KMC_REPORT" -l "$log"
expect 0 "" "help" "$KMC_REPORT" --help
# Options as a sorted list; the page writes each hyphen as \-.
options() {
	sed 's/\\-/-/g' "$1" | grep -o -- '--[a-z][a-z-]*' | sort -u
}
options "$tmp/out" >"$tmp/help"
options "${KMC_BUILD:-$TOP/build}/kmc-report.1" >"$tmp/man"
check "... names the options of the man page" cmp "$tmp/help" "$tmp/man"
expect 0 "" "version" "$KMC_REPORT" --version

# ---- output ----
expect 7 "" "error exit code" "$KMC_REPORT" -q --error-exitcode=7 "$log"
expect 0 "" "... not without a report" "$KMC_REPORT" -q --error-exitcode=7 /dev/null
expect 0 "" "limit" "$KMC_REPORT" -q -n 2 --format=json "$several" "$several"
check "... counts over all inputs" test "$(wc -l <"$tmp/out")" = 2
"$KMC_REPORT" -q --color=always "$log" >"$tmp/out"
check "colour when asked for" grep -q "$(printf '\033')" "$tmp/out"
"$KMC_REPORT" -q "$log" >"$tmp/out"
check "no colour into a file" has_none "$(printf '\033')" "$tmp/out"
LC_ALL=C "$KMC_REPORT" -q "$TOP/testdata/reports/hostile-names/input.log" >"$tmp/out"
check "ASCII where the locale is" has_none '[^ -~]' "$tmp/out"
"$KMC_REPORT" -q - <"$log" >"$tmp/out"
check "standard input" grep -q "from -:2" "$tmp/out"
"$KMC_REPORT" -q "$tmp/stream" >"$tmp/out"
mkfifo "$tmp/pipe"
cat "$tmp/stream" >"$tmp/pipe" &
"$KMC_REPORT" -q - <"$tmp/pipe" | sed "s,from -,from $tmp/stream," >"$tmp/piped"
wait
check "a stream through a pipe" cmp -s "$tmp/out" "$tmp/piped"
if [ -w /dev/full ]; then
	sh -c '"$1" -q "$2" >/dev/full' sh "$KMC_REPORT" "$log" 2>"$tmp/err"
	check "a full disk is an error" test $? = 1 -a -s "$tmp/err"
else
	skip "a full disk is an error" "no /dev/full"
fi
# A file of ours must not become a standard stream that is closed.
expect 1 "-: cannot read: Bad file descriptor" "standard input is closed" \
	timeout 10 sh -c 'exec "$@" <&-' sh "$KMC_REPORT" -
expect 1 "-: cannot read: Bad file descriptor" "... and followed" \
	timeout 10 sh -c 'exec "$@" <&-' sh "$KMC_REPORT" --live=-
expect 0 "" "... but not needed" sh -c 'exec "$@" <&-' sh "$KMC_REPORT" -q "$log"
check "... for a report" grep -q "32-bit read of freed memory" "$tmp/out"
expect 1 "standard output: Bad file descriptor" "standard output is closed" \
	sh -c 'exec "$@" >&-' sh "$KMC_REPORT" -q "$log"
sh -c 'exec "$@" 2>&-' sh "$KMC_REPORT" "$log" "$tmp/none" >"$tmp/out"
check "standard error is closed" test $? = 1
check "... and nothing else is there" grep -q "32-bit read of freed memory" "$tmp/out"
sh -c 'exec "$@" <&- >&- 2>&-' sh "$KMC_REPORT" "$log"
check "all are closed" test $? = 1
for _ in $(seq 3000); do cat "$log"; done >"$tmp/long"
"$KMC_REPORT" -q "$tmp/long" 2>"$tmp/err" | head -n 1 >/dev/null
check "head on the other side is no error" test ! -s "$tmp/err"

# ---- live ----
# wait_for FILE TEXT: at most ten seconds
wait_for() {
	for _ in $(seq 100); do
		grep -qF "$2" "$1" && return 0
		sleep 0.1
	done
	return 1
}

mkfifo "$tmp/fifo"
"$KMC_REPORT" -q --live="$tmp/fifo" >"$tmp/out" 2>"$tmp/err" &
pid=$!
exec 3>"$tmp/fifo"
cat "$tmp/stream" >&3
check "a live report is printed at once" wait_for "$tmp/out" "report 1"
cat "$tmp/stream" >&3
exec 3>&-
wait $pid
check "the end of a FIFO is the end" test $? = 0

"$KMC_REPORT" -q --live="$tmp/fifo" >"$tmp/out" 2>"$tmp/err" &
pid=$!
exec 3>"$tmp/fifo"
head -n 20 "$log" >&3
tail -n +21 "$log" | grep -v systemd >&3
check "a live report in text ends with silence" wait_for "$tmp/out" "32-bit read"
kill -INT $pid
wait $pid
check "SIGINT ends it cleanly" test $? = 0 -a ! -s "$tmp/err"
exec 3>&-

: >"$tmp/growing"
"$KMC_REPORT" -q --live="$tmp/growing" >"$tmp/out" 2>"$tmp/err" &
pid=$!
cat "$log" >>"$tmp/growing"
check "a log that grows is followed" wait_for "$tmp/out" "32-bit read"
kill -TERM $pid
wait $pid
check "SIGTERM ends it cleanly" test $? = 0

python3 - "$tmp/socket" "$tmp/stream" <<'EOP' &
import socket, sys
server = socket.socket(socket.AF_UNIX)
server.bind(sys.argv[1])
server.listen()
server.settimeout(20)
peer = server.accept()[0]
peer.sendall(open(sys.argv[2], "rb").read())
peer.close()
EOP
for _ in $(seq 100); do [ -S "$tmp/socket" ] && break; sleep 0.1; done
sleep 0.2
"$KMC_REPORT" -q --live="$tmp/socket" >"$tmp/out"
check "a unix socket" grep -q "report 2" "$tmp/out"
wait

# ---- debug info ----
expect 1 "$tmp/none" "a vmlinux that is missing" "$KMC_REPORT" -k "$tmp/none" "$log"
expect 1 "$log" "a vmlinux that is none" "$KMC_REPORT" -k "$log" "$log"
expect 0 "no debug info found for module foo; name the directory of its .ko with -m DIR" \
	"a module without a file" "$KMC_REPORT" -k "$TOP/build/fixtures/manual/vmlinux" --force \
	"$TOP/testdata/reports/module-frames/input.log"
if [ -n "${VMLINUX:-}" ] && [ -e "${VMLINUX:-}" ]; then
	expect 1 "6.1.0-golden" "a vmlinux of another release" "$KMC_REPORT" -k "$VMLINUX" "$log"
	expect 0 "" "... used with --force" "$KMC_REPORT" -q --force -k "$VMLINUX" "$log"
else
	skip "a vmlinux of another release" "no VMLINUX"
	skip "... used with --force" "no VMLINUX"
fi

# ---- cut off in the line of the instruction ----
whole=$TOP/testdata/fixtures/manual/report.log
at=$(grep -ob 'RIP: 0010' "$whole" | head -n 1 | cut -d: -f1)
for ((n = at; n < at + 45; n++)); do
	head -c $n "$whole" | "$KMC_REPORT" -q -
done >"$tmp/out" 2>&1
check "half an address is no instruction" has_none "--> in 0x.\{1,15\}$" "$tmp/out"

plan
