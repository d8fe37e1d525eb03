#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# kmemcheck-apply on a made-up tree, and the real series on the real tree.
set -u

top=$(cd "$(dirname "$0")/../.." && pwd)
apply=$top/kernel/kmemcheck-apply
# The trees say which they are.
unset KVER
tmp=$(mktemp -d)
patches=$tmp/targets/7.3/patches
trap 'rm -rf "$tmp"' EXIT
count=0

result() {
	count=$((count + 1))
	echo "$1 $count - $2"
}

# expect STATUS TEXT NAME COMMAND…: check the exit status and that the output
# has TEXT in it.
expect() {
	local status=$1 text=$2 name=$3 got=0
	shift 3
	"$@" >"$tmp/output" 2>&1 || got=$?
	if [ "$got" = "$status" ] && { [ -z "$text" ] || grep -qF -- "$text" "$tmp/output"; }; then
		result ok "$name"
	else
		result "not ok" "$name"
		echo "# wanted status $status and: $text"
		echo "# got status $got and:"
		sed 's/^/#   /' "$tmp/output"
	fi
}

# A tree of three files, patches for two of them, an overlay of two.
make_tree() {
	rm -rf "$tmp/tree" "$tmp/pristine"
	mkdir -p "$tmp/tree/mm"
	touch "$tmp/tree/Kconfig"
	echo 'obj-y := slub.o' >"$tmp/tree/mm/Makefile"
	printf 'VERSION = 7\nPATCHLEVEL = 3\nSUBLEVEL = 12\n' >"$tmp/tree/Makefile"
	seq 1 60 >"$tmp/tree/mm/slub.c"
	seq 1 20 >"$tmp/tree/mm/other.c"
	chmod 755 "$tmp/tree/mm/other.c"
	cp -a "$tmp/tree" "$tmp/pristine"
}

make_patches() {
	rm -rf "$tmp/trees" "$tmp/overlay" "$tmp/targets"
	mkdir -p "$tmp/trees/a" "$patches" "$tmp/overlay/mm/kmemcheck/deep"
	echo BASE=7.3.9 >"$patches/../target.mk"
	cp -a "$tmp/pristine/." "$tmp/trees/a"
	cp -a "$tmp/trees/a" "$tmp/trees/b"
	sed -i 's/^10$/&\nhook one/; s/^50$/&\nhook two/' "$tmp/trees/b/mm/slub.c"
	(cd "$tmp/trees" && diff -ru a b >"$patches/0001-slub.patch")
	cp -a "$tmp/trees/b/." "$tmp/trees/a"
	sed -i 's/^12$/hook three/' "$tmp/trees/b/mm/slub.c"
	sed -i "s/^5\$/hook ${1-four}/" "$tmp/trees/b/mm/other.c"
	(cd "$tmp/trees" && diff -ru a b >"$patches/0002-both.patch")
	printf '# order matters\n0001-slub.patch\n0002-both.patch\n' >"$patches/series"
	echo core >"$tmp/overlay/mm/kmemcheck/core.c"
	echo deep >"$tmp/overlay/mm/kmemcheck/deep/deep.c"
}

fake() {
	KMEMCHECK_OVERLAY=$tmp/overlay KMEMCHECK_TARGETS=$tmp/targets "$apply" "$@"
}

in_dir() {
	(cd "$1" && shift && "$@")
}

same_as_pristine() {
	diff -r "$tmp/tree" "$tmp/pristine" &&
		[ "$(stat -c %a "$tmp/tree/mm/other.c")" = 755 ]
}

has_all() {
	grep -q 'hook two' "$tmp/tree/mm/slub.c" && grep -q 'hook three' "$tmp/tree/mm/slub.c" &&
		grep -q "hook ${1-four}" "$tmp/tree/mm/other.c" &&
		cmp "$tmp/overlay/mm/kmemcheck/deep/deep.c" "$tmp/tree/mm/kmemcheck/deep/deep.c"
}

times() {
	find "$tmp/tree" -type f -printf '%p %T@\n' | sort
}

expect 2 "no command given" "no arguments" "$apply"
expect 2 "frobnicate: no such command" "unknown command" "$apply" frobnicate "$tmp"
expect 2 "check needs one directory" "no directory" "$apply" check
expect 2 "/nowhere: no such directory" "missing directory" "$apply" check /nowhere
expect 2 "not a Linux source tree" "not a kernel tree" "$apply" check "$tmp"
expect 0 "Usage: kmemcheck-apply" "help" "$apply" --help

make_tree
make_patches
expect 0 "fits" "check says that it fits" fake check "$tmp/tree"
expect 0 "" "check leaves the tree alone" same_as_pristine
expect 0 "not applied" "revert of a tree without it" fake revert "$tmp/tree"
expect 0 "applied" "apply" fake apply "$tmp/tree"
expect 0 "" "apply puts everything in" has_all
expect 0 "already applied" "check says that it is there" fake check "$tmp/tree"
times >"$tmp/times"
expect 0 "already applied" "a second apply is fine" fake apply "$tmp/tree"
times >"$tmp/times2"
expect 0 "" "a second apply touches no file" cmp "$tmp/times" "$tmp/times2"

echo changed >"$tmp/overlay/mm/kmemcheck/core.c"
expect 0 "has another version" "check sees a changed overlay" fake check "$tmp/tree"
expect 0 "1 files written" "only the changed overlay file is written" fake apply "$tmp/tree"
rm -r "$tmp/overlay/mm/kmemcheck/core.c"
expect 0 "1 files written" "a file that left the overlay leaves the tree" fake apply "$tmp/tree"
make_patches five
expect 0 "2 files written" "a changed patch replaces the old one, by a relative path" \
	in_dir "$tmp" fake apply tree
expect 0 "" "the changed patch is in" has_all five
expect 0 "reverted" "revert" fake revert "$tmp/tree"
expect 0 "" "revert restores the tree" same_as_pristine

expect 0 "" "apply before a change by hand" fake apply "$tmp/tree"
echo mine >>"$tmp/tree/mm/slub.c"
echo mine >>"$tmp/pristine/mm/slub.c"
expect 0 "reverted" "revert keeps a change made elsewhere in a patched file" fake revert "$tmp/tree"
expect 0 "" "only that change is left" same_as_pristine

make_tree
make_patches
fake apply "$tmp/tree" >/dev/null
echo mine >>"$tmp/tree/mm/kmemcheck/core.c"
cp -a "$tmp/tree" "$tmp/edited"
echo newer >"$tmp/overlay/mm/kmemcheck/core.c"
expect 1 "mm/kmemcheck/core.c: changed in the tree" "apply refuses to overwrite an edited overlay file" \
	fake apply "$tmp/tree"
expect 1 "mm/kmemcheck/core.c: changed in the tree" "revert refuses to remove it" fake revert "$tmp/tree"
expect 0 "" "both leave the tree alone" diff -r "$tmp/tree" "$tmp/edited"

make_tree
make_patches
for patch in 0001-slub.patch 0002-both.patch; do
	patch -s -p1 -d "$tmp/tree" -i "$patches/$patch"
done
cp -a "$tmp/overlay/." "$tmp/tree"
expect 0 "already applied" "patches applied by hand are recognised" fake check "$tmp/tree"
expect 0 "reverted" "and can be reverted" fake revert "$tmp/tree"
expect 0 "" "to the last file" diff -r -x kmemcheck "$tmp/tree" "$tmp/pristine"

make_tree
make_patches
sed -i 's/^51$/not what the patch wants/' "$tmp/tree/mm/slub.c"
cp -a "$tmp/tree/." "$tmp/pristine"
expect 1 "0001-slub.patch: mm/slub.c: hunk 2 (line 49) does not fit" \
	"a hunk that does not fit is named" fake check "$tmp/tree"
expect 1 "0001-slub.patch: mm/slub.c: hunk 2" "apply refuses it" fake apply "$tmp/tree"
expect 0 "" "and writes nothing" same_as_pristine
expect 1 "the series is made for Linux 7.3.9" "and says for which release the series is" \
	fake check "$tmp/tree"

make_tree
make_patches
rm "$tmp/tree/mm/other.c"
expect 1 "0002-both.patch: mm/other.c: no such file" "a missing file is named" fake check "$tmp/tree"

make_tree
make_patches
mkdir -p "$tmp/tree/mm/kmemcheck"
echo upstream >"$tmp/tree/mm/kmemcheck/core.c"
rm -rf "$tmp/edited"
cp -a "$tmp/tree" "$tmp/edited"
expect 1 "mm/kmemcheck/core.c: the tree has another file of this name" \
	"an overlay file that upstream has is refused" fake apply "$tmp/tree"
expect 0 "" "and nothing is written" diff -r "$tmp/tree" "$tmp/edited"

make_tree
make_patches
cp -al "$tmp/tree" "$tmp/linked"
fake apply "$tmp/tree" >/dev/null
expect 0 "" "hard-linked copies of the tree are left alone" diff -r "$tmp/linked" "$tmp/pristine"

make_tree
make_patches
echo 0003-missing.patch >>"$patches/series"
expect 2 "0003-missing.patch, which is not there" "a series that names a missing patch" \
	fake check "$tmp/tree"

make_tree
make_patches six
cp -a "$tmp/targets/7.3" "$tmp/six"
make_patches
mv "$tmp/six" "$tmp/targets/7.4"
sed -i 's/^PATCHLEVEL.*/PATCHLEVEL = 4/' "$tmp/tree/Makefile"
expect 0 "applied" "the series is that of the tree's version" fake apply "$tmp/tree"
expect 0 "" "and no other one" has_all six
expect 0 "applied" "KVER takes another one" env KVER=7.3 \
	KMEMCHECK_OVERLAY="$tmp/overlay" KMEMCHECK_TARGETS="$tmp/targets" "$apply" apply "$tmp/tree"
expect 0 "" "which replaces what is there" has_all
fake revert "$tmp/tree" >/dev/null
sed -i 's/^PATCHLEVEL.*/PATCHLEVEL = 5/' "$tmp/tree/Makefile"
cp -a "$tmp/tree/." "$tmp/pristine"
for command in check apply revert; do
	expect 1 "$tmp/tree: no series for Linux 7.5, only for 7.3 7.4" \
		"$command: a version without a series" fake $command "$tmp/tree"
	expect 0 "" "$command: that is one line" [ "$(wc -l <"$tmp/output")" = 1 ]
done
expect 0 "" "and the tree is left alone" same_as_pristine

make_tree
make_patches
fake apply "$tmp/tree" >/dev/null
mv "$patches/0002-both.patch" "$patches/0002-renamed.patch"
sed -i 's/both/renamed/' "$patches/series"
expect 0 "already applied" "a patch that has another name since is recognised" fake check "$tmp/tree"
expect 0 "reverted" "and reverted" fake revert "$tmp/tree"
expect 0 "" "and nothing of it is left" same_as_pristine

make_tree
make_patches
mkdir -p "$tmp/overlay/lib"
cp "$top/kernel/overlay/lib/Kconfig.kmemcheck" "$tmp/overlay/lib/Kconfig.kmemcheck"
good() {
	printf 'CONFIG_%s=y\n' X86_64 DEBUG_KERNEL DEBUG_FS SLUB COMPACTION
	echo '# CONFIG_KASAN is not set'
}
good >"$tmp/config"
expect 0 "fits $tmp/tree" "a configuration that fits" fake check --config "$tmp/config" "$tmp/tree"
(good; echo CONFIG_INIT_ON_ALLOC_DEFAULT_ON=y) >"$tmp/config"
expect 0 "reads as zero there" "zeroing by default is told" \
	fake check --config "$tmp/config" "$tmp/tree"
for conflict in KASAN KCSAN KMSAN DEBUG_KMEMLEAK DEBUG_PAGEALLOC HIBERNATION PREEMPT_RT X86_FRED; do
	(good; echo "CONFIG_$conflict=y") >"$tmp/config"
	expect 1 "CONFIG_$conflict=y" "$conflict is named" \
		fake check --config "$tmp/config" "$tmp/tree"
done
for missing in DEBUG_FS SLUB COMPACTION DEBUG_KERNEL X86_64; do
	good | grep -v "_$missing=" >"$tmp/config"
	expect 1 "CONFIG_$missing is not set" "that $missing is missing is told" \
		fake check --config "$tmp/config" "$tmp/tree"
done
(good | sed s/SLUB/SLAB/; echo CONFIG_HIBERNATION=y; echo CONFIG_DEBUG_SLAB=y) >"$tmp/config"
expect 1 "CONFIG_DEBUG_SLAB=y" "two conflicts, the first one" \
	fake check --config "$tmp/config" "$tmp/tree"
expect 0 "" "two conflicts are two lines" [ "$(wc -l <"$tmp/output")" = 2 ]
expect 2 "not a configuration of Linux" "a file that is no configuration" \
	fake check --config "$apply" "$tmp/tree"
expect 2 "nowhere: no such file" "no configuration there" \
	fake check --config "$tmp/nowhere" "$tmp/tree"
expect 2 "needs a file and a directory" "--config without a directory" fake check --config "$tmp"

# The series of each version on Debian's kernel, which says itself of which version it is.
for target in "$top"/kernel/targets/*; do
	# shellcheck source=/dev/null
	. "$target/target.mk"
	tarball=/usr/src/$PACKAGE.tar.xz
	if [ ! -f "$tarball" ]; then
		result ok "the series fits Debian's kernel # SKIP $PACKAGE is not installed"
		continue
	fi
	# Only what the patches and the overlay can touch, to be quick.
	rm -rf "$tmp/linux" "$tmp/linux.orig"
	mkdir "$tmp/linux"
	sed -n 's,^\(---\|+++\) [ab]/\([^[:space:]]*\).*,\2,p' "$target"/patches/*.patch |
		sort -u >"$tmp/names"
	printf '%s\n' Makefile Kconfig mm/Makefile >>"$tmp/names"
	sed "s,^,$PACKAGE/," "$tmp/names" | sort -u >"$tmp/members"
	tar -xf "$tarball" -C "$tmp/linux" --strip-components=1 -T "$tmp/members" 2>/dev/null
	cp -a "$tmp/linux" "$tmp/linux.orig"
	expect 0 "fits" "$PACKAGE: the series fits Debian's kernel" "$apply" check "$tmp/linux"
	expect 0 "applied" "$PACKAGE: it is applied" "$apply" apply "$tmp/linux"
	expect 0 "reverted" "$PACKAGE: it is reverted" "$apply" revert "$tmp/linux"
	expect 0 "" "$PACKAGE: which restores the tree" diff -r "$tmp/linux" "$tmp/linux.orig"
done
echo "1..$count"
