#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Five minutes each without memory, with floods of reports, and with one-shot."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../guest"))
import guest  # noqa: E402
import workload  # noqa: E402

guest.need_kernel()
tap = guest.Tap()
workload.pressure(tap, seconds=300)
workload.flood(tap, seconds=300)
workload.one_shot(tap, seconds=300)
tap.done()
