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

# check SOURCE FILE WHAT [PROGRAM]: kmc-mutate says what a program is for
check() {
	count=$((count + 1))
	if "$mutate" "$1" "$dir/$2" "$seed" "$files" ${4:+"$dir/$4"} >"$dir/output" \
		2>"$dir/errors"; then
		echo "ok $count - $3"
	else
		echo "not ok $count - $3"
		grep -m 5 -E 'ERROR|runtime error' "$dir/errors" | sed 's/^/# /'
		head -n 5 "$dir/output" | sed 's/^/# /'
	fi
	echo "# $(tail -n 1 "$dir/output")"
}

# missing WHAT PROGRAM
missing() {
	count=$((count + 1))
	echo "ok $count - $1 # SKIP $2 is not installed"
}

build five -gdwarf-5
build four -gdwarf-4
build two -gdwarf-2 -gstrict-dwarf
check dwarf five "$files files with damaged DWARF 5"
check dwarf five.o "$files object files with damaged DWARF 5"
check dwarf four "$files files with damaged DWARF 4"
check dwarf two "$files files with damaged DWARF 2"
build units -gdwarf-5 -fdebug-types-section
check dwarf units "$files files with damaged type units"
build split -gdwarf-5 -gsplit-dwarf
check dwarf split "$files files with damaged skeletons"
build types -gdwarf-4 -fdebug-types-section
check dwarf types "$files files with damaged type units of DWARF 4"
beside=/proc/self/fd/200
if command -v dwp >/dev/null; then
	build parts -gdwarf-4 -gsplit-dwarf
	dwp -e "$dir/parts" -o "$dir/package" || exit 1
	rm "$dir"/*.dwo
	ln -s "$beside" "$dir/parts.dwp"
	check dwarf package "$files damaged packages" parts
else
	missing "damaged packages" dwp
fi
if command -v dwz >/dev/null; then
	build one -gdwarf-4
	cp "$dir/one" "$dir/other"
	dwz -m "$dir/shared" -M "$dir/beside" "$dir/one" "$dir/other" || exit 1
	ln -s "$beside" "$dir/beside"
	check dwarf shared "$files damaged files that dwz shares" one
else
	missing "damaged files that dwz shares" dwz
fi
if command -v pahole >/dev/null; then
	pahole -J "$dir/four" || exit 1
	check btf four "$files files with damaged BTF"
else
	missing "damaged BTF" pahole
fi
echo "1..$count"
