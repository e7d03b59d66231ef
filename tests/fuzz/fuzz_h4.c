/* H4: a stream of octets in pieces, into the smallest buffer there may be. The first octet is the pieces' length. */
#include "tests/fuzz/fuzz.h"

#include <ble/h4.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t buf[BLE_H4_MAX];
	struct ble_h4_rx rx;
	struct rd r = rd_of(data, size);
	size_t piece = 1u + rd_u8(&r) % 64u;
	const uint8_t *packet;
	uint8_t *to;
	int got = 0;
	ble_h4_init(&rx, buf, sizeof buf, BLE_H4_MAX, BLE_H4_FROM_CTLR);
	while (r.left && got >= 0) {
		size_t room = ble_h4_room(&rx, &to), n = r.left < piece ? r.left : piece;
		assert_true(room > 0);
		n = n < room ? n : room;
		memcpy(to, rd_take(&r, n), n);
		ble_h4_got(&rx, n);
		while ((got = ble_h4_next(&rx, &packet)) > 0)
			assert_true(packet >= buf && packet + got <= buf + sizeof buf);
	}
	return 0;
}
