/* Out of Band data and keypresses: the verbs of bond.h that only programs with such ways of pairing call. */
#include "host/security.h"

static struct host_security *need(struct ble_host *h, int *err)
{
	static const char hint[] = "out of band data needs the part ble_pairing and ble_out_of_band in ways";
	struct ble_part_slot *slot = host_need(h, &ble_pairing, hint, err);
	struct host_security *s = slot ? host_mem(slot) : NULL;
	if (s && (!s->smp.crypto || !s->smp.config.oob_model)) {
		*err = host_refuse_hint(h, BLE_ENOTSUP, "ways", hint);
		return NULL;
	}
	return s;
}

static void on_made(struct smp_oob *oob, int err)
{
	struct host_security *s = CONTAINER_OF(oob, struct host_security, oob);
	s->oob_err = (int16_t)err;
	s->oob_news = true;
	host_pending(s->host, host_room(s->host, &ble_pairing_room));
}

int ble_oob_make(struct ble_host *h)
{
	int err = 0;
	struct host_security *s = need(h, &err);
	if (!s)
		return err;
	s->oob.made = on_made;
	return smp_oob_make(&s->smp, &s->oob);
}

int ble_oob_set(struct ble_host *h, const struct ble_oob *theirs, bool legacy)
{
	int err = 0;
	struct host_security *s = need(h, &err);
	if (!s)
		return err;
	s->oob.peer = theirs->peer;
	s->oob.have_tk = legacy;
	s->oob.have_theirs = !legacy;
	memcpy(s->oob.tk, theirs->tk, 16);
	memcpy(s->oob.their_r, theirs->r, 16);
	memcpy(s->oob.their_c, theirs->c, 16);
	return 0;
}

int ble_conn_keypress(struct ble_host *h, ble_conn_id id, uint8_t kind)
{
	const struct ble_conn *c = host_conn(h, id);
	int err = host_range(h, "kind", kind, 0, BLE_KEYPRESS_COMPLETED);
	if (!host_room(h, &ble_pairing_room))
		return BLE_ENOTSUP;
	if (!c)
		return BLE_ECONN;
	return err ? err : smp_keypress(&security_link(c)->smp, (enum smp_keypress)kind);
}
