/*
 * Scripted faults. A fault without `to` is a property of the packet: it is asked once, when the
 * packet begins, whether or not anybody listens. A fault with `to` is a property of one reception:
 * it is asked when that node would lock to the packet. skip and count count in the same way.
 *
 * A jammed channel spoils whatever touches the interval, so a packet that merely ends in it counts.
 */
#include "sim/air.h"

#include <stdlib.h>

#include "base/ensure.h"

static bool is_in_time(const struct ble_air_fault *f, const struct air_tx *tx)
{
	uint64_t begin_ns = f->begin_us * 1000;
	uint64_t end_ns = f->end_us ? f->end_us * 1000 : UINT64_MAX;
	uint64_t touched_ns = f->action == BLE_FAULT_JAM ? tx->end_ns : tx->start_ns + 1;
	return touched_ns > begin_ns && tx->start_ns < end_ns;
}

static bool is_kind(const struct ble_air_fault *f, const struct air_tx *tx)
{
	bool adv = tx->access_address == AIR_ADV_ADDRESS;
	uint8_t llid = tx->pdu[0] & 3;
	switch ((enum ble_fault_pdu)f->pdu) {
	case BLE_FAULT_ANY: return true;
	case BLE_FAULT_ADV: return adv && (!f->type || (tx->pdu[0] & 15) + 1 == f->type);
	case BLE_FAULT_DATA:
		return !adv && (llid == 1 || llid == 2) && (!f->type || llid == f->type);
	case BLE_FAULT_CONTROL:
		return !adv && llid == 3 &&
			(!f->type || (tx->len > 2 && tx->pdu[2] + 1 == f->type));
	}
	return false;
}

static bool is_match(const struct ble_air_fault *f, const struct air_tx *tx, uint16_t to)
{
	if (f->to != to || (f->from && f->from != tx->node))
		return false;
	if (f->channel_plus_1 && f->channel_plus_1 != tx->channel + 1)
		return false;
	return is_in_time(f, tx) && is_kind(f, tx);
}

uint8_t air_fault_strikes(struct air *a, const struct air_tx *tx, uint16_t to)
{
	for (size_t i = 0; i < a->fault_count; i++) {
		struct air_fault_slot *s = &a->faults[i];
		if (s->f.count && s->seen >= s->f.skip && s->seen - s->f.skip >= s->f.count)
			continue;
		if (!is_match(&s->f, tx, to))
			continue;
		if (s->seen < s->f.skip) {
			s->seen++;
			continue;
		}
		s->seen += s->f.count != 0;
		a->stats.faults++;
		return s->f.action;
	}
	return 0;
}
