/*
 * The bearer: from an opcode to its row, and what holds without any role: the Error Response and
 * the MTU. Called by the host for each PDU on CID 4, inside a poll.
 */
#include "att/att.h"
#include "att/att_server.h"

#include "base/attr.h"
#include "base/le.h"
#include "l2cap/l2cap.h"

enum {
	OPCODE_COMMAND = 0x40, /* Command Flag, 3.3.1 */
	ERROR_RSP_LEN = 5,
};

void att_open(struct att_bearer *b)
{
	b->mtu = ATT_MTU_DEFAULT;
	b->exchanged = false;
	b->dead = false;
	b->waits = b->unproved = false;
	b->server = NULL;
	b->client = NULL;
}

uint16_t att_error_write(uint8_t *p, uint8_t request, uint16_t handle, uint8_t code)
{
	p[0] = ATT_ERROR_RSP;
	p[1] = request;
	le16_put(p + 2, handle);
	p[4] = code;
	return ERROR_RSP_LEN;
}

enum att_verdict att_error(struct att_bearer *b, uint8_t request, uint16_t handle, uint8_t code)
{
	struct ble_tx *tx = l2cap_take(b->link, L2CAP_RESPONSE, ERROR_RSP_LEN);
	if (!tx)
		return ATT_RETRY;
	uint16_t len = att_error_write(l2cap_sdu(tx), request, handle, code);
	l2cap_send(b->link, tx, L2CAP_CID_ATT, len);
	return ATT_DONE;
}

void att_agree_mtu(struct att_bearer *b, uint16_t theirs)
{
	uint16_t mtu = theirs < b->att->mtu ? theirs : b->att->mtu;
	if (mtu < ATT_MTU_DEFAULT)
		mtu = ATT_MTU_DEFAULT;
	b->mtu = mtu;
	b->att->event(b, BLE_EV_MTU)->mtu.mtu = mtu;
}

/* A request before the last one was answered breaks 3.3.2: there is nothing to answer it with. */
static enum att_verdict out_of_turn(struct att_bearer *b)
{
	b->att->violations++;
	return ATT_DONE;
}

/*
 * No row: another part may have one. Else commands are passed over, and so is what can only be an answer to us; the
 * rest is taken for a request of a later specification: 3.3.1, 3.4.1.1. A command has no turn: 3.3.2.
 */
static NOINLINE enum att_verdict unknown(struct att_bearer *b, const uint8_t *pdu, uint16_t len)
{
	uint8_t opcode = pdu[0];
	bool answer = (opcode & 1) && opcode <= ATT_MULTIPLE_HANDLE_VALUE_NTF;
	bool command = opcode & OPCODE_COMMAND;
	if (answer || opcode == ATT_HANDLE_VALUE_CFM)
		return ATT_DONE;
	if (b->server) {
		if (!command && b->server->answer != ATT_ANSWER_NONE)
			return out_of_turn(b);
		const struct att_extra *extra = b->att->server->extra(b, opcode);
		if (extra)
			return extra->row(b, pdu, len);
	}
	return command ? ATT_DONE : att_error(b, opcode, 0, ATT_ERR_REQUEST_NOT_SUPPORTED);
}

enum att_verdict att_rx(struct att_bearer *b, const uint8_t *pdu, uint16_t len)
{
	if (!len || b->dead) {
		b->att->malformed += !len;
		return ATT_DONE;
	}
	uint8_t opcode = pdu[0];
	unsigned row = opcode >> 1;
	att_row *fn = NULL;
	if (opcode & 1) {
		if (row < ATT_CLIENT_ROWS && b->att->client)
			fn = b->att->client->rows[row];
	} else if (b->server) {
		if (row - 1 < ATT_SERVER_ROWS - 1) {
			if (b->server->answer != ATT_ANSWER_NONE && opcode != ATT_HANDLE_VALUE_CFM)
				return out_of_turn(b);
			fn = b->att->server->rows[row];
		} else if (opcode == ATT_WRITE_CMD) {
			fn = b->att->server->rows[0];
		}
	}
	return fn ? fn(b, pdu, len) : unknown(b, pdu, len);
}
