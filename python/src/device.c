/*
 * Device: its making and end, start and stop, and the verbs of ble.h one by one. Arguments arrive here in the library's
 * own units and have been looked at by Python, which names them as the program does; what is wrong nevertheless is
 * refused by the library, in its words.
 */
#include "ext.h"

#include <stdlib.h>
#include <unistd.h>

PyTypeObject *device_type;

enum { SERVICES = 64, SUBSCRIPTIONS = 512, SCAN_CACHE = 512, ACCEPT_MAX = 255 };

/* In a world controllers do not hang: there the first is left out. */
static const struct ble_part *const parts[] = { &ble_heartbeat, &ble_prepared, &ble_multiple, &ble_central, &ble_client,
	&ble_accept, &ble_pairing, &ble_signing, &ble_private, &ble_levels, NULL };

enum { CLOCK_STEP_US = 10000 };

/* The host's clock stands while it has nothing to do: a time-out that begins now would be over too soon. Not each time,
 * as what has been written is flushed by it, and a burst is to be one system call. */
static void set_clock(struct device *d)
{
	struct ble_host *host = d->started ? ble_host(d->ble) : NULL;
	uint64_t now = host ? scene_now(d->scene) : 0;
	if (host && now > ble_host_now(host) + CLOCK_STEP_US)
		ble_host_run(host, now);
}

bool device_enter(struct device *d, PyThreadState **ts)
{
	*ts = NULL;
	if (!d->ble)
		raise_code(BLE_ESTATE, d->services ? "the device is closed" : "Device.__init__ has not been called");
	else if (d->generation != forks)
		raise_code(BLE_ESTATE, "this device belongs to the process that made it, not to its forked child");
	else {
		scene_enter(d->scene, ts);
		if (d->ble) {
			set_clock(d);
			return true;
		}
		scene_leave(d->scene, ts); /* another thread closed it while this one waited for the lock */
		raise_code(BLE_ESTATE, "the device is closed");
	}
	return false;
}

PyObject *device_leave(struct device *d, PyThreadState **ts, int err)
{
	char why[256];
	if (err < 0)
		ble_explain(d->ble, err, why, sizeof why);
	device_poke(d);
	scene_leave(d->scene, ts);
	if (err == SCENE_INTERRUPTED)
		return NULL;
	if (err < 0)
		return raise_code(err, why);
	Py_RETURN_NONE;
}

static struct device *self_of(PyObject *self)
{
	return (struct device *)self;
}

/* ---- making and end ---- */

static int make(struct device *d, unsigned connections, unsigned mtu, unsigned queue)
{
	struct ble_fault fault = { 0 };
	device_seams(d);
	struct ble_options o = { .connections = (uint8_t)connections, .services = SERVICES, .subscriptions = SUBSCRIPTIONS,
		.value_octets = BLE_NONE, .scan_cache = SCAN_CACHE, .att_mtu = (uint16_t)mtu, .parts = parts + (d->scene != &d->own),
		.accept_list = ACCEPT_MAX,
		.tx_queue = (uint8_t)(connections < 90 ? 60 + 2 * connections : 250), .transport = &d->seam,
		.platform = &d->platform, .fault = &fault };
	size_t size = ble_memory(&o);
	d->memory = calloc(1, size); /* not Python's memory: it is given back without the GIL */
	d->written = malloc((size_t)512 * connections);
	if (!d->memory || !d->written || queue_init(&d->queue, queue, connections))
		return BLE_ENOMEM;
	int err = device_store(d, &fault); /* bonds are read as the library is made */
	if (!err)
		err = ble_init(&d->ble, d->memory, size, &o);
	if (!err)
		err = ble_broadcasting(d->ble);
	if (!err)
		err = ble_add_callback(d->ble, BLE_EV_NONE, device_on_event, d);
	if (err) {
		char why[200];
		raise_code(err, ble_fault_explain(&fault, err, why, sizeof why));
	}
	return err;
}

static char *copy_text(const char *text)
{
	if (!text)
		return NULL;
	char *copy = PyMem_Malloc(strlen(text) + 1);
	return copy ? strcpy(copy, text) : NULL;
}

static bool set_scene(struct device *d, PyObject *world)
{
	if (world != Py_None && !PyObject_TypeCheck(world, world_type)) {
		raise_type("world: a World is taken", world);
		return false;
	}
	if (world == Py_None) {
		d->scene = &d->own;
		return scene_init(&d->own, NULL) == 0;
	}
	if (!world_scene(world)->world) {
		raise_code(BLE_ESTATE, "World.__init__ has not been called");
		return false;
	}
	d->world = Py_NewRef(world);
	d->scene = world_scene(world);
	return true;
}

static int init(PyObject *self, PyObject *args, PyObject *kwargs)
{
	struct device *d = self_of(self);
	static char *names[] = { "driver", "store", "world", "connections", "att_mtu", "queue", "x", "y", "name", NULL };
	const char *uri = NULL, *store = "", *name = NULL;
	PyObject *world = Py_None;
	unsigned connections = 1, mtu = 247, queue = 64;
	if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|zzOO&O&O&ddz", names, &uri, &store, &world, to_u32,
		    &connections, to_u32, &mtu, to_u32, &queue, &d->node_options.x_m, &d->node_options.y_m, &name))
		return -1;
	(void)name;
	if (d->services) { /* also of one that is closed, or could not be made */
		raise_code(BLE_ESTATE, "a device is made once");
		return -1;
	}
	if (connections < 1 || connections > 250)
		raise_argument("connections: %u is outside 1..250", connections);
	else if (mtu < 23 || mtu > 517)
		raise_argument("att_mtu: %u is outside 23..517 (octets)", mtu);
	else if (queue < 1 || queue > 4096)
		raise_argument("queue: %u is outside 1..4096 (events)", queue);
	if (PyErr_Occurred())
		return -1;
	d->event_fd = -1;
	d->generation = forks;
	d->connections = (uint8_t)connections;
	d->node_options.ctlr.connections = d->connections;
	d->uri = copy_text(uri);
	d->store = copy_text(store);
	d->services = PyList_New(0);
	d->interest = ~((1ULL << BLE_EV_SENT) | (1ULL << BLE_EV_CONFIRMED));
	if (!d->services || !set_scene(d, world) || make(d, connections, mtu, queue)) {
		if (!PyErr_Occurred())
			PyErr_NoMemory();
		return -1;
	}
	return 0;
}

static void free_memory(struct device *d)
{
	queue_end(&d->queue);
	free(d->memory);
	free(d->written);
	d->memory = NULL;
	d->written = NULL;
}

static bool is_not_stopping(void *ctx)
{
	return !((const struct device *)ctx)->stopping;
}

/* What the library and the queue have, with the lock: who waits for it finds a device that is closed. */
static void end_library(struct device *d)
{
	device_down(d, NULL);
	ble_end(d->ble);
	ble_posix_close(d->os);
	d->os = NULL;
	if (d->node)
		ble_world_remove(d->node);
	d->node = NULL;
	d->ble = NULL;
	free_memory(d);
	if (d->event_fd >= 0)
		close(d->event_fd);
	d->event_fd = -1;
}

/* Ends the device at once, or when the thread that stops it has; nothing of Python is let go before the library has
 * forgotten it. False: Ctrl-C while it waited, and it goes on. */
static bool end(struct device *d)
{
	if (!d->ble || d->generation != forks)
		return true;
	PyThreadState *ts;
	scene_enter(d->scene, &ts);
	if (!ts)
		ts = PyEval_SaveThread();
	int err = d->stopping ? scene_wait(d->scene, is_not_stopping, d, BLE_NEVER, &ts) : 0;
	bool mine = !err && d->ble; /* else another thread has ended it meanwhile */
	if (mine)
		end_library(d);
	scene_leave(d->scene, &ts);
	for (Py_ssize_t i = 0; mine && i < PyList_Size(d->services); i++)
		service_release((service *)PyList_GetItem(d->services, i));
	return !err;
}

static int traverse(PyObject *self, visitproc visit, void *arg)
{
	struct device *d = self_of(self);
	Py_VISIT(Py_TYPE(self));
	Py_VISIT(d->services);
	Py_VISIT(d->world);
	return 0;
}

static int clear(PyObject *self)
{
	struct device *d = self_of(self);
	(void)end(d);
	if (d->generation != forks)
		return 0;
	Py_CLEAR(d->services);
	return 0;
}

static void dealloc(PyObject *self)
{
	struct device *d = self_of(self);
	PyTypeObject *type = Py_TYPE(self);
	PyObject_GC_UnTrack(self);
	if (d->services && d->generation == forks) {
		clear(self);
		free_memory(d); /* there is some if it was never made whole */
		ble_posix_close(d->os);
		if (d->scene == &d->own)
			scene_end(&d->own);
		Py_CLEAR(d->world);
		PyMem_Free(d->uri);
		PyMem_Free(d->store);
	}
	((freefunc)PyType_GetSlot(type, Py_tp_free))(self);
	Py_DECREF(type);
}

/* ---- up and down ---- */

static bool is_up(void *ctx)
{
	const struct device *d = ctx;
	return d->ready || d->start_err || !d->started;
}

static PyObject *start(PyObject *self, PyObject *args)
{
	struct device *d = self_of(self);
	PyThreadState *ts;
	PyObject *timeout = Py_None;
	uint64_t until;
	char why[256];
	if (!PyArg_ParseTuple(args, "|O", &timeout) || !scene_until(d->scene, timeout, &until) || !device_enter(d, &ts))
		return NULL;
	if (!ts)
		ts = PyEval_SaveThread();
	int err = d->started ? 0 : device_up(d, why, sizeof why);
	if (!err)
		err = scene_wait(d->scene, is_up, d, until, &ts);
	if (err == BLE_ETIMEOUT)
		strcpy(why, "the controller did not answer in time");
	if (!err && !d->ready) {
		err = d->start_err ? d->start_err : BLE_EGONE;
		(void)snprintf(why, sizeof why, "the controller cannot be brought up: %s", ble_strerror(err));
	}
	if (err)
		device_down(d, NULL);
	scene_leave(d->scene, &ts);
	if (err == SCENE_INTERRUPTED)
		return NULL;
	if (err == BLE_EINVAL && d->start_err == err) /* a level that can never be reached is no fault of the driver */
		return raise_code(err, why);
	if (err)
		return raise_hardware(err, why);
	Py_RETURN_NONE;
}

static PyObject *stop(PyObject *self, PyObject *unused)
{
	struct device *d = self_of(self);
	PyThreadState *ts;
	(void)unused;
	if (!device_enter(d, &ts))
		return NULL;
	if (!ts)
		ts = PyEval_SaveThread();
	device_down(d, &ts);
	scene_leave(d->scene, &ts);
	if (PyErr_Occurred()) /* Ctrl-C during the farewell: it is stopped nevertheless */
		return NULL;
	Py_RETURN_NONE;
}

static PyObject *close_(PyObject *self, PyObject *unused)
{
	(void)unused;
	return end(self_of(self)) ? Py_NewRef(Py_None) : NULL;
}

/* ---- who we are ---- */

static PyObject *gap(PyObject *self, PyObject *args)
{
	struct device *d = self_of(self);
	struct ble_gap_params p = { 0 };
	const char *name = NULL;
	Py_ssize_t len = 0;
	PyThreadState *ts;
	unsigned int min, max, supervision;
	if (!PyArg_ParseTuple(args, "z#O&bbO&O&O&O&", &name, &len, to_u16, &p.appearance, &p.security_mode,
		    &p.security_level, to_u32, &min, to_u32, &max, to_u16, &p.latency, to_u32, &supervision))
		return NULL;
	if (name && (len < 1 || len > 248 || strlen(name) != (size_t)len))
		return raise_argument("name: %zd octets are outside 1..248, none of them 0", len);
	p.interval_min_us = min;
	p.interval_max_us = max;
	p.supervision_ms = supervision;
	if (!device_enter(d, &ts))
		return NULL;
	unsigned at = 1 - d->name_at;
	if (name)
		p.name = memcpy(d->names[at], name, (size_t)len + 1);
	int err = ble_gap(d->ble, &p);
	if (!err && name)
		d->name_at = at;
	return device_leave(d, &ts, err);
}

/* ---- advertising ---- */

static PyObject *advertising(PyObject *self, PyObject *args)
{
	struct device *d = self_of(self);
	struct ble_advertising_params p = { 0 };
	const char *payload, *rsp, *peer;
	Py_ssize_t payload_len, rsp_len, peer_len;
	unsigned int interval, timeout;
	int company, peer_type, restart;
	PyThreadState *ts;
	if (!PyArg_ParseTuple(args, "O&O&z#z#bbibpiz#", to_u32, &interval, to_u32, &timeout, &payload, &payload_len,
		    &rsp, &rsp_len, &p.mode, &p.raw, &company, &p.channels, &restart, &peer_type, &peer, &peer_len))
		return NULL;
	if (payload_len > 255 || rsp_len > 255)
		return raise_argument("%s: %zd octets, a packet has 31", payload_len > 255 ? "payload" : "scanrsp",
			payload_len > 255 ? payload_len : rsp_len);
	if (peer && !address_argument(peer_type, peer, peer_len, &p.peer))
		return NULL;
	p.interval_us = interval;
	p.timeout_ms = timeout;
	p.payload = payload;
	p.scan_rsp = rsp;
	p.payload_len = (uint8_t)payload_len;
	p.scan_rsp_len = (uint8_t)rsp_len;
	p.company = company;
	p.auto_restart = restart;
	if (!device_enter(d, &ts))
		return NULL;
	return device_leave(d, &ts, ble_advertising(d->ble, &p));
}

#define PLAIN_VERB(name)                                                                                               \
	static PyObject *name(PyObject *self, PyObject *unused)                                                        \
	{                                                                                                              \
		struct device *d = self_of(self);                                                                      \
		PyThreadState *ts;                                                                                     \
		(void)unused;                                                                                          \
		if (!device_enter(d, &ts))                                                                             \
			return NULL;                                                                                   \
		return device_leave(d, &ts, ble_##name(d->ble));                                                       \
	}

PLAIN_VERB(start_advertising)
PLAIN_VERB(stop_advertising)
PLAIN_VERB(stop_scanning)

/* ---- scanning ---- */

static PyObject *scanning(PyObject *self, PyObject *args)
{
	struct device *d = self_of(self);
	unsigned int interval, window;
	unsigned char filter, addr;
	int duplicates, active;
	PyThreadState *ts;
	if (!PyArg_ParseTuple(
		    args, "O&O&pbbp", to_u32, &interval, to_u32, &window, &duplicates, &filter, &addr, &active))
		return NULL;
	if (!device_enter(d, &ts))
		return NULL;
	return device_leave(d, &ts, ble_scanning(d->ble, &(struct ble_scanning_params){ .interval_us = interval,
		.window_us = window, .duplicates = duplicates, .active = active, .filter = filter, .addr = addr }));
}

static PyObject *start_scanning(PyObject *self, PyObject *args)
{
	struct device *d = self_of(self);
	unsigned int ms;
	PyThreadState *ts;
	if (!PyArg_ParseTuple(args, "O&", to_u32, &ms) || !device_enter(d, &ts))
		return NULL;
	return device_leave(d, &ts, ble_start_scanning(d->ble, ms));
}

static PyObject *accept_list(PyObject *self, PyObject *list)
{
	struct device *d = self_of(self);
	struct ble_addr addrs[ACCEPT_MAX];
	PyThreadState *ts;
	Py_ssize_t n = PySequence_Size(list);
	if (n > ACCEPT_MAX)
		return raise_argument("addrs: %zd are more than %d", n, (int)ACCEPT_MAX);
	for (Py_ssize_t i = 0; i < n; i++) {
		PyObject *item = PySequence_GetItem(list, i);
		int type = 0;
		const char *octets = NULL;
		Py_ssize_t len = 0;
		bool ok = item && PyArg_ParseTuple(item, "iy#", &type, &octets, &len) &&
			address_argument(type, octets, len, &addrs[i]);
		Py_XDECREF(item);
		if (!ok)
			return NULL;
	}
	if (n < 0 || !device_enter(d, &ts))
		return NULL;
	return device_leave(d, &ts, ble_accept_list(d->ble, addrs, (size_t)n));
}

/* ---- what Python looks at ---- */

static PyObject *now_us(PyObject *self, void *unused)
{
	struct device *d = self_of(self);
	(void)unused;
	return PyLong_FromUnsignedLongLong(d->scene ? scene_now(d->scene) : 0);
}

static PyObject *is_started(PyObject *self, void *unused)
{
	(void)unused;
	return PyBool_FromLong(self_of(self)->started && !self_of(self)->stopping);
}

static PyObject *get_limit(PyObject *self, void *unused)
{
	(void)unused;
	return PyLong_FromLong(self_of(self)->connections);
}

static PyObject *get_world(PyObject *self, void *unused)
{
	(void)unused;
	return Py_NewRef(self_of(self)->world ? self_of(self)->world : Py_None);
}

static PyObject *answer(PyObject *self, PyObject *args)
{
	struct device *d = self_of(self);
	unsigned int token;
	int err;
	const char *data;
	Py_ssize_t len;
	PyThreadState *ts;
	if (!PyArg_ParseTuple(args, "O&iz#", to_u32, &token, &err, &data, &len) || !device_enter(d, &ts))
		return NULL;
	return device_leave(d, &ts, ble_answer(d->ble, token, err, data, (size_t)len));
}

static PyMethodDef own_methods[] = {
	{ "start", start, METH_VARARGS, "start(timeout=None)\n--\n\nBrings the controller up, and waits until it is." },
	{ "stop", stop, METH_NOARGS,
		"stop()\n--\n\nSays farewell to its peers, for at most a second, and releases the driver." },
	{ "close", close_, METH_NOARGS, "close()\n--\n\nEnds the device for good, at once." },
	{ "gap", gap, METH_VARARGS,
		"gap(name, appearance, mode, level, min_us, max_us, latency, supervision_ms)\n--\n\n" },
	{ "add_service", device_add_service, METH_O, "add_service(service)\n--\n\n" },
	{ "remove_service", device_remove_service, METH_O, "remove_service(service)\n--\n\n" },
	{ "advertising", advertising, METH_VARARGS,
		"advertising(interval_us, timeout_ms, payload, scan_rsp, mode, raw, company, channels, auto_restart, "
		"peer_type, peer)\n--\n\n" },
	{ "start_advertising", start_advertising, METH_NOARGS, "start_advertising()\n--\n\n" },
	{ "stop_advertising", stop_advertising, METH_NOARGS, "stop_advertising()\n--\n\n" },
	{ "scanning", scanning, METH_VARARGS,
		"scanning(interval_us, window_us, duplicates, filter, addr, active)\n--\n\n" },
	{ "start_scanning", start_scanning, METH_VARARGS, "start_scanning(duration_ms)\n--\n\n" },
	{ "stop_scanning", stop_scanning, METH_NOARGS, "stop_scanning()\n--\n\n" },
	{ "accept_list", accept_list, METH_O, "accept_list(addrs)\n--\n\n" },
	{ "notify", device_notify, METH_VARARGS,
		"notify(ch, data, peer, timeout)\n--\n\nSends octets to one peer (0: each) that has subscribed. "
		"timeout 0 does "
		"not wait." },
	{ "disconnect", device_disconnect, METH_VARARGS, "disconnect(peer=0)\n--\n\n" },
	{ "connections", device_connections, METH_NOARGS, "connections()\n--\n\nThe ids of those that are up." },
	{ "connection", device_connection, METH_VARARGS,
		"connection(peer)\n--\n\n(address type, address, role, interval_us, latency, supervision_ms, att_mtu, "
		"tx_phy, "
		"rx_phy, rssi)" },
	{ "rssi", device_rssi, METH_VARARGS, "rssi(peer)\n--\n\n" },
	{ "tx_power", device_tx_power, METH_NOARGS, "tx_power()\n--\n\n" },
	{ "address", device_address, METH_NOARGS,
		"address()\n--\n\n(type, address) of this device, once it has started." },
	{ "stats", device_stats, METH_NOARGS, "stats()\n--\n\nWhat has been counted." },
	{ "security", device_security, METH_VARARGS,
		"security(capabilities, bonding, scheme, key_size, min_key_size, initiator, responder, oob, sc_only, passkey, "
		"on_demand=False, keep_bonded=False, evict=False)\n--\n\n" },
	{ "bonded", device_bonded, METH_NOARGS, "bonded()\n--\n\n[(type, address)] of the bonds." },
	{ "remove_bonded", device_remove_bonded, METH_VARARGS, "remove_bonded(address_type, address)\n--\n\n" },
	{ "confirm_passkey", device_confirm_passkey, METH_VARARGS, "confirm_passkey(peer, confirmed)\n--\n\n" },
	{ "enter_passkey", device_enter_passkey, METH_VARARGS, "enter_passkey(peer, passkey)\n--\n\n" },
	{ "set_asked", device_set_asked, METH_O,
		"set_asked(on)\n--\n\nWhether PASSKEY_WANTED is answered, rather than by the fixed passkey." },
	{ "secure", device_secure, METH_VARARGS, "secure(peer, anew=False)\n--\n\nEncrypts, or pairs." },
	{ "is_pairing", device_is_pairing, METH_VARARGS, "is_pairing(peer)\n--\n\nA pairing is under way." },
	{ "oob_data", device_oob_data, METH_NOARGS,
		"oob_data()\n--\n\n32 octets for the peer: random value, confirm value." },
	{ "set_oob_data", device_set_oob_data, METH_VARARGS, "set_oob_data(data, address_type, address)\n--\n\n" },
	{ "privacy", device_privacy, METH_VARARGS, "privacy(on, rotate_ms)\n--\n\n" },
	{ "answer", answer, METH_VARARGS, "answer(token, err, data)\n--\n\nAnswers a read or write that waits." },
	{ "connect", device_connect, METH_VARARGS,
		"connect(address_type, address, interval_us, latency, supervision_ms, timeout_ms)\n--\n\n" },
	{ "cancel", device_cancel, METH_NOARGS, "cancel()\n--\n\nEnds the attempt to connect." },
	{ "update", device_update, METH_VARARGS,
		"update(peer, min_us, max_us, latency, supervision_ms)\n--\n\nAsks for other connection parameters." },
	{ "exchange_mtu", device_exchange_mtu, METH_VARARGS, "exchange_mtu(peer)\n--\n\n" },
	{ "services", device_services, METH_VARARGS, "services(peer, uuid=b\"\")\n--\n\n" },
	{ "includes", device_includes, METH_VARARGS, "includes(peer, start, end)\n--\n\n" },
	{ "characteristics", device_characteristics, METH_VARARGS, "characteristics(peer, start, end)\n--\n\n" },
	{ "descriptors", device_descriptors, METH_VARARGS, "descriptors(peer, start, end)\n--\n\n" },
	{ "read", device_read, METH_VARARGS, "read(peer, handle)\n--\n\n" },
	{ "write", device_write, METH_VARARGS, "write(peer, handle, data)\n--\n\n" },
	{ "write_command", device_write_command, METH_VARARGS, "write_command(peer, handle, data)\n--\n\n" },
	{ "write_signed", device_write_signed, METH_VARARGS, "write_signed(peer, handle, data)\n--\n\n" },
	{ "subscribe", device_subscribe, METH_VARARGS, "subscribe(peer, value_handle, end_handle, bits)\n--\n\n" },
	{ "accept", device_accept, METH_VARARGS,
		"accept(token, ch, data, err)\n--\n\nStores a judged write, or refuses it. False: it was too late." },
	{ "poll", device_poll, METH_NOARGS, "poll()\n--\n\nThe next event, or None." },
	{ "next_event", device_next_event, METH_VARARGS,
		"next_event(timeout=None)\n--\n\nWaits for the next event; None: the time is over." },
	{ "set_interest", device_set_interest, METH_O, "set_interest(mask)\n--\n\nWhich events are wanted, by bits." },
	{ "fileno", device_fileno, METH_NOARGS,
		"fileno()\n--\n\nA descriptor that polls readable while there is an event." },
	{ NULL, NULL, 0, NULL },
};

static PyGetSetDef getset[] = {
	{ "now_us", now_us, NULL, "The time of this device's clock.", NULL },
	{ "started", is_started, NULL, "Between start() and stop().", NULL },
	{ "connections_max", get_limit, NULL, "Connections at a time.", NULL },
	{ "world", get_world, NULL, "The world it lives in, or None.", NULL },
	{ NULL, NULL, NULL, NULL, NULL },
};

static PyType_Slot slots[] = {
	{ Py_tp_doc, "Device(driver=None, store=\"\", world=None, connections=1, att_mtu=247, queue=64, x=0, y=0, name=None)\n"
		     "--\n\nA device with its host thread, or in a world." },
	{ Py_tp_init, init },
	{ Py_tp_traverse, traverse },
	{ Py_tp_clear, clear },
	{ Py_tp_dealloc, dealloc },
	{ Py_tp_methods, own_methods },
	{ Py_tp_getset, getset },
	{ 0, NULL },
};

int device_add(PyObject *module)
{
	PyType_Spec spec = { .name = "glint._glint.Device", .basicsize = sizeof(struct device),
		.flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, .slots = slots };
	device_type = (PyTypeObject *)PyType_FromSpec(&spec);
	return device_type ? PyModule_AddType(module, device_type) : -1;
}
