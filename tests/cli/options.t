#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Command lines of both tools, and what is made of their tables of options.
set -u

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
# shellcheck source=tests/cli/tap.sh
. "$TOP/tests/cli/tap.sh"
KMC_ANNOTATE=${KMC_ANNOTATE:-$TOP/build/kmc-annotate}
build=$(dirname "$KMC_REPORT")

# failed MESSAGE COMMAND…: it prints nothing, and why
failed() {
	local message=$1
	shift
	"$@" >"$tmp/out" 2>"$tmp/err"
	test $? = 1 -a ! -s "$tmp/out" && same "${1##*/}: $message" "$tmp/err"
}

# refused MESSAGE COMMAND…: it is told so, and how it is used
refused() {
	local message=$1
	shift
	"$@" >"$tmp/out" 2>"$tmp/err"
	test $? = 2 -a ! -s "$tmp/out" || return 1
	diff -u - "$tmp/err" <<-END
		${1##*/}: $message
		$("$1" --help | head -n 1)
	END
}

# complete_words TOOL WORD…: what the shell would offer for the last one
complete_words() {
	bash --norc -c 'complete() { :; }; . "$1"; shift
		COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
		"_${1//-/_}"; printf "%s\n" "${COMPREPLY[@]}"' sh "$build/$1.bash" "$@"
}

log=$TOP/testdata/reports/module-frames/input.log
mkdir "$tmp/tree"
touch "$tmp/fixture.log"

# both TOOL: what holds for either
both() {
	local tool=$1 program=$2 option
	complete_words "$tool" --modu >"$tmp/out"
	check "$tool: completion of an option" same "--modules" "$tmp/out"
	(cd "$tmp" && complete_words "$tool" --source tr) >"$tmp/out"
	check "... of a directory" same tree "$tmp/out"
	(cd "$tmp" && complete_words "$tool" -s "") >"$tmp/out"
	check "... and of nothing else" same tree "$tmp/out"
	(cd "$tmp" && complete_words "$tool" -k fix) >"$tmp/out"
	check "... of a file" same fixture.log "$tmp/out"
	(cd "$tmp" && complete_words "$tool" --vmlinux = fix) >"$tmp/out"
	check "... behind a =" same fixture.log "$tmp/out"
	(cd "$tmp" && complete_words "$tool" fixture.l) >"$tmp/out"
	check "... of an operand" same fixture.log "$tmp/out"
	complete_words "$tool" --live --vers >"$tmp/out"
	check "... behind an argument that was left out" same "--version" "$tmp/out"
	"$program" --help >"$tmp/help"
	grep -o -- '--[a-z-]*' "$tmp/help" | sort -u | while read -r option; do
		complete_words "$tool" "$option" >"$tmp/out"
		grep -qxF -- "$option" "$tmp/out" || echo "$option"
	done >"$tmp/missing"
	check "... of all options" test ! -s "$tmp/missing"
	check "$tool: --help is 80 columns wide" has_none '.\{81\}' "$tmp/help"
	if command -v groff >/dev/null; then
		groff -man -ww -Tutf8 -z "$build/$tool.1" 2>"$tmp/err"
		check "$tool: the man page is well-formed" test ! -s "$tmp/err"
	fi
	check "... no placeholder is left in it" has_none @ "$build/$tool.1"
	check "$tool: --live and a file are refused" refused \
		"--live follows one source; 'x' cannot be read as well (--live=PATH names another source)" \
		"$program" --live x
	check "$tool: a tree that is named has to be there" failed \
		"nosuch: cannot look for source files there: No such file or directory" \
		"$program" -s nosuch "$log"
	check "$tool: and a directory of modules" failed \
		"nosuch: cannot look for modules there: No such file or directory" \
		"$program" -m nosuch "$log"
	check "$tool: no file is none" refused "--vmlinux: cannot be ''" "$program" -k ""
	"$program" --nothing >"$tmp/out" 2>"$tmp/err"
	check "$tool: what is no option is refused" test $? = 2 -a ! -s "$tmp/out"
	"$program" --version >"$tmp/out"
	check "$tool: --version" grep -qx "$tool [0-9.]*" "$tmp/out"
}

both kmc-report "$KMC_REPORT"
complete_words kmc-report --format = j >"$tmp/out"
check "completion of a format" same json "$tmp/out"
complete_words kmc-report -f sa >"$tmp/out"
check "... behind its letter" same sarif "$tmp/out"
complete_words kmc-report --color = >"$tmp/out"
check "... of all words" same "$(printf 'auto\nalways\nnever')" "$tmp/out"
check "what is no format is refused" refused \
	"--format: cannot be 'jso'; it is one of: text, json, sarif, errors, html, mail" "$KMC_REPORT" -f jso x
check "... nor is any other word that is not one of a few" refused \
	"--color: cannot be 'red'; it is one of: auto, always, never" "$KMC_REPORT" --color=red x
check "... nor several" refused \
	"--format: cannot be 'text|json'; it is one of: text, json, sarif, errors, html, mail" \
	"$KMC_REPORT" -f "text|json" x
check "... nor nothing" refused \
	"--format: cannot be ''; it is one of: text, json, sarif, errors, html, mail" "$KMC_REPORT" --format= x

both kmc-annotate "$KMC_ANNOTATE"
complete_words kmc-annotate --dump = j >"$tmp/out"
check "completion of a form of a dump" same json "$tmp/out"
(cd "$tmp" && complete_words kmc-annotate --dump fix) >"$tmp/out"
check "... of an operand behind --dump" same fixture.log "$tmp/out"
check "what is no form is refused" refused "--dump: cannot be 'xml'; it is one of: text, json" \
	"$KMC_ANNOTATE" --dump=xml x
check "two types are refused" refused \
	"several inputs have to be files, and 'a' is none; one type at a time" "$KMC_ANNOTATE" a b
check "... also behind a keyword" refused \
	"several inputs have to be files, and 'struct a' is none; one type at a time" \
	"$KMC_ANNOTATE" struct a b
for size in 0x24 80x 80x24x 80 1000x24; do
	check "a screen of $size is none" refused "--size: cannot be '$size'" \
		"$KMC_ANNOTATE" --size "$size"
done

# ---- kmc-store, whose first operand is a command ----
complete_words kmc-store re >"$tmp/out"
check "kmc-store: completion of a command" same "$(printf 'reopen\nregressions')" "$tmp/out"
complete_words kmc-store list --format = "" >"$tmp/out"
check "... of a word" same "$(printf 'text\njson\nraw')" "$tmp/out"
(cd "$tmp" && complete_words kmc-store list fix) >"$tmp/out"
check "... of a file" same fixture.log "$tmp/out"
"${KMC_STORE:-$build/kmc-store}" --help >"$tmp/help"
check "kmc-store: --help is 80 columns wide" has_none '.\{81\}' "$tmp/help"
for command in add list show new close reopen regressions prune html kcidb metrics; do
	check "... and has $command, as the man page" grep -qF "fB$command" "$build/kmc-store.1"
	check "... at the beginning of a line" grep -q "^  $command DB" "$tmp/help"
done
if command -v groff >/dev/null; then
	groff -man -ww -Tutf8 -z "$build/kmc-store.1" 2>"$tmp/err"
	check "kmc-store: the man page is well-formed" test ! -s "$tmp/err"
fi
check "... no placeholder is left in it" has_none '^@' "$build/kmc-store.1"

# ---- what fails is said ----
echo "struct tiny { int member; } tiny;" | gcc -g -x c -c - -o "$tmp/tiny.o"
echo "j <Nokey>" >"$tmp/keys"
check "an unknown key in a script is said" failed \
	"$tmp/keys:1: no such key; they are named as in the help" \
	"$KMC_ANNOTATE" -k "$tmp/tiny.o" --keys "$tmp/keys" tiny
check "... and a script that is not there" failed "nosuch: No such file or directory" \
	"$KMC_ANNOTATE" -k "$tmp/tiny.o" --keys nosuch tiny
if [ -w /dev/full ]; then
	"$KMC_ANNOTATE" -k "$tmp/tiny.o" --dump tiny >/dev/full 2>"$tmp/err"
	check "a full disk is an error" test $? = 1
	check "... and it is said" same \
		"kmc-annotate: standard output: No space left on device" "$tmp/err"
fi
plan
