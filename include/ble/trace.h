/*
 * Traces: packets in both directions, air PDUs, state changes and words are records of one stream; formats are sinks.
 * Time is trace time: microseconds since 1970 (a world starts at 0 unless it is told otherwise).
 */
#ifndef BLE_TRACE_H
#define BLE_TRACE_H

#include <ble/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a record holds. */
enum ble_trace_kind {
	BLE_TRACE_H4 = 1, /* data: one whole H4 packet, indicator octet first */
	BLE_TRACE_AIR,    /* data: access address (4), PDU header and payload, CRC (3), as sent on the air (not whitened) */
	BLE_TRACE_STATE,  /* data: text */
	BLE_TRACE_WORD,   /* data: text */
};

/* Where an H4 packet goes. */
enum ble_trace_dir {
	BLE_TRACE_TO_CTLR = 0, /* H4: host to controller */
	BLE_TRACE_TO_HOST = 1,
};

/* What is known of an air PDU beside its octets. */
struct ble_trace_air {
	uint8_t channel; /* channel index 0..39 */
	uint8_t phy;     /* enum ble_phy */
	uint8_t flow;    /* enum ble_trace_flow */
	int8_t rssi_dbm; /* at the receiver of interest, or transmit power */
	bool crc_ok;
};

/* Vol 6 Part B 1.1.1: who speaks on a data channel; advertising PDUs have their own kind. */
enum ble_trace_flow { BLE_FLOW_ADV = 0, BLE_FLOW_CENTRAL = 2, BLE_FLOW_PERIPHERAL = 3 };

/* One record. Its pointers are valid until `put` returns. */
struct ble_trace_rec {
	uint64_t t_us;     /* trace time; in the records of a host's own trace host time, since the core knows no epoch */
	uint8_t kind, dir; /* enum ble_trace_kind; enum ble_trace_dir, H4 only */
	uint16_t node; /* which device of a world, 0 if there is one */
	const void *data;
	size_t len;
	const struct ble_trace_air *air; /* BLE_TRACE_AIR only */
};

/* A sink, or a fork to several. `put` must copy what it keeps. NULL pointers to a trace mean none. */
struct ble_trace {
	void *ctx;
	void (*put)(void *ctx, const struct ble_trace_rec *rec);
};

/* Where a file format writes its octets. */
struct ble_trace_out {
	void *ctx;
	void (*write)(void *ctx, const void *data, size_t len);
};

/*
 * File formats. Each writes its file header at once and then one record per put; records of other kinds are passed
 * over. `out` outlives the sink. The returned struct is the sink; its ctx is `out`.
 * btsnoop: version 1, datalink 1002 (H4). pcap: DLT 256 (BLUETOOTH_LE_LL_WITH_PHDR), microsecond resolution.
 */
BLE_API struct ble_trace ble_trace_btsnoop(const struct ble_trace_out *out);
BLE_API struct ble_trace ble_trace_pcap(const struct ble_trace_out *out);
/* One line of text a record: time, node, direction, name of the packet, octets in hex. */
BLE_API struct ble_trace ble_trace_text(const struct ble_trace_out *out);

#ifdef __cplusplus
}
#endif

#endif
