-- SPDX-License-Identifier: GPL-2.0-or-later
SELECT k.kernel, n.release, n.build_id, k.first_seen, k.last_seen, k.reports
	FROM kmc_group_kernel k LEFT JOIN kmc_kernel n ON n.id = k.kernel
	WHERE k.signature = (SELECT signature FROM arg)
	ORDER BY k.last_seen DESC, k.kernel LIMIT (SELECT most FROM arg)
