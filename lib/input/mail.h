/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports in mails.
 */
#ifndef KMC_MAIL_H
#define KMC_MAIL_H

#include "input/reader.h"

/* Does this begin with a header that mails begin with? */
bool kmc_mail_detect(const char *data, size_t len);

extern const struct kmc_reader_ops kmc_mail_reader;

#endif /* KMC_MAIL_H */
