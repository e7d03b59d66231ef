/* Constants: the public ones from constants.def, and under private names those of the library that Python maps to. */
#include "ext.h"

#include <ble/beacon.h>

static const struct {
	const char *name;
	long value;
} constants[] = {
#define X(name, value) { #name, value },
#include "constants.def"
#undef X
};

/* With _ before it: not for programs. */
#define PRIVATE(X)                                                                                                     \
	X(EV_NONE) X(EV_READY) X(EV_LOST) X(EV_CONNECTED) X(EV_DISCONNECTED) X(EV_PARAMS) X(EV_MTU) X(EV_ADV_STARTED)  \
	X(EV_ADV_STOPPED) X(EV_SCAN_STARTED) X(EV_SCAN_STOPPED) X(EV_REPORT) X(EV_READ) X(EV_WRITTEN)                  \
	X(EV_SUBSCRIBED) X(EV_BROADCAST) X(EV_CONFIRMED) X(EV_SENT) X(EV_SERVICE) X(EV_INCLUDED)                       \
	X(EV_CHARACTERISTIC) X(EV_DESCRIPTOR) X(EV_VALUE) X(EV_NOTIFIED) X(EV_SERVICE_CHANGED) X(EV_DONE) X(EV_ERROR)  \
	X(EV_ENCRYPTED) X(EV_PAIRED) X(EV_PASSKEY) X(EV_PASSKEY_WANTED) X(EV_COMPARE) X(EV_KEYPRESS) X(EV_OOB)         \
	X(OP_START) X(OP_ADVERTISE) X(OP_SCAN) X(OP_CONNECT) X(OP_DISCONNECT) X(OP_PARAMS) X(OP_NOTIFY) X(OP_RECEIVE)  \
	X(OP_BONDS) X(OP_ACCEPT) X(OP_BROADCAST) X(OP_PRIVACY) X(AUTH_LEGACY) X(KEY_NONE) X(CAP_DISPLAY_ONLY)          \
	X(CAP_DISPLAY_YES_NO) X(CAP_KEYBOARD_ONLY) X(CAP_NONE) X(CAP_KEYBOARD_DISPLAY)                                 \
	X(ADV_CONN_UND) X(ADV_CONN_DIR) X(ADV_SCAN_UND) X(ADV_UNCN_UND) X(RAW_GUESS) X(RAW_YES) X(RAW_NO)              \
	X(COMPANY_0000) X(COMPANY_BROUGHT) X(COMPANY_ANY) X(EDDYSTONE_NO_TEMPERATURE) X(BEACON_NO_FLAGS)

static int add_errors(PyObject *module)
{
#define ERROR(name, num, text)                                                                                         \
	if (PyModule_AddIntConstant(module, "_E" #name, -(num)) < 0)                                                   \
		return -1;
	BLE_ERR_MAP(ERROR)
#undef ERROR
	return 0;
}

/* What `from glint._glint import *` brings: the constants and the exceptions. */
static int add_all(PyObject *module, PyObject *names)
{
	PyObject *others = Py_BuildValue("(sssssss)", "Error", "ArgumentError", "ArgumentTypeError", "UnsupportedError",
		"HardwareInitializationError", "PeripheralError", "constants");
	PyObject *all = others ? PySequence_Concat(others, names) : NULL;
	int err = all ? PyModule_AddObjectRef(module, "__all__", all) : -1;
	Py_XDECREF(all);
	Py_XDECREF(others);
	return err;
}

int constants_add(PyObject *module)
{
	PyObject *names = PyTuple_New(sizeof constants / sizeof constants[0]);
	if (!names)
		return -1;
	for (size_t i = 0; i < sizeof constants / sizeof constants[0]; i++)
		if (PyTuple_SetItem(names, (Py_ssize_t)i, PyUnicode_FromString(constants[i].name)) < 0 ||
			PyModule_AddIntConstant(module, constants[i].name, constants[i].value) < 0)
			return -1;
	if (PyModule_AddObjectRef(module, "constants", names) < 0)
		return -1;
	Py_DECREF(names);
	if (add_all(module, names) < 0)
		return -1;
#define ADD(name)                                                                                                      \
	if (PyModule_AddIntConstant(module, "_" #name, BLE_##name) < 0)                                                \
		return -1;
	PRIVATE(ADD)
#undef ADD
	if (PyModule_AddIntConstant(module, "_EV_STOPPED", EVENT_STOPPED) < 0)
		return -1;
	return add_errors(module);
}
