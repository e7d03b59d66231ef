/*
 * The part ble_pairing: the Security Manager wired to the host. Its channel is CID 6, its words to the controller are
 * three commands (start encryption, give a key, give none) through one want, and what the controller says of encryption
 * comes here. The permission to read and write is put in front of whatever database the server has.
 */
#include "host/security.h"

#include "crypto/crypto.h"
#include "gatt/gatt.h"
#include "host/privacy.h"
#include "spec/hci_cmd_base.h"
#include "spec/hci_cmd_le_enc.h"
#include "spec/hci_evt.h"

enum { BONDS_DEFAULT = 8, ENCRYPTION_OFF = 0 };

static struct ble_part_slot *slot_of(const struct ble_host *h)
{
	return host_room(h, &ble_pairing_room);
}

void security_news(struct security_link *l, uint8_t news)
{
	struct ble_host *h = l->conn->host;
	l->news |= news;
	host_pending(h, slot_of(h));
}

void security_damaged(struct host_security *s)
{
	s->bonds_err = BLE_EBADPDU;
	host_pending(s->host, slot_of(s->host));
}

/* Who has no resolvable private addresses distributes an IRK of zeroes: Vol 3 Part H 3.6.4. */
void security_identity(struct host_security *s)
{
	if (s->identity_known || !s->smp.crypto || s->host->hci.state != HCI_UP)
		return;
	const struct host_privacy *privacy = host_room(s->host, &ble_private_room) ? privacy_of(s->host) : NULL;
	s->smp.identity = *host_identity(s->host);
	if (privacy && crypto_is_weak(s->smp.irk))
		memcpy(s->smp.irk, privacy->irk, 16);
	if (privacy && crypto_is_weak(s->smp.irk) && !bonds_irk(s->host->hci.platform, s->smp.irk))
		security_damaged(s);
	s->identity_known = true;
}

/* A central uses the keys that the peripheral has distributed: Vol 3 Part H 2.4.4.2. */
bool security_use_bond(struct security_link *l)
{
	const struct host_security *s = security_of(l->conn->host);
	if (l->bond < 0 || !(s->bonds.slots[l->bond].theirs.have & SMP_DIST_ENC))
		return false;
	const struct host_bond *bond = &s->bonds.slots[l->bond];
	memcpy(l->key, bond->theirs.ltk, 16);
	l->ediv = bond->theirs.ediv;
	l->rand = bond->theirs.rand;
	l->next = bond->strength;
	l->encrypting = true;
	l->conn->att.waits = true;
	l->want = SECURITY_ENCRYPT;
	hci_ask(&l->conn->host->hci);
	return true;
}

/* The database's two functions, behind the question. */
static int value(struct att_bearer *b, const struct att_attr *a, struct att_view *v)
{
	int err = security_permit(b, a, HOST_READ);
	return err ? err : security_of(host_conn_of(b)->host)->inner->value(b, a, v);
}

static int write(struct att_bearer *b, const struct att_attr *a, const uint8_t *data, uint16_t len, uint32_t token)
{
	const struct ble_conn *c = host_conn_of(b);
	int err = security_permit(b, a, HOST_WRITE);
	if (!err)
		err = security_of(c->host)->inner->write(b, a, data, len, token);
	struct host_signing *signing = err && !token ? security_signing(c->host) : NULL;
	if (signing && err == BLE_EATT(ATT_ERR_WRITE_NOT_PERMITTED) && security_link(c)->strength.key_size)
		err = signing->write(b, a, data, len);
	if (!err && gatt_is_kept(a))
		security_subscribed(security_link(c));
	return err;
}

/* Whatever database is there, it is behind us. */
static void guard(struct ble_host *h, bool on)
{
	struct host_security *s = security_of(h);
	bool is_on = h->att.db == &s->db;
	security_listen(h, on);
	if (is_on && !on)
		h->att.db = s->inner;
	if (is_on || !on || !h->att.db)
		return;
	s->inner = h->att.db;
	s->db = *s->inner;
	s->db.value = value;
	s->db.write = write;
	h->att.db = &s->db;
}

static void on_channel(struct ble_conn *c, const uint8_t *pdu, uint16_t len)
{
	struct host_security *s = security_of(c->host);
	if (s->smp.crypto)
		smp_rx(&security_link(c)->smp, pdu, len);
	else
		(void)l2cap_no_pairing(&c->l2cap, pdu, len);
}

static struct security_link *by_handle(const struct ble_host *h, uint16_t handle)
{
	struct hci_link *link = hci_link_find(&h->hci, handle & HCI_HANDLE_MASK);
	struct ble_conn *c = link ? CONTAINER_OF(link, struct ble_conn, hci) : NULL;
	return c && conn_is_up(c) ? security_link(c) : NULL;
}

/* LE Long Term Key Request, Vol 4 Part E 7.7.65.5. A key of ours that is given out is the one that the link will have. */
static void on_key_request(struct ble_host *h, struct ble_part_slot *slot, struct rd *r)
{
	struct hci_le_long_term_key_request req;
	(void)slot;
	if (!hci_le_long_term_key_request_read(r, &req)) {
		h->hci.malformed++;
		return;
	}
	struct security_link *l = by_handle(h, req.connection_handle);
	if (!l)
		return;
	bool pairing = smp_is_pairing(&l->smp);
	bool found = security_of(h)->smp.crypto &&
		smp_key_request(&l->smp, req.encrypted_diversifier, req.random_number, l->key);
	l->want = found ? SECURITY_REPLY : SECURITY_NEGATIVE;
	l->encrypting = found;
	if (found && pairing)
		l->next = l->smp.strength;
	else if (found)
		l->next = security_of(h)->bonds.slots[l->bond].strength;
	hci_ask(&h->hci);
}

static void encryption_ended(struct security_link *l, uint8_t status)
{
	struct ble_conn *c = l->conn;
	bool ours = l->encrypting;
	l->encrypting = false;
	crypto_wipe(l->key, sizeof l->key);
	if (!ours) { /* nor have we given a key: nobody's promise */
		c->host->hci.violations++;
		return;
	}
	c->att.unproved = status && (c->att.unproved || c->att.waits); /* else whoever took its place is believed: BLESA */
	c->att.waits = false;
	if (c->host->client) /* what it was asked for meanwhile */
		host_pending(c->host, c->host->client);
	if (!status)
		l->strength = l->next;
	l->encrypted_err = (int16_t)(status ? BLE_EHCI(status) : 0);
	security_news(l, SECURITY_ENCRYPTED);
	if (!status && l->bond >= 0 && !smp_is_pairing(&l->smp) && !l->known) {
		l->known = true;
		security_restore(l);
	}
	smp_encrypted(&l->smp, l->encrypted_err);
	if (!status && l->anew)
		(void)smp_pair(&l->smp);
	l->anew = false;
}

/* LE has no way back to clear text: a controller that says so has lost its link. */
static void on_encryption_change(struct ble_host *h, struct rd *r)
{
	struct hci_evt_encryption_change e;
	if (!hci_evt_encryption_change_read(r, &e)) {
		h->hci.malformed++;
		return;
	}
	struct security_link *l = by_handle(h, e.connection_handle);
	if (!l)
		return;
	if (e.status || e.encryption_enabled != ENCRYPTION_OFF) {
		encryption_ended(l, e.status);
		return;
	}
	l->strength = (struct smp_strength){ 0 };
	(void)ble_conn_disconnect(h, l->conn->id, HCI_ERR_AUTHENTICATION_FAILURE);
}

static void on_event(struct ble_host *h, uint8_t event, struct rd *r)
{
	struct hci_evt_encryption_key_refresh_complete e;
	if (event == HCI_EVT_ENCRYPTION_CHANGE) {
		on_encryption_change(h, r);
	} else if (event == HCI_EVT_ENCRYPTION_KEY_REFRESH_COMPLETE) {
		if (!hci_evt_encryption_key_refresh_complete_read(r, &e)) {
			h->hci.malformed++;
			return;
		}
		struct security_link *l = by_handle(h, e.connection_handle);
		if (l)
			encryption_ended(l, e.status);
	}
}

static uint16_t write_want(struct security_link *l, struct wr *w)
{
	uint16_t handle = l->conn->hci.handle;
	uint8_t want = l->want;
	l->want = SECURITY_NOTHING;
	if (want == SECURITY_NEGATIVE) {
		hci_cmd_handle_write(w, &(struct hci_cmd_handle){ handle });
		return HCI_CMD_LE_LONG_TERM_KEY_REQUEST_NEGATIVE_REPLY;
	}
	if (want == SECURITY_REPLY) {
		struct hci_cmd_le_long_term_key_request_reply reply = { .connection_handle = handle };
		memcpy(reply.long_term_key, l->key, 16);
		hci_cmd_le_long_term_key_request_reply_write(w, &reply);
		crypto_wipe(&reply, sizeof reply);
		return HCI_CMD_LE_LONG_TERM_KEY_REQUEST_REPLY;
	}
	struct hci_cmd_le_enable_encryption enable = { handle, l->rand, l->ediv, { 0 } };
	memcpy(enable.long_term_key, l->key, 16);
	hci_cmd_le_enable_encryption_write(w, &enable);
	crypto_wipe(&enable, sizeof enable);
	return HCI_CMD_LE_ENABLE_ENCRYPTION;
}

static uint16_t command(struct hci_want *want, struct wr *w)
{
	struct host_security *s = CONTAINER_OF(want, struct host_security, want);
	struct ble_host *h = s->host;
	security_identity(s);
	if (!s->told) {
		s->told = true;
		return hci_le_events(&h->hci, w);
	}
	for (unsigned i = 0; i < h->conn_count; i++) {
		struct security_link *l = security_link(&h->conns[i]);
		if (!conn_is_up(&h->conns[i]) || !l->want)
			continue;
		s->asking = (uint8_t)i;
		return write_want(l, w);
	}
	return 0;
}

void security_wipe_packets(struct ble_host *h)
{
	size_t len = hci_tx_block((uint16_t)(h->mtu + L2CAP_HDR_LEN)) - sizeof(struct hci_tx);
	for (pool_link *block = h->hci.pool.free; block; block = *block)
		crypto_wipe((struct hci_tx *)(void *)block + 1, len);
	if (!h->hci.cmd_driven)
		crypto_wipe(h->hci.cmd_buf, sizeof h->hci.cmd_buf);
}

/* A refused command ends what it was for; 0x02: the connection has just gone. */
static void done(struct hci_want *want, uint16_t opcode, uint8_t status, struct rd *ret)
{
	struct host_security *s = CONTAINER_OF(want, struct host_security, want);
	const struct ble_conn *c = &s->host->conns[s->asking];
	(void)ret;
	security_wipe_packets(s->host);
	if (!status || opcode == HCI_CMD_LE_SET_EVENT_MASK || opcode == HCI_CMD_LE_LONG_TERM_KEY_REQUEST_NEGATIVE_REPLY)
		return;
	if (conn_is_up(c) && security_link(c)->encrypting)
		encryption_ended(security_link(c), status);
}

static void lost(struct hci_want *want)
{
	struct host_security *s = CONTAINER_OF(want, struct host_security, want);
	s->told = s->identity_known = false;
}

static const struct hci_want_hooks want_hooks = { command, done, lost };
static const struct host_security_hooks hooks = { on_channel, on_event, guard, security_permit, security_aware, security_may_tell,
	security_resolve, security_locate };

static void conn_up(struct ble_host *h, struct ble_part_slot *slot, struct ble_conn *c)
{
	struct host_security *s = host_mem(slot);
	struct security_link *l = host_conn_mem(slot, c);
	security_identity(s);
	l->conn = c;
	l->bond = (int16_t)bonds_by_address(&s->bonds, s->smp.crypto, &c->peer);
	smp_open(&l->smp, &s->smp, c->role, &h->hci.address, &c->peer);
	if (l->bond >= 0) { /* whom the program knows */
		c->peer = s->bonds.slots[l->bond].identity;
		c->peer.type |= BLE_ADDR_PUBLIC_IDENTITY;
	}
	if (!s->smp.crypto)
		return;
	if (c->role == BLE_ROLE_CENTRAL && !s->on_demand)
		(void)security_use_bond(l);
	else if (c->role != BLE_ROLE_CENTRAL && security_link_level(s->level, HOST_READ) > BLE_LEVEL_OPEN)
		(void)smp_pair(&l->smp);
}

static void paired_event(const struct security_link *l, struct ble_event *ev)
{
	ev->paired.err = l->paired.err;
	ev->paired.reason = l->paired.reason;
	ev->paired.by_peer = l->paired.by_peer;
	ev->paired.bonded = l->paired.bonded;
	ev->paired.level = l->paired.level;
	ev->paired.key_size = l->paired.key_size;
	ev->paired.identity = l->paired.identity;
}

static uint8_t ask_event(const struct security_link *l, struct ble_event *ev)
{
	ev->passkey.number = l->number;
	switch ((enum smp_ask)l->ask) {
	case SMP_ASK_SHOW: return BLE_EV_PASSKEY;
	case SMP_ASK_COMPARE: return BLE_EV_COMPARE;
	case SMP_ASK_ENTER:
	case SMP_ASK_KEYPRESS: break;
	}
	return BLE_EV_PASSKEY_WANTED;
}

/* The next news of a connection. */
static bool tell(struct security_link *l, struct ble_event *ev)
{
	struct ble_host *h = l->conn->host;
	uint8_t first = (uint8_t)(l->news & -l->news), type = BLE_EV_NONE;
	l->news = (uint8_t)(l->news & ~first);
	switch (first) {
	case SECURITY_ASK: type = ask_event(l, ev); break;
	case SECURITY_KEYPRESS:
		ev->keypress.kind = l->keypress;
		type = BLE_EV_KEYPRESS;
		break;
	case SECURITY_ENCRYPTED:
		ev->encrypted.err = l->encrypted_err;
		ev->encrypted.level = smp_level(&l->strength);
		ev->encrypted.key_size = l->strength.key_size;
		type = BLE_EV_ENCRYPTED;
		break;
	case SECURITY_PAIRED:
		paired_event(l, ev);
		type = BLE_EV_PAIRED;
		break;
	case SECURITY_RESTORED: return security_tell_restored(l, ev);
	default: return false;
	}
	return host_event_in(h, ev, type, l->conn->id);
}

static bool tell_host(struct ble_host *h, struct host_security *s, struct ble_event *ev)
{
	if (s->oob_news) {
		s->oob_news = false;
		ev->oob.err = s->oob_err;
		ev->oob.r = s->oob.r;
		ev->oob.c = s->oob.c;
		return host_event_in(h, ev, BLE_EV_OOB, 0);
	}
	if (!s->bonds_err)
		return false;
	ev->error.err = s->bonds_err;
	ev->error.operation = BLE_OP_BONDS;
	s->bonds_err = 0;
	return host_event_in(h, ev, BLE_EV_ERROR, 0);
}

static bool poll(struct ble_host *h, struct ble_part_slot *slot, struct ble_event *ev)
{
	for (unsigned i = 0; i < h->conn_count; i++)
		if (conn_is_up(&h->conns[i]) && tell(host_conn_mem(slot, &h->conns[i]), ev))
			return true;
	return tell_host(h, host_mem(slot), ev);
}

/* A pairing that ran ends, and is told of. */
static bool conn_down(struct ble_host *h, struct ble_part_slot *slot, struct ble_conn *c, struct ble_event *ev)
{
	struct security_link *l = host_conn_mem(slot, c);
	if (!l->conn) /* it was down when the part was attached */
		return false;
	smp_close(&l->smp);
	if (tmr_is_armed(&l->delivery)) {
		host_timer_stop(h, &l->delivery);
		l->news |= SECURITY_PAIRED;
	}
	security_keep_subscriptions(l);
	l->news &= (uint8_t)~SECURITY_RESTORED;
	crypto_wipe(l->key, sizeof l->key);
	security_wipe_packets(h);
	l->want = SECURITY_NOTHING;
	return tell(l, ev);
}

static void measure(const struct ble_host_config *config, size_t *host_size, size_t *conn_size)
{
	(void)conn_size;
	*host_size += (config->bonds ? config->bonds : BONDS_DEFAULT) * sizeof(struct host_bond);
}

static void attach(struct ble_host *h, struct ble_part_slot *slot, const struct ble_host_config *config)
{
	struct host_security *s = host_mem(slot);
	s->host = h;
	s->smp = (struct smp){ .crypto = h->hci.platform->crypto, .platform = h->hci.platform,
		.timers = &h->hci.timers, .hooks = &security_smp_hooks,
		.config = { .sc = h->mtu >= SMP_PDU_MAX ? &smp_sc : NULL, .io = SMP_IO_NONE, .key_min = 16, .key_max = 16 } };
	s->bonds = (struct host_bonds){ .platform = h->hci.platform, .slots = s->slots,
		.count = config->bonds ? config->bonds : BONDS_DEFAULT };
	if (s->smp.crypto)
		bonds_load(&s->bonds);
	if (s->bonds.damaged)
		security_damaged(s);
	h->security = &hooks;
	h->hci.le_events |= (uint16_t)HCI_LE_EVENT_MASK(HCI_LE_EVT_LONG_TERM_KEY_REQUEST);
	s->want.hooks = &want_hooks;
	hci_want_first(&h->hci, &s->want); /* a key request is waited for by the link layer */
	guard(h, true);
	for (unsigned i = 0; i < h->conn_count; i++)
		if (conn_is_up(&h->conns[i]))
			conn_up(h, slot, &h->conns[i]);
}

const struct ble_part ble_pairing = {
	.name = "pairing",
	.room = &ble_pairing_room,
	.subevent = HCI_LE_EVT_LONG_TERM_KEY_REQUEST,
	.attach = attach,
	.le_event = on_key_request,
	.conn_up = conn_up,
	.conn_down = conn_down,
	.poll = poll,
};

const struct ble_room ble_pairing_room = { .host_size = sizeof(struct host_security),
	.conn_size = sizeof(struct security_link), .measure = measure };
