/*
 * Ten simulated minutes with ten per cent of all packets lost: 10,000 numbered writes from the central and 10,000
 * numbered indications from the peripheral arrive once each, in order.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

#include "pair_kit.h"

enum { NUMBERS = 10000, MINUTES = 10 };

static const struct ble_characteristic sink = { .uuid = 0x1525, .permission = BLE_WRITE, .size = 4 };
static const struct ble_characteristic source = { .uuid = 0x1526, .permission = BLE_INDICATE, .size = 4 };
static const struct ble_service service = { .uuid = 0x1523, .characteristics = BLE_LIST(&sink, &source) };

struct count {
	uint32_t sent, arrived;
	uint16_t handle;
	bool going;
};

static void number_put(uint8_t out[4], uint32_t n)
{
	for (int i = 0; i < 4; i++)
		out[i] = (uint8_t)(n >> 8 * i);
}

static uint32_t number_get(const uint8_t *in)
{
	return in[0] | (uint32_t)in[1] << 8 | (uint32_t)in[2] << 16 | (uint32_t)in[3] << 24;
}

static void arrives(struct count *c, const uint8_t *data, size_t len)
{
	assert_int_equal(len, 4);
	assert_int_equal(number_get(data), c->arrived);
	c->arrived++;
}

/* The central writes the next number when the last has been answered, and takes indications. */
static void write_next(struct pair_peer *p, struct count *c)
{
	uint8_t octets[4];
	if (!c->going || c->sent == NUMBERS)
		return;
	number_put(octets, c->sent);
	int err = ble_client_write(p->host, p->conn, c->handle, octets, sizeof octets);
	assert_true(err == 0 || err == BLE_EBUSY);
	c->sent += err == 0;
}

static void on_central(struct pair_peer *p, const struct ble_event *ev)
{
	struct count *c = p->ctx;
	if (!c || !c->going)
		return;
	if (ev->type == BLE_EV_NOTIFIED)
		arrives(c, ev->value.data, ev->value.len);
	if (ev->type == BLE_EV_DONE)
		assert_int_equal(ev->done.err, 0);
	if (ev->type == BLE_EV_DONE || ev->type == BLE_EV_SENT)
		write_next(p, c);
}

static void indicate_next(struct pair_peer *p, struct count *c)
{
	uint8_t octets[4];
	if (!c->going || c->sent == NUMBERS)
		return;
	number_put(octets, c->sent);
	int err = ble_server_notify(p->host, p->conn, c->handle, octets, sizeof octets);
	assert_true(err == 0 || err == BLE_EBUSY);
	c->sent += err == 0;
}

static void on_peripheral(struct pair_peer *p, const struct ble_event *ev)
{
	struct count *c = p->ctx;
	if (!c || !c->going)
		return;
	if (ev->type == BLE_EV_DISCONNECTED)
		fail_msg("disconnected: 0x%02x", ev->disconnected.reason);
	if (ev->type == BLE_EV_WRITTEN)
		arrives(c, ev->written.data, ev->written.len);
	if (ev->type == BLE_EV_CONFIRMED)
		assert_int_equal(ev->confirmed.err, 0);
	if (ev->type == BLE_EV_CONFIRMED || ev->type == BLE_EV_SENT)
		indicate_next(p, c);
}

static bool all_arrived(void *ctx)
{
	struct count *const *both = ctx;
	return both[0]->arrived == NUMBERS && both[1]->arrived == NUMBERS;
}

static void test_once_each_in_order(void **state)
{
	(void)state;
	static struct pair_peer central, peripheral;
	struct count writes = { 0 }, indications = { 0 };
	struct ble_world *w = ble_world_new(&(struct ble_world_options){ .seed = 10, .loss_ppm = 100000 });
	pair_add(&peripheral, w, &(struct ble_node_options){ .drift_ppm = 40 }, NULL);
	pair_add(&central, w, &(struct ble_node_options){ .drift_ppm = -40, .x_m = 3 }, NULL);
	assert_int_equal(ble_server_add(peripheral.host, &service, NULL), 0);
	assert_int_equal(ble_adv_set(peripheral.host, &(struct ble_adv_params){ 0 }), 0);
	assert_int_equal(ble_adv_start(peripheral.host), 0);
	pair_expect(&peripheral, BLE_EV_ADV_STARTED, 1000);
	pair_connect(&central, &peripheral,
		&(struct ble_conn_params){ .interval_min_us = 7500, .interval_max_us = 7500 });
	uint16_t source_handle = ble_server_handle(peripheral.host, &source);
	assert_int_equal(
		ble_client_write(central.host, central.conn, (uint16_t)(source_handle + 1), (uint8_t[]){ 2, 0 }, 2),
		0);
	pair_expect(&central, BLE_EV_DONE, 10000);
	central.hook = on_central;
	central.ctx = &writes;
	peripheral.hook = on_peripheral;
	peripheral.ctx = &indications;
	/* What arrives at one side is counted there: writes.arrived counts indications, and the other way round. */
	writes.handle = ble_server_handle(peripheral.host, &sink);
	indications.handle = source_handle;
	writes.going = indications.going = true;
	uint64_t begin = ble_world_now(w);
	write_next(&central, &writes);
	indicate_next(&peripheral, &indications);
	ble_node_wake(central.node);
	ble_node_wake(peripheral.node);
	struct count *both[] = { &writes, &indications };
	ble_world_run_while(w, begin + MINUTES * UINT64_C(60000000), all_arrived, both);
	central.hook = peripheral.hook = NULL;
	assert_int_equal(writes.arrived, NUMBERS);
	assert_int_equal(indications.arrived, NUMBERS);
	assert_int_equal(ble_conn_disconnect(central.host, central.conn, 0), 0);
	pair_expect(&central, BLE_EV_DISCONNECTED, 10000);
	if (!peripheral.count[BLE_EV_DISCONNECTED])
		pair_expect(&peripheral, BLE_EV_DISCONNECTED, 10000);
	pair_free(&central);
	pair_free(&peripheral);
	ble_world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_once_each_in_order) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
