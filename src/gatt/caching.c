/*
 * Robust caching, the server's side: Vol 3 Part G 2.5.2.1. Whether a client knows that the database has changed, and
 * what is kept from it until it does, if it has said that it supports this (Client Supported Features, 7.2).
 *
 *	AWARE --the database changes, from any state--> UNAWARE
 *	UNAWARE --a request of a handle is refused, Database Out Of Sync--> TOLD --its next request--> AWARE
 *	UNAWARE --it reads the Database Hash--> HASH_READ --its next request--> AWARE
 *	any --it confirms Service Changed, and nothing has changed since that was sent--> AWARE
 *
 * A client without a bond begins aware. While it is not, and supports this, its commands are passed over, and what it
 * has subscribed to is hidden from whoever notifies, but for Service Changed; the client reads and writes it as it is.
 */
#include "gatt/gatt_db.h"

#include <string.h>

#include "base/bits.h"
#include "base/le.h"

enum state { AWARE = 0, UNAWARE, TOLD, HASH_READ };

static struct gatt_peer *peer_of(struct att_bearer *b)
{
	return CONTAINER_OF(b->server, struct gatt_peer, att);
}

static bool is_kept_away(const struct gatt_caching *c, const struct att_bearer *b)
{
	return c->state != AWARE && (b->server->features & BLE_FEATURE_ROBUST_CACHING);
}

static size_t octets_of(const struct att_bearer *b)
{
	const struct gatt_db *db = b->att->db_ctx;
	return gatt_cccd_octets(db->subscribable);
}

/* From gatt_peer.cccd, where gatt_notify() looks. Service Changed is the first of all, and stays. */
static void hide(struct gatt_caching *c, struct att_bearer *b)
{
	uint8_t *cccd = peer_of(b)->cccd;
	size_t n = octets_of(b);
	if (c->hides || !is_kept_away(c, b))
		return;
	memcpy(c->kept, cccd, n);
	memset(cccd, 0, n);
	bit2_put(cccd, 0, bit2_get(c->kept, 0));
	c->subs = ((const struct gatt_db *)b->att->db_ctx)->subs;
	c->hides = true;
}

void gatt_caching_reveal(struct gatt_caching *c, struct att_bearer *b)
{
	if (c->hides)
		memcpy(peer_of(b)->cccd, c->kept, octets_of(b));
	c->hides = false;
}

static void enter(struct gatt_caching *c, struct att_bearer *b, enum state state)
{
	c->state = (uint8_t)state;
	gatt_caching_reveal(c, b);
	hide(c, b);
}

/* A service from this handle on has come or gone. Of one that has gone the subscriptions go, and those behind move up. */
static void keep_up(struct gatt_caching *c, const struct gatt_db *db, uint16_t start)
{
	unsigned had = c->subs, gone = had > db->subs ? had - db->subs : 0u, i = 0;
	while (i < db->count && db->slots[i].first <= start)
		i++;
	for (unsigned sub = i < db->count ? db->slots[i].sub : db->subs; gone && sub < had; sub++)
		bit2_put(c->kept, sub, sub + gone < had ? bit2_get(c->kept, sub + gone) : 0);
	c->subs = db->subs;
}

void gatt_caching_changed(struct gatt_caching *c, struct att_bearer *b, uint16_t start)
{
	if (c->hides)
		keep_up(c, b->att->db_ctx, start);
	enter(c, b, UNAWARE);
}

int gatt_caching_value(struct gatt_caching *c, struct att_bearer *b, const struct att_attr *a, struct att_view *v)
{
	bool hidden = c->hides && a->part == GATT_CCCD;
	if (hidden)
		gatt_caching_reveal(c, b);
	int err = gatt_multiple_db.value(b, a, v);
	if (hidden)
		hide(c, b);
	return err;
}

int gatt_caching_write(struct gatt_caching *c, struct att_bearer *b, const struct att_attr *a, const uint8_t *data,
	uint16_t len, uint32_t token)
{
	gatt_caching_reveal(c, b);
	int err = gatt_multiple_db.write(b, a, data, len, token);
	hide(c, b); /* also if this was its features */
	return err;
}

/* Any request: the one behind what has told the client of the change. */
static void on_request(struct gatt_caching *c, struct att_bearer *b)
{
	if (c->state == TOLD || c->state == HASH_READ)
		enter(c, b, AWARE);
}

/* Does it ask for something at a handle, or by a type of which discovery has no need? */
static bool is_of_handles(const uint8_t *pdu, uint16_t len)
{
	uint8_t opcode = pdu[0];
	if (opcode != ATT_READ_BY_TYPE_REQ)
		return opcode == ATT_READ_REQ || opcode == ATT_READ_BLOB_REQ || opcode == ATT_WRITE_REQ;
	if (len < 7)
		return false;
	uint16_t type = len == 7 ? le16_get(pdu + 5) : 0;
	if (type == UUID16_INCLUDE || type == UUID16_CHARACTERISTIC)
		return false;
	return le16_get(pdu + 1) != 1 || le16_get(pdu + 3) != 0xFFFF;
}

enum att_verdict gatt_caching_refuse(struct gatt_caching *c, struct att_bearer *b, const uint8_t *pdu)
{
	enum att_verdict v = att_error(b, pdu[0], 0, ATT_ERR_DATABASE_OUT_OF_SYNC);
	if (v == ATT_DONE)
		enter(c, b, TOLD);
	return v;
}

/* One that was sent before the last change says nothing of that. */
static enum att_verdict on_confirmation(struct gatt_caching *c, struct att_bearer *b, const uint8_t *pdu, uint16_t len)
{
	const struct gatt_db *db = b->att->db_ctx;
	bool told = len == 1 && db->own && b->server->indicated == db->own->changed && !peer_of(b)->changed_start;
	enum att_verdict v = att_server_rows[ATT_HANDLE_VALUE_CFM >> 1](b, pdu, len);
	if (told)
		enter(c, b, AWARE);
	return v;
}

enum att_verdict gatt_caching_rx(struct gatt_caching *c, struct att_bearer *b, const uint8_t *pdu, uint16_t len)
{
	uint8_t opcode = pdu[0];
	if (opcode == ATT_HANDLE_VALUE_CFM)
		return on_confirmation(c, b, pdu, len);
	if (opcode == ATT_WRITE_CMD)
		return is_kept_away(c, b) ? ATT_DONE : att_server_rows[0](b, pdu, len);
	on_request(c, b);
	if (is_kept_away(c, b) && is_of_handles(pdu, len))
		return gatt_caching_refuse(c, b, pdu);
	c->shown = false;
	enum att_verdict v = att_server_rows[opcode >> 1](b, pdu, len);
	bool read = opcode == ATT_READ_BY_TYPE_REQ || opcode == ATT_READ_REQ || opcode == ATT_READ_BLOB_REQ;
	if (v == ATT_DONE && c->shown && read && c->state == UNAWARE)
		c->state = HASH_READ;
	return v;
}

bool gatt_caching_refuses(struct gatt_caching *c, struct att_bearer *b, uint8_t opcode)
{
	if (opcode == ATT_SIGNED_WRITE_CMD) /* no request: it says nothing of what the client knows */
		return is_kept_away(c, b);
	on_request(c, b);
	bool of_handles = opcode == ATT_READ_MULTIPLE_REQ || opcode == ATT_READ_MULTIPLE_VARIABLE_REQ ||
		opcode == ATT_PREPARE_WRITE_REQ;
	return of_handles && is_kept_away(c, b);
}
