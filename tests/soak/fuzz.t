#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Each fuzzer for FUZZ_RUNS executions, by default ten million.
TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
FUZZ_JOBS=$(nproc)
export FUZZ_JOBS
exec "$TOP/tests/fuzz/run" "-runs=${FUZZ_RUNS:-10000000}"
