/*
 * A peer that says anything in any order, to both roles, while the host asks and sends: no sequence of
 * PDUs, sequence numbers and bad CRCs costs a buffer, an answer to the host, or a second end. Seeds
 * are numbers in a loop; a failure names its own.
 */
#include "rig.h"

#include <string.h>

static struct rig r;

struct walk {
	uint32_t v;
	bool sn, nesn;
	unsigned given, completed;                   /* ACL packets of the host */
	unsigned asked[4], told[4];                  /* features, version, update, PHY */
	unsigned params_asked, params_answered;      /* the peer's requests for parameters */
	unsigned ends, steps;
};

static uint32_t draw(struct walk *w, uint32_t below)
{
	w->v = w->v * 1664525 + 1013904223;
	return (w->v >> 8) % below;
}

/* Mostly opcodes that mean something, mostly of the right length, sometimes with a near instant. */
static uint8_t control(struct walk *w, uint8_t payload[27])
{
	uint8_t opcode = (uint8_t)(draw(w, 8) ? draw(w, 0x1B) : draw(w, 256));
	int data_len = llcp_ctr_data_len(opcode);
	uint8_t len = (uint8_t)(data_len < 0 || !draw(w, 8) ? 1 + draw(w, 27) : 1u + (unsigned)data_len);
	bool ends = opcode == LL_TERMINATE_IND || opcode == LL_CONNECTION_UPDATE_IND ||
		opcode == LL_CHANNEL_MAP_IND;
	if (ends && draw(w, 8)) /* or walks were short */
		opcode = LL_PING_REQ;
	payload[0] = opcode;
	for (uint8_t i = 1; i < 27; i++)
		payload[i] = (uint8_t)draw(w, 256);
	uint16_t instant = (uint16_t)(r.c->conns[0].event + draw(w, 8));
	static const uint8_t sane[] = { 1, 0, 0, 24, 0, 0, 0, 200, 0 };
	if (opcode == LL_CONNECTION_UPDATE_IND && draw(w, 8)) {
		memcpy(payload + 1, sane, sizeof sane);
		le16_put(payload + 10, instant);
	}
	if (opcode == LL_CHANNEL_MAP_IND && draw(w, 8))
		le16_put(payload + 6, instant);
	static const uint8_t wish[] = { 20, 0, 40, 0, 0, 0, 210, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
		255, 255 };
	if ((opcode == LL_CONNECTION_PARAM_REQ || opcode == LL_CONNECTION_PARAM_RSP) && draw(w, 8))
		memcpy(payload + 1, wish, sizeof wish);
	if (opcode == LL_PHY_UPDATE_IND && draw(w, 8)) {
		payload[1] = (uint8_t)draw(w, 3);
		payload[2] = (uint8_t)draw(w, 3);
		le16_put(payload + 3, instant);
	}
	return len > 27 ? 27 : len;
}

static void peer(struct walk *w)
{
	uint8_t pdu[2 + 255], payload[255] = { 0 };
	uint8_t llid = (uint8_t)(draw(w, 3) ? LL_LLID_CONTROL : draw(w, 4));
	uint8_t len = llid == LL_LLID_CONTROL ? control(w, payload) : (uint8_t)draw(w, draw(w, 4) ? 28 : 256);
	if (!draw(w, 4))
		llid = LL_LLID_CONTINUE, len = 0;
	/* an honest peer's numbers, or any */
	bool sn = draw(w, 16) ? w->sn : !w->sn, nesn = draw(w, 16) ? w->nesn : !w->nesn;
	bool crc_ok = draw(w, 16);
	rig_data(pdu, llid, sn, nesn, draw(w, 2), payload, len);
	rig_receive(&r, r.turned ? 0 : r.op.start_us + r.op.window_us / 2, pdu, crc_ok);
}

static void ours(struct walk *w)
{
	uint8_t header = r.op.pdu[0];
	assert_in_range(r.op.pdu[1], 0, 251);
	w->sn = header >> 2 & 1;
	w->nesn = !(header >> 3 & 1);
	rig_sent(&r);
}

/* About the connection: features, version, update, PHY, data length, and the reply and the refusal of a request. */
enum { FEATURES, VERSION, UPDATE, PHY, LENGTH, REPLY, REFUSE, QUESTIONS };

static void ask(unsigned what, uint8_t chance)
{
	static const struct {
		uint16_t opcode;
		uint8_t len, params[12];
	} all[QUESTIONS] = {
		[FEATURES] = { HCI_CMD_LE_READ_REMOTE_FEATURES, 0, { 0 } },
		[VERSION] = { HCI_CMD_READ_REMOTE_VERSION_INFORMATION, 0, { 0 } },
		[UPDATE] = { HCI_CMD_LE_CONNECTION_UPDATE, 12, { 20, 0, 40, 0, 0, 0, 200, 0 } },
		[PHY] = { HCI_CMD_LE_SET_PHY, 5, { 0, 2, 2 } },
		[LENGTH] = { HCI_CMD_LE_SET_DATA_LENGTH, 4, { 251, 0, 0x48, 8 } },
		[REPLY] = { HCI_CMD_LE_REMOTE_CONNECTION_PARAMETER_REQUEST_REPLY, 12, { 20, 0, 40, 0, 0, 0, 200, 0 } },
		[REFUSE] = { HCI_CMD_LE_REMOTE_CONNECTION_PARAMETER_REQUEST_NEGATIVE_REPLY, 1, { 0x3B } },
	};
	uint8_t cmd[18] = { HCI_H4_COMMAND, (uint8_t)all[what].opcode, (uint8_t)(all[what].opcode >> 8),
		(uint8_t)(2 + all[what].len), (uint8_t)r.c->conns[0].handle, (uint8_t)(r.c->conns[0].handle >> 8) };
	memcpy(cmd + 6, all[what].params, all[what].len);
	if (what == PHY)
		cmd[7] = (uint8_t)(1 + chance % 3), cmd[8] = (uint8_t)(1 + chance / 3 % 3);
	if (what == LENGTH)
		cmd[6] = (uint8_t)(27 + chance % 225);
	assert_int_equal(ble_ctlr_hci_write(r.c, cmd, 4u + cmd[3]), 0);
}

static void send(struct walk *w)
{
	uint8_t acl[5 + 250] = { HCI_H4_ACL, (uint8_t)r.c->conns[0].handle,
		(uint8_t)(r.c->conns[0].handle >> 8), (uint8_t)(1 + draw(w, 250)) };
	w->given += ble_ctlr_hci_write(r.c, acl, 5u + acl[3]) == 0;
}

static void on_event(struct walk *w)
{
	const uint8_t *p = r.evt + 3;
	uint8_t code = r.evt[1], sub = code == HCI_EVT_LE_META ? p[0] : 0;
	uint16_t opcode = code == HCI_EVT_COMMAND_STATUS ? le16_get(p + 2) : 0;
	bool taken = opcode && !p[0];
	w->asked[0] += taken && opcode == HCI_CMD_LE_READ_REMOTE_FEATURES;
	w->asked[1] += taken && opcode == HCI_CMD_READ_REMOTE_VERSION_INFORMATION;
	w->asked[2] += taken && opcode == HCI_CMD_LE_CONNECTION_UPDATE;
	w->asked[3] += taken && opcode == HCI_CMD_LE_SET_PHY;
	w->told[3] += sub == HCI_LE_EVT_PHY_UPDATE_COMPLETE;
	w->params_asked += sub == HCI_LE_EVT_REMOTE_CONNECTION_PARAMETER_REQUEST;
	uint16_t done = code == HCI_EVT_COMMAND_COMPLETE ? le16_get(p + 1) : 0;
	w->params_answered += (done == HCI_CMD_LE_REMOTE_CONNECTION_PARAMETER_REQUEST_REPLY ||
		done == HCI_CMD_LE_REMOTE_CONNECTION_PARAMETER_REQUEST_NEGATIVE_REPLY) && !p[3];
	assert_true(w->params_answered <= w->params_asked);
	w->told[0] += sub == HCI_LE_EVT_READ_REMOTE_FEATURES_COMPLETE;
	w->told[1] += code == HCI_EVT_READ_REMOTE_VERSION_INFORMATION_COMPLETE;
	w->told[2] += sub == HCI_LE_EVT_CONNECTION_UPDATE_COMPLETE;
	w->ends += code == HCI_EVT_DISCONNECTION_COMPLETE;
	if (code == HCI_EVT_DISCONNECTION_COMPLETE)
		assert_int_not_equal(p[3], 0);
	if (code == HCI_EVT_NUMBER_OF_COMPLETED_PACKETS)
		w->completed += le16_get(p + 3);
	assert_true(w->completed <= w->given);
	assert_true(w->told[0] <= w->asked[0] && w->told[1] <= w->asked[1]);
}

static void host(struct walk *w)
{
	unsigned what = draw(w, 40);
	if (what < QUESTIONS)
		ask(what, (uint8_t)draw(w, 256));
	if (what >= 30)
		send(w);
	while (rig_read(&r) > 0)
		if (r.evt[0] == HCI_H4_EVENT)
			on_event(w);
}

static void step(struct walk *w)
{
	w->steps++;
	if (r.op.dir == BLE_RADIO_TX)
		ours(w);
	else if (!draw(w, 12))
		rig_silence(&r);
	else
		peer(w);
	if (draw(w, 4))
		rig_main(&r);
	host(w);
}

/* The end: by the peer's word, ours, or silence, but one. */
static void walk(struct walk *w, bool central)
{
	struct ll_connect_ind ind = rig_connect_ind();
	rig_init(&r, NULL);
	r.caps.phy_2m = true;
	rig_cmd(&r, HCI_CMD_LE_SET_DEFAULT_PHY, w->v % 3 ? "\3\0\0" : "\0\3\3", 3);
	if (central)
		rig_central(&r, 24, 0, 200);
	else
		rig_peripheral(&r, &ind);
	for (unsigned n = 0; n < 400 && !w->ends; n++)
		if (r.posted || rig_run(&r, r.now_us + 10000000))
			step(w);
		else
			host(w);
	while (!w->ends && (r.posted || rig_run(&r, r.now_us + 10000000))) {
		if (r.op.dir == BLE_RADIO_TX)
			ours(w);
		else
			rig_silence(&r);
		rig_main(&r);
		while (rig_read(&r) > 0)
			if (r.evt[0] == HCI_H4_EVENT)
				on_event(w);
	}
}

static void test_random_walks(void **state)
{
	(void)state;
	unsigned ends = 0, steps = 0, updates = 0, phys = 0, params = 0;
	for (uint32_t seed = 1; seed <= 1500; seed++) {
		struct walk w = { .v = seed };
		walk(&w, seed & 1);
		rig_main(&r);
		while (rig_read(&r) > 0)
			if (r.evt[0] == HCI_H4_EVENT)
				on_event(&w);
		/* updates and PHYs are told of as well when the peer has brought them about */
		bool even = w.told[0] == w.asked[0] && w.told[1] == w.asked[1] && w.told[2] >= w.asked[2] &&
			w.told[3] >= w.asked[3];
		updates += w.told[2], phys += w.told[3], params += w.params_answered;
		struct ble_ctlr_stats s;
		ble_ctlr_stats(r.c, &s);
		if (w.ends != 1 || !even || s.pool_idle != s.pool_total)
			fail_msg("seed %u: %u ends, features %u of %u, versions %u of %u, updates %u of %u, "
				 "PHYs %u of %u, %u of %u buffers",
				seed, w.ends, w.told[0], w.asked[0], w.told[1], w.asked[1], w.told[2],
				w.asked[2], w.told[3], w.asked[3], s.pool_idle, s.pool_total);
		ends += w.ends;
		steps += w.steps;
	}
	assert_int_equal(ends, 1500);
	assert_true(steps > 100000);
	assert_true(updates > 300 && phys > 300 && params > 100); /* walks are what they are meant to be */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_walks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
