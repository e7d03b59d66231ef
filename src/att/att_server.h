/* Between the server's own files: the rows (att_server.c) and the answers to come (att_answer.c). */
#ifndef ATT_ATT_SERVER_H
#define ATT_ATT_SERVER_H

#include "att/att.h"

/* Writes an Error Response and returns its length. */
uint16_t att_error_write(uint8_t *p, uint8_t request, uint16_t handle, uint8_t code);
/* A request waits for its answer: takes tx, returns the token that answers it. */
uint32_t att_server_hold(struct att_server *s, struct ble_tx *tx, uint8_t opcode, uint16_t handle,
	uint16_t offset);
/* 3.4.7.3 */
att_row att_on_confirmation;

#endif
