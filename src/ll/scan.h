/*
 * Scanning: Vol 6 Part B 4.4.3. scan_isr.c takes packets off the air and asks for scan responses;
 * scan.c makes reports of them.
 */
#ifndef LL_SCAN_H
#define LL_SCAN_H

#include "ll/filter.h"
#include "ll/listen.h"
#include "spec/hci_cmd_le_adv.h"

/* Reports that the duplicate filter remembers; the oldest is forgotten. A power of two. */
#define LL_SCAN_DUPLICATES 64

struct ll_scan {
	struct ll_listen listen;
	struct hci_cmd_le_set_scan_parameters params;
	bool enabled, filter_duplicates;
	uint32_t seen[LL_SCAN_DUPLICATES]; /* hashes; 0: empty */
	uint8_t seen_next;
	/* the interrupt's while a chain runs */
	struct ll_addr own, asked;
	uint8_t req[LL_ADV_HDR_LEN + LL_SCAN_REQ_LEN];
	uint16_t upper_limit, backoff; /* 4.4.3.2 */
	uint8_t successes, failures;   /* in a row, up to two */
	bool waiting;                  /* for the response to req */
};

void ll_scan_reset(struct ble_ctlr *c);
/* An HCI status. */
uint8_t ll_scan_enable(struct ble_ctlr *c, bool on, bool filter_duplicates);
/* Main part: an advertising PDU came from the interrupt; takes rx. */
void ll_scan_on_report(struct ble_ctlr *c, struct ll_rx *rx);

/*
 * What an advertising PDU's Length may be, 2.3.1: checked once, before anything else looks at it.
 */
static inline bool ll_adv_length_valid(const struct ll_adv_hdr *h)
{
	if (h->pdu_type == LL_ADV_DIRECT_IND)
		return h->length == LL_ADV_DIRECT_IND_LEN;
	return h->length >= LL_ADV_A_LEN && h->length <= LL_ADV_PAYLOAD_MAX;
}

ll_isr_fn ll_scan_isr;

#endif
