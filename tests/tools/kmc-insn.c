// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Prints instructions, and what registers hold before them, for comparing.
 *
 * usage: kmc-insn VMLINUX|MODULE.ko < REQUESTS
 *
 * A request is "insn ADDRESS" or "value ADDRESS REGISTER", an answer a line with
 * tabs between its fields.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "code/code.h"
#include "code/insn.h"
#include "code/reaching_definitions.h"
#include "debuginfo/image.h"
#include "debuginfo/symtab.h"

static const char *reg_name(const struct kmc_machine *machine, enum kmc_reg reg)
{
	return kmc_reg_name(machine, reg) ?: "-";
}

static void print_insn(const struct kmc_insn *insn)
{
	printf("insn\t%" PRIx64 "\t%u\t%s\t%x\t", insn->address, insn->length,
	       insn->text, insn->changes);
	for (size_t i = 0; i < insn->nmem; i++) {
		const struct kmc_mem *mem = &insn->mem[i];

		printf("%s%s,%s,%u,%" PRId64 ",%c,%u,%s%s", i ? " " : "",
		       reg_name(insn->machine, mem->base),
		       reg_name(insn->machine, mem->index), mem->scale,
		       mem->disp, mem->segment ? mem->segment : '-', mem->size,
		       mem->read ? "r" : "", mem->write ? "w" : "");
	}
	printf("\n");
}

static struct kmc_error *do_insn(struct kmc_image *image, uint64_t address)
{
	const uint8_t *bytes;
	struct kmc_insn insn;
	struct kmc_error *err;
	size_t len;

	err = kmc_image_code(image, address, KMC_INSN_MAX_LENGTH, &bytes, &len);
	if (!err)
		err = kmc_insn_decode(bytes, len, address, image->machine, &insn);
	if (!err)
		print_insn(&insn);
	return err;
}

static struct kmc_error *do_value(struct kmc_image *image, uint64_t address,
				  const char *name)
{
	const struct kmc_symbol *symbol;
	struct kmc_reaching value;
	struct kmc_error *err;
	int reg = 0;

	while (reg < KMC_REG_GENERAL && strcmp(reg_name(image->machine, reg), name))
		reg++;
	err = kmc_image_symtab(image);
	if (err)
		return err;
	symbol = kmc_symtab_at(&image->symtab, address);
	if (!symbol) {
		printf("value\t%" PRIx64 "\tno symbol\n", address);
		return NULL;
	}
	err = kmc_reaching_value(image, symbol->address, symbol->size, address,
				 reg, &value);
	if (err)
		return err;
	printf("value\t%" PRIx64 "\t%s\t%s\t", address, symbol->name, name);
	if (value.known)
		printf("known\t%s\t%" PRId64 "\t%" PRIx64 "\t%u\n",
		       reg_name(image->machine, value.base), value.value, value.definition,
		       value.calls);
	else
		printf("unknown\t%s\n", value.why_not);
	return NULL;
}

int main(int argc, char **argv)
{
	struct kmc_image *image = NULL;
	struct kmc_error *err;
	char line[128], name[32];
	uint64_t address;

	if (argc != 2) {
		fprintf(stderr, "usage: kmc-insn VMLINUX < REQUESTS\n");
		return 2;
	}
	err = kmc_image_open(NULL, argv[1], NULL, &image);
	while (!err && fgets(line, sizeof(line), stdin)) {
		if (sscanf(line, "insn %" SCNx64, &address) == 1)
			err = do_insn(image, address);
		else if (sscanf(line, "value %" SCNx64 " %31s", &address,
				name) == 2)
			err = do_value(image, address, name);
		/* That there is no instruction is an answer, too. */
		if (err && (err->code == KMC_ERROR_FORMAT ||
			    err->code == KMC_ERROR_NOT_FOUND)) {
			printf("bad\t%" PRIx64 "\n", address);
			kmc_error_free(err);
			err = NULL;
		}
	}
	kmc_image_free(image);
	if (!err)
		return 0;
	fprintf(stderr, "kmc-insn: %s\n", err->message);
	kmc_error_free(err);
	return 1;
}
