#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""An instruction on hidden memory does what it does natively: 100000 of them."""

import difftest

difftest.run()
