/*
 * Basic frames: out by the pool of HCI, in by putting fragments together (Vol 3 Part A 3.1, 7.2).
 */
#include "l2cap/l2cap.h"

#include "base/le.h"
#include "hci/hci.h"

struct ble_tx *l2cap_take(struct l2cap_link *link, enum l2cap_why why, uint16_t sdu_len)
{
	enum hci_why w = why == L2CAP_RESPONSE ? HCI_RESPONSE : HCI_EVENT;
	return hci_tx_take(link->hci, w, (uint16_t)(sdu_len + L2CAP_HDR_LEN));
}

void l2cap_send(struct l2cap_link *link, struct ble_tx *tx, uint16_t cid, uint16_t len)
{
	le16_put(tx->data + 5, len);
	le16_put(tx->data + 7, cid);
	hci_tx_send(link->hci, tx, (uint16_t)(len + L2CAP_HDR_LEN));
}

void l2cap_drop(struct l2cap_link *link, struct ble_tx *tx)
{
	hci_tx_drop(link->hci, tx);
}

static enum l2cap_rx bad(struct l2cap_link *link)
{
	link->have = 0;
	link->want = 0;
	link->skip = true; /* what follows until the next first fragment */
	return L2CAP_BAD;
}

/* Appends to what has come of a PDU. The length is known once two octets are there. */
static enum l2cap_rx collect(struct l2cap_link *link, const uint8_t *data, uint16_t len, struct l2cap_sdu *out)
{
	if (len > link->cap - link->have)
		return bad(link);
	memcpy(link->pdu + link->have, data, len);
	link->have = (uint16_t)(link->have + len);
	if (!link->want) {
		if (link->have < L2CAP_HDR_LEN)
			return L2CAP_MORE;
		uint32_t want = (uint32_t)L2CAP_HDR_LEN + le16_get(link->pdu);
		if (want > link->cap)
			return bad(link);
		link->want = (uint16_t)want;
	}
	if (link->have < link->want)
		return L2CAP_MORE;
	if (link->have > link->want) /* more than the header said: 7.2.1 has no such packet */
		return bad(link);
	*out = (struct l2cap_sdu){ link->pdu + L2CAP_HDR_LEN, (uint16_t)(link->want - L2CAP_HDR_LEN),
		le16_get(link->pdu + 2) };
	link->have = 0;
	link->want = 0;
	link->skip = true;
	return L2CAP_WHOLE;
}

enum l2cap_rx l2cap_rx(struct l2cap_link *link, bool first, const uint8_t *data, uint16_t len, struct l2cap_sdu *out)
{
	if (first) {
		link->have = 0;
		link->want = 0;
		link->skip = false;
		if (len >= L2CAP_HDR_LEN && le16_get(data) == len - L2CAP_HDR_LEN) {
			*out = (struct l2cap_sdu){ data + L2CAP_HDR_LEN, (uint16_t)(len - L2CAP_HDR_LEN),
				le16_get(data + 2) };
			link->skip = true;
			return L2CAP_WHOLE;
		}
	} else if (link->skip) {
		return L2CAP_BAD;
	}
	return collect(link, data, len, out);
}
