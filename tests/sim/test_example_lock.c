/*
 * examples/c/lock.c: a phone that has no key, enters a wrong passkey, then the one that is shown, opens, goes, comes back
 * and opens without being asked again. A stranger that cannot enter anything is sent away.
 */
#include "script_kit.h"

#include <ble/bond.h>

#define main example_main
#include "examples/c/lock.c"
#undef main

static const struct ble_way *const ways[] = { &ble_passkey_entry, NULL };
static const struct ble_part *const parts[] = { &ble_observer, &ble_central, &ble_client, &ble_pairing, NULL };
static uint32_t shown;
static struct ble_addr phone;

/* Whoever stands before the lock. */
static void look(struct ble *ble, const struct ble_event *ev, void *ctx)
{
	(void)ble;
	(void)ctx;
	if (ev->type == BLE_EV_PASSKEY)
		shown = ev->passkey.number;
}

static void script(struct peer *p)
{
	static uint16_t at;
	SCRIPT_BEGIN(p);
	CHECK(p, ble_host_address(p->host, &phone) == 0);
	CHECK(p, ble_add_callback(first->ble, BLE_EV_NONE, look, NULL) == 0);
	CHECK(p, ble_pairing_set(p->host, &(struct ble_pairing_params){ .ways = ways, .bonding = true,
							 .capabilities = BLE_CAP_KEYBOARD_ONLY }) == 0);
	peer_find(p, "Lock");
	AWAIT(p, BLE_EV_PASSKEY_WANTED); /* the lock asks at once */
	AWAIT_MS(p, 3000);
	at = peer_handle(p, 0, 0xB001);
	CHECK(p, at);
	CHECK(p, ble_client_read(p->host, p->conn, at) == 0);
	AWAIT(p, BLE_EV_DONE);
	CHECK(p, p->ev->done.err == BLE_EATT(0x05)); /* Insufficient Authentication */
	CHECK(p, ble_client_write(p->host, p->conn, at, "\x01", 1) == 0);
	AWAIT(p, BLE_EV_DONE);
	CHECK(p, p->ev->done.err == BLE_EATT(0x05));
	CHECK(p, ble_conn_passkey(p->host, p->conn, (shown + 1) % 1000000) == 0);
	AWAIT(p, BLE_EV_PAIRED);
	CHECK(p, p->ev->paired.err == BLE_EREFUSED && p->ev->paired.reason == 0x04); /* Confirm Value Failed */
	AWAIT_MS(p, 10000); /* after a failure one has to wait */
	CHECK(p, ble_conn_secure(p->host, p->conn, false) == 0);
	AWAIT(p, BLE_EV_PASSKEY_WANTED);
	AWAIT_MS(p, 3000);
	CHECK(p, ble_conn_passkey(p->host, p->conn, shown) == 0);
	AWAIT(p, BLE_EV_PAIRED);
	CHECK(p, p->ev->paired.err == 0 && p->ev->paired.level == 4 && p->ev->paired.bonded);
	CHECK(p, ble_client_write(p->host, p->conn, at, "\x01", 1) == 0);
	AWAIT(p, BLE_EV_DONE);
	CHECK(p, p->ev->done.err == 0);
	CHECK(p, ble_client_write(p->host, p->conn, at, "\x02", 1) == 0);
	AWAIT(p, BLE_EV_DONE);
	CHECK(p, p->ev->done.err == BLE_EATT(0x13));
	CHECK(p, ble_conn_disconnect(p->host, p->conn, 0x13) == 0);
	AWAIT(p, BLE_EV_DISCONNECTED);
	shown = 0;
	peer_find(p, "Lock");
	AWAIT(p, BLE_EV_ENCRYPTED);
	CHECK(p, p->ev->encrypted.err == 0 && p->ev->encrypted.level == 4);
	AWAIT_MS(p, 3000);
	CHECK(p, ble_client_write(p->host, p->conn, at, "\x00", 1) == 0);
	AWAIT(p, BLE_EV_DONE);
	CHECK(p, p->ev->done.err == 0 && !shown);
	AWAIT_MS(p, 100);
	SCRIPT_END(p);
}

static void stranger(struct peer *p)
{
	SCRIPT_BEGIN(p);
	CHECK(p, ble_pairing_set(p->host, &(struct ble_pairing_params){ .bonding = true }) == 0);
	peer_find(p, "Lock");
	AWAIT(p, BLE_EV_PAIRED);
	CHECK(p, p->ev->paired.err == BLE_EREFUSED && p->ev->paired.reason == 0x03); /* Authentication Requirements */
	AWAIT(p, BLE_EV_DISCONNECTED);
	CHECK(p, p->ev->disconnected.reason == 0x05); /* Authentication Failure */
	AWAIT_MS(p, 100);
	SCRIPT_END(p);
}

static void test_lock(void **state)
{
	(void)state;
	struct peer p = { .parts = parts };
	struct kit_output o;
	char expected[400], text[BLE_BTOS_SIZE];
	unsigned long one, two;
	peer_scenario(example_main, script, &p, 9, NULL, &o);
	ble_btos(&phone, text);
	assert_int_equal(sscanf(o.out, "0 phones are known\npasskey %6lu\nnot paired: refused (reason 0x04)\npasskey %6lu\n",
				 &one, &two),
		2);
	snprintf(expected, sizeof expected,
		"0 phones are known\npasskey %06lu\nnot paired: refused (reason 0x04)\npasskey %06lu\n"
		"paired with %s, level 4\nopened by %s\nlocked by %s\n",
		one, two, text, text, text);
	assert_string_equal(o.out, expected);
	assert_string_equal(o.err, "lock: closed\n");
	assert_int_not_equal(one, two);
}

static void test_stranger(void **state)
{
	(void)state;
	struct peer p = { .parts = parts };
	struct kit_output o;
	peer_scenario(example_main, stranger, &p, 10, NULL, &o);
	assert_string_equal(o.out, "0 phones are known\nnot paired: refused (reason 0x03)\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_lock), cmocka_unit_test(test_stranger) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
