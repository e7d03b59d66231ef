/*
 * The controller as a whole: everything that a struct ble_ctlr holds. The members of the parts are
 * documented in their headers; `isr`, and the isr members of adv, scan, init and connections,
 * belong to the interrupt while a chain runs (radio_isr.h).
 */
#ifndef LL_CTLR_H
#define LL_CTLR_H

#include <ble/controller.h>

#include "base/arena.h"
#include "base/bits.h"
#include "base/pool.h"
#include "base/tmr.h"
#include "ll/adv.h"
#include "ll/cmd.h"
#include "ll/conn.h"
#include "ll/filter.h"
#include "ll/init.h"
#include "ll/ll.h"
#include "ll/out.h"
#include "ll/radio_isr.h"
#include "ll/resolve.h"
#include "ll/scan.h"
#include "ll/sched.h"
#include "spec/hci_pkt.h"

struct ble_ctlr {
	struct ble_radio *radio;
	const struct ble_platform *platform;
	uint64_t now_us;
	struct ll_isr isr;
	struct ll_sched sched;
	struct tmr_list timers;
	uint32_t rng; /* for advDelay */

	struct ll_adv_part adv;
	struct ll_scan scan;
	struct ll_init init;
	struct ll_filter filter;
	struct ll_resolve resolve;
	struct ll_conn *conns;
	uint8_t conn_count;

	/* what the host set; Reset brings back the defaults */
	uint64_t event_mask, le_event_mask, page_2_mask;
	uint8_t random_address[6];
	bool has_random_address;
	uint8_t host_channels[5];
	uint16_t suggested_octets, suggested_time; /* of data PDUs that we send: 7.8.35 */
	uint8_t default_tx_phys, default_rx_phys;  /* 7.8.48 */
	bool prefers_phys;                         /* the host has said which */
	uint8_t le_host[2];
	uint8_t public_address[6],
		configured_address[6]; /* the first survives Reset, not power-off */

	/* towards the host */
	struct ll_out out;
	bool has_news, has_completed, init_cancelled, adv_timed_out;
	bool work; /* something was done outside of run that wants one */
	struct pool evt_pool, acl_pool;
	uint16_t acl_octets, rx_octets;
	uint8_t num_commands;
	uint16_t rx_total;

	uint32_t late, events_missed, unknown_pdus, unexpected_pdus, reports_lost, host_faults;
};

/* Gives a receive buffer back to the interrupt. */
static inline void ll_rx_free(struct ble_ctlr *c, struct ll_rx *rx)
{
	struct ll_rx **slot =
		ring_reserve(&c->isr.fresh); /* as many places as buffers: never full */
	*slot = rx;
	ring_commit(&c->isr.fresh);
}

/* Takes what the interrupt received to whom it concerns. Never blocks. */
void ll_rx_drain(struct ble_ctlr *c);
/* Own_Address_Type to an address; false if there is none. */
bool ll_own_address(const struct ble_ctlr *c, uint8_t type, struct ll_addr *out);
/* As after power-on but for the public address; the answers to commands stay to be read. */
void ll_reset(struct ble_ctlr *c);

#endif
