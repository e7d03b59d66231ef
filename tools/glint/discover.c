/*
 * The way through a stranger's database, one procedure after the other. `stage` and `at` say which
 * is next; a stage that has nothing (more) to do falls through to the next.
 */
#include "tree.h"

#include <string.h>

enum { PROP_READ = 0x02, PROP_NOTIFY = 0x10, PROP_INDICATE = 0x20, CCCD_UUID = 0x2902 };

void discover_begin(struct tree *t, bool only_read)
{
	memset(t, 0, sizeof *t);
	t->only_read = only_read;
}

static bool is_wanted(const struct tree *t, const struct characteristic *c)
{
	if (t->stage == STAGE_DESCRIPTORS)
		return c->end > c->value_handle && (c->properties & (PROP_NOTIFY | PROP_INDICATE));
	if (t->stage == STAGE_READ)
		return c->properties & PROP_READ;
	return c->cccd && !t->only_read;
}

/* The object that this stage is about next; false: it has no more. */
static bool find_work(struct tree *t)
{
	switch (t->stage) {
	case STAGE_MTU:
	case STAGE_SERVICES: return t->at == 0;
	case STAGE_CHARACTERISTICS: return t->at < t->service_count;
	case STAGE_DESCRIPTORS:
	case STAGE_READ:
	case STAGE_SUBSCRIBE:
		while (t->at < t->characteristic_count && !is_wanted(t, &t->characteristics[t->at]))
			t->at++;
		return t->at < t->characteristic_count;
	case STAGE_LIVE: return true;
	}
	return false;
}

static int start(struct tree *t, struct ble_host *host, ble_conn_id conn)
{
	const struct service *s = &t->services[t->at];
	const struct characteristic *c = &t->characteristics[t->at];
	uint8_t bits[2] = { c->properties & PROP_NOTIFY ? 1 : 2, 0 };
	switch (t->stage) {
	case STAGE_MTU: return ble_client_exchange_mtu(host, conn);
	case STAGE_SERVICES: return ble_client_services(host, conn, NULL, 0);
	case STAGE_CHARACTERISTICS: return ble_client_characteristics(host, conn, s->start, s->end);
	case STAGE_DESCRIPTORS:
		return ble_client_descriptors(host, conn, (uint16_t)(c->value_handle + 1), c->end);
	case STAGE_READ: return ble_client_read(host, conn, c->value_handle);
	case STAGE_SUBSCRIBE: return ble_client_write(host, conn, c->cccd, bits, sizeof bits);
	case STAGE_LIVE: break;
	}
	return 0;
}

/* A characteristic ends before the next declaration, or with its service. */
static void find_ends(struct tree *t)
{
	for (unsigned i = 0; i < t->characteristic_count; i++) {
		struct characteristic *c = &t->characteristics[i];
		for (unsigned k = 0; k < t->service_count; k++)
			if (c->handle >= t->services[k].start && c->handle <= t->services[k].end)
				c->end = t->services[k].end;
		if (i + 1 < t->characteristic_count && t->characteristics[i + 1].handle <= c->end)
			c->end = (uint16_t)(t->characteristics[i + 1].handle - 1);
	}
}

int discover_step(struct tree *t, struct ble_host *host, ble_conn_id conn)
{
	if (t->running || t->stage == STAGE_LIVE)
		return 0;
	while (!find_work(t)) {
		t->stage++;
		t->at = 0;
		if (t->stage == STAGE_DESCRIPTORS)
			find_ends(t);
	}
	if (t->stage == STAGE_LIVE)
		return 0;
	int err = start(t, host, conn);
	t->running = err == 0;
	return err;
}

static void on_service(struct tree *t, const struct ble_event *ev)
{
	if (t->service_count == MOST_SERVICES) {
		t->cut = true;
		return;
	}
	t->services[t->service_count++] = (struct service){
		.uuid = uuid_of(ev->service.uuid, ev->service.uuid128),
		.start = ev->service.start,
		.end = ev->service.end,
	};
}

static void on_characteristic(struct tree *t, const struct ble_event *ev)
{
	if (t->characteristic_count == MOST_CHARACTERISTICS) {
		t->cut = true;
		return;
	}
	struct characteristic *c = &t->characteristics[t->characteristic_count++];
	c->uuid = uuid_of(ev->characteristic.uuid, ev->characteristic.uuid128);
	c->handle = ev->characteristic.handle;
	c->value_handle = ev->characteristic.value_handle;
	c->properties = ev->characteristic.properties;
	c->read_err = 1;
}

static void on_value(struct tree *t, const struct ble_event *ev)
{
	struct characteristic *c = tree_find(t, ev->value.handle);
	if (!c || ev->value.offset > LONGEST_VALUE ||
		ev->value.len > LONGEST_VALUE - ev->value.offset)
		return;
	memcpy(c->value + ev->value.offset, ev->value.data, ev->value.len);
	c->len = (uint16_t)(ev->value.offset + ev->value.len);
}

/* A refusal by the peer (an ATT error) is an answer; anything else means that the bearer is of no
 * more use. */
static bool on_done(struct tree *t, int err)
{
	if (t->stage == STAGE_READ)
		t->characteristics[t->at].read_err = err;
	if (t->stage == STAGE_SUBSCRIBE && !err)
		t->subscribed++;
	t->running = false;
	t->at++;
	return !err || BLE_IS_EATT(err);
}

bool discover_event(struct tree *t, const struct ble_event *ev)
{
	if (!t->running)
		return true;
	if (ev->type == BLE_EV_SERVICE)
		on_service(t, ev);
	else if (ev->type == BLE_EV_CHARACTERISTIC)
		on_characteristic(t, ev);
	else if (ev->type == BLE_EV_DESCRIPTOR && ev->descriptor.uuid == CCCD_UUID &&
		!ev->descriptor.uuid128)
		t->characteristics[t->at].cccd = ev->descriptor.handle;
	else if (ev->type == BLE_EV_VALUE)
		on_value(t, ev);
	else if (ev->type == BLE_EV_DONE)
		return on_done(t, ev->done.err);
	return true;
}
