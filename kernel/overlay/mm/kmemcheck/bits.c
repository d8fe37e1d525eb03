// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: bytes that were written in part: which of their bits are uninitialised?
 *
 * That is how bit-fields, and words of flags, are assigned for the first time: an OR sets a
 * bit of a byte that was not written. In the shadow such a byte is uninitialised, and
 * there is an entry here for its word. An entry is of no meaning for bytes in another
 * state; whoever makes a byte uninitialised, or frees it, forgets first what is known here
 * (shadow.c). So an object never finds what there was of another one at its place.
 *
 * There is not room for any number of them. A word that has to go takes the partly written
 * bytes with it, which count as initialised from then on: no false report comes of that.
 *
 * As everything that runs inside of a fault, this is not to take the kernel's locks. A set
 * has a bit of its own for that, with interrupts off; only an NMI cannot wait for it.
 */
#include <linux/align.h>
#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/hash.h>
#include <linux/irqflags.h>
#include <linux/preempt.h>
#include <linux/vmalloc.h>

#include "bits.h"
#include "kmemcheck.h"
#include "shadow.h"

#define SETS_SHIFT	10
#define WAYS		4

/* A word of 8 bytes: @poison has 0xff where nothing is known of a byte. */
struct entry {
	unsigned long word;		/* its address, 0: unused */
	u64 poison;
};

struct set {
	int lock;
	unsigned int oldest;
	struct entry entries[WAYS];
};

static struct set *sets __read_mostly;

/* Return: 0, or -ENOMEM. */
int kmemcheck_bits_init(void)
{
	sets = vzalloc(sizeof(*sets) << SETS_SHIFT);
	return sets ? 0 : -ENOMEM;
}

static struct set *set_of(unsigned long word)
{
	return &sets[hash_long(word, SETS_SHIFT)];
}

/* Return: NULL in an NMI that has interrupted the owner of the lock. */
static struct set *lock_set(unsigned long word, unsigned long *flags)
{
	struct set *set = set_of(word);

	raw_local_irq_save(*flags);
	while (arch_xchg(&set->lock, 1)) {
		if (in_nmi()) {
			raw_local_irq_restore(*flags);
			return NULL;
		}
		cpu_relax();
	}
	return set;
}

static void unlock_set(struct set *set, unsigned long flags)
{
	/* Pairs with arch_xchg() in lock_set(). */
	smp_store_release(&set->lock, 0);
	raw_local_irq_restore(flags);
}

static struct entry *find_entry(struct set *set, unsigned long word)
{
	unsigned int i;

	for (i = 0; i < WAYS; i++)
		if (READ_ONCE(set->entries[i].word) == word)
			return &set->entries[i];
	return NULL;
}

static u8 byte_of(u64 poison, unsigned int byte)
{
	return poison >> 8 * byte;
}

static void evict(const struct entry *entry)
{
	unsigned int i;

	for (i = 0; i < 8; i++)
		if (byte_of(entry->poison, i) != U8_MAX &&
		    kmemcheck_shadow_get(entry->word + i) == KMEMCHECK_UNINITIALIZED)
			kmemcheck_shadow_set_range(entry->word + i, 1, KMEMCHECK_INITIALIZED);
}

static struct entry *add_entry(struct set *set, unsigned long word)
{
	struct entry *entry = find_entry(set, 0);

	if (!entry) {
		entry = &set->entries[set->oldest++ % WAYS];
		evict(entry);
	}
	*entry = (struct entry) { word, U64_MAX };
	return entry;
}

/**
 * kmemcheck_bits_get() - which bits of a byte are uninitialised?
 * @addr: of the byte, uninitialised according to the shadow
 *
 * Return: they; all of them when it is not known to be written in part.
 */
u8 kmemcheck_bits_get(unsigned long addr)
{
	unsigned long word = ALIGN_DOWN(addr, 8), flags;
	struct set *set = lock_set(word, &flags);
	const struct entry *entry;
	u8 bits;

	if (!set)
		return 0;
	entry = find_entry(set, word);
	bits = entry ? byte_of(entry->poison, addr - word) : U8_MAX;
	unlock_set(set, flags);
	return bits;
}

/**
 * kmemcheck_bits_set() - a byte is written in part
 * @addr: of the byte, which the caller makes uninitialised afterwards
 * @bits: that are uninitialised, neither none nor all
 *
 * Return: whether there was room.
 */
bool kmemcheck_bits_set(unsigned long addr, u8 bits)
{
	unsigned long word = ALIGN_DOWN(addr, 8), flags;
	unsigned int shift = 8 * (addr - word);
	struct set *set = lock_set(word, &flags);
	struct entry *entry;

	if (!set)
		return false;
	entry = find_entry(set, word) ?: add_entry(set, word);
	entry->poison = (entry->poison & ~(0xffULL << shift)) | (u64)bits << shift;
	unlock_set(set, flags);
	return true;
}

/* Most of the time there is nothing, and nobody else who would add it at the same time. */
static void forget_word(unsigned long word, u64 bytes)
{
	struct entry *entry;
	unsigned long flags;
	struct set *set;

	if (!find_entry(set_of(word), word))
		return;
	set = lock_set(word, &flags);
	if (!set)
		return;
	entry = find_entry(set, word);
	if (entry) {
		entry->poison |= bytes;
		if (entry->poison == U64_MAX)
			entry->word = 0;
	}
	unlock_set(set, flags);
}

/**
 * kmemcheck_bits_forget() - nothing is known of the bits of these bytes any more
 * @addr: of the first one
 * @size: bytes
 */
void kmemcheck_bits_forget(unsigned long addr, size_t size)
{
	unsigned long end = addr + size, word;
	u64 bytes;

	for (word = ALIGN_DOWN(addr, 8); word < end; word += 8) {
		bytes = U64_MAX;
		if (word < addr)
			bytes <<= 8 * (addr - word);
		if (end - word < 8)
			bytes &= (1ULL << 8 * (end - word)) - 1;
		forget_word(word, bytes);
	}
}
