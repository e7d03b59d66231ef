/*
 * Two link layers that encrypt their link on a lossy air, with data both ways before, while and after it begins:
 * nothing is lost, and a listener who hears every packet finds none of it in clear from the moment on at which either
 * host was told, nor two different packets under one counter.
 */
#include "ll_host.h"

#include "spec/ll_pdu.h"
#include "spec/llcp_pdu.h"

#include <string.h>

static struct ble_world *w;
static struct host a, b;

/* The listener. By direction: what was sent last, and whether the peer must have acknowledged it. */
static struct {
	bool secret;
	unsigned sealed, clear;
	struct {
		uint8_t pdu[257];
		bool any;
	} last[2];
	uint8_t skds[64][12]; /* halves of SKD and IV of the peripheral, and of the central */
	unsigned skd_count;
} ear;

/* Octets of a message differ by three (ll_host.c). */
static bool is_message(const uint8_t *payload, unsigned len)
{
	for (unsigned i = 1; i < len; i++)
		if ((uint8_t)(payload[i] - payload[i - 1]) != 3)
			return false;
	return len >= 6;
}

static void note_halves(const uint8_t *halves)
{
	for (unsigned i = 0; i < ear.skd_count; i++)
		assert_memory_not_equal(ear.skds[i], halves, 12); /* LL-087 */
	assert_in_range(ear.skd_count, 0, 63);
	memcpy(ear.skds[ear.skd_count++], halves, 12);
}

static void on_air(void *ctx, const struct ble_trace_rec *rec)
{
	(void)ctx;
	if (rec->kind != BLE_TRACE_AIR || rec->air->flow == BLE_FLOW_ADV)
		return;
	const uint8_t *pdu = (const uint8_t *)rec->data + 4;
	unsigned side = rec->air->flow == BLE_FLOW_PERIPHERAL;
	uint8_t *last = ear.last[side].pdu;
	bool again = ear.last[side].any && !((last[0] ^ pdu[0]) & 1 << 3); /* the same SN */
	if (again && ear.secret) { /* LL-039 */
		assert_int_equal(last[1], pdu[1]);
		assert_int_equal(last[0] & 3, pdu[0] & 3);
		assert_memory_equal(last + 2, pdu + 2, pdu[1]);
	}
	if (!again && (pdu[0] & 3) == LL_LLID_CONTROL && pdu[2] == LL_ENC_REQ && pdu[1] == LL_ENC_REQ_LEN)
		note_halves(pdu + 13);
	if (!again && (pdu[0] & 3) == LL_LLID_CONTROL && pdu[2] == LL_ENC_RSP && pdu[1] == LL_ENC_RSP_LEN)
		note_halves(pdu + 3);
	memcpy(last, pdu, 2u + pdu[1]);
	ear.last[side].any = true;
	if ((pdu[0] & 3) == LL_LLID_CONTROL || !pdu[1])
		return;
	bool clear = is_message(pdu + 2, pdu[1]);
	ear.clear += clear;
	ear.sealed += !clear && pdu[1] > 10;
	if (ear.secret)
		assert_false(clear);
}

static const struct ble_trace trace = { .put = on_air };

static void setup(uint64_t seed, uint32_t loss_ppm)
{
	w = ble_world_new(&(struct ble_world_options){ .seed = seed, .loss_ppm = loss_ppm });
	assert_non_null(w);
	memset(&ear, 0, sizeof ear);
	ble_world_trace(w, &trace);
	host_add(&a, w, &(struct ble_node_options){ .name = "central", .drift_ppm = 40 });
	host_add(&b, w, &(struct ble_node_options){ .name = "peripheral", .drift_ppm = -40, .x_m = 2 });
	for (uint8_t i = 0; i < 16; i++)
		a.key[i] = b.key[i] = (uint8_t)(seed + i * 31);
	a.has_key = b.has_key = true;
}

static uint8_t encrypt(void)
{
	uint8_t params[28];
	struct wr wr = wr_of(params, sizeof params);
	struct hci_cmd_le_enable_encryption cmd = { .connection_handle = host_last(&a)->made.connection_handle };
	memcpy(cmd.long_term_key, a.key, 16);
	hci_cmd_le_enable_encryption_write(&wr, &cmd);
	return host_cmd(&a, HCI_CMD_LE_ENABLE_ENCRYPTION, params, sizeof params);
}

static bool both_know(void *ctx)
{
	(void)ctx;
	return host_last(&a)->encrypted && host_last(&b)->encrypted;
}

static void finish(void)
{
	host_run(&a, 5000000);
	host_check_leaks(&a);
	host_check_leaks(&b);
	ble_world_free(w);
}

static void leave(void)
{
	struct host *h = ear.sealed & 1 ? &a : &b;
	assert_int_equal(host_disconnect(h, host_last(h), HCI_ERR_REMOTE_USER_TERMINATED), 0);
	host_run(&a, 7000000); /* the acknowledgement may be lost: then it is supervision */
	assert_false(host_last(&a)->up || host_last(&b)->up);
	finish();
}

static void suggest(struct host *h)
{
	assert_int_equal(host_cmd(h, HCI_CMD_LE_WRITE_SUGGESTED_DEFAULT_DATA_LENGTH, "\xFB\0\x48\x08", 4), 0);
	assert_int_equal(host_cmd(h, HCI_CMD_LE_SET_DEFAULT_PHY, "\0\3\3", 3), 0);
}

/* With short PDUs and long ones, on either PHY. */
static void test_data(void **state)
{
	(void)state;
	for (unsigned seed = 0; seed < 20; seed++) {
		setup(seed, 100000);
		if (seed & 1)
			suggest(&a), suggest(&b);
		host_link(&a, &b, 8, 0, 600);
		host_send(&a, host_last(&a), 500);
		host_send(&b, host_last(&b), 500);
		host_run(&a, 300000);
		assert_int_equal(encrypt(), 0);
		assert_true(ble_world_run_while(w, ble_world_now(w) + 5000000, both_know, NULL));
		assert_true(ear.clear > 0 && host_last(&b)->received < 500); /* it was in the middle of it */
		ear.secret = true;
		host_run(&a, 30000000);
		assert_int_equal(host_last(&a)->received, 500);
		assert_int_equal(host_last(&b)->received, 500);
		assert_int_equal(host_last(&b)->key_requests, 1);
		assert_true(ear.sealed > 100);
		leave();
	}
}

/* Another key, again and again, with data under way. */
static void test_ll_039_087_refresh(void **state)
{
	(void)state;
	setup(77, 100000);
	suggest(&a);
	suggest(&b);
	host_link(&a, &b, 8, 0, 600);
	assert_int_equal(encrypt(), 0);
	assert_true(ble_world_run_while(w, ble_world_now(w) + 5000000, both_know, NULL));
	ear.secret = true;
	host_send(&a, host_last(&a), 1500);
	host_send(&b, host_last(&b), 1500);
	for (unsigned n = 1; n <= 20; n++) {
		a.key[0] = b.key[0] = (uint8_t)n;
		assert_int_equal(encrypt(), 0);
		host_run(&a, 2000000);
		assert_int_equal(host_last(&a)->refreshed, n);
		assert_int_equal(host_last(&b)->refreshed, n);
	}
	host_run(&a, 20000000);
	assert_int_equal(host_last(&a)->received, 1500);
	assert_int_equal(host_last(&b)->received, 1500);
	assert_int_equal(ear.skd_count, 2 * 21);
	leave();
}

/* Two keys that differ: both find out, and neither says a word more. */
static void test_wrong_key(void **state)
{
	(void)state;
	setup(3, 0);
	b.key[7] ^= 1;
	host_link(&a, &b, 8, 0, 600);
	assert_int_equal(encrypt(), 0);
	host_run(&a, 10000000);
	assert_false(host_last(&a)->up || host_last(&b)->up);
	assert_int_equal(host_last(&b)->reason, HCI_ERR_MIC_FAILURE);
	assert_int_equal(host_last(&a)->encrypted + host_last(&b)->encrypted, 0);
	finish();
}

/* No key: refused, and the link goes on in clear. After a pause it does not: LL-086. */
static void test_ll_086_no_key(void **state)
{
	(void)state;
	setup(4, 50000);
	b.has_key = false;
	host_link(&a, &b, 8, 0, 600);
	assert_int_equal(encrypt(), 0);
	host_run(&a, 2000000);
	assert_int_equal(host_last(&a)->encryption_status, HCI_ERR_PIN_OR_KEY_MISSING);
	host_send(&a, host_last(&a), 20);
	host_run(&a, 5000000);
	assert_int_equal(host_last(&b)->received, 20);
	b.has_key = true;
	assert_int_equal(encrypt(), 0);
	assert_true(ble_world_run_while(w, ble_world_now(w) + 5000000, both_know, NULL));
	ear.secret = true;
	b.has_key = false;
	host_send(&a, host_last(&a), 50);
	assert_int_equal(encrypt(), 0);
	host_run(&a, 10000000);
	assert_false(host_last(&a)->up || host_last(&b)->up);
	assert_int_equal(host_last(&a)->reason, HCI_ERR_PIN_OR_KEY_MISSING);
	finish();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_data),
		cmocka_unit_test(test_ll_039_087_refresh),
		cmocka_unit_test(test_wrong_key),
		cmocka_unit_test(test_ll_086_no_key),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
