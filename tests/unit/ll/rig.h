/*
 * A link layer on a scripted radio: time stands where the test puts it, every operation that is
 * posted is written down, and the test says what came of it. No air, no second device: each
 * microsecond is the test's own.
 */
#ifndef TESTS_UNIT_LL_RIG_H
#define TESTS_UNIT_LL_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ll/ctlr.h"
#include "spec/hci_cmd_base.h"

#define RIG_LEAD_US  60
#define RIG_SLEEP_US 420

struct rig {
	struct ble_radio radio;
	struct ble_radio_caps caps;
	struct ble_platform platform;
	struct ble_ctlr *c;
	uint64_t now_us;
	uint32_t random;
	/* the operation that is posted, or the turn that is armed */
	struct ble_radio_op op;
	bool posted, turned;
	uint64_t op_us; /* of a turn: T_IFS after the packet */
	unsigned posts, cancels;
	uint64_t posted_at_us;
	/* called at the end of each post: an interrupt that comes before the main part goes on */
	void (*on_post)(struct rig *r);
	/* HCI: the last packets */
	uint8_t evt[300];
	int evt_len;
	_Alignas(max_align_t) uint8_t memory[40000];
};

extern const uint8_t rig_address[6], rig_peer[6];

/* config: NULL for the defaults. */
void rig_init(struct rig *r, const struct ble_ctlr_config *config);
/*
 * Time goes on, and whatever is due on the way is done, up to the next post or until_us. True:
 * something is posted.
 */
bool rig_run(struct rig *r, uint64_t until_us);

/* What came of the operation. Each runs the interrupt, not the main part. */
void rig_sent(struct rig *r);
void rig_silence(struct rig *r);
/* A packet that began at start_us; T_IFS after ours if 0. rx: header and payload. */
void rig_receive(struct rig *r, uint64_t start_us, const uint8_t *pdu, bool crc_ok);
void rig_late(struct rig *r);
void rig_main(struct rig *r); /* ble_ctlr_run() now */

/* Returns the status of the answer. */
uint8_t rig_cmd(struct rig *r, uint16_t opcode, const void *params, size_t len);
/* The next packet for the host into evt; 0: none. */
int rig_read(struct rig *r);
/*
 * Reads until an event with this code (LE Meta: and subevent) comes; its parameters, NULL when
 * there is none.
 */
const uint8_t *rig_find(struct rig *r, uint8_t code, uint8_t subevent);
void rig_flush(struct rig *r);
void rig_check_leaks(struct rig *r);

/* Advertises, ADV_IND every 100 ms. */
void rig_advertise(struct rig *r, uint8_t type, const char *data, const char *rsp);
/* A CONNECT_IND as good as can be; the test spoils it. */
struct ll_connect_ind rig_connect_ind(void);
void rig_connect_pdu(uint8_t pdu[36], const struct ll_connect_ind *ind);
/*
 * Connected as peripheral or central; the host has read the event. Returns when CONNECT_IND ended.
 */
uint64_t rig_peripheral(struct rig *r, const struct ll_connect_ind *ind);
uint64_t rig_central(struct rig *r, uint16_t interval, uint16_t latency, uint16_t timeout);

/* A data PDU. */
void rig_data(
	uint8_t *pdu, uint8_t llid, bool sn, bool nesn, bool md, const void *payload, uint8_t len);

#endif
