// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * docs/findings.md, "tcp: the hash of a TIME_WAIT socket". Needs CAP_NET_RAW.
 *
 * Closes a connection over the loopback interface, so that its one end waits, and sends
 * that one a segment out of order, which it acknowledges.
 */
#include <arpa/inet.h>
#include <err.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LOOPBACK	0x7f000001

/* The sum of TCP has the addresses in it, as those of a header before its own. */
static uint16_t checksum(const struct tcphdr *tcp)
{
	const uint16_t *word = (const uint16_t *)tcp;
	uint32_t sum = 2 * (htons(LOOPBACK >> 16) + htons(LOOPBACK & 0xffff)) +
		       htons(IPPROTO_TCP) + htons(sizeof(*tcp));
	unsigned int i;

	for (i = 0; i < sizeof(*tcp) / 2; i++)
		sum += word[i];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

static void send_segment(const struct sockaddr_in *from, const struct sockaddr_in *to)
{
	struct tcphdr tcp = {
		.source = from->sin_port, .dest = to->sin_port,
		.seq = htonl(1), .ack_seq = htonl(1), .ack = 1, .psh = 1, .doff = 5,
		.window = htons(1024),
	};
	int fd = socket(AF_INET, SOCK_RAW, IPPROTO_TCP);

	tcp.check = checksum(&tcp);
	if (fd < 0 || sendto(fd, &tcp, sizeof(tcp), 0, (const struct sockaddr *)to,
			     sizeof(*to)) != sizeof(tcp))
		err(1, "raw socket");
	close(fd);
}

int main(void)
{
	struct sockaddr_in server = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(LOOPBACK) };
	struct sockaddr_in client = server;
	socklen_t size = sizeof(server);
	int listener = socket(AF_INET, SOCK_STREAM, 0), a, b;
	char byte;

	if (bind(listener, (struct sockaddr *)&server, size) || listen(listener, 1) ||
	    getsockname(listener, (struct sockaddr *)&server, &size))
		err(1, "listen");
	a = socket(AF_INET, SOCK_STREAM, 0);
	if (connect(a, (struct sockaddr *)&server, size) ||
	    getsockname(a, (struct sockaddr *)&client, &size))
		err(1, "connect");
	b = accept(listener, NULL, NULL);
	/* Who closes first waits. */
	shutdown(a, SHUT_WR);
	if (read(b, &byte, 1) != 0)
		err(1, "read");
	close(b);
	close(a);
	usleep(100000);
	send_segment(&server, &client);
	return 0;
}
