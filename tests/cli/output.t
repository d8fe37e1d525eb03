#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Groups, lines for editors, width and characters.
set -u

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
# shellcheck source=tests/cli/tap.sh
. "$TOP/tests/cli/tap.sh"

has() {
	grep -qF -- "$1" "$2" || { cat "$2"; false; }
}

differ() {
	! cmp -s "$1" "$2"
}

reports=$TOP/testdata/reports
log=$reports/object-alloc-and-free-stacks/input.log

# ---- groups ----
for _ in 1 2 3; do cat "$log" "$reports/module-frames/input.log"; done >"$tmp/log"
cat "$log" >>"$tmp/log"
"$KMC_REPORT" -q --width=200 --group "$tmp/log" >"$tmp/out"
check "each bug is printed once" test "$(grep -c '^bug ' "$tmp/out")" = 2
check "... the most frequent first" has "freed-read in __dequeue_signal < dequeue_signal < get_signal_to_deliver" \
	<(head -n 1 "$tmp/out")
check "... with its number" same "  4 reports" <(sed -n 2p "$tmp/out")
check "... when first" same "  first  $tmp/log:2, 3.300002 s after boot" <(sed -n 3p "$tmp/out")
check "... and last" has "  last   $tmp/log:" <(sed -n 4p "$tmp/out")
check "... and a report" has "use-after-free: read of an object of cache sigqueue" <(sed -n 6p "$tmp/out")
"$KMC_REPORT" -q --group -n 1 -f json "$tmp/log" >"$tmp/out"
check "a limit counts bugs" test "$(wc -l <"$tmp/out")" = 1
check "... after all reports" has '"reports":4' "$tmp/out"
"$KMC_REPORT" -q --group -f errors "$tmp/log" >"$tmp/out"
check "lines for editors count, too" has ", 4 times [kmemcheck]" "$tmp/out"
"$KMC_REPORT" -q --width=200 --group "$reports/seen-many-times/input.log" >"$tmp/out"
check "accesses are counted" same "  1 report of 17 accesses" <(sed -n 2p "$tmp/out")
"$KMC_REPORT" -q --group --error-exitcode=9 "$tmp/log" >/dev/null
check "the exit status knows of reports" test $? = 9
"$KMC_REPORT" -q --group /dev/null >"$tmp/out"
check "no bugs, no output" test ! -s "$tmp/out"
mkfifo "$tmp/fifo"
"$KMC_REPORT" -q --group --live="$tmp/fifo" >"$tmp/out" &
pid=$!
exec 3>"$tmp/fifo"
cat "$tmp/log" >&3
sleep 1.5
kill -INT $pid
wait $pid
check "an interrupt ends live grouping, with its result" \
	test "$(grep -c '^bug ' "$tmp/out")" = 2
exec 3>&-

# ---- lines for editors ----
"$KMC_REPORT" -q -f errors "$log" >"$tmp/out"
check "without debug info the log is named" same \
	"$log:2: warning: use-after-free: read of an object of cache sigqueue (+20), in __dequeue_signal() [kmemcheck]" "$tmp/out"
part=$reports/two-of-four-bytes-are-uninitialized/input.log
"$KMC_REPORT" -q -f errors "$part" >"$tmp/out"
check "bytes that are initialized are not counted" has \
	", 2 of 4 bytes uninitialized, in __dequeue_signal()" "$tmp/out"
"$KMC_REPORT" -q -f sarif "$part" >"$tmp/out"
check "... in SARIF neither" has ", 2 of 4 bytes uninitialized, in __dequeue_signal()" "$tmp/out"
for format in errors sarif text json; do
	"$KMC_REPORT" -q -f $format "$reports/stack-without-rip-has-no-culprit/input.log" >"$tmp/out"
	check "$format does not say that a caller did it" has_none " in [(]*kmemleak_scan" "$tmp/out"
done
fixtures=$TOP/tests/unit/fixtures
mkdir "$tmp/tree"
cp "$fixtures"/chain.[ch] "$tmp/tree"
(cd "$tmp/tree" && gcc -O2 -g -ffreestanding -fno-pic -mcmodel=kernel \
	-DRELEASE='"6.1.0-fixture"' -nostdlib -static -Wl,-Ttext=0xffffffff81000000 \
	chain.c -o "$tmp/vmlinux" 2>/dev/null)
address=$(nm "$tmp/vmlinux" | sed -n 's/ T caller$//p')
cat >"$tmp/fixture.log" <<END
WARNING: kmemcheck: Caught 32-bit read from uninitialized memory (ffff88003e4a2024)
80000000000000000000000000000000000000000088ffff0000000000000000
 i i i i u u u u i i i i i i i i u u u u u u u u u u u u u u u u
         ^
Pid: 1856, comm: ntpdate Not tainted 6.1.0-fixture #264
RIP: 0010:[<$address>]  [<$address>] caller+0x0/0x10
END
sed -i "s,/0x10,/0x$(nm -S "$tmp/vmlinux" | awk '$4 == "caller" { sub(/^0*/, "", $2); print $2 }')," \
	"$tmp/fixture.log"
"$KMC_REPORT" -q -k "$tmp/vmlinux" -f errors "$tmp/fixture.log" >"$tmp/out"
check "with it, the source" grep -qE '^chain\.[ch]:[0-9]+: warning: .*\(\) \[kmemcheck\]$' "$tmp/out"
"$KMC_REPORT" -q -k "$tmp/vmlinux" -f errors -s "$tmp/tree" "$tmp/fixture.log" >"$tmp/out"
check "--source is put in front" grep -q "^$tmp/tree/chain\.[ch]:[0-9]*: warning: " "$tmp/out"
"$KMC_REPORT" -q -k "$tmp/vmlinux" -f errors -s /usr "$tmp/fixture.log" >"$tmp/out"
check "... where the file is" grep -q "^chain\.[ch]:[0-9]*: warning: " "$tmp/out"
"$KMC_REPORT" -q -k "$tmp/vmlinux" -s "$tmp/tree" "$tmp/fixture.log" >"$tmp/out"
check "text shows the source" grep -q "MARK" "$tmp/out"
mkdir "$tmp/linked"
ln -s ../tree/chain.c ../tree/chain.h "$tmp/linked"
"$KMC_REPORT" -q -k "$tmp/vmlinux" -s "$tmp/linked" "$tmp/fixture.log" >"$tmp/out"
check "... not through a link out of the tree" has_none "MARK" "$tmp/out"
"$KMC_REPORT" -q -k "$tmp/vmlinux" -f errors -s "$tmp/linked" "$tmp/fixture.log" >"$tmp/out"
check "... nor is that named" grep -q "^chain\.[ch]:[0-9]*: warning: " "$tmp/out"
"$KMC_REPORT" -q -k "$tmp/vmlinux" -f sarif -s "$tmp/tree" "$tmp/fixture.log" >"$tmp/out"
check "SARIF names the file" grep -q '"artifactLocation":{"uri":"chain\.[ch]","uriBaseId":"SRCROOT"}' "$tmp/out"
check "... and the tree" grep -q "\"SRCROOT\":{[^}]*},\"uri\":\"file://$tmp/tree/\"}" "$tmp/out"

# ---- characters and width ----
"$KMC_REPORT" -q --ascii "$log" >"$tmp/out"
check "--ascii in a UTF-8 locale" has_none '[^ -~]' "$tmp/out"
"$KMC_REPORT" -q --width=200 "$log" >"$tmp/wide"
"$KMC_REPORT" -q --width=40 "$log" >"$tmp/narrow"
check "--width makes rows longer" differ "$tmp/wide" "$tmp/narrow"
for width in 39 1001 -1 x ''; do
	"$KMC_REPORT" --width="$width" "$log" >/dev/null 2>"$tmp/err"
	check "a width of '$width' is none" test $? = 2
done

# ---- progress ----
# on_terminal COMMAND…: standard error is a terminal, which is recorded in screen
on_terminal() {
	script -qefc "$(printf '%q ' "$@") >'$tmp/out'" "$tmp/screen" </dev/null >/dev/null
}
if command -v script >/dev/null; then
	mkfifo "$tmp/slow"
	{ cat "$log"; sleep 1.2; cat "$log"; } >"$tmp/slow" &
	on_terminal "$KMC_REPORT" -f json "$tmp/slow"
	wait
	check "a terminal sees how far it is" grep -q "MB, 1 report" "$tmp/screen"
	{ cat "$log"; sleep 1.2; cat "$log"; } >"$tmp/slow" &
	on_terminal "$KMC_REPORT" --no-progress -f json "$tmp/slow"
	wait
	check "... not with --no-progress" has_none 'MB, 1' "$tmp/screen"
	on_terminal "$KMC_REPORT" -f json "$log"
	check "... not when it is done at once" has_none MB "$tmp/screen"
fi
mkfifo "$tmp/slow2"
{ cat "$log"; sleep 1; } >"$tmp/slow2" &
"$KMC_REPORT" -f json "$tmp/slow2" >/dev/null 2>"$tmp/err"
wait
check "no terminal, no progress" has_none MB "$tmp/err"

# ---- a signal ----
{ cat "$log"; sleep 20; } >"$tmp/slow2" &
feeder=$!
"$KMC_REPORT" -q -f json "$tmp/slow2" >"$tmp/out" 2>"$tmp/err" &
pid=$!
sleep 1
kill -TERM $pid
wait $pid 2>/dev/null
check "a signal ends reading, by that signal" test $? = 143
check "... what was found is printed" test "$(wc -l <"$tmp/out")" = 1
kill $feeder 2>/dev/null

plan
