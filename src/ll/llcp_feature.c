/*
 * Feature exchange, Vol 6 Part B 5.1.4: LL_FEATURE_REQ from the central, LL_PERIPHERAL_FEATURE_REQ
 * from the peripheral, LL_FEATURE_RSP from the other. It may be repeated, and answered every time
 * (LL-054).
 */
#include "ll/ctlr.h"

/* In a response the first octet is what both can do; the rest is the sender's own. */
static uint64_t common(const struct ble_ctlr *c, uint64_t peer)
{
	return ll_features(c) & (peer | ~UINT64_C(0xFF));
}

uint64_t ll_features(const struct ble_ctlr *c)
{
	return LL_FEATURES | (c->radio->caps->phy_2m ? LE_FEATURE_MASK(PHY_2M) : 0) |
		(c->platform->crypto ? LE_FEATURE_MASK(ENCRYPTION) : 0);
}

static void finish(struct ble_ctlr *c, struct ll_conn *k, uint8_t status)
{
	llcp_done(c, k, LLCP_FEATURES);
	ll_conn_news(c, k, LL_NEWS_FEATURES, status);
}

static void start(struct ble_ctlr *c, struct ll_conn *k)
{
	struct wr w;
	if (k->llcp.features_known) {
		finish(c, k, HCI_ERR_SUCCESS);
		return;
	}
	if (!llcp_pdu_begin(k, &w))
		return;
	ll_feature_write(&w, llcp_features.request[k->role],
		&(struct ll_feature){ .feature_set = ll_features(c) });
	llcp_pdu_send(c, k, &w);
	llcp_expect(c, k);
}

static void failed(struct ble_ctlr *c, struct ll_conn *k, uint8_t status)
{
	ll_conn_news(c, k, LL_NEWS_FEATURES, status);
}

const struct llcp_proc llcp_features = { start, failed,
	{ LL_FEATURE_REQ, LL_PERIPHERAL_FEATURE_REQ } };

void llcp_on_feature_req(struct ble_ctlr *c, struct ll_conn *k, struct rd *r, uint16_t event)
{
	struct ll_feature req;
	struct wr w;
	(void)event;
	if (!ll_feature_read(r, &req) || !llcp_pdu_begin(k, &w))
		return;
	k->llcp.features = req.feature_set;
	k->llcp.features_known = true;
	ll_feature_write(
		&w, LL_FEATURE_RSP, &(struct ll_feature){ .feature_set = common(c, req.feature_set) });
	llcp_pdu_send(c, k, &w);
}

void llcp_on_feature_rsp(struct ble_ctlr *c, struct ll_conn *k, struct rd *r, uint16_t event)
{
	struct ll_feature rsp;
	(void)event;
	if (!ll_feature_read(r, &rsp))
		return;
	if (k->llcp.running != LLCP_FEATURES) {
		c->unexpected_pdus++; /* LL-068 */
		return;
	}
	k->llcp.features = rsp.feature_set;
	k->llcp.features_known = true;
	finish(c, k, HCI_ERR_SUCCESS);
}
