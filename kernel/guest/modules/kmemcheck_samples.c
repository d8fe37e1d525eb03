// SPDX-License-Identifier: GPL-2.0-only
/*
 * One file in debugfs/kmemcheck_samples for each kind of bug; writing to it
 * makes that bug happen, once. Leaks happen on reading.
 *
 * Each bug is announced in the log with the report that it has to give, so that
 * a test can compare.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/compiler.h>
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

/*
 * As struct siginfo, whose copy was the classic false alarm of the original
 * kmemcheck: 4 bytes of padding before the first pointer.
 */
struct sample_info {
	u32 signo;
	u32 error;
	u32 code;
	aligned_u64 address;	/* with 32 bits as well */
	u64 value;
	u64 time;
};

struct sample_device {
	u32 id;
	u32 state;
	u32 flags;		/* is never written */
	u32 users;
	u64 start;
	u64 end;
	u64 stats[3];
};

/* What user space is told of a device; it is cleared before it is filled. */
struct sample_message {
	u32 id;
	u32 flags;
	u32 users;
	u32 reserved;
	u64 end;
	u64 first_stat;
};

struct sample_options {
	u32 id;
	u8 ready : 1;
	u8 mode : 3;
	u8 level : 4;
};

static struct kmem_cache *cache;

static void print_expected(const char *name, const void *object, size_t offset,
			   size_t size, const char *cache_name)
{
	unsigned long start = (unsigned long)object;

	pr_info("%s address=%lx size=%zu offset=%zu object=%lx cache=%s\n", name,
		start + offset, size, offset, start, cache_name);
}

/*
 * Where the compiler sees a message it expects an error, and would move the bugs
 * to functions of their own named .cold. So it shall not see that.
 */
static typeof(print_expected) *announce_fn = print_expected;

static __always_inline void announce(const char *name, const void *object,
				     size_t offset, size_t size,
				     const char *cache_name)
{
	READ_ONCE(announce_fn)(name, object, offset, size, cache_name);
}

/* What the compiler knows about an object must not spoil the bug. */
static __always_inline void *forget(void *p)
{
	OPTIMIZER_HIDE_VAR(p);
	return p;
}

static __always_inline void fill_device(struct sample_device *dev)
{
	WRITE_ONCE(dev->id, 1);
	WRITE_ONCE(dev->state, 2);
	WRITE_ONCE(dev->users, 3);
	WRITE_ONCE(dev->start, 0x1000);
	WRITE_ONCE(dev->end, 0x2000);
}

static __always_inline bool device_is_set(const struct sample_device *dev, u32 bits)
{
	return READ_ONCE(dev->flags) & bits;
}

static __always_inline bool device_is_busy(const struct sample_device *dev)
{
	return device_is_set(dev, 1);
}

static noinline int never_written(void)
{
	struct sample_device *dev = kmem_cache_alloc(cache, GFP_KERNEL);

	if (!dev)
		return -ENOMEM;
	dev = forget(dev);
	fill_device(dev);
	announce("never_written", dev, offsetof(struct sample_device, flags),
		 sizeof(dev->flags), "kmemcheck_sample");
	if (device_is_busy(dev))
		barrier();
	kmem_cache_free(cache, dev);
	return 0;
}

static __always_inline u32 device_state(const struct sample_device *dev)
{
	return READ_ONCE(dev->state);
}

static noinline int use_after_free(void)
{
	struct sample_device *dev = kmem_cache_alloc(cache, GFP_KERNEL);
	struct sample_device *stale;

	if (!dev)
		return -ENOMEM;
	stale = forget(dev);
	fill_device(stale);
	/* In the middle of a free object the allocator has its own pointer. */
	BUILD_BUG_ON(offsetofend(struct sample_device, state) > sizeof(*dev) / 2 - 8);
	announce("use_after_free", dev, offsetof(struct sample_device, state),
		 sizeof(dev->state), "kmemcheck_sample");
	kmem_cache_free(cache, dev);
	if (device_state(stale))
		barrier();
	return 0;
}

/* As memcpy() of a 32-bit kernel, where the bug was first seen. */
static __always_inline void copy_words(void *to, const void *from, size_t size)
{
	unsigned long words = size / 4;

	asm volatile("rep movsl" : "+D" (to), "+S" (from), "+c" (words) : : "memory");
}

static __always_inline void copy_info(struct sample_info *to,
				      const struct sample_info *from)
{
	copy_words(to, from, sizeof(*to));
}

static __always_inline void collect_info(struct sample_info *to,
					 struct sample_info *from)
{
	copy_info(to, from);
	WRITE_ONCE(from->code, 0);
}

static __always_inline void fill_info(struct sample_info *info)
{
	WRITE_ONCE(info->signo, 11);
	WRITE_ONCE(info->error, 0);
	WRITE_ONCE(info->code, 1);
	WRITE_ONCE(info->address, 0xabcdef);
	WRITE_ONCE(info->value, 42);
	WRITE_ONCE(info->time, 7);
}

#define INFO_HOLE	offsetofend(struct sample_info, code)
#define INFO_HOLE_SIZE	(offsetof(struct sample_info, address) - INFO_HOLE)

static noinline int padding_copy(void)
{
	struct sample_info *info = kmalloc(sizeof(*info), GFP_KERNEL);
	struct sample_info copy;

	BUILD_BUG_ON(INFO_HOLE_SIZE != 4);
	if (!info)
		return -ENOMEM;
	info = forget(info);
	fill_info(info);
	announce("padding_copy", info, INFO_HOLE, INFO_HOLE_SIZE, "kmalloc-64");
	collect_info(&copy, info);
	kfree(info);
	return 0;
}

static __always_inline void set_ready(struct sample_options *options)
{
	options->ready = 1;
}

static __always_inline unsigned int mode_of(const struct sample_options *options)
{
	return options->mode;
}

/* To set one bit is fine. But another one, uninitialised, is looked at. */
static noinline int bitfield(void)
{
	struct sample_options *options = kmalloc(sizeof(*options), GFP_KERNEL);

	if (!options)
		return -ENOMEM;
	options = forget(options);
	WRITE_ONCE(options->id, 1);
	set_ready(options);
	announce("bitfield", options, offsetofend(struct sample_options, id), 1,
		 "kmalloc-8");
	if (mode_of(options))
		barrier();
	kfree(options);
	return 0;
}

struct sample {
	const char *name;
	int (*trigger)(void);
};

static const struct sample samples[] = {
	{ "never_written", never_written },
	{ "padding_copy", padding_copy },
	{ "use_after_free", use_after_free },
	{ "bitfield", bitfield },
};

static ssize_t sample_write(struct file *file, const char __user *from,
			    size_t size, loff_t *ppos)
{
	const struct sample *sample = file_inode(file)->i_private;
	int err = sample->trigger();

	return err ?: size;
}

static const struct file_operations sample_fops = {
	.owner	= THIS_MODULE,
	.open	= simple_open,
	.write	= sample_write,
};

static noinline ssize_t leak_info(char __user *to, size_t size)
{
	struct sample_info *info = kmem_cache_alloc(cache, GFP_KERNEL);
	size_t n = min(size, sizeof(*info));
	ssize_t ret = n;

	if (!info)
		return -ENOMEM;
	info = forget(info);
	fill_info(info);
	announce("copy_to_user", info, INFO_HOLE, INFO_HOLE_SIZE, "kmemcheck_sample");
	if (copy_to_user(to, info, n))
		ret = -EFAULT;
	kmem_cache_free(cache, info);
	return ret;
}

/* Member by member, by registers; two of them are uninitialised. */
static noinline void fill_message(struct sample_message *message,
				  const struct sample_device *dev)
{
	WRITE_ONCE(message->id, READ_ONCE(dev->id));
	WRITE_ONCE(message->flags, READ_ONCE(dev->flags));
	WRITE_ONCE(message->users, READ_ONCE(dev->users));
	WRITE_ONCE(message->end, READ_ONCE(dev->end));
	WRITE_ONCE(message->first_stat, READ_ONCE(dev->stats[0]));
}

static noinline struct sample_device *new_device(void)
{
	struct sample_device *dev = kmem_cache_alloc(cache, GFP_KERNEL);

	dev = forget(dev);
	if (dev)
		fill_device(dev);
	return dev;
}

/* The message that leaks is a copy; what was not written is elsewhere. */
static noinline ssize_t leak_message(char __user *to, size_t size)
{
	struct sample_device *dev = new_device();
	struct sample_message *message = kzalloc(sizeof(*message), GFP_KERNEL);
	struct sample_message *copy = NULL;
	size_t n = min(size, sizeof(*message));
	ssize_t ret = n;

	if (dev && message) {
		fill_message(message, dev);
		copy = kmemdup(message, sizeof(*message), GFP_KERNEL);
	}
	if (copy) {
		announce("message", copy, offsetof(struct sample_message, flags),
			 sizeof(copy->flags), "kmalloc-32");
		if (copy_to_user(to, copy, n))
			ret = -EFAULT;
	}
	if (dev)
		kmem_cache_free(cache, dev);
	kfree(message);
	kfree(copy);
	return copy ? ret : -ENOMEM;
}

struct leak {
	const char *name;
	ssize_t (*read)(char __user *to, size_t size);
};

static const struct leak leaks[] = {
	{ "copy_to_user", leak_info },
	{ "message", leak_message },
};

static ssize_t leak_read(struct file *file, char __user *to, size_t size,
			 loff_t *ppos)
{
	const struct leak *leak = file_inode(file)->i_private;
	ssize_t ret;

	if (*ppos)
		return 0;
	ret = leak->read(to, size);
	if (ret > 0)
		*ppos = ret;
	return ret;
}

static const struct file_operations leak_fops = {
	.owner	= THIS_MODULE,
	.open	= simple_open,
	.read	= leak_read,
};

static struct dentry *dir;

static int __init samples_init(void)
{
	size_t i;

	BUILD_BUG_ON(sizeof(struct sample_info) > sizeof(struct sample_device));
	/* Declared for user copies, it is never merged with another cache. */
	cache = kmem_cache_create_usercopy("kmemcheck_sample",
					   sizeof(struct sample_device), 0, 0, 0,
					   sizeof(struct sample_device), NULL);
	if (!cache)
		return -ENOMEM;
	dir = debugfs_create_dir("kmemcheck_samples", NULL);
	for (i = 0; i < ARRAY_SIZE(samples); i++)
		debugfs_create_file(samples[i].name, 0200, dir,
				    (void *)&samples[i], &sample_fops);
	for (i = 0; i < ARRAY_SIZE(leaks); i++)
		debugfs_create_file(leaks[i].name, 0400, dir, (void *)&leaks[i], &leak_fops);
	return 0;
}

static void __exit samples_exit(void)
{
	debugfs_remove(dir);
	kmem_cache_destroy(cache);
}

module_init(samples_init);
module_exit(samples_exit);
MODULE_DESCRIPTION("Bugs for kmemcheck to find");
MODULE_LICENSE("GPL");
