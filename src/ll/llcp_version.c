/*
 * Version exchange, Vol 6 Part B 5.1.5: each side sends LL_VERSION_IND at most once in a connection
 * (LL-053), either asked by the host or to answer the peer's.
 */
#include "ll/ctlr.h"

static void send(struct ble_ctlr *c, struct ll_conn *k)
{
	struct wr w;
	if (k->llcp.version_sent || !llcp_pdu_begin(k, &w))
		return;
	k->llcp.version_sent = true;
	ll_version_ind_write(&w,
		&(struct ll_version_ind){
			.version = LL_VERSION,
			.company_identifier = LL_COMPANY,
			.subversion = LL_SUBVERSION,
		});
	llcp_pdu_send(c, k, &w);
}

static void finish(struct ble_ctlr *c, struct ll_conn *k, uint8_t status)
{
	llcp_done(c, k, LLCP_VERSION);
	ll_conn_news(c, k, LL_NEWS_VERSION, status);
}

static void start(struct ble_ctlr *c, struct ll_conn *k)
{
	if (k->llcp.version_known) {
		finish(c, k, HCI_ERR_SUCCESS);
		return;
	}
	send(c, k);
	llcp_expect(c, k);
}

static void failed(struct ble_ctlr *c, struct ll_conn *k, uint8_t status)
{
	ll_conn_news(c, k, LL_NEWS_VERSION, status);
}

const struct llcp_proc llcp_version = { start, failed, { LL_VERSION_IND, LL_VERSION_IND } };

void llcp_on_version_ind(struct ble_ctlr *c, struct ll_conn *k, struct rd *r, uint16_t event)
{
	struct ll_version_ind ind;
	(void)event;
	if (!ll_version_ind_read(r, &ind))
		return;
	if (k->llcp.version_known) {
		c->unexpected_pdus++;
		return;
	}
	k->llcp.version = ind;
	k->llcp.version_known = true;
	send(c, k);
	if (k->llcp.running == LLCP_VERSION)
		finish(c, k, HCI_ERR_SUCCESS);
}
