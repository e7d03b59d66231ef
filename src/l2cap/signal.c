/*
 * LE signalling (Vol 3 Part A 4): one request of ours at a time, and an answer to whatever a peer sends. What is not
 * connection parameters is rejected as not understood; answers that nobody waits for are passed over.
 */
#include <ble/err.h>

#include "base/rd.h"
#include "base/wr.h"
#include "l2cap/l2cap.h"

/* 4.1: also for requests of channels that do not exist here. */
static bool reject(struct l2cap_link *link, uint8_t identifier, uint16_t reason, const uint8_t *data, uint16_t len)
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

/* The packet is taken before the request has an effect, so that giving it again is harmless. A Command Reject of two
 * octets of reason is as long as the response. */
static bool on_params_req(struct l2cap_link *link, const struct l2cap_signal_hooks *hooks, void *ctx,
	uint8_t identifier, struct rd *r)
{
	struct l2cap_connection_parameter_update_req req;
	if (!hooks->params_req || !l2cap_connection_parameter_update_req_read(r, &req))
		return reject(link, identifier, L2CAP_REJECT_NOT_UNDERSTOOD, NULL, 0);
	enum { LEN = L2CAP_SIG_HDR_LEN + L2CAP_CONNECTION_PARAMETER_UPDATE_RSP_LEN };
	struct ble_tx *tx = l2cap_take(link, L2CAP_MINOR, LEN);
	if (!tx)
		return false;
	enum l2cap_params answer = hooks->params_req(ctx, &req);
	bool known = answer != L2CAP_PARAMS_NOT_FOR_US;
	struct wr w = wr_of(l2cap_sdu(tx), LEN);
	l2cap_sig_hdr_write(&w, &(struct l2cap_sig_hdr){
		known ? L2CAP_CONNECTION_PARAMETER_UPDATE_RSP : L2CAP_COMMAND_REJECT_RSP, identifier,
		L2CAP_CONNECTION_PARAMETER_UPDATE_RSP_LEN });
	l2cap_connection_parameter_update_rsp_write(&w, &(struct l2cap_connection_parameter_update_rsp){
		known ? (uint16_t)answer : L2CAP_REJECT_NOT_UNDERSTOOD });
	l2cap_send(link, tx, L2CAP_CID_LE_SIGNALLING, LEN);
	return true;
}

/* A response to ours, or a Command Reject of it. Anything malformed counts as no. */
static void on_answer(struct l2cap_signal *s, const struct l2cap_signal_hooks *hooks, void *ctx,
	const struct l2cap_sig_hdr *hdr, struct rd *r)
{
	struct l2cap_connection_parameter_update_rsp rsp = { .result = 1 };
	if (!s->awaited || hdr->identifier != s->awaited)
		return;
	bool read = hdr->code == L2CAP_CONNECTION_PARAMETER_UPDATE_RSP &&
		l2cap_connection_parameter_update_rsp_read(r, &rsp);
	s->awaited = 0;
	if (hooks->params_rsp)
		hooks->params_rsp(ctx, read && rsp.result == 0);
}

bool l2cap_signal_rx(struct l2cap_link *link, struct l2cap_signal *signal, const struct l2cap_signal_hooks *hooks,
	void *ctx, const uint8_t *pdu, uint16_t len)
{
	static const uint8_t mtu[2] = { L2CAP_LE_SIG_MTU_MIN, 0 };
	struct rd r = rd_of(pdu, len);
	struct l2cap_sig_hdr hdr;
	/* One command a packet on LE, 4; identifier 0 is illegal and cannot be answered. */
	if (!l2cap_sig_hdr_read(&r, &hdr) || !hdr.identifier)
		return true;
	bool answer = hdr.code == L2CAP_COMMAND_REJECT_RSP || hdr.code == L2CAP_CONNECTION_PARAMETER_UPDATE_RSP;
	if (answer) {
		if (hdr.data_length == r.left)
			on_answer(signal, hooks, ctx, &hdr, &r);
		return true;
	}
	if (len > L2CAP_LE_SIG_MTU_MIN)
		return reject(link, hdr.identifier, L2CAP_REJECT_MTU_EXCEEDED, mtu, sizeof mtu);
	if (hdr.data_length != r.left)
		return reject(link, hdr.identifier, L2CAP_REJECT_NOT_UNDERSTOOD, NULL, 0);
	switch (hdr.code) {
	case L2CAP_CONNECTION_PARAMETER_UPDATE_REQ:
		return on_params_req(link, hooks, ctx, hdr.identifier, &r);
	case L2CAP_DISCONNECTION_RSP:
	case L2CAP_LE_CREDIT_BASED_CONNECTION_RSP:
	case L2CAP_FLOW_CONTROL_CREDIT_IND:
	case L2CAP_CREDIT_BASED_CONNECTION_RSP:
	case L2CAP_CREDIT_BASED_RECONFIGURE_RSP:
		return true; /* a response, or an indication: not to be answered */
	default:
		return reject(link, hdr.identifier, L2CAP_REJECT_NOT_UNDERSTOOD, NULL, 0);
	}
}

int l2cap_params_request(struct l2cap_link *link, struct l2cap_signal *signal,
	const struct l2cap_connection_parameter_update_req *req)
{
	enum { LEN = L2CAP_SIG_HDR_LEN + L2CAP_CONNECTION_PARAMETER_UPDATE_REQ_LEN };
	struct ble_tx *tx = l2cap_take(link, L2CAP_EVENT, LEN);
	if (!tx)
		return BLE_EBUSY;
	signal->identifier = (uint8_t)(signal->identifier == 0xFF ? 1 : signal->identifier + 1);
	signal->awaited = signal->identifier;
	struct wr w = wr_of(l2cap_sdu(tx), LEN);
	l2cap_sig_hdr_write(&w, &(struct l2cap_sig_hdr){ L2CAP_CONNECTION_PARAMETER_UPDATE_REQ, signal->identifier,
					L2CAP_CONNECTION_PARAMETER_UPDATE_REQ_LEN });
	l2cap_connection_parameter_update_req_write(&w, req);
	l2cap_send(link, tx, L2CAP_CID_LE_SIGNALLING, LEN);
	return 0;
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
