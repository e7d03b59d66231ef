/*
 * The link layer as a library: a whole LE controller between a radio (radio.h) and H4 packets (Vol 4 Part E). It runs
 * under anybody's host. No I/O, clock, heap or thread; radio time in, packets out.
 *
 * ble_ctlr_run() is the main part; the radio's on_result is the interrupt part. After on_result the port calls
 * ble_ctlr_run() soon (within a millisecond or so), and again at ble_ctlr_next_due().
 */
#ifndef BLE_CONTROLLER_H
#define BLE_CONTROLLER_H

#include <ble/err.h>
#include <ble/platform.h>
#include <ble/radio.h>
#include <ble/trace.h>

#ifdef __cplusplus
extern "C" {
#endif

struct ble_ctlr; /* opaque, at the start of the caller's memory */

/* What a controller is made of, and how much of each. */
struct ble_ctlr_config {
	struct ble_radio *radio;
	const struct ble_platform *platform; /* random only */
	uint8_t public_address[6];           /* least significant octet first; all zero: none */
	uint8_t connections;                 /* 0: 2; 1..250 */
	uint8_t acl_buffers;                 /* from the host, shared by the connections; 0: 8 */
	uint8_t rx_buffers;                  /* PDUs towards the host; 0: 8 */
	uint16_t acl_octets;                 /* of a packet from the host, and of the longest PDU sent; 0: 251; 27..251 */
	uint16_t rx_octets;                  /* of the longest PDU received; 0: 251; 27..251 */
	uint8_t event_buffers;               /* 0: 16; advertising reports beyond are lost and counted */
	uint8_t num_commands;                /* Num_HCI_Command_Packets; 0: 1 */
};

/* Octets that ble_ctlr_init() needs for this configuration; 0: it is out of range. */
BLE_API size_t ble_ctlr_memory(const struct ble_ctlr_config *config);
/* memory: aligned for any type, outlives the controller. 0, BLE_EINVAL, BLE_ENOMEM. */
BLE_API int ble_ctlr_init(struct ble_ctlr **ctlr, void *memory, size_t size, const struct ble_ctlr_config *config);

/* One whole H4 packet from the host, copied. BLE_EBUSY: no room now, offer it again after run; BLE_EBADPDU: framing. */
BLE_API int ble_ctlr_hci_write(struct ble_ctlr *ctlr, const uint8_t *packet, size_t len);
/* The next H4 packet for the host: its length, 0 if none. Valid until the next call. */
BLE_API int ble_ctlr_hci_read(struct ble_ctlr *ctlr, const uint8_t **packet);

/* Does what is due; now_us is radio time, as radio->now() tells it. */
BLE_API void ble_ctlr_run(struct ble_ctlr *ctlr, uint64_t now_us);
/* When ble_ctlr_run() is wanted again if no result comes: absolute radio time; BLE_NEVER; 0: at once. */
BLE_API uint64_t ble_ctlr_next_due(const struct ble_ctlr *ctlr);

/* The host has hung up: everything stops at once, without a word on the air. As after power-on. */
BLE_API void ble_ctlr_silence(struct ble_ctlr *ctlr);

/* Counted since init; a Reset does not clear them. */
struct ble_ctlr_stats {
	uint64_t radio_tx_us, radio_rx_us; /* time that the radio was on */
	/*
	 * late: operations that came too near for the radio; events_missed: connection events that had no place, or were late;
	 * unknown_pdus: answered LL_UNKNOWN_RSP; unexpected_acks: of what was never sent.
	 */
	uint32_t reports_lost, crc_errors, retransmissions, late, events_missed, unknown_pdus, unexpected_acks;
	uint32_t pool_idle, pool_total; /* packet buffers, for leak checks */
};
BLE_API void ble_ctlr_stats(const struct ble_ctlr *ctlr, struct ble_ctlr_stats *out);

#ifdef __cplusplus
}
#endif

#endif
