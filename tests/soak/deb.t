#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The packages that make deb builds: lintian has nothing to say, a Debian 12 with nothing else
# in it takes them, the tools run there, and nothing is left when they are gone. Needs root and
# a Debian mirror. DEBS=DIR tests those in DIR.
set -u

top=$(cd "$(dirname "$0")/../.." && pwd)
reports=$top/testdata/reports
tmp=$(mktemp -d)
root=$tmp/root
trap 'rm -rf "$tmp"' EXIT
count=0

# ok NAME COMMAND…: its output is shown when it fails.
ok() {
	local name=$1 result=ok
	shift
	count=$((count + 1))
	"$@" >"$tmp/output" 2>&1 || result="not ok"
	echo "$result $count - $name"
	[ "$result" = ok ] || sed 's/^/# /' "$tmp/output" | tail -n 30
	[ "$result" = ok ]
}

finish() {
	echo "1..$count"
	exit
}

skip() {
	count=$((count + 1))
	echo "ok $count - $1 # SKIP $2"
	finish
}

# Called through ok, as what follows.
# shellcheck disable=SC2317
inside() {
	DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 chroot "$root" "$@"
}

# gives TEXT COMMAND…: inside, and it succeeds
# shellcheck disable=SC2317
gives() {
	local text=$1
	shift
	inside "$@" >"$tmp/given" 2>&1 || { cat "$tmp/given"; return 1; }
	grep -qF -- "$text" "$tmp/given" || { cat "$tmp/given"; return 1; }
}

# All files but those where dpkg, apt and ld.so keep account of what they do.
snapshot() {
	(cd "$root" && find . -xdev \( -path ./var/lib/dpkg -o -path ./var/lib/apt -o -path ./var/cache -o \
		-path ./var/log -o -path ./tmp -o -path ./etc/ld.so.cache \) -prune -o \
		-printf '%y %m %u:%g %p %l\n' | sort
	 cd "$root/etc" && find . -type f ! -name ld.so.cache -exec sha256sum {} + | sort -k 2) >"$1"
}

# In a tree of Debian's source as far as the series touches it.
# shellcheck disable=SC2317
kernel_source() {
	local tar=/usr/src/linux-source-6.1.tar.xz
	sed -n 's,^\(---\|+++\) [ab]/\([^[:space:]]*\).*,linux-source-6.1/\2,p' \
		"$root"/usr/src/kmemcheck-*/targets/6.1/patches/*.patch | sort -u >"$tmp/touched"
	echo linux-source-6.1/Makefile >>"$tmp/touched"
	tar -C "$root/tmp" -xf "$tar" -T "$tmp/touched" || return 1
	: >"$root/tmp/linux-source-6.1/Kconfig"
	gives "kmemcheck-apply: " kmemcheck-apply apply /tmp/linux-source-6.1 &&
		[ -f "$root/tmp/linux-source-6.1/mm/kmemcheck/core.c" ] &&
		inside kmemcheck-apply revert /tmp/linux-source-6.1 &&
		[ ! -e "$root/tmp/linux-source-6.1/mm/kmemcheck" ]
}

# shellcheck disable=SC2317
store() {
	gives "1 new, 1 bugs" kmc-store add /tmp/bugs.db /tmp/input.log &&
		gives "open" kmc-store list /tmp/bugs.db &&
		gives "</html>" kmc-store html /tmp/bugs.db - &&
		gives "kmc_bugs" kmc-store metrics /tmp/bugs.db &&
		mkdir "$root/tmp/logs" && mv "$root/tmp/input.log" "$root/tmp/logs/web1.log" &&
		inside kmc-collect /tmp/bugs.db netconsole=/tmp/logs &&
		gives web1 kmc-store show /tmp/bugs.db ""
}

debs=${DEBS:-}
if [ -z "$debs" ]; then
	debs=$top/build/deb
	ok "make deb" make -C "$top" deb || finish
fi
if command -v lintian >/dev/null; then
	ok "lintian has nothing to say" lintian --allow-root --fail-on error,warning "$debs"/*.changes
fi
[ "$(id -u)" = 0 ] || skip "installation" "only root can make a system to install it in"
command -v mmdebstrap >/dev/null || skip "installation" "mmdebstrap is not installed"
ok "a Debian 12 of its own" mmdebstrap --variant=apt --quiet bookworm "$root" || finish
snapshot "$tmp/before"

mkdir "$root/tmp/debs"
for deb in "$debs"/*.deb; do
	case $deb in
	*-dbgsym_*) ;;
	*) cp "$deb" "$root/tmp/debs" ;;
	esac
done
cp "$reports/object-alloc-and-free-stacks/input.log" "$root/tmp"
ok "all packages are installed" inside sh -c \
	'apt-get update -q && apt-get install -q -y --no-install-recommends /tmp/debs/*.deb' || finish
for tool in kmc-report kmc-annotate kmc-store; do
	ok "$tool runs" gives "usage: $tool" "$tool" --help
	ok "its manual and completion are there" test -f "$root/usr/share/man/man1/$tool.1.gz" \
		-a -f "$root/usr/share/bash-completion/completions/$tool"
done
ok "kmc-report explains a log" gives use-after-free kmc-report /tmp/input.log
ok "kmc-store and kmc-collect keep it" store
ok "the unit calls what is there" sh -c \
	"grep -o '/usr/bin/kmc-[a-z]*' '$root/lib/systemd/system/kmc-collect.service' | sort -u |
		while read -r file; do test -x '$root'\$file || exit 1; done"
ok "the library has its name" inside sh -c \
	'ldconfig -p | grep -q "libkmc.so.0 .*/libkmc.so.0"'
ok "pkg-config knows it" inside sh -c \
	'apt-get install -q -y --no-install-recommends pkg-config >/dev/null && pkg-config --cflags --libs kmc'
if [ -f /usr/src/linux-source-6.1.tar.xz ]; then
	ok "kmemcheck goes into Debian's source, and out again" kernel_source
fi

mkdir -p "$root/var/lib/kmc"
touch "$root/var/lib/kmc/bugs.db"
# Otherwise it keeps what something that was there before suggests.
ok "all is removed" inside apt-get purge -q -y --autoremove -o APT::AutoRemove::SuggestsImportant=0 \
	-o APT::AutoRemove::RecommendsImportant=0 kmc libkmc0 libkmc-dev kmc-kernel-source pkg-config
snapshot "$tmp/after"
ok "without a trace" diff "$tmp/before" "$tmp/after"
finish
