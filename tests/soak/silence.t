#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Ten minutes of mixed work on two processors, ten on one, ten on a machine of eight, 20 GB and
two nodes, and ten in a kernel that has much more in it, make no report.
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../guest"))
import guest  # noqa: E402
import workload  # noqa: E402

guest.need_kernel()
guest.need_kernel(guest.KERNEL_WIDE, "-C kernel wide")
tap = guest.Tap()
workload.silence(tap, seconds=600, smp=2)
workload.silence(tap, seconds=600, smp=1)
workload.silence(tap, seconds=600, smp=8, mem="20G", nodes=2)
workload.silence(tap, seconds=600, smp=2, wide=True)
tap.done()
