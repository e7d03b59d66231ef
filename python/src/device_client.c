/*
 * The central's verbs of a device: conn.h and client.h. Each begins a procedure, whose events come through the queue and
 * end with DONE. Addresses are six octets, most significant first, as Python has them.
 */
#include "ext.h"

PyObject *address_object(const struct ble_addr *addr)
{
	char octets[6];
	for (int i = 0; i < 6; i++)
		octets[i] = (char)addr->octets[5 - i];
	return PyBytes_FromStringAndSize(octets, 6);
}

bool address_argument(int type, const char *octets, Py_ssize_t len, struct ble_addr *out)
{
	if (len != 6) {
		raise_argument("address: %zd octets, it has 6", len);
		return false;
	}
	if (type < 0 || type > 3) {
		raise_argument("address type: %d is outside 0..3", type);
		return false;
	}
	out->type = (uint8_t)type;
	for (int i = 0; i < 6; i++)
		out->octets[i] = (uint8_t)octets[5 - i];
	return true;
}

PyObject *device_connect(PyObject *self, PyObject *args)
{
	struct device *d = (struct device *)self;
	struct ble_conn_params p = { 0 };
	struct ble_addr addr;
	const char *octets;
	Py_ssize_t len;
	int type;
	unsigned int interval, supervision, timeout;
	PyThreadState *ts;
	if (!PyArg_ParseTuple(args, "iy#O&O&O&O&", &type, &octets, &len, to_u32, &interval, to_u16, &p.latency, to_u32,
		    &supervision, to_u32, &timeout) ||
		!address_argument(type, octets, len, &addr) || !device_enter(d, &ts))
		return NULL;
	p.interval_min_us = p.interval_max_us = interval;
	p.supervision_ms = supervision;
	p.timeout_ms = timeout;
	return device_leave(d, &ts, ble_conn_create(ble_host(d->ble), &addr, &p));
}

PyObject *device_cancel(PyObject *self, PyObject *unused)
{
	struct device *d = (struct device *)self;
	PyThreadState *ts;
	(void)unused;
	if (!device_enter(d, &ts))
		return NULL;
	return device_leave(d, &ts, ble_conn_cancel(ble_host(d->ble)));
}

PyObject *device_update(PyObject *self, PyObject *args)
{
	struct device *d = (struct device *)self;
	struct ble_conn_params p = { 0 };
	unsigned int peer, min, max, supervision;
	PyThreadState *ts;
	if (!PyArg_ParseTuple(args, "O&O&O&O&O&", to_u32, &peer, to_u32, &min, to_u32, &max, to_u16, &p.latency, to_u32,
		    &supervision) ||
		!device_enter(d, &ts))
		return NULL;
	p.interval_min_us = min;
	p.interval_max_us = max;
	p.supervision_ms = supervision;
	return device_leave(d, &ts, ble_conn_update(ble_host(d->ble), peer, &p));
}

PyObject *device_exchange_mtu(PyObject *self, PyObject *args)
{
	struct device *d = (struct device *)self;
	unsigned int peer;
	PyThreadState *ts;
	if (!PyArg_ParseTuple(args, "O&", to_u32, &peer) || !device_enter(d, &ts))
		return NULL;
	return device_leave(d, &ts, ble_client_exchange_mtu(ble_host(d->ble), peer));
}

PyObject *device_services(PyObject *self, PyObject *args)
{
	struct device *d = (struct device *)self;
	unsigned int peer;
	const char *uuid = "";
	Py_ssize_t len = 0;
	PyThreadState *ts;
	if (!PyArg_ParseTuple(args, "O&|y#", to_u32, &peer, &uuid, &len) || !device_enter(d, &ts))
		return NULL;
	return device_leave(d, &ts, ble_client_services(ble_host(d->ble), peer, uuid, (size_t)len));
}

/* A verb over the handles from start to end. */
static PyObject *range_verb(PyObject *self, PyObject *args,
	int (*verb)(struct ble_host *host, ble_conn_id conn, uint16_t start, uint16_t end))
{
	struct device *d = (struct device *)self;
	unsigned int peer;
	unsigned short start, end;
	PyThreadState *ts;
	if (!PyArg_ParseTuple(args, "O&O&O&", to_u32, &peer, to_u16, &start, to_u16, &end) || !device_enter(d, &ts))
		return NULL;
	return device_leave(d, &ts, verb(ble_host(d->ble), peer, start, end));
}

PyObject *device_includes(PyObject *self, PyObject *args)
{
	return range_verb(self, args, ble_client_includes);
}

PyObject *device_characteristics(PyObject *self, PyObject *args)
{
	return range_verb(self, args, ble_client_characteristics);
}

PyObject *device_descriptors(PyObject *self, PyObject *args)
{
	return range_verb(self, args, ble_client_descriptors);
}

PyObject *device_read(PyObject *self, PyObject *args)
{
	struct device *d = (struct device *)self;
	unsigned int peer;
	unsigned short handle;
	PyThreadState *ts;
	if (!PyArg_ParseTuple(args, "O&O&", to_u32, &peer, to_u16, &handle) || !device_enter(d, &ts))
		return NULL;
	return device_leave(d, &ts, ble_client_read(ble_host(d->ble), peer, handle));
}

/* What a long write reads until DONE lies in the connection's own 512 octets: one procedure runs at a time. */
PyObject *device_write(PyObject *self, PyObject *args)
{
	struct device *d = (struct device *)self;
	unsigned int peer;
	unsigned short handle;
	const char *data;
	Py_ssize_t len;
	PyThreadState *ts;
	if (!PyArg_ParseTuple(args, "O&O&y#", to_u32, &peer, to_u16, &handle, &data, &len))
		return NULL;
	if (len > 512)
		return raise_argument("value: %zd octets are outside 0..512", len);
	if (!device_enter(d, &ts))
		return NULL;
	uint8_t *octets = d->written + 512u * ((peer & 0xFF) % d->connections), before[512];
	memcpy(before, octets, sizeof before);
	memcpy(octets, data, (size_t)len);
	int err = ble_client_write(ble_host(d->ble), peer, handle, octets, (size_t)len);
	if (err)
		memcpy(octets, before, sizeof before); /* the write that runs reads on */
	return device_leave(d, &ts, err);
}

/* A write without an answer, by one of the library's two verbs. */
static PyObject *write_unanswered(PyObject *self, PyObject *args,
	int (*verb)(struct ble_host *host, ble_conn_id conn, uint16_t handle, const void *data, size_t len))
{
	struct device *d = (struct device *)self;
	unsigned int peer;
	unsigned short handle;
	const char *data;
	Py_ssize_t len;
	PyThreadState *ts;
	if (!PyArg_ParseTuple(args, "O&O&y#", to_u32, &peer, to_u16, &handle, &data, &len) || !device_enter(d, &ts))
		return NULL;
	return device_leave(d, &ts, verb(ble_host(d->ble), peer, handle, data, (size_t)len));
}

PyObject *device_write_command(PyObject *self, PyObject *args)
{
	return write_unanswered(self, args, ble_client_write_command);
}

PyObject *device_write_signed(PyObject *self, PyObject *args)
{
	return write_unanswered(self, args, ble_client_write_signed);
}

PyObject *device_subscribe(PyObject *self, PyObject *args)
{
	struct device *d = (struct device *)self;
	unsigned int peer;
	unsigned short value_handle, end_handle;
	unsigned char bits;
	PyThreadState *ts;
	if (!PyArg_ParseTuple(args, "O&O&O&b", to_u32, &peer, to_u16, &value_handle, to_u16, &end_handle, &bits) ||
		!device_enter(d, &ts))
		return NULL;
	return device_leave(d, &ts, ble_client_subscribe(ble_host(d->ble), peer, value_handle, end_handle, bits));
}
