#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Reports of other checkers from the field; the corpus lies beside the tree, if at all.
TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
exec "$TOP/tests/today-check"
