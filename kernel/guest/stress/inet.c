// SPDX-License-Identifier: GPL-2.0-only
/* IPv4 and IPv6 over the loopback device: TCP, UDP, raw and packet sockets. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/errqueue.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>
#include "stress.h"

union address {
	struct sockaddr any;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	struct sockaddr_ll ll;
};

static socklen_t loopback(union address *address, int family)
{
	memset(address, 0, sizeof(*address));
	address->any.sa_family = family;
	if (family == AF_INET) {
		address->in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		return sizeof(address->in);
	}
	address->in6.sin6_addr = in6addr_loopback;
	return sizeof(address->in6);
}

static int loopback_up(void)
{
	struct ifreq ifr = { .ifr_name = "lo" };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	need(fd >= 0 && !ioctl(fd, SIOCGIFFLAGS, &ifr));
	if (!(ifr.ifr_flags & IFF_UP)) {
		ifr.ifr_flags |= IFF_UP;
		need(!ioctl(fd, SIOCSIFFLAGS, &ifr));
	}
	need(!ioctl(fd, SIOCGIFINDEX, &ifr) && !close(fd));
	return ifr.ifr_ifindex;
}

static int socket_bound(int family, int type, union address *address, socklen_t *size)
{
	int fd = socket(family, type | SOCK_CLOEXEC, 0);

	need(fd >= 0);
	*size = loopback(address, family);
	need(!bind(fd, &address->any, *size) && !getsockname(fd, &address->any, size));
	return fd;
}

static void set(int fd, int level, int name, int value)
{
	need(!setsockopt(fd, level, name, &value, sizeof(value)));
}

static void serve(int listener)
{
	char data[16384];
	int fd = accept(listener, NULL, NULL);
	ssize_t n;

	need(fd >= 0);
	while ((n = read(fd, data, sizeof(data))) > 0)
		write_all(fd, data, n);
	_exit(n != 0);
}

static void tcp_options(int fd)
{
	struct linger linger = { 1, 5 };
	struct tcp_info info;
	socklen_t size = sizeof(info);
	char name[16];

	set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	set(fd, IPPROTO_TCP, TCP_CORK, 1);
	set(fd, IPPROTO_TCP, TCP_CORK, 0);
	set(fd, IPPROTO_TCP, TCP_QUICKACK, 1);
	set(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
	set(fd, SOL_SOCKET, SO_SNDBUF, 20000);
	need(!setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)));
	need(!getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size));
	size = sizeof(name);
	need(!getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name, &size));
}

static void tcp_exchange(int fd)
{
	char data[8192], back[8192];

	memset(data, 't', sizeof(data));
	for (int i = 1; i <= 8; i++) {
		write_all(fd, data, i * 1000);
		read_all(fd, back, i * 1000);
		need(!memcmp(data, back, i * 1000));
	}
	need(send(fd, "!", 1, MSG_OOB) == 1);
	need(!shutdown(fd, SHUT_WR));
	while (read(fd, back, sizeof(back)) > 0)
		;
}

static void tcp(int family)
{
	union address address, peer;
	socklen_t size, peer_size = sizeof(peer);
	int listener, fd;
	pid_t pid;

	loopback_up();
	listener = socket_bound(family, SOCK_STREAM, &address, &size);
	set(listener, SOL_SOCKET, SO_REUSEADDR, 1);
	need(!listen(listener, 5));
	pid = spawn();
	if (!pid)
		serve(listener);
	fd = socket(family, SOCK_STREAM, 0);
	need(fd >= 0 && !connect(fd, &address.any, size));
	need(!getpeername(fd, &peer.any, &peer_size));
	tcp_options(fd);
	tcp_exchange(fd);
	need(!close(fd) && !close(listener));
	reap(pid);
	/* Nobody listens any more. */
	fd = socket(family, SOCK_STREAM, 0);
	need(connect(fd, &address.any, size) == -1 && errno == ECONNREFUSED);
	need(!close(fd));
}

static void run_tcp4(unsigned int round)
{
	(void)round;
	tcp(AF_INET);
}

static void run_tcp6(unsigned int round)
{
	(void)round;
	tcp(AF_INET6);
}

/* Connections that are reset, or wait in a queue, or never come about. */
static void run_tcp_abort(unsigned int round)
{
	struct linger linger = { 1, 0 };
	union address address;
	struct pollfd pollfd;
	int listener, fds[4];
	socklen_t size;

	loopback_up();
	listener = socket_bound(round & 1 ? AF_INET6 : AF_INET, SOCK_STREAM, &address, &size);
	need(!listen(listener, 8));
	for (int i = 0; i < 4; i++) {
		fds[i] = socket(address.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK, 0);
		need(fds[i] >= 0);
		if (connect(fds[i], &address.any, size))
			need(errno == EINPROGRESS);
	}
	for (int i = 0; i < 4; i++) {
		pollfd = (struct pollfd){ fds[i], POLLOUT, 0 };
		need(poll(&pollfd, 1, -1) == 1);
	}
	need(!setsockopt(fds[0], SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)));
	write_all(fds[1], "x", 1);
	need(!close(fds[0]) && !close(listener));
	for (int i = 1; i < 4; i++)
		need(!close(fds[i]));
}

static void udp_control(int fd, int family, union address *to, socklen_t size)
{
	char data[3000], back[3000], control[512];
	struct iovec iov = { back, sizeof(back) };
	struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control,
				  .msg_controllen = sizeof(control) };

	memset(data, 'u', sizeof(data));
	if (family == AF_INET) {
		set(fd, IPPROTO_IP, IP_PKTINFO, 1);
		set(fd, IPPROTO_IP, IP_RECVTTL, 1);
		set(fd, IPPROTO_IP, IP_RECVERR, 1);
		set(fd, IPPROTO_IP, IP_TOS, 16);
	} else {
		set(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
		set(fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1);
		set(fd, IPPROTO_IPV6, IPV6_RECVERR, 1);
		set(fd, IPPROTO_IPV6, IPV6_TCLASS, 16);
	}
	set(fd, SOL_SOCKET, SO_TIMESTAMPNS, 1);
	need(sendto(fd, data, sizeof(data), 0, &to->any, size) == sizeof(data));
	need(recvmsg(fd, &message, 0) == sizeof(data) && message.msg_controllen > 0);
	need(!memcmp(data, back, sizeof(data)));
}

static void udp(int family)
{
	union address address, closed;
	struct pollfd pollfd;
	struct mmsghdr messages[4] = { };
	struct iovec iov = { "text", 4 };
	char control[512], data[200];
	socklen_t size;
	int fd, other;

	loopback_up();
	other = socket_bound(family, SOCK_DGRAM, &closed, &size);
	fd = socket_bound(family, SOCK_DGRAM, &address, &size);
	udp_control(fd, family, &address, size);
	need(!connect(fd, &address.any, size));
	for (int i = 0; i < 4; i++)
		messages[i].msg_hdr = (struct msghdr){ .msg_iov = &iov, .msg_iovlen = 1 };
	need(sendmmsg(fd, messages, 4, 0) == 4);
	iov.iov_base = data;
	need(recvmmsg(fd, messages, 4, 0, NULL) == 4);
	/* In pieces that the network stack makes. */
	set(fd, IPPROTO_UDP, UDP_SEGMENT, 50);
	need(send(fd, data, 200, 0) == 200);
	for (int i = 0; i < 4; i++)
		need(recv(fd, data, sizeof(data), 0) == 50);
	/* An answer that nobody is there. */
	need(!close(other) && !connect(fd, &closed.any, size));
	need(send(fd, "x", 1, 0) == 1);
	pollfd = (struct pollfd){ fd, 0, 0 };
	need(poll(&pollfd, 1, 30000) == 1);
	messages[0].msg_hdr.msg_control = control;
	messages[0].msg_hdr.msg_controllen = sizeof(control);
	need(recvmsg(fd, &messages[0].msg_hdr, MSG_ERRQUEUE) == 1);
	need(!close(fd));
}

static void run_udp4(unsigned int round)
{
	(void)round;
	udp(AF_INET);
}

static void run_udp6(unsigned int round)
{
	(void)round;
	udp(AF_INET6);
}

/* To oneself, by a group's address. */
static void run_multicast(unsigned int round)
{
	struct ip_mreqn group = { .imr_ifindex = loopback_up() };
	struct ipv6_mreq group6 = { .ipv6mr_interface = group.imr_ifindex };
	union address address = { .in.sin_family = AF_INET };
	socklen_t size = sizeof(address.in);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	char byte;

	(void)round;
	need(inet_pton(AF_INET, "239.1.2.3", &group.imr_multiaddr) == 1);
	need(fd >= 0 && !bind(fd, &address.any, size) && !getsockname(fd, &address.any, &size));
	need(!setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof(group)));
	need(!setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &group, sizeof(group)));
	address.in.sin_addr = group.imr_multiaddr;
	need(sendto(fd, "x", 1, 0, &address.any, size) == 1);
	read_all(fd, &byte, 1);
	need(!setsockopt(fd, IPPROTO_IP, IP_DROP_MEMBERSHIP, &group, sizeof(group)));
	need(!close(fd));
	fd = socket(AF_INET6, SOCK_DGRAM, 0);
	need(inet_pton(AF_INET6, "ff05::1:2", &group6.ipv6mr_multiaddr) == 1);
	need(!setsockopt(fd, IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, &group6, sizeof(group6)));
	need(!close(fd));
}

static unsigned short checksum(const void *data, size_t size)
{
	const unsigned short *words = data;
	unsigned long sum = 0;

	for (size_t i = 0; i < size / 2; i++)
		sum += words[i];
	sum = (sum & 0xffff) + (sum >> 16);
	return ~(sum + (sum >> 16));
}

static void run_ping(unsigned int round)
{
	struct icmp6_hdr echo6 = { .icmp6_type = ICMP6_ECHO_REQUEST };
	struct icmphdr echo = { .type = ICMP_ECHO };
	union address address;
	char packet[256];
	socklen_t size;
	int fd;

	(void)round;
	loopback_up();
	echo.un.echo.id = getpid();
	echo.checksum = checksum(&echo, sizeof(echo));
	fd = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
	size = loopback(&address, AF_INET);
	need(fd >= 0 && sendto(fd, &echo, sizeof(echo), 0, &address.any, size) == sizeof(echo));
	/* The request comes back, too. */
	need(read(fd, packet, sizeof(packet)) > 20 && read(fd, packet, sizeof(packet)) > 20);
	need(!close(fd));
	fd = socket(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6);
	size = loopback(&address, AF_INET6);
	need(fd >= 0 && sendto(fd, &echo6, sizeof(echo6), 0, &address.any, size) == sizeof(echo6));
	need(read(fd, packet, sizeof(packet)) >= 8 && !close(fd));
}

/* A socket that sees every packet, once by reading, once in a shared ring. */
static void run_packet(unsigned int round)
{
	struct tpacket_req ring = { 4096 * 4, 4, 2048, 32 };
	struct packet_mreq all = { .mr_type = PACKET_MR_PROMISC, .mr_ifindex = loopback_up() };
	union address address = { .ll = { .sll_family = AF_PACKET, .sll_ifindex = all.mr_ifindex,
					  .sll_protocol = htons(ETH_P_ALL) } };
	int fd = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL)), udp_fd;
	struct pollfd pollfd = { fd, POLLIN, 0 };
	union address to;
	char packet[2000];
	socklen_t size;
	void *memory;

	(void)round;
	need(fd >= 0 && !bind(fd, &address.any, sizeof(address.ll)));
	need(!setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all, sizeof(all)));
	set(fd, SOL_PACKET, PACKET_AUXDATA, 1);
	udp_fd = socket_bound(AF_INET, SOCK_DGRAM, &to, &size);
	need(sendto(udp_fd, "x", 1, 0, &to.any, size) == 1);
	size = sizeof(address);
	need(recvfrom(fd, packet, sizeof(packet), 0, &address.any, &size) > 0);
	need(send(fd, packet, 60, 0) == -1 || true);
	need(!close(fd));

	fd = socket(AF_PACKET, SOCK_DGRAM, htons(ETH_P_ALL));
	pollfd.fd = fd;
	need(fd >= 0);
	set(fd, SOL_PACKET, PACKET_VERSION, TPACKET_V2);
	need(!setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &ring, sizeof(ring)));
	memory = mmap(NULL, 4 * ring.tp_block_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	need(memory != MAP_FAILED);
	size = sizeof(to.in);
	need(sendto(udp_fd, "x", 1, 0, &to.any, size) == 1);
	need(poll(&pollfd, 1, 30000) == 1);
	need(!munmap(memory, 4 * ring.tp_block_size) && !close(fd) && !close(udp_fd));
}

const struct part inet_parts[] = {
	{ "tcp4", run_tcp4 },
	{ "tcp6", run_tcp6 },
	{ "tcp-abort", run_tcp_abort },
	{ "udp4", run_udp4 },
	{ "udp6", run_udp6 },
	{ "multicast", run_multicast },
	{ "ping", run_ping },
	{ "packet", run_packet },
	{ }
};
