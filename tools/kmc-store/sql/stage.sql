-- SPDX-License-Identifier: GPL-2.0-or-later
-- Where a batch is put before it is merged; the columns in the order they are loaded.
DROP TABLE IF EXISTS stage_kernel;
DROP TABLE IF EXISTS stage_group;
DROP TABLE IF EXISTS stage_site;
DROP TABLE IF EXISTS stage_explanation;
DROP TABLE IF EXISTS stage_occurrence;
DROP TABLE IF EXISTS stage_raw;
DROP TABLE IF EXISTS stage_known;
DROP TABLE IF EXISTS stage_count;
CREATE TEMP TABLE stage_kernel (id TEXT, build_id TEXT, release TEXT);
CREATE TEMP TABLE stage_group (signature TEXT, words TEXT, checker TEXT, title TEXT, headline TEXT,
	verdict TEXT, member TEXT);
CREATE TEMP TABLE stage_site (kernel TEXT, site TEXT, signature TEXT, explained INTEGER);
CREATE TEMP TABLE stage_explanation (signature TEXT, kernel TEXT, explained INTEGER, body BYTEA);
CREATE TEMP TABLE stage_occurrence (id TEXT, signature TEXT, at BIGINT, host TEXT, boot TEXT,
	kernel TEXT, cpu BIGINT, pid BIGINT, comm TEXT, seq BIGINT, uptime BIGINT, accesses BIGINT);
CREATE TEMP TABLE stage_raw (id TEXT, signature TEXT, at BIGINT, body BYTEA);
CREATE TEMP TABLE stage_known (id VARCHAR(32));
CREATE TEMP TABLE stage_count (signature TEXT, host TEXT, kernel TEXT, first_seen BIGINT,
	last_seen BIGINT, reports BIGINT, accesses BIGINT);
