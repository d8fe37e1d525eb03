// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Text for people: what stacks share stands there once, lines of source are moved to the
 * left and cut, lines that are too long go on in the next one.
 */
#include "report/model.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "helper.h"
#include "output/styled_text.h"

static struct kmc_frame *push(struct kmc_stack *stack, const char *symbol, uint64_t offset)
{
	struct kmc_frame *frame = kmc_stack_push(stack, KMC_ROLE_RETURN);

	assert_non_null(frame);
	frame->symbol = strdup(symbol);
	frame->has_offset = true;
	frame->offset = offset;
	frame->size = 0x100;
	return frame;
}

static void push_syscall(struct kmc_stack *stack)
{
	push(stack, "ksys_write", 0x66);
	push(stack, "do_syscall_64", 0x34);
	push(stack, "entry_SYSCALL_64_after_hwframe", 0x6e);
}

static struct kmc_report *make(void)
{
	struct kmc_report *report = kmc_report_new("boot.log");

	report->checker = "kmemcheck";
	report->bits = 32;
	report->state = KMC_UNINITIALIZED;
	push(&report->frames, "foo_write", 0x12)->role = KMC_ROLE_RIP;
	return report;
}

static char *print(const struct kmc_report *report, unsigned int width,
		   struct kmc_source *source)
{
	const struct kmc_print_options opts = {
		.size = sizeof(opts), .width = width, .ascii = true, .source = source,
	};
	char *text;

	assert_null(kmc_print_report(report, &opts, &text));
	return text;
}

static size_t count(const char *text, const char *what)
{
	size_t n = 0;

	while ((text = strstr(text, what))) {
		text += strlen(what);
		n++;
	}
	return n;
}

static void the_tail_of_the_stacks_is_printed_once(void **state)
{
	struct kmc_report *report = make();
	char *text;

	(void)state;
	push_syscall(&report->frames);
	report->alloc.known = true;
	push(&report->alloc.stack, "foo_alloc", 0x20);
	push(&report->alloc.stack, "foo_open", 0x30);
	/* Another system call, and the same way into the kernel. */
	push(&report->alloc.stack, "do_syscall_64", 0x34);
	push(&report->alloc.stack, "entry_SYSCALL_64_after_hwframe", 0x6e);
	report->free.known = true;
	push(&report->free.stack, "foo_free", 0x40);
	push(&report->free.stack, "foo_open", 0x30);
	push(&report->free.stack, "do_syscall_64", 0x34);
	push(&report->free.stack, "entry_SYSCALL_64_after_hwframe", 0x6e);
	text = print(report, 80, NULL);
	assert_int_equal(count(text, "entry_SYSCALL_64_after_hwframe"), 1);
	assert_non_null(strstr(text,
		"  Allocated\n"
		"    foo_alloc+0x20/0x100\n"
		"    foo_open+0x30/0x100\n"
		"    ... from do_syscall_64+0x34/0x100 on, as above\n"));
	assert_non_null(strstr(text,
		"  Freed\n"
		"    foo_free+0x40/0x100\n"
		"    ... from foo_open+0x30/0x100 on, as above\n"));
	free(text);
	kmc_report_free(report);
}

static void a_stack_like_another_still_has_its_first_function(void **state)
{
	struct kmc_report *report = make();
	char *text;

	(void)state;
	push_syscall(&report->frames);
	report->alloc.known = true;
	push_syscall(&report->alloc.stack);
	/* Another line of the same function is another place. */
	report->free.known = true;
	push(&report->free.stack, "ksys_write", 0x67);
	text = print(report, 80, NULL);
	assert_non_null(strstr(text,
		"  Allocated\n"
		"    ksys_write+0x66/0x100\n"
		"    ... from do_syscall_64+0x34/0x100 on, as above\n"));
	assert_non_null(strstr(text, "  Freed\n    ksys_write+0x67/0x100\n"));
	free(text);
	kmc_report_free(report);
}

/* A tree with one file, whose lines @text has. */
static struct kmc_source *make_tree(char *dir, const char *text)
{
	struct kmc_source *source;
	char path[64];
	FILE *file;

	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/foo.c", dir);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	assert_null(kmc_source_open(dir, &source));
	return source;
}

static void remove_tree(char *dir, struct kmc_source *source)
{
	char path[64];

	kmc_source_free(source);
	snprintf(path, sizeof(path), "%s/foo.c", dir);
	unlink(path);
	rmdir(dir);
}

static void set_line(struct kmc_report *report, int line)
{
	struct kmc_frame *frame = report->frames.frames;

	frame->chain = calloc(1, sizeof(*frame->chain));
	assert_non_null(frame->chain);
	*frame->chain = (struct kmc_location) { "foo_write", "foo.c", line, 1 };
	frame->chain_len = 1;
}

static void source_is_moved_to_the_left_and_cut(void **state)
{
	char dir[] = "/tmp/kmc-print.XXXXXX";
	struct kmc_source *source = make_tree(dir,
		"\t\t\tif (x) {\n"
		"\t\t\t\tcall(a, bb, ccc, dddd, eeeee, ffffff);\n"
		"\t\t\tbreak;\n"
		"\t\t\t}   \033[2J\n"
		"\t\t\treturn;\n");
	struct kmc_report *report = make();
	char *text;

	(void)state;
	set_line(report, 3);
	text = print(report, 80, source);
	assert_non_null(strstr(text,
		"            1  if (x) {\n"
		"            2          call(a, bb, ccc, dddd, eeeee, ffffff);\n"
		"      >     3  break;\n"
		"            4  }   \\x1b[2J\n"
		"            5  return;\n"));
	free(text);
	text = print(report, 40, source);
	assert_non_null(strstr(text, "            2          call(a, bb, cc...\n"));
	free(text);
	kmc_report_free(report);
	remove_tree(dir, source);
}

static void assert_folded(const char *text, unsigned int width, bool color,
			  const char *expected)
{
	struct kmc_printer p = { .opts = { .width = width, .color = color } };

	kmc_buf_puts(&p.buf, text);
	kmc_print_fold(&p);
	assert_string_equal(p.buf.data, expected);
	kmc_buf_release(&p.buf);
}

static void long_lines_go_on_further_in(void **state)
{
	(void)state;
	assert_folded("  it fits, all\n\n", 14, false, "  it fits, all\n\n");
	assert_folded("  a word that does not\nnext\n", 14, false,
		      "  a word that\n    does not\nnext\n");
	assert_folded("  name      file.c:12\n", 14, false, "  name\n    file.c:12\n");
	assert_folded("aaaaaaaaaaaaaaa\n", 10, false, "aaaaaaaaaa\n  aaaaa\n");
	/* A path is broken where one of its parts ends. */
	assert_folded("from include/linux/a.h:1\n", 16, false,
		      "from include/\n  linux/a.h:1\n");
	/* Colours take no room, and what is wide takes two. */
	assert_folded("\033[1maaaa bbb\033[0m\n", 8, true, "\033[1maaaa bbb\033[0m\n");
	assert_folded("\346\227\245\346\227\245\346\227\245\n", 5, false,
		      "\346\227\245\346\227\245\n  \346\227\245\n");
	/* Nonsense ends, too. */
	assert_folded("abc\n", 1, false, "a\nb\nc\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_tail_of_the_stacks_is_printed_once),
		cmocka_unit_test(a_stack_like_another_still_has_its_first_function),
		cmocka_unit_test(source_is_moved_to_the_left_and_cut),
		cmocka_unit_test(long_lines_go_on_further_in),
	};

	return cmocka_run_group_tests_name("print", tests, NULL, NULL);
}
