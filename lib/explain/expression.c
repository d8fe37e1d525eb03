// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the expressions of a statement point to. Of EXT4_SB(sb)->s_es, debug info knows what
 * EXT4_SB() returns, and where in it s_es is; of a->b[i].c likewise. Where the instruction
 * reads as many bytes at that displacement, and no register says otherwise, it is that.
 */
#include "explain/expression.h"

#include <ctype.h>
#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"
#include "base/error.h"
#include "debuginfo/die.h"
#include "debuginfo/scope_names.h"
#include "debuginfo/source_path.h"
#include "debuginfo/vars.h"
#include "explain/cast.h"
#include "explain/member_name.h"

#define MAX_NESTING	12
/* Names that are looked up for one instruction, and macros, each in some files. */
#define MAX_NAMES	400
#define MAX_MACROS	8
/* The longest statement, in bytes. */
#define MAX_TEXT	8000
/* No level of the chain: a macro's parameters are not the variables of that name. */
#define NO_LEVEL	UINT32_MAX

/**
 * struct expression - what a part of the text comes to
 * @known: the rest is valid
 * @address: the value is the address of a @type, not one
 * @type: typedefs and qualifiers taken off
 * @within: it is a part of what a pointer points to
 * @object: that
 * @cast: which the text casts something to, or which lies elsewhere than a pointer to one
 *	points to
 * @ahead: bytes of it in front of what the pointer is known to point to: the member that
 *	container_of() made it of, less than 0 of an element p[1]
 * @local: of what a variable points to that debug info has in no register here
 * @offset: of the part
 * @step: bytes of an element, when it has an index that is not known
 * @bit: a bit-field begins so many bits behind @offset; @is_bits: it is one
 * @is_bits: likewise
 */
struct expression {
	bool known;
	bool address;
	Dwarf_Die type;
	bool within;
	Dwarf_Die object;
	bool cast;
	int64_t ahead;
	bool local;
	uint64_t offset;
	uint64_t step;
	uint64_t bit;
	bool is_bits;
};

/**
 * struct reader - of a statement
 * @search: gets what was found
 * @at, @end: what is left of the text
 * @level: of the inline chain
 * @left: names that may still be looked up
 * @macros: likewise
 * @doubtful: the text is not the statement's own
 * @only_casts: what is in the register is known; only what contradicts it is asked for
 * @unnamed: the text names no member of that at the instruction's displacement
 * @rank: of that
 * @err: what went wrong
 */
struct reader {
	struct kmc_search *search;
	const char *at;
	const char *end;
	unsigned int level;
	int left;
	int macros;
	bool doubtful;
	bool only_casts;
	bool unnamed;
	unsigned int rank;
	struct kmc_error *err;
};

/* ---- text ---- */

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static void skip_blanks(struct reader *r)
{
	while (r->at < r->end && isspace((unsigned char)*r->at))
		r->at++;
}

static bool take(struct reader *r, const char *token)
{
	const size_t len = strlen(token);

	skip_blanks(r);
	if ((size_t)(r->end - r->at) < len || strncmp(r->at, token, len) ||
	    (is_word(*token) && r->at + len < r->end && is_word(r->at[len])))
		return false;
	r->at += len;
	return true;
}

static size_t take_word(struct reader *r, const char **word)
{
	skip_blanks(r);
	*word = r->at;
	while (r->at < r->end && is_word(*r->at))
		r->at++;
	return r->at - *word;
}

/* Behind what closes a bracket, of which the opening one has been taken. */
static void skip_to_close(struct reader *r)
{
	for (int depth = 1; depth && r->at < r->end; r->at++) {
		if (strchr("([{", *r->at))
			depth++;
		else if (strchr(")]}", *r->at))
			depth--;
	}
}

/* ---- what is at a place of memory ---- */

static bool is_scalar(Dwarf_Die *type)
{
	return !kmc_die_is_aggregate(type) && dwarf_tag(type) != DW_TAG_array_type;
}

/* @ahead: bytes of the object in front of what the register points to */
static bool fits(const struct kmc_mem *mem, int64_t ahead, const struct expression *e)
{
	const uint64_t size = kmc_die_size((Dwarf_Die *)&e->type);
	const uint64_t disp = mem->disp + ahead;

	if ((int64_t)disp < 0 || !mem->size)
		return false;
	if (e->step)
		return disp >= e->offset && (disp - e->offset) % e->step == 0 && size == mem->size;
	if (e->is_bits)
		return 8 * disp <= 8 * e->offset + e->bit &&
		       8 * e->offset + e->bit < 8 * (disp + mem->size);
	/* A struct may be copied in parts, or what is in it be used by what it is given to. */
	if (kmc_die_is_aggregate((Dwarf_Die *)&e->type))
		return e->offset && disp >= e->offset && disp + mem->size <= e->offset + size;
	return disp == e->offset && size == mem->size;
}

/* Does it contradict what is known of the register? */
static bool is_cast(const struct expression *e)
{
	return (e->cast || e->local) && !e->step && is_scalar((Dwarf_Die *)&e->type);
}

/* Was it used? Then the instruction may be the one that reads it. */
static void note(struct reader *r, const struct expression *e)
{
	const struct kmc_access *access = r->search->access;
	const struct kmc_mem *mem = access->mem;
	Dwarf_Die object = e->object, type = e->type;
	struct kmc_found *place;
	int64_t ahead = e->ahead;

	if (r->err || !e->known || e->address || !e->within ||
	    (r->only_casts && !is_cast(e)) ||
	    (e->step && mem->index != KMC_REG_NONE))
		return;
	/* A register may have the container or, from which the compiler counts back, the member. */
	if (!fits(mem, ahead, e)) {
		ahead = 0;
		if (r->only_casts || !fits(mem, ahead, e))
			return;
	}
	r->err = kmc_search_add(r->search, &object, access->image,
				access->mem_at - mem->disp - ahead, &place);
	if (r->err || !place || place->base)
		return;
	place->base = true;
	place->said = true;
	place->made = e->cast || e->local;
	/* What the source has no name for is not what it uses. */
	place->rank = r->rank + e->local;
	place->indexed = true;
	/* Much lies at the beginning of something, and much is cast to text. */
	place->weak = !mem->disp || e->step || !is_scalar(&type) || is_scalar(&object) ||
		      e->local || r->doubtful;
	place->reasons |= 1u << KMC_BY_SOURCE;
	r->err = kmc_evidence_add(&place->candidate, KMC_BY_SOURCE, place->candidate.offset, true,
				  "the source uses what is there of %s",
				  place->candidate.type);
}

/* ---- operators ---- */

static struct expression dereference(struct reader *r, struct expression *pointer)
{
	struct expression e = { .within = true };

	if (!pointer->known)
		return e;
	if (pointer->address) {
		e = *pointer;
		e.address = false;
		return e;
	}
	note(r, pointer);
	e.local = pointer->local && !pointer->within;
	e.known = kmc_die_pointee(&pointer->type, &e.type);
	e.object = e.type;
	/* Text and the like is walked through. */
	if (e.known && is_scalar(&e.type))
		e.step = kmc_die_size(&e.type);
	return e;
}

static void member_of(struct reader *r, struct expression *e)
{
	struct kmc_member_place place;
	const char *name;
	const size_t len = take_word(r, &name);

	e->known = e->known && !e->address && !e->is_bits &&
		   kmc_member_named(&e->type, name, len, &place);
	if (!e->known)
		return;
	e->type = place.type;
	e->offset += place.offset;
	e->bit = place.bit;
	e->is_bits = place.is_bits;
}

/* p[@index], which is an object of its own. */
static struct expression element_of(struct reader *r, struct expression *pointer, uint64_t index)
{
	struct expression e = dereference(r, pointer);

	if (!e.known || !index || pointer->address || is_scalar(&e.type))
		return e;
	e.cast = true;
	e.ahead = -(int64_t)(index * kmc_die_size(&e.type));
	r->search->statement->casts = true;
	return e;
}

static void index_of(struct reader *r, struct expression *e)
{
	const char *number = r->at;
	char *end;
	const uint64_t index = strtoull(number, &end, 0);
	bool constant, array;

	skip_to_close(r);
	constant = end > number && end < r->end && *end == ']';
	if (!e->known)
		return;
	array = !e->address && dwarf_tag(&e->type) == DW_TAG_array_type;
	if (!array)
		*e = element_of(r, e, constant ? index : 0);
	else
		e->known = kmc_die_type(&e->type, &e->type) && kmc_die_peel(&e->type, &e->type);
	if (e->known && array && constant)
		e->offset += index * kmc_die_size(&e->type);
	else if (e->known && array)
		e->step = kmc_die_size(&e->type);
}

static struct expression read_unary(struct reader *r, int depth);

static void read_postfix(struct reader *r, struct expression *e)
{
	while (r->at < r->end && !r->err) {
		if (take(r, "->")) {
			*e = dereference(r, e);
			member_of(r, e);
		} else if (take(r, "++") || take(r, "--")) {
			continue;
		} else if (take(r, ".")) {
			member_of(r, e);
		} else if (take(r, "[")) {
			index_of(r, e);
		} else if (take(r, "(")) {
			note(r, e);
			skip_to_close(r);
			e->known = false;
		} else {
			break;
		}
	}
}

/* ---- operands ---- */

/* "(struct x *)": false, and nothing taken, if it is something else. */
static bool read_cast(struct reader *r, struct expression *e)
{
	const char *start = r->at, *name;
	size_t len;

	while (take(r, "const") || take(r, "volatile"))
		;
	if (take(r, "struct") || take(r, "union")) {
		len = take_word(r, &name);
		take(r, "const");
		if (len && take(r, "*") && (take(r, "__force") || true) && take(r, ")")) {
			r->err = kmc_unit_name(r->search->access->image, r->search->access->pc,
					       KMC_NAME_STRUCT, name, len, &e->type, &e->known);
			e->address = true;
			e->within = true;
			e->object = e->type;
			e->cast = true;
			r->search->statement->casts = true;
			return true;
		}
	}
	r->at = start;
	return false;
}

/* The name of a type between parentheses, and a comma: "struct x," */
static bool read_struct(struct reader *r, Dwarf_Die *type)
{
	const char *name;
	bool found = false;
	size_t len;

	if (!take(r, "struct"))
		return false;
	len = take_word(r, &name);
	if (len && take(r, ","))
		r->err = kmc_unit_name(r->search->access->image, r->search->access->pc,
				       KMC_NAME_STRUCT, name, len, type, &found);
	return found && !r->err;
}

/* What is behind the next comma of these arguments */
static void skip_argument(struct reader *r)
{
	while (r->at < r->end && *r->at != ',' && *r->at != ')') {
		if (*r->at++ == '(')
			skip_to_close(r);
	}
	take(r, ",");
}

static bool makes_container(const char *name, size_t len)
{
	static const char *const makers[] = {
		"container_of", "container_of_const", "list_entry", "rb_entry", "hlist_entry",
	};

	for (size_t i = 0; i < KMC_ARRAY_SIZE(makers); i++)
		if (strlen(makers[i]) == len && !memcmp(makers[i], name, len))
			return true;
	return false;
}

/* "(p, struct x, a.b)", @r behind the parenthesis */
static struct expression read_container(struct reader *r)
{
	struct expression e = { .address = true, .within = true, .cast = true };
	struct expression member = { .known = true };

	r->search->statement->casts = true;
	skip_argument(r);
	if (!read_struct(r, &e.type)) {
		skip_to_close(r);
		return e;
	}
	member.type = e.type;
	do {
		member_of(r, &member);
	} while (take(r, "."));
	e.known = member.known && take(r, ")");
	e.object = e.type;
	e.ahead = member.offset;
	return e;
}

/*
 * What takes a pointer to a struct is often a macro of the header that declares it, as
 * skb_shinfo() is.
 */
static struct kmc_error *find_macro_of(struct reader *r, const char *arguments, const char *name,
				       size_t len, int depth, struct kmc_buf *body)
{
	const struct kmc_access *access = r->search->access;
	struct reader inner = *r;
	struct expression first;
	const char *file;
	Dwarf_Die type;

	inner.at = arguments;
	first = read_unary(&inner, depth + 1);
	r->left = inner.left;
	r->macros = inner.macros;
	if (inner.err || !first.known)
		return inner.err;
	type = first.type;
	if (!first.address && !kmc_die_pointee(&first.type, &type))
		return NULL;
	file = kmc_source_declaring(access->image, &type);
	return file ? kmc_statement_macro(r->search->statement, access->di, file, name, len, body) :
		      NULL;
}

/* What a macro with parameters comes to, if that does not depend on them. */
static struct expression read_macro(struct reader *r, const char *arguments, const char *name,
				    size_t len, int depth)
{
	struct expression e = { };
	struct kmc_buf body = { };
	struct reader inner;

	if (r->macros-- <= 0)
		return e;
	r->err = kmc_statement_macro(r->search->statement, r->search->access->di, NULL, name, len,
				     &body);
	if (!r->err && !body.len)
		r->err = find_macro_of(r, arguments, name, len, depth, &body);
	inner = *r;
	if (!r->err && body.len) {
		inner.at = body.data;
		inner.end = body.data + body.len;
		inner.level = NO_LEVEL;
		e = read_unary(&inner, depth + 1);
		r->err = inner.err;
		r->left = inner.left;
		r->macros = inner.macros;
	}
	kmc_buf_release(&body);
	return e;
}

static struct expression read_call(struct reader *r, const char *name, size_t len, int depth)
{
	const char *arguments = r->at;
	struct expression e = { };
	Dwarf_Die function;
	bool found;

	if (makes_container(name, len))
		return read_container(r);
	skip_to_close(r);
	r->err = kmc_unit_name(r->search->access->image, r->search->access->pc,
			       KMC_NAME_FUNCTION, name, len, &function, &found);
	if (r->err)
		return e;
	if (!found)
		return read_macro(r, arguments, name, len, depth);
	e.known = kmc_die_type(&function, &e.type) && kmc_die_peel(&e.type, &e.type);
	return e;
}

/* Of a variable: does it point to a struct, and does no register have its value? */
static bool is_nowhere(struct reader *r, const char *name, size_t len, Dwarf_Die *type)
{
	const struct kmc_access *access = r->search->access;
	struct kmc_vars *vars;
	Dwarf_Die target;

	if (!kmc_die_pointee(type, &target) || !kmc_die_is_aggregate(&target))
		return false;
	r->err = kmc_vars_at(access->image, access->pc, &vars);
	for (size_t i = 0; !r->err && i < vars->count; i++)
		if (vars->v[i].level == r->level && strlen(vars->v[i].name) == len &&
		    !memcmp(vars->v[i].name, name, len))
			return false;
	return !r->err;
}

static struct expression read_name(struct reader *r, int depth)
{
	const struct kmc_access *access = r->search->access;
	struct expression e = { };
	const char *name;
	const size_t len = take_word(r, &name);
	Dwarf_Die variable;

	if (!len || isdigit((unsigned char)*name) || r->left-- <= 0)
		return e;
	if (take(r, "("))
		return read_call(r, name, len, depth);
	if (r->level != NO_LEVEL)
		r->err = kmc_scope_variable(access->image, access->pc, r->level, name, len,
					    &e.type, &e.known);
	if (!r->err && e.known && r->only_casts && is_nowhere(r, name, len, &e.type)) {
		r->search->statement->nowhere = true;
		e.local = r->unnamed;
	}
	if (r->err || e.known)
		return e;
	r->err = kmc_unit_name(access->image, access->pc, KMC_NAME_VARIABLE, name, len,
			       &variable, &e.known);
	e.known = e.known && kmc_die_type(&variable, &e.type) && kmc_die_peel(&e.type, &e.type);
	return e;
}

static struct expression read_unary(struct reader *r, int depth)
{
	struct expression e = { };

	if (depth > MAX_NESTING || r->err)
		return e;
	if (take(r, "*")) {
		e = read_unary(r, depth + 1);
		return dereference(r, &e);
	}
	if (take(r, "&") && !take(r, "&")) {
		e = read_unary(r, depth + 1);
		note(r, &e);
		e.known = e.known && !e.address && !e.is_bits;
		e.address = true;
		return e;
	}
	if (take(r, "(")) {
		if (read_cast(r, &e)) {
			read_unary(r, depth + 1);
			return e;
		}
		e = read_unary(r, depth + 1);
		/* (a) is a; of (a + b) nothing is known. */
		if (!take(r, ")")) {
			skip_to_close(r);
			e.known = false;
		}
	} else {
		e = read_name(r, depth);
	}
	read_postfix(r, &e);
	return e;
}

/* ---- statements ---- */

/* May an expression begin here? A member is part of one that began before. */
static bool begins(const char *text, const char *at)
{
	const char *before = at;

	if (*at != '*' && *at != '(' && !is_word(*at))
		return false;
	if (at > text && is_word(*at) && is_word(at[-1]))
		return false;
	while (before > text && isspace((unsigned char)before[-1]))
		before--;
	if (before == text)
		return true;
	if (*at != '*' && *at != '(')
		return before[-1] != '.' && !(before - text > 1 && before[-1] == '>' &&
					      before[-2] == '-');
	if (before - text >= 6 && !strncmp(before - 6, "return", 6))
		return before - text == 6 || !is_word(before[-7]);
	return !is_word(before[-1]) && before[-1] != ')' && before[-1] != ']';
}

static void read_part(struct reader *r, const char *text, const char *end)
{
	if (end - text > MAX_TEXT)
		end = text + MAX_TEXT;
	for (const char *at = text; at < end && !r->err && r->left > 0; at++) {
		struct expression e;

		if (!begins(text, at))
			continue;
		r->at = at;
		r->end = end;
		e = read_unary(r, 0);
		note(r, &e);
	}
}

static bool can_read(const struct kmc_search *search)
{
	const struct kmc_statement *statement = search->statement;
	const struct kmc_access *access = search->access;

	return statement && statement->text.len && access->mem_known &&
	       !access->insn.string && !kmc_mem_is_absolute(access->mem, access->image);
}

static size_t read_parts(struct reader *r)
{
	const struct kmc_statement *statement = r->search->statement;
	size_t start = 0;

	for (size_t i = 0; !r->err && i < statement->nparts; i++) {
		r->level = i;
		read_part(r, statement->text.data + start,
			  statement->text.data + statement->ends[i]);
		start = statement->ends[i];
	}
	return start;
}

struct kmc_error *kmc_expressions_find(struct kmc_search *search)
{
	const struct kmc_statement *statement = search->statement;
	struct reader r = {
		.search = search, .left = MAX_NAMES, .macros = MAX_MACROS,
	};
	size_t start;

	if (!kmc_search_wants_base(search) || !can_read(search))
		return NULL;
	start = read_parts(&r);
	/* Macros may say what functions do: their own parameters are no variables. */
	r.level = 0;
	r.doubtful = true;
	if (!r.err && kmc_search_wants_base(search))
		read_part(&r, statement->text.data + start,
			  statement->text.data + statement->text.len);
	return r.err;
}

/* Is the member of what is known of the register none that the source has? And how near is that? */
static struct kmc_error *look_at_known(struct reader *r)
{
	const struct kmc_search *search = r->search;
	struct kmc_error *err = NULL;
	bool named;

	r->unnamed = true;
	for (size_t i = 0; !err && i < search->count; i++) {
		const struct kmc_found *place = &search->places[i];

		if (place->rank > r->rank)
			r->rank = place->rank;
		if (!place->base || place->candidate.offset < 0)
			continue;
		err = kmc_place_is_named(search, place, &named);
		r->unnamed &= !named;
	}
	return err;
}

struct kmc_error *kmc_cast_expressions_find(struct kmc_search *search)
{
	const struct kmc_access *access = search->access;
	struct kmc_statement *statement = search->statement;
	struct reader r = {
		.search = search, .left = MAX_NAMES, .macros = MAX_MACROS, .only_casts = true,
	};
	bool castless;

	if (!access->image || !access->mem || access->mem->base == KMC_REG_NONE ||
	    access->mem->base == KMC_REG_RIP || access->mem->base == KMC_REG_RSP ||
	    access->mem->index != KMC_REG_NONE || kmc_search_wants_base(search) ||
	    !can_read(search))
		return NULL;
	castless = statement->castless == statement->nfiles + 1;
	if (castless && statement->settled == statement->nfiles + 1)
		return NULL;
	r.err = look_at_known(&r);
	if (r.err || (castless && !r.unnamed))
		return r.err;
	statement->casts = false;
	statement->nowhere = false;
	read_parts(&r);
	if (!r.err && !statement->casts)
		statement->castless = statement->nfiles + 1;
	if (!r.err && !statement->nowhere)
		statement->settled = statement->nfiles + 1;
	return r.err;
}
