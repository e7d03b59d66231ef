/* See rig.h. */
#include "rig.h"

#include <string.h>

const uint8_t rig_address[6] = { 1, 2, 3, 4, 5, 6 };
const uint8_t rig_peer[6] = { 0x11, 0x12, 0x13, 0x14, 0x15, 0x16 };

static uint64_t now(void *ctx)
{
	struct rig *r = ctx;
	return r->now_us;
}

static int post(void *ctx, const struct ble_radio_op *op)
{
	struct rig *r = ctx;
	if (r->posted)
		return BLE_EBUSY;
	assert_true(op->start_us >= r->now_us + RIG_LEAD_US);
	r->op = *op;
	r->posted = true;
	r->turned = false;
	r->op_us = op->start_us;
	r->posted_at_us = r->now_us;
	r->posts++;
	if (r->on_post)
		r->on_post(r);
	return 0;
}

static const struct ble_radio_next *tell(struct rig *r, const struct ble_radio_result *result)
{
	return r->radio.on_result(r->radio.user, result);
}

static void cancel(void *ctx)
{
	struct rig *r = ctx;
	if (!r->posted)
		return;
	r->posted = false;
	r->cancels++;
	tell(r, &(struct ble_radio_result){ .status = BLE_RADIO_ABORTED, .end_us = r->now_us });
}

static void fill_random(void *ctx, void *dst, size_t len)
{
	struct rig *r = ctx;
	uint8_t *p = dst;
	while (len--) {
		r->random = r->random * 1664525 + 1013904223;
		*p++ = (uint8_t)(r->random >> 24);
	}
}

void rig_init(struct rig *r, const struct ble_ctlr_config *config)
{
	struct ble_ctlr_config cfg = config ? *config : (struct ble_ctlr_config){ 0 };
	memset(r, 0, sizeof *r);
	r->caps = (struct ble_radio_caps){ .lead_us = RIG_LEAD_US,
		.sleep_lead_us = RIG_SLEEP_US,
		.granularity_us = 1,
		.sca_ppm = 50 };
	r->radio = (struct ble_radio){
		.ctx = r, .caps = &r->caps, .now = now, .post = post, .cancel = cancel
	};
	r->platform = (struct ble_platform){ .ctx = r, .random = fill_random };
	r->now_us = 1000000;
	cfg.radio = &r->radio;
	cfg.platform = &r->platform;
	memcpy(cfg.public_address, rig_address, 6);
	size_t size = ble_ctlr_memory(&cfg);
	assert_in_range(size, 1, sizeof r->memory);
	assert_int_equal(ble_ctlr_init(&r->c, r->memory, size, &cfg), 0);
	static const uint8_t all[8] = { 255, 255, 255, 255, 255, 255, 255, 255 };
	/* but LE Enhanced Connection Complete, in whose place the plain one comes */
	static const uint8_t le[8] = { 255, 253, 255, 255, 255, 255, 255, 255 };
	rig_cmd(r, HCI_CMD_SET_EVENT_MASK, all, 8);
	rig_cmd(r, HCI_CMD_LE_SET_EVENT_MASK, le, 8);
}

void rig_main(struct rig *r)
{
	ble_ctlr_run(r->c, r->now_us);
}

bool rig_run(struct rig *r, uint64_t until_us)
{
	rig_main(r);
	while (!r->posted) {
		uint64_t due_us = ble_ctlr_next_due(r->c);
		if (due_us > until_us) {
			r->now_us = until_us > r->now_us ? until_us : r->now_us;
			break;
		}
		assert_true(due_us >= r->now_us); /* else a run would not have come to its end */
		r->now_us = due_us;
		rig_main(r);
	}
	return r->posted;
}

static void turn(struct rig *r, const struct ble_radio_next *next, uint64_t end_us)
{
	bool turns = r->op.then == BLE_RADIO_TURN && next;
	r->posted = turns;
	if (!turns)
		return;
	r->op.dir = r->op.dir == BLE_RADIO_TX ? BLE_RADIO_RX : BLE_RADIO_TX;
	r->op.pdu = next->pdu;
	r->op.then = next->then;
	r->op.keep_open = false;
	uint8_t phy = r->op.turn_phy ? r->op.turn_phy : r->op.phy;
	r->op.turn_phy = r->op.phy;
	r->op.phy = phy;
	r->op_us = end_us + LL_T_IFS_US;
	r->turned = true;
}

void rig_sent(struct rig *r)
{
	assert_true(r->posted && r->op.dir == BLE_RADIO_TX);
	uint64_t end_us = r->op_us + ll_airtime_us(r->op.phy, r->op.pdu[1]);
	r->now_us = end_us;
	turn(r,
		tell(r,
			&(struct ble_radio_result){ .status = BLE_RADIO_SENT,
				.crc_ok = true,
				.start_us = r->op_us,
				.end_us = end_us,
				.pdu = r->op.pdu }),
		end_us);
}

void rig_silence(struct rig *r)
{
	assert_true(r->posted && r->op.dir == BLE_RADIO_RX);
	r->now_us = r->op_us + (r->turned ? 42 : r->op.window_us);
	r->posted = false;
	tell(r, &(struct ble_radio_result){ .status = BLE_RADIO_SILENCE, .end_us = r->now_us });
}

void rig_late(struct rig *r)
{
	assert_true(r->posted);
	r->posted = false;
	tell(r, &(struct ble_radio_result){ .status = BLE_RADIO_LATE, .end_us = r->now_us });
}

void rig_receive(struct rig *r, uint64_t start_us, const uint8_t *pdu, bool crc_ok)
{
	assert_true(r->posted && r->op.dir == BLE_RADIO_RX);
	if (!start_us)
		start_us = r->op_us;
	size_t room = 2u + r->op.rx_octets, len = 2u + pdu[1];
	bool fits = len <= room;
	uint64_t end_us = start_us + ll_airtime_us(r->op.phy, pdu[1]);
	memcpy(r->op.pdu, pdu, fits ? len : room);
	r->now_us = end_us;
	struct ble_radio_result result = { .status = BLE_RADIO_RECEIVED,
		.crc_ok = crc_ok && fits,
		.rssi_dbm = -50,
		.start_us = start_us,
		.end_us = end_us,
		.pdu = r->op.pdu };
	const struct ble_radio_next *next = tell(r, &result);
	if (r->op.keep_open && !result.crc_ok)
		return;
	turn(r, next, end_us);
}

int rig_read(struct rig *r)
{
	const uint8_t *p;
	r->evt_len = ble_ctlr_hci_read(r->c, &p);
	if (r->evt_len > 0)
		memcpy(r->evt, p, (size_t)r->evt_len);
	return r->evt_len;
}

const uint8_t *rig_find(struct rig *r, uint8_t code, uint8_t subevent)
{
	while (rig_read(r) > 0)
		if (r->evt[0] == HCI_H4_EVENT && r->evt[1] == code &&
			(code != HCI_EVT_LE_META || r->evt[3] == subevent))
			return r->evt + 3;
	return NULL;
}

void rig_flush(struct rig *r)
{
	while (rig_read(r) > 0)
		;
}

uint8_t rig_cmd(struct rig *r, uint16_t opcode, const void *params, size_t len)
{
	uint8_t packet[4 + 255] = { HCI_H4_COMMAND, (uint8_t)opcode, (uint8_t)(opcode >> 8),
		(uint8_t)len };
	if (len)
		memcpy(packet + 4, params, len);
	assert_int_equal(ble_ctlr_hci_write(r->c, packet, 4 + len), 0);
	while (rig_read(r) > 0) {
		if (r->evt[1] == HCI_EVT_COMMAND_STATUS && le16_get(r->evt + 5) == opcode)
			return r->evt[3];
		if (r->evt[1] == HCI_EVT_COMMAND_COMPLETE && le16_get(r->evt + 4) == opcode)
			return r->evt[6];
	}
	fail_msg("no answer to command 0x%04X", opcode);
	return 0xFF;
}

void rig_check_leaks(struct rig *r)
{
	struct ble_ctlr_stats s;
	rig_flush(r);
	ble_ctlr_stats(r->c, &s);
	assert_int_equal(s.pool_idle, s.pool_total);
}

static void set_data(struct rig *r, uint16_t opcode, const char *data)
{
	uint8_t params[32] = { (uint8_t)strlen(data) };
	memcpy(params + 1, data, params[0]);
	assert_int_equal(rig_cmd(r, opcode, params, sizeof params), 0);
}

void rig_advertise(struct rig *r, uint8_t type, const char *data, const char *rsp)
{
	uint8_t params[15] = { 160, 0, 160, 0, type, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0 };
	memcpy(params + 7, rig_peer, 6);
	assert_int_equal(rig_cmd(r, HCI_CMD_LE_SET_ADVERTISING_PARAMETERS, params, 15), 0);
	set_data(r, HCI_CMD_LE_SET_ADVERTISING_DATA, data);
	set_data(r, HCI_CMD_LE_SET_SCAN_RESPONSE_DATA, rsp);
	assert_int_equal(rig_cmd(r, HCI_CMD_LE_SET_ADVERTISING_ENABLE, "\1", 1), 0);
}

struct ll_connect_ind rig_connect_ind(void)
{
	struct ll_connect_ind ind = {
		.aa = 0x50654321,
		.crc_init = 0x123456,
		.win_size = 2,
		.win_offset = 3,
		.interval = 24,
		.timeout = 200,
		.ch_m = { 0xFF, 0xFF, 0xFF, 0xFF, 0x1F },
		.hop = 7,
		.sca = 5,
	};
	memcpy(ind.init_a, rig_peer, 6);
	memcpy(ind.adv_a, rig_address, 6);
	return ind;
}

void rig_connect_pdu(uint8_t pdu[36], const struct ll_connect_ind *ind)
{
	struct wr w = wr_of(pdu, 36);
	ll_adv_hdr_write(&w,
		&(struct ll_adv_hdr){ .pdu_type = LL_CONNECT_IND, .length = LL_CONNECT_IND_LEN });
	ll_connect_ind_write(&w, ind);
	assert_int_equal(w.len, 36);
}

uint64_t rig_peripheral(struct rig *r, const struct ll_connect_ind *ind)
{
	uint8_t pdu[36];
	rig_connect_pdu(pdu, ind);
	rig_advertise(r, HCI_ADV_IND, "", "");
	assert_true(rig_run(r, r->now_us + 1000000));
	rig_sent(r);
	rig_receive(r, 0, pdu, true);
	uint64_t end_us = r->now_us;
	rig_main(r);
	const uint8_t *evt = rig_find(r, HCI_EVT_LE_META, HCI_LE_EVT_CONNECTION_COMPLETE);
	assert_non_null(evt);
	assert_int_equal(evt[1], 0);
	return end_us;
}

uint64_t rig_central(struct rig *r, uint16_t interval, uint16_t latency, uint16_t timeout)
{
	uint8_t params[25];
	struct hci_cmd_le_create_connection cmd = {
		.le_scan_interval = 16,
		.le_scan_window = 16,
		.connection_interval_min = interval,
		.connection_interval_max = interval,
		.max_latency = latency,
		.supervision_timeout = timeout,
	};
	memcpy(cmd.peer_address, rig_peer, 6);
	struct wr w = wr_of(params, sizeof params);
	hci_cmd_le_create_connection_write(&w, &cmd);
	assert_int_equal(rig_cmd(r, HCI_CMD_LE_CREATE_CONNECTION, params, sizeof params), 0);
	assert_true(rig_run(r, r->now_us + 1000000));
	uint8_t adv[8] = { LL_ADV_IND, 6 };
	memcpy(adv + 2, rig_peer, 6);
	rig_receive(r, r->op.start_us + 100, adv, true);
	assert_true(r->posted && r->op.dir == BLE_RADIO_TX);
	rig_sent(r);
	uint64_t end_us = r->now_us;
	rig_main(r);
	assert_non_null(rig_find(r, HCI_EVT_LE_META, HCI_LE_EVT_CONNECTION_COMPLETE));
	return end_us;
}

void rig_data(
	uint8_t *pdu, uint8_t llid, bool sn, bool nesn, bool md, const void *payload, uint8_t len)
{
	pdu[0] = (uint8_t)(llid | nesn << 2 | sn << 3 | md << 4);
	pdu[1] = len;
	if (len)
		memcpy(pdu + 2, payload, len);
}
