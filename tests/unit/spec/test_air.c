/*
 * What is on the air beside the PDUs that have golden vectors: reserved header bits, the CRC, air
 * time, lengths of control PDUs, advertising data.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "spec/ad.h"
#include "spec/crc24.h"
#include "spec/hci_cmd_le_adv.h"
#include "spec/hci_pkt.h"
#include "spec/ll_pdu.h"
#include "spec/llcp_pdu.h"
#include "tests/unit/spec/codecs.h"

/* Every value of the first octet: fields come back, reserved bits are ignored and written as 0. */
static void test_reserved_bits(void **state)
{
	(void)state;
	for (unsigned bits = 0; bits < 256; bits++) {
		uint8_t out[2], in[2] = { (uint8_t)bits, 9 };
		struct rd r = rd_of(in, 2);
		struct wr w = wr_of(out, 2);
		struct ll_adv_hdr adv;
		assert_true(ll_adv_hdr_read(&r, &adv));
		ll_adv_hdr_write(&w, &adv);
		assert_int_equal(out[0], bits & ~0x10u);
		struct ll_data_hdr data;
		r = rd_of(in, 2);
		w = wr_of(out, 2);
		assert_true(ll_data_hdr_read(&r, &data));
		ll_data_hdr_write(&w, &data);
		assert_int_equal(out[0], bits & ~0xC0u);
	}
	uint8_t acl[4] = { 0xFF, 0xFF, 0, 0 };
	struct rd r = rd_of(acl, 4);
	struct hci_acl_hdr h;
	assert_true(hci_acl_hdr_read(&r, &h));
	assert_int_equal(h.handle, 0xFFF);
	assert_int_equal(h.pb_flag, 3);
	assert_int_equal(h.bc_flag, 3);
}

/* Against the CRCs that scapy makes: the `crc` lines of ll.golden. */
static void test_crc(void **state)
{
	(void)state;
	FILE *f = fopen("tests/golden/ll.golden", "r");
	assert_non_null(f);
	char line[300], pdu_text[200], crc_text[8];
	unsigned init, count = 0;
	while (fgets(line, sizeof line, f)) {
		if (sscanf(line, "crc %x %199s %7s", &init, pdu_text, crc_text) != 3)
			continue;
		uint8_t pdu[100], want[3];
		size_t len = golden_octets(pdu_text, pdu, sizeof pdu);
		golden_octets(crc_text, want, 3);
		assert_int_equal(crc24(init, pdu, len), le24_get(want));
		count++;
	}
	fclose(f);
	assert_true(count >= 10);
}

/* Vol 6 Part B 4.5.10 gives these as the longest and shortest times; an empty PDU is 80 us on 1M. */
static void test_airtime(void **state)
{
	(void)state;
	assert_int_equal(ll_airtime_us(LL_PHY_1M, 0), 80);
	assert_int_equal(ll_airtime_us(LL_PHY_1M, 27 + 4), 328);
	assert_int_equal(ll_airtime_us(LL_PHY_1M, 251 + 4), 2120);
	assert_int_equal(ll_airtime_us(LL_PHY_2M, 0), 44);
	assert_int_equal(ll_airtime_us(LL_PHY_2M, 251 + 4), 1064);
	assert_int_equal(ll_airtime_us(LL_PHY_CODED_S8, 27 + 4), 2704);
	assert_int_equal(ll_airtime_us(LL_PHY_CODED_S8, 251 + 4), 17040);
	assert_int_equal(ll_airtime_us(LL_PHY_CODED_S2, 0), 462);
	assert_int_equal(ll_airtime_us(LL_PHY_CODED_S2, 251 + 4), 4542);
}

static void test_ctr_data_len(void **state)
{
	(void)state;
	assert_int_equal(llcp_ctr_data_len(LL_CONNECTION_UPDATE_IND), 11);
	assert_int_equal(llcp_ctr_data_len(LL_START_ENC_REQ), 0);
	assert_int_equal(llcp_ctr_data_len(LL_CHANNEL_STATUS_IND), 10);
	assert_int_equal(llcp_ctr_data_len(LL_CHANNEL_STATUS_IND + 1), -1);
	assert_int_equal(llcp_ctr_data_len(0xFF), -1);
	/* And the table agrees with every vector that tshark found well formed. */
	FILE *f = fopen("tests/golden/ll.golden", "r");
	assert_non_null(f);
	struct golden g;
	unsigned count = 0;
	for (int line = 0; golden_next(f, &line, &g);)
		if (g.skip) {
			assert_int_equal(llcp_ctr_data_len(g.hex[0]), g.len - 1);
			count++;
		}
	fclose(f);
	assert_true(count >= 19);
}

/* An advertisement of 32 octets of data does not exist. */
static void test_long_adv(void **state)
{
	(void)state;
	uint8_t payload[6 + 32] = { 0 };
	struct ll_adv adv;
	struct rd r = rd_of(payload, 6 + 31);
	assert_true(ll_adv_read(&r, &adv));
	r = rd_of(payload, sizeof payload);
	assert_false(ll_adv_read(&r, &adv));
	struct hci_cmd_le_adv_data data;
	uint8_t cmd[32] = { 32 };
	r = rd_of(cmd, sizeof cmd);
	assert_false(hci_cmd_le_adv_data_read(&r, &data));
	struct wr w = wr_of(payload, sizeof payload);
	hci_cmd_le_adv_data_write(&w, &(struct hci_cmd_le_adv_data){ 32, cmd });
	assert_true(w.bad);
	assert_int_equal(w.len, 0);
}

static void test_ad_walk(void **state)
{
	(void)state;
	/* Flags, an empty manufacturer structure, the end by a zero length, and padding that is not one. */
	static const uint8_t data[] = { 2, AD_FLAGS, 6, 1, AD_MANUFACTURER_SPECIFIC_DATA, 0, 9, 9 };
	struct rd r = rd_of(data, sizeof data);
	struct ad ad;
	assert_true(ad_next(&r, &ad));
	assert_int_equal(ad.type, AD_FLAGS);
	assert_int_equal(ad.len, 1);
	assert_int_equal(ad.data[0], 6);
	assert_true(ad_next(&r, &ad));
	assert_int_equal(ad.len, 0);
	assert_false(ad_next(&r, &ad));
	assert_true(rd_ok(&r));
	assert_false(ad_next(&r, &ad));
	assert_true(ad_find(data, sizeof data, AD_MANUFACTURER_SPECIFIC_DATA, &ad));
	assert_false(ad_find(data, sizeof data, AD_NAME_COMPLETE, &ad));
	assert_false(ad_find(NULL, 0, AD_FLAGS, &ad));
}

/* A structure that is longer than the rest, for every length and every cut. */
static void test_ad_malformed(void **state)
{
	(void)state;
	for (size_t left = 1; left <= 31; left++) {
		uint8_t *data = calloc(left, 1);
		for (unsigned len = 1; len < 256; len++) {
			data[0] = (uint8_t)len;
			struct rd r = rd_of(data, left);
			struct ad ad;
			bool whole = len < left;
			assert_int_equal(ad_next(&r, &ad), whole);
			assert_int_equal(rd_ok(&r), whole);
		}
		free(data);
	}
}

static void test_ad_write(void **state)
{
	(void)state;
	uint8_t out[31];
	struct wr w = wr_of(out, sizeof out);
	ad_write(&w, AD_FLAGS, "\x06", 1);
	ad_write(&w, AD_NAME_COMPLETE, "Glint", 5);
	ad_write(&w, AD_MANUFACTURER_SPECIFIC_DATA, NULL, 0);
	assert_memory_equal(out, "\x02\x01\x06\x06\x09Glint\x01\xff", 12);
	assert_int_equal(w.len, 12);
	ad_write(&w, AD_SERVICE_DATA_UUID16, "too long for what is left", 18);
	assert_true(w.bad);
	assert_int_equal(w.len, 12); /* nothing of it */
	uint8_t big[300];
	w = wr_of(big, sizeof big);
	ad_write(&w, AD_MANUFACTURER_SPECIFIC_DATA, big, 255); /* no length octet says 256 */
	assert_true(w.bad);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reserved_bits),
		cmocka_unit_test(test_crc),
		cmocka_unit_test(test_airtime),
		cmocka_unit_test(test_ctr_data_len),
		cmocka_unit_test(test_long_adv),
		cmocka_unit_test(test_ad_walk),
		cmocka_unit_test(test_ad_malformed),
		cmocka_unit_test(test_ad_write),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
