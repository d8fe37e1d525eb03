-- SPDX-License-Identifier: GPL-2.0-or-later
-- The newest are of the hosts that had it last. A LIMIT that is a query is for Citus only where
-- its own tables are behind one that is not; this one is none.
SELECT id, at, host, boot, kernel, cpu, pid, comm, seq, uptime, accesses
	FROM (SELECT o.id, o.at, o.host, o.boot, o.kernel, o.cpu, o.pid, o.comm, o.seq, o.uptime,
			o.accesses
		FROM (SELECT signature, host FROM kmc_group_host
			WHERE signature = (SELECT signature FROM arg)
			ORDER BY last_seen DESC, host LIMIT (SELECT most FROM arg)) AS h
		JOIN kmc_occurrence o ON o.host = h.host AND o.signature = h.signature
		LIMIT 9223372036854775807) AS every
	ORDER BY at DESC, host, id LIMIT (SELECT most FROM arg)
