#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Switching kmemcheck 200 times while the machine works makes no report."""

import guest
import workload

guest.need_kernel()
tap = guest.Tap()
for mode in (0, 1):
    workload.toggle(tap, mode, seconds=30, toggles=200)
tap.done()
