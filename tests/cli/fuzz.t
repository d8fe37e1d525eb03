#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Each fuzzer for FUZZ_SECONDS, by default 30.
TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
exec "$TOP/tests/fuzz/run" "-max_total_time=${FUZZ_SECONDS:-30}"
