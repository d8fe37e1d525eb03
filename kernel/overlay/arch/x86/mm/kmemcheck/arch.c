// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: the tables: which engines there are, and what the core calls.
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/static_call.h>
#include <linux/string.h>

#include <asm/setup.h>

#include "batch.h"
#include "engine.h"
#include "insn/cache.h"
#include "insn/class.h"
#include "insn/vector.h"
#include "propagate/propagate.h"

static const struct kmemcheck_engine * const engines[] = {
	&kmemcheck_alias_engine,
	&kmemcheck_step_engine,
};

static const struct kmemcheck_engine *engine __ro_after_init = &kmemcheck_alias_engine;
DEFINE_STATIC_CALL(kmemcheck_engine_fault, kmemcheck_alias_fault);

static int __init engine_param(char *str)
{
	unsigned int i;

	for (i = 0; str && i < ARRAY_SIZE(engines); i++) {
		if (!strcmp(str, engines[i]->name)) {
			engine = engines[i];
			return 0;
		}
	}
	pr_err("kmemcheck: kmemcheck.engine=%s is none of these:\n", str ?: "");
	for (i = 0; i < ARRAY_SIZE(engines); i++)
		pr_err("kmemcheck:   %s\n", engines[i]->name);
	return -EINVAL;
}
early_param("kmemcheck.engine", engine_param);

static int init(void)
{
	static_call_update(kmemcheck_engine_fault, engine->fault);
	return engine->init ? engine->init() : 0;
}

static int prepare_cpu(unsigned int cpu)
{
	int err = kmemcheck_stack_prepare(cpu);

	if (!err)
		err = kmemcheck_cache_prepare(cpu);
	return err ?: kmemcheck_vector_prepare(cpu);
}

static const char *engine_name(void)
{
	return engine->name;
}

static unsigned long image_offset(void)
{
	return kaslr_offset();
}

const struct kmemcheck_arch_ops kmemcheck_arch = {
	.init			= init,
	.prepare_cpu		= prepare_cpu,
	.engine			= engine_name,
	.fault_class		= kmemcheck_fault_class,
	.kaslr_offset		= image_offset,
	.hide_pool		= kmemcheck_hide_pool,
	.is_shown		= kmemcheck_is_shown,
	.show_page		= kmemcheck_show_page,
	.hide_page_noflush	= kmemcheck_hide_page_noflush,
	.flush_pool		= kmemcheck_flush_pool,
	.load_is_used		= kmemcheck_load_is_used,
	.save_regs		= kmemcheck_save_regs,
	.save_caller_regs	= kmemcheck_save_caller_regs,
	.print_regs		= kmemcheck_print_regs,
	.batch			= &kmemcheck_batch,
};
