#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Damaged type information ends in an error or in part of an answer: no crash, no
# sanitizer's complaint, no hang. FILES is how many damaged files are made of each
# sort; SEED is the first one's.
set -u

top=$(cd "$(dirname "$0")/../.." && pwd)
mutate=${KMC_MUTATE:-$top/build/tests/kmc-mutate}
files=${FILES:-400}
seed=${SEED:-1}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
count=0

# build NAME FLAG...: linked, and as it comes from the compiler
build() {
	local name=$1 variant
	shift
	for variant in A VARIANT; do
		gcc -O2 -ffreestanding -fno-pic "$@" "-D$variant" -o "$dir/$variant.o" \
			-c "$top/tests/unit/fixtures/layout.c" || exit 1
	done
	ld -r -o "$dir/$name.o" "$dir/A.o" "$dir/VARIANT.o" &&
		gcc -nostdlib -static -Wl,-e,keep -o "$dir/$name" \
			"$dir/A.o" "$dir/VARIANT.o" || exit 1
}

# check SOURCE FILE WHAT
check() {
	count=$((count + 1))
	if "$mutate" "$1" "$dir/$2" "$seed" "$files" >"$dir/output" 2>"$dir/errors"; then
		echo "ok $count - $3"
	else
		echo "not ok $count - $3"
		grep -m 5 -E 'ERROR|runtime error' "$dir/errors" | sed 's/^/# /'
		head -n 5 "$dir/output" | sed 's/^/# /'
	fi
	echo "# $(tail -n 1 "$dir/output")"
}

build five -gdwarf-5
build four -gdwarf-4
build two -gdwarf-2 -gstrict-dwarf
check dwarf five "$files files with damaged DWARF 5"
check dwarf five.o "$files object files with damaged DWARF 5"
check dwarf four "$files files with damaged DWARF 4"
check dwarf two "$files files with damaged DWARF 2"
if command -v pahole >/dev/null; then
	pahole -J "$dir/four" || exit 1
	check btf four "$files files with damaged BTF"
else
	count=$((count + 1))
	echo "ok $count - damaged BTF # SKIP pahole is not installed"
fi
echo "1..$count"
