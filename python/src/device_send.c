/*
 * Values on their way to centrals. One after the other is given to the host; where its queue towards the controller is
 * full, or an indication waits for its confirmation, the caller waits, with nothing locked, until there is room, the
 * peer has gone, or the time is over.
 */
#include "ext.h"

struct wait {
	const struct device *d;
	unsigned room;
};

static bool has_room(void *ctx)
{
	const struct wait *w = ctx;
	return w->d->room != w->room || !w->d->started || w->d->stopping;
}

struct message {
	struct ble_characteristic *ch;
	const uint8_t *data;
	size_t len;
	uint64_t until_us;
};

/* 0, an error of ble_server_notify(), BLE_ETIMEOUT, SCENE_INTERRUPTED. */
static int send_to(struct device *d, const struct message *m, ble_conn_id peer, PyThreadState **ts)
{
	for (;;) {
		struct wait w = { .d = d, .room = d->room };
		if (!d->started || d->stopping)
			return BLE_ECONN;
		if (!m->ch->handle)
			return BLE_ENOENT; /* its service was removed while we waited */
		int err = ble_server_notify(ble_host(d->ble), peer, m->ch->handle, m->data, m->len);
		if (err != BLE_EBUSY)
			return err;
		device_poke(d);
		if (!m->until_us)
			return BLE_EBUSY;
		err = scene_wait(d->scene, has_room, &w, m->until_us, ts);
		if (err)
			return err;
	}
}

static bool is_failure(int err)
{
	return err && err != BLE_ENOENT && err != BLE_ECONN && err != BLE_ECLOSED;
}

/* To each who has subscribed: 0 or the first failure; *sent counts. */
static int send_to_all(struct device *d, const struct message *m, PyThreadState **ts, unsigned *sent)
{
	int first = 0;
	for (ble_conn_id c = ble_conn_next(ble_host(d->ble), 0); c; c = ble_conn_next(ble_host(d->ble), c)) {
		int err = send_to(d, m, c, ts);
		*sent += !err;
		if (err == SCENE_INTERRUPTED)
			return err;
		first = is_failure(err) && !first ? err : first;
		if (!d->started)
			break;
	}
	return first;
}

static PyObject *finish(struct device *d, PyThreadState **ts, int err, const char *hint)
{
	device_poke(d);
	scene_leave(d->scene, ts);
	if (err == SCENE_INTERRUPTED)
		return NULL;
	return err ? raise_code(err, hint ? hint : ble_strerror(err)) : Py_NewRef(Py_None);
}

/* The library stores it, so that a broadcast follows; the notifications are sent here, where they may wait. */
static void store(struct device *d, characteristic *ch, const uint8_t *data, size_t len)
{
	uint8_t permission = ch->ble.permission;
	ch->ble.permission &= (uint8_t)~(BLE_NOTIFY | BLE_INDICATE);
	(void)ble_set_value(d->ble, &ch->ble, data, len); /* it has memory and is not too long */
	ch->ble.permission = permission;
}

PyObject *device_set_value(struct device *d, characteristic *ch, const uint8_t *data, Py_ssize_t len, PyObject *timeout)
{
	struct message m = { .ch = &ch->ble, .data = data, .len = (size_t)len };
	unsigned sent = 0;
	int err = 0;
	PyThreadState *ts;
	Py_INCREF((PyObject *)d);
	if (!scene_until(d->scene, timeout, &m.until_us) || !device_enter(d, &ts)) {
		Py_DECREF((PyObject *)d);
		return NULL;
	}
	store(d, ch, data, (size_t)len);
	if (d->started && (ch->ble.permission & (BLE_NOTIFY | BLE_INDICATE)))
		err = send_to_all(d, &m, &ts, &sent);
	PyObject *result = finish(d, &ts, err,
		err == BLE_ETIMEOUT || err == BLE_EBUSY
			? "timeout: the value is stored, but the queue of notifications was full for so long"
			: NULL);
	Py_DECREF((PyObject *)d);
	return result;
}

PyObject *device_notify(PyObject *self, PyObject *args)
{
	struct device *d = (struct device *)self;
	characteristic *ch;
	PyObject *value, *timeout = Py_None;
	unsigned int peer = 0;
	uint8_t octets[512];
	PyThreadState *ts;
	if (!PyArg_ParseTuple(args, "O!O|O&O", characteristic_type, &ch, &value, to_u32, &peer, &timeout))
		return NULL;
	Py_ssize_t len = bytes_argument(value, "value", octets, ch->ble.size);
	struct message m = { .ch = &ch->ble, .data = octets, .len = (size_t)len };
	if (len < 0 || !scene_until(d->scene, timeout, &m.until_us))
		return NULL;
	if (timeout != Py_None && PyFloat_AsDouble(timeout) == 0)
		m.until_us = 0;
	if (!device_enter(d, &ts))
		return NULL;
	if (ch->device != d || !d->started)
		return finish(d, &ts, BLE_ESTATE,
			d->started ? "ch: its service has not been added" : "the device has not started");
	unsigned sent = 0;
	int err = peer ? send_to(d, &m, peer, &ts) : send_to_all(d, &m, &ts, &sent);
	if (!err && !peer && !sent)
		err = BLE_ENOENT;
	return finish(d, &ts, err,
		err == BLE_ENOENT       ? "peer: no connected central has subscribed"
			: err == BLE_ECONN    ? "peer: no such connection"
			: err == BLE_ETIMEOUT ? "timeout: the queue of notifications was full for so long"
					      : NULL);
}
