/*
 * Advertising and scanning by the module, on the air: directed advertising to one peer, time-outs, packets that change
 * while they are sent, the beginning and the end of a scan, and a central that comes back.
 */
#include "example_kit.h"

/* An observer, or a central: what its device was told. */
struct ear {
	struct ble *ble;
	unsigned reports, directed, started, stopped, connected, disconnected, errors;
	uint8_t data[31], len; /* of the last report */
	uint64_t stopped_us, first_us, last_us;
	struct ble_addr from;
	ble_conn_id conn;
};

static void on_event(struct ble *ble, const struct ble_event *ev, void *ctx)
{
	struct ear *e = ctx;
	(void)ble;
	if (ev->type == BLE_EV_REPORT) {
		e->reports++;
		e->directed += ev->report.kind == BLE_REPORT_CONN_DIR;
		e->from = ev->report.addr;
		e->len = ev->report.len;
		memcpy(e->data, ev->report.data, ev->report.len);
		e->first_us = e->first_us ? e->first_us : ev->t_us;
		e->last_us = ev->t_us;
	} else if (ev->type == BLE_EV_SCAN_STOPPED || ev->type == BLE_EV_ADV_STOPPED) {
		e->stopped++;
		e->stopped_us = ev->t_us;
	} else if (ev->type == BLE_EV_CONNECTED) {
		e->connected++;
		e->conn = ev->conn;
	}
	e->started += ev->type == BLE_EV_SCAN_STARTED || ev->type == BLE_EV_ADV_STARTED;
	e->disconnected += ev->type == BLE_EV_DISCONNECTED;
	e->errors += ev->type == BLE_EV_ERROR;
}

static void open_ear(struct ear *e, struct ble_world *world, double x_m)
{
	*e = (struct ear){ 0 };
	assert_int_equal(ble_world_open(world, &(struct ble_node_options){ .x_m = x_m }, &e->ble,
				 &(struct ble_options){ .name = "Ear", .parts = BLE_PARTS(&ble_central) }),
		0);
	assert_int_equal(ble_add_callback(e->ble, BLE_EV_NONE, on_event, e), 0);
	assert_int_equal(ble_start(e->ble), 0);
}

static uint64_t pass_ms(struct ble_world *world, uint32_t ms)
{
	ble_world_run_until(world, ble_world_now(world) + ms * UINT64_C(1000));
	return ble_world_now(world);
}

static struct ear one, two, three;

static struct ble_world *begin(unsigned ears)
{
	struct ble_world *world = ble_world_new(&(struct ble_world_options){ .seed = 6 });
	open_ear(&one, world, 0);
	open_ear(&two, world, 2);
	if (ears > 2)
		open_ear(&three, world, 4);
	pass_ms(world, 100);
	return world;
}

static void end(struct ble_world *world, unsigned ears)
{
	ble_world_close(one.ble);
	ble_world_close(two.ble);
	if (ears > 2)
		ble_world_close(three.ble);
	ble_world_free(world);
}

#define ADV(...) assert_int_equal(ble_advertising(one.ble, &(struct ble_advertising_params){ __VA_ARGS__ }), 0)
#define SCAN(ear, ...)                                                                                                 \
	assert_int_equal(ble_scanning((ear).ble, &(struct ble_scanning_params){ __VA_ARGS__ }), 0)

/* Who it is for hears it and may connect; others hear nothing of it, for they are not meant: Vol 6 Part B 4.3.3. */
static void test_directed(void **state)
{
	(void)state;
	struct ble_world *world = begin(3);
	struct ble_addr to;
	assert_int_equal(ble_host_address(ble_host(two.ble), &to), 0);
	ADV(.mode = BLE_ADV_CONN_DIR, .interval_us = 100000, .peer = to);
	assert_int_equal(ble_start_advertising(one.ble), 0);
	SCAN(two, .duplicates = true);
	SCAN(three, .duplicates = true);
	assert_int_equal(ble_start_scanning(two.ble, BLE_FOREVER), 0);
	assert_int_equal(ble_start_scanning(three.ble, BLE_FOREVER), 0);
	pass_ms(world, 3000);
	assert_in_range(two.directed, 25, 31); /* 100 ms and up to 10 ms at random */
	assert_int_equal(two.directed, two.reports);
	assert_int_equal(three.reports, 0);
	struct ble_addr from = two.from;
	assert_int_equal(ble_stop_scanning(two.ble), 0);
	assert_int_equal(ble_conn_create(ble_host(two.ble), &from, NULL), 0);
	assert_int_equal(ble_conn_create(ble_host(three.ble), &from, NULL), 0);
	pass_ms(world, 1000);
	assert_int_equal(two.connected, 1);
	assert_int_equal(one.connected, 1);
	assert_int_equal(three.connected, 0);
	assert_int_equal(ble_conn_cancel(ble_host(three.ble)), 0);
	end(world, 3);
}

/* High duty cycle: packets at most 3.75 ms apart, for 1.28 s: Vol 6 Part B 4.4.2.4.3. */
static void test_directed_at_high_duty(void **state)
{
	(void)state;
	struct ble_world *world = begin(2);
	struct ble_addr to;
	assert_int_equal(ble_host_address(ble_host(two.ble), &to), 0);
	SCAN(two, .duplicates = true);
	assert_int_equal(ble_start_scanning(two.ble, BLE_FOREVER), 0);
	ADV(.mode = BLE_ADV_CONN_DIR, .peer = to);
	uint64_t start = ble_world_now(world);
	assert_int_equal(ble_start_advertising(one.ble), 0);
	pass_ms(world, 3000);
	assert_int_equal(one.started, 1);
	assert_int_equal(one.stopped, 1);
	assert_in_range(one.stopped_us - start, 1270000, 1300000);
	assert_true(two.directed >= 2 * 127); /* windows of 10 ms, with two whole intervals each */
	end(world, 2);
}

static void test_advertising_timeout(void **state)
{
	(void)state;
	struct ble_world *world = begin(2);
	SCAN(two, .duplicates = true);
	assert_int_equal(ble_start_scanning(two.ble, BLE_FOREVER), 0);
	ADV(.interval_us = 50000, .timeout_ms = 2000);
	uint64_t start = ble_world_now(world);
	assert_int_equal(ble_start_advertising(one.ble), 0);
	pass_ms(world, 5000);
	assert_int_equal(one.stopped, 1);
	assert_in_range(one.stopped_us - start, 2000000, 2020000);
	assert_in_range(two.last_us - start, 1900000, 2020000);
	assert_int_equal(ble_stop_advertising(one.ble), 0); /* stopped already: nothing */
	assert_int_equal(ble_start_advertising(one.ble), 0);
	pass_ms(world, 100);
	assert_int_equal(ble_stop_advertising(one.ble), 0);
	pass_ms(world, 5000);
	assert_int_equal(one.started, 2);
	assert_int_equal(one.stopped, 2);
	assert_int_equal(one.errors, 0);
	end(world, 2);
}

static void test_data_changes_while_on(void **state)
{
	(void)state;
	struct ble_world *world = begin(2);
	SCAN(two, .duplicates = true);
	assert_int_equal(ble_start_scanning(two.ble, BLE_FOREVER), 0);
	for (uint8_t i = 0; i < 20; i++) {
		ADV(.interval_us = 50000, .payload = &i, .payload_len = 1, .raw = BLE_RAW_NO, .mode = BLE_ADV_UNCN_UND);
		if (i == 0)
			assert_int_equal(ble_start_advertising(one.ble), 0);
		pass_ms(world, 130);
		const uint8_t expected[] = { 2, 1, 4, 4, 0xff, 0xff, 0xff, i };
		assert_int_equal(two.len, sizeof expected);
		assert_memory_equal(two.data, expected, sizeof expected);
	}
	assert_int_equal(one.started, 1);
	assert_int_equal(one.stopped, 0);
	end(world, 2);
}

static void test_scan_lasts(void **state)
{
	(void)state;
	struct ble_world *world = begin(2);
	ADV(.interval_us = 20000);
	assert_int_equal(ble_start_advertising(one.ble), 0);
	uint64_t start = ble_world_now(world);
	assert_int_equal(ble_start_scanning(two.ble, 1500), 0);
	pass_ms(world, 4000);
	assert_int_equal(two.started, 1);
	assert_int_equal(two.stopped, 1);
	assert_in_range(two.stopped_us - start, 1500000, 1520000);
	assert_int_equal(two.reports, 1); /* each different one once */
	assert_int_equal(ble_stop_scanning(two.ble), 0);
	SCAN(two, .filter = BLE_SCAN_NONCONN);
	assert_int_equal(ble_start_scanning(two.ble, BLE_FOREVER), 0);
	pass_ms(world, 1000);
	assert_int_equal(two.reports, 1);
	SCAN(two, .active = true, .filter = BLE_SCAN_RSP);
	ADV(.interval_us = 20000, .payload = "Hello", .payload_len = 5); /* the name goes to the scan response */
	assert_int_equal(ble_start_scanning(two.ble, BLE_FOREVER), 0); /* restarts: no event of its own */
	pass_ms(world, 1000);
	assert_int_equal(two.reports, 2);
	assert_memory_equal(two.data, "\x04\x09"
				      "Ear",
		5);
	assert_int_equal(two.started, 2);
	assert_int_equal(ble_stop_scanning(two.ble), 0);
	pass_ms(world, 100);
	assert_int_equal(two.stopped, 2);
	end(world, 2);
}

static void test_auto_restart(void **state)
{
	(void)state;
	struct ble_world *world = begin(2);
	struct ble_addr address;
	assert_int_equal(ble_host_address(ble_host(one.ble), &address), 0);
	ADV(.interval_us = 50000, .auto_restart = true);
	assert_int_equal(ble_start_advertising(one.ble), 0);
	for (unsigned i = 1; i <= 3; i++) {
		assert_int_equal(ble_conn_create(ble_host(two.ble), &address, NULL), 0);
		pass_ms(world, 1000);
		assert_int_equal(one.connected, i);
		assert_int_equal(ble_disconnect(i == 2 ? one.ble : two.ble, 0), 0);
		pass_ms(world, 1000);
		assert_int_equal(one.disconnected, i);
		assert_int_equal(two.disconnected, i);
	}
	assert_int_equal(one.started, 4);
	assert_int_equal(one.stopped, 0); /* not when a connection ends it */
	end(world, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_directed),
		cmocka_unit_test(test_directed_at_high_duty),
		cmocka_unit_test(test_advertising_timeout),
		cmocka_unit_test(test_data_changes_while_on),
		cmocka_unit_test(test_scan_lasts),
		cmocka_unit_test(test_auto_restart),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
