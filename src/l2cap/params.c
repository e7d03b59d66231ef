/*
 * Connection Parameter Update over L2CAP (Vol 3 Part A 4.20, 4.21), both sides: the central's answer, and the
 * peripheral's request, one at a time. Linked by who asks (ble_conn_update()) and who decides (ble_central).
 */
#include <ble/err.h>

#include "base/rd.h"
#include "base/wr.h"
#include "l2cap/l2cap.h"

/* The packet is taken before the request has an effect, so that giving it again is harmless. A Command Reject of two
 * octets of reason is as long as the response. */
bool l2cap_params_decide(struct l2cap_link *link, uint8_t identifier, struct rd *r, l2cap_params_fn *decide, void *ctx)
{
	enum { LEN = L2CAP_SIG_HDR_LEN + L2CAP_CONNECTION_PARAMETER_UPDATE_RSP_LEN };
	struct l2cap_connection_parameter_update_req req;
	if (!l2cap_connection_parameter_update_req_read(r, &req))
		return l2cap_reject(link, identifier, L2CAP_REJECT_NOT_UNDERSTOOD);
	struct ble_tx *tx = l2cap_take(link, L2CAP_MINOR, LEN);
	if (!tx)
		return false;
	enum l2cap_params answer = decide(ctx, &req);
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

bool l2cap_params_answered(struct l2cap_signal *s, const struct l2cap_sig_hdr *hdr, struct rd *r, bool *accepted)
{
	struct l2cap_connection_parameter_update_rsp rsp = { .result = 1 };
	if (!s->awaited || hdr->identifier != s->awaited)
		return false;
	s->awaited = 0;
	*accepted = hdr->code == L2CAP_CONNECTION_PARAMETER_UPDATE_RSP &&
		l2cap_connection_parameter_update_rsp_read(r, &rsp) && rsp.result == 0;
	return true;
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
