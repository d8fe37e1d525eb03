-- SPDX-License-Identifier: GPL-2.0-or-later
-- Behind the lock, so that what another one has added is seen.
DELETE FROM stage_occurrence
	WHERE EXISTS (SELECT 1 FROM kmc_occurrence o WHERE o.id = stage_occurrence.id);
