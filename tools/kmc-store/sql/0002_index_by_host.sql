-- SPDX-License-Identifier: GPL-2.0-or-later
-- What is added together is of one host: by signature alone, it would lie all over the index.
DROP INDEX kmc_occurrence_of_group;
CREATE INDEX kmc_occurrence_of_host ON kmc_occurrence (host, signature, at);
