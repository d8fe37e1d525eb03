-- SPDX-License-Identifier: GPL-2.0-or-later
-- What a query depends on is a row, so that no text of anybody's becomes SQL.
CREATE TEMP TABLE arg (
	signature TEXT,
	since BIGINT,
	before BIGINT,
	at BIGINT,
	note TEXT,
	most BIGINT,
	regressed BIGINT
);
