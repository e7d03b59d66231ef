/*
 * Client Supported Features (Vol 3 Part G 7.2) and notifications of several values. Octets by hand from there and
 * from Part F 3.4.7.4.
 */
#include "tests/unit/att/fake.h"

#include "gatt/gatt.h"

static const struct ble_characteristic a = { .uuid = 0x2A19, .permission = BLE_NOTIFY, .size = 20 };
static const struct ble_characteristic b = { .uuid = 0x2A1A, .permission = BLE_NOTIFY | BLE_INDICATE, .size = 20 };
static const struct ble_service service = { .uuid = 0x180F, .characteristics = BLE_LIST(&a, &b) };

static struct gatt_db db;
static struct gatt_own own;
static struct gatt_slot slots[4];
static union {
	struct gatt_peer peer;
	uint8_t room[sizeof(struct gatt_peer) + 1];
} conn;

/*
 * 1..7 GAP, 8 GATT, 9..11 Service Changed, 12, 13 Client Supported Features; 14, 15, 16 a, 17 its CCCD, 18, 19 b,
 * 20
 */
static int up(void **state)
{
	uint16_t first;
	(void)state;
	fake_reset();
	memset(&conn, 0, sizeof conn);
	gatt_db_init(&db, slots, 4, 3);
	gatt_own_init(&own, &db, "Glint");
	fake.att.server = &fake_server;
	fake.att.db = &gatt_multiple_db;
	fake.att.db_ctx = &db;
	fake.att.db->extend(&db);
	att_server_open(&conn.peer.att, &fake.bearer);
	assert_int_equal(gatt_add(&db, &service, &first, NULL), 0);
	assert_int_equal(first, 14);
	return 0;
}

static int down(void **state)
{
	(void)state;
	(void)att_server_close(&conn.peer.att);
	assert_int_equal(fake.idle, FAKE_TX);
	return 0;
}

static void it_stands_in_the_gatt_service(void **state)
{
	(void)state;
	fake_rx_hex("10 08 00 FF FF 00 28");
	fake_sent_hex("11 06 08 00 0D 00 01 18 0E 00 14 00 0F 18");
	fake_rx_hex("0A 0C 00");
	fake_sent_hex("0B 0A 0D 00 29 2B");
	fake_rx_hex("0A 0B 00"); /* the CCCD of Service Changed stayed where it was */
	fake_sent_hex("0B 00 00");
	assert_int_equal(own.changed, 10);
}

static void bits_are_set_and_never_cleared(void **state)
{
	(void)state;
	fake_rx_hex("0A 0D 00");
	fake_sent_hex("0B 00");
	fake_rx_hex("12 0D 00 04");
	fake_sent_hex("13");
	fake_rx_hex("12 0D 00 01"); /* 7.2: Value Not Allowed */
	fake_sent_hex("01 12 0D 00 13");
	fake_rx_hex("12 0D 00");
	fake_sent_hex("01 12 0D 00 13");
	fake_rx_hex("12 0D 00 FD FF"); /* reserved bits are passed over */
	fake_sent_hex("13");
	fake_rx_hex("0A 0D 00");
	fake_sent_hex("0B 05");
	fake_rx_hex("52 0D 00 07"); /* not without a response */
	fake_rx_hex("0C 0D 00 00 00");
	fake_sent_hex("0D 05");
	fake_rx_hex("08 01 00 FF FF 29 2B");
	fake_sent_hex("09 03 0D 00 05");
	assert_int_equal(fake.events, 0);
}

static void other_values_are_the_databases(void **state)
{
	(void)state;
	fake_rx_hex("0A 03 00");
	fake_sent_hex("0B 47 6C 69 6E 74");
	fake_rx_hex("12 10 00 01");
	fake_sent_hex("01 12 10 00 03");
	fake_rx_hex("12 11 00 01 00");
	assert_int_equal(fake.ev.type, BLE_EV_SUBSCRIBED);
	fake_sent_hex("13");
}

static void subscribe(void)
{
	fake_rx_hex("12 11 00 01 00");
	fake_clear();
	fake_rx_hex("12 14 00 01 00");
	fake_clear();
}

static void many_in_one_for_who_takes_it(void **state)
{
	const struct ble_notification two[] = { { 16, 1, "\x64" }, { 19, 2, "\1\2" } };
	const struct ble_notification long_ones[] = { { 16, 18, "123456789012345678" }, { 19, 20, "12345678901234567890" },
		{ 16, 1, "a" }, { 19, 1, "b" } };
	(void)state;
	subscribe();
	fake_rx_hex("12 0D 00 04");
	fake_clear();
	assert_int_equal(gatt_notify_many(&db, &conn.peer, two, 2), 2);
	fake_sent_hex("23 10 00 01 00 64 13 00 02 00 01 02");
	assert_int_equal(gatt_notify_many(&db, &conn.peer, two, 1), 1);
	fake_sent_hex("1B 10 00 64");
	assert_int_equal(gatt_notify_many(&db, &conn.peer, long_ones, 4), 4);
	assert_int_equal(fake.sent, 3); /* 18 alone; 20 cut to nothing less; the short ones together */
	fake.sent = 1;
	fake_sent_hex("23 10 00 01 00 61 13 00 01 00 62");
}

static void one_by_one_for_others(void **state)
{
	const struct ble_notification two[] = { { 16, 1, "\x64" }, { 19, 2, "\1\2" } };
	(void)state;
	subscribe();
	assert_int_equal(gatt_notify_many(&db, &conn.peer, two, 2), 2);
	assert_int_equal(fake.sent, 2);
	fake.sent = 1;
	fake_sent_hex("1B 13 00 01 02");
}

static void what_is_not_on_its_way(void **state)
{
	const struct ble_notification two[] = { { 16, 1, "\x64" }, { 19, 2, "\1\2" } };
	(void)state;
	assert_int_equal(gatt_notify_many(&db, &conn.peer, two, 2), BLE_ENOENT);
	fake_rx_hex("12 11 00 01 00");
	fake_clear();
	assert_int_equal(gatt_notify_many(&db, &conn.peer, two, 2), BLE_ENOENT);
	fake_rx_hex("12 14 00 02 00"); /* indications are no notifications */
	fake_clear();
	assert_int_equal(gatt_notify_many(&db, &conn.peer, two, 2), BLE_ENOENT);
	fake_rx_hex("12 14 00 01 00");
	fake_clear();
	fake.idle = 0;
	assert_int_equal(gatt_notify_many(&db, &conn.peer, two, 2), BLE_EBUSY);
	fake.idle = FAKE_TX;
	fake.bearer.dead = true;
	assert_int_equal(gatt_notify_many(&db, &conn.peer, two, 2), BLE_ECLOSED);
	fake_silent();
}

static void not_where_it_would_move_handles(void **state)
{
	(void)state;
	gatt_add_features(&db); /* it is there already */
	assert_int_equal(db.next_handle, 21);
	gatt_db_init(&db, slots, 4, 3);
	gatt_own_init(&own, &db, "Glint");
	assert_int_equal(gatt_add(&db, &service, NULL, NULL), 0);
	gatt_add_features(&db);
	assert_int_equal(db.next_handle, 19);
	gatt_db_init(&db, slots, 4, 3);
	gatt_add_features(&db);
	assert_int_equal(db.next_handle, 1);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, up, down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_stands_in_the_gatt_service),
		TEST(bits_are_set_and_never_cleared),
		TEST(other_values_are_the_databases),
		TEST(many_in_one_for_who_takes_it),
		TEST(one_by_one_for_others),
		TEST(what_is_not_on_its_way),
		TEST(not_where_it_would_move_handles),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
