/*
 * examples/c/sensor_log.c: it passes by who is no thermometer and who only says so, finds the real one, prints what is
 * indicated, and nothing else; survives a loss and an ended connection; Ctrl-C ends it, and its connection.
 */
#include "example_kit.h"

#include <signal.h>

#define main example_main
#include "examples/c/sensor_log.c"
#undef main

/* An advertiser by the module itself. */
struct neighbour {
	struct ble *ble;
	unsigned connected, confirmed, subscribed, disconnected;
	uint8_t reason;
};

static void count(struct ble *ble, const struct ble_event *ev, void *ctx)
{
	struct neighbour *n = ctx;
	(void)ble;
	n->connected += ev->type == BLE_EV_CONNECTED;
	n->confirmed += ev->type == BLE_EV_CONFIRMED && !ev->confirmed.err;
	n->subscribed += ev->type == BLE_EV_SUBSCRIBED && ev->subscribed.bits == 2;
	if (ev->type == BLE_EV_DISCONNECTED) {
		n->disconnected++;
		n->reason = ev->disconnected.reason;
	}
}

static void add(struct neighbour *n, struct ble_world *world, struct ble_service *service)
{
	static const uint8_t types[] = { BLE_EV_CONNECTED, BLE_EV_CONFIRMED, BLE_EV_SUBSCRIBED,
		BLE_EV_DISCONNECTED };
	memset(n, 0, sizeof *n);
	assert_int_equal(ble_world_open(world, &(struct ble_node_options){ .x_m = 3 }, &n->ble,
				 &(struct ble_options){ 0 }),
		0);
	for (unsigned i = 0; i < sizeof types; i++)
		assert_int_equal(ble_add_callback(n->ble, types[i], count, n), 0);
	assert_int_equal(ble_add_service(n->ble, service), 0);
	assert_int_equal(ble_advertising(n->ble,
				 &(struct ble_advertising_params){
					 .interval_us = 100000, .auto_restart = true }),
		0);
	assert_int_equal(ble_start(n->ble), 0);
	assert_int_equal(ble_start_advertising(n->ble), 0);
}

/* A Temperature Type and an Intermediate Temperature, notified, stand around the measurement. */
static struct ble_characteristic kind = { .uuid = 0x2A1D, .permission = BLE_READ, .size = 1 };
static struct ble_characteristic measured = {
	.uuid = 0x2A1C, .permission = BLE_INDICATE, .size = 13
};
static struct ble_characteristic between = { .uuid = 0x2A1E, .permission = BLE_NOTIFY, .size = 5 };
static struct ble_service real = { .uuid = 0x1809,
	.characteristics = BLE_LIST(&kind, &measured, &between) };
static struct ble_characteristic level = { .uuid = 0x2A19, .permission = BLE_READ, .size = 1 };
static struct ble_service battery = { .uuid = 0x180F, .characteristics = BLE_LIST(&level) };
static struct ble_service fake = { .uuid = 0x1809, .characteristics = BLE_LIST(&between) };

/* PHD Transcoding white paper 1.6, 2.2.1: 36.4 is 0xFF00016C; others by its definition. */
static const struct {
	uint8_t len, octets[13];
	const char *text;
} values[] = {
	{ 5, { 0, 0x6C, 0x01, 0x00, 0xFF }, "36.4 C\n" },
	{ 5, { 1, 0xDF, 0x26, 0x00, 0xFE }, "99.51 F\n" },
	{ 13, { 6, 0x2E, 0xFB, 0xFF, 0xFE, 0xEA, 7, 1, 2, 3, 4, 5, 2 },
		"-12.34 C\n" }, /* time stamp, type */
	{ 5, { 0, 0x04, 0x00, 0x00, 0x01 }, "40 C\n" },
	{ 5, { 0, 0xFF, 0xFF, 0x7F, 0x00 }, "no reading\n" },
	{ 2, { 0, 0x6C }, "no reading\n" },
};
enum { VALUES = sizeof values / sizeof values[0] };

struct scene {
	struct ble_world *world;
	struct neighbour thermometer, passer_by;
	unsigned at;     /* which step is next */
	uint64_t due_us; /* and not before then; 0: when it can be */
};

static void wait_ms(struct scene *s, uint32_t ms)
{
	s->due_us = ble_world_now(s->world) + ms * UINT64_C(1000);
	s->at++;
}

/* The story: asked after every step of the world. */
static bool play(void *ctx)
{
	struct scene *s = ctx;
	struct neighbour *t = &s->thermometer;
	if (ble_world_now(s->world) < s->due_us)
		return false;
	if (s->at < VALUES && t->subscribed == 1 && t->confirmed == s->at) {
		assert_int_equal(
			ble_notify(t->ble, &measured, 0, values[s->at].octets, values[s->at].len),
			0);
		ble_wake(t->ble);
		wait_ms(s, 300);
	} else if (s->at == VALUES && t->confirmed == VALUES) {
		ble_node_move(ble_world_node(t->ble), 1e6, 0); /* lost: 4 s of silence */
		wait_ms(s, 5000);
	} else if (s->at == VALUES + 1) {
		ble_node_move(ble_world_node(t->ble), 3, 0);
		wait_ms(s, 0);
	} else if (s->at == VALUES + 2 && t->subscribed == 2) {
		(void)ble_disconnect(t->ble, 0); /* it ends it by itself, and advertises again */
		ble_wake(t->ble);
		wait_ms(s, 0);
	} else if (s->at == VALUES + 3 && t->subscribed == 3) {
		assert_int_equal(ble_notify(t->ble, &measured, 0, values[0].octets, 5), 0);
		ble_wake(t->ble);
		wait_ms(s, 500);
	} else if (s->at == VALUES + 4) {
		raise(SIGINT);
		wait_ms(s, 0);
	}
	return false;
}

static void test_sensor_log(void **state)
{
	(void)state;
	struct scene s = { .world = ble_world_new(&(struct ble_world_options){ .seed = 12 }) };
	struct kit_output o;
	char expected[400] = "searching\nconnected\n";
	add(&s.thermometer, s.world, &real);
	add(&s.passer_by, s.world, &battery);
	kit_main(example_main,
		&(struct port_world){
			.world = s.world, .end_us = 60000000, .over = play, .ctx = &s },
		&o);
	signal(SIGINT, SIG_DFL);
	for (unsigned i = 0; i < VALUES; i++)
		strcat(expected, values[i].text);
	strcat(expected, "searching\nconnected\nsearching\nconnected\n36.4 C\n");
	assert_string_equal(o.out, expected);
	assert_string_equal(o.err, "");
	assert_int_equal(o.status, 0);
	assert_int_equal(s.at, VALUES + 5);
	assert_int_equal(s.passer_by.connected, 0);
	ble_world_run_until(s.world, ble_world_now(s.world) + 5000000);
	assert_int_equal(s.thermometer.connected, 3);
	assert_int_equal(s.thermometer.disconnected, 3);
	assert_int_equal(s.thermometer.reason, 0x13); /* Ctrl-C is a farewell */
	port_world_leave();
	ble_world_close(s.thermometer.ble);
	ble_world_close(s.passer_by.ble);
	ble_world_free(s.world);
}

static bool has_left_the_fake(void *ctx)
{
	return ((struct neighbour *)ctx)->disconnected > 0;
}

static void test_fake(void **state)
{
	(void)state;
	struct ble_world *world = ble_world_new(&(struct ble_world_options){ .seed = 13 });
	struct neighbour n;
	struct kit_output o;
	add(&n, world, &fake);
	stopped = 0;
	kit_main(example_main,
		&(struct port_world){
			.world = world, .end_us = 30000000, .over = has_left_the_fake, .ctx = &n },
		&o);
	signal(SIGINT, SIG_DFL);
	assert_int_equal(o.status, 1);
	assert_int_equal(n.reason, 0x13);
	assert_int_equal(n.subscribed, 0);
	assert_string_equal(o.out, "searching\nconnected\nnot a thermometer: no such thing\n");
	assert_string_equal(o.err, "sensor_log: closed\n");
	port_world_leave();
	ble_world_close(n.ble);
	ble_world_free(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_sensor_log),
		cmocka_unit_test(test_fake) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
