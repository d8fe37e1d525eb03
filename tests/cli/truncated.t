#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Debug info that is truncated after it was opened: one line that names the file, and
# status 1, not a signal.
set -u

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
# shellcheck source=tests/cli/tap.sh
. "$TOP/tests/cli/tap.sh"
KMC_ANNOTATE=${KMC_ANNOTATE:-$TOP/build/kmc-annotate}
fixtures=$TOP/tests/unit/fixtures
cd "$tmp" || exit 1

compile() {
	gcc -O2 -g -ffreestanding -fno-pic -mcmodel=kernel -DRELEASE='"6.1.0-fixture"' "$@"
}
compile -nostdlib -static -Wl,-Ttext=0xffffffff81000000 "$fixtures/chain.c" -o whole || exit 1
at=$(nm whole | sed -n 's/ T outer$//p')
make_log() {
	cat <<-END
	WARNING: kmemcheck: Caught 32-bit read from uninitialized memory (ffff88003e4a2024)
	80000000000000000000000000000000000000000088ffff0000000000000000
	 i i i i u u u u i i i i i i i i u u u u u u u u u u u u u u u u
	         ^
	Pid: 1856, comm: ntpdate Not tainted 6.1.0-fixture #1
	RIP: 0010:[<$1>]  [<$1>] $2
	 [<ffffffffffffffff>] 0xffffffffffffffff
	END
}
size=$(nm -S whole | sed -n 's/^[0-9a-f]* 0*\([0-9a-f]*\) T outer$/0x\1/p')
make_log "$at" "outer+0x0/$size" >log

# truncates NAME SIZE PROGRAM: what is open becomes shorter, then comes the report.
truncates() {
	local name=$1 left=$2 status=0 pid
	shift 2
	rm -f fifo
	mkfifo fifo
	cp whole vmlinux
	"$@" -k vmlinux fifo >out 2>err &
	pid=$!
	exec 3>fifo
	for ((i = 0; i < 100; i++)); do
		grep -qs vmlinux "/proc/$pid/maps" && break
		sleep 0.05
	done
	truncate -s "$left" vmlinux
	cat log >&3
	exec 3>&-
	wait $pid || status=$?
	judge "$([ $status = 1 ] && [ "$(wc -l <err)" = 1 ] &&
		grep -qF "$tmp/vmlinux: has become shorter while it was read" err && echo yes)" "$name"
}

truncates "kmc-report, nothing is left" 0 "$KMC_REPORT"
truncates "kmc-report, a page is left" 4096 "$KMC_REPORT"
truncates "kmc-report, JSON" 0 "$KMC_REPORT" -f json
truncates "kmc-annotate" 0 "$KMC_ANNOTATE" --dump
"$KMC_REPORT" -k whole <(sleep 5) >out 2>err &
pid=$!
sleep 0.5
kill -BUS $pid
status=0
# bash says how it ended.
{ wait $pid || status=$?; } 2>/dev/null
judge "$([ $status = $((128 + 7)) ] && echo yes)" "a SIGBUS that somebody sends ends it as ever"
plan
