/*
 * Devices of the module in a world: ble_world_open() and nothing more, ble_close() as a farewell, ble_wake(), faults of
 * opening, and what a program can be asked and told: values that are judged, computed, answered late or never.
 */
#include "example_kit.h"

struct central {
	struct ble *ble;
	ble_conn_id conn;
	unsigned notified, done, values, disconnected;
	int err; /* of the last procedure */
	uint8_t data[64], reason;
	uint16_t len;
	uint64_t done_us;
};

static void on_event(struct ble *ble, const struct ble_event *ev, void *ctx)
{
	struct central *c = ctx;
	if (ev->type == BLE_EV_REPORT && !c->conn && ble_ad_offers(ev->report.data, ev->report.len, 0x1234)) {
		assert_int_equal(ble_stop_scanning(ble), 0);
		assert_int_equal(ble_conn_create(ble_host(ble), &ev->report.addr, NULL), 0);
	} else if (ev->type == BLE_EV_CONNECTED) {
		c->conn = ev->conn;
	} else if (ev->type == BLE_EV_VALUE || ev->type == BLE_EV_NOTIFIED) {
		assert_true(ev->value.len <= sizeof c->data);
		memcpy(c->data, ev->value.data, ev->value.len);
		c->len = ev->value.len;
		c->notified += ev->type == BLE_EV_NOTIFIED;
		c->values += ev->type == BLE_EV_VALUE;
	} else if (ev->type == BLE_EV_DONE) {
		c->done++;
		c->err = ev->done.err;
		c->done_us = ev->t_us;
	} else if (ev->type == BLE_EV_DISCONNECTED) {
		c->disconnected++;
		c->reason = ev->disconnected.reason;
	}
}

static void open_central(struct central *c, struct ble_world *world, double x_m)
{
	*c = (struct central){ 0 };
	assert_int_equal(ble_world_open(world, &(struct ble_node_options){ .x_m = x_m }, &c->ble,
				 &(struct ble_options){ .parts = BLE_PARTS(&ble_central, &ble_client) }),
		0);
	assert_int_equal(ble_add_callback(c->ble, BLE_EV_NONE, on_event, c), 0);
	assert_int_equal(ble_start(c->ble), 0);
	assert_int_equal(ble_start_scanning(c->ble, BLE_FOREVER), 0);
}

static struct ble_characteristic value, told;
static const struct ble_characteristic *const list[] = { &value, &told, NULL };
static struct ble_service service = { .uuid = 0x1234, .characteristics = list };

/* One that advertises `service`, its value as described, and a second one that notifies and indicates. */
static struct ble *open_peripheral(struct ble_world *world, const struct ble_characteristic *ch)
{
	struct ble *ble;
	value = *ch;
	value.uuid = 0x2A19;
	value.size = 8;
	value.permission = BLE_READ | BLE_WRITE | BLE_WRITE_WO;
	told = (struct ble_characteristic){ .uuid = 0x2A1C, .size = 8, .permission = BLE_NOTIFY | BLE_INDICATE };
	assert_int_equal(ble_world_open(world, NULL, &ble, &(struct ble_options){ .connections = 2 }), 0);
	assert_int_equal(ble_add_service(ble, &service), 0);
	assert_int_equal(ble_start(ble), 0);
	assert_int_equal(ble_start_advertising(ble), 0);
	return ble;
}

static void pass_ms(struct ble_world *world, uint32_t ms)
{
	ble_world_run_until(world, ble_world_now(world) + ms * UINT64_C(1000));
}

/* The scene of most tests: both connected. */
static struct ble_world *begin(struct ble **peripheral, struct central *c, const struct ble_characteristic *ch)
{
	struct ble_world *world = ble_world_new(&(struct ble_world_options){ .seed = 5 });
	*peripheral = open_peripheral(world, ch);
	open_central(c, world, 2);
	pass_ms(world, 2000);
	assert_true(c->conn != 0);
	return world;
}

static void end(struct ble_world *world, struct ble *peripheral, struct central *c)
{
	ble_world_close(peripheral);
	ble_world_close(c->ble);
	ble_world_free(world);
}

static void test_no_wake_is_forgotten(void **state)
{
	(void)state;
	struct ble *peripheral;
	struct central c;
	struct ble_world *world = begin(&peripheral, &c, &(struct ble_characteristic){ 0 });
	assert_int_equal(ble_client_subscribe(ble_host(c.ble), c.conn, told.handle, 0, 1), 0);
	pass_ms(world, 1000);
	assert_int_equal(c.done, 1);
	assert_int_equal(c.err, 0);
	for (unsigned i = 1; i <= 5; i++) { /* called from outside, between two runs of the world */
		assert_int_equal(ble_set_number(peripheral, &told, i), 0);
		pass_ms(world, 200);
		assert_int_equal(c.notified, i);
		assert_int_equal(c.data[0], i);
	}
	assert_int_equal(ble_notify(peripheral, &told, 0, "to all", 6), 0);
	pass_ms(world, 200);
	assert_memory_equal(c.data, "to all", 6);
	end(world, peripheral, &c);
}

static void test_closing_is_a_farewell(void **state)
{
	(void)state;
	struct ble *peripheral;
	struct central c;
	struct ble_world *world = begin(&peripheral, &c, &(struct ble_characteristic){ 0 });
	uint64_t before = ble_world_now(world);
	ble_world_close(peripheral);
	assert_true(ble_world_now(world) - before < 500000); /* as long as it takes, not longer */
	pass_ms(world, 1000);
	assert_int_equal(c.disconnected, 1);
	assert_int_equal(c.reason, 0x13);
	ble_world_close(c.ble);
	ble_world_close(NULL);
	ble_world_free(world);
}

static void test_the_port_says_farewell(void **state)
{
	(void)state;
	struct ble_world *world = ble_world_new(NULL);
	struct central c;
	struct ble *ble;
	value = told = (struct ble_characteristic){ .permission = BLE_READ, .size = 1 };
	port_world_enter(&(struct port_world){ .world = world, .end_us = 3000000 });
	assert_int_equal(ble_open(&ble, &(struct ble_options){ 0 }), 0);
	assert_int_equal(ble_add_service(ble, &service), 0);
	assert_int_equal(ble_start(ble), 0);
	assert_int_equal(ble_start_advertising(ble), 0);
	open_central(&c, world, 2);
	assert_int_equal(ble_run(ble, BLE_FOREVER), BLE_ECLOSED);
	assert_true(c.conn != 0);
	ble_close(ble);
	pass_ms(world, 1000);
	assert_int_equal(c.reason, 0x13);
	ble_world_close(c.ble);
	port_world_leave();
	ble_world_free(world);
}

static void refused(const struct ble_options *options, int err, const char *why)
{
	struct ble_options o = *options;
	struct ble_fault fault;
	struct ble *ble;
	char text[200];
	o.fault = &fault;
	assert_int_equal(ble_open(&ble, &o), err);
	assert_null(ble);
	assert_string_equal(ble_fault_explain(&fault, err, text, sizeof text), why);
}

static void test_open_fills_the_fault(void **state)
{
	(void)state;
	struct ble_world *world = ble_world_new(NULL);
	refused(&(struct ble_options){ 0 }, BLE_ECLOSED, "world: the program has entered none: port_world_enter()");
	port_world_enter(&(struct port_world){ .world = world, .node = { .sca_ppm = 501 } });
	refused(&(struct ble_options){ 0 }, BLE_ENOMEM, "node: its options are out of range, or there is no memory");
	port_world_enter(&(struct port_world){ .world = world });
	refused(&(struct ble_options){ .connections = 251 }, BLE_ERANGE, "connections: 251 is outside 1..250");
	refused(&(struct ble_options){ .name = "" }, BLE_EINVAL, "name: octets: 0 is outside 1..248");
	port_world_leave();
	ble_world_free(world);
}

/* What the host below refuses is explained like what the module does. */
static void test_refusals_of_the_host(void **state)
{
	(void)state;
	struct ble *p;
	struct central c;
	char text[200];
	struct ble_addr somebody = { .octets = { 1 } };
	struct ble_world *world = begin(&p, &c, &(struct ble_characteristic){ 0 });
	int err = ble_conn_update(ble_host(c.ble), c.conn, &(struct ble_conn_params){ .interval_min_us = 1 });
	assert_int_equal(err, BLE_ERANGE);
	assert_string_equal(ble_explain(c.ble, err, text, sizeof text), "interval_min_us: 1 is outside 7500..4000000");
	err = ble_conn_create(ble_host(p), &somebody, NULL);
	assert_int_equal(err, BLE_ENOTSUP);
	assert_non_null(strstr(ble_explain(p, err, text, sizeof text), "ble_central"));
	err = ble_client_read(ble_host(c.ble), c.conn + 1, 3);
	assert_int_equal(err, BLE_ECONN);
	assert_string_equal(ble_explain(c.ble, err, text, sizeof text), "not connected");
	end(world, p, &c);
}

static struct ble *to_wake;
static uint64_t wake_at_us;

static bool wakes(void *ctx)
{
	struct ble_world *world = ctx;
	if (wake_at_us && ble_world_now(world) >= wake_at_us) {
		wake_at_us = 0;
		ble_wake(to_wake);
	}
	return false;
}

static void test_wake_ends_run(void **state)
{
	(void)state;
	struct ble_world *world = ble_world_new(NULL);
	port_world_enter(&(struct port_world){ .world = world, .end_us = 20000000, .over = wakes, .ctx = world });
	assert_int_equal(ble_open(&to_wake, &(struct ble_options){ 0 }), 0);
	assert_int_equal(ble_start(to_wake), 0);
	assert_int_equal(ble_start_advertising(to_wake), 0);
	wake_at_us = 5000000;
	assert_int_equal(ble_run(to_wake, BLE_FOREVER), 0);
	assert_in_range(ble_world_now(world), 5000000, 5200000);
	assert_int_equal(ble_run(to_wake, 1000), 0); /* once */
	assert_in_range(ble_world_now(world), 6000000, 6200000);
	ble_wake(to_wake); /* before: not lost */
	assert_int_equal(ble_run(to_wake, BLE_FOREVER), 0);
	assert_in_range(ble_world_now(world), 6000000, 6200000);
	port_world_leave();
	ble_world_free(world);
}

static int answer; /* what on_check and on_read return */
static uint32_t token;

static int on_check(struct ble *ble, struct ble_characteristic *ch, const struct ble_write *write, void *ctx)
{
	(void)ble, (void)ch, (void)ctx;
	token = write->token;
	return answer;
}

static int on_read(struct ble *ble, struct ble_characteristic *ch, struct ble_read *read, void *ctx)
{
	(void)ble, (void)ch, (void)ctx;
	token = read->token;
	return answer;
}

/* What the central gets for a write, this long after it was sent. */
static int write_result(struct ble_world *world, struct central *c, const char *text, uint32_t ms)
{
	unsigned before = c->done;
	assert_int_equal(ble_client_write(ble_host(c->ble), c->conn, value.handle, text, strlen(text)), 0);
	pass_ms(world, ms);
	return c->done > before ? c->err : 1;
}

static void test_writes_are_judged(void **state)
{
	(void)state;
	struct ble *p;
	struct central c;
	struct ble_world *world = begin(&p, &c, &(struct ble_characteristic){ .on_check = on_check });
	answer = 0;
	assert_int_equal(write_result(world, &c, "good", 1000), 0);
	assert_memory_equal(value.value, "good", 4);
	answer = BLE_EATT(0x80);
	assert_int_equal(write_result(world, &c, "evil", 1000), BLE_EATT(0x80));
	assert_memory_equal(value.value, "good", 4);
	assert_int_equal(ble_client_write_command(ble_host(c.ble), c.conn, value.handle, "evil", 4), 0);
	pass_ms(world, 500);
	assert_int_equal(token, 0);
	assert_memory_equal(value.value, "good", 4);
	answer = BLE_EPENDING;
	assert_int_equal(write_result(world, &c, "late", 10000), 1); /* waits */
	assert_memory_equal(value.value, "good", 4);
	assert_int_equal(ble_set_value(p, &value, "late", 4), 0);
	assert_int_equal(ble_answer(p, token, 0, NULL, 0), 0);
	pass_ms(world, 500);
	assert_int_equal(c.err, 0);
	assert_int_equal(ble_answer(p, token, 0, NULL, 0), BLE_ENOENT);
	assert_int_equal(write_result(world, &c, "no", 5000), 1);
	assert_int_equal(ble_answer(p, token, BLE_EATT(0x08), NULL, 0), 0);
	pass_ms(world, 500);
	assert_int_equal(c.err, BLE_EATT(0x08));
	end(world, p, &c);
}

static void test_reads_are_answered_late_or_given_up(void **state)
{
	(void)state;
	struct ble *p;
	struct central c;
	struct ble_world *world = begin(&p, &c, &(struct ble_characteristic){ .on_read = on_read });
	answer = BLE_EPENDING;
	assert_int_equal(ble_client_read(ble_host(c.ble), c.conn, value.handle), 0);
	pass_ms(world, 20000);
	assert_int_equal(c.done, 0);
	assert_int_equal(ble_answer(p, token, 0, "at last", 7), 0);
	pass_ms(world, 500);
	assert_int_equal(c.done, 1);
	assert_int_equal(c.len, 7);
	assert_memory_equal(c.data, "at last", 7);
	uint64_t asked = ble_world_now(world);
	assert_int_equal(ble_client_read(ble_host(c.ble), c.conn, value.handle), 0);
	pass_ms(world, 29000);
	assert_int_equal(c.done, 2);
	assert_int_equal(c.err, BLE_EATT(0x0E)); /* Unlikely Error, before the client's 30 s */
	assert_in_range(c.done_us - asked, 25000000, 26000000);
	assert_int_equal(ble_answer(p, token, 0, "too late", 8), BLE_ENOENT);
	answer = BLE_EATT(0x81);
	assert_int_equal(ble_client_read(ble_host(c.ble), c.conn, value.handle), 0);
	pass_ms(world, 500);
	assert_int_equal(c.err, BLE_EATT(0x81));
	end(world, p, &c);
}

static unsigned judged, stored;
static uint16_t stored_len;

static int judge(struct ble *ble, struct ble_characteristic *ch, const struct ble_write *write, void *ctx)
{
	(void)ble, (void)ch, (void)ctx;
	judged++;
	return write->data[0] == 'x' ? BLE_EATT(0x80) : 0;
}

static void store(struct ble *ble, struct ble_characteristic *ch, const struct ble_write *write, void *ctx)
{
	(void)ble, (void)ch, (void)ctx;
	stored++;
	stored_len = write->len;
}

/* A long write is judged, stored and told once, whole; without ble_prepared there is none. */
static void test_long_writes(void **state)
{
	(void)state;
	static uint8_t text[400];
	struct ble_characteristic note = { .uuid = 0x2A3D, .size = 400, .permission = BLE_READ | BLE_WRITE,
		.on_check = judge, .on_write = store };
	const struct ble_characteristic *const notes[] = { &note, NULL };
	struct ble_service s = { .uuid = 0x1234, .characteristics = notes };
	for (unsigned with = 0; with < 2; with++) {
		struct ble_world *world = ble_world_new(&(struct ble_world_options){ .seed = 5 });
		struct ble *p;
		struct central c;
		struct ble_options o = { .parts = with ? BLE_PARTS(&ble_prepared) : NULL };
		judged = stored = 0;
		memset(text, 'a', sizeof text);
		assert_int_equal(ble_world_open(world, NULL, &p, &o), 0);
		assert_int_equal(ble_add_service(p, &s), 0);
		assert_int_equal(ble_start(p), 0);
		assert_int_equal(ble_start_advertising(p), 0);
		open_central(&c, world, 2);
		pass_ms(world, 2000);
		assert_int_equal(ble_client_write(ble_host(c.ble), c.conn, note.handle, text, sizeof text), 0);
		pass_ms(world, 10000);
		assert_int_equal(c.done, 1);
		assert_int_equal(c.err, with ? 0 : BLE_EATT(0x06)); /* Request Not Supported */
		assert_int_equal(judged, with);
		assert_int_equal(stored, with);
		if (with) {
			assert_int_equal(stored_len, sizeof text);
			assert_memory_equal(note.value, text, sizeof text);
			text[0] = 'x';
			assert_int_equal(ble_client_write(ble_host(c.ble), c.conn, note.handle, text, sizeof text), 0);
			pass_ms(world, 10000);
			assert_int_equal(c.err, BLE_EATT(0x80));
			assert_int_equal(judged, 2);
			assert_int_equal(*(uint8_t *)note.value, 'a');
		}
		end(world, p, &c);
	}
}

static struct {
	ble_conn_id conn[4];
	unsigned count, confirmed;
	uint16_t handle;
} seen;

static void on_peer(struct ble *ble, const struct ble_event *ev, void *ctx)
{
	(void)ble, (void)ctx;
	if (ev->type == BLE_EV_SUBSCRIBED && seen.count < 4)
		seen.conn[seen.count++] = ev->conn;
	if (ev->type == BLE_EV_CONFIRMED) {
		seen.confirmed++;
		seen.handle = ev->confirmed.handle;
	}
}

/* Two centrals: one is told by notifications, one by indications, and each by itself. */
static void test_two_centrals(void **state)
{
	(void)state;
	struct ble *p;
	struct central a, b;
	struct ble_conn_info info;
	struct ble_host_stats stats;
	memset(&seen, 0, sizeof seen);
	struct ble_world *world = begin(&p, &a, &(struct ble_characteristic){ 0 });
	assert_int_equal(ble_add_callback(p, BLE_EV_NONE, on_peer, NULL), 0);
	assert_int_equal(ble_start_advertising(p), 0); /* there is room for one more */
	open_central(&b, world, 4);
	pass_ms(world, 2000);
	assert_int_equal(ble_client_subscribe(ble_host(a.ble), a.conn, told.handle, 0, 1), 0);
	pass_ms(world, 1000);
	assert_int_equal(ble_client_subscribe(ble_host(b.ble), b.conn, told.handle, 0, 2), 0);
	pass_ms(world, 1000);
	assert_int_equal(seen.count, 2);
	assert_int_equal(ble_notify(p, &told, seen.conn[0], "A", 1), 0);
	pass_ms(world, 500);
	assert_int_equal(a.data[0], 'A');
	assert_int_equal(b.notified, 0);
	assert_int_equal(ble_notify(p, &told, seen.conn[1], "B", 1), 0);
	assert_int_equal(ble_notify(p, &told, seen.conn[1], "B", 1), BLE_EBUSY); /* one at a time */
	pass_ms(world, 500);
	assert_int_equal(b.data[0], 'B');
	assert_int_equal(a.data[0], 'A');
	assert_int_equal(seen.confirmed, 1);
	assert_int_equal(seen.handle, told.handle);
	assert_int_equal(ble_connection(p, seen.conn[1], &info), 0);
	assert_int_equal(info.role, BLE_ROLE_PERIPHERAL);
	assert_true(info.interval_us >= 30000 && info.interval_us <= 50000); /* the central's default */
	ble_stats(p, &stats);
	assert_true(stats.packets_out > 0);
	assert_int_equal(ble_disconnect(p, seen.conn[0]), 0);
	pass_ms(world, 5000);
	assert_int_equal(a.disconnected, 1);
	assert_int_equal(b.disconnected, 0);
	assert_int_equal(ble_connection(p, seen.conn[0], &info), BLE_ECONN);
	ble_world_close(b.ble);
	end(world, p, &a);
}

/* Who has subscribed to Service Changed confirms it; the program has sent nothing, and is told nothing. */
static void test_service_changed_is_not_told(void **state)
{
	(void)state;
	static struct ble_service late = { .uuid = 0x1235 };
	struct ble *p;
	struct central c;
	memset(&seen, 0, sizeof seen);
	struct ble_world *world = begin(&p, &c, &(struct ble_characteristic){ 0 });
	uint16_t changed = 1;
	while (ble_server_subscribed(ble_host(p), ble_conn_next(ble_host(p), 0), changed) < 0)
		changed++;
	assert_true(changed < value.handle); /* the GATT service's own */
	assert_int_equal(ble_client_subscribe(ble_host(c.ble), c.conn, changed, 0, 2), 0);
	pass_ms(world, 1000);
	assert_int_equal(ble_add_callback(p, BLE_EV_NONE, on_peer, NULL), 0);
	assert_int_equal(ble_add_service(p, &late), 0);
	pass_ms(world, 1000);
	assert_int_equal(c.err, 0);
	assert_int_equal(c.notified, 1);
	assert_int_equal(seen.confirmed, 0);
	assert_int_equal(ble_remove_service(p, &late), 0);
	end(world, p, &c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_wake_is_forgotten),
		cmocka_unit_test(test_closing_is_a_farewell),
		cmocka_unit_test(test_the_port_says_farewell),
		cmocka_unit_test(test_open_fills_the_fault),
		cmocka_unit_test(test_refusals_of_the_host),
		cmocka_unit_test(test_wake_ends_run),
		cmocka_unit_test(test_writes_are_judged),
		cmocka_unit_test(test_reads_are_answered_late_or_given_up),
		cmocka_unit_test(test_long_writes),
		cmocka_unit_test(test_two_centrals),
		cmocka_unit_test(test_service_changed_is_not_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
