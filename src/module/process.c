/*
 * The loop's side: runs the host, gives each event first to the families of verbs that are linked, then to the
 * program's callback. Callbacks run here and nowhere else, so none is ever inside another.
 */
#include "module/module.h"

/* The event's own function, then the one for every event, which the first may have taken away. */
void module_call_back(struct ble *ble, const struct ble_event *ev)
{
	const struct module_callback *own = NULL, *every = NULL;
	for (uint16_t i = 0; i < ble->callback_top; i++) {
		const struct module_callback *c = &ble->callbacks[i];
		if (c->fn && c->event == ev->type)
			own = c;
		else if (c->fn && c->event == BLE_EV_NONE)
			every = c;
	}
	if (own)
		own->fn(ble, ev, own->ctx);
	if (every && every->fn && every->event == BLE_EV_NONE)
		every->fn(ble, ev, every->ctx);
}

static void on_event(struct ble *ble, const struct ble_event *ev)
{
	for (unsigned i = 0; i < FAMILY_COUNT; i++) {
		const struct module_family *f = ble->families[i];
		if (f && f->on_event && !f->on_event(ble, ev))
			return;
	}
	module_call_back(ble, ev);
}

int ble_process(struct ble *ble, uint64_t now_us)
{
	if (ble->inside)
		return module_refuse_hint(ble, BLE_ESTATE, "ble_process",
			"a callback runs inside it and cannot call it, or ble_run()");
	if (!ble->served)
		return module_refuse_hint(ble, BLE_ESTATE, "ble_process", "ble_start() has not been called");
	ble->inside = true;
	ble_host_run(ble->host, now_us);
	for (struct ble_event ev; ble_host_poll(ble->host, &ev);)
		on_event(ble, &ev);
	for (unsigned i = 0; i < FAMILY_COUNT; i++)
		if (ble->families[i] && ble->families[i]->run)
			ble->families[i]->run(ble, now_us);
	ble->inside = false;
	return 0;
}

uint64_t ble_next_due(const struct ble *ble)
{
	uint64_t due = ble_host_next_due(ble->host);
	for (unsigned i = 0; i < FAMILY_COUNT; i++) {
		const struct module_family *f = ble->families[i];
		uint64_t own = f && f->next_due ? f->next_due(ble) : BLE_NEVER;
		due = own < due ? own : due;
	}
	return due;
}

void ble_wake(struct ble *ble)
{
	if (ble->platform->wake)
		ble->platform->wake(ble->platform->ctx);
}

int module_use(struct ble *ble, enum module_family_id id, const struct module_family *family,
	const struct ble_part *part)
{
	if (ble->families[id])
		return 0;
	int err = part ? ble_host_attach(ble->host, part) : 0;
	if (!err)
		ble->families[id] = family;
	return err;
}

void module_changed(struct ble *ble)
{
	for (unsigned i = 0; i < FAMILY_COUNT; i++)
		if (ble->families[i] && ble->families[i]->changed)
			ble->families[i]->changed(ble);
}
