// SPDX-License-Identifier: GPL-2.0-only
/* IPsec: states and policies, traffic under them, and the ciphers for user space. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/if_alg.h>
#include <linux/if_link.h>
#include <linux/pfkeyv2.h>
#include <linux/xfrm.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "net.h"
#include "wide.h"

static const struct transform {
	int protocol, mode;
	const char *aead, *auth, *crypt, *comp;
	int family;
	unsigned int replay_window;
} transforms[] = {
	{ IPPROTO_ESP, XFRM_MODE_TRANSPORT, NULL, "hmac(sha256)", "cbc(aes)", NULL, AF_INET, 32 },
	{ IPPROTO_ESP, XFRM_MODE_TUNNEL, "rfc4106(gcm(aes))", NULL, NULL, NULL, AF_INET, 128 },
	{ IPPROTO_AH, XFRM_MODE_TRANSPORT, NULL, "hmac(sha1)", NULL, NULL, AF_INET, 32 },
	{ IPPROTO_ESP, XFRM_MODE_TUNNEL, NULL, "hmac(sha1)", "cbc(aes)", NULL, AF_INET6, 32 },
	{ IPPROTO_ESP, XFRM_MODE_TRANSPORT, "rfc4106(gcm(aes))", NULL, NULL, NULL, AF_INET6, 64 },
	{ IPPROTO_AH, XFRM_MODE_TRANSPORT, NULL, "hmac(sha256)", NULL, NULL, AF_INET6, 32 },
	{ IPPROTO_COMP, XFRM_MODE_TRANSPORT, NULL, NULL, NULL, "deflate", AF_INET, 0 },
};

static const char * const ends[][SIDES] = {
	{ "10.0.0.1", "10.0.0.2" }, { "fd00::1", "fd00::2" }
};

static void to_address(xfrm_address_t *to, const char *text)
{
	struct sockaddr_in6 a;

	if (net_parse(text, 0, &a) == sizeof(a))
		memcpy(to->a6, &a.sin6_addr, 16);
	else
		to->a4 = ((struct sockaddr_in *)&a)->sin_addr.s_addr;
}

static void algorithm(struct request *r, int type, const char *name, unsigned int bits)
{
	struct {
		struct xfrm_algo alg;
		char key[64];
	} a = { .alg.alg_key_len = bits };

	strcpy(a.alg.alg_name, name);
	memset(a.key, 0x5a, sizeof(a.key));
	nl_add(r, type, &a, sizeof(a.alg) + bits / 8);
}

static void algorithms(struct request *r, const struct transform *t)
{
	struct {
		struct xfrm_algo_aead alg;
		char key[20];
	} aead = { .alg.alg_key_len = 160, .alg.alg_icv_len = 128 };
	struct {
		struct xfrm_algo_auth alg;
		char key[32];
	} trunc = { .alg.alg_key_len = 256, .alg.alg_trunc_len = 128 };

	if (t->aead) {
		strcpy(aead.alg.alg_name, t->aead);
		memset(aead.key, 0x33, sizeof(aead.key));
		nl_add(r, XFRMA_ALG_AEAD, &aead, sizeof(aead.alg) + sizeof(aead.key));
	}
	if (t->auth && !strcmp(t->auth, "hmac(sha256)")) {
		strcpy(trunc.alg.alg_name, t->auth);
		nl_add(r, XFRMA_ALG_AUTH_TRUNC, &trunc, sizeof(trunc.alg) + sizeof(trunc.key));
	} else if (t->auth) {
		algorithm(r, XFRMA_ALG_AUTH, t->auth, 160);
	}
	if (t->crypt)
		algorithm(r, XFRMA_ALG_CRYPT, t->crypt, 128);
	if (t->comp)
		algorithm(r, XFRMA_ALG_COMP, t->comp, 0);
}

static int xfrm_fd[SIDES];

/* net_do() talks to rtnetlink. */
static void xfrm_do(int side, struct request *r)
{
	r->header.nlmsg_flags |= NLM_F_ACK;
	errno = nl_talk(xfrm_fd[side], r);
	need(!errno);
}

static void add_state(const struct transform *t, int side, int from, int type)
{
	const char * const *end = ends[t->family == AF_INET6];
	struct xfrm_usersa_info sa = {
		.family = t->family, .mode = t->mode, .reqid = 1,
		.id.proto = t->protocol, .id.spi = htonl(t->comp ? 0x100 + from : 0x1000 + from),
		.lft = { XFRM_INF, XFRM_INF, XFRM_INF, XFRM_INF, 0, 0, 0, 0 },
		.replay_window = t->replay_window > 32 ? 0 : t->replay_window,
		.sel.family = t->family,
	};
	struct {
		struct xfrm_replay_state_esn esn;
		unsigned int bitmap[4];
	} esn = { .esn = { .bmp_len = 4, .replay_window = t->replay_window } };
	struct request r;

	to_address(&sa.saddr, end[from]);
	to_address(&sa.id.daddr, end[!from]);
	if (t->replay_window > 32)
		sa.flags |= XFRM_STATE_ESN;
	nl_begin(&r, type, NLM_F_CREATE, &sa, sizeof(sa));
	algorithms(&r, t);
	if (t->replay_window > 32)
		nl_add(&r, XFRMA_REPLAY_ESN_VAL, &esn, sizeof(esn.esn) + sizeof(esn.bitmap));
	if (t->replay_window == 32)
		nl_add(&r, XFRMA_MARK, &(struct xfrm_mark){ 0, 0 }, sizeof(struct xfrm_mark));
	xfrm_do(side, &r);
}

static void add_policy(const struct transform *t, int side, int direction)
{
	const char * const *end = ends[t->family == AF_INET6];
	int from = direction == XFRM_POLICY_OUT ? side : !side;
	struct xfrm_userpolicy_info policy = {
		.sel.family = t->family,
		.lft = { XFRM_INF, XFRM_INF, XFRM_INF, XFRM_INF, 0, 0, 0, 0 },
		.dir = direction, .action = XFRM_POLICY_ALLOW, .share = XFRM_SHARE_ANY,
		.priority = 10,
	};
	struct xfrm_user_tmpl template = {
		.family = t->family, .mode = t->mode, .reqid = 1, .id.proto = t->protocol,
		.aalgos = ~0u, .ealgos = ~0u, .calgos = ~0u, .optional = t->comp != NULL,
	};
	struct request r;

	to_address(&policy.sel.saddr, end[from]);
	to_address(&policy.sel.daddr, end[!from]);
	policy.sel.prefixlen_s = policy.sel.prefixlen_d = t->family == AF_INET ? 32 : 128;
	/* Neighbour discovery goes without. */
	policy.sel.proto = t->family == AF_INET6 ? IPPROTO_UDP : 0;
	template.saddr = policy.sel.saddr;
	template.id.daddr = policy.sel.daddr;
	nl_begin(&r, XFRM_MSG_NEWPOLICY, NLM_F_CREATE, &policy, sizeof(policy));
	nl_add(&r, XFRMA_TMPL, &template, sizeof(template));
	xfrm_do(side, &r);
}

static void ask(int side, int type, int flags, const void *body, size_t size)
{
	struct request r;

	nl_begin(&r, type, NLM_F_ACK | flags, body, size);
	errno = nl_talk(xfrm_fd[side], &r);
	need(!errno);
}

static void look(const struct transform *t, int side)
{
	struct xfrm_aevent_id id = { .sa_id = { .spi = htonl(t->comp ? 0x100 : 0x1000),
						.family = t->family, .proto = t->protocol } };
	struct xfrm_usersa_id sa;
	unsigned int flags = 0;

	to_address(&id.sa_id.daddr, ends[t->family == AF_INET6][1]);
	sa = id.sa_id;
	ask(side, XFRM_MSG_GETSA, NLM_F_DUMP, &(struct xfrm_usersa_id){ }, sizeof(sa));
	ask(side, XFRM_MSG_GETPOLICY, NLM_F_DUMP, &(struct xfrm_userpolicy_id){ },
	    sizeof(struct xfrm_userpolicy_id));
	ask(side, XFRM_MSG_GETSADINFO, 0, &flags, sizeof(flags));
	ask(side, XFRM_MSG_GETSPDINFO, 0, &flags, sizeof(flags));
	ask(side, XFRM_MSG_GETSA, 0, &sa, sizeof(sa));
	ask(side, XFRM_MSG_GETAE, 0, &id, sizeof(id));
}

/* The older way to ask for the same. */
static void look_by_key(void)
{
	struct sadb_msg m = { PF_KEY_V2, SADB_DUMP, 0, SADB_SATYPE_UNSPEC, 2, 0, 1, getpid() };
	int fd = socket(PF_KEY, SOCK_RAW, PF_KEY_V2);
	struct pollfd p = { fd, POLLIN, 0 };
	static char answer[8192];

	need(fd >= 0 && write(fd, &m, sizeof(m)) == sizeof(m));
	while (poll(&p, 1, 200) == 1)
		need(read(fd, answer, sizeof(answer)) > 0);
	m.sadb_msg_type = 18;		/* SADB_X_SPDDUMP */
	need(write(fd, &m, sizeof(m)) == sizeof(m));
	while (poll(&p, 1, 200) == 1)
		need(read(fd, answer, sizeof(answer)) > 0);
	need(!close(fd));
}

static int listener(void)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = 0x7f };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK, NETLINK_XFRM);

	need(fd >= 0 && !bind(fd, (struct sockaddr *)&address, sizeof(address)));
	return fd;
}

static void larval_state(const struct transform *t)
{
	struct xfrm_userspi_info info = {
		.info = { .family = t->family, .mode = t->mode, .id.proto = t->protocol },
		.min = 0x200, .max = 0x300,
	};

	to_address(&info.info.id.daddr, ends[t->family == AF_INET6][1]);
	to_address(&info.info.saddr, ends[t->family == AF_INET6][0]);
	ask(0, XFRM_MSG_ALLOCSPI, 0, &info, sizeof(info));
}

static void run_xfrm(unsigned int round)
{
	const struct transform *t = &transforms[round % ARRAY_SIZE(transforms)];
	const char *to = ends[t->family == AF_INET6][1];
	static char event[32768];
	int ear;

	net_pair();
	net_datagrams(to, 10);
	for (int side = 0; side < SIDES; side++) {
		net_enter(side);
		xfrm_fd[side] = nl_open(NETLINK_XFRM);
	}
	net_enter(0);
	ear = listener();
	for (int side = SIDES - 1; side >= 0; side--) {
		net_enter(side);
		add_state(t, side, 0, XFRM_MSG_NEWSA);
		add_state(t, side, 1, XFRM_MSG_NEWSA);
		add_policy(t, side, XFRM_POLICY_OUT);
		add_policy(t, side, XFRM_POLICY_IN);
	}
	if (t->family == AF_INET) {
		net_exchange(to);
	} else {
		net_datagrams(to, 100);
		net_datagrams(to, 3000);
	}
	for (int side = 0; side < SIDES; side++) {
		net_enter(side);
		look(t, side);
		look_by_key();
	}
	net_enter(0);
	larval_state(t);
	add_state(t, 0, 0, XFRM_MSG_UPDSA);
	ask(0, XFRM_MSG_FLUSHSA, 0, &(struct xfrm_usersa_flush){ 0 },
	    sizeof(struct xfrm_usersa_flush));
	ask(0, XFRM_MSG_FLUSHPOLICY, 0, NULL, 0);
	while (recv(ear, event, sizeof(event), 0) > 0)
		;
	need(!close(ear));
}

/* Devices that have policies of their own. */
static void run_xfrm_device(unsigned int round)
{
	struct request r;

	(void)round;
	net_pair();
	net_link(&r, "xfrmi", "xfrm", 0);
	net_u32(&r, IFLA_XFRM_LINK, net_index("cable"));
	net_u32(&r, IFLA_XFRM_IF_ID, 7);
	net_link_end(&r);
	net_up("xfrmi");
	net_address("xfrmi", "10.30.0.1", 24);
	net_look();
	net_remove("xfrmi");
}

static void cipher(const char *type, const char *name, int key_size)
{
	struct sockaddr_alg address = { .salg_family = AF_ALG };
	union {
		struct cmsghdr align;
		char data[CMSG_SPACE(4) + CMSG_SPACE(4 + 16) + CMSG_SPACE(4)];
	} control = { };
	char text[256] = "text";
	struct iovec iov = { text, sizeof(text) };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control };
	int fd = socket(AF_ALG, SOCK_SEQPACKET, 0), op;
	struct cmsghdr *c = &control.align;

	strcpy((char *)address.salg_type, type);
	strcpy((char *)address.salg_name, name);
	need(fd >= 0 && !bind(fd, (struct sockaddr *)&address, sizeof(address)));
	if (key_size)
		need(!setsockopt(fd, SOL_ALG, ALG_SET_KEY, "0123456789abcdef0123456789abcdef",
				 key_size));
	op = accept(fd, NULL, NULL);
	need(op >= 0);
	if (!strcmp(type, "hash")) {
		need(send(op, text, sizeof(text), MSG_MORE) == sizeof(text));
		need(send(op, text, 10, 0) == 10);
		need(read(op, text, 20) == 20);
	} else {
		m.msg_controllen = CMSG_SPACE(4) + CMSG_SPACE(4 + 16);
		c->cmsg_level = SOL_ALG;
		c->cmsg_type = ALG_SET_OP;
		c->cmsg_len = CMSG_LEN(4);
		*(int *)CMSG_DATA(c) = ALG_OP_ENCRYPT;
		c = (void *)(control.data + CMSG_SPACE(4));
		c->cmsg_level = SOL_ALG;
		c->cmsg_type = ALG_SET_IV;
		c->cmsg_len = CMSG_LEN(4 + 16);
		((struct af_alg_iv *)CMSG_DATA(c))->ivlen = 16;
		need(sendmsg(op, &m, 0) == sizeof(text));
		need(read(op, text, sizeof(text)) == sizeof(text));
	}
	need(!close(op) && !close(fd));
}

static void run_alg(unsigned int round)
{
	(void)round;
	cipher("hash", "sha1", 0);
	cipher("hash", "sha256", 0);
	cipher("hash", "hmac(sha1)", 20);
	cipher("skcipher", "cbc(aes)", 16);
	cipher("skcipher", "ctr(aes)", 32);
}

const struct part xfrm_parts[] = {
	{ "xfrm", run_xfrm },
	{ "xfrm-device", run_xfrm_device },
	{ "alg", run_alg },
	{ }
};
