/*
 * examples/c/alert.c: a watch goes through all commands of the Alert Notification service. What is expected is from the
 * service's specification 1.0: who has enabled nothing hears nothing, commands about a category that is not there, or
 * that are none, get 0xA0; counts and who called by the GATT Specification Supplement (New Alert, Unread Alert Status).
 */
#include "script_kit.h"

#define main example_main
#include "examples/c/alert.c"
#undef main

static uint16_t control_handle, new_handle, unread_handle;

/* One write to the control point, and its answer. */
#define COMMAND(p, octets, answer)                                                                                     \
	CHECK(p, ble_client_write((p)->host, (p)->conn, control_handle, octets, sizeof(octets) - 1) == 0);             \
	AWAIT(p, BLE_EV_DONE);                                                                                         \
	CHECK(p, (p)->ev->done.err == (answer))

static bool heard(struct peer *p, unsigned i, uint16_t handle, const char *octets, size_t len)
{
	return p->heard_count > i && p->heard[i].handle == handle && p->heard[i].len == len && !p->heard[i].indication &&
		memcmp(p->heard[i].data, octets, len) == 0;
}

/* The next notification of an alert that has just come, alone: one new, and its name. */
static bool heard_one(struct peer *p, unsigned i, uint8_t category)
{
	return p->heard_count == i + 1 && p->heard[i].handle == new_handle && p->heard[i].data[0] == category &&
		p->heard[i].data[1] == 1 &&
		(heard(p, i, new_handle, category == 4 ? "\x04\x01" "Ada" : "\x05\x01" "Ada", 5) ||
			heard(p, i, new_handle, category == 4 ? "\x04\x01" "Grace" : "\x05\x01" "Grace", 7));
}

/* Arrivals are two calls and a message, every 2 s. */
static void script_disabled(struct peer *p)
{
	static unsigned before;
	SCRIPT_BEGIN(p);
	COMMAND(p, "\x02\x05", 0); /* no new messages any more */
	COMMAND(p, "\x01\x04", 0); /* but how many calls there are in all */
	before = p->heard_count;
	AWAIT_MS(p, 6000);
	CHECK(p, p->heard_count == before + 4);
	for (unsigned i = before; i < before + 4; i += 2) {
		CHECK(p, p->heard[i].handle == new_handle && p->heard[i].data[0] == 4);
		CHECK(p, p->heard[i + 1].handle == unread_handle && p->heard[i + 1].data[0] == 4 && p->heard[i + 1].len == 2);
	}
	CHECK(p, p->heard[before + 3].data[1] == p->heard[before + 1].data[1] + 1);
	COMMAND(p, "\x02\xFF", 0);
	COMMAND(p, "\x03\xFF", 0);
	before = p->heard_count;
	AWAIT_MS(p, 6000);
	CHECK(p, p->heard_count == before);
	/* Enabled, and the connection ended: the next watch has to say it again */
	COMMAND(p, "\x00\xFF", 0);
	CHECK(p, ble_conn_disconnect(p->host, p->conn, 0x13) == 0);
	AWAIT(p, BLE_EV_DISCONNECTED);
	peer_find(p, "Telephone");
	AWAIT(p, PEER_FOUND);
	before = p->heard_count;
	CHECK(p, ble_client_subscribe(p->host, p->conn, new_handle, 0, 1) == 0);
	AWAIT(p, BLE_EV_DONE);
	AWAIT_MS(p, 6000);
	CHECK(p, p->heard_count == before);
	SCRIPT_END(p);
}

static void script_enabled(struct peer *p)
{
	static unsigned i;
	SCRIPT_BEGIN(p);
	COMMAND(p, "\x00\xFF", 0);
	CHECK(p, p->heard_count == 0); /* only what comes from now on, unless asked for */
	COMMAND(p, "\x04\xFF", 0);
	AWAIT_MS(p, 200);
	CHECK(p, p->heard_count == 2 && p->heard[0].data[0] == 4 && p->heard[1].data[0] == 5);
	COMMAND(p, "\x04\xFF", 0); /* none of them is new now */
	COMMAND(p, "\x01\x05", 0);
	COMMAND(p, "\x05\xFF", 0); /* of messages, which alone are enabled */
	AWAIT_MS(p, 200);
	CHECK(p, p->heard_count == 3 && p->heard[2].handle == unread_handle && p->heard[2].len == 2);
	CHECK(p, p->heard[2].data[0] == 5 && p->heard[2].data[1] == p->heard[1].data[1]); /* nobody has read them */
	COMMAND(p, "\x03\x05", 0);
	for (i = 3; i < 6; i++) {
		AWAIT(p, BLE_EV_NOTIFIED);
		CHECK(p, heard_one(p, i, p->heard[i].data[0]));
	}
	CHECK(p, p->heard[3].data[0] + p->heard[4].data[0] + p->heard[5].data[0] == 4 + 4 + 5);
	SCRIPT_THEN(p, script_disabled);
}

static void script(struct peer *p)
{
	SCRIPT_BEGIN(p);
	peer_find(p, "Telephone");
	AWAIT(p, PEER_FOUND);
	control_handle = peer_handle(p, 0, 0x2A44);
	new_handle = peer_handle(p, 0, 0x2A46);
	unread_handle = peer_handle(p, 0, 0x2A45);
	CHECK(p, control_handle && new_handle && unread_handle);
	CHECK(p, ble_client_read(p->host, p->conn, peer_handle(p, 0, 0x2A47)) == 0);
	AWAIT(p, BLE_EV_DONE);
	CHECK(p, p->value_len == 2 && p->value[0] == 0x30 && p->value[1] == 0); /* bits 4 and 5 */
	p->value_len = 0;
	CHECK(p, ble_client_read(p->host, p->conn, peer_handle(p, 0, 0x2A48)) == 0);
	AWAIT(p, BLE_EV_DONE);
	CHECK(p, p->value_len == 2 && p->value[0] == 0x30);
	CHECK(p, ble_client_read(p->host, p->conn, new_handle) == 0);
	AWAIT(p, BLE_EV_DONE);
	CHECK(p, p->ev->done.err == BLE_EATT(0x02)); /* it is not to be read */
	CHECK(p, ble_client_subscribe(p->host, p->conn, new_handle, 0, 1) == 0);
	AWAIT(p, BLE_EV_DONE);
	CHECK(p, ble_client_subscribe(p->host, p->conn, unread_handle, 0, 1) == 0);
	AWAIT(p, BLE_EV_DONE);
	/* Subscribed, but nothing is enabled */
	AWAIT_MS(p, 5000);
	CHECK(p, p->heard_count == 0);
	COMMAND(p, "\x04\xFF", 0);
	COMMAND(p, "\x05\xFF", 0);
	CHECK(p, p->heard_count == 0);
	/* What is refused, and changes nothing */
	COMMAND(p, "\x06\xFF", BLE_EATT(0xA0));
	COMMAND(p, "\x00\x01", BLE_EATT(0xA0)); /* email */
	COMMAND(p, "\x00", BLE_EATT(0x0D));
	COMMAND(p, "\x00\x04\x00", BLE_EATT(0x0D));
	COMMAND(p, "\x04\xFF", 0);
	CHECK(p, p->heard_count == 0);
	SCRIPT_THEN(p, script_enabled);
}

static void test_alert(void **state)
{
	(void)state;
	struct peer p = { 0 };
	struct kit_output o;
	peer_scenario(example_main, script, &p, 21, NULL, &o);
	const char *expected = "Ada calls\nAda calls\nAda writes\nGrace calls\nGrace calls\nGrace writes\nAda calls\n";
	assert_int_equal(strncmp(o.out, expected, strlen(expected)), 0);
	assert_string_equal(o.err, "alert: closed\n");
	assert_int_equal(o.status, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_alert) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
