// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Instructions, and what registers hold before them. What must not be known is
 * as important here as what must.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fixture.h"
#include "code/code.h"
#include "code/insn.h"
#include "code/reaching_definitions.h"
#include "debuginfo/image.h"
#include "debuginfo/symtab.h"
#include "explain/registers.h"

/* ---- decoding ---- */

static struct kmc_insn decode(const char *hex, bool bits32)
{
	uint8_t bytes[KMC_INSN_MAX_LENGTH];
	struct kmc_insn insn;
	size_t len = 0;

	for (; hex[2 * len]; len++) {
		const char digits[] = { hex[2 * len], hex[2 * len + 1], 0 };

		bytes[len] = strtoul(digits, NULL, 16);
	}
	assert_no_error(kmc_insn_decode(bytes, len, 0x1000, bits32 ? &kmc_i386 : &kmc_x86_64,
					&insn));
	assert_int_equal(insn.length, len);
	return insn;
}

static void text_is_that_of_objdump(void **state)
{
	static const struct { const char *hex, *text; bool bits32; } cases[] = {
		{ "f3a5", "rep movsl %ds:(%rsi),%es:(%rdi)", false },
		{ "f348ab", "rep stos %rax,%es:(%rdi)", false },
		{ "f2ae", "repnz scas %es:(%rdi),%al", false },
		{ "f3a6", "repz cmpsb %es:(%rdi),%ds:(%rsi)", false },
		{ "488b42f8", "mov -0x8(%rdx),%rax", false },
		{ "8b0495e0ffffff", "mov -0x20(,%rdx,4),%eax", false },
		{ "c7400401000000", "movl $0x1,0x4(%rax)", false },
		{ "65488b042500000000", "mov %gs:0x0,%rax", false },
		{ "480fbe07", "movsbq (%rdi),%rax", false },
		{ "486304c7", "movslq (%rdi,%rax,8),%rax", false },
		{ "7402", "je 0x1004", false },
		{ "e8fbffffff", "call 0x1000", false },
		{ "ff10", "call *(%rax)", false },
		{ "4883c8ff", "or $0xffffffffffffffff,%rax", false },
		{ "d1e8", "shr %eax", false },
		{ "f00fb11f", "lock cmpxchg %ebx,(%rdi)", false },
		{ "8b4608", "mov 0x8(%esi),%eax", true },
		{ "40", "inc %eax", true },
		{ "f3a5", "rep movsl %ds:(%esi),%es:(%edi)", true },
		{ "a1a0d8c5c1", "mov 0xc1c5d8a0,%eax", true },
		{ "64a10008e8c1", "mov %fs:0xc1e80800,%eax", true },
		{ "8b049500d6e2c1", "mov -0x3e1d2a00(,%edx,4),%eax", true },
		{ "9c", "pushf", true },
		{ "61", "popa", true },
		{ "cf", "iret", true },
	};

	(void)state;
	for (size_t i = 0; i < KMC_ARRAY_SIZE(cases); i++) {
		struct kmc_insn insn = decode(cases[i].hex, cases[i].bits32);

		assert_string_equal(insn.text, cases[i].text);
	}
}

static void assert_mem(const struct kmc_mem *mem, enum kmc_reg base,
		       int64_t disp, unsigned int size, bool read, bool write)
{
	assert_int_equal(mem->base, base);
	assert_int_equal(mem->disp, disp);
	assert_int_equal(mem->size, size);
	assert_int_equal(mem->read, read);
	assert_int_equal(mem->write, write);
}

static void implicit_memory_is_found(void **state)
{
	struct kmc_insn insn = decode("f3a5", false);

	(void)state;
	assert_true(insn.rep && insn.string && !insn.early);
	assert_int_equal(insn.element, 4);
	assert_int_equal(insn.nmem, 2);
	assert_mem(&insn.mem[0], KMC_REG_RDI, 0, 4, false, true);
	assert_mem(&insn.mem[1], KMC_REG_RSI, 0, 4, true, false);
	assert_int_equal(insn.changes, KMC_REG_BIT(KMC_REG_RCX) |
			 KMC_REG_BIT(KMC_REG_RSI) | KMC_REG_BIT(KMC_REG_RDI));
	insn = decode("55", false);		/* push %rbp */
	assert_int_equal(insn.nmem, 1);
	assert_mem(&insn.mem[0], KMC_REG_RSP, -8, 8, false, true);
	assert_int_equal(insn.changes, KMC_REG_BIT(KMC_REG_RSP));
	insn = decode("ff7310", false);		/* push 0x10(%rbx) */
	assert_int_equal(insn.nmem, 2);
	assert_mem(&insn.mem[0], KMC_REG_RBX, 16, 8, true, false);
	assert_mem(&insn.mem[1], KMC_REG_RSP, -8, 8, false, true);
	insn = decode("ff5008", false);		/* call *0x8(%rax) */
	assert_int_equal(insn.nmem, 2);
	assert_mem(&insn.mem[0], KMC_REG_RAX, 8, 8, true, false);
	assert_true(insn.is_call && insn.indirect && !insn.table);
	insn = decode("010f", false);		/* add %ecx,(%rdi) */
	assert_mem(&insn.mem[0], KMC_REG_RDI, 0, 4, true, true);
	insn = decode("8d4708", false);		/* lea 0x8(%rdi),%eax */
	assert_int_equal(insn.nmem, 0);
	insn = decode("0f1f4000", false);	/* nopl 0x0(%rax) */
	assert_int_equal(insn.nmem, 0);
	insn = decode("f348a7", false);		/* repz cmpsq */
	assert_true(insn.early);
	assert_true(insn.mem[0].read && insn.mem[1].read);
}

static void parts_of_a_register_change_it(void **state)
{
	static const struct { const char *hex; enum kmc_reg reg; } cases[] = {
		{ "b101", KMC_REG_RCX },	/* mov $1,%cl */
		{ "b501", KMC_REG_RCX },	/* mov $1,%ch */
		{ "66b90100", KMC_REG_RCX },	/* mov $1,%cx */
		{ "0f44c8", KMC_REG_RCX },	/* cmove %eax,%ecx */
		{ "0f95c1", KMC_REG_RCX },	/* setne %cl */
		{ "0fa2", KMC_REG_RCX },	/* cpuid */
		{ "0f05", KMC_REG_RCX },	/* syscall */
		{ "e2fe", KMC_REG_RCX },	/* loop */
		{ "91", KMC_REG_RCX },		/* xchg %eax,%ecx */
		{ "0fc1c8", KMC_REG_RCX },	/* xadd %ecx,%eax */
		{ "f7e1", KMC_REG_RDX },	/* mul %ecx */
		{ "99", KMC_REG_RDX },		/* cltd */
		{ "c9", KMC_REG_RBP },		/* leave */
	};

	(void)state;
	for (size_t i = 0; i < KMC_ARRAY_SIZE(cases); i++) {
		struct kmc_insn insn = decode(cases[i].hex, false);

		assert_true(insn.changes & KMC_REG_BIT(cases[i].reg));
	}
}

static void cut_off_bytes_are_an_error(void **state)
{
	static const uint8_t bytes[] = { 0x48, 0x8b, 0x84, 0x24, 0x10 };
	struct kmc_insn insn;

	(void)state;
	for (size_t len = 0; len <= sizeof(bytes); len++)
		assert_error(kmc_insn_decode(bytes, len, 0x1000, &kmc_x86_64, &insn),
			     KMC_ERROR_FORMAT, "0x1000");
}

static void names_are_those_of_dwarf_and_reports(void **state)
{
	(void)state;
	assert_string_equal(kmc_reg_name(&kmc_x86_64, KMC_REG_R15), "r15");
	assert_null(kmc_reg_name(&kmc_x86_64, KMC_REG_NONE));
	assert_null(kmc_reg_name(&kmc_x86_64, KMC_REG_COUNT));
	assert_int_equal(kmc_reg_of_dwarf(&kmc_x86_64, 1), KMC_REG_RDX);
	assert_int_equal(kmc_reg_of_dwarf(&kmc_x86_64, 4), KMC_REG_RSI);
	assert_int_equal(kmc_reg_of_dwarf(&kmc_x86_64, 7), KMC_REG_RSP);
	assert_int_equal(kmc_reg_of_dwarf(&kmc_x86_64, 17), KMC_REG_NONE);
	assert_int_equal(kmc_reg_of_dwarf(&kmc_x86_64, 1000), KMC_REG_NONE);
	assert_string_equal(kmc_reg_name(&kmc_i386, KMC_REG_RDI), "edi");
	assert_null(kmc_reg_name(&kmc_i386, KMC_REG_R8));
	assert_string_equal(kmc_reg_name(&kmc_i386, KMC_REG_RIP), "eip");
	assert_int_equal(kmc_reg_of_dwarf(&kmc_i386, 1), KMC_REG_RCX);
	assert_int_equal(kmc_reg_of_dwarf(&kmc_i386, 4), KMC_REG_RSP);
	assert_int_equal(kmc_reg_of_dwarf(&kmc_i386, 6), KMC_REG_RSI);
	assert_int_equal(kmc_reg_of_dwarf(&kmc_i386, 8), KMC_REG_RIP);
	assert_int_equal(kmc_reg_of_dwarf(&kmc_i386, 9), KMC_REG_NONE);
}

static void other_machines_have_no_registers(void **state)
{
	const struct kmc_machine *arm = kmc_machine_of(EM_AARCH64);
	static const uint8_t nop = 0x90;
	struct kmc_insn insn;

	(void)state;
	assert_ptr_equal(kmc_machine_of(EM_X86_64), &kmc_x86_64);
	assert_ptr_equal(kmc_machine_of(EM_386), &kmc_i386);
	assert_int_equal(kmc_reg_of_dwarf(arm, 0), KMC_REG_NONE);
	assert_null(kmc_reg_name(arm, KMC_REG_RAX));
	assert_false(kmc_insn_scan(&nop, 1, 0x1000, arm, &insn));
}

/* ---- registers of a report ---- */

#define REPORT(...) ({							\
	static struct kmc_register regs_[] = { __VA_ARGS__ };		\
	(struct kmc_report){						\
		.regs = regs_, .nregs = KMC_ARRAY_SIZE(regs_),		\
	};								\
})

static void effective_address_is_the_cpus(void **state)
{
	struct kmc_report report = REPORT({ "rax", 0x1000 }, { "rcx", 3 },
					  { "rip", 0xffffffff9e000010 },
					  { "esi", 0xfffffffc });
	struct kmc_insn insn = decode("8b44c808", false);
	uint64_t address = 0;

	(void)state;
	assert_true(kmc_mem_address(&insn.mem[0], &insn, &report, &address));
	assert_int_equal(address, 0x1020);
	/* RIP counts from the next instruction, at run time. */
	insn = decode("8b0500010000", false);
	assert_true(kmc_mem_address(&insn.mem[0], &insn, &report, &address));
	assert_int_equal(address, 0xffffffff9e000116);
	insn = decode("8b4608", true);
	assert_true(kmc_mem_address(&insn.mem[0], &insn, &report, &address));
	assert_int_equal(address, 4);
	insn = decode("65488b042500000000", false);
	assert_false(kmc_mem_address(&insn.mem[0], &insn, &report, &address));
	/* With nothing to add, an address of 32 bits is one. */
	insn = decode("a1a0d8c5c1", true);
	assert_true(kmc_mem_address(&insn.mem[0], &insn, &report, &address));
	assert_int_equal(address, 0xc1c5d8a0);
	assert_int_equal(insn.mem[0].disp, 0xc1c5d8a0);
	insn = decode("8b03", false);		/* RBX is not there */
	assert_false(kmc_mem_address(&insn.mem[0], &insn, &report, &address));
}

/* ---- values ---- */

struct images {
	struct fixture *f;
	struct kmc_image *image;
};

static const struct kmc_symbol *find(struct kmc_image *image, const char *name)
{
	uint64_t address;

	assert_no_error(kmc_image_symtab(image));
	assert_no_error(kmc_symtab_resolve(&image->symtab, NULL, name, 0,
					   &address));
	return kmc_symtab_at(&image->symtab, address);
}

/* The instruction in question: the last REP of the function. */
static struct kmc_insn find_rep(struct kmc_image *image,
				const struct kmc_symbol *symbol)
{
	struct kmc_insn insn, rep = { };
	uint64_t at = symbol->address;

	while (at < symbol->address + symbol->size) {
		const uint8_t *bytes;
		size_t len;

		assert_no_error(kmc_image_code(image, at, KMC_INSN_MAX_LENGTH,
					       &bytes, &len));
		assert_no_error(kmc_insn_decode(bytes, len, at, &kmc_x86_64, &insn));
		if (insn.rep)
			rep = insn;
		at += insn.length;
	}
	assert_true(rep.rep);
	return rep;
}

static struct kmc_reaching value(struct kmc_image *image, const char *name,
				 enum kmc_reg reg)
{
	const struct kmc_symbol *symbol = find(image, name);
	struct kmc_insn rep = find_rep(image, symbol);
	struct kmc_reaching out = { };

	assert_no_error(kmc_reaching_value(image, symbol->address, symbol->size,
					   rep.address, reg, &out));
	assert_true(out.known == !out.why_not);
	return out;
}

/* A case: constant in RCX, or unknown when @why is not NULL. */
struct count_case {
	const char *name;
	uint64_t count;
	const char *why;
};

static const struct count_case counts[] = {
	{ "straight", 12, NULL },
	{ "zero", 0, NULL },
	{ "sums", 15, NULL },
	{ "zero_extends", 0xffffffff, NULL },
	{ "sign_extends", UINT64_MAX, NULL },
	{ "wraps_at_32_bits", 2, NULL },
	{ "copies", 7, NULL },
	{ "partly_written", 0, "computed" },
	{ "high_byte_written", 0, "computed" },
	{ "moved_conditionally", 0, "computed" },
	{ "popped", 0, "computed" },
	{ "exchanged", 0, "computed" },
	{ "cpuid_writes_it", 0, "computed" },
	{ "loop_writes_it", 0, "computed" },
	{ "shifted", 0, "computed" },
	{ "argument", 0, "called with" },
	{ "from_memory", 0, "memory" },
	{ "address_is_no_number", 0, "computed" },
	{ "after_a_rep", 3, NULL },
	{ "calls_callee_keeps", 12, NULL },
	{ "calls_callee_returns_by_thunk", 12, NULL },
	{ "calls_callee_calls_itself", 12, NULL },
	{ "calls___fentry__", 12, NULL },
	{ "calls_callee_writes_cl", 0, "computed" },
	{ "calls_callee_writes_ch", 0, "computed" },
	{ "calls_callee_writes_cx", 0, "computed" },
	{ "calls_callee_jumps_to_writer", 0, "computed" },
	{ "calls_callee_calls_writer", 0, "computed" },
	{ "calls_callee_calls_pointer", 0, "computed" },
	{ "calls_callee_jumps_to_pointer", 0, "computed" },
	{ "calls_callee_calls_thunk", 0, "computed" },
	{ "calls_callee_loops", 0, "computed" },
	{ "calls_callee_is_patched", 0, "computed" },
	{ "calls___SCT__static_call", 0, "computed" },
	{ "calls___x86_indirect_thunk_rax", 0, "computed" },
	{ "calls_pointer", 0, "computed" },
	{ "kept_by_the_abi", 12, NULL },
	{ "calls_its_middle", 0, "middle of itself" },
	{ "two_values", 0, "the path that control took" },
	{ "two_definitions_agree", 5, NULL },
	{ "one_way_without", 0, "the path that control took" },
	{ "loop_to_before_it", 5, NULL },
	{ "loop_to_behind_it", 0, "the path that control took" },
	{ "counts_down_in_a_loop", 0, "computed" },
	{ "jump_tells_null", 0, NULL },
	{ "jump_tells_null_of_a_copy", 0, NULL },
	{ "jump_tells_not_null", 0, "called with" },
	{ "jump_tells_null_of_half", 0, "called with" },
	{ "jump_is_for_less", 0, "called with" },
	{ "jump_told_of_another", 0, "memory" },
	{ "jump_tells_on_one_way", 0, "called with" },
	{ "jump_is_not_only_behind_test", 0, "called with" },
	{ "jump_table", 0, "jump table" },
	{ "jump_to_a_register", 0, "register says" },
	{ "tail_call", 5, NULL },
	{ "computed_goto", 0, "into its middle" },
	{ "entered_from_in_front", 0, "other code" },
	{ "entered_from_far", 0, "other code" },
	{ "looks_entered", 5, NULL },
	{ "jump_label", 5, NULL },
	{ "jump_label_patched", 0, "the path that control took" },
	{ "alternative", 0, "the path that control took" },
	{ "alternative_that_keeps", 5, NULL },
	{ "fixup_to_it", 0, "the path that control took" },
	{ "fixup_elsewhere", 5, NULL },
	{ "has_moved_part.cold", 5, NULL },
	{ "has_two_ways.cold", 0, "the path that control took" },
	{ "address_in_a_sum", 0, "computed" },
};

static void count_is_never_wrong(void **state)
{
	struct images *images = *state;

	for (size_t i = 0; i < KMC_ARRAY_SIZE(counts); i++) {
		const struct count_case *c = &counts[i];
		struct kmc_reaching out = value(images->image, c->name,
						KMC_REG_RCX);
		bool good = c->why ? !out.known && strstr(out.why_not, c->why) :
			    out.known && out.base == KMC_REG_NONE &&
			    (uint64_t)out.value == c->count;

		if (!good)
			print_error("# %s: known %d base %d value %lld: %s\n",
				    c->name, out.known, out.base,
				    (long long)out.value,
				    out.why_not ? out.why_not : "-");
		assert_true(good);
	}
}

static void source_is_never_wrong(void **state)
{
	static const struct {
		const char *name;
		enum kmc_reg base;
		int64_t value;
	} cases[] = {
		{ "base_of_lea", KMC_REG_R9, 0x18 },
		{ "base_moved_on", KMC_REG_R9, 0x10 },
		{ "base_overwritten", KMC_REG_NONE, 0 },
		{ "base_overwritten_and_another_left", KMC_REG_R12, 0x18 },
		{ "base_is_narrow", KMC_REG_NONE, 0 },
		{ "stack", KMC_REG_RSP, 0x18 },
		{ "base_of_an_earlier_round", KMC_REG_NONE, 0 },
		{ "base_changes_in_a_loop", KMC_REG_NONE, 0 },
		{ "base_made_in_a_loop", KMC_REG_R9, 8 },
		{ "after_a_rep", KMC_REG_R9, 12 },
		{ "direction_flag", KMC_REG_NONE, 0 },
		{ "calls_callee_keeps", KMC_REG_R9, 0x18 },
		{ "calls_callee_writes_cl", KMC_REG_R9, 0x18 },
		{ "calls_callee_calls_pointer", KMC_REG_NONE, 0 },
	};
	struct images *images = *state;

	for (size_t i = 0; i < KMC_ARRAY_SIZE(cases); i++) {
		struct kmc_reaching out = value(images->image, cases[i].name,
						KMC_REG_RSI);

		if (out.base != cases[i].base)
			print_error("# %s\n", cases[i].name);
		assert_int_equal(out.known, cases[i].base != KMC_REG_NONE);
		assert_int_equal(out.base, cases[i].base);
		assert_int_equal(out.value, cases[i].value);
	}
}

static void definition_and_calls_are_told(void **state)
{
	struct images *images = *state;
	const struct kmc_symbol *symbol = find(images->image,
					       "calls_callee_keeps");
	struct kmc_reaching out = value(images->image, "calls_callee_keeps",
					KMC_REG_RCX);

	assert_int_equal(out.definition, symbol->address + 4);
	assert_int_equal(out.calls, 1);
	out = value(images->image, "straight", KMC_REG_RCX);
	assert_int_equal(out.calls, 0);
	out = value(images->image, "two_definitions_agree", KMC_REG_RCX);
	assert_int_equal(out.definition, 0);
}

static void address_that_is_not_reached_is_unknown(void **state)
{
	struct images *images = *state;
	const struct kmc_symbol *symbol = find(images->image, "straight");
	struct kmc_reaching out = { };

	/* Within an instruction, and outside of the function. */
	assert_no_error(kmc_reaching_value(images->image, symbol->address,
					   symbol->size, symbol->address + 1,
					   KMC_REG_RCX, &out));
	assert_false(out.known);
	assert_no_error(kmc_reaching_value(images->image, symbol->address,
					   symbol->size, 4, KMC_REG_RCX, &out));
	assert_false(out.known);
	assert_no_error(kmc_reaching_value(images->image, 4, 16, 4, KMC_REG_RCX,
					   &out));
	assert_false(out.known);
	assert_no_error(kmc_reaching_value(images->image, symbol->address,
					   symbol->size, symbol->address,
					   KMC_REG_RIP, &out));
	assert_false(out.known);
}

/* What only its own code says is not taken for the whole answer later, nor lost before. */
static void own_code_is_another_question(void **state)
{
	struct images *images = *state;
	const struct kmc_symbol *symbol = find(images->image, "entered_from_far");
	struct kmc_insn rep = find_rep(images->image, symbol);
	struct kmc_reaching own = { }, all = { };

	/* RDX is asked for nowhere else; what is known of all code then holds for both. */
	for (int i = 0; i < 2; i++) {
		assert_no_error(kmc_reaching_in_own_code(images->image, symbol->address,
							 symbol->size, rep.address,
							 KMC_REG_RDX, &own));
		assert_int_equal(own.origin.kind, i ? KMC_ORIGIN_UNKNOWN : KMC_ORIGIN_START);
		assert_no_error(kmc_reaching_value(images->image, symbol->address,
						   symbol->size, rep.address,
						   KMC_REG_RDX, &all));
		assert_false(all.known);
		assert_non_null(strstr(all.why_not, "other code"));
	}
}

/* ---- progress of a repetition ---- */

static struct kmc_rep progress(struct kmc_image *image, const char *name,
			       const struct kmc_report *report)
{
	const struct kmc_symbol *symbol = find(image, name);
	struct kmc_insn insn = find_rep(image, symbol);
	struct kmc_rep rep = { };

	assert_no_error(kmc_rep_progress(image, symbol->address, symbol->size,
					 &insn, report, &rep));
	assert_true(rep.known == !rep.why_not);
	return rep;
}

static void registers_are_wound_back(void **state)
{
	struct images *images = *state;
	struct kmc_report report = REPORT({ "rcx", 9 }, { "rsi", 0x2024 },
					  { "rdi", 0x7e84 }, { "rax", 5 },
					  { "r9", 0x2000 }, { "eflags", 0x202 });
	struct kmc_rep rep = progress(images->image, "calls_callee_keeps",
				      &report);
	struct kmc_insn insn = decode("f3a5", false);
	uint64_t now = 0;

	assert_true(rep.known);
	assert_int_equal(rep.initial, 12);
	assert_int_equal(rep.left, 9);
	assert_int_equal(rep.done, 3);
	assert_int_equal(rep.offset, 12);
	assert_int_equal(rep.element, 4);
	assert_true(kmc_register_before(&insn, &rep, &report, KMC_REG_RSI,
					&now));
	assert_int_equal(now, 0x2018);
	assert_true(kmc_register_before(&insn, &rep, &report, KMC_REG_RDI,
					&now));
	assert_int_equal(now, 0x7e78);
	assert_true(kmc_register_before(&insn, &rep, &report, KMC_REG_RCX,
					&now));
	assert_int_equal(now, 12);
	assert_true(kmc_register_before(&insn, NULL, &report, KMC_REG_RAX,
					&now));
	assert_int_equal(now, 5);
	assert_false(kmc_register_before(&insn, NULL, &report, KMC_REG_RSI,
					 &now));
	assert_false(kmc_register_before(&insn, &rep, &report, KMC_REG_RBX,
					 &now));
	/* A fault leaves what does not repeat as it was. */
	insn = decode("a5", false);
	assert_true(kmc_register_before(&insn, NULL, &report, KMC_REG_RSI,
					&now));
	assert_int_equal(now, 0x2024);
}

static void progress_that_does_not_fit_is_unknown(void **state)
{
	struct images *images = *state;
	struct kmc_report more = REPORT({ "rcx", 13 }, { "eflags", 0x202 });
	struct kmc_report none = REPORT({ "rcx", 0 });
	struct kmc_report down = REPORT({ "rcx", 9 }, { "eflags", 0x602 });
	struct kmc_report lacks = REPORT({ "rax", 9 });

	assert_false(progress(images->image, "straight", &more).known);
	assert_false(progress(images->image, "straight", &none).known);
	assert_false(progress(images->image, "straight", &down).known);
	assert_false(progress(images->image, "straight", &lacks).known);
	assert_false(progress(images->image, "argument", &more).known);
}

static void code_ends_where_it_ends(void **state)
{
	struct images *images = *state;
	const struct kmc_symbol *symbol = find(images->image, "last");
	const uint8_t *bytes;
	size_t len;

	assert_no_error(kmc_image_code(images->image, symbol->address,
				       1 << 20, &bytes, &len));
	assert_true(len >= 1 && len < 1 << 20);
	assert_int_equal(bytes[0], 0x90);
	assert_error(kmc_image_code(images->image, 8, 1, &bytes, &len),
		     KMC_ERROR_NOT_FOUND, "no code");
}

/* ---- set-up ---- */

static int open_image(void **state, const char *link, const char *name)
{
	struct images *images = calloc(1, sizeof(*images));
	char *path;

	assert_non_null(images);
	images->f = fixture_new("gcc", "-g");
	fixture_run(images->f, "gcc -g -c src/reaching_definitions.S src/thunks.S && %s",
		    link);
	path = fixture_path(images->f, name);
	assert_no_error(kmc_image_open(NULL, path, NULL, &images->image));
	free(path);
	*state = images;
	return 0;
}

static int open_linked(void **state)
{
	return open_image(state, "gcc -nostdlib -static -no-pie -Wl,-e,straight -Wl,-Ttext=0xffffffff81000000 -Wl,--section-start=.init.text=0xffffffff82000000 reaching_definitions.o thunks.o -o insn",
			  "insn");
}

/* A module: nothing is where it says until it is relocated. */
static int open_module(void **state)
{
	return open_image(state, "cp reaching_definitions.o insn.ko", "insn.ko");
}

static int close_image(void **state)
{
	struct images *images = *state;

	kmc_image_free(images->image);
	fixture_free(images->f);
	free(images);
	return 0;
}

int main(void)
{
	const struct CMUnitTest alone[] = {
		cmocka_unit_test(text_is_that_of_objdump),
		cmocka_unit_test(implicit_memory_is_found),
		cmocka_unit_test(parts_of_a_register_change_it),
		cmocka_unit_test(cut_off_bytes_are_an_error),
		cmocka_unit_test(names_are_those_of_dwarf_and_reports),
		cmocka_unit_test(other_machines_have_no_registers),
		cmocka_unit_test(effective_address_is_the_cpus),
	};
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(count_is_never_wrong),
		cmocka_unit_test(source_is_never_wrong),
		cmocka_unit_test(definition_and_calls_are_told),
		cmocka_unit_test(address_that_is_not_reached_is_unknown),
		cmocka_unit_test(own_code_is_another_question),
		cmocka_unit_test(registers_are_wound_back),
		cmocka_unit_test(progress_that_does_not_fit_is_unknown),
		cmocka_unit_test(code_ends_where_it_ends),
	};

	return cmocka_run_group_tests_name("instructions", alone, NULL, NULL) +
	       cmocka_run_group_tests_name("vmlinux", tests, open_linked,
					   close_image) +
	       cmocka_run_group_tests_name("module", tests, open_module,
					   close_image);
}
