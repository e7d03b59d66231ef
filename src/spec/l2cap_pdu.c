/*
 * Signalling PDUs of L2CAP, Vol 3 Part A 4, behind their header.
 */
#include "spec/l2cap_pdu.h"

bool l2cap_command_reject_rsp_read(struct rd *r, struct l2cap_command_reject_rsp *out) /* 4.1 */
{
	size_t len;
	out->reason = rd_le16(r);
	out->data = rd_rest(r, &len);
	out->data_len = (uint16_t)len;
	return rd_done(r);
}

void l2cap_command_reject_rsp_write(struct wr *w, const struct l2cap_command_reject_rsp *in)
{
	wr_le16(w, in->reason);
	wr_put(w, in->data, in->data_len);
}

bool l2cap_connection_parameter_update_req_read(
	struct rd *r, struct l2cap_connection_parameter_update_req *out) /* 4.20 */
{
	out->interval_min = rd_le16(r);
	out->interval_max = rd_le16(r);
	out->latency = rd_le16(r);
	out->timeout = rd_le16(r);
	return rd_done(r);
}

void l2cap_connection_parameter_update_req_write(
	struct wr *w, const struct l2cap_connection_parameter_update_req *in)
{
	wr_le16(w, in->interval_min);
	wr_le16(w, in->interval_max);
	wr_le16(w, in->latency);
	wr_le16(w, in->timeout);
}

bool l2cap_connection_parameter_update_rsp_read(
	struct rd *r, struct l2cap_connection_parameter_update_rsp *out) /* 4.21 */
{
	out->result = rd_le16(r);
	return rd_done(r);
}

void l2cap_connection_parameter_update_rsp_write(
	struct wr *w, const struct l2cap_connection_parameter_update_rsp *in)
{
	wr_le16(w, in->result);
}
