/*
 * Initiating: Vol 6 Part B 4.4.4. One LE Create Connection at a time; its connection's slot is
 * taken beforehand. init_isr.c sends the CONNECT_IND, with the window offset for the place that
 * init.c chose.
 */
#ifndef LL_INIT_H
#define LL_INIT_H

#include "ll/conn.h"
#include "ll/listen.h"
#include "spec/hci_cmd_le_conn.h"

enum ll_init_state { LL_INIT_OFF, LL_INIT_ON, LL_INIT_SENT };

struct ll_init {
	struct ll_listen listen;
	struct ll_conn *conn;
	uint8_t state; /* enum ll_init_state; SENT is the interrupt's word */
	bool by_list;  /* whoever is in the filter accept list */
	uint8_t own_type; /* Own_Address_Type */
	uint16_t latency, timeout;
	uint32_t interval_us;
	/* the interrupt's while a chain runs */
	struct ll_addr own;  /* towards the peer, or who is in no entry of the resolving list */
	struct ll_addr peer; /* whom the host has named */
	struct ll_parties with;
	int8_t at;           /* of with.peer: struct ll_who */
	bool resolved;
	struct ll_connect_ind ind;
	uint64_t place_us;  /* a good time for the first event, or any number of intervals later */
	uint64_t anchor_us; /* where it will be */
	uint64_t sent_us;   /* CONNECT_IND ended */
	uint8_t pdu[LL_ADV_HDR_LEN + LL_CONNECT_IND_LEN];
};

/* HCI statuses. */
uint8_t ll_init_start(struct ble_ctlr *c, const struct hci_cmd_le_create_connection *cmd);
uint8_t ll_init_cancel(struct ble_ctlr *c);
void ll_init_reset(struct ble_ctlr *c);

ll_isr_fn ll_init_isr;

#endif
