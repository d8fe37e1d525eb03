-- SPDX-License-Identifier: GPL-2.0-or-later
SELECT id, signature, at, host, boot, kernel, comm, uptime, accesses FROM kmc_occurrence
	WHERE at >= (SELECT since FROM arg)
	ORDER BY signature, at, id LIMIT (SELECT most FROM arg)
