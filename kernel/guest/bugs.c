// SPDX-License-Identifier: GPL-2.0-only
/*
 * Trigger bugs that Linux once had and that the patches of tests/guest/bugs
 * bring back. Where they are fixed, the same steps are harmless.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/can.h>
#include <linux/can/bcm.h>
#include <linux/genetlink.h>
#include <linux/loop.h>
#include <linux/nilfs2_api.h>
#include <linux/rtnetlink.h>
#include <linux/tipc_netlink.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static int failed(const char *what)
{
	fprintf(stderr, "bugs: %s: %s\n", what, strerror(errno));
	return -1;
}

static int unexpected(const char *what)
{
	fprintf(stderr, "bugs: %s\n", what);
	return -1;
}

#define MOUNTED	"/tmp/mounted"

/* The image TYPE.img of the current directory onto MOUNTED, to be read only. */
static int mount_image(const char *type, const char *options)
{
	struct loop_config config = {
		.info.lo_flags = LO_FLAGS_AUTOCLEAR | LO_FLAGS_READ_ONLY,
	};
	int number, image, loop, control = open("/dev/loop-control", O_RDWR);
	char name[32];

	if (control < 0)
		return failed("/dev/loop-control");
	number = ioctl(control, LOOP_CTL_GET_FREE);
	if (number < 0)
		return failed("no free loop device");
	close(control);
	snprintf(name, sizeof(name), "%s.img", type);
	image = open(name, O_RDONLY);
	if (image < 0)
		return failed(name);
	config.fd = image;
	snprintf(name, sizeof(name), "/dev/loop%d", number);
	loop = open(name, O_RDONLY);
	if (loop < 0 || ioctl(loop, LOOP_CONFIGURE, &config))
		return failed(name);
	if (mkdir(MOUNTED, 0700) && errno != EEXIST)
		return failed(MOUNTED);
	if (mount(name, MOUNTED, type, MS_RDONLY, options))
		return failed(type);
	close(image);
	close(loop);
	return 0;
}

static int unmount(void)
{
	return umount(MOUNTED) ? failed("umount") : 0;
}

/* Without a parent, a handle is 12 bytes, of which the file system sets 10. */
#define HANDLE	12

static int leak_handle(void)
{
	union {
		struct file_handle head;
		char room[sizeof(struct file_handle) + HANDLE];
	} handle = { .head.handle_bytes = HANDLE };
	int mount_id;

	if (mount_image("vfat", "nfs=nostale_ro"))
		return -1;
	if (name_to_handle_at(AT_FDCWD, MOUNTED, &handle.head, &mount_id, 0))
		return failed("name_to_handle_at");
	if (handle.head.handle_bytes != HANDLE)
		return unexpected("vfat: the handle has another size");
	printf("bugs: vfat: the handle ends in %02x %02x\n",
	       handle.head.f_handle[HANDLE - 2], handle.head.f_handle[HANDLE - 1]);
	return unmount();
}

/* A message that grows by attributes. The room is small and so are they. */
struct message {
	struct nlmsghdr head;
	char room[256 - sizeof(struct nlmsghdr)];
};

static void *append(struct message *m, const void *data, size_t size)
{
	void *place = (char *)m + NLMSG_ALIGN(m->head.nlmsg_len);

	m->head.nlmsg_len = NLMSG_ALIGN(m->head.nlmsg_len) + size;
	return memcpy(place, data, size);
}

static struct nlattr *attribute(struct message *m, int type, const void *data, size_t size)
{
	struct nlattr head = { .nla_len = NLA_HDRLEN + size, .nla_type = type };
	struct nlattr *place = append(m, &head, sizeof(head));

	append(m, data, size);
	return place;
}

/* The attributes that were added since are in this one. */
static void close_nest(const struct message *m, struct nlattr *nest)
{
	nest->nla_len = (const char *)m + m->head.nlmsg_len - (const char *)nest;
}

/*
 * Send m without a byte behind its last attribute; the answer replaces it.
 * Return: the error number in the answer, or -1, and it has said why.
 */
static int talk(int protocol, struct message *m)
{
	int error, fd = socket(AF_NETLINK, SOCK_RAW, protocol);
	ssize_t size;

	if (fd < 0)
		return failed("netlink socket");
	if (send(fd, m, m->head.nlmsg_len, 0) < 0)
		return failed("netlink send");
	size = recv(fd, m, sizeof(*m), 0);
	if (size < 0)
		return failed("netlink recv");
	close(fd);
	if (size < (ssize_t)NLMSG_LENGTH(sizeof(error)))
		return unexpected("netlink: a short answer");
	if (m->head.nlmsg_type != NLMSG_ERROR)
		return 0;
	memcpy(&error, NLMSG_DATA(&m->head), sizeof(error));
	return -error;
}

#define DEVICE	"kmcbugs"

static int add_vcan(void)
{
	struct message m = { .head = {
		.nlmsg_len = NLMSG_HDRLEN,
		.nlmsg_type = RTM_NEWLINK,
		.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL,
	} };
	struct ifinfomsg link = { .ifi_family = AF_UNSPEC };
	struct nlattr *info;
	int error;

	append(&m, &link, sizeof(link));
	attribute(&m, IFLA_IFNAME, DEVICE, sizeof(DEVICE));
	info = attribute(&m, IFLA_LINKINFO, NULL, 0);
	attribute(&m, IFLA_INFO_KIND, "vcan", strlen("vcan"));
	close_nest(&m, info);
	error = talk(NETLINK_ROUTE, &m);
	if (error <= 0)
		return error;
	errno = error;
	return failed("vcan");
}

/* The frames are where nothing can be read: none of them arrives. */
static int send_bad_frames(int fd)
{
	struct bcm_msg_head head = { .opcode = TX_SETUP, .can_id = 1, .nframes = 2 };
	size_t size = head.nframes * sizeof(struct can_frame);
	void *bad = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct iovec parts[] = {
		{ .iov_base = &head, .iov_len = sizeof(head) },
		{ .iov_base = bad, .iov_len = size },
	};
	struct msghdr msg = { .msg_iov = parts, .msg_iovlen = 2 };

	if (bad == MAP_FAILED)
		return failed("mmap");
	if (sendmsg(fd, &msg, 0) >= 0)
		return unexpected("can: TX_SETUP took frames that are not there");
	/* An old kernel may take what is in the frame for an error of its own. */
	if (errno != EFAULT && errno != EINVAL)
		return failed("can: TX_SETUP");
	printf("bugs: can: TX_SETUP says: %s\n", strerror(errno));
	munmap(bad, size);
	return 0;
}

static int look_at_lost_frame(void)
{
	struct sockaddr_can where = { .can_family = AF_CAN };
	int result, fd = socket(AF_CAN, SOCK_DGRAM, CAN_BCM);

	if (fd < 0)
		return failed("CAN_BCM socket");
	if (add_vcan())
		return -1;
	where.can_ifindex = if_nametoindex(DEVICE);
	if (!where.can_ifindex)
		return failed(DEVICE);
	if (connect(fd, (struct sockaddr *)&where, sizeof(where)))
		return failed("connect to " DEVICE);
	result = send_bad_frames(fd);
	close(fd);
	return result;
}

static struct message generic(int family, int command, int version)
{
	struct genlmsghdr head = { .cmd = command, .version = version };
	struct message m = { .head = {
		.nlmsg_len = NLMSG_HDRLEN,
		.nlmsg_type = family,
		.nlmsg_flags = NLM_F_REQUEST,
	} };

	append(&m, &head, sizeof(head));
	return m;
}

/* Return: the number of the family, or -1, and it has said why. */
static int tipc_family(void)
{
	struct message m = generic(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 1);
	size_t pos = NLMSG_LENGTH(GENL_HDRLEN);
	struct nlattr head;
	__u16 id;

	attribute(&m, CTRL_ATTR_FAMILY_NAME, TIPC_GENL_V2_NAME, sizeof(TIPC_GENL_V2_NAME));
	errno = talk(NETLINK_GENERIC, &m);
	if (errno)
		return failed(TIPC_GENL_V2_NAME);
	for (; pos + sizeof(head) + sizeof(id) <= sizeof(m); pos += NLA_ALIGN(head.nla_len)) {
		memcpy(&head, (char *)&m + pos, sizeof(head));
		memcpy(&id, (char *)&m + pos + NLA_HDRLEN, sizeof(id));
		if (head.nla_type == CTRL_ATTR_FAMILY_ID)
			return id;
		if (head.nla_len < NLA_HDRLEN)
			break;
	}
	return unexpected("the family " TIPC_GENL_V2_NAME " has no number");
}

/*
 * The kernel copies up to four words of a name. This one is three words long, so
 * that the fourth lies wholly behind the message. It names no medium: that would be
 * looked for, and the name printed.
 */
static int name_without_end(void)
{
	static const char name[] = "no medium and no NUL end";
	int error, family = tipc_family();
	struct nlattr *bearer;
	struct message m;

	if (family < 0)
		return -1;
	m = generic(family, TIPC_NL_BEARER_ENABLE, TIPC_GENL_V2_VERSION);
	m.head.nlmsg_flags |= NLM_F_ACK;
	bearer = attribute(&m, TIPC_NLA_BEARER, NULL, 0);
	attribute(&m, TIPC_NLA_BEARER_NAME, name, strlen(name));
	close_nest(&m, bearer);
	printf("bugs: tipc: a name ends with the message after %u bytes\n", m.head.nlmsg_len);
	error = talk(NETLINK_GENERIC, &m);
	if (error < 0)
		return -1;
	if (error != EINVAL) {
		errno = error;
		return failed("tipc: not refused as invalid");
	}
	return 0;
}

/* An item is 16 bytes, a page of room is given to it. */
static int leak_page(void)
{
	static char page[4096];
	struct nilfs_argv argv = {
		.v_base = (unsigned long)page,
		.v_nmembs = 1,
		.v_size = sizeof(page),
	};
	size_t strange = 0;
	int fd;

	if (mount_image("nilfs2", NULL))
		return -1;
	fd = open(MOUNTED, O_RDONLY | O_DIRECTORY);
	if (fd < 0)
		return failed(MOUNTED);
	if (ioctl(fd, NILFS_IOCTL_GET_SUINFO, &argv))
		return failed("NILFS_IOCTL_GET_SUINFO");
	if (argv.v_nmembs != 1)
		return unexpected("nilfs2: no information on the first segment");
	for (size_t i = sizeof(struct nilfs_suinfo); i < sizeof(page); i++)
		strange += page[i] != 0;
	printf("bugs: nilfs2: %zu bytes behind the item are not 0\n", strange);
	close(fd);
	return unmount();
}

static const struct bug {
	const char *name;
	int (*trigger)(void);
} bugs[] = {
	{ "vfat", leak_handle },
	{ "can", look_at_lost_frame },
	{ "tipc", name_without_end },
	{ "nilfs2", leak_page },
};

static const struct bug *find(const char *name)
{
	for (size_t i = 0; i < sizeof(bugs) / sizeof(*bugs); i++)
		if (!strcmp(bugs[i].name, name))
			return &bugs[i];
	return NULL;
}

int main(int argc, char **argv)
{
	const struct bug *bug = argc == 2 ? find(argv[1]) : NULL;

	if (!bug) {
		fputs("usage: bugs vfat|can|tipc|nilfs2\n"
		      "Trigger a bug. vfat.img and nilfs2.img are in the current directory.\n",
		      stderr);
		return 2;
	}
	return bug->trigger() ? 1 : 0;
}
