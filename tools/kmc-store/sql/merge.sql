-- SPDX-License-Identifier: GPL-2.0-or-later
-- A batch into the tables, of what none of them has; see known_already.sql.
INSERT INTO kmc_kernel SELECT id, build_id, release FROM stage_kernel WHERE true
	ON CONFLICT (id) DO NOTHING;
INSERT INTO kmc_group
	SELECT signature, words, checker, title, headline, verdict, member,
		NULL, NULL, 0, 0, 0, 'open', NULL, NULL
	FROM stage_group WHERE true
	ON CONFLICT (signature) DO NOTHING;
INSERT INTO kmc_site SELECT kernel, site, signature, explained FROM stage_site WHERE true
	ON CONFLICT (kernel, site) DO UPDATE
	SET signature = excluded.signature, explained = excluded.explained
	WHERE kmc_site.explained < excluded.explained;
INSERT INTO kmc_explanation SELECT signature, kernel, explained, body
	FROM stage_explanation s WHERE explained = (SELECT max(explained) FROM stage_explanation t
		WHERE t.signature = s.signature AND t.kernel = s.kernel)
	ON CONFLICT (signature, kernel) DO UPDATE
	SET explained = excluded.explained, body = excluded.body
	WHERE kmc_explanation.explained < excluded.explained;

DELETE FROM stage_occurrence
	WHERE at < (SELECT pruned_before FROM kmc_horizon WHERE id = 1);
INSERT INTO kmc_occurrence SELECT * FROM stage_occurrence;
INSERT INTO kmc_raw
	SELECT r.id, r.signature, r.at, r.body FROM stage_raw r
	WHERE r.id IN (SELECT id FROM stage_occurrence)
	ON CONFLICT (id) DO NOTHING;

INSERT INTO kmc_group_host
	SELECT signature, host, min(at), max(at), count(*) FROM stage_occurrence WHERE true
	GROUP BY signature, host
	ON CONFLICT (signature, host) DO UPDATE SET
	first_seen = CASE WHEN kmc_group_host.first_seen < excluded.first_seen
		THEN kmc_group_host.first_seen ELSE excluded.first_seen END,
	last_seen = CASE WHEN kmc_group_host.last_seen > excluded.last_seen
		THEN kmc_group_host.last_seen ELSE excluded.last_seen END,
	reports = kmc_group_host.reports + excluded.reports;
INSERT INTO kmc_group_kernel
	SELECT signature, kernel, min(at), max(at), count(*) FROM stage_occurrence WHERE true
	GROUP BY signature, kernel
	ON CONFLICT (signature, kernel) DO UPDATE SET
	first_seen = CASE WHEN kmc_group_kernel.first_seen < excluded.first_seen
		THEN kmc_group_kernel.first_seen ELSE excluded.first_seen END,
	last_seen = CASE WHEN kmc_group_kernel.last_seen > excluded.last_seen
		THEN kmc_group_kernel.last_seen ELSE excluded.last_seen END,
	reports = kmc_group_kernel.reports + excluded.reports;
UPDATE kmc_group SET
	first_seen = CASE WHEN kmc_group.first_seen < n.first_seen
		THEN kmc_group.first_seen ELSE n.first_seen END,
	last_seen = CASE WHEN kmc_group.last_seen > n.last_seen
		THEN kmc_group.last_seen ELSE n.last_seen END,
	reports = kmc_group.reports + n.reports,
	accesses = kmc_group.accesses + n.accesses,
	hosts = (SELECT count(*) FROM kmc_group_host h WHERE h.signature = kmc_group.signature)
	FROM (SELECT signature, min(at) AS first_seen, max(at) AS last_seen,
			count(*) AS reports, CAST(sum(accesses) AS BIGINT) AS accesses
		FROM stage_occurrence GROUP BY signature) AS n
	WHERE kmc_group.signature = n.signature;
