/*
 * What goes to the host: events and ACL packets, in the order in which they happened, except that
 * data is held back by controller-to-host flow control (Vol 4 Part E 4.4) and events pass it. A
 * disconnection waits for its connection's data.
 */
#ifndef LL_OUT_H
#define LL_OUT_H

#include "base/fifo.h"
#include "base/wr.h"
#include "ll/radio_isr.h"
#include "spec/hci_cmd_le_enc.h"
#include "spec/hci_evt.h"
#include "spec/hci_evt_le.h"

struct ll_conn;

/* The longest event: Command Complete of Read Local Supported Commands. */
#define LL_EVT_OCTETS (1 + 2 + 3 + 65)
/* Event buffers that advertising reports leave for everything else. */
#define LL_EVT_RESERVE 3

struct ll_evt {
	struct fifo_node node;
	uint16_t seq;
	uint16_t len;
	uint8_t octets[LL_EVT_OCTETS];
};

struct ll_out {
	struct fifo events, data;
	uint16_t seq;
	struct ll_evt *held_evt; /* what the host reads now */
	struct ll_rx *held_rx;
	bool flow_control;
	uint16_t credits; /* packets that the host can take */
	uint16_t host_packets;
};

/*
 * An event that has at least `spare` buffers left behind it; NULL if not. The header is
 * ll_evt_end()'s.
 */
struct ll_evt *ll_evt_begin(struct ble_ctlr *c, uint8_t code, struct wr *w, unsigned spare);
void ll_evt_end(struct ble_ctlr *c, struct ll_evt *e, const struct wr *w);
bool ll_evt_wanted(const struct ble_ctlr *c, uint8_t code);
bool ll_le_evt_wanted(const struct ble_ctlr *c, uint8_t subevent);

/* Takes rx, an ACL packet now. */
void ll_out_data(struct ble_ctlr *c, struct ll_rx *rx);
/* The host can take n packets more. */
void ll_out_credit(struct ble_ctlr *c, uint16_t n);
/* Drops everything but the answers to commands. */
void ll_out_reset(struct ble_ctlr *c, bool answers_too);
int ll_out_read(struct ble_ctlr *c, const uint8_t **packet);

/* news.c: tells the host what connections and commands have to say, as far as there are buffers. */
void ll_news_run(struct ble_ctlr *c);

#endif
