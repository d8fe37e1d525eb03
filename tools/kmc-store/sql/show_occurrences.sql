-- SPDX-License-Identifier: GPL-2.0-or-later
SELECT id, at, host, boot, kernel, cpu, pid, comm, seq, uptime, accesses
	FROM kmc_occurrence WHERE signature = (SELECT signature FROM arg)
	ORDER BY at DESC, id LIMIT (SELECT most FROM arg)
