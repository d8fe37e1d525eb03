-- SPDX-License-Identifier: GPL-2.0-or-later
-- How many are left, and how many of these are older than what was pruned.
SELECT (SELECT count(*) FROM stage_occurrence),
	(SELECT count(*) FROM stage_occurrence
		WHERE at < (SELECT pruned_before FROM kmc_horizon WHERE id = 1))
