/*
 * Exceptions. What was asked for and cannot be is an ArgumentError, which is a ValueError too; what the radio or this
 * version cannot do is UnsupportedError; a driver that is missing or fails HardwareInitializationError. All are Error and
 * carry the library's code and its name.
 */
#include "ext.h"

#include <stdarg.h>

static PyObject *error, *argument_error, *argument_type_error, *unsupported_error, *hardware_error;

static const char *name_of(int err)
{
	static const struct {
		int code;
		const char *name;
	} names[] = {
#define NAME(name, num, text) { -(num), #name },
		BLE_ERR_MAP(NAME)
#undef NAME
	};
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (names[i].code == err)
			return names[i].name;
	return BLE_IS_EATT(err) ? "ATT" : BLE_IS_EHCI(err) ? "HCI" : "";
}

static PyObject *class_of(int err)
{
	switch (err) {
	case BLE_EINVAL:
	case BLE_ERANGE:
	case BLE_ETOOBIG:
	case BLE_EEXIST: return argument_error;
	case BLE_ENOTSUP: return unsupported_error;
	case BLE_EURI:
	case BLE_EIO:
	case BLE_EGONE: return hardware_error;
	default: return error;
	}
}

static PyObject *raise_as(PyObject *type, int err, PyObject *text)
{
	PyObject *exception = text ? PyObject_CallFunctionObjArgs(type, text, NULL) : NULL;
	PyObject *code = exception ? PyLong_FromLong(err) : NULL;
	PyObject *name = code ? PyUnicode_FromString(name_of(err)) : NULL;
	if (name && PyObject_SetAttrString(exception, "code", code) == 0 &&
		PyObject_SetAttrString(exception, "name", name) == 0)
		PyErr_SetObject(type, exception);
	Py_XDECREF(name);
	Py_XDECREF(code);
	Py_XDECREF(exception);
	Py_XDECREF(text);
	return NULL;
}

/* A sentence may have been cut to its buffer's size amid a character, and may quote what is no UTF-8. */
static PyObject *text_of(const char *sentence)
{
	return PyUnicode_DecodeUTF8(sentence, (Py_ssize_t)strlen(sentence), "replace");
}

PyObject *raise_code(int err, const char *sentence)
{
	return raise_as(class_of(err), err, text_of(sentence));
}

PyObject *raise_hardware(int err, const char *sentence)
{
	return raise_as(hardware_error, err, text_of(sentence));
}

PyObject *raise_argument(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	PyObject *text = PyUnicode_FromFormatV(format, args);
	va_end(args);
	return raise_as(argument_error, BLE_EINVAL, text);
}

PyObject *raise_type(const char *sentence, PyObject *value)
{
	PyObject *name = PyType_GetName(Py_TYPE(value));
	PyObject *text = name ? PyUnicode_FromFormat("%s, not %U", sentence, name) : NULL;
	Py_XDECREF(name);
	return raise_as(argument_type_error, BLE_EINVAL, text);
}

static bool to_unsigned(PyObject *value, unsigned long long max, unsigned long long *number)
{
	if (!PyLong_Check(value)) {
		raise_type("argument: an int is taken", value);
		return false;
	}
	*number = PyLong_AsUnsignedLongLong(value);
	bool beyond = PyErr_Occurred() != NULL; /* negative, or of more than 64 bits */
	PyErr_Clear();
	if (!beyond && *number <= max)
		return true;
	raise_argument("argument: the number is outside 0..%llu", max);
	return false;
}

int to_u16(PyObject *value, void *number)
{
	unsigned long long found;
	bool ok = to_unsigned(value, UINT16_MAX, &found);
	if (ok)
		*(uint16_t *)number = (uint16_t)found;
	return ok;
}

int to_u32(PyObject *value, void *number)
{
	unsigned long long found;
	bool ok = to_unsigned(value, UINT32_MAX, &found);
	if (ok)
		*(uint32_t *)number = (uint32_t)found;
	return ok;
}

int to_u64(PyObject *value, void *number)
{
	unsigned long long found;
	bool ok = to_unsigned(value, UINT64_MAX, &found);
	if (ok)
		*(uint64_t *)number = found;
	return ok;
}

/* Takes the tuple of bases, NULL when one could not be made. */
static PyObject *make(PyObject *module, const char *name, const char *doc, PyObject *bases)
{
	PyObject *type = bases ? PyErr_NewExceptionWithDoc(name, doc, bases, NULL) : NULL;
	Py_XDECREF(bases);
	if (type && PyModule_AddObjectRef(module, strrchr(name, '.') + 1, type) < 0)
		return NULL;
	return type;
}

int errors_add(PyObject *module)
{
	PyObject *members = Py_BuildValue("{s:i,s:s}", "code", 0, "name", "");
	error = members ? PyErr_NewExceptionWithDoc("glint.Error",
				  "What the Bluetooth stack refuses or fails at.\n\nAttributes\n----------\n"
				  "code : int\n    The library's negative number.\n"
				  "name : str\n    Its name: \"RANGE\", \"BUSY\", \"ATT\" for a peer's error ...",
				  PyExc_Exception, members)
			: NULL;
	Py_XDECREF(members);
	if (!error || PyModule_AddObjectRef(module, "Error", error) < 0)
		return -1;
	argument_error = make(module, "glint.ArgumentError",
		"An argument is refused: the message names it, its value and its range.",
		PyTuple_Pack(2, error, PyExc_ValueError));
	argument_type_error = make(module, "glint.ArgumentTypeError", "An argument is of a type that is not taken.",
		argument_error ? PyTuple_Pack(2, argument_error, PyExc_TypeError) : NULL);
	unsupported_error = make(module, "glint.UnsupportedError", "What this radio or this version cannot do.",
		PyTuple_Pack(2, error, PyExc_NotImplementedError));
	PyObject *peripheral = PyErr_NewExceptionWithDoc("glint.PeripheralError",
		"The fault of a peripheral: of the radio, or under `glint run` of a pin.", NULL, NULL);
	if (!peripheral || PyModule_AddObjectRef(module, "PeripheralError", peripheral) < 0)
		return -1;
	hardware_error = make(module, "glint.HardwareInitializationError", "No driver, or one that fails.",
		PyTuple_Pack(3, error, peripheral, PyExc_RuntimeError));
	return argument_type_error && unsupported_error && hardware_error ? 0 : -1;
}
