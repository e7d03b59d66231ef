/*
 * Initiating (Vol 4 Part E 7.8.12, 7.8.13): one attempt at a time. An attempt that is to end is cancelled in the
 * controller and ends with the LE Connection Complete that follows, which may still bring the connection.
 */
#include "gap/gap.h"

#include "spec/hci_cmd_le_conn.h"

enum {
	SCAN_INTERVAL = 0x60, /* 60 ms: Vol 3 Part C Appendix A, TGAP(scan_fast_interval) */
	SCAN_WINDOW = 0x30,   /* 30 ms: TGAP(scan_fast_window) */
	SILENCE_US = 2000000, /* as long as for any command */
};

static struct gap_create *create_of(struct hci_want *w)
{
	return CONTAINER_OF(w, struct gap_create, want);
}

static uint16_t command(struct hci_want *want, struct wr *w)
{
	struct gap_create *c = create_of(want);
	if (c->state == GAP_CREATE_CANCEL) {
		c->state = GAP_CREATE_CANCELLED;
		return HCI_CMD_LE_CREATE_CONNECTION_CANCEL;
	}
	if (c->state != GAP_CREATE_WANTED)
		return 0;
	struct hci_cmd_le_create_connection p = {
		.le_scan_interval = SCAN_INTERVAL,
		.le_scan_window = SCAN_WINDOW,
		.initiator_filter_policy = c->listed,
		.peer_address_type = c->peer.type,
		.own_address_type = c->hci->address.type,
		.connection_interval_min = c->params.interval_min,
		.connection_interval_max = c->params.interval_max,
		.max_latency = c->params.latency,
		.supervision_timeout = c->params.supervision,
	};
	memcpy(p.peer_address, c->peer.octets, 6);
	hci_cmd_le_create_connection_write(w, &p);
	c->state = GAP_CREATE_SENT;
	return HCI_CMD_LE_CREATE_CONNECTION;
}

static void idle(struct gap_create *c)
{
	c->state = GAP_CREATE_IDLE;
	c->again = false;
	tmr_stop(&c->hci->timers, &c->timer);
	hci_ask(c->hci); /* the accept list may have waited for it */
}

static void fail(struct gap_create *c, int err)
{
	idle(c);
	c->err = (int16_t)err;
	c->news |= GAP_ERROR;
	c->raised(c);
}

/* Nothing has come: no connection then, whatever the controller believes. */
static void on_silence(struct tmr *t)
{
	struct gap_create *c = CONTAINER_OF(t, struct gap_create, timer);
	fail(c, c->err);
}

static void begin_anew(struct gap_create *c)
{
	c->state = GAP_CREATE_WANTED;
	c->again = false;
	if (c->timer.fire == on_silence)
		tmr_stop(&c->hci->timers, &c->timer);
	hci_ask(c->hci);
}

/*
 * A cancel that is refused came too late: the connection is there, or on its way up. One that is accepted is followed by
 * LE Connection Complete. A controller that says either and then nothing would leave us waiting for ever.
 */
static void done(struct hci_want *want, uint16_t opcode, uint8_t status, struct rd *ret)
{
	struct gap_create *c = create_of(want);
	(void)ret;
	if (opcode == HCI_CMD_LE_CREATE_CONNECTION_CANCEL) {
		if (c->state == GAP_CREATE_CANCELLED && !(c->again && tmr_is_armed(&c->timer)))
			tmr_after(&c->hci->timers, &c->timer, SILENCE_US, on_silence);
	} else if (status && c->state != GAP_CREATE_IDLE) {
		fail(c, BLE_EHCI(status));
	}
}

static void lost(struct hci_want *want)
{
	struct gap_create *c = create_of(want);
	if (c->state > GAP_CREATE_SENT && !c->again)
		fail(c, c->err);
	else if (c->state >= GAP_CREATE_SENT)
		begin_anew(c);
}

static const struct hci_want_hooks want_hooks = { .command = command, .done = done, .lost = lost };

void gap_create_init(struct gap_create *c, struct hci *hci, void (*raised)(struct gap_create *))
{
	c->hci = hci;
	c->raised = raised;
	c->want.hooks = &want_hooks;
	hci_want_add(hci, &c->want);
}

static void on_timeout(struct tmr *t)
{
	gap_create_cancel(CONTAINER_OF(t, struct gap_create, timer), BLE_ETIMEOUT);
}

void gap_create_start(struct gap_create *c, uint32_t timeout_ms)
{
	c->state = GAP_CREATE_WANTED;
	if (timeout_ms)
		tmr_after(&c->hci->timers, &c->timer, timeout_ms * UINT64_C(1000), on_timeout);
	hci_ask(c->hci);
}

void gap_create_cancel(struct gap_create *c, int err)
{
	if (c->state == GAP_CREATE_WANTED) {
		fail(c, err);
	} else if (c->state == GAP_CREATE_SENT) {
		c->state = GAP_CREATE_CANCEL;
		c->err = (int16_t)err;
		hci_ask(c->hci);
	} else if (c->again) { /* on its way already */
		c->again = false;
		c->err = (int16_t)err;
		tmr_after(&c->hci->timers, &c->timer, SILENCE_US, on_silence);
	}
}

void gap_create_complete(struct gap_create *c, uint8_t status)
{
	if (c->state < GAP_CREATE_SENT)
		return;
	bool cancelled = c->state >= GAP_CREATE_CANCEL && status == HCI_ERR_UNKNOWN_CONNECTION;
	if (cancelled && c->again)
		begin_anew(c);
	else if (status)
		fail(c, cancelled ? c->err : BLE_EHCI(status));
	else
		idle(c);
}
