-- SPDX-License-Identifier: GPL-2.0-or-later
-- The inner LIMIT as in show_occurrences.sql.
SELECT body
	FROM (SELECT id, at, body FROM kmc_raw WHERE signature = (SELECT signature FROM arg)
		LIMIT 9223372036854775807) AS every
	ORDER BY at DESC, id LIMIT (SELECT most FROM arg)
