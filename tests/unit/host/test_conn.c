/*
 * Connections: made, cancelled, timed out, ended, their ids and their parameters. Vol 4 Part E 7.8.12, 7.8.13, 7.8.18,
 * 7.1.6; Vol 3 Part A 4.20, 4.21.
 */
#include "tests/unit/host/fake_ctlr.h"

#include "base/le.h"

enum { A = 0x40, B = 0x41, FIRST = 2, OUT = 0 };

static struct fake f;
static const struct ble_addr peer = { BLE_ADDR_RANDOM, { 1, 2, 3, 4, 5, 0xC6 } };

static int setup(void **state)
{
	(void)state;
	fake_init(&f);
	fake_host(&f, (struct ble_host_config){ .connections = 2,
			      .parts = BLE_PARTS(&ble_peripheral, &ble_central) });
	fake_up(&f);
	return 0;
}

static void create(uint32_t timeout_ms)
{
	assert_int_equal(ble_conn_create(f.host, &peer, &(struct ble_conn_params){ .timeout_ms = timeout_ms }), 0);
	fake_pump(&f);
	/* scan 60 ms / 30 ms, the peer, public own, 30..50 ms, latency 0, 4 s */
	fake_command(&f, HCI_CMD_LE_CREATE_CONNECTION,
		OCTETS(0x60, 0, 0x30, 0, 0, 1, 1, 2, 3, 4, 5, 0xC6, 0, 24, 0, 40, 0, 0, 0, 0x90, 1, 0, 0, 0, 0));
	fake_status(&f, HCI_CMD_LE_CREATE_CONNECTION, 0);
}

static void error_is(int err)
{
	const struct ble_event *ev = fake_expect(&f, BLE_EV_ERROR);
	assert_int_equal(ev->error.operation, BLE_OP_CONNECT);
	assert_int_equal(ev->error.err, err);
	fake_expect_none(&f);
}

static void a_connection_is_made_and_ended(void **state)
{
	struct ble_conn_info info;
	(void)state;
	create(0);
	assert_int_equal(ble_conn_create(f.host, &peer, NULL), BLE_EBUSY);
	ble_conn_id id = fake_connected(&f, A, BLE_ROLE_CENTRAL);
	assert_int_equal(ble_conn_info(f.host, id, &info), 0);
	assert_int_equal(info.handle, A);
	assert_int_equal(info.role, BLE_ROLE_CENTRAL);
	assert_int_equal(info.interval_us, 30000);
	assert_int_equal(info.supervision_ms, 4000);
	assert_int_equal(info.att_mtu, 23);
	assert_int_equal(ble_conn_disconnect(f.host, id, 0x42), BLE_EINVAL);
	assert_int_equal(ble_conn_disconnect(f.host, id, 0), 0);
	assert_int_equal(ble_conn_disconnect(f.host, id, 0), 0); /* it is on its way */
	fake_pump(&f);
	fake_command(&f, HCI_CMD_DISCONNECT, OCTETS(A, 0, 0x13));
	fake_status(&f, HCI_CMD_DISCONNECT, 0);
	fake_silent(&f);
	fake_disconnected(&f, A, 0x16);
	const struct ble_event *ev = fake_expect(&f, BLE_EV_DISCONNECTED);
	assert_int_equal(ev->conn, id);
	assert_int_equal(ev->disconnected.reason, 0x16);
	assert_memory_equal(&ev->disconnected.peer, &peer, sizeof peer);
	assert_int_equal(ble_conn_info(f.host, id, &info), BLE_ECONN);
	fake_disconnected(&f, A, 0x16);
	fake_expect_none(&f);
	fake_end(&f);
}

static void cancel_before_during_and_too_late(void **state)
{
	(void)state;
	assert_int_equal(ble_conn_cancel(f.host), 0); /* nothing to cancel */
	assert_int_equal(ble_conn_create(f.host, &peer, NULL), 0);
	assert_int_equal(ble_conn_cancel(f.host), 0); /* not sent yet */
	fake_pump(&f);
	fake_silent(&f);
	error_is(BLE_ECLOSED);
	create(0);
	assert_int_equal(ble_conn_cancel(f.host), 0);
	assert_int_equal(ble_conn_cancel(f.host), 0);
	fake_pump(&f);
	fake_serve(&f, HCI_CMD_LE_CREATE_CONNECTION_CANCEL);
	fake_expect_none(&f);
	fake_connect(&f, 0, BLE_ROLE_CENTRAL, HCI_ERR_UNKNOWN_CONNECTION);
	error_is(BLE_ECLOSED);
	create(0);
	assert_int_equal(ble_conn_cancel(f.host), 0);
	fake_pump(&f);
	(void)fake_command(&f, HCI_CMD_LE_CREATE_CONNECTION_CANCEL, "", 0);
	(void)fake_connected(&f, A, BLE_ROLE_CENTRAL);
	fake_complete(&f, HCI_CMD_LE_CREATE_CONNECTION_CANCEL, HCI_ERR_COMMAND_DISALLOWED, NULL, 0);
	fake_expect_none(&f);
	create(0); /* free for the next */
	fake_end(&f);
}

/* A cancel can meet any answer to the attempt, in any order; each time there is one end, and the next may begin. */
static void a_cancel_races_with_the_end(void **state)
{
	(void)state;
	/* the attempt is refused before the cancel could be sent */
	assert_int_equal(ble_conn_create(f.host, &peer, NULL), 0);
	fake_pump(&f);
	(void)fake_command(&f, HCI_CMD_LE_CREATE_CONNECTION, NULL, 0);
	assert_int_equal(ble_conn_cancel(f.host), 0);
	fake_status(&f, HCI_CMD_LE_CREATE_CONNECTION, HCI_ERR_COMMAND_DISALLOWED);
	error_is(BLE_EHCI(HCI_ERR_COMMAND_DISALLOWED));
	fake_silent(&f);
	/* the connection comes before the cancel is sent */
	assert_int_equal(ble_conn_create(f.host, &peer, NULL), 0);
	fake_pump(&f);
	(void)fake_command(&f, HCI_CMD_LE_CREATE_CONNECTION, NULL, 0);
	assert_int_equal(ble_conn_cancel(f.host), 0);
	(void)fake_connected(&f, A, BLE_ROLE_CENTRAL);
	fake_status(&f, HCI_CMD_LE_CREATE_CONNECTION, 0);
	fake_silent(&f);
	fake_disconnected(&f, A, 0x13);
	(void)fake_expect(&f, BLE_EV_DISCONNECTED);
	/* it fails by itself while the cancel is on its way, and is begun anew at once: the refused cancel ends nothing */
	create(0);
	assert_int_equal(ble_conn_cancel(f.host), 0);
	fake_pump(&f);
	(void)fake_command(&f, HCI_CMD_LE_CREATE_CONNECTION_CANCEL, "", 0);
	fake_connect(&f, A, BLE_ROLE_CENTRAL, HCI_ERR_FAILED_TO_BE_ESTABLISHED);
	error_is(BLE_EHCI(HCI_ERR_FAILED_TO_BE_ESTABLISHED));
	assert_int_equal(ble_conn_create(f.host, &peer, NULL), 0);
	fake_complete(&f, HCI_CMD_LE_CREATE_CONNECTION_CANCEL, HCI_ERR_COMMAND_DISALLOWED, NULL, 0);
	(void)fake_command(&f, HCI_CMD_LE_CREATE_CONNECTION, NULL, 0);
	fake_status(&f, HCI_CMD_LE_CREATE_CONNECTION, 0);
	fake_pass(&f, 10000000);
	fake_expect_none(&f);
	(void)fake_connected(&f, A, BLE_ROLE_CENTRAL);
	fake_end(&f);
}

/* A controller that has answered the cancel, whichever way, and tells of no end: after two seconds there is one. */
static void a_cancel_without_an_end_is_given_up(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		create(0);
		assert_int_equal(ble_conn_cancel(f.host), 0);
		fake_pump(&f);
		(void)fake_command(&f, HCI_CMD_LE_CREATE_CONNECTION_CANCEL, "", 0);
		fake_complete(&f, HCI_CMD_LE_CREATE_CONNECTION_CANCEL, i ? HCI_ERR_COMMAND_DISALLOWED : 0, NULL, 0);
		fake_pass(&f, 1999999);
		fake_expect_none(&f);
		fake_pass(&f, 1);
		error_is(BLE_ECLOSED);
	}
	(void)fake_connected(&f, A, BLE_ROLE_CENTRAL); /* late, and there nevertheless */
	fake_end(&f);
}

static void an_attempt_times_out(void **state)
{
	(void)state;
	create(5000);
	fake_pass(&f, 4999999);
	fake_silent(&f);
	fake_pass(&f, 1);
	fake_serve(&f, HCI_CMD_LE_CREATE_CONNECTION_CANCEL);
	fake_connect(&f, 0, BLE_ROLE_CENTRAL, HCI_ERR_UNKNOWN_CONNECTION);
	error_is(BLE_ETIMEOUT);
	create(5000);
	(void)fake_connected(&f, A, BLE_ROLE_CENTRAL);
	fake_pass(&f, 10000000); /* in time: no cancel */
	fake_silent(&f);
	fake_end(&f);
}

/* While one Disconnect is outstanding, another's end that nobody has asked for fails: each is told of its own. */
static void a_disconnection_that_failed_is_not_anothers(void **state)
{
	(void)state;
	ble_conn_id id = fake_connected(&f, A, BLE_ROLE_PERIPHERAL);
	(void)fake_connected(&f, A + 1, BLE_ROLE_PERIPHERAL);
	assert_int_equal(ble_conn_disconnect(f.host, id, 0), 0);
	fake_pump(&f);
	fake_command(&f, HCI_CMD_DISCONNECT, OCTETS(A, 0, 0x13));
	fake_event(&f, HCI_EVT_DISCONNECTION_COMPLETE, OCTETS(0x0C, A + 1, 0, 0));
	fake_expect_none(&f);
	fake_status(&f, HCI_CMD_DISCONNECT, 0x12);
	const struct ble_event *ev = fake_expect(&f, BLE_EV_ERROR);
	assert_int_equal(ev->error.operation, BLE_OP_DISCONNECT);
	assert_int_equal(ev->conn, id);
	fake_end(&f);
}

static void refusals_and_failures_are_told(void **state)
{
	(void)state;
	assert_int_equal(ble_conn_create(f.host, &peer, NULL), 0);
	fake_pump(&f);
	(void)fake_command(&f, HCI_CMD_LE_CREATE_CONNECTION, NULL, 0);
	fake_status(&f, HCI_CMD_LE_CREATE_CONNECTION, HCI_ERR_COMMAND_DISALLOWED);
	error_is(BLE_EHCI(HCI_ERR_COMMAND_DISALLOWED));
	create(0);
	fake_connect(&f, A, BLE_ROLE_CENTRAL, HCI_ERR_FAILED_TO_BE_ESTABLISHED);
	error_is(BLE_EHCI(HCI_ERR_FAILED_TO_BE_ESTABLISHED));
	ble_conn_id id = fake_connected(&f, A, BLE_ROLE_PERIPHERAL);
	assert_int_equal(ble_conn_disconnect(f.host, id, 0x15), 0);
	fake_pump(&f);
	fake_command(&f, HCI_CMD_DISCONNECT, OCTETS(A, 0, 0x15));
	fake_status(&f, HCI_CMD_DISCONNECT, 0x12);
	const struct ble_event *ev = fake_expect(&f, BLE_EV_ERROR);
	assert_int_equal(ev->error.operation, BLE_OP_DISCONNECT);
	assert_int_equal(ev->conn, id);
	assert_int_equal(ble_conn_next(f.host, 0), id); /* still up */
	fake_end(&f);
}

static void an_attempt_survives_the_controller(void **state)
{
	(void)state;
	create(0);
	fake_event(&f, HCI_EVT_HARDWARE_ERROR, OCTETS(0));
	(void)fake_expect(&f, BLE_EV_LOST);
	f.answers = true;
	fake_pass(&f, 1000000);
	(void)fake_expect(&f, BLE_EV_READY);
	f.answers = false;
	while (le16_get(fake_sent(&f)->data + 1) != HCI_CMD_LE_CREATE_CONNECTION)
		; /* it is begun anew, behind the bring-up */
	fake_silent(&f);
	(void)fake_connected(&f, A, BLE_ROLE_CENTRAL);
	fake_expect_none(&f);
	fake_end(&f);
}

static void ids_are_never_reused(void **state)
{
	ble_conn_id old[20];
	struct ble_conn_info info;
	(void)state;
	for (int i = 0; i < 20; i++) {
		old[i] = fake_connected(&f, A, BLE_ROLE_PERIPHERAL);
		assert_int_not_equal(old[i], 0);
		for (int j = 0; j < i; j++) {
			assert_int_not_equal(old[i], old[j]);
			assert_int_equal(ble_conn_info(f.host, old[j], &info), BLE_ECONN);
			assert_int_equal(ble_conn_disconnect(f.host, old[j], 0), BLE_ECONN);
			assert_int_equal(ble_conn_update(f.host, old[j], NULL), BLE_ECONN);
		}
		assert_int_equal(ble_conn_info(f.host, old[i] ^ 0x80, &info), BLE_ECONN);
		assert_int_equal(ble_conn_info(f.host, 0, &info), BLE_ECONN);
		fake_disconnected(&f, A, 8);
		(void)fake_expect(&f, BLE_EV_DISCONNECTED);
	}
	fake_end(&f);
}

static void connections_are_walked_in_order_of_slots(void **state)
{
	(void)state;
	assert_int_equal(ble_conn_next(f.host, 0), 0);
	ble_conn_id a = fake_connected(&f, A, BLE_ROLE_PERIPHERAL), b = fake_connected(&f, B, BLE_ROLE_CENTRAL);
	assert_int_equal(ble_conn_next(f.host, 0), a);
	assert_int_equal(ble_conn_next(f.host, a), b);
	assert_int_equal(ble_conn_next(f.host, b), 0);
	assert_int_equal(ble_conn_create(f.host, &peer, NULL), BLE_ENOMEM); /* no slot */
	assert_int_equal(ble_host_fault(f.host)->value, 2);
	fake_disconnected(&f, A, 8);
	assert_int_equal(ble_conn_next(f.host, 0), b);
	assert_int_equal(ble_conn_next(f.host, a), b);
	fake_end(&f);
}

static void one_connection_too_many_is_sent_away(void **state)
{
	(void)state;
	(void)fake_connected(&f, A, BLE_ROLE_PERIPHERAL);
	(void)fake_connected(&f, B, BLE_ROLE_PERIPHERAL);
	fake_connect(&f, 0x42, BLE_ROLE_PERIPHERAL, 0);
	fake_command(&f, HCI_CMD_DISCONNECT, OCTETS(0x42, 0, 0x14));
	fake_status(&f, HCI_CMD_DISCONNECT, 0);
	fake_disconnected(&f, 0x42, 0x16);
	fake_expect_none(&f);
	fake_connect(&f, B, BLE_ROLE_PERIPHERAL, 0); /* a handle that is in use */
	fake_silent(&f);
	fake_expect_none(&f);
	fake_end(&f);
}

static void updated(uint8_t status)
{
	fake_le(&f, HCI_LE_EVT_CONNECTION_UPDATE_COMPLETE, OCTETS(status, A, 0, 80, 0, 4, 0, 0x58, 2));
}

static void params_are(ble_conn_id id, int err, uint32_t interval_us)
{
	const struct ble_event *ev = fake_expect(&f, BLE_EV_PARAMS);
	assert_int_equal(ev->conn, id);
	assert_int_equal(ev->params.err, err);
	assert_int_equal(ev->params.interval_us, interval_us);
	fake_expect_none(&f);
}

static void ask(ble_conn_id id, uint8_t identifier)
{
	struct ble_conn_params p = { .interval_min_us = 100000, .latency = 4, .supervision_ms = 6000 };
	assert_int_equal(ble_conn_update(f.host, id, &p), 0);
	assert_int_equal(ble_conn_update(f.host, id, &p), BLE_EBUSY);
	fake_pump(&f);
	fake_acl_sent(&f, A, OUT, OCTETS(12, 0, 5, 0, 0x12, identifier, 8, 0, 80, 0, 80, 0, 4, 0, 0x58, 2));
	fake_completed(&f, A, 1);
}

static void a_peripheral_asks_for_parameters(void **state)
{
	(void)state;
	ble_conn_id id = fake_connected(&f, A, BLE_ROLE_PERIPHERAL);
	ask(id, 1);
	fake_acl(&f, A, FIRST, OCTETS(6, 0, 5, 0, 0x13, 2, 2, 0, 1, 0)); /* not ours */
	fake_acl(&f, A, FIRST, OCTETS(6, 0, 5, 0, 0x13, 1, 2, 0, 0, 0));
	fake_expect_none(&f); /* accepted; the change comes later */
	updated(0);
	params_are(id, 0, 100000);
	ask(id, 2);
	fake_acl(&f, A, FIRST, OCTETS(6, 0, 5, 0, 0x13, 2, 2, 0, 1, 0));
	params_are(id, BLE_EREFUSED, 100000);
	ask(id, 3);
	fake_acl(&f, A, FIRST, OCTETS(6, 0, 5, 0, 0x01, 3, 2, 0, 0, 0)); /* Command Reject */
	params_are(id, BLE_EREFUSED, 100000);
	ask(id, 4);
	fake_pass(&f, 29999999);
	fake_expect_none(&f);
	fake_pass(&f, 1);
	params_are(id, BLE_ETIMEOUT, 100000);
	fake_acl(&f, A, FIRST, OCTETS(6, 0, 5, 0, 0x13, 4, 2, 0, 1, 0)); /* too late */
	fake_expect_none(&f);
	updated(0); /* whenever the central changes them */
	params_are(id, 0, 100000);
	fake_end(&f);
}

static void identifiers_wrap_past_zero(void **state)
{
	(void)state;
	ble_conn_id id = fake_connected(&f, A, BLE_ROLE_PERIPHERAL);
	for (unsigned i = 1; i <= 257; i++) {
		ask(id, (uint8_t)(i > 255 ? i - 255 : i));
		updated(0);
		params_are(id, 0, 100000);
	}
	fake_end(&f);
}

static void a_central_changes_parameters(void **state)
{
	struct ble_conn_params p = { .interval_min_us = 100000, .latency = 4, .supervision_ms = 6000 };
	(void)state;
	ble_conn_id id = fake_connected(&f, A, BLE_ROLE_CENTRAL);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(ble_conn_update(f.host, id, &p), 0);
		fake_pump(&f);
		fake_command(&f, HCI_CMD_LE_CONNECTION_UPDATE,
			OCTETS(A, 0, 80, 0, 80, 0, 4, 0, 0x58, 2, 0, 0, 0, 0));
		fake_status(&f, HCI_CMD_LE_CONNECTION_UPDATE, i == 0 ? 0x0C : 0);
		if (i)
			updated(i == 1 ? 0x1A : 0);
		params_are(id, i == 0 ? BLE_EHCI(0x0C) : i == 1 ? BLE_EHCI(0x1A) : 0, i < 2 ? 30000 : 100000);
	}
	fake_end(&f);
}

/* What completes before our command has been taken up is a change of somebody else's: told, and ours follows. */
static void a_change_by_others_does_not_end_a_request(void **state)
{
	struct ble_conn_params p = { .interval_min_us = 50000 };
	(void)state;
	ble_conn_id id = fake_connected(&f, A, BLE_ROLE_CENTRAL);
	assert_int_equal(ble_conn_update(f.host, id, &p), 0);
	updated(0); /* before it is sent, */
	params_are(id, 0, 100000);
	(void)fake_command(&f, HCI_CMD_LE_CONNECTION_UPDATE, NULL, 0);
	updated(0); /* and before its Command Status */
	params_are(id, 0, 100000);
	updated(0x3B); /* the other's failure is not ours */
	fake_expect_none(&f);
	assert_int_equal(ble_conn_update(f.host, id, &p), BLE_EBUSY);
	fake_status(&f, HCI_CMD_LE_CONNECTION_UPDATE, 0);
	updated(0x1A);
	params_are(id, BLE_EHCI(0x1A), 100000);
	fake_silent(&f);
	fake_end(&f);
}

static void a_central_answers_a_peripheral(void **state)
{
	static const struct {
		uint16_t min, max, latency, timeout;
		bool good;
	} cases[] = {
		{ 6, 6, 0, 10, true }, { 6, 3200, 0, 3200, true }, { 5, 6, 0, 10, false }, { 6, 3201, 0, 3200, false },
		{ 7, 6, 0, 10, false }, { 6, 6, 500, 3200, false }, { 6, 6, 499, 3200, true },
		{ 6, 6, 0, 9, false }, { 6, 6, 0, 3201, false }, { 40, 40, 0, 10, false }, { 39, 39, 0, 10, true },
		{ 3200, 3200, 1, 1600, false }, { 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, false },
	};
	(void)state;
	ble_conn_id id = fake_connected(&f, A, BLE_ROLE_CENTRAL);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
#define LE(v) (uint8_t)(v), (uint8_t)((v) >> 8)
		fake_acl(&f, A, FIRST, OCTETS(12, 0, 5, 0, 0x12, 9, 8, 0, LE(cases[i].min), LE(cases[i].max),
					       LE(cases[i].latency), LE(cases[i].timeout)));
		/* What waits in the controller and what is next leave in either order: the answer first. */
		fake_acl_sent(&f, A, OUT, OCTETS(6, 0, 5, 0, 0x13, 9, 2, 0, cases[i].good ? 0 : 1, 0));
		fake_completed(&f, A, 1);
		if (cases[i].good) {
			fake_command(&f, HCI_CMD_LE_CONNECTION_UPDATE,
				OCTETS(A, 0, LE(cases[i].min), LE(cases[i].max), LE(cases[i].latency),
					LE(cases[i].timeout), 0, 0, 0, 0));
			fake_status(&f, HCI_CMD_LE_CONNECTION_UPDATE, 0);
			updated(0);
			params_are(id, 0, 100000);
		}
		fake_silent(&f);
	}
	fake_end(&f);
}

/* Vol 3 Part A 4.20: it is for the central alone; a peripheral rejects it as not understood. */
static void a_peripheral_that_is_asked_for_parameters_rejects(void **state)
{
	(void)state;
	(void)fake_connected(&f, A, BLE_ROLE_PERIPHERAL);
	fake_acl(&f, A, FIRST, OCTETS(12, 0, 5, 0, 0x12, 9, 8, 0, 6, 0, 6, 0, 0, 0, 100, 0));
	fake_acl_sent(&f, A, OUT, OCTETS(6, 0, 5, 0, 0x01, 9, 2, 0, 0, 0));
	fake_silent(&f);
	fake_end(&f);
}

/* The peer's connection and ours meet in the last slot: ours ends as an attempt that failed. */
static void an_attempt_that_finds_no_slot_is_told(void **state)
{
	(void)state;
	(void)fake_connected(&f, A, BLE_ROLE_PERIPHERAL);
	create(0);
	(void)fake_connected(&f, B, BLE_ROLE_PERIPHERAL);
	fake_connect(&f, 0x42, BLE_ROLE_CENTRAL, 0);
	error_is(BLE_ENOMEM);
	fake_command(&f, HCI_CMD_DISCONNECT, OCTETS(0x42, 0, 0x14));
	fake_end(&f);
}

/* The other way round: the peer's is sent away, and with it went the advertising. */
static void advertising_that_a_connection_without_a_slot_ended_is_told(void **state)
{
	(void)state;
	assert_int_equal(ble_adv_start(f.host), 0);
	f.answers = true;
	fake_pump(&f);
	f.answers = false;
	f.out.head = f.out.tail;
	(void)fake_expect(&f, BLE_EV_ADV_STARTED);
	(void)fake_connected(&f, A, BLE_ROLE_CENTRAL);
	(void)fake_connected(&f, B, BLE_ROLE_CENTRAL);
	fake_connect(&f, 0x42, BLE_ROLE_PERIPHERAL, 0);
	(void)fake_expect(&f, BLE_EV_ADV_STOPPED);
	fake_expect_none(&f);
	fake_command(&f, HCI_CMD_DISCONNECT, OCTETS(0x42, 0, 0x14));
	fake_end(&f);
}

static void parameters_out_of_range_are_refused(void **state)
{
	static const struct {
		struct ble_conn_params p;
		const char *text;
	} cases[] = {
		{ { .interval_min_us = 7499 }, "interval_min_us: 7499 is outside 7500..4000000" },
		{ { .interval_min_us = 20000, .interval_max_us = 10000 },
			"interval_max_us: 10000 is outside 20000..4000000" },
		{ { .interval_max_us = 4000001 }, "interval_min_us: 4000001 is outside 7500..4000000" },
		{ { .latency = 500 }, "latency: 500 is outside 0..499" },
		{ { .supervision_ms = 99 }, "supervision_ms: 99 is outside 101..32000" },
		{ { .supervision_ms = 32001 }, "supervision_ms: 32001 is outside 101..32000" },
		/* more than twice 5 * 50 ms */
		{ { .latency = 4, .supervision_ms = 500 }, "supervision_ms: 500 is outside 501..32000" },
		{ { .interval_min_us = 4000000, .latency = 4 }, "latency: 4 is outside 0..2" },
	};
	char text[100];
	(void)state;
	ble_conn_id id = fake_connected(&f, A, BLE_ROLE_PERIPHERAL);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_int_equal(ble_conn_update(f.host, id, &cases[i].p), BLE_ERANGE);
		ble_fault_text(ble_host_fault(f.host), text, sizeof text);
		assert_string_equal(text, cases[i].text);
		assert_int_equal(ble_conn_create(f.host, &peer, &cases[i].p), BLE_ERANGE);
	}
	fake_silent(&f);
	fake_end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_connection_is_made_and_ended, setup),
		cmocka_unit_test_setup(cancel_before_during_and_too_late, setup),
		cmocka_unit_test_setup(a_cancel_races_with_the_end, setup),
		cmocka_unit_test_setup(a_cancel_without_an_end_is_given_up, setup),
		cmocka_unit_test_setup(an_attempt_times_out, setup),
		cmocka_unit_test_setup(refusals_and_failures_are_told, setup),
		cmocka_unit_test_setup(a_disconnection_that_failed_is_not_anothers, setup),
		cmocka_unit_test_setup(an_attempt_survives_the_controller, setup),
		cmocka_unit_test_setup(ids_are_never_reused, setup),
		cmocka_unit_test_setup(connections_are_walked_in_order_of_slots, setup),
		cmocka_unit_test_setup(one_connection_too_many_is_sent_away, setup),
		cmocka_unit_test_setup(a_peripheral_asks_for_parameters, setup),
		cmocka_unit_test_setup(identifiers_wrap_past_zero, setup),
		cmocka_unit_test_setup(a_central_changes_parameters, setup),
		cmocka_unit_test_setup(a_change_by_others_does_not_end_a_request, setup),
		cmocka_unit_test_setup(a_central_answers_a_peripheral, setup),
		cmocka_unit_test_setup(a_peripheral_that_is_asked_for_parameters_rejects, setup),
		cmocka_unit_test_setup(an_attempt_that_finds_no_slot_is_told, setup),
		cmocka_unit_test_setup(advertising_that_a_connection_without_a_slot_ended_is_told, setup),
		cmocka_unit_test_setup(parameters_out_of_range_are_refused, setup),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
