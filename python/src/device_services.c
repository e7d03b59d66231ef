/*
 * Services of a device, which come and go at any time. What the library points to is kept by the device's list from before
 * it is added until after it has been removed. Threads may do so at once: what is looked at is looked at again wherever
 * the interpreter's lock may have been let go.
 */
#include "ext.h"

/* The library makes a value of a new service as long as it may be, unless it has been set: also to nothing. */
static int add_to_library(struct device *d, service *s)
{
	for (const struct ble_characteristic *const *c = s->ble.characteristics; c && *c; c++)
		characteristic_of(*c)->was_empty = !(*c)->length;
	int err = device_sign(d, s->ble.characteristics);
	if (!err)
		err = ble_add_service(d->ble, &s->ble);
	for (const struct ble_characteristic *const *c = s->ble.characteristics; !err && c && *c; c++)
		if (characteristic_of(*c)->was_empty)
			err = ble_set_value(d->ble, &characteristic_of(*c)->ble, NULL, 0);
	return err;
}

static void forget_service(struct device *d, const PyObject *s)
{
	for (Py_ssize_t i = PyList_Size(d->services); i-- > 0;)
		if (PyList_GetItem(d->services, i) == s) {
			(void)PySequence_DelItem(d->services, i);
			return;
		}
}

PyObject *device_add_service(PyObject *self, PyObject *arg)
{
	struct device *d = (struct device *)self;
	service *s = (service *)arg;
	PyThreadState *ts;
	if (!PyObject_TypeCheck(arg, service_type))
		return raise_type("service: a Service is taken", arg);
	if (!s->characteristics)
		return raise_code(BLE_ESTATE, "Service.__init__ has not been called");
	if (!device_enter(d, &ts))
		return NULL;
	scene_leave(d->scene, &ts);
	if (s->device) /* from here to its binding the GIL is kept: another thread may add the same */
		return raise_code(BLE_EEXIST, "service: it has been added already");
	if (!service_bind(s, d)) {
		service_release(s);
		return NULL;
	}
	if (PyList_Append(d->services, arg) < 0 || !device_enter(d, &ts)) {
		service_release(s);
		return NULL;
	}
	int err = add_to_library(d, s);
	PyObject *result = device_leave(d, &ts, err);
	if (!result) {
		PyObject *type, *value, *trace;
		PyErr_Fetch(&type, &value, &trace);
		service_release(s);
		forget_service(d, arg); /* not the last: another thread may have added one */
		PyErr_Restore(type, value, trace);
	}
	return result;
}

PyObject *device_remove_service(PyObject *self, PyObject *arg)
{
	struct device *d = (struct device *)self;
	service *s = (service *)arg;
	PyThreadState *ts;
	if (!PyObject_TypeCheck(arg, service_type))
		return raise_type("service: a Service is taken", arg);
	if (!device_enter(d, &ts))
		return NULL;
	int err = ble_remove_service(d->ble, &s->ble);
	if (!err)
		device_forget(d, &s->ble);
	PyObject *result = device_leave(d, &ts, err);
	if (result) {
		service_release(s);
		forget_service(d, arg);
	}
	return result;
}
