// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Page faults, general protection faults and what KASAN says of wild pointers: which
 * register had the bad pointer, what the source calls it, and which member it was used for.
 */
#include "explain/fault.h"

#include <dwarf.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "debuginfo/die.h"
#include "debuginfo/vars.h"
#include "explain/access.h"
#include "explain/fault_operand.h"
#include "explain/locate.h"
#include "explain/namesakes.h"
#include "explain/type_propagation.h"
#include "explain/value_names.h"
#include "explain/verdict.h"
#include "report/model.h"

static bool is(const struct kmc_report *report, const char *checker)
{
	return report->checker && !strcmp(report->checker, checker);
}

static bool is_assertion(const struct kmc_report *report)
{
	return is(report, "BUG") || is(report, "WARNING") || is(report, "list") ||
	       is(report, "refcount");
}

bool kmc_fault_is(const struct kmc_report *report)
{
	if (is(report, "oops") || is(report, "gpf") || is_assertion(report))
		return true;
	return is(report, "KASAN") && report->error &&
	       (strstr(report->error, "null-ptr-deref") ||
		strstr(report->error, "wild-memory-access") ||
		strstr(report->error, "user-memory-access"));
}

/* ---- what the source calls the pointer ---- */

static bool is_of(Dwarf_Die *die, const struct kmc_report *report)
{
	const char *name = dwarf_diename(die);
	const char *type = report->ncandidates ? report->candidates->type : NULL;
	const char *tag = type ? strchr(type, ' ') : NULL;

	return name && tag && !strcmp(tag + 1, name);
}

static enum kmc_reg find_reg(const struct kmc_report *report, const char *name)
{
	for (enum kmc_reg reg = 0; name && reg < KMC_REG_GENERAL; reg++)
		if (!strcmp(kmc_report_reg_name(report, reg), name))
			return reg;
	return KMC_REG_NONE;
}

/* The variable in the register: the innermost, and of the type that was found if there is one. */
static struct kmc_error *name_variable(const struct kmc_access *access, enum kmc_reg reg,
				       const char **name)
{
	struct kmc_fault *fault = &access->report->fault;
	struct kmc_vars *vars;
	struct kmc_error *err = kmc_vars_at(access->image, access->pc, &vars);
	int64_t away;

	for (size_t i = 0; !err && i < vars->count; i++) {
		struct kmc_var *var = &vars->v[i];
		const int number = kmc_place_register(&var->place, &away);
		const bool typed = is_of(&var->target, access->report);

		if (!var->name || number < 0 || away ||
		    kmc_reg_of_dwarf(access->image->machine, number) != reg ||
		    (fault->typed && !typed))
			continue;
		*name = var->name;
		fault->typed = typed;
	}
	return err;
}

static struct kmc_error *name_pointer(const struct kmc_access *access)
{
	struct kmc_fault *fault = &access->report->fault;
	enum kmc_reg reg = find_reg(access->report, fault->reg);
	struct kmc_pointee pointee = { };
	const char *name = NULL;
	struct kmc_error *err;

	if (fault->is_index && access->mem)
		reg = access->mem->base;
	if (!access->image || reg == KMC_REG_NONE || reg == KMC_REG_RIP)
		return NULL;
	err = name_variable(access, reg, &name);
	if (err)
		return err;
	if (!name) {
		err = kmc_type_propagate(access->image, access->pc, reg, &pointee);
		if (err || !pointee.found || pointee.offset)
			return err;
		fault->typed = is_of(&pointee.die, access->report);
		name = pointee.how;
	}
	fault->what = strdup(name);
	return fault->what ? NULL : kmc_error_nomem();
}

/* A pointer to a function of the kernel says which. */
static struct kmc_error *name_image(struct kmc_access *access)
{
	struct kmc_fault *fault = &access->report->fault;

	if (!access->di || fault->name || fault->pointer != KMC_POINTER_IMAGE || fault->is_index)
		return NULL;
	return kmc_pointer_text(access->di, access->report, fault->value, 64, &fault->name);
}

/* ---- how sure ---- */

static struct kmc_error *doubt_code(const struct kmc_access *access)
{
	if (!access->patched)
		return NULL;
	return kmc_report_doubt(access->report, access->image->name, access->image->path,
				"has other code at the instruction than the report shows: it was changed while the kernel ran, or is of another build");
}

/* Types of another build may have other members; an address that does not fit says as much. */
static void weaken(const struct kmc_access *access)
{
	const struct kmc_debuginfo *di = access->di;
	struct kmc_report *report = access->report;
	bool doubtful = access->patched || access->disagrees;

	for (size_t i = 0; di && !di->force && i < report->ndoubts; i++)
		doubtful |= !report->doubts[i].module;
	for (size_t i = 0; doubtful && i < report->ncandidates; i++)
		report->candidates[i].confidence = KMC_GUESS;
}

/* ---- the whole ---- */

static struct kmc_error *only_nomem(struct kmc_error *err)
{
	if (!err || err->code == KMC_ERROR_NOMEM)
		return err;
	kmc_error_free(err);
	return NULL;
}

static struct kmc_error *explain_access(struct kmc_access *access)
{
	struct kmc_report *report = access->report;
	struct kmc_error *err;

	err = access->di ? only_nomem(kmc_settle_namesakes(access->di, report)) : NULL;
	if (!err && kmc_report_is_x86(report))
		err = only_nomem(kmc_access_set(access));
	if (!err)
		err = only_nomem(doubt_code(access));
	if (!err)
		err = only_nomem(kmc_fault_operand(access));
	if (!err && access->mem && access->image)
		err = only_nomem(kmc_locate(access));
	if (!err)
		err = only_nomem(name_pointer(access));
	if (!err)
		err = only_nomem(name_image(access));
	weaken(access);
	if (!err && access->has_insn) {
		report->insn = strdup(access->insn.text);
		if (!report->insn)
			err = kmc_error_nomem();
	}
	return err;
}

struct kmc_error *kmc_fault_explain(struct kmc_debuginfo *di, struct kmc_report *report)
{
	struct kmc_access access = { .di = di, .report = report };
	struct kmc_error *err;

	kmc_report_forget_values(report);
	kmc_report_forget_fault(report);
	if (is_assertion(report))
		return kmc_assertion_say(di, report);
	err = explain_access(&access);
	if (err)
		return err;
	return report->fault.known ? kmc_fault_say(report) : kmc_verdict_plain(report);
}
