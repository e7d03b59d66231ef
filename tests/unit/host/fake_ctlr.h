/*
 * A controller made of scripts: it keeps what the host has sent until a test asks for it, and gives the host what a test
 * has put in. It answers the bring-up by itself when it is told to. Every test ends with fake_end(), the leak check.
 */
#ifndef FAKE_CTLR_H
#define FAKE_CTLR_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <ble/adv.h>
#include <ble/client.h>
#include <ble/conn.h>
#include <ble/host.h>
#include <ble/scan.h>
#include <ble/server.h>

#include "spec/hci_codes.h"

enum { FAKE_QUEUE = 128, FAKE_EVENTS = 64, FAKE_PACKET = 600 };
enum { FAKE_FLOW = 10 }; /* octet of the mask with controller to host flow control: Vol 4 Part E 6.27 */

struct fake_packet {
	uint16_t len;
	uint8_t data[FAKE_PACKET];
};

struct fake_queue {
	unsigned head, tail;
	struct fake_packet packets[FAKE_QUEUE];
};

struct fake_event {
	struct ble_event ev;
	uint8_t data[256]; /* a copy of what the event pointed to */
};

struct fake {
	struct ble_transport transport;
	struct ble_platform platform;
	struct ble_host *host;
	struct ble_fault fault;
	uint64_t now_us;

	/* the controller's character */
	uint8_t mask[64];       /* supported commands */
	uint8_t bd_addr[6];
	uint16_t acl_octets;    /* LE buffers; 0: shared, and the next two are those */
	uint8_t acl_count;
	uint8_t allowed;        /* Num_HCI_Command_Packets of every answer */
	uint16_t refuse;        /* opcode that the automatic answers refuse with status 0x0C */
	uint16_t stops_at;      /* opcode that the automatic answers leave to the test; 0: none */
	bool answers;           /* bring-up commands are answered automatically */
	bool keeps;             /* written packets are done at fake_done() only */
	int gone;               /* what read() says when nothing is left */
	int open_error;
	unsigned opens, closes, flushes;

	/* the platform's store */
	uint8_t identity[7];
	int identity_len; /* BLE_ENOENT: none */
	unsigned saves;

	struct ble_tx *kept;
	struct fake_queue in, out;
	struct fake_packet present; /* what read() gave last */
	struct fake_event events[FAKE_EVENTS];
	unsigned event_count, event_seen;
	_Alignas(16) uint8_t memory[65536];
};

void fake_init(struct fake *f);
/* ble_host_init() with exactly the memory that it asks for. transport and platform are filled in. */
void fake_host(struct fake *f, struct ble_host_config config);
/* Starts, answers everything, and expects BLE_EV_READY. Automatic answers are off afterwards. */
void fake_up(struct fake *f);
/* All packets are back in the pool. */
void fake_end(struct fake *f);

/* Runs and polls until the host has nothing to do. Events are collected. */
void fake_pump(struct fake *f);
void fake_pass(struct fake *f, uint64_t us);
/* The packets that were kept are done; then pumps. */
void fake_done(struct fake *f);

/* Next event, of that type. */
const struct ble_event *fake_expect(struct fake *f, enum ble_event_type type);
void fake_expect_none(struct fake *f);

/* Next packet that the host sent. */
const struct fake_packet *fake_sent(struct fake *f);
/* It is this command; params NULL: whatever they are. Returns the parameters. */
const uint8_t *fake_command(struct fake *f, uint16_t opcode, const void *params, size_t len);
void fake_acl_sent(struct fake *f, uint16_t handle, unsigned pb, const void *data, size_t len);
void fake_silent(struct fake *f);

/* These inject and pump. */
void fake_packet(struct fake *f, const void *packet, size_t len);
void fake_event(struct fake *f, uint8_t code, const void *params, size_t len);
void fake_le(struct fake *f, uint8_t subevent, const void *params, size_t len);
void fake_acl(struct fake *f, uint16_t handle, unsigned pb, const void *data, size_t len);
void fake_complete(struct fake *f, uint16_t opcode, uint8_t status, const void *ret, size_t len);
void fake_status(struct fake *f, uint16_t opcode, uint8_t status);
void fake_completed(struct fake *f, uint16_t handle, uint16_t count);
/* LE Connection Complete: interval 30 ms, latency 0, supervision 4 s, peer 06:..:01 random. */
void fake_connect(struct fake *f, uint16_t handle, uint8_t role, uint8_t status);
/* The same, and expects BLE_EV_CONNECTED. */
ble_conn_id fake_connected(struct fake *f, uint16_t handle, uint8_t role);
void fake_disconnected(struct fake *f, uint16_t handle, uint8_t reason);
/* Command and its success. */
void fake_serve(struct fake *f, uint16_t opcode);

#define OCTETS(...) ((const uint8_t[]){ __VA_ARGS__ }), sizeof((const uint8_t[]){ __VA_ARGS__ })
#define TEST(name) cmocka_unit_test(name)

#endif
