-- SPDX-License-Identifier: GPL-2.0-or-later
SELECT host, first_seen, last_seen, reports FROM kmc_group_host
	WHERE signature = (SELECT signature FROM arg)
	ORDER BY last_seen DESC, host LIMIT (SELECT most FROM arg)
