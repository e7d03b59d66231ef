/*
 * Attacks by offering less than is asked for: legacy pairing where there is none, a short key, no user. Whoever stands in
 * the middle offers for both. (Vol 3 Part H 2.3.5.1, 2.3.4; Part C 10.2.4; KNOB for BLE, CVE-2019-9506's kin)
 */
#include "tests/attacks/guarded.h"

static const struct ble_way *const all_ways[] = { &ble_legacy_pairing, &ble_passkey_entry, &ble_numeric_comparison, NULL };

/* The peer offers this, in either role: the reason that it is refused with, 0: it is paired. */
static uint8_t reason_for(const struct ble_pairing_params *params, uint8_t role, enum kind kind, uint8_t key_size)
{
	peer_init(p);
	guarded_host(params);
	guarded_connect(role);
	guarded_be(kind);
	p->smp.config.key_max = key_size;
	p->smp.config.mitm = false; /* whoever attacks does not want to be authenticated */
	if (role == BLE_ROLE_PERIPHERAL)
		assert_int_equal(smp_pair(&p->link), 0);
	else
		assert_int_equal(ble_conn_secure(p->f.host, id, true), 0);
	peer_run(p);
	if (has_event(BLE_EV_PASSKEY_WANTED)) {
		assert_int_equal(ble_conn_passkey(p->f.host, id, p->number), 0);
		peer_run(p);
	}
	struct ble_event ev = *event(BLE_EV_PAIRED);
	if (ev.paired.err) {
		assert_int_equal(ev.paired.err, BLE_EREFUSED);
		assert_int_equal(security().level, 1);
		assert_int_equal(stored(BLE_STORE_BOND).len, 0);
	}
	peer_disconnect(p);
	return ev.paired.err ? ev.paired.reason : 0;
}

/* Secure Connections only: no legacy pairing, no short key, and at level 4 no pairing without a user. */
static void secure_connections_only(void **state)
{
	struct ble_pairing_params only = anyhow, four = anyhow;
	(void)state;
	only.sc_only = true;
	four.level = 4;
	four.key_size_min = 0; /* 16, whatever is said */
	four.key_size_max = 0;
	for (uint8_t role = 0; role < 2; role++) {
		assert_int_equal(reason_for(&only, role, LEGACY_JUST, 16), SMP_ERR_AUTHENTICATION_REQUIREMENTS);
		assert_int_equal(reason_for(&only, role, LEGACY_USER, 16), SMP_ERR_AUTHENTICATION_REQUIREMENTS);
		assert_int_equal(reason_for(&only, role, SC_JUST, 16), 0);
		assert_int_equal(reason_for(&four, role, LEGACY_USER, 16), SMP_ERR_AUTHENTICATION_REQUIREMENTS);
		assert_int_equal(reason_for(&four, role, SC_JUST, 16), SMP_ERR_AUTHENTICATION_REQUIREMENTS);
		for (uint8_t size = 7; size < 16; size++)
			assert_int_equal(reason_for(&four, role, SC_USER, size), SMP_ERR_ENCRYPTION_KEY_SIZE);
		assert_int_equal(reason_for(&four, role, SC_USER, 16), 0);
	}
}

/* What is not named is not done: by default there is no legacy pairing that could be set against the other kind. */
static void no_legacy_by_default(void **state)
{
	struct ble_pairing_params users = { .bonding = true, .capabilities = BLE_CAP_KEYBOARD_DISPLAY,
		.ways = all_ways + 1 }; /* all but legacy */
	(void)state;
	for (uint8_t role = 0; role < 2; role++) {
		assert_int_equal(reason_for(&only_just_works, role, LEGACY_JUST, 16), SMP_ERR_AUTHENTICATION_REQUIREMENTS);
		assert_int_equal(reason_for(&users, role, LEGACY_USER, 16), SMP_ERR_AUTHENTICATION_REQUIREMENTS);
		assert_int_equal(reason_for(&users, role, LEGACY_JUST, 16), SMP_ERR_AUTHENTICATION_REQUIREMENTS);
	}
}

/* By default the key has 16 octets; less is by request, and told. */
static void short_keys(void **state)
{
	(void)state;
	for (uint8_t role = 0; role < 2; role++) {
		for (uint8_t size = 7; size <= 16; size++) {
			uint8_t reason = size < 16 ? SMP_ERR_ENCRYPTION_KEY_SIZE : 0;
			assert_int_equal(reason_for(&only_just_works, role, SC_JUST, size), reason);
			assert_int_equal(reason_for(&anyhow, role, SC_JUST, size), 0);
			struct ble_pairing_params least = anyhow;
			least.key_size_min = 12;
			assert_int_equal(reason_for(&least, role, LEGACY_JUST, size), size < 12 ? SMP_ERR_ENCRYPTION_KEY_SIZE : 0);
		}
	}
}

/* No user on the way: refused where one is asked for, else the level says what it is worth. */
static void just_works_downgrade(void **state)
{
	struct ble_pairing_params mitm = anyhow, three = anyhow;
	(void)state;
	mitm.mitm = true;
	three.level = 3;
	for (uint8_t role = 0; role < 2; role++) {
		for (enum kind kind = LEGACY_JUST; kind <= SC_JUST; kind++) {
			assert_int_equal(reason_for(&mitm, role, kind, 16), SMP_ERR_AUTHENTICATION_REQUIREMENTS);
			assert_int_equal(reason_for(&three, role, kind, 16), SMP_ERR_AUTHENTICATION_REQUIREMENTS);
		}
	}
	peer_init(p);
	guarded_host(&anyhow);
	guarded_connect(BLE_ROLE_PERIPHERAL);
	guarded_pair(SC_JUST);
	assert_int_equal(event(BLE_EV_PAIRED)->paired.level, 2);
	assert_int_equal(error_of(OCTETS(0x0A, VALUE(2), 0)), 0);
	assert_int_equal(error_of(OCTETS(0x0A, VALUE(3), 0)), 0x05);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ATTACK("GAP-013 Secure Connections only", secure_connections_only),
		ATTACK("SMP-014 no legacy pairing by default", no_legacy_by_default),
		ATTACK("SMP-005 KNOB: short keys", short_keys),
		ATTACK("SMP-015 Just Works downgrade", just_works_downgrade),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
