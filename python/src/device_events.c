/*
 * The queue between the host and Python. The host thread writes, a thread of Python reads; it is bounded, and this is
 * what happens when it is full:
 *
 *	a write that wants a response   is held, one a connection, and neither stored nor answered until there is room
 *	a Write Command, a notification the controller gets no credits for received packets (ble_host_hold), and a reserve
 *	                                takes what is under way already; where the controller has no such flow control and
 *	                                the reserve is used up, they are lost, counted and told (EVT_ERROR, RECEIVE)
 *	an advertising report           is dropped and counted
 *	everything else                 has another reserve; connections and their ends have the last places to themselves
 */
#include "ext.h"

#include <stddef.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum {
	RESERVE_DATA = 16,  /* above the limit: twice what a controller may have under way */
	RESERVE_OTHER = 32, /* above that: subscriptions, answers of a server */
	RESERVE_STATE = 16, /* above that: connections and their ends */
	INSUFFICIENT_RESOURCES = BLE_EATT(0x11), /* Vol 3 Part F 3.4.1.1 */
};

int queue_init(struct queue *q, unsigned limit, unsigned connections)
{
	*q = (struct queue){ .limit = limit, .size = limit + RESERVE_DATA + RESERVE_OTHER + RESERVE_STATE,
		.held_size = connections };
	q->slots = malloc(q->size * sizeof *q->slots);
	q->held = calloc(connections, sizeof *q->held);
	return q->slots && q->held ? 0 : BLE_ENOMEM;
}

void queue_end(struct queue *q)
{
	free(q->slots);
	free(q->held);
	*q = (struct queue){ 0 };
}

/* How many there may be before one of this kind. */
static unsigned bound(const struct queue *q, uint8_t type)
{
	switch (type) {
	case BLE_EV_REPORT: return q->limit;
	case BLE_EV_WRITTEN:
	case BLE_EV_NOTIFIED: return q->limit + RESERVE_DATA;
	case BLE_EV_CONNECTED:
	case BLE_EV_DISCONNECTED:
	case BLE_EV_READY:
	case BLE_EV_LOST:
	case BLE_EV_ERROR:
	case BLE_EV_DONE:
	case EVENT_STOPPED: return q->size;
	default: return q->limit + RESERVE_DATA + RESERVE_OTHER;
	}
}

static void signal_fd(const struct device *d)
{
	const uint64_t one = 1;
	if (d->event_fd >= 0 && d->queue.count == 1) {
		ssize_t written = write(d->event_fd, &one, sizeof one);
		(void)written; /* full is as good */
	}
}

/* A slot at the queue's end, or NULL: counted. */
static struct report *put(struct device *d, uint8_t type)
{
	struct queue *q = &d->queue;
	if (!q->slots)
		return NULL;
	if (q->count >= bound(q, type)) {
		if (type == BLE_EV_REPORT)
			q->reports_dropped++;
		else if (type == BLE_EV_WRITTEN || type == BLE_EV_NOTIFIED)
			q->writes_dropped++;
		else
			q->others_dropped++;
		return NULL;
	}
	struct report *r = &q->slots[(q->at + q->count++) % q->size];
	q->most = q->count > q->most ? q->count : q->most;
	r->len = 0;
	r->characteristic = NULL;
	r->token = 0;
	if (q->count >= q->limit)
		ble_host_hold(ble_host(d->ble), true);
	signal_fd(d);
	return r;
}

static void copy(struct report *r, const void *data, size_t len)
{
	r->len = (uint16_t)(len < sizeof r->data ? len : sizeof r->data);
	if (r->len)
		memcpy(r->data, data, r->len);
}

static void copy_uuid(struct report *r, uint16_t uuid, const uint8_t *uuid128)
{
	const uint8_t octets[2] = { (uint8_t)uuid, (uint8_t)(uuid >> 8) };
	copy(r, uuid128 ? uuid128 : octets, uuid128 ? 16 : 2);
}

/* What the event points to. */
static void copy_parts(struct report *r, const struct ble_event *ev)
{
	r->event = *ev;
	switch (ev->type) {
	case BLE_EV_REPORT: copy(r, ev->report.data, ev->report.len); break;
	case BLE_EV_READ:
		r->characteristic = ev->read.characteristic;
		r->token = ev->read.token;
		break;
	case BLE_EV_SUBSCRIBED:
	case BLE_EV_BROADCAST: r->characteristic = ev->subscribed.characteristic; break;
	case BLE_EV_SERVICE: copy_uuid(r, ev->service.uuid, ev->service.uuid128); break;
	case BLE_EV_INCLUDED: copy_uuid(r, ev->included.uuid, ev->included.uuid128); break;
	case BLE_EV_CHARACTERISTIC: copy_uuid(r, ev->characteristic.uuid, ev->characteristic.uuid128); break;
	case BLE_EV_DESCRIPTOR: copy_uuid(r, ev->descriptor.uuid, ev->descriptor.uuid128); break;
	case BLE_EV_VALUE:
	case BLE_EV_NOTIFIED: copy(r, ev->value.data, ev->value.len); break;
	default: break;
	}
}

/* What the extension itself has to know. */
static void look(struct device *d, const struct ble_event *ev)
{
	if (ev->type == BLE_EV_READY)
		d->ready = true;
	if (ev->type == BLE_EV_ERROR && ev->error.operation == BLE_OP_START && !d->ready)
		d->start_err = ev->error.err ? ev->error.err : BLE_EGONE;
	if (ev->type == BLE_EV_OOB) {
		d->oob_made = true;
		d->oob_err = ev->oob.err;
		memcpy(d->oob, ev->oob.r, 16);
		memcpy(d->oob + 16, ev->oob.c, 16);
	}
	if (ev->type == BLE_EV_RSSI)
		d->heard[(ev->conn & 0xFF) % 250]++;
	if (ev->type == BLE_EV_SENT || ev->type == BLE_EV_CONFIRMED || ev->type == BLE_EV_DISCONNECTED)
		d->room++;
	if (ev->type == BLE_EV_DISCONNECTED) /* what it was to be told is of no use any more */
		for (unsigned i = 0; i < d->queue.held_size; i++)
			if (d->queue.held[i].used && d->queue.held[i].report.event.conn == ev->conn) {
				d->queue.held[i].used = false;
				d->queue.held_count--;
			}
}

void device_on_event(struct ble *ble, const struct ble_event *ev, void *ctx)
{
	struct device *d = ctx;
	look(d, ev);
	if (ev->type == BLE_EV_WRITTEN || !(d->interest >> ev->type & 1))
		return; /* a write was put there by device_on_check() */
	struct report *r = put(d, ev->type);
	if (r)
		copy_parts(r, ev);
	else if (ev->type == BLE_EV_READ && ev->read.token)
		(void)ble_answer(ble, ev->read.token, INSUFFICIENT_RESOURCES, NULL, 0);
}

static void fill_write(struct report *r, const struct device *d, const struct ble_characteristic *ch,
	const struct ble_write *write)
{
	r->event = (struct ble_event){ .type = BLE_EV_WRITTEN, .conn = write->peer,
		.t_us = ble_host_now(ble_host(d->ble)) };
	r->characteristic = ch;
	r->token = write->token;
	r->judged = characteristic_of(ch)->judged;
	copy(r, write->data, write->len);
}

int device_on_check(struct ble *ble, struct ble_characteristic *ch, const struct ble_write *write, void *ctx)
{
	struct device *d = characteristic_of(ch)->device;
	(void)ble;
	(void)ctx;
	struct queue *q = &d->queue;
	struct held *held = &q->held[(write->peer & 0xFF) % q->held_size];
	bool judged = characteristic_of(ch)->judged;
	if (write->token && q->count >= q->limit && !held->used) {
		fill_write(&held->report, d, ch, write);
		held->used = true;
		q->held_count++;
		return BLE_EPENDING;
	}
	struct report *r = put(d, BLE_EV_WRITTEN);
	if (!r)
		return INSUFFICIENT_RESOURCES; /* a command is dropped */
	fill_write(r, d, ch, write);
	if (!judged)
		return 0;
	return write->token ? BLE_EPENDING : INSUFFICIENT_RESOURCES; /* device_accept() stores it */
}

void device_put_stopped(struct device *d)
{
	struct report *r = put(d, EVENT_STOPPED);
	if (r)
		r->event = (struct ble_event){ .type = EVENT_STOPPED };
}

/* A held request that still waits is stored, answered and told; the server may have given up meanwhile. */
static void let_in(struct device *d, struct held *held)
{
	struct report *w = &held->report;
	characteristic *c = characteristic_of(w->characteristic);
	held->used = false;
	d->queue.held_count--;
	if (!w->judged) {
		if (ble_answer(d->ble, w->token, 0, NULL, 0) < 0)
			return;
		memcpy(c->ble.value, w->data, w->len);
		c->ble.length = w->len;
	}
	struct report *r = put(d, BLE_EV_WRITTEN);
	if (r)
		*r = *w;
}

/* After one was taken: who has waited comes in, losses are told, and with half of the queue free the controller has its
 * credits again. */
static void make_use_of_room(struct device *d)
{
	struct queue *q = &d->queue;
	for (unsigned i = 0; q->held_count && i < q->held_size && q->count < q->limit; i++)
		if (q->held[i].used)
			let_in(d, &q->held[i]);
	if (q->writes_told != q->writes_dropped && q->count < q->limit) {
		struct report *r = put(d, BLE_EV_ERROR);
		if (r) {
			r->event = (struct ble_event){ .type = BLE_EV_ERROR };
			r->event.error.operation = BLE_OP_RECEIVE;
			r->event.error.err = (int)(q->writes_dropped - q->writes_told);
			q->writes_told = q->writes_dropped;
		}
	}
	if (q->count == q->limit / 2)
		ble_host_hold(ble_host(d->ble), false);
	device_poke(d);
}

/* A removed service's characteristics are told of no more. */
static bool is_of(const struct ble_service *s, const struct ble_characteristic *ch)
{
	for (const struct ble_characteristic *const *c = s->characteristics; ch && c && *c; c++)
		if (*c == ch)
			return true;
	return false;
}

void device_forget(struct device *d, const struct ble_service *s)
{
	struct queue *q = &d->queue;
	for (unsigned i = 0; i < q->count; i++) {
		struct report *r = &q->slots[(q->at + i) % q->size];
		if (is_of(s, r->characteristic))
			r->event.type = BLE_EV_NONE;
	}
	for (unsigned i = 0; i < q->held_size; i++)
		if (q->held[i].used && is_of(s, q->held[i].report.characteristic)) {
			q->held[i].used = false;
			q->held_count--;
		}
}

/* ---- the side of Python ---- */

static PyObject *uuid_object(const struct report *r)
{
	return PyBytes_FromStringAndSize((const char *)r->data, r->len);
}

static PyObject *owner(const struct report *r)
{
	return Py_NewRef((PyObject *)characteristic_of(r->characteristic));
}

static PyObject *value_event(const struct report *r)
{
	const struct ble_event *e = &r->event;
	return Py_BuildValue("(iIKHHy#O)", e->type, e->conn, e->t_us, e->value.handle, e->value.offset, (const char *)r->data,
		(Py_ssize_t)r->len, e->value.indication || e->value.cut ? Py_True : Py_False);
}

/* Between the lock's end and now, without the GIL, its service may have been removed, and it be gone. */
static bool is_stale(const struct device *d, const struct report *r)
{
	Py_ssize_t n = r->characteristic && d->services ? PyList_Size(d->services) : 0;
	for (Py_ssize_t i = 0; i < n; i++)
		if (is_of(&((service *)PyList_GetItem(d->services, i))->ble, r->characteristic))
			return false;
	return r->characteristic != NULL;
}

/* (type, connection, time, what else there is to say): _events.py has the same list. */
static PyObject *event_object(const struct device *d, const struct report *r)
{
	const struct ble_event *e = &r->event;
	switch (is_stale(d, r) ? BLE_EV_NONE : e->type) {
	case BLE_EV_CONNECTED:
		return Py_BuildValue("(iIKiNiIiI)", e->type, e->conn, e->t_us, e->connected.peer.type,
			address_object(&e->connected.peer), e->connected.role, e->connected.interval_us,
			e->connected.latency, e->connected.supervision_ms);
	case BLE_EV_DISCONNECTED:
		return Py_BuildValue("(iIKiNi)", e->type, e->conn, e->t_us, e->disconnected.peer.type,
			address_object(&e->disconnected.peer), e->disconnected.reason);
	case BLE_EV_PARAMS:
		return Py_BuildValue("(iIKiIiI)", e->type, e->conn, e->t_us, e->params.err, e->params.interval_us,
			e->params.latency, e->params.supervision_ms);
	case BLE_EV_MTU: return Py_BuildValue("(iIKi)", e->type, e->conn, e->t_us, e->mtu.mtu);
	case BLE_EV_REPORT:
		return Py_BuildValue("(iIKiiiy#N)", e->type, e->conn, e->t_us, e->report.kind, e->report.addr.type,
			e->report.rssi_dbm, (const char *)r->data, (Py_ssize_t)r->len, address_object(&e->report.addr));
	case BLE_EV_READ:
		return Py_BuildValue("(iIKNIi)", e->type, e->conn, e->t_us, owner(r), r->token, e->read.offset);
	case BLE_EV_WRITTEN:
		return Py_BuildValue("(iIKNy#IO)", e->type, e->conn, e->t_us, owner(r), (const char *)r->data,
			(Py_ssize_t)r->len, r->token, r->judged ? Py_True : Py_False);
	case BLE_EV_SUBSCRIBED:
	case BLE_EV_BROADCAST:
		return Py_BuildValue("(iIKNi)", e->type, e->conn, e->t_us, owner(r), e->subscribed.bits);
	case BLE_EV_CONFIRMED:
		return Py_BuildValue("(iIKii)", e->type, e->conn, e->t_us, e->confirmed.handle, e->confirmed.err);
	case BLE_EV_SERVICE:
		return Py_BuildValue("(iIKiiN)", e->type, e->conn, e->t_us, e->service.start, e->service.end, uuid_object(r));
	case BLE_EV_INCLUDED:
		return Py_BuildValue("(iIKiiiN)", e->type, e->conn, e->t_us, e->included.handle, e->included.start,
			e->included.end, uuid_object(r));
	case BLE_EV_CHARACTERISTIC:
		return Py_BuildValue("(iIKiiiN)", e->type, e->conn, e->t_us, e->characteristic.handle,
			e->characteristic.value_handle, e->characteristic.properties, uuid_object(r));
	case BLE_EV_DESCRIPTOR:
		return Py_BuildValue("(iIKiN)", e->type, e->conn, e->t_us, e->descriptor.handle, uuid_object(r));
	case BLE_EV_VALUE:
	case BLE_EV_NOTIFIED: return value_event(r);
	case BLE_EV_SERVICE_CHANGED:
		return Py_BuildValue("(iIKii)", e->type, e->conn, e->t_us, e->service_changed.start, e->service_changed.end);
	case BLE_EV_DONE:
		return Py_BuildValue("(iIKiii)", e->type, e->conn, e->t_us, e->done.err, e->done.handle, e->done.procedure);
	case BLE_EV_ENCRYPTED:
		return Py_BuildValue("(iIKiii)", e->type, e->conn, e->t_us, e->encrypted.err, e->encrypted.level,
			e->encrypted.key_size);
	case BLE_EV_PAIRED:
		return Py_BuildValue("(iIKiiOOiiiN)", e->type, e->conn, e->t_us, e->paired.err, e->paired.reason,
			e->paired.by_peer ? Py_True : Py_False, e->paired.bonded ? Py_True : Py_False, e->paired.level,
			e->paired.key_size, e->paired.identity.type, address_object(&e->paired.identity));
	case BLE_EV_PASSKEY:
	case BLE_EV_COMPARE: return Py_BuildValue("(iIKI)", e->type, e->conn, e->t_us, e->passkey.number);
	case BLE_EV_ERROR:
	case BLE_EV_LOST:
		return Py_BuildValue("(iIKii)", e->type, e->conn, e->t_us, e->error.err, e->error.operation);
	case BLE_EV_NONE: return Py_BuildValue("(iIK)", BLE_EV_NONE, 0, e->t_us);
	default: return Py_BuildValue("(iIK)", e->type, e->conn, e->t_us);
	}
}

/* Takes the oldest; false: there is none. With the lock. */
static bool take(struct device *d, struct report *out)
{
	struct queue *q = &d->queue;
	while (q->count) {
		struct report *r = &q->slots[q->at];
		bool wanted = r->event.type != BLE_EV_NONE;
		if (wanted) {
			memcpy(out, r, offsetof(struct report, data));
			memcpy(out->data, r->data, r->len);
		}
		q->at = (q->at + 1) % q->size;
		q->count--;
		make_use_of_room(d);
		if (wanted)
			return true;
	}
	uint64_t ignored;
	if (d->event_fd >= 0 && read(d->event_fd, &ignored, sizeof ignored) < 0)
		return false; /* it was not set */
	return false;
}

bool device_has_event(void *ctx)
{
	const struct device *d = ctx;
	return d->queue.count > 0 || !d->queue.slots;
}

static bool is_closed(const struct device *d)
{
	return d->services && !d->ble && d->generation == forks;
}

PyObject *device_poll(PyObject *self, PyObject *unused)
{
	struct device *d = (struct device *)self;
	struct report r;
	PyThreadState *ts;
	(void)unused;
	if (is_closed(d))
		Py_RETURN_NONE;
	if (!device_enter(d, &ts))
		return NULL;
	bool there = take(d, &r);
	scene_leave(d->scene, &ts);
	if (!there)
		Py_RETURN_NONE;
	return event_object(d, &r);
}

PyObject *device_next_event(PyObject *self, PyObject *args)
{
	struct device *d = (struct device *)self;
	PyObject *timeout = Py_None;
	struct report r;
	uint64_t until;
	PyThreadState *ts;
	if (!PyArg_ParseTuple(args, "|O", &timeout) || !scene_until(d->scene, timeout, &until))
		return NULL;
	if (is_closed(d) || !device_enter(d, &ts)) {
		if (!is_closed(d))
			return NULL;
		PyErr_Clear(); /* closed while the lock was waited for */
		return Py_BuildValue("(iIK)", EVENT_STOPPED, 0, 0ULL);
	}
	int err = device_has_event(d) ? 0 : scene_wait(d->scene, device_has_event, d, until, &ts);
	bool there = !err && take(d, &r);
	bool ended = !d->queue.slots;
	scene_leave(d->scene, &ts);
	if (err == SCENE_INTERRUPTED)
		return NULL;
	if (there)
		return event_object(d, &r);
	if (ended)
		return Py_BuildValue("(iIK)", EVENT_STOPPED, 0, 0ULL);
	Py_RETURN_NONE;
}

/* accept(token, ch, data, err): a judged write is refused, or stored. False: the server has given up, or the peer. */
PyObject *device_accept(PyObject *self, PyObject *args)
{
	struct device *d = (struct device *)self;
	characteristic *c;
	unsigned int token;
	const char *data;
	Py_ssize_t len;
	int err;
	PyThreadState *ts;
	if (!PyArg_ParseTuple(args, "O&O!y#i", to_u32, &token, characteristic_type, &c, &data, &len, &err))
		return NULL;
	if (len > c->ble.size)
		return raise_argument("data: %zd octets are outside 0..%d", len, (int)c->ble.size);
	if (!device_enter(d, &ts))
		return NULL;
	bool in_time = !token || ble_answer(d->ble, token, err, NULL, 0) == 0;
	if (in_time && !err) {
		memcpy(c->ble.value, data, (size_t)len);
		c->ble.length = (uint16_t)len;
	}
	device_poke(d);
	scene_leave(d->scene, &ts);
	return PyBool_FromLong(in_time);
}

PyObject *device_set_interest(PyObject *self, PyObject *mask)
{
	struct device *d = (struct device *)self;
	PyThreadState *ts;
	unsigned long long bits = PyLong_AsUnsignedLongLong(mask);
	if (PyErr_Occurred() || !device_enter(d, &ts))
		return NULL;
	d->interest = bits;
	scene_leave(d->scene, &ts);
	Py_RETURN_NONE;
}

PyObject *device_fileno(PyObject *self, PyObject *unused)
{
	struct device *d = (struct device *)self;
	PyThreadState *ts;
	(void)unused;
	if (!device_enter(d, &ts))
		return NULL;
	if (d->event_fd < 0)
		d->event_fd = eventfd(d->queue.count, EFD_CLOEXEC | EFD_NONBLOCK);
	scene_leave(d->scene, &ts);
	return d->event_fd < 0 ? PyErr_SetFromErrno(PyExc_OSError) : PyLong_FromLong(d->event_fd);
}
