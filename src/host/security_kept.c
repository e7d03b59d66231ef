/*
 * Subscriptions of bonds: what a client has written to configurations outlives the connection (Vol 3 Part G 2.4,
 * 3.3.3.3). A record for each bond, beside that of its keys (bonds.c):
 *
 *	version 1 | age of the bond 4 | Client Supported Features 1 | Database Hash 16 | (handle 2 | bits 1) ... | CRC-32 4
 *
 * The age says whose it is: a slot may have had another bond. The hash says in which database the handles mean what they
 * did. Written when the connection ends, or when its client has configured nothing for a second; a record that cannot be
 * read is as if there were none. Without a store subscriptions end with the connection.
 */
#include "host/security.h"

#include "base/wr.h"
#include "gatt/gatt.h"
#include "host/part_server.h"

enum { VERSION = 1, HEAD = 22, ENTRY = 3, CRC = 4, RECORD = 192, QUIET_US = 1000000 };

static struct host_security *owner_of(const struct security_link *l)
{
	return CONTAINER_OF(l->smp.smp, struct host_security, smp);
}

static uint32_t key_of(const struct security_link *l)
{
	return BLE_STORE_SUBSCRIPTIONS + (uint32_t)l->bond;
}

/* Where the configurations are: ble_caching may keep them from who notifies. */
static const uint8_t *configurations(const struct ble_conn *c)
{
	struct ble_part_slot *slot = host_room(c->host, &ble_caching_room);
	const struct gatt_caching *caching = slot ? host_conn_mem(slot, c) : NULL;
	return caching && caching->hides ? caching->kept : server_peer(c->host, c)->cccd;
}

/* False: nothing is worth keeping. */
static bool write_record(struct security_link *l, struct wr *w)
{
	struct ble_conn *c = l->conn;
	const struct host_security *s = owner_of(l);
	const struct ble_characteristic *ch;
	const uint8_t *cccd = configurations(c);
	uint8_t features = server_peer(c->host, c)->att.features, hash[GATT_HASH], bits;
	uint16_t handle = 0;
	bool any = features != 0;
	if (gatt_hash_make(&c->att, s->smp.crypto, hash))
		return false;
	wr_u8(w, VERSION);
	wr_le32(w, s->bonds.slots[l->bond].age);
	wr_u8(w, features);
	wr_put(w, hash, sizeof hash);
	while (w->len + ENTRY + CRC <= RECORD && (bits = gatt_kept_next(&c->att, cccd, &handle, &ch))) {
		wr_le16(w, handle);
		wr_u8(w, bits);
		any = true;
	}
	wr_le32(w, bonds_crc32(w->p, w->len));
	return any;
}

void security_keep_subscriptions(struct security_link *l)
{
	struct host_security *s = owner_of(l);
	const struct ble_platform *p = s->bonds.platform;
	uint8_t record[RECORD];
	struct wr w = wr_of(record, sizeof record);
	if (!l->unsaved || !l->known || l->outdated || l->bond < 0 || !s->host->server)
		return;
	l->unsaved = false;
	bool any = write_record(l, &w);
	int err = 0;
	if (any && p->save)
		err = p->save(p->ctx, key_of(l), record, w.len);
	else if (!any && p->erase)
		err = p->erase(p->ctx, key_of(l));
	if (!err || err == BLE_ENOENT)
		return;
	s->bonds_err = BLE_EIO;
	host_pending(s->host, host_room(s->host, &ble_pairing_room));
}

/* A record with the new hash would say that the client knows. */
static bool is_being_told(const struct security_link *l)
{
	const struct gatt_peer *p = server_peer(l->conn->host, l->conn);
	return p->changed_start || p->att.indicated;
}

static void on_quiet(struct tmr *t)
{
	struct host_security *s = CONTAINER_OF(t, struct host_security, quiet);
	const struct ble_host *h = s->host;
	bool again = false;
	for (unsigned i = 0; i < h->conn_count; i++) {
		struct security_link *l = security_link(&h->conns[i]);
		if (!conn_is_up(&h->conns[i]))
			continue;
		l->outdated = l->outdated && is_being_told(l);
		again |= l->outdated;
		security_keep_subscriptions(l);
	}
	if (again)
		host_timer(s->host, t, QUIET_US, on_quiet);
}

void security_subscribed(struct security_link *l)
{
	struct host_security *s = owner_of(l);
	l->unsaved = true;
	host_timer(s->host, &s->quiet, QUIET_US, on_quiet);
}

static bool is_whole(const uint8_t *record, int len)
{
	if (len < HEAD + CRC || len > RECORD || (len - HEAD - CRC) % ENTRY)
		return false;
	struct rd crc = rd_of(record + len - CRC, CRC);
	return rd_le32(&crc) == bonds_crc32(record, (size_t)len - CRC) && record[0] == VERSION;
}

/* What is kept of this peer, r behind the age; false: nothing. */
static bool load_record(struct security_link *l, uint8_t record[RECORD], struct rd *r)
{
	struct host_security *s = owner_of(l);
	const struct ble_platform *p = s->bonds.platform;
	int len = p->load ? p->load(p->ctx, key_of(l), record, RECORD) : BLE_ENOENT;
	if (len == BLE_ENOENT)
		return false;
	if (!is_whole(record, len)) {
		security_damaged(s);
		return false;
	}
	*r = rd_of(record + 1, (size_t)len - CRC - 1);
	return rd_le32(r) == s->bonds.slots[l->bond].age;
}

/*
 * 7.1: a client that has asked for Service Changed is told that the database is another, and nothing else of what it has
 * written means what it did.
 */
void security_restore(struct security_link *l)
{
	struct ble_host *h = l->conn->host;
	struct att_bearer *b = &l->conn->att;
	uint8_t record[RECORD], hash[GATT_HASH], kept[GATT_HASH];
	struct rd r;
	if (!h->server || !load_record(l, record, &r))
		return;
	struct gatt_peer *p = server_peer(h, l->conn);
	const struct gatt_db *db = h->att.db_ctx;
	p->att.features |= rd_u8(&r);
	rd_copy(&r, kept, sizeof kept);
	bool same = !gatt_hash_make(b, owner_of(l)->smp.crypto, hash) && !memcmp(hash, kept, sizeof hash);
	bool restored = false;
	while (r.left) {
		uint16_t handle = rd_le16(&r);
		uint8_t bits = rd_u8(&r);
		bool of_changes = db->own && handle == db->own->changed + 1;
		if (same || of_changes)
			restored |= gatt_kept_put(b, p->cccd, handle, bits);
		if (same || !of_changes)
			continue;
		gatt_changed(p, 1, UINT16_MAX);
		l->outdated = true;
	}
	if (!same)
		security_subscribed(l);
	if (p->changed_start)
		server_changed(h, 0, 0);
	l->restored = 0;
	if (restored)
		security_news(l, SECURITY_RESTORED);
}

bool security_tell_restored(struct security_link *l, struct ble_event *ev)
{
	const struct ble_host *h = l->conn->host;
	const struct gatt_db *db = h->att.db_ctx;
	const struct ble_characteristic *ch;
	uint8_t bits;
	while ((bits = gatt_kept_next(&l->conn->att, configurations(l->conn), &l->restored, &ch))) {
		if (db->own && l->restored == db->own->changed + 1)
			continue;
		l->news |= SECURITY_RESTORED;
		ev->subscribed.characteristic = ch;
		ev->subscribed.bits = bits;
		return host_event_in(l->conn->host, ev, BLE_EV_SUBSCRIBED, l->conn->id);
	}
	return false;
}
