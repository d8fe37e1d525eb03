#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The mixed workload without memory, with floods of reports, and with one-shot."""

import guest
import workload

guest.need_kernel()
tap = guest.Tap()
workload.pressure(tap, seconds=15)
workload.flood(tap, seconds=15)
workload.one_shot(tap, seconds=15)
tap.done()
