// SPDX-License-Identifier: GPL-2.0-only
/* SCTP, MPTCP, vsock and TIPC. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/genetlink.h>
#include <linux/inet_diag.h>
#include <linux/netlink_diag.h>
#include <linux/sctp.h>
#include <linux/sock_diag.h>
#include <linux/tipc.h>
#include <linux/tipc_netlink.h>
#include <linux/tipc_sockets_diag.h>
#include <linux/vm_sockets.h>
#include <linux/vm_sockets_diag.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include "net.h"
#include "wide.h"

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP	262
#endif

#define PATIENCE_MS	10000

static void wait_for(int fd)
{
	struct pollfd p = { fd, POLLIN, 0 };

	need(poll(&p, 1, PATIENCE_MS) == 1);
}

static void ask(const void *question, size_t size)
{
	int fd = nl_open(NETLINK_SOCK_DIAG);
	struct request r;

	nl_begin(&r, SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, question, size);
	errno = nl_talk(fd, &r);
	need(!errno && !close(fd));
}

static void ask_inet(int family, int protocol)
{
	struct inet_diag_req_v2 question = { family, protocol & 0xff, 0xff, 0, ~0u, { } };

	ask(&question, sizeof(question));
}

/* Messages of several sizes on several streams, with what is told about them. */
static void sctp_messages(int from, int to, const void *address, socklen_t length)
{
	union {
		struct cmsghdr header;
		char data[CMSG_SPACE(sizeof(struct sctp_sndinfo))];
	} control = { };
	struct sctp_sndinfo info = { .snd_sid = 1, .snd_ppid = htonl(7) };
	static char data[8000], got[8192], ancillary[512];
	struct iovec iov = { data, 1 }, in = { got, sizeof(got) };
	struct msghdr m = { .msg_name = (void *)address, .msg_namelen = length, .msg_iov = &iov,
			    .msg_iovlen = 1, .msg_control = &control,
			    .msg_controllen = sizeof(control) };
	struct msghdr back = { .msg_iov = &in, .msg_iovlen = 1, .msg_control = ancillary };
	int seen = 0;

	control.header.cmsg_level = IPPROTO_SCTP;
	control.header.cmsg_type = SCTP_SNDINFO;
	control.header.cmsg_len = CMSG_LEN(sizeof(info));
	memcpy(CMSG_DATA(&control.header), &info, sizeof(info));
	for (iov.iov_len = 1; iov.iov_len < sizeof(data); iov.iov_len *= 6)
		need(sendmsg(from, &m, 0) == (ssize_t)iov.iov_len);
	for (size_t size = 1; size < sizeof(data);) {
		wait_for(to);
		back.msg_controllen = sizeof(ancillary);
		need(recvmsg(to, &back, 0) > 0);
		if (!(back.msg_flags & MSG_NOTIFICATION) && back.msg_flags & MSG_EOR)
			size *= 6;
		seen++;
	}
	need(seen);
}

static void sctp_options(int fd, sctp_assoc_t id)
{
	static const int options[] = {
		SCTP_RTOINFO, SCTP_ASSOCINFO, SCTP_INITMSG, SCTP_PEER_ADDR_PARAMS,
		SCTP_DEFAULT_SEND_PARAM, SCTP_EVENTS, SCTP_MAXSEG, SCTP_STATUS,
		SCTP_GET_ASSOC_STATS,
		SCTP_DELAYED_SACK, SCTP_MAX_BURST, SCTP_CONTEXT, SCTP_DEFAULT_SNDINFO,
		SCTP_HMAC_IDENT,
		SCTP_PEER_AUTH_CHUNKS, SCTP_LOCAL_AUTH_CHUNKS, SCTP_GET_ASSOC_NUMBER,
		SCTP_PRIMARY_ADDR,
		SCTP_PR_STREAM_STATUS, SCTP_PEER_ADDR_THLDS, SCTP_GET_PEER_ADDRS,
		SCTP_GET_LOCAL_ADDRS,
		SCTP_STREAM_SCHEDULER, SCTP_ENABLE_STREAM_RESET, SCTP_GET_ASSOC_ID_LIST,
	};
	static char data[4096];

	for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
		socklen_t size = sizeof(data);

		memset(data, 0, sizeof(data));
		memcpy(data, &id, sizeof(id));
		/* Some want their size to the byte; what it is, is theirs to know. */
		if (getsockopt(fd, IPPROTO_SCTP, options[i], data, &size))
			need(errno == EINVAL || errno == EACCES || errno == EOPNOTSUPP);
	}
}

static void sctp_subscribe(int fd)
{
	struct sctp_event_subscribe events = {
		.sctp_data_io_event = 1, .sctp_association_event = 1, .sctp_address_event = 1,
		.sctp_shutdown_event = 1, .sctp_send_failure_event = 1, .sctp_peer_error_event = 1,
		.sctp_sender_dry_event = 1,
	};
	struct sctp_initmsg init = { 4, 4, 4, 1000 };
	int on = 1;

	need(!setsockopt(fd, IPPROTO_SCTP, SCTP_EVENTS, &events, sizeof(events)));
	need(!setsockopt(fd, IPPROTO_SCTP, SCTP_INITMSG, &init, sizeof(init)));
	need(!setsockopt(fd, IPPROTO_SCTP, SCTP_RECVRCVINFO, &on, sizeof(on)));
	need(!setsockopt(fd, IPPROTO_SCTP, SCTP_RECVNXTINFO, &on, sizeof(on)));
}

static void run_sctp(unsigned int round)
{
	const char *text = round & 1 ? "fd00::2" : "10.0.0.2";
	int type = round & 2 ? SOCK_SEQPACKET : SOCK_STREAM;
	struct sockaddr_in6 address, second;
	socklen_t length = net_parse(text, 6000, &address), size;
	sctp_peeloff_arg_t peel = { };
	struct sctp_status status = { };
	int here, there, listener, received;

	net_pair();
	net_enter(1);
	net_address("cable", "10.0.0.3", 24);
	listener = socket(address.sin6_family, type, IPPROTO_SCTP);
	need(listener >= 0 && !bind(listener, (struct sockaddr *)&address, length));
	sctp_subscribe(listener);
	if (!(round & 1)) {
		size = net_parse("10.0.0.3", 6000, &second);
		need(!setsockopt(listener, IPPROTO_SCTP, SCTP_SOCKOPT_BINDX_ADD, &second, size));
	}
	need(!listen(listener, 4));
	net_enter(0);
	here = socket(address.sin6_family, type, IPPROTO_SCTP);
	sctp_subscribe(here);
	need(!connect(here, (struct sockaddr *)&address, length));
	there = received = listener;
	if (type == SOCK_STREAM) {
		there = received = accept(listener, NULL, NULL);
		need(there >= 0);
	}
	sctp_messages(here, received, type == SOCK_STREAM ? NULL : &address,
		      type == SOCK_STREAM ? 0 : length);
	size = sizeof(status);
	status.sstat_assoc_id = type == SOCK_STREAM ? 0 : SCTP_CURRENT_ASSOC;
	if (!getsockopt(here, IPPROTO_SCTP, SCTP_STATUS, &status, &size))
		peel.associd = status.sstat_assoc_id;
	sctp_options(here, peel.associd);
	sctp_options(there, 0);
	ask_inet(address.sin6_family, IPPROTO_SCTP);
	net_look();
	need(!close(here));
	if (there != listener)
		need(!close(there));
	need(!close(listener));
}

static void run_mptcp(unsigned int round)
{
	struct sockaddr_in6 address;
	socklen_t length = net_parse("10.0.0.2", 7000, &address);
	static char data[20000];
	int here, there, listener;

	(void)round;
	net_pair();
	net_enter(1);
	listener = socket(AF_INET, SOCK_STREAM, IPPROTO_MPTCP);
	need(listener >= 0 && !bind(listener, (struct sockaddr *)&address, length));
	need(!listen(listener, 4));
	net_enter(0);
	here = socket(AF_INET, SOCK_STREAM, IPPROTO_MPTCP);
	need(here >= 0 && !connect(here, (struct sockaddr *)&address, length));
	there = accept(listener, NULL, NULL);
	need(there >= 0);
	write_all(here, data, sizeof(data));
	read_all(there, data, sizeof(data));
	write_all(there, data, sizeof(data));
	read_all(here, data, sizeof(data));
	ask_inet(AF_INET, IPPROTO_TCP);
	need(!close(here) && !close(there) && !close(listener));
}

static void vsock(int type)
{
	struct sockaddr_vm address = { .svm_family = AF_VSOCK, .svm_cid = VMADDR_CID_ANY,
				       .svm_port = VMADDR_PORT_ANY };
	struct vsock_diag_req question = { .sdiag_family = AF_VSOCK, .vdiag_states = ~0u };
	int listener = socket(AF_VSOCK, type, 0), here = socket(AF_VSOCK, type, 0), there;
	socklen_t size = sizeof(address);
	static char data[8000];

	need(listener >= 0 && !bind(listener, (struct sockaddr *)&address, sizeof(address)));
	need(!getsockname(listener, (struct sockaddr *)&address, &size) && !listen(listener, 4));
	address.svm_cid = VMADDR_CID_LOCAL;
	need(here >= 0 && !connect(here, (struct sockaddr *)&address, sizeof(address)));
	there = accept(listener, NULL, NULL);
	need(there >= 0);
	for (size_t length = 1; length < sizeof(data); length *= 7) {
		need(send(here, data, length, 0) == (ssize_t)length);
		need(recv(there, data, length, MSG_WAITALL) == (ssize_t)length);
	}
	ask(&question, sizeof(question));
	need(!shutdown(here, SHUT_WR) && !recv(there, data, 1, 0));
	need(!close(here) && !close(there) && !close(listener));
}

static void run_vsock(unsigned int round)
{
	(void)round;
	vsock(SOCK_STREAM);
	vsock(SOCK_SEQPACKET);
}

#define SERVICE	18888

static struct sockaddr_tipc service(int type)
{
	struct sockaddr_tipc address = { .family = AF_TIPC, .addrtype = type,
					 .scope = TIPC_CLUSTER_SCOPE };

	address.addr.nameseq = (struct tipc_name_seq){ SERVICE, 0, 9 };
	if (type == TIPC_SERVICE_ADDR) {
		address.addr.name.name = (struct tipc_name){ SERVICE, 5 };
		address.addr.name.domain = 0;
	}
	return address;
}

/* The namespaces become nodes, and the cable what carries their messages. */
static void tipc_bearer(int fd, int family)
{
	struct rtattr *bearer;
	struct request r;

	net_genl(&r, family, TIPC_NL_BEARER_ENABLE, TIPC_GENL_V2_VERSION, NLM_F_ACK);
	bearer = net_nest(&r, TIPC_NLA_BEARER);
	net_text(&r, TIPC_NLA_BEARER_NAME, "eth:cable");
	nl_end(&r, bearer);
	errno = nl_talk(fd, &r);
	need(!errno);
}

static void tipc_look(int fd, int family)
{
	static const int commands[] = {
		TIPC_NL_BEARER_GET, TIPC_NL_SOCK_GET, TIPC_NL_LINK_GET, TIPC_NL_MEDIA_GET,
		TIPC_NL_NODE_GET, TIPC_NL_NET_GET, TIPC_NL_NAME_TABLE_GET, TIPC_NL_MON_GET,
	};
	struct tipc_sock_diag_req question = { .sdiag_family = AF_TIPC, .tidiag_states = ~0u };
	struct request r;

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		net_genl(&r, family, commands[i], TIPC_GENL_V2_VERSION, NLM_F_DUMP);
		nl_talk(fd, &r);
	}
	ask(&question, sizeof(question));
}

/* Return: a socket of the topology service, which tells what is there. */
static int tipc_watch(void)
{
	struct sockaddr_tipc top = { .family = AF_TIPC, .addrtype = TIPC_SERVICE_ADDR };
	struct tipc_subscr subscription = { { SERVICE, 0, ~0u }, TIPC_WAIT_FOREVER, TIPC_SUB_PORTS,
					    "kmc" };
	int fd = socket(AF_TIPC, SOCK_SEQPACKET, 0);

	top.addr.name.name = (struct tipc_name){ TIPC_TOP_SRV, TIPC_TOP_SRV };
	need(fd >= 0 && !connect(fd, (struct sockaddr *)&top, sizeof(top)));
	need(send(fd, &subscription, sizeof(subscription), 0) == sizeof(subscription));
	return fd;
}

static void tipc_datagrams(int type, struct sockaddr_tipc *to)
{
	struct sockaddr_tipc name = service(TIPC_SERVICE_RANGE), from;
	struct pollfd p = { .events = POLLIN };
	socklen_t size = sizeof(from);
	int here, there;
	static char data[3000];

	net_enter(1);
	there = socket(AF_TIPC, type, 0);
	need(there >= 0 && !bind(there, (struct sockaddr *)&name, sizeof(name)));
	net_enter(0);
	here = socket(AF_TIPC, type, 0);
	p.fd = there;
	for (int tries = 0; poll(&p, 1, 0) != 1; tries++) {
		need(tries < 50);
		sendto(here, data, sizeof(data), 0, (struct sockaddr *)to, sizeof(*to));
		poll(&p, 1, 300);
	}
	need(recvfrom(there, data, sizeof(data), 0, (struct sockaddr *)&from, &size) ==
	     sizeof(data));
	need(sendto(there, data, 100, 0, (struct sockaddr *)&from, size) == 100);
	wait_for(here);
	while (recv(here, data, sizeof(data), 0) != 100)
		wait_for(here);
	need(!close(here) && !close(there));
}

static void tipc_connection(int type, struct sockaddr_tipc *to)
{
	struct sockaddr_tipc name = service(TIPC_SERVICE_RANGE);
	struct pollfd p = { .events = POLLOUT };
	int here, there, listener;
	static char data[3000];

	net_enter(1);
	listener = socket(AF_TIPC, type, 0);
	need(listener >= 0 && !bind(listener, (struct sockaddr *)&name, sizeof(name)));
	need(!listen(listener, 4));
	net_enter(0);
	here = socket(AF_TIPC, type | SOCK_NONBLOCK, 0);
	/* It is accept() that answers: who waits for a connection in connect() does so for long. */
	for (int tries = 0; connect(here, (struct sockaddr *)to, sizeof(*to)) &&
	     errno != EINPROGRESS; tries++)
		need(tries < 50 && !usleep(100000));
	wait_for(listener);
	there = accept(listener, NULL, NULL);
	need(there >= 0);
	p.fd = here;
	need(poll(&p, 1, PATIENCE_MS) == 1 && p.revents == POLLOUT);
	need(!fcntl(here, F_SETFL, 0));
	need(send(here, data, sizeof(data), 0) == sizeof(data));
	read_all(there, data, sizeof(data));
	need(send(there, data, 50, 0) == 50);
	read_all(here, data, 50);
	need(!close(here) && !close(there) && !close(listener));
}

static void run_tipc(unsigned int round)
{
	struct sockaddr_tipc to = service(TIPC_SERVICE_ADDR);
	int fd[SIDES], family, watcher;
	char event[256];

	net_pair();
	for (int side = SIDES - 1; side >= 0; side--) {
		net_enter(side);
		fd[side] = nl_open(NETLINK_GENERIC);
		family = net_family(fd[side], TIPC_GENL_V2_NAME);
		tipc_bearer(fd[side], family);
	}
	watcher = tipc_watch();
	tipc_datagrams(SOCK_RDM, &to);
	tipc_connection(round & 1 ? SOCK_STREAM : SOCK_SEQPACKET, &to);
	wait_for(watcher);
	need(recv(watcher, event, sizeof(event), 0) > 0);
	for (int side = 0; side < SIDES; side++) {
		net_enter(side);
		tipc_look(fd[side], family);
	}
	need(!close(watcher));
}

const struct part proto_parts[] = {
	{ "sctp", run_sctp },
	{ "mptcp", run_mptcp },
	{ "vsock", run_vsock },
	{ "tipc", run_tipc },
	{ }
};
