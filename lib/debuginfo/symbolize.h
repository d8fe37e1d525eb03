/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is to be done with a frame whose place was found.
 */
#ifndef KMC_SYMBOLIZE_H
#define KMC_SYMBOLIZE_H

#include "debuginfo/image.h"
#include "kmc/report.h"

/**
 * kmc_frame_place() - a frame is at an address
 * @report: whose frame it is
 * @frame: becomes resolved, and gets its inline chain
 * @image: vmlinux or module
 * @address: link-time address; for a return address, that behind the call
 */
KMC_MUST_CHECK struct kmc_error *
kmc_frame_place(const struct kmc_report *report, struct kmc_frame *frame,
		struct kmc_image *image, uint64_t address);

#endif /* KMC_SYMBOLIZE_H */
