/*
 * pcap with LINKTYPE_BLUETOOTH_LE_LL_WITH_PHDR (256): ten octets about the reception before each
 * packet, so that Wireshark knows channel, signal, direction and PHY. Little endian, microseconds.
 * LE Coded would need a coding indicator between access address and header: such records are passed
 * over until there is one.
 */
#include <ble/radio.h>
#include <ble/trace.h>

#include <string.h>

#include "base/le.h"

#define LINKTYPE 256
#define SNAPLEN  65535

/* Flags of the pseudo-header. */
enum {
	DEWHITENED = 0x0001,
	SIGNAL_VALID = 0x0002,
	REFERENCE_VALID = 0x0010,
	PDU_TYPE_SHIFT = 7, /* 0: advertising; 2: from the central; 3: from the peripheral */
	CRC_CHECKED = 0x0400,
	CRC_VALID = 0x0800,
	PHY_2M = 0x4000,
};

/* RF channel from channel index: Vol 6 Part B 1.4.1. */
static uint8_t rf_channel(uint8_t index)
{
	switch (index) {
	case 37: return 0;
	case 38: return 12;
	case 39: return 39;
	default: return (uint8_t)(index < 11 ? index + 1 : index + 2);
	}
}

static void put_packet_header(uint8_t h[16], uint64_t t_us, size_t len)
{
	le32_put(h, (uint32_t)(t_us / 1000000));
	le32_put(h + 4, (uint32_t)(t_us % 1000000));
	le32_put(h + 8, (uint32_t)len);
	le32_put(h + 12, (uint32_t)len);
}

static void put(void *ctx, const struct ble_trace_rec *rec)
{
	const struct ble_trace_out *out = ctx;
	const struct ble_trace_air *air = rec->air;
	uint8_t h[26] = { 0 }, *phdr = h + 16;
	if (rec->kind != BLE_TRACE_AIR || !air || rec->len < 4 || air->phy == BLE_PHY_CODED)
		return;
	uint32_t flags = DEWHITENED | SIGNAL_VALID | REFERENCE_VALID | CRC_CHECKED |
		(uint32_t)air->flow << PDU_TYPE_SHIFT;
	if (air->crc_ok)
		flags |= CRC_VALID;
	if (air->phy == BLE_PHY_2M)
		flags |= PHY_2M;
	put_packet_header(h, rec->t_us, 10 + rec->len);
	phdr[0] = rf_channel(air->channel);
	phdr[1] = (uint8_t)air->rssi_dbm;
	memcpy(phdr + 4, rec->data, 4);
	le16_put(phdr + 8, (uint16_t)flags);
	out->write(out->ctx, h, sizeof h);
	out->write(out->ctx, rec->data, rec->len);
}

struct ble_trace ble_trace_pcap(const struct ble_trace_out *out)
{
	uint8_t header[24] = { 0 };
	le32_put(header, 0xa1b2c3d4);
	le16_put(header + 4, 2);
	le16_put(header + 6, 4);
	le32_put(header + 16, SNAPLEN);
	le32_put(header + 20, LINKTYPE);
	out->write(out->ctx, header, sizeof header);
	return (struct ble_trace){ .ctx = (void *)(uintptr_t)out, .put = put };
}
