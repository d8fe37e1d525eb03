-- SPDX-License-Identifier: GPL-2.0-or-later
-- A bug is back when it was reported after it was closed.
SELECT g.signature, g.title, g.checker, g.verdict, g.member, g.headline, g.words,
	g.first_seen, g.last_seen, g.reports, g.accesses, g.hosts,
	CASE WHEN g.state = 'closed' AND g.last_seen > g.closed_at THEN 'regressed'
		ELSE g.state END AS state,
	g.closed_at, g.note
	FROM kmc_group g
	WHERE g.reports > 0
	AND g.first_seen >= (SELECT since FROM arg)
	AND ((SELECT signature FROM arg) IS NULL
		OR substr(g.signature, 1, length((SELECT signature FROM arg))) = (SELECT signature FROM arg))
	AND ((SELECT regressed FROM arg) IS NULL
		OR (g.state = 'closed' AND g.last_seen > g.closed_at))
	ORDER BY g.last_seen DESC, g.reports DESC, g.signature
	LIMIT (SELECT most FROM arg)
