#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The differential test with ten million instances: most of an hour in an emulator."""

import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../guest"))
import difftest  # noqa: E402

# Another seed each day, which the log and the output name.
SEED = os.environ.get("SEED", str(int(time.time()) // 86400))
difftest.run(f"kmemcheck.diff=10000000 kmemcheck.diff_seed={SEED}", timeout=6 * 3600)
