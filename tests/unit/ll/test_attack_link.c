/*
 * Attacks on acknowledgement and framing, by their ids: what a hostile peer does with LLID, Length,
 * SN and NESN.
 */
#include "link.h"

#include <string.h>

static struct rig r;
static struct link l;

struct transcript {
	uint8_t octets[400];
	size_t len;
};

static void note(struct transcript *t, const uint8_t *octets, size_t len)
{
	assert_in_range(len, 0, sizeof t->octets - t->len);
	memcpy(t->octets + t->len, octets, len);
	t->len += len;
}

/* A PDU with the reserved LLID is acknowledged with an empty PDU, and that is all. */
static void nothing(uint8_t len)
{
	uint8_t payload[27];
	memset(payload, LL_VERSION_IND, sizeof payload);
	assert_true(rig_run(&r, r.now_us + 1000000));
	link_peer(&l, 0, payload, len, false);
	assert_int_equal(link_ours(&l)[1], 0);
	rig_main(&r);
}

/*
 * What a link says, to the peer and to the host, in a script of version, features and two
 * fragments.
 */
static void talk(struct transcript *t, unsigned strange_len)
{
	static const uint8_t script[4][9] = { { LL_VERSION_IND, 9 }, { 7, 0, 4, 0, 'a', 'b' },
		{ LL_FEATURE_REQ, 0xFF }, { 'c', 'd', 'e', 'f', 'g' } };
	static const uint8_t lens[4] = { 6, 6, 9, 5 };
	static const uint8_t llids[4] = { LL_LLID_CONTROL, LL_LLID_START, LL_LLID_CONTROL,
		LL_LLID_CONTINUE };
	link_open(&l, &r, false);
	for (unsigned i = 0; i < 4; i++) {
		if (strange_len < 28)
			nothing((uint8_t)strange_len);
		assert_true(rig_run(&r, r.now_us + 1000000));
		link_peer(&l, llids[i], script[i], lens[i], false);
		link_ours(&l);
		if (strange_len < 28 && llids[i] != LL_LLID_CONTROL)
			nothing((uint8_t)strange_len);
		assert_true(rig_run(&r, r.now_us + 1000000));
		link_peer(&l, LL_LLID_CONTINUE, NULL, 0, false);
		const uint8_t *pdu = link_ours(&l);
		note(t, pdu + 1, 1u + pdu[1]);
		rig_main(&r);
		while (rig_read(&r) > 0)
			note(t, r.evt, (size_t)r.evt_len);
	}
	rig_check_leaks(&r);
}

static void test_ll_002_reserved_llid(void **state)
{
	(void)state;
	static struct transcript clean, strange;
	clean.len = 0;
	talk(&clean, 255);
	for (unsigned len = 0; len <= 27; len++) {
		strange.len = 0;
		talk(&strange, len);
		assert_int_equal(strange.len, clean.len);
		assert_memory_equal(strange.octets, clean.octets, clean.len);
	}
}

/*
 * The first packet has SN = NESN = 1: to us it is an old one, and acknowledges what was never sent.
 */
static void test_ll_030_first_sequence_numbers(void **state)
{
	(void)state;
	struct ble_ctlr_stats s;
	uint8_t pdu[2 + 6];
	static const uint8_t data[6] = { 2, 0, 4, 0, 'a', 'b' };
	link_open(&l, &r, false);
	for (unsigned i = 0; i < 5; i++) {
		assert_true(rig_run(&r, r.now_us + 1000000));
		rig_data(pdu, LL_LLID_START, true, i == 0, false, data, sizeof data);
		rig_receive(&r, r.op.start_us + r.op.window_us / 2, pdu, true);
		assert_int_equal(r.op.pdu[0] >> 2 & 3, 0); /* NESN and SN as at first */
		rig_sent(&r);
		rig_main(&r);
		assert_int_equal(rig_read(&r), 0);
	}
	ble_ctlr_stats(r.c, &s);
	assert_int_equal(s.unexpected_acks, 1);
	assert_true(rig_run(&r, r.now_us + 1000000));
	l.sn = false;
	link_peer(&l, LL_LLID_START, data, sizeof data, false);
	link_ours(&l);
	rig_main(&r);
	assert_int_equal(rig_read(&r), 5 + 6);
	rig_check_leaks(&r);
}

/* An acknowledgement that comes before the LL_TERMINATE_IND has been sent is not one of it. */
static void test_ll_032_early_acknowledgement(void **state)
{
	(void)state;
	uint8_t params[3] = { 0, 0, HCI_ERR_REMOTE_USER_TERMINATED };
	link_open(&l, &r, false);
	assert_true(rig_run(&r, r.now_us + 1000000));
	link_idle(&l);
	link_handle(&l, params);
	assert_int_equal(rig_cmd(&r, HCI_CMD_DISCONNECT, params, 3), 0);
	assert_true(rig_run(&r, r.now_us + 1000000));
	link_peer(&l, LL_LLID_CONTINUE, NULL, 0, false); /* acknowledges our empty PDU */
	assert_int_equal(link_conn(&l)->state, LL_CONN_OPEN);
	assert_int_equal(link_ours(&l)[2], LL_TERMINATE_IND);
	rig_main(&r);
	assert_int_equal(link_conn(&l)->state, LL_CONN_OPEN);
	assert_true(rig_run(&r, r.now_us + 1000000));
	link_peer(&l, LL_LLID_CONTINUE, NULL, 0, false);
	link_ours(&l);
	rig_main(&r);
	const uint8_t *evt = rig_find(&r, HCI_EVT_DISCONNECTION_COMPLETE, 0);
	assert_non_null(evt);
	assert_int_equal(evt[3], HCI_ERR_LOCAL_HOST_TERMINATED);
	rig_check_leaks(&r);
}

/*
 * NESN against what we sent, at random: packets are completed at most as often as the host gave
 * them.
 */
static void test_ll_032_random_acknowledgements(void **state)
{
	(void)state;
	uint32_t v = 1;
	unsigned given = 0, done = 0;
	link_open(&l, &r, false);
	uint8_t acl[] = { HCI_H4_ACL, 0, 0, 3, 0, 1, 2, 3 }, pdu[2];
	link_handle(&l, acl + 1);
	for (unsigned n = 0; n < 5000; n++) {
		v = v * 1664525 + 1013904223;
		given += v >> 28 < 4 && ble_ctlr_hci_write(r.c, acl, sizeof acl) == 0;
		assert_true(rig_run(&r, r.now_us + 1000000));
		rig_data(pdu, LL_LLID_CONTINUE, v >> 20 & 1, v >> 21 & 1, v >> 22 & 1, NULL, 0);
		rig_receive(&r, r.turned ? 0 : r.op.start_us + r.op.window_us / 2, pdu, true);
		rig_sent(&r);
		rig_main(&r);
		while (rig_read(&r) > 0)
			if (r.evt[1] == HCI_EVT_NUMBER_OF_COMPLETED_PACKETS)
				done += le16_get(r.evt + 6);
		assert_true(done <= given);
	}
	assert_in_range(done, given - 8, given);
	assert_true(given > 500);
}

static void test_ll_034_zero_length(void **state)
{
	(void)state;
	link_open(&l, &r, false);
	for (unsigned n = 0; n < 40; n++) {
		assert_true(rig_run(&r, r.now_us + 1000000));
		link_peer(&l, n & 3, NULL, 0, n & 4);
		assert_int_equal(link_ours(&l)[1], 0);
		if (r.posted)
			rig_silence(&r);
		rig_main(&r);
		assert_int_equal(rig_read(&r), 0);
	}
	rig_check_leaks(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ll_002_reserved_llid),
		cmocka_unit_test(test_ll_030_first_sequence_numbers),
		cmocka_unit_test(test_ll_032_early_acknowledgement),
		cmocka_unit_test(test_ll_032_random_acknowledgements),
		cmocka_unit_test(test_ll_034_zero_length),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
