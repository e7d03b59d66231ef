/*
 * The filter accept list: what is told the controller and when, who is paused for it, and that nobody hears of a pause.
 * Vol 4 Part E 7.8.5, 7.8.10, 7.8.12, 7.8.14-7.8.17.
 */
#include "tests/unit/host/fake_ctlr.h"

#include <ble/accept.h>

static struct fake f;

static const struct ble_addr list[] = {
	{ BLE_ADDR_PUBLIC, { 1, 1, 1, 1, 1, 1 } },
	{ BLE_ADDR_RANDOM, { 2, 2, 2, 2, 2, 0xC2 } },
	{ BLE_ADDR_PUBLIC_IDENTITY, { 3, 3, 3, 3, 3, 3 } },
};

static void make(void)
{
	fake_init(&f);
	fake_host(&f, (struct ble_host_config){ .connections = 2,
			      .parts = BLE_PARTS(&ble_peripheral, &ble_observer, &ble_central, &ble_accept) });
}

static int setup(void **state)
{
	(void)state;
	make();
	fake_up(&f);
	return 0;
}

static void serve_size(uint8_t size)
{
	fake_command(&f, HCI_CMD_LE_READ_FILTER_ACCEPT_LIST_SIZE, "", 0);
	fake_complete(&f, HCI_CMD_LE_READ_FILTER_ACCEPT_LIST_SIZE, 0, &size, 1);
}

static void serve_add(unsigned i)
{
	uint8_t p[7] = { list[i].type & 1 };
	memcpy(p + 1, list[i].octets, 6);
	fake_command(&f, HCI_CMD_LE_ADD_DEVICE_TO_FILTER_ACCEPT_LIST, p, sizeof p);
	fake_complete(&f, HCI_CMD_LE_ADD_DEVICE_TO_FILTER_ACCEPT_LIST, 0, NULL, 0);
}

static void serve(uint16_t opcode, const void *params, size_t len)
{
	fake_command(&f, opcode, params, len);
	fake_complete(&f, opcode, 0, NULL, 0);
}

static void set(size_t count)
{
	assert_int_equal(ble_accept_set(f.host, list, count), 0);
	fake_pump(&f);
}

static void a_list_is_told_once(void **state)
{
	(void)state;
	set(3);
	serve_size(8);
	fake_serve(&f, HCI_CMD_LE_CLEAR_FILTER_ACCEPT_LIST);
	for (unsigned i = 0; i < 3; i++)
		serve_add(i);
	fake_silent(&f);
	set(0); /* its size is known by now */
	fake_serve(&f, HCI_CMD_LE_CLEAR_FILTER_ACCEPT_LIST);
	fake_silent(&f);
	fake_expect_none(&f);
	fake_end(&f);
}

/* Another list while one is being told: what was added is cleared again. */
static void a_list_replaces_one_that_is_half_told(void **state)
{
	(void)state;
	set(3);
	serve_size(8);
	fake_serve(&f, HCI_CMD_LE_CLEAR_FILTER_ACCEPT_LIST);
	(void)fake_sent(&f); /* the first address */
	set(1);
	fake_complete(&f, HCI_CMD_LE_ADD_DEVICE_TO_FILTER_ACCEPT_LIST, 0, NULL, 0);
	fake_serve(&f, HCI_CMD_LE_CLEAR_FILTER_ACCEPT_LIST);
	serve_add(0);
	fake_silent(&f);
	fake_end(&f);
}

static void a_list_that_is_too_long_says_what_fits(void **state)
{
	char text[100];
	(void)state;
	set(1);
	serve_size(2);
	fake_serve(&f, HCI_CMD_LE_CLEAR_FILTER_ACCEPT_LIST);
	serve_add(0);
	assert_int_equal(ble_accept_set(f.host, list, 3), BLE_ENOMEM);
	ble_fault_text(ble_host_fault(f.host), text, sizeof text);
	assert_string_equal(text, "accept list: addresses: 3 is outside 0..2");
	fake_pump(&f);
	fake_silent(&f); /* the old one stays */
	struct ble_addr wrong = { .type = 4 };
	assert_int_equal(ble_accept_set(f.host, &wrong, 1), BLE_ERANGE);
	fake_end(&f);
	/* the memory that was asked for */
	fake_init(&f);
	fake_host(&f, (struct ble_host_config){ .parts = BLE_PARTS(&ble_accept), .accept_list = 2 });
	assert_int_equal(ble_accept_set(f.host, list, 3), BLE_ENOMEM);
	ble_fault_text(ble_host_fault(f.host), text, sizeof text);
	assert_string_equal(text, "accept list: addresses: 3 is outside 0..2");
	assert_int_equal(ble_accept_set(f.host, list, 2), 0);
	fake_end(&f);
	/* before the controller could be asked */
	make();
	assert_int_equal(ble_accept_set(f.host, list, 3), 0);
	f.stops_at = HCI_CMD_LE_READ_FILTER_ACCEPT_LIST_SIZE;
	fake_up(&f);
	fake_complete(&f, HCI_CMD_LE_READ_FILTER_ACCEPT_LIST_SIZE, 0, "\x02", 1);
	const struct ble_event *ev = fake_expect(&f, BLE_EV_ERROR);
	assert_int_equal(ev->error.operation, BLE_OP_ACCEPT);
	assert_int_equal(ev->error.err, BLE_ENOMEM);
	ble_fault_text(ble_host_fault(f.host), text, sizeof text);
	assert_string_equal(text, "accept list: addresses: 3 is outside 0..2");
	fake_serve(&f, HCI_CMD_LE_CLEAR_FILTER_ACCEPT_LIST);
	fake_silent(&f);
	fake_end(&f);
}

static void policies_are_sent_with_the_parameters(void **state)
{
	(void)state;
	assert_int_equal(ble_adv_filter(f.host, 4), BLE_ERANGE);
	assert_int_equal(ble_adv_filter(f.host, BLE_ADV_ONLY_SCANS | BLE_ADV_ONLY_CONNECTIONS), 0);
	assert_int_equal(ble_adv_start(f.host), 0);
	fake_pump(&f);
	assert_int_equal(fake_command(&f, HCI_CMD_LE_SET_ADVERTISING_PARAMETERS, NULL, 0)[14], 3);
	fake_complete(&f, HCI_CMD_LE_SET_ADVERTISING_PARAMETERS, 0, NULL, 0);
	fake_serve(&f, HCI_CMD_LE_SET_ADVERTISING_DATA);
	fake_serve(&f, HCI_CMD_LE_SET_SCAN_RESPONSE_DATA);
	fake_serve(&f, HCI_CMD_LE_SET_ADVERTISING_ENABLE);
	(void)fake_expect(&f, BLE_EV_ADV_STARTED);
	assert_int_equal(ble_scan_filter(f.host, true), 0);
	assert_int_equal(ble_scan_start(f.host, NULL), 0);
	fake_pump(&f);
	assert_int_equal(fake_command(&f, HCI_CMD_LE_SET_SCAN_PARAMETERS, NULL, 0)[6], 1);
	fake_complete(&f, HCI_CMD_LE_SET_SCAN_PARAMETERS, 0, NULL, 0);
	fake_serve(&f, HCI_CMD_LE_SET_SCAN_ENABLE);
	(void)fake_expect(&f, BLE_EV_SCAN_STARTED);
	fake_end(&f);
}

static void start_everything(void)
{
	assert_int_equal(ble_adv_start(f.host), 0);
	assert_int_equal(ble_scan_start(f.host, &(struct ble_scan_params){ .duration_ms = 60000 }), 0);
	assert_int_equal(ble_conn_create_listed(f.host, NULL), 0);
	f.answers = true;
	fake_pump(&f);
	f.answers = false;
	(void)fake_expect(&f, BLE_EV_ADV_STARTED);
	(void)fake_expect(&f, BLE_EV_SCAN_STARTED);
	f.out.head = f.out.tail;
}

static void pause_create(void)
{
	fake_serve(&f, HCI_CMD_LE_CREATE_CONNECTION_CANCEL);
	fake_silent(&f); /* its end is waited for */
	fake_connect(&f, 0, BLE_ROLE_CENTRAL, HCI_ERR_UNKNOWN_CONNECTION);
}

static void who_goes_by_the_list_is_paused_without_a_word(void **state)
{
	(void)state;
	set(2);
	serve_size(8);
	fake_serve(&f, HCI_CMD_LE_CLEAR_FILTER_ACCEPT_LIST);
	serve_add(0);
	serve_add(1);
	start_everything();
	set(1);
	pause_create();
	serve(HCI_CMD_LE_SET_ADVERTISING_ENABLE, OCTETS(0));
	serve(HCI_CMD_LE_SET_SCAN_ENABLE, OCTETS(0, 0));
	fake_serve(&f, HCI_CMD_LE_CLEAR_FILTER_ACCEPT_LIST);
	serve_add(0);
	serve(HCI_CMD_LE_SET_ADVERTISING_ENABLE, OCTETS(1));
	serve(HCI_CMD_LE_SET_SCAN_ENABLE, OCTETS(1, 0));
	/* 60 ms, 30 ms, by the list, no peer, public own, 30..50 ms, latency 0, 4 s */
	fake_command(&f, HCI_CMD_LE_CREATE_CONNECTION,
		OCTETS(0x60, 0, 0x30, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 24, 0, 40, 0, 0, 0, 0x90, 1, 0, 0, 0, 0));
	fake_status(&f, HCI_CMD_LE_CREATE_CONNECTION, 0);
	fake_silent(&f);
	fake_expect_none(&f);
	(void)fake_connected(&f, 0x40, BLE_ROLE_CENTRAL);
	fake_end(&f);
}

/* Stopped while it was paused: there is nothing to disable any more, and the program is told nevertheless. */
static void what_is_stopped_in_a_pause_is_told(void **state)
{
	(void)state;
	start_everything();
	set(1);
	serve_size(8);
	pause_create();
	serve(HCI_CMD_LE_SET_ADVERTISING_ENABLE, OCTETS(0));
	serve(HCI_CMD_LE_SET_SCAN_ENABLE, OCTETS(0, 0));
	assert_int_equal(ble_adv_stop(f.host), 0);
	assert_int_equal(ble_scan_stop(f.host), 0);
	assert_int_equal(ble_conn_cancel(f.host), 0);
	fake_serve(&f, HCI_CMD_LE_CLEAR_FILTER_ACCEPT_LIST);
	serve_add(0);
	fake_silent(&f);
	assert_int_equal(fake_expect(&f, BLE_EV_ERROR)->error.err, BLE_ECLOSED);
	(void)fake_expect(&f, BLE_EV_SCAN_STOPPED);
	(void)fake_expect(&f, BLE_EV_ADV_STOPPED);
	fake_expect_none(&f);
	fake_end(&f);
}

/* The controller was connected to when it was told to pause: it does not advertise again. Vol 4 Part E 7.8.9 */
static void a_connection_in_a_pause_ends_the_advertising(void **state)
{
	(void)state;
	start_everything();
	set(1);
	serve_size(8);
	pause_create();
	serve(HCI_CMD_LE_SET_ADVERTISING_ENABLE, OCTETS(0));
	serve(HCI_CMD_LE_SET_SCAN_ENABLE, OCTETS(0, 0));
	(void)fake_connected(&f, 0x40, BLE_ROLE_PERIPHERAL);
	fake_serve(&f, HCI_CMD_LE_CLEAR_FILTER_ACCEPT_LIST);
	serve_add(0);
	serve(HCI_CMD_LE_SET_SCAN_ENABLE, OCTETS(1, 0));
	fake_serve(&f, HCI_CMD_LE_CREATE_CONNECTION);
	fake_silent(&f);
	fake_expect_none(&f); /* nor is it told: the connection was */
	fake_end(&f);
}

/* 7.8.5: a directed advertisement does not go by the list. */
static void directed_advertising_is_not_paused(void **state)
{
	const struct ble_adv_params p = { .mode = BLE_ADV_CONN_DIR, .interval_min_us = 100000, .peer = list[0] };
	(void)state;
	assert_int_equal(ble_adv_set(f.host, &p), 0);
	assert_int_equal(ble_adv_start(f.host), 0);
	fake_pump(&f);
	fake_serve(&f, HCI_CMD_LE_SET_ADVERTISING_PARAMETERS);
	serve(HCI_CMD_LE_SET_ADVERTISING_ENABLE, OCTETS(1));
	(void)fake_expect(&f, BLE_EV_ADV_STARTED);
	set(1);
	serve_size(8);
	fake_serve(&f, HCI_CMD_LE_CLEAR_FILTER_ACCEPT_LIST);
	serve_add(0);
	fake_silent(&f);
	fake_end(&f);
}

/* The cancel of a pause meets the connection, the program's own cancel, and a controller that never ends it. */
static void a_paused_attempt_ends_once(void **state)
{
	(void)state;
	for (int how = 0; how < 4; how++) {
		make();
		fake_up(&f);
		start_everything();
		set(1);
		serve_size(8);
		fake_serve(&f, HCI_CMD_LE_CREATE_CONNECTION_CANCEL);
		if (how == 0) {
			(void)fake_connected(&f, 0x40, BLE_ROLE_CENTRAL);
		} else if (how == 1) {
			assert_int_equal(ble_conn_cancel(f.host), 0);
			fake_connect(&f, 0, BLE_ROLE_CENTRAL, HCI_ERR_UNKNOWN_CONNECTION);
			assert_int_equal(fake_expect(&f, BLE_EV_ERROR)->error.err, BLE_ECLOSED);
		} else if (how == 2) {
			fake_pass(&f, 2000000);
			assert_int_equal(fake_expect(&f, BLE_EV_ERROR)->error.err, BLE_ETIMEOUT);
		} else {
			fake_connect(&f, 0, BLE_ROLE_CENTRAL, HCI_ERR_FAILED_TO_BE_ESTABLISHED);
			assert_int_equal(fake_expect(&f, BLE_EV_ERROR)->error.err,
				BLE_EHCI(HCI_ERR_FAILED_TO_BE_ESTABLISHED));
		}
		fake_expect_none(&f);
		serve(HCI_CMD_LE_SET_ADVERTISING_ENABLE, OCTETS(0)); /* the list goes on */
		fake_end(&f);
	}
}

static void the_list_survives_the_controller(void **state)
{
	(void)state;
	set(2);
	serve_size(8);
	fake_serve(&f, HCI_CMD_LE_CLEAR_FILTER_ACCEPT_LIST);
	serve_add(0);
	fake_event(&f, HCI_EVT_HARDWARE_ERROR, OCTETS(0));
	(void)fake_expect(&f, BLE_EV_LOST);
	f.out.head = f.out.tail;
	f.answers = true;
	f.stops_at = HCI_CMD_LE_READ_FILTER_ACCEPT_LIST_SIZE;
	fake_pass(&f, 1000000);
	(void)fake_expect(&f, BLE_EV_READY);
	f.answers = false;
	f.out.head = f.out.tail;
	fake_complete(&f, HCI_CMD_LE_READ_FILTER_ACCEPT_LIST_SIZE, 0, "\x08", 1);
	serve_add(0); /* a Reset has cleared it */
	serve_add(1);
	fake_silent(&f);
	fake_end(&f);
}

static void a_refusal_is_told(void **state)
{
	(void)state;
	set(2);
	serve_size(8);
	(void)fake_sent(&f);
	fake_complete(&f, HCI_CMD_LE_CLEAR_FILTER_ACCEPT_LIST, HCI_ERR_COMMAND_DISALLOWED, NULL, 0);
	const struct ble_event *ev = fake_expect(&f, BLE_EV_ERROR);
	assert_int_equal(ev->error.operation, BLE_OP_ACCEPT);
	assert_int_equal(ev->error.err, BLE_EHCI(HCI_ERR_COMMAND_DISALLOWED));
	fake_silent(&f);
	fake_end(&f);
}

static void without_the_part_it_says_so(void **state)
{
	(void)state;
	fake_init(&f);
	fake_host(&f, (struct ble_host_config){ .parts = BLE_PARTS(&ble_peripheral) });
	assert_int_equal(ble_accept_set(f.host, list, 1), BLE_ENOTSUP);
	assert_string_equal(ble_host_fault(f.host)->hint, "the accept list needs the part ble_accept");
	fake_end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_list_is_told_once, setup),
		cmocka_unit_test_setup(a_list_replaces_one_that_is_half_told, setup),
		cmocka_unit_test_setup(a_list_that_is_too_long_says_what_fits, setup),
		cmocka_unit_test_setup(policies_are_sent_with_the_parameters, setup),
		cmocka_unit_test_setup(who_goes_by_the_list_is_paused_without_a_word, setup),
		cmocka_unit_test_setup(what_is_stopped_in_a_pause_is_told, setup),
		cmocka_unit_test_setup(a_connection_in_a_pause_ends_the_advertising, setup),
		cmocka_unit_test_setup(directed_advertising_is_not_paused, setup),
		cmocka_unit_test(a_paused_attempt_ends_once),
		cmocka_unit_test_setup(the_list_survives_the_controller, setup),
		cmocka_unit_test_setup(a_refusal_is_told, setup),
		cmocka_unit_test(without_the_part_it_says_so),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
