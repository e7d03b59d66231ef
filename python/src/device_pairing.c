/*
 * Pairing and bonds of a device: ble_security() and what belongs to it, and for the modern face ble_conn_secure(). Numbers
 * arrive as Python's side of the module has them; which ways to pair the library is to have follows from them here.
 */
#include "ext.h"

/* Every way that these capabilities can go: what the peer cannot do is found out between the two. */
static size_t choose_ways(const struct ble_way *ways[5], uint8_t capabilities, bool legacy, bool oob)
{
	size_t n = 0;
	if (legacy)
		ways[n++] = &ble_legacy_pairing;
	if (capabilities != BLE_CAP_NONE && capabilities != BLE_CAP_DEFAULT)
		ways[n++] = &ble_passkey_entry;
	if (capabilities == BLE_CAP_DISPLAY_YES_NO || capabilities == BLE_CAP_KEYBOARD_DISPLAY)
		ways[n++] = &ble_numeric_comparison;
	if (oob)
		ways[n++] = &ble_out_of_band;
	ways[n] = NULL;
	return n;
}

PyObject *device_security(PyObject *self, PyObject *args)
{
	struct device *d = (struct device *)self;
	struct ble_security_params p = { 0 };
	const struct ble_way *ways[5];
	int oob, sc_only, on_demand = 0, keep_bonded = 0, evict = 0;
	unsigned int passkey;
	PyThreadState *ts;
	if (!PyArg_ParseTuple(args, "bbbbbbbppO&|ppp", &p.capabilities, &p.bonding, &p.scheme, &p.key_size, &p.min_key_size,
		    &p.initiator, &p.responder, &oob, &sc_only, to_u32, &passkey, &on_demand, &keep_bonded,
		    &evict) || !device_enter(d, &ts))
		return NULL;
	choose_ways(ways, p.capabilities, !sc_only, oob);
	p.ways = ways;
	p.sc_only = sc_only;
	p.on_demand = on_demand;
	p.keep_bonded = keep_bonded;
	p.evict = evict;
	p.passkey = passkey;
	int err = ble_security(d->ble, &p);
	d->secured |= !err;
	return device_leave(d, &ts, err);
}

int device_sign(struct device *d, const struct ble_characteristic *const *characteristics)
{
	bool wanted = false;
	for (; characteristics && *characteristics; characteristics++)
		wanted |= ((*characteristics)->permission & BLE_WRITE_SIGNED) != 0;
	return wanted && !d->secured ? ble_security(d->ble, &(struct ble_security_params){ 0 }) : 0;
}

enum { BONDS_MOST = 255 };

PyObject *device_bonded(PyObject *self, PyObject *unused)
{
	struct device *d = (struct device *)self;
	struct ble_addr addrs[BONDS_MOST];
	PyThreadState *ts;
	(void)unused;
	if (!device_enter(d, &ts))
		return NULL;
	int n = ble_bonded(d->ble, addrs, BONDS_MOST);
	PyObject *done = device_leave(d, &ts, n < 0 ? n : 0);
	PyObject *list = done ? PyList_New(n) : NULL;
	Py_XDECREF(done);
	for (int i = 0; list && i < n; i++) {
		PyObject *item = Py_BuildValue("(iN)", addrs[i].type, address_object(&addrs[i]));
		if (!item || PyList_SetItem(list, i, item) < 0)
			Py_CLEAR(list);
	}
	return list;
}

PyObject *device_remove_bonded(PyObject *self, PyObject *args)
{
	struct device *d = (struct device *)self;
	struct ble_addr addr;
	const char *octets;
	Py_ssize_t len;
	int type;
	PyThreadState *ts;
	if (!PyArg_ParseTuple(args, "iy#", &type, &octets, &len) || !address_argument(type, octets, len, &addr) ||
		!device_enter(d, &ts))
		return NULL;
	return device_leave(d, &ts, ble_remove_bonded(d->ble, &addr));
}

PyObject *device_confirm_passkey(PyObject *self, PyObject *args)
{
	struct device *d = (struct device *)self;
	unsigned int peer;
	int yes;
	PyThreadState *ts;
	if (!PyArg_ParseTuple(args, "O&p", to_u32, &peer, &yes) || !device_enter(d, &ts))
		return NULL;
	return device_leave(d, &ts, ble_confirm_passkey(d->ble, peer, yes));
}

PyObject *device_enter_passkey(PyObject *self, PyObject *args)
{
	struct device *d = (struct device *)self;
	unsigned int peer, passkey;
	PyThreadState *ts;
	if (!PyArg_ParseTuple(args, "O&O&", to_u32, &peer, to_u32, &passkey) || !device_enter(d, &ts))
		return NULL;
	return device_leave(d, &ts, ble_enter_passkey(d->ble, peer, passkey));
}

/* Its events come through device_on_event(); that there is a function at all is what the library asks. */
static void nothing(struct ble *ble, const struct ble_event *ev, void *ctx)
{
	(void)ble;
	(void)ev;
	(void)ctx;
}

/* Whether Python answers PASSKEY_WANTED; if not, the fixed passkey does. */
PyObject *device_set_asked(PyObject *self, PyObject *on)
{
	struct device *d = (struct device *)self;
	int asked = PyObject_IsTrue(on);
	PyThreadState *ts;
	if (asked < 0 || !device_enter(d, &ts))
		return NULL;
	return device_leave(d, &ts, ble_add_callback(d->ble, BLE_EV_PASSKEY_WANTED, asked ? nothing : NULL, d));
}

PyObject *device_secure(PyObject *self, PyObject *args)
{
	struct device *d = (struct device *)self;
	unsigned int peer;
	int anew = 0;
	PyThreadState *ts;
	if (!PyArg_ParseTuple(args, "O&|p", to_u32, &peer, &anew) || !device_enter(d, &ts))
		return NULL;
	return device_leave(d, &ts, ble_conn_secure(ble_host(d->ble), peer, anew));
}

PyObject *device_is_pairing(PyObject *self, PyObject *args)
{
	struct device *d = (struct device *)self;
	struct ble_security_info info;
	unsigned int peer;
	PyThreadState *ts;
	if (!PyArg_ParseTuple(args, "O&", to_u32, &peer) || !device_enter(d, &ts))
		return NULL;
	int err = ble_conn_security(ble_host(d->ble), peer, &info);
	scene_leave(d->scene, &ts);
	return PyBool_FromLong(!err && info.pairing);
}

static bool has_oob(void *ctx)
{
	const struct device *d = ctx;
	return d->oob_made || !d->started;
}

/* Waits for the key pair that they belong to. r, then c. */
PyObject *device_oob_data(PyObject *self, PyObject *unused)
{
	struct device *d = (struct device *)self;
	PyThreadState *ts;
	(void)unused;
	if (d->services && !d->started) /* randomness comes with the start */
		return raise_code(BLE_ESTATE, "oob_data: the device has not been started");
	if (!device_enter(d, &ts))
		return NULL;
	if (!ts)
		ts = PyEval_SaveThread();
	d->oob_made = false;
	int err = ble_oob_data(d->ble);
	if (!err) {
		device_poke(d);
		err = scene_wait(d->scene, has_oob, d, BLE_NEVER, &ts);
	}
	if (!err)
		err = d->oob_made ? d->oob_err : BLE_ESTATE;
	char octets[32];
	memcpy(octets, d->oob, sizeof octets);
	PyObject *done = device_leave(d, &ts, err);
	Py_XDECREF(done);
	return done ? PyBytes_FromStringAndSize(octets, sizeof octets) : NULL;
}

PyObject *device_set_oob_data(PyObject *self, PyObject *args)
{
	struct device *d = (struct device *)self;
	struct ble_oob theirs = { 0 };
	const char *octets, *peer;
	Py_ssize_t len, peer_len;
	int type;
	PyThreadState *ts;
	if (!PyArg_ParseTuple(args, "y#iz#", &octets, &len, &type, &peer, &peer_len))
		return NULL;
	if (len != 16 && len != 32)
		return raise_argument("data: %zd octets, legacy pairing has 16 and Secure Connections 32", len);
	if ((peer && !address_argument(type, peer, peer_len, &theirs.peer)) || !device_enter(d, &ts))
		return NULL;
	memcpy(len == 16 ? theirs.tk : theirs.r, octets, 16);
	if (len == 32)
		memcpy(theirs.c, octets + 16, 16);
	return device_leave(d, &ts, ble_set_oob_data(d->ble, &theirs, len == 16));
}

PyObject *device_privacy(PyObject *self, PyObject *args)
{
	struct device *d = (struct device *)self;
	unsigned int rotate;
	int on;
	PyThreadState *ts;
	if (!PyArg_ParseTuple(args, "pO&", &on, to_u32, &rotate) || !device_enter(d, &ts))
		return NULL;
	return device_leave(d, &ts, ble_privacy(d->ble, on, rotate));
}
