/* glint._glint: the module object. It keeps static types, so it lives once in a process (no subinterpreters). */
#include "ext.h"

#include <string.h>

enum { MOST_LINES = 32 };

static PyObject *strerror_(PyObject *self, PyObject *code)
{
	(void)self;
	long err = PyLong_AsLong(code);
	return PyErr_Occurred() ? NULL : PyUnicode_FromString(ble_strerror((int)err));
}

static PyObject *att_error(PyObject *self, PyObject *code)
{
	(void)self;
	long octet = PyLong_AsLong(code);
	return PyErr_Occurred() ? NULL : PyLong_FromLong(BLE_EATT(octet & 0xFF));
}

/* Whether a line on USB may be a board of this driver; nothing is opened. */
static PyObject *has_board(PyObject *self, PyObject *scheme)
{
	(void)self;
	static struct ble_serial_line lines[MOST_LINES]; /* the lock of the interpreter is held */
	const char *wanted = PyUnicode_AsUTF8AndSize(scheme, NULL);
	if (!wanted)
		return NULL;
	for (int i = 0, n = ble_posix_serial_lines(lines, MOST_LINES); i < n; i++)
		if (lines[i].scheme && !strcmp(lines[i].scheme, wanted))
			Py_RETURN_TRUE;
	Py_RETURN_FALSE;
}

static PyMethodDef functions[] = {
	{ "att_error", att_error, METH_O, "att_error(code)\n--\n\nThe error code that an ATT error octet is." },
	{ "strerror", strerror_, METH_O, "strerror(code)\n--\n\nThe text of an error code." },
	{ "has_board", has_board, METH_O, "has_board(scheme)\n--\n\nWhether a board of this driver may be on USB serial." },
	{ NULL, NULL, 0, NULL },
};

static struct PyModuleDef definition = { PyModuleDef_HEAD_INIT, .m_name = "glint._glint",
	.m_doc = "The Bluetooth stack, nearly as its C headers have it; glint and wireless.ble are what programs use.",
	.m_size = -1, .m_methods = functions };

PyMODINIT_FUNC PyInit__glint(void);

PyMODINIT_FUNC PyInit__glint(void)
{
	PyObject *module = PyModule_Create(&definition);
	if (module && !errors_add(module) && !constants_add(module) && !beacon_add(module) && !world_add(module) &&
		!characteristic_add(module) && !service_add(module) && !device_add(module))
		return module;
	Py_XDECREF(module);
	return NULL;
}
