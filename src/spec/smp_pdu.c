/*
 * The codecs of smp_pdu.h: fields in the order of Vol 3 Part H 3.5 and 3.6, nothing decided here.
 */
#include "spec/smp_pdu.h"

bool smp_pairing_read(struct rd *r, struct smp_pairing *out)
{
	out->io_capability = rd_u8(r);
	out->oob_data_flag = rd_u8(r);
	out->auth_req = rd_u8(r);
	out->max_key_size = rd_u8(r);
	out->initiator_keys = rd_u8(r);
	out->responder_keys = rd_u8(r);
	return rd_done(r);
}

void smp_pairing_write(struct wr *w, uint8_t code, const struct smp_pairing *in)
{
	wr_u8(w, code);
	wr_u8(w, in->io_capability);
	wr_u8(w, in->oob_data_flag);
	wr_u8(w, in->auth_req);
	wr_u8(w, in->max_key_size);
	wr_u8(w, in->initiator_keys);
	wr_u8(w, in->responder_keys);
}

bool smp_value_read(struct rd *r, struct smp_value *out)
{
	out->value = rd_take(r, 16);
	return rd_done(r);
}

void smp_value_write(struct wr *w, uint8_t code, const struct smp_value *in)
{
	wr_u8(w, code);
	wr_put(w, in->value, 16);
}

bool smp_octet_read(struct rd *r, struct smp_octet *out)
{
	out->value = rd_u8(r);
	return rd_done(r);
}

void smp_octet_write(struct wr *w, uint8_t code, const struct smp_octet *in)
{
	wr_u8(w, code);
	wr_u8(w, in->value);
}

bool smp_central_id_read(struct rd *r, struct smp_central_id *out)
{
	out->ediv = rd_le16(r);
	out->rand = rd_le64(r);
	return rd_done(r);
}

void smp_central_id_write(struct wr *w, const struct smp_central_id *in)
{
	wr_u8(w, SMP_CENTRAL_ID);
	wr_le16(w, in->ediv);
	wr_le64(w, in->rand);
}

bool smp_identity_address_read(struct rd *r, struct smp_identity_address *out)
{
	out->addr_type = rd_u8(r);
	rd_copy(r, out->bd_addr, 6);
	return rd_done(r);
}

void smp_identity_address_write(struct wr *w, const struct smp_identity_address *in)
{
	wr_u8(w, SMP_IDENTITY_ADDRESS);
	wr_u8(w, in->addr_type);
	wr_put(w, in->bd_addr, 6);
}

bool smp_public_key_read(struct rd *r, struct smp_public_key *out)
{
	out->x = rd_take(r, 32);
	out->y = rd_take(r, 32);
	return rd_done(r);
}

void smp_public_key_write(struct wr *w, const struct smp_public_key *in)
{
	wr_u8(w, SMP_PUBLIC_KEY);
	wr_put(w, in->x, 32);
	wr_put(w, in->y, 32);
}
