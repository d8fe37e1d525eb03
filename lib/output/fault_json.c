// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The bad pointer of a fault as JSON.
 */
#include <inttypes.h>
#include <stdio.h>

#include "output/json.h"
#include "report/model.h"

static json_t *number(bool known, uint64_t value)
{
	char text[24];

	if (!known)
		return json_null();
	snprintf(text, sizeof(text), "0x%" PRIx64, value);
	return json_string(text);
}

/* "call", "read", "write", "change" */
static json_t *done_of(const struct kmc_fault *fault)
{
	if (fault->called)
		return json_string("call");
	if (fault->writes)
		return json_string(fault->reads ? "change" : "write");
	return fault->reads ? json_string("read") : json_null();
}

json_t *kmc_json_fault(const struct kmc_report *report)
{
	const struct kmc_fault *fault = &report->fault;

	return json_pack("{s:s, s:o, s:o, s:o, s:b, s:o, s:o, s:o, s:o, s:o, s:b, s:b}",
		"pointer", kmc_pointer_name(fault->pointer),
		"name", kmc_json_text(fault->name),
		"value", number(fault->has_value, fault->value),
		"register", kmc_json_text(fault->reg),
		"is_index", fault->is_index,
		"expression", kmc_json_text(fault->what),
		"displacement", fault->has_disp ? json_integer(fault->disp) : json_null(),
		"address", number(fault->has_address, fault->address),
		"done", done_of(fault),
		"size", fault->size ? json_integer(fault->size) : json_null(),
		"shadow", fault->shadow,
		"contradicts", fault->off);
}
