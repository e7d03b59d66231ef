/* H4 framing: every split of a stream of packets gives the same packets, in place; nonsense and
 * excess are GONE. */
#include <ble/h4.h>
#include <ble/transport.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* Command Complete of Reset, Number Of Completed Packets, an ACL packet: Vol 4 Part
 * E 7.7.14, 7.7.19, 5.4.2 */
static const uint8_t stream[] = {
	0x04,
	0x0E,
	0x04,
	0x01,
	0x03,
	0x0C,
	0x00,
	0x04,
	0x13,
	0x05,
	0x01,
	0x01,
	0x00,
	0x01,
	0x00,
	0x02,
	0x01,
	0x20,
	0x03,
	0x00,
	0xAA,
	0xBB,
	0xCC,
	0x04,
	0x3E,
	0x00,
};
static const int lengths[] = { 7, 8, 8, 3 };

enum { PACKETS = 4, SMALL = BLE_H4_MAX + 8 };

struct taken {
	int count;
	size_t octets;
};

static void take(struct ble_h4_rx *rx, struct taken *t)
{
	const uint8_t *packet;
	int len;
	while ((len = ble_h4_next(rx, &packet)) > 0) {
		int expected = lengths[t->count % PACKETS];
		assert_int_equal(len, expected);
		assert_true(packet >= rx->buf && packet + len <= rx->buf + rx->size);
		assert_memory_equal(packet, stream + t->octets % sizeof stream, (size_t)len);
		t->count++;
		t->octets += (size_t)len;
	}
	assert_int_equal(len, 0);
}

/* `piece` octets at a time, the stream many times over, so that a small buffer wraps. */
static void feed(size_t piece, uint32_t size, int rounds)
{
	uint8_t buf[1024];
	struct ble_h4_rx rx;
	struct taken t = { 0 };
	ble_h4_init(&rx, buf, size, BLE_H4_MAX, BLE_H4_FROM_CTLR);
	for (size_t at = 0; at < sizeof stream * (size_t)rounds;) {
		uint8_t *to;
		size_t room = ble_h4_room(&rx, &to);
		assert_true(room > 0);
		size_t n = piece < room ? piece : room;
		for (size_t i = 0; i < n; i++)
			to[i] = stream[(at + i) % sizeof stream];
		ble_h4_got(&rx, n);
		at += n;
		take(&rx, &t);
	}
	assert_true(t.count >= PACKETS * rounds);
}

static void every_split_gives_the_same_packets(void **state)
{
	(void)state;
	for (size_t piece = 1; piece <= 2 * sizeof stream; piece++) {
		feed(piece, 1024, 3);
		feed(piece, SMALL, 60);
	}
}

static int next_of(const uint8_t *octets, size_t n, uint8_t kinds, uint16_t longest)
{
	uint8_t buf[1024], *to;
	const uint8_t *packet;
	struct ble_h4_rx rx;
	ble_h4_init(&rx, buf, sizeof buf, longest, kinds);
	assert_true(ble_h4_room(&rx, &to) >= n);
	memcpy(to, octets, n);
	ble_h4_got(&rx, n);
	int len = ble_h4_next(&rx, &packet);
	if (len < 0) /* for good */
		assert_int_equal(ble_h4_next(&rx, &packet), len);
	return len;
}

static void only_known_indicators_pass(void **state)
{
	(void)state;
	for (unsigned first = 0; first < 256; first++) {
		uint8_t octets[] = { (uint8_t)first, 0, 0, 0, 0 };
		int from_ctlr = first == 2 ? 5 : first == 4 ? 3 : BLE_EGONE;
		int from_host = first == 1 ? 4 : first == 2 ? 5 : BLE_EGONE;
		assert_int_equal(
			next_of(octets, sizeof octets, BLE_H4_FROM_CTLR, BLE_H4_MAX), from_ctlr);
		assert_int_equal(
			next_of(octets, sizeof octets, BLE_H4_FROM_HOST, BLE_H4_MAX), from_host);
	}
}

static void too_long_is_refused_before_it_is_here(void **state)
{
	(void)state;
	const uint8_t fits[] = { 2, 1, 0, 253, 0 }, too_long[] = { 2, 1, 0, 254, 0 },
		      huge[] = { 2, 1, 0, 0xFF, 0xFF };
	assert_int_equal(next_of(fits, sizeof fits, BLE_H4_FROM_CTLR, BLE_H4_MAX), 0);
	assert_int_equal(
		next_of(too_long, sizeof too_long, BLE_H4_FROM_CTLR, BLE_H4_MAX), BLE_EGONE);
	assert_int_equal(next_of(huge, sizeof huge, BLE_H4_FROM_CTLR, BLE_H4_MAX), BLE_EGONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_split_gives_the_same_packets),
		cmocka_unit_test(only_known_indicators_pass),
		cmocka_unit_test(too_long_is_refused_before_it_is_here),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
