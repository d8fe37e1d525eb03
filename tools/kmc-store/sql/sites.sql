-- SPDX-License-Identifier: GPL-2.0-or-later
SELECT kernel, site, signature, explained FROM kmc_site
