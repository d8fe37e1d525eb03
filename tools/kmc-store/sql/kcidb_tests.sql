-- SPDX-License-Identifier: GPL-2.0-or-later
-- A machine that ran a kernel is a test of it.
SELECT DISTINCT kernel, host FROM kmc_occurrence
	WHERE at >= (SELECT since FROM arg) ORDER BY kernel, host
