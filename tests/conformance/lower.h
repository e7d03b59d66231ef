/*
 * The lower tester: a device of its own in the world whose host is octets. It scans, advertises, connects either way
 * round, and sends any L2CAP frame it is handed, in pieces as small as is wanted: what no honest stack does included.
 * It keeps the frames and advertising reports that it hears, in order, until a case asks for them.
 */
#ifndef TESTS_CONFORMANCE_LOWER_H
#define TESTS_CONFORMANCE_LOWER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ble/sim.h>

enum { LT_FRAMES = 32, LT_REPORTS = 64, LT_FRAME = 600 };

struct lt_frame {
	uint16_t cid, len;
	uint8_t octets[LT_FRAME];
	uint64_t t_us;
};

/* Vol 4 Part E 7.7.65.2 */
struct lt_report {
	uint8_t type, addr_type, addr[6], len, data[31];
	uint64_t t_us;
};

struct lt {
	struct ble_world *world;
	struct ble_node *node;
	struct ble_ctlr *ctlr;
	/* the last command's answer */
	uint16_t opcode;
	uint8_t status, ret[80];
	unsigned answers;
	/* the link, one at a time; times in HCI's units */
	bool up;
	uint16_t handle, interval, latency, supervision;
	uint8_t role, reason, peer_type, peer[6], failure;
	unsigned made, lost, failed, updates;
	unsigned credits, in_flight;
	unsigned fragment; /* octets of an ACL packet at most; 0: 251 */
	/* encryption: the link's, and the key that its controller has asked for as peripheral */
	bool encrypted, key_wanted;
	unsigned encryptions; /* started, anew too, or failed */
	uint8_t encryption_status, key_rand[8], key_ediv[2];
	struct ble_addr direct_to; /* whom ADV_DIRECT_IND is for */
	uint8_t own_type;          /* Own_Address_Type of all it does */
	/* heard; frames[0] is the oldest that nobody has asked for */
	uint8_t in[LT_FRAME + 4];
	unsigned in_len, frame_count, report_count;
	struct lt_frame frames[LT_FRAMES];
	struct lt_report reports[LT_REPORTS];
};

void lt_add(struct lt *lt, struct ble_world *world);
/* Runs the command and returns its status. */
uint8_t lt_cmd(struct lt *lt, uint16_t opcode, const void *params, size_t len);
/* From now on it goes by this random address; it must be idle. */
void lt_be(struct lt *lt, const uint8_t random_address[6]);
/* Public address, as the air has it. */
void lt_address(const struct lt *lt, struct ble_addr *out);

void lt_scan(struct lt *lt, bool active); /* forgets the reports before */
void lt_scan_end(struct lt *lt);
/* type: 0 ADV_IND, 1 ADV_DIRECT_IND (low duty cycle), 2 ADV_SCAN_IND, 3 ADV_NONCONN_IND */
void lt_advertise(struct lt *lt, uint8_t type, const void *data, size_t len, const void *rsp, size_t rsp_len);

/* Asks for a link of 30 ms; cancel ends the attempt, and is refused when there is none. */
void lt_connect(struct lt *lt, const struct ble_addr *peer);
uint8_t lt_connect_cancel(struct lt *lt);
/* Runs until the link is there. */
void lt_wait_up(struct lt *lt, uint32_t within_ms);
void lt_wait_down(struct lt *lt, uint32_t within_ms);
void lt_disconnect(struct lt *lt);

/* Central: other parameters for the link, in HCI's units, and waits until they are in force. */
void lt_update(struct lt *lt, uint16_t interval, uint16_t latency, uint16_t supervision);

/* Central: encrypts, anew if it is, and returns how that ended. rand, ediv: in the order of the air. */
uint8_t lt_encrypt(struct lt *lt, const uint8_t key[16], const uint8_t rand[8], const uint8_t ediv[2]);
/* Peripheral: runs until the central begins to encrypt. False: not in time. */
bool lt_wait_key_wanted(struct lt *lt, uint32_t within_ms);
/* ... and answers it; NULL: there is none. Returns how the encryption ended, 0x06 when there was no key. */
uint8_t lt_give_key(struct lt *lt, const uint8_t *key);

/* Sends an L2CAP frame on the link. */
void lt_send(struct lt *lt, uint16_t cid, const void *data, size_t len);
/* Takes the oldest frame of this channel into *out; false when none comes in time. */
bool lt_receive(struct lt *lt, uint16_t cid, struct lt_frame *out, uint32_t within_ms);
/* Runs until there are so many reports of one kind (since lt_scan), false when not in time. */
bool lt_wait_reports(struct lt *lt, uint8_t type, unsigned count, uint32_t within_ms);
unsigned lt_reports(const struct lt *lt, uint8_t type);
/* The latest report of a kind; fails the test when there is none. */
const struct lt_report *lt_last_report(const struct lt *lt, uint8_t type);

#endif
