#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The first minute of make demo: a saved report is explained before a kernel is built. Make
# is another program here, which builds no kernel; the guest's part is in tests/guest.
set -u

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
# shellcheck source=tests/cli/tap.sh
. "$TOP/tests/cli/tap.sh"

mkdir "$tmp/bin"
cat >"$tmp/bin/make" <<'END'
#!/bin/sh
echo "make: $*"
case " $* " in
*" kernel "*) exit 1 ;;
esac
END
chmod +x "$tmp/bin/make"

NO_INSTALL=1 PATH=$tmp/bin:$PATH MAKEFLAGS='' "$TOP/scripts/demo" >"$tmp/out" 2>"$tmp/err"
check "without a kernel, the demo fails" test $? = 1
# in_order PATTERN…: lines that stand below each other
in_order() {
	local at=0 pattern line
	for pattern; do
		line=$(grep -nE -- "$pattern" "$tmp/out" | cut -d: -f1 |
			awk -v at="$at" '$1 > at { print; exit }')
		[ -n "$line" ] || { echo "no '$pattern' behind line $at"; cat "$tmp/out"; return 1; }
		at=$line
	done
}
check "the tools are built first, on all processors" in_order \
	"^== 1\. " "^make: .*-j[0-9]+ all build/fixtures/manual/vmlinux" "^== 2\. " "^make: .* kernel"
check "the report is shown, and explained, before a kernel is built" in_order \
	"^WARNING: kmemcheck: Caught 32-bit read" \
	"^padding: read of padding behind struct sigqueue\.info\.si_code \(\+36\), likely$" \
	"^  --> include/asm-generic/siginfo\.h:287:3 in copy_siginfo\(\)$" \
	"kernel/signal\.c:410" "^== 2\. "
check "it is said how long that took" grep -qE '\(took [0-9]+ s\)$' "$tmp/out"
check "nothing went wrong before the kernel" test ! -s "$tmp/err"
command=$(sed -n 's/^\$ //p' "$tmp/out")
(cd "$TOP" && eval "$command") >"$tmp/again" 2>&1
check "the command that is shown does that" grep -q "^padding: " "$tmp/again"

plan
