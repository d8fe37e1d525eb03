# SPDX-License-Identifier: GPL-2.0-or-later
# What shell tests share: a scratch directory in $tmp, results in TAP; for bash, to be
# read in by "." after TOP is set.
# shellcheck shell=bash
KMC_REPORT=${KMC_REPORT:-$TOP/build/kmc-report}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
export LC_ALL=C.UTF-8
unset NO_COLOR DEBUGINFOD_URLS
count=0

# result ok|"not ok" NAME
result() {
	count=$((count + 1))
	echo "$1 $count - $2"
}

# skip NAME WHY
skip() {
	result ok "$1 # SKIP $2"
}

# check NAME COMMAND…: it succeeds; what it says is shown when it does not
check() {
	local name=$1
	shift
	if "$@" >"$tmp/said" 2>&1; then
		result ok "$name"
	else
		result "not ok" "$name"
		sed 's/^/# /' "$tmp/said" | head -n 20
	fi
}

# judge WORD NAME: any word is good; if there is none, what ./err and ./out hold is shown
judge() {
	if [ -n "$1" ]; then
		result ok "$2"
	else
		result "not ok" "$2"
		cat err out 2>/dev/null | sed 's/^/# /' | head -n 20
	fi
}

# same TEXT FILE: the file holds just this
same() {
	diff -u <(echo "$1") "$2"
}

# has_none PATTERN FILE
has_none() {
	! LC_ALL=C grep -- "$1" "$2"
}

# The plan, at the end.
plan() {
	echo "1..$count"
}
