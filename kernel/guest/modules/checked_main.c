// SPDX-License-Identifier: GPL-2.0-only
/*
 * One file in debugfs/checked for each bug; writing to it makes that bug happen.
 */
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/module.h>

#include "checked.h"

static ssize_t bug_write(struct file *file, const char __user *from, size_t size, loff_t *ppos)
{
	const struct checked_bug *bug = file_inode(file)->i_private;

	bug->trigger();
	return size;
}

static const struct file_operations bug_fops = {
	.owner	= THIS_MODULE,
	.open	= simple_open,
	.write	= bug_write,
};

static struct dentry *dir;

static void add(const struct checked_bug *bug)
{
	for (; bug->name; bug++)
		debugfs_create_file(bug->name, 0200, dir, (void *)bug, &bug_fops);
}

static int __init checked_init(void)
{
	dir = debugfs_create_dir("checked", NULL);
	add(checked_heap);
	add(checked_blind);
	add(checked_undefined);
	return 0;
}

static void __exit checked_exit(void)
{
	debugfs_remove(dir);
}

module_init(checked_init);
module_exit(checked_exit);
MODULE_DESCRIPTION("Bugs for other checkers to find");
MODULE_LICENSE("GPL");
