// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Types from BTF. libbpf checks the tables when it opens them; that the numbers
 * in them lead somewhere is checked here.
 */
#include "kmc/layout.h"

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/unpack_file.h"
#include "types/types.h"

/* Eight times that of the largest kernel seen. */
#define MAX_RAW		(64U << 20)

/*
 * struct btf_source - the BTF of one file
 * @first: id of its first type: a module's continue its kernel's
 */
struct btf_source {
	char *path;
	struct btf *btf;
	uint32_t first;
};

static void btf_source_free(void *source)
{
	struct btf_source *src = source;

	if (!src)
		return;
	btf__free(src->btf);
	free(src->path);
	free(src);
}

static struct kmc_error *bad_type(const struct btf_source *src, uint64_t id)
{
	return kmc_error_new(KMC_ERROR_FORMAT, src->path, 0,
			     "has damaged BTF: there is no usable type %llu",
			     (unsigned long long)id);
}

/* NULL for "": BTF has no other word for anonymous. */
static const char *name_at(const struct btf_source *src, uint32_t offset)
{
	const char *name = offset ? btf__name_by_offset(src->btf, offset) : NULL;

	return name && *name ? name : NULL;
}

/* ---- one node ---- */

static struct kmc_error *read_members(const struct btf_source *src,
				      const struct btf_type *t,
				      struct kmc_raw_type *out)
{
	const struct btf_member *m = btf_members(t);
	uint16_t count = btf_vlen(t);

	out->members = calloc(count ? count : 1, sizeof(*out->members));
	if (!out->members)
		return kmc_error_nomem();
	out->nmembers = count;
	for (uint16_t i = 0; i < count; i++) {
		const struct btf_type *type = btf__type_by_id(src->btf, m[i].type);
		struct kmc_member *member = &out->members[i];

		member->name = name_at(src, m[i].name_off);
		member->type = m[i].type;
		member->bit_offset = btf_member_bit_offset(t, i);
		member->bit_size = btf_member_bitfield_size(t, i);
		/* Before kind_flag, an integer type of its own had the width. */
		if (!btf_kflag(t) && type && btf_is_int(type) &&
		    (btf_int_offset(type) ||
		     btf_int_bits(type) != type->size * 8)) {
			member->bit_offset += btf_int_offset(type);
			member->bit_size = btf_int_bits(type);
		}
		member->bitfield = member->bit_size;
	}
	return NULL;
}

static struct kmc_error *read_parameters(const struct btf_type *t,
					 struct kmc_raw_type *out)
{
	const struct btf_param *p = btf_params(t);
	uint16_t count = btf_vlen(t);

	/* The last one without name and type is "...". */
	if (count && !p[count - 1].type && !p[count - 1].name_off) {
		out->variadic = true;
		count--;
	}
	out->members = calloc(count ? count : 1, sizeof(*out->members));
	if (!out->members)
		return kmc_error_nomem();
	out->nmembers = count;
	for (uint16_t i = 0; i < count; i++)
		out->members[i].type = p[i].type;
	return NULL;
}

static struct kmc_error *read_enumerators(const struct btf_source *src,
					  const struct btf_type *t,
					  struct kmc_raw_type *out)
{
	uint16_t count = btf_vlen(t);

	out->enumerators = calloc(count ? count : 1, sizeof(*out->enumerators));
	if (!out->enumerators)
		return kmc_error_nomem();
	out->nenumerators = count;
	for (uint16_t i = 0; i < count; i++) {
		const struct btf_enum *e32 = btf_enum(t) + i;
		struct kmc_enumerator *e = &out->enumerators[i];

		if (btf_is_enum64(t)) {
			const struct btf_enum64 *e64 = btf_enum64(t) + i;

			e->name = name_at(src, e64->name_off);
			e->value = btf_enum64_value(e64);
		} else {
			e->name = name_at(src, e32->name_off);
			e->value = out->is_signed ? (int64_t)e32->val :
						    (int64_t)(uint32_t)e32->val;
		}
		if (!e->name)
			e->name = "";
	}
	return NULL;
}

static enum kmc_alias alias_of(const struct btf_type *t)
{
	switch (btf_kind(t)) {
	case BTF_KIND_TYPEDEF:
		return KMC_ALIAS_TYPEDEF;
	case BTF_KIND_CONST:
		return KMC_ALIAS_CONST;
	case BTF_KIND_VOLATILE:
		return KMC_ALIAS_VOLATILE;
	case BTF_KIND_RESTRICT:
		return KMC_ALIAS_RESTRICT;
	case BTF_KIND_TYPE_TAG:
	case BTF_KIND_FUNC:
	case BTF_KIND_VAR:
		return KMC_ALIAS_OTHER;
	default:
		return KMC_ALIAS_NONE;
	}
}

/* What DWARF calls a char is, in BTF, an integer of a byte with that name. */
static enum kmc_type_kind int_kind(const struct btf_type *t, const char *name)
{
	if (btf_int_encoding(t) & BTF_INT_BOOL)
		return KMC_TYPE_BOOL;
	if (btf_int_encoding(t) & BTF_INT_CHAR ||
	    (t->size == 1 && name && strstr(name, "char")))
		return KMC_TYPE_CHAR;
	return KMC_TYPE_INT;
}

static bool read_kind(const struct btf_source *src, const struct btf_type *t,
		      struct kmc_raw_type *out)
{
	switch (btf_kind(t)) {
	case BTF_KIND_INT:
		out->kind = int_kind(t, out->name);
		out->is_signed = btf_int_encoding(t) & BTF_INT_SIGNED;
		out->size = t->size;
		return true;
	case BTF_KIND_FLOAT:
		out->kind = KMC_TYPE_FLOAT;
		out->size = t->size;
		return true;
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		out->kind = KMC_TYPE_ENUM;
		out->is_signed = btf_kflag(t);
		out->size = t->size;
		return true;
	case BTF_KIND_PTR:
		out->kind = KMC_TYPE_POINTER;
		out->size = btf__pointer_size(src->btf);
		out->target = t->type;
		return true;
	case BTF_KIND_ARRAY:
		out->kind = KMC_TYPE_ARRAY;
		out->target = btf_array(t)->type;
		out->count = btf_array(t)->nelems;
		out->flexible = !out->count;
		return true;
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		out->kind = btf_is_struct(t) ? KMC_TYPE_STRUCT : KMC_TYPE_UNION;
		out->size = t->size;
		return true;
	case BTF_KIND_FWD:
		out->kind = btf_kflag(t) ? KMC_TYPE_UNION : KMC_TYPE_STRUCT;
		out->incomplete = true;
		return true;
	case BTF_KIND_FUNC_PROTO:
		out->kind = KMC_TYPE_FUNCTION;
		out->target = t->type;
		return true;
	default:
		return false;
	}
}

static struct kmc_error *read_children(const struct btf_source *src,
				       const struct btf_type *t,
				       struct kmc_raw_type *out)
{
	switch (btf_kind(t)) {
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return read_members(src, t, out);
	case BTF_KIND_FUNC_PROTO:
		return read_parameters(t, out);
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		return read_enumerators(src, t, out);
	default:
		return NULL;
	}
}

static struct kmc_error *btf_read(void *source, kmc_type_id id, bool children,
				  struct kmc_raw_type *out)
{
	const struct btf_source *src = source;
	const struct btf_type *t;

	t = id < btf__type_cnt(src->btf) ? btf__type_by_id(src->btf, id) : NULL;
	if (!t)
		return bad_type(src, id);
	out->name = name_at(src, t->name_off);
	out->alias = alias_of(t);
	if (out->alias != KMC_ALIAS_NONE) {
		out->target = t->type;
		return NULL;
	}
	if (!read_kind(src, t, out))
		return bad_type(src, id);
	return children ? read_children(src, t, out) : NULL;
}

/* ---- all names ---- */

/* False: it is nothing that goes into the index. */
static bool read_entry(const struct btf_source *src, uint32_t id,
		       struct kmc_type_name *name)
{
	const struct btf_type *t = btf__type_by_id(src->btf, id);
	struct kmc_raw_type raw = { };
	int target = id;

	name->is_typedef = btf_is_typedef(t);
	name->name = name_at(src, t->name_off);
	if (name->is_typedef) {
		target = btf__resolve_type(src->btf, id);
		t = target < 0 ? NULL : btf__type_by_id(src->btf, target);
	}
	/* An enum that is only declared has no values. */
	if (!name->name || !t || !(btf_is_composite(t) || (btf_is_any_enum(t) && btf_vlen(t))) ||
	    !read_kind(src, t, &raw))
		return false;
	name->kind = raw.kind;
	name->size = raw.size;
	/* What has no name goes by that of its typedef. */
	name->id = name_at(src, t->name_off) ? (uint32_t)target : id;
	return true;
}

/* An enum without a name, and that has not got one by a typedef either. */
static bool read_nameless(const struct btf_source *src, uint32_t id, const bool *aliased,
			  struct kmc_index_entry *entry)
{
	const struct btf_type *t = btf__type_by_id(src->btf, id);

	if (!btf_is_any_enum(t) || name_at(src, t->name_off) || !btf_vlen(t) ||
	    aliased[id - src->first])
		return false;
	entry->name = (struct kmc_type_name){
		.kind = KMC_TYPE_ENUM, .size = t->size, .id = id,
	};
	entry->first = name_at(src, btf_is_enum64(t) ? btf_enum64(t)->name_off :
			       btf_enum(t)->name_off);
	/* All that there is of a place: what begins alike has not been merged. */
	entry->origin = id;
	return entry->first;
}

static struct kmc_error *btf_index(void *source, struct kmc_index *index)
{
	bool *aliased KMC_AUTO_FREE = NULL;
	const struct btf_source *src = source;
	uint32_t count = btf__type_cnt(src->btf);

	aliased = calloc(count - src->first + 1, sizeof(*aliased));
	if (!aliased)
		return kmc_error_nomem();
	for (uint32_t id = src->first; id < count; id++) {
		const struct btf_type *t = btf__type_by_id(src->btf, id);

		if (btf_is_typedef(t) && t->type >= src->first && t->type < count)
			aliased[t->type - src->first] = true;
	}
	for (uint32_t id = src->first; id < count; id++) {
		struct kmc_index_entry entry = { };

		if ((read_entry(src, id, &entry.name) ||
		     read_nameless(src, id, aliased, &entry)) &&
		    !kmc_index_add(index, &entry))
			return kmc_error_nomem();
	}
	return NULL;
}

/* Of variables, it has those that each CPU has. */
static bool btf_variable(void *source, const char *name, kmc_type_id *out)
{
	const struct btf_source *src = source;
	const uint32_t count = btf__type_cnt(src->btf);
	unsigned int found = 0;

	for (uint32_t id = src->first; id < count; id++) {
		const struct btf_type *t = btf__type_by_id(src->btf, id);
		const char *other = btf_is_var(t) ? name_at(src, t->name_off) : NULL;

		if (!other || strcmp(other, name))
			continue;
		found++;
		*out = t->type;
	}
	return found == 1;
}

static struct kmc_error *btf_functions(void *source, struct kmc_functions *functions)
{
	const struct btf_source *src = source;
	uint32_t count = btf__type_cnt(src->btf);

	for (uint32_t id = src->first; id < count; id++) {
		const struct btf_type *t = btf__type_by_id(src->btf, id);
		const char *name = btf_is_func(t) ? name_at(src, t->name_off) : NULL;

		if (name && !kmc_functions_add(functions, name, id))
			return kmc_error_nomem();
	}
	return NULL;
}

static const struct kmc_types_ops btf_ops = {
	.read = btf_read,
	.index = btf_index,
	.variable = btf_variable,
	.functions = btf_functions,
	.free = btf_source_free,
};

/* ---- opening ---- */

static struct kmc_error *no_btf(const char *path)
{
	return kmc_error_new(KMC_ERROR_NOT_FOUND, path, 0,
			     "has no BTF: the kernel was built without CONFIG_DEBUG_INFO_BTF; DWARF has the same types");
}

/* The bytes of .BTF, borrowed from @elf. */
static struct kmc_error *find_section(Elf *elf, const char *path, Elf_Data **out)
{
	Elf_Scn *scn = NULL;
	size_t strings;

	if (elf_getshdrstrndx(elf, &strings))
		return kmc_error_new(KMC_ERROR_FORMAT, path, 0,
				     "has damaged section headers; copy it again");
	while ((scn = elf_nextscn(elf, scn))) {
		const char *name;
		GElf_Shdr shdr;

		if (!gelf_getshdr(scn, &shdr) || shdr.sh_type == SHT_NOBITS)
			continue;
		name = elf_strptr(elf, strings, shdr.sh_name);
		if (!name || strcmp(name, ".BTF"))
			continue;
		*out = elf_rawdata(scn, NULL);
		if (!*out || !(*out)->d_buf || !(*out)->d_size)
			return no_btf(path);
		return NULL;
	}
	return no_btf(path);
}

/* libbpf has btf__new_split() in its header only, but reads such BTF from files. */
static struct btf *new_split(const void *data, size_t size, struct btf *base)
{
	int fd = memfd_create("kmc-btf", MFD_CLOEXEC);
	struct btf *btf = NULL;
	char path[32];

	if (fd < 0)
		return NULL;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (write(fd, data, size) == (ssize_t)size)
		btf = btf__parse_raw_split(path, base);
	close(fd);
	return btf;
}

static struct kmc_error *load(struct btf_source *src, const struct btf_source *base,
			      const void *data, size_t size)
{
	/* libbpf prints what it does not like; a library must not. */
	libbpf_print_fn_t print = libbpf_set_print(NULL);

	errno = 0;
	src->first = base ? btf__type_cnt(base->btf) : 1;
	if (size > UINT32_MAX)
		src->btf = NULL;
	else
		src->btf = base ? new_split(data, size, base->btf) : btf__new(data, size);
	libbpf_set_print(print);
	if (src->btf)
		return NULL;
	if (errno == ENOMEM)
		return kmc_error_nomem();
	return kmc_error_new(KMC_ERROR_FORMAT, src->path, 0,
			     "has damaged BTF, or that of a module, which cannot be read without its kernel's");
}

static struct kmc_error *load_elf(struct btf_source *src, const struct btf_source *base,
				  int fd)
{
	struct kmc_error *err;
	Elf_Data *data = NULL;
	Elf *elf;

	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ, NULL);
	if (!elf || elf_kind(elf) != ELF_K_ELF)
		err = kmc_error_new(KMC_ERROR_FORMAT, src->path, 0,
				    "is neither an ELF file nor BTF");
	else
		err = find_section(elf, src->path, &data);
	if (!err)
		err = load(src, base, data->d_buf, data->d_size);
	elf_end(elf);
	return err;
}

static struct kmc_error *load_raw(struct btf_source *src, const struct btf_source *base,
				  int fd)
{
	struct kmc_error *err = NULL;
	struct kmc_buf buf = { };
	ssize_t n;

	do {
		if (!kmc_buf_reserve(&buf, 1 << 20)) {
			err = kmc_error_nomem();
			break;
		}
		n = pread(fd, buf.data + buf.len, 1 << 20, buf.len);
		if (n < 0)
			err = kmc_error_os(errno, src->path, "cannot read");
		else
			buf.len += n;
		if (buf.len > MAX_RAW)
			err = kmc_error_new(KMC_ERROR_FORMAT, src->path, 0,
					    "is too large for BTF");
	} while (!err && n > 0);
	if (!err)
		err = load(src, base, buf.data, buf.len);
	kmc_buf_release(&buf);
	return err;
}

static struct kmc_error *load_file(struct btf_source *src, const struct btf_source *base,
				   int fd)
{
	uint16_t magic = 0;
	struct stat st;

	if (fstat(fd, &st))
		return kmc_error_os(errno, src->path, "cannot stat");
	if (!S_ISREG(st.st_mode))
		return kmc_error_new(KMC_ERROR_FORMAT, src->path, 0,
				     "is not a regular file");
	if (pread(fd, &magic, sizeof(magic), 0) < 0)
		return kmc_error_os(errno, src->path, "cannot read");
	if (magic == BTF_MAGIC || magic == __builtin_bswap16(BTF_MAGIC))
		return load_raw(src, base, fd);
	return load_elf(src, base, fd);
}

static struct kmc_error *open_btf(const char *path, const struct btf_source *base,
				  struct kmc_types **out)
{
	struct btf_source *src = calloc(1, sizeof(*src));
	struct kmc_error *err;
	int fd;

	if (src)
		src->path = strdup(path);
	if (!src || !src->path) {
		btf_source_free(src);
		return kmc_error_nomem();
	}
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		err = kmc_error_os(errno, path, "cannot open");
	else
		err = kmc_unpack_file(path, fd, &fd);
	if (!err)
		err = load_file(src, base, fd);
	if (fd >= 0)
		close(fd);
	if (err) {
		btf_source_free(src);
		return err;
	}
	return kmc_types_new(path, &btf_ops, src, out);
}

struct kmc_error *kmc_types_open_btf(const char *path, struct kmc_types **out)
{
	return open_btf(path, NULL, out);
}

struct kmc_error *kmc_types_open_module_btf(const char *path, struct kmc_types *kernel,
					    struct kmc_types **out)
{
	if (!kernel || kernel->ops != &btf_ops)
		return kmc_error_new(KMC_ERROR_NOT_FOUND, path, 0,
				     "may have BTF, but its kernel has none that it could continue");
	return open_btf(path, kernel->source, out);
}
