/* The raw radio and the memory trace of air_kit.h. */
#include "air_kit.h"

#include <stdlib.h>
#include <string.h>

static const struct ble_radio_next *on_result(void *user, const struct ble_radio_result *result)
{
	struct kit_radio *k = user;
	if (k->count < KIT_RESULTS)
		k->results[k->count] = *result;
	k->count++;
	if (k->hook)
		k->hook(k, result);
	return k->answered < k->answer_count ? &k->answers[k->answered++] : NULL;
}

void kit_add(struct kit_radio *k, struct ble_world *w, const struct ble_node_options *options)
{
	*k = (struct kit_radio){ .node = ble_world_add(w, options) };
	assert_non_null(k->node);
	k->radio = ble_node_radio(k->node);
	k->radio->user = k;
	k->radio->on_result = on_result;
}

struct ble_radio_op kit_op(uint8_t dir, uint64_t start_us, uint8_t *pdu)
{
	return (struct ble_radio_op){
		.dir = dir,
		.channel = 37,
		.phy = BLE_PHY_1M,
		.access_address = KIT_AA,
		.crc_init = KIT_CRC,
		.start_us = start_us,
		.pdu = pdu,
		.rx_octets = 255,
	};
}

void kit_tx(struct kit_radio *k, uint64_t start_us, uint8_t *pdu, uint8_t then)
{
	struct ble_radio_op op = kit_op(BLE_RADIO_TX, start_us, pdu);
	op.then = then;
	assert_int_equal(k->radio->post(k->radio->ctx, &op), 0);
}

void kit_rx(struct kit_radio *k, uint64_t start_us, uint32_t window_us, uint8_t then)
{
	struct ble_radio_op op = kit_op(BLE_RADIO_RX, start_us, k->rx);
	op.then = then;
	op.window_us = window_us;
	assert_int_equal(k->radio->post(k->radio->ctx, &op), 0);
}

static void append(struct kit_trace *t, const void *data, size_t len)
{
	if (t->len + len > t->cap) {
		t->cap = (t->len + len) * 2;
		t->octets = realloc(t->octets, t->cap);
		assert_non_null(t->octets);
	}
	memcpy(t->octets + t->len, data, len);
	t->len += len;
}

static void put(void *ctx, const struct ble_trace_rec *rec)
{
	struct kit_trace *t = ctx;
	uint16_t len = (uint16_t)rec->len;
	uint8_t about[4] = { rec->kind, 0, 0, 0 };
	if (rec->air)
		memcpy(about + 1,
			(uint8_t[]){ rec->air->channel, rec->air->flow, rec->air->crc_ok }, 3);
	append(t, &rec->t_us, 8);
	append(t, &rec->node, 2);
	append(t, about, 4);
	append(t, &len, 2);
	append(t, rec->data, rec->len);
	if (t->count < 64)
		t->t_us[t->count] = rec->t_us;
	t->count++;
}

void kit_trace_init(struct kit_trace *t)
{
	*t = (struct kit_trace){ .sink = { .ctx = t, .put = put } };
}

void kit_trace_free(struct kit_trace *t)
{
	free(t->octets);
}
