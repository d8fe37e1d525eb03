/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck: what the parts of the differential test share.
 *
 * An instance is one machine instruction with the registers and the memory that
 * it starts from, and perhaps a tail: more instructions that come after it. It is
 * executed on the page while that is shown, and again on the hidden page; both
 * must end the same.
 */
#ifndef _X86_KMEMCHECK_DIFF_H
#define _X86_KMEMCHECK_DIFF_H

#ifndef __ASSEMBLY__

#include <linux/bits.h>
#include <linux/percpu-defs.h>
#include <linux/prandom.h>
#include <linux/types.h>

#define FAMILY(name)	DIFF_##name
enum diff_family {
#include "families.h"
	DIFF_NR_FAMILIES
};
#undef FAMILY

/* In the order of their numbers in an instruction. */
enum { RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8, NR_GPR = 16 };

/* diff_call.S knows this layout. */
struct diff_regs {
	u64 gpr[NR_GPR];
	u64 flags;
};

#define DIFF_READ	1
#define DIFF_WRITE	2

/* What is peculiar to an instruction, beside its encoding and its access. */
enum diff_special {
	DIFF_PLAIN,
	DIFF_SHIFT_DOUBLE,	/* the result of a count above 16 is undefined */
	DIFF_DIVIDE,		/* must not overflow */
	DIFF_DIVIDE_SIGNED,
	DIFF_CMPXCHG,		/* writes when memory equals the accumulator */
	DIFF_CMPXCHG_WIDE,
	DIFF_BIT_STRING,	/* the register moves the operand */
	DIFF_BRANCH,		/* memory is an address of code */
	DIFF_POP,		/* RSP as base has its value afterwards */
};

/* Flags of a template. */
#define DIFF_SIZED	BIT(0)	/* the opcode is odd unless for bytes */
#define DIFF_LOCK	BIT(1)	/* may be locked */
#define DIFF_IMM8	BIT(2)
#define DIFF_IMM	BIT(3)	/* of the size of the operand, 4 at most */
#define DIFF_CC		BIT(4)	/* the opcode holds one of 16 conditions */
#define DIFF_ALWAYS_64	BIT(5)	/* without REX.W, too */
#define DIFF_BITS	BIT(6)	/* CONFIG_KMEMCHECK_BITOPS_OK: only a write */

/* One form of an instruction with a ModRM memory operand. */
struct diff_template {
	u8 family;
	u8 map;			/* 0: one byte, 1: 0f, 2: 0f 38 */
	u8 opcode;
	s8 digit;		/* in the place of the register, or -1 */
	u8 prefix;		/* f2, f3 or 0: part of the opcode */
	u8 sizes;		/* mask of 1, 2, 4, 8: of the operation */
	u8 mem;			/* bytes of memory, 0 if as many */
	u8 access;
	u8 flags;
	u8 special;
};

extern const struct diff_template diff_templates[];
extern const unsigned int diff_nr_templates;

/* The shadow of an operand before the instruction. */
enum diff_mode {
	DIFF_INITIALIZED,
	DIFF_ANYTHING,		/* written without being looked at, or copied */
	DIFF_PARTLY,		/* some of the bytes that are read; no report */
	DIFF_UNINITIALIZED,	/* read: must be reported */
};

struct diff_operand {
	unsigned long addr;
	unsigned int size;
	unsigned int access;
};

/* What tails work on beside the areas. */
#define DIFF_WORDS	8

struct diff_words {
	u64 stack[DIFF_WORDS];	/* from one below RSP, what an instance pushes */
	u64 fixed[DIFF_WORDS];
	u64 percpu[DIFF_WORDS];
};

struct diff_string {
	unsigned int size;	/* of an element, 0: no string instruction */
	unsigned int count;	/* elements that are in reach */
	bool rep;
	bool equal;		/* all elements compare equal, but for one: */
	int odd;		/* the element that compares otherwise, or -1 */
	int bad;		/* the only one that is uninitialised, -1: all are */
};

#define DIFF_MAX_INSN	15
#define DIFF_MAX_CODE	160

struct diff_case {
	enum diff_family family;
	u8 code[DIFF_MAX_CODE];
	unsigned int len;
	unsigned int tail;	/* offset of what follows the instruction */
	unsigned long ip;
	unsigned int landing;	/* where it must go on, one of DIFF_LAND_* */
	struct diff_regs in;
	unsigned int nr;
	struct diff_operand op[2];
	u8 value[16];		/* of the first operand */
	bool has_value;
	enum diff_mode mode;
	unsigned long given_up;	/* a page of the operand that is shown, or 0 */
	struct diff_string string;

	/* For the tail. */
	unsigned long used;	/* registers of the instruction */
	unsigned long loaded;	/* those of a mov from memory */
	bool window;		/* it works on the neighbours of the operand */
	struct diff_operand fresh;	/* the uninitialised bytes among them, size may be 0 */
	struct diff_words words;
};

/* Memory that instances work on, and what is known of each byte of it. */
struct diff_area {
	unsigned long start;	/* for the instruction */
	u8 *memory;		/* the same, never hidden */
	u8 *pristine;		/* what it holds between instances */
	u8 *before;		/* what it held before the instance */
	u8 *native;		/* what the native run made of it */
	u8 *want;		/* shadow that must come out */
	bool tracked;
};

#define DIFF_AREA_SIZE	(8 * PAGE_SIZE)
/* Neighbours that are watched, on both sides of an operand. */
#define DIFF_MARGIN	24UL
/* Uninitialised ones at the end of a window. */
#define DIFF_FRESH	8

/* The untracked area starts with the stack; RSP is DIFF_STACK_SIZE at most. */
#define DIFF_STACK_SIZE	(2 * PAGE_SIZE)

/* Where generators draw from. */
struct diff_gen {
	struct rnd_state rnd;
	const struct diff_area *pool;
	const struct diff_area *plain;
	unsigned long sp;	/* below this the real stack is free */
	bool want_report;
};

/* An instance has its own slot of executable memory, with two ends in it. */
#define DIFF_SLOT	384UL
#define DIFF_BRANCH_AT	(DIFF_MAX_CODE + 16)
enum { DIFF_LAND_NEXT = 1, DIFF_LAND_BRANCH = 2 };

static inline u32 diff_random(struct diff_gen *gen, u32 below)
{
	return prandom_u32_state(&gen->rnd) % below;
}

static inline bool diff_one_in(struct diff_gen *gen, u32 n)
{
	return !diff_random(gen, n);
}

static inline bool diff_is_tail(enum diff_family family)
{
	return family >= DIFF_tail_reg;
}

/* diff_table.c */
bool diff_cpu_has(enum diff_family family);

/* diff_gen.c */
u64 diff_random_value(struct diff_gen *gen);
void diff_random_regs(struct diff_gen *gen, struct diff_case *c);
unsigned long diff_random_place(struct diff_gen *gen, const struct diff_area *area,
				unsigned int size, unsigned int align);
bool diff_generate(struct diff_gen *gen, const struct diff_template *t,
		   struct diff_case *c);

/* diff_string.c */
bool diff_is_string(enum diff_family family);
void diff_generate_string(struct diff_gen *gen, struct diff_case *c);
void diff_fill_string(const struct diff_case *c, u8 *first, u8 *second);
unsigned int diff_elements_done(const struct diff_case *c, u64 rcx_after);
unsigned long diff_element(const struct diff_case *c, const struct diff_operand *op,
			   unsigned int i);

/* diff_tail.c */
extern u64 diff_fixed[DIFF_WORDS];
DECLARE_PER_CPU(u64 [DIFF_WORDS], diff_percpu);
void diff_generate_tail(struct diff_gen *gen, struct diff_case *c);

/* diff_run.c */
struct diff_result {
	const char *what;	/* is wrong; NULL: nothing */
	unsigned long where;
	u64 got, wanted;
	bool given_up;
	struct diff_regs native, faulting;
	u32 native_landed, faulting_landed;
	struct diff_words native_words, faulting_words;
};

void diff_run(struct diff_gen *gen, const struct diff_case *c, struct diff_result *r);
bool diff_tidy(const struct diff_gen *gen);

/* diff_call.S */
extern struct diff_regs diff_regs_in, diff_regs_out;
extern unsigned long diff_target, diff_saved_sp;
extern u32 diff_landed;
extern u64 diff_stack[DIFF_WORDS];
void diff_call(void);
extern char diff_return[];

#endif /* !__ASSEMBLY__ */

#endif /* _X86_KMEMCHECK_DIFF_H */
