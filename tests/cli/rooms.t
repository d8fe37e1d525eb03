#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The arrows between rooms are those that ARCHITECTURE.md has, and whoever draws another
# one is told.
set -u

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
# shellcheck source=tests/cli/tap.sh
. "$TOP/tests/cli/tap.sh"

check "this tree has the rooms and arrows of its table" "$TOP/scripts/rooms" "${KMC_BUILD:-build}"

# A tree of two rooms; the upper one uses the lower one.
tree=$tmp/tree
mkdir -p "$tree"/{scripts,lib/low,lib/high,build/obj}
cp "$TOP/scripts/rooms" "$tree/scripts"
git -C "$tree" init -q

# table LOW-MAY-USE HIGH-MAY-USE
table() {
	cat >"$tree/ARCHITECTURE.md" <<-END
		| room | holds | may use |
		|---|---|---|
		| \`lib/low/\` | this | $1 |
		| \`lib/high/\` | that | $2 |
	END
}

# source FILE LINE…
source_file() {
	local file=$1
	shift
	printf '%s\n' "$@" >"$tree/$file"
}

compile() {
	local file
	for file in low/low high/high; do
		mkdir -p "$tree/build/obj/lib/${file%/*}"
		gcc -I "$tree/lib" -c -o "$tree/build/obj/lib/$file.o" "$tree/lib/$file.c" || return 1
	done
}

# told STATUS TEXT: what scripts/rooms says of the tree
told() {
	local status
	(cd "$tree" && scripts/rooms) >"$tmp/out" 2>&1
	status=$?
	cat "$tmp/out"
	test "$status" = "$1" && grep -qF -- "$2" "$tmp/out"
}

source_file lib/low/low.h 'int low(void);'
source_file lib/low/low.c '#include "low/low.h"' 'int low(void) { return 1; }'
source_file lib/high/high.h 'int high(void);'
source_file lib/high/high.c '#include "low/low.h"' '#include "high/high.h"' \
	'int high(void) { return low(); }'
# shellcheck disable=SC2016 # these are the page's own quotes
low='`lib/low/`' high='`lib/high/`'

table "" ""
check "an include that the table does not have is an error" \
	told 1 "lib/high/ may not use lib/low/: lib/high/high.c includes lib/low/low.h"
table "" "$low"
check "what the table has is fine" told 0 "2 rooms on 2 levels, 1 arrows"
check "without objects it says that calls were not looked at" told 0 "lib/high/ is not built"
table "$high" "$low"
check "an arrow upwards is refused, even by the table" told 1 "lib/low/: lib/high/ stands below it"
table "" "$low, \`lib/gone/\`"
check "so is a room that is not there" told 1 "lib/high/: lib/gone/ is no room"

check "the objects compile" compile
table "" "$low"
check "with objects all is said to have been looked at" told 0 "1 arrows"
check "and nothing is said to be missing" has_none "is not built" "$tmp/out"
# No header says so.
source_file lib/low/low.c 'int high(void);' 'int low(void) { return high(); }'
check "the objects compile" compile
check "a call without an include is seen" \
	told 1 "lib/low/ may not use lib/high/: lib/low/low.c uses high of lib/high/high.c"
table "$high (high)" "$low"
check "a symbol in brackets may be used from below" told 0 "2 arrows"
table "$high (other)" "$low"
check "another one may not" told 1 "lib/low/low.c uses high of"

source_file lib/low/low.c 'int low(void) { return 1; }'
source_file lib/high/high.c 'int high(void) { return 1; }'
check "the objects compile" compile
table "" "$low"
check "an arrow that is in the table alone is an error" \
	told 1 "lib/high/ does not use lib/low/ any more"
rm "$tree/ARCHITECTURE.md"
printf 'no table\n' >"$tree/ARCHITECTURE.md"
check "a page without a table is an error" told 1 "has no table of rooms"
check "an unknown option is refused" sh -c "! '$tree/scripts/rooms' --nonsense"

plan
