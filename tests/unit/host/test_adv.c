/*
 * Advertising through the reconciler: commands of Vol 4 Part E 7.8.5-7.8.9 in the order that is allowed, events once.
 */
#include "tests/unit/host/fake_ctlr.h"

static struct fake f;

static int setup(void **state)
{
	(void)state;
	fake_init(&f);
	fake_host(&f, (struct ble_host_config){ .parts = BLE_PARTS(&ble_peripheral), .connections = 2 });
	return 0;
}

static void started(void)
{
	fake_serve(&f, HCI_CMD_LE_SET_ADVERTISING_PARAMETERS);
	fake_serve(&f, HCI_CMD_LE_SET_ADVERTISING_DATA);
	fake_serve(&f, HCI_CMD_LE_SET_SCAN_RESPONSE_DATA);
	fake_command(&f, HCI_CMD_LE_SET_ADVERTISING_ENABLE, OCTETS(1));
	fake_complete(&f, HCI_CMD_LE_SET_ADVERTISING_ENABLE, 0, NULL, 0);
	(void)fake_expect(&f, BLE_EV_ADV_STARTED);
	fake_silent(&f);
}

static void enable(uint8_t on)
{
	fake_command(&f, HCI_CMD_LE_SET_ADVERTISING_ENABLE, &on, 1);
	fake_complete(&f, HCI_CMD_LE_SET_ADVERTISING_ENABLE, 0, NULL, 0);
}

static void what_is_wanted_before_start_is_done_after_it(void **state)
{
	uint8_t data[32] = { 3, 2, 1, 6 }, rsp[32] = { 2, 1, 9 };
	(void)state;
	assert_int_equal(ble_adv_set(f.host, &(struct ble_adv_params){ .interval_min_us = 20000,
						     .interval_max_us = 100001, .channels = 5 }), 0);
	assert_int_equal(ble_adv_data(f.host, "\2\1\6", 3, "\1\11", 2), 0);
	assert_int_equal(ble_adv_start(f.host), 0);
	fake_pump(&f);
	fake_silent(&f);
	fake_up(&f);
	f.out.head = 10; /* as many as the bring-up has; what follows was answered, too */
	/* 20 ms is 32 units of 0.625 ms; 100.001 ms rounds up to 161 */
	fake_command(&f, HCI_CMD_LE_SET_ADVERTISING_PARAMETERS,
		OCTETS(0x20, 0, 0xA1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0));
	fake_command(&f, HCI_CMD_LE_SET_ADVERTISING_DATA, data, 32);
	fake_command(&f, HCI_CMD_LE_SET_SCAN_RESPONSE_DATA, rsp, 32);
	fake_command(&f, HCI_CMD_LE_SET_ADVERTISING_ENABLE, OCTETS(1));
	(void)fake_expect(&f, BLE_EV_ADV_STARTED);
	fake_expect_none(&f);
	fake_end(&f);
}

static void data_change_at_once_and_stop_is_told_once(void **state)
{
	uint8_t data[32] = { 1, 7 };
	(void)state;
	fake_up(&f);
	assert_int_equal(ble_adv_stop(f.host), 0); /* nothing happens */
	assert_int_equal(ble_adv_start(f.host), 0);
	fake_pump(&f);
	started();
	assert_int_equal(ble_adv_data(f.host, "\7", 1, NULL, 0), 0);
	fake_pump(&f);
	fake_command(&f, HCI_CMD_LE_SET_ADVERTISING_DATA, data, 32);
	assert_int_equal(ble_adv_data(f.host, "\10", 1, NULL, 0), 0); /* while that one is on its way */
	fake_complete(&f, HCI_CMD_LE_SET_ADVERTISING_DATA, 0, NULL, 0);
	data[1] = 8;
	fake_command(&f, HCI_CMD_LE_SET_ADVERTISING_DATA, data, 32);
	fake_complete(&f, HCI_CMD_LE_SET_ADVERTISING_DATA, 0, NULL, 0);
	fake_serve(&f, HCI_CMD_LE_SET_SCAN_RESPONSE_DATA);
	fake_silent(&f);
	assert_int_equal(ble_adv_stop(f.host), 0);
	assert_int_equal(ble_adv_stop(f.host), 0);
	fake_pump(&f);
	enable(0);
	(void)fake_expect(&f, BLE_EV_ADV_STOPPED);
	assert_int_equal(ble_adv_stop(f.host), 0);
	fake_pump(&f);
	fake_expect_none(&f);
	fake_silent(&f);
	fake_end(&f);
}

/* Parameters for the next start do not change what the present advertising takes of data. */
static void data_change_at_once_whatever_comes_next(void **state)
{
	uint8_t data[32] = { 1, 7 };
	(void)state;
	fake_up(&f);
	assert_int_equal(ble_adv_start(f.host), 0);
	fake_pump(&f);
	started();
	for (uint8_t mode = BLE_ADV_CONN_DIR; mode <= BLE_ADV_UNCN_UND; mode++) {
		assert_int_equal(ble_adv_set(f.host, &(struct ble_adv_params){ .mode = mode }), 0);
		assert_int_equal(ble_adv_data(f.host, "\7", 1, "\7", 1), 0);
		fake_pump(&f);
		fake_command(&f, HCI_CMD_LE_SET_ADVERTISING_DATA, data, 32);
		fake_complete(&f, HCI_CMD_LE_SET_ADVERTISING_DATA, 0, NULL, 0);
		fake_command(&f, HCI_CMD_LE_SET_SCAN_RESPONSE_DATA, data, 32);
		fake_complete(&f, HCI_CMD_LE_SET_SCAN_RESPONSE_DATA, 0, NULL, 0);
		fake_silent(&f);
	}
	fake_end(&f);
}

static void start_while_on_restarts_with_new_parameters(void **state)
{
	(void)state;
	fake_up(&f);
	assert_int_equal(ble_adv_start(f.host), 0);
	fake_pump(&f);
	started();
	assert_int_equal(ble_adv_set(f.host, &(struct ble_adv_params){ .mode = BLE_ADV_UNCN_UND }), 0);
	fake_pump(&f);
	fake_silent(&f); /* at the next start */
	assert_int_equal(ble_adv_start(f.host), 0);
	fake_pump(&f);
	enable(0);
	/* 187.5 ms is 300 units; ADV_NONCONN_IND is type 3 */
	fake_command(&f, HCI_CMD_LE_SET_ADVERTISING_PARAMETERS,
		OCTETS(0x2C, 1, 0x2C, 1, 3, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0));
	fake_complete(&f, HCI_CMD_LE_SET_ADVERTISING_PARAMETERS, 0, NULL, 0);
	enable(1);
	(void)fake_expect(&f, BLE_EV_ADV_STARTED);
	fake_expect_none(&f);
	fake_end(&f);
}

static void start_while_being_enabled_disables_first(void **state)
{
	(void)state;
	fake_up(&f);
	assert_int_equal(ble_adv_start(f.host), 0);
	fake_pump(&f);
	for (int i = 0; i < 3; i++)
		fake_complete(&f, (uint16_t)(fake_sent(&f)->data[1] | 0x2000), 0, NULL, 0);
	assert_int_equal(ble_adv_start(f.host), 0); /* the enable is on its way */
	enable(1);
	enable(0);
	fake_serve(&f, HCI_CMD_LE_SET_ADVERTISING_PARAMETERS);
	enable(1);
	(void)fake_expect(&f, BLE_EV_ADV_STARTED);
	fake_expect_none(&f);
	fake_end(&f);
}

static void a_connection_ends_it_without_a_word(void **state)
{
	(void)state;
	fake_up(&f);
	assert_int_equal(ble_adv_start(f.host), 0);
	fake_pump(&f);
	started();
	(void)fake_connected(&f, 1, BLE_ROLE_PERIPHERAL);
	fake_disconnected(&f, 1, 0x13);
	(void)fake_expect(&f, BLE_EV_DISCONNECTED);
	fake_pass(&f, 1000000);
	fake_expect_none(&f);
	fake_silent(&f);
	fake_end(&f);
}

static void stop_meets_a_connection(void **state)
{
	(void)state;
	fake_up(&f);
	assert_int_equal(ble_adv_start(f.host), 0);
	fake_pump(&f);
	started();
	assert_int_equal(ble_adv_stop(f.host), 0);
	fake_pump(&f);
	(void)fake_connected(&f, 1, BLE_ROLE_PERIPHERAL);
	fake_command(&f, HCI_CMD_LE_SET_ADVERTISING_ENABLE, OCTETS(0));
	fake_complete(&f, HCI_CMD_LE_SET_ADVERTISING_ENABLE, HCI_ERR_COMMAND_DISALLOWED, NULL, 0);
	fake_expect_none(&f); /* it was the connection */
	fake_end(&f);
}

static void auto_restart_advertises_again(void **state)
{
	(void)state;
	fake_up(&f);
	assert_int_equal(ble_adv_set(f.host, &(struct ble_adv_params){ .auto_restart = true }), 0);
	assert_int_equal(ble_adv_start(f.host), 0);
	fake_pump(&f);
	started();
	(void)fake_connected(&f, 1, BLE_ROLE_PERIPHERAL);
	fake_disconnected(&f, 1, 8);
	(void)fake_expect(&f, BLE_EV_DISCONNECTED);
	fake_serve(&f, HCI_CMD_LE_SET_ADVERTISING_PARAMETERS);
	enable(1); /* the data are there still */
	(void)fake_expect(&f, BLE_EV_ADV_STARTED);
	(void)fake_connected(&f, 1, BLE_ROLE_PERIPHERAL);
	assert_int_equal(ble_adv_stop(f.host), 0); /* that is the end of it */
	fake_disconnected(&f, 1, 8);
	(void)fake_expect(&f, BLE_EV_DISCONNECTED);
	fake_silent(&f);
	fake_end(&f);
}

static void the_time_out_stops_it(void **state)
{
	(void)state;
	fake_up(&f);
	assert_int_equal(ble_adv_set(f.host, &(struct ble_adv_params){ .timeout_ms = 1500 }), 0);
	assert_int_equal(ble_adv_start(f.host), 0);
	fake_pump(&f);
	started();
	fake_pass(&f, 1499999);
	fake_silent(&f);
	fake_pass(&f, 1);
	enable(0);
	(void)fake_expect(&f, BLE_EV_ADV_STOPPED);
	fake_end(&f);
}

/* Directed: peer and no data; high duty cycle ends by LE Connection Complete with 0x3C (7.7.65.1). */
static void directed_advertising_times_out(void **state)
{
	struct ble_adv_params p = { .mode = BLE_ADV_CONN_DIR, .peer = { 1, { 1, 2, 3, 4, 5, 0xC6 } } };
	(void)state;
	fake_up(&f);
	assert_int_equal(ble_adv_set(f.host, &p), 0);
	assert_int_equal(ble_adv_start(f.host), 0);
	fake_pump(&f);
	fake_command(&f, HCI_CMD_LE_SET_ADVERTISING_PARAMETERS,
		OCTETS(0x2C, 1, 0x2C, 1, 1, 0, 1, 1, 2, 3, 4, 5, 0xC6, 7, 0));
	fake_complete(&f, HCI_CMD_LE_SET_ADVERTISING_PARAMETERS, 0, NULL, 0);
	enable(1);
	(void)fake_expect(&f, BLE_EV_ADV_STARTED);
	fake_connect(&f, 0, BLE_ROLE_PERIPHERAL, HCI_ERR_ADVERTISING_TIMEOUT);
	(void)fake_expect(&f, BLE_EV_ADV_STOPPED);
	fake_expect_none(&f);
	fake_silent(&f);
	p.interval_min_us = 20000; /* a named interval: low duty cycle, type 4 */
	assert_int_equal(ble_adv_set(f.host, &p), 0);
	assert_int_equal(ble_adv_start(f.host), 0);
	fake_pump(&f);
	assert_int_equal(fake_command(&f, HCI_CMD_LE_SET_ADVERTISING_PARAMETERS, NULL, 0)[4], 4);
	fake_end(&f);
}

static void a_refusal_is_told_and_ends_it(void **state)
{
	(void)state;
	fake_up(&f);
	assert_int_equal(ble_adv_start(f.host), 0);
	fake_pump(&f);
	fake_command(&f, HCI_CMD_LE_SET_ADVERTISING_PARAMETERS, NULL, 0);
	fake_complete(&f, HCI_CMD_LE_SET_ADVERTISING_PARAMETERS, 0x12, NULL, 0);
	const struct ble_event *ev = fake_expect(&f, BLE_EV_ERROR);
	assert_int_equal(ev->error.operation, BLE_OP_ADVERTISE);
	assert_int_equal(ev->error.err, BLE_EHCI(0x12));
	fake_expect_none(&f);
	fake_silent(&f);
	fake_end(&f);
}

static void recovery_restores_it_without_a_word(void **state)
{
	(void)state;
	fake_up(&f);
	assert_int_equal(ble_adv_start(f.host), 0);
	fake_pump(&f);
	started();
	fake_event(&f, HCI_EVT_HARDWARE_ERROR, OCTETS(1));
	(void)fake_expect(&f, BLE_EV_LOST);
	f.answers = true;
	fake_pass(&f, 1000000);
	(void)fake_expect(&f, BLE_EV_READY);
	fake_expect_none(&f);
	assert_int_equal(f.out.packets[(f.out.tail - 1) % FAKE_QUEUE].data[1], 0x0A); /* enabled last */
	fake_end(&f);
}

static void ranges_are_refused_with_value_and_limits(void **state)
{
	static const struct {
		struct ble_adv_params p;
		const char *text;
	} cases[] = {
		{ { .interval_min_us = 19999 }, "interval_min_us: 19999 is outside 20000..10240000" },
		{ { .interval_max_us = 10240001 }, "interval_min_us: 10240001 is outside 20000..10240000" },
		{ { .interval_min_us = 30000, .interval_max_us = 20000 },
			"interval_max_us: 20000 is outside 30000..10240000" },
		{ { .mode = 5 }, "mode: 5 is outside 0..4" },
		{ { .channels = 8 }, "channels: 8 is outside 0..7" },
	};
	char text[100];
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_int_equal(ble_adv_set(f.host, &cases[i].p), BLE_ERANGE);
		assert_int_equal(ble_fault_text(ble_host_fault(f.host), text, sizeof text), strlen(cases[i].text));
		assert_string_equal(text, cases[i].text);
	}
	assert_int_equal(ble_adv_data(f.host, text, 32, NULL, 0), BLE_ETOOBIG);
	ble_fault_text(ble_host_fault(f.host), text, sizeof text);
	assert_string_equal(text, "adv_len: 32 is outside 0..31");
	assert_int_equal(ble_adv_data(f.host, NULL, 0, text, 32), BLE_ETOOBIG);
	assert_int_equal(ble_scan_stop(f.host), BLE_ENOTSUP);
	ble_fault_text(ble_host_fault(f.host), text, sizeof text);
	assert_string_equal(text, "ble_observer: this part is not attached");
	fake_up(&f);
	(void)fake_connected(&f, 1, BLE_ROLE_PERIPHERAL);
	(void)fake_connected(&f, 2, BLE_ROLE_PERIPHERAL);
	assert_int_equal(ble_adv_start(f.host), BLE_ESTATE);
	ble_fault_text(ble_host_fault(f.host), text, sizeof text);
	assert_string_equal(text, "connections: 2 is outside 0..1");
	fake_end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_is_wanted_before_start_is_done_after_it, setup),
		cmocka_unit_test_setup(data_change_at_once_and_stop_is_told_once, setup),
		cmocka_unit_test_setup(data_change_at_once_whatever_comes_next, setup),
		cmocka_unit_test_setup(start_while_on_restarts_with_new_parameters, setup),
		cmocka_unit_test_setup(start_while_being_enabled_disables_first, setup),
		cmocka_unit_test_setup(a_connection_ends_it_without_a_word, setup),
		cmocka_unit_test_setup(stop_meets_a_connection, setup),
		cmocka_unit_test_setup(auto_restart_advertises_again, setup),
		cmocka_unit_test_setup(the_time_out_stops_it, setup),
		cmocka_unit_test_setup(directed_advertising_times_out, setup),
		cmocka_unit_test_setup(a_refusal_is_told_and_ends_it, setup),
		cmocka_unit_test_setup(recovery_restores_it_without_a_word, setup),
		cmocka_unit_test_setup(ranges_are_refused_with_value_and_limits, setup),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
