/*
 * Two link layers on the air that agree on longer PDUs, other PHYs and other parameters while data flows both ways and
 * packets are lost. The air's trace says what was sent: no data PDU is longer than agreed, none is on a PHY before its
 * time, and each message comes once, whole and in order (ll_host.c).
 */
#include "ll_host.h"

#include "spec/ll_pdu.h"

#include <string.h>

static struct ble_world *w;
static struct host a, b;

/* What the air has seen of data channels. */
static struct {
	unsigned packets[2], longest[2]; /* by PHY: 1M, 2M */
} air;

static void on_air(void *ctx, const struct ble_trace_rec *rec)
{
	(void)ctx;
	if (rec->kind != BLE_TRACE_AIR || rec->air->flow == BLE_FLOW_ADV)
		return;
	const uint8_t *pdu = (const uint8_t *)rec->data + 4; /* behind the access address */
	unsigned phy = rec->air->phy - 1u;
	assert_in_range(phy, 0, 1);
	air.packets[phy]++;
	if ((pdu[0] & 3) != LL_LLID_CONTROL && pdu[1] > air.longest[phy])
		air.longest[phy] = pdu[1];
}

static const struct ble_trace trace = { .put = on_air };

static void setup(uint64_t seed, uint32_t loss_ppm)
{
	w = ble_world_new(&(struct ble_world_options){ .seed = seed, .loss_ppm = loss_ppm });
	assert_non_null(w);
	memset(&air, 0, sizeof air);
	ble_world_trace(w, &trace);
	host_add(&a, w, &(struct ble_node_options){ .name = "central", .drift_ppm = 40 });
	host_add(&b, w, &(struct ble_node_options){ .name = "peripheral", .drift_ppm = -40, .x_m = 2 });
}

static void finish(void)
{
	assert_int_equal(host_disconnect(&a, host_last(&a), HCI_ERR_REMOTE_USER_TERMINATED), 0);
	host_run(&a, 2000000);
	host_check_leaks(&a);
	host_check_leaks(&b);
	ble_world_free(w);
}

static void suggest(struct host *h, uint16_t octets)
{
	const uint8_t params[4] = { (uint8_t)octets, 0, 2120 & 0xFF, 2120 >> 8 };
	assert_int_equal(host_cmd(h, HCI_CMD_LE_WRITE_SUGGESTED_DEFAULT_DATA_LENGTH, params, 4), 0);
}

static void prefer(struct host *h, uint8_t tx, uint8_t rx)
{
	const uint8_t params[3] = { 0, tx, rx };
	assert_int_equal(host_cmd(h, HCI_CMD_LE_SET_DEFAULT_PHY, params, 3), 0);
}

static void set_phy(struct host *h, uint8_t tx, uint8_t rx)
{
	uint16_t handle = host_last(h)->made.connection_handle;
	const uint8_t params[7] = { (uint8_t)handle, (uint8_t)(handle >> 8), 0, tx, rx };
	assert_int_equal(host_cmd(h, HCI_CMD_LE_SET_PHY, params, 7), 0);
}

static void update(struct host *h, uint16_t interval)
{
	uint8_t params[14];
	struct wr wr = wr_of(params, sizeof params);
	hci_cmd_le_connection_update_write(&wr,
		&(struct hci_cmd_le_connection_update){
			.connection_handle = host_last(h)->made.connection_handle,
			.connection_interval_min = interval,
			.connection_interval_max = interval,
			.supervision_timeout = 600 });
	assert_int_equal(host_cmd(h, HCI_CMD_LE_CONNECTION_UPDATE, params, sizeof params), 0);
}

static void all_received(unsigned messages)
{
	assert_int_equal(host_last(&a)->received, messages);
	assert_int_equal(host_last(&b)->received, messages);
	assert_true(host_last(&a)->up && host_last(&b)->up);
}

/* Who suggests what decides for each direction; the other host has said nothing. */
static void test_lengths(void **state)
{
	(void)state;
	static const uint16_t octets[3][2] = { { 251, 27 }, { 27, 251 }, { 100, 200 } };
	for (unsigned i = 0; i < 3; i++) {
		setup(20 + i, 50000);
		suggest(&a, octets[i][0]);
		suggest(&b, octets[i][1]);
		host_link(&a, &b, 12, 0, 400);
		host_run(&a, 1000000);
		air.longest[0] = 0;
		host_send(&a, host_last(&a), 300);
		host_send(&b, host_last(&b), 300);
		host_run(&a, 30000000);
		all_received(300);
		unsigned most = octets[i][0] > octets[i][1] ? octets[i][0] : octets[i][1];
		assert_int_equal(air.longest[0], most);
		assert_int_equal(host_last(&a)->length.max_tx_octets, octets[i][0]);
		assert_int_equal(host_last(&a)->length.max_rx_octets, octets[i][1]);
		assert_int_equal(host_last(&b)->length.max_tx_octets, octets[i][1]);
		assert_int_equal(host_last(&b)->length.max_rx_octets, octets[i][0]);
		finish();
	}
}

/* Both prefer 2M and 251 octets, and both begin at once. */
static void test_both_prefer(void **state)
{
	(void)state;
	for (unsigned seed = 0; seed < 20; seed++) {
		setup(seed, 100000);
		suggest(&a, 251);
		suggest(&b, 251);
		prefer(&a, 3, 3);
		prefer(&b, 3, 3);
		host_link(&a, &b, 8, 0, 400);
		host_send(&a, host_last(&a), 300);
		host_send(&b, host_last(&b), 300);
		host_run(&a, 20000000);
		all_received(300);
		assert_int_equal(host_last(&a)->phys, 1);
		assert_int_equal(host_last(&b)->phys, 1);
		assert_int_equal(host_last(&a)->phy.tx_phy, 2);
		assert_int_equal(host_last(&b)->phy.rx_phy, 2);
		assert_int_equal(host_last(&b)->length.max_tx_octets, 251);
		assert_int_equal(air.longest[1], 251);
		unsigned on_1m = air.packets[0];
		host_run(&a, 1000000);
		assert_int_equal(air.packets[0], on_1m); /* nobody is left behind */
		finish();
	}
}

/* One side wishes, the other has no preference: each direction is on its own PHY, with data under way. */
static void test_asymmetric(void **state)
{
	(void)state;
	for (unsigned who = 0; who < 2; who++) {
		setup(5 + who, 50000);
		suggest(&a, 251);
		suggest(&b, 251);
		host_link(&a, &b, 12, 0, 400);
		host_send(&a, host_last(&a), 900);
		host_send(&b, host_last(&b), 900);
		struct host *h = who ? &b : &a, *other = who ? &a : &b;
		for (unsigned i = 0; i < 9; i++) {
			static const uint8_t phys[9][2] = { { 1, 2 }, { 2, 1 }, { 2, 2 }, { 1, 1 }, { 2, 2 }, { 1, 2 },
				{ 2, 1 }, { 1, 1 }, { 2, 1 } };
			set_phy(h, phys[i][0], phys[i][1]);
			host_run(&a, 1500000);
			assert_int_equal(host_last(h)->phys, i + 1);
			assert_int_equal(host_last(other)->phys, i + 1);
			assert_int_equal(host_last(h)->phy.status, 0);
			assert_int_equal(host_last(h)->phy.tx_phy, phys[i][0]);
			assert_int_equal(host_last(h)->phy.rx_phy, phys[i][1]);
			assert_int_equal(host_last(other)->phy.tx_phy, phys[i][1]);
		}
		host_run(&a, 20000000);
		all_received(900);
		finish();
	}
}

/* Either side asks for other parameters; the other's host agrees. */
static void test_requests(void **state)
{
	(void)state;
	static const uint16_t intervals[] = { 6, 100, 7, 40, 16, 80 };
	setup(6, 50000);
	host_link(&a, &b, 24, 0, 400);
	uint16_t handle = host_last(&a)->made.connection_handle;
	const uint8_t params[2] = { (uint8_t)handle, (uint8_t)(handle >> 8) };
	assert_int_equal(host_cmd(&a, HCI_CMD_LE_READ_REMOTE_FEATURES, params, 2), 0);
	host_run(&a, 2000000);
	host_send(&a, host_last(&a), 300);
	host_send(&b, host_last(&b), 300);
	for (unsigned i = 0; i < 6; i++) {
		struct host *h = i & 1 ? &a : &b, *other = i & 1 ? &b : &a;
		unsigned asked = host_last(other)->requests;
		update(h, intervals[i]);
		host_run(&a, 5000000);
		assert_int_equal(host_last(&a)->updates, i + 1);
		assert_int_equal(host_last(&b)->updates, i + 1);
		assert_int_equal(host_last(other)->requests, asked + 1);
		assert_int_equal(host_last(&b)->update.status, 0);
		assert_int_equal(host_last(&b)->update.connection_interval, intervals[i]);
		assert_int_equal(host_last(&a)->update.connection_interval, intervals[i]);
	}
	host_run(&a, 10000000);
	all_received(300);
	finish();
}

/* Everything at once from both sides, many times: whoever meets whom, every question has its answer. */
static void test_all_at_once(void **state)
{
	(void)state;
	static const uint8_t maps[2][5] = { { 0xFF, 0xFF, 0, 0, 0 }, { 0, 0xFF, 0xFF, 0xFF, 0x1F } };
	for (unsigned seed = 0; seed < 10; seed++) {
		setup(100 + seed, 100000);
		suggest(&b, 251);
		host_link(&a, &b, 6, 0, 600);
		host_send(&a, host_last(&a), 400);
		host_send(&b, host_last(&b), 400);
		for (unsigned i = 0; i < 10; i++) {
			unsigned a_phys = host_last(&a)->phys, b_phys = host_last(&b)->phys;
			unsigned a_updates = host_last(&a)->updates, b_updates = host_last(&b)->updates;
			set_phy(&a, (uint8_t)(1 + i % 3), 3);
			set_phy(&b, 3, (uint8_t)(1 + (i + 1) % 3));
			update(&a, (uint16_t)(6 + i));
			update(&b, (uint16_t)(16 - i));
			assert_int_equal(host_cmd(&a, HCI_CMD_LE_SET_HOST_CHANNEL_CLASSIFICATION, maps[i & 1], 5), 0);
			host_run(&a, 3000000);
			assert_true(host_last(&a)->phys > a_phys && host_last(&b)->phys > b_phys);
			assert_true(host_last(&a)->updates > a_updates && host_last(&b)->updates > b_updates);
			assert_int_equal(host_last(&a)->phy.tx_phy, host_last(&b)->phy.rx_phy);
			assert_int_equal(host_last(&a)->phy.rx_phy, host_last(&b)->phy.tx_phy);
		}
		host_run(&a, 20000000);
		all_received(400);
		finish();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_both_prefer),
		cmocka_unit_test(test_asymmetric),
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_all_at_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
