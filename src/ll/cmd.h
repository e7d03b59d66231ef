/*
 * HCI commands: one row a command, in tables sorted by opcode. What Read Local Supported Commands
 * says is made from the same rows, so it is truthful. A command is carried out when it is written;
 * there is no queue, as a packet that finds no event buffer for its answer is not taken
 * (BLE_EBUSY).
 */
#ifndef LL_CMD_H
#define LL_CMD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rd.h"
#include "base/wr.h"

struct ble_ctlr;

/* Returns an HCI status and writes the return parameters behind it. */
typedef uint8_t ll_cmd_fn(struct ble_ctlr *c, struct rd *r, struct wr *w);

enum {
	LL_CMD_STATUS = 0xFF,     /* ret: answered by Command Status */
	LL_CMD_SILENT = 0xFE,     /* ret: answered only when it fails */
	LL_CMD_ANY = 0xFF,        /* params: any length */
	LL_CMD_UNLISTED = 0xFFFF, /* supported: no bit */
};

struct ll_cmd {
	ll_cmd_fn *fn;
	uint16_t opcode;
	uint16_t supported; /* octet * 8 + bit of Supported_Commands */
	uint8_t params;     /* octets */
	uint8_t ret;        /* octets of return parameters, status included */
};

#define LL_CMD(name, param_len, ret_len, handler)                                             \
	{                                                                                     \
		.fn = (handler), .opcode = HCI_CMD_##name, .supported = HCI_SUPPORTED_##name, \
		.params = (param_len), .ret = (ret_len)                                       \
	}
#define LL_CMD_NO_BIT(name, param_len, ret_len, handler)                                 \
	{                                                                                \
		.fn = (handler), .opcode = HCI_CMD_##name, .supported = LL_CMD_UNLISTED, \
		.params = (param_len), .ret = (ret_len)                                  \
	}

struct ll_cmds {
	const struct ll_cmd *rows;
	uint8_t count;
};
/* cmd_base.c, cmd_ctrl.c, cmd_adv.c, cmd_conn.c, cmd_link.c; cmd_crypt.c and cmd_resolve.c, where there is a cipher */
extern const struct ll_cmds ll_cmds_base, ll_cmds_ctrl, ll_cmds_adv, ll_cmds_conn, ll_cmds_link, ll_cmds_crypt,
	ll_cmds_resolve;

/* NULL: not supported. */
const struct ll_cmd *ll_cmd_find(const struct ble_ctlr *c, uint16_t opcode);
/* 64 octets: Vol 4 Part E 6.27. */
void ll_cmd_supported(const struct ble_ctlr *c, uint8_t mask[64]);
/* A command behind the H4 octet. 0, BLE_EBUSY, BLE_EBADPDU. */
int ll_cmd_write(struct ble_ctlr *c, const uint8_t *packet, size_t len);

#endif
