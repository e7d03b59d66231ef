/*
 * What the Security Manager asks of the host: a packet for a PDU, encryption, keys of bonds, and whether a pairing may be;
 * and what becomes of the keys that a pairing has made.
 *
 * A bond is replaced only by a pairing that is complete and worth no less, and only its owner or a peer that proves as
 * much can do so.
 */
#include "host/security.h"

#include "crypto/crypto.h"
#include "hci/hci.h"

static struct host_security *host_of_link(const struct security_link *l)
{
	return CONTAINER_OF(l->smp.smp, struct host_security, smp);
}

static bool on_send(struct smp_link *smp, const uint8_t *pdu, uint16_t len)
{
	struct ble_conn *c = security_of_smp(smp)->conn;
	struct ble_tx *tx = conn_is_up(c) ? l2cap_take(&c->l2cap, L2CAP_MINOR, len) : NULL;
	if (!tx)
		return false;
	memcpy(l2cap_sdu(tx), pdu, len);
	l2cap_send(&c->l2cap, tx, L2CAP_CID_SM, len);
	return true;
}

static void on_encrypt(struct smp_link *smp, const uint8_t key[16], uint16_t ediv, uint64_t rand)
{
	struct security_link *l = security_of_smp(smp);
	memcpy(l->key, key, 16);
	l->ediv = ediv;
	l->rand = rand;
	l->next = smp->strength;
	l->encrypting = true;
	l->want = SECURITY_ENCRYPT;
	hci_ask(&l->conn->host->hci);
}

/* The peripheral's LTK, as it was distributed: Vol 3 Part H 2.4.4.2. */
static bool on_find_key(struct smp_link *smp, uint16_t ediv, uint64_t rand, uint8_t key[16])
{
	const struct security_link *l = security_of_smp(smp);
	if (l->bond < 0)
		return false;
	const struct host_bond *bond = &host_of_link(l)->bonds.slots[l->bond];
	if (!(bond->ours.have & SMP_DIST_ENC) || bond->ours.ediv != ediv || bond->ours.rand != rand)
		return false;
	memcpy(key, bond->ours.ltk, 16);
	return true;
}

/* Worth no less than what is there, in no respect. */
static bool is_worth(const struct smp_strength *s, const struct smp_strength *old)
{
	return s->authenticated >= old->authenticated && s->sc >= old->sc && s->key_size >= old->key_size;
}

static uint8_t on_may(struct smp_link *smp, const struct smp_strength *strength, bool bonding)
{
	const struct security_link *l = security_of_smp(smp);
	const struct host_security *s = host_of_link(l);
	(void)bonding;
	if (smp_level(strength) < security_key_level(s->level)) /* level 4 has key_min 16, so it is not the size */
		return SMP_ERR_AUTHENTICATION_REQUIREMENTS;
	if (l->bond < 0)
		return 0;
	if (s->keep_bonded && !l->strength.key_size)
		return SMP_ERR_AUTHENTICATION_REQUIREMENTS;
	return is_worth(strength, &s->bonds.slots[l->bond].strength) ? 0 : SMP_ERR_AUTHENTICATION_REQUIREMENTS;
}

/* What the peripheral wants is there, or can be had with the key that is. */
static bool bond_suffices(const struct security_link *l, uint8_t auth_req)
{
	const struct smp_strength *has = &host_of_link(l)->bonds.slots[l->bond].strength;
	return (has->authenticated || !(auth_req & SMP_AUTH_MITM)) && (has->sc || !(auth_req & SMP_AUTH_SC));
}

/*
 * 2.4.6. With a bond the link is encrypted first, whatever is asked for: what the peer cannot prove it may not replace.
 */
static void on_requested(struct smp_link *smp, uint8_t auth_req)
{
	struct security_link *l = security_of_smp(smp);
	if (l->encrypting)
		return;
	bool encrypted = l->strength.key_size != 0;
	if (l->bond >= 0 && !encrypted && security_use_bond(l)) {
		l->anew = !bond_suffices(l, auth_req);
		return;
	}
	if (encrypted && (l->bond < 0 || bond_suffices(l, auth_req)))
		return;
	(void)smp_pair(smp);
}

static void on_ask(struct smp_link *smp, enum smp_ask what, uint32_t value)
{
	struct security_link *l = security_of_smp(smp);
	if (what == SMP_ASK_KEYPRESS) {
		l->keypress = (uint8_t)value;
		security_news(l, SECURITY_KEYPRESS);
		return;
	}
	l->ask = (uint8_t)what;
	l->number = value;
	security_news(l, SECURITY_ASK);
}

/* Somebody else's identity is taken over only by who proves as much as its owner has; an IRK has one owner. */
static uint8_t on_identity(struct smp_link *smp, const struct smp_keys *theirs, const struct smp_strength *strength)
{
	const struct security_link *l = security_of_smp(smp);
	const struct host_bonds *b = &host_of_link(l)->bonds;
	bool keep = host_of_link(l)->keep_bonded; /* it has not come as him, so his bond has not encrypted this link */
	int at = bonds_by_identity(b, &theirs->identity);
	if (at >= 0 && at != l->bond && (keep || !is_worth(strength, &b->slots[at].strength)))
		return SMP_ERR_KEY_REJECTED;
	for (unsigned i = 0; i < b->count; i++) {
		const struct host_bond *bond = &b->slots[i];
		if (bond->used && (int)i != at && (int)i != l->bond && (bond->theirs.have & SMP_DIST_ID) &&
			!crypto_is_weak(theirs->irk) && crypto_same(bond->theirs.irk, theirs->irk, 16))
			return SMP_ERR_KEY_REJECTED;
	}
	return 0;
}

static bool is_busy(void *ctx, unsigned index)
{
	struct ble_host *h = ctx;
	for (unsigned i = 0; i < h->conn_count; i++)
		if (conn_is_up(&h->conns[i]) && security_link(&h->conns[i])->bond == (int)index)
			return true;
	return false;
}

/* Who has told no identity is known by its address, if that is one that it keeps. */
static bool identify(const struct security_link *l, const struct smp_keys *theirs, struct ble_addr *identity)
{
	*identity = theirs->have & SMP_DIST_ID ? theirs->identity : l->smp.peer;
	identity->type &= 1;
	return identity->type == BLE_ADDR_PUBLIC || (identity->octets[5] & 0xC0) == 0xC0;
}

/* True: the keys are kept. Nothing of the old bond is lost before they are. */
static bool keep(struct security_link *l, const struct smp_result *result)
{
	struct host_security *s = host_of_link(l);
	struct host_bond bond = { .strength = result->strength, .theirs = *result->theirs, .ours = *result->ours };
	int old = l->bond, at = BLE_ENOENT;
	if (identify(l, result->theirs, &bond.identity)) {
		bond.theirs.identity = bond.identity;
		at = bonds_keep(&s->bonds, &bond, is_busy, s->host);
	}
	crypto_wipe(&bond, sizeof bond);
	if (at >= 0) {
		l->bond = (int16_t)at;
		l->known = true;
		security_subscribed(l); /* what was kept is the old bond's */
		struct host_signing *signing = security_signing(s->host);
		if (signing)
			signing->bonded(signing, (unsigned)at);
		if (old >= 0 && old != at) /* it has another identity now */
			(void)bonds_drop(&s->bonds, (unsigned)old);
		return true;
	}
	s->bonds_err = (int16_t)at;
	return false;
}

enum { LOOK_US = 5000 };

/*
 * A pairing is complete when the last key has been acknowledged (2.4.3): who hears of it may hang up at once, and what the
 * controller has then is never sent. It says how many packets it has still, and not which; on a link that always has some
 * it is waited for as long as one without acknowledgements would live.
 */
static bool has_left(const struct hci_link *link)
{
	const struct hci_tx *t = link->hci->head;
	while (t && t->link != link)
		t = t->behind;
	return !t && !link->in_flight;
}

static void on_delivery(struct tmr *t)
{
	struct security_link *l = CONTAINER_OF(t, struct security_link, delivery);
	struct ble_host *h = l->conn->host;
	if (!has_left(&l->conn->hci) && l->patience) {
		l->patience--;
		host_timer(h, &l->delivery, LOOK_US, on_delivery);
		return;
	}
	security_wipe_packets(h);
	security_news(l, SECURITY_PAIRED);
}

static void on_ended(struct smp_link *smp, const struct smp_result *result)
{
	struct security_link *l = security_of_smp(smp);
	l->paired.err = (int16_t)result->err;
	l->paired.reason = result->reason;
	l->paired.by_peer = result->by_peer;
	l->paired.level = smp_level(&result->strength);
	l->paired.key_size = result->strength.key_size;
	l->paired.bonded = !result->err && result->bonding && !result->debug && keep(l, result);
	l->paired.identity = l->conn->peer;
	if (l->paired.bonded) {
		l->paired.identity = host_of_link(l)->bonds.slots[l->bond].identity;
		l->conn->peer = l->paired.identity;
		l->conn->peer.type |= BLE_ADDR_PUBLIC_IDENTITY;
	}
	l->news &= (uint8_t)~(SECURITY_ASK | SECURITY_KEYPRESS); /* nobody waits for an answer any more */
	host_timer_stop(l->conn->host, &l->delivery);
	l->patience = result->err ? 0 : (uint16_t)(l->conn->supervision * (10000u / LOOK_US));
	on_delivery(&l->delivery);
}

const struct smp_hooks security_smp_hooks = { on_send, on_encrypt, on_find_key, on_may, on_requested, on_ask, on_identity,
	on_ended };
