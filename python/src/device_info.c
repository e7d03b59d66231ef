/*
 * What a device knows of its connections, of itself and of what has been counted; and the end of a connection. Nothing here
 * waits.
 */
#include "ext.h"

PyObject *device_disconnect(PyObject *self, PyObject *args)
{
	struct device *d = (struct device *)self;
	unsigned int peer = 0;
	PyThreadState *ts;
	if (!PyArg_ParseTuple(args, "|I", &peer) || !device_enter(d, &ts))
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
	if (!PyArg_ParseTuple(args, "I", &peer) || !device_enter(d, &ts))
		return NULL;
	int err = ble_connection(d->ble, peer, &info);
	PyObject *done = device_leave(d, &ts, err);
	if (!done)
		return NULL;
	Py_DECREF(done);
	return Py_BuildValue("(iNiIiIi)", info.peer.type, address_object(&info.peer), info.role, info.interval_us,
		info.latency, info.supervision_ms, info.att_mtu);
}

static PyObject *number(struct device *d, PyThreadState **ts, int err, int8_t value)
{
	PyObject *done = device_leave(d, ts, err);
	Py_XDECREF(done);
	return done ? PyLong_FromLong(value) : NULL;
}

PyObject *device_rssi(PyObject *self, PyObject *args)
{
	struct device *d = (struct device *)self;
	unsigned int peer;
	struct ble_conn_info info = { .rssi_dbm = 127 };
	PyThreadState *ts;
	if (!PyArg_ParseTuple(args, "I", &peer) || !device_enter(d, &ts))
		return NULL;
	int err = ble_rssi(d->ble, peer);
	if (!err)
		err = ble_connection(d->ble, peer, &info);
	return number(d, &ts, err, info.rssi_dbm);
}

PyObject *device_tx_power(PyObject *self, PyObject *unused)
{
	struct device *d = (struct device *)self;
	int8_t dbm = 0;
	PyThreadState *ts;
	(void)unused;
	if (!device_enter(d, &ts))
		return NULL;
	return number(d, &ts, ble_tx_power(d->ble, &dbm), dbm);
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
