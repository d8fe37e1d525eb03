#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Each folder of testdata/reports is a case: what kmc-report makes of its
# input.log, or of the stream that its input.recipe describes, has to be
# expect.txt and expect.json. REGEN=1 rewrites these; look at the difference.
set -u

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
KMC_REPORT=${KMC_REPORT:-$TOP/build/kmc-report}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
export LC_ALL=C.UTF-8
unset NO_COLOR

# Output, errors and status of one run in one text. Whether debug info is found
# depends on the machine, so the hint about it is left out.
run() {
	"$KMC_REPORT" "$@" >"$tmp/out" 2>"$tmp/err"
	status=$?
	cat "$tmp/out"
	grep -v 'no debug info found' "$tmp/err" >"$tmp/said"
	if [ -s "$tmp/said" ]; then
		echo "--- standard error"
		cat "$tmp/said"
	fi
	[ "$status" = 0 ] || echo "--- exit $status"
}

compare() {
	expect=$1
	have=$2
	if [ -n "${REGEN:-}" ]; then
		cp "$have" "$expect"
	fi
	count=$((count + 1))
	if cmp -s "$expect" "$have"; then
		echo "ok $count - $3"
	else
		echo "not ok $count - $3"
		diff -u "$expect" "$have" | sed 's/^/# /'
	fi
}

set -- "$TOP"/testdata/reports/*/
echo "1..$(($# * 2))"
count=0
for case in "$@"; do
	name=$(basename "$case")
	cd "$tmp" || exit 1
	rm -rf "$tmp/case"
	mkdir "$tmp/case"
	if [ -e "$case/input.recipe" ]; then
		"$TOP/tests/mkstream" "$case/input.recipe" >"$tmp/case/input.stream"
		input=input.stream
	else
		cp "$case/input.log" "$tmp/case/"
		input=input.log
	fi
	cd "$tmp/case" || exit 1
	run --color=never "$input" >"$tmp/text"
	run --format=json "$input" >"$tmp/json"
	compare "$case/expect.txt" "$tmp/text" "golden text $name"
	compare "$case/expect.json" "$tmp/json" "golden json $name"
done
