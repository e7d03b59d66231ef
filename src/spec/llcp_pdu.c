/* The codecs of llcp_pdu.h: fields in the order of the Core Specification, nothing decided here. */
#include "spec/llcp_pdu.h"

#include "base/rd.h"
#include "base/wr.h"

int llcp_ctr_data_len(uint8_t opcode)
{
	static const uint8_t lens[] = {
#define X(name, num, len, text) [num] = len,
#include "spec/llcp_opcodes.def"
#undef X
	};
	return opcode < sizeof lens ? lens[opcode] : -1;
}

bool ll_connection_update_ind_read(struct rd *r, struct ll_connection_update_ind *out)
{
	out->win_size = rd_u8(r);
	out->win_offset = rd_le16(r);
	out->interval = rd_le16(r);
	out->latency = rd_le16(r);
	out->timeout = rd_le16(r);
	out->instant = rd_le16(r);
	return rd_done(r);
}

void ll_connection_update_ind_write(struct wr *w, const struct ll_connection_update_ind *in)
{
	wr_u8(w, LL_CONNECTION_UPDATE_IND);
	wr_u8(w, in->win_size);
	wr_le16(w, in->win_offset);
	wr_le16(w, in->interval);
	wr_le16(w, in->latency);
	wr_le16(w, in->timeout);
	wr_le16(w, in->instant);
}

bool ll_channel_map_ind_read(struct rd *r, struct ll_channel_map_ind *out)
{
	rd_copy(r, out->ch_m, 5);
	out->instant = rd_le16(r);
	return rd_done(r);
}

void ll_channel_map_ind_write(struct wr *w, const struct ll_channel_map_ind *in)
{
	wr_u8(w, LL_CHANNEL_MAP_IND);
	wr_put(w, in->ch_m, 5);
	wr_le16(w, in->instant);
}

bool ll_terminate_ind_read(struct rd *r, struct ll_terminate_ind *out) /* Vol 6 Part B 2.4.2.3 */
{
	out->error_code = rd_u8(r);
	return rd_done(r);
}

void ll_terminate_ind_write(struct wr *w, const struct ll_terminate_ind *in)
{
	wr_u8(w, LL_TERMINATE_IND);
	wr_u8(w, in->error_code);
}

bool ll_enc_req_read(struct rd *r, struct ll_enc_req *out) /* Vol 6 Part B 2.4.2.4 */
{
	out->rand = rd_le64(r);
	out->ediv = rd_le16(r);
	rd_copy(r, out->skd_c, 8);
	rd_copy(r, out->iv_c, 4);
	return rd_done(r);
}

void ll_enc_req_write(struct wr *w, const struct ll_enc_req *in)
{
	wr_u8(w, LL_ENC_REQ);
	wr_le64(w, in->rand);
	wr_le16(w, in->ediv);
	wr_put(w, in->skd_c, 8);
	wr_put(w, in->iv_c, 4);
}

bool ll_enc_rsp_read(struct rd *r, struct ll_enc_rsp *out) /* Vol 6 Part B 2.4.2.5 */
{
	rd_copy(r, out->skd_p, 8);
	rd_copy(r, out->iv_p, 4);
	return rd_done(r);
}

void ll_enc_rsp_write(struct wr *w, const struct ll_enc_rsp *in)
{
	wr_u8(w, LL_ENC_RSP);
	wr_put(w, in->skd_p, 8);
	wr_put(w, in->iv_p, 4);
}

bool ll_unknown_rsp_read(struct rd *r, struct ll_unknown_rsp *out) /* Vol 6 Part B 2.4.2.8 */
{
	out->unknown_type = rd_u8(r);
	return rd_done(r);
}

void ll_unknown_rsp_write(struct wr *w, const struct ll_unknown_rsp *in)
{
	wr_u8(w, LL_UNKNOWN_RSP);
	wr_u8(w, in->unknown_type);
}

bool ll_feature_read(struct rd *r, struct ll_feature *out) /* Vol 6 Part B 2.4.2.9 */
{
	out->feature_set = rd_le64(r);
	return rd_done(r);
}

void ll_feature_write(struct wr *w, uint8_t opcode, const struct ll_feature *in)
{
	wr_u8(w, opcode);
	wr_le64(w, in->feature_set);
}

bool ll_version_ind_read(struct rd *r, struct ll_version_ind *out) /* Vol 6 Part B 2.4.2.13 */
{
	out->version = rd_u8(r);
	out->company_identifier = rd_le16(r);
	out->subversion = rd_le16(r);
	return rd_done(r);
}

void ll_version_ind_write(struct wr *w, const struct ll_version_ind *in)
{
	wr_u8(w, LL_VERSION_IND);
	wr_u8(w, in->version);
	wr_le16(w, in->company_identifier);
	wr_le16(w, in->subversion);
}

bool ll_reject_ind_read(struct rd *r, struct ll_reject_ind *out) /* Vol 6 Part B 2.4.2.14 */
{
	out->error_code = rd_u8(r);
	return rd_done(r);
}

void ll_reject_ind_write(struct wr *w, const struct ll_reject_ind *in)
{
	wr_u8(w, LL_REJECT_IND);
	wr_u8(w, in->error_code);
}

bool ll_connection_param_read(struct rd *r, struct ll_connection_param *out)
{
	out->interval_min = rd_le16(r);
	out->interval_max = rd_le16(r);
	out->latency = rd_le16(r);
	out->timeout = rd_le16(r);
	out->preferred_periodicity = rd_u8(r);
	out->reference_conn_event_count = rd_le16(r);
	for (int i = 0; i < 6; i++)
		out->offset[i] = rd_le16(r);
	return rd_done(r);
}

void ll_connection_param_write(struct wr *w, uint8_t opcode, const struct ll_connection_param *in)
{
	wr_u8(w, opcode);
	wr_le16(w, in->interval_min);
	wr_le16(w, in->interval_max);
	wr_le16(w, in->latency);
	wr_le16(w, in->timeout);
	wr_u8(w, in->preferred_periodicity);
	wr_le16(w, in->reference_conn_event_count);
	for (int i = 0; i < 6; i++)
		wr_le16(w, in->offset[i]);
}

bool ll_reject_ext_ind_read(struct rd *r, struct ll_reject_ext_ind *out) /* Vol 6 Part B 2.4.2.18 */
{
	out->reject_opcode = rd_u8(r);
	out->error_code = rd_u8(r);
	return rd_done(r);
}

void ll_reject_ext_ind_write(struct wr *w, const struct ll_reject_ext_ind *in)
{
	wr_u8(w, LL_REJECT_EXT_IND);
	wr_u8(w, in->reject_opcode);
	wr_u8(w, in->error_code);
}

bool ll_length_read(struct rd *r, struct ll_length *out) /* Vol 6 Part B 2.4.2.21 */
{
	out->max_rx_octets = rd_le16(r);
	out->max_rx_time = rd_le16(r);
	out->max_tx_octets = rd_le16(r);
	out->max_tx_time = rd_le16(r);
	return rd_done(r);
}

void ll_length_write(struct wr *w, uint8_t opcode, const struct ll_length *in)
{
	wr_u8(w, opcode);
	wr_le16(w, in->max_rx_octets);
	wr_le16(w, in->max_rx_time);
	wr_le16(w, in->max_tx_octets);
	wr_le16(w, in->max_tx_time);
}

bool ll_phy_read(struct rd *r, struct ll_phy *out) /* Vol 6 Part B 2.4.2.22 */
{
	out->tx_phys = rd_u8(r);
	out->rx_phys = rd_u8(r);
	return rd_done(r);
}

void ll_phy_write(struct wr *w, uint8_t opcode, const struct ll_phy *in)
{
	wr_u8(w, opcode);
	wr_u8(w, in->tx_phys);
	wr_u8(w, in->rx_phys);
}

bool ll_phy_update_ind_read(struct rd *r, struct ll_phy_update_ind *out) /* Vol 6 Part B 2.4.2.23 */
{
	out->phy_c_to_p = rd_u8(r);
	out->phy_p_to_c = rd_u8(r);
	out->instant = rd_le16(r);
	return rd_done(r);
}

void ll_phy_update_ind_write(struct wr *w, const struct ll_phy_update_ind *in)
{
	wr_u8(w, LL_PHY_UPDATE_IND);
	wr_u8(w, in->phy_c_to_p);
	wr_u8(w, in->phy_p_to_c);
	wr_le16(w, in->instant);
}
