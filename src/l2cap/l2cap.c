/*
 * Basic frames: out by the pool of HCI, in by putting fragments together (Vol 3 Part A 3.1, 7.2).
 */
#include "l2cap/l2cap.h"

#include "base/le.h"
#include "hci/hci.h"

_Static_assert((int)L2CAP_RESPONSE == (int)HCI_RESPONSE && (int)L2CAP_EVENT == (int)HCI_EVENT &&
	(int)L2CAP_MINOR == (int)HCI_MINOR, "the same choice");

struct ble_tx *l2cap_take(struct l2cap_link *link, enum l2cap_why why, uint16_t sdu_len)
{
	return hci_tx_take(link->hci, (enum hci_why)why, (uint16_t)(sdu_len + L2CAP_HDR_LEN));
}

void l2cap_send(struct l2cap_link *link, struct ble_tx *tx, uint16_t cid, uint16_t len)
{
	uint8_t *p = tx->data;
	le16_put(p + 5, len);
	le16_put(p + 7, cid);
	hci_tx_send(link->hci, tx, (uint16_t)(len + L2CAP_HDR_LEN));
}

void l2cap_drop(struct l2cap_link *link, struct ble_tx *tx)
{
	hci_tx_drop(link->hci, tx);
}

static enum l2cap_rx end(struct l2cap_link *link, enum l2cap_rx rx)
{
	link->have = 0;
	return rx;
}

enum l2cap_rx l2cap_collect(struct l2cap_link *link, bool first, const uint8_t *data, uint16_t len,
	struct l2cap_sdu *out)
{
	if (first)
		link->have = 0;
	else if (!link->have)
		return L2CAP_BAD;
	if (len > link->cap - link->have || (first && !len))
		return end(link, L2CAP_BAD);
	memcpy(link->pdu + link->have, data, len);
	link->have = (uint16_t)(link->have + len);
	if (link->have < L2CAP_HDR_LEN) /* its length is not known before both octets are there */
		return L2CAP_MORE;
	uint32_t want = (uint32_t)L2CAP_HDR_LEN + le16_get(link->pdu);
	if (want > link->cap || link->have > want) /* more than the header said: 7.2.1 has no such packet */
		return end(link, L2CAP_BAD);
	if (link->have < want)
		return L2CAP_MORE;
	*out = (struct l2cap_sdu){ link->pdu + L2CAP_HDR_LEN, (uint16_t)(want - L2CAP_HDR_LEN),
		le16_get(link->pdu + 2) };
	return end(link, L2CAP_WHOLE);
}
