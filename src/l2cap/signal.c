/*
 * LE signalling (Vol 3 Part A 4): an answer to whatever a peer sends. A request that nobody has a hook for is rejected as
 * not understood; answers that nobody waits for are passed over. Connection parameters are in params.c.
 */
#include "base/rd.h"
#include "base/wr.h"
#include "l2cap/l2cap.h"

bool l2cap_reject(struct l2cap_link *link, uint8_t identifier, uint16_t reason, const uint8_t *data, uint16_t len)
{
	struct ble_tx *tx = l2cap_take(link, L2CAP_MINOR, (uint16_t)(L2CAP_SIG_HDR_LEN + 2 + len));
	if (!tx)
		return false;
	struct wr w = wr_of(l2cap_sdu(tx), L2CAP_SIG_HDR_LEN + 2u + len);
	l2cap_sig_hdr_write(&w, &(struct l2cap_sig_hdr){ L2CAP_COMMAND_REJECT_RSP, identifier, (uint16_t)(2 + len) });
	l2cap_command_reject_rsp_write(&w, &(struct l2cap_command_reject_rsp){ reason, data, len });
	l2cap_send(link, tx, L2CAP_CID_LE_SIGNALLING, (uint16_t)w.len);
	return true;
}

/* A response, or an indication: not to be answered, however malformed. 4.1 */
static bool is_answer(uint8_t code)
{
	switch (code) {
	case L2CAP_COMMAND_REJECT_RSP:
	case L2CAP_CONNECTION_PARAMETER_UPDATE_RSP:
	case L2CAP_DISCONNECTION_RSP:
	case L2CAP_LE_CREDIT_BASED_CONNECTION_RSP:
	case L2CAP_FLOW_CONTROL_CREDIT_IND:
	case L2CAP_CREDIT_BASED_CONNECTION_RSP:
	case L2CAP_CREDIT_BASED_RECONFIGURE_RSP: return true;
	default: return false;
	}
}

bool l2cap_signal_rx(struct l2cap_link *link, const struct l2cap_signal_hooks *hooks, void *ctx, const uint8_t *pdu,
	uint16_t len)
{
	static const uint8_t mtu[2] = { L2CAP_LE_SIG_MTU_MIN, 0 };
	struct rd r = rd_of(pdu, len);
	struct l2cap_sig_hdr hdr;
	/* One command a packet on LE, 4; identifier 0 is illegal and cannot be answered. */
	if (!l2cap_sig_hdr_read(&r, &hdr) || !hdr.identifier)
		return true;
	if (is_answer(hdr.code)) {
		if (hdr.data_length == r.left && hooks->answer)
			hooks->answer(ctx, &hdr, &r);
		return true;
	}
	if (len > L2CAP_LE_SIG_MTU_MIN)
		return l2cap_reject(link, hdr.identifier, L2CAP_REJECT_MTU_EXCEEDED, mtu, sizeof mtu);
	if (hdr.code == L2CAP_CONNECTION_PARAMETER_UPDATE_REQ && hdr.data_length == r.left && hooks->params)
		return hooks->params(ctx, hdr.identifier, &r);
	return l2cap_reject(link, hdr.identifier, L2CAP_REJECT_NOT_UNDERSTOOD, NULL, 0);
}

bool l2cap_no_pairing(struct l2cap_link *link, const uint8_t *pdu, uint16_t len)
{
	enum { PAIRING_REQUEST = 0x01, PAIRING_FAILED = 0x05, PAIRING_NOT_SUPPORTED = 0x05 };
	if (!len || pdu[0] != PAIRING_REQUEST)
		return true;
	struct ble_tx *tx = l2cap_take(link, L2CAP_MINOR, 2);
	if (!tx)
		return false;
	l2cap_sdu(tx)[0] = PAIRING_FAILED;
	l2cap_sdu(tx)[1] = PAIRING_NOT_SUPPORTED;
	l2cap_send(link, tx, L2CAP_CID_SM, 2);
	return true;
}
