/*
 * The database and what the server makes of it: handles by server.h's drawing, permissions on every
 * path, CCCDs, Service Changed. Octets are written by hand from Vol 3 Part F 3.4 and Part G 3, 7.
 */
#include "tests/unit/att/fake.h"

#include "gatt/gatt_db.h"

enum { SLOTS = 5, SUBS = 5 };

static const uint8_t base[16] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0, 0, 15, 16 };
static uint8_t level_value = 0x64;
static const struct ble_characteristic level = { .uuid = 0x2A19,
	.permission = BLE_READ | BLE_NOTIFY, .size = 1, .length = 1, .value = &level_value,
	.descriptor = "Level" };
static const struct ble_service battery = { .uuid = 0x180F, .characteristics = BLE_LIST(&level) };
static const struct ble_characteristic control = { .uuid = 0xA002, .base_uuid = base,
	.permission = BLE_WRITE | BLE_WRITE_WO | BLE_INDICATE | BLE_NOTIFY, .size = 4 };
static const struct ble_characteristic asked = { .uuid = 0xA003, .base_uuid = base,
	.permission = BLE_READ, .size = 4, .events = BLE_READ };
static const struct ble_service own = { .uuid = 0xA001, .base_uuid = base,
	.characteristics = BLE_LIST(&control, &asked) };
static const struct ble_service empty = { .uuid = 0x1802 };

static struct gatt_db db;
static struct gatt_own of_gap;
static struct gatt_slot slots[SLOTS];
static union {
	struct gatt_peer peer;
	uint8_t room[sizeof(struct gatt_peer) + 2];
} conn;

static void open_db(bool bare)
{
	fake_reset();
	memset(&conn, 0, sizeof conn);
	gatt_db_init(&db, slots, SLOTS, SUBS);
	of_gap = (struct gatt_own){ 0 };
	if (!bare)
		gatt_own_init(&of_gap, &db, "Glint");
	fake.att.server = &fake_server;
	fake.att.db = &gatt_att_db;
	fake.att.db_ctx = &db;
	att_server_open(&conn.peer.att, &fake.bearer);
}

static int up(void **state)
{
	uint16_t first;
	(void)state;
	open_db(false);
	assert_int_equal(gatt_add(&db, &battery, &first, NULL), 0);
	assert_int_equal(first, 12); /* GAP 1..7, GATT 8..11 */
	assert_int_equal(gatt_add(&db, &own, &first, NULL), 0);
	assert_int_equal(first, 17); /* 12, 13, 14 value, 15 CCCD, 16 description */
	return 0;                    /* 17, 18, 19 control, 20 CCCD, 21, 22 asked */
}

static int down(void **state)
{
	(void)state;
	(void)att_server_close(&conn.peer.att);
	assert_int_equal(fake.idle, FAKE_TX);
	assert_int_equal(tmr_next(&fake.timers), UINT64_MAX);
	return 0;
}

static void the_standard_services(void **state)
{
	(void)state;
	fake_rx_hex("10 01 00 FF FF 00 28");
	fake_sent_hex("11 06 01 00 07 00 00 18 08 00 0B 00 01 18 0C 00 10 00 0F 18");
	fake_rx_hex("0A 03 00");
	fake_sent_hex("0B 47 6C 69 6E 74");
	fake_rx_hex("0A 07 00");
	fake_sent_hex("0B 18 00 28 00 00 00 90 01");
	fake_rx_hex("0A 09 00"); /* Service Changed: indicate */
	fake_sent_hex("0B 20 0A 00 05 2A");
	fake_rx_hex("0A 0A 00");
	fake_sent_hex("01 0A 0A 00 02");
	assert_int_equal(gatt_gap(&of_gap, &(struct ble_gap_info){ .name = "B", .appearance = 0x0340 },
				 NULL), 0);
	fake_rx_hex("0A 03 00");
	fake_sent_hex("0B 42");
	fake_rx_hex("0A 05 00");
	fake_sent_hex("0B 40 03");
}

static void what_stands_at_each_handle(void **state)
{
	(void)state;
	fake_rx_hex("04 0C 00 10 00");
	fake_sent_hex("05 01 0C 00 00 28 0D 00 03 28 0E 00 19 2A 0F 00 02 29 10 00 01 29");
	fake_rx_hex("0A 0D 00");
	fake_sent_hex("0B 12 0E 00 19 2A");
	fake_rx_hex("0A 0E 00");
	fake_sent_hex("0B 64");
	fake_rx_hex("0A 10 00");
	fake_sent_hex("0B 4C 65 76 65 6C");
	fake_rx_hex("0A 11 00");
	fake_sent_hex("0B 01 02 03 04 05 06 07 08 09 0A 0B 0C 01 A0 0F 10");
	fake_rx_hex("0A 12 00");
	fake_sent_hex("0B 3C 13 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 02 A0 0F 10");
	fake_rx_hex("0A 17 00");
	fake_sent_hex("01 0A 17 00 01");
	assert_int_equal(gatt_handle(&fake.att, &level), 14);
	assert_int_equal(gatt_handle(&fake.att, &asked), 22);
	assert_int_equal(gatt_handle(&fake.att, &(struct ble_characteristic){ 0 }), 0);
}

/* A characteristic's value handle is where find() says that its value stands; no handle is passed over. */
static void find_and_handle_agree(void **state)
{
	(void)state;
	struct att_attr a;
	unsigned values = 0;
	for (uint16_t h = 1; h < 23; h++) {
		assert_true(gatt_att_db.find(&db, &a, h));
		assert_int_equal(a.handle, h);
		assert_true(a.group_end >= h);
		if (a.part != GATT_VALUE)
			continue;
		assert_int_equal(gatt_handle(&fake.att, *(const struct ble_characteristic *const *)a.item), h);
		values++;
	}
	assert_int_equal(values, 7);
	assert_true(gatt_att_db.find(&db, &a, 0));
	assert_int_equal(a.handle, 1);
	assert_false(gatt_att_db.find(&db, &a, 23));
}

static void permissions_hold_on_every_path(void **state)
{
	(void)state;
	fake_rx_hex("12 0C 00 00");
	fake_sent_hex("01 12 0C 00 03");
	fake_rx_hex("12 10 00 00");
	fake_sent_hex("01 12 10 00 03");
	fake_rx_hex("12 0E 00 00");
	fake_sent_hex("01 12 0E 00 03");
	fake_rx_hex("52 0E 00 00");
	fake_rx_hex("52 0F 00 01 00"); /* a CCCD is written by request: Part G 4.12.3 */
	assert_int_equal(fake.events, 0);
	fake_rx_hex("0A 13 00");
	fake_sent_hex("01 0A 13 00 02");
	fake_rx_hex("0C 13 00 00 00");
	fake_sent_hex("01 0C 13 00 02");
	fake_rx_hex("08 13 00 13 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 02 A0 0F 10");
	fake_sent_hex("01 08 13 00 02");
}

static void writes_go_to_the_program(void **state)
{
	(void)state;
	fake_rx_hex("12 13 00 01 02");
	assert_int_equal(fake.ev.type, BLE_EV_WRITTEN);
	assert_ptr_equal(fake.ev.written.characteristic, &control);
	assert_int_equal(fake.ev.written.handle, 19);
	assert_int_equal(fake.ev.written.len, 2);
	assert_memory_equal(fake.ev.written.data, "\1\2", 2);
	assert_int_equal(fake.ev.written.kind, BLE_WRITTEN_REQUEST);
	fake_silent();
	assert_int_equal(att_server_reply(&conn.peer.att, fake.ev.written.token, BLE_EATT(0x81),
				 NULL, 0), 0);
	fake_sent_hex("01 12 13 00 81");
	fake_rx_hex("52 13 00 07");
	assert_int_equal(fake.ev.written.kind, BLE_WRITTEN_COMMAND);
	assert_int_equal(fake.ev.written.token, 0);
	fake_clear();
	fake_rx_hex("12 13 00 01 02 03 04 05");
	assert_int_equal(fake.events, 0);
	fake_sent_hex("01 12 13 00 0D");
	fake_rx_hex("0A 16 00");
	assert_int_equal(fake.ev.type, BLE_EV_READ);
	assert_ptr_equal(fake.ev.read.characteristic, &asked);
	assert_int_equal(att_server_reply(&conn.peer.att, fake.ev.read.token, 0, "ok", 2), 0);
	fake_sent_hex("0B 6F 6B");
}

static void subscriptions(void **state)
{
	(void)state;
	assert_int_equal(gatt_notify(&db, &conn.peer, 14, "\x63", 1), BLE_ENOENT);
	fake_rx_hex("12 0F 00 01");
	fake_sent_hex("01 12 0F 00 0D");
	fake_rx_hex("12 0F 00 01 00 00");
	fake_sent_hex("01 12 0F 00 0D");
	fake_rx_hex("12 0F 00 02 00"); /* no indications here: Value Not Allowed */
	fake_sent_hex("01 12 0F 00 13");
	assert_int_equal(fake.events, 0);
	fake_rx_hex("12 0F 00 01 00");
	assert_int_equal(fake.ev.type, BLE_EV_SUBSCRIBED);
	assert_ptr_equal(fake.ev.subscribed.characteristic, &level);
	assert_int_equal(fake.ev.subscribed.bits, 1);
	fake_sent_hex("13");
	fake_rx_hex("12 0F 00 01 00"); /* no change, no event */
	assert_int_equal(fake.events, 0);
	fake_sent_hex("13");
	fake_rx_hex("0A 0F 00");
	fake_sent_hex("0B 01 00");
	fake_rx_hex("0A 14 00"); /* the neighbour's stayed */
	fake_sent_hex("0B 00 00");
	assert_int_equal(gatt_notify(&db, &conn.peer, 14, "\x63", 1), 0);
	fake_sent_hex("1B 0E 00 63");
	assert_int_equal(gatt_notify(&db, &conn.peer, 15, "\x63", 1), BLE_ENOENT);
	fake_rx_hex("12 14 00 02 00");
	fake_sent_hex("13");
	assert_int_equal(gatt_notify(&db, &conn.peer, 19, "\x63", 1), 0);
	fake_sent_hex("1D 13 00 63");
	fake_rx_hex("12 14 00 03 00"); /* both: notification */
	fake_sent_hex("13");
	assert_int_equal(gatt_notify(&db, &conn.peer, 19, "\x63", 1), 0);
	fake_sent_hex("1B 13 00 63");
	fake_rx_hex("1E");
}

/* What a bond has kept: only where a CCCD stands, only what it offers, and nothing over what was written since. */
static void kept_configurations(void **state)
{
	static const struct {
		uint16_t handle;
		uint8_t bits, left; /* 0: passed over */
	} kept[] = {
		{ 14, 1, 0 }, { 16, 1, 0 }, { 12, 1, 0 }, { 23, 1, 0 }, { 0xFFFF, 1, 0 }, { 0, 1, 0 }, { 15, 2, 0 }, { 15, 3, 1 },
		{ 15, 1, 0 }, { 20, 2, 2 }, { 20, 1, 0 },
	};
	(void)state;
	for (unsigned i = 0; i < sizeof kept / sizeof kept[0]; i++)
		assert_int_equal(gatt_kept_put(&fake.bearer, conn.peer.cccd, kept[i].handle, kept[i].bits), kept[i].left != 0);
	const struct ble_characteristic *ch;
	uint16_t handle = 0;
	assert_int_equal(gatt_kept_next(&fake.bearer, conn.peer.cccd, &handle, &ch), 1);
	assert_int_equal(handle, 15);
	assert_ptr_equal(ch, &level);
	assert_int_equal(gatt_kept_next(&fake.bearer, conn.peer.cccd, &handle, &ch), 2);
	assert_int_equal(handle, 20);
	assert_ptr_equal(ch, &control);
	assert_int_equal(gatt_kept_next(&fake.bearer, conn.peer.cccd, &handle, &ch), 0);
}

static void services_come_and_go(void **state)
{
	struct gatt_slot gone;
	uint16_t first;
	(void)state;
	fake_rx_hex("12 0F 00 01 00"); /* battery */
	fake_sent_hex("13");
	fake_rx_hex("12 14 00 02 00"); /* control, behind it */
	fake_sent_hex("13");
	assert_int_equal(gatt_remove(&db, &battery, &gone), 0);
	assert_int_equal(gone.first, 12);
	assert_int_equal(gone.last, 16);
	assert_int_equal(gone.sub, 1);
	gatt_forget(&db, &conn.peer, &gone);
	fake_rx_hex("0A 14 00");
	fake_sent_hex("0B 02 00");
	assert_int_equal(gatt_remove(&db, &battery, &gone), BLE_ENOENT);
	fake_rx_hex("0A 0E 00");
	fake_sent_hex("01 0A 0E 00 01");
	fake_rx_hex("04 0C 00 12 00"); /* from the gap to what is behind it */
	fake_sent_hex("05 01 11 00 00 28 12 00 03 28");
	assert_int_equal(gatt_add(&db, &battery, &first, NULL), 0);
	assert_int_equal(first, 23);
	fake_rx_hex("0A 1A 00"); /* its CCCD anew */
	fake_sent_hex("0B 00 00");
	fake_rx_hex("0A 14 00");
	fake_sent_hex("0B 02 00");
	assert_int_equal(gatt_add(&db, &empty, &first, NULL), 0);
	assert_int_equal(first, 28);
}

static void service_changed(void **state)
{
	(void)state;
	gatt_changed(&conn.peer, 20, 30);
	gatt_changed_flush(&db, &conn.peer); /* nobody asked: forgotten */
	assert_int_equal(conn.peer.changed_start, 0);
	fake_silent();
	fake_rx_hex("12 0B 00 02 00");
	assert_int_equal(fake.events, 0);
	fake_sent_hex("13");
	gatt_changed(&conn.peer, 20, 30);
	gatt_changed(&conn.peer, 12, 16);
	gatt_changed_flush(&db, &conn.peer);
	fake_sent_hex("1D 0A 00 0C 00 1E 00");
	gatt_changed(&conn.peer, 40, 41);
	gatt_changed_flush(&db, &conn.peer); /* waits for the confirmation */
	fake_silent();
	fake_rx_hex("1E");
	gatt_changed_flush(&db, &conn.peer);
	fake_sent_hex("1D 0A 00 28 00 29 00");
	fake_rx_hex("1E");
}

static void refusals_name_value_and_limit(void **state)
{
	static const struct ble_characteristic no_permission = { .uuid = 1, .size = 1 };
	static const struct ble_characteristic broadcast = { .uuid = 1, .permission = BLE_BROADCAST, .size = 1 };
	static const struct ble_characteristic large = {
		.uuid = 1, .permission = BLE_READ, .size = 513 };
	static const struct ble_characteristic n[3] = {
		{ .uuid = 1, .permission = BLE_NOTIFY, .size = 1 },
		{ .uuid = 2, .permission = BLE_NOTIFY, .size = 1 },
		{ .uuid = 3, .permission = BLE_NOTIFY, .size = 1 } };
	const struct ble_service bad1 = { .uuid = 1,
		.characteristics = (const struct ble_characteristic *const[]){ &no_permission, NULL } };
	const struct ble_service bad3 = { .uuid = 1, /* eight of them have room */
		.characteristics = (const struct ble_characteristic *const[]){ &broadcast, &broadcast, &broadcast,
			&broadcast, &broadcast, &broadcast, &broadcast, &broadcast, &broadcast, NULL } };
	const struct ble_service bad2 = { .uuid = 1,
		.characteristics = (const struct ble_characteristic *const[]){ &large, NULL } };
	const struct ble_service many = { .uuid = 1, .characteristics =
		(const struct ble_characteristic *const[]){ &n[0], &n[1], &n[2], NULL } };
	const struct ble_service another = { .uuid = 2 };
	struct ble_fault f;
	uint16_t first;
	(void)state;
	assert_int_equal(gatt_add(&db, &battery, &first, &f), BLE_EEXIST);
	assert_int_equal(gatt_add(&db, &bad1, &first, &f), BLE_EINVAL);
	assert_string_equal(f.subject, "permission");
	assert_int_equal(gatt_add(&db, &bad3, &first, &f), BLE_EINVAL);
	assert_string_equal(f.subject, "BLE_BROADCAST"); /* "BLE_BROADCAST: 9 is outside 1..8" */
	assert_int_equal(f.value, 9);
	assert_int_equal(f.min, 1);
	assert_int_equal(f.max, 8);
	assert_int_equal(gatt_add(&db, &bad2, &first, &f), BLE_EINVAL);
	assert_string_equal(f.subject, "size");
	assert_int_equal(f.value, 513);
	assert_int_equal(f.max, 512);
	assert_int_equal(gatt_add(&db, &many, &first, &f), BLE_ENOMEM);
	assert_string_equal(f.subject, "subscriptions");
	assert_int_equal(f.value, 5);
	assert_int_equal(f.max, SUBS - 1); /* Service Changed is not counted: the program did not ask for it */
	assert_int_equal(gatt_add(&db, &empty, &first, &f), 0);
	assert_int_equal(gatt_add(&db, &another, &first, &f), BLE_ENOMEM);
	assert_string_equal(f.subject, "services");
	assert_int_equal(f.max, SLOTS);
	assert_int_equal(gatt_gap(&of_gap, &(struct ble_gap_info){ .name = "" }, &f), BLE_ERANGE);
}

static void a_bare_database_is_the_programs(void **state)
{
	uint16_t first;
	(void)state;
	open_db(true);
	fake_rx_hex("04 01 00 FF FF");
	fake_sent_hex("01 04 01 00 0A");
	assert_int_equal(gatt_add(&db, &battery, &first, NULL), 0);
	assert_int_equal(first, 1);
	fake_silent();
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, up, down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_standard_services),
		TEST(what_stands_at_each_handle),
		TEST(find_and_handle_agree),
		TEST(permissions_hold_on_every_path),
		TEST(writes_go_to_the_program),
		TEST(subscriptions),
		TEST(kept_configurations),
		TEST(services_come_and_go),
		TEST(service_changed),
		TEST(refusals_name_value_and_limit),
		TEST(a_bare_database_is_the_programs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
