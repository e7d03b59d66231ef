/*
 * Encryption procedure, Vol 6 Part B 5.1.3: not supported yet, and the feature mask says so. Of its
 * PDUs LL_ENC_REQ alone is not answered with LL_UNKNOWN_RSP: a peripheral that cannot encrypt
 * rejects it, and the connection goes on in clear (5.1.3.1).
 */
#include "ll/ctlr.h"

void llcp_on_enc_req(struct ble_ctlr *c, struct ll_conn *k, struct rd *r, uint16_t event)
{
	(void)r, (void)event;
	llcp_reject(c, k, LL_ENC_REQ, HCI_ERR_UNSUPPORTED_REMOTE_FEATURE);
}
