/*
 * The part ble_heartbeat: who says nothing is asked, who does not answer is given up; and nobody is given up because the
 * program did not look for its answer. LE Read Buffer Size: Vol 4 Part E 7.8.2.
 */
#include "tests/unit/host/fake_ctlr.h"

#define SECOND_US UINT64_C(1000000)

static struct fake f;

static int setup(void **state)
{
	(void)state;
	fake_init(&f);
	fake_host(&f, (struct ble_host_config){ .parts = BLE_PARTS(&ble_heartbeat, &ble_peripheral) });
	fake_up(&f);
	f.out.head = f.out.tail;
	return 0;
}

static void answer(void)
{
	fake_command(&f, HCI_CMD_LE_READ_BUFFER_SIZE, "", 0);
	fake_complete(&f, HCI_CMD_LE_READ_BUFFER_SIZE, 0, "\xFB\0\x08", 3);
}

static void a_controller_that_falls_silent_is_given_up_and_opened_again(void **state)
{
	(void)state;
	ble_conn_id id = fake_connected(&f, 0x40, BLE_ROLE_PERIPHERAL);
	fake_pass(&f, 5 * SECOND_US); /* it has spoken meanwhile, of the connection */
	fake_silent(&f);
	fake_pass(&f, 5 * SECOND_US - 1);
	fake_silent(&f);
	fake_pass(&f, 1);
	fake_command(&f, HCI_CMD_LE_READ_BUFFER_SIZE, "", 0);
	fake_pass(&f, 2 * SECOND_US - 1);
	fake_expect_none(&f);
	fake_pass(&f, 1);
	assert_int_equal(fake_expect(&f, BLE_EV_DISCONNECTED)->conn, id);
	assert_int_equal(fake_expect(&f, BLE_EV_LOST)->error.err, BLE_ETIMEOUT);
	f.answers = true;
	fake_pass(&f, SECOND_US);
	(void)fake_expect(&f, BLE_EV_READY);
	f.answers = false;
	f.out.head = f.out.tail;
	fake_pass(&f, 5 * SECOND_US); /* the one that came back is listened to as well */
	answer();
	fake_end(&f);
}

static void one_that_answers_lives(void **state)
{
	(void)state;
	for (int i = 0; i < 100; i++) {
		fake_pass(&f, 5 * SECOND_US - 1);
		fake_silent(&f);
		fake_pass(&f, 1);
		answer();
	}
	fake_expect_none(&f);
	fake_end(&f);
}

static void one_that_refuses_lives(void **state)
{
	(void)state;
	fake_pass(&f, 5 * SECOND_US);
	fake_command(&f, HCI_CMD_LE_READ_BUFFER_SIZE, "", 0);
	fake_complete(&f, HCI_CMD_LE_READ_BUFFER_SIZE, HCI_ERR_UNKNOWN_COMMAND, "", 0);
	fake_pass(&f, 3 * SECOND_US);
	fake_expect_none(&f);
	fake_end(&f);
}

static void one_that_talks_is_not_asked(void **state)
{
	(void)state;
	(void)fake_connected(&f, 0x40, BLE_ROLE_PERIPHERAL);
	for (int i = 0; i < 100; i++) {
		fake_pass(&f, 4 * SECOND_US);
		fake_completed(&f, 0x40, 0);
	}
	fake_silent(&f);
	fake_end(&f);
}

static void who_is_stopped_does_not_listen(void **state)
{
	(void)state;
	ble_host_stop(f.host);
	fake_pump(&f);
	assert_true(ble_host_next_due(f.host) == BLE_NEVER);
	fake_end(&f);
}

/* The program slept: the answer has come in time, and is found. */
static void an_answer_that_waits_is_found(void **state)
{
	(void)state;
	fake_pass(&f, 5 * SECOND_US);
	fake_command(&f, HCI_CMD_LE_READ_BUFFER_SIZE, "", 0);
	f.now_us += 60 * SECOND_US;
	fake_complete(&f, HCI_CMD_LE_READ_BUFFER_SIZE, 0, "\xFB\0\x08", 3);
	fake_pass(&f, SECOND_US);
	fake_expect_none(&f);
	fake_end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_controller_that_falls_silent_is_given_up_and_opened_again, setup),
		cmocka_unit_test_setup(one_that_answers_lives, setup),
		cmocka_unit_test_setup(one_that_refuses_lives, setup),
		cmocka_unit_test_setup(one_that_talks_is_not_asked, setup),
		cmocka_unit_test_setup(who_is_stopped_does_not_listen, setup),
		cmocka_unit_test_setup(an_answer_that_waits_is_found, setup),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
