/*
 * Two link layers on the air, driven by raw HCI: what happens to a connection from CONNECT_IND to
 * the end, with loss, drift and peers that vanish.
 */
#include "ll_host.h"

#include <string.h>

static struct ble_world *w;
static struct host a, b;

static void setup(const struct ble_world_options *options)
{
	w = ble_world_new(options);
	assert_non_null(w);
	host_add(&a, w, &(struct ble_node_options){ .name = "central", .drift_ppm = 40 });
	host_add(&b, w,
		&(struct ble_node_options){ .name = "peripheral", .drift_ppm = -40, .x_m = 2 });
}

static void finish(void)
{
	host_check_leaks(&a);
	host_check_leaks(&b);
	ble_world_free(w);
}

static void end(struct host *h, struct host *peer, uint8_t reason)
{
	assert_int_equal(host_disconnect(h, host_last(h), reason), 0);
	host_run(h, 1000000);
	assert_false(host_last(h)->up);
	assert_false(host_last(peer)->up);
	assert_int_equal(host_last(h)->reason, HCI_ERR_LOCAL_HOST_TERMINATED);
	assert_int_equal(host_last(peer)->reason, reason);
}

static void test_connect_and_terminate(void **state)
{
	(void)state;
	setup(&(struct ble_world_options){ .seed = 1 });
	for (unsigned i = 0; i < 20; i++) {
		host_link(&a, &b, 24, 0, 100);
		assert_int_equal(host_last(&a)->made.role, HCI_ROLE_CENTRAL);
		assert_int_equal(host_last(&b)->made.role, HCI_ROLE_PERIPHERAL);
		assert_int_equal(host_last(&b)->made.connection_interval, 24);
		assert_int_equal(host_last(&b)->made.supervision_timeout, 100);
		assert_int_equal(host_last(&b)->made.central_clock_accuracy, 5); /* 50 ppm */
		host_run(&a, 500000);
		end(i & 1 ? &a : &b, i & 1 ? &b : &a, HCI_ERR_REMOTE_USER_TERMINATED);
	}
	finish();
}

static void exchange(uint32_t loss_ppm, uint16_t latency)
{
	setup(&(struct ble_world_options){ .seed = 7 + loss_ppm, .loss_ppm = loss_ppm });
	host_link(&a, &b, 12, latency, 400);
	host_send(&a, host_last(&a), 1000);
	host_send(&b, host_last(&b), 1000);
	host_run(&a, 60000000);
	assert_int_equal(host_last(&a)->received, 1000);
	assert_int_equal(host_last(&b)->received, 1000);
	assert_int_equal(a.credits, a.acl_buffers);
	assert_int_equal(b.credits, b.acl_buffers);
	assert_true(host_last(&a)->up && host_last(&b)->up);
	end(&a, &b, HCI_ERR_REMOTE_POWER_OFF);
	finish();
}

static void test_data(void **state)
{
	(void)state;
	exchange(0, 0);
}

static void test_data_with_loss(void **state)
{
	(void)state;
	exchange(100000, 0);
}

static void test_data_with_latency(void **state)
{
	(void)state;
	exchange(100000, 4);
}

static void test_supervision(void **state)
{
	(void)state;
	setup(NULL);
	host_link(&a, &b, 24, 0, 100);
	host_run(&a, 300000);
	uint64_t gone_us = ble_world_now(w);
	ble_ctlr_silence(b.ctlr);
	ble_node_kick(b.node);
	host_run(&a, 2000000);
	assert_int_equal(host_last(&a)->reason, HCI_ERR_CONNECTION_TIMEOUT);
	/* one second after the last packet, which came less than an interval before */
	assert_in_range(a.lost_us, gone_us + 1000000 - 31000, gone_us + 1000000 + 100);
	assert_int_equal(b.lost, 0);
	finish();
}

static void test_six_intervals(void **state)
{
	(void)state;
	setup(NULL);
	/* nothing but advertising and CONNECT_IND passes */
	for (uint8_t ch = 0; ch < 37; ch++)
		ble_world_fault(w,
			&(struct ble_air_fault){
				.action = BLE_FAULT_DROP, .channel_plus_1 = (uint8_t)(ch + 1) });
	host_link(&a, &b, 80, 0, 400);
	uint64_t made_us = a.made_us;
	host_run(&a, 1000000);
	assert_int_equal(host_last(&a)->reason, HCI_ERR_FAILED_TO_BE_ESTABLISHED);
	assert_int_equal(host_last(&b)->reason, HCI_ERR_FAILED_TO_BE_ESTABLISHED);
	assert_in_range(b.lost_us - made_us, 600000, 710000);
	finish();
}

static void test_update(void **state)
{
	(void)state;
	setup(&(struct ble_world_options){ .seed = 3, .loss_ppm = 50000 });
	host_link(&a, &b, 24, 2, 200);
	host_send(&a, host_last(&a), 300);
	host_send(&b, host_last(&b), 300);
	static const uint16_t intervals[] = { 6, 100, 7, 3200, 40 };
	for (unsigned i = 0; i < 5; i++) {
		uint8_t params[14];
		struct wr wr = wr_of(params, sizeof params);
		hci_cmd_le_connection_update_write(&wr,
			&(struct hci_cmd_le_connection_update){
				.connection_handle = host_last(&a)->made.connection_handle,
				.connection_interval_min = intervals[i],
				.connection_interval_max = intervals[i],
				.max_latency = 1,
				.supervision_timeout = 3200,
			});
		assert_int_equal(
			host_cmd(&a, HCI_CMD_LE_CONNECTION_UPDATE, params, sizeof params), 0);
		host_run(&a, 40000000);
		assert_int_equal(host_last(&a)->updates, i + 1);
		assert_int_equal(host_last(&b)->updates, i + 1);
		assert_int_equal(host_last(&b)->update.connection_interval, intervals[i]);
		assert_int_equal(host_last(&a)->update.supervision_timeout, 3200);
	}
	assert_int_equal(host_last(&a)->received, 300);
	assert_int_equal(host_last(&b)->received, 300);
	end(&b, &a, HCI_ERR_REMOTE_USER_TERMINATED);
	finish();
}

static void test_version_and_features(void **state)
{
	(void)state;
	setup(&(struct ble_world_options){ .seed = 9, .loss_ppm = 200000 });
	for (unsigned i = 0; i < 2; i++) {
		struct host *h = i ? &b : &a;
		host_link(&a, &b, 24, 0, 400);
		uint16_t handle = host_last(h)->made.connection_handle;
		uint8_t params[2] = { (uint8_t)handle, (uint8_t)(handle >> 8) };
		for (unsigned n = 1; n <= 2; n++) {
			assert_int_equal(
				host_cmd(h, HCI_CMD_READ_REMOTE_VERSION_INFORMATION, params, 2), 0);
			assert_int_equal(
				host_cmd(h, HCI_CMD_LE_READ_REMOTE_FEATURES, params, 2), 0);
			host_run(h, 1000000);
			assert_int_equal(h->versions, n);
			assert_int_equal(h->feature_events, n);
			assert_int_equal(h->version.status, 0);
			assert_int_equal(h->version.company_identifier, 0xFFFF);
			assert_int_equal(h->features.status, 0);
			assert_true(h->features.le_features &
				LE_FEATURE_MASK(PERIPHERAL_FEATURES_EXCHANGE));
		}
		end(h, i ? &a : &b, HCI_ERR_REMOTE_USER_TERMINATED);
	}
	finish();
}

static void test_channel_map(void **state)
{
	(void)state;
	setup(&(struct ble_world_options){ .seed = 11 });
	host_link(&a, &b, 12, 0, 400);
	static const uint8_t map[5] = { 0x01, 0x80, 0, 0, 0x10 };
	assert_int_equal(host_cmd(&a, HCI_CMD_LE_SET_HOST_CHANNEL_CLASSIFICATION, map, 5), 0);
	host_run(&a, 500000);
	uint16_t handle = host_last(&b)->made.connection_handle;
	uint8_t params[2] = { (uint8_t)handle, (uint8_t)(handle >> 8) };
	assert_int_equal(host_cmd(&b, HCI_CMD_LE_READ_CHANNEL_MAP, params, 2), 0);
	assert_memory_equal(b.ret + 3, map, 5);
	/* all other channels are noise: the link does not mind */
	for (uint8_t ch = 0; ch < 37; ch++)
		if (ch != 0 && ch != 15 && ch != 36)
			ble_world_fault(w,
				&(struct ble_air_fault){ .action = BLE_FAULT_JAM,
					.channel_plus_1 = (uint8_t)(ch + 1) });
	host_send(&a, host_last(&a), 50);
	host_run(&a, 10000000);
	assert_int_equal(host_last(&b)->received, 50);
	end(&a, &b, HCI_ERR_REMOTE_USER_TERMINATED);
	finish();
}

static void test_cancel(void **state)
{
	(void)state;
	setup(NULL);
	assert_int_equal(host_connect(&a, &b, 24, 0, 100), 0);
	host_run(&a, 100000);
	assert_int_equal(host_connect(&a, &b, 24, 0, 100), HCI_ERR_COMMAND_DISALLOWED);
	assert_int_equal(host_cmd(&a, HCI_CMD_LE_CREATE_CONNECTION_CANCEL, NULL, 0), 0);
	host_run(&a, 1000);
	assert_int_equal(a.failed, 1);
	assert_int_equal(a.failed_status, HCI_ERR_UNKNOWN_CONNECTION);
	assert_int_equal(host_cmd(&a, HCI_CMD_LE_CREATE_CONNECTION_CANCEL, NULL, 0),
		HCI_ERR_COMMAND_DISALLOWED);
	finish();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_connect_and_terminate),
		cmocka_unit_test(test_data),
		cmocka_unit_test(test_data_with_loss),
		cmocka_unit_test(test_data_with_latency),
		cmocka_unit_test(test_supervision),
		cmocka_unit_test(test_six_intervals),
		cmocka_unit_test(test_update),
		cmocka_unit_test(test_version_and_features),
		cmocka_unit_test(test_channel_map),
		cmocka_unit_test(test_cancel),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
