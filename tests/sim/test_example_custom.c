/*
 * examples/c/custom.c: a central looks at every attribute, reads and writes each value by its type, and orders samples
 * that come in packets of its ATT_MTU; it goes away in the middle of an order.
 */
#include "script_kit.h"

#define main example_main
#include "examples/c/custom.c"
#undef main

static const struct {
	uint16_t uuid;
	uint8_t properties; /* Vol 3 Part G 3.3.1.1 */
	const char *description;
} expected[] = {
	{ 0xA002, 0x0A, "Label" },
	{ 0xA003, 0x0A, "Step from one sample to the next" },
	{ 0xA004, 0x02, "Milliseconds" },
	{ 0xA005, 0x04, "Samples wanted" },
	{ 0xA006, 0x10, "Samples" },
};
enum { COUNT = sizeof expected / sizeof expected[0] };

/* 7d0cA002-4f1b-4c58-9a2e-1b6f0e83a5d4, least significant octet first, without the two that differ */
static const char wide_low[] = "\xD4\xA5\x83\x0E\x6F\x1B\x2E\x9A\x58\x4C\x1B\x4F",
		  wide_high[] = "\x0C\x7D";

static uint16_t handles[COUNT], uptime_before;
static unsigned found, described, wanted;

static void is_expected(struct peer *p, const struct ble_event *ev)
{
	const uint8_t *wide = ev->characteristic.uuid128;
	CHECK(p,
		found < COUNT && wide && memcmp(wide, wide_low, 12) == 0 &&
			memcmp(wide + 14, wide_high, 2) == 0);
	CHECK(p, wide[12] == (expected[found].uuid & 0xFF) && wide[13] == 0xA0);
	CHECK(p, ev->characteristic.properties == expected[found].properties);
	handles[found++] = ev->characteristic.value_handle;
}

static bool has_value(const struct peer *p, const void *value, size_t len)
{
	return p->value_len == len && memcmp(p->value, value, len) == 0;
}

static int write_to(struct peer *p, unsigned i, const void *value, size_t len)
{
	return ble_client_write(p->host, p->conn, handles[i], value, len);
}

static int read_again(struct peer *p, uint16_t handle)
{
	p->value_len = 0;
	return ble_client_read(p->host, p->conn, handle);
}

static int order_of(struct peer *p, uint32_t count)
{
	const uint8_t le[] = { (uint8_t)count, (uint8_t)(count >> 8), (uint8_t)(count >> 16),
		(uint8_t)(count >> 24) };
	p->heard_count = 0;
	return ble_client_write_command(p->host, p->conn, handles[3], le, sizeof le);
}

/* What was heard is `count` samples, each by 3 more, in packets that are full but for the last. */
static bool has_all(const struct peer *p, uint32_t count)
{
	uint32_t at = 0;
	for (unsigned i = 0; i < p->heard_count; i++) {
		uint32_t room = p->mtu - 3u, left = count - at;
		if (p->heard[i].indication || p->heard[i].len != (left < room ? left : room))
			return false;
		for (unsigned j = 0; j < p->heard[i].len; j++, at++)
			if (p->heard[i].data[j] != (uint8_t)(at * 3))
				return false;
	}
	return at == count;
}

static void use_values(struct peer *p);
static void use_samples(struct peer *p);

static void look_at_all(struct peer *p)
{
	SCRIPT_BEGIN(p);
	peer_find(p, "Instrument");
	AWAIT(p, PEER_FOUND);
	CHECK(p, p->mtu == (p->att_mtu ? p->att_mtu : 247));
	CHECK(p,
		ble_client_services(p->host, p->conn,
			"\xD4\xA5\x83\x0E\x6F\x1B\x2E\x9A\x58\x4C\x1B\x4F\x01\xA0\x0C\x7D",
			16) == 0);
	AWAIT(p, BLE_EV_SERVICE);
	CHECK(p,
		ble_client_characteristics(
			p->host, p->conn, p->ev->service.start, p->ev->service.end) == BLE_EBUSY);
	handles[0] = p->ev->service.start;
	AWAIT(p, BLE_EV_DONE);
	CHECK(p, ble_client_characteristics(p->host, p->conn, handles[0], 0xFFFF) == 0);
	for (found = 0; found < COUNT;) {
		AWAIT(p, BLE_EV_CHARACTERISTIC);
		is_expected(p, p->ev);
	}
	AWAIT(p, BLE_EV_DONE);
	for (described = 0; described < COUNT; described++) {
		CHECK(p, read_again(p, peer_handle(p, handles[described], 0x2901)) == 0);
		AWAIT(p, BLE_EV_DONE);
		CHECK(p,
			has_value(p, expected[described].description,
				strlen(expected[described].description)));
	}
	SCRIPT_THEN(p, use_values);
}

static void use_values(struct peer *p)
{
	SCRIPT_BEGIN(p);
	CHECK(p, read_again(p, handles[0]) == 0);
	AWAIT(p, BLE_EV_DONE);
	CHECK(p, has_value(p, "unnamed", 7));
	CHECK(p, write_to(p, 0, "twenty-one characters", 21) == 0);
	AWAIT(p, BLE_EV_DONE);
	CHECK(p, p->ev->done.err == BLE_EATT(0x0D)); /* Invalid Attribute Value Length */
	CHECK(p, write_to(p, 0, "Bench 4", 7) == 0);
	AWAIT(p, BLE_EV_DONE);
	CHECK(p, read_again(p, handles[0]) == 0);
	AWAIT(p, BLE_EV_DONE);
	CHECK(p, has_value(p, "Bench 4", 7));
	CHECK(p, read_again(p, handles[1]) == 0);
	AWAIT(p, BLE_EV_DONE);
	CHECK(p, has_value(p, "\x01\x00", 2));
	CHECK(p, write_to(p, 1, "\x03", 1) == 0); /* the missing octet is 0 */
	AWAIT(p, BLE_EV_DONE);
	CHECK(p, write_to(p, 2, "\x03", 1) == 0);
	AWAIT(p, BLE_EV_DONE);
	CHECK(p, p->ev->done.err == BLE_EATT(0x03)); /* Write Not Permitted */
	CHECK(p, read_again(p, handles[2]) == 0);
	AWAIT(p, BLE_EV_DONE);
	CHECK(p, p->value_len == 8);
	uptime_before = (uint16_t)(p->value[0] | p->value[1] << 8);
	AWAIT_MS(p, 2000);
	CHECK(p, read_again(p, handles[2]) == 0);
	AWAIT(p, BLE_EV_DONE);
	CHECK(p, p->value_len == 8);
	CHECK(p, abs((p->value[0] | p->value[1] << 8) - uptime_before - 2000) <= 100);
	SCRIPT_THEN(p, use_samples);
}

/* None without a subscription; then all, by whatever order; and none of an old order in a new connection. */
static void use_samples(struct peer *p)
{
	SCRIPT_BEGIN(p);
	CHECK(p, order_of(p, 100) == 0);
	AWAIT_MS(p, 1000);
	CHECK(p, p->heard_count == 0);
	CHECK(p,
		ble_client_write(
			p->host, p->conn, peer_handle(p, handles[4], 0x2902), "\x01\x00", 2) == 0);
	AWAIT(p, BLE_EV_DONE);
	for (wanted = 1; wanted < 9000; wanted = wanted * 3 + 7) {
		CHECK(p, order_of(p, wanted * p->mtu / 247) == 0);
		AWAIT_MS(p, 5000);
		CHECK(p, has_all(p, wanted * p->mtu / 247));
	}
	CHECK(p, order_of(p, 1000000) == 0);
	AWAIT_MS(p, 500);
	CHECK(p, p->heard_count > 0);
	CHECK(p, ble_conn_disconnect(p->host, p->conn, 0) == 0);
	AWAIT(p, BLE_EV_DISCONNECTED);
	peer_find(p, "Instrument");
	AWAIT(p, PEER_FOUND);
	p->heard_count = 0;
	CHECK(p,
		ble_client_write(
			p->host, p->conn, peer_handle(p, handles[4], 0x2902), "\x01\x00", 2) == 0);
	AWAIT(p, BLE_EV_DONE);
	AWAIT_MS(p, 1000);
	CHECK(p, p->heard_count == 0);
	CHECK(p, order_of(p, 1) == 0);
	AWAIT(p, BLE_EV_NOTIFIED);
	CHECK(p, has_all(p, 1));
	SCRIPT_END(p);
}

static void scenario(uint16_t att_mtu, uint64_t seed)
{
	struct peer p = { .att_mtu = att_mtu };
	struct kit_output o;
	peer_scenario(example_main, look_at_all, &p, seed, NULL, &o);
	assert_string_equal(o.out, "");
	assert_string_equal(o.err, "custom: closed\n");
}

static void test_custom(void **state)
{
	(void)state;
	scenario(0, 10);
}

static void test_small_mtu(void **state)
{
	(void)state;
	scenario(30, 11);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_custom),
		cmocka_unit_test(test_small_mtu) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
