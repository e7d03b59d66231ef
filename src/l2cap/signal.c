/*
 * LE signalling (Vol 3 Part A 4): an answer to whatever a peer sends. A request that nobody has a hook for is rejected as
 * not understood; answers that nobody waits for are passed over. Connection parameters are in params.c.
 */
#include "base/rd.h"
#include "l2cap/l2cap.h"

bool l2cap_answer(struct l2cap_link *link, uint16_t cid, const uint8_t *octets, uint16_t len)
{
	struct ble_tx *tx = l2cap_take(link, L2CAP_MINOR, len);
	if (!tx)
		return false;
	memcpy(l2cap_sdu(tx), octets, len);
	l2cap_send(link, tx, cid, len);
	return true;
}

bool l2cap_reject(struct l2cap_link *link, uint8_t identifier, uint16_t reason)
{
	enum { REASON = 2 }; /* octets, and as many of the MTU */
	bool mtu = reason == L2CAP_REJECT_MTU_EXCEEDED;
	const uint8_t octets[L2CAP_SIG_HDR_LEN + REASON + 2] = { L2CAP_COMMAND_REJECT_RSP, identifier,
		(uint8_t)(mtu ? 2 * REASON : REASON), 0, (uint8_t)reason, 0, L2CAP_LE_SIG_MTU_MIN, 0 };
	return l2cap_answer(link, L2CAP_CID_LE_SIGNALLING, octets, (uint16_t)(L2CAP_SIG_HDR_LEN + octets[2]));
}

/* A response, or an indication: not to be answered, however malformed. 4.1 */
static bool is_answer(uint8_t code)
{
	enum {
		ANSWERS = 1 << L2CAP_COMMAND_REJECT_RSP | 1 << L2CAP_CONNECTION_PARAMETER_UPDATE_RSP |
			1 << L2CAP_DISCONNECTION_RSP | 1 << L2CAP_LE_CREDIT_BASED_CONNECTION_RSP |
			1 << L2CAP_FLOW_CONTROL_CREDIT_IND | 1 << L2CAP_CREDIT_BASED_CONNECTION_RSP |
			1 << L2CAP_CREDIT_BASED_RECONFIGURE_RSP,
	};
	return code < 32 && (ANSWERS >> code & 1);
}

bool l2cap_signal_rx(struct l2cap_link *link, const struct l2cap_signal_hooks *hooks, void *ctx, const uint8_t *pdu,
	uint16_t len)
{
	/* One command a packet on LE, 4; identifier 0 is illegal and cannot be answered. */
	if (len < L2CAP_SIG_HDR_LEN || !pdu[1])
		return true;
	const struct l2cap_sig_hdr hdr = { pdu[0], pdu[1], le16_get(pdu + 2) };
	struct rd r = rd_of(pdu + L2CAP_SIG_HDR_LEN, len - (size_t)L2CAP_SIG_HDR_LEN);
	if (is_answer(hdr.code)) {
		if (hdr.data_length == r.left && hooks->answer)
			hooks->answer(ctx, &hdr, &r);
		return true;
	}
	if (len > L2CAP_LE_SIG_MTU_MIN)
		return l2cap_reject(link, hdr.identifier, L2CAP_REJECT_MTU_EXCEEDED);
	if (hdr.code == L2CAP_CONNECTION_PARAMETER_UPDATE_REQ && hdr.data_length == r.left && hooks->params)
		return hooks->params(ctx, hdr.identifier, &r);
	return l2cap_reject(link, hdr.identifier, L2CAP_REJECT_NOT_UNDERSTOOD);
}

bool l2cap_no_pairing(struct l2cap_link *link, const uint8_t *pdu, uint16_t len)
{
	enum { PAIRING_REQUEST = 0x01, PAIRING_FAILED = 0x05, PAIRING_NOT_SUPPORTED = 0x05 };
	static const uint8_t failed[] = { PAIRING_FAILED, PAIRING_NOT_SUPPORTED };
	return !len || pdu[0] != PAIRING_REQUEST || l2cap_answer(link, L2CAP_CID_SM, failed, sizeof failed);
}
