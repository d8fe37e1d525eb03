-- SPDX-License-Identifier: GPL-2.0-or-later
DELETE FROM kmc_raw WHERE at < (SELECT before FROM arg);
UPDATE kmc_group SET kept = 0 WHERE kept > 0;
UPDATE kmc_group SET kept = n.kept
	FROM (SELECT signature, count(*) AS kept FROM kmc_raw GROUP BY signature) AS n
	WHERE kmc_group.signature = n.signature;
