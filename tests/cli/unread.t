#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Debug info as compilers, linkers and dwz leave it: read, or one line says what is not.
set -u

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
# shellcheck source=tests/cli/tap.sh
. "$TOP/tests/cli/tap.sh"
KMC_ANNOTATE=${KMC_ANNOTATE:-$TOP/build/kmc-annotate}
cd "$tmp" || exit 1

cat >a.c <<'END'
struct thing { int number; char letter; long count; } thing;
enum colour { RED, GREEN } colour;
int main(void) { return thing.number + colour; }
END
cat >b.c <<'END'
#ifdef OTHER
int more;
#endif
struct thing { int number; char letter; long count; } thing2;
END

# build COMPILER FLAGS…: ./program
build() {
	rm -f program ./*.o ./*.dwo
	"$@" -c a.c b.c && "$1" a.o b.o "${@:2}" -o program
}

# is_read NAME
is_read() {
	"$KMC_ANNOTATE" -k program --dump thing >out 2>err
	judge "$(grep -q "^struct thing, 16 bytes" out && [ ! -s err ] && echo yes)" "$1"
}

# is_said NAME TEXT: nothing else is
is_said() {
	"$KMC_ANNOTATE" -k program --dump thing >out 2>err
	judge "$([ ! -s out ] && grep -q "program: has $2\|program: $2" err &&
		 [ "$(wc -l <err)" = 1 ] && echo yes)" "$1: said in a line"
}

for cc in gcc clang; do
	if ! command -v $cc >/dev/null; then
		skip "$cc" "it is not installed"
		continue
	fi
	for flags in -gdwarf-2 -gdwarf-3 -gdwarf-4 -gdwarf-5 "-gdwarf-5 -gdwarf64" "-g -gz" \
		     "-g -O2 -flto"; do
		# clang's objects for -flto are for another linker.
		[ "$cc $flags" = "clang -g -O2 -flto" ] && continue
		# shellcheck disable=SC2086 # several
		build $cc $flags
		is_read "$cc $flags"
	done
	for flags in "-gdwarf-4 -gsplit-dwarf" "-gdwarf-5 -gsplit-dwarf"; do
		# shellcheck disable=SC2086
		build $cc $flags
		is_read "$cc $flags"
		mv b.dwo gone
		is_said "$cc $flags, of which one is gone" \
			"its types in .dwo files, 1 of 2 of which are missing"
		# Of another build: it says so itself.
		# shellcheck disable=SC2086
		$cc $flags -O1 -DOTHER -c b.c -o other.o
		mv other.dwo b.dwo
		is_said "$cc $flags, of which one is of another build" "its types in .dwo files"
		mv gone b.dwo
	done
done
# The same types, members and values of a larger file.
layout() {
	gcc "$@" -ffreestanding -c "$TOP/tests/unit/fixtures/layout.c" -o layout.o &&
		gcc -nostdlib -static -Wl,-e,keep layout.o -o layout || return 1
	"$KMC_ANNOTATE" -k layout --dump | sed 1d | while read -r _ kind name; do
		[ "$kind" = typedef ] || name="$kind $name"
		echo "== $name"
		"$KMC_ANNOTATE" -k layout --dump=json "$name"
	done
}
layout -gdwarf-5 >whole.txt
for version in 4 5; do
	layout -gdwarf-$version -gsplit-dwarf >split.txt
	check "DWARF $version, split: the same types as in one file" cmp whole.txt split.txt
done
check "and they are some" test "$(wc -l <whole.txt)" -gt 40
check "an enum without a name is found by what it is called" \
	grep -q '"values":\[{"name":"NAMELESS"' whole.txt

for version in 4 5; do
	layout -gdwarf-$version -fdebug-types-section >units.txt
	check "DWARF $version, type units: the same types" cmp whole.txt units.txt
	layout -gdwarf-$version -fdebug-types-section -gsplit-dwarf >units.txt
	check "DWARF $version, type units, split: the same types" cmp whole.txt units.txt
	build gcc -gdwarf-$version -fdebug-types-section
	is_read "gcc -gdwarf-$version -fdebug-types-section"
done

# Names with all that they are declared in, whatever unit has that.
cat >scoped.cc <<'END'
namespace ns {
struct outer {
	int a;
	struct inner { long b; char c; } in;
	enum kind { ONE, TWO } k;
	struct later;
	later *l;
};
template <typename T> struct box { T t; };
struct outer::later { int x; struct deep { char c; } d; };
namespace ns { struct twice { int t; }; }
}
namespace { struct hidden { int h; short s; }; }
struct top { ns::outer o; ns::box<int> b; ns::outer::inner *p; } v;
hidden h;
ns::outer::later w;
ns::ns::twice t;
int main() { return v.o.a + h.h; }
END
# scoped COMPILER FLAGS…: ./program
scoped() {
	rm -f ./*.o ./*.dwo ./*.dwp
	"$@" -c scoped.cc -o scoped.o && "$1" scoped.o -o program
}
# all_types: of ./program
all_types() {
	"$KMC_ANNOTATE" -k program --dump | sed 's/program$//'
	for name in top ns::outer ns::outer::later; do
		"$KMC_ANNOTATE" -k program --dump=json "$name"
	done
}
scoped g++ -gdwarf-5
all_types >scoped.txt
check "C++: all types" grep -q "9 types of" scoped.txt
# same_scoped NAME
same_scoped() {
	all_types >now.txt 2>&1
	check "$1: the same C++ types" cmp scoped.txt now.txt
}
for cc in g++ clang++; do
	if ! command -v $cc >/dev/null; then
		skip "$cc" "it is not installed"
		continue
	fi
	for flags in -gdwarf-4 "-gdwarf-4 -fdebug-types-section" "-gdwarf-5 -fdebug-types-section" \
		     "-gdwarf-4 -fdebug-types-section -gsplit-dwarf" \
		     "-gdwarf-5 -fdebug-types-section -gsplit-dwarf" \
		     "-gdwarf-4 -gsplit-dwarf=single" "-gdwarf-5 -gsplit-dwarf=single"; do
		[ "$cc ${flags#*=}" = "g++ single" ] && continue
		# shellcheck disable=SC2086
		scoped $cc $flags
		same_scoped "$cc $flags"
	done
done
if command -v clang >/dev/null; then
	mv scoped.o gone
	"$KMC_ANNOTATE" -k program --dump >out 2>err
	judge "$([ ! -s out ] && grep -q "1 of 1 of which are missing" err && echo yes)" \
		"-gsplit-dwarf=single without the object: said in a line"
fi
# dwp knows no DWARF 5, and llvm-dwp not that of gcc.
for how in "g++ 4 dwp" "clang++ 4 dwp" "g++ 4 llvm-dwp" "clang++ 4 llvm-dwp" "clang++ 5 llvm-dwp"; do
	read -r cc version dwp <<<"$how"
	if ! command -v "$cc" >/dev/null || ! command -v "$dwp" >/dev/null; then
		skip "$how" "it is not installed"
		continue
	fi
	scoped "$cc" -gdwarf-"$version" -gsplit-dwarf
	timeout 60 "$dwp" -e program -o program.dwp
	rm scoped.dwo
	same_scoped "$cc -gdwarf-$version, $dwp"
	head -c 200 program.dwp >part
	mv part program.dwp
	"$KMC_ANNOTATE" -k program --dump >out 2>err
	judge "$([ ! -s out ] && [ "$(wc -l <err)" = 1 ] && echo yes)" "$how, of which most is cut off"
done
if command -v llvm-dwp >/dev/null && command -v clang++ >/dev/null; then
	scoped clang++ -gdwarf-5 -gsplit-dwarf -fdebug-types-section
	timeout 60 llvm-dwp -e program -o program.dwp
	"$KMC_ANNOTATE" -k program --dump >out 2>err
	judge "$([ ! -s out ] && grep -q "types in units of their own" err && echo yes)" \
		"type units in a package: said in a line"
fi
rm -f program.dwp

build gcc -gdwarf-4
cp program whole
objcopy --compress-debug-sections=zlib-gnu program
is_read "objcopy --compress-debug-sections=zlib-gnu"
cp whole program
if objcopy --compress-debug-sections=zstd program 2>/dev/null; then
	# libdw reads it from 0.189 on.
	"$KMC_ANNOTATE" -k program --dump thing >out 2>err
	if [ -s out ]; then
		is_read "zstd"
	else
		is_said "zstd" "debug info compressed with zstd"
	fi
else
	skip "zstd" "objcopy knows it not"
fi
if command -v dwz >/dev/null; then
	cp whole program
	dwz program
	is_read "dwz"
	cp whole program
	cp whole two
	cp whole three
	dwz -m shared.debug program two three 2>/dev/null
	is_read "dwz -m"
	mv shared.debug gone
	is_said "dwz -m, of which the shared file is gone" "shares debug info with another file"
	for version in 4 5; do
		scoped g++ -gdwarf-$version
		cp program two
		cp program three
		dwz -m shared.debug program two three 2>/dev/null
		same_scoped "DWARF $version, dwz -m"
	done
else
	skip "dwz" "it is not installed"
fi
plan
