/*
 * Characteristic: the library's description and its value's memory in one object, which does not move. While its service
 * is added the device keeps the service, and the service this, so that nothing the library points to can be collected.
 */
#include "ext.h"

#include <stddef.h>

PyTypeObject *characteristic_type;

characteristic *characteristic_of(const struct ble_characteristic *ch)
{
	return (characteristic *)((uintptr_t)ch - offsetof(characteristic, ble));
}

static bool check(long uuid, long permission, long size, long type, long events)
{
	if (uuid < 0 || uuid > 0xFFFF)
		raise_argument("uuid: %ld is outside 0..65535", uuid);
	else if (permission < 1 || permission > 0xFF)
		raise_argument("permission: %ld is outside 1..255", permission);
	else if (size < 1 || size > 512)
		raise_argument("size: %ld is outside 1..512 (octets)", size);
	else if (type < 0 || type > 2)
		raise_argument("type: %ld is outside 0..2 (NUMBER, STRING, BYTES)", type);
	else if (events < 0 || events > 0xFF)
		raise_argument("events: %ld is outside 0..255", events);
	else
		return true;
	return false;
}

static bool set_descriptor(characteristic *c, const char *text, Py_ssize_t len)
{
	if (len > 512) {
		raise_argument("descriptor: %zd octets are outside 0..512", len);
		return false;
	}
	if (len && strlen(text) != (size_t)len) {
		raise_argument("descriptor: it has a zero octet");
		return false;
	}
	c->descriptor = PyMem_Malloc((size_t)len + 1);
	if (!c->descriptor) {
		PyErr_NoMemory();
		return false;
	}
	memcpy(c->descriptor, text ? text : "", (size_t)len + 1);
	c->ble.descriptor = c->descriptor;
	return true;
}

static int init(PyObject *self, PyObject *args, PyObject *kwargs)
{
	characteristic *c = (characteristic *)self;
	static char *names[] = { "uuid", "permission", "size", "descriptor", "type", "base_uuid", "utf8", "events",
		"format", NULL };
	long uuid, permission, size, type = 0, events = 0;
	const char *descriptor = NULL, *base = NULL;
	Py_ssize_t descriptor_len = 0, base_len = 0;
	int utf8 = 0;
	PyObject *format = Py_None;
	if (!PyArg_ParseTupleAndKeywords(args, kwargs, "lll|z#lz#plO", names, &uuid, &permission, &size, &descriptor,
		    &descriptor_len, &type, &base, &base_len, &utf8, &events, &format) ||
		!check(uuid, permission, size, type, events))
		return -1;
	if (c->ble.value) {
		raise_code(BLE_ESTATE, "a characteristic is made once");
		return -1;
	}
	if (base && base_len != 16) {
		raise_argument("base_uuid: %zd octets, it has 16", base_len);
		return -1;
	}
	c->ble = (struct ble_characteristic){ .uuid = (uint16_t)uuid, .permission = (uint8_t)permission,
		.type = (uint8_t)(type + 1), .size = (uint16_t)size, .length = (uint16_t)size,
		.events = (uint8_t)events };
	if (base)
		c->ble.base_uuid = memcpy(c->base, base, 16);
	short exponent = 0;
	if (format != Py_None) {
		if (!PyTuple_Check(format)) {
			raise_type("format: a tuple is taken", format);
			return -1;
		}
		if (!PyArg_ParseTuple(format, "bhO&bO&;format is (format, exponent, unit, name_space, description)",
			    &c->format.format, &exponent, to_u16, &c->format.unit, &c->format.name_space, to_u16,
			    &c->format.description))
			return -1;
		if (exponent < -128 || exponent > 127) {
			raise_argument("format: the exponent %d is outside -128..127", (int)exponent);
			return -1;
		}
		c->format.exponent = (int8_t)exponent;
		c->ble.format = &c->format;
	}
	c->utf8 = utf8;
	if (!set_descriptor(c, descriptor, descriptor_len))
		return -1;
	c->ble.value = PyMem_Calloc(1, (size_t)size);
	c->ble.on_check = device_on_check;
	if (!c->ble.value) {
		PyErr_NoMemory();
		return -1;
	}
	return 0;
}

static void dealloc(PyObject *self)
{
	characteristic *c = (characteristic *)self;
	PyTypeObject *type = Py_TYPE(self);
	PyMem_Free(c->ble.value);
	PyMem_Free(c->descriptor);
	((freefunc)PyType_GetSlot(type, Py_tp_free))(self);
	Py_DECREF(type);
}

static bool is_made(const characteristic *c)
{
	if (!c->ble.value)
		raise_code(BLE_ESTATE, "Characteristic.__init__ has not been called");
	return c->ble.value != NULL;
}

static PyObject *set_value(PyObject *self, PyObject *args, PyObject *kwargs)
{
	characteristic *c = (characteristic *)self;
	static char *names[] = { "value", "timeout", NULL };
	PyObject *value, *timeout = Py_None;
	uint8_t octets[512];
	if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|O", names, &value, &timeout) || !is_made(c))
		return NULL;
	uint64_t unused;
	Py_ssize_t len = value_octets(c, value, octets);
	if (len < 0)
		return NULL;
	if (c->device)
		return device_set_value(c->device, c, octets, len, timeout);
	if (!scene_until(NULL, timeout, &unused))
		return NULL;
	memcpy(c->ble.value, octets, (size_t)len);
	c->ble.length = (uint16_t)len;
	Py_RETURN_NONE;
}

/* The stored octets, which the host thread may be writing. */
static int copy_value(characteristic *c, uint8_t octets[512])
{
	struct device *d = c->device;
	PyThreadState *ts = NULL;
	if (d) {
		Py_INCREF((PyObject *)d);
		if (d->generation == forks)
			scene_enter(d->scene, &ts);
	}
	int len = c->ble.length;
	memcpy(octets, c->ble.value, (size_t)len);
	if (d) {
		if (d->generation == forks)
			scene_leave(d->scene, &ts);
		Py_DECREF((PyObject *)d);
	}
	return len;
}

static PyObject *get_value(PyObject *self, PyObject *unused)
{
	characteristic *c = (characteristic *)self;
	uint8_t octets[512];
	(void)unused;
	if (!is_made(c))
		return NULL;
	int len = copy_value(c, octets);
	return value_object(c, octets, len);
}

static PyObject *get_octets(PyObject *self, void *unused)
{
	characteristic *c = (characteristic *)self;
	uint8_t octets[512];
	(void)unused;
	if (!is_made(c))
		return NULL;
	return PyBytes_FromStringAndSize((const char *)octets, copy_value(c, octets));
}

static PyObject *encode(PyObject *self, PyObject *value)
{
	uint8_t octets[512];
	if (!is_made((characteristic *)self))
		return NULL;
	Py_ssize_t len = value_octets((characteristic *)self, value, octets);
	return len < 0 ? NULL : PyBytes_FromStringAndSize((const char *)octets, len);
}

static PyObject *convert(PyObject *self, PyObject *value)
{
	characteristic *c = (characteristic *)self;
	uint8_t octets[512];
	if (!is_made(c))
		return NULL;
	Py_ssize_t len = bytes_argument(value, "value", octets, sizeof octets);
	return len < 0 ? NULL : value_object(c, octets, len);
}

static PyObject *get_number(PyObject *self, void *which)
{
	const characteristic *c = (const characteristic *)self;
	const long numbers[] = { c->ble.uuid, c->ble.permission, c->ble.size, c->ble.type - 1L, c->ble.handle,
		c->ble.events };
	return PyLong_FromLong(numbers[(uintptr_t)which]);
}

static PyObject *get_descriptor(PyObject *self, void *unused)
{
	(void)unused;
	const characteristic *c = (const characteristic *)self;
	return PyUnicode_FromString(c->descriptor ? c->descriptor : "");
}

static PyObject *get_base(PyObject *self, void *unused)
{
	(void)unused;
	const characteristic *c = (const characteristic *)self;
	if (!c->ble.base_uuid)
		Py_RETURN_NONE;
	return PyBytes_FromStringAndSize((const char *)c->base, 16);
}

static PyObject *get_device(PyObject *self, void *unused)
{
	(void)unused;
	const characteristic *c = (const characteristic *)self;
	return Py_NewRef(c->device ? (PyObject *)c->device : Py_None);
}

static PyObject *set_events(PyObject *self, PyObject *events)
{
	characteristic *c = (characteristic *)self;
	long bits = PyLong_AsLong(events);
	if (PyErr_Occurred())
		return NULL;
	if (bits < 0 || bits > 0xFF)
		return raise_argument("events: %ld is outside 0..255", bits);
	c->ble.events = (uint8_t)bits;
	Py_RETURN_NONE;
}

/* Asked by a central's read: the answer is Python's (device_events.c). */
static int ask(struct ble *ble, struct ble_characteristic *ch, struct ble_read *read, void *ctx)
{
	(void)ble;
	(void)ch;
	(void)read;
	(void)ctx;
	return BLE_EPENDING;
}

static PyObject *set_asked(PyObject *self, PyObject *on)
{
	characteristic *c = (characteristic *)self;
	int yes = PyObject_IsTrue(on);
	if (yes < 0)
		return NULL;
	if (c->device)
		return raise_code(BLE_ESTATE, "a reader is set before the service is added");
	c->ble.on_read = yes ? ask : NULL;
	Py_RETURN_NONE;
}

static PyObject *set_judged(PyObject *self, PyObject *on)
{
	characteristic *c = (characteristic *)self;
	int yes = PyObject_IsTrue(on);
	if (yes < 0)
		return NULL;
	c->judged = yes;
	Py_RETURN_NONE;
}

/* Stores octets without telling anybody. */
static PyObject *store(PyObject *self, PyObject *value)
{
	characteristic *c = (characteristic *)self;
	uint8_t octets[512];
	PyThreadState *ts = NULL;
	if (!is_made(c))
		return NULL;
	Py_ssize_t len = bytes_argument(value, "value", octets, c->ble.size);
	struct device *d = len < 0 ? NULL : c->device;
	Py_XINCREF((PyObject *)d); /* it may be removed and gone while the lock is waited for */
	bool ok = len >= 0 && (!d || device_enter(d, &ts));
	if (ok) {
		memcpy(c->ble.value, octets, (size_t)len);
		c->ble.length = (uint16_t)len;
	}
	if (ok && d)
		scene_leave(d->scene, &ts);
	Py_XDECREF((PyObject *)d);
	return ok ? Py_NewRef(Py_None) : NULL;
}

static PyMethodDef methods[] = {
	{ "set_value", (PyCFunction)(void (*)(void))set_value, METH_VARARGS | METH_KEYWORDS,
		"set_value(value, timeout=None)\n--\n\nStores the value, and notifies or indicates it to each central that has "
		"subscribed.\n\nParameters\n----------\nvalue : int, str or bytes-like, by the characteristic's type\n"
		"timeout : float, optional\n    Seconds to wait for room in the queue of notifications; None: for ever.\n\n"
		"Raises\n------\nArgumentError\n    A value that the type and size do not hold.\nError\n    Stored, but not sent "
		"to all before the time was over (TIMEOUT)." },
	{ "get_value", get_value, METH_NOARGS, "get_value()\n--\n\nThe stored value, converted by the type." },
	{ "convert", convert, METH_O, "convert(value)\n--\n\nOctets as a value of this characteristic's type." },
	{ "encode", encode, METH_O, "encode(value)\n--\n\nA value as octets: the opposite of convert()." },
	{ "_store", store, METH_O, "_store(octets)\n--\n\nStores octets, and tells nobody." },
	{ "_set_events", set_events, METH_O, "_set_events(events)\n--\n\nWhich statuses are told, or'ed." },
	{ "_set_asked", set_asked, METH_O, "_set_asked(on)\n--\n\nReads are answered by Python." },
	{ "_set_judged", set_judged, METH_O, "_set_judged(on)\n--\n\nPython says whether a write is stored." },
	{ NULL, NULL, 0, NULL },
};

static PyGetSetDef getset[] = {
	{ "uuid", get_number, NULL, "The 16-bit UUID, or the two octets in a 128-bit one.", (void *)0 },
	{ "permission", get_number, NULL, "READ, WRITE ... or'ed.", (void *)1 },
	{ "size", get_number, NULL, "Largest length of the value: 1..512 octets.", (void *)2 },
	{ "type", get_number, NULL, "NUMBER, STRING or BYTES.", (void *)3 },
	{ "handle", get_number, NULL, "Of the value, while the service is added; else 0.", (void *)4 },
	{ "_events", get_number, NULL, "Which statuses are told.", (void *)5 },
	{ "descriptor", get_descriptor, NULL, "The Characteristic User Description (0x2901).", NULL },
	{ "base_uuid", get_base, NULL, "16 octets, least significant first; None: a 16-bit UUID.", NULL },
	{ "octets", get_octets, NULL, "The stored value as it is.", NULL },
	{ "_device", get_device, NULL, "Where its service is added, or None.", NULL },
	{ NULL, NULL, NULL, NULL, NULL },
};

static PyType_Slot slots[] = {
	{ Py_tp_doc, "Characteristic(uuid, permission, size, descriptor=None, type=0, base_uuid=None, utf8=False, events=0, "
		     "format=None)\n--\n\nA characteristic and its value." },
	{ Py_tp_init, init },
	{ Py_tp_dealloc, dealloc },
	{ Py_tp_methods, methods },
	{ Py_tp_getset, getset },
	{ 0, NULL },
};

int characteristic_add(PyObject *module)
{
	PyType_Spec spec = { .name = "glint._glint.Characteristic", .basicsize = sizeof(characteristic),
		.flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, .slots = slots };
	characteristic_type = (PyTypeObject *)PyType_FromSpec(&spec);
	return characteristic_type ? PyModule_AddType(module, characteristic_type) : -1;
}
