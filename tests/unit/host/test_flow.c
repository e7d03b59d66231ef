/*
 * Packets through the host without any part: answers of the core, packets held for want of a buffer, credits given back
 * to the controller, and what is malformed. ATT, signalling and SM octets are from Vol 3 Part F 3.4, Part A 4, Part H 3.
 */
#include "tests/unit/host/fake_ctlr.h"

enum { A = 0x40, B = 0x41, FIRST = 2, CONT = 1, OUT = 0 };

static struct fake f;

static int setup(void **state)
{
	(void)state;
	fake_init(&f);
	return 0;
}

static void up(struct ble_host_config c)
{
	fake_host(&f, c);
	fake_up(&f);
}

#define ATT_READ_3   OCTETS(3, 0, 4, 0, 0x0A, 3, 0)
#define ATT_REFUSED_3 OCTETS(5, 0, 4, 0, 0x01, 0x0A, 0, 0, 0x06)

static void requests_without_a_server_are_refused(void **state)
{
	(void)state;
	up((struct ble_host_config){ 0 });
	(void)fake_connected(&f, A, BLE_ROLE_PERIPHERAL);
	fake_acl(&f, A, FIRST, ATT_READ_3);
	fake_acl_sent(&f, A, OUT, ATT_REFUSED_3);
	fake_acl(&f, A, FIRST, OCTETS(4, 0, 4, 0, 0x52, 3, 0, 1)); /* a command */
	fake_acl(&f, A, FIRST, OCTETS(2, 0, 4, 0, 0x0B, 1));       /* a response nobody waits for */
	fake_silent(&f);
	fake_end(&f);
}

static void pairing_is_not_supported(void **state)
{
	(void)state;
	up((struct ble_host_config){ 0 });
	(void)fake_connected(&f, A, BLE_ROLE_PERIPHERAL);
	fake_acl(&f, A, FIRST, OCTETS(7, 0, 6, 0, 1, 3, 0, 1, 16, 1, 1));
	fake_acl_sent(&f, A, OUT, OCTETS(2, 0, 6, 0, 5, 5));
	fake_acl(&f, A, FIRST, OCTETS(2, 0, 6, 0, 5, 5));
	fake_acl(&f, A, FIRST, OCTETS(0, 0, 6, 0));
	fake_silent(&f);
	fake_end(&f);
}

static void signalling_is_answered(void **state)
{
	static const struct {
		uint8_t in[32], in_len, out[12], out_len;
	} cases[] = {
		/* as peripheral every request is not understood: Command Reject, reason 0 */
		{ { 0x12, 7, 8, 0, 6, 0, 6, 0, 0, 0, 100, 0 }, 12, { 0x01, 7, 2, 0, 0, 0 }, 6 },
		{ { 0x14, 1, 10, 0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0 }, 14, { 0x01, 1, 2, 0, 0, 0 }, 6 },
		{ { 0x06, 2, 4, 0, 1, 0, 2, 0 }, 8, { 0x01, 2, 2, 0, 0, 0 }, 6 },
		{ { 0xFE, 3, 0, 0 }, 4, { 0x01, 3, 2, 0, 0, 0 }, 6 },
		/* a length that is not right */
		{ { 0x12, 4, 9, 0, 6, 0, 6, 0, 0, 0, 100, 0 }, 12, { 0x01, 4, 2, 0, 0, 0 }, 6 },
		/* longer than 23 octets: reason 1, our MTU */
		{ { 0x12, 5, 20, 0 }, 24, { 0x01, 5, 4, 0, 1, 0, 23, 0 }, 8 },
		/* not to be answered: identifier 0, responses, no header */
		{ { 0x12, 0, 8, 0, 6, 0, 6, 0, 0, 0, 100, 0 }, 12, { 0 }, 0 },
		{ { 0x01, 9, 2, 0, 0, 0 }, 6, { 0 }, 0 },
		{ { 0x13, 9, 2, 0, 0, 0 }, 6, { 0 }, 0 },
		{ { 0x15, 9, 0, 0 }, 4, { 0 }, 0 },
		{ { 0x16, 9, 4, 0, 1, 0, 1, 0 }, 8, { 0 }, 0 },
		{ { 0x12, 1, 8 }, 3, { 0 }, 0 },
		{ { 0 }, 0, { 0 }, 0 },
	};
	(void)state;
	up((struct ble_host_config){ 0 });
	(void)fake_connected(&f, A, BLE_ROLE_PERIPHERAL);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		uint8_t in[40] = { cases[i].in_len, 0, 5, 0 }, out[40] = { cases[i].out_len, 0, 5, 0 };
		memcpy(in + 4, cases[i].in, cases[i].in_len);
		memcpy(out + 4, cases[i].out, cases[i].out_len);
		fake_acl(&f, A, FIRST, in, 4u + cases[i].in_len);
		if (cases[i].out_len)
			fake_acl_sent(&f, A, OUT, out, 4u + cases[i].out_len);
		fake_silent(&f);
		fake_completed(&f, A, 1);
	}
	fake_end(&f);
}

static void malformed_packets_are_counted_and_nothing_else(void **state)
{
	static const struct {
		uint8_t octets[12], len;
	} bad[] = {
		{ { 4 }, 1 },
		{ { 4, 0x3E }, 2 },
		{ { 4, 0x3E, 5, 1 }, 4 },                  /* event shorter than it says */
		{ { 4, 0x13, 1, 2 }, 4 },                  /* completed packets of two handles, none there */
		{ { 4, 0x0E, 2, 1, 0 }, 5 },               /* Command Complete without an opcode */
		{ { 4, 0x05, 3, 0, A, 0 }, 6 },            /* Disconnection Complete cut */
		{ { 4, 0x3E, 2, 1, 0 }, 5 },               /* LE Connection Complete cut */
		{ { 4, 0x3E, 2, 3, 0 }, 5 },
		{ { 2, A, 0x20 }, 3 },
		{ { 2, A, 0x20, 9, 0, 1, 0, 4, 0 }, 9 },   /* ACL shorter than it says */
		{ { 2, A, 0x30, 4, 0, 0, 0, 4, 0 }, 9 },   /* PB 11 */
		{ { 2, A, 0x20, 5, 0, 0, 0, 4, 0, 9 }, 10 }, /* PDU longer than it says */
		{ { 2, A, 0x20, 4, 0, 0xFF, 0xFF, 4, 0 }, 9 }, /* PDU that is too long */
		{ { 2, A, 0x10, 1, 0, 0 }, 6 },            /* continues nothing */
		{ { 2, A, 0x20, 4, 0, 0, 0, 4, 0 }, 9 },   /* empty ATT PDU */
		{ { 3, A, 0, 0 }, 4 },
		{ { 9, 1, 2, 3 }, 4 },
	};
	struct ble_host_stats s;
	(void)state;
	up((struct ble_host_config){ 0 });
	ble_conn_id id = fake_connected(&f, A, BLE_ROLE_PERIPHERAL);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		fake_packet(&f, bad[i].octets, bad[i].len);
		ble_host_stats(f.host, &s);
		assert_int_equal(s.malformed, i + 1);
	}
	fake_expect_none(&f);
	fake_silent(&f);
	fake_packet(&f, OCTETS(2, 0x99, 0x20, 4, 0, 0, 0, 4, 0)); /* unknown handle */
	fake_acl(&f, A, FIRST, OCTETS(1, 0, 0x40, 0, 1));         /* unknown channel */
	ble_host_stats(f.host, &s);
	assert_int_equal(s.violations, 2);
	assert_int_equal(ble_conn_next(f.host, 0), id);
	fake_end(&f);
}

/* Cuts of every known packet, over every length: nothing may happen but counting. */
static void every_truncation_is_survived(void **state)
{
	static const uint8_t packets[][24] = {
		{ 4, 0x3E, 19, 1, 0, 0x50, 0, 1, 1, 1, 2, 3, 4, 5, 0xC6, 24, 0, 0, 0, 0x90, 1, 0 },
		{ 4, 0x3E, 12, 2, 1, 0, 1, 1, 2, 3, 4, 5, 6, 0, 0xC0 },
		{ 4, 0x3E, 10, 3, 0, A, 0, 6, 0, 0, 0, 100, 0 },
		{ 4, 0x13, 5, 1, A, 0, 1, 0 },
		{ 4, 0x0E, 4, 1, 3, 0x0C, 0 },
		{ 4, 0x0F, 4, 0, 1, 3, 0x0C },
	};
	(void)state;
	up((struct ble_host_config){ .parts = BLE_PARTS(&ble_peripheral, &ble_observer, &ble_central) });
	(void)fake_connected(&f, A, BLE_ROLE_PERIPHERAL);
	for (size_t i = 0; i < sizeof packets / sizeof packets[0]; i++)
		for (uint8_t len = 0; len < packets[i][2]; len++) {
			uint8_t p[32];
			memcpy(p, packets[i], 24);
			p[2] = len;
			fake_packet(&f, p, 3u + len);      /* says so itself */
			fake_packet(&f, packets[i], 3u + len); /* does not */
		}
	fake_expect_none(&f);
	fake_end(&f);
}

static void reassembly_crosses_connections(void **state)
{
	(void)state;
	up((struct ble_host_config){ .connections = 2 });
	(void)fake_connected(&f, A, BLE_ROLE_PERIPHERAL);
	(void)fake_connected(&f, B, BLE_ROLE_PERIPHERAL);
	fake_acl(&f, A, FIRST, OCTETS(3, 0));
	fake_acl(&f, B, FIRST, OCTETS(3, 0, 4));
	fake_acl(&f, A, CONT, OCTETS(4, 0, 0x0A, 3));
	fake_acl(&f, B, CONT, OCTETS(0, 0x0A, 3, 0));
	fake_acl_sent(&f, B, OUT, ATT_REFUSED_3);
	fake_acl(&f, A, CONT, OCTETS(0));
	fake_acl_sent(&f, A, OUT, ATT_REFUSED_3);
	fake_end(&f);
}

static void a_request_waits_for_the_driver(void **state)
{
	(void)state;
	up((struct ble_host_config){ .connections = 2, .tx_queue = 2 });
	(void)fake_connected(&f, A, BLE_ROLE_PERIPHERAL);
	(void)fake_connected(&f, B, BLE_ROLE_PERIPHERAL);
	f.keeps = true;
	fake_acl(&f, A, FIRST, ATT_READ_3);
	fake_acl(&f, B, FIRST, ATT_READ_3);
	fake_acl(&f, A, FIRST, ATT_READ_3); /* both packets are with the driver */
	fake_acl(&f, B, FIRST, OCTETS(3, 0, 4, 0, 0x0C, 3, 0));
	fake_acl_sent(&f, A, OUT, ATT_REFUSED_3);
	fake_acl_sent(&f, B, OUT, ATT_REFUSED_3);
	fake_silent(&f);
	assert_int_equal(f.in.tail - f.in.head, 1); /* the last has not even been taken */
	fake_done(&f);
	fake_acl_sent(&f, A, OUT, ATT_REFUSED_3);
	fake_acl_sent(&f, B, OUT, OCTETS(5, 0, 4, 0, 0x01, 0x0C, 0, 0, 0x06));
	fake_end(&f);
}

static void a_request_that_waits_dies_with_its_connection(void **state)
{
	(void)state;
	up((struct ble_host_config){ .tx_queue = 1 });
	(void)fake_connected(&f, A, BLE_ROLE_PERIPHERAL);
	f.keeps = true;
	fake_acl(&f, A, FIRST, ATT_READ_3);
	fake_acl(&f, A, FIRST, ATT_READ_3);
	fake_acl_sent(&f, A, OUT, ATT_REFUSED_3);
	f.gone = BLE_EGONE;
	fake_event(&f, HCI_EVT_HARDWARE_ERROR, OCTETS(1)); /* waits behind it */
	fake_expect_none(&f);
	f.keeps = false;
	fake_done(&f);
	(void)fake_expect(&f, BLE_EV_DISCONNECTED);
	(void)fake_expect(&f, BLE_EV_LOST);
	fake_end(&f);
}

static void a_second_request_before_the_answer_could_leave_is_dropped(void **state)
{
	struct ble_host_stats s;
	(void)state;
	f.acl_count = 1;
	up((struct ble_host_config){ .tx_queue = 2, .connections = 2 });
	(void)fake_connected(&f, A, BLE_ROLE_PERIPHERAL);
	(void)fake_connected(&f, B, BLE_ROLE_PERIPHERAL);
	fake_acl(&f, A, FIRST, ATT_READ_3); /* takes the one credit */
	fake_acl(&f, A, FIRST, ATT_READ_3); /* its answer waits */
	fake_acl(&f, A, FIRST, ATT_READ_3);
	fake_acl(&f, A, FIRST, OCTETS(4, 0, 5, 0, 0x06, 2, 0, 0));
	fake_acl(&f, B, FIRST, ATT_READ_3); /* the other connection has its packet all the same */
	ble_host_stats(f.host, &s);
	assert_int_equal(s.violations, 2);
	fake_acl_sent(&f, A, OUT, ATT_REFUSED_3);
	fake_silent(&f);
	fake_completed(&f, A, 1);
	fake_acl_sent(&f, A, OUT, ATT_REFUSED_3);
	fake_completed(&f, A, 1);
	fake_acl_sent(&f, B, OUT, ATT_REFUSED_3);
	fake_silent(&f);
	fake_end(&f);
}

/* Vol 4 Part E 4.3: what the controller had of a connection that is gone is room for the others. */
static void a_disconnection_frees_its_buffers(void **state)
{
	(void)state;
	f.acl_count = 1;
	up((struct ble_host_config){ .connections = 2 });
	(void)fake_connected(&f, A, BLE_ROLE_PERIPHERAL);
	(void)fake_connected(&f, B, BLE_ROLE_PERIPHERAL);
	fake_acl(&f, A, FIRST, ATT_READ_3); /* takes the one credit */
	fake_acl_sent(&f, A, OUT, ATT_REFUSED_3);
	fake_acl(&f, B, FIRST, ATT_READ_3);
	fake_silent(&f);
	fake_disconnected(&f, A, 8);
	(void)fake_expect(&f, BLE_EV_DISCONNECTED);
	fake_acl_sent(&f, B, OUT, ATT_REFUSED_3);
	fake_end(&f);
}

/* 4.2: half of the window of eight is owed, then one command gives back for all. */
static void received_packets_are_given_back(void **state)
{
	(void)state;
	f.mask[FAKE_FLOW] = 0xFF;
	up((struct ble_host_config){ .connections = 2 });
	(void)fake_connected(&f, A, BLE_ROLE_PERIPHERAL);
	(void)fake_connected(&f, B, BLE_ROLE_PERIPHERAL);
	for (int i = 0; i < 3; i++)
		fake_acl(&f, A, FIRST, OCTETS(2, 0, 4, 0, 0x0B, 1));
	fake_silent(&f);
	fake_acl(&f, B, FIRST, OCTETS(2, 0));
	const uint8_t *p = fake_command(&f, HCI_CMD_HOST_NUMBER_OF_COMPLETED_PACKETS, NULL, 0);
	assert_int_equal(p[0], 2);
	assert_int_equal(p[3] + p[7], 4);
	assert_int_equal(p[p[1] == A ? 3 : 7], 3);
	fake_acl(&f, A, FIRST, OCTETS(2, 0, 4, 0, 0x0B, 1));
	fake_disconnected(&f, A, 8); /* what was owed for it is not any more */
	for (int i = 0; i < 4; i++)
		fake_acl(&f, B, FIRST, OCTETS(2, 0, 4, 0, 0x0B, 1));
	fake_command(&f, HCI_CMD_HOST_NUMBER_OF_COMPLETED_PACKETS, OCTETS(1, B, 0, 4, 0));
	fake_silent(&f);
	fake_end(&f);
}

static void nothing_is_given_back_where_it_is_not_wanted(void **state)
{
	(void)state;
	up((struct ble_host_config){ 0 });
	(void)fake_connected(&f, A, BLE_ROLE_PERIPHERAL);
	for (int i = 0; i < 20; i++)
		fake_acl(&f, A, FIRST, OCTETS(2, 0, 4, 0, 0x0B, 1));
	fake_silent(&f);
	fake_end(&f);
}

static void a_lost_packet_is_told(void **state)
{
	(void)state;
	up((struct ble_host_config){ 0 });
	for (int i = 1; i < 3; i++) {
		fake_event(&f, HCI_EVT_DATA_BUFFER_OVERFLOW, OCTETS(1));
		const struct ble_event *ev = fake_expect(&f, BLE_EV_ERROR);
		assert_int_equal(ev->error.operation, BLE_OP_RECEIVE);
		assert_int_equal(ev->error.err, i);
	}
	fake_end(&f);
}

static void a_round_is_one_flush(void **state)
{
	(void)state;
	up((struct ble_host_config){ 0 });
	(void)fake_connected(&f, A, BLE_ROLE_PERIPHERAL);
	unsigned before = f.flushes;
	uint8_t *q = f.in.packets[f.in.tail++ % FAKE_QUEUE].data;
	memcpy(q, "\2\x40\x20\7\0\3\0\4\0\x0A\3\0", 12);
	f.in.packets[(f.in.tail - 1) % FAKE_QUEUE].len = 12;
	fake_acl(&f, A, FIRST, ATT_READ_3);
	assert_int_equal(f.flushes, before + 1);
	fake_pump(&f);
	assert_int_equal(f.flushes, before + 1); /* nothing written, nothing flushed */
	fake_end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(requests_without_a_server_are_refused, setup),
		cmocka_unit_test_setup(pairing_is_not_supported, setup),
		cmocka_unit_test_setup(signalling_is_answered, setup),
		cmocka_unit_test_setup(malformed_packets_are_counted_and_nothing_else, setup),
		cmocka_unit_test_setup(every_truncation_is_survived, setup),
		cmocka_unit_test_setup(reassembly_crosses_connections, setup),
		cmocka_unit_test_setup(a_request_waits_for_the_driver, setup),
		cmocka_unit_test_setup(a_request_that_waits_dies_with_its_connection, setup),
		cmocka_unit_test_setup(a_second_request_before_the_answer_could_leave_is_dropped, setup),
		cmocka_unit_test_setup(a_disconnection_frees_its_buffers, setup),
		cmocka_unit_test_setup(received_packets_are_given_back, setup),
		cmocka_unit_test_setup(nothing_is_given_back_where_it_is_not_wanted, setup),
		cmocka_unit_test_setup(a_lost_packet_is_told, setup),
		cmocka_unit_test_setup(a_round_is_one_flush, setup),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
