#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Objects that no register points to, in Debian's kernel, which DEBIAN_VMLINUX names.
set -u

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
if [ ! -r "${DEBIAN_VMLINUX:-}" ]; then
	echo "1..0 # SKIP DEBIAN_VMLINUX does not name Debian's vmlinux"
	exit 0
fi
VMLINUX=$DEBIAN_VMLINUX SAMPLE=${SAMPLE:-400} exec "$TOP/tests/cli/found.t"
