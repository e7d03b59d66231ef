/*
 * The module on the air: who is in the accept list and who is not, as advertiser, scanner and initiator; how strongly a
 * peer is heard, how strongly we send; a value in the advertising packet that a central has asked for; and how long a
 * long write may be.
 */
#include "example_kit.h"

#include <ble/client.h>

struct dev {
	struct ble *ble;
	struct ble_addr addr, last;
	unsigned count[BLE_EV_COUNT];
	unsigned kinds[5]; /* reports by kind */
	unsigned others;   /* reports of somebody else than `only` */
	struct ble_addr only;
	uint8_t data[31], len;
	int8_t rssi_dbm;
	ble_conn_id conn;
};

static struct dev one, two, three;
static struct ble_world *world;

static bool same(const struct ble_addr *a, const struct ble_addr *b)
{
	return a->type == b->type && !memcmp(a->octets, b->octets, 6);
}

static void on_event(struct ble *ble, const struct ble_event *ev, void *ctx)
{
	struct dev *d = ctx;
	(void)ble;
	d->count[ev->type]++;
	if (ev->type == BLE_EV_REPORT) {
		d->kinds[ev->report.kind]++;
		d->others += !same(&ev->report.addr, &d->only);
		d->len = ev->report.len;
		memcpy(d->data, ev->report.data, ev->report.len);
	} else if (ev->type == BLE_EV_CONNECTED) {
		d->conn = ev->conn;
		d->last = ev->connected.peer;
	} else if (ev->type == BLE_EV_RSSI) {
		d->rssi_dbm = ev->rssi.dbm;
	}
}

static void pass_ms(uint32_t ms)
{
	ble_world_run_until(world, ble_world_now(world) + ms * UINT64_C(1000));
}

static void open_dev(struct dev *d, const char *name, double x_m)
{
	*d = (struct dev){ 0 };
	assert_int_equal(ble_world_open(world, &(struct ble_node_options){ .x_m = x_m }, &d->ble,
				 &(struct ble_options){ .name = name, .connections = 2,
					 .parts = BLE_PARTS(&ble_central, &ble_client, &ble_accept, &ble_levels) }),
		0);
	assert_int_equal(ble_add_callback(d->ble, BLE_EV_NONE, on_event, d), 0);
	assert_int_equal(ble_start(d->ble), 0);
}

static int setup(void **state)
{
	(void)state;
	world = ble_world_new(&(struct ble_world_options){ .seed = 12 });
	open_dev(&one, "One", 0);
	open_dev(&two, "Two", 2);
	open_dev(&three, "Three", 4);
	pass_ms(100);
	assert_int_equal(ble_host_address(ble_host(one.ble), &one.addr), 0);
	assert_int_equal(ble_host_address(ble_host(two.ble), &two.addr), 0);
	assert_int_equal(ble_host_address(ble_host(three.ble), &three.addr), 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	assert_int_equal(one.count[BLE_EV_ERROR] + two.count[BLE_EV_ERROR], 0);
	ble_world_close(one.ble);
	ble_world_close(two.ble);
	ble_world_close(three.ble);
	ble_world_free(world);
	return 0;
}

#define ADV(d, ...) assert_int_equal(ble_advertising((d).ble, &(struct ble_advertising_params){ __VA_ARGS__ }), 0)
#define SCAN(d, ...) assert_int_equal(ble_scanning((d).ble, &(struct ble_scanning_params){ __VA_ARGS__ }), 0)

static void only_those_in_the_list_may_scan_and_connect(void **state)
{
	(void)state;
	assert_int_equal(ble_accept_list(one.ble, &two.addr, 1), 0);
	ADV(one, .interval_us = 20000, .payload = "Hello", .payload_len = 5,
		.only = BLE_ADV_ONLY_SCANS | BLE_ADV_ONLY_CONNECTIONS);
	assert_int_equal(ble_start_advertising(one.ble), 0);
	SCAN(two, .active = true, .duplicates = true);
	SCAN(three, .active = true, .duplicates = true);
	assert_int_equal(ble_start_scanning(two.ble, 2000), 0);
	assert_int_equal(ble_start_scanning(three.ble, 2000), 0);
	pass_ms(3000);
	assert_true(two.kinds[BLE_REPORT_CONN_UND] && three.kinds[BLE_REPORT_CONN_UND]);
	assert_true(two.kinds[BLE_REPORT_SCAN_RSP] > 0);
	assert_int_equal(three.kinds[BLE_REPORT_SCAN_RSP], 0);
	assert_int_equal(ble_conn_create(ble_host(three.ble), &one.addr, NULL), 0);
	pass_ms(2000);
	assert_int_equal(one.count[BLE_EV_CONNECTED], 0);
	assert_int_equal(three.count[BLE_EV_DISCONNECTED], 1); /* it believed to be connected, and was not answered */
	/* Taken into the list while we advertise: nobody hears of a pause. */
	assert_int_equal(ble_accept_list(one.ble, &three.addr, 1), 0);
	assert_int_equal(ble_conn_create(ble_host(three.ble), &one.addr, NULL), 0);
	pass_ms(1000);
	assert_int_equal(one.count[BLE_EV_CONNECTED], 1);
	assert_true(same(&one.last, &three.addr));
	assert_int_equal(one.count[BLE_EV_ADV_STARTED], 1);
	assert_int_equal(one.count[BLE_EV_ADV_STOPPED], 0);
}

static void a_scanner_is_told_of_those_in_the_list(void **state)
{
	(void)state;
	ADV(two, .interval_us = 20000, .mode = BLE_ADV_UNCN_UND);
	ADV(three, .interval_us = 20000);
	assert_int_equal(ble_start_advertising(two.ble), 0);
	assert_int_equal(ble_start_advertising(three.ble), 0);
	one.only = three.addr;
	assert_int_equal(ble_accept_list(one.ble, &three.addr, 1), 0);
	SCAN(one, .duplicates = true, .filter = BLE_SCAN_ACCEPT_LIST);
	assert_int_equal(ble_start_scanning(one.ble, BLE_FOREVER), 0);
	pass_ms(1000);
	assert_true(one.count[BLE_EV_REPORT] > 10);
	assert_int_equal(one.others, 0);
	one.only = two.addr;
	one.count[BLE_EV_REPORT] = 0;
	assert_int_equal(ble_accept_list(one.ble, &two.addr, 1), 0);
	pass_ms(1000);
	assert_true(one.count[BLE_EV_REPORT] > 10);
	assert_int_equal(one.others, 0);
	assert_int_equal(one.count[BLE_EV_SCAN_STARTED], 1);
	assert_int_equal(one.count[BLE_EV_SCAN_STOPPED], 0);
	/* beside kinds: it is not connectable */
	SCAN(one, .duplicates = true, .filter = BLE_SCAN_ACCEPT_LIST | BLE_SCAN_CONNECTABLE);
	assert_int_equal(ble_start_scanning(one.ble, BLE_FOREVER), 0);
	pass_ms(20);
	one.count[BLE_EV_REPORT] = 0;
	pass_ms(1000);
	assert_int_equal(one.count[BLE_EV_REPORT], 0);
	/* and without it all are heard again */
	SCAN(one, .duplicates = true);
	assert_int_equal(ble_start_scanning(one.ble, BLE_FOREVER), 0);
	pass_ms(1000);
	assert_true(one.others > 10);
}

static void a_central_connects_to_whom_it_hears_of_the_list(void **state)
{
	(void)state;
	static struct ble_addr list[2];
	list[0] = three.addr;
	ADV(two, .interval_us = 20000);
	ADV(three, .interval_us = 20000);
	assert_int_equal(ble_start_advertising(two.ble), 0);
	assert_int_equal(ble_accept_list(one.ble, list, 1), 0);
	assert_int_equal(ble_conn_create_listed(ble_host(one.ble), NULL), 0);
	pass_ms(1000);
	assert_int_equal(one.count[BLE_EV_CONNECTED], 0);
	list[1] = two.addr; /* a longer list while it listens: it goes on with that */
	assert_int_equal(ble_accept_list(one.ble, list, 2), 0);
	pass_ms(1000);
	assert_int_equal(one.count[BLE_EV_CONNECTED], 1);
	assert_true(same(&one.last, &two.addr));
	assert_int_equal(ble_start_advertising(three.ble), 0);
	assert_int_equal(ble_conn_create_listed(ble_host(one.ble), NULL), 0);
	pass_ms(1000);
	assert_true(same(&one.last, &three.addr));
}

/* 40 dB at the first metre, 6 for each doubling: two metres between the two, and 0 dBm. */
static void a_peer_is_heard_as_strongly_as_it_is_near(void **state)
{
	struct ble_conn_info info;
	int8_t dbm;
	(void)state;
	assert_int_equal(one.count[BLE_EV_TX_POWER], 1);
	assert_int_equal(ble_tx_power(one.ble, &dbm), 0);
	assert_int_equal(dbm, 0);
	ADV(one, .interval_us = 20000, .tx_power = true);
	assert_int_equal(ble_start_advertising(one.ble), 0);
	assert_int_equal(ble_start_scanning(two.ble, 500), 0);
	pass_ms(600);
	const uint8_t packet[] = { 2, 1, 6, 4, 9, 'O', 'n', 'e', 2, 0x0a, 0 };
	assert_int_equal(two.len, sizeof packet);
	assert_memory_equal(two.data, packet, sizeof packet);
	assert_int_equal(ble_conn_create(ble_host(two.ble), &one.addr, NULL), 0);
	pass_ms(1000);
	assert_int_equal(ble_rssi(one.ble, one.conn), 0);
	pass_ms(100);
	assert_int_equal(one.rssi_dbm, -46);
	ble_node_move(ble_world_node(two.ble), 4, 0);
	pass_ms(500);
	assert_int_equal(ble_connection(one.ble, one.conn, &info), 0);
	assert_int_equal(info.rssi_dbm, -46); /* as it was asked */
	assert_int_equal(info.tx_phy, BLE_PHY_2M); /* both link layers have it, and have gone there */
	assert_int_equal(info.rx_phy, BLE_PHY_2M);
	assert_int_equal(ble_rssi(one.ble, one.conn), 0);
	pass_ms(100);
	assert_int_equal(ble_connection(one.ble, one.conn, &info), 0);
	assert_int_equal(info.rssi_dbm, -52);
	assert_int_equal(one.count[BLE_EV_RSSI], 2);
}

/* From the write of 0x2903 to a third device that reads the value out of the packet, without a connection. */
static void a_value_reaches_those_who_only_listen(void **state)
{
	static struct ble_characteristic level;
	static const struct ble_characteristic *const list[] = { &level, NULL };
	static struct ble_service battery;
	(void)state;
	level = (struct ble_characteristic){ .uuid = 0x2A19, .permission = BLE_READ | BLE_BROADCAST, .size = 1 };
	battery = (struct ble_service){ .uuid = 0x180F, .characteristics = list };
	assert_int_equal(ble_broadcasting(one.ble), 0);
	assert_int_equal(ble_add_service(one.ble, &battery), 0);
	ADV(one, .interval_us = 20000, .auto_restart = true);
	assert_int_equal(ble_start_advertising(one.ble), 0);
	assert_int_equal(ble_conn_create(ble_host(two.ble), &one.addr, NULL), 0);
	pass_ms(1000);
	assert_int_equal(ble_client_write(ble_host(two.ble), two.conn, level.handle + 1u, "\1\0", 2), 0);
	pass_ms(500);
	assert_int_equal(two.count[BLE_EV_DONE], 1);
	assert_int_equal(ble_disconnect(two.ble, 0), 0);
	pass_ms(500);
	assert_int_equal(ble_start_scanning(three.ble, BLE_FOREVER), 0);
	for (uint8_t percent = 100; percent > 90; percent--) {
		const uint8_t packet[] = { 2, 1, 6, 4, 9, 'O', 'n', 'e', 3, 3, 0x0f, 0x18, 4, 0x16, 0x0f, 0x18, percent };
		assert_int_equal(ble_set_number(one.ble, &level, percent), 0);
		pass_ms(200);
		assert_int_equal(three.len, sizeof packet);
		assert_memory_equal(three.data, packet, sizeof packet);
	}
}

static int done_err;

static void on_done(struct ble *ble, const struct ble_event *ev, void *ctx)
{
	(void)ble;
	(void)ctx;
	done_err = ev->done.err;
}

/* prepared_octets: a value and four octets beside it, rounded up to what memory is dealt in; then Prepare Queue Full. */
static void a_long_write_has_the_memory_of_the_options(void **state)
{
	enum { PREPARED = 44, DEALT = 16 };
	static struct ble_characteristic text;
	static const struct ble_characteristic *const list[] = { &text, NULL };
	static struct ble_service service;
	static const uint8_t octets[PREPARED + DEALT];
	static struct dev four;
	(void)state;
	text = (struct ble_characteristic){ .uuid = 0x2A3D, .permission = BLE_READ | BLE_WRITE, .size = 100 };
	service = (struct ble_service){ .uuid = 0x1234, .characteristics = list };
	assert_int_equal(ble_world_open(world, NULL, &four.ble,
				 &(struct ble_options){ .att_mtu = 23, .prepared_octets = PREPARED,
					 .parts = BLE_PARTS(&ble_prepared) }),
		0);
	assert_int_equal(ble_add_service(four.ble, &service), 0);
	assert_int_equal(ble_start(four.ble), 0);
	assert_int_equal(ble_start_advertising(four.ble), 0);
	assert_int_equal(ble_add_callback(two.ble, BLE_EV_DONE, on_done, NULL), 0);
	pass_ms(100);
	assert_int_equal(ble_host_address(ble_host(four.ble), &four.addr), 0);
	assert_int_equal(ble_conn_create(ble_host(two.ble), &four.addr, NULL), 0);
	pass_ms(1000);
	assert_int_equal(ble_client_write(ble_host(two.ble), two.conn, text.handle, octets, PREPARED - 4), 0);
	pass_ms(2000);
	assert_int_equal(two.count[BLE_EV_DONE], 1);
	assert_int_equal(done_err, 0);
	assert_int_equal(text.length, PREPARED - 4);
	assert_int_equal(ble_client_write(ble_host(two.ble), two.conn, text.handle, octets, PREPARED + DEALT), 0);
	pass_ms(2000);
	assert_int_equal(two.count[BLE_EV_DONE], 2);
	assert_int_equal(done_err, BLE_EATT(0x09));
	ble_world_close(four.ble);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(only_those_in_the_list_may_scan_and_connect, setup, teardown),
		cmocka_unit_test_setup_teardown(a_scanner_is_told_of_those_in_the_list, setup, teardown),
		cmocka_unit_test_setup_teardown(a_central_connects_to_whom_it_hears_of_the_list, setup, teardown),
		cmocka_unit_test_setup_teardown(a_peer_is_heard_as_strongly_as_it_is_near, setup, teardown),
		cmocka_unit_test_setup_teardown(a_value_reaches_those_who_only_listen, setup, teardown),
		cmocka_unit_test_setup_teardown(a_long_write_has_the_memory_of_the_options, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
