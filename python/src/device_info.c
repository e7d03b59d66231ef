/*
 * What a device knows of its connections, of itself and of what has been counted; and the end of a connection. What the
 * controller alone knows is asked for and waited for.
 */
#include "ext.h"

#include <ble/levels.h>

PyObject *device_disconnect(PyObject *self, PyObject *args)
{
	struct device *d = (struct device *)self;
	unsigned int peer = 0;
	PyThreadState *ts;
	if (!PyArg_ParseTuple(args, "|O&", to_u32, &peer) || !device_enter(d, &ts))
		return NULL;
	return device_leave(d, &ts, ble_disconnect(d->ble, peer));
}

PyObject *device_connections(PyObject *self, PyObject *unused)
{
	struct device *d = (struct device *)self;
	PyThreadState *ts;
	ble_conn_id ids[250];
	Py_ssize_t n = 0;
	(void)unused;
	if (!device_enter(d, &ts))
		return NULL;
	for (ble_conn_id c = ble_conn_next(ble_host(d->ble), 0); c && n < 250; c = ble_conn_next(ble_host(d->ble), c))
		ids[n++] = c;
	scene_leave(d->scene, &ts);
	PyObject *list = PyList_New(n);
	for (Py_ssize_t i = 0; list && i < n; i++) {
		PyObject *id = PyLong_FromUnsignedLong(ids[i]);
		if (!id || PyList_SetItem(list, i, id) < 0)
			Py_CLEAR(list);
	}
	return list;
}

PyObject *device_connection(PyObject *self, PyObject *args)
{
	struct device *d = (struct device *)self;
	struct ble_conn_info info;
	unsigned int peer;
	PyThreadState *ts;
	if (!PyArg_ParseTuple(args, "O&", to_u32, &peer) || !device_enter(d, &ts))
		return NULL;
	int err = ble_connection(d->ble, peer, &info);
	PyObject *done = device_leave(d, &ts, err);
	if (!done)
		return NULL;
	Py_DECREF(done);
	return Py_BuildValue("(iNiIiIiiii)", info.peer.type, address_object(&info.peer), info.role, info.interval_us,
		info.latency, info.supervision_ms, info.att_mtu, info.tx_phy, info.rx_phy, info.rssi_dbm);
}

static PyObject *number(struct device *d, PyThreadState **ts, int err, int8_t value)
{
	PyObject *done = device_leave(d, ts, err);
	Py_XDECREF(done);
	return done ? PyLong_FromLong(value) : NULL;
}

enum { ANSWER_US = 2000000 }; /* a controller answers at once, or has gone */

struct question {
	struct device *d;
	ble_conn_id peer;
	unsigned heard;
	int8_t dbm;
};

static bool is_heard(void *ctx)
{
	const struct question *q = ctx;
	struct ble_conn_info info;
	return q->d->heard[(q->peer & 0xFF) % 250] != q->heard || !q->d->started || q->d->stopping ||
		ble_connection(q->d->ble, q->peer, &info);
}

/* The controller is asked, and its answer waited for. */
PyObject *device_rssi(PyObject *self, PyObject *args)
{
	struct device *d = (struct device *)self;
	struct question q = { .d = d };
	struct ble_conn_info info = { .rssi_dbm = BLE_RSSI_UNKNOWN };
	PyThreadState *ts;
	if (!PyArg_ParseTuple(args, "O&", to_u32, &q.peer) || !device_enter(d, &ts))
		return NULL;
	q.heard = d->heard[(q.peer & 0xFF) % 250];
	int err = ble_rssi(d->ble, q.peer);
	device_poke(d);
	if (!err)
		err = scene_wait(d->scene, is_heard, &q, scene_now(d->scene) + ANSWER_US, &ts);
	if (!err)
		err = d->started ? ble_connection(d->ble, q.peer, &info) : BLE_ECONN;
	return number(d, &ts, err, info.rssi_dbm);
}

static bool is_known(void *ctx)
{
	struct question *q = ctx;
	return !q->d->started || q->d->stopping || ble_tx_power(q->d->ble, &q->dbm) != BLE_ESTATE;
}

/* It is asked for at the start, and told soon afterwards. */
PyObject *device_tx_power(PyObject *self, PyObject *unused)
{
	struct device *d = (struct device *)self;
	struct question q = { .d = d };
	PyThreadState *ts;
	(void)unused;
	if (!device_enter(d, &ts))
		return NULL;
	int err = is_known(&q) ? 0 : scene_wait(d->scene, is_known, &q, scene_now(d->scene) + ANSWER_US, &ts);
	if (!err)
		err = d->started ? ble_tx_power(d->ble, &q.dbm) : BLE_ESTATE;
	return number(d, &ts, err, q.dbm);
}

PyObject *device_address(PyObject *self, PyObject *unused)
{
	struct device *d = (struct device *)self;
	struct ble_addr addr;
	PyThreadState *ts;
	(void)unused;
	if (!device_enter(d, &ts))
		return NULL;
	int err = ble_host_address(ble_host(d->ble), &addr);
	scene_leave(d->scene, &ts);
	if (err)
		return raise_code(err, "the address is known once the device has started");
	return Py_BuildValue("(iN)", addr.type, address_object(&addr));
}

PyObject *device_stats(PyObject *self, PyObject *unused)
{
	struct device *d = (struct device *)self;
	struct ble_host_stats s;
	struct ble_ctlr_stats c = { 0 };
	PyThreadState *ts;
	(void)unused;
	if (!device_enter(d, &ts))
		return NULL;
	ble_stats(d->ble, &s);
	if (d->node)
		ble_ctlr_stats(ble_node_ctlr(d->node), &c);
	struct queue q = d->queue;
	scene_leave(d->scene, &ts);
	return Py_BuildValue("{s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:i,s:i,s:I,s:I,s:I,s:I,s:I,s:I,s:K,s:K}", "packets_in",
		s.packets_in, "packets_out", s.packets_out, "malformed", s.malformed, "writes_lost",
		s.writes_lost + q.writes_dropped, "reports_lost", s.reports_lost, "violations", s.violations, "recoveries",
		s.recoveries, "tx_idle", s.tx_idle, "tx_total", s.tx_total, "queued", q.count, "queued_most", q.most,
		"queue_limit", q.limit, "held", q.held_count, "reports_dropped", q.reports_dropped, "events_dropped",
		q.others_dropped, "radio_tx_us", (unsigned long long)c.radio_tx_us, "radio_rx_us",
		(unsigned long long)c.radio_rx_us);
}
