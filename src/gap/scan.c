/*
 * Legacy scanning (Vol 4 Part E 7.8.10, 7.8.11): from what is wanted to the next command. A restart with other
 * parameters disables and enables, and is not told.
 */
#include "gap/gap.h"

#include "spec/hci_cmd_le_adv.h"

static struct gap_scan *scan_of(struct hci_want *w)
{
	return CONTAINER_OF(w, struct gap_scan, want);
}

static void raise_news(struct gap_scan *s, uint8_t news)
{
	s->news |= news;
	s->raised(s);
}

static uint16_t enable(struct wr *w, bool on, bool filter_duplicates)
{
	wr_u8(w, on);
	wr_u8(w, filter_duplicates);
	return HCI_CMD_LE_SET_SCAN_ENABLE;
}

static uint16_t command(struct hci_want *want, struct wr *w)
{
	struct gap_scan *s = scan_of(want);
	if (s->enabled && (!s->on || !s->params_sent))
		return enable(w, false, false);
	if (!s->on || s->enabled)
		return 0;
	if (s->params_sent)
		return enable(w, true, s->params.filter_duplicates);
	s->params_sent = true;
	hci_cmd_le_set_scan_parameters_write(w,
		&(struct hci_cmd_le_set_scan_parameters){ .le_scan_type = s->params.active,
			.le_scan_interval = s->params.interval,
			.le_scan_window = s->params.window,
			.own_address_type = s->hci->address.type,
			.scanning_filter_policy = s->listed });
	return HCI_CMD_LE_SET_SCAN_PARAMETERS;
}

static void off(struct gap_scan *s)
{
	s->on = false;
	tmr_stop(&s->hci->timers, &s->timer);
}

static void stopped(struct gap_scan *s)
{
	if (s->told)
		raise_news(s, GAP_STOPPED);
	s->told = false;
}

static void on_timeout(struct tmr *t)
{
	gap_scan_stop(CONTAINER_OF(t, struct gap_scan, timer));
}

/* The duration counts from here: from when the controller listens. */
static void on_enabled(struct gap_scan *s)
{
	s->enabled = true;
	if (!s->told)
		raise_news(s, GAP_STARTED);
	s->told = true;
	if (s->on && s->params.duration_ms && !tmr_is_armed(&s->timer))
		tmr_after(&s->hci->timers, &s->timer,
			s->params.duration_ms * UINT64_C(1000), on_timeout);
}

static void on_disabled(struct gap_scan *s)
{
	s->enabled = false;
	if (!s->on)
		stopped(s);
}

static void done(struct hci_want *want, uint16_t opcode, uint8_t status, struct rd *ret)
{
	struct gap_scan *s = scan_of(want);
	(void)ret;
	if (opcode == HCI_CMD_LE_SET_SCAN_ENABLE && s->enabled) {
		on_disabled(s);
	} else if (status) {
		off(s);
		s->err = (int16_t)BLE_EHCI(status);
		raise_news(s, GAP_ERROR);
		stopped(s);
	} else if (opcode == HCI_CMD_LE_SET_SCAN_ENABLE) {
		on_enabled(s);
	}
}

static void lost(struct hci_want *want)
{
	struct gap_scan *s = scan_of(want);
	s->enabled = s->params_sent = false;
	if (!s->on)
		stopped(s);
}

static const struct hci_want_hooks want_hooks = { .command = command, .done = done, .lost = lost };

void gap_scan_init(struct gap_scan *s, struct hci *hci, void (*raised)(struct gap_scan *))
{
	s->hci = hci;
	s->raised = raised;
	s->want.hooks = &want_hooks;
	hci_want_add(hci, &s->want);
}

void gap_scan_start(struct gap_scan *s, const struct gap_scan_params *params)
{
	if (!s->on)
		stopped(s);
	off(s);
	s->params = *params;
	s->on = true;
	s->params_sent = false;
	hci_ask(s->hci);
}

void gap_scan_stop(struct gap_scan *s)
{
	off(s);
	hci_ask(s->hci);
}
