// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kmc-report: explains kmemcheck reports in logs, in saved streams, and live.
 */
#include "kmc-report.h"

#include <errno.h>
#include <inttypes.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * struct control - the state of one run
 * @reports: printed so far
 * @failed: an input could not be read, or not wholly
 * @stop: nothing more is to be read
 */
struct control {
	struct options opts;
	struct kmc_print_options print;
	struct symbols symbols;
	unsigned long reports;
	bool failed;
	bool stop;
};

/* The one that a signal has to end; a handler has no other way to find it. */
static struct kmc_input *volatile signal_input;
static volatile sig_atomic_t signalled;

static void on_signal(int sig)
{
	(void)sig;
	signalled = 1;
	if (signal_input)
		kmc_input_stop(signal_input);
}

static void set_up_signals(bool live)
{
	struct sigaction stop = { .sa_handler = on_signal };

	/* A reader that has seen enough, as in `| head`, is no error of ours. */
	signal(SIGPIPE, SIG_DFL);
	if (!live)
		return;
	sigaction(SIGINT, &stop, NULL);
	sigaction(SIGTERM, &stop, NULL);
}

static bool want_color(enum color color)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	if (color != COLOR_AUTO)
		return color == COLOR_ALWAYS;
	return !(no_color && *no_color) && term && strcmp(term, "dumb") &&
	       isatty(STDOUT_FILENO);
}

static struct kmc_error *format_report(struct control *ctl,
				       const struct kmc_report *report,
				       char **out)
{
	if (ctl->opts.format == FORMAT_JSON)
		return kmc_json_report(report, out);
	return kmc_print_report(report, &ctl->print, out);
}

static void output_failed(struct control *ctl)
{
	message("standard output: %s", strerror(errno));
	ctl->failed = true;
	ctl->stop = true;
}

static void take_report(struct control *ctl, struct kmc_report *report)
{
	struct kmc_error *err;
	char *text;

	if (!symbols_resolve(&ctl->symbols, report)) {
		ctl->failed = true;
		ctl->stop = true;
		return;
	}
	err = format_report(ctl, report, &text);
	if (err) {
		message_error(err);
		kmc_error_free(err);
		ctl->failed = true;
		ctl->stop = true;
		return;
	}
	if (ctl->opts.format == FORMAT_TEXT && ctl->reports)
		putchar('\n');
	if (fputs(text, stdout) < 0 ||
	    (ctl->opts.format == FORMAT_JSON && putchar('\n') == EOF) ||
	    (ctl->opts.live && fflush(stdout)))
		output_failed(ctl);
	free(text);
	if (++ctl->reports == ctl->opts.limit)
		ctl->stop = true;
}

static void take_event(struct control *ctl, const char *path,
		       struct kmc_event *event)
{
	switch (event->type) {
	case KMC_EVENT_REPORT:
		take_report(ctl, event->report);
		kmc_report_free(event->report);
		break;
	case KMC_EVENT_LOST:
		if (!ctl->opts.quiet)
			message("%s: %" PRIu64 " reports were lost before they got here",
				path, event->lost);
		break;
	case KMC_EVENT_FATAL:
		if (!ctl->opts.quiet)
			message("%s:%lu: %s", path, event->line,
				event->message);
		break;
	case KMC_EVENT_DAMAGE:
		message("%s: %s", path, event->message);
		ctl->failed = true;
		break;
	case KMC_EVENT_END:
		break;
	}
}

static struct kmc_error *read_input(struct control *ctl, const char *path,
				    struct kmc_input *in)
{
	struct kmc_event event;
	struct kmc_error *err;

	do {
		err = kmc_input_next(in, &event);
		if (err)
			return err;
		take_event(ctl, path, &event);
	} while (event.type != KMC_EVENT_END && !ctl->stop);
	return NULL;
}

static void run_input(struct control *ctl, const char *path, bool live)
{
	unsigned long before = ctl->reports;
	struct kmc_input *in = NULL;
	struct kmc_error *err = kmc_input_open(path, live, &in);

	if (!err) {
		signal_input = in;
		/* It may have come while there was no input to stop. */
		if (signalled)
			kmc_input_stop(in);
		err = read_input(ctl, path, in);
		signal_input = NULL;
		kmc_input_free(in);
	}
	if (err) {
		message_error(err);
		kmc_error_free(err);
		ctl->failed = true;
	} else if (!live && !ctl->opts.quiet && ctl->reports == before &&
		   ctl->opts.format == FORMAT_TEXT && !ctl->failed) {
		message("%s: no kmemcheck report in it", path);
	}
}

static int finish(struct control *ctl)
{
	symbols_close(&ctl->symbols);
	if (fflush(stdout) && !ctl->failed)
		output_failed(ctl);
	if (ctl->failed)
		return EXIT_INPUT;
	return ctl->reports ? ctl->opts.error_exitcode : EXIT_DONE;
}

int main(int argc, char **argv)
{
	struct control ctl = { };
	int status;

	setlocale(LC_CTYPE, "");
	if (!options_parse(&ctl.opts, argc, argv, &status))
		return status;
	set_up_signals(ctl.opts.live);
	ctl.print.color = want_color(ctl.opts.color);
	ctl.print.view.ascii = strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
	ctl.symbols.opts = &ctl.opts.debuginfo;
	ctl.symbols.quiet = ctl.opts.quiet;
	if (!symbols_open(&ctl.symbols))
		return EXIT_INPUT;
	if (ctl.opts.live)
		run_input(&ctl, ctl.opts.live, true);
	for (int i = 0; i < ctl.opts.nfiles && !ctl.stop; i++)
		run_input(&ctl, ctl.opts.files[i], false);
	return finish(&ctl);
}
