/* A packet as a trace record, once, when it begins: access address, PDU and CRC as they go on
 * the air. */
#include "sim/air.h"

#include <string.h>

#include "base/le.h"
#include "sim/air_crc.h"

void air_trace_tx(const struct air *a, const struct air_tx *tx)
{
	uint8_t octets[4 + AIR_PDU_MAX + 3], *crc = octets + 4 + tx->len;
	le32_put(octets, tx->access_address);
	memcpy(octets + 4, tx->pdu, tx->len);
	air_crc(crc, tx->crc_init, tx->pdu, tx->len);
	if (tx->bad_crc)
		for (int i = 0; i < 3; i++)
			crc[i] = (uint8_t)~crc[i];
	const struct ble_trace_air air = {
		.channel = tx->channel,
		.phy = tx->phy,
		.flow = tx->flow,
		.rssi_dbm = tx->power_dbm,
		.crc_ok = !tx->bad_crc,
	};
	a->trace->put(a->trace->ctx,
		&(struct ble_trace_rec){
			.t_us = a->epoch_us + tx->start_ns / 1000,
			.kind = BLE_TRACE_AIR,
			.node = tx->node,
			.data = octets,
			.len = 4 + (size_t)tx->len + 3,
			.air = &air,
		});
}
