// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * PostgreSQL, through psql: one process, which reads our SQL from a socket and answers
 * through a pipe. Nothing of it is linked.
 */
#include "db.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../common/memory.h"
#include "../common/message.h"

/* COPY never gives a line that begins like this, whatever is in the table. */
#define MARK		"\\!kmc"
#define ECHO_MARK	"\\echo '\\\\!kmc'\n"

/* As the server has it: what is committed is on its disk, and on those that it copies it to. */
#define BEGIN		"BEGIN; SET LOCAL synchronous_commit TO DEFAULT; "

/*
 * struct session - a psql
 * @out: what it reads, @used bytes of @buffer are not there yet
 * @in: what it prints
 * @errors: what it has to say about errors
 * @columns: of the table that is loaded
 * @row: a line of the answer, and its @values
 * @said: that it failed
 */
struct session {
	char *name;
	pid_t pid;
	int out;
	FILE *in;
	int errors;
	size_t columns;
	char *row;
	size_t room;
	struct db_value *values;
	bool said;
	size_t used;
	char buffer[65536];
};

/* ---- talk ---- */

/* Its first line, without "psql:<stdin>:12: ERROR:  ". */
static bool refuse(struct session *session)
{
	char text[2048], *line = text;
	size_t len = 0;
	ssize_t n;

	if (session->said)
		return false;
	session->said = true;
	/* It exits at the first error, and so ends what it says. */
	shutdown(session->out, SHUT_WR);
	while (len < sizeof(text) - 1 &&
	       ((n = read(session->errors, text + len, sizeof(text) - 1 - len)) > 0 ||
		(n < 0 && errno == EINTR)))
		len += n > 0 ? n : 0;
	text[len] = '\0';
	/* "ERROR" or "FATAL", two blanks behind it. */
	if (!strncmp(line, "psql:<stdin>:", 13)) {
		char *rest = strstr(line, ":  ");

		line = rest ? rest + 3 : line;
	}
	line[strcspn(line, "\n")] = '\0';
	message("%s: %s", session->name, *line ? line : "psql ended unexpectedly");
	return false;
}

static bool flush(struct session *session)
{
	size_t done = 0;

	while (done < session->used) {
		ssize_t n = send(session->out, session->buffer + done, session->used - done,
				 MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return refuse(session);
		done += n;
	}
	session->used = 0;
	return true;
}

static bool add(struct session *session, const char *text, size_t len)
{
	while (len) {
		size_t part = sizeof(session->buffer) - session->used;

		if (part > len)
			part = len;
		memcpy(session->buffer + session->used, text, part);
		session->used += part;
		text += part;
		len -= part;
		if (session->used == sizeof(session->buffer) && !flush(session))
			return false;
	}
	return true;
}

static bool add_text(struct session *session, const char *text)
{
	return add(session, text, strlen(text));
}

static bool psql_run(void *arg, const char *sql)
{
	struct session *session = arg;

	return add_text(session, sql) && add_text(session, "\n");
}

/* ---- answers ---- */

/* What COPY has escaped, in place. */
static size_t unescape(char *text)
{
	static const char from[] = "bfnrtv", to[] = "\b\f\n\r\t\v";
	char *out = text;

	for (const char *at = text; *at; at++) {
		const char *special;

		if (*at == '\\' && at[1]) {
			at++;
			special = strchr(from, *at);
			*out++ = special ? to[special - from] : *at;
		} else {
			*out++ = *at;
		}
	}
	*out = '\0';
	return out - text;
}

/* "a\tb\t\N" */
static size_t split(struct session *session, char *line)
{
	size_t count = 0;

	for (;;) {
		const size_t len = strcspn(line, "\t");
		const bool last = !line[len];
		struct db_value *value;

		session->values = xrealloc(session->values,
					   (count + 1) * sizeof(*session->values));
		value = &session->values[count++];
		line[len] = '\0';
		if (!strcmp(line, "\\N"))
			*value = (struct db_value) { };
		else
			*value = (struct db_value) { .text = line, .len = unescape(line) };
		if (last)
			return count;
		line += len + 1;
	}
}

static bool answers(struct session *session, db_row_fn row, void *arg)
{
	bool wanted = true;
	ssize_t len;

	if (!add_text(session, ECHO_MARK) || !flush(session))
		return false;
	while ((len = getline(&session->row, &session->room, session->in)) > 0) {
		if (session->row[len - 1] == '\n')
			session->row[len - 1] = '\0';
		if (!strcmp(session->row, MARK))
			return true;
		if (!row || !wanted)
			continue;
		len = split(session, session->row);
		wanted = row(arg, session->values, len);
	}
	return refuse(session);
}

static bool psql_sync(void *arg)
{
	return answers(arg, NULL, NULL);
}

static bool psql_query(void *arg, const char *sql, db_row_fn row, void *row_arg)
{
	struct session *session = arg;
	const char *text = sql;

	/* It would be a comment up to the end of the line, with the bracket in it. */
	while (!strncmp(text, "--", 2))
		text += strcspn(text, "\n") + 1;
	return add_text(session, "COPY (") && add_text(session, text) &&
	       add_text(session, ") TO STDOUT;\n") && answers(session, row, row_arg);
}

/* ---- rows ---- */

static bool psql_load(void *arg, const char *table, size_t columns)
{
	struct session *session = arg;

	session->columns = columns;
	return add_text(session, "COPY ") && add_text(session, table) &&
	       add_text(session, " FROM STDIN;\n");
}

static bool add_escaped(struct session *session, const char *text, size_t len)
{
	for (size_t done = 0; done < len;) {
		size_t plain = 0;
		char escape[2] = { '\\' };

		while (done + plain < len && !memchr("\\\n\r\t", text[done + plain], 4) &&
		       text[done + plain])
			plain++;
		if (!add(session, text + done, plain))
			return false;
		done += plain;
		if (done == len)
			break;
		switch (text[done]) {
		case '\n':
			escape[1] = 'n';
			break;
		case '\r':
			escape[1] = 'r';
			break;
		case '\t':
			escape[1] = 't';
			break;
		case '\\':
			escape[1] = '\\';
			break;
		}
		/* PostgreSQL's text has no NUL, so it is left out. */
		if (escape[1] && !add(session, escape, 2))
			return false;
		done++;
	}
	return true;
}

static bool add_hex(struct session *session, const char *data, size_t len)
{
	static const char digits[] = "0123456789abcdef";

	if (!add(session, "\\\\x", 3))
		return false;
	for (size_t i = 0; i < len; i++) {
		const unsigned char c = data[i];
		const char two[] = { digits[c >> 4], digits[c & 15] };

		if (!add(session, two, sizeof(two)))
			return false;
	}
	return true;
}

static bool psql_put(void *arg, const struct db_value *row)
{
	struct session *session = arg;
	bool good = true;

	for (size_t i = 0; i < session->columns && good; i++) {
		if (i)
			good = add(session, "\t", 1);
		if (!row[i].text)
			good = good && add(session, "\\N", 2);
		else if (row[i].blob)
			good = good && add_hex(session, row[i].text, row[i].len);
		else
			good = good && add_escaped(session, row[i].text, row[i].len);
	}
	return good && add(session, "\n", 1);
}

static bool psql_loaded(void *arg)
{
	return add_text(arg, "\\.\n");
}

/* ---- the process ---- */

/*
 * Debian's psql is a script, which looks for a server of this machine first and takes longer
 * than a query. Where a host is named, the program itself will do. Yours to free; NULL: none
 */
static char *find_program(const char *name)
{
	const char *host = strstr(name, "//");
	const bool named = (host && host[2] && host[2] != '/') || strstr(name, "host=");
	const char *newest = "";
	glob_t found;

	if (!named || glob("/usr/lib/postgresql/*/bin/psql", 0, NULL, &found))
		return NULL;
	for (size_t i = 0; i < found.gl_pathc; i++)
		if (strverscmp(found.gl_pathv[i], newest) > 0)
			newest = found.gl_pathv[i];
	newest = xstrdup(newest);
	globfree(&found);
	return (char *)newest;
}

static void run_psql(const char *name, int in, int out, int errors)
{
	const char * const arguments[] = {
		"psql", "-X", "-q", "-w", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", name, "-f", "-",
		NULL
	};
	const char *program = find_program(name);

	if (dup2(in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0 ||
	    dup2(errors, STDERR_FILENO) < 0)
		_exit(127);
	/* What came with the terminal is not for it: we end it ourselves. */
	signal(SIGINT, SIG_IGN);
	setenv("PGCLIENTENCODING", "UTF8", 1);
	setenv("LC_MESSAGES", "C", 1);
	if (program)
		execv(program, (char **)arguments);
	execvp("psql", (char **)arguments);
	fprintf(stderr, "cannot run psql, of Debian's package postgresql-client: %s\n",
		strerror(errno));
	_exit(127);
}

static void psql_close(void *arg)
{
	struct session *session = arg;

	/* Without a COMMIT it undoes what was begun. */
	if (session->out >= 0)
		close(session->out);
	if (session->in)
		fclose(session->in);
	if (session->errors >= 0)
		close(session->errors);
	if (session->pid > 0)
		while (waitpid(session->pid, NULL, 0) < 0 && errno == EINTR)
			;
	free(session->row);
	free(session->values);
	free(session->name);
	free(session);
}

static bool begin(struct session *session)
{
	int to[2] = { -1, -1 }, from[2] = { -1, -1 }, errors[2] = { -1, -1 };

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, to) ||
	    pipe2(from, O_CLOEXEC) || pipe2(errors, O_CLOEXEC)) {
		message("cannot make a pipe: %s", strerror(errno));
		return false;
	}
	session->pid = fork();
	if (!session->pid)
		run_psql(session->name, to[1], from[1], errors[1]);
	close(to[1]);
	close(from[1]);
	close(errors[1]);
	session->out = to[0];
	session->in = fdopen(from[0], "r");
	session->errors = errors[0];
	if (session->pid > 0 && session->in)
		return true;
	message("psql cannot be run: %s", strerror(errno));
	return false;
}

struct looked {
	bool store;
	bool utf8;
};

static bool take_look(void *arg, const struct db_value *row, size_t count)
{
	struct looked *looked = arg;

	if (count == 2) {
		looked->utf8 = row[0].text && !strcmp(row[0].text, "UTF8");
		looked->store = row[1].text;
	}
	return true;
}

static void *psql_open(const char *name, bool create, bool *there)
{
	/*
	 * To compile a statement takes longer than any of ours. What only this session sees need
	 * not be on a disk when it is committed; see .begin.
	 */
	static const char settings[] = "SET client_min_messages = error; SET jit = off;"
				       "SET synchronous_commit = off;";
	struct session *session = xcalloc(1, sizeof(*session));
	struct looked looked = { };

	session->out = -1;
	session->errors = -1;
	session->name = xstrdup(name);
	if (!begin(session) || !psql_run(session, settings) ||
	    !psql_query(session, "SELECT current_setting('server_encoding'), to_regclass('kmc_schema')",
			take_look, &looked))
		goto failed;
	if (!looked.utf8) {
		message("%s: the database has to have the encoding UTF8", name);
		goto failed;
	}
	*there = looked.store;
	if (looked.store || create)
		return session;
	message("%s: is no store; kmc-store add makes one", name);
failed:
	psql_close(session);
	return NULL;
}

const struct db_engine db_psql = {
	.begin = BEGIN,
	/* Two that make the tables would be in each other's way. */
	.begin_schema = BEGIN "DO $$ BEGIN PERFORM pg_advisory_xact_lock(1802333043); END $$;",
	.hex_blobs = true,
	.open = psql_open,
	.run = psql_run,
	.query = psql_query,
	.load = psql_load,
	.put = psql_put,
	.loaded = psql_loaded,
	.sync = psql_sync,
	.close = psql_close,
};
