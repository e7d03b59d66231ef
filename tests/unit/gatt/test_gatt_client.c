/*
 * The client's machine: against scripted answers, and against our own server over a bearer that has
 * both roles, so that what is sent comes straight back in. Octets are written by hand from Vol 3
 * Part F 3.4. Procedure by procedure: test_client_*.c.
 */
#include "tests/unit/att/fake.h"

#include <stdio.h>

#include "base/le.h"
#include "gatt/gatt.h"

enum { SEEN = 64 };

static struct gatt_client client;
static struct ble_event seen[SEEN];
static unsigned count;

static int up(void **state)
{
	(void)state;
	fake_reset();
	memset(&client, 0, sizeof client);
	fake.att.client = &fake_client;
	gatt_client_open(&client, &fake.bearer);
	count = 0;
	return 0;
}

static int down(void **state)
{
	(void)state;
	gatt_client_close(&client);
	assert_int_equal(fake.idle, FAKE_TX);
	assert_int_equal(tmr_next(&fake.timers), UINT64_MAX);
	return 0;
}

static void note(void)
{
	if (fake.ev.type == BLE_EV_NONE)
		return;
	assert_true(count < SEEN);
	seen[count++] = fake.ev;
	fake.ev.type = BLE_EV_NONE;
}

/* One packet to the client, and all the polls that it is good for. */
static void answer(const void *pdu, size_t len)
{
	uint8_t copy[FAKE_SDU];
	memcpy(copy, pdu, len);
	fake_clear();
	fake.more = 0;
	assert_int_equal(fake_rx(copy, len), ATT_DONE);
	note();
	for (unsigned polls = 0; fake.more && gatt_client_waits(&client); polls++) {
		assert_true(polls < 300);
		if (!gatt_client_more(&client))
			break;
		note();
	}
}

static void answer_hex(const char *hex)
{
	uint8_t pdu[FAKE_SDU];
	answer(pdu, fake_octets(pdu, hex));
}

static void is_done(int err, uint8_t procedure)
{
	assert_true(count > 0);
	const struct ble_event *ev = &seen[count - 1];
	assert_int_equal(ev->type, BLE_EV_DONE);
	assert_int_equal(ev->done.err, err);
	assert_int_equal(ev->done.procedure, procedure);
	for (unsigned i = 0; i + 1 < count; i++)
		assert_int_not_equal(seen[i].type, BLE_EV_DONE);
	assert_null(client.procedure);
	assert_false(gatt_client_waits(&client));
}

static void services(void **state)
{
	(void)state;
	assert_int_equal(gatt_services(&client, NULL, 0), 0);
	assert_int_equal(gatt_read(&client, 3), BLE_EBUSY);
	fake_sent_hex("10 01 00 FF FF 00 28");
	answer_hex("11 06 01 00 07 00 00 18 08 00 0B 00 01 18");
	assert_int_equal(count, 2);
	assert_int_equal(seen[1].service.start, 8);
	assert_int_equal(seen[1].service.end, 11);
	assert_int_equal(seen[1].service.uuid, 0x1801);
	fake_sent_hex("10 0C 00 FF FF 00 28");
	answer_hex("11 14 0C 00 FF FF 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F 10");
	assert_int_equal(seen[2].service.uuid, 0);
	assert_non_null(seen[2].service.uuid128);
	is_done(0, BLE_PROC_SERVICES); /* 0xFFFF: nothing can follow */
	fake_silent();
}

static void services_of_one_uuid(void **state)
{
	(void)state;
	assert_int_equal(gatt_services(&client, "\x0F\x18", 3), BLE_EINVAL);
	assert_int_equal(gatt_services(&client, "\x0F\x18", 2), 0);
	fake_sent_hex("06 01 00 FF FF 00 28 0F 18");
	answer_hex("07 0C 00 10 00");
	assert_int_equal(seen[0].service.uuid, 0x180F);
	fake_sent_hex("06 11 00 FF FF 00 28 0F 18");
	answer_hex("01 06 11 00 0A");
	is_done(0, BLE_PROC_SERVICES);
}

static void characteristics_and_descriptors(void **state)
{
	(void)state;
	assert_int_equal(gatt_characteristics(&client, 5, 4, NULL, 0), BLE_EINVAL);
	assert_int_equal(gatt_characteristics(&client, 12, 16, NULL, 0), 0);
	fake_sent_hex("08 0C 00 10 00 03 28");
	answer_hex("09 07 0D 00 12 0E 00 19 2A");
	assert_int_equal(seen[0].characteristic.handle, 13);
	assert_int_equal(seen[0].characteristic.value_handle, 14);
	assert_int_equal(seen[0].characteristic.properties, 0x12);
	assert_int_equal(seen[0].characteristic.uuid, 0x2A19);
	fake_sent_hex("08 0E 00 10 00 03 28");
	answer_hex("01 08 0E 00 0A");
	is_done(0, BLE_PROC_CHARACTERISTICS);
	count = 0;
	assert_int_equal(gatt_descriptors(&client, 15, 16), 0);
	fake_sent_hex("04 0F 00 10 00");
	answer_hex("05 01 0F 00 02 29 10 00 01 29");
	assert_int_equal(count, 3);
	assert_int_equal(seen[1].descriptor.uuid, 0x2901);
	is_done(0, BLE_PROC_DESCRIPTORS);
}

static void a_long_read(void **state)
{
	(void)state;
	assert_int_equal(gatt_read(&client, 5), 0);
	fake_sent_hex("0A 05 00");
	answer_hex("0B 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F 10 11 12 13 14 15");
	assert_int_equal(seen[0].value.len, 22);
	fake_sent_hex("0C 05 00 16 00");
	answer_hex("0D 16 17");
	assert_int_equal(seen[1].value.offset, 22);
	assert_int_equal(seen[1].value.len, 2);
	is_done(0, BLE_PROC_READ);
	count = 0;
	assert_int_equal(gatt_read(&client, 5), 0);
	answer_hex("0B 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F 10 11 12 13 14 15");
	answer_hex("01 0C 05 00 0B"); /* Attribute Not Long: it was all */
	assert_int_equal(count, 2);
	is_done(0, BLE_PROC_READ);
}

/* The MTU grows while the answer is on its way: it filled the PDU of before, so there may be more. */
static void a_long_read_while_the_mtu_grows(void **state)
{
	(void)state;
	assert_int_equal(gatt_read(&client, 5), 0);
	fake_sent_hex("0A 05 00");
	att_agree_mtu(&fake.bearer, 247);
	fake.ev.type = BLE_EV_NONE;
	answer_hex("0B 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F 10 11 12 13 14 15");
	fake_sent_hex("0C 05 00 16 00");
	answer_hex("0D 16 17");
	assert_int_equal(seen[1].value.offset, 22);
	is_done(0, BLE_PROC_READ);
}

/* Vol 3 Part F 3.3.3: neither the confirmation nor the next request. */
static void nothing_is_sent_on_a_dead_bearer(void **state)
{
	uint8_t ind[] = { 0x1D, 0x0E, 0, 0x62 };
	(void)state;
	assert_int_equal(gatt_services(&client, NULL, 0), 0);
	fake_clear();
	fake.idle = 0;
	answer_hex("11 06 01 00 07 00 00 18"); /* the next request finds no buffer */
	fake.idle = FAKE_TX;
	assert_int_equal(fake_rx(ind, sizeof ind), ATT_DONE);
	fake_clear();
	fake.bearer.dead = true;
	while (gatt_client_waits(&client) && gatt_client_more(&client))
		note();
	fake_silent();
	is_done(BLE_ECLOSED, BLE_PROC_SERVICES);
}

static void errors_and_writes(void **state)
{
	(void)state;
	assert_int_equal(gatt_read(&client, 9), 0);
	answer_hex("01 0A 09 00 02");
	is_done(BLE_EATT(0x02), BLE_PROC_READ);
	assert_int_equal(seen[0].done.handle, 9);
	count = 0;
	fake_clear();
	assert_int_equal(gatt_write(&client, 15, "\1\0", 2), 0);
	fake_sent_hex("12 0F 00 01 00");
	answer_hex("13");
	is_done(0, BLE_PROC_WRITE);
	assert_int_equal(gatt_write_command(&client, 15, "", 21), BLE_ETOOBIG);
	assert_int_equal(gatt_write_command(&client, 15, "x", 1), 0);
	fake_sent_hex("52 0F 00 78");
}

static void the_mtu_is_asked_for_once(void **state)
{
	(void)state;
	assert_int_equal(gatt_exchange_mtu(&client), 0);
	fake_sent_hex("02 F7 00");
	answer_hex("03 B9 00");
	assert_int_equal(seen[0].type, BLE_EV_MTU);
	assert_int_equal(seen[0].mtu.mtu, 185);
	is_done(0, BLE_PROC_MTU);
	assert_int_equal(gatt_exchange_mtu(&client), BLE_ESTATE);
}

static void values_unasked(void **state)
{
	(void)state;
	answer_hex("1B 0E 00 63");
	assert_int_equal(seen[0].type, BLE_EV_NOTIFIED);
	assert_false(seen[0].value.indication);
	fake_silent();
	uint8_t ind[] = { 0x1D, 0x0E, 0, 0x62 };
	fake_clear();
	assert_int_equal(fake_rx(ind, sizeof ind), ATT_DONE);
	assert_true(fake.ev.value.indication);
	fake_silent(); /* until the program has seen it */
	fake.ev.type = BLE_EV_NONE;
	fake.idle = 0;
	assert_false(gatt_client_more(&client));
	fake.idle = FAKE_TX;
	assert_false(gatt_client_more(&client));
	fake_sent_hex("1E");
	answer_hex("1B 0E");
	assert_int_equal(fake.events, 0);
}

static void no_response_for_30_s(void **state)
{
	(void)state;
	assert_int_equal(gatt_read(&client, 3), 0);
	fake_clear();
	fake_time(29999999);
	assert_int_equal(fake.expired, 0);
	fake_time(1);
	assert_int_equal(fake.expired, 1);
	assert_true(gatt_client_more(&client));
	note();
	is_done(BLE_ETIMEOUT, BLE_PROC_READ);
	assert_int_equal(gatt_read(&client, 3), BLE_ECLOSED);
	answer_hex("0B 01"); /* too late */
	assert_int_equal(count, 1);
}

static void a_next_request_waits_for_a_buffer(void **state)
{
	(void)state;
	fake.idle = 0;
	assert_int_equal(gatt_services(&client, NULL, 0), BLE_EBUSY);
	fake.idle = FAKE_TX;
	assert_int_equal(gatt_services(&client, NULL, 0), 0);
	fake.idle = 0;
	answer_hex("11 06 01 00 07 00 00 18");
	fake_silent();
	assert_true(gatt_client_waits(&client));
	fake.idle = FAKE_TX;
	assert_false(gatt_client_more(&client));
	fake_sent_hex("10 08 00 FF FF 00 28");
}

static void answers_to_nothing(void **state)
{
	(void)state;
	answer_hex("0B 01");
	answer_hex("01 0A 03 00 01");
	answer_hex("01 0A");
	assert_int_equal(count, 0);
	assert_int_equal(gatt_read(&client, 3), 0);
	answer_hex("0D 01"); /* of another request */
	answer_hex("01 12 03 00 01");
	answer_hex("01 0A 03 00");
	assert_int_equal(count, 0);
	answer_hex("0B 01");
	is_done(0, BLE_PROC_READ);
}

/* -- against our own server ---------------------------------------------------------------------- */

enum { SERVICES = 6, CHARS = 4 };

static const uint8_t base[16] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0, 0, 15, 16 };
static struct ble_characteristic chars[SERVICES][CHARS];
static const struct ble_characteristic *lists[SERVICES][CHARS + 1];
static struct ble_service described[SERVICES];
static struct gatt_slot slots[SERVICES + GATT_OWN_SERVICES];
static struct gatt_db db;
static struct gatt_own own;
static union {
	struct gatt_peer peer;
	uint8_t room[sizeof(struct gatt_peer) + 16];
} conn;

/* Odd services and every third characteristic have 128-bit UUIDs. */
static void describe(void)
{
	gatt_db_init(&db, slots, SERVICES + GATT_OWN_SERVICES, 64);
	gatt_own_init(&own, &db, "Glint");
	for (unsigned s = 0; s < SERVICES; s++) {
		for (unsigned c = 0; c < CHARS; c++) {
			chars[s][c] = (struct ble_characteristic){
				.uuid = (uint16_t)(0xB000 + 16 * s + c), .size = 20,
				.permission = (uint8_t)(c & 1 ? BLE_READ | BLE_NOTIFY : BLE_WRITE),
				.base_uuid = (s + c) % 3 ? NULL : base,
				.descriptor = c == 3 ? "x" : NULL };
			lists[s][c] = &chars[s][c];
		}
		described[s] = (struct ble_service){ .uuid = (uint16_t)(0xA000 + s),
			.base_uuid = s & 1 ? base : NULL, .characteristics = lists[s] };
		assert_int_equal(gatt_add(&db, &described[s], NULL, NULL), 0);
	}
	memset(&conn, 0, sizeof conn);
	fake.att.server = &fake_server;
	fake.att.db = &gatt_att_db;
	fake.att.db_ctx = &db;
	att_server_open(&conn.peer.att, &fake.bearer);
}

/* What was sent is received, until nothing is sent. UUIDs are folded, as they live in packets. */
static void loop(void)
{
	for (unsigned rounds = 0; fake.sent; rounds++) {
		assert_true(rounds < 1000);
		unsigned before = count;
		uint8_t sdu[FAKE_SDU];
		uint16_t len = fake.len;
		memcpy(sdu, fake.sdu, len);
		answer(sdu, len);
		for (unsigned i = before; i < count; i++)
			if (seen[i].type == BLE_EV_SERVICE && seen[i].service.uuid128)
				seen[i].service.uuid = le16_get(seen[i].service.uuid128 + 12);
			else if (seen[i].type == BLE_EV_CHARACTERISTIC &&
				seen[i].characteristic.uuid128)
				seen[i].characteristic.uuid =
					le16_get(seen[i].characteristic.uuid128 + 12);
	}
}

static void the_whole_database(uint16_t mtu)
{
	uint16_t handle = 12; /* behind GAP 1..7 and GATT 8..11 */
	describe();
	fake.bearer.mtu = mtu;
	assert_int_equal(gatt_services(&client, NULL, 0), 0);
	loop();
	assert_int_equal(count, SERVICES + 2 + 1);
	is_done(0, BLE_PROC_SERVICES);
	struct ble_event found[SERVICES];
	memcpy(found, seen + 2, sizeof found);
	for (unsigned s = 0; s < SERVICES; s++) {
		assert_int_equal(found[s].service.start, handle);
		assert_int_equal(found[s].service.end, handle + 11); /* 1 + 4 * 2 + 2 + 1 */
		assert_int_equal(found[s].service.uuid, 0xA000 + s);
		count = 0;
		fake_clear();
		assert_int_equal(gatt_characteristics(&client, handle, handle + 11, NULL, 0), 0);
		loop();
		assert_int_equal(count, CHARS + 1);
		is_done(0, BLE_PROC_CHARACTERISTICS);
		uint16_t at = (uint16_t)(handle + 1);
		for (unsigned c = 0; c < CHARS; c++) {
			assert_int_equal(seen[c].characteristic.handle, at);
			assert_int_equal(seen[c].characteristic.value_handle, at + 1);
			assert_int_equal(seen[c].characteristic.uuid, 0xB000 + 16 * s + c);
			at = (uint16_t)(at + 2 + (c & 1));
		}
		count = 0;
		fake_clear();
		assert_int_equal(gatt_descriptors(&client, handle, handle + 11), 0);
		loop();
		assert_int_equal(count, 12 + 1);
		is_done(0, BLE_PROC_DESCRIPTORS);
		handle = (uint16_t)(handle + 12);
	}
	count = 0;
	fake_clear();
	uint8_t uuid[16];
	memcpy(uuid, base, 16);
	le16_put(uuid + 12, 0xA003);
	assert_int_equal(gatt_services(&client, uuid, 16), 0);
	loop();
	assert_int_equal(count, 2);
	assert_int_equal(seen[0].service.start, 12 + 3 * 12);
	(void)att_server_close(&conn.peer.att);
}

static void discovery_at_mtu_23(void **state)
{
	(void)state;
	the_whole_database(23);
}

static void discovery_at_mtu_247(void **state)
{
	(void)state;
	the_whole_database(247);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, up, down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(services),
		TEST(services_of_one_uuid),
		TEST(characteristics_and_descriptors),
		TEST(a_long_read),
		TEST(a_long_read_while_the_mtu_grows),
		TEST(nothing_is_sent_on_a_dead_bearer),
		TEST(errors_and_writes),
		TEST(the_mtu_is_asked_for_once),
		TEST(values_unasked),
		TEST(no_response_for_30_s),
		TEST(a_next_request_waits_for_a_buffer),
		TEST(answers_to_nothing),
		TEST(discovery_at_mtu_23),
		TEST(discovery_at_mtu_247),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
