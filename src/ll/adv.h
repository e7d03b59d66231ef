/*
 * Legacy advertising: Vol 6 Part B 4.4.2. adv.c plans events and makes the PDUs, adv_isr.c answers
 * who hears them.
 */
#ifndef LL_ADV_H
#define LL_ADV_H

#include "ll/filter.h"
#include "ll/radio_isr.h"
#include "ll/sched.h"
#include "spec/hci_cmd_le_adv.h"

struct ll_adv_part {
	struct ll_act act;
	/* as the host set it */
	struct hci_cmd_le_set_advertising_parameters params;
	uint8_t data[LL_ADV_DATA_MAX], data_len;
	uint8_t rsp[LL_ADV_DATA_MAX], rsp_len;
	bool enabled, changed; /* changed: the PDUs are to be made anew */
	uint64_t event_us;     /* this event began, or will */
	uint64_t end_us;       /* of high duty cycle directed advertising, else BLE_NEVER */
	uint8_t channel;       /* of the packet on the air, or next */
	uint8_t generation;    /* of the private addresses in the PDUs */
	bool own_private;
	/* the interrupt's while a chain runs */
	struct ll_addr own, target; /* target: of directed advertising */
	uint8_t pdu[LL_ADV_HDR_LEN + LL_ADV_PAYLOAD_MAX];
	uint8_t rsp_pdu[LL_ADV_HDR_LEN + LL_ADV_PAYLOAD_MAX];
};

void ll_adv_reset(struct ble_ctlr *c);
/* An HCI status. */
uint8_t ll_adv_enable(struct ble_ctlr *c, bool on);
/* Advertising has ended in a connection. */
void ll_adv_stop(struct ble_ctlr *c);
/* Main part: a CONNECT_IND came from the interrupt; takes rx. */
void ll_adv_on_connect(struct ble_ctlr *c, struct ll_rx *rx);

ll_isr_fn ll_adv_isr;

#endif
