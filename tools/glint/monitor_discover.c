/*
 * The way through a stranger's database, one procedure after the other: MTU, primary services,
 * secondary ones, inclusions, characteristics, the descriptors, what these say of a value, the
 * values, then subscriptions. `stage` and `at` say which is next; a stage that has nothing (more)
 * to do falls through to the next.
 */
#include "monitor.h"

#include "base/le.h"

#include <ble/client.h>
#include <stdlib.h>
#include <string.h>

static const uint8_t secondary_service[2] = { 0x01, 0x28 };
enum { EXTENDED = 0x2900, USER_DESCRIPTION = 0x2901, CCCD = 0x2902, PRESENTATION_FORMAT = 0x2904 };

void discover_begin(struct tree *t)
{
	memset(t, 0, sizeof *t);
}

static const struct choice *choice_of(const struct monitor *m, const struct characteristic *c)
{
	for (unsigned i = 0; i < m->choice_count; i++)
		if (m->choices[i].value_handle == c->value_handle)
			return &m->choices[i];
	return NULL;
}

/* All that can be subscribed to, unless somebody has said otherwise, or a script says it itself. */
static uint8_t discover_bits(const struct monitor *m, const struct characteristic *c)
{
	const struct choice *choice = choice_of(m, c);
	if (!c->cccd)
		return 0;
	if (choice)
		return choice->bits;
	if (m->script || m->o->read_only)
		return 0;
	return c->properties & PROP_NOTIFY ? 1 : 2;
}

static bool is_wanted(const struct monitor *m, unsigned at)
{
	const struct tree *t = &m->tree;
	if (t->stage == STAGE_DESCRIBE) {
		uint16_t uuid = t->descriptors[at].uuid.u16;
		return uuid == EXTENDED || uuid == USER_DESCRIPTION || uuid == PRESENTATION_FORMAT;
	}
	const struct characteristic *c = &t->characteristics[at];
	if (t->stage == STAGE_DESCRIPTORS)
		return c->end > c->value_handle;
	if (t->stage == STAGE_READ)
		return c->properties & PROP_READ;
	return discover_bits(m, c);
}

/* The object that this stage is about next; false: it has no more. */
static bool find_work(struct monitor *m)
{
	struct tree *t = &m->tree;
	unsigned count = t->stage == STAGE_DESCRIBE ? t->descriptor_count : t->characteristic_count;
	switch (t->stage) {
	case STAGE_MTU:
	case STAGE_SERVICES:
	case STAGE_SECONDARY:
	case STAGE_INCLUDES: return t->at == 0;
	case STAGE_CHARACTERISTICS: return t->at < t->service_count;
	case STAGE_DESCRIPTORS:
	case STAGE_DESCRIBE:
	case STAGE_READ:
	case STAGE_SUBSCRIBE:
		while (t->at < count && !is_wanted(m, t->at))
			t->at++;
		return t->at < count;
	case STAGE_LIVE: return true;
	}
	return false;
}

static int start_of(struct monitor *m, const struct characteristic *c)
{
	struct ble_host *host = m->link.host;
	uint8_t bits[2] = { discover_bits(m, c), 0 };
	if (m->tree.stage == STAGE_DESCRIPTORS)
		return ble_client_descriptors(
			host, m->conn, (uint16_t)(c->value_handle + 1), c->end);
	if (m->tree.stage == STAGE_READ)
		return ble_client_read(host, m->conn, c->value_handle);
	return ble_client_write(host, m->conn, c->cccd, bits, sizeof bits);
}

static int start(struct monitor *m)
{
	struct tree *t = &m->tree;
	struct ble_host *host = m->link.host;
	/* No procedure of its own finds secondary services (Vol 3 Part G 4.4), but their
	 * declarations are attributes of a type; the inclusions of all services are asked for at
	 * once. */
	switch (t->stage) {
	case STAGE_MTU: return ble_client_exchange_mtu(host, m->conn);
	case STAGE_SERVICES: return ble_client_services(host, m->conn, NULL, 0);
	case STAGE_SECONDARY:
		return ble_client_read_uuid(host, m->conn, 1, 0xFFFF, secondary_service, 2);
	case STAGE_INCLUDES: return ble_client_includes(host, m->conn, 1, 0xFFFF);
	case STAGE_CHARACTERISTICS:
		return ble_client_characteristics(
			host, m->conn, t->services[t->at].start, t->services[t->at].end);
	case STAGE_DESCRIBE:
		t->len = 0;
		return ble_client_read(host, m->conn, t->descriptors[t->at].handle);
	case STAGE_DESCRIPTORS:
	case STAGE_READ:
	case STAGE_SUBSCRIBE: return start_of(m, &t->characteristics[t->at]);
	case STAGE_LIVE: break;
	}
	return 0;
}

static int by_start(const void *a, const void *b)
{
	return ((const struct service *)a)->start - ((const struct service *)b)->start;
}

/* Where a secondary service ends is known from who includes it; without that, it may go on up to
 * the next service. */
static void find_service_ends(struct tree *t)
{
	qsort(t->services, t->service_count, sizeof *t->services, by_start);
	for (unsigned i = 0; i < t->service_count; i++) {
		struct service *s = &t->services[i];
		if (!s->secondary)
			continue;
		if (i + 1 < t->service_count)
			s->end = (uint16_t)(t->services[i + 1].start - 1);
		for (unsigned k = 0; k < t->inclusion_count; k++)
			if (t->inclusions[k].start == s->start)
				s->end = t->inclusions[k].end;
	}
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

int discover_step(struct monitor *m)
{
	struct tree *t = &m->tree;
	if (t->running || t->stage == STAGE_LIVE)
		return 0;
	while (!find_work(m)) {
		t->stage++;
		t->at = 0;
		if (t->stage == STAGE_CHARACTERISTICS)
			find_service_ends(t);
		if (t->stage == STAGE_DESCRIPTORS)
			find_ends(t);
	}
	if (t->stage == STAGE_LIVE)
		return 0;
	int err = start(m);
	t->running = err == 0;
	return err;
}

static void on_service(struct tree *t, const struct service *s)
{
	if (t->service_count == MOST_SERVICES)
		t->cut = true;
	else
		t->services[t->service_count++] = *s;
}

/* The value of a declaration is the service's UUID: Vol 3 Part G 3.1 */
static void on_secondary(struct tree *t, const struct ble_event *ev)
{
	const uint8_t *p = ev->value.data;
	if (ev->value.len == 2 || ev->value.len == 16)
		on_service(t,
			&(struct service){ .uuid = uuid_of(le16_get(p), ev->value.len == 2 ? NULL : p),
				.start = ev->value.handle,
				.end = 0xFFFF,
				.secondary = true });
}

static void on_inclusion(struct tree *t, const struct ble_event *ev)
{
	if (t->inclusion_count == MOST_INCLUDES) {
		t->cut = true;
		return;
	}
	t->inclusions[t->inclusion_count++] = (struct inclusion){
		.uuid = uuid_of(ev->included.uuid, ev->included.uuid128),
		.handle = ev->included.handle,
		.start = ev->included.start,
		.end = ev->included.end,
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

static void on_descriptor(struct tree *t, const struct ble_event *ev)
{
	struct characteristic *c = &t->characteristics[t->at];
	struct uuid uuid = uuid_of(ev->descriptor.uuid, ev->descriptor.uuid128);
	if (uuid.u16 == CCCD && c->properties & (PROP_NOTIFY | PROP_INDICATE))
		c->cccd = ev->descriptor.handle;
	if (t->descriptor_count == MOST_DESCRIPTORS) {
		t->cut = true;
		return;
	}
	t->descriptors[t->descriptor_count++] = (struct descriptor){
		.uuid = uuid, .handle = ev->descriptor.handle, .characteristic = t->at
	};
}

static void on_value(struct tree *t, const struct ble_event *ev)
{
	struct characteristic *c = tree_find(t, ev->value.handle);
	uint8_t *to = t->stage == STAGE_DESCRIBE ? t->octets : c ? c->value : NULL;
	uint16_t *len = t->stage == STAGE_DESCRIBE ? &t->len : c ? &c->len : NULL;
	if (!to || ev->value.offset > LONGEST_VALUE ||
		ev->value.len > LONGEST_VALUE - ev->value.offset)
		return;
	memcpy(to + ev->value.offset, ev->value.data, ev->value.len);
	*len = (uint16_t)(ev->value.offset + ev->value.len);
}

static void on_described(struct tree *t)
{
	const struct descriptor *d = &t->descriptors[t->at];
	struct characteristic *c = &t->characteristics[d->characteristic];
	if (d->uuid.u16 == USER_DESCRIPTION)
		safe(c->description, sizeof c->description, t->octets, t->len);
	else if (d->uuid.u16 == PRESENTATION_FORMAT)
		format_read(&c->format, t->octets, t->len);
	else if (t->len)
		c->extended = t->octets[0];
}

/* A refusal by the peer (an ATT error) is an answer; anything else means that the bearer is of no
 * more use. */
static bool on_done(struct monitor *m, int err)
{
	struct tree *t = &m->tree;
	if (t->stage == STAGE_DESCRIBE && !err)
		on_described(t);
	if (t->stage == STAGE_READ)
		t->characteristics[t->at].read_err = err;
	if (t->stage == STAGE_SUBSCRIBE && !err) {
		t->subscribed++;
		t->characteristics[t->at].bits = discover_bits(m, &t->characteristics[t->at]);
	}
	t->running = false;
	t->at++;
	return !err || BLE_IS_EATT(err);
}

bool discover_event(struct monitor *m, const struct ble_event *ev)
{
	struct tree *t = &m->tree;
	if (!t->running)
		return true;
	if (ev->type == BLE_EV_SERVICE)
		on_service(t,
			&(struct service){
				.uuid = uuid_of(ev->service.uuid, ev->service.uuid128),
				.start = ev->service.start,
				.end = ev->service.end });
	else if (ev->type == BLE_EV_INCLUDED)
		on_inclusion(t, ev);
	else if (ev->type == BLE_EV_VALUE && t->stage == STAGE_SECONDARY)
		on_secondary(t, ev);
	else if (ev->type == BLE_EV_CHARACTERISTIC)
		on_characteristic(t, ev);
	else if (ev->type == BLE_EV_DESCRIPTOR)
		on_descriptor(t, ev);
	else if (ev->type == BLE_EV_VALUE)
		on_value(t, ev);
	else if (ev->type == BLE_EV_DONE)
		return on_done(m, ev->done.err);
	return true;
}
