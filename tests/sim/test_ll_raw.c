/*
 * Attacks over the air, by their ids: a peer without a link layer against ours, with an honest
 * central beside it that must not notice.
 */
#include "ll_host.h"
#include "raw_peer.h"

#include <string.h>

static struct ble_world *w;
static struct host victim, honest;
static struct raw_peer raw;

static void setup(void)
{
	w = ble_world_new(&(struct ble_world_options){ .seed = 3 });
	assert_non_null(w);
	host_add(&victim, w, &(struct ble_node_options){ .drift_ppm = 30 });
	host_add(&honest, w, &(struct ble_node_options){ .drift_ppm = -30, .x_m = 2 });
	raw_add(&raw, w, &(struct ble_node_options){ .y_m = 2 });
}

/* After everything: an honest link, made and of use within a second. */
static void finish(void)
{
	raw_vanish(&raw);
	host_stop_advertising(&victim);
	uint64_t from_us = ble_world_now(w);
	host_link(&honest, &victim, 24, 0, 100);
	assert_in_range(ble_world_now(w) - from_us, 0, 1000000);
	host_send(&honest, host_last(&honest), 3);
	host_run(&honest, 1000000);
	assert_int_equal(host_last(&victim)->received, 3);
	host_check_leaks(&victim);
	host_check_leaks(&honest);
	ble_world_free(w);
}

static struct ll_connect_ind call(uint8_t from)
{
	uint8_t to[6];
	host_address(&victim, to);
	struct ll_connect_ind ind = raw_connect_ind(to);
	ind.init_a[0] = from;
	return ind;
}

static void strange_link(const struct ll_connect_ind *ind)
{
	assert_int_equal(host_advertise(&victim, HCI_ADV_IND, 32, "", ""), 0);
	raw_connect(&raw, ind, false);
	host_run(&victim, 1000);
	host_last(&victim)->strange = true;
}

/*
 * LL-007, LL-008, LL-009, V-Z03, V-Z04, V-R01: no connection, no harm, and the next ADV_IND comes.
 */
static void test_ll_007_008_009_bad_calls(void **state)
{
	(void)state;
	setup();
	struct ll_connect_ind good = call(1);
	struct ll_connect_ind bad[14];
	for (unsigned i = 0; i < 14; i++)
		bad[i] = good;
	bad[0].hop = 0;
	bad[1].hop = 4;
	bad[2].hop = 17;
	memset(bad[3].ch_m, 0, 5);
	memcpy(bad[4].ch_m, "\0\0\1\0\xE0", 5); /* one, and the reserved ones */
	bad[5].interval = 0;
	bad[6].interval = 5;
	bad[7].interval = 0xFFFF;
	bad[8].win_size = 0;
	bad[9].win_size = 9;
	bad[10].win_offset = (uint16_t)(good.interval + 1);
	bad[11].latency = 500;
	bad[12].timeout = 0;
	bad[13].timeout = 6; /* not more than two intervals */
	assert_int_equal(host_advertise(&victim, HCI_ADV_IND, 32, "", ""), 0);
	for (unsigned i = 0; i < 14; i++)
		raw_call(&raw, &bad[i], false, 2);
	assert_int_equal(victim.made, 0);
	raw_connect(&raw, &good, false);
	assert_int_equal(victim.made, 1);
	finish();
}

/* LL-019: as many calls as there are slots, and nobody comes. */
static void test_ll_019_nobody_comes(void **state)
{
	(void)state;
	setup();
	for (unsigned round = 0; round < 5; round++) {
		for (uint8_t slot = 0; slot < 2; slot++) {
			struct ll_connect_ind ind = call(slot);
			ind.aa += slot;
			assert_int_equal(host_advertise(&victim, HCI_ADV_IND, 32, "", ""), 0);
			raw_call(&raw, &ind, false, 1);
			host_run(&victim, 2000);
			assert_int_equal(victim.made, 2 * round + slot + 1);
		}
		assert_int_equal(host_advertise(&victim, HCI_ADV_IND, 32, "", ""),
			HCI_ERR_CONNECTION_LIMIT_EXCEEDED);
		host_run(&victim, 7 * 30000);
		assert_int_equal(victim.lost, victim.made);
		assert_int_equal(host_last(&victim)->reason, HCI_ERR_FAILED_TO_BE_ESTABLISHED);
	}
	finish();
}

/* LL-020: they come and go, by a word or without one. */
static void test_ll_020_churn(void **state)
{
	(void)state;
	static const uint8_t bye[2] = { LL_TERMINATE_IND, 0x13 };
	setup();
	for (unsigned round = 0; round < 60; round++) {
		struct ll_connect_ind ind = call((uint8_t)round);
		ind.timeout = 10;
		strange_link(&ind);
		if (round & 1) {
			raw_send(&raw, LL_LLID_CONTROL, bye, sizeof bye);
			raw_flush(&raw);
		}
		raw_vanish(&raw);
		host_run(&victim, 110000);
		assert_int_equal(victim.lost, round + 1);
		assert_int_equal(host_last(&victim)->reason,
			round & 1 ? HCI_ERR_REMOTE_USER_TERMINATED : HCI_ERR_CONNECTION_TIMEOUT);
	}
	finish();
}

/*
 * LL-001: PDUs that say they are longer than was agreed are not heard. The link dies of it, as it
 * was never acknowledged; the device does not.
 */
static void test_ll_001_oversize(void **state)
{
	(void)state;
	uint8_t payload[240] = { LL_VERSION_IND };
	setup();
	for (uint8_t llid = 1; llid < 4; llid++) {
		struct ll_connect_ind ind = call(llid);
		strange_link(&ind);
		raw_send(&raw, llid, payload, sizeof payload);
		host_run(&victim, 2100000);
		assert_int_equal(raw.queued, 1);
		assert_int_equal(raw.heard_count, 0);
		assert_int_equal(host_last(&victim)->octets, 0);
		assert_int_equal(host_last(&victim)->reason, HCI_ERR_CONNECTION_TIMEOUT);
		raw_vanish(&raw);
	}
	finish();
}

/* LL-042: each takes a whole buffer, and no other link starves of it. */
static void test_ll_042_tiny_fragments(void **state)
{
	(void)state;
	setup();
	host_link(&honest, &victim, 24, 0, 100);
	struct link *theirs = host_last(&honest), *ours = host_last(&victim);
	struct ll_connect_ind ind = call(1);
	strange_link(&ind);
	host_send(&honest, theirs, 200);
	host_send(&victim, ours, 200);
	for (unsigned n = 0; n < 50; n++) {
		for (uint8_t i = 0; i < RAW_QUEUE; i++)
			raw_send(&raw, i & 1 ? LL_LLID_CONTINUE : LL_LLID_START, &i, 1);
		raw_flush(&raw);
	}
	assert_int_equal(host_last(&victim)->octets, 50 * RAW_QUEUE);
	host_run(&victim, 20000000);
	assert_int_equal(ours->received, 200);
	assert_int_equal(theirs->received, 200);
	assert_int_equal(host_disconnect(&honest, theirs, 0x13), 0);
	host_run(&honest, 1000000);
	finish();
}

/* LL-050: opcodes that nobody has, of any length. */
static void test_ll_050_opcodes_of_nobody(void **state)
{
	(void)state;
	uint8_t payload[27] = { 0 };
	setup();
	struct ll_connect_ind ind = call(1);
	strange_link(&ind);
	for (unsigned opcode = 0x40; opcode < 0x100; opcode += 13) {
		payload[0] = (uint8_t)opcode;
		raw_send(&raw, LL_LLID_CONTROL, payload, (uint8_t)(1 + opcode % 27));
		assert_int_equal(raw_expect(&raw, LL_UNKNOWN_RSP)[1], opcode);
	}
	host_run(&victim, 1000000);
	assert_int_equal(raw.heard_count, 0);
	assert_true(host_last(&victim)->up);
	finish();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ll_007_008_009_bad_calls),
		cmocka_unit_test(test_ll_019_nobody_comes),
		cmocka_unit_test(test_ll_020_churn),
		cmocka_unit_test(test_ll_001_oversize),
		cmocka_unit_test(test_ll_042_tiny_fragments),
		cmocka_unit_test(test_ll_050_opcodes_of_nobody),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
