#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Debug info and sources of the same release but of another build: a warning that says
# what contradicts the report, in JSON as well, and no lines that may be wrong. What fits
# has no warning.
set -u

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
# shellcheck source=tests/cli/tap.sh
. "$TOP/tests/cli/tap.sh"
KMC_ANNOTATE=${KMC_ANNOTATE:-$TOP/build/kmc-annotate}
fixtures=$TOP/tests/unit/fixtures
build_id=0123456789abcdef0123456789abcdef01234567
other_id=f123456789abcdef0123456789abcdef01234567
cd "$tmp" || exit 1

# NAME, what standard error holds (nothing: it has to be empty), options and log.
says() {
	local name=$1 text=$2 good=yes
	shift 2
	"$KMC_REPORT" --format=json --width=200 "$@" >out 2>err </dev/null || good=
	if [ -n "$text" ]; then
		grep -qF -- "$text" err && [ "$(wc -l <err)" = 1 ] || good=
	else
		[ ! -s err ] || good=
	fi
	judge "$good" "$name"
}

expression='
import json, sys
r = json.load(open("out"))
sys.exit(not eval("(" + sys.argv[1] + ")"))'

# NAME, a Python expression of r, what says() has printed, that has to be true.
holds() {
	judge "$(python3 -c "$expression" "$2" 2>>err && echo yes)" "$1"
}

compile() {
	gcc -O2 -g -ffreestanding -fno-pic -mcmodel=kernel "$@"
}

vmlinux() {
	compile -DRELEASE='"6.1.0-fixture"' -DVERSION="\"$1\"" -nostdlib -static \
		-Wl,--build-id=0x$build_id -Wl,-Ttext=0xffffffff81000000 \
		"$fixtures/chain.c" -o "$2" || exit 1
}

vmlinux '#1 SMP Thu Jan 1 00:00:00 UTC 1970' vmlinux
vmlinux '#1 SMP PREEMPT_DYNAMIC Debian 6.1.192-3 (2026-11-26)' debian
at=$(nm vmlinux | sed -n 's/ T outer$//p')
size=0x$(nm -S vmlinux | sed -n 's/^[0-9a-f]* 0*\([0-9a-f]*\) T outer$/\1/p')

# What follows the release, the function, what follows that, what stands in front.
make_log() {
	[ -z "${4:-}" ] || printf '%s\n' "$4"
	cat <<-END
	WARNING: kmemcheck: Caught 32-bit read from uninitialized memory (ffff88003e4a2024)
	80000000000000000000000000000000000000000088ffff0000000000000000
	 i i i i u u u u i i i i i i i i u u u u u u u u u u u u u u u u
	         ^
	Pid: 1856, comm: ntpdate Not tainted 6.1.0-fixture $1
	RIP: 0010:[<$at>]  [<$at>] $2${3:-}
	 [<ffffffffffffffff>] 0xffffffffffffffff
	END
}

version() {
	make_log "$1" "outer+0x0/$size" "" "${2:-}" >log
}

# ---- vmlinux ----

version '#1'
says "the number agrees" "" -k vmlinux log
holds "no doubt in JSON" '"doubts" not in r'
holds "and lines" 'r["frames"][0]["inline"]'
version '#1 Hewlett-Packard Debian/GNU'
says "a machine's name is no version" "" -k vmlinux log
version '#2'
says "another number" 'vmlinux: is of another build than the report: it is "#1 SMP Thu Jan 1 00:00:00 UTC 1970", the report says "#2"' -k vmlinux log
holds "in JSON" 'r["doubts"][0]["file"] == "vmlinux" and r["doubts"][0]["module"] is None and
	r["doubts"][0]["why"].startswith("is of another build")'
says "who forces it knows" "" --force -k vmlinux log
holds "but it stays in JSON" 'len(r["doubts"]) == 1'
"$KMC_REPORT" -k vmlinux log >out 2>err
judge "$(grep -q '^ *Doubtful: vmlinux is of another build' out && echo yes)" "in the text"
"$KMC_ANNOTATE" -k vmlinux --dump log >out 2>err
judge "$(grep -q '^ *Doubtful: vmlinux$' out && echo yes)" "in kmc-annotate"

version '#1 SMP Thu Jan 1 00:00:00 UTC 1970'
says "all of it agrees" "" -k vmlinux log
version '#1 SMP Fri Jan 2 00:00:00 UTC 1970'
says "another date" 'Fri Jan 2' -k vmlinux log
version '#1 Debian 6.1.192-3'
says "the package agrees" "" -k debian log
version '#1 Debian 6.1.170-1'
says "another package" 'the report says "#1 Debian 6.1.170-1"' -k debian log
version '#1 SMP PREEMPT_DYNAMIC Debian 6.1.170-1 (2026-01-01)'
says "another package and its date" 'Debian 6.1.170-1 (2026-01-01)"' -k debian log

banner() {
	echo "[    0.000000] Linux version $1 (me@here) (gcc (X 12.2) 12.2.0, GNU ld 2.40) $2"
}
version '#1' "$(banner 6.1.0-fixture '#1 SMP Thu Jan 1 00:00:00 UTC 1970')"
says "the log's banner agrees" "" -k vmlinux log
version '#1' "$(banner 6.1.0-fixture '#1 SMP Fri Jan 2 00:00:00 UTC 1970')"
says "the log's banner is another" 'the report says "#1 SMP Fri Jan 2 00:00:00 UTC 1970"' -k vmlinux log
version '#1' "$(banner 6.1.0-other '#1 SMP Fri Jan 2 00:00:00 UTC 1970')"
says "a banner of another release is not the report's" "" -k vmlinux log
version '#1' "$(banner 6.1.0-fixture '#2 SMP')"
says "nor is one of another number" "" -k vmlinux log
version '#1' "$(banner 6.1.0-fixture '#1 SMP Fri Jan 2 00:00:00 UTC 1970'; banner 6.1.0-fixture '#1 SMP Thu Jan 1 00:00:00 UTC 1970')"
says "of two machines' banners none is taken" "" -k vmlinux log
version '#1' "Linux version 6.1.0-fixture (which is #1 of our list) is out"
says "prose is no banner" "" -k vmlinux log

version "#1 $build_id"
says "the build-ID behind the version agrees" "" -k vmlinux log
version "#1 $other_id"
"$KMC_REPORT" -k vmlinux log >out 2>err
judge "$(grep -qF "but the report is from build $other_id" err && echo yes)" "another build-ID"
echo '[{"header": {"release": "6.1.0-fixture", "banner": "#7 SMP", "build_id": "'$build_id'"}},
	{"report": {"address": "0xffff888010004024"}}]' >recipe
"$TOP/tests/mkstream" recipe >stream
says "a build-ID that agrees decides" "" -k vmlinux stream

# ---- functions ----

make_log '#1' "callee+0x0/0x400" >log
says "a function of another size" "vmlinux: is of another build than the report: 1 of 1 functions differ, callee() has 0x10 bytes in it and 0x400 in the report" -k vmlinux log
holds "has no lines" 'not r["frames"][0]["inline"]'
says "even when it is forced" "" --force -k vmlinux log
holds "likewise" 'not r["frames"][0]["inline"]'
make_log '#1' "bpf_prog_0123456789abcdef_f+0x0/0x400" >log
says "the kernel makes functions itself" "" -k vmlinux log

# ---- modules ----

mkdir right sizes missing vermagic stripped id
module() {
	compile "${@:2}" -c "$fixtures/module.c" -o "$1/fix-mod.ko" || exit 1
}
mod_size() {
	echo "0x$(nm -S "$1/fix-mod.ko" | sed -n 's/^[0-9a-f]* 0*\([0-9a-f]*\) T module_work$/\1/p')"
}
module right
module sizes -O0
module missing -Dmodule_work=module_play
module vermagic -DVERMAGIC='"6.1.0-other SMP mod_unload "'
module id
ld -r --build-id=0x$other_id -o id/linked id/fix-mod.ko && mv id/linked id/fix-mod.ko
objcopy --strip-debug right/fix-mod.ko stripped/fix-mod.ko
work=module_work+0x1/$(mod_size right)

make_log '#1' "$work" " [fix_mod]" >log
says "the right module" "" -k vmlinux -m right log
holds "has lines" 'r["frames"][0]["inline"]'
says "a module with another function" "sizes/fix-mod.ko: is of another build than the report: 1 of 1 functions differ, module_work() has $(mod_size sizes) bytes in it and $(mod_size right) in the report" -k vmlinux -m sizes log
holds "in JSON, by its name" 'r["doubts"][0]["module"] == "fix_mod" and not r["frames"][0]["inline"]'
says "a module without the function" "module_work() is not in it" -k vmlinux -m missing log
says "a module for another release" "vermagic/fix-mod.ko: is of another build: it is for Linux 6.1.0-other, and the report from Linux 6.1.0-fixture" -k vmlinux -m vermagic log
says "forced" "" --force -k vmlinux -m vermagic log
holds "that has lines" 'r["frames"][0]["inline"]'
says "a module without debug info" "stripped/fix-mod.ko: has no usable debug info" -k vmlinux -m stripped log
make_log '#1' "$work" " [fix_mod $other_id]" >log
says "the build-ID behind its name agrees" "" -k vmlinux -m id log
make_log '#1' "$work" " [fix_mod $build_id]" >log
says "another build-ID behind its name" "id/fix-mod.ko: is of another build: it has build-ID $other_id, and the report's module $build_id" -k vmlinux -m id log
make_log '#1' "$work" " [absent]" >log
says "no file is no other build" "no debug info found for module absent" -k vmlinux -m right log

# ---- sources ----

tree() {
	mkdir -p "tree-$1"
	printf '# SPDX-License-Identifier: GPL-2.0\nVERSION = %s\nPATCHLEVEL = %s\nSUBLEVEL = %s\nEXTRAVERSION =%s\nNAME = X\n' \
		"$2" "$3" "$4" "${5:-}" >"tree-$1/Makefile"
}
tree 6.1.192 6 1 192
tree 6.2 6 2 0
tree 6.1-rc5 6 1 0 ' -rc5'
mkdir tree-none
source_log() {
	sed "s/6.1.0-fixture #1/$1/" <log.plain >log
}
make_log '#1' "nothing+0x0/0x10" >log.plain
says "a tree of that version" "" -k vmlinux -s tree-6.1.192 log.plain
says "a tree of another version" "tree-6.2: is the source of Linux 6.2.0, but the report is from Linux 6.1.0-fixture" -k vmlinux -s tree-6.2 log.plain
says "a tree that does not say" "" -k vmlinux -s tree-none log.plain
"$KMC_ANNOTATE" -k vmlinux -s tree-6.2 --dump log.plain >out 2>err
judge "$(grep -qF 'tree-6.2: is the source of Linux 6.2.0' err && echo yes)" "kmc-annotate says so, too"
# Without debug info, so that the release may be any.
bare() {
	local name=$1 text=$2 version=$3 dir=$4
	source_log "$version"
	"$KMC_REPORT" -s "$dir" log >out 2>err
	if [ -n "$text" ]; then
		judge "$(grep -qF -- "$text" err && echo yes)" "$name"
	else
		judge "$(grep -qF -- "is the source" err || echo yes)" "$name"
	fi
}
bare "the third number counts" "but the report is from Linux 6.1.100" "6.1.100 #1" tree-6.1.192
bare "and agrees" "" "6.1.192-kmc #1" tree-6.1.192
bare "a distribution's 0 says nothing" "" "6.1.0-57-amd64 #1" tree-6.1.192
bare "its package does" "of package 6.1.170-1" "6.1.0-57-amd64 #1 Debian 6.1.170-1" tree-6.1.192
bare "and agrees" "" "6.1.0-57-amd64 #1 Debian 6.1.192-3" tree-6.1.192
bare "a release candidate" "" "6.1.0-rc5 #1" tree-6.1-rc5
bare "another one" "is the source of Linux 6.1.0-rc5" "6.1.0-rc6 #1" tree-6.1-rc5
plan
