/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A type as JSON.
 */
#ifndef JSON_H
#define JSON_H

#include <stdio.h>

#include "tree.h"

/* A string with its quotes, or null */
void put_json_string(const char *text, FILE *out);

bool type_json(struct tree *tree, FILE *out);

#endif /* JSON_H */
