-- SPDX-License-Identifier: GPL-2.0-or-later
SELECT (SELECT count(*) FROM kmc_raw WHERE at < (SELECT before FROM arg)),
	(SELECT count(*) FROM kmc_occurrence WHERE at < (SELECT before FROM arg))
