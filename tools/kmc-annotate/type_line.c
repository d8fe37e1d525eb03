// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Rows of a tree as text: where, how large, what, and with a report also in which
 * state, and which value.
 */
#include <ctype.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "../common/memory.h"
#include "type_line.h"

/* Columns in which things begin. */
#define STATES		17
#define STATES_WIDTH	10
#define TYPE_COLUMN	50
/* Less is left of it on a narrow screen. */
#define TYPE_ROOM	24
#define ARM_MIN		18

/* ---- where ---- */

const char *keyword_of(enum kmc_type_kind kind)
{
	return kind == KMC_TYPE_UNION ? "union" : kind == KMC_TYPE_ENUM ? "enum" : "struct";
}

const char *number(char text[NUMBER_MAX], bool hex, uint64_t value)
{
	snprintf(text, NUMBER_MAX, hex && value > 9 ? "0x%" PRIx64 : "%" PRIu64, value);
	return text;
}

static const char digits[] = "0123456789";

/* "bytes" behind a number; "of the 96 bytes" behind that of some of them. */
static bool is_size(const char *behind)
{
	static const char * const of[] = { " of the ", " of " };

	for (size_t i = 0; i < ARRAY_SIZE(of); i++) {
		if (strncmp(behind, of[i], strlen(of[i])))
			continue;
		behind += strlen(of[i]);
		behind += strspn(behind, digits);
		break;
	}
	return !strncmp(behind, " byte", 5);
}

char *prose(bool hex, const char *text)
{
	char *out = xcalloc(3 * strlen(text) + 1, 1), *end = out;
	bool word = true, sign = false;

	while (*text) {
		const size_t len = hex && word ? strspn(text, digits) : 0;

		if (len && len < 19 && !isalpha((unsigned char)text[len]) &&
		    (sign || is_size(text + len))) {
			number(end, true, strtoull(text, NULL, 10));
			end += strlen(end);
			text += len;
			word = false;
			continue;
		}
		sign = *text == '+' && word;
		word = sign || *text == ' ' || *text == '(';
		*end++ = *text++;
	}
	return out;
}

uint64_t bits_of(uint64_t size, int64_t value)
{
	const uint64_t bits = value;

	return size && size < 8 ? bits & ((1ULL << size * 8) - 1) : bits;
}

static void put_offset(struct line *line, bool hex, uint64_t bit, bool with_bit)
{
	char text[48];

	snprintf(text, sizeof(text), hex ? "0x%" PRIx64 : "%" PRIu64, bit / 8);
	if (with_bit)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), ":%u",
			 (unsigned int)(bit % 8));
	line_say(line, KMC_STYLE_DIM, "%8s", text);
}

static bool has_bits(const struct node *node)
{
	return node->bitfield || node->bit_offset % 8 || node->bit_size % 8;
}

static void put_place(struct line *line, const struct node *node, bool hex)
{
	char text[32];

	put_offset(line, hex, node->bit_offset, has_bits(node));
	if (has_bits(node))
		snprintf(text, sizeof(text), ":%" PRIu64, node->bit_size);
	else
		number(text, hex, node->bit_size / 8);
	line_say(line, KMC_STYLE_DIM, " %6s  ", text);
	line->stays = STATES;
}

/* ---- states ---- */

/* State of a byte of the object as the report has it; '.': it does not. */
static char state_at(const struct tree *tree, uint64_t offset)
{
	const struct kmc_report *report = tree->report;
	uint64_t i = tree->start + offset - report->memory_start;

	if (report->caret < 0 || i >= report->shadow_len)
		return '.';
	return report->shadow[i];
}

static enum kmc_style state_style(char state)
{
	switch (state) {
	case 'i':
		return KMC_STYLE_INITIALIZED;
	case 'u':
		return KMC_STYLE_UNINITIALIZED;
	case 'a':
		return KMC_STYLE_UNALLOCATED;
	case 'f':
		return KMC_STYLE_FREED;
	default:
		return KMC_STYLE_DIM;
	}
}

/* A letter a byte where they fit, else "12i 4u" and the like. */
static void put_states(struct line *line, const struct tree *tree,
		       const struct node *node)
{
	uint64_t from = node->bit_offset / 8, end;
	char text[16];

	end = (node->bit_offset + node->bit_size + 7) / 8;
	while (from < end && line_columns(line) < STATES + STATES_WIDTH - 1) {
		char state = state_at(tree, from);
		uint64_t n = 1;

		if (end - node->bit_offset / 8 > 8) {
			/* Behind what the report shows all is alike. */
			while (from + n < end && n < 4096 &&
			       state_at(tree, from + n) == state)
				n++;
			snprintf(text, sizeof(text), "%" PRIu64 "%c", n, state);
		} else {
			snprintf(text, sizeof(text), "%c", state);
		}
		if (line_columns(line) + (int)strlen(text) > STATES + STATES_WIDTH - 1) {
			line_say(line, KMC_STYLE_DIM, "+");
			break;
		}
		line_say(line, state_style(state), "%s", text);
		from += n;
	}
	line_pad(line, STATES + STATES_WIDTH);
}

static const struct kmc_value *value_of(const struct tree *tree,
					const struct node *node)
{
	const struct kmc_report *report = tree->report;
	char path[PROMPT_MAX * 2];

	if (node->place != KMC_PLACE_MEMBER || node_foldable(node))
		return NULL;
	node_path(node, path, sizeof(path));
	for (size_t i = 0; i < report->nvalues; i++)
		if (!report->values[i].hole &&
		    report->values[i].offset == node->bit_offset / 8 &&
		    !strcmp(report->values[i].path, path))
			return &report->values[i];
	return NULL;
}

static void put_value(struct line *line, const struct kmc_value *value)
{
	if (!value || !(value->text || value->nnames))
		return;
	line_say(line, KMC_STYLE_PLAIN, " = ");
	if (value->text)
		line_quote(line, KMC_STYLE_PLAIN, value->text);
	for (size_t i = 0; i < value->nnames; i++) {
		line_say(line, KMC_STYLE_PLAIN, i ? ", " : value->text ? " (" : "");
		line_quote(line, KMC_STYLE_PLAIN, value->names[i]);
	}
	if (value->text && value->nnames)
		line_say(line, KMC_STYLE_PLAIN, ")");
}

/* Did the access touch it? Of what is unfolded its parts say so. */
static bool is_reported(const struct tree *tree, const struct node *node)
{
	const struct kmc_report *report = tree->report;
	uint64_t from = report->address - tree->start, end = from + (report->bits + 7) / 8;

	if (node->open && node_foldable(node))
		return false;
	return node->bit_offset / 8 < end &&
	       (node->bit_offset + node->bit_size + 7) / 8 > from;
}

/* ---- rows ---- */

static void put_glyph(struct line *line, const struct node *node)
{
	const char *text = "  ";

	if (node_foldable(node) && line->ascii)
		text = node->open ? "- " : "+ ";
	else if (node_foldable(node))
		text = node->open ? "▾ " : "▸ ";
	line_say(line, KMC_STYLE_DIM, "%*s%s", 2 * node->depth, "", text);
}

static void put_name(struct line *line, const struct node *node)
{
	if (node->place != KMC_PLACE_MEMBER) {
		line_say(line, KMC_STYLE_UNINITIALIZED, node->place == KMC_PLACE_TAIL ?
			 "(padding)" : "(hole)");
	} else if (node->is_element) {
		line_say(line, KMC_STYLE_PLAIN, "[%" PRIu64 "]", node->index);
	} else if (node->name) {
		line_quote(line, KMC_STYLE_TITLE, node->name);
	} else {
		line_say(line, KMC_STYLE_DIM, node->bitfield ? "(unnamed)" :
			 "(anonymous)");
	}
}

static void put_amount(struct line *line, bool hex, uint64_t bits)
{
	char text[NUMBER_MAX];

	if (bits % 8)
		line_say(line, KMC_STYLE_DIM, "%" PRIu64 " bit%s", bits,
			 bits == 1 ? "" : "s");
	else
		line_say(line, KMC_STYLE_DIM, "%s byte%s", number(text, hex, bits / 8),
			 bits == 8 ? "" : "s");
}

static void put_type(struct line *line, const struct node *node, bool hex)
{
	if (node->place != KMC_PLACE_MEMBER) {
		put_amount(line, hex, node->bit_size);
		if (node->after) {
			line_say(line, KMC_STYLE_DIM, " behind ");
			line_quote(line, KMC_STYLE_DIM, node->after);
		}
	} else if (node->type) {
		if (node->group)
			line_say(line, KMC_STYLE_DIM, "struct_group, ");
		line_quote(line, KMC_STYLE_LOCATION, node->type->declared);
	} else {
		line_say(line, KMC_STYLE_DIM, "(damaged)");
	}
}

static void put_heat(struct line *line, const struct tree *tree, const struct node *node)
{
	double share = heat_share(tree->heat, node->bit_offset / 8,
				  (node->bit_size + 7) / 8);

	if (share > 0)
		line_say(line, KMC_STYLE_CARET, "  %.1f %%", share * 100);
}

static int type_column(const struct app *app, const struct tree *tree)
{
	int column = TYPE_COLUMN + (tree->report ? STATES_WIDTH : 0);
	int narrow = app->cols - TYPE_ROOM;

	return narrow < column ? narrow : column;
}

static void node_line(const struct app *app, const struct tree *tree,
		      const struct node *node, struct line *line)
{
	const struct kmc_value *value = NULL;

	put_place(line, node, app->hex);
	if (tree->report) {
		put_states(line, tree, node);
		value = value_of(tree, node);
	}
	put_glyph(line, node);
	put_name(line, node);
	put_value(line, value);
	if (tree->report && is_reported(tree, node))
		line_say(line, KMC_STYLE_CARET, line->ascii ? " <- here" : " ◀ here");
	if (node->place == KMC_PLACE_MEMBER)
		put_heat(line, tree, node);
	line_say(line, KMC_STYLE_PLAIN, "  ");
	line_pad(line, type_column(app, tree));
	put_type(line, node, app->hex);
}

static void cacheline_line(const struct app *app, const struct row *row, struct line *line)
{
	uint64_t border = row->value * CACHELINE, at = row->node->bit_offset / 8;
	const char *dash = line->ascii ? "---" : "───";
	char text[NUMBER_MAX];

	line_say(line, KMC_STYLE_DIM, "%8s %6s  %s cache line %" PRIu64 " at %s",
		 "", "", dash, row->value, number(text, app->hex, border));
	if (at > border)
		line_say(line, KMC_STYLE_DIM, ", %s byte%s before",
			 number(text, app->hex, at - border), at - border == 1 ? "" : "s");
	line_say(line, KMC_STYLE_DIM, " %s", dash);
	line->stays = STATES;
}

static void summary_line(const struct app *app, const struct tree *tree, struct line *line)
{
	const struct sums sums = tree_sums(tree);
	char text[NUMBER_MAX];

	line_say(line, KMC_STYLE_DIM, "%8s %6s  %zu member%s, ", "",
		 number(text, app->hex, tree->root.type->size), sums.members,
		 sums.members == 1 ? "" : "s");
	line->stays = STATES;
	if (sums.holes) {
		line_say(line, KMC_STYLE_DIM, "%zu hole%s of ", sums.holes,
			 sums.holes == 1 ? "" : "s");
		put_amount(line, app->hex, sums.hole_bits);
	} else {
		line_say(line, KMC_STYLE_DIM, "no hole");
	}
	line_say(line, KMC_STYLE_DIM, ", ");
	if (sums.tail_bits) {
		put_amount(line, app->hex, sums.tail_bits);
		line_say(line, KMC_STYLE_DIM, " of padding");
	} else {
		line_say(line, KMC_STYLE_DIM, "no padding");
	}
	line_say(line, KMC_STYLE_DIM, ", %" PRIu64 " cache line%s", sums.cachelines,
		 sums.cachelines == 1 ? "" : "s");
	if (tree->cut)
		line_say(line, KMC_STYLE_DIM, "; there is more than is shown");
}

/* ---- arms of a union beside each other ---- */

/* Columns of an arm; they begin at *@left. */
static int arm_columns(const struct app *app, const struct node *node, struct line *line,
		       int *left)
{
	int room;

	line_say(line, KMC_STYLE_DIM, " %6s  ", "");
	line->stays = line_columns(line);
	line_say(line, KMC_STYLE_DIM, "%*s", 2 * node->depth + 2, "");
	*left = line_columns(line);
	room = (app->cols - 1 - *left) / (int)node->nchildren;
	return room < ARM_MIN ? ARM_MIN : room;
}

static void put_arm(struct line *line, const struct line *arm, int column)
{
	line_say(line, KMC_STYLE_DIM, line->ascii ? "|" : "│");
	line_append(line, arm);
	line_pad(line, column);
}

/* Of a long one the beginning and the last member: "ptl.rloc…locked" */
static void put_path(struct line *line, const char *path, int room)
{
	const char *dots = line->ascii ? ".." : "…", *dot = strrchr(path, '.');
	int head = room;

	if ((int)strlen(path) > room && dot)
		head -= (int)strlen(dot + 1) + (line->ascii ? 2 : 1);
	if (head < 1 || head == room) {
		line_quote(line, KMC_STYLE_TITLE, path);
		return;
	}
	line_quote_bytes(line, KMC_STYLE_TITLE, path, head);
	line_say(line, KMC_STYLE_DIM, "%s", dots);
	line_quote(line, KMC_STYLE_TITLE, dot + 1);
}

/* "raw", or what leads to it from the arm: "kill.pid" */
static void put_part(const struct app *app, const struct tree *tree, struct line *line,
		     const struct node *part, const struct node *arm, int room)
{
	char path[PROMPT_MAX * 2];

	node_path_from(part, arm, path, sizeof(path));
	if (part->place != KMC_PLACE_MEMBER || part->is_element)
		put_name(line, part);
	else if (*path)
		put_path(line, path, app->printing ? INT_MAX : room - 2);
	else if (part != arm)
		put_name(line, part);
	if (part->bitfield)
		line_say(line, KMC_STYLE_DIM, " :%" PRIu64, part->bit_size);
	if (tree->report)
		put_value(line, value_of(tree, part));
	line_say(line, KMC_STYLE_PLAIN, line->len ? " " : "");
	put_type(line, part, app->hex);
}

static void arms_line(const struct app *app, const struct row *row, struct line *line)
{
	const struct node *node = row->node;
	char text[NUMBER_MAX];
	int left, room;

	line_say(line, KMC_STYLE_DIM, "%8s", "");
	room = arm_columns(app, node, line, &left);
	for (size_t i = 0; i < node->nchildren; i++) {
		const struct node *child = &node->children[i];
		struct line arm;

		line_clear(&arm, line->ascii);
		put_name(&arm, child);
		line_say(&arm, KMC_STYLE_DIM, ", %s",
			 number(text, app->hex, (child->bit_size + 7) / 8));
		line_cut(&arm, room - 2);
		put_arm(line, &arm, left + (int)(i + 1) * room);
	}
}

static void beside_line(const struct app *app, const struct tree *tree, const struct row *row,
			struct line *line)
{
	const struct node *node = row->node;
	int left, room;

	put_offset(line, app->hex, row->value, row->value % 8);
	room = arm_columns(app, node, line, &left);
	for (size_t i = 0; i < node->nchildren; i++) {
		size_t nth = row->nth;
		const struct node *part = node_part(&node->children[i], row->value, &nth);
		struct line arm;

		line_clear(&arm, line->ascii);
		if (part)
			put_part(app, tree, &arm, part, &node->children[i], room - 2);
		if (!app->printing)
			line_cut(&arm, room - 2);
		put_arm(line, &arm, left + (int)(i + 1) * room);
	}
}

void type_line(const struct app *app, const struct tree *tree, size_t i,
	       struct line *line)
{
	const struct row *row = &tree->rows[i];

	switch (row->kind) {
	case ROW_NODE:
		node_line(app, tree, row->node, line);
		break;
	case ROW_CACHELINE:
		cacheline_line(app, row, line);
		break;
	case ROW_ARMS:
		arms_line(app, row, line);
		break;
	case ROW_BESIDE:
		beside_line(app, tree, row, line);
		break;
	case ROW_SUMMARY:
		summary_line(app, tree, line);
		break;
	}
}
