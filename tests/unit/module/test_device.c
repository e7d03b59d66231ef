/* The device around its values: callbacks, the loop, advertising, scanning, preferred connection parameters. */
#include "fake_host.h"

#include <string.h>

static struct {
	unsigned calls;
	int process_err;
	uint8_t type;
} seen;

static void on_event(struct ble *ble, const struct ble_event *ev, void *ctx)
{
	assert_ptr_equal(ctx, &seen);
	seen.calls++;
	seen.type = ev->type;
	seen.process_err = ble_process(ble, 5);
}

static void test_callbacks(void **state)
{
	(void)state;
	struct ble *ble = fake_device(&(struct ble_options){ .callbacks = 2 });
	memset(&seen, 0, sizeof seen);
	assert_int_equal(ble_add_callback(ble, BLE_EV_CONNECTED, on_event, &seen), 0);
	assert_int_equal(ble_add_callback(ble, BLE_EV_CONNECTED, on_event, &seen), 0); /* one an event */
	assert_int_equal(ble_add_callback(ble, BLE_EV_MTU, on_event, &seen), 0);
	assert_int_equal(ble_add_callback(ble, BLE_EV_SENT, on_event, &seen), BLE_ENOMEM);
	assert_string_equal(fake_why(ble), "callbacks: 3 is outside 0..2");
	assert_int_equal(ble_add_callback(ble, BLE_EV_COUNT, on_event, &seen), BLE_EINVAL);
	assert_int_equal(ble_add_callback(ble, BLE_EV_MTU, NULL, NULL), 0);
	assert_int_equal(ble_add_callback(ble, BLE_EV_MTU, NULL, NULL), 0);
	fake_event(&(struct ble_event){ .type = BLE_EV_CONNECTED, .conn = 1 });
	fake_event(&(struct ble_event){ .type = BLE_EV_MTU, .conn = 1 });
	assert_int_equal(ble_process(ble, 1), 0);
	assert_int_equal(seen.calls, 1);
	assert_int_equal(seen.type, BLE_EV_CONNECTED);
	assert_int_equal(seen.process_err, BLE_ESTATE);
	assert_string_equal(fake_why(ble), "ble_process: a callback runs inside it and cannot call it, or ble_run()");
	ble_end(ble);
	ble = fake_device(NULL); /* unless the options say less there is room for every event */
	for (int type = 0; type < BLE_EV_COUNT; type++)
		assert_int_equal(ble_add_callback(ble, (enum ble_event_type)type, on_event, &seen), 0);
	ble_end(ble);
}

static char order[8];

static void note(struct ble *ble, const struct ble_event *ev, void *ctx)
{
	(void)ble;
	(void)ev;
	strcat(order, ctx);
}

static void take_away(struct ble *ble, const struct ble_event *ev, void *ctx)
{
	note(ble, ev, ctx);
	assert_int_equal(ble_add_callback(ble, BLE_EV_NONE, NULL, NULL), 0);
	assert_int_equal(ble_add_callback(ble, BLE_EV_SENT, note, "s"), 0); /* in the same slot */
}

static void test_a_function_for_every_event(void **state)
{
	(void)state;
	struct ble *ble = fake_device(&(struct ble_options){ .callbacks = 2 });
	order[0] = 0;
	assert_int_equal(ble_add_callback(ble, BLE_EV_NONE, note, "*"), 0);
	assert_int_equal(ble_add_callback(ble, BLE_EV_MTU, note, "m"), 0);
	fake_event(&(struct ble_event){ .type = BLE_EV_CONNECTED, .conn = 1 });
	fake_event(&(struct ble_event){ .type = BLE_EV_MTU, .conn = 1 });
	assert_int_equal(ble_process(ble, 1), 0);
	assert_string_equal(order, "*m*"); /* the event's own first */
	assert_int_equal(ble_add_callback(ble, BLE_EV_NONE, NULL, NULL), 0);
	fake_event(&(struct ble_event){ .type = BLE_EV_CONNECTED, .conn = 1 });
	assert_int_equal(ble_process(ble, 2), 0);
	assert_string_equal(order, "*m*");
	order[0] = 0; /* taken away by the event's own function: not called any more */
	assert_int_equal(ble_add_callback(ble, BLE_EV_NONE, note, "*"), 0);
	assert_int_equal(ble_add_callback(ble, BLE_EV_MTU, take_away, "m"), 0);
	fake_event(&(struct ble_event){ .type = BLE_EV_MTU, .conn = 1 });
	assert_int_equal(ble_process(ble, 3), 0);
	assert_string_equal(order, "m");
	ble_end(ble);
}

/* An error is explained by what was said of it, and by nothing that was said of another. */
static void test_explaining(void **state)
{
	(void)state;
	char text[100];
	struct ble_fault fault = { .err = BLE_EURI, .subject = "driver", .max = -1, .text = "x:" };
	struct ble *ble = fake_device(NULL);
	assert_int_equal(ble_gap(ble, &(struct ble_gap_params){ .latency = 500 }), BLE_ERANGE);
	assert_string_equal(ble_explain(ble, BLE_ERANGE, text, sizeof text), "latency: 500 is outside 0..499");
	assert_string_equal(ble_explain(ble, BLE_EIO, text, sizeof text), "input/output error");
	assert_string_equal(ble_explain(ble, 0, text, sizeof text), "success");
	assert_string_equal(ble_explain(NULL, BLE_ERANGE, text, sizeof text), "out of range");
	assert_string_equal(ble_explain(ble, BLE_ERANGE, text, 8), "latency");
	assert_string_equal(ble_fault_explain(&fault, BLE_EURI, text, sizeof text), "driver: \"x:\": unknown driver");
	assert_string_equal(ble_fault_explain(&fault, BLE_ENOMEM, text, sizeof text), "out of memory, buffers or slots");
	assert_string_equal(ble_fault_explain(NULL, BLE_EURI, text, sizeof text), "unknown driver");
	fake.fault = (struct ble_fault){ .err = BLE_ERANGE, .subject = "interval_min_us", .value = 1, .min = 7500,
		.max = 4000000 }; /* a verb of the host, later */
	assert_string_equal(ble_explain(ble, BLE_ERANGE, text, sizeof text),
		"interval_min_us: 1 is outside 7500..4000000");
	assert_int_equal(ble_disconnect(ble, 7), BLE_ECONN);
	assert_string_equal(ble_explain(ble, BLE_ECONN, text, sizeof text), "peer: not connected");
	(void)ble_host(ble); /* a verb of the host that says BLE_ECONN says no more */
	assert_string_equal(ble_explain(ble, BLE_ECONN, text, sizeof text), "not connected");
	ble_end(ble);
}

static void test_btos(void **state)
{
	(void)state;
	char text[BLE_BTOS_SIZE];
	struct ble_addr addr = { .octets = { 0x5f, 0x4e, 0x3d, 0x2c, 0x1b, 0x0a } };
	assert_string_equal(ble_btos(&addr, text), "0A:1B:2C:3D:4E:5F");
}

static void test_advertising_follows(void **state)
{
	(void)state;
	struct ble_service service = { .uuid = 0x180F };
	struct ble *ble = fake_device(&(struct ble_options){ .name = "Glint" });
	assert_int_equal(ble_start_advertising(ble), 0);
	assert_int_equal(fake.part_count, 1);
	assert_ptr_equal(fake.parts[0], &ble_peripheral);
	assert_memory_equal(fake.adv_data, "\x02\x01\x06\x06\x09Glint", 10);
	assert_int_equal(fake.adv_len, 10);
	assert_int_equal(ble_add_service(ble, &service), 0);
	assert_int_equal(fake.adv_len, 14);
	assert_memory_equal(fake.adv_data + 10, "\x03\x03\x0f\x18", 4);
	assert_int_equal(ble_gap(ble, &(struct ble_gap_params){ .name = "Other", .appearance = 0x0340 }), 0);
	assert_memory_equal(fake.adv_data + 5, "Other\x03\x19\x40\x03", 9);
	assert_int_equal(ble_advertising(ble, &(struct ble_advertising_params){ .interval_us = 100000,
		.timeout_ms = BLE_FOREVER, .payload = "Hi", .payload_len = 2 }), 0);
	assert_int_equal(fake.adv.interval_min_us, 100000);
	assert_int_equal(fake.adv.timeout_ms, 0);
	assert_memory_equal(fake.adv_data + 3, "\x05\xff\xff\xffHi", 6);
	assert_memory_equal(fake.scan_rsp, "\x06\x09Other", 7);
	assert_int_equal(ble_gap(ble, &(struct ble_gap_params){ .name = "Third" }), 0); /* built again from the copy */
	assert_memory_equal(fake.adv_data + 3, "\x05\xff\xff\xffHi", 6);
	assert_memory_equal(fake.scan_rsp, "\x06\x09Third", 7);
	assert_int_equal(ble_stop_advertising(ble), 0);
	assert_int_equal(fake.adv_stops, 1);
	ble_end(ble);
}

static char words[200];

static void put_word(void *ctx, const struct ble_trace_rec *rec)
{
	(void)ctx;
	assert_int_equal(rec->kind, BLE_TRACE_WORD);
	assert_true(strlen(words) + rec->len + 2 < sizeof words);
	strncat(words, rec->data, rec->len);
	strcat(words, ";");
}

static void test_a_guess_is_traced(void **state)
{
	(void)state;
	static const struct ble_trace trace = { .put = put_word };
	struct ble *ble = fake_device(&(struct ble_options){ .trace = &trace });
	words[0] = 0;
#define ADV(...) assert_int_equal(ble_advertising(ble, &(struct ble_advertising_params){ __VA_ARGS__ }), 0)
	ADV(.payload = "\x02\x01\x06", .payload_len = 3, .scan_rsp = "Hi", .scan_rsp_len = 2);
	assert_string_equal(words, "payload: taken as AD structures;scan_rsp: taken as manufacturer data;");
	words[0] = 0;
	ADV(.payload = "Hi", .payload_len = 2, .raw = BLE_RAW_NO); /* nothing is guessed */
	ADV(.mode = BLE_ADV_CONN_UND);
	assert_string_equal(words, "");
	ble_end(ble);
}

static unsigned reports;

static void on_report(struct ble *ble, const struct ble_event *ev, void *ctx)
{
	(void)ble;
	(void)ev;
	(void)ctx;
	reports++;
}

static unsigned report(struct ble *ble, uint8_t kind, uint8_t addr_type, uint8_t addr, const char *data)
{
	reports = 0;
	fake.event_count = fake.event_at = 0;
	fake_event(&(struct ble_event){ .type = BLE_EV_REPORT,
		.report = { .kind = kind, .addr = { addr_type, { addr } }, .data = (const uint8_t *)data,
			.len = (uint8_t)strlen(data) } });
	assert_int_equal(ble_process(ble, 1), 0);
	return reports;
}

static void test_duplicates(void **state)
{
	(void)state;
	struct ble *ble = fake_device(&(struct ble_options){ .scan_cache = 3 });
	assert_int_equal(ble_add_callback(ble, BLE_EV_REPORT, on_report, NULL), 0);
	assert_int_equal(ble_start_scanning(ble, 1000), 0);
	assert_int_equal(fake.scan.duration_ms, 1000);
	assert_int_equal(report(ble, 0, 0, 1, "a"), 1);
	assert_int_equal(report(ble, 0, 0, 1, "a"), 0);
	assert_int_equal(report(ble, 0, 0, 1, "b"), 1); /* data */
	assert_int_equal(report(ble, 0, 1, 1, "a"), 1); /* address type */
	assert_int_equal(report(ble, 4, 0, 1, "a"), 1); /* kind; the cache is full: the first is forgotten */
	assert_int_equal(report(ble, 0, 0, 1, "a"), 1);
	assert_int_equal(report(ble, 4, 0, 1, "a"), 0);
	assert_int_equal(ble_start_scanning(ble, BLE_FOREVER), 0);
	assert_int_equal(fake.scan.duration_ms, 0);
	assert_int_equal(report(ble, 4, 0, 1, "a"), 1); /* since the start */
	assert_int_equal(ble_scanning(ble, &(struct ble_scanning_params){ .duplicates = true }), 0);
	assert_int_equal(ble_start_scanning(ble, BLE_FOREVER), 0);
	assert_int_equal(report(ble, 4, 0, 1, "a"), 1);
	assert_int_equal(report(ble, 4, 0, 1, "a"), 1);
	ble_end(ble);
}

static void test_filter(void **state)
{
	(void)state;
	static const struct {
		uint8_t filter, kinds; /* bits of enum ble_report_kind that come */
	} cases[] = { { 0, 0x1f }, { 1, 0x03 }, { 2, 0x05 }, { 4, 0x08 }, { 8, 0x10 }, { 5, 0x0b }, { 15, 0x1f } };
	struct ble *ble = fake_device(NULL);
	assert_int_equal(ble_add_callback(ble, BLE_EV_REPORT, on_report, NULL), 0);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_int_equal(ble_scanning(ble, &(struct ble_scanning_params){
			.filter = cases[i].filter, .duplicates = true }), 0);
		assert_int_equal(ble_start_scanning(ble, 0), 0);
		for (uint8_t kind = 0; kind < 5; kind++)
			assert_int_equal(report(ble, kind, 0, 1, "a"), cases[i].kinds >> kind & 1);
	}
	for (uint8_t addr = 0; addr < 3; addr++) {
		assert_int_equal(ble_scanning(ble, &(struct ble_scanning_params){ .addr = addr, .duplicates = true }), 0);
		assert_int_equal(ble_start_scanning(ble, 0), 0);
		for (uint8_t type = 0; type < 4; type++)
			assert_int_equal(report(ble, 0, type, 1, "a"), addr == 0 || (type & 1) == (addr == 2));
	}
	ble_end(ble);
}

static void test_scanning_is_as_it_was_at_its_start(void **state)
{
	(void)state;
	struct ble *ble = fake_device(NULL);
	assert_int_equal(ble_add_callback(ble, BLE_EV_REPORT, on_report, NULL), 0);
	assert_int_equal(ble_start_scanning(ble, 0), 0);
	assert_int_equal(ble_scanning(ble, &(struct ble_scanning_params){ .filter = BLE_SCAN_NONCONN,
		.addr = BLE_SCAN_ADDR_RANDOM_ONLY, .duplicates = true }), 0);
	assert_int_equal(report(ble, 0, 0, 1, "a"), 1);
	assert_int_equal(report(ble, 0, 0, 1, "a"), 0);
	assert_int_equal(ble_start_scanning(ble, 0), 0);
	assert_int_equal(report(ble, 0, 0, 1, "a"), 0);
	assert_int_equal(report(ble, 3, 1, 1, "a"), 1);
	assert_int_equal(report(ble, 3, 1, 1, "a"), 1);
	ble_end(ble);
}

static struct ble *preferring(void)
{
	struct ble *ble = fake_device(NULL);
	assert_int_equal(ble_gap(ble, &(struct ble_gap_params){ .interval_min_us = 400000 }), 0);
	fake.conn_count = 1;
	fake.info = (struct ble_conn_info){ .interval_us = 30000 };
	fake_event(&(struct ble_event){ .type = BLE_EV_CONNECTED, .conn = 1, .t_us = 1000000,
		.connected = { .role = BLE_ROLE_PERIPHERAL } });
	assert_int_equal(ble_process(ble, 1000000), 0);
	return ble;
}

static void at(struct ble *ble, uint64_t us, unsigned updates)
{
	assert_int_equal(ble_process(ble, us), 0);
	assert_int_equal(fake.updates, updates);
}

static void test_preferred_parameters_once(void **state)
{
	(void)state;
	struct ble *ble = preferring();
	assert_true(ble_next_due(ble) == 6000000);
	at(ble, 5999999, 0);
	at(ble, 6000000, 1);
	assert_int_equal(fake.update.interval_min_us, 400000);
	assert_int_equal(fake.update.interval_max_us, 650000);
	assert_int_equal(fake.update.supervision_ms, 4000);
	assert_true(ble_next_due(ble) == BLE_NEVER);
	at(ble, 20000000, 1);
	ble_end(ble);
}

static void test_preferred_parameters_wait_for_quiet(void **state)
{
	(void)state;
	struct ble *ble = preferring();
	fake.info.att_us = 5500000;
	at(ble, 6000000, 0);
	assert_true(ble_next_due(ble) == 6500000);
	fake.update_err = BLE_EBUSY;
	at(ble, 6500000, 1);
	fake.update_err = 0;
	at(ble, 7499999, 1);
	at(ble, 7500000, 2);
	at(ble, 20000000, 2);
	ble_end(ble);
}

/* Who holds back its peers makes the quiet itself. */
static void test_preferred_parameters_wait_while_peers_are_held_back(void **state)
{
	(void)state;
	struct ble *ble = preferring();
	fake.held = true;
	at(ble, 6000000, 0);
	assert_true(ble_next_due(ble) == 7000000);
	at(ble, 20000000, 0);
	fake.held = false;
	fake.info.att_us = 20500000; /* what had waited comes */
	at(ble, 21000000, 0);
	at(ble, 21500000, 1);
	ble_end(ble);
}

static void test_preferred_parameters_not_needed(void **state)
{
	(void)state;
	struct ble *ble = preferring();
	fake.info.interval_us = 500000;
	at(ble, 6000000, 0);
	ble_end(ble);
	ble = preferring();
	fake_event(&(struct ble_event){ .type = BLE_EV_DISCONNECTED, .conn = 1 });
	at(ble, 6000000, 0);
	assert_true(ble_next_due(ble) == BLE_NEVER);
	ble_end(ble);
	ble = fake_device(NULL); /* without ble_gap() nothing is preferred */
	fake_event(&(struct ble_event){ .type = BLE_EV_CONNECTED, .conn = 1,
		.connected = { .role = BLE_ROLE_PERIPHERAL } });
	at(ble, 6000000, 0);
	ble_end(ble);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_callbacks),
		cmocka_unit_test(test_a_function_for_every_event),
		cmocka_unit_test(test_explaining),
		cmocka_unit_test(test_btos),
		cmocka_unit_test(test_advertising_follows),
		cmocka_unit_test(test_a_guess_is_traced),
		cmocka_unit_test(test_duplicates),
		cmocka_unit_test(test_filter),
		cmocka_unit_test(test_scanning_is_as_it_was_at_its_start),
		cmocka_unit_test(test_preferred_parameters_once),
		cmocka_unit_test(test_preferred_parameters_wait_for_quiet),
		cmocka_unit_test(test_preferred_parameters_wait_while_peers_are_held_back),
		cmocka_unit_test(test_preferred_parameters_not_needed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
