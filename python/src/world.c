/*
 * World: a simulated air with a virtual clock, and the scene that all of its devices share. Its time moves when every
 * thread that takes part waits in it (scene.c).
 */
#include "ext.h"

#include <stdio.h>

PyTypeObject *world_type;

typedef struct {
	PyObject_HEAD
	struct scene scene;
	struct ble_world *world;
	FILE *trace_file;
	struct ble_trace_out out;
	struct ble_trace trace;
	unsigned seq; /* counts stir() */
	unsigned generation;
} world;

struct scene *world_scene(PyObject *self)
{
	return &((world *)self)->scene;
}

static bool is_mine(const world *w)
{
	if (w->world && w->generation == forks)
		return true;
	raise_code(BLE_ESTATE, w->world ? "this world belongs to the process that made it, not to its forked child"
					: "World.__init__ has not been called");
	return false;
}

static int init(PyObject *self, PyObject *args, PyObject *kwargs)
{
	world *w = (world *)self;
	static char *names[] = { "seed", "loss_ppm", "epoch_us", NULL };
	uint64_t seed = 0, epoch = 0;
	unsigned int loss = 0;
	if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|O&O&O&", names, to_u64, &seed, to_u32, &loss, to_u64, &epoch))
		return -1;
	if (w->world) {
		raise_code(BLE_ESTATE, "a world is made once");
		return -1;
	}
	if (loss > 1000000) {
		raise_argument("loss_ppm: %u is outside 0..1000000", loss);
		return -1;
	}
	w->world = ble_world_new(&(struct ble_world_options){ .seed = seed, .loss_ppm = loss, .epoch_us = epoch });
	if (!w->world || scene_init(&w->scene, w->world)) {
		PyErr_NoMemory();
		return -1;
	}
	w->generation = forks;
	return 0;
}

static void close_trace(world *w)
{
	if (w->trace_file) {
		ble_world_trace(w->world, NULL);
		fclose(w->trace_file);
		w->trace_file = NULL;
	}
}

static void dealloc(PyObject *self)
{
	world *w = (world *)self;
	PyTypeObject *type = Py_TYPE(self);
	if (w->world && w->generation == forks) {
		close_trace(w);
		ble_world_free(w->world);
		scene_end(&w->scene);
	}
	((freefunc)PyType_GetSlot(type, Py_tp_free))(self);
	Py_DECREF(type);
}

static PyObject *now_us(PyObject *self, void *unused)
{
	world *w = (world *)self;
	PyThreadState *ts;
	(void)unused;
	if (!is_mine(w))
		return NULL;
	scene_enter(&w->scene, &ts);
	uint64_t now = ble_world_now(w->world);
	scene_leave(&w->scene, &ts);
	return PyLong_FromUnsignedLongLong(now);
}

static PyObject *takes_part(PyObject *self, void *unused)
{
	world *w = (world *)self;
	PyThreadState *ts;
	(void)unused;
	if (!is_mine(w))
		return NULL;
	scene_enter(&w->scene, &ts);
	bool has = scene_has_me(&w->scene);
	scene_leave(&w->scene, &ts);
	return PyBool_FromLong(has);
}

static PyObject *get_seq(PyObject *self, void *unused)
{
	(void)unused;
	return PyLong_FromUnsignedLong(((world *)self)->seq);
}

struct wish {
	const world *w;
	bool by_seq;
	unsigned seq;
	PyObject *const *devices;
	Py_ssize_t count;
};

static bool is_over(void *ctx)
{
	const struct wish *wish = ctx;
	for (Py_ssize_t i = 0; i < wish->count; i++)
		if (device_has_event(wish->devices[i]))
			return true;
	return wish->by_seq && wish->w->seq != wish->seq;
}

enum { DEVICES_MAX = 256 };

/* The devices of this world among those named; -1 with an exception. They are lent. */
static Py_ssize_t devices_of(const world *w, PyObject *list, PyObject **devices)
{
	Py_ssize_t n = PySequence_Size(list);
	if (n > DEVICES_MAX)
		raise_argument("devices: %zd are more than %d", n, (int)DEVICES_MAX);
	if (n < 0 || n > DEVICES_MAX)
		return -1;
	for (Py_ssize_t i = 0; i < n; i++) {
		devices[i] = PySequence_GetItem(list, i);
		Py_XDECREF(devices[i]); /* the list keeps it */
		if (!devices[i] || !PyObject_TypeCheck(devices[i], device_type) ||
			((struct device *)devices[i])->scene != &w->scene) {
			raise_argument("devices: item %zd is no device of this world", i);
			return -1;
		}
	}
	return n;
}

static PyObject *wait(PyObject *self, PyObject *args)
{
	world *w = (world *)self;
	PyObject *seconds = Py_None, *seq = Py_None, *list = NULL, *devices[DEVICES_MAX];
	struct wish wish = { .w = w, .devices = devices };
	uint64_t until;
	if (!PyArg_ParseTuple(args, "|OOO!", &seconds, &seq, &PyTuple_Type, &list) || !is_mine(w))
		return NULL;
	if (seq != Py_None) {
		wish.by_seq = true;
		wish.seq = (unsigned)PyLong_AsUnsignedLongMask(seq);
	}
	wish.count = list ? devices_of(w, list, devices) : 0;
	if (wish.count < 0 || PyErr_Occurred())
		return NULL;
	PyThreadState *ts;
	if (!scene_until(&w->scene, seconds, &until))
		return NULL;
	scene_enter(&w->scene, &ts);
	int err = scene_wait(&w->scene, is_over, &wish, until, &ts);
	scene_leave(&w->scene, &ts);
	return err == SCENE_INTERRUPTED ? NULL : PyBool_FromLong(!err);
}

static PyObject *stir(PyObject *self, PyObject *unused)
{
	world *w = (world *)self;
	PyThreadState *ts;
	(void)unused;
	if (!is_mine(w))
		return NULL;
	scene_enter(&w->scene, &ts);
	w->seq++;
	scene_leave(&w->scene, &ts);
	Py_RETURN_NONE;
}

static PyObject *join_or_part(PyObject *self, bool (*what)(struct scene *))
{
	world *w = (world *)self;
	PyThreadState *ts;
	if (!is_mine(w))
		return NULL;
	scene_enter(&w->scene, &ts);
	bool was = scene_has_me(&w->scene), done = what(&w->scene);
	scene_leave(&w->scene, &ts);
	return done ? PyBool_FromLong(was) : PyErr_NoMemory();
}

static PyObject *enter(PyObject *self, PyObject *unused)
{
	(void)unused;
	return join_or_part(self, scene_join);
}

static PyObject *leave(PyObject *self, PyObject *unused)
{
	(void)unused;
	return join_or_part(self, scene_part);
}

static void write_out(void *ctx, const void *data, size_t len)
{
	(void)fwrite(data, 1, len, ctx);
}

static PyObject *trace(PyObject *self, PyObject *path)
{
	world *w = (world *)self;
	PyThreadState *ts;
	PyObject *name = NULL;
	if (!is_mine(w) || (path != Py_None && !PyUnicode_FSConverter(path, &name)))
		return NULL;
	scene_enter(&w->scene, &ts);
	close_trace(w);
	scene_leave(&w->scene, &ts);
	if (!name)
		Py_RETURN_NONE;
	char *text = PyBytes_AsString(name);
	FILE *file = text ? fopen(text, "wb") : NULL;
	Py_DECREF(name);
	if (!file)
		return PyErr_SetFromErrnoWithFilenameObject(PyExc_OSError, path);
	scene_enter(&w->scene, &ts);
	close_trace(w); /* another thread may have begun one meanwhile */
	w->trace_file = file;
	w->out = (struct ble_trace_out){ .ctx = file, .write = write_out };
	w->trace = ble_trace_pcap(&w->out);
	ble_world_trace(w->world, &w->trace);
	scene_leave(&w->scene, &ts);
	Py_RETURN_NONE;
}

static PyObject *fault(PyObject *self, PyObject *args, PyObject *kwargs)
{
	world *w = (world *)self;
	static char *names[] = { "action", "pdu", "type", "source", "target", "begin_us", "end_us", "skip", "count", NULL };
	struct ble_air_fault f = { 0 };
	if (!PyArg_ParseTupleAndKeywords(args, kwargs, "b|bbO&O&O&O&O&O&", names, &f.action, &f.pdu, &f.type, to_u16,
		    &f.from, to_u16, &f.to, to_u64, &f.begin_us, to_u64, &f.end_us, to_u32, &f.skip, to_u32,
		    &f.count) ||
		!is_mine(w))
		return NULL;
	PyThreadState *ts;
	scene_enter(&w->scene, &ts);
	int err = 0;
	if (f.action)
		err = ble_world_fault(w->world, &f);
	else
		ble_world_clear_faults(w->world);
	scene_leave(&w->scene, &ts);
	if (err)
		return raise_code(err, "fault: these values are not one (see ble/sim.h)");
	Py_RETURN_NONE;
}

static PyObject *stats(PyObject *self, PyObject *unused)
{
	world *w = (world *)self;
	struct ble_world_stats s;
	PyThreadState *ts;
	(void)unused;
	if (!is_mine(w))
		return NULL;
	scene_enter(&w->scene, &ts);
	ble_world_stats(w->world, &s);
	scene_leave(&w->scene, &ts);
	return Py_BuildValue("{s:K,s:K,s:K,s:K,s:K}", "transmissions", (unsigned long long)s.transmissions, "receptions",
		(unsigned long long)s.receptions, "collisions", (unsigned long long)s.collisions, "losses",
		(unsigned long long)s.losses, "faults", (unsigned long long)s.faults);
}

static PyMethodDef methods[] = {
	{ "wait", wait, METH_VARARGS,
		"wait(seconds=None, seq=None, devices=())\n--\n\nLets time pass until then, until stir(), or until one of the "
		"devices has an event.\n\nReturns whether it was before the time was over." },
	{ "stir", stir, METH_NOARGS, "stir()\n--\n\nEnds the waits for another `seq`." },
	{ "enter", enter, METH_NOARGS, "enter()\n--\n\nThis thread takes part: time stands while it does not wait." },
	{ "leave", leave, METH_NOARGS, "leave()\n--\n\nThis thread no longer takes part. Returns whether it did." },
	{ "trace", trace, METH_O, "trace(path)\n--\n\nWrites all air PDUs to a pcap file (None: ends it)." },
	{ "fault", (PyCFunction)(void (*)(void))fault, METH_VARARGS | METH_KEYWORDS,
		"fault(action, pdu=0, type=0, source=0, target=0, begin_us=0, end_us=0, skip=0, count=0)\n--\n\n"
		"A scripted fault, as ble/sim.h has it; action 0 forgets all." },
	{ "stats", stats, METH_NOARGS, "stats()\n--\n\nWhat has been counted on the air." },
	{ NULL, NULL, 0, NULL },
};

static PyGetSetDef getset[] = {
	{ "now_us", now_us, NULL, "Microseconds since this world began.", NULL },
	{ "takes_part", takes_part, NULL, "Whether this thread does.", NULL },
	{ "seq", get_seq, NULL, "Counts stir().", NULL },
	{ NULL, NULL, NULL, NULL, NULL },
};

static PyType_Slot slots[] = {
	{ Py_tp_doc, "World(seed=0, loss_ppm=0, epoch_us=0)\n--\n\nA simulated air with a virtual clock." },
	{ Py_tp_init, init },
	{ Py_tp_dealloc, dealloc },
	{ Py_tp_methods, methods },
	{ Py_tp_getset, getset },
	{ 0, NULL },
};

int world_add(PyObject *module)
{
	PyType_Spec spec = { .name = "glint._glint.World", .basicsize = sizeof(world),
		.flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, .slots = slots };
	world_type = (PyTypeObject *)PyType_FromSpec(&spec);
	return world_type ? PyModule_AddType(module, world_type) : -1;
}
