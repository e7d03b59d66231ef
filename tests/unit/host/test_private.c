/*
 * Private addresses of our own: what is told the controller and when, who is paused for it, and that nobody hears of a
 * pause. Vol 3 Part C 10.7, 10.8.2; Vol 4 Part E 7.8.4; the form of addresses is Vol 6 Part B 1.3.2.2.
 */
#include "tests/unit/host/fake_ctlr.h"

#include <ble/bond.h>
#include <ble/privacy.h>

#include "crypto/crypto.h"

enum { MINUTE_US = 60000000 };

static struct fake f;
static uint8_t irk_record[20];
static int irk_len;
static bool stuck; /* the source of randomness gives zeroes */

static void on_random(void *ctx, void *dst, size_t len)
{
	static uint32_t state = 7;
	uint8_t *p = dst;
	(void)ctx;
	while (len--)
		*p++ = stuck ? 0 : (uint8_t)((state = state * 1664525 + 1013904223) >> 24);
}

static int on_load(void *ctx, uint32_t key, void *dst, size_t cap)
{
	(void)ctx;
	if (key != BLE_STORE_IRK || irk_len < 0)
		return BLE_ENOENT;
	memcpy(dst, irk_record, cap < sizeof irk_record ? cap : sizeof irk_record);
	return irk_len;
}

static int on_save(void *ctx, uint32_t key, const void *src, size_t len)
{
	(void)ctx;
	if (key != BLE_STORE_IRK)
		return 0;
	assert_int_equal(len, sizeof irk_record);
	memcpy(irk_record, src, len);
	irk_len = (int)len;
	return 0;
}

static void make(const struct ble_crypto *crypto)
{
	stuck = false;
	irk_len = BLE_ENOENT;
	fake_init(&f);
	f.platform.random = on_random;
	f.platform.load = on_load;
	f.platform.save = on_save;
	f.platform.crypto = crypto;
	fake_host(&f, (struct ble_host_config){ .connections = 2,
			      .parts = BLE_PARTS(&ble_peripheral, &ble_observer, &ble_central, &ble_private) });
}

static int setup(void **state)
{
	(void)state;
	make(&ble_crypto_psa);
	fake_up(&f);
	return 0;
}

static void serve(uint16_t opcode, const void *params, size_t len)
{
	fake_command(&f, opcode, params, len);
	fake_complete(&f, opcode, 0, NULL, 0);
}

static void set(uint8_t kind, uint32_t rotate_ms)
{
	assert_int_equal(ble_privacy_set(f.host, kind, rotate_ms), 0);
	fake_pump(&f);
}

/* The address that the controller is told; it takes it. */
static const uint8_t *told(void)
{
	static uint8_t octets[6];
	struct ble_addr shown;
	memcpy(octets, fake_command(&f, HCI_CMD_LE_SET_RANDOM_ADDRESS, NULL, 6), 6);
	fake_complete(&f, HCI_CMD_LE_SET_RANDOM_ADDRESS, 0, NULL, 0);
	assert_int_equal(ble_privacy_address(f.host, &shown), 0);
	assert_int_equal(shown.type, BLE_ADDR_RANDOM);
	assert_memory_equal(shown.octets, octets, 6);
	return octets;
}

static const uint8_t *told_resolvable(void)
{
	const uint8_t *address = told();
	assert_int_equal(address[5] >> 6, 1);
	assert_int_equal(irk_len, 20);
	assert_true(crypto_resolves(&ble_crypto_psa, irk_record, address));
	return address;
}

static void an_address_is_made_told_and_changed(void **state)
{
	uint8_t first[6];
	(void)state;
	set(BLE_PRIVACY_RESOLVABLE, 0);
	memcpy(first, told_resolvable(), 6);
	fake_silent(&f);
	fake_pass(&f, 15 * UINT64_C(60000000) - 1);
	fake_silent(&f);
	fake_pass(&f, 1);
	assert_memory_not_equal(told_resolvable(), first, 6);
	fake_pass(&f, 15 * UINT64_C(60000000));
	told_resolvable();
	fake_expect_none(&f);
	fake_end(&f);
}

static void the_identity_stays_what_it_was(void **state)
{
	struct ble_addr before, after;
	(void)state;
	assert_int_equal(ble_host_address(f.host, &before), 0);
	set(BLE_PRIVACY_RESOLVABLE, BLE_FOREVER);
	told_resolvable();
	assert_int_equal(ble_host_address(f.host, &after), 0);
	assert_memory_equal(&before, &after, sizeof before);
	fake_pass(&f, UINT64_C(1000) * MINUTE_US);
	fake_silent(&f); /* for ever */
	set(0, 0); /* a public address: the controller has it */
	fake_silent(&f);
	assert_int_equal(ble_privacy_address(f.host, &after), 0);
	assert_memory_equal(&before, &after, sizeof before);
	fake_end(&f);
}

static void advertise(uint8_t type_of_address)
{
	assert_int_equal(ble_adv_start(f.host), 0);
	fake_pump(&f);
	assert_int_equal(fake_command(&f, HCI_CMD_LE_SET_ADVERTISING_PARAMETERS, NULL, 15)[5], type_of_address);
	fake_complete(&f, HCI_CMD_LE_SET_ADVERTISING_PARAMETERS, 0, NULL, 0);
}

static void finish_advertising(void)
{
	fake_serve(&f, HCI_CMD_LE_SET_ADVERTISING_DATA);
	fake_serve(&f, HCI_CMD_LE_SET_SCAN_RESPONSE_DATA);
	serve(HCI_CMD_LE_SET_ADVERTISING_ENABLE, OCTETS(1));
	fake_expect(&f, BLE_EV_ADV_STARTED);
}

static void scan(uint8_t type_of_address)
{
	assert_int_equal(ble_scan_start(f.host, NULL), 0);
	fake_pump(&f);
	assert_int_equal(fake_command(&f, HCI_CMD_LE_SET_SCAN_PARAMETERS, NULL, 7)[5], type_of_address);
	fake_complete(&f, HCI_CMD_LE_SET_SCAN_PARAMETERS, 0, NULL, 0);
	serve(HCI_CMD_LE_SET_SCAN_ENABLE, OCTETS(1, 0));
	fake_expect(&f, BLE_EV_SCAN_STARTED);
}

/* LL/SEC/ADV/BV-01-C, LL/SEC/SCN/BV-01-C: a controller refuses otherwise. */
static void all_make_room_and_go_on(void **state)
{
	(void)state;
	set(BLE_PRIVACY_RESOLVABLE, 60000);
	told_resolvable();
	advertise(BLE_ADDR_RANDOM);
	finish_advertising();
	scan(BLE_ADDR_RANDOM);
	fake_pass(&f, MINUTE_US);
	serve(HCI_CMD_LE_SET_ADVERTISING_ENABLE, OCTETS(0));
	serve(HCI_CMD_LE_SET_SCAN_ENABLE, OCTETS(0, 0));
	told_resolvable();
	serve(HCI_CMD_LE_SET_ADVERTISING_ENABLE, OCTETS(1));
	serve(HCI_CMD_LE_SET_SCAN_ENABLE, OCTETS(1, 0));
	fake_silent(&f);
	fake_expect_none(&f);
	fake_end(&f);
}

/* Directed advertising, which is not paused for the accept list, is for another address. */
static void directed_advertising_makes_room(void **state)
{
	const struct ble_adv_params p = { .mode = BLE_ADV_CONN_DIR, .interval_min_us = 100000, .peer = { 0, { 1 } } };
	(void)state;
	set(BLE_PRIVACY_RESOLVABLE, 60000);
	told_resolvable();
	assert_int_equal(ble_adv_set(f.host, &p), 0);
	advertise(BLE_ADDR_RANDOM);
	serve(HCI_CMD_LE_SET_ADVERTISING_ENABLE, OCTETS(1));
	fake_expect(&f, BLE_EV_ADV_STARTED);
	fake_pass(&f, MINUTE_US);
	serve(HCI_CMD_LE_SET_ADVERTISING_ENABLE, OCTETS(0));
	told_resolvable();
	serve(HCI_CMD_LE_SET_ADVERTISING_ENABLE, OCTETS(1));
	fake_silent(&f);
	fake_end(&f);
}

/* Turned on while the identity is shown: the parameters name another type of address. */
static void the_type_of_address_changes_under_way(void **state)
{
	(void)state;
	advertise(BLE_ADDR_PUBLIC);
	finish_advertising();
	set(BLE_PRIVACY_ANONYMOUS, 0);
	serve(HCI_CMD_LE_SET_ADVERTISING_ENABLE, OCTETS(0));
	assert_int_equal(told()[5] >> 6, 0);
	assert_int_equal(fake_command(&f, HCI_CMD_LE_SET_ADVERTISING_PARAMETERS, NULL, 15)[5], BLE_ADDR_RANDOM);
	fake_complete(&f, HCI_CMD_LE_SET_ADVERTISING_PARAMETERS, 0, NULL, 0);
	serve(HCI_CMD_LE_SET_ADVERTISING_ENABLE, OCTETS(1));
	set(0, 0);
	serve(HCI_CMD_LE_SET_ADVERTISING_ENABLE, OCTETS(0));
	assert_int_equal(fake_command(&f, HCI_CMD_LE_SET_ADVERTISING_PARAMETERS, NULL, 15)[5], BLE_ADDR_PUBLIC);
	fake_complete(&f, HCI_CMD_LE_SET_ADVERTISING_PARAMETERS, 0, NULL, 0);
	serve(HCI_CMD_LE_SET_ADVERTISING_ENABLE, OCTETS(1));
	fake_silent(&f);
	fake_expect_none(&f);
	fake_end(&f);
}

/* An attempt to connect is cancelled, and begun anew with the new address; its end is waited for. */
static void an_attempt_to_connect_begins_anew(void **state)
{
	static const struct ble_addr peer = { BLE_ADDR_PUBLIC, { 1, 2, 3, 4, 5, 6 } };
	(void)state;
	set(BLE_PRIVACY_RESOLVABLE, 60000);
	told_resolvable();
	assert_int_equal(ble_conn_create(f.host, &peer, NULL), 0);
	fake_pump(&f);
	assert_int_equal(fake_command(&f, HCI_CMD_LE_CREATE_CONNECTION, NULL, 25)[12], BLE_ADDR_RANDOM);
	fake_status(&f, HCI_CMD_LE_CREATE_CONNECTION, 0);
	fake_pass(&f, MINUTE_US);
	fake_serve(&f, HCI_CMD_LE_CREATE_CONNECTION_CANCEL);
	fake_silent(&f);
	fake_connect(&f, 0, BLE_ROLE_CENTRAL, HCI_ERR_UNKNOWN_CONNECTION);
	told_resolvable();
	fake_command(&f, HCI_CMD_LE_CREATE_CONNECTION, NULL, 25);
	fake_status(&f, HCI_CMD_LE_CREATE_CONNECTION, 0);
	fake_expect_none(&f);
	fake_end(&f);
}

/* Asked for before the start: nothing is ever sent with the identity. */
static void before_the_start(void **state)
{
	(void)state;
	make(&ble_crypto_psa);
	assert_int_equal(ble_privacy_set(f.host, BLE_PRIVACY_RESOLVABLE, 0), 0);
	assert_int_equal(ble_adv_start(f.host), 0);
	f.stops_at = HCI_CMD_LE_SET_RANDOM_ADDRESS;
	f.answers = true;
	assert_int_equal(ble_host_start(f.host), 0);
	fake_pump(&f);
	fake_expect(&f, BLE_EV_READY);
	bool is_told = false;
	for (const struct fake_packet *p = fake_sent(&f); !is_told; p = is_told ? p : fake_sent(&f)) {
		uint16_t opcode = (uint16_t)(p->data[1] | p->data[2] << 8);
		assert_int_not_equal(opcode, HCI_CMD_LE_SET_ADVERTISING_PARAMETERS);
		is_told = opcode == HCI_CMD_LE_SET_RANDOM_ADDRESS;
		if (is_told)
			assert_true(crypto_resolves(&ble_crypto_psa, irk_record, p->data + 4));
	}
	fake_complete(&f, HCI_CMD_LE_SET_RANDOM_ADDRESS, 0, NULL, 0);
	fake_end(&f);
}

static void expect_error(int err)
{
	const struct ble_event *ev = fake_expect(&f, BLE_EV_ERROR);
	assert_int_equal(ev->error.operation, BLE_OP_PRIVACY);
	assert_int_equal(ev->error.err, err);
}

/* LL-104: a source of randomness that gives always the same shows nobody's identity. */
static void without_randomness_all_stops(void **state)
{
	(void)state;
	advertise(BLE_ADDR_PUBLIC);
	finish_advertising();
	stuck = true;
	set(BLE_PRIVACY_ANONYMOUS, 60000);
	serve(HCI_CMD_LE_SET_ADVERTISING_ENABLE, OCTETS(0));
	expect_error(BLE_EIO);
	fake_expect(&f, BLE_EV_ADV_STOPPED);
	fake_silent(&f);
	assert_int_equal(ble_adv_start(f.host), 0); /* nor later */
	fake_pump(&f);
	fake_silent(&f);
	stuck = false;
	fake_pass(&f, MINUTE_US);
	assert_int_equal(told()[5] >> 6, 0);
	fake_silent(&f);
	advertise(BLE_ADDR_RANDOM);
	serve(HCI_CMD_LE_SET_ADVERTISING_ENABLE, OCTETS(1)); /* it has the data */
	fake_expect(&f, BLE_EV_ADV_STARTED);
	fake_expect_none(&f);
	fake_end(&f);
}

/* One that fails now and then: the private address that is there holds, and the next attempt makes room again. */
static void without_randomness_for_a_while(void **state)
{
	(void)state;
	set(BLE_PRIVACY_ANONYMOUS, 60000);
	told();
	advertise(BLE_ADDR_RANDOM);
	finish_advertising();
	stuck = true;
	fake_pass(&f, MINUTE_US);
	serve(HCI_CMD_LE_SET_ADVERTISING_ENABLE, OCTETS(0));
	expect_error(BLE_EIO);
	serve(HCI_CMD_LE_SET_ADVERTISING_ENABLE, OCTETS(1));
	stuck = false;
	fake_pass(&f, MINUTE_US);
	serve(HCI_CMD_LE_SET_ADVERTISING_ENABLE, OCTETS(0));
	told();
	serve(HCI_CMD_LE_SET_ADVERTISING_ENABLE, OCTETS(1));
	fake_expect_none(&f);
	fake_end(&f);
}

/* A controller that refuses keeps the private address that it has. */
static void a_refusal_is_told(void **state)
{
	(void)state;
	set(BLE_PRIVACY_RESOLVABLE, 60000);
	told_resolvable();
	fake_pass(&f, MINUTE_US);
	fake_command(&f, HCI_CMD_LE_SET_RANDOM_ADDRESS, NULL, 6);
	fake_complete(&f, HCI_CMD_LE_SET_RANDOM_ADDRESS, HCI_ERR_COMMAND_DISALLOWED, NULL, 0);
	expect_error(BLE_EHCI(HCI_ERR_COMMAND_DISALLOWED));
	advertise(BLE_ADDR_RANDOM);
	finish_advertising();
	fake_pass(&f, MINUTE_US);
	serve(HCI_CMD_LE_SET_ADVERTISING_ENABLE, OCTETS(0));
	told_resolvable();
	serve(HCI_CMD_LE_SET_ADVERTISING_ENABLE, OCTETS(1));
	fake_end(&f);
}

static void refusals(void **state)
{
	(void)state;
	struct ble_addr a;
	assert_int_equal(ble_privacy_set(f.host, 3, 0), BLE_ERANGE);
	assert_int_equal(ble_privacy_set(f.host, BLE_PRIVACY_RESOLVABLE, 999), BLE_ERANGE);
	assert_int_equal(ble_privacy_set(f.host, BLE_PRIVACY_RESOLVABLE, 3600001), BLE_ERANGE);
	fake_end(&f);
	make(NULL);
	assert_int_equal(ble_privacy_address(f.host, &a), BLE_ESTATE);
	fake_up(&f);
	assert_int_equal(ble_privacy_set(f.host, BLE_PRIVACY_RESOLVABLE, 0), BLE_ENOTSUP);
	set(BLE_PRIVACY_ANONYMOUS, 0); /* wants no cipher */
	told();
	fake_end(&f);
	fake_init(&f);
	fake_host(&f, (struct ble_host_config){ .parts = BLE_PARTS(&ble_peripheral) });
	assert_int_equal(ble_privacy_set(f.host, BLE_PRIVACY_ANONYMOUS, 0), BLE_ENOTSUP);
	assert_int_equal(ble_privacy_address(f.host, &a), BLE_ENOTSUP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(an_address_is_made_told_and_changed, setup),
		cmocka_unit_test_setup(the_identity_stays_what_it_was, setup),
		cmocka_unit_test_setup(all_make_room_and_go_on, setup),
		cmocka_unit_test_setup(directed_advertising_makes_room, setup),
		cmocka_unit_test_setup(the_type_of_address_changes_under_way, setup),
		cmocka_unit_test_setup(an_attempt_to_connect_begins_anew, setup),
		cmocka_unit_test(before_the_start),
		{ "LL-104 without randomness all stops", without_randomness_all_stops, setup, NULL, NULL },
		cmocka_unit_test_setup(without_randomness_for_a_while, setup),
		cmocka_unit_test_setup(a_refusal_is_told, setup),
		cmocka_unit_test_setup(refusals, setup),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
