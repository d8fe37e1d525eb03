#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A boot and a minute of mixed work on two processors make no report."""

import guest
import workload

guest.need_kernel()
tap = guest.Tap()
workload.silence(tap, seconds=45, smp=2)
tap.done()
