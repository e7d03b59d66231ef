/*
 * glint-air from inside. main.c reads the command line, listen.c has the socket, served.c the loop
 * and the pacing, endpoint.c one attached host, files.c the traces.
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
	LONGEST_FROM_HOST = 259, /* a command: 1 + 3 + 255 */
	IN_OCTETS = 4096,
	OUT_OCTETS = 8192,
};

struct air_options {
	const char *socket, *btsnoop, *pcap;
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

struct served {
	const struct air_options *options;
	struct ble_world *world;
	int listen_fd;
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

/* served.c: serves until it is told to end, or its last host has left. The exit status. */
int served_run(const struct air_options *options, int listen_fd);
void served_say(const struct served *s, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* endpoint.c: NULL when out of memory; takes fd in either case. */
struct endpoint *endpoint_new(struct served *s, int fd, unsigned number);
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
