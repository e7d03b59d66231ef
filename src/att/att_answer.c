/*
 * What the server still has to say: answers that the program gives later, and what it says unasked
 * (3.4.7: notifications and indications).
 *
 * A request that waits holds its transmit buffer. The program has until the next poll, or, having
 * deferred, until 25 s after the request; then the server answers by itself, ahead of the client's
 * 30 s, after which the bearer would be dead.
 */
#include "att/att_server.h"

#include <string.h>

#include "base/le.h"
#include "l2cap/l2cap.h"

enum { TOKEN_COUNT = 0xFFFFFF };

/* The requests of ble_server that may wait for the program, a bit for each row. */
enum {
	OWN_REQUESTS = 1 << (ATT_READ_BY_TYPE_REQ >> 1) | 1 << (ATT_READ_REQ >> 1) |
		1 << (ATT_READ_BLOB_REQ >> 1) | 1 << (ATT_WRITE_REQ >> 1),
};

void att_server_open(struct att_server *s, struct att_bearer *b)
{
	s->bearer = b;
	b->server = s;
}

uint16_t att_server_close(struct att_server *s)
{
	struct att *att = s->bearer->att;
	uint16_t indicated = s->indicated ? s->indicated : s->timed_out;
	tmr_stop(att->timers, &s->give_up);
	tmr_stop(att->timers, &s->indication);
	if (s->held)
		l2cap_drop(s->bearer->link, s->held);
	s->held = NULL;
	s->answer = ATT_ANSWER_NONE;
	s->token = 0;
	s->indicated = 0;
	s->timed_out = 0;
	return indicated;
}

uint32_t att_server_hold(struct att_server *s, struct ble_tx *tx, uint8_t opcode, uint16_t handle,
	uint16_t offset)
{
	struct att *att = s->bearer->att;
	att->tokens = att->tokens == TOKEN_COUNT ? 1 : att->tokens + 1; /* a token is never 0 */
	s->token = att->tokens << 8 | s->bearer->slot;
	s->held = tx;
	s->opcode = opcode;
	s->handle = handle;
	s->offset = offset;
	s->answer = ATT_ANSWER_OFFERED;
	return s->token;
}

/* A value behind the opcode: Read and Read Blob from the offset, Read By Type with its list's head. */
static uint16_t value_write(const struct att_server *s, uint8_t *p, const uint8_t *data, size_t len)
{
	size_t room = s->bearer->mtu - 1u;
	uint16_t n = 1;
	if (s->opcode == ATT_READ_BY_TYPE_REQ) {
		le16_put(p + 2, s->handle);
		n = 4;
		room = (room - 1 < 255 ? room - 1 : 255) - 2;
	}
	len -= s->offset;
	if (len > room)
		len = room;
	if (len)
		memcpy(p + n, data + s->offset, len);
	if (n == 4)
		p[1] = (uint8_t)(len + 2);
	return (uint16_t)(n + len);
}

static uint16_t answer_write(const struct att_server *s, uint8_t *p, int err, const void *data, size_t len)
{
	if (!err && s->offset > len)
		err = BLE_EATT(ATT_ERR_INVALID_OFFSET);
	if (err)
		return att_refusal_write(p, s, err);
	p[0] = (uint8_t)(s->opcode + 1);
	return s->opcode == ATT_WRITE_REQ ? 1 : value_write(s, p, data, len);
}

void att_server_go_on(struct att_server *s)
{
	s->token = 0;
	s->answer = ATT_ANSWER_GOES_ON;
}

int att_server_conclude(struct att_server *s, int err, const void *data, size_t len)
{
	struct att_bearer *b = s->bearer;
	if (OWN_REQUESTS >> (s->opcode >> 1) & 1)
		att_server_finish(s, answer_write(s, l2cap_sdu(s->held), err, data, len));
	else
		b->att->server->extra(b, s->opcode)->answer(b, err, data, len);
	return b->dead ? BLE_ECLOSED : 0;
}

int att_server_reply(struct att_server *s, uint32_t token, int err, const void *data, size_t len)
{
	return token && token == s->token ? att_server_conclude(s, err, data, len) : BLE_ENOENT;
}

void att_server_settle(struct att_server *s)
{
	if (s->answer != ATT_ANSWER_OFFERED)
		return;
	/* A read: Unlikely Error. */
	(void)att_server_conclude(s, s->opcode == ATT_WRITE_REQ ? 0 : BLE_EPENDING, NULL, 0);
}

/* Also while the next event of the request is still to come. */
static void on_give_up(struct tmr *t)
{
	struct att_server *s = CONTAINER_OF(t, struct att_server, give_up);
	(void)att_server_conclude(s, BLE_EATT(ATT_ERR_UNLIKELY_ERROR), NULL, 0);
}

int att_server_defer(struct att_server *s, uint32_t token)
{
	if (!token || token != s->token)
		return BLE_ENOENT;
	s->answer = ATT_ANSWER_DEFERRED;
	if (!tmr_is_armed(&s->give_up)) /* else it counts from an earlier event of the same request */
		tmr_after(s->bearer->att->timers, &s->give_up, ATT_GIVE_UP_US, on_give_up);
	return 0;
}

int att_handle_value(struct att_bearer *b, uint8_t opcode, uint16_t handle, const void *data, size_t len)
{
	if (b->dead)
		return BLE_ECLOSED;
	if (len > b->mtu - 3u)
		len = b->mtu - 3u;
	struct ble_tx *tx = l2cap_take(b->link, L2CAP_EVENT, (uint16_t)(len + 3));
	if (!tx)
		return BLE_EBUSY;
	uint8_t *p = l2cap_sdu(tx);
	p[0] = opcode;
	le16_put(p + 1, handle);
	if (len)
		memcpy(p + 3, data, len);
	l2cap_send(b->link, tx, L2CAP_CID_ATT, (uint16_t)(len + 3));
	return 0;
}

static void on_unconfirmed(struct tmr *t)
{
	struct att_server *s = CONTAINER_OF(t, struct att_server, indication);
	struct att_bearer *b = s->bearer;
	s->timed_out = s->indicated;
	s->indicated = 0;
	b->dead = true; /* 3.3.3 */
	b->att->server->indicated(b);
}

int att_indicate(struct att_bearer *b, uint16_t handle, const void *data, size_t len)
{
	struct att_server *s = b->server;
	if (s->indicated) /* one at a time: 3.3.2 */
		return BLE_EBUSY;
	int err = att_handle_value(b, ATT_HANDLE_VALUE_IND, handle, data, len);
	if (err)
		return err;
	s->indicated = handle;
	tmr_after(b->att->timers, &s->indication, ATT_TRANSACTION_US, on_unconfirmed);
	return 0;
}

enum att_verdict att_on_confirmation(struct att_bearer *b, const uint8_t *pdu, uint16_t len)
{
	struct att_server *s = b->server;
	(void)pdu;
	if (len != 1) {
		b->att->malformed++;
		return ATT_DONE;
	}
	if (!s->indicated) { /* of nothing: passed over */
		b->att->violations++;
		return ATT_DONE;
	}
	tmr_stop(b->att->timers, &s->indication);
	struct ble_event *ev = b->att->event(b, BLE_EV_CONFIRMED);
	ev->confirmed.handle = s->indicated;
	ev->confirmed.err = 0;
	s->indicated = 0;
	b->att->server->indicated(b);
	return ATT_DONE;
}
