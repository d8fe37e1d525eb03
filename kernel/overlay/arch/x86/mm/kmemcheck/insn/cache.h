/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmemcheck: decoded instructions by their address.
 */
#ifndef _X86_KMEMCHECK_CACHE_H
#define _X86_KMEMCHECK_CACHE_H

#include "decode.h"

int kmemcheck_cache_prepare(unsigned int cpu);
bool kmemcheck_is_code(unsigned long ip);
bool kmemcheck_fetch(unsigned long ip, struct kmemcheck_decoded *d);
struct kmemcheck_decoded *kmemcheck_decode_cached(unsigned long ip);
const struct kmemcheck_decoded *kmemcheck_lookup_decoded(unsigned long ip);

#endif /* _X86_KMEMCHECK_CACHE_H */
