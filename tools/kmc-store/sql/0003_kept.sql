-- SPDX-License-Identifier: GPL-2.0-or-later
-- How many reports of a bug are in kmc_raw: add asks, and would count them each time.
ALTER TABLE kmc_group ADD COLUMN kept BIGINT NOT NULL DEFAULT 0;
UPDATE kmc_group SET kept = n.kept
	FROM (SELECT signature, count(*) AS kept FROM kmc_raw GROUP BY signature) AS n
	WHERE kmc_group.signature = n.signature;
DROP INDEX kmc_raw_of_group;
CREATE INDEX kmc_raw_of_group ON kmc_raw (signature);
