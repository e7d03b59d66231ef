/*
 * A controller without an air and the central behind it, for a peripheral of anybody's: `bench_stream_ctlr OCTETS
 * COUNT PROGRAM [ARGUMENT...]` starts the program with the socket in $GLINT_DRIVER (unix:PATH) and $AIR (PATH), takes
 * it through its bring-up, connects when it advertises, asks for the largest MTU, subscribes to the last characteristic
 * that can be, and takes COUNT notifications whose first four octets count up from 0; one that is not the next ends
 * it. LE buffers are 251 x 8, and packets are completed as soon as they are read, all those of one read in one event.
 *
 * Prints milliseconds from the program's start to LE Set Advertising Enable, seconds of the wall and of the program's
 * processor from the first notification to the last, as JSON. COUNT 0: only the first.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { HANDLE = 0x40, BUFFERS = 8, ACL_OCTETS = 251, MTU = 247, NOTIFICATION = 0x1B };

struct run {
	int fd;
	pid_t program;
	size_t octets;
	uint32_t count, seen;
	uint16_t cccd; /* the last that has been found */
	unsigned completed;
	double started, advertised, wall, processor;
	bool connected, over;
	uint8_t in[65536];
	size_t len;
};

static void give_up(const char *why, unsigned number)
{
	fprintf(stderr, "bench_stream_ctlr: %s (0x%X)\n", why, number);
	exit(1);
}

static double now(clockid_t clock)
{
	struct timespec t;
	if (clock_gettime(clock, &t) != 0)
		give_up("no clock", (unsigned)errno);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double processor_of(pid_t pid)
{
	clockid_t clock;
	if (clock_getcpuclockid(pid, &clock) != 0)
		give_up("the program has ended", 0);
	return now(clock);
}

static void put(const struct run *r, const void *data, size_t len)
{
	if (send(r->fd, data, len, MSG_NOSIGNAL) != (ssize_t)len)
		give_up("the program does not read", (unsigned)errno);
}

/* Return parameters behind the status: Vol 4 Part E 7.4, 7.8. Octets that nobody names are 0. */
static size_t parameters(uint16_t opcode, uint8_t *p)
{
	static const uint8_t version[] = { 9, 0, 0, 9, 0xFF, 0xFF, 0, 0 }, address[] = { 1, 2, 3, 4, 5, 0xC6 };
	static const uint8_t buffers[] = { ACL_OCTETS, 0, BUFFERS }, longest[] = { 251, 0, 0x48, 8, 251, 0, 0x48, 8 };
	static const uint8_t all_buffers[] = { ACL_OCTETS, 0, 0, BUFFERS, 0, 0, 0 };
	static const uint8_t features[] = { 0, 0, 0, 0, 0x60, 0, 0, 0 };
	switch (opcode) {
	case 0x1001: memcpy(p, version, sizeof version); return sizeof version;
	case 0x1002: /* Disconnect, masks, Read BD_ADDR, buffer sizes, advertising, scanning, connecting, keys */
		p[0] = 1 << 5;
		p[5] = 0xC0;
		p[14] = 0xA8;
		p[15] = 1 << 1;
		p[25] = 0xF7;
		p[26] = 0xFF;
		p[27] = 0xFF;
		p[28] = 0x0F;
		return 64;
	case 0x1003: memcpy(p, features, sizeof features); return 8;
	case 0x1005: memcpy(p, all_buffers, sizeof all_buffers); return 7;
	case 0x1009: memcpy(p, address, sizeof address); return 6;
	case 0x2002: memcpy(p, buffers, sizeof buffers); return 3;
	case 0x2007: return 1;
	case 0x200F: p[0] = 8; return 1;
	case 0x2003:
	case 0x2018:
	case 0x201C: return 8;
	case 0x202F: memcpy(p, longest, sizeof longest); return 8;
	default: return 0;
	}
}

static void answer(const struct run *r, uint16_t opcode)
{
	uint8_t p[80] = { 4, 0x0E, 0, 1, (uint8_t)opcode, (uint8_t)(opcode >> 8) };
	size_t n = parameters(opcode, p + 7);
	p[2] = (uint8_t)(4 + n);
	put(r, p, 7 + n);
}

/* LE Connection Complete: as peripheral, 7.5 ms, no latency, 4 s. */
static void connect_it(struct run *r)
{
	static const uint8_t complete[] = { 4, 0x3E, 19, 1, 0, HANDLE, 0, 1, 0, 1, 2, 3, 4, 5, 6, 6, 0, 0, 0, 0x90, 1, 0 };
	r->connected = true;
	put(r, complete, sizeof complete);
}

static void att(const struct run *r, const uint8_t *pdu, uint16_t len)
{
	uint8_t p[64] = { 2, HANDLE, 0x20, (uint8_t)(len + 4), 0, (uint8_t)len, 0, 4 };
	memcpy(p + 9, pdu, len);
	put(r, p, 9u + len);
}

/* The next characteristic configuration from this handle on, one by one. */
static void look_on(const struct run *r, unsigned from)
{
	att(r, (const uint8_t[]){ 8, (uint8_t)from, (uint8_t)(from >> 8), 0xFF, 0xFF, 0x02, 0x29 }, 7);
}

static void on_command(struct run *r, const uint8_t *p)
{
	uint16_t opcode = (uint16_t)(p[1] | p[2] << 8);
	if (opcode != 0x0C35) /* Host Number Of Completed Packets */
		answer(r, opcode);
	if (opcode != 0x200A || !p[4] || r->connected)
		return;
	r->advertised = now(CLOCK_MONOTONIC);
	if (!r->count) {
		r->over = true;
		return;
	}
	connect_it(r);
	att(r, (const uint8_t[]){ 2, MTU, 0 }, 3);
}

static void on_notification(struct run *r, const uint8_t *value, size_t len)
{
	uint32_t number;
	if (len != r->octets)
		give_up("a notification of another length", (unsigned)len);
	memcpy(&number, value, sizeof number);
	if (number != r->seen)
		give_up("not the next notification", number);
	if (!r->seen) {
		r->wall = now(CLOCK_MONOTONIC);
		r->processor = processor_of(r->program);
	}
	if (++r->seen == r->count) {
		r->wall = now(CLOCK_MONOTONIC) - r->wall;
		r->processor = processor_of(r->program) - r->processor;
		r->over = true;
	}
}

/* One ATT PDU a packet: all are short enough. */
static void on_acl(struct run *r, const uint8_t *p, size_t len)
{
	const uint8_t *pdu = p + 9;
	r->completed++;
	if (len < 10 || p[7] != 4)
		return; /* signalling, pairing */
	if (pdu[0] == NOTIFICATION && len >= 12 + sizeof(uint32_t)) {
		on_notification(r, pdu + 3, len - 12);
	} else if (pdu[0] == 2) { /* Exchange MTU Request, of a host that asks as well */
		att(r, (const uint8_t[]){ 3, MTU, 0 }, 3);
	} else if (pdu[0] == 3) {
		look_on(r, 1);
	} else if (pdu[0] == 9) { /* Read By Type Response: lists of handle and value, octets an entry first */
		for (size_t at = 2; pdu[1] && at + pdu[1] <= len - 9; at += pdu[1])
			r->cccd = (uint16_t)(pdu[at] | pdu[at + 1] << 8);
		look_on(r, r->cccd + 1u);
	} else if (pdu[0] == 1 && pdu[1] == 8 && r->cccd) { /* Attribute Not Found: there are no more */
		att(r, (const uint8_t[]){ 0x12, (uint8_t)r->cccd, (uint8_t)(r->cccd >> 8), 1, 0 }, 5);
	} else if (pdu[0] == 1) {
		give_up("an error", pdu[4]);
	}
}

/* Octets of the packet at p; 0: not all of them are there. */
static size_t whole(const uint8_t *p, size_t len)
{
	size_t head = p[0] == 1 ? 4 : 5;
	if (p[0] != 1 && p[0] != 2)
		give_up("no packet of H4", p[0]);
	if (len < head)
		return 0;
	size_t need = head + (p[0] == 1 ? p[3] : (size_t)(p[3] | p[4] << 8));
	return need <= len ? need : 0;
}

static void take(struct run *r)
{
	size_t at = 0;
	for (size_t n; r->len - at && (n = whole(r->in + at, r->len - at)) != 0 && !r->over; at += n) {
		if (r->in[at] == 1)
			on_command(r, r->in + at);
		else
			on_acl(r, r->in + at, n);
	}
	memmove(r->in, r->in + at, r->len - at);
	r->len -= at;
	if (r->completed && !r->over)
		put(r, (const uint8_t[]){ 4, 0x13, 5, 1, HANDLE, 0, (uint8_t)r->completed, (uint8_t)(r->completed >> 8) }, 8);
	r->completed = 0;
}

static int listen_at(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	snprintf(at.sun_path, sizeof at.sun_path, "%s", path);
	if (fd < 0 || bind(fd, (const struct sockaddr *)&at, sizeof at) != 0 || listen(fd, 1) != 0)
		give_up("no socket", (unsigned)errno);
	return fd;
}

static pid_t start(char **words, const char *path)
{
	char uri[160];
	snprintf(uri, sizeof uri, "unix:%s", path);
	setenv("GLINT_DRIVER", uri, 1);
	setenv("AIR", path, 1);
	pid_t pid = fork();
	if (pid == 0) {
		execvp(words[0], words);
		give_up("the program cannot be started", (unsigned)errno);
	}
	return pid;
}

int main(int argc, char **argv)
{
	static struct run r;
	char folder[] = "/tmp/glint-stream-XXXXXX", path[64];
	if (argc < 4 || !mkdtemp(folder))
		give_up("OCTETS COUNT PROGRAM [ARGUMENT...] are wanted", 0);
	snprintf(path, sizeof path, "%s/hci", folder);
	r.octets = strtoul(argv[1], NULL, 10);
	r.count = (uint32_t)strtoul(argv[2], NULL, 10);
	int door = listen_at(path);
	r.started = now(CLOCK_MONOTONIC);
	r.program = start(argv + 3, path);
	r.fd = accept4(door, NULL, NULL, SOCK_CLOEXEC);
	unlink(path);
	rmdir(folder);
	while (!r.over) {
		ssize_t n = recv(r.fd, r.in + r.len, sizeof r.in - r.len, 0);
		if (n <= 0)
			give_up("the program has ended", (unsigned)r.seen);
		r.len += (size_t)n;
		take(&r);
	}
	kill(r.program, SIGTERM);
	close(r.fd);
	waitpid(r.program, NULL, 0);
	printf("{\"start_ms\": %.2f, \"wall_s\": %.4f, \"cpu_s\": %.4f, \"count\": %u}\n",
		(r.advertised - r.started) * 1e3, r.wall, r.processor, (unsigned)r.seen);
	return 0;
}
