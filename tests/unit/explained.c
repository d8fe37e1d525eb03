// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A compiled file to explain reports of, and such reports.
 */
#include "helper.h"
#include "explained.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/model.h"

int set_up(void **state)
{
	struct state *s = calloc(1, sizeof(*s));
	char *path;

	assert_non_null(s);
	s->f = fixture_new("gcc", "-g");
	fixture_compile(s->f, "explain", "-g3");
	path = fixture_path(s->f, "explain");
	assert_no_error(kmc_image_open(NULL, path, NULL, &s->di.vmlinux));
	assert_no_error(kmc_types_open_dwarf(path, &s->types));
	free(path);
	*state = s;
	return 0;
}

int tear_down(void **state)
{
	struct state *s = *state;

	kmc_types_free(s->types);
	kmc_image_free(s->di.vmlinux);
	fixture_free(s->f);
	free(s);
	return 0;
}

uint64_t symbol(const struct state *s, const char *name)
{
	return fixture_symbol(s->f, "symbols", name);
}

uint64_t mark(const struct state *s, const char *function, const char *name)
{
	char full[100];

	snprintf(full, sizeof(full), "%s_%s", function, name);
	return symbol(s, function) + symbol(s, full);
}

kmc_type_id find_type(struct state *s, const char *name)
{
	kmc_type_id *ids, id;
	size_t count;

	assert_no_error(kmc_types_find(s->types, name, &ids, &count));
	assert_int_equal(count, 1);
	id = ids[0];
	free(ids);
	return id;
}

struct kmc_report *make(struct state *s, const void *memory, size_t len,
			const char *shadow, unsigned int caret)
{
	struct kmc_report *report = kmc_report_new("x");
	struct kmc_frame *frame = kmc_stack_push(&report->frames, KMC_ROLE_RIP);

	assert_non_null(frame);
	frame->resolved = true;
	frame->link_address = symbol(s, "member");
	report->memory = malloc(len);
	memcpy(report->memory, memory, len);
	report->memory_len = len;
	report->shadow = strdup(shadow);
	report->shadow_len = strlen(shadow);
	assert_int_equal(report->shadow_len, len);
	report->caret = caret;
	report->bits = 8;
	report->address = OBJECT + caret;
	report->memory_start = OBJECT;
	report->state = KMC_UNINITIALIZED;
	report->candidates = calloc(1, sizeof(*report->candidates));
	report->ncandidates = 1;
	*report->candidates = (struct kmc_candidate) {
		.type = strdup("struct record"), .types = s->types,
		.type_id = find_type(s, "struct record"), .type_size = 56,
		.start = OBJECT, .offset = caret,
	};
	return report;
}

const uint8_t bytes[56] = {
	'e', 't', 'h', '0', 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 0, 0,
	0x0b, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0x80, 0, 0, 0,
	0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0x10, 0x20, 0, 0, 0, 0, 0x11, 0xff,
	0xfe, 0xff, 0, 0, 0, 0, 0, 0,
};

const struct kmc_value *value_of(const struct kmc_report *report, const char *path)
{
	for (size_t i = 0; i < report->nvalues; i++)
		if (!strcmp(report->values[i].path, path) && !report->values[i].hole)
			return &report->values[i];
	for (size_t i = 0; i < report->nvalues; i++)
		print_error("# there is %s\n", report->values[i].path);
	fail_msg("there is no value %s", path);
	return NULL;
}

void assert_value(const struct kmc_report *report, const char *path, const char *text)
{
	const struct kmc_value *value = value_of(report, path);

	assert_non_null(value->text);
	assert_string_equal(value->text, text);
}
