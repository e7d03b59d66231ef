/*
 * Payloads of the legacy advertising channel PDUs, Vol 6 Part B 2.3. The cursor holds as many
 * octets as the header's Length says, so rd_done is also the check of that field.
 */
#include "spec/ll_pdu.h"

bool ll_adv_read(struct rd *r, struct ll_adv *out) /* 2.3.1.1 */
{
	size_t len;
	rd_copy(r, out->adv_a, 6);
	out->data = rd_rest(r, &len);
	out->data_len = (uint8_t)len;
	return rd_done(r) && len <= LL_ADV_DATA_MAX;
}

void ll_adv_write(struct wr *w, const struct ll_adv *in)
{
	wr_put(w, in->adv_a, 6);
	wr_put(w, in->data, in->data_len);
}

bool ll_adv_direct_ind_read(struct rd *r, struct ll_adv_direct_ind *out) /* 2.3.1.2 */
{
	rd_copy(r, out->adv_a, 6);
	rd_copy(r, out->target_a, 6);
	return rd_done(r);
}

void ll_adv_direct_ind_write(struct wr *w, const struct ll_adv_direct_ind *in)
{
	wr_put(w, in->adv_a, 6);
	wr_put(w, in->target_a, 6);
}

bool ll_scan_req_read(struct rd *r, struct ll_scan_req *out) /* 2.3.2.1 */
{
	rd_copy(r, out->scan_a, 6);
	rd_copy(r, out->adv_a, 6);
	return rd_done(r);
}

void ll_scan_req_write(struct wr *w, const struct ll_scan_req *in)
{
	wr_put(w, in->scan_a, 6);
	wr_put(w, in->adv_a, 6);
}

bool ll_connect_ind_read(struct rd *r, struct ll_connect_ind *out) /* 2.3.3.1 */
{
	rd_copy(r, out->init_a, 6);
	rd_copy(r, out->adv_a, 6);
	out->aa = rd_le32(r);
	out->crc_init = rd_le24(r);
	out->win_size = rd_u8(r);
	out->win_offset = rd_le16(r);
	out->interval = rd_le16(r);
	out->latency = rd_le16(r);
	out->timeout = rd_le16(r);
	rd_copy(r, out->ch_m, 5);
	uint8_t hop_sca = rd_u8(r);
	out->hop = hop_sca & 0x1F;
	out->sca = hop_sca >> 5;
	return rd_done(r);
}

void ll_connect_ind_write(struct wr *w, const struct ll_connect_ind *in)
{
	wr_put(w, in->init_a, 6);
	wr_put(w, in->adv_a, 6);
	wr_le32(w, in->aa);
	wr_le24(w, in->crc_init);
	wr_u8(w, in->win_size);
	wr_le16(w, in->win_offset);
	wr_le16(w, in->interval);
	wr_le16(w, in->latency);
	wr_le16(w, in->timeout);
	wr_put(w, in->ch_m, 5);
	wr_u8(w, (uint8_t)((in->hop & 0x1F) | in->sca << 5));
}
