/*
 * Packets of strangers: put on the air by a test, in the name, at the place and with the power of a
 * node, without its radio knowing. They begin and end by an event of their own.
 */
#include "base/container.h"
#include "sim/world.h"

#include <string.h>

static struct air_tx *of_ev(struct ev *e)
{
	return CONTAINER_OF(e, struct air_tx, ev);
}

static void on_end(struct ev *e)
{
	struct air_tx *tx = of_ev(e);
	air_end(tx->air, tx);
}

static void on_begin(struct ev *e)
{
	struct air_tx *tx = of_ev(e);
	air_begin(tx->air, tx);
	e->fire = on_end;
	clock_schedule(tx->air->clock, e, tx->end_ns, EV_TX_END);
}

int ble_world_transmit(struct ble_world *w, const struct ble_air_raw *raw)
{
	struct ble_node *n = world_node(w, raw->node);
	if (raw->channel >= AIR_CHANNELS || (raw->phy != BLE_PHY_1M && raw->phy != BLE_PHY_2M))
		return BLE_EINVAL;
	if (raw->start_us < world_now_us(w) || raw->start_us > UINT64_MAX / 2000 || raw->len < 2)
		return BLE_EINVAL;
	if (raw->len > AIR_PDU_MAX)
		return BLE_ETOOBIG;
	if (!n)
		return BLE_ENOENT;
	struct air_tx *tx = air_tx_get(&w->air);
	if (!tx)
		return BLE_ENOMEM;
	tx->place = n->radio.place;
	tx->access_address = raw->access_address;
	tx->crc_init = raw->crc_init & 0xffffff;
	tx->node = raw->node;
	tx->len = raw->len;
	tx->power_dbm = n->radio.gain_db;
	tx->channel = raw->channel;
	tx->phy = raw->phy;
	tx->flow = raw->access_address == AIR_ADV_ADDRESS ? BLE_FLOW_ADV : BLE_FLOW_CENTRAL;
	tx->bad_crc = raw->bad_crc;
	memcpy(tx->pdu, raw->pdu, raw->len);
	tx->ev = (struct ev){ .fire = on_begin, .node = raw->node };
	clock_schedule(&w->clock, &tx->ev, raw->start_us * 1000, EV_TX_START);
	return 0;
}
