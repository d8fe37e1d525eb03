// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any input to reports, and these to JSON or to text with its view.
 */
#include "fuzz.h"
#include "detect.h"

#include <jansson.h>

static void check_json(const struct kmc_report *report)
{
	json_error_t error;
	json_t *json;
	char *text;

	if (kmc_json_report(report, &text))
		fuzz_fail("no JSON");
	for (const char *s = text; *s; s++) {
		if (*s < ' ' || *s > '~')
			fuzz_fail("JSON is not one line of ASCII");
	}
	json = json_loads(text, JSON_REJECT_DUPLICATES, &error);
	if (!json)
		fuzz_fail("JSON: %s: %s", error.text, text);
	json_decref(json);
	free(text);
}

static void check_text(const struct kmc_report *report,
		       const struct kmc_print_options *opts)
{
	char *text;

	if (kmc_print_report(report, opts, &text))
		fuzz_fail("no text");
	for (const char *s = text; *s; s++) {
		if ((*s < ' ' && *s != '\n' && *s != '\033' && *s > 0) ||
		    (*s == '\033' && !opts->color))
			fuzz_fail("a control character was printed");
	}
	free(text);
}

/* Each execution prints in one way; which one depends on the input alone. */
static void check_report(const struct kmc_report *report, size_t way)
{
	static const unsigned int widths[] = { 40, 80, 200 };
	const struct kmc_print_options opts = {
		.view = { .width = widths[way % 3], .ascii = way & 1 },
		.color = way % 3 == 2,
	};

	if (way % 4)
		check_text(report, &opts);
	else
		check_json(report);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct kmc_reader_ops *ops;
	uint8_t *mended = malloc(size + 1);
	struct kmc_events events;
	struct kmc_error *err;

	memcpy(mended, data, size);
	fuzz_mend_stream(mended, size);
	err = kmc_detect("input", (const char *)mended, size, &ops);
	if (err) {
		kmc_error_free(err);
		free(mended);
		return 0;
	}
	fuzz_read(ops, mended, size, 0, &events);
	for (size_t i = 0; i < events.count; i++) {
		if (events.list[i].report)
			check_report(events.list[i].report, size + i);
	}
	kmc_events_release(&events);
	free(mended);
	return 0;
}
