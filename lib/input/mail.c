// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Mails and mailboxes: follows their headers as far as these tell how a body is
 * encoded, and gives its lines to the text reader.
 */
#include "input/mail.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/compiler.h"
#include "input/log.h"
#include "input/log_line.h"

/* Longer than any line that a mailer may write (998); the rest is passed over. */
#define INPUT_MAX	LOG_LINE_MAX

enum encoding { PLAIN, QUOTED_PRINTABLE, BASE64 };

/*
 * struct mail - the state of reading mails
 * @lines: line ends so far
 * @headers: of a mail or of one of its parts; else a body
 * @blank: the last line was empty, or there was none
 * @boundary: the last line may be one between parts
 * @encoding: of the body
 * @in, @in_len: the line at hand, NUL-terminated
 * @out, @out_len: a decoded line that has not ended
 * @out_at: number of the line that it began in
 * @bits, @nbits: of base64 that make no whole byte yet
 */
struct mail {
	void *text;
	unsigned long lines;
	bool headers;
	bool blank;
	bool boundary;
	enum encoding encoding;
	char in[INPUT_MAX + 1];
	size_t in_len;
	char out[LOG_LINE_MAX];
	size_t out_len;
	unsigned long out_at;
	uint32_t bits;
	unsigned int nbits;
	struct kmc_error *err;
};

static void *mail_new(const char *source, struct kmc_events *events)
{
	struct mail *mail = calloc(1, sizeof(*mail));

	if (!mail)
		return NULL;
	mail->headers = true;
	mail->blank = true;
	mail->text = kmc_text_reader.new(source, events);
	if (mail->text)
		return mail;
	free(mail);
	return NULL;
}

static void mail_free(void *reader)
{
	struct mail *mail = reader;

	if (!mail)
		return;
	kmc_error_free(mail->err);
	kmc_text_reader.free(mail->text);
	free(mail);
}

/* ---- what a body says ---- */

static void give(struct mail *mail, unsigned long at, const char *data,
		 size_t len)
{
	if (!mail->err)
		mail->err = log_reader_line(mail->text, at, NULL, data, len);
}

static void add_byte(struct mail *mail, char c)
{
	if (!mail->out_len)
		mail->out_at = mail->lines;
	if (c == '\n') {
		give(mail, mail->out_at, mail->out, mail->out_len);
		mail->out_len = 0;
	} else if (mail->out_len < sizeof(mail->out)) {
		mail->out[mail->out_len++] = c;
	}
}

static void end_body(struct mail *mail)
{
	if (mail->out_len)
		add_byte(mail, '\n');
	mail->bits = 0;
	mail->nbits = 0;
	mail->encoding = PLAIN;
}

static int base64_value(char c)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *found = c ? strchr(digits, c) : NULL;

	return found ? found - digits : -1;
}

static void take_base64(struct mail *mail)
{
	for (size_t i = 0; i < mail->in_len; i++) {
		int value = base64_value(mail->in[i]);

		/* What is not of the alphabet is to be ignored, says RFC 2045. */
		if (value < 0)
			continue;
		mail->bits = mail->bits << 6 | value;
		mail->nbits += 6;
		if (mail->nbits < 8)
			continue;
		mail->nbits -= 8;
		add_byte(mail, mail->bits >> mail->nbits & 0xff);
	}
}

static int hex_value(char c)
{
	if (isdigit((unsigned char)c))
		return c - '0';
	c = toupper((unsigned char)c);
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static void take_quoted(struct mail *mail)
{
	const char *s = mail->in;
	size_t len = mail->in_len;
	size_t i = 0;

	while (len && isspace((unsigned char)s[len - 1]))
		len--;
	while (i < len) {
		/* @in is NUL-terminated, and NUL is no digit. */
		int high = s[i] == '=' ? hex_value(s[i + 1]) : -1;
		int low = high >= 0 ? hex_value(s[i + 2]) : -1;

		/* The line goes on in the next. */
		if (s[i] == '=' && i + 1 == len)
			return;
		if (low >= 0) {
			add_byte(mail, high << 4 | low);
			i += 3;
		} else {
			add_byte(mail, s[i++]);
		}
	}
	if (!mail->out_len)
		mail->out_at = mail->lines;
	give(mail, mail->out_at, mail->out, mail->out_len);
	mail->out_len = 0;
}

/* ---- what headers say ---- */

static bool starts(const char *line, const char *with)
{
	return !strncasecmp(line, with, strlen(with));
}

static void take_header(struct mail *mail)
{
	static const char name[] = "Content-Transfer-Encoding:";
	const char *value = mail->in + strlen(name);

	if (!*mail->in) {
		mail->headers = false;
		return;
	}
	if (!starts(mail->in, name))
		return;
	value += strspn(value, " \t");
	if (starts(value, "base64"))
		mail->encoding = BASE64;
	else if (starts(value, "quoted-printable"))
		mail->encoding = QUOTED_PRINTABLE;
}

static void take_body(struct mail *mail)
{
	switch (mail->encoding) {
	case BASE64:
		take_base64(mail);
		break;
	case QUOTED_PRINTABLE:
		take_quoted(mail);
		break;
	default:
		give(mail, mail->lines, mail->in, mail->in_len);
	}
}

/* A mailbox's next mail, or a part: behind a boundary its headers follow. */
static bool begins_headers(const struct mail *mail)
{
	return (mail->blank && starts(mail->in, "From ")) ||
	       (mail->boundary && starts(mail->in, "Content-"));
}

static void take_line(struct mail *mail)
{
	mail->lines++;
	while (mail->in_len && mail->in[mail->in_len - 1] == '\r')
		mail->in_len--;
	mail->in[mail->in_len] = '\0';
	if (!mail->headers && begins_headers(mail)) {
		end_body(mail);
		mail->headers = true;
	}
	mail->blank = !mail->in_len;
	mail->boundary = !strncmp(mail->in, "--", 2) && mail->in_len > 2;
	if (mail->headers) {
		take_header(mail);
	} else {
		/* No digit of base64, and what follows is none either. */
		if (mail->boundary)
			end_body(mail);
		take_body(mail);
	}
	mail->in_len = 0;
}

static void add(struct mail *mail, const char *data, size_t len)
{
	size_t room = INPUT_MAX - mail->in_len;

	if (len > room)
		len = room;
	memcpy(mail->in + mail->in_len, data, len);
	mail->in_len += len;
}

static struct kmc_error *status(struct mail *mail)
{
	struct kmc_error *err = mail->err;

	mail->err = NULL;
	return err;
}

static struct kmc_error *mail_feed(void *reader, const char *data, size_t len)
{
	struct mail *mail = reader;

	while (len && !mail->err) {
		const char *eol = memchr(data, '\n', len);
		size_t n = eol ? (size_t)(eol - data) : len;

		add(mail, data, n);
		if (eol)
			take_line(mail);
		n += eol != NULL;
		data += n;
		len -= n;
	}
	return status(mail);
}

static struct kmc_error *mail_idle(void *reader)
{
	struct mail *mail = reader;

	return kmc_text_reader.idle(mail->text);
}

static struct kmc_error *mail_end(void *reader)
{
	struct mail *mail = reader;

	if (mail->in_len)
		take_line(mail);
	end_body(mail);
	if (mail->err)
		return status(mail);
	return kmc_text_reader.end(mail->text);
}

bool kmc_mail_detect(const char *data, size_t len)
{
	static const char * const names[] = {
		"From ", "From:", "Return-Path:", "Received:", "Delivered-To:",
		"Message-ID:", "MIME-Version:", "Subject:", "Date:", "To:",
		"X-Mozilla-Status:", "X-Original-To:", "Envelope-to:",
		"Authentication-Results:", "DKIM-Signature:", "Content-Type:",
		"Content-Transfer-Encoding:", "ARC-Seal:", "List-Id:",
	};

	for (size_t i = 0; i < KMC_ARRAY_SIZE(names); i++) {
		size_t n = strlen(names[i]);

		if (len >= n && !strncasecmp(data, names[i], n))
			return true;
	}
	return false;
}

const struct kmc_reader_ops kmc_mail_reader = {
	.new = mail_new,
	.feed = mail_feed,
	.idle = mail_idle,
	.end = mail_end,
	.free = mail_free,
};
