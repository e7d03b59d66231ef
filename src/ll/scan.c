/*
 * Reports of what scan_isr.c heard. A host that does not keep up loses reports, counted:
 * advertising repeats itself, everything else does not.
 */
#include "ll/ctlr.h"

#include <string.h>

void ll_scan_reset(struct ble_ctlr *c)
{
	if (c->scan.enabled)
		ll_listen_stop(c, &c->scan.listen);
	c->scan = (struct ll_scan){
		.params = { .le_scan_interval = 0x10,
			.le_scan_window = 0x10 }, /* Vol 4 Part E 7.8.10 */
	};
}

static uint8_t start(struct ble_ctlr *c)
{
	struct ll_scan *s = &c->scan;
	bool active = s->params.le_scan_type;
	if (!ll_resolve_own(c, s->params.own_address_type, -1, &s->own))
		return HCI_ERR_INVALID_PARAMETERS;
	s->enabled = true;
	s->waiting = false;
	s->upper_limit = 1;
	s->backoff = 1;
	s->successes = s->failures = 0;
	s->listen = (struct ll_listen){ .on = ll_scan_isr, .before = ll_resolve_refresh, .answers = active };
	ll_listen_start(c, &s->listen, s->params.le_scan_interval, s->params.le_scan_window);
	return HCI_ERR_SUCCESS;
}

uint8_t ll_scan_enable(struct ble_ctlr *c, bool on, bool filter_duplicates)
{
	struct ll_scan *s = &c->scan;
	memset(s->seen, 0, sizeof s->seen); /* enabling again forgets them: Vol 4 Part E 7.8.11 */
	s->filter_duplicates = filter_duplicates;
	if (on == s->enabled)
		return HCI_ERR_SUCCESS;
	if (on)
		return start(c);
	ll_listen_stop(c, &s->listen);
	s->enabled = false;
	return HCI_ERR_SUCCESS;
}

/* FNV-1a over the type, the address type, the address and the data. */
static uint32_t hash_of(const uint8_t *pdu)
{
	uint32_t h = (UINT32_C(2166136261) ^ (pdu[0] & 0x4F)) * UINT32_C(16777619);
	for (unsigned i = 1; i < (unsigned)LL_ADV_HDR_LEN + pdu[1]; i++)
		h = (h ^ pdu[i]) * UINT32_C(16777619);
	return h ? h : 1;
}

static bool is_duplicate(const struct ll_scan *s, uint32_t hash)
{
	for (unsigned i = 0; i < LL_SCAN_DUPLICATES; i++)
		if (s->seen[i] == hash)
			return true;
	return false;
}

static const uint8_t report_types[] = {
	[LL_ADV_IND] = HCI_REPORT_ADV_IND,
	[LL_ADV_DIRECT_IND] = HCI_REPORT_ADV_DIRECT_IND,
	[LL_ADV_NONCONN_IND] = HCI_REPORT_ADV_NONCONN_IND,
	[LL_SCAN_RSP] = HCI_REPORT_SCAN_RSP,
	[LL_ADV_SCAN_IND] = HCI_REPORT_ADV_SCAN_IND,
};

static bool put(struct ble_ctlr *c, const uint8_t *pdu, const struct ll_rx *rx)
{
	uint8_t type = pdu[0] & 0xF;
	bool directed = type == LL_ADV_DIRECT_IND; /* TargetA is no data */
	struct hci_le_advertising_report report = {
		.event_type = report_types[type],
		.address_type = (uint8_t)((pdu[0] >> 6 & 1) | (rx->resolved ? BLE_ADDR_PUBLIC_IDENTITY : 0)),
		.data_length = directed ? 0 : (uint8_t)(pdu[1] - LL_ADV_A_LEN),
		.rssi = rx->rssi_dbm,
		.address = pdu + LL_ADV_HDR_LEN,
		.data = pdu + LL_ADV_HDR_LEN + LL_ADV_A_LEN,
	};
	struct wr w;
	struct ll_evt *e = ll_evt_begin(c, HCI_EVT_LE_META, &w, LL_EVT_RESERVE);
	if (!e)
		return false;
	hci_le_advertising_report_write(&w, &report);
	ll_evt_end(c, e, &w);
	return true;
}

/* Who is known is reported, and is a duplicate, as who it is. */
static void identify(struct ble_ctlr *c, struct ll_rx *rx)
{
	uint8_t *pdu = ll_rx_pdu(rx);
	rx->resolved = rx->resolved && rx->at < c->resolve.count;
	if (!rx->resolved)
		return;
	const struct ll_addr *id = &c->resolve.list[rx->at].peer;
	ll_resolve_saw(c, rx->at, pdu + LL_ADV_HDR_LEN);
	pdu[0] = (uint8_t)((pdu[0] & ~0x40) | id->type << 6); /* TxAdd */
	memcpy(pdu + LL_ADV_HDR_LEN, id->octets, 6);
}

void ll_scan_on_report(struct ble_ctlr *c, struct ll_rx *rx)
{
	struct ll_scan *s = &c->scan;
	const uint8_t *pdu = ll_rx_pdu(rx);
	identify(c, rx);
	bool wanted = s->enabled && ll_le_evt_wanted(c, HCI_LE_EVT_ADVERTISING_REPORT);
	uint32_t hash = wanted && s->filter_duplicates ? hash_of(pdu) : 0;
	if (wanted && !(hash && is_duplicate(s, hash))) {
		if (!put(c, pdu, rx))
			c->reports_lost++; /* and not seen: the next one may have more luck */
		else if (hash)
			s->seen[s->seen_next++ % LL_SCAN_DUPLICATES] = hash;
	}
	ll_rx_free(c, rx);
}
