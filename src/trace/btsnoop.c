/*
 * btsnoop, version 1, datalink 1002 (H4): what btmon and Wireshark read. Big endian throughout.
 * HCI packets only; the air goes into pcap.
 */
#include <ble/trace.h>

#include "base/le.h"

#define DATALINK_H4 1002
#define EPOCH_US    0x00dcddb30f2f8000 /* 1970 in the format's microseconds since the year 0 */

enum { FLAG_TO_HOST = 1, FLAG_COMMAND_OR_EVENT = 2 };

static void put(void *ctx, const struct ble_trace_rec *rec)
{
	const struct ble_trace_out *out = ctx;
	uint8_t header[24] = { 0 };
	if (rec->kind != BLE_TRACE_H4 || rec->len == 0)
		return;
	uint8_t indicator = *(const uint8_t *)rec->data;
	uint32_t flags = rec->dir == BLE_TRACE_TO_HOST ? FLAG_TO_HOST : 0;
	if (indicator == 1 || indicator == 4) /* command, event: Vol 4 Part A 2 */
		flags |= FLAG_COMMAND_OR_EVENT;
	be32_put(header, (uint32_t)rec->len);
	be32_put(header + 4, (uint32_t)rec->len);
	be32_put(header + 8, flags);
	be64_put(header + 16, rec->t_us + EPOCH_US);
	out->write(out->ctx, header, sizeof header);
	out->write(out->ctx, rec->data, rec->len);
}

struct ble_trace ble_trace_btsnoop(const struct ble_trace_out *out)
{
	uint8_t header[16] = { 'b', 't', 's', 'n', 'o', 'o', 'p', 0 };
	be32_put(header + 8, 1);
	be32_put(header + 12, DATALINK_H4);
	out->write(out->ctx, header, sizeof header);
	return (struct ble_trace){ .ctx = (void *)(uintptr_t)out, .put = put };
}
