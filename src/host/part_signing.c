/*
 * The part ble_signing: data signing, for links in clear text (Vol 3 Part C 10.4, Part H 2.4.5). It takes the Signed Write
 * Command beside ble_server, and signs for ble_client. Keys are those of bonds; of each bond the store has
 *
 *	version 1 | age of the bond 4 | counter of the peer 4 | counter of ours 4 | CRC-32 4
 *
 * least significant octet first. A peer's counter is written before what it signed is acted upon, so that nothing that has
 * been acted upon can be said again, whatever becomes of the power. Ours is written 64 ahead of what is sent: after a
 * restart some numbers are left out, and none is used twice. A bond without its record signs no more: it could not tell
 * what is new. The last counter is never used, so that there is always a next one.
 */
#include "host/security.h"

#include <string.h>

#include "base/wr.h"
#include "crypto/crypto.h"
#include "gatt/gatt.h"
#include "spec/att_pdu.h"

enum { VERSION = 1, RECORD = 17, CRC = 4, AHEAD = 64, BONDS_DEFAULT = 8 };

static void tell_of_bonds(struct host_security *s, int err)
{
	s->bonds_err = (int16_t)err;
	host_pending(s->host, host_room(s->host, &ble_pairing_room));
}

static bool save(const struct host_signing *g, unsigned index)
{
	struct host_security *s = security_of(g->host);
	const struct ble_platform *p = s->bonds.platform;
	const struct sign_counters *k = &g->counters[index];
	uint8_t record[RECORD];
	struct wr w = wr_of(record, sizeof record);
	wr_u8(&w, VERSION);
	wr_le32(&w, k->age);
	wr_le32(&w, k->theirs);
	wr_le32(&w, k->kept);
	wr_le32(&w, bonds_crc32(record, w.len));
	if (!p->save || !p->save(p->ctx, BLE_STORE_SIGNING + (uint32_t)index, record, sizeof record))
		return true;
	tell_of_bonds(s, BLE_EIO);
	return false;
}

static bool load(const struct host_signing *g, unsigned index, struct sign_counters *k)
{
	struct host_security *s = security_of(g->host);
	const struct ble_platform *p = s->bonds.platform;
	uint8_t record[RECORD];
	int len = p->load ? p->load(p->ctx, BLE_STORE_SIGNING + (uint32_t)index, record, sizeof record) : BLE_ENOENT;
	if (len == BLE_ENOENT)
		return false;
	struct rd r = rd_of(record, len == RECORD ? RECORD : 0);
	bool ours = rd_u8(&r) == VERSION && rd_le32(&r) == k->age;
	k->theirs = rd_le32(&r);
	k->ours = k->kept = rd_le32(&r);
	uint32_t crc = rd_le32(&r);
	bool whole = rd_done(&r) && crc == bonds_crc32(record, RECORD - CRC);
	if (!whole)
		tell_of_bonds(s, BLE_EBADPDU);
	return whole && ours;
}

/* Those of a bond; NULL: they are lost. */
static struct sign_counters *counters_of(struct host_signing *g, unsigned index)
{
	struct sign_counters *k = &g->counters[index];
	uint32_t age = security_of(g->host)->bonds.slots[index].age;
	if (!k->known || k->age != age) {
		*k = (struct sign_counters){ .age = age, .known = true };
		k->lost = !load(g, index, k);
	}
	return k->lost ? NULL : k;
}

/* New keys are counted from 0. */
static void bonded(struct host_signing *g, unsigned index)
{
	const struct host_bond *bond = &security_of(g->host)->bonds.slots[index];
	g->counters[index] = (struct sign_counters){ .age = bond->age, .known = true };
	if ((bond->theirs.have | bond->ours.have) & SMP_DIST_SIGN)
		g->counters[index].lost = !save(g, index);
}

/* The link whose bond can sign; NULL: there is none, with whichever key. */
static const struct security_link *link_of(struct att_bearer *b, const struct host_bond **bond)
{
	const struct ble_conn *c = host_conn_of(b);
	if (!host_room(c->host, &ble_pairing_room))
		return NULL;
	const struct security_link *l = security_link(c);
	if (l->bond < 0)
		return NULL;
	*bond = &security_of(c->host)->bonds.slots[l->bond];
	return l;
}

/* -- theirs ---------------------------------------------------------------------------------------------------------- */

static bool is_signed(const struct host_security *s, const uint8_t csrk[16], const uint8_t *pdu, uint16_t len)
{
	const uint8_t *signature = pdu + len - ATT_SIGNATURE_LEN;
	uint8_t mac[8];
	int err = crypto_sign(s->smp.crypto, csrk, pdu, len - (size_t)ATT_SIGNATURE_LEN, le32_get(signature), mac);
	bool good = crypto_same(mac, signature + 4, sizeof mac) && !err;
	crypto_wipe(mac, sizeof mac);
	return good;
}

/*
 * Part C 10.4.2: by the bond's key, and not heard before. On an encrypted link nobody signs (Part G 4.9.2): what was
 * recorded there says nothing new. True: it will not be taken again.
 */
static bool is_authentic(struct host_signing *g, struct att_bearer *b, const uint8_t *pdu, uint16_t len)
{
	const struct host_bond *bond;
	const struct security_link *l = link_of(b, &bond);
	if (!l || l->strength.key_size || !(bond->theirs.have & SMP_DIST_SIGN))
		return false;
	struct sign_counters *k = counters_of(g, (unsigned)l->bond);
	uint32_t counter = le32_get(pdu + len - ATT_SIGNATURE_LEN);
	if (!k || counter < k->theirs || counter == UINT32_MAX)
		return false;
	if (!is_signed(security_of(g->host), bond->theirs.csrk, pdu, len))
		return false;
	uint32_t before = k->theirs;
	k->theirs = counter + 1;
	if (save(g, (unsigned)l->bond))
		return true;
	k->theirs = before;
	return false;
}

/* Vol 3 Part F 3.4.5.4: whatever is wrong with it, it is not answered. */
static enum att_verdict on_signed_write(struct att_bearer *b, const uint8_t *pdu, uint16_t len)
{
	struct ble_host *h = host_conn_of(b)->host;
	struct rd r = rd_of(pdu + 1, len - 1u);
	struct att_signed_write_cmd cmd;
	struct att_attr a;
	if (!att_signed_write_cmd_read(&r, &cmd)) {
		b->att->malformed++;
		return ATT_DONE;
	}
	if (!is_authentic(security_signing(h), b, pdu, len)) {
		b->att->violations++;
		return ATT_DONE;
	}
	if (b->att->db->find(b->att->db_ctx, &a, cmd.handle) && a.handle == cmd.handle &&
		!h->security->permit(b, &a, HOST_WRITE_SIGNED))
		(void)gatt_take_signed(b, &a, cmd.value, cmd.len, BLE_WRITTEN_SIGNED);
	return ATT_DONE;
}

static int write_instead(struct att_bearer *b, const struct att_attr *a, const uint8_t *data, uint16_t len)
{
	return gatt_take_signed(b, a, data, len, BLE_WRITTEN_COMMAND);
}

/* -- ours ------------------------------------------------------------------------------------------------------------ */

/* The next one that was never used; the store knows of it. */
static int take_counter(struct host_signing *g, unsigned index, uint32_t *counter)
{
	struct sign_counters *k = counters_of(g, index);
	if (!k)
		return BLE_ENOENT;
	if (k->ours == UINT32_MAX)
		return BLE_ESTATE;
	if (k->ours == k->kept) {
		k->kept += UINT32_MAX - k->kept < AHEAD ? UINT32_MAX - k->kept : AHEAD;
		if (!save(g, index)) {
			k->kept = k->ours;
			return BLE_EIO;
		}
	}
	*counter = k->ours++;
	return 0;
}

int signing_sign(struct att_bearer *b, uint8_t *pdu, uint16_t len)
{
	const struct host_bond *bond;
	const struct security_link *l = link_of(b, &bond);
	struct ble_host *h = host_conn_of(b)->host;
	uint32_t counter;
	if (!l || !(bond->ours.have & SMP_DIST_SIGN))
		return BLE_ENOENT;
	int err = take_counter(security_signing(h), (unsigned)l->bond, &counter);
	if (err)
		return err;
	le32_put(pdu + len, counter);
	return crypto_sign(security_of(h)->smp.crypto, bond->ours.csrk, pdu, len, counter, pdu + len + 4);
}

/* -- the part -------------------------------------------------------------------------------------------------------- */

static const struct att_extra extras[] = {
	{ .opcode = ATT_SIGNED_WRITE_CMD, .row = on_signed_write },
	{ .opcode = 0 },
};

static void measure(const struct ble_host_config *config, size_t *host_size, size_t *conn_size)
{
	(void)conn_size;
	*host_size += (config->bonds ? config->bonds : BONDS_DEFAULT) * sizeof(struct sign_counters);
}

static void attach(struct ble_host *h, struct ble_part_slot *slot, const struct ble_host_config *config)
{
	struct host_signing *g = host_mem(slot);
	(void)config;
	g->host = h;
	g->bonded = bonded;
	g->write = write_instead;
}

const struct ble_room ble_signing_room = { .host_size = sizeof(struct host_signing), .measure = measure };

const struct ble_part ble_signing = { .name = "signing", .room = &ble_signing_room, .extras = extras, .attach = attach };
