// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The statements of an instruction's inline chain, and the members that they name.
 */
#include "explain/statement.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/map.h"
#include "debuginfo/source.h"

/* The longest that is taken for a statement, in lines each way. */
#define MAX_LINES	12
/* Instructions whose statements are kept. */
#define MAX_KEPT	10000

/* ---- text ---- */

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* Without blanks at the ends. */
static const char *line_of(struct kmc_source *source, const char *file, int number, size_t *len)
{
	const char *line = kmc_source_line(source, file, number, len);

	while (line && *len && isspace((unsigned char)line[*len - 1]))
		--*len;
	while (line && *len && isspace((unsigned char)*line)) {
		line++;
		--*len;
	}
	return line;
}

/* Does a statement end with this line? */
static bool ends(const char *line, size_t len)
{
	return !len || *line == '#' || strchr(";{}:", line[len - 1]) ||
	       (len >= 2 && !strncmp(line + len - 2, "*/", 2));
}

/* Without comments and strings. */
static void put_code(struct kmc_buf *buf, const char *text, size_t len)
{
	size_t i = 0;

	while (i < len) {
		const char *end = NULL;

		if (i + 1 < len && text[i] == '/' && text[i + 1] == '/')
			end = memchr(text + i, '\n', len - i);
		else if (i + 1 < len && text[i] == '/' && text[i + 1] == '*')
			end = memmem(text + i + 2, len - i - 2, "*/", 2);
		else if (text[i] == '"')
			end = memchr(text + i + 1, '"', len - i - 1);
		else {
			kmc_buf_add(buf, text + i++, 1);
			continue;
		}
		kmc_buf_add(buf, " ", 1);
		i = end ? (size_t)(end - text) + (*end == '*' ? 2 : 1) : len;
	}
	kmc_buf_add(buf, "\n", 1);
}

static void put_statement(struct kmc_buf *buf, struct kmc_source *source,
			  const char *file, int line)
{
	struct kmc_buf whole = { };
	int first = line, last = line;
	const char *text;
	size_t len;

	if (!line_of(source, file, line, &len))
		return;
	while (first > 1 && line - first < MAX_LINES &&
	       (text = line_of(source, file, first - 1, &len)) && !ends(text, len))
		first--;
	while (last - line < MAX_LINES && (text = line_of(source, file, last, &len)) &&
	       !memchr(text, ';', len) && !memchr(text, '{', len) && !memchr(text, '}', len))
		last++;
	for (int i = first; i <= last; i++) {
		text = line_of(source, file, i, &len);
		if (text)
			kmc_buf_add(&whole, text, len);
		kmc_buf_add(&whole, "\n", 1);
	}
	put_code(buf, whole.data ? whole.data : "", whole.data ? whole.len : 0);
	buf->failed |= whole.failed;
	kmc_buf_release(&whole);
}

static const char *find_word(const char *text, const char *word, size_t len)
{
	for (const char *at = text; (at = memmem(at, strlen(at), word, len)); at += len)
		if ((at == text || !is_word(at[-1])) && !is_word(at[len]))
			return at;
	return NULL;
}

static bool is_accessed(const char *text, const char *at)
{
	while (at > text && isspace((unsigned char)at[-1]))
		at--;
	return at > text && (at[-1] == '.' ||
			     (at - text >= 2 && at[-1] == '>' && at[-2] == '-'));
}

static bool names(const char *text, const char *name, size_t len)
{
	const char *at = text;

	while (len && at && (at = find_word(at, name, len))) {
		if (is_accessed(text, at))
			return true;
		at += len;
	}
	return false;
}

bool kmc_statement_names(const struct kmc_statement *statement, const char *name, size_t len)
{
	return names(statement->text.data, name, len);
}

/* ---- macros ---- */

/* "#define sk_state __sk_common.skc_state": the statement's sk_state is that, too. */
static void expand_line(struct kmc_buf *text, struct kmc_buf *found, const char *line, size_t len)
{
	const char *name, *end = line + len;
	size_t n;

	line += strspn(line, "# \t");
	if (end - line < 8 || strncmp(line, "define", 6))
		return;
	name = line + 6;
	name += strspn(name, " \t");
	for (n = 0; name + n < end && is_word(name[n]);)
		n++;
	if (!n || name + n >= end || !find_word(text->data, name, n))
		return;
	/* What stands for a member is one. */
	if (name[n] != '(' && names(text->data, name, n))
		kmc_buf_puts(found, ".");
	put_code(found, name + n, end - name - n);
}

struct kmc_error *kmc_statement_expand(struct kmc_statement *statement,
				       struct kmc_debuginfo *di, const char *file)
{
	struct kmc_source *source = kmc_debuginfo_lines(di);
	struct kmc_buf found = { };
	const char *line;
	size_t len;
	int number;

	if (!file || !statement->text.len || statement->nfiles == KMC_STATEMENT_FILES)
		return NULL;
	for (size_t i = 0; i < statement->nfiles; i++)
		if (!strcmp(statement->files[i], file))
			return NULL;
	statement->files[statement->nfiles] = strdup(file);
	if (!statement->files[statement->nfiles])
		return kmc_error_nomem();
	statement->nfiles++;
	for (size_t i = 0; (number = kmc_source_directive(source, file, i)); i++) {
		line = kmc_source_line(source, file, number, &len);
		expand_line(&statement->text, &found, line, len);
	}
	if (found.len)
		kmc_buf_add(&statement->text, found.data, found.len);
	kmc_buf_add(&statement->text, "", 0);
	statement->text.failed |= found.failed;
	kmc_buf_release(&found);
	return statement->text.failed ? kmc_error_nomem() : NULL;
}

/* What is behind the parameters, and the lines that continue it. */
static void put_body(struct kmc_buf *body, struct kmc_source *source, const char *file,
		     int number, const char *line, size_t len)
{
	bool more = true;

	while (more && line) {
		more = len && line[len - 1] == '\\';
		put_code(body, line, len - more);
		line = kmc_source_line(source, file, ++number, &len);
	}
}

/* "#define name(a, b) body"; @again: there are more of that name. */
static void find_macro(struct kmc_source *source, const char *file, const char *name,
		       size_t len, struct kmc_buf *body, bool *again)
{
	const char *line, *end;
	int number;
	size_t n;

	for (size_t i = 0; (number = kmc_source_directive(source, file, i)); i++) {
		line = kmc_source_line(source, file, number, &n);
		end = line + n;
		line += strspn(line, "# \t");
		if (end - line < (ptrdiff_t)len + 9 || strncmp(line, "define", 6))
			continue;
		line += 6 + strspn(line + 6, " \t");
		if (end - line <= (ptrdiff_t)len || strncmp(line, name, len) || line[len] != '(')
			continue;
		line = memchr(line, ')', end - line);
		if (line && body->len)
			*again = true;
		else if (line)
			put_body(body, source, file, number, line + 1, end - line - 1);
	}
}

struct kmc_error *kmc_statement_macro(const struct kmc_statement *statement,
				      struct kmc_debuginfo *di, const char *file,
				      const char *name, size_t len, struct kmc_buf *body)
{
	struct kmc_source *source = kmc_debuginfo_lines(di);
	bool again = false;

	if (source && file)
		find_macro(source, file, name, len, body, &again);
	for (size_t i = 0; source && !file && i < statement->nfiles && !body->len; i++)
		find_macro(source, statement->files[i], name, len, body, &again);
	/* Which one the preprocessor took is not known. */
	if (again)
		body->len = 0;
	return body->failed ? kmc_error_nomem() : NULL;
}

/* ---- the whole ---- */

static void free_statement(void *value)
{
	struct kmc_statement *statement = value;

	for (size_t i = 0; i < statement->nfiles; i++)
		free(statement->files[i]);
	kmc_buf_release(&statement->text);
	free(statement);
}

static void release_statements(void *cache)
{
	kmc_map_release(cache, free_statement);
}

/* address → struct kmc_statement */
static const struct kmc_cache_ops statement_cache = {
	.size = sizeof(struct kmc_map), .release = release_statements,
};

static struct kmc_error *read_statement(struct kmc_debuginfo *di, const struct kmc_frame *frame,
					struct kmc_statement *out)
{
	struct kmc_source *source = kmc_debuginfo_lines(di);
	struct kmc_error *err = NULL;

	for (size_t i = 0; source && i < frame->chain_len; i++) {
		if (frame->chain[i].file)
			put_statement(&out->text, source, frame->chain[i].file,
				      frame->chain[i].line);
		if (out->nparts < KMC_STATEMENT_PARTS)
			out->ends[out->nparts++] = out->text.len;
	}
	if (out->text.failed)
		return kmc_error_nomem();
	for (size_t i = 0; !err && i < frame->chain_len; i++)
		err = kmc_statement_expand(out, di, frame->chain[i].file);
	return err;
}

struct kmc_error *kmc_statement_get(struct kmc_debuginfo *di, struct kmc_image *image,
				    uint64_t pc, const struct kmc_frame *frame,
				    struct kmc_statement **out)
{
	struct kmc_map *kept = kmc_image_cache(image, &statement_cache);
	struct kmc_statement *statement;
	struct kmc_error *err;

	if (!kept)
		return kmc_error_nomem();
	statement = kmc_map_get(kept, pc);
	if (!statement) {
		statement = calloc(1, sizeof(*statement));
		if (!statement)
			return kmc_error_nomem();
		if (kept->count == MAX_KEPT)
			kmc_map_release(kept, free_statement);
		err = read_statement(di, frame, statement);
		if (!err && !kmc_map_put(kept, pc, statement))
			err = kmc_error_nomem();
		if (err) {
			free_statement(statement);
			return err;
		}
	}
	*out = statement;
	return NULL;
}
