#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Functions that share their names, in Debian's kernel: DEBIAN_VMLINUX names the one of
# linux-image-6.1.0-57-amd64-dbg, 6.1.192-3.
set -u

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
if [ ! -r "${DEBIAN_VMLINUX:-}" ]; then
	echo "1..0 # SKIP DEBIAN_VMLINUX does not name Debian's vmlinux"
	exit 0
fi
# shellcheck source=tests/cli/tap.sh
. "$TOP/tests/cli/tap.sh"

log=$TOP/testdata/faults/ambiguous-t_start.log
says() {
	"$KMC_REPORT" -q -k "$DEBIAN_VMLINUX" "$1" >"$tmp/out"
	grep -qF -- "$2" "$tmp/out" || { cat "$tmp/out"; false; }
}

check "of six t_start(), the address tells which" \
	says "$log" "one of six functions of that name, told by its address"
check "... and so its line" says "$log" "kernel/trace/trace_stack.c:400"
sed 's/\[<ffffffff811cf821>\] *//g' "$log" >"$tmp/log"
check "without it, that an instruction begins there" \
	says "$tmp/log" "one of six functions of that name, told by its offset"
# At the start of each is an instruction, and it reads nothing.
sed -i 's,t_start+0x61/0x80,t_start+0x0/0x0,' "$tmp/log"
check "or nothing, which is said" says "$tmp/log" "ambiguous: six functions of that name"
VMLINUX=$DEBIAN_VMLINUX "$TOP/tests/cli/namesakes.t" >"$tmp/all"
check "all functions of Debian's that share their names" has_none "^not ok" "$tmp/all"
grep '^#' "$tmp/all"
plan
