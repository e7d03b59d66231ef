/*
 * The part ble_lean_server: what it has is to the peer as ble_bare_server has it, octet by octet; what it lacks is refused
 * when a service is added. Octets are written by hand from Vol 3 Part F 3.4 and Part A 4.
 */
#include "tests/unit/host/fake_ctlr.h"

enum { A = 0x40, FIRST = 2, OUT = 0 };

static struct fake lean, bare;
static uint8_t level_value = 0x64;
static const uint8_t base[16] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0, 0, 15, 16 };
static const struct ble_characteristic
	level = { .uuid = 0x2A19, .permission = BLE_READ | BLE_NOTIFY, .size = 1, .length = 1, .value = &level_value },
	asked = { .uuid = 0x2A00, .permission = BLE_READ | BLE_WRITE | BLE_WRITE_WO, .size = 4, .descriptor = "Name" },
	both = { .uuid = 0xB007, .base_uuid = base, .permission = BLE_NOTIFY, .size = 2, .descriptor = "Both" },
	blank = { .uuid = 0x2A01, .permission = BLE_WRITE, .size = 2, .descriptor = "" };
static const struct ble_service battery = { .uuid = 0x180F, .characteristics = BLE_LIST(&level, &asked) },
	custom = { .uuid = 0x1234, .base_uuid = base, .characteristics = BLE_LIST(&both, &blank) },
	second = { .uuid = 0x1802, .secondary = true };
static ble_conn_id id;

/*
 * 1 battery, 2, 3 level, 4 CCCD, 5, 6 asked, 7 its description; 8 custom, 9, 10 both, 11 CCCD, 12 description, 13, 14
 * blank; 15 second
 */
static void up(struct fake *f, const struct ble_part *part)
{
	fake_init(f);
	fake_host(f, (struct ble_host_config){ .parts = BLE_PARTS(part), .services = 4 });
	assert_int_equal(ble_server_add(f->host, &battery, NULL), 0);
	assert_int_equal(ble_server_add(f->host, &custom, NULL), 0);
	assert_int_equal(ble_server_add(f->host, &second, NULL), 0);
	fake_up(f);
	id = fake_connected(f, A, BLE_ROLE_PERIPHERAL);
}

static int setup(void **state)
{
	(void)state;
	up(&lean, &ble_lean_server);
	up(&bare, &ble_bare_server);
	return 0;
}

/* Both answer the same. */
static void ask(const void *pdu, size_t len)
{
	fake_acl(&lean, A, FIRST, pdu, len);
	fake_acl(&bare, A, FIRST, pdu, len);
	const struct fake_packet *l = fake_sent(&lean), *b = fake_sent(&bare);
	assert_int_equal(l->len, b->len);
	assert_memory_equal(l->data, b->data, l->len);
	for (struct fake *f = &lean; f; f = f == &lean ? &bare : NULL) {
		f->event_count = f->event_seen = 0;
		fake_completed(f, A, 1);
	}
}

static void every_handle_shows_the_same(void **state)
{
	static const uint16_t types[] = { 0x2800, 0x2801, 0x2802, 0x2803, 0x2900, 0x2901, 0x2902, 0x2903, 0x2904, 0x2A19 };
	(void)state;
	for (uint8_t h = 0; h <= 16; h++) {
		ask(OCTETS(3, 0, 4, 0, 0x0A, h, 0));
		ask(OCTETS(5, 0, 4, 0, 0x0C, h, 0, 1, 0));
		ask(OCTETS(5, 0, 4, 0, 0x04, h, 0, 0xFF, 0xFF));
		ask(OCTETS(5, 0, 4, 0, 0x12, h, 0, 1, 0));
		ask(OCTETS(3, 0, 4, 0, 0x0A, h, 0)); /* and what was written is there */
		for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
			uint8_t low = (uint8_t)types[i], high = (uint8_t)(types[i] >> 8);
			ask(OCTETS(7, 0, 4, 0, 0x08, h, 0, 0xFF, 0xFF, low, high));
			ask(OCTETS(7, 0, 4, 0, 0x10, h, 0, 0xFF, 0xFF, low, high));
		}
		ask(OCTETS(9, 0, 4, 0, 0x06, h, 0, 0xFF, 0xFF, 0, 0x28, 0x0F, 0x18));
	}
	fake_end(&lean);
	fake_end(&bare);
}

/* By hand, against an error that both would share. */
static void a_description_is_found_and_a_configuration_is_kept(void **state)
{
	(void)state;
	fake_acl(&lean, A, FIRST, OCTETS(3, 0, 4, 0, 0x0A, 12, 0));
	fake_acl_sent(&lean, A, OUT, OCTETS(5, 0, 4, 0, 0x0B, 'B', 'o', 't', 'h'));
	fake_acl(&lean, A, FIRST, OCTETS(5, 0, 4, 0, 0x12, 4, 0, 2, 0)); /* indications are not offered: 0x13 */
	fake_acl_sent(&lean, A, OUT, OCTETS(5, 0, 4, 0, 0x01, 0x12, 4, 0, 0x13));
	assert_int_equal(ble_server_notify(lean.host, id, 3, "\x63", 1), BLE_ENOENT);
	fake_acl(&lean, A, FIRST, OCTETS(5, 0, 4, 0, 0x12, 4, 0, 1, 0));
	assert_int_equal(fake_expect(&lean, BLE_EV_SUBSCRIBED)->subscribed.bits, 1);
	fake_acl_sent(&lean, A, OUT, OCTETS(1, 0, 4, 0, 0x13));
	assert_int_equal(ble_server_notify(lean.host, id, 3, "\x63", 1), 0);
	fake_pump(&lean);
	fake_acl_sent(&lean, A, OUT, OCTETS(4, 0, 4, 0, 0x1B, 3, 0, 0x63));
	fake_acl(&lean, A, FIRST, OCTETS(1, 0, 4, 0, 0x1E)); /* a confirmation of nothing */
	fake_silent(&lean);
	fake_acl(&lean, A, FIRST, OCTETS(3, 0, 4, 0, 0x0A, 6, 0)); /* left unanswered while the connection ends */
	(void)fake_expect(&lean, BLE_EV_READ);
	fake_disconnected(&lean, A, 0x13);
	(void)fake_expect(&lean, BLE_EV_DISCONNECTED);
	lean.out.head = lean.out.tail;
	fake_end(&lean);
}

static void what_it_lacks_is_refused(void **state)
{
	static const struct ble_format format = { .format = 4 };
	static const struct ble_characteristic
		rare[] = { { .uuid = 1, .permission = BLE_READ | BLE_INDICATE, .size = 1 },
			{ .uuid = 2, .permission = BLE_READ | BLE_BROADCAST, .size = 1 },
			{ .uuid = 3, .permission = BLE_WRITE | BLE_WRITE_RELIABLE, .size = 1 },
			{ .uuid = 4, .permission = BLE_READ, .size = 1, .format = &format } },
		none = { .uuid = 5, .size = 1 }, large = { .uuid = 6, .permission = BLE_READ, .size = 513 };
	const struct ble_service services[] = { { .uuid = 0x1810, .characteristics = BLE_LIST(&level, &rare[0]) },
		{ .uuid = 0x1811, .characteristics = BLE_LIST(&rare[1], &level) },
		{ .uuid = 0x1812, .characteristics = BLE_LIST(&rare[2]) },
		{ .uuid = 0x1813, .characteristics = BLE_LIST(&rare[3]) },
		{ .uuid = 0x1814, .includes = BLE_INCLUDES(&second) } };
	const struct ble_service empty = { .uuid = 0x1815, .characteristics = BLE_LIST(&none) },
		too_large = { .uuid = 0x1816, .characteristics = BLE_LIST(&large) };
	(void)state;
	for (size_t i = 0; i < sizeof services / sizeof services[0]; i++) {
		assert_int_equal(ble_server_add(lean.host, &services[i], NULL), BLE_ENOTSUP);
		assert_string_equal(ble_host_fault(lean.host)->subject, "ble_lean_server");
		assert_int_equal(ble_host_fault(lean.host)->value, services[i].uuid);
		uint16_t first = 0;
		assert_int_equal(ble_server_add(bare.host, &services[i], &first), i ? BLE_ENOMEM : 0);
		assert_int_equal(first, i ? 0 : 16);
	}
	assert_int_equal(ble_server_add(lean.host, &empty, NULL), BLE_EINVAL);
	assert_int_equal(ble_server_add(lean.host, &too_large, NULL), BLE_EINVAL);
	fake_end(&lean);
	fake_end(&bare);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(every_handle_shows_the_same, setup),
		cmocka_unit_test_setup(a_description_is_found_and_a_configuration_is_kept, setup),
		cmocka_unit_test_setup(what_it_lacks_is_refused, setup),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
