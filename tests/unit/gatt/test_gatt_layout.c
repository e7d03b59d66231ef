/*
 * What a service may hold beside characteristics and CCCDs: included and secondary services (Vol 3 Part G 3.1,
 * 3.2), and the descriptors 0x2900, 0x2903, 0x2904 (3.3.3.1, 3.3.3.4, 3.3.3.5). Octets by hand from there and from
 * Part F 3.4.
 */
#include "tests/unit/att/fake.h"

#include "gatt/gatt.h"

enum { SLOTS = 6, SUBS = 4 };

static const uint8_t base[16] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0, 0, 15, 16 };
static uint8_t level_value = 0x64;
static const struct ble_format percent = { .format = 0x04, .exponent = -1, .unit = 0x27AD, .name_space = 1,
	.description = 0x0106 };
static const struct ble_characteristic plain = { .uuid = 0x2A19, .permission = BLE_READ, .size = 1, .length = 1,
	.value = &level_value };
/* Everything that can stand behind a value. */
static const struct ble_characteristic full = { .uuid = 0x2A1B, .permission = BLE_READ | BLE_WRITE | BLE_NOTIFY |
	BLE_BROADCAST | BLE_WRITE_RELIABLE, .size = 4, .descriptor = "Level", .format = &percent };
static const struct ble_characteristic shown = { .uuid = 0x2A1C, .permission = BLE_READ | BLE_BROADCAST, .size = 1,
	.length = 1, .value = &level_value };
static const struct ble_characteristic last = { .uuid = 0x2A1D, .permission = BLE_NOTIFY, .size = 1 };

static const struct ble_service battery = { .uuid = 0x180F, .secondary = true, .characteristics = BLE_LIST(&plain) };
static const struct ble_service own = { .uuid = 0xA001, .base_uuid = base };
static const struct ble_service whole = { .uuid = 0x181C, .characteristics = BLE_LIST(&full, &shown, &last),
	.includes = BLE_INCLUDES(&battery, &own) };
static const struct ble_service hollow = { .uuid = 0x181D, .includes = BLE_INCLUDES(&whole) };

static struct gatt_db db;
static struct gatt_slot slots[SLOTS];
static union {
	struct gatt_peer peer;
	uint8_t room[sizeof(struct gatt_peer) + 1];
} conn;

/* 1..3 battery, 4 own, 5 whole: 6, 7 includes, 8, 9 full, 10..14 its descriptors, 15, 16 shown, 17 0x2903, 18, 19, 20
 * last; 21 hollow, 22 its include */
static int up(void **state)
{
	static const struct ble_service *const services[] = { &battery, &own, &whole, &hollow };
	(void)state;
	fake_reset();
	memset(&conn, 0, sizeof conn);
	gatt_db_init(&db, slots, SLOTS, SUBS);
	fake.att.server = &fake_server;
	fake.att.db = &gatt_att_db;
	fake.att.db_ctx = &db;
	att_server_open(&conn.peer.att, &fake.bearer);
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(gatt_add(&db, services[i], NULL, NULL), 0);
	assert_int_equal(db.next_handle, 23);
	return 0;
}

static int down(void **state)
{
	(void)state;
	(void)att_server_close(&conn.peer.att);
	assert_int_equal(fake.idle, FAKE_TX);
	return 0;
}

static void handles_in_the_order_of_the_drawing(void **state)
{
	static const uint16_t types[] = { 0x2801, 0x2803, 0x2A19, 0x2800, 0x2800, 0x2802, 0x2802, 0x2803, 0x2A1B, 0x2902,
		0x2903, 0x2900, 0x2901, 0x2904, 0x2803, 0x2A1C, 0x2903, 0x2803, 0x2A1D, 0x2902, 0x2800, 0x2802 };
	struct att_attr a;
	(void)state;
	for (uint16_t h = 1; h < 23; h++) {
		assert_true(gatt_att_db.find(&db, &a, h));
		assert_int_equal(a.handle, h);
		assert_int_equal(a.type, types[h - 1]);
	}
	assert_false(gatt_att_db.find(&db, &a, 23));
	assert_int_equal(gatt_handle(&fake.att, &full), 9);
	assert_int_equal(gatt_handle(&fake.att, &last), 19);
}

/*
 * Part F 3.4.4.9, Part G 4.4.1: primary services are what a client looks for; secondary ones are a group of their
 * own.
 */
static void secondary_services_are_another_group(void **state)
{
	(void)state;
	fake_rx_hex("10 01 00 FF FF 00 28");
	fake_sent_hex("11 14 04 00 04 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 01 A0 0F 10");
	fake_rx_hex("10 05 00 FF FF 00 28");
	fake_sent_hex("11 06 05 00 14 00 1C 18 15 00 16 00 1D 18");
	fake_rx_hex("10 01 00 FF FF 01 28");
	fake_sent_hex("11 06 01 00 03 00 0F 18");
	fake_rx_hex("06 01 00 FF FF 01 28 0F 18");
	fake_sent_hex("07 01 00 03 00");
	fake_rx_hex("06 01 00 FF FF 00 28 0F 18");
	fake_sent_hex("01 06 01 00 0A");
	fake_rx_hex("0A 01 00");
	fake_sent_hex("0B 0F 18");
	fake_rx_hex("08 01 00 FF FF 01 28"); /* 4.5.1 by the other request */
	fake_sent_hex("09 04 01 00 0F 18");
}

/* 3.2, 4.5.1: the UUID only if it has 16 bits, so that entries of another length end the list. */
static void included_services(void **state)
{
	(void)state;
	fake_rx_hex("08 01 00 FF FF 02 28");
	fake_sent_hex("09 08 06 00 01 00 03 00 0F 18");
	fake_rx_hex("08 07 00 FF FF 02 28");
	fake_sent_hex("09 06 07 00 04 00 04 00");
	fake_rx_hex("0A 16 00");
	fake_sent_hex("0B 05 00 14 00 1C 18");
	fake_rx_hex("12 06 00 00");
	fake_sent_hex("01 12 06 00 03");
	fake_rx_hex("06 01 00 FF FF 02 28 04 00 04 00");
	fake_sent_hex("07 07 00 07 00");
}

/* 2.5.3: a characteristic is a group to Find By Type Value, up to its last descriptor, even behind the range. */
static void characteristics_are_groups(void **state)
{
	(void)state;
	fake_rx_hex("06 01 00 FF FF 03 28 9B 09 00 1B 2A");
	fake_sent_hex("07 08 00 0E 00");
	fake_rx_hex("06 08 00 08 00 03 28 9B 09 00 1B 2A");
	fake_sent_hex("07 08 00 0E 00");
	fake_rx_hex("06 09 00 FF FF 03 28 9B 09 00 1B 2A");
	fake_sent_hex("01 06 09 00 0A");
	fake_rx_hex("06 01 00 FF FF 03 28 10 14 00 1D 2A"); /* the last of its service */
	fake_sent_hex("01 06 01 00 0A");
	fake_rx_hex("06 01 00 FF FF 03 28 10 13 00 1D 2A");
	fake_sent_hex("07 12 00 14 00");
	fake_rx_hex("10 01 00 FF FF 03 28"); /* and to that request it is none */
	fake_sent_hex("01 10 01 00 10");
}

static const struct ble_service absent = { .uuid = 1 };
static const struct ble_service early = { .uuid = 2, .includes = BLE_INCLUDES(&battery, &absent) };
static const struct ble_service itself;
static const struct ble_service itself = { .uuid = 3, .includes = BLE_INCLUDES(&itself) };

static void includes_stay_true(void **state)
{
	struct ble_fault f;
	struct gatt_slot gone;
	(void)state;
	assert_int_equal(gatt_add(&db, &early, NULL, &f), BLE_ENOENT);
	assert_string_equal(f.subject, "service");
	assert_int_equal(f.value, 1);
	assert_int_equal(gatt_add(&db, &itself, NULL, &f), BLE_ENOENT);
	assert_int_equal(gatt_remove(&db, &battery, &gone), BLE_ESTATE);
	assert_int_equal(gatt_remove(&db, &whole, &gone), BLE_ESTATE);
	assert_int_equal(gatt_remove(&db, &hollow, &gone), 0);
	assert_int_equal(gatt_remove(&db, &whole, &gone), 0);
	assert_int_equal(gatt_remove(&db, &own, &gone), 0);
	assert_int_equal(gatt_remove(&db, &battery, &gone), 0);
}

static void what_the_descriptors_say(void **state)
{
	(void)state;
	fake_rx_hex("0A 08 00");
	fake_sent_hex("0B 9B 09 00 1B 2A");
	fake_rx_hex("0A 0A 00");
	fake_sent_hex("0B 00 00");
	fake_rx_hex("0A 0C 00"); /* 3.3.3.1: Reliable Write */
	fake_sent_hex("0B 01 00");
	fake_rx_hex("0A 0D 00");
	fake_sent_hex("0B 4C 65 76 65 6C");
	fake_rx_hex("0A 0E 00"); /* 3.3.3.5: uint8, 10^-1, percent, SIG, 0x0106 */
	fake_sent_hex("0B 04 FF AD 27 01 06 01");
	fake_rx_hex("12 0C 00 02 00");
	fake_sent_hex("01 12 0C 00 03");
	fake_rx_hex("12 0D 00 41");
	fake_sent_hex("01 12 0D 00 03");
	fake_rx_hex("12 0E 00 04 FF AD 27 01 06 01");
	fake_sent_hex("01 12 0E 00 03");
}

/* 3.3.3.4: two octets, for all clients. */
static void broadcasts(void **state)
{
	struct gatt_slot gone;
	(void)state;
	fake_rx_hex("12 11 00 01");
	fake_sent_hex("01 12 11 00 0D");
	fake_rx_hex("52 11 00 01 00"); /* by request only */
	fake_rx_hex("12 11 00 FE FF"); /* reserved bits are passed over */
	assert_int_equal(fake.events, 0);
	fake_sent_hex("13");
	fake_rx_hex("12 11 00 01 00");
	assert_int_equal(fake.ev.type, BLE_EV_BROADCAST);
	assert_ptr_equal(fake.ev.subscribed.characteristic, &shown);
	assert_int_equal(fake.ev.subscribed.bits, 1);
	fake_sent_hex("13");
	fake_rx_hex("12 11 00 01 00");
	assert_int_equal(fake.events, 0);
	fake_sent_hex("13");
	conn.peer.cccd[0] = 0; /* another client */
	fake_rx_hex("0A 11 00");
	fake_sent_hex("0B 01 00");
	fake_rx_hex("0A 0B 00"); /* the neighbour's stayed */
	fake_sent_hex("0B 00 00");
	fake_rx_hex("0A 14 00"); /* and the CCCDs */
	fake_sent_hex("0B 00 00");
	assert_int_equal(gatt_remove(&db, &hollow, &gone), 0);
	fake_rx_hex("0A 11 00");
	fake_sent_hex("0B 01 00");
	fake_rx_hex("12 11 00 00 00");
	assert_int_equal(fake.ev.type, BLE_EV_BROADCAST);
	assert_int_equal(fake.ev.subscribed.bits, 0);
	fake_sent_hex("13");
}

/* gatt_may_write() says beforehand what a write will say. */
static void whether_a_write_would_do(void **state)
{
	static const struct {
		uint16_t handle;
		const char *data;
		uint16_t len;
		int err;
	} cases[] = {
		{ 9, NULL, 0, 0 }, { 9, "1234", 4, 0 }, { 9, "12345", 5, BLE_EATT(0x0D) }, { 10, NULL, 0, 0 },
		{ 10, "\1\0", 2, 0 }, { 10, "\2\0", 2, BLE_EATT(0x13) }, { 10, "\1", 1, BLE_EATT(0x0D) },
		{ 11, "\1\0", 2, 0 }, { 11, "\1\0\0", 3, BLE_EATT(0x0D) }, { 12, NULL, 0, BLE_EATT(0x03) },
		{ 5, NULL, 0, BLE_EATT(0x03) }, { 16, "1", 1, BLE_EATT(0x03) },
	};
	(void)state;
	for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct att_attr a;
		assert_true(gatt_att_db.find(&db, &a, cases[i].handle));
		assert_int_equal(gatt_may_write(&fake.bearer, &a, (const uint8_t *)cases[i].data, cases[i].len),
			cases[i].err);
	}
	assert_int_equal(fake.events, 0);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, up, down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(handles_in_the_order_of_the_drawing),
		TEST(secondary_services_are_another_group),
		TEST(included_services),
		TEST(characteristics_are_groups),
		TEST(includes_stay_true),
		TEST(what_the_descriptors_say),
		TEST(broadcasts),
		TEST(whether_a_write_would_do),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
