-- SPDX-License-Identifier: GPL-2.0-or-later
UPDATE kmc_group SET state = 'open', closed_at = NULL, note = (SELECT note FROM arg)
	WHERE signature = (SELECT signature FROM arg);
