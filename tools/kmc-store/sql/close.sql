-- SPDX-License-Identifier: GPL-2.0-or-later
UPDATE kmc_group SET state = 'closed', closed_at = (SELECT at FROM arg), note = (SELECT note FROM arg)
	WHERE signature = (SELECT signature FROM arg);
