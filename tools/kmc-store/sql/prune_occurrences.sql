-- SPDX-License-Identifier: GPL-2.0-or-later
-- The counts stay, so what they count must not be added once more.
UPDATE kmc_horizon SET pruned_before = (SELECT before FROM arg)
	WHERE id = 1 AND pruned_before < (SELECT before FROM arg);
DELETE FROM kmc_occurrence WHERE at < (SELECT before FROM arg);
