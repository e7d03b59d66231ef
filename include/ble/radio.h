/*
 * The radio seam: what a chip or the simulated air offers a link layer.
 *
 * An operation is posted ahead for an absolute radio time. Whether the opposite direction follows T_IFS (150 us, Vol 6
 * Part B 4.1.1) after it is fixed in `then` before the packet ends, because hardware must start its ramp; the handler
 * that runs in the interrupt only supplies the next buffer, or cancels. One chain of operations is active at a time.
 *
 *       post(tx, then=rx)    on_result(TX_DONE) gives rx buffer     on_result(RX) gives tx buffer or NULL
 *   ----[ ADV_IND ]----150 us----[ CONNECT_IND or SCAN_REQ ]----150 us----[ SCAN_RSP ]----
 *
 * Radio time is microseconds of this radio's own clock, 64 bits, never wrapping; the start of a packet is the start of
 * its preamble, corrected for the chain delay. The backend derives frequency and whitening from the channel index,
 * makes preamble, access address and CRC, and copies if its buffers need another layout.
 */
#ifndef BLE_RADIO_H
#define BLE_RADIO_H

#include <ble/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Which way an operation goes. */
enum ble_radio_dir { BLE_RADIO_RX = 1, BLE_RADIO_TX = 2 };

/* What follows a packet. */
enum ble_radio_then {
	BLE_RADIO_STOP = 0,
	BLE_RADIO_TURN = 1, /* the opposite direction, T_IFS after the end of this packet */
};

/* AES-CCM on the fly, where caps->ccm (Vol 6 Part E). A backend without it never sees one. */
struct ble_radio_ccm {
	uint8_t key[16]; /* most significant octet first, as AES takes it */
	uint8_t iv[8];
	uint64_t counter; /* 39 bits */
	bool from_central;
};

/* An operation: one packet sent, or one window in which to receive. */
struct ble_radio_op {
	uint8_t dir;     /* enum ble_radio_dir */
	uint8_t then;    /* enum ble_radio_then */
	uint8_t channel; /* channel index 0..39 */
	uint8_t phy;      /* enum ble_phy */
	uint8_t turn_phy; /* of the other direction, into which the chain turns; 0: the same */
	int8_t power_dbm; /* tx */
	/* rx: a packet with a bad CRC is reported and the window goes on (scanning) instead of ending the operation. */
	bool keep_open;
	uint32_t access_address; /* least significant octet first on the air */
	uint32_t crc_init; /* 24 bits */
	uint64_t start_us; /* tx: start of the preamble. rx: the window opens */
	uint32_t window_us; /* rx: closes this long after start_us unless an access address was being received */
	/*
	 * Two octets of header, then the payload; the length is in the second octet. tx: what is sent. rx: where it goes,
	 * 2 + rx_octets long. A longer packet is cut there and reported with a bad CRC.
	 */
	uint8_t *pdu;
	uint8_t rx_octets; /* payload octets that fit, 0..255; also for packets received in this chain */
	const struct ble_radio_ccm *ccm; /* NULL: plain */
};

/* How an operation, or a packet of its chain, ended. */
enum ble_radio_status {
	BLE_RADIO_SENT = 1, /* tx finished */
	BLE_RADIO_RECEIVED, /* a packet ended; see crc_ok */
	BLE_RADIO_SILENCE,  /* the window closed, or nothing came T_IFS after our packet */
	BLE_RADIO_LATE,     /* start_us was nearer than the lead: nothing was done */
	BLE_RADIO_ABORTED,  /* cancel() */
};

/* What on_result is told. */
struct ble_radio_result {
	uint8_t status; /* enum ble_radio_status */
	bool crc_ok;
	bool mic_ok; /* with ccm only */
	int8_t rssi_dbm;
	uint8_t channel;
	uint64_t start_us, end_us; /* of the packet; SILENCE, LATE: when the operation ended */
	uint8_t *pdu;              /* the buffer that was sent or filled */
};

/* What the handler gives for the prearmed turn. The struct lives until the next result. */
struct ble_radio_next {
	uint8_t *pdu; /* to send, or to fill */
	uint8_t then; /* what follows it in turn */
	const struct ble_radio_ccm *ccm;
};

/* What a radio can do, and how long before it wants to know. */
struct ble_radio_caps {
	uint16_t lead_us;       /* post this long before start_us, awake */
	uint16_t sleep_lead_us; /* ... and from sleep */
	uint16_t granularity_us;
	uint16_t sca_ppm; /* of the clock that keeps radio time: 20..500 */
	bool phy_2m, phy_coded, ccm;
};

/* A radio. The backend fills all but the last two members. */
struct ble_radio {
	void *ctx;
	const struct ble_radio_caps *caps;
	uint64_t (*now)(void *ctx); /* radio time */
	/* Copies *op (not the PDU). 0; BLE_EBUSY while an operation is active; BLE_ENOTSUP for a PHY it lacks. */
	int (*post)(void *ctx, const struct ble_radio_op *op);
	/* Ends the active operation; on_result gets ABORTED before cancel returns. Nothing when idle. */
	void (*cancel)(void *ctx);
	/*
	 * Set by the link layer before the first post; called from the interrupt (the simulated air: from its loop), once
	 * per packet or end of an operation. When the operation's `then` was TURN and the packet was sent or received
	 * with a good CRC, the answer is used: NULL cancels and the radio is idle. After a received packet with bad CRC
	 * the handler may also answer (an acknowledging reply is due even then: Vol 6 Part B 4.5.9). In all other cases the
	 * answer is ignored, and unless keep_open holds the radio is idle: post() is legal from within the handler.
	 */
	void *user;
	const struct ble_radio_next *(*on_result)(void *user, const struct ble_radio_result *result);
};

#ifdef __cplusplus
}
#endif

#endif
