/* A controller in memory for benchmarks of the host: answers every command with success, LE buffers 251 x 8. */
#ifndef BENCH_MEMORY_CTLR_H
#define BENCH_MEMORY_CTLR_H

#include <ble/transport.h>

struct memory_ctlr {
	struct ble_transport transport;
	struct {
		int len;
		uint8_t data[508];
	} rx[8]; /* for the host */
	unsigned head, tail;
	const uint8_t *last; /* ACL packet that the host sent last; stays until it sends the next */
	uint16_t last_len;
	uint32_t sent; /* ACL packets */
};

/* self_crediting: every ACL packet is completed at once, for operations of many packets. */
void memory_ctlr_init(struct memory_ctlr *c, bool self_crediting);
void memory_ctlr_event(struct memory_ctlr *c, const uint8_t *event, size_t len); /* event code first */
void memory_ctlr_acl(struct memory_ctlr *c, const uint8_t *att, size_t len);     /* an ATT PDU on handle 0x0040 */
void memory_ctlr_connect(struct memory_ctlr *c);                                 /* as peripheral */

#endif
