// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the source calls a number: macros, from .debug_macro (gcc -g3).
 *
 * Their number alone would fit too many. The kernel names the values of a member
 * after it, so those that begin like it are taken: SI_KERNEL for si_code.
 */
#include "explain/macro_names.h"

#include <ctype.h>
#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

#include "debuginfo/inline_chain.h"
#include "report/model.h"

/* A kernel's CU sees some ten thousand. */
#define MAX_MACROS	200000
#define MAX_IMPORTS	16

struct lookup {
	int (*take)(Dwarf_Macro *macro, void *arg);
	Dwarf *dwarf;
	const char *prefix;
	uint64_t number;
	struct kmc_value *value;
	struct kmc_error *err;
	unsigned int seen;
	int depth;
};

/* "info.si_code" → "SI_"; false when there is nothing to go by. */
static bool make_prefix(const char *path, char *prefix, size_t size)
{
	const char *dot = strrchr(path, '.');
	const char *name = dot ? dot + 1 : path;
	const char *end = strchr(name, '_');
	size_t len = end ? end - name + 1 : 0;

	if (len < 2 || len >= size)
		return false;
	for (size_t i = 0; i < len; i++)
		prefix[i] = toupper((unsigned char)name[i]);
	prefix[len] = '\0';
	return true;
}

/* "SI_KERNEL 0x80": is it a plain number, and that one? */
static bool defines(const char *text, const char *prefix, uint64_t number,
		    char *name, size_t size)
{
	const size_t len = strcspn(text, " (");
	const char *body = text + len;
	uint64_t value;
	char *end;

	if (strncmp(text, prefix, strlen(prefix)) || *body != ' ' || len >= size)
		return false;
	body += strspn(body, " (");
	value = strtoull(body, &end, 0);
	end += strspn(end, "uUlL");
	end += strspn(end, ") ");
	if (end == body || (*end && strncmp(end, "/*", 2)) || value != number)
		return false;
	memcpy(name, text, len);
	name[len] = '\0';
	return true;
}

static void follow_import(struct lookup *lookup, Dwarf_Macro *macro)
{
	Dwarf_Attribute attr;
	Dwarf_Word offset;
	ptrdiff_t token = DWARF_GETMACROS_START;

	if (lookup->depth == MAX_IMPORTS || dwarf_macro_param(macro, 0, &attr) ||
	    dwarf_formudata(&attr, &offset))
		return;
	lookup->depth++;
	dwarf_getmacros_off(lookup->dwarf, offset, lookup->take, lookup, token);
	lookup->depth--;
}

static int take_macro(Dwarf_Macro *macro, void *arg)
{
	struct lookup *lookup = arg;
	Dwarf_Attribute attr;
	unsigned int opcode;
	const char *text;
	char name[128];

	if (++lookup->seen > MAX_MACROS || dwarf_macro_opcode(macro, &opcode))
		return DWARF_CB_ABORT;
	switch (opcode) {
	case DW_MACRO_import:
		follow_import(lookup, macro);
		break;
	case DW_MACRO_define:
	case DW_MACRO_define_strp:
	case DW_MACRO_define_strx:
		if (dwarf_macro_param(macro, 1, &attr))
			break;
		text = dwarf_formstring(&attr);
		if (text && defines(text, lookup->prefix, lookup->number, name,
				    sizeof(name)))
			lookup->err = kmc_value_add_name(lookup->value, name);
		break;
	}
	return lookup->err ? DWARF_CB_ABORT : DWARF_CB_OK;
}

struct kmc_error *kmc_macro_names(struct kmc_image *image,
				  const struct kmc_report *report,
				  uint64_t number, struct kmc_value *value)
{
	const struct kmc_frame *frame = report->frames.frames;
	struct lookup lookup = {
		.take = take_macro, .dwarf = image->dwarf, .number = number, .value = value,
	};
	char prefix[32];
	Dwarf_Die cu;

	lookup.prefix = prefix;
	if (!report->frames.count || !frame->resolved || !image->dwarf ||
	    !make_prefix(value->path, prefix, sizeof(prefix)) ||
	    !kmc_image_cu(image, frame->link_address - image->bias, &cu) ||
	    !dwarf_hasattr(&cu, DW_AT_macros))
		return NULL;
	dwarf_getmacros(&cu, take_macro, &lookup, DWARF_GETMACROS_START);
	return lookup.err;
}
