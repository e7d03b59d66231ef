/*
 * Four centrals subscribed to one peripheral for a simulated hour, with five per cent of all packets lost. The
 * peripheral notifies each of them as fast as it is let, numbered by connection: nothing is lost or twice, and none of
 * the four has more than a tenth above or below its fair share.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

#include "pair_kit.h"

enum { CENTRALS = 4, HOUR_S = 3600, LOSS_PPM = 50000, VALUE = 3, CCCD = 4 };

static const struct ble_characteristic source = { .uuid = 0x1526, .permission = BLE_NOTIFY, .size = 4 };
static const struct ble_service service = { .uuid = 0x1523, .characteristics = BLE_LIST(&source) };

static struct stream {
	ble_conn_id conn; /* the peripheral's */
	uint32_t sent, arrived;
	bool subscribed;
} streams[CENTRALS];

static void number_put(uint8_t out[4], uint32_t n)
{
	for (int i = 0; i < 4; i++)
		out[i] = (uint8_t)(n >> 8 * i);
}

static struct stream *stream_of(ble_conn_id conn)
{
	for (int i = 0; i < CENTRALS; i++)
		if (streams[i].conn == conn)
			return &streams[i];
	return NULL;
}

/* As much as there is room for, until this connection is refused; BLE_EV_SENT says when to go on. */
static void fill(struct pair_peer *p, struct stream *s)
{
	uint8_t octets[4];
	int err = 0;
	while (!err) {
		number_put(octets, s->sent);
		err = ble_server_notify(p->host, s->conn, VALUE, octets, sizeof octets);
		assert_true(err == 0 || err == BLE_EBUSY);
		s->sent += err == 0;
	}
}

static void on_peripheral(struct pair_peer *p, const struct ble_event *ev)
{
	struct stream *s = stream_of(ev->conn);
	if (s && ev->type == BLE_EV_SUBSCRIBED)
		s->subscribed = true;
	assert_int_not_equal(ev->type, BLE_EV_DISCONNECTED);
	if (s && s->subscribed && (ev->type == BLE_EV_SUBSCRIBED || ev->type == BLE_EV_SENT))
		fill(p, s);
}

static void on_central(struct pair_peer *p, const struct ble_event *ev)
{
	struct stream *s = p->ctx;
	uint8_t expected[4];
	if (ev->type != BLE_EV_NOTIFIED)
		return;
	number_put(expected, s->arrived);
	assert_int_equal(ev->value.len, 4);
	assert_memory_equal(ev->value.data, expected, 4);
	s->arrived++;
}

/* A CONNECT_IND may be lost like any other packet; the central then hears nothing (0x3E) and tries again. */
static void join(struct pair_peer *central, struct pair_peer *peripheral, const struct ble_conn_params *params)
{
	struct ble_addr a = pair_address(peripheral);
	unsigned lost;
	peripheral->conn = 0;
	do {
		lost = central->count[BLE_EV_DISCONNECTED];
		assert_int_equal(ble_conn_create(central->host, &a, params), 0);
		pair_expect(central, BLE_EV_CONNECTED, 10000);
		/* Long enough to be sure, and uneven, so that the four have their events at times of their own. */
		ble_world_run_until(central->world, ble_world_now(central->world) + UINT64_C(2023000));
	} while (central->count[BLE_EV_DISCONNECTED] != lost);
	assert_true(peripheral->conn != 0);
}

static void an_hour_is_shared_fairly(void **state)
{
	static struct pair_peer peripheral, centrals[CENTRALS];
	struct ble_world *world = ble_world_new(&(struct ble_world_options){ .seed = 11, .loss_ppm = LOSS_PPM });
	uint16_t first = 0;
	(void)state;
	/* Four buffers each: one that waits for its acknowledgement, one on the air, and one behind it, so that MD is set. */
	pair_add(&peripheral, world, &(struct ble_node_options){ .ctlr = { .connections = CENTRALS, .acl_buffers = 16 } },
		&(struct ble_host_config){ .connections = CENTRALS,
			.parts = BLE_PARTS(&ble_peripheral, &ble_bare_server) });
	assert_int_equal(ble_server_add(peripheral.host, &service, &first), 0);
	assert_int_equal(first + 2, VALUE);
	for (int i = 0; i < CENTRALS; i++) {
		const struct ble_conn_params params = { .interval_min_us = 100000, .interval_max_us = 100000 };
		pair_add(&centrals[i], world, &(struct ble_node_options){ .x_m = i + 1 }, NULL);
		assert_int_equal(ble_adv_start(peripheral.host), 0);
		pair_expect(&peripheral, BLE_EV_ADV_STARTED, 1000);
		join(&centrals[i], &peripheral, &params);
		streams[i].conn = peripheral.conn;
		centrals[i].ctx = &streams[i];
		centrals[i].hook = on_central;
	}
	peripheral.hook = on_peripheral;
	for (int i = 0; i < CENTRALS; i++) {
		assert_int_equal(ble_client_write(centrals[i].host, centrals[i].conn, CCCD, "\1", 2), 0);
		pair_expect(&centrals[i], BLE_EV_DONE, 5000);
	}
	ble_world_run_until(world, ble_world_now(world) + HOUR_S * UINT64_C(1000000));
	uint32_t sum = 0;
	for (int i = 0; i < CENTRALS; i++)
		sum += streams[i].arrived;
	/* 36,000 events of 100 ms a connection; one that is not lost at its first packet has room for many. */
	assert_true(sum > CENTRALS * 36000u);
	for (int i = 0; i < CENTRALS; i++)
		assert_in_range(streams[i].arrived, sum * 9 / 40, sum * 11 / 40);
	/* What is on its way arrives when nothing more is sent. */
	for (int i = 0; i < CENTRALS; i++)
		streams[i].subscribed = false;
	ble_world_run_until(world, ble_world_now(world) + UINT64_C(10000000));
	for (int i = 0; i < CENTRALS; i++)
		assert_int_equal(streams[i].arrived, streams[i].sent);
	peripheral.hook = NULL;
	for (int i = 0; i < CENTRALS; i++)
		pair_free(&centrals[i]);
	pair_free(&peripheral);
	ble_world_free(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(an_hour_is_shared_fairly) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
