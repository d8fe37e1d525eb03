-- SPDX-License-Identifier: GPL-2.0-or-later
SELECT (SELECT count(*) FROM (SELECT DISTINCT host FROM kmc_group_host) AS h),
	(SELECT count(*) FROM kmc_kernel)
