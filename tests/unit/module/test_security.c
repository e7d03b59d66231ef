/*
 * security() in the module's terms: what it makes of its parameters, that it and gap() come in any order, who answers for
 * a passkey, and when a link is ended.
 */
#include "fake_host.h"

#include <string.h>

static struct ble *ble;
static unsigned told;

static int setup(void **state)
{
	(void)state;
	ble = fake_device(&(struct ble_options){ .bonds = 3 });
	fake.has_all = true;
	fake.reach = 4;
	fake.conn_count = 2;
	told = 0;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	ble_end(ble);
	return 0;
}

static void refused(int got, int err, const char *why)
{
	assert_int_equal(got, err);
	assert_string_equal(fake_why(ble), why);
}

static void on_event(struct ble *b, const struct ble_event *ev, void *ctx)
{
	(void)b;
	(void)ev;
	(void)ctx;
	told++;
}

static void happens(const struct ble_event *ev)
{
	fake_event(ev);
	assert_int_equal(ble_process(ble, 1000), 0);
}

#define SECURITY(...) ble_security(ble, &(struct ble_security_params){ __VA_ARGS__ })
#define LEVEL(n) ble_gap(ble, &(struct ble_gap_params){ .security_level = (n) })

static void test_parameters(void **state)
{
	(void)state;
	static const struct ble_way *const ways[] = { NULL };
	assert_int_equal(fake.config.bonds, 3);
	assert_int_equal(SECURITY(0), 0);
	const struct ble_pairing_params plain = { 0 };
	struct ble_pairing_params got = fake.pairing;
	got.level = 0; /* 0 and 1 are the same */
	assert_memory_equal(&got, &plain, sizeof got);
	assert_int_equal(SECURITY(.ways = ways, .capabilities = BLE_CAP_DISPLAY_YES_NO, .bonding = BLE_AUTH_BOND,
				 .scheme = BLE_AUTH_MITM | BLE_AUTH_SC | BLE_AUTH_KEYPRESS, .key_size = 12, .min_key_size = 8,
				 .initiator = BLE_KEY_ENC, .responder = BLE_KEY_NONE, .sc_only = true, .passkey = 7),
		0);
	assert_ptr_equal(fake.pairing.ways, ways);
	assert_int_equal(fake.pairing.capabilities, BLE_CAP_DISPLAY_YES_NO);
	assert_true(fake.pairing.bonding && fake.pairing.mitm && fake.pairing.keypress && fake.pairing.sc_only);
	assert_false(fake.pairing.legacy_only);
	assert_int_equal(fake.pairing.key_size_max, 12);
	assert_int_equal(fake.pairing.key_size_min, 8);
	assert_int_equal(fake.pairing.initiator_keys, BLE_KEY_ENC);
	assert_int_equal(fake.pairing.responder_keys, BLE_KEY_NONE);
	assert_int_equal(fake.pairing.passkey, 7);
	assert_int_equal(SECURITY(.key_size = 7, .scheme = BLE_AUTH_LEGACY), 0);
	assert_int_equal(fake.pairing.key_size_min, 7); /* the largest and the smallest */
	assert_true(fake.pairing.legacy_only);
}

static void test_refusals(void **state)
{
	(void)state;
	refused(SECURITY(.bonding = 2), BLE_EINVAL, "bonding: 2 is outside 0..1");
	refused(SECURITY(.scheme = 1), BLE_EINVAL, "scheme: it has bits that are not of enum ble_auth");
	refused(SECURITY(.scheme = BLE_AUTH_LEGACY | BLE_AUTH_SC), BLE_EINVAL,
		"scheme: BLE_AUTH_LEGACY leaves out what BLE_AUTH_SC and sc_only want");
	refused(SECURITY(.scheme = BLE_AUTH_LEGACY, .sc_only = true), BLE_EINVAL,
		"scheme: BLE_AUTH_LEGACY leaves out what BLE_AUTH_SC and sc_only want");
	assert_int_equal(fake.pairing_sets, 0);
	refused(ble_enter_passkey(ble, 1, 1000000), BLE_ERANGE, "passkey: 1000000 is outside 0..999999");
	refused(ble_enter_passkey(ble, 0, 1), BLE_ENOENT, "peer: no pairing waits for this answer");
	refused(ble_confirm_passkey(ble, 1, true), BLE_ENOENT, "peer: no pairing waits for this answer");
	assert_int_equal(ble_confirm_passkey(ble, 9, true), BLE_ECONN);
	refused(ble_oob_data(ble), BLE_EBUSY, "oob_data: the last ones are still being made");
	assert_int_equal(ble_set_oob_data(ble, &(struct ble_oob){ 0 }, false), BLE_ENOTSUP);
}

/* A running device holds a level at once, or not at all. */
static void test_levels_while_it_runs(void **state)
{
	(void)state;
	assert_int_equal(SECURITY(0), 0);
	fake.reach = 2;
	assert_int_equal(LEVEL(2), 0);
	assert_int_equal(fake.pairing.level, 2);
	assert_int_equal(LEVEL(3), BLE_EINVAL);
	assert_int_equal(fake.pairing.level, 2);
	assert_int_equal(SECURITY(.passkey = 1), 0);
	assert_int_equal(fake.pairing.level, 2); /* still */
	assert_int_equal(LEVEL(0), 0);
	assert_int_equal(fake.pairing.level, 1);
}

/* Before the start the order is free. */
static void test_levels_at_the_start(void **state)
{
	(void)state;
	assert_int_equal(ble_stop(ble), 0);
	fake.reach = 2;
	assert_int_equal(LEVEL(4), 0);
	assert_int_equal(SECURITY(0), 0);
	assert_int_equal(fake.pairing.level, 0);
	assert_int_equal(ble_start(ble), BLE_EINVAL);
	assert_false(fake.started);
	fake.reach = 4;
	assert_int_equal(ble_start(ble), 0);
	assert_int_equal(fake.pairing.level, 4);
}

/* What one service alone wants has to be possible, too, but is no device's level. */
static void test_level_of_a_service(void **state)
{
	(void)state;
	static struct ble_service service = { .uuid = 0x1234, .level = 3 };
	assert_int_equal(ble_stop(ble), 0);
	assert_int_equal(SECURITY(0), 0);
	assert_int_equal(ble_add_service(ble, &service), 0);
	fake.reach = 2;
	assert_int_equal(ble_start(ble), BLE_EINVAL);
	fake.reach = 3;
	assert_int_equal(ble_start(ble), 0);
	assert_int_equal(fake.pairing.level, 0);
}

static void test_who_answers_for_a_passkey(void **state)
{
	(void)state;
	const struct ble_event wanted = { .type = BLE_EV_PASSKEY_WANTED, .conn = 2 };
	assert_int_equal(SECURITY(0), 0);
	assert_int_equal(ble_add_callback(ble, BLE_EV_NONE, on_event, NULL), 0);
	fake.asked = 2;
	happens(&wanted); /* none is known */
	assert_int_equal(fake.asked, 2);
	assert_int_equal(told, 1);
	assert_int_equal(SECURITY(.passkey = 123456), 0);
	happens(&wanted);
	assert_int_equal(fake.entered, 123456);
	assert_int_equal(told, 1); /* nobody is asked */
	assert_int_equal(ble_add_callback(ble, BLE_EV_PASSKEY_WANTED, on_event, NULL), 0);
	fake.asked = 2;
	happens(&wanted);
	assert_int_equal(fake.asked, 2);
	assert_int_equal(told, 3); /* its function, and the one for all */
	assert_int_equal(ble_enter_passkey(ble, 0, 42), 0);
	assert_int_equal(fake.entered, 42);
	fake.asked = 1;
	assert_int_equal(ble_confirm_passkey(ble, 1, true), 0);
	assert_int_equal(fake.entered, 1);
}

/* Told, and a while later acted upon. */
static void failed_pairing(uint8_t reason, unsigned disconnects)
{
	static uint64_t now_us;
	struct ble_event ev = { .type = BLE_EV_PAIRED, .conn = 1 };
	ev.paired.err = reason ? BLE_EREFUSED : 0;
	ev.paired.reason = reason;
	unsigned before = fake.disconnects;
	fake.info.interval_us = 30000;
	ev.t_us = now_us += 1000000;
	fake_event(&ev);
	assert_int_equal(ble_process(ble, now_us), 0);
	assert_int_equal(fake.disconnects, before);
	assert_int_equal(ble_next_due(ble), disconnects != before ? now_us + 90000 : BLE_NEVER);
	assert_int_equal(ble_process(ble, now_us + 90000), 0);
	assert_int_equal(fake.disconnects, disconnects);
}

/* Vol 3 Part H 3.5.5: a wrong passkey (0x04) may be right next time; what the peer cannot do it never can. */
static void test_when_a_link_is_ended(void **state)
{
	(void)state;
	assert_int_equal(SECURITY(0), 0);
	assert_int_equal(LEVEL(3), 0);
	assert_int_equal(ble_add_callback(ble, BLE_EV_PAIRED, on_event, NULL), 0);
	fake.security.level = 1;
	failed_pairing(0x04, 0);
	failed_pairing(0x03, 1);
	assert_int_equal(fake.reason, 0x05);
	failed_pairing(0x06, 2);
	failed_pairing(0x0C, 3); /* another number: somebody is in the middle */
	fake.security.level = 3; /* it was a second pairing that failed */
	failed_pairing(0x03, 3);
	failed_pairing(0, 3);
	assert_int_equal(told, 6); /* whatever became of it */
}

/* Passkey Entry is some eighty packets, which are not to be slowed down: prefer.c. */
static void test_slower_parameters_wait(void **state)
{
	(void)state;
	struct ble_event ev = { .type = BLE_EV_CONNECTED, .conn = 1, .t_us = 1000 };
	ev.connected.role = BLE_ROLE_PERIPHERAL;
	assert_int_equal(SECURITY(0), 0);
	assert_int_equal(LEVEL(0), 0);
	happens(&ev);
	assert_int_equal(ble_next_due(ble), 5001000);
	happens(&(struct ble_event){ .type = BLE_EV_PASSKEY, .conn = 2, .t_us = 2000000 }); /* of another one */
	assert_int_equal(ble_next_due(ble), 5001000);
	happens(&(struct ble_event){ .type = BLE_EV_PASSKEY, .conn = 1, .t_us = 2000000 });
	assert_int_equal(ble_next_due(ble), 32000000);
	happens(&(struct ble_event){ .type = BLE_EV_PAIRED, .conn = 1, .t_us = 10000000 });
	assert_int_equal(ble_next_due(ble), 15000000);
}

static void test_bonds(void **state)
{
	(void)state;
	struct ble_addr out[2] = { { 0 } };
	assert_int_equal(ble_bonded(ble, NULL, 0), 0);
	fake.bonds[0].identity = (struct ble_addr){ BLE_ADDR_PUBLIC, { 1 } };
	fake.bonds[1].identity = (struct ble_addr){ BLE_ADDR_RANDOM, { 2 } };
	fake.bond_count = 2;
	assert_int_equal(ble_bonded(ble, out, 1), 2); /* there are more than fit */
	assert_int_equal(out[0].octets[0], 1);
	assert_int_equal(out[1].octets[0], 0);
	assert_int_equal(ble_bonded(ble, out, 2), 2);
	assert_int_equal(out[1].type, BLE_ADDR_RANDOM);
	struct ble_addr stranger = { BLE_ADDR_PUBLIC, { 9 } };
	assert_int_equal(ble_remove_bonded(ble, &stranger), 0);
	assert_int_equal(fake.bond_count, 2);
	assert_int_equal(ble_remove_bonded(ble, &out[1]), 0);
	assert_int_equal(fake.bond_count, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_parameters, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refusals, setup, teardown),
		cmocka_unit_test_setup_teardown(test_levels_while_it_runs, setup, teardown),
		cmocka_unit_test_setup_teardown(test_levels_at_the_start, setup, teardown),
		cmocka_unit_test_setup_teardown(test_level_of_a_service, setup, teardown),
		cmocka_unit_test_setup_teardown(test_who_answers_for_a_passkey, setup, teardown),
		cmocka_unit_test_setup_teardown(test_when_a_link_is_ended, setup, teardown),
		cmocka_unit_test_setup_teardown(test_slower_parameters_wait, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bonds, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
