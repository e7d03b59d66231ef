/*
 * Attacks on bonds by whoever takes a bonded peer's place: a peripheral that cannot encrypt, requests to pair anew with
 * less, pairings broken off, other peoples' identities. What counts is the store, octet for octet, and what the program
 * and the impostor get. (BLESA, BLERP; Vol 3 Part H 2.4.6, Part C 10.3)
 */
#include "tests/attacks/guarded.h"

#include <ble/client.h>

/* A bond of such a kind, and its peer has gone. The record as it is stored. */
static struct peer_item bonded(enum kind kind, uint8_t role, bool keep_bonded)
{
	struct ble_pairing_params params = anyhow;
	params.keep_bonded = keep_bonded;
	peer_init(p);
	guarded_host(&params);
	guarded_connect(role);
	guarded_pair(kind);
	assert_true(event(BLE_EV_PAIRED)->paired.bonded);
	peer_disconnect(p);
	return stored(BLE_STORE_BOND);
}

static bool is_kept(const struct peer_item *bond)
{
	struct peer_item now = stored(BLE_STORE_BOND);
	return !memcmp(&now, bond, sizeof now);
}

/* Whoever comes now has the address, and no key. */
static void impostor(void)
{
	p->ours = p->theirs = (struct smp_keys){ 0 };
}

/* The client has sent nothing on ATT. */
static void said_nothing(void)
{
	for (unsigned i = p->f.out.head; i != p->f.out.tail; i++) {
		const uint8_t *data = p->f.out.packets[i % FAKE_QUEUE].data;
		assert_false(data[0] == 2 && le16_get(data + 7) == 4);
	}
}

static void peer_says(const void *pdu, size_t len)
{
	uint8_t acl[32];
	le16_put(acl, (uint16_t)len);
	le16_put(acl + 2, 4);
	memcpy(acl + 4, pdu, len);
	fake_acl(&p->f, PEER_HANDLE, 2, acl, len + 4);
}

/* It refuses to encrypt and would serve all in clear: nothing is asked of it, nothing that it says is told. */
static void peripheral_that_refuses(void **state)
{
	(void)state;
	for (enum kind kind = LEGACY_JUST; kind < KINDS; kind++) {
		struct peer_item bond = bonded(kind, BLE_ROLE_CENTRAL, false);
		impostor();
		id = peer_connect(p, BLE_ROLE_CENTRAL, &p->smp.identity);
		assert_int_equal(ble_client_read(p->f.host, id, 3), 0); /* waits for encryption */
		said_nothing();
		peer_run(p);
		said_nothing();
		assert_int_equal(event(BLE_EV_ENCRYPTED)->encrypted.err, BLE_EHCI(0x06));
		assert_int_equal(event(BLE_EV_DONE)->done.err, BLE_EREFUSED);
		assert_int_equal(ble_client_read(p->f.host, id, 3), BLE_EREFUSED);
		assert_int_equal(ble_client_write_command(p->f.host, id, 3, "x", 1), BLE_EREFUSED);
		peer_says(OCTETS(0x1B, 3, 0, 'n', 'o'));
		peer_says(OCTETS(0x1D, 3, 0, 'n', 'o'));
		peer_says(OCTETS(0x0B, 'n', 'o'));
		assert_false(has_event(BLE_EV_NOTIFIED) || has_event(BLE_EV_VALUE) || has_event(BLE_EV_PAIRED));
		said_nothing(); /* nor a confirmation */
		assert_true(is_kept(&bond) && security().bonded && security().level == 1);
		/* the program may pair with it, knowing what it does: then it is heard */
		guarded_pair(kind);
		assert_int_equal(event(BLE_EV_PAIRED)->paired.err, 0);
		assert_int_equal(ble_client_read(p->f.host, id, 3), 0);
		peer_disconnect(p);
	}
}

/* It never answers: what waited is over with the link, and does not hold up whoever is next. */
static void peripheral_that_is_silent(void **state)
{
	(void)state;
	struct peer_item bond = bonded(SC_JUST, BLE_ROLE_CENTRAL, false);
	id = peer_connect(p, BLE_ROLE_CENTRAL, &p->smp.identity);
	assert_int_equal(ble_client_read(p->f.host, id, 3), 0);
	said_nothing();
	p->up = false;
	fake_disconnected(&p->f, PEER_HANDLE, 0x22); /* LL Response Time-out: 40 s */
	assert_int_equal(event(BLE_EV_DONE)->done.err, BLE_ECONN);
	assert_true(is_kept(&bond));
	p->f.out.head = p->f.out.tail;
	guarded_stranger(1);
	guarded_connect(BLE_ROLE_CENTRAL);
	assert_int_equal(ble_client_read(p->f.host, id, 3), 0);
	fake_acl_sent(&p->f, PEER_HANDLE, 0, OCTETS(3, 0, 4, 0, 0x0A, 3, 0));
}

/* Security Request with every AuthReq: the key is tried, and that is all. */
static void security_requests(void **state)
{
	(void)state;
	for (enum kind kind = LEGACY_JUST; kind < SC_SHORT; kind++) {
		struct peer_item bond = bonded(kind, BLE_ROLE_CENTRAL, false);
		struct smp_keys real = p->ours;
		for (unsigned auth = 0; auth < 256; auth++) {
			impostor();
			guarded_connect(BLE_ROLE_CENTRAL);
			unsigned tried = p->negative, ended = p->ended;
			smp_say(&p->link, SMP_SECURITY_REQ, (uint8_t)auth);
			smp_pump(&p->link);
			peer_run(p);
			assert_int_equal(p->negative, tried + 1);
			assert_true(p->ended == ended && !smp_is_pairing(&p->link) && !has_event(BLE_EV_PAIRED));
			assert_true(is_kept(&bond) && security().level == 1);
			peer_disconnect(p);
		}
		p->ours = real; /* its owner is let in */
		guarded_connect(BLE_ROLE_CENTRAL);
		assert_true(p->encrypted && security().level == smp_level(&(struct smp_strength){ strength_of(kind).authenticated,
			strength_of(kind).sc, 16 }));
		peer_disconnect(p);
	}
}

/* Pairing Request with every AuthReq, by whoever has the address of a bond that is to be kept. */
static void pairing_requests(void **state)
{
	(void)state;
	struct peer_item bond = bonded(SC_JUST, BLE_ROLE_PERIPHERAL, true);
	struct smp_keys real = p->theirs;
	impostor();
	for (unsigned auth = 0; auth < 256; auth++) {
		guarded_connect(BLE_ROLE_PERIPHERAL);
		fake_acl(&p->f, PEER_HANDLE, 2, OCTETS(7, 0, 6, 0, SMP_PAIRING_REQ, 3, 0, (uint8_t)auth, 16, 7, 7));
		fake_acl_sent(&p->f, PEER_HANDLE, 0, OCTETS(2, 0, 6, 0, SMP_PAIRING_FAILED, SMP_ERR_AUTHENTICATION_REQUIREMENTS));
		fake_completed(&p->f, PEER_HANDLE, 1);
		assert_int_equal(event(BLE_EV_PAIRED)->paired.err, BLE_EREFUSED);
		assert_true(is_kept(&bond));
		peer_disconnect(p);
	}
	guarded_connect(BLE_ROLE_PERIPHERAL); /* its owner may have more, on the link that he has encrypted */
	assert_true(peer_encrypt(p, real.ltk, real.ediv, real.rand));
	guarded_pair(SC_USER);
	assert_int_equal(event(BLE_EV_PAIRED)->paired.level, 4);
	assert_false(is_kept(&bond));
}

/* Every kind of pairing against every bond, in both roles: what is worth less changes nothing, and opens nothing. */
static void weaker_pairings(void **state)
{
	(void)state;
	for (unsigned n = 0; n < 2 * KINDS * KINDS; n++) {
		uint8_t role = n & 1;
		enum kind before = (enum kind)(n / 2 / KINDS), now = (enum kind)(n / 2 % KINDS);
		if (before == NOBODY || now == NOBODY)
			continue;
		struct peer_item bond = bonded(before, role, false);
		impostor();
		guarded_connect(role);
		guarded_pair(now);
		const struct ble_event *ev = event(BLE_EV_PAIRED);
		bool may = is_no_worse(now, before);
		assert_int_equal(ev->paired.err, may ? 0 : BLE_EREFUSED);
		assert_int_equal(is_kept(&bond), !may);
		if (!may) {
			assert_int_equal(ev->paired.reason, SMP_ERR_AUTHENTICATION_REQUIREMENTS);
			assert_int_equal(security().level, 1);
		} else { /* the program can see what the bond is now */
			assert_int_equal(ev->paired.level, smp_level(&(struct smp_strength){ strength_of(now).authenticated,
				strength_of(now).sc, strength_of(now).key_size }));
		}
		if (!may && role == BLE_ROLE_PERIPHERAL && strength_of(before).authenticated)
			assert_int_equal(error_of(OCTETS(0x0A, VALUE(3), 0)), 0x0F); /* the key is still there */
		peer_disconnect(p);
	}
}

/* One in the middle re-pairs with both ends of a bond, as the other to each. */
static void both_ends(void **state)
{
	struct peer *end[2];
	struct peer_item bond[2];
	(void)state;
	end[BLE_ROLE_CENTRAL] = p;
	end[BLE_ROLE_PERIPHERAL] = p + 1;
	for (uint8_t role = 0; role < 2; role++) {
		p = end[role];
		bond[role] = bonded(SC_USER, role, false);
		impostor();
		guarded_connect(role);
	}
	for (uint8_t role = 0; role < 2; role++) {
		p = end[role];
		id = ble_conn_next(p->f.host, 0);
		guarded_be(SC_JUST);
		if (role == BLE_ROLE_PERIPHERAL) {
			assert_int_equal(smp_pair(&p->link), 0);
		} else {
			smp_say(&p->link, SMP_SECURITY_REQ, SMP_AUTH_BONDING | SMP_AUTH_SC);
			smp_pump(&p->link);
		}
		peer_run(p);
		if (role == BLE_ROLE_PERIPHERAL)
			assert_int_equal(event(BLE_EV_PAIRED)->paired.reason, SMP_ERR_AUTHENTICATION_REQUIREMENTS);
		else /* it has tried its key, and nothing else */
			assert_int_equal(event(BLE_EV_ENCRYPTED)->encrypted.err, BLE_EHCI(0x06));
		assert_false(has_event(BLE_EV_PAIRED));
		assert_true(is_kept(&bond[role]) && security().level == 1);
		peer_disconnect(p);
	}
}

/* A pairing anew is broken off behind each of its PDUs: the bond stays until the last of them. */
static void broken_off(void **state)
{
	(void)state;
	for (enum kind kind = LEGACY_JUST; kind < SC_SHORT; kind++) {
		bool whole = false;
		for (unsigned n = 1; !whole; n++) {
			struct peer_item bond = bonded(kind, BLE_ROLE_PERIPHERAL, false);
			struct smp_keys real = p->theirs;
			guarded_connect(BLE_ROLE_PERIPHERAL);
			guarded_be(kind);
			p->budget = n;
			assert_int_equal(smp_pair(&p->link), 0);
			peer_run(p);
			if (p->budget && has_event(BLE_EV_PASSKEY_WANTED)) {
				assert_int_equal(ble_conn_passkey(p->f.host, id, p->number), 0);
				peer_run(p);
			}
			whole = p->budget != 0;
			p->budget = UINT32_MAX;
			if (!whole && !is_kept(&bond)) /* the last PDU of all has arrived */
				continue;
			assert_int_equal(is_kept(&bond), !whole);
			peer_disconnect(p);
			if (whole)
				continue;
			guarded_connect(BLE_ROLE_PERIPHERAL);
			assert_true(peer_encrypt(p, real.ltk, real.ediv, real.rand));
			peer_disconnect(p);
		}
	}
}

/* Identity Address Information that names another bond: only by who proves as much, and never if bonds are to be kept. */
static void identity_of_another(void **state)
{
	(void)state;
	for (unsigned n = 0; n < 2 * KINDS * KINDS; n++) {
		bool keep = n & 1;
		enum kind before = (enum kind)(n / 2 / KINDS), now = (enum kind)(n / 2 % KINDS);
		if (before == NOBODY || now == NOBODY)
			continue;
		struct peer_item bond = bonded(before, BLE_ROLE_PERIPHERAL, keep);
		struct ble_addr forged = p->smp.identity, own;
		guarded_stranger(7);
		own = p->smp.identity;
		p->smp.identity = forged; /* what it will say */
		id = peer_connect(p, BLE_ROLE_PERIPHERAL, &own);
		guarded_pair(now);
		bool may = !keep && is_no_worse(now, before);
		const struct ble_event *ev = event(BLE_EV_PAIRED);
		assert_int_equal(ev->paired.err, may ? 0 : BLE_EREFUSED);
		if (!may)
			assert_int_equal(ev->paired.reason, SMP_ERR_KEY_REJECTED);
		assert_int_equal(is_kept(&bond), !may);
		peer_disconnect(p);
	}
}

/* The link breaks behind each PDU, in either role: no bond, no half of one, and no secret stays in the host's memory. */
static void hung_up(void **state)
{
	(void)state;
	for (unsigned n = 0; n < 2 * KINDS; n++) {
		uint8_t role = n & 1;
		enum kind kind = (enum kind)(n / 2);
		bool whole = kind == NOBODY;
		for (unsigned budget = 1; !whole; budget++) {
			peer_init(p);
			guarded_host(&anyhow);
			guarded_connect(role);
			p->budget = budget;
			guarded_pair(kind);
			whole = p->budget != 0;
			struct smp_link last = p->link;
			bool was_pairing = smp_is_pairing(&last), kept = stored(BLE_STORE_BOND).len != 0;
			peer_disconnect(p);
			assert_int_equal(stored(BLE_STORE_BOND).len != 0, kept);
			const struct ble_event *ev = event(BLE_EV_PAIRED);
			assert_int_equal(ev->paired.bonded, kept);
			assert_true(kept || ev->paired.err == BLE_ECONN);
			if (!was_pairing || kept)
				continue;
			const uint8_t none[32] = { 0 };
			if (memcmp(last.op.shared, none, 32)) /* what both had */
				assert_false(is_in_host(last.op.shared, 32));
			if (memcmp(last.key, none, 16))
				assert_false(is_in_host(last.key, 16));
			if (memcmp(last.mac_key, none, 16))
				assert_false(is_in_host(last.mac_key, 16));
			assert_int_equal(ble_conn_passkey(p->f.host, id, 1), BLE_ECONN); /* nobody is asked any more */
		}
	}
}

/* Behind Pairing Failed at each step, whatever key is guessed there is none. */
static void key_after_failure(void **state)
{
	(void)state;
	for (enum kind kind = LEGACY_JUST; kind < SC_SHORT; kind++) {
		for (unsigned budget = 1; budget < 12; budget++) {
			peer_init(p);
			guarded_host(&anyhow);
			guarded_connect(BLE_ROLE_PERIPHERAL);
			p->budget = budget;
			p->idles = true; /* as far as it comes without LL_ENC_REQ: to where the key is ready */
			guarded_pair(kind);
			struct smp_link last = p->link;
			p->budget = UINT32_MAX;
			fake_acl(&p->f, PEER_HANDLE, 2, OCTETS(2, 0, 6, 0, SMP_PAIRING_FAILED, 8));
			unsigned negative = p->negative;
			assert_false(peer_encrypt(p, (const uint8_t[16]){ 0 }, 0, 0));
			assert_false(peer_encrypt(p, last.key, 0, 0));
			assert_false(peer_encrypt(p, last.secret, 0, 0));
			assert_false(peer_encrypt(p, last.key, 0x1234, 5));
			assert_int_equal(p->negative, negative + 4);
			assert_int_equal(security().level, 1);
			assert_int_equal(stored(BLE_STORE_BOND).len, 0);
			peer_disconnect(p);
		}
	}
}

/* A key size that overflows what holds keys: refused, and LL_ENC_REQ behind it finds no key. */
static void key_size_overflow(void **state)
{
	(void)state;
	guarded_host(&anyhow);
	for (unsigned size = 0; size < 256; size++) {
		if (size >= 7 && size <= 16)
			continue;
		guarded_connect(BLE_ROLE_PERIPHERAL);
		fake_acl(&p->f, PEER_HANDLE, 2, OCTETS(7, 0, 6, 0, SMP_PAIRING_REQ, 3, 0, 1, (uint8_t)size, 1, 1));
		fake_acl_sent(&p->f, PEER_HANDLE, 0, OCTETS(2, 0, 6, 0, SMP_PAIRING_FAILED, SMP_ERR_INVALID_PARAMETERS));
		fake_completed(&p->f, PEER_HANDLE, 1);
		assert_false(peer_encrypt(p, (const uint8_t[16]){ 0 }, 0, 0));
		peer_disconnect(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ATTACK("GAP-008 SMP-038 a peripheral that refuses to encrypt", peripheral_that_refuses),
		ATTACK("GAP-008 a peripheral that never answers", peripheral_that_is_silent),
		ATTACK("V-N03 GAP-009 SMP-036 every Security Request", security_requests),
		ATTACK("GAP-009 every Pairing Request", pairing_requests),
		ATTACK("GAP-010 ST-007 weaker pairings", weaker_pairings),
		ATTACK("GAP-011 both ends of a bond at once", both_ends),
		ATTACK("ST-007 pairing anew, broken off", broken_off),
		ATTACK("ST-008 SMP-024 the identity of another bond", identity_of_another),
		ATTACK("SMP-032 SMP-023 hung up at every step", hung_up),
		ATTACK("LL-088 LL_ENC_REQ after Pairing Failed", key_after_failure),
		ATTACK("SMP-004 key size overflow", key_size_overflow),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
