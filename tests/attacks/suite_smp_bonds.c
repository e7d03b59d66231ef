/*
 * Attacks on bonds by whoever takes a bonded peer's place: a peripheral that cannot encrypt, requests to pair anew with
 * less, pairings broken off, other peoples' identities. What counts is the store, octet for octet, and what the program
 * and the impostor get. (BLESA, BLERP; Vol 3 Part H 2.4.6, Part C 10.3)
 */
#include "tests/attacks/guarded.h"

#include <ble/client.h>

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
		struct peer_item bond = guarded_bond(kind, BLE_ROLE_CENTRAL, false);
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
	struct peer_item bond = guarded_bond(SC_JUST, BLE_ROLE_CENTRAL, false);
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
		struct peer_item bond = guarded_bond(kind, BLE_ROLE_CENTRAL, false);
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
	struct peer_item bond = guarded_bond(SC_JUST, BLE_ROLE_PERIPHERAL, true);
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
		struct peer_item bond = guarded_bond(before, role, false);
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
		bond[role] = guarded_bond(SC_USER, role, false);
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

/* Identity Address Information that names another bond: only by who proves as much, and never if bonds are to be kept. */
static void identity_of_another(void **state)
{
	(void)state;
	for (unsigned n = 0; n < 2 * KINDS * KINDS; n++) {
		bool keep = n & 1;
		enum kind before = (enum kind)(n / 2 / KINDS), now = (enum kind)(n / 2 % KINDS);
		if (before == NOBODY || now == NOBODY)
			continue;
		struct peer_item bond = guarded_bond(before, BLE_ROLE_PERIPHERAL, keep);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		ATTACK("GAP-008 SMP-038 a peripheral that refuses to encrypt", peripheral_that_refuses),
		ATTACK("GAP-008 a peripheral that never answers", peripheral_that_is_silent),
		ATTACK("V-N03 GAP-009 SMP-036 every Security Request", security_requests),
		ATTACK("GAP-009 every Pairing Request", pairing_requests),
		ATTACK("GAP-010 ST-007 weaker pairings", weaker_pairings),
		ATTACK("GAP-011 both ends of a bond at once", both_ends),
		ATTACK("ST-008 SMP-024 the identity of another bond", identity_of_another),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
