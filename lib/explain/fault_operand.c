// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The operand of a fault: base, index and displacement have to give the address that the
 * processor complained about. Which of its registers is to blame is told by what they hold.
 */
#include "explain/fault_operand.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "code/code.h"
#include "explain/bad_pointer.h"

/* Instructions between a check of KASAN and what is checked, and jumps that are taken. */
#define MAX_STEPS	40
#define MAX_JUMPS	4
/* Bytes that one of the shadow is about. */
#define GRANULE		8
/* An index this large is none. */
#define LARGE_INDEX	(1LL << 24)
#define THUNK		"__x86_indirect_thunk_"

/* ---- registers ---- */

static bool value_of(const struct kmc_access *access, enum kmc_reg reg, uint64_t *value)
{
	return reg != KMC_REG_NONE && reg != KMC_REG_RIP &&
	       kmc_report_reg(access->report, reg, value);
}

static enum kmc_pointer_kind tell(const struct kmc_access *access, enum kmc_reg reg)
{
	char name[KMC_POINTER_NAME];
	uint64_t value;

	return value_of(access, reg, &value) ? kmc_pointer_tell(value, access->report, name) :
					       KMC_POINTER_UNKNOWN;
}

static bool is_large(const struct kmc_access *access, enum kmc_reg reg)
{
	uint64_t value;

	int64_t number;

	if (!value_of(access, reg, &value))
		return false;
	number = kmc_machine_difference(access->insn.machine, value);
	return number > LARGE_INDEX || number < -LARGE_INDEX;
}

/* Is it an address of the kernel, as far as that can be said? */
static bool is_good(const struct kmc_access *access, enum kmc_reg reg)
{
	uint64_t value;

	return value_of(access, reg, &value) && !kmc_pointer_is_bad(tell(access, reg)) &&
	       is_large(access, reg);
}

/* Of two that are just added, the compiler may have put either first. */
static void put_pointer_first(struct kmc_access *access, struct kmc_mem *mem)
{
	const enum kmc_reg base = mem->base;

	if (mem->index == KMC_REG_NONE || mem->scale != 1 || base == KMC_REG_NONE ||
	    base == KMC_REG_RIP || is_good(access, base))
		return;
	if (!is_good(access, mem->index) && (is_large(access, base) ||
					     !is_large(access, mem->index)))
		return;
	mem->base = mem->index;
	mem->index = base;
}

/* The register that is to blame; KMC_REG_NONE if none is. */
static enum kmc_reg find_culprit(const struct kmc_access *access, const struct kmc_mem *mem,
				 bool *is_index)
{
	*is_index = false;
	if (mem->index == KMC_REG_NONE)
		return mem->base == KMC_REG_RIP ? KMC_REG_NONE : mem->base;
	/* An array of the kernel, which the displacement names. */
	*is_index = mem->base == KMC_REG_NONE ||
		    (is_good(access, mem->base) && is_large(access, mem->index));
	return *is_index ? mem->index : mem->base;
}

static void blame(struct kmc_access *access)
{
	struct kmc_fault *fault = &access->report->fault;
	struct kmc_mem *mem = (struct kmc_mem *)access->mem;
	enum kmc_reg reg;

	put_pointer_first(access, mem);
	reg = find_culprit(access, mem, &fault->is_index);
	fault->reads = mem->read;
	fault->writes = mem->write;
	fault->size = mem->size;
	fault->has_disp = reg != KMC_REG_NONE;
	fault->disp = mem->disp;
	if (reg != KMC_REG_NONE) {
		fault->reg = kmc_report_reg_name(access->report, reg);
		fault->has_value = value_of(access, reg, &fault->value);
	} else if (mem->segment) {
		fault->reg = mem->segment == 'g' ? "gs" : "fs";
		fault->has_value = kmc_report_register(access->report, mem->segment == 'g' ?
						       "gs_base" : "fs_base", &fault->value);
	}
	/* A report may lack it. */
	if (reg != KMC_REG_NONE && !fault->has_value && fault->has_address &&
	    mem->index == KMC_REG_NONE && !mem->segment) {
		fault->value = kmc_machine_cut(access->insn.machine, fault->address - mem->disp);
		fault->has_value = true;
	}
	/* What the array is, its first element tells. */
	if (fault->is_index && fault->has_value && access->mem_known) {
		access->mem_at = kmc_machine_cut(access->insn.machine, access->mem_at -
						 fault->value * mem->scale);
		access->address = access->mem_at;
		access->ahead = 0;
	}
}

/* ---- the operand that gives an address ---- */

static bool is_done(const struct kmc_report *report, const struct kmc_mem *mem)
{
	if (report->kind == KMC_WRITE)
		return mem->write;
	return report->kind == KMC_READ ? mem->read : mem->read || mem->write;
}

static bool take_operand(struct kmc_access *access, size_t i, uint64_t at, uint64_t address)
{
	access->mem = &access->insn.mem[i];
	access->mem_known = true;
	access->mem_at = at;
	access->address = address;
	access->ahead = address - at;
	return true;
}

/* The bytes [@first, @last] were to be used: which operand touches them? */
static bool find_operand(struct kmc_access *access, uint64_t first, uint64_t last)
{
	for (size_t i = 0; i < access->insn.nmem; i++) {
		const struct kmc_mem *mem = &access->insn.mem[i];
		uint64_t at;

		if (mem->size && is_done(access->report, mem) &&
		    kmc_access_operand(access, mem, &at) && at <= last &&
		    (at >= first || first - at < mem->size))
			return take_operand(access, i, at, at > first ? at : first);
	}
	return false;
}

/* None gives it: the one whose address is none, or the only one. */
static bool find_any(struct kmc_access *access)
{
	const struct kmc_mem *only = NULL;
	char name[KMC_POINTER_NAME];
	uint64_t at;

	for (size_t i = 0; i < access->insn.nmem; i++) {
		const struct kmc_mem *mem = &access->insn.mem[i];

		/* The return address is where the stack is. */
		if (!mem->size || !is_done(access->report, mem) ||
		    (access->insn.is_call && mem->write) || access->insn.is_return)
			continue;
		if (kmc_access_operand(access, mem, &at) && !access->report->has_address &&
		    kmc_pointer_is_bad(kmc_pointer_tell(at, access->report, name)))
			return take_operand(access, i, at, at);
		if (only)
			return false;
		only = mem;
	}
	if (!only)
		return false;
	if (!kmc_access_operand(access, only, &at)) {
		access->mem = only;
		return true;
	}
	/* A good address is no reason for a general protection fault. */
	if (!access->report->has_address && !strcmp(access->report->checker, "gpf"))
		return false;
	/* Without an address there is nothing to compare it with. */
	access->disagrees = access->report->has_address;
	return take_operand(access, only - access->insn.mem, at, at);
}

/* ---- KASAN's shadow ---- */

/* "null-ptr-deref in range [0x28-0x2f]" */
static bool scan_range(const char *hint, uint64_t *first, uint64_t *last)
{
	const char *s = hint ? strstr(hint, "in range [") : NULL;
	char *end;

	if (!s)
		return false;
	*first = strtoull(s + strlen("in range ["), &end, 16);
	if (*end != '-')
		return false;
	*last = strtoull(end + 1, &end, 16);
	return *end == ']' && *last >= *first;
}

static bool has_shadow_register(const struct kmc_report *report)
{
	uint64_t real;

	for (size_t i = 0; i < report->nregs; i++)
		if (kmc_pointer_unshadow(report->regs[i].value, &real) && !real)
			return true;
	return false;
}

/* Was it a look at the shadow of the bytes [@first, @last]? */
static bool find_shadow(const struct kmc_access *access, uint64_t *first, uint64_t *last)
{
	const struct kmc_report *report = access->report;

	/* One byte of the shadow is looked at, or two. */
	for (size_t i = 0; access->has_insn && i < access->insn.nmem; i++)
		if (access->insn.mem[i].size > 2)
			return false;
	if (scan_range(report->hint, first, last))
		return true;
	if (!report->has_address || strcmp(report->checker, "gpf") ||
	    !has_shadow_register(report) || !kmc_pointer_unshadow(report->address, first))
		return false;
	*last = *first + GRANULE - 1;
	return true;
}

/*
 * struct lookout - for what a check of KASAN checks
 * @access: becomes that
 * @first, @last: bytes that it has to touch
 * @left: instructions that may still be looked at
 */
struct lookout {
	struct kmc_access *access;
	uint64_t first;
	uint64_t last;
	int left;
};

static bool uses_any(const struct kmc_mem *mem, uint32_t changed)
{
	return (mem->base != KMC_REG_NONE && changed & KMC_REG_BIT(mem->base)) ||
	       (mem->index != KMC_REG_NONE && changed & KMC_REG_BIT(mem->index));
}

/* Without an image, the few bytes that the report has. NULL: there are none. */
static const uint8_t *code_at(const struct kmc_access *access, uint64_t at, size_t *len)
{
	const struct kmc_report *report = access->report;
	const uint64_t here = report->code_at + (at - access->insn.address);
	const uint8_t *bytes = NULL;

	if (access->image) {
		kmc_error_free(kmc_image_code(access->image, at, KMC_INSN_MAX_LENGTH, &bytes, len));
		return bytes;
	}
	if (here >= report->code_len)
		return NULL;
	*len = report->code_len - here;
	return report->code + here;
}

/* @changed: registers that are not what the report says any more */
static bool look_from(struct lookout *lookout, uint64_t at, uint32_t changed, int jumps,
		      uint64_t *found)
{
	const struct kmc_access *access = lookout->access;

	while (lookout->left-- > 0) {
		struct kmc_insn insn;
		uint64_t address;
		size_t len = 0;
		const uint8_t *bytes = code_at(access, at, &len);

		if (!bytes || !kmc_insn_scan(bytes, len, at, access->insn.machine, &insn) ||
		    insn.is_return ||
		    insn.is_call || insn.indirect)
			return false;
		for (size_t i = 0; at != access->insn.address && i < insn.nmem; i++) {
			const struct kmc_mem *mem = &insn.mem[i];

			*found = at;
			if (!uses_any(mem, changed) && mem->size &&
			    kmc_mem_address(mem, &insn, access->report, &address) &&
			    address <= lookout->last && address + mem->size > lookout->first)
				return true;
		}
		changed |= insn.changes;
		if (insn.is_jump && insn.is_conditional && jumps > 0 &&
		    look_from(lookout, insn.target, changed, jumps - 1, found))
			return true;
		at = insn.is_jump && !insn.is_conditional ? insn.target : at + insn.length;
	}
	return false;
}

/* Make the access the one at @pc. */
static struct kmc_error *move_to(struct kmc_access *access, uint64_t pc)
{
	const uint8_t *bytes;
	size_t len = 0;

	if (access->image)
		return kmc_access_move(access, pc);
	bytes = code_at(access, pc, &len);
	access->disagrees = false;
	access->ahead = 0;
	return bytes ? kmc_insn_decode(bytes, len, pc, access->insn.machine,
				       &access->insn) : NULL;
}

static struct kmc_error *take_shadowed(struct kmc_access *access, uint64_t first, uint64_t last)
{
	struct lookout lookout = { access, first, last, MAX_STEPS };
	struct kmc_fault *fault = &access->report->fault;
	struct kmc_error *err = NULL;
	bool found = false;
	uint64_t pc;

	fault->shadow = fault->has_address = fault->known = true;
	fault->address = first;
	/* That is the look at the shadow. */
	access->mem = NULL;
	access->mem_known = false;
	for (int jumps = 0; access->has_insn && !found && jumps <= MAX_JUMPS; jumps++) {
		lookout.left = MAX_STEPS;
		found = look_from(&lookout, access->insn.address, 0, jumps, &pc);
	}
	if (found)
		err = move_to(access, pc);
	else
		access->has_insn = false;
	if (err || !found || !find_operand(access, first, last))
		return err;
	fault->address = access->mem_at;
	blame(access);
	return NULL;
}

/* ---- calls of what is no function ---- */

/* "__x86_indirect_thunk_rax" */
static enum kmc_reg thunk_register(const char *name)
{
	if (!name || strncmp(name, THUNK, strlen(THUNK)))
		return KMC_REG_NONE;
	name += strlen(THUNK);
	for (enum kmc_reg reg = 0; reg < KMC_REG_GENERAL; reg++) {
		const char *narrow = kmc_reg_name(&kmc_i386, reg);

		if (!strcmp(name, kmc_reg_name(&kmc_x86_64, reg)) ||
		    (narrow && !strcmp(name, narrow)))
			return reg;
	}
	return KMC_REG_NONE;
}

static bool was_called(const struct kmc_report *report)
{
	const struct kmc_frame *rip = report->frames.frames;

	if (report->kind == KMC_FETCH)
		return report->frames.count && report->has_address;
	if (report->frames.count < 2 || rip->role != KMC_ROLE_RIP)
		return false;
	if (rip->symbol)
		return thunk_register(rip->symbol) != KMC_REG_NONE;
	return report->has_address && rip->has_address && rip->address == report->address;
}

/* The register that an indirect call or jump takes the address from; NONE: from memory. */
static enum kmc_reg target_register(const struct kmc_insn *insn)
{
	const uint32_t reads = insn->reads & ~KMC_REG_BIT(KMC_REG_RSP);

	for (size_t i = 0; i < insn->nmem; i++)
		if (insn->mem[i].read)
			return KMC_REG_NONE;
	return insn->indirect && reads ? (enum kmc_reg)__builtin_ctz(reads) : KMC_REG_NONE;
}

/* The call that returns to @end. */
static bool find_call(const struct kmc_access *access, uint64_t end, struct kmc_insn *insn)
{
	uint64_t at = access->function;

	while (at < end) {
		const uint8_t *bytes;
		struct kmc_error *err;
		size_t len;

		err = kmc_image_code(access->image, at, KMC_INSN_MAX_LENGTH, &bytes, &len);
		if (err) {
			kmc_error_free(err);
			return false;
		}
		if (!kmc_insn_scan(bytes, len, at, access->image->machine, insn))
			return false;
		at += insn->length;
	}
	return at == end && insn->is_call;
}

/* What was called is in a register, or where the call reads it. */
static void take_target(struct kmc_access *access)
{
	const struct kmc_insn *insn = &access->insn;
	struct kmc_fault *fault = &access->report->fault;
	const struct kmc_symbol *symbol = NULL;
	enum kmc_reg reg = target_register(insn);

	fault->known = fault->called = true;
	access->mem = NULL;
	access->mem_known = false;
	for (size_t i = 0; i < insn->nmem; i++) {
		uint64_t at;

		if (insn->mem[i].read && kmc_access_operand(access, &insn->mem[i], &at))
			take_operand(access, i, at, at);
	}
	if (!insn->indirect && access->image)
		symbol = kmc_symtab_at(&access->image->symtab, insn->target);
	if (symbol)
		reg = thunk_register(symbol->name);
	if (reg == KMC_REG_NONE)
		return;
	fault->reg = kmc_report_reg_name(access->report, reg);
	fault->has_value |= value_of(access, reg, &fault->value);
}

static struct kmc_error *take_call(struct kmc_access *access)
{
	const struct kmc_report *report = access->report;
	const struct kmc_frame *caller = report->frames.frames;
	struct kmc_fault *fault = &access->report->fault;
	enum kmc_reg reg = thunk_register(caller->symbol);
	struct kmc_insn insn;
	struct kmc_error *err;

	fault->known = fault->called = true;
	fault->has_address = fault->has_value = report->kind == KMC_FETCH || !caller->symbol;
	fault->address = fault->value = report->address;
	access->has_insn = access->mem_known = false;
	access->mem = NULL;
	if (reg != KMC_REG_NONE)
		fault->has_value = value_of(access, reg, &fault->value);
	/* What was called may be named after what lies before it. */
	caller += report->frames.count > 1 && caller->role == KMC_ROLE_RIP;
	if (!access->di || !caller->resolved)
		return NULL;
	err = kmc_debuginfo_image(access->di, caller->module, &access->image);
	if (err)
		return err;
	/* The function around it is found by any address in it. */
	err = kmc_access_move(access, caller->link_address - 1);
	kmc_error_free(err);
	access->has_insn = false;
	if (!access->function || !find_call(access, caller->link_address, &insn)) {
		access->image = NULL;
		return NULL;
	}
	err = kmc_access_move(access, insn.address);
	/* A call of a function of C has left its caller's registers. */
	if (!err)
		take_target(access);
	return err;
}

/* The processor looks at the address before it goes there: a call that is not canonical. */
static void take_bad_target(struct kmc_access *access)
{
	const struct kmc_insn *insn = &access->insn;
	char name[KMC_POINTER_NAME];
	enum kmc_reg reg;
	uint64_t value;

	if (strcmp(access->report->checker, "gpf") || !insn->indirect)
		return;
	reg = target_register(insn);
	if (reg != KMC_REG_NONE && value_of(access, reg, &value) &&
	    !kmc_pointer_is_bad(kmc_pointer_tell(value, access->report, name)))
		return;
	take_target(access);
}

/* ---- the whole ---- */

static void take_plain(struct kmc_access *access)
{
	const struct kmc_report *report = access->report;
	struct kmc_fault *fault = &access->report->fault;

	fault->has_address = report->has_address && !report->hashed;
	fault->address = report->address;
	fault->known = fault->has_address;
	fault->reads = report->kind == KMC_READ;
	fault->writes = report->kind == KMC_WRITE;
	fault->size = report->bits / 8;
	access->mem = NULL;
	access->mem_known = access->disagrees = false;
	if (!access->has_insn)
		return;
	if (!(fault->has_address && find_operand(access, fault->address, fault->address)) &&
	    !find_any(access)) {
		take_bad_target(access);
		return;
	}
	fault->known = true;
	fault->off = access->disagrees;
	if (!fault->has_address && access->mem_known) {
		fault->has_address = true;
		fault->address = access->mem_at;
	}
	blame(access);
}

/* What the processor complained about was no address, or it was that of the stack. */
static bool is_of_no_pointer(const struct kmc_report *report)
{
	static const char * const errors[] = {
		"divide error", "invalid opcode", "int3", "double fault", "stack guard page",
		"control protection", "split lock", "alignment check", "bounds", "overflow",
		"coprocessor", "invalid TSS", "simd exception", "machine check",
	};

	for (size_t i = 0; report->error && i < KMC_ARRAY_SIZE(errors); i++)
		if (!strncmp(report->error, errors[i], strlen(errors[i])))
			return true;
	return false;
}

struct kmc_error *kmc_fault_operand(struct kmc_access *access)
{
	struct kmc_report *report = access->report;
	struct kmc_fault *fault = &report->fault;
	char name[KMC_POINTER_NAME] = "";
	struct kmc_error *err = NULL;
	uint64_t first, last;

	if (is_of_no_pointer(report))
		return NULL;
	if (find_shadow(access, &first, &last))
		err = take_shadowed(access, first, last);
	else if (was_called(report))
		err = take_call(access);
	else
		take_plain(access);
	if (err || !fault->known)
		return err;
	if (fault->has_value)
		fault->pointer = kmc_pointer_tell(fault->value, report, name);
	else if (fault->has_address)
		fault->pointer = kmc_pointer_tell(fault->address, report, name);
	else if (fault->called)
		fault->pointer = KMC_POINTER_NON_CANONICAL;
	/* What an index is off by has no name. */
	if (fault->is_index)
		*name = '\0';
	access->bad = !fault->is_index && fault->has_value && kmc_pointer_is_bad(fault->pointer);
	fault->name = *name ? strdup(name) : NULL;
	return *name && !fault->name ? kmc_error_nomem() : NULL;
}
