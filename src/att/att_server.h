/*
 * Between the server's own files: the rows (att_server.c), the answers to come (att_answer.c), and the requests of
 * parts of their own (att_prepared.c, att_multiple.c).
 */
#ifndef ATT_ATT_SERVER_H
#define ATT_ATT_SERVER_H

#include "att/att.h"
#include "l2cap/l2cap.h"

/* Writes an Error Response and returns its length. */
uint16_t att_error_write(uint8_t *p, uint8_t request, uint16_t handle, uint8_t code);
/* The same for what the program or the database gave as error. */
static inline uint16_t att_refusal_write(uint8_t *p, const struct att_server *s, int err)
{
	return att_error_write(p, s->opcode, s->handle, BLE_IS_EATT(err) ? BLE_ATT_CODE(err) : ATT_ERR_UNLIKELY_ERROR);
}
/* A request waits for its answer: takes tx, returns the token that answers it. */
uint32_t att_server_hold(struct att_server *s, struct ble_tx *tx, uint8_t opcode, uint16_t handle,
	uint16_t offset);
/* The request that waits has its answer. As att_server_reply(). */
int att_server_conclude(struct att_server *s, int err, const void *data, size_t len);
/* The response is in the buffer that is held: sends n octets of it, and the request is over. */
static inline void att_server_finish(struct att_server *s, uint16_t n)
{
	struct att_bearer *b = s->bearer;
	struct ble_tx *tx = s->held;
	if (tmr_is_armed(&s->give_up))
		tmr_stop(b->att->timers, &s->give_up);
	s->held = NULL;
	s->token = 0;
	s->answer = ATT_ANSWER_NONE;
	if (b->dead) /* 3.3.3: since the request came, an indication has timed out */
		l2cap_drop(b->link, tx);
	else
		l2cap_send(b->link, tx, L2CAP_CID_ATT, n);
}

/* The request goes on: its part will raise its next event, or finish it. */
void att_server_go_on(struct att_server *s);
/* Invalid PDU, without a handle. */
enum att_verdict att_malformed(struct att_bearer *b, const uint8_t *pdu);
/* The attribute of this handle, if there is one. */
static inline bool att_find_exact(struct att_bearer *b, struct att_attr *a, uint16_t handle)
{
	return b->att->db->find(b->att->db_ctx, a, handle) && a->handle == handle;
}
/* 3.4.7.3 */
att_row att_on_confirmation;

#endif
