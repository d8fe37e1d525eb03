-- SPDX-License-Identifier: GPL-2.0-or-later
SELECT id, release, build_id FROM kmc_kernel ORDER BY id
