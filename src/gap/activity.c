/*
 * Advertising and scanning are one machine: parameters can only be set while it is disabled, other records at any time;
 * it is enabled when all that it carries is told. From what is wanted to the next command.
 */
#include "gap/gap.h"

enum { OWN_ADDRESS_TYPE = 5, CARRYING = 4 }; /* octets of parameters */

static struct gap_activity *activity_of(struct hci_want *w)
{
	return CONTAINER_OF(w, struct gap_activity, want);
}

static void raise_news(struct gap_activity *a, uint8_t news)
{
	a->news |= news;
	a->raised(a);
}

void gap_stopped(struct gap_activity *a)
{
	if (a->told)
		raise_news(a, GAP_STOPPED);
	a->told = false;
}

static uint16_t enable(const struct gap_activity *a, struct wr *w, bool on)
{
	const uint8_t params[] = { on, on && a->filter_duplicates };
	wr_put(w, params, a->kind->enable_len);
	return a->kind->enable;
}

/* What it carries counts as told, so that a change before the answer is seen. */
static uint16_t tell(struct gap_activity *a, struct wr *w, unsigned i)
{
	const struct gap_record *record = &a->kind->records[i];
	uint8_t *octets = (uint8_t *)a + record->at;
	a->stale = (uint8_t)(a->stale & ~(1u << i));
	if (i == 0) {
		octets[OWN_ADDRESS_TYPE] = a->hci->address.type;
		a->carried = a->kind->carried ? a->kind->carried[octets[CARRYING]] : 0;
	}
	wr_put(w, octets, record->len);
	return record->opcode;
}

static uint16_t command(struct hci_want *want, struct wr *w)
{
	struct gap_activity *a = activity_of(want);
	a->disabling = a->enabled;
	if (a->enabled && (!a->on || (a->stale & GAP_PARAMS)))
		return enable(a, w, false);
	if (!a->on) {
		gap_stopped(a); /* also if it was off already, between two sets of parameters or in a pause */
		return 0;
	}
	for (unsigned i = 0; i < a->kind->count; i++)
		if ((a->stale & (GAP_PARAMS | a->carried)) >> i & 1)
			return tell(a, w, i);
	return a->enabled ? 0 : enable(a, w, true);
}

static void on_timeout(struct tmr *t)
{
	gap_stop(CONTAINER_OF(t, struct gap_activity, timer));
}

static void off(struct gap_activity *a)
{
	a->on = false;
	tmr_stop(&a->hci->timers, &a->timer);
}

static void on_enabled(struct gap_activity *a)
{
	a->enabled = true;
	if (!a->told)
		raise_news(a, GAP_STARTED);
	a->told = true;
	if (a->on && a->timeout_ms && !tmr_is_armed(&a->timer))
		tmr_after(&a->hci->timers, &a->timer, a->timeout_ms * UINT64_C(1000), on_timeout);
}

static void fail(struct gap_activity *a, uint8_t status)
{
	off(a);
	a->err = (int16_t)BLE_EHCI(status);
	raise_news(a, GAP_ERROR);
}

static void done(struct hci_want *want, uint16_t opcode, uint8_t status, struct rd *ret)
{
	struct gap_activity *a = activity_of(want);
	(void)ret;
	if (opcode == a->kind->enable && a->disabling)
		a->enabled = false; /* also when it is refused: then it was off already, because a connection came first */
	else if (status)
		fail(a, status);
	else if (opcode == a->kind->enable)
		on_enabled(a);
}

static void lost(struct hci_want *want)
{
	struct gap_activity *a = activity_of(want);
	a->enabled = false;
	a->stale = UINT8_MAX;
	if (!a->on)
		gap_stopped(a);
}

void gap_init(struct gap_activity *a, const struct gap_kind *kind, struct hci *hci, void (*raised)(struct gap_activity *))
{
	static const struct hci_want_hooks hooks = { .command = command, .done = done, .lost = lost };
	a->kind = kind;
	a->hci = hci;
	a->raised = raised;
	a->stale = UINT8_MAX;
	a->want.hooks = &hooks;
	hci_want_add(hci, &a->want);
}

void gap_start(struct gap_activity *a)
{
	if (!a->on)
		gap_stopped(a);
	off(a);
	a->on = true;
	a->stale |= GAP_PARAMS;
	hci_ask(a->hci);
}

void gap_stop(struct gap_activity *a)
{
	off(a);
	hci_ask(a->hci);
}
