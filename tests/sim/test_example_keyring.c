/*
 * examples/c/keyring.c: a phone writes all levels, a reserved one and a longer one, is lost, comes back and says goodbye.
 * Levels and behaviours are those of the Immediate Alert and Link Loss services.
 */
#include "script_kit.h"

#define main example_main
#include "examples/c/keyring.c"
#undef main

static struct ble_addr phone;

static void script(struct peer *p)
{
	static uint16_t now, lost;
	SCRIPT_BEGIN(p);
	CHECK(p, ble_host_address(p->host, &phone) == 0);
	peer_find(p, "Key ring");
	AWAIT(p, PEER_FOUND);
	now = peer_handle(p, 0, 0x2A06);
	lost = peer_handle(p, now, 0x2A06);
	CHECK(p, now && lost && !peer_handle(p, lost, 0x2A06));
	/* Commands: as many as the connection takes, in order */
	CHECK(p, ble_client_write_command(p->host, p->conn, now, "\x01", 1) == 0);
	CHECK(p, ble_client_write_command(p->host, p->conn, now, "\x02", 1) == 0);
	CHECK(p, ble_client_write_command(p->host, p->conn, now, "\x03", 1) == 0); /* reserved */
	CHECK(p,
		ble_client_write_command(p->host, p->conn, now, "\x01\x00", 2) == 0); /* too long */
	CHECK(p, ble_client_write_command(p->host, p->conn, now, "\x00", 1) == 0);
	/* Neither is it written by a request nor read */
	CHECK(p, ble_client_write(p->host, p->conn, now, "\x02", 1) == 0);
	AWAIT(p, BLE_EV_DONE);
	CHECK(p, p->ev->done.err == BLE_EATT(0x03)); /* Write Not Permitted */
	CHECK(p, ble_client_read(p->host, p->conn, now) == 0);
	AWAIT(p, BLE_EV_DONE);
	CHECK(p, p->ev->done.err == BLE_EATT(0x02)); /* Read Not Permitted */
	CHECK(p, ble_client_read(p->host, p->conn, lost) == 0);
	AWAIT(p, BLE_EV_DONE);
	CHECK(p, p->ev->done.err == 0 && p->value_len == 1 && p->value[0] == 0);
	CHECK(p, ble_client_write(p->host, p->conn, lost, "\x02\x02", 2) == 0);
	AWAIT(p, BLE_EV_DONE);
	CHECK(p, p->ev->done.err == BLE_EATT(0x0D)); /* Invalid Attribute Value Length */
	CHECK(p, ble_client_write(p->host, p->conn, lost, "\x02", 1) == 0);
	AWAIT(p, BLE_EV_DONE);
	CHECK(p, p->ev->done.err == 0);
	/* Out of reach for five seconds: the supervision time-out is four */
	ble_node_move(p->node, 1e6, 0);
	AWAIT(p, BLE_EV_DISCONNECTED);
	CHECK(p, p->ev->disconnected.reason == 0x08);
	AWAIT_MS(p, 1000);
	ble_node_move(p->node, 2, 0);
	peer_find(p, "Key ring");
	AWAIT(p, PEER_FOUND);
	p->value_len = 0;
	CHECK(p, ble_client_read(p->host, p->conn, lost) == 0);
	AWAIT(p, BLE_EV_DONE);
	CHECK(p,
		p->ev->done.err == 0 && p->value_len == 1 &&
			p->value[0] == 2); /* it has not forgotten */
	CHECK(p, ble_conn_disconnect(p->host, p->conn, 0x13) == 0);
	AWAIT(p, BLE_EV_DISCONNECTED);
	CHECK(p, p->ev->disconnected.reason == 0x16);
	AWAIT_MS(p, 500);
	SCRIPT_END(p);
}

static void test_keyring(void **state)
{
	(void)state;
	struct peer p = { 0 };
	struct kit_output o;
	char expected[400], text[BLE_BTOS_SIZE];
	peer_scenario(example_main, script, &p, 8, NULL, &o);
	ble_btos(&phone, text);
	snprintf(expected, sizeof expected,
		"%s: silent\nthe phone calls: beeping\nthe phone calls: ringing\nthe phone calls: "
		"silent\n"
		"the phone is lost: ringing\n%s: silent\nthe phone has said goodbye: silent\n",
		text, text);
	assert_string_equal(o.out, expected);
	assert_string_equal(o.err, "keyring: closed\n");
	assert_int_equal(o.status, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_keyring) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
