/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the rooms of libkmc share and its users do not see.
 */
#ifndef KMC_INTERNAL_H
#define KMC_INTERNAL_H

/* memmem(), memrchr(), reallocarray(); hence this header comes first. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "kmc/kmc.h"

#define KMC_ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define KMC_PRINTF(fmt, args)	__attribute__((format(printf, fmt, args)))

/* Scope cleanup: `char *name KMC_AUTO_FREE = NULL;` */
static inline void kmc_auto_free(void *p)
{
	free(*(void **)p);
}
#define KMC_AUTO_FREE		__attribute__((cleanup(kmc_auto_free)))

/* ---- errors: error.c ---- */

/*
 * kmc_error_new() - make an error
 * @code: its class
 * @path: file it is about, copied, may be NULL
 * @line: line in that file, 0 if none
 * @fmt: message: lower case, no full stop, with the remedy, without the path
 *
 * Return: never NULL; the out-of-memory error when there is no memory for this.
 */
KMC_PRINTF(4, 5) KMC_MUST_CHECK struct kmc_error *
kmc_error_new(enum kmc_error_code code, const char *path, unsigned long line,
	      const char *fmt, ...);

/*
 * kmc_error_os() - make an error from an errno
 * @errnum: the errno; its text is appended as ": No such file or directory"
 * @path: file it is about, copied, may be NULL
 * @fmt: what was tried, as in "cannot open"
 */
KMC_PRINTF(3, 4) KMC_MUST_CHECK struct kmc_error *
kmc_error_os(int errnum, const char *path, const char *fmt, ...);

/*
 * kmc_error_nomem() - the out-of-memory error, which needs no memory
 */
KMC_MUST_CHECK struct kmc_error *kmc_error_nomem(void);

/* ---- growable text: buf.c ---- */

/*
 * struct kmc_buf - bytes that grow
 * @data: NULL while empty; always followed by a NUL that @len does not count
 * @len: bytes used
 * @cap: bytes allocated
 * @failed: memory ran out once; everything later is ignored, so that a printer
 *	checks once, at its end
 *
 * All zero is a valid empty buffer.
 */
struct kmc_buf {
	char *data;
	size_t len;
	size_t cap;
	bool failed;
};

void kmc_buf_add(struct kmc_buf *buf, const void *data, size_t len);
void kmc_buf_puts(struct kmc_buf *buf, const char *text);
void kmc_buf_putc(struct kmc_buf *buf, char c, size_t times);
KMC_PRINTF(2, 3) void kmc_buf_printf(struct kmc_buf *buf, const char *fmt, ...);
KMC_PRINTF(2, 0) void kmc_buf_vprintf(struct kmc_buf *buf, const char *fmt,
				      va_list ap);
bool kmc_buf_reserve(struct kmc_buf *buf, size_t more);
void kmc_buf_release(struct kmc_buf *buf);

/* As kmc_escape() does, @len bytes; @ascii: nothing beyond ASCII either. */
void kmc_buf_escape(struct kmc_buf *buf, const char *text, size_t len,
		    bool ascii);

/*
 * kmc_utf8_decode() - the first character of a text
 * @text: where it starts
 * @len: bytes there are, at least 1
 * @bytes: set to its length
 *
 * Return: the code point, or -1 when this is not valid UTF-8 (@bytes is 1).
 */
int32_t kmc_utf8_decode(const char *text, size_t len, size_t *bytes);

/*
 * kmc_buf_take() - hand the text over and leave the buffer empty
 * @buf: the buffer
 * @out: its text, never NULL on success, to be freed with free()
 */
KMC_MUST_CHECK struct kmc_error *kmc_buf_take(struct kmc_buf *buf, char **out);

/*
 * kmc_grow() - make room for one more element of an array
 * @array: address of the pointer to the array, which changes when it grows
 * @count: elements in use
 * @elem: bytes of an element
 *
 * Arrays grow at powers of two, so that no capacity has to be kept. The new
 * element is zeroed; the caller increments @count.
 *
 * Return: the new element, or NULL when out of memory (@array stays valid).
 */
void *kmc_grow(void *array, size_t count, size_t elem);

/* ---- the model: report.c ---- */

/* Everything unknown; NULL when out of memory. */
struct kmc_report *kmc_report_new(const char *source);

/* A new zeroed frame at the end; NULL when out of memory. */
struct kmc_frame *kmc_stack_push(struct kmc_stack *stack, enum kmc_role role);
void kmc_frame_release(struct kmc_frame *frame);
void kmc_kernel_release(struct kmc_kernel *kernel);
void kmc_candidate_release(struct kmc_candidate *candidate);
/* Back to before they were computed: values and verdict. */
void kmc_report_forget_values(struct kmc_report *report);

/* False when out of memory. */
bool kmc_report_set_register(struct kmc_report *report, const char *name,
			     uint64_t value);

/* Adds "32-bit read of uninitialized memory". */
void kmc_report_what(const struct kmc_report *report, struct kmc_buf *buf);

/* Is this the slab allocator's own code? site.c */
bool kmc_in_allocator(const struct kmc_location *where);

/* Kernels before 5.1 begin the stack with the instruction itself: walk.c */
bool kmc_stack_repeats_rip(const struct kmc_stack *stack);

/* ---- scanning: scan.c ---- */

/*
 * kmc_scan_hex() - read hexadecimal digits without 0x
 * @text: where they start
 * @out: value; untouched on failure
 *
 * Return: behind the last digit, or NULL for no digit or more than 16.
 */
const char *kmc_scan_hex(const char *text, uint64_t *out);

/*
 * kmc_scan_symbol() - read "sym+0x1/0x2 [module]", the kernel's %pS
 * @text: where it starts
 * @frame: symbol, offset, size and module are set; on failure untouched
 * @nomem: set when memory ran out
 *
 * Return: behind it, or NULL when this is something else.
 */
const char *kmc_scan_symbol(const char *text, struct kmc_frame *frame,
			    bool *nomem);

/* ---- readers: text.c, ring.c; fed with what input.c reads ---- */

/*
 * struct kmc_events - what a reader has found and nobody has taken yet
 */
struct kmc_events {
	struct kmc_event *list;
	size_t count;
	size_t taken;
};

/* The new event; its type has to be set. NULL when out of memory. */
struct kmc_event *kmc_events_push(struct kmc_events *events,
				  enum kmc_event_type type);
bool kmc_events_take(struct kmc_events *events, struct kmc_event *event);
void kmc_events_release(struct kmc_events *events);

/*
 * struct kmc_reader_ops - a reader of one kind of input
 * @new: NULL when out of memory; @events and @source outlive the reader
 * @feed: the next bytes, in pieces of any size
 * @idle: the source has been silent for a while
 * @end: there is nothing more
 * @free: NULL is fine
 *
 * A reader pushes what it finds to the events it was created with. It keeps no
 * more than one report, so that memory does not grow with the input.
 */
struct kmc_reader_ops {
	void *(*new)(const char *source, struct kmc_events *events);
	struct kmc_error *(*feed)(void *reader, const char *data, size_t len);
	struct kmc_error *(*idle)(void *reader);
	struct kmc_error *(*end)(void *reader);
	void (*free)(void *reader);
};

extern const struct kmc_reader_ops kmc_text_reader;
extern const struct kmc_reader_ops kmc_ring_reader;

/* Does this look like a ring stream, even one that lost its beginning? */
bool kmc_ring_detect(const char *data, size_t len);

#endif /* KMC_INTERNAL_H */
