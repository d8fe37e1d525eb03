#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Ten minutes of mixed work on two processors, and ten on one, make no report."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../guest"))
import guest  # noqa: E402
import workload  # noqa: E402

guest.need_kernel()
tap = guest.Tap()
workload.silence(tap, seconds=600, smp=2)
workload.silence(tap, seconds=600, smp=1)
tap.done()
