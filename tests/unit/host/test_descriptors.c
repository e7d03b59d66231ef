/*
 * The part ble_descriptors: beside each form of the server, in every order of attachment, and what it refuses. Octets are
 * written by hand from Vol 3 Part F 3.4 and Part G 3.3.3; the hash is OpenSSL's, as in suite_gatt_caching.c.
 */
#include "tests/unit/host/fake_ctlr.h"

#include <ble/crypto.h>

enum { A = 0x40, FIRST = 2, OUT = 0 };

#define DESCRIPTOR .type = BLE_DESCRIPTOR, .permission
#define REFUSED(...)                                                                                                   \
	{                                                                                                              \
		.uuid = 0x1810, .characteristics = BLE_LIST(__VA_ARGS__)                                               \
	}

static struct fake f;
static uint8_t one = 1;
static const struct ble_format format = { .format = 4, .unit = 0x2700, .name_space = 1 };
static const struct ble_characteristic
	value = { .uuid = 0xB020, .permission = BLE_READ | BLE_NOTIFY, .size = 1, .length = 1, .value = &one },
	next = { .uuid = 0xB021, .permission = BLE_READ | BLE_NOTIFY, .size = 1, .length = 1, .value = &one },
	formatted = { .uuid = 0xB022, .permission = BLE_READ, .size = 1, .format = &format },
	named = { .uuid = 0xB023, .permission = BLE_READ, .size = 1, .descriptor = "Name" };
static const struct ble_characteristic
	text = { .uuid = 0x2901, DESCRIPTOR = BLE_READ | BLE_WRITE, .size = 20 },
	text_again = { .uuid = 0x2901, DESCRIPTOR = BLE_READ, .size = 20 },
	shown = { .uuid = 0x2904, DESCRIPTOR = BLE_READ, .format = &format },
	octets = { .uuid = 0x2904, DESCRIPTOR = BLE_READ, .size = 7 },
	all = { .uuid = 0x2905, DESCRIPTOR = BLE_READ }, all_again = { .uuid = 0x2905, DESCRIPTOR = BLE_READ },
	written = { .uuid = 0x2905, DESCRIPTOR = BLE_READ | BLE_WRITE },
	extended = { .uuid = 0x2900, DESCRIPTOR = BLE_READ, .size = 2 },
	client = { .uuid = 0x2902, DESCRIPTOR = BLE_READ, .size = 2 },
	server = { .uuid = 0x2903, DESCRIPTOR = BLE_READ, .size = 2 },
	closed = { .uuid = 0x2906, .type = BLE_DESCRIPTOR, .size = 2 },
	notified = { .uuid = 0x2906, DESCRIPTOR = BLE_READ | BLE_NOTIFY, .size = 2 },
	command = { .uuid = 0x2906, DESCRIPTOR = BLE_WRITE_WO, .size = 2 },
	empty = { .uuid = 0x2906, DESCRIPTOR = BLE_READ }, large = { .uuid = 0x2906, DESCRIPTOR = BLE_READ, .size = 513 },
	odd = { .uuid = 0x2906, DESCRIPTOR = BLE_READ, .size = 1, .format = &format };
/* 1 the service; 2, 3 value, 4 its CCCD, 5 0x2900, 6 text; 7, 8 next, 9 its CCCD, 10 0x2904 */
static const struct ble_service service = { .uuid = 0xA020, .characteristics = BLE_LIST(&value, &text, &next, &shown) };

static int setup(void **state)
{
	(void)state;
	fake_init(&f);
	f.platform.crypto = &ble_crypto_psa;
	f.platform.load = NULL; /* for ble_pairing */
	f.platform.save = NULL;
	return 0;
}

static void att(const void *pdu, size_t len)
{
	uint8_t frame[64] = { (uint8_t)len, 0, 4, 0 };
	memcpy(frame + 4, pdu, len);
	fake_acl(&f, A, FIRST, frame, len + 4);
}

static void att_sent(const void *pdu, size_t len)
{
	uint8_t frame[64] = { (uint8_t)len, 0, 4, 0 };
	memcpy(frame + 4, pdu, len);
	fake_acl_sent(&f, A, OUT, frame, len + 4);
}

/* The service from `at` on is as it should be. The subscription of `next` is the second: those in front count one. */
static void is_whole(uint8_t at)
{
	assert_int_equal(ble_server_handle(f.host, &value), at + 2);
	assert_int_equal(ble_server_handle(f.host, &text), at + 5);
	assert_int_equal(ble_server_handle(f.host, &next), at + 7);
	assert_int_equal(ble_server_handle(f.host, &shown), at + 9);
	assert_int_equal(ble_server_handle(f.host, &all), 0);
	fake_up(&f);
	ble_conn_id id = fake_connected(&f, A, BLE_ROLE_PERIPHERAL);
	att(OCTETS(0x0A, (uint8_t)(at + 4), 0));
	att_sent(OCTETS(0x0B, 2, 0));
	att(OCTETS(0x12, (uint8_t)(at + 8), 0, 1, 0));
	assert_ptr_equal(fake_expect(&f, BLE_EV_SUBSCRIBED)->subscribed.characteristic, &next);
	att_sent(OCTETS(0x13));
	assert_int_equal(ble_server_subscribed(f.host, id, (uint16_t)(at + 7)), 1);
	assert_int_equal(ble_server_subscribed(f.host, id, (uint16_t)(at + 2)), 0);
	assert_int_equal(ble_server_subscribed(f.host, id, (uint16_t)(at + 5)), BLE_ENOENT);
	att(OCTETS(0x0A, (uint8_t)(at + 5), 0)); /* no memory: the program is asked */
	const struct ble_event *ev = fake_expect(&f, BLE_EV_READ);
	assert_ptr_equal(ev->read.characteristic, &text);
	assert_int_equal(ev->read.handle, at + 5);
	att_sent(OCTETS(0x01, 0x0A, (uint8_t)(at + 5), 0, 0x0E));
	att(OCTETS(0x12, (uint8_t)(at + 5), 0, 'x'));
	ev = fake_expect(&f, BLE_EV_WRITTEN);
	assert_ptr_equal(ev->written.characteristic, &text);
	assert_int_equal(ev->written.kind, BLE_WRITTEN_REQUEST);
	att_sent(OCTETS(0x13));
	att(OCTETS(0x52, (uint8_t)(at + 5), 0, 'x'));
	fake_expect_none(&f);
	att(OCTETS(0x0A, (uint8_t)(at + 9), 0));
	att_sent(OCTETS(0x0B, 4, 0, 0, 0x27, 1, 0, 0));
	att(OCTETS(0x0A, (uint8_t)(at + 10), 0));
	att_sent(OCTETS(0x01, 0x0A, (uint8_t)(at + 10), 0, 0x01));
	fake_end(&f);
}

/* Before and behind the server, and beside those that have a database of their own. */
static void in_every_order(void **state)
{
	const struct ble_part *const *const orders[] = {
		BLE_PARTS(&ble_descriptors, &ble_bare_server),
		BLE_PARTS(&ble_bare_server, &ble_descriptors),
		BLE_PARTS(&ble_multiple, &ble_descriptors, &ble_caching, &ble_bare_server),
		BLE_PARTS(&ble_descriptors, &ble_server),
		BLE_PARTS(&ble_server, &ble_descriptors),
		BLE_PARTS(&ble_descriptors, &ble_server, &ble_multiple),
		BLE_PARTS(&ble_descriptors, &ble_multiple, &ble_server),
		BLE_PARTS(&ble_caching, &ble_descriptors, &ble_server),
		BLE_PARTS(&ble_descriptors, &ble_caching, &ble_server, &ble_multiple),
		BLE_PARTS(&ble_server, &ble_caching, &ble_descriptors),
		BLE_PARTS(&ble_server, &ble_descriptors, &ble_caching),
		BLE_PARTS(&ble_pairing, &ble_descriptors, &ble_server),
		BLE_PARTS(&ble_server, &ble_pairing, &ble_descriptors, &ble_caching),
	};
	static const uint8_t firsts[] = { 1, 1, 1, 12, 12, 14, 14, 16, 16, 16, 16, 12, 16 };
	for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
		uint16_t first;
		(void)setup(state);
		fake_host(&f, (struct ble_host_config){ .parts = orders[i] });
		assert_int_equal(ble_server_add(f.host, &service, &first), 0);
		assert_int_equal(first, firsts[i]);
		is_whole((uint8_t)first);
	}
}

/* Vol 3 Part G 7.3.1 names 0x2900 to 0x2905 and no others: the same service as in suite_gatt_descriptors.c. */
static void what_the_hash_counts(void **state)
{
	static const uint8_t base[16] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };
	static const struct ble_characteristic
		b020 = { .uuid = 0xB020, .permission = BLE_READ, .size = 3, .format = &format },
		limits = { .uuid = 0x2906, DESCRIPTOR = BLE_READ, .size = 4 },
		odder = { .uuid = 0x2901, .base_uuid = base, DESCRIPTOR = BLE_READ, .size = 1 },
		b021 = { .uuid = 0xB021, .permission = BLE_READ, .size = 1 },
		b022 = { .uuid = 0xB022, .permission = BLE_READ | BLE_WRITE | BLE_WRITE_RELIABLE, .size = 1 };
	const struct ble_service a020 = { .uuid = 0xA020,
		.characteristics = BLE_LIST(&b020, &text, &limits, &shown, &all, &odder, &b021, &b022, &text) };
	(void)state;
	fake_host(&f, (struct ble_host_config){ .parts = BLE_PARTS(&ble_caching, &ble_descriptors, &ble_server) });
	assert_int_equal(ble_server_add(f.host, &a020, NULL), 0);
	fake_up(&f);
	(void)fake_connected(&f, A, BLE_ROLE_PERIPHERAL);
	att(OCTETS(0x0A, 0x0F, 0));
	att_sent(OCTETS(0x0B, 0x18, 0x0F, 0x2B, 0x51, 0x53, 0x0C, 0x71, 0xC7, 0x24, 0xC8, 0x22, 0xA6, 0x9D, 0x5C, 0x57, 0x9B));
	fake_end(&f);
}

static const struct {
	struct ble_service service;
	const char *subject;
	int32_t value;
} refused[] = {
	{ REFUSED(&text, &value), "descriptor", 0x2901 },
	{ REFUSED(&value, &extended), "descriptor", 0x2900 },
	{ REFUSED(&value, &client), "descriptor", 0x2902 },
	{ REFUSED(&value, &server), "descriptor", 0x2903 },
	{ REFUSED(&value, &odd), "descriptor", 0x2906 },
	{ REFUSED(&value, &text, &closed), "descriptor.permission", 0 },
	{ REFUSED(&value, &notified), "descriptor.permission", BLE_READ | BLE_NOTIFY },
	{ REFUSED(&value, &command), "descriptor.permission", BLE_WRITE_WO },
	{ REFUSED(&formatted, &written), "descriptor.permission", BLE_READ | BLE_WRITE },
	{ REFUSED(&value, &next, &empty), "descriptor.size", 0 },
	{ REFUSED(&value, &large), "descriptor.size", 513 },
	{ REFUSED(&value, &text, &text_again), "0x2901", 2 },
	{ REFUSED(&named, &text), "0x2901", 2 },
	{ REFUSED(&formatted, &shown), "0x2905", 0 },
	{ REFUSED(&value, &octets, &shown), "0x2905", 0 },
	{ REFUSED(&formatted, &shown, &all, &all_again), "0x2905", 2 },
	{ REFUSED(&value, &all), "0x2904", 0 },
	{ REFUSED(&formatted, &shown, &shown, &shown, &shown, &shown, &shown, &shown, &shown, &shown, &all), "0x2904", 10 },
};

static void what_cannot_be_is_refused(void **state)
{
	(void)state;
	fake_host(&f, (struct ble_host_config){ .parts = BLE_PARTS(&ble_bare_server, &ble_descriptors) });
	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
		assert_int_equal(ble_server_add(f.host, &refused[i].service, NULL), BLE_EINVAL);
		assert_string_equal(ble_host_fault(f.host)->subject, refused[i].subject);
		assert_int_equal(ble_host_fault(f.host)->value, refused[i].value);
	}
	const struct ble_service nine = REFUSED(
		&formatted, &shown, &shown, &shown, &shown, &shown, &shown, &shown, &shown, &all);
	assert_int_equal(ble_server_add(f.host, &nine, NULL), 0);
	fake_up(&f);
	(void)fake_connected(&f, A, BLE_ROLE_PERIPHERAL);
	att(OCTETS(0x0A, 13, 0));
	att_sent(OCTETS(0x0B, 4, 0, 5, 0, 6, 0, 7, 0, 8, 0, 9, 0, 10, 0, 11, 0, 12, 0));
	fake_end(&f);
}

static void without_the_part(void **state)
{
	const struct {
		const struct ble_part *const *parts;
		const char *subject;
		int32_t value;
	} forms[] = {
		{ BLE_PARTS(&ble_server), "ble_descriptors", 0x2901 },
		{ BLE_PARTS(&ble_bare_server, &ble_multiple), "ble_descriptors", 0x2901 },
		{ BLE_PARTS(&ble_lean_server), "ble_lean_server", 0xA020 },
		{ BLE_PARTS(&ble_lean_server, &ble_descriptors), "ble_lean_server", 0xA020 },
		{ BLE_PARTS(&ble_descriptors, &ble_lean_server), "ble_lean_server", 0xA020 },
	};
	(void)state;
	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
		fake_init(&f);
		fake_host(&f, (struct ble_host_config){ .parts = forms[i].parts });
		assert_int_equal(ble_server_add(f.host, &service, NULL), BLE_ENOTSUP);
		assert_string_equal(ble_host_fault(f.host)->subject, forms[i].subject);
		assert_int_equal(ble_host_fault(f.host)->value, forms[i].value);
		fake_end(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(in_every_order, setup),
		cmocka_unit_test_setup(what_the_hash_counts, setup),
		cmocka_unit_test_setup(what_cannot_be_is_refused, setup),
		cmocka_unit_test_setup(without_the_part, setup),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
