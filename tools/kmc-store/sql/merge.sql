-- SPDX-License-Identifier: GPL-2.0-or-later
-- A batch into the tables, of what none of them has; see known_already.sql.
INSERT INTO kmc_kernel SELECT id, build_id, release FROM stage_kernel WHERE true
	ON CONFLICT (id) DO NOTHING;
INSERT INTO kmc_group
	SELECT signature, words, checker, title, headline, verdict, member,
		NULL, NULL, 0, 0, 0, 'open', NULL, NULL, 0
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
-- In the order of an index, which is filled page by page then: all are of one host.
INSERT INTO kmc_occurrence SELECT * FROM stage_occurrence ORDER BY signature, at;
INSERT INTO kmc_raw
	SELECT r.id, r.signature, r.at, r.body FROM stage_raw r
	WHERE r.id IN (SELECT id FROM stage_occurrence)
	ON CONFLICT (id) DO NOTHING;
UPDATE kmc_group SET kept = kmc_group.kept + n.kept
	FROM (SELECT signature, count(*) AS kept FROM stage_raw
		WHERE id IN (SELECT id FROM stage_occurrence) GROUP BY signature) AS n
	WHERE kmc_group.signature = n.signature;

-- Counted once; what follows adds it up.
INSERT INTO stage_count
	SELECT signature, host, kernel, min(at), max(at), count(*), CAST(sum(accesses) AS BIGINT)
	FROM stage_occurrence GROUP BY signature, host, kernel;
-- Before the hosts, so that those are counted that had not had the bug.
UPDATE kmc_group SET
	first_seen = CASE WHEN kmc_group.first_seen < n.first_seen
		THEN kmc_group.first_seen ELSE n.first_seen END,
	last_seen = CASE WHEN kmc_group.last_seen > n.last_seen
		THEN kmc_group.last_seen ELSE n.last_seen END,
	reports = kmc_group.reports + n.reports,
	accesses = kmc_group.accesses + n.accesses,
	hosts = kmc_group.hosts + n.hosts
	FROM (SELECT s.signature, min(s.first_seen) AS first_seen, max(s.last_seen) AS last_seen,
			CAST(sum(s.reports) AS BIGINT) AS reports,
			CAST(sum(s.accesses) AS BIGINT) AS accesses,
			CAST(sum(CASE WHEN h.host IS NULL THEN 1 ELSE 0 END) AS BIGINT) AS hosts
		FROM (SELECT signature, host, min(first_seen) AS first_seen,
				max(last_seen) AS last_seen, sum(reports) AS reports,
				sum(accesses) AS accesses
			FROM stage_count GROUP BY signature, host) AS s
		LEFT JOIN kmc_group_host h ON h.signature = s.signature AND h.host = s.host
		GROUP BY s.signature) AS n
	WHERE kmc_group.signature = n.signature;
INSERT INTO kmc_group_host
	SELECT signature, host, min(first_seen), max(last_seen), CAST(sum(reports) AS BIGINT)
	FROM stage_count WHERE true
	GROUP BY signature, host
	ON CONFLICT (signature, host) DO UPDATE SET
	first_seen = CASE WHEN kmc_group_host.first_seen < excluded.first_seen
		THEN kmc_group_host.first_seen ELSE excluded.first_seen END,
	last_seen = CASE WHEN kmc_group_host.last_seen > excluded.last_seen
		THEN kmc_group_host.last_seen ELSE excluded.last_seen END,
	reports = kmc_group_host.reports + excluded.reports;
INSERT INTO kmc_group_kernel
	SELECT signature, kernel, min(first_seen), max(last_seen), CAST(sum(reports) AS BIGINT)
	FROM stage_count WHERE true
	GROUP BY signature, kernel
	ON CONFLICT (signature, kernel) DO UPDATE SET
	first_seen = CASE WHEN kmc_group_kernel.first_seen < excluded.first_seen
		THEN kmc_group_kernel.first_seen ELSE excluded.first_seen END,
	last_seen = CASE WHEN kmc_group_kernel.last_seen > excluded.last_seen
		THEN kmc_group_kernel.last_seen ELSE excluded.last_seen END,
	reports = kmc_group_kernel.reports + excluded.reports;
