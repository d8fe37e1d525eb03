/* SPDX-License-Identifier: GPL-2.0-only */
/* What the triggers of the known bugs share. */
#ifndef KMC_BUGS_H
#define KMC_BUGS_H

#include <linux/netlink.h>
#include <stddef.h>

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* Return: -1. The first one says what errno is. */
int failed(const char *what);
int unexpected(const char *what);

/* A message that grows by attributes. The room is small and so are they. */
struct message {
	struct nlmsghdr head;
	char room[256 - sizeof(struct nlmsghdr)];
};

void *append(struct message *m, const void *data, size_t size);
struct nlattr *attribute(struct message *m, int type, const void *data, size_t size);

/* The attributes that were added since are in this one. */
void close_nest(const struct message *m, struct nlattr *nest);

/*
 * Send m without a byte behind its last attribute; the answer replaces it.
 * Return: the error number in the answer, or -1, and it has said why.
 */
int talk_on(int fd, struct message *m);
int talk(int protocol, struct message *m);

/* Return: the number of the family, or -1, and it has said why. */
int generic_family(const char *name);
struct message generic(int family, int command, int version);

int add_device(const char *kind, const char *name);
int bring_up(const char *name);

/* The triggers, a file's worth of each subject. Return: 0, or -1, and it has said why. */
int leak_handle(void);
int leak_page(void);
int look_at_lost_frame(void);
int leak_rest_of_frame(void);
int leak_rest_of_last_frame(void);
int name_without_end(void);
int leak_group_of_nexthops(void);
int leak_padding_of_option(void);
int count_by_lost_type(void);
int count_by_lost_type6(void);
int resume_without_port(void);
int reset_without_version(void);
int frame_without_length(void);
int target_without_id(void);
int protocol_without_code(void);
int protocol_without_code_sync(void);

#endif
