-- SPDX-License-Identifier: GPL-2.0-or-later
-- One row per bug, one per report of it. Times are microseconds since 1970.

-- Who updates it is the only one that merges, until the end of the transaction.
CREATE TABLE kmc_lock (id INTEGER PRIMARY KEY, writes BIGINT NOT NULL);
INSERT INTO kmc_lock VALUES (1, 0);

-- What was pruned must not be counted again: nothing older than this is added.
CREATE TABLE kmc_horizon (id INTEGER PRIMARY KEY, pruned_before BIGINT NOT NULL);
INSERT INTO kmc_horizon VALUES (1, 0);

-- id: the build-ID, or else the release
CREATE TABLE kmc_kernel (
	id TEXT PRIMARY KEY,
	build_id TEXT,
	release TEXT
);

-- signature: a hash of words, which are what all its reports have in common
CREATE TABLE kmc_group (
	signature TEXT PRIMARY KEY,
	words TEXT NOT NULL,
	checker TEXT NOT NULL,
	title TEXT NOT NULL,
	headline TEXT,
	verdict TEXT,
	member TEXT,
	first_seen BIGINT,
	last_seen BIGINT,
	reports BIGINT NOT NULL,
	accesses BIGINT NOT NULL,
	hosts BIGINT NOT NULL,
	state TEXT NOT NULL,
	closed_at BIGINT,
	note TEXT
);

-- id: a hash of what the kernel printed and of the host, so that the same report is one row
CREATE TABLE kmc_occurrence (
	id TEXT PRIMARY KEY,
	signature TEXT NOT NULL,
	at BIGINT NOT NULL,
	host TEXT NOT NULL,
	boot TEXT NOT NULL,
	kernel TEXT NOT NULL,
	cpu BIGINT,
	pid BIGINT,
	comm TEXT,
	seq BIGINT,
	uptime BIGINT,
	accesses BIGINT NOT NULL
);
CREATE INDEX kmc_occurrence_of_group ON kmc_occurrence (signature, at);

-- Kept beside, as the counts are, so that nothing is counted when it is asked for
CREATE TABLE kmc_group_host (
	signature TEXT NOT NULL,
	host TEXT NOT NULL,
	first_seen BIGINT NOT NULL,
	last_seen BIGINT NOT NULL,
	reports BIGINT NOT NULL,
	PRIMARY KEY (signature, host)
);
CREATE TABLE kmc_group_kernel (
	signature TEXT NOT NULL,
	kernel TEXT NOT NULL,
	first_seen BIGINT NOT NULL,
	last_seen BIGINT NOT NULL,
	reports BIGINT NOT NULL,
	PRIMARY KEY (signature, kernel)
);

-- Which bug the reports of one place in one kernel are of; known from the explanation of
-- the first. explained: 1 when there was debug info for it
CREATE TABLE kmc_site (
	kernel TEXT NOT NULL,
	site TEXT NOT NULL,
	signature TEXT NOT NULL,
	explained INTEGER NOT NULL,
	PRIMARY KEY (kernel, site)
);

-- One report of it as kmc-report prints it, by zstd, in colour
CREATE TABLE kmc_explanation (
	signature TEXT NOT NULL,
	kernel TEXT NOT NULL,
	explained INTEGER NOT NULL,
	body BYTEA NOT NULL,
	PRIMARY KEY (signature, kernel)
);

-- Some reports of each bug as JSON, by zstd; pruned before all else is
CREATE TABLE kmc_raw (
	id TEXT PRIMARY KEY,
	signature TEXT NOT NULL,
	at BIGINT NOT NULL,
	body BYTEA NOT NULL
);
CREATE INDEX kmc_raw_of_group ON kmc_raw (signature, at);
