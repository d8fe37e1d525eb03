// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Questions for the type of an object, in words.
 */
#include "explain/what_query.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"
#include "base/error.h"
#include "explain/registers.h"
#include "explain/value_names.h"
#include "report/model.h"

#define QUERY_MAX	1000
#define WORDS_MAX	128
/* Of one place, so many bytes. */
#define BYTES_MAX	256

struct words {
	char *v[WORDS_MAX];
	size_t count;
	size_t at;
};

/* ---- caches of kmalloc() ---- */

/* Those that are no powers of two. */
#define ODD_SMALL	96
#define ODD_LARGE	192
#define SMALLEST	8

uint64_t kmc_kmalloc_class(uint64_t size)
{
	uint64_t class = SMALLEST;

	if (size > 64 && size <= ODD_SMALL)
		return ODD_SMALL;
	if (size > 128 && size <= ODD_LARGE)
		return ODD_LARGE;
	while (class < size && class << 1)
		class <<= 1;
	return class;
}

static uint64_t class_below(uint64_t class)
{
	switch (class) {
	case SMALLEST:
		return 0;
	case ODD_SMALL:
		return 64;
	case 128:
		return ODD_SMALL;
	case ODD_LARGE:
		return 128;
	case 256:
		return ODD_LARGE;
	}
	return class / 2;
}

void kmc_what_set_class(struct kmc_what *what)
{
	static const struct {
		const char *prefix;
		enum kmc_kmalloc_kind kind;
	} known[] = {
		{ "kmalloc-cg-", KMC_KMALLOC_CGROUP },
		{ "kmalloc-rcl-", KMC_KMALLOC_RECLAIM },
		{ "dma-kmalloc-", KMC_KMALLOC_DMA },
		{ "kmalloc-dma-", KMC_KMALLOC_DMA },
		/* CONFIG_RANDOM_KMALLOC_CACHES: "kmalloc-rnd-07-128" */
		{ "kmalloc-rnd-##-", KMC_KMALLOC_NORMAL },
		{ "kmalloc-", KMC_KMALLOC_NORMAL },
	};

	for (size_t i = 0; i < KMC_ARRAY_SIZE(known); i++) {
		const char *at = what->cache, *prefix = known[i].prefix;
		uint64_t class;
		char *end;

		for (; *prefix && *at && (*prefix == *at || *prefix == '#'); at++)
			prefix++;
		if (*prefix || !isdigit((unsigned char)*at))
			continue;
		class = strtoull(at, &end, 10);
		class *= *end == 'k' ? 1024 : *end == 'M' ? 1024 * 1024 : 1;
		end += *end == 'k' || *end == 'M';
		if (*end || class != kmc_kmalloc_class(class))
			return;
		what->is_kmalloc = true;
		what->kind = known[i].kind;
		what->up_to = class;
		what->over = class_below(class);
		return;
	}
}

/* ---- bytes ---- */

static void add_place(struct kmc_what *what, uint64_t offset, enum kmc_pattern pattern)
{
	if (what->nplaces < KMC_WHAT_PLACES)
		what->places[what->nplaces++] = (struct kmc_what_place) {
			.offset = offset, .pattern = pattern, .word = what->word,
		};
}

static bool is_text(const uint8_t *bytes, unsigned int len)
{
	for (unsigned int i = 0; i < len; i++)
		if (!isprint(bytes[i]))
			return false;
	return true;
}

/* What eight bytes can be told to be; zeros may be anything, and so may what is negative. */
static enum kmc_pattern wide_pattern(const uint8_t *bytes)
{
	/* With five levels of page tables; behind the modules is nothing to point to. */
	const uint64_t kernel_start = 0xff00000000000000, kernel_end = 0xffffffffff000000;
	const uint64_t user_end = 1ULL << 56, page = 4096;
	const uint64_t list_poison = 0xdead000000000000;
	uint64_t value;

	memcpy(&value, bytes, sizeof(value));
	if (!value || value >= kernel_end)
		return KMC_PATTERN_NONE;
	if (value >= kernel_start)
		return KMC_PATTERN_POINTER;
	if (value - list_poison < page)
		return KMC_PATTERN_LIST;
	if (is_text(bytes, sizeof(value)))
		return KMC_PATTERN_TEXT;
	return value < page || value >= user_end ? KMC_PATTERN_NUMBER : KMC_PATTERN_NONE;
}

/* The same of four bytes, where a program has three of four gigabytes, as a rule. */
static enum kmc_pattern narrow_pattern(const uint8_t *bytes)
{
	const uint32_t kernel_start = 0xc0000000, kernel_end = 0xff800000, page = 4096;
	uint32_t value;

	memcpy(&value, bytes, sizeof(value));
	if (!value || value >= kernel_end || kmc_poison_pointer(value, 32))
		return KMC_PATTERN_NONE;
	if (value >= kernel_start)
		return KMC_PATTERN_POINTER;
	if (is_text(bytes, sizeof(value)))
		return KMC_PATTERN_TEXT;
	return value < page ? KMC_PATTERN_NUMBER : KMC_PATTERN_NONE;
}

void kmc_what_add_bytes(struct kmc_what *what, uint64_t offset, const uint8_t *bytes,
			size_t len)
{
	size_t i = (what->word - offset % what->word) % what->word;

	for (; i + what->word <= len; i += what->word) {
		enum kmc_pattern pattern = what->word == 4 ? narrow_pattern(bytes + i) :
							     wide_pattern(bytes + i);

		if (pattern != KMC_PATTERN_NONE)
			add_place(what, offset + i, pattern);
	}
}

/* ---- words ---- */

static const char *next(const struct words *words)
{
	return words->at < words->count ? words->v[words->at] : NULL;
}

static bool take(struct words *words, const char *word)
{
	const char *there = next(words);

	if (!there || strcmp(there, word))
		return false;
	words->at++;
	return true;
}

/* "12", "0xc", "+0xc" */
static bool read_number(const char *text, uint64_t *out)
{
	char *end;

	if (!text)
		return false;
	if (*text == '+')
		text++;
	if (!isdigit((unsigned char)*text))
		return false;
	errno = 0;
	*out = strtoull(text, &end, 0);
	return !*end && !errno;
}

static bool take_number(struct words *words, uint64_t *out)
{
	if (!read_number(next(words), out))
		return false;
	words->at++;
	return true;
}

static bool is_keyword(const char *word)
{
	static const char * const all[] = { "at", "offset", "size", "holds" };
	uint64_t number;

	for (size_t i = 0; i < KMC_ARRAY_SIZE(all); i++)
		if (!strcmp(word, all[i]))
			return true;
	return *word == '+' && read_number(word, &number);
}

/* ---- what an offset holds ---- */

/* "ad 4e ad de", "ad4eadde"; what does not fit into @bytes is left out. */
static bool read_hex(const struct words *words, size_t end, uint8_t *bytes, size_t *len)
{
	*len = 0;
	for (size_t i = words->at; i < end; i++) {
		const char *word = words->v[i];
		const size_t digits = strlen(word);

		if (digits % 2 || strspn(word, "0123456789abcdefABCDEF") != digits)
			return false;
		for (; *word && *len < BYTES_MAX; word += 2) {
			const char pair[] = { word[0], word[1], '\0' };

			bytes[(*len)++] = strtoul(pair, NULL, 16);
		}
	}
	return *len;
}

static bool take_type(struct words *words, size_t end, struct kmc_what_place *place)
{
	struct kmc_buf buf = { };

	while (words->at < end)
		kmc_buf_printf(&buf, "%s%s", buf.len ? " " : "", words->v[words->at++]);
	if (!buf.len || buf.failed) {
		kmc_buf_release(&buf);
		return false;
	}
	place->type = buf.data;
	return true;
}

static bool take_pointer(struct words *words, size_t end, struct kmc_what_place *place)
{
	place->pattern = KMC_PATTERN_POINTER;
	if (!take(words, "to"))
		return true;
	if (take(words, "function")) {
		place->pattern = KMC_PATTERN_FUNCTION;
		return true;
	}
	place->pattern = KMC_PATTERN_POINTS_TO;
	return take_type(words, end, place);
}

static bool take_pattern(struct words *words, size_t end, struct kmc_what *what)
{
	struct kmc_what_place *place = &what->places[what->nplaces - 1];
	uint8_t bytes[BYTES_MAX];
	size_t len;

	if (read_hex(words, end, bytes, &len)) {
		words->at = end;
		kmc_what_add_bytes(what, place->offset, bytes, len);
		return true;
	}
	if (take(words, "function")) {
		place->pattern = KMC_PATTERN_FUNCTION;
		return take(words, "pointer");
	}
	if (take(words, "pointer"))
		return take_pointer(words, end, place);
	if (take(words, "list")) {
		place->pattern = KMC_PATTERN_LIST;
		take(words, "head");
		take(words, "entry");
		return true;
	}
	if (take(words, "text") || take(words, "string")) {
		place->pattern = KMC_PATTERN_TEXT;
		return true;
	}
	if (take(words, "number") || take(words, "integer")) {
		place->pattern = KMC_PATTERN_NUMBER;
		return true;
	}
	place->pattern = KMC_PATTERN_TYPE;
	return take_type(words, end, place);
}

static bool take_holds(struct words *words, struct kmc_what *what)
{
	size_t end = words->at;

	while (end < words->count && !is_keyword(words->v[end]))
		end++;
	return what->nplaces && end > words->at && take_pattern(words, end, what) &&
	       words->at == end;
}

static bool take_offset(struct words *words, struct kmc_what *what)
{
	uint64_t offset;

	if (!take_number(words, &offset) || what->nplaces == KMC_WHAT_PLACES)
		return false;
	add_place(what, offset, KMC_PATTERN_NONE);
	return true;
}

static bool take_word(struct words *words, struct kmc_what *what)
{
	const char *word = next(words);
	uint64_t number;

	if (*word == '+' && read_number(word, &number))
		return take_offset(words, what);
	if (take(words, "at") || take(words, "offset"))
		return take_offset(words, what);
	if (take(words, "holds"))
		return take_holds(words, what);
	if (take(words, "size"))
		return !what->size && take_number(words, &what->size) && what->size;
	if (read_number(word, &number)) {
		words->at++;
		if (what->size || !number || !take(words, "bytes"))
			return false;
		what->size = number;
		return true;
	}
	words->at++;
	if (what->cache)
		return false;
	what->cache = strdup(word);
	return what->cache;
}

/* Those that are for people are left out. */
static void split(char *text, struct words *words)
{
	static const char * const fillers[] = { "a", "an", "and", "the", "with", "of" };
	char *rest;

	for (char *word = strtok_r(text, " \t\n,", &rest); word && words->count < WORDS_MAX;
	     word = strtok_r(NULL, " \t\n,", &rest)) {
		bool filler = false;

		for (size_t i = 0; i < KMC_ARRAY_SIZE(fillers); i++)
			filler |= !strcmp(word, fillers[i]);
		if (!filler)
			words->v[words->count++] = word;
	}
}

static bool parse(char *text, struct kmc_what *what)
{
	struct words words = { };

	split(text, &words);
	while (next(&words))
		if (!take_word(&words, what))
			return false;
	if (what->cache)
		kmc_what_set_class(what);
	what->exact = what->size && what->size != what->up_to;
	return what->cache || what->size;
}

struct kmc_error *kmc_what_new(const char *query, struct kmc_what **out)
{
	char *text KMC_AUTO_FREE = strdup(query);
	struct kmc_what *what = calloc(1, sizeof(*what));

	if (!what || !text) {
		kmc_what_free(what);
		return kmc_error_nomem();
	}
	/* Whose kernel it is, is not known yet. */
	what->word = kmc_x86_64.word;
	if (strlen(query) <= QUERY_MAX && parse(text, what)) {
		*out = what;
		return NULL;
	}
	kmc_what_free(what);
	return kmc_error_new(KMC_ERROR_FORMAT, NULL, 0,
			     "cannot tell what '%.200s' is: name a cache or N bytes, and then +N, or +N holds: function pointer, pointer [to TYPE], list, text, number, TYPE, or bytes as ad 4e ad de",
			     query);
}

void kmc_what_free(struct kmc_what *what)
{
	if (!what)
		return;
	for (size_t i = 0; i < what->nplaces; i++)
		free(what->places[i].type);
	free(what->cache);
	free(what);
}

/* ---- reports ---- */

/* What was written to the object, as far as the report shows it. */
static void add_memory(struct kmc_what *what, const struct kmc_report *report)
{
	const struct kmc_object *object = &report->object;
	size_t from = 0;

	for (size_t i = 0; report->memory && i <= report->memory_len; i++) {
		const uint64_t address = report->memory_start + i;
		const bool good = i < report->memory_len && i < report->shadow_len &&
				  report->shadow[i] == 'i' && address >= object->start &&
				  address - object->start < object->size;

		if (good)
			continue;
		if (i > from)
			kmc_what_add_bytes(what, report->memory_start + from - object->start,
					   report->memory + from, i - from);
		from = i + 1;
	}
}

struct kmc_error *kmc_what_of_report(const struct kmc_report *report, struct kmc_what **out)
{
	const struct kmc_object *object = &report->object;
	struct kmc_what *what;

	*out = NULL;
	if (!object->known || (!object->cache && !object->size) ||
	    object->region > KMC_REGION_SLAB)
		return NULL;
	what = calloc(1, sizeof(*what));
	if (!what)
		return kmc_error_nomem();
	what->word = kmc_report_machine(report)->word;
	what->cache = object->cache ? strdup(object->cache) : NULL;
	if (object->cache && !what->cache) {
		kmc_what_free(what);
		return kmc_error_nomem();
	}
	if (what->cache)
		kmc_what_set_class(what);
	what->size = kmc_object_bytes(object);
	what->exact = what->size && (object->requested || what->size != what->up_to);
	if (object->has_start)
		add_place(what, report->address - object->start, KMC_PATTERN_NONE);
	else if (object->has_offset)
		add_place(what, object->offset, KMC_PATTERN_NONE);
	if (object->has_start)
		add_memory(what, report);
	*out = what;
	return NULL;
}
