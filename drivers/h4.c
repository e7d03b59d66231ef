/*
 * H4 framing: ble/h4.h. A packet is found by its indicator and the length in its header, and is
 * never copied but for the piece of one that is unfinished when the buffer's end comes near.
 */
#include <ble/h4.h>
#include <ble/transport.h>

#include <string.h>

void ble_h4_init(struct ble_h4_rx *rx, void *buf, uint32_t size, uint16_t longest, uint8_t kinds)
{
	*rx = (struct ble_h4_rx){ .buf = buf, .size = size, .longest = longest, .kinds = kinds };
}

size_t ble_h4_room(struct ble_h4_rx *rx, uint8_t **at)
{
	if (rx->begin == rx->end) {
		rx->begin = rx->end = 0;
	} else if (rx->size - rx->begin < rx->longest) {
		/* what is unfinished would not fit behind itself */
		memmove(rx->buf, rx->buf + rx->begin, rx->end - rx->begin);
		rx->end -= rx->begin;
		rx->begin = 0;
	}
	*at = rx->buf + rx->end;
	return rx->size - rx->end;
}

void ble_h4_got(struct ble_h4_rx *rx, size_t n)
{
	rx->end += (uint32_t)n;
}

/* The whole length of the packet at p, of which `have` octets are here; 0: too few to tell. */
static uint32_t packet_len(const uint8_t *p, uint32_t have)
{
	switch (p[0]) {
	case BLE_H4_EVENT: return have < 3 ? 0 : 3u + p[2];
	case BLE_H4_COMMAND: return have < 4 ? 0 : 4u + p[3];
	case BLE_H4_ACL: return have < 5 ? 0 : 5u + (uint32_t)(p[3] | p[4] << 8);
	default: return 0;
	}
}

int ble_h4_next(struct ble_h4_rx *rx, const uint8_t **packet)
{
	uint32_t have = rx->end - rx->begin;
	if (!have || rx->bad)
		return rx->bad ? BLE_EGONE : 0;
	const uint8_t *p = rx->buf + rx->begin;
	if (p[0] > 7 || !(rx->kinds >> p[0] & 1)) {
		rx->bad = true;
		return BLE_EGONE;
	}
	uint32_t len = packet_len(p, have);
	if (len > rx->longest) {
		rx->bad = true;
		return BLE_EGONE;
	}
	if (!len || have < len)
		return 0;
	rx->begin += len;
	*packet = p;
	return (int)len;
}

/* An octet of a pattern that may be anything. */
#define ANY 0x100

bool ble_h4_find_reset(struct ble_h4_rx *rx)
{
	static const uint16_t pattern[] = { BLE_H4_EVENT, 0x0E, 4, ANY, 0x03, 0x0C }; /* Vol 4 Part E 7.7.14 */
	enum { LEN = sizeof pattern / sizeof *pattern };
	for (; rx->end - rx->begin >= LEN; rx->begin++) {
		unsigned i = 0;
		while (i < LEN && (pattern[i] == ANY || rx->buf[rx->begin + i] == pattern[i]))
			i++;
		if (i == LEN)
			return true;
	}
	return false;
}
