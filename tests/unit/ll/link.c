/* See link.h. */
#include "link.h"

#include <string.h>

void link_open(struct link *l, struct rig *r, bool central)
{
	struct ll_connect_ind ind = rig_connect_ind();
	rig_init(r, NULL);
	*l = (struct link){ .r = r };
	if (central)
		rig_central(r, 24, 0, 200);
	else
		rig_peripheral(r, &ind);
}

void link_peer(struct link *l, uint8_t llid, const void *payload, uint8_t len, bool md)
{
	struct rig *r = l->r;
	uint8_t pdu[2 + 255];
	rig_data(pdu, llid, l->sn, l->nesn, md, payload, len);
	rig_receive(r, r->turned ? 0 : r->op.start_us + r->op.window_us / 2, pdu, true);
	l->sn = !l->sn;
}

const uint8_t *link_ours(struct link *l)
{
	static uint8_t sent[2 + 255];
	struct rig *r = l->r;
	assert_true(r->posted && r->op.dir == BLE_RADIO_TX);
	memcpy(sent, r->op.pdu, 2u + r->op.pdu[1]);
	assert_int_equal(sent[0] >> 3 & 1, l->nesn);
	assert_int_equal(sent[0] >> 2 & 1, l->sn);
	l->nesn = !l->nesn;
	rig_sent(r);
	return sent;
}

static uint8_t said[2 + 255];

const uint8_t *link_said(void)
{
	return said;
}

static void keep_ours(struct link *l)
{
	const uint8_t *pdu = link_ours(l);
	memcpy(said, pdu, 2u + pdu[1]);
}

uint8_t link_exchange(struct link *l, const void *payload, uint8_t len)
{
	bool central = link_conn(l)->role == HCI_ROLE_CENTRAL;
	assert_true(rig_run(l->r, l->r->now_us + 10000000));
	if (central)
		keep_ours(l);
	link_peer(l, len ? LL_LLID_CONTROL : LL_LLID_CONTINUE, payload, len, false);
	if (!central)
		keep_ours(l);
	rig_main(l->r);
	return (said[0] & 3) == LL_LLID_CONTROL ? said[2] : 0xFF;
}

void link_idle(struct link *l)
{
	link_peer(l, LL_LLID_CONTINUE, NULL, 0, false);
	link_ours(l);
}

/* True when it was a control PDU. */
static bool take(struct link *l, uint8_t found[2 + 27], bool any)
{
	const uint8_t *pdu = link_ours(l);
	if ((pdu[0] & 3) != LL_LLID_CONTROL)
		return any;
	assert_false(any);
	memcpy(found, pdu, 2 + 27);
	return true;
}

const uint8_t *link_answer(struct link *l, const void *payload, uint8_t len)
{
	static uint8_t found[2 + 27];
	struct rig *r = l->r;
	bool central = link_conn(l)->role == HCI_ROLE_CENTRAL, any = false;
	assert_true(rig_run(r, r->now_us + 10000000));
	for (unsigned i = 0; i < 3; i++) {
		if (central)
			any = take(l, found, any);
		if (!r->posted)
			break; /* a central that has acknowledged a termination hears no more */
		if (i == 0)
			link_peer(l, LL_LLID_CONTROL, payload, len, false);
		else
			link_peer(l, LL_LLID_CONTINUE, NULL, 0, false);
		if (!central)
			any = take(l, found, any);
		if (!rig_run(r, r->now_us + 10000000))
			break;
	}
	rig_main(r);
	return any ? found : NULL;
}

struct ll_conn *link_conn(const struct link *l)
{
	return &l->r->c->conns[0];
}

void link_handle(const struct link *l, uint8_t out[2])
{
	uint16_t handle = link_conn(l)->handle;
	out[0] = (uint8_t)handle;
	out[1] = (uint8_t)(handle >> 8);
}
