/*
 * Termination, Vol 6 Part B 5.1.6: LL_TERMINATE_IND is sent until it is acknowledged or as long as
 * supervision would last, whichever is first. It overtakes every other procedure. The side that
 * receives it acknowledges, and leaves when the acknowledgement is on the air (conn_isr.c sees to
 * that). If that one is lost nobody is left to send another: the book has the sender go on until its
 * time is over, for silence does not tell it whether the other has left.
 */
#include "ll/ctlr.h"

static struct ll_conn *of(struct tmr *t)
{
	return CONTAINER_OF(t, struct ll_conn, llcp.leaving);
}

static void on_leaving(struct tmr *t)
{
	struct ll_conn *k = of(t);
	ll_conn_close(k->llcp.ctlr, k, k->llcp.reason);
}

/*
 * The rest of the ring is sent before; two places are always left for it and one request
 * (LL_CTRL_ANSWERS).
 */
void llcp_terminate(struct ble_ctlr *c, struct ll_conn *k, uint8_t sent, uint8_t told)
{
	struct llcp *l = &k->llcp;
	struct wr w;
	if (l->reason)
		return;
	l->reason = told;
	tmr_stop(&c->timers, &l->response);
	tmr_start(&c->timers, &l->leaving, c->now_us + k->timeout * UINT64_C(10000), on_leaving);
	if (!llcp_pdu_begin(k, &w))
		return; /* cannot be; the timer would end it */
	ll_terminate_ind_write(&w, &(struct ll_terminate_ind){ .error_code = sent });
	l->terminates = true;
	llcp_pdu_send(c, k, &w);
}

void llcp_on_terminate_ind(struct ble_ctlr *c, struct ll_conn *k, struct rd *r, uint16_t event)
{
	struct ll_terminate_ind ind;
	(void)event;
	if (!ll_terminate_ind_read(r, &ind))
		return;
	/* A reason of zero would look like success to the host. */
	uint8_t reason = ind.error_code ? ind.error_code : HCI_ERR_UNSPECIFIED;
	k->llcp.reason = reason;
	/* An encrypted one says nothing to the interrupt. */
	if (atomic_load_explicit(&k->isr.farewell, memory_order_relaxed) == LL_STAYS)
		atomic_store_explicit(&k->isr.farewell, LL_BIDS_FAREWELL, memory_order_relaxed);
	tmr_stop(&c->timers, &k->llcp.response);
	if (!tmr_is_armed(&k->llcp.leaving))
		tmr_start(&c->timers, &k->llcp.leaving, c->now_us + k->timeout * UINT64_C(10000),
			on_leaving);
}
