#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# No leak and no invalid access while kmc-report reads the corpus, and kmc-store keeps it.
set -u

top=$(cd "$(dirname "$0")/../.." && pwd)
report=${KMC_REPORT:-$top/build/kmc-report}
store=${KMC_STORE:-$top/build/kmc-store}
output=$(mktemp)
trap 'rm -f "$output"' EXIT
count=0

if ! command -v valgrind >/dev/null; then
	echo "1..0 # SKIP valgrind is not installed"
	exit 0
fi

# check NAME COMMAND…: valgrind's own exit status is one that nothing else has
check() {
	local name=$1 status=0
	shift
	valgrind -q --leak-check=full \
		--error-exitcode=99 "$@" >/dev/null 2>"$output" || status=$?
	count=$((count + 1))
	if [ "$status" = 99 ] || [ "$status" -ge 128 ]; then
		echo "not ok $count - $name"
		sed 's/^/# /' "$output"
	else
		echo "ok $count - $name"
	fi
}

shopt -s nullglob
streams=$(mktemp -d)
trap 'rm -rf "$output" "$streams"' EXIT
for recipe in "$top"/testdata/reports/*/input.recipe; do
	stream=$streams/$(basename "$(dirname "$recipe")")
	"$top/tests/mkstream" "$recipe" >"$stream"
done
inputs=("$top"/testdata/reports/*/input.log "$streams"/*)
# Reports from the field, where they are at hand.
corpus=("$top"/../shared/corpus/*.txt)
[ ${#corpus[@]} = 0 ] || check "the corpus" "$report" "${corpus[@]}"
[ ! -f "${VMLINUX:-}" ] ||
	check "lines from a vmlinux" "$report" --force -k "$VMLINUX" "${inputs[@]}"
check "all inputs at once, text" "$report" "${inputs[@]}"
check "all inputs at once, JSON" "$report" --format=json "${inputs[@]}"
check "all inputs at once, a page" "$report" --format=html "${inputs[@]}"
check "all inputs at once, mails" "$report" --format=mail "${inputs[@]}"
check "all inputs into a store" "$store" add "$streams/bugs.db" "${inputs[@]}"
"$report" -q -f json "${inputs[@]}" >"$streams/lines.json" 2>/dev/null
check "JSON into a store" "$store" add --host b "$streams/bugs.db" "$streams/lines.json"
for command in list metrics kcidb regressions; do
	check "kmc-store $command" "$store" "$command" "$streams/bugs.db"
done
check "kmc-store html" "$store" html "$streams/bugs.db" "$streams/page.html"
check "kmc-store show" "$store" show "$streams/bugs.db" "$("$store" list -f json "$streams/bugs.db" |
	head -n 1 | cut -d '"' -f 4)"
check "an input that is not there" "$report" /nowhere/at/all
check "a wrong option" "$report" --frobnicate
check "standard input" "$report" - <"${inputs[0]:-/dev/null}"
echo "1..$count"
