-- SPDX-License-Identifier: GPL-2.0-or-later
SELECT checker,
	CASE WHEN state = 'closed' AND last_seen > closed_at THEN 'regressed' ELSE state END,
	count(*), CAST(sum(reports) AS BIGINT), CAST(sum(accesses) AS BIGINT), max(last_seen)
	FROM kmc_group WHERE reports > 0
	GROUP BY checker,
	CASE WHEN state = 'closed' AND last_seen > closed_at THEN 'regressed' ELSE state END
	ORDER BY 1, 2
