// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kmc-report: explains memory reports in logs, in saved streams, and live.
 */
#include "../common/mapped.h"
#include "../common/message.h"
#include "../common/streams.h"
#include "../common/symbols.h"
#include "progress.h"
#include "writer.h"

#include <locale.h>
#include <signal.h>
#include <string.h>

/*
 * struct control - the state of one run
 * @reports: found so far
 * @unread: what looked like one, but could not be read
 * @failed: an input could not be read, or not wholly
 * @stop: nothing more is to be read
 */
struct control {
	struct options opts;
	struct writer writer;
	struct symbols symbols;
	unsigned long reports;
	unsigned long unread;
	bool failed;
	bool stop;
};

/* The one that a signal has to end; a handler has no other way to find it. */
static struct kmc_input *volatile signal_input;
static volatile sig_atomic_t signalled;

static void on_signal(int sig)
{
	signalled = sig;
	if (signal_input)
		kmc_input_stop(signal_input);
}

/* Debug info is being downloaded; that can be interrupted. */
static bool on_download(void *arg, uint64_t done, uint64_t total)
{
	(void)arg;
	progress_work("downloading debug info", done, total);
	return !signalled;
}

static void clear_progress(void)
{
	progress_work(NULL, 0, 0);
	progress_hide();
}

/* Reports that are finished; nothing reads a mapped file while it prints. */
static void flush_output(void)
{
	fflush(stdout);
}

static void set_up_signals(void)
{
	/* The second one kills, should the first be of no use. */
	struct sigaction stop = {
		.sa_handler = on_signal, .sa_flags = SA_RESETHAND,
	};

	/* A reader that has seen enough, as in `| head`, is no error of ours. */
	signal(SIGPIPE, SIG_DFL);
	sigaction(SIGINT, &stop, NULL);
	sigaction(SIGTERM, &stop, NULL);
}

/* What cannot be gone on with was said already. */
static void give_up(struct control *ctl)
{
	ctl->failed = true;
	ctl->stop = true;
}

/* False when that failed, which was said; the report is taken over in any case. */
static bool explain_report(struct control *ctl, struct kmc_report *report)
{
	if (!symbols_resolve(&ctl->symbols, report)) {
		kmc_report_free(report);
		return false;
	}
	if (ctl->symbols.di)
		writer_source(&ctl->writer, kmc_debuginfo_source(ctl->symbols.di));
	return writer_report(&ctl->writer, report);
}

/* The report is ours. */
static void take_report(struct control *ctl, struct kmc_report *report)
{
	bool counted;

	if (!report_wanted(&ctl->opts, report->checker)) {
		kmc_report_free(report);
		return;
	}
	progress_report();
	if (!writer_count(&ctl->writer, report, &counted)) {
		kmc_report_free(report);
		give_up(ctl);
		return;
	}
	if (!counted && !explain_report(ctl, report))
		give_up(ctl);
	if (++ctl->reports == ctl->opts.limit && !ctl->opts.group)
		ctl->stop = true;
}

static void take_event(struct control *ctl, const char *path,
		       struct kmc_event *event)
{
	switch (event->type) {
	case KMC_EVENT_REPORT:
		take_report(ctl, event->report);
		break;
	case KMC_EVENT_DAMAGE:
		message_event(path, event);
		ctl->failed = true;
		break;
	case KMC_EVENT_UNREAD:
		message_event(path, event);
		ctl->unread++;
		break;
	case KMC_EVENT_LOST:
	case KMC_EVENT_FATAL:
	case KMC_EVENT_FOLLOW:
		if (!ctl->opts.quiet)
			message_event(path, event);
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
	const unsigned long before = ctl->reports + ctl->unread;
	const bool failed_before = ctl->failed;
	struct kmc_input *in = NULL;
	struct kmc_error *err = kmc_input_open(path, live, &in);

	ctl->failed = false;
	if (!err) {
		signal_input = in;
		/* It may have come while there was no input to stop. */
		if (signalled)
			kmc_input_stop(in);
		progress_input(in);
		err = read_input(ctl, path, in);
		progress_input(NULL);
		signal_input = NULL;
		kmc_input_free(in);
	}
	if (err) {
		message_error(err);
		ctl->failed = true;
	} else if (!live && !ctl->opts.quiet && ctl->reports + ctl->unread == before &&
		   !ctl->failed && !signalled) {
		/* Where something could not be read, there may have been one. */
		message("%s: no report in it", path);
	}
	ctl->failed |= failed_before;
}

static int finish(struct control *ctl)
{
	if (!writer_end(&ctl->writer))
		ctl->failed = true;
	symbols_close(&ctl->symbols);
	progress_stop();
	if (!ctl->failed && !message_flush())
		ctl->failed = true;
	if (ctl->failed)
		return EXIT_INPUT;
	return ctl->reports || ctl->unread ? ctl->opts.error_exitcode : EXIT_DONE;
}

/* An interrupt ends what is followed; anything else was not to end yet. */
static void die_of_signal(struct control *ctl)
{
	if (!signalled || ctl->opts.live)
		return;
	signal(signalled, SIG_DFL);
	raise(signalled);
}

int main(int argc, char **argv)
{
	struct control ctl = { };
	int status;

	streams_claim();
	mapped_guard(flush_output);
	setlocale(LC_CTYPE, "");
	if (!report_parse(&ctl.opts, argc, argv, &status))
		return status;
	set_up_signals();
	ctl.symbols.downloading = on_download;
	symbols_init(&ctl.symbols, &ctl.opts.debuginfo);
	ctl.opts.debuginfo.source = ctl.opts.source;
	ctl.symbols.quiet = ctl.opts.quiet;
	message_prepare(clear_progress);
	ctl.symbols.shows_progress = progress_start(&ctl.opts) || ctl.opts.no_progress;
	if (!symbols_open(&ctl.symbols)) {
		progress_stop();
		return EXIT_INPUT;
	}
	if (!writer_begin(&ctl.writer, &ctl.opts))
		give_up(&ctl);
	if (ctl.opts.live && !ctl.stop)
		run_input(&ctl, ctl.opts.live, true);
	for (char **file = ctl.opts.files; *file && !ctl.stop && !signalled; file++)
		run_input(&ctl, *file, false);
	status = finish(&ctl);
	die_of_signal(&ctl);
	return status;
}
