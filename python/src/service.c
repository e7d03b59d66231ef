/*
 * Service: a UUID and its characteristics. The lists that the library reads are made when the service is added to a
 * device, and stay until it is removed: so long no characteristic can join.
 */
#include "ext.h"

PyTypeObject *service_type;

static int init(PyObject *self, PyObject *args, PyObject *kwargs)
{
	service *s = (service *)self;
	static char *names[] = { "uuid", "base_uuid", "secondary", NULL };
	const char *base = NULL;
	Py_ssize_t base_len = 0;
	long uuid;
	int secondary = 0;
	if (!PyArg_ParseTupleAndKeywords(args, kwargs, "l|z#p", names, &uuid, &base, &base_len, &secondary))
		return -1;
	if (s->characteristics) {
		raise_code(BLE_ESTATE, "a service is made once");
		return -1;
	}
	if (uuid < 0 || uuid > 0xFFFF) {
		raise_argument("uuid: %ld is outside 0..65535", uuid);
		return -1;
	}
	if (base && base_len != 16) {
		raise_argument("base_uuid: %zd octets, it has 16", base_len);
		return -1;
	}
	s->ble = (struct ble_service){ .uuid = (uint16_t)uuid, .secondary = secondary };
	if (base)
		s->ble.base_uuid = memcpy(s->base, base, 16);
	s->characteristics = PyList_New(0);
	s->includes = PyList_New(0);
	return s->characteristics && s->includes ? 0 : -1;
}

static int traverse(PyObject *self, visitproc visit, void *arg)
{
	service *s = (service *)self;
	Py_VISIT(Py_TYPE(self));
	Py_VISIT(s->characteristics);
	Py_VISIT(s->includes);
	return 0;
}

/* While it is added the device's list holds a reference that the collector cannot see through to an end: nothing that
 * the library reads is taken from here then. */
static int clear(PyObject *self)
{
	service *s = (service *)self;
	if (s->device)
		return 0;
	Py_CLEAR(s->characteristics);
	Py_CLEAR(s->includes);
	return 0;
}

static void dealloc(PyObject *self)
{
	PyTypeObject *type = Py_TYPE(self);
	PyObject_GC_UnTrack(self);
	service_release((service *)self);
	clear(self);
	((freefunc)PyType_GetSlot(type, Py_tp_free))(self);
	Py_DECREF(type);
}

static bool is_open(const service *s)
{
	if (!s->characteristics)
		raise_code(BLE_ESTATE, "Service.__init__ has not been called");
	else if (s->device)
		raise_code(BLE_ESTATE, "the service is added to a device: what belongs to it joins before that");
	else
		return true;
	return false;
}

static PyObject *join(PyObject *list, PyObject *item, const char *what)
{
	int there = PySequence_Contains(list, item);
	if (there < 0)
		return NULL;
	if (there)
		return raise_code(BLE_EEXIST, what);
	if (PyList_Append(list, item) < 0)
		return NULL;
	Py_RETURN_NONE;
}

static PyObject *add(PyObject *self, PyObject *ch)
{
	service *s = (service *)self;
	if (!PyObject_TypeCheck(ch, characteristic_type))
		return raise_type("ch: a Characteristic is taken", ch);
	if (!is_open(s))
		return NULL;
	return join(s->characteristics, ch, "ch: this characteristic is in the service already");
}

static PyObject *include(PyObject *self, PyObject *other)
{
	service *s = (service *)self;
	if (!PyObject_TypeCheck(other, service_type))
		return raise_type("service: a Service is taken", other);
	if (other == self)
		return raise_argument("service: a service does not include itself");
	if (!is_open(s))
		return NULL;
	return join(s->includes, other, "service: it is included already");
}

bool service_bind(service *s, struct device *device)
{
	Py_ssize_t n = PyList_Size(s->characteristics), m = PyList_Size(s->includes);
	for (Py_ssize_t i = 0; i < n; i++) {
		characteristic *c = (characteristic *)PyList_GetItem(s->characteristics, i);
		if (!c->ble.value || c->device) {
			raise_code(c->device ? BLE_EEXIST : BLE_ESTATE,
				c->device ? "service: one of its characteristics is part of a service that is added already"
					  : "service: one of its characteristics was never initialised");
			return false;
		}
	}
	s->list = PyMem_Calloc((size_t)n + 1, sizeof *s->list);
	s->include_list = PyMem_Calloc((size_t)m + 1, sizeof *s->include_list);
	if (!s->list || !s->include_list) {
		PyErr_NoMemory();
		return false;
	}
	for (Py_ssize_t i = 0; i < n; i++) {
		characteristic *c = (characteristic *)PyList_GetItem(s->characteristics, i);
		s->list[i] = &c->ble;
		c->device = device;
	}
	for (Py_ssize_t i = 0; i < m; i++)
		s->include_list[i] = &((service *)PyList_GetItem(s->includes, i))->ble;
	s->ble.characteristics = s->list;
	s->ble.includes = m ? s->include_list : NULL;
	s->device = device;
	return true;
}

void service_release(service *s)
{
	Py_ssize_t n = s->device && s->characteristics ? PyList_Size(s->characteristics) : 0;
	for (Py_ssize_t i = 0; i < n; i++)
		((characteristic *)PyList_GetItem(s->characteristics, i))->device = NULL;
	PyMem_Free(s->list);
	PyMem_Free(s->include_list);
	s->list = NULL;
	s->include_list = NULL;
	s->ble.characteristics = NULL;
	s->ble.includes = NULL;
	s->device = NULL;
}

static PyObject *get_uuid(PyObject *self, void *unused)
{
	(void)unused;
	return PyLong_FromLong(((service *)self)->ble.uuid);
}

static PyObject *get_base(PyObject *self, void *unused)
{
	(void)unused;
	const service *s = (const service *)self;
	if (!s->ble.base_uuid)
		Py_RETURN_NONE;
	return PyBytes_FromStringAndSize((const char *)s->base, 16);
}

static PyObject *get_characteristics(PyObject *self, void *unused)
{
	(void)unused;
	const service *s = (const service *)self;
	return s->characteristics ? PySequence_Tuple(s->characteristics) : PyTuple_New(0);
}

static PyObject *get_device(PyObject *self, void *unused)
{
	(void)unused;
	const service *s = (const service *)self;
	return Py_NewRef(s->device ? (PyObject *)s->device : Py_None);
}

static PyMethodDef methods[] = {
	{ "_add", add, METH_O, "_add(ch)\n--\n\nAppends a characteristic." },
	{ "_include", include, METH_O, "_include(service)\n--\n\nThe service includes another, which is added before it." },
	{ NULL, NULL, 0, NULL },
};

static PyGetSetDef getset[] = {
	{ "uuid", get_uuid, NULL, "The 16-bit UUID, or the two octets in a 128-bit one.", NULL },
	{ "base_uuid", get_base, NULL, "16 octets, least significant first; None: a 16-bit UUID.", NULL },
	{ "characteristics", get_characteristics, NULL, "All of them, in order.", NULL },
	{ "_device", get_device, NULL, "Where it is added, or None.", NULL },
	{ NULL, NULL, NULL, NULL, NULL },
};

static PyType_Slot slots[] = {
	{ Py_tp_doc, "Service(uuid, base_uuid=None, secondary=False)\n--\n\nA service." },
	{ Py_tp_init, init },
	{ Py_tp_traverse, traverse },
	{ Py_tp_clear, clear },
	{ Py_tp_dealloc, dealloc },
	{ Py_tp_methods, methods },
	{ Py_tp_getset, getset },
	{ 0, NULL },
};

int service_add(PyObject *module)
{
	PyType_Spec spec = { .name = "glint._glint.Service", .basicsize = sizeof(service),
		.flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, .slots = slots };
	service_type = (PyTypeObject *)PyType_FromSpec(&spec);
	return service_type ? PyModule_AddType(module, service_type) : -1;
}
