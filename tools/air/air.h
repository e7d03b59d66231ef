/*
 * glint-air from inside. main.c reads the command line, listen.c has the socket, doors.c the other ways in,
 * served.c the loop and the pacing, clock.c time under outside control, endpoint.c one attached host, files.c the traces.
 */
#ifndef TOOLS_AIR_H
#define TOOLS_AIR_H

#include <ble/h4.h>
#include <ble/sim.h>

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum {
	MOST_HOSTS = 200,
	MOST_TERMINALS = 16,
	LONGEST_FROM_HOST = 259, /* a command: 1 + 3 + 255 */
	IN_OCTETS = 4096,
	OUT_OCTETS = 8192,
};

struct air_options {
	const char *socket, *btsnoop, *pcap, *clock; /* NULL: none */
	long tcp_port; /* -1: none; 0: any */
	const char *terminals[MOST_TERMINALS];
	unsigned terminal_count;
	uint64_t seed;
	uint32_t loss_ppm;
	bool stay, background, verbose;
};

struct trace_file {
	FILE *file;
	struct ble_trace_out out;
	struct ble_trace sink;
	bool dirty;
};

struct endpoint {
	struct served *served;
	int fd;
	struct terminal *terminal; /* NULL: a socket */
	unsigned number;
	bool gone; /* it has hung up, or spoken nonsense: taken away by the loop */
	struct ble_node *node;
	struct ble_transport *ctlr;
	uint8_t address[6];

	struct ble_tx tx; /* what the controller has not taken yet */
	bool tx_waits;
	struct ble_h4_rx rx;
	uint8_t in[IN_OCTETS];

	size_t out_begin, out_end;
	uint8_t out[OUT_OCTETS];
	struct trace_file btsnoop;
};

/* A pseudo-terminal whose other side is for a host to open. */
struct terminal {
	const char *path; /* a link to the other side */
	int fd;           /* ours; -1: not made */
	bool named;       /* the link is made, and ours to remove */
	bool taken;       /* somebody has it: an endpoint with a copy of fd */
};

/* Time under outside control. */
struct air_clock {
	int listen_fd, fd; /* -1: none */
	bool asked;        /* it waits for target_us to be reached */
	uint64_t target_us;
	unsigned have;
	uint8_t in[8];
};

struct served {
	const struct air_options *options;
	struct ble_world *world;
	int listen_fd, tcp_fd, opened_fd; /* -1: none; the last tells that a terminal was opened */
	struct terminal terminals[MOST_TERMINALS];
	struct air_clock clock;
	uint64_t base_us; /* monotonic time of world time 0, slips included */
	uint64_t slipped_us, slip_told_us;
	struct endpoint *hosts[MOST_HOSTS];
	unsigned count, attached; /* now, ever */
	bool shut;                /* nobody more can be let in until one leaves */
	struct trace_file pcap;
};

/* listen.c: a bound, listening socket, the only one there (a lock beside it says so). Negative:
 * said on stderr. */
int door_open(const char *path);
/* Removes the socket's name, its lock and an empty log, and stops listening: the path is another's. */
void door_close(const char *path, int fd);

/* doors.c. Negative, false: said on stderr. */
int tcp_open(long port); /* of this machine only; says which port when it chose one */
bool terminals_open(struct served *s);
/* The terminals that somebody has opened since: a copy of ours for each; -1: no more. */
int terminal_opened(struct served *s, struct terminal **which);
bool terminal_is_held(const struct terminal *t);
void terminals_close(struct served *s);

/* clock.c */
bool clock_open(struct air_clock *c, const char *path); /* false: said on stderr */
void clock_close(struct air_clock *c, const char *path);
void clock_receive(struct air_clock *c); /* its socket can be read: a client comes, asks, or leaves */
void clock_answer(struct air_clock *c, uint64_t reached_us);

/* served.c: serves until it is told to end, or its last host has left. The exit status. */
int served_run(const struct air_options *options, int listen_fd, int tcp_fd);
void served_say(const struct served *s, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* endpoint.c: NULL when out of memory; takes fd in either case. terminal NULL: a socket. */
struct endpoint *endpoint_new(struct served *s, int fd, unsigned number, struct terminal *terminal);
void endpoint_free(struct endpoint *e);
void endpoint_receive(struct endpoint *e); /* the socket can be read */
void endpoint_send(struct endpoint *e);    /* the socket can be written */
bool endpoint_wants_read(const struct endpoint *e);
bool endpoint_wants_write(const struct endpoint *e);

/* files.c: false: said on stderr. */
bool trace_folder_check(const char *path); /* files can be made there */
bool trace_file_open(struct trace_file *t, const char *path,
	struct ble_trace (*format)(const struct ble_trace_out *out));
void trace_file_flush(struct trace_file *t);
void trace_file_close(struct trace_file *t);

#endif
