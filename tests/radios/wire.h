/*
 * A controller at the other end of a driver: a thread that answers a host's bring-up, in octets, packets or the three-wire
 * transport. Told to, it answers the next command by something else (garbage, half a packet, silence ...), and is mute then until
 * it is opened anew or reset.
 */
#ifndef TESTS_WIRE_H
#define TESTS_WIRE_H

#include "tests/unit/drivers/h5_peer.h"

#include <ble/h4.h>

#include <pthread.h>
#include <stdatomic.h>

enum wire_kind { WIRE_OCTETS, WIRE_PACKETS, WIRE_H5 };

struct wire {
	enum wire_kind kind;
	int listen_fd;       /* -1: none; who connects there takes the place of the one before */
	int fd;              /* -1: nobody */
	int control[2];      /* descriptors for the thread; -1: end */
	int attacked_fd;     /* an eventfd that is readable when an attack is over */
	pthread_t thread;
	atomic_uint attack;  /* a seed, 0: none */
	atomic_bool mute;
	/* its character: set before the start */
	uint16_t maker;
	uint8_t bd_addr[6], static_addr[6];
	struct ble_h4_rx rx;
	uint8_t in[1024];
	struct h5_peer h5;
};

/* Starts the thread on fd, listen_fd, or neither yet. */
void wire_start(struct wire *w, enum wire_kind kind, int fd, int listen_fd);
void wire_connect(struct wire *w, int fd); /* takes fd */
void wire_end(struct wire *w);
/* The next command is answered as this seed has it. attacked_fd tells when. */
void wire_attack(struct wire *w, uint32_t seed);

#endif
