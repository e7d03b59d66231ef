/*
 * Advertising on a scripted radio: the PDUs octet by octet, the times of every operation, who is
 * answered, and which CONNECT_IND makes a connection.
 */
#include "rig.h"

#include <string.h>

static struct rig r;

static void test_event(void **state)
{
	(void)state;
	rig_init(&r, NULL);
	rig_advertise(&r, HCI_ADV_IND, "ab", "xyz");
	uint64_t before_us = 0;
	for (unsigned event = 0; event < 50; event++) {
		uint64_t free_us = 0;
		for (uint8_t ch = 37; ch <= 39; ch++) {
			assert_true(rig_run(&r, r.now_us + 200000));
			static const uint8_t want[] = { LL_ADV_IND, 8, 1, 2, 3, 4, 5, 6, 'a', 'b' };
			assert_int_equal(r.op.dir, BLE_RADIO_TX);
			assert_int_equal(r.op.then, BLE_RADIO_TURN);
			assert_int_equal(r.op.channel, ch);
			assert_int_equal(r.op.access_address, 0x8E89BED6);
			assert_int_equal(r.op.crc_init, 0x555555);
			assert_memory_equal(r.op.pdu, want, sizeof want);
			/* the interval of 100 ms and 0..10 ms; between channels no longer than
			 * needed */
			if (ch > 37)
				assert_in_range(
					r.op.start_us, free_us + RIG_LEAD_US, free_us + 100);
			else if (event)
				assert_in_range(
					r.op.start_us, before_us + 100000, before_us + 110000);
			if (ch == 37)
				before_us = r.op.start_us;
			rig_sent(&r);
			assert_true(r.posted && r.op.dir == BLE_RADIO_RX);
			rig_silence(&r);
			free_us = r.now_us;
		}
	}
}

/* advDelay is spread over 0..10 ms. */
static void test_delay(void **state)
{
	(void)state;
	unsigned bins[10] = { 0 };
	uint64_t last_us = 0;
	rig_init(&r, NULL);
	rig_advertise(&r, HCI_ADV_NONCONN_IND, "", "");
	for (unsigned n = 0; n < 3 * 2001; n++) {
		assert_true(rig_run(&r, r.now_us + 200000));
		assert_int_equal(r.op.then, BLE_RADIO_STOP);
		if (r.op.channel == 37 && last_us)
			bins[(r.op.start_us - last_us - 100000) * 10 / 10001]++;
		if (r.op.channel == 37)
			last_us = r.op.start_us;
		rig_sent(&r);
	}
	for (unsigned i = 0; i < 10; i++)
		assert_in_range(bins[i], 140, 260); /* 200 each; sigma is 13 */
}

static void request(uint8_t pdu[14], bool tx_add, bool rx_add, const uint8_t adv_a[6])
{
	pdu[0] = (uint8_t)(LL_SCAN_REQ | tx_add << 6 | rx_add << 7);
	pdu[1] = 12;
	memcpy(pdu + 2, rig_peer, 6);
	memcpy(pdu + 8, adv_a, 6);
}

static void listen(uint8_t type)
{
	rig_init(&r, NULL);
	rig_advertise(&r, type, "ab", "xyz");
	assert_true(rig_run(&r, r.now_us + 200000));
	rig_sent(&r);
}

static void test_scan_response(void **state)
{
	(void)state;
	static const uint8_t want[] = { LL_SCAN_RSP, 9, 1, 2, 3, 4, 5, 6, 'x', 'y', 'z' };
	uint8_t pdu[14], other[6] = { 1, 2, 3, 4, 5, 7 };
	for (uint8_t type = HCI_ADV_IND; type <= HCI_ADV_SCAN_IND; type += 2) {
		listen(type);
		request(pdu, true, false, rig_address);
		rig_receive(&r, 0, pdu, true);
		assert_true(r.posted && r.op.dir == BLE_RADIO_TX);
		assert_memory_equal(r.op.pdu, want, sizeof want);
		assert_int_equal(r.op.then, BLE_RADIO_STOP);
	}
	listen(HCI_ADV_IND);
	request(pdu, true, true, rig_address); /* a random address of the same octets */
	rig_receive(&r, 0, pdu, true);
	assert_false(r.posted);
	listen(HCI_ADV_IND);
	request(pdu, true, false, other);
	rig_receive(&r, 0, pdu, true);
	assert_false(r.posted);
	listen(HCI_ADV_IND);
	request(pdu, true, false, rig_address);
	rig_receive(&r, 0, pdu, false);
	assert_false(r.posted);
	for (unsigned len = 0; len <= 37; len++) {
		uint8_t bad[39] = { 0 };
		request(bad, true, false, rig_address);
		bad[1] = (uint8_t)len;
		listen(HCI_ADV_IND);
		rig_receive(&r, 0, bad, true);
		assert_int_equal(r.posted, len == 12);
	}
}

/*
 * LL-018: every PDU of ours is asked about by somebody new. Each has its answer T_IFS later,
 * nothing is taken for it, and the events keep their time.
 */
static void test_ll_018_scan_request_flood(void **state)
{
	(void)state;
	uint8_t pdu[14];
	uint64_t event_us = 0;
	rig_init(&r, NULL);
	rig_advertise(&r, HCI_ADV_IND, "ab", "xyz");
	for (unsigned n = 0; n < 300; n++) {
		assert_true(rig_run(&r, r.now_us + 200000));
		if (n % 3 == 0 && n)
			assert_in_range(r.op.start_us - event_us, 100000, 110000);
		if (n % 3 == 0)
			event_us = r.op.start_us;
		rig_sent(&r);
		request(pdu, n & 1, false, rig_address);
		le16_put(pdu + 2, (uint16_t)n);
		rig_receive(&r, 0, pdu, true);
		assert_true(r.posted && r.op.dir == BLE_RADIO_TX);
		assert_int_equal(r.op_us, r.now_us + 150);
		rig_sent(&r);
		rig_main(&r);
		assert_int_equal(rig_read(&r), 0);
		rig_check_leaks(&r);
	}
}

static bool connects(const uint8_t *pdu)
{
	rig_receive(&r, 0, pdu, true);
	rig_main(&r);
	return rig_find(&r, HCI_EVT_LE_META, HCI_LE_EVT_CONNECTION_COMPLETE) != NULL;
}

static void test_ll_007_008_009_connect_fields(void **state)
{
	(void)state;
	uint8_t pdu[36];
	for (unsigned n = 0; n < 3000; n++) {
		struct ll_connect_ind ind = rig_connect_ind();
		uint8_t *octets = pdu + 2 + 12 +
			7; /* from win_size on: size, offset, interval, latency, timeout, map, hop */
		rig_connect_pdu(pdu, &ind);
		/* each octet alone takes many values */
		octets[n % 15] = (uint8_t)(n / 15);
		struct rd rd = rd_of(pdu + 2, 34);
		assert_true(ll_connect_ind_read(&rd, &ind));
		listen(HCI_ADV_IND);
		assert_int_equal(connects(pdu), ll_connect_ind_valid(&ind));
		rig_main(&r);
	}
}

/* LL-011, LL-012 */
static void test_ll_011_012_connect_addresses(void **state)
{
	(void)state;
	uint8_t pdu[36];
	struct ll_connect_ind ind = rig_connect_ind();
	for (unsigned bits = 0; bits < 4; bits++) {
		rig_connect_pdu(pdu, &ind);
		pdu[0] = (uint8_t)(LL_CONNECT_IND | bits << 6);
		listen(HCI_ADV_IND);
		assert_int_equal(connects(pdu),
			!(bits & 2)); /* TxAdd is the peer's business, RxAdd is ours */
	}
	for (unsigned i = 0; i < 6; i++) {
		rig_connect_pdu(pdu, &ind);
		pdu[2 + 6 + i] ^= 1;
		listen(HCI_ADV_IND);
		assert_false(connects(pdu));
	}
	memcpy(ind.init_a, rig_address, 6);
	rig_connect_pdu(pdu, &ind);
	listen(HCI_ADV_IND);
	assert_false(connects(pdu));
	/* and we go on with the next channel as if nothing had been */
	assert_true(rig_run(&r, r.now_us + 10000));
	assert_int_equal(r.op.channel, 38);
	pdu[0] |= 1 << 6; /* the same octets as a random address: another device */
	listen(HCI_ADV_IND);
	assert_true(connects(pdu));
	rig_connect_pdu(pdu, &ind);
	listen(HCI_ADV_SCAN_IND);
	assert_false(connects(pdu));
}

static void test_ll_011_connect_directed(void **state)
{
	(void)state;
	uint8_t pdu[36];
	for (unsigned i = 0; i < 7; i++) {
		struct ll_connect_ind ind = rig_connect_ind();
		if (i < 6)
			ind.init_a[i] ^= 0x80;
		rig_connect_pdu(pdu, &ind);
		listen(HCI_ADV_DIRECT_IND_LOW);
		assert_int_equal(connects(pdu), i == 6);
	}
}

static void test_ll_011_connect_filtered(void **state)
{
	(void)state;
	uint8_t pdu[36], device[7] = { 0 },
			 params[15] = { 160, 0, 160, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0 };
	memcpy(device + 1, rig_peer, 6);
	for (uint8_t policy = 0; policy < 4; policy++)
		for (uint8_t known = 0; known < 3; known++) {
			struct ll_connect_ind ind = rig_connect_ind();
			uint8_t scan[14];
			for (unsigned what = 0; what < 2; what++) {
				rig_init(&r, NULL);
				device[0] = known == 2; /* the octets, as the other type */
				if (known)
					rig_cmd(&r, HCI_CMD_LE_ADD_DEVICE_TO_FILTER_ACCEPT_LIST,
						device, 7);
				params[14] = policy;
				rig_cmd(&r, HCI_CMD_LE_SET_ADVERTISING_PARAMETERS, params, 15);
				rig_cmd(&r, HCI_CMD_LE_SET_ADVERTISING_ENABLE, "\1", 1);
				assert_true(rig_run(&r, r.now_us + 200000));
				rig_sent(&r);
				if (what) {
					rig_connect_pdu(pdu, &ind);
					assert_int_equal(
						connects(pdu), !(policy & 2) || known == 1);
				} else {
					request(scan, false, false, rig_address);
					rig_receive(&r, 0, scan, true);
					assert_int_equal(r.posted, !(policy & 1) || known == 1);
				}
			}
		}
}

/*
 * Data set while advertising goes out with the next event; parameters and address wait until it is
 * off.
 */
static void test_changes(void **state)
{
	(void)state;
	uint8_t data[32] = { 1, 'q' },
		params[15] = { 160, 0, 160, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0 };
	listen(HCI_ADV_IND);
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_SET_ADVERTISING_DATA, data, 32), 0);
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_SET_ADVERTISING_PARAMETERS, params, 15),
		HCI_ERR_COMMAND_DISALLOWED);
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_SET_RANDOM_ADDRESS, rig_peer, 6),
		HCI_ERR_COMMAND_DISALLOWED);
	rig_silence(&r);
	for (unsigned n = 0; n < 3; n++) {
		assert_true(rig_run(&r, r.now_us + 200000));
		if (r.op.channel == 37)
			break;
		assert_int_equal(r.op.pdu[1], 8);
		rig_sent(&r);
		rig_silence(&r);
	}
	assert_int_equal(r.op.pdu[1], 7);
	assert_int_equal(r.op.pdu[8], 'q');
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_SET_ADVERTISING_ENABLE, "\0", 1), 0);
	assert_false(r.posted);
	assert_false(rig_run(&r, r.now_us + 10000000));
}

/*
 * 4.4.2.2.1: an event that was put off moves those behind it; none comes sooner than the interval.
 */
static void test_put_off(void **state)
{
	(void)state;
	rig_init(&r, NULL);
	rig_advertise(&r, HCI_ADV_NONCONN_IND, "", "");
	for (unsigned n = 0; n < 10; n++) {
		for (unsigned ch = 0; ch < 3; ch++) {
			assert_true(rig_run(&r, r.now_us + 200000));
			rig_sent(&r);
		}
		rig_main(&r);
		r.now_us = ble_ctlr_next_due(r.c) + 9000; /* nobody called us in time */
		assert_true(rig_run(&r, r.now_us + 200000));
		uint64_t begun_us = r.op_us;
		for (unsigned ch = 0; ch < 3; ch++) {
			assert_int_equal(r.op.channel, 37 + ch);
			rig_sent(&r);
			assert_true(rig_run(&r, r.now_us + 200000));
		}
		assert_in_range(r.op_us - begun_us, 100000, 110000);
		rig_sent(&r);
		for (unsigned ch = 1; ch < 3; ch++) {
			assert_true(rig_run(&r, r.now_us + 200000));
			rig_sent(&r);
		}
	}
}

/* 4.5: one connection between two addresses; a second CONNECT_IND of the peer's is ignored. */
static void test_connect_again(void **state)
{
	(void)state;
	static const uint8_t random[6] = { 9, 9, 9, 9, 9, 0xC9 };
	struct ll_connect_ind ind = rig_connect_ind();
	uint8_t pdu[36], params[15] = { 160, 0, 160, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0 };
	for (unsigned i = 0; i < 3; i++) {
		rig_init(&r, NULL);
		rig_peripheral(&r, &ind);
		rig_connect_pdu(pdu, &ind);
		if (i == 1)
			pdu[2] ^= 1; /* another peer */
		if (i == 2) {        /* another address of ours */
			params[5] = 1;
			memcpy(pdu + 8, random, 6);
			pdu[0] |= 0x80;
			rig_cmd(&r, HCI_CMD_LE_SET_RANDOM_ADDRESS, random, 6);
		}
		rig_cmd(&r, HCI_CMD_LE_SET_ADVERTISING_PARAMETERS, params, 15);
		assert_int_equal(rig_cmd(&r, HCI_CMD_LE_SET_ADVERTISING_ENABLE, "\1", 1), 0);
		while (rig_run(&r, r.now_us + 200000) && r.op.dir != BLE_RADIO_TX)
			rig_silence(&r);
		rig_sent(&r);
		assert_int_equal(connects(pdu), i != 0);
	}
}

static void test_late(void **state)
{
	(void)state;
	struct ble_ctlr_stats s;
	rig_init(&r, NULL);
	rig_advertise(&r, HCI_ADV_IND, "", "");
	assert_true(rig_run(&r, r.now_us + 200000));
	rig_late(&r);
	rig_main(&r);
	ble_ctlr_stats(r.c, &s);
	assert_int_equal(s.late, 1);
	assert_true(rig_run(&r, r.now_us + 200000)); /* the next event comes */
	rig_check_leaks(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_event),
		cmocka_unit_test(test_delay),
		cmocka_unit_test(test_scan_response),
		cmocka_unit_test(test_ll_018_scan_request_flood),
		cmocka_unit_test(test_ll_007_008_009_connect_fields),
		cmocka_unit_test(test_ll_011_012_connect_addresses),
		cmocka_unit_test(test_ll_011_connect_directed),
		cmocka_unit_test(test_ll_011_connect_filtered),
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_put_off),
		cmocka_unit_test(test_connect_again),
		cmocka_unit_test(test_late),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
