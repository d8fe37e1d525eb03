#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A vmlinux that is none, or that of another kernel: one clear line and status 1,
# and --force where that makes sense.
set -u

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
KMC_REPORT=${KMC_REPORT:-$TOP/build/kmc-report}
fixtures=$TOP/tests/unit/fixtures
build_id=0123456789abcdef0123456789abcdef01234567
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
chmod 755 "$tmp"
cd "$tmp" || exit 1
export LC_ALL=C.UTF-8
count=0

# Runs a command: status, and a single line on standard error with a text in it.
# Without a text, standard error has to be empty.
check() {
	local name=$1 status=$2 text=$3 got=0 good=yes
	shift 3
	"$@" >out 2>err </dev/null || got=$?
	[ "$got" = "$status" ] || good=
	if [ -n "$text" ]; then
		[ "$(wc -l <err)" = 1 ] && grep -qF -- "$text" err || good=
	else
		[ ! -s err ] || good=
	fi
	count=$((count + 1))
	if [ -n "$good" ]; then
		echo "ok $count - $name"
	else
		echo "not ok $count - $name"
		echo "# wanted status $status and: ${text:-(nothing)}"
		echo "# got status $got and:"
		sed 's/^/#   /' err
	fi
}

refused() {
	check "$1" 1 "kmc-report: $2: $3" "$KMC_REPORT" -k "$2" log
}

gcc -O2 -g -ffreestanding -fno-pic -mcmodel=kernel -DRELEASE='"6.1.0-fixture"' \
	-nostdlib -static -Wl,--build-id=0x$build_id -Wl,-Ttext=0xffffffff81000000 \
	"$fixtures/chain.c" -o vmlinux || exit 1

make_log() {
	cat <<-END
	WARNING: kmemcheck: Caught 32-bit read from uninitialized memory (ffff88003e4a2024)
	80000000000000000000000000000000000000000088ffff0000000000000000
	 i i i i u u u u i i i i i i i i u u u u u u u u u u u u u u u u
	         ^
	Pid: 1856, comm: ntpdate Not tainted $1 #1
	RIP: 0010:[<$2>]  [<$2>] caller+0x0/$size
	END
}

make_stream() {
	cat >recipe <<-END
	[{"header": {"release": "6.1.0-fixture", "build_id": "$1"}}, {"report": {"address": "0xffff888010004024"}}]
	END
	"$TOP/tests/mkstream" recipe
}

caller=$(nm vmlinux | sed -n 's/ T caller$//p')
size=0x$(nm -S vmlinux | sed -n 's/^[0-9a-f]* 0*\([0-9a-f]*\) T caller$/\1/p')
make_log 6.1.0-fixture "$caller" >log
make_log 2.6.29-rc5 "$caller" >other.log
make_stream $build_id >stream
make_stream ff${build_id#01} >other.stream

mkdir directory
echo "text" >text
: >empty
{ head -c 514 /dev/zero; printf HdrS; head -c 9000 /dev/zero; } >bzImage
strip -o stripped vmlinux
head -c $(($(stat -c %s vmlinux) / 2)) vmlinux >truncated
cp vmlinux unreadable
chmod 0 unreadable

check "the right vmlinux is taken" 0 "" "$KMC_REPORT" -k vmlinux log
refused "missing" nowhere "cannot open: No such file or directory"
refused "a directory" directory "is a directory"
refused "not ELF" text "is not an ELF file; the vmlinux from the kernel's build tree is needed"
refused "empty" empty "is empty"
refused "bzImage" bzImage \
	"is a compressed kernel image (bzImage); the vmlinux beside it in the build tree is needed"
refused "stripped" stripped "has no debug info: it was stripped"
refused "truncated" truncated "is cut off: it has $(stat -c %s truncated) bytes and should have"

if [ "$(id -u)" = 0 ]; then
	# Root may read everything, so somebody else tries.
	cp "$KMC_REPORT" program
	chmod 644 log
	check "unreadable" 1 "unreadable: cannot open: Permission denied" \
		setpriv --reuid=65534 --regid=65534 --clear-groups \
		./program -k unreadable log
else
	refused "unreadable" unreadable "cannot open: Permission denied"
fi

check "other release" 1 \
	"kmc-report: vmlinux: is Linux 6.1.0-fixture, but the report is from Linux 2.6.29-rc5" \
	"$KMC_REPORT" -k vmlinux other.log
check "other release, forced" 0 "" "$KMC_REPORT" --force -k vmlinux other.log
check "the right build-ID is taken" 0 "" "$KMC_REPORT" -k vmlinux stream
check "other build-ID" 1 \
	"kmc-report: vmlinux: has build-ID $build_id, but the report is from build ff${build_id#01}" \
	"$KMC_REPORT" -k vmlinux other.stream
check "other build-ID, forced" 0 "" "$KMC_REPORT" --force -k vmlinux other.stream
echo "1..$count"
