/*
 * The transmit side of HCI alone: credits, fragments in place, who may take a packet, and that none is ever lost. The
 * last test is a model: a random history whose fragments must come out in order and whose credits must add up.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/le.h"
#include "hci/hci.h"
#include "spec/hci_pkt.h"

enum { LINKS = 3, TX_MAX = 8, PDU_MAX = 251, LOG = 64 };

static struct hci hci;
static struct hci_link links[LINKS];
static struct hci_link *bucket[4];
static _Alignas(16) uint8_t pool[TX_MAX * 512];
static struct ble_tx *kept;
static bool keeps;
static unsigned rooms;

static struct {
	uint16_t len;
	uint8_t data[PDU_MAX + 5];
} log_[LOG];
static unsigned logged, seen;

static void on_write(void *ctx, struct ble_tx *tx)
{
	(void)ctx;
	assert_true(tx->len <= sizeof log_[0].data);
	log_[logged % LOG].len = tx->len;
	memcpy(log_[logged++ % LOG].data, tx->data, tx->len);
	if (!keeps) {
		tx->done(tx);
		return;
	}
	struct ble_tx **at = &kept;
	while (*at)
		at = &(*at)->next;
	tx->next = NULL;
	*at = tx;
}

static int on_flush(void *ctx)
{
	(void)ctx;
	return 0;
}

static void on_room(struct hci *h)
{
	(void)h;
	rooms++;
}

static struct ble_transport transport = { .write = on_write, .flush = on_flush };
static const struct hci_hooks hooks = { .room = on_room };

static void begin(uint16_t acl, uint16_t credits, uint16_t tx_count)
{
	kept = NULL;
	keeps = false;
	rooms = logged = seen = 0;
	memset(bucket, 0, sizeof bucket);
	assert_true(hci_tx_block(PDU_MAX) * tx_count <= sizeof pool);
	hci_init(&hci, &(struct hci_config){ .transport = &transport, .hooks = &hooks,
			       .bucket = bucket, .buckets = 4, .acl_octets = 251, .links = LINKS, .pool = pool,
			       .tx_count = tx_count, .pdu_octets = PDU_MAX });
	hci.state = HCI_UP;
	hci.acl_octets = acl;
	hci.credits = credits;
	for (uint16_t i = 0; i < LINKS; i++)
		assert_true(hci_link_up(&hci, &links[i], (uint16_t)(0x40 + 4 * i))); /* all in one bucket */
}

/* Number Of Completed Packets: Vol 4 Part E 7.7.19 */
static void completed(uint16_t handle, uint16_t n)
{
	uint8_t event[8] = { 0x04, 0x13, 5, 1 };
	le16_put(event + 4, handle);
	le16_put(event + 6, n);
	hci_rx(&hci, event, sizeof event);
}

static void end(void)
{
	for (int i = 0; i < LINKS; i++)
		hci_link_down(&links[i]);
	while (kept) {
		struct ble_tx *tx = kept;
		kept = tx->next;
		tx->done(tx);
	}
	assert_int_equal(hci.pool.idle, hci.pool.total);
	assert_null(hci.head);
	assert_int_equal(hci.refused, 0);
}

static void done_one(void)
{
	struct ble_tx *tx = kept;
	assert_non_null(tx);
	kept = tx->next;
	tx->done(tx);
	hci_pump(&hci);
}

static struct ble_tx *take(unsigned link, enum hci_why why, uint16_t len, uint8_t seed)
{
	struct ble_tx *tx = hci_tx_take(&links[link], why, len);
	for (uint16_t i = 0; tx && i < len; i++)
		tx->data[5 + i] = (uint8_t)(seed + i);
	return tx;
}

static void send(unsigned link, enum hci_why why, uint16_t len, uint8_t seed)
{
	struct ble_tx *tx = take(link, why, len, seed);
	assert_non_null(tx);
	hci_tx_send(&links[link], tx, len);
}

/* The next packet written: a fragment of the pattern that begins with seed, from offset. */
static void expect(unsigned link, unsigned pb, uint8_t seed, unsigned offset, unsigned len)
{
	assert_true(seen < logged);
	const uint8_t *p = log_[seen % LOG].data;
	assert_int_equal(log_[seen % LOG].len, 5 + len);
	seen++;
	assert_int_equal(p[0], 2);
	assert_int_equal(le16_get(p + 1), links[link].handle | pb << 12);
	assert_int_equal(le16_get(p + 3), len);
	for (unsigned i = 0; i < len; i++)
		assert_int_equal(p[5 + i], (uint8_t)(seed + offset + i));
}

static void expect_nothing(void)
{
	assert_int_equal(seen, logged);
}

static void a_pdu_of_251_leaves_in_place_in_ten_packets(void **state)
{
	(void)state;
	for (int keep = 0; keep < 2; keep++) {
		begin(27, 10, 1);
		keeps = keep;
		send(0, HCI_EVENT, 251, 3);
		for (unsigned i = 0; i < 10; i++) {
			expect(0, i ? HCI_PB_CONTINUING : HCI_PB_FIRST_NON_FLUSHABLE, 3, 27 * i, i < 9 ? 27 : 8);
			if (keep) {
				expect_nothing(); /* until the driver is done with the octets before */
				done_one();
			}
		}
		expect_nothing();
		assert_int_equal(hci.credits, 0);
		assert_int_equal(links[0].in_flight, 10);
		assert_int_equal(hci.pool.idle, 1);
		end();
	}
}

static void fragments_wait_for_credits(void **state)
{
	(void)state;
	begin(27, 2, 5);
	send(0, HCI_RESPONSE, 100, 9);
	expect(0, HCI_PB_FIRST_NON_FLUSHABLE, 9, 0, 27);
	expect(0, HCI_PB_CONTINUING, 9, 27, 27);
	expect_nothing();
	assert_int_equal(links[0].answers, 1);
	completed(links[0].handle, 1);
	hci_tx_pump(&hci);
	expect(0, HCI_PB_CONTINUING, 9, 54, 27);
	expect_nothing();
	completed(links[0].handle, 2);
	hci_tx_pump(&hci);
	expect(0, HCI_PB_CONTINUING, 9, 81, 19);
	assert_int_equal(links[0].answers, 0);
	end();
}

static void pdus_of_one_link_do_not_mix_and_links_take_turns(void **state)
{
	(void)state;
	begin(27, 0, 8);
	send(0, HCI_RESPONSE, 60, 10);
	send(1, HCI_RESPONSE, 60, 20);
	send(0, HCI_RESPONSE, 5, 30); /* a second one: five idle packets are enough for the others */
	expect_nothing();
	hci.credits = 100;
	hci_pump(&hci);
	expect(0, HCI_PB_FIRST_NON_FLUSHABLE, 10, 0, 27);
	expect(1, HCI_PB_FIRST_NON_FLUSHABLE, 20, 0, 27);
	expect(0, HCI_PB_CONTINUING, 10, 27, 27);
	expect(0, HCI_PB_CONTINUING, 10, 54, 6);
	expect(0, HCI_PB_FIRST_NON_FLUSHABLE, 30, 0, 5); /* it was there before the rest of the other */
	expect(1, HCI_PB_CONTINUING, 20, 27, 27);
	expect(1, HCI_PB_CONTINUING, 20, 54, 6);
	send(1, HCI_RESPONSE, 60, 40);
	expect(1, HCI_PB_FIRST_NON_FLUSHABLE, 40, 0, 27); /* with credits for all of it nothing comes between */
	expect(1, HCI_PB_CONTINUING, 40, 27, 27);
	expect(1, HCI_PB_CONTINUING, 40, 54, 6);
	expect_nothing();
	end();
}

static void events_are_given_only_what_can_go(void **state)
{
	(void)state;
	begin(27, 1, 3);
	assert_null(take(0, HCI_EVENT, 28, 0)); /* two fragments, one credit, no packet to spare */
	assert_true(links[0].refused);
	assert_int_equal(rooms, 0);
	send(0, HCI_EVENT, 27, 0);
	assert_int_equal(rooms, 1); /* the driver was done with it */
	assert_null(take(1, HCI_EVENT, 5, 0)); /* no credit */
	send(1, HCI_RESPONSE, 5, 0);           /* but an answer may wait */
	assert_null(hci_tx_take(&links[1], HCI_RESPONSE, 5)); /* one: with three packets for three links */
	assert_false(hci_tx_ready(&links[1]));
	assert_int_equal(hci.refused, 2);
	completed(links[0].handle, 1);
	hci_tx_pump(&hci);
	completed(links[1].handle, 1);
	assert_true(hci_tx_ready(&links[1]));
	end();
}

static void what_a_lost_link_had_comes_back(void **state)
{
	(void)state;
	begin(27, 6, 6);
	keeps = true;
	send(0, HCI_EVENT, 135, 0);    /* five fragments, paid for; one is with the driver */
	send(1, HCI_RESPONSE, 20, 50);
	send(1, HCI_RESPONSE, 20, 60); /* no credit is left */
	assert_int_equal(hci.credits, 0);
	hci_link_down(&links[0]);
	assert_int_equal(hci.credits, 5); /* four not sent, one in the controller */
	hci_pump(&hci);
	expect(0, HCI_PB_FIRST_NON_FLUSHABLE, 0, 0, 27);
	expect(1, HCI_PB_FIRST_NON_FLUSHABLE, 50, 0, 20);
	expect(1, HCI_PB_FIRST_NON_FLUSHABLE, 60, 0, 20);
	expect_nothing();
	done_one(); /* of the lost link: no further fragment */
	expect_nothing();
	end();
	assert_int_equal(hci.credits, 6);
}

static void completed_packets_are_believed_within_reason(void **state)
{
	(void)state;
	begin(27, 2, 3);
	send(0, HCI_EVENT, 5, 0);
	completed(links[0].handle, 0xFFFF);
	assert_int_equal(hci.credits, 2);
	assert_int_equal(hci.violations, 1);
	completed(0x123, 1);
	completed(links[1].handle, 1);
	assert_int_equal(hci.credits, 2);
	end();
}

static void handles_are_unique_and_in_range(void **state)
{
	struct hci_link other;
	(void)state;
	begin(27, 2, 3);
	assert_false(hci_link_up(&hci, &other, 0x40));
	assert_false(hci_link_up(&hci, &other, 0x0F00));
	assert_ptr_equal(hci_link_find(&hci, 0x44), &links[1]);
	hci_link_down(&links[1]);
	hci_link_down(&links[1]);
	assert_null(hci_link_find(&hci, 0x44));
	assert_ptr_equal(hci_link_find(&hci, 0x48), &links[2]);
	end();
}

/* What each link should still send, as a string of (seed, offset) in order. */
struct model {
	uint8_t seed[TX_MAX * 2];
	uint16_t len[TX_MAX * 2], at;
	unsigned head, tail;
};

static void model_check(struct model *m)
{
	for (; seen < logged; seen++) {
		const uint8_t *p = log_[seen % LOG].data;
		unsigned i = (unsigned)((le16_get(p + 1) & 0xFFF) - 0x40) / 4, n = le16_get(p + 3);
		assert_true(i < LINKS && m[i].head < m[i].tail);
		unsigned k = m[i].head % (TX_MAX * 2);
		assert_int_equal(le16_get(p + 1) >> 12, m[i].at ? 1 : 0);
		assert_true(n <= 27 && m[i].at + n <= m[i].len[k]);
		assert_true(n == 27 || m[i].at + n == m[i].len[k]);
		for (unsigned j = 0; j < n; j++)
			assert_int_equal(p[5 + j], (uint8_t)(m[i].seed[k] + m[i].at + j));
		m[i].at = (uint16_t)(m[i].at + n);
		if (m[i].at == m[i].len[k]) {
			m[i].head++;
			m[i].at = 0;
		}
	}
}

static void a_random_history_adds_up(void **state)
{
	(void)state;
	for (unsigned seed = 1; seed <= 40; seed++) {
		struct model m[LINKS] = { 0 };
		srand(seed);
		begin(27, (uint16_t)(1 + seed % 5), (uint16_t)(LINKS + seed % 6));
		uint16_t credits = hci.credits;
		keeps = seed & 1;
		for (unsigned step = 0; step < 2000; step++) {
			unsigned i = (unsigned)rand() % LINKS;
			uint16_t len = (uint16_t)(1 + rand() % PDU_MAX);
			struct ble_tx *tx = NULL;
			switch (rand() % 4) {
			case 0:
			case 1:
				tx = take(i, rand() & 1 ? HCI_EVENT : HCI_RESPONSE, len, (uint8_t)step);
				break;
			case 2:
				completed(links[i].handle, links[i].in_flight);
				break;
			default:
				if (kept)
					done_one();
			}
			if (tx) {
				unsigned k = m[i].tail++ % (TX_MAX * 2);
				m[i].seed[k] = (uint8_t)step;
				m[i].len[k] = len;
				hci_tx_send(&links[i], tx, len);
			}
			hci_pump(&hci);
			model_check(m);
			unsigned sum = hci.credits;
			for (unsigned l = 0; l < LINKS; l++)
				sum += links[l].in_flight;
			for (const struct hci_tx *t = hci.head; t; t = t->behind)
				sum += t->paid;
			assert_int_equal(sum, credits);
		}
		/* With credits and a driver that works, everything leaves. */
		for (unsigned turn = 0; turn < 200; turn++) {
			for (unsigned i = 0; i < LINKS; i++)
				completed(links[i].handle, links[i].in_flight);
			hci_pump(&hci);
			if (kept)
				done_one();
			model_check(m);
		}
		for (unsigned i = 0; i < LINKS; i++)
			assert_int_equal(m[i].head, m[i].tail);
		end();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pdu_of_251_leaves_in_place_in_ten_packets),
		cmocka_unit_test(fragments_wait_for_credits),
		cmocka_unit_test(pdus_of_one_link_do_not_mix_and_links_take_turns),
		cmocka_unit_test(events_are_given_only_what_can_go),
		cmocka_unit_test(what_a_lost_link_had_comes_back),
		cmocka_unit_test(completed_packets_are_believed_within_reason),
		cmocka_unit_test(handles_are_unique_and_in_range),
		cmocka_unit_test(a_random_history_adds_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
