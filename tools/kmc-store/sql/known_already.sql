-- SPDX-License-Identifier: GPL-2.0-or-later
-- Behind the lock, so that what another one has added is seen. What an id ends with is of the
-- boot that the log says; where one of two logs says none, they are taken for the same.
--
-- In two steps for Citus, which joins its tables with ours, but does not delete from ours by what
-- is in its. Of "=", PostgreSQL would hash all reports for each batch; of this, each is looked up
-- by index.
INSERT INTO stage_known
	SELECT s.id FROM stage_occurrence s
	JOIN kmc_occurrence o ON o.id >= substr(s.id, 1, 28) || '0000'
		AND o.id <= substr(s.id, 1, 28) || 'ffff'
	WHERE o.id = s.id OR o.boot = '' OR s.boot = '';
DELETE FROM stage_occurrence WHERE id IN (SELECT id FROM stage_known);
