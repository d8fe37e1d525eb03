/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck: propagate the poison of a load to its use.
 *
 * As in KMSAN, a bit that depends on uninitialised memory is poisoned, and a set bit
 * of a poison says so.
 */
#ifndef _X86_KMEMCHECK_PROPAGATE_H
#define _X86_KMEMCHECK_PROPAGATE_H

#include <linux/kmemcheck_engine.h>

#include "../insn/emulate.h"
#include "../insn/operand.h"

/* Stores of the interrupted code that are not performed, in words of the machine. */
struct kmemcheck_word {
	unsigned long addr;		/* a multiple of MACHINE_WORD */
	unsigned long ip[MACHINE_WORD];	/* of the last store, for each byte; see @ip below */
	u64 value;
	u64 poison;
	u8 bytes;			/* a bit for each that was stored */
	bool is_return;			/* a call has pushed it */
};

#define KMEMCHECK_NR_WORDS	64

/* A run of a string instruction has written there: what lies in no word since is unknown. */
struct kmemcheck_range {
	unsigned long addr;
	unsigned long size;
	int fill;			/* the value of each byte, or -1: not known */
};

#define KMEMCHECK_NR_RANGES	8

/*
 * Symbolic values, as far as they matter: (x - 1) & ~x, which finds the end of a
 * string in a word, does not depend on the bits above the lowest one that is set.
 */
enum kmemcheck_form {
	SYMBOLIC_X,			/* x */
	SYMBOLIC_NOT_X,			/* ~x */
	SYMBOLIC_X_MINUS_1,		/* x - 1 */
};

struct kmemcheck_symbolic {
	u16 x;
	u16 form;
};

/**
 * struct kmemcheck_propagation - the interrupted code, some instructions later
 * @regs: registers as they will be
 * @ip: of the instruction that propagation has reached; in memcpy() and its like, where
 *	they return to, or PROPAGATE_STATE_MOVES
 * @poison: of @regs; its flags and ip are of no meaning
 * @flags_poison: of the flags
 * @symbolic: values of the registers
 * @last_x: the newest unknown in them
 * @from: where the first byte is that is not initialised
 * @is_percpu: the instruction names what each CPU has of its own
 * @real: registers of the interrupted code, on its stack
 * @nr: words that were stored
 * @words: they
 * @nr_ranges: that were written to at once
 * @ranges: they, the newest one last
 */
struct kmemcheck_propagation {
	struct pt_regs regs;
	unsigned long ip;
	struct pt_regs poison;
	unsigned long flags_poison;
	struct kmemcheck_symbolic symbolic[SLOT_SP + 1];
	u16 last_x;
	unsigned long from;
	bool is_percpu;
	const struct pt_regs *real;
	unsigned int nr;
	struct kmemcheck_word words[KMEMCHECK_NR_WORDS];
	unsigned int nr_ranges;
	struct kmemcheck_range ranges[KMEMCHECK_NR_RANGES];
};

/* Between two tracked places, memcpy() copies the state without more ado. */
#define PROPAGATE_STATE_MOVES	0UL

/* Of one instruction. */
enum kmemcheck_result {
	PROPAGATE_CONTINUE,
	PROPAGATE_USED,			/* poison decides something */
	/* How it goes on cannot be told: */
	PROPAGATE_UNKNOWN_INSN,		/* an instruction that is not understood */
	PROPAGATE_UNKNOWN_MEMORY,	/* it loads what may not be read, or is not known */
	PROPAGATE_UNKNOWN_CODE,		/* it goes where no code is */
	PROPAGATE_NO_ROOM,		/* for stores */
	PROPAGATE_NR_RESULTS,
};

static inline u64 kmemcheck_size_mask(unsigned int size)
{
	return size >= 8 ? ~0ULL : (1ULL << 8 * size) - 1;
}

/* propagate.c */
extern bool kmemcheck_propagate;
bool kmemcheck_load_is_used(const struct pt_regs *regs, unsigned long addr, size_t size);

/* poison.c */
bool kmemcheck_condition_is_poisoned(const struct kmemcheck_propagation *p,
				     unsigned int condition);
enum kmemcheck_result kmemcheck_propagate_poison(struct kmemcheck_propagation *p,
						 const struct kmemcheck_decoded *d, u64 value,
						 u64 *poison);

u64 kmemcheck_sum_poison(u64 a, u64 a_poison, u64 b, u64 b_poison);

/* copies.c */
void kmemcheck_expect_copies(const struct kmemcheck_propagation *p);

/* store_buffer.c */
bool kmemcheck_buffered_load(struct kmemcheck_propagation *p, unsigned long addr,
			     unsigned int size, u64 *value, u64 *poison);
bool kmemcheck_buffered_store(struct kmemcheck_propagation *p, unsigned long addr,
			      unsigned int size, u64 value, u64 poison);
bool kmemcheck_buffered_range(struct kmemcheck_propagation *p, unsigned long addr,
			      unsigned long size, int fill);
bool kmemcheck_buffer_is_poisoned(const struct kmemcheck_propagation *p, unsigned long addr,
				  unsigned long size);
bool kmemcheck_buffered_push(struct kmemcheck_propagation *p, u64 value, u64 poison);
bool kmemcheck_buffered_pop(struct kmemcheck_propagation *p, u64 *value, u64 *poison);
bool kmemcheck_buffered_call(struct kmemcheck_propagation *p, u64 next);
void kmemcheck_clobber_at_return(struct kmemcheck_propagation *p);
bool kmemcheck_stack_is_poisoned(const struct kmemcheck_propagation *p);

/* string.c */
enum kmemcheck_result kmemcheck_propagate_string(struct kmemcheck_propagation *p,
						 const struct kmemcheck_decoded *d);
enum kmemcheck_result kmemcheck_propagate_bulk(struct kmemcheck_propagation *p,
					       unsigned long next, bool set);

/* symbolic.c */
void kmemcheck_reset_symbolic(struct kmemcheck_propagation *p);
void kmemcheck_update_symbolic(struct kmemcheck_propagation *p,
			       const struct kmemcheck_decoded *d);
bool kmemcheck_is_known_trailing_mask(const struct kmemcheck_propagation *p,
				      const struct kmemcheck_decoded *d);

#endif /* _X86_KMEMCHECK_PROPAGATE_H */
