-- SPDX-License-Identifier: GPL-2.0-or-later
DELETE FROM kmc_raw WHERE at < (SELECT before FROM arg);
