/*
 * Memory: what is asked for is exactly enough, less is refused with need and limit, parts can come late; and the texts
 * of errors and faults.
 */
#include "tests/unit/host/fake_ctlr.h"

#include <stdio.h>

static struct fake f;

static int setup(void **state)
{
	(void)state;
	fake_init(&f);
	return 0;
}

static int init(struct ble_host_config c, size_t size)
{
	c.transport = &f.transport;
	c.platform = &f.platform;
	return ble_host_init(&f.host, f.memory, size, &c, &f.fault);
}

static size_t need(struct ble_host_config c)
{
	return ble_host_memory(&c);
}

static void exactly_enough_is_enough(void **state)
{
	static const struct ble_part *const none[] = { NULL };
	const struct ble_host_config cases[] = {
		{ .parts = none },
		{ .parts = BLE_PARTS(&ble_peripheral) },
		{ .parts = BLE_PARTS(&ble_peripheral, &ble_server), .connections = 3, .services = 1, .subscriptions = 1 },
		{ .parts = BLE_PARTS(&ble_peripheral, &ble_server, &ble_observer, &ble_central, &ble_client),
			.connections = 5, .att_mtu = 517, .tx_queue = 7 },
		{ .att_mtu = 23, .tx_queue = 1, .rooms = BLE_ROOMS(&ble_server_room, &ble_client_room) },
	};
	char text[100], expected[100];
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		size_t n = need(cases[i]);
		assert_int_equal(init(cases[i], n), 0);
		assert_int_equal(init(cases[i], n - 1), BLE_ENOMEM);
		assert_null(f.host);
		ble_fault_text(&f.fault, text, sizeof text);
		snprintf(expected, sizeof expected, "memory: %zu is too little, %zu needed", n - 1, n);
		assert_string_equal(text, expected);
	}
}

static void parts_come_late_while_there_is_room(void **state)
{
	struct ble_host_stats s;
	(void)state;
	fake_host(&f, (struct ble_host_config){ .rooms = BLE_ROOMS(&ble_peripheral_room) });
	assert_int_equal(ble_adv_start(f.host), BLE_ENOTSUP);
	assert_int_equal(ble_host_attach(f.host, &ble_peripheral), 0);
	assert_int_equal(ble_host_attach(f.host, &ble_peripheral), 0); /* twice is fine */
	assert_int_equal(ble_host_attach(f.host, &ble_server), BLE_ENOMEM);
	assert_string_equal(ble_host_fault(f.host)->subject, "memory");
	ble_host_stats(f.host, &s);
	assert_true(s.arena_used <= s.arena_size);
	assert_true(ble_host_fault(f.host)->min > (int32_t)s.arena_size);
	assert_int_equal(ble_adv_start(f.host), 0);
	fake_up(&f);
	fake_end(&f);
}

static void configurations_out_of_range_are_refused(void **state)
{
	static char long_name[250];
	static const struct ble_part *many[18];
	for (unsigned i = 0; i < 17; i++)
		many[i] = &ble_server;
	memset(long_name, 'n', 249);
	const struct {
		struct ble_host_config c;
		const char *text;
	} cases[] = {
		{ { .connections = 251 }, "connections: 251 is outside 1..250" },
		{ { .connections = 3, .tx_queue = 2 }, "tx_queue: 2 is outside 3..255" },
		{ { .subscriptions = 65535 }, "subscriptions: 65535 is outside 1..65534" }, /* Service Changed is one more */
		{ { .att_mtu = 22 }, "att_mtu: 22 is outside 23..517" },
		{ { .att_mtu = 518 }, "att_mtu: 518 is outside 23..517" },
		{ { .acl_octets = 26 }, "acl_octets: 26 is outside 27..65535" },
		{ { .name = "" }, "name: 0 is outside 1..248" },
		{ { .name = long_name }, "name: 249 is outside 1..248" },
		{ { .parts = many }, "parts: 17 is outside 0..16" },
	};
	char text[100];
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_int_equal(init(cases[i].c, sizeof f.memory), BLE_ERANGE);
		ble_fault_text(&f.fault, text, sizeof text);
		assert_string_equal(text, cases[i].text);
	}
	struct ble_host_config c = { .transport = &f.transport };
	assert_int_equal(ble_host_init(&f.host, f.memory, sizeof f.memory, &c, &f.fault), BLE_EINVAL);
	assert_string_equal(f.fault.subject, "platform");
	assert_int_equal(ble_host_init(&f.host, f.memory + 1, sizeof f.memory - 1, &c, NULL), BLE_EINVAL);
}

static void small_memory_and_a_small_controller_lower_the_mtu(void **state)
{
	(void)state;
	f.acl_octets = 27;
	f.acl_count = 2;
	fake_host(&f, (struct ble_host_config){ .tx_queue = 1, .parts = BLE_PARTS(&ble_server) });
	fake_up(&f);
	(void)fake_connected(&f, 1, BLE_ROLE_PERIPHERAL);
	/* 2 * 27 octets, less the L2CAP header: Exchange MTU, Vol 3 Part F 3.4.2 */
	fake_acl(&f, 1, 2, OCTETS(3, 0, 4, 0, 0x02, 247, 0));
	fake_acl_sent(&f, 1, 0, OCTETS(3, 0, 4, 0, 0x03, 50, 0));
	assert_int_equal(fake_expect(&f, BLE_EV_MTU)->mtu.mtu, 50);
	fake_end(&f);
}

static void sentences(void **state)
{
	static const struct {
		struct ble_fault fault;
		const char *text;
	} cases[] = {
		{ { .err = BLE_ERANGE, .subject = "interval_ms", .value = 5, .min = 20, .max = 10240 },
			"interval_ms: 5 is outside 20..10240" },
		{ { .err = BLE_ENOMEM, .subject = "memory", .value = 100, .min = 1500, .max = INT32_MAX },
			"memory: 100 is too little, 1500 needed" },
		{ { .err = BLE_EINVAL, .subject = "value", .value = INT32_MIN, .min = -5, .max = 5, .hint = "see below" },
			"value: -2147483648 is outside -5..5; see below" },
		{ { .err = BLE_EINVAL, .subject = "level", .value = 7, .max = -1 }, "level: 7; invalid argument" },
		{ { .err = BLE_EURI, .subject = "driver", .text = "foo:bar", .max = -1 },
			"driver: \"foo:bar\": unknown driver" },
		{ { .err = BLE_ENOTSUP, .subject = "security", .max = -1, .hint = "pairing is not there yet" },
			"security: pairing is not there yet" },
		{ { .err = BLE_EIO }, "input/output error" },
	};
	char text[80];
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		size_t whole = strlen(cases[i].text);
		assert_int_equal(ble_fault_text(&cases[i].fault, text, sizeof text), whole);
		assert_string_equal(text, cases[i].text);
		for (size_t size = 0; size <= whole; size++) { /* cut, and never beyond */
			memset(text, '#', sizeof text);
			assert_int_equal(ble_fault_text(&cases[i].fault, text, size), whole);
			if (size) {
				assert_int_equal(strlen(text), size - 1);
				assert_memory_equal(text, cases[i].text, size - 1);
			}
			assert_int_equal(text[size], '#');
		}
	}
	assert_string_equal(ble_strerror(0), "success");
	assert_string_equal(ble_strerror(BLE_ENOMEM), "out of memory, buffers or slots");
	assert_string_equal(ble_strerror(BLE_EHCI(0x08)), "Connection Timeout");
	assert_string_equal(ble_strerror(BLE_EATT(0x0A)), "Attribute Not Found");
	assert_non_null(ble_strerror(12345));
	assert_non_null(ble_strerror(BLE_EHCI(0xFE)));
	assert_non_null(ble_strerror(BLE_EATT(0x7F)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(exactly_enough_is_enough, setup),
		cmocka_unit_test_setup(parts_come_late_while_there_is_room, setup),
		cmocka_unit_test_setup(configurations_out_of_range_are_refused, setup),
		cmocka_unit_test_setup(small_memory_and_a_small_controller_lower_the_mtu, setup),
		cmocka_unit_test_setup(sentences, setup),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
