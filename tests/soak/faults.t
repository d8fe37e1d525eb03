#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Faults of known cause in Debian's kernel, which DEBIAN_VMLINUX names, and DEBIAN_SOURCE its source.
set -u

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
if [ ! -r "${DEBIAN_VMLINUX:-}" ]; then
	echo "1..0 # SKIP DEBIAN_VMLINUX does not name Debian's vmlinux"
	exit 0
fi
export VMLINUX=$DEBIAN_VMLINUX SAMPLE=${SAMPLE:-300}
[ -z "${DEBIAN_SOURCE:-}" ] || export SOURCE=$DEBIAN_SOURCE
exec "$TOP/tests/cli/faults.t"
