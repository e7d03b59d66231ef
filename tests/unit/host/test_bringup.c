/*
 * From start to READY with controllers of all characters, and what becomes of those that vanish. Opcodes and parameters
 * are those of Vol 4 Part E; the event masks' bits are counted from 7.3.1 and 7.8.1.
 */
#include "tests/unit/host/fake_ctlr.h"

#include "base/bits.h"

static struct fake f;

static int setup(void **state)
{
	(void)state;
	fake_init(&f);
	return 0;
}

static void start(struct ble_host_config c)
{
	f.answers = true;
	fake_host(&f, c);
	assert_int_equal(ble_host_start(f.host), 0);
	assert_int_equal(ble_host_start(f.host), 0); /* idempotent */
	assert_int_equal(f.opens, 1);
}

static void a_full_controller_is_asked_everything_in_order(void **state)
{
	(void)state;
	f.mask[FAKE_FLOW] = 0xFF;
	start((struct ble_host_config){ 0 });
	struct ble_addr addr;
	assert_int_equal(ble_host_address(f.host, &addr), BLE_ESTATE);
	fake_pump(&f);
	(void)fake_expect(&f, BLE_EV_READY);
	fake_command(&f, HCI_CMD_RESET, "", 0);
	fake_command(&f, HCI_CMD_READ_LOCAL_SUPPORTED_COMMANDS, "", 0);
	fake_command(&f, HCI_CMD_READ_LOCAL_VERSION_INFORMATION, "", 0);
	fake_command(&f, HCI_CMD_LE_READ_LOCAL_SUPPORTED_FEATURES, "", 0);
	fake_command(&f, HCI_CMD_LE_READ_BUFFER_SIZE, "", 0);
	fake_command(&f, HCI_CMD_READ_BD_ADDR, "", 0);
	/* bits 4, 15, 25 and 61 */
	fake_command(&f, HCI_CMD_SET_EVENT_MASK, OCTETS(0x90, 0x80, 0, 0x02, 0, 0x80, 0, 0x20));
	fake_command(&f, HCI_CMD_LE_SET_EVENT_MASK, OCTETS(0x07, 0x08, 0, 0, 0, 0, 0, 0));
	/* 251 octets, 2120 us; no word about all PHYs, 1M and 2M both ways */
	fake_command(&f, HCI_CMD_LE_WRITE_SUGGESTED_DEFAULT_DATA_LENGTH, OCTETS(0xFB, 0, 0x48, 0x08));
	fake_command(&f, HCI_CMD_LE_SET_DEFAULT_PHY, OCTETS(0, 3, 3));
	fake_command(&f, HCI_CMD_HOST_BUFFER_SIZE, OCTETS(251, 0, 0, 8, 0, 0, 0));
	fake_command(&f, HCI_CMD_SET_CONTROLLER_TO_HOST_FLOW_CONTROL, OCTETS(1));
	fake_silent(&f);
	assert_int_equal(ble_host_address(f.host, &addr), 0);
	assert_int_equal(addr.type, BLE_ADDR_PUBLIC);
	assert_memory_equal(addr.octets, f.bd_addr, 6);
	fake_end(&f);
}

static void a_minimal_controller_is_asked_the_least(void **state)
{
	(void)state;
	memset(f.mask, 0, sizeof f.mask);
	start((struct ble_host_config){ 0 });
	fake_pump(&f);
	(void)fake_expect(&f, BLE_EV_READY);
	fake_command(&f, HCI_CMD_RESET, "", 0);
	fake_command(&f, HCI_CMD_READ_LOCAL_SUPPORTED_COMMANDS, "", 0);
	fake_command(&f, HCI_CMD_LE_READ_BUFFER_SIZE, "", 0);
	fake_command(&f, HCI_CMD_SET_EVENT_MASK, NULL, 0);
	fake_command(&f, HCI_CMD_LE_SET_EVENT_MASK, NULL, 0);
	/* random octets 11 22 33 44 55 66, the two top bits set: Vol 6 Part B 1.3.2.1 */
	fake_command(&f, HCI_CMD_LE_SET_RANDOM_ADDRESS, OCTETS(0x11, 0x22, 0x33, 0x44, 0x55, 0xE6));
	fake_silent(&f);
	assert_int_equal(f.saves, 1);
	assert_memory_equal(f.identity, "\x01\x11\x22\x33\x44\x55\xE6", 7);
	fake_end(&f);
}

static void the_stored_identity_is_used_again_if_it_is_one(void **state)
{
	static const struct {
		uint8_t id[7];
		int len;
		bool good;
	} cases[] = {
		{ { 1, 1, 2, 3, 4, 5, 0xC0 }, 7, true },
		{ { 1, 0, 0, 0, 0, 0, 0xC1 }, 7, true },
		{ { 1, 0, 0, 0, 0, 0, 0xC0 }, 7, false },                      /* all zeros */
		{ { 1, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF }, 7, false },       /* all ones */
		{ { 1, 1, 2, 3, 4, 5, 0x40 }, 7, false },                      /* resolvable, not static */
		{ { 0, 1, 2, 3, 4, 5, 0xC0 }, 7, false },                      /* public */
		{ { 1, 1, 2, 3, 4, 5, 0xC0 }, 3, false },                      /* cut */
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct ble_addr addr;
		fake_init(&f);
		memset(f.bd_addr, 0, 6);
		memcpy(f.identity, cases[i].id, 7);
		f.identity_len = cases[i].len;
		fake_host(&f, (struct ble_host_config){ 0 });
		fake_up(&f);
		assert_int_equal(f.saves, !cases[i].good);
		assert_int_equal(ble_host_address(f.host, &addr), 0);
		assert_int_equal(addr.type, BLE_ADDR_RANDOM);
		assert_int_equal(memcmp(addr.octets, cases[i].id + 1, 6) == 0, cases[i].good);
		fake_end(&f);
	}
}

static void shared_buffers_are_read(void **state)
{
	(void)state;
	f.acl_octets = 0;
	start((struct ble_host_config){ 0 });
	fake_pump(&f);
	(void)fake_expect(&f, BLE_EV_READY);
	for (int i = 0; i < 5; i++)
		(void)fake_sent(&f);
	fake_command(&f, HCI_CMD_READ_BUFFER_SIZE, "", 0);
	fake_end(&f);
}

/* 7.8.2: also when only their number is zero. */
static void le_buffers_of_no_number_are_shared(void **state)
{
	(void)state;
	f.acl_count = 0;
	start((struct ble_host_config){ 0 });
	fake_pump(&f);
	(void)fake_expect(&f, BLE_EV_READY);
	fake_end(&f);
}

static void an_optional_command_that_is_refused_is_passed_over(void **state)
{
	static const uint16_t optional[] = { HCI_CMD_READ_LOCAL_SUPPORTED_COMMANDS, HCI_CMD_READ_LOCAL_VERSION_INFORMATION,
		HCI_CMD_LE_READ_LOCAL_SUPPORTED_FEATURES, HCI_CMD_READ_BD_ADDR, HCI_CMD_SET_EVENT_MASK,
		HCI_CMD_LE_SET_EVENT_MASK, HCI_CMD_HOST_BUFFER_SIZE, HCI_CMD_SET_CONTROLLER_TO_HOST_FLOW_CONTROL };
	(void)state;
	for (size_t i = 0; i < sizeof optional / sizeof optional[0]; i++) {
		fake_init(&f);
		f.mask[FAKE_FLOW] = 0xFF;
		f.refuse = optional[i];
		fake_host(&f, (struct ble_host_config){ 0 });
		fake_up(&f);
		fake_end(&f);
	}
}

static void what_cannot_be_done_without_is_an_error(void **state)
{
	static const uint16_t musts[] = { HCI_CMD_RESET, HCI_CMD_LE_READ_BUFFER_SIZE, HCI_CMD_LE_SET_RANDOM_ADDRESS };
	(void)state;
	for (size_t i = 0; i < sizeof musts / sizeof musts[0]; i++) {
		fake_init(&f);
		memset(f.bd_addr, 0, 6);
		f.refuse = musts[i];
		start((struct ble_host_config){ 0 });
		fake_pump(&f);
		const struct ble_event *ev = fake_expect(&f, BLE_EV_ERROR);
		assert_int_equal(ev->error.operation, BLE_OP_START);
		assert_int_equal(ev->error.err, BLE_EHCI(HCI_ERR_COMMAND_DISALLOWED));
		fake_expect_none(&f);
		assert_int_equal(f.closes, 1);
		f.refuse = 0;
		f.event_seen = f.event_count = 0;
		assert_int_equal(ble_host_start(f.host), 0); /* it is started: nothing */
		assert_int_equal(f.opens, 1);
		fake_pass(&f, 1000000); /* tried again by itself */
		(void)fake_expect(&f, BLE_EV_READY);
		fake_end(&f);
	}
}

static void buffers_that_hold_nothing_are_an_error(void **state)
{
	(void)state;
	f.acl_octets = 26;
	start((struct ble_host_config){ 0 });
	fake_pump(&f);
	assert_int_equal(fake_expect(&f, BLE_EV_ERROR)->error.err, BLE_ENOTSUP);
	fake_end(&f);
}

static void silence_is_a_time_out(void **state)
{
	(void)state;
	fake_host(&f, (struct ble_host_config){ 0 });
	assert_int_equal(ble_host_start(f.host), 0);
	fake_pump(&f);
	assert_true(ble_host_next_due(f.host) == f.now_us + 2000000);
	fake_pass(&f, 1999999);
	fake_expect_none(&f);
	fake_pass(&f, 1);
	assert_int_equal(fake_expect(&f, BLE_EV_ERROR)->error.err, BLE_ETIMEOUT);
	assert_int_equal(f.closes, 1);
	fake_end(&f);
}

/* A board that boots more slowly than its host: told of once, and met as soon as it answers. */
static void a_first_bring_up_is_tried_until_it_succeeds(void **state)
{
	static const unsigned waits_s[] = { 1, 2, 4, 8, 16, 30, 30 };
	(void)state;
	fake_host(&f, (struct ble_host_config){ .parts = BLE_PARTS(&ble_peripheral) });
	assert_int_equal(ble_host_start(f.host), 0);
	assert_int_equal(ble_adv_start(f.host), 0);
	for (unsigned i = 0; i < sizeof waits_s / sizeof waits_s[0]; i++) {
		f.open_error = i % 2 ? BLE_EIO : 0; /* it opens and is silent, it does not open: in turns */
		if (i)
			fake_pass(&f, waits_s[i - 1] * UINT64_C(1000000));
		else
			fake_pump(&f);
		assert_int_equal(f.opens, 1 + i);
		if (!f.open_error)
			fake_pass(&f, 2000000);
		if (i == 0) {
			const struct ble_event *ev = fake_expect(&f, BLE_EV_ERROR);
			assert_int_equal(ev->error.operation, BLE_OP_START);
			assert_int_equal(ev->error.err, BLE_ETIMEOUT);
		}
		fake_expect_none(&f);
		assert_true(ble_host_next_due(f.host) == f.now_us + waits_s[i] * UINT64_C(1000000));
	}
	f.open_error = 0;
	f.answers = true;
	fake_pass(&f, 30000000);
	(void)fake_expect(&f, BLE_EV_READY);
	(void)fake_expect(&f, BLE_EV_ADV_STARTED);
	fake_expect_none(&f);
	fake_end(&f);
}

static void a_transport_that_does_not_open_says_so(void **state)
{
	(void)state;
	f.open_error = BLE_EIO;
	fake_host(&f, (struct ble_host_config){ 0 });
	assert_int_equal(ble_host_start(f.host), BLE_EIO);
	assert_int_equal(ble_host_fault(f.host)->err, BLE_EIO);
	f.open_error = 0;
	fake_up(&f);
	fake_end(&f);
}

/* 4.4: zero allowed packets hold the next command back until a later event allows it. */
static void command_flow_control_is_obeyed(void **state)
{
	(void)state;
	fake_host(&f, (struct ble_host_config){ 0 });
	assert_int_equal(ble_host_start(f.host), 0);
	fake_pump(&f);
	f.allowed = 0;
	fake_serve(&f, HCI_CMD_RESET);
	fake_silent(&f);
	f.allowed = 1;
	fake_status(&f, 0, 0); /* opcode 0: only the number */
	fake_command(&f, HCI_CMD_READ_LOCAL_SUPPORTED_COMMANDS, "", 0);
	f.allowed = 5;
	fake_complete(&f, HCI_CMD_READ_BD_ADDR, 0, "abcdef", 6); /* nobody asked */
	fake_silent(&f);
	fake_complete(&f, HCI_CMD_READ_LOCAL_SUPPORTED_COMMANDS, 0, f.mask, 64);
	fake_command(&f, HCI_CMD_READ_LOCAL_VERSION_INFORMATION, "", 0);
	fake_silent(&f); /* five are allowed, one is outstanding */
	fake_end(&f);
}

static void wreck(int how)
{
	if (how == 0)
		fake_event(&f, HCI_EVT_HARDWARE_ERROR, OCTETS(0x42));
	else if (how == 1) {
		f.gone = BLE_EGONE;
		fake_pump(&f);
		f.gone = 0;
	} else {
		assert_int_equal(ble_adv_start(f.host), 0);
		fake_pump(&f);
		(void)fake_sent(&f);
		fake_pass(&f, 2000000);
	}
}

static void a_controller_that_vanishes_is_brought_up_again(void **state)
{
	static const int errs[] = { BLE_EHCI(HCI_ERR_HARDWARE_FAILURE), BLE_EGONE, BLE_ETIMEOUT };
	(void)state;
	for (int how = 0; how < 3; how++) {
		fake_init(&f);
		fake_host(&f, (struct ble_host_config){ .parts = BLE_PARTS(&ble_peripheral), .connections = 2 });
		fake_up(&f);
		ble_conn_id id = fake_connected(&f, 0x40, BLE_ROLE_PERIPHERAL);
		assert_int_equal(ble_adv_data(f.host, "\2\1\6", 3, NULL, 0), 0);
		wreck(how);
		const struct ble_event *ev = fake_expect(&f, BLE_EV_DISCONNECTED);
		assert_int_equal(ev->conn, id);
		assert_int_equal(ev->disconnected.reason, HCI_ERR_CONNECTION_TIMEOUT);
		assert_int_equal(fake_expect(&f, BLE_EV_LOST)->error.err, errs[how]);
		fake_expect_none(&f);
		assert_int_equal(f.closes, 1);
		assert_true(ble_host_next_due(f.host) == f.now_us + 1000000);
		if (how != 2)
			assert_int_equal(ble_adv_start(f.host), 0); /* kept for when it is back */
		f.answers = true;
		f.out.head = f.out.tail;
		fake_pass(&f, 1000000);
		assert_int_equal(f.opens, 2);
		(void)fake_expect(&f, BLE_EV_READY);
		(void)fake_expect(&f, BLE_EV_ADV_STARTED);
		struct ble_host_stats s;
		ble_host_stats(f.host, &s);
		assert_int_equal(s.recoveries, 1);
		fake_end(&f);
	}
}

static void the_waits_double_to_thirty_seconds_and_are_told_once(void **state)
{
	static const unsigned waits_s[] = { 1, 2, 4, 8, 16, 30, 30 };
	(void)state;
	fake_host(&f, (struct ble_host_config){ 0 });
	fake_up(&f);
	f.open_error = BLE_EIO;
	wreck(0);
	(void)fake_expect(&f, BLE_EV_LOST);
	for (size_t i = 0; i < sizeof waits_s / sizeof waits_s[0]; i++) {
		assert_true(ble_host_next_due(f.host) == f.now_us + waits_s[i] * UINT64_C(1000000));
		fake_pass(&f, waits_s[i] * UINT64_C(1000000));
		assert_int_equal(f.opens, 2 + i);
	}
	fake_expect_none(&f);
	f.open_error = 0;
	f.answers = true;
	fake_pass(&f, 30000000);
	(void)fake_expect(&f, BLE_EV_READY);
	fake_end(&f);
}

/* One loss is told once, however often the controller fails to come back. */
static void a_recovery_that_fails_is_not_a_second_loss(void **state)
{
	(void)state;
	fake_host(&f, (struct ble_host_config){ 0 });
	fake_up(&f);
	wreck(0);
	(void)fake_expect(&f, BLE_EV_LOST);
	for (int i = 0; i < 3; i++) {
		fake_pass(&f, ble_host_next_due(f.host) - f.now_us); /* opened again */
		fake_pass(&f, 2000000);                              /* nothing answers Reset */
	}
	fake_expect_none(&f);
	f.answers = true;
	fake_pass(&f, 30000000);
	(void)fake_expect(&f, BLE_EV_READY);
	f.answers = false;
	wreck(0);
	(void)fake_expect(&f, BLE_EV_LOST);
	fake_end(&f);
}

static void stop_ends_everything_and_start_begins_anew(void **state)
{
	(void)state;
	fake_host(&f, (struct ble_host_config){ 0 });
	fake_up(&f);
	(void)fake_connected(&f, 1, BLE_ROLE_PERIPHERAL);
	ble_host_stop(f.host);
	ble_host_stop(f.host);
	fake_pump(&f);
	assert_int_equal(fake_expect(&f, BLE_EV_DISCONNECTED)->disconnected.reason, HCI_ERR_LOCAL_HOST_TERMINATED);
	fake_expect_none(&f);
	assert_true(ble_host_next_due(f.host) == BLE_NEVER);
	fake_up(&f);
	fake_end(&f);
}

/* A controller that claims all: no flow control by us, and no credits for what is received. */
static void once_asks_for_no_flow_control(void **state)
{
	(void)state;
	f.mask[FAKE_FLOW] = 0xFF;
	f.answers = true;
	fake_host(&f, (struct ble_host_config){ .parts = BLE_PARTS(&ble_lean_server) });
	assert_int_equal(ble_host_start_once(f.host), 0);
	assert_int_equal(ble_host_start_once(f.host), 0);
	assert_int_equal(f.opens, 1);
	fake_pump(&f);
	(void)fake_expect(&f, BLE_EV_READY);
	while (f.out.head != f.out.tail - 1)
		(void)fake_sent(&f);
	fake_command(&f, HCI_CMD_LE_SET_DEFAULT_PHY, OCTETS(0, 3, 3));
	(void)fake_connected(&f, 0x40, BLE_ROLE_PERIPHERAL);
	ble_host_hold(f.host, true);
	ble_host_hold(f.host, false);
	for (unsigned i = 0; i < 2 * 8; i++) { /* twice the window that there would be: commands to nobody */
		fake_acl(&f, 0x40, 2, OCTETS(4, 0, 4, 0, 0x52, 9, 0, 0));
		fake_silent(&f);
	}
	fake_event(&f, HCI_EVT_DATA_BUFFER_OVERFLOW, OCTETS(1));
	const struct ble_event *ev = fake_expect(&f, BLE_EV_ERROR);
	assert_int_equal(ev->error.operation, BLE_OP_RECEIVE);
	assert_int_equal(ev->error.err, 1);
	fake_end(&f);
}

static void once_a_controller_that_vanishes_stays_away_until_it_is_started(void **state)
{
	static const int errs[] = { BLE_EHCI(HCI_ERR_HARDWARE_FAILURE), BLE_EGONE, BLE_ETIMEOUT };
	(void)state;
	for (int how = 0; how < 3; how++) {
		fake_init(&f);
		f.answers = true;
		fake_host(&f, (struct ble_host_config){ .parts = BLE_PARTS(&ble_peripheral), .connections = 2 });
		assert_int_equal(ble_host_start_once(f.host), 0);
		fake_pump(&f);
		(void)fake_expect(&f, BLE_EV_READY);
		f.answers = false;
		f.out.head = f.out.tail;
		(void)fake_connected(&f, 0x40, BLE_ROLE_PERIPHERAL);
		wreck(how);
		(void)fake_expect(&f, BLE_EV_DISCONNECTED);
		assert_int_equal(fake_expect(&f, BLE_EV_LOST)->error.err, errs[how]);
		assert_int_equal(f.closes, 1);
		fake_pass(&f, UINT64_C(3600000000));
		fake_expect_none(&f);
		assert_int_equal(f.opens, 1);
		assert_true(ble_host_next_due(f.host) == BLE_NEVER);
		/* the next start: silence, which is not a second loss */
		f.out.head = f.out.tail;
		assert_int_equal(ble_host_start_once(f.host), 0);
		fake_pump(&f);
		fake_pass(&f, 2000000);
		const struct ble_event *ev = fake_expect(&f, BLE_EV_ERROR);
		assert_int_equal(ev->error.operation, BLE_OP_START);
		assert_int_equal(ev->error.err, BLE_ETIMEOUT);
		assert_true(ble_host_next_due(f.host) == BLE_NEVER);
		f.out.head = f.out.tail;
		f.answers = true;
		assert_int_equal(ble_host_start_once(f.host), 0);
		fake_pump(&f);
		(void)fake_expect(&f, BLE_EV_READY);
		fake_end(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_full_controller_is_asked_everything_in_order, setup),
		cmocka_unit_test_setup(a_minimal_controller_is_asked_the_least, setup),
		cmocka_unit_test_setup(the_stored_identity_is_used_again_if_it_is_one, setup),
		cmocka_unit_test_setup(shared_buffers_are_read, setup),
		cmocka_unit_test_setup(le_buffers_of_no_number_are_shared, setup),
		cmocka_unit_test_setup(an_optional_command_that_is_refused_is_passed_over, setup),
		cmocka_unit_test_setup(what_cannot_be_done_without_is_an_error, setup),
		cmocka_unit_test_setup(buffers_that_hold_nothing_are_an_error, setup),
		cmocka_unit_test_setup(silence_is_a_time_out, setup),
		cmocka_unit_test_setup(a_transport_that_does_not_open_says_so, setup),
		cmocka_unit_test_setup(command_flow_control_is_obeyed, setup),
		cmocka_unit_test_setup(a_first_bring_up_is_tried_until_it_succeeds, setup),
		cmocka_unit_test_setup(a_controller_that_vanishes_is_brought_up_again, setup),
		cmocka_unit_test_setup(the_waits_double_to_thirty_seconds_and_are_told_once, setup),
		cmocka_unit_test_setup(a_recovery_that_fails_is_not_a_second_loss, setup),
		cmocka_unit_test_setup(stop_ends_everything_and_start_begins_anew, setup),
		cmocka_unit_test_setup(once_asks_for_no_flow_control, setup),
		cmocka_unit_test_setup(once_a_controller_that_vanishes_stays_away_until_it_is_started, setup),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
