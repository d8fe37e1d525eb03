-- SPDX-License-Identifier: GPL-2.0-or-later
-- The bugs that are explained for a kernel already, and how many of their reports are kept.
SELECT e.signature, e.kernel, g.kept
	FROM kmc_explanation e JOIN kmc_group g ON g.signature = e.signature
