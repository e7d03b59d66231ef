/*
 * H4 framing (Vol 4 Part A 2): whole packets out of a stream of octets, in place. Freestanding: for a driver over a
 * socket or a UART, on either side of it.
 *
 *	uint8_t *at;
 *	size_t room = ble_h4_room(&rx, &at);        // receive up to room octets to at, then
 *	ble_h4_got(&rx, n);
 *	while ((len = ble_h4_next(&rx, &packet)) > 0)
 *		...;                                // packet stays until the next ble_h4_room()
 */
#ifndef BLE_H4_H
#define BLE_H4_H

#include <ble/err.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Which packets may come: what a controller sends, what a host sends. */
#define BLE_H4_FROM_CTLR ((1u << 2) | (1u << 4)) /* ACL, event */
#define BLE_H4_FROM_HOST ((1u << 1) | (1u << 2)) /* command, ACL */

/* A stream on its way to packets. All members are private, except that `bad` may be read. */
struct ble_h4_rx {
	uint8_t *buf;
	uint32_t size, begin, end; /* received and not taken: buf[begin..end) */
	uint16_t longest;          /* octets of a packet, indicator included */
	uint8_t kinds;             /* bit of each indicator that may come */
	bool bad;
};

/*
 * buf stays the caller's and outlives rx; size is at least longest, and better several times that. longest: of a packet
 * with its indicator, from a controller BLE_H4_MAX of transport.h. kinds: BLE_H4_FROM_CTLR or BLE_H4_FROM_HOST.
 * Afterwards rx holds nothing and is not bad.
 */
BLE_API void ble_h4_init(struct ble_h4_rx *rx, void *buf, uint32_t size, uint16_t longest, uint8_t kinds);
/* Where the next octets go, and for how many there is room. Moves an unfinished packet: earlier packets are gone. */
BLE_API size_t ble_h4_room(struct ble_h4_rx *rx, uint8_t **at);
/* So many octets, 0..room, are there now. */
BLE_API void ble_h4_got(struct ble_h4_rx *rx, size_t n);
/*
 * The next whole packet, valid until ble_h4_room(): its length; 0: not all of it is here; BLE_EGONE: an indicator that
 * may not come or a packet longer than `longest`, after which there is no finding the way back.
 */
BLE_API int ble_h4_next(struct ble_h4_rx *rx, const uint8_t **packet);
/*
 * For a line whose octets may be those of a packet that began before it was opened (Vol 4 Part A 4): passes over all that
 * is not the Command Complete of a Reset. true: that is the next packet; false: it has not come yet.
 */
BLE_API bool ble_h4_find_reset(struct ble_h4_rx *rx);

#ifdef __cplusplus
}
#endif

#endif
