// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemcheck: debugfs/kmemcheck/{reports,stats}.
 */
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/seq_file.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include "canary.h"
#include "kmemcheck.h"
#include "pool.h"
#include "ring.h"

/*
 * An open file. It holds a copy of the record that it is in the middle of, so
 * a reader with a small buffer gets whole records even when it is overtaken.
 */
struct reports_file {
	struct mutex lock;		/* for everything here */
	struct kmemcheck_reader reader;
	size_t have;			/* bytes in buf */
	size_t done;			/* of them, given out */
	u8 buf[KMEMCHECK_RECORD_MAX] __aligned(KMEMCHECK_ALIGN);
};

static int reports_open(struct inode *inode, struct file *file)
{
	/* Not from the slab allocator: the buffer must not be tracked. */
	struct reports_file *f = vzalloc(sizeof(*f));

	if (!f)
		return -ENOMEM;
	mutex_init(&f->lock);
	kmemcheck_reader_init(&f->reader);
	file->private_data = f;
	/* The position is our own: no pread(), and no lock on f_pos. */
	file->f_mode &= ~(FMODE_PREAD | FMODE_ATOMIC_POS);
	return 0;
}

static int reports_release(struct inode *inode, struct file *file)
{
	vfree(file->private_data);
	return 0;
}

/* Have something in the buffer. Return: 0, or why there is nothing. */
static int refill(struct reports_file *f, bool block)
{
	size_t n;
	int err;

	while (f->done == f->have) {
		n = kmemcheck_reader_next(&f->reader, f->buf);
		if (n) {
			f->have = n;
			f->done = 0;
			return 0;
		}
		if (!block)
			return -EAGAIN;
		err = wait_event_interruptible(kmemcheck_ring_wait,
					       kmemcheck_reader_ready(&f->reader));
		if (err)
			return err;
	}
	return 0;
}

static ssize_t reports_read(struct file *file, char __user *to, size_t size,
			    loff_t *ppos)
{
	struct reports_file *f = file->private_data;
	ssize_t total = 0;
	int err = 0;

	if (mutex_lock_interruptible(&f->lock))
		return -ERESTARTSYS;
	while (size) {
		size_t n;

		/* Wait for the first byte only; the rest is what there is. */
		err = refill(f, !total && !(file->f_flags & O_NONBLOCK));
		if (err)
			break;
		n = min(size, f->have - f->done);
		if (copy_to_user(to + total, f->buf + f->done, n)) {
			err = -EFAULT;
			break;
		}
		f->done += n;
		total += n;
		size -= n;
	}
	mutex_unlock(&f->lock);
	return total ?: err;
}

/* As /dev/kmsg: to the oldest record that is left, or behind the newest. */
static loff_t reports_llseek(struct file *file, loff_t offset, int whence)
{
	struct reports_file *f = file->private_data;

	if (offset)
		return -EINVAL;
	if (whence != SEEK_SET && whence != SEEK_END)
		return -EINVAL;
	if (mutex_lock_interruptible(&f->lock))
		return -ERESTARTSYS;
	f->have = 0;
	f->done = 0;
	kmemcheck_reader_init(&f->reader);
	if (whence == SEEK_END)
		kmemcheck_reader_skip(&f->reader);
	mutex_unlock(&f->lock);
	return 0;
}

static __poll_t reports_poll(struct file *file, poll_table *wait)
{
	struct reports_file *f = file->private_data;

	poll_wait(file, &kmemcheck_ring_wait, wait);
	if (f->done < f->have || kmemcheck_reader_ready(&f->reader))
		return EPOLLIN | EPOLLRDNORM;
	return 0;
}

static const struct file_operations reports_fops = {
	.owner		= THIS_MODULE,
	.open		= reports_open,
	.release	= reports_release,
	.read		= reports_read,
	.poll		= reports_poll,
	.llseek		= reports_llseek,
};

/* Only where there are several. */
static void show_node(struct seq_file *m, int node)
{
	const struct kmemcheck_part *part;
	unsigned long size = 0, used = 0;

	for_each_part(part)
		if (part->node == node) {
			size += part->size;
			used += kmemcheck_part_used(part);
		}
	if (size != kmemcheck_pool_reserved())
		seq_printf(m, "pool of node %d: %lu\npool used of node %d: %lu\n",
			   node, size, node, used);
}

static int stats_show(struct seq_file *m, void *unused)
{
	static const char * const modes[] = { "disabled", "enabled", "one-shot" };
	const struct kmemcheck_part *part;
	unsigned long used = 0;
	const char *name;
	u64 count;
	int i, node;

	seq_printf(m, "mode: %s\n", modes[READ_ONCE(kmemcheck_mode)]);
	seq_printf(m, "engine: %s\n", kmemcheck_arch.engine());
	seq_printf(m, "pool: %lu\n", kmemcheck_pool_reserved());
	for_each_part(part)
		used += kmemcheck_part_used(part);
	seq_printf(m, "pool used: %lu\n", used);
	for_each_online_node(node)
		show_node(m, node);
	for (i = 0; i < KMEMCHECK_NR_COUNTERS; i++)
		seq_printf(m, "%s: %llu\n", kmemcheck_counter_names[i],
			   kmemcheck_counter(i));
	if (kmemcheck_last_self_test())
		seq_printf(m, "seconds since self-test: %llu\n",
			   div_u64(ktime_get_boottime_ns() - kmemcheck_last_self_test(),
				   NSEC_PER_SEC));
	for (i = 0; (name = kmemcheck_arch.fault_class(i, &count)); i++)
		seq_printf(m, "faults by %s: %llu\n", name, count);
	for (i = 0; i < KMEMCHECK_UNKNOWN_MAX && kmemcheck_unknown[i]; i++)
		seq_printf(m, "unknown instruction: %pS\n", (void *)kmemcheck_unknown[i]);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(stats);

void __init kmemcheck_debugfs_init(void)
{
	struct dentry *dir = debugfs_create_dir("kmemcheck", NULL);

	debugfs_create_file("reports", 0400, dir, NULL, &reports_fops);
	debugfs_create_file("stats", 0400, dir, NULL, &stats_fops);
	kmemcheck_profile_init(dir);
}
