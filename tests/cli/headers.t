#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The library as others see it: its headers, from C and C++, and what it exports.
set -u

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
# shellcheck source=tests/cli/tap.sh
. "$TOP/tests/cli/tap.sh"
lib=${KMC_BUILD:-$TOP/build}
include=$TOP/lib/include

# alone COMPILER… HEADER: it needs no other in front of it, and may come twice
alone() {
	local header=${*: -1}
	printf '#include <kmc/%s>\n' "$header" "$header" |
		"${@:1:$#-1}" -Wall -Wextra -Werror -I"$include" -fsyntax-only -
}

for file in "$include"/kmc/*.h; do
	header=${file##*/}
	check "$header alone in C" alone gcc -std=gnu11 -x c "$header"
	check "$header alone in C++" alone g++ -std=c++17 -x c++ "$header"
done

# ---- a program in C++ ----
cat >"$tmp/program.cc" <<'END'
#include <kmc/output.h>
#include <cstdio>
#include <cstdlib>

int main(int, char **argv)
{
	kmc_print_options opts = {};
	kmc_input *in;
	kmc_event event;
	char *text;

	opts.size = sizeof(opts);
	opts.ascii = true;
	if (kmc_input_open(argv[1], false, &in) || kmc_input_next(in, &event) ||
	    event.type != KMC_EVENT_REPORT ||
	    kmc_explain_report(nullptr, event.report) ||
	    kmc_print_report(event.report, &opts, &text))
		return 1;
	std::fputs(text, stdout);
	std::free(text);
	kmc_report_free(event.report);
	kmc_input_free(in);
	return 0;
}
END

# build OUT LIBRARY…
build() {
	local out=$1
	shift
	# shellcheck disable=SC2046 # words
	g++ -std=c++17 -Wall -Wextra -Werror -I"$include" "$tmp/program.cc" -o "$out" "$@" \
		$(pkg-config --libs $(sed -n 's/^PACKAGES.*:= //p' "$TOP/Makefile")) -lZydis -pthread
}

# prints PROGRAM: as kmc-report does
prints() {
	local log=$TOP/testdata/reports/object-alloc-and-free-stacks/input.log
	LD_LIBRARY_PATH=$lib "$1" "$log" >"$tmp/out" &&
		"$KMC_REPORT" -q --ascii --width 80 --color never "$log" >"$tmp/expected" &&
		diff -u "$tmp/expected" "$tmp/out"
}

ln -s "$(realpath "$lib")/libkmc.so" "$tmp/libkmc.so.0"
check "C++ links libkmc.a" build "$tmp/static" "$lib/libkmc.a"
check "... and prints a report" prints "$tmp/static"
check "C++ links libkmc.so" build "$tmp/shared" "$lib/libkmc.so"
lib=$tmp check "... and prints a report" prints "$tmp/shared"

# ---- names ----
public=$(cat "$include"/kmc/*.h | sed 's,/\*.*\*/,,' | tr '\n' ' ' |
	grep -oP '\bKMC_PUBLIC\b[^;()]*?\bkmc_\w+(?=\()' | grep -oP 'kmc_\w+$' | sort)
check "functions are declared public" test "$(echo "$public" | wc -l)" -gt 40

exports() {
	nm -D --defined-only "$lib/libkmc.so" | awk '$2 != "A" { print $3 }' | sort
}
check "libkmc.so exports them, with a version, and nothing else" \
	diff -u <(echo "${public//$'\n'/@@KMC_0.1$'\n'}@@KMC_0.1") <(exports)

globals() {
	nm --defined-only "$lib/libkmc.a" | awk '$2 ~ /[A-Z]/ { print $3 }' | sort
}
check "libkmc.a defines them and nothing else" diff -u <(echo "$public") <(globals)

plan
