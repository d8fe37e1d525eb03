-- SPDX-License-Identifier: GPL-2.0-or-later
-- The inner LIMIT as in show_occurrences.sql.
SELECT id, signature, at, host, boot, kernel, comm, uptime, accesses
	FROM (SELECT id, signature, at, host, boot, kernel, comm, uptime, accesses
		FROM kmc_occurrence WHERE at >= (SELECT since FROM arg)
		LIMIT 9223372036854775807) AS every
	ORDER BY signature, at, id LIMIT (SELECT most FROM arg)
