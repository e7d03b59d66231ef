/*
 * Subscriptions of bonds: what a client has written to configurations outlives the connection (Vol 3 Part G 2.4,
 * 3.3.3.3). A record for each bond, beside that of its keys (bonds.c):
 *
 *	version 1 | age of the bond 4 | Client Supported Features 1 | flags 1 | Database Hash 16 | (handle 2 | bits 1) ... |
 *		CRC-32 4
 *
 * Version 1 had no flags. The age says whose it is: a slot may have had another bond. The hash says in which database the
 * handles mean what they did, and, with a flag, whether the client knows that database (change-aware, 2.5.2.1): it
 * begins the next connection as it has ended this. Another flag says that it finds itself by its private addresses. Written when the connection ends, or when there has been no news for a second; a record that
 * cannot be read is as if there were none. Without a store subscriptions end with the connection.
 */
#include "host/security.h"

#include "base/bits.h"
#include "base/wr.h"
#include "gatt/gatt.h"
#include "host/part_server.h"

enum { VERSION = 2, HEAD = 23, HEAD_1 = 22, ENTRY = 3, CRC = 4, RECORD = 192, QUIET_US = 1000000 };
enum { FLAG_UNAWARE = 0x01, FLAG_RESOLVES = 0x02 };

static struct host_security *owner_of(const struct security_link *l)
{
	return CONTAINER_OF(l->smp.smp, struct host_security, smp);
}

static uint32_t key_of(int bond)
{
	return BLE_STORE_SUBSCRIPTIONS + (uint32_t)bond;
}

static struct gatt_caching *caching_of(const struct ble_conn *c)
{
	struct ble_part_slot *slot = host_room(c->host, &ble_caching_room);
	return slot ? host_conn_mem(slot, c) : NULL;
}

/* What ble_caching does for us; NULL: it is not there, or does nothing. */
static void (*outdate_of(const struct ble_host *h))(struct ble_conn *conn)
{
	struct ble_part_slot *slot = host_room(h, &ble_caching_room);
	const struct host_caching_hooks *hooks = slot ? host_mem(slot) : NULL;
	return hooks ? hooks->outdate : NULL;
}

/* Where the configurations are: ble_caching may keep them from who notifies. */
static const uint8_t *configurations(const struct ble_conn *c)
{
	const struct gatt_caching *caching = caching_of(c);
	return caching && caching->hides ? caching->kept : server_peer(c->host, c)->cccd;
}

static bool is_unaware(const struct security_link *l)
{
	const struct gatt_caching *caching = caching_of(l->conn);
	return l->telling || (caching && caching->state);
}

/* The record says something else of the client than is now. Of one that has configured nothing it is robust caching that
 * wants to know which database it has seen. */
static bool is_stale(const struct security_link *l)
{
	if (!l->kept)
		return outdate_of(l->conn->host) != NULL;
	return l->moved || l->kept_unaware != is_unaware(l);
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
	bool resolves = s->bonds.slots[l->bond].resolves, any = features || resolves || outdate_of(c->host);
	if (gatt_hash_make(&c->att, s->smp.crypto, hash))
		return false;
	l->kept_unaware = is_unaware(l);
	wr_u8(w, VERSION);
	wr_le32(w, s->bonds.slots[l->bond].age);
	wr_u8(w, features);
	wr_u8(w, (uint8_t)((l->kept_unaware ? FLAG_UNAWARE : 0) | (resolves ? FLAG_RESOLVES : 0)));
	wr_put(w, hash, sizeof hash);
	while (w->len + ENTRY + CRC <= RECORD && (bits = gatt_kept_next(&c->att, cccd, &handle, &ch))) {
		wr_le16(w, handle);
		wr_u8(w, bits);
		any = true;
	}
	wr_le32(w, bonds_crc32(w->p, w->len));
	l->kept = any;
	l->moved = false;
	return any;
}

void security_keep_subscriptions(struct security_link *l)
{
	struct host_security *s = owner_of(l);
	const struct ble_platform *p = s->bonds.platform;
	uint8_t record[RECORD];
	struct wr w = wr_of(record, sizeof record);
	if (!l->known || l->bond < 0 || !s->host->server || !(l->unsaved || is_stale(l)))
		return;
	l->unsaved = false;
	bool any = write_record(l, &w);
	int err = 0;
	if (any && p->save)
		err = p->save(p->ctx, key_of(l->bond), record, w.len);
	else if (!any && p->erase)
		err = p->erase(p->ctx, key_of(l->bond));
	if (!err || err == BLE_ENOENT)
		return;
	s->bonds_err = BLE_EIO;
	host_pending(s->host, host_room(s->host, &ble_pairing_room));
}

static void on_quiet(struct tmr *t)
{
	struct host_security *s = CONTAINER_OF(t, struct host_security, quiet);
	const struct ble_host *h = s->host;
	for (unsigned i = 0; i < h->conn_count; i++)
		if (conn_is_up(&h->conns[i]))
			security_keep_subscriptions(security_link(&h->conns[i]));
}

void security_subscribed(struct security_link *l)
{
	struct host_security *s = owner_of(l);
	l->unsaved = true;
	host_timer(s->host, &s->quiet, QUIET_US, on_quiet);
}

void security_aware(struct ble_conn *c)
{
	struct security_link *l = security_link(c);
	if (l->known && is_stale(l))
		security_subscribed(l);
}

/* A client that has asked for Service Changed is being told, until it has confirmed that. */
static void follow(struct security_link *l, const struct gatt_db *db, bool moved)
{
	const struct gatt_peer *p = server_peer(l->conn->host, l->conn);
	l->moved |= moved;
	if (moved)
		l->telling = (bit2_get(p->cccd, 0) & GATT_CCCD_INDICATION) != 0;
	else if (!p->changed_start && p->att.indicated != db->own->changed && !l->conn->att.dead)
		l->telling = false;
}

/* In front of own_server.changed: the database has changed, or (start 0) somebody has confirmed that. */
static void changed(struct ble_host *h, uint16_t start, uint16_t end)
{
	security_of(h)->changed(h, start, end);
	for (unsigned i = 0; i < h->conn_count; i++) {
		struct ble_conn *c = &h->conns[i];
		if (!conn_is_up(c) || !c->att.server)
			continue;
		follow(security_link(c), h->att.db_ctx, start != 0);
		security_aware(c);
	}
}

void security_listen(struct ble_host *h, bool on)
{
	struct host_security *s = security_of(h);
	const struct gatt_db *db = h->att.db_ctx;
	struct own_server *own = h->server && db->own ? host_mem(h->server) : NULL;
	bool is_on = own && own->changed == changed;
	if (!own || is_on == on)
		return;
	if (on)
		s->changed = own->changed;
	own->changed = on ? changed : s->changed;
}

static bool is_whole(const uint8_t *record, int len)
{
	if (len < HEAD_1 + CRC || len > RECORD || record[0] - 1u >= VERSION)
		return false;
	if ((len - CRC - (record[0] < VERSION ? HEAD_1 : HEAD)) % ENTRY)
		return false;
	struct rd crc = rd_of(record + len - CRC, CRC);
	return rd_le32(&crc) == bonds_crc32(record, (size_t)len - CRC);
}

struct kept {
	uint8_t features, flags;
	uint8_t hash[GATT_HASH];
};

/* What is kept of the peer of this bond, r at its configurations; false: nothing. */
static bool load_record(struct host_security *s, int bond, uint8_t record[RECORD], struct rd *r, struct kept *kept)
{
	const struct ble_platform *p = s->bonds.platform;
	int len = p->load ? p->load(p->ctx, key_of(bond), record, RECORD) : BLE_ENOENT;
	if (len == BLE_ENOENT)
		return false;
	if (!is_whole(record, len)) {
		security_damaged(s);
		return false;
	}
	*r = rd_of(record, (size_t)len - CRC);
	bool flags = rd_u8(r) == VERSION;
	if (rd_le32(r) != s->bonds.slots[bond].age)
		return false;
	kept->features = rd_u8(r);
	kept->flags = flags ? rd_u8(r) : 0;
	rd_copy(r, kept->hash, sizeof kept->hash);
	return true;
}

bool security_resolves(struct host_security *s, int bond)
{
	uint8_t record[RECORD];
	struct kept kept;
	struct rd r;
	if (!s->bonds.slots[bond].resolves && load_record(s, bond, record, &r, &kept))
		s->bonds.slots[bond].resolves = kept.flags & FLAG_RESOLVES;
	return s->bonds.slots[bond].resolves;
}

/* 3.3.3.3; in another database only the configuration of Service Changed means what it did. True: some hold again. */
static bool put_back(struct security_link *l, struct rd *r, bool same)
{
	struct att_bearer *b = &l->conn->att;
	struct gatt_peer *p = server_peer(l->conn->host, l->conn);
	const struct gatt_db *db = b->att->db_ctx;
	bool any = false;
	while (r->left) {
		uint16_t handle = rd_le16(r);
		uint8_t bits = rd_u8(r);
		if (same || (db->own && handle == db->own->changed + 1))
			any |= gatt_kept_put(b, p->cccd, handle, bits);
	}
	return any;
}

/* 2.5.2.1, 7.1: the client does not know of the database as it is. If it has asked for Service Changed it is told. */
static void begin_unaware(struct security_link *l)
{
	struct ble_host *h = l->conn->host;
	struct gatt_peer *p = server_peer(h, l->conn);
	const struct gatt_db *db = h->att.db_ctx;
	void (*outdate)(struct ble_conn *conn) = outdate_of(h);
	if (outdate)
		outdate(l->conn);
	if (!db->own || !(bit2_get(p->cccd, 0) & GATT_CCCD_INDICATION))
		return;
	gatt_changed(p, 1, UINT16_MAX);
	l->telling = true;
	server_changed(h, 0, 0);
}

void security_restore(struct security_link *l)
{
	struct ble_host *h = l->conn->host;
	uint8_t record[RECORD], hash[GATT_HASH];
	struct kept kept;
	struct rd r;
	if (!h->server)
		return;
	if (load_record(owner_of(l), l->bond, record, &r, &kept)) {
		owner_of(l)->bonds.slots[l->bond].resolves |= (kept.flags & FLAG_RESOLVES) != 0;
		server_peer(h, l->conn)->att.features |= kept.features;
		bool same = !gatt_hash_make(&l->conn->att, owner_of(l)->smp.crypto, hash) &&
			!memcmp(hash, kept.hash, sizeof hash);
		bool restored = put_back(l, &r, same);
		l->kept = true;
		l->moved = !same;
		l->kept_unaware = kept.flags & FLAG_UNAWARE;
		if (!same || l->kept_unaware)
			begin_unaware(l);
		l->restored = 0;
		if (restored)
			security_news(l, SECURITY_RESTORED);
	}
	security_aware(l->conn);
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
