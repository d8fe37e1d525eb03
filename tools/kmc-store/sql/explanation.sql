-- SPDX-License-Identifier: GPL-2.0-or-later
-- The best one: with debug info, of the kernel that had the bug last.
SELECT e.body FROM kmc_explanation e
	LEFT JOIN kmc_group_kernel k ON k.signature = e.signature AND k.kernel = e.kernel
	WHERE e.signature = (SELECT signature FROM arg)
	ORDER BY e.explained DESC, k.last_seen DESC, e.kernel LIMIT 1
