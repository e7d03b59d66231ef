/*
 * The three-wire transport against a peer that was written from the specification (h5_peer.c), in a time of the test's own:
 * establishment, window, damage of every kind, silence, a peer that begins anew, sleep.
 */
#define _GNU_SOURCE
#include "drivers/h5.h"
#include "h5_peer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { PACKETS = 200, LEN = 60, CHECK = 2 };

static struct h5 h5;
static struct h5_peer peer;
static uint64_t now;
static unsigned given_back;
static struct ble_tx tx[PACKETS];
static uint8_t data[PACKETS][LEN];

/* What becomes of octets on the line; NULL: they arrive. */
static size_t (*line)(uint8_t *p, size_t len, bool to_peer);

static void on_done(struct ble_tx *t)
{
	assert_ptr_equal(t, &tx[given_back % PACKETS]); /* in order, and once */
	given_back++;
}

static size_t through(uint8_t *to, const uint8_t *from, size_t len, bool to_peer)
{
	memcpy(to, from, len);
	return line ? line(to, len, to_peer) : len;
}

/* Both sides say what they have to say; what the host gets is checked to be an event of this number each. Their number. */
static unsigned exchange(void)
{
	static uint8_t on_line[PEER_OUT];
	unsigned events = 0;
	for (bool busy = true; busy;) {
		const uint8_t *out, *packet;
		uint8_t *at;
		int got;
		size_t len = h5_output(&h5, now, &out);
		busy = len || peer.out_len;
		size_t arrived = through(on_line, out, len, true);
		h5_taken(&h5, len);
		h5_peer_octets(&peer, on_line, arrived);
		arrived = through(on_line, peer.out, peer.out_len, false);
		peer.out_len = 0;
		for (size_t i = 0; i < arrived;) {
			size_t room = h5_room(&h5, &at), n = arrived - i < room ? arrived - i : room;
			memcpy(at, on_line + i, n);
			h5_got(&h5, n);
			i += n;
			while ((got = h5_next(&h5, now, &packet)) > 0)
				events++;
			if (got < 0)
				return events;
		}
	}
	return events;
}

static void later(void)
{
	now = h5.due_us;
	assert_true(now != BLE_NEVER);
	h5_run(&h5, now);
}

static void start(bool crc, bool peer_crc, unsigned window)
{
	now = 1000;
	given_back = 0;
	line = NULL;
	h5_peer_init(&peer, peer_crc, window);
	h5_start(&h5, crc, H5_RETRY_US, now);
	exchange();
	assert_int_equal(h5.state, H5_ACTIVE);
	assert_true(h5.due_us == BLE_NEVER);
}

static void write_some(unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		/* the octets that have to be escaped among them */
		const uint8_t head[] = { BLE_H4_ACL, 1, 0, LEN - 5, 0, (uint8_t)i, 0xC0, 0xDB, 0xDC, 0xDD };
		memset(data[i], (int)(0xBC + i), LEN);
		memcpy(data[i], head, sizeof head);
		tx[i] = (struct ble_tx){ .data = data[i], .len = LEN, .done = on_done };
		h5_write(&h5, &tx[i]);
	}
}

static void expect_all(unsigned count)
{
	assert_int_equal(peer.got_count, count);
	for (unsigned i = count > PEER_PACKETS ? count - PEER_PACKETS : 0; i < count; i++) {
		assert_int_equal(peer.got_len[i % PEER_PACKETS], LEN);
		assert_memory_equal(peer.got[i % PEER_PACKETS], data[i], LEN);
	}
	assert_int_equal(given_back, count);
	assert_null(h5.head);
}

static void a_link_is_established_and_agrees(void **state)
{
	(void)state;
	start(true, true, 7);
	assert_int_equal(h5.window, H5_WINDOW); /* the smaller */
	assert_true(h5.crc && peer.crc);
	start(true, false, 2);
	assert_int_equal(h5.window, 2);
	assert_false(h5.crc || peer.crc);
	start(false, true, 1);
	assert_false(h5.crc || peer.crc);
	start(true, false, 0); /* no configuration field */
	assert_int_equal(h5.window, 1);
}

/*
 * SYNC, SYNC-RSP, CONF and CONF-RSP of BCSP, Vol 4 Part D's ancestor with the same header and check, as chips of CSR send
 * and take them: on the serial line of a telephone of 2011, in public logs of several authors.
 */
static void the_check_is_that_of_recorded_frames(void **state)
{
	static const uint8_t frames[][12] = {
		{ 0xC0, 0x40, 0x41, 0x00, 0x7E, 0xDA, 0xDC, 0xED, 0xED, 0xA9, 0x7A, 0xC0 },
		{ 0xC0, 0x40, 0x41, 0x00, 0x7E, 0xAC, 0xAF, 0xEF, 0xEE, 0xBB, 0x84, 0xC0 },
		{ 0xC0, 0x40, 0x41, 0x00, 0x7E, 0xAD, 0xEF, 0xAC, 0xED, 0xA1, 0xA6, 0xC0 },
		{ 0xC0, 0x40, 0x41, 0x00, 0x7E, 0xDE, 0xAD, 0xD0, 0xD0, 0x83, 0x58, 0xC0 },
	};
	(void)state;
	for (size_t i = 0; i < sizeof frames / sizeof *frames; i++) {
		for (unsigned bit = 0; bit <= 8 * CHECK; bit++) { /* the last: as it was */
			const uint8_t *packet;
			uint8_t *at, frame[12];
			start(true, true, 7);
			memcpy(frame, frames[i], sizeof frame);
			if (bit < 8 * CHECK)
				frame[9 + bit / 8] ^= (uint8_t)(1 << bit % 8);
			assert_true(h5_room(&h5, &at) >= sizeof frame);
			memcpy(at, frame, sizeof frame);
			h5_got(&h5, sizeof frame);
			assert_int_equal(h5_next(&h5, now, &packet), 0);
			assert_int_equal(h5.damaged, bit < 8 * CHECK);
		}
	}
}

static size_t nothing_arrives(uint8_t *p, size_t len, bool to_peer)
{
	(void)p;
	(void)len;
	(void)to_peer;
	return 0;
}

static void sync_is_asked_until_it_is_answered(void **state)
{
	(void)state;
	now = 0;
	h5_peer_init(&peer, false, 4);
	h5_start(&h5, false, H5_RETRY_US, now);
	line = nothing_arrives;
	exchange();
	for (unsigned i = 1; i <= 3; i++) {
		later();
		assert_int_equal(now, i * H5_RETRY_US);
		exchange();
	}
	line = NULL;
	later();
	exchange();
	assert_int_equal(peer.syncs, 1);
	assert_int_equal(h5.state, H5_ACTIVE);
}

static void nobody_is_given_up(void **state)
{
	(void)state;
	const uint8_t *packet;
	now = 0;
	h5_peer_init(&peer, false, 4);
	h5_start(&h5, false, H5_RETRY_US, now);
	line = nothing_arrives;
	for (unsigned i = 0; i <= H5_MOST_RETRIES; i++) {
		assert_int_equal(h5_next(&h5, now, &packet), 0);
		exchange();
		later();
	}
	assert_int_equal(h5_next(&h5, now, &packet), BLE_EGONE);
}

static void packets_arrive_both_ways(void **state)
{
	(void)state;
	const uint8_t event[] = { 0x0E, 4, 1, 0xC0, 0xDB, 0 };
	for (unsigned crc = 0; crc < 2; crc++) {
		start(crc, crc, 7);
		write_some(PACKETS);
		exchange();
		expect_all(PACKETS);
		assert_int_equal(peer.resent + peer.bad, 0);
		for (unsigned i = 0; i < 20; i++) {
			h5_peer_send(&peer, 4, event, sizeof event);
			assert_int_equal(exchange(), 1);
			assert_false(peer.waits); /* acknowledged */
			h5_peer_frame(&peer, (uint8_t)(0x80 | ((peer.seq + 7) & 7)), 4, event, sizeof event);
			assert_int_equal(exchange(), 0); /* a repetition is not given twice */
		}
	}
}

static void a_window_is_all_that_is_under_way(void **state)
{
	(void)state;
	start(false, false, 3);
	line = nothing_arrives;
	write_some(PACKETS);
	exchange();
	assert_int_equal(h5.sent, 3);
	line = NULL;
	later();
	exchange();
	expect_all(PACKETS);
}

static uint32_t dice;

static uint32_t throw(void)
{
	dice = dice * 1664525 + 1013904223;
	return dice >> 8;
}

/* One octet in 200 is changed, one in 400 lost. */
static size_t damages(uint8_t *p, size_t len, bool to_peer)
{
	size_t n = 0;
	(void)to_peer;
	for (size_t i = 0; i < len; i++) {
		uint32_t t = throw() % 400;
		p[n] = (uint8_t)(t < 2 ? p[i] ^ (1u << throw() % 8) : p[i]);
		n += t != 2;
	}
	return n;
}

/* The header is right, one bit of what is behind it is not. */
static void the_check_finds_one_bit(void **state)
{
	(void)state;
	const uint8_t event[] = { 0x3E, 4, 1, 0x11, 0x22, 0x33 };
	enum { FIRST = 1 + 4, OCTETS = sizeof event + 2 }; /* in the frame: payload and check */
	start(true, true, 4);
	for (unsigned bit = 0; bit < 8 * OCTETS; bit++) {
		unsigned damaged = h5.damaged;
		h5_peer_send(&peer, 4, event, sizeof event);
		peer.out[FIRST + bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(exchange(), 0);
		assert_true(peer.waits && h5.damaged > damaged);
		h5_peer_again(&peer);
		assert_int_equal(exchange(), 1);
	}
}

/* With the check, nothing wrong may arrive. */
static void a_damaging_line_costs_only_time(void **state)
{
	(void)state;
	const uint8_t event[] = { 0x3E, 3, 1, 0xC0, 0xDB };
	for (uint32_t seed = 1; seed <= 50; seed++) {
		dice = seed;
		start(true, true, 7);
		line = damages;
		write_some(PACKETS);
		h5_peer_send(&peer, 4, event, sizeof event);
		unsigned events = 0, turns = 0;
		while (h5.head || peer.waits) {
			events += exchange();
			assert_true(h5.state == H5_ACTIVE && ++turns < 2000);
			if (h5.due_us != BLE_NEVER)
				later();
			h5_peer_again(&peer);
		}
		assert_int_equal(events, 1);
		expect_all(PACKETS);
		assert_true(h5.damaged + peer.bad > 0);
	}
}

static void silence_is_the_end(void **state)
{
	(void)state;
	const uint8_t *packet;
	start(false, false, 4);
	line = nothing_arrives;
	write_some(2);
	exchange();
	for (unsigned i = 0; i <= H5_MOST_RETRIES; i++) {
		assert_int_equal(h5_next(&h5, now, &packet), 0);
		later();
		exchange();
	}
	assert_int_equal(h5_next(&h5, now, &packet), BLE_EGONE);
	assert_int_equal(given_back, 0);
	h5_give_back(&h5);
	assert_int_equal(given_back, 2);
	given_back = 0;
	write_some(1); /* given back at once */
	assert_int_equal(given_back, 1);
}

static void a_peer_that_begins_anew_is_a_loss(void **state)
{
	(void)state;
	const uint8_t *packet;
	start(false, false, 4);
	h5_peer_control(&peer, 1, 0x7E);
	exchange();
	assert_int_equal(h5_next(&h5, now, &packet), BLE_EGONE);
}

static void one_who_sleeps_is_woken(void **state)
{
	(void)state;
	start(false, false, 4);
	h5_peer_control(&peer, 7, 0x78);
	exchange();
	assert_true(h5.asleep);
	write_some(3);
	line = nothing_arrives;
	exchange();
	assert_int_equal(peer.wakeups, 0);
	line = NULL;
	later();
	exchange();
	assert_int_equal(peer.wakeups, 1);
	expect_all(3);
	h5_peer_control(&peer, 5, 0xFA); /* and asks in its turn */
	exchange();
	assert_int_equal(peer.wokens, 1);
	assert_true(h5.due_us == BLE_NEVER);
}

/* Well framed, and no packet of HCI: the controller itself has lost its way. */
static void nonsense_in_a_good_frame_is_a_loss(void **state)
{
	(void)state;
	const uint8_t *packet, event[] = { 0x0E, 40, 1 };
	start(false, false, 4);
	h5_peer_send(&peer, 4, event, sizeof event);
	exchange();
	assert_int_equal(h5_next(&h5, now, &packet), BLE_EGONE);
}

static void garbage_between_frames_passes_by(void **state)
{
	(void)state;
	const uint8_t event[] = { 0x0E, 1, 1 };
	for (uint32_t seed = 1; seed <= 1000; seed++) {
		start(false, false, 4);
		dice = seed;
		for (unsigned n = throw() % 700; n--;) /* longer than a frame may be, now and then */
			peer.out[peer.out_len++] = (uint8_t)throw();
		peer.out[peer.out_len++] = 0xC0;
		exchange();
		h5_peer_send(&peer, 4, event, sizeof event);
		assert_int_equal(exchange(), 1);
		write_some(2);
		exchange();
		expect_all(2);
	}
}

/* The acknowledgement of Vol 4 Part D 4: no number of its own, and the header's sum with its checksum is 255. */
static void octets_are_as_specified(void **state)
{
	(void)state;
	const uint8_t *out;
	static const uint8_t sync[] = { 0xC0, 0x00, 0x2F, 0x00, 0xD0, 0x01, 0x7E, 0xC0 };
	static const uint8_t config[] = { 0xC0, 0x00, 0x3F, 0x00, 0xDB, 0xDC, 0x03, 0xFC, 0x04, 0xC0 }; /* checksum C0 */
	h5_start(&h5, false, H5_RETRY_US, 0);
	assert_int_equal(h5_output(&h5, 0, &out), sizeof sync);
	assert_memory_equal(out, sync, sizeof sync);
	h5_taken(&h5, sizeof sync);
	h5.state = H5_INITIALIZED;
	h5_link_retry(&h5);
	assert_int_equal(h5_output(&h5, 0, &out), sizeof config);
	assert_memory_equal(out, config, sizeof config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(octets_are_as_specified),
		cmocka_unit_test(a_link_is_established_and_agrees),
		cmocka_unit_test(the_check_is_that_of_recorded_frames),
		cmocka_unit_test(sync_is_asked_until_it_is_answered),
		cmocka_unit_test(nobody_is_given_up),
		cmocka_unit_test(packets_arrive_both_ways),
		cmocka_unit_test(a_window_is_all_that_is_under_way),
		cmocka_unit_test(the_check_finds_one_bit),
		cmocka_unit_test(a_damaging_line_costs_only_time),
		cmocka_unit_test(silence_is_the_end),
		cmocka_unit_test(a_peer_that_begins_anew_is_a_loss),
		cmocka_unit_test(one_who_sleeps_is_woken),
		cmocka_unit_test(nonsense_in_a_good_frame_is_a_loss),
		cmocka_unit_test(garbage_between_frames_passes_by),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
