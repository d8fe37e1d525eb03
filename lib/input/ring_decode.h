/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A whole record of the binary stream and what is read from it.
 */
#ifndef KMC_RING_DECODE_H
#define KMC_RING_DECODE_H

#include <linux/kmemcheck.h>

#include "kmc/report.h"

/*
 * struct ring_record - a whole record whose checksum was right
 * @seq: its number
 * @size: of all of it
 * @sections: what follows its head
 * @sections_len: bytes there
 */
struct ring_record {
	uint64_t seq;
	size_t size;
	const char *sections;
	size_t sections_len;
};

/*
 * ring_copy_section() - a section's structure, as much of it as both sides know
 * @record: where to look
 * @type: enum kmemcheck_section_type
 * @out: the structure; what the stream does not have is zeroed
 * @size: of the structure
 *
 * Return: whether there is such a section.
 */
bool ring_copy_section(const struct ring_record *record, unsigned int type,
		       void *out, size_t size);

/* False when out of memory. */
bool ring_decode_kernel(const struct ring_record *record,
			struct kmc_kernel *kernel);

enum ring_result { RING_OK, RING_BAD, RING_NOMEM };

enum ring_result ring_decode_report(const struct ring_record *record,
				    const struct kmc_kernel *kernel,
				    struct kmc_report *report);

#endif /* KMC_RING_DECODE_H */
