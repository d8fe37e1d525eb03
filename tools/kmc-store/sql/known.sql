-- SPDX-License-Identifier: GPL-2.0-or-later
-- The bugs that are explained for a kernel already, and how many of their reports are kept.
SELECT e.signature, e.kernel,
	(SELECT count(*) FROM kmc_raw r WHERE r.signature = e.signature)
	FROM kmc_explanation e
