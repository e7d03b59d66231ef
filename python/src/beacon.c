/* Beacons: the functions of beacon.h over bytes. wireless.ble_beacons gives them their old names and argument order. */
#include "ext.h"

#include <ble/beacon.h>

static PyObject *packet_object(const uint8_t *packet, int len, const struct ble_fault *fault)
{
	char why[200];
	if (len < 0)
		return raise_code(len, ble_fault_explain(fault, len, why, sizeof why));
	return PyBytes_FromStringAndSize((const char *)packet, len);
}

static PyObject *decode_error(int err)
{
	return raise_argument("%s",
		err == BLE_ENOENT        ? "packet: there is no beacon of this kind in it"
			: err == BLE_EBADPDU ? "packet: the beacon breaks its format"
			: err == BLE_ENOTSUP ? "packet: encrypted telemetry cannot be read"
					     : ble_strerror(err));
}

static PyObject *ibeacon_encode(PyObject *self, PyObject *args)
{
	struct ble_ibeacon b = { 0 };
	const char *uuid;
	Py_ssize_t len;
	int power, company;
	uint8_t packet[BLE_BEACON_SIZE];
	struct ble_fault fault = { 0 };
	(void)self;
	if (!PyArg_ParseTuple(
		    args, "y#O&O&iib", &uuid, &len, to_u16, &b.major, to_u16, &b.minor, &power, &company, &b.flags))
		return NULL;
	if (len != 16)
		return raise_argument("uuid: %zd octets, it has 16", len);
	if (power < -128 || power > 127)
		return raise_argument("power: %d is outside -128..127 (dBm)", power);
	memcpy(b.uuid, uuid, 16);
	b.power_dbm = (int8_t)power;
	b.company = company;
	return packet_object(packet, ble_ibeacon_encode(&b, packet, &fault), &fault);
}

static PyObject *ibeacon_decode(PyObject *self, PyObject *args)
{
	struct ble_ibeacon b;
	const char *data;
	Py_ssize_t len;
	int company;
	(void)self;
	if (!PyArg_ParseTuple(args, "y#i", &data, &len, &company))
		return NULL;
	int err = ble_ibeacon_decode(data, (size_t)len, company, &b);
	if (err)
		return decode_error(err);
	return Py_BuildValue("(y#iiiii)", (const char *)b.uuid, (Py_ssize_t)16, b.major, b.minor, b.power_dbm,
		b.company == BLE_COMPANY_0000 ? 0 : (int)b.company, b.flags);
}

static bool power_argument(int power)
{
	if (power < -100 || power > 20)
		raise_argument("power: %d is outside -100..20 (dBm, at 0 m)", power);
	return power >= -100 && power <= 20;
}

static PyObject *uid_encode(PyObject *self, PyObject *args)
{
	struct ble_eddystone_uid u = { 0 };
	const char *name_space, *instance;
	Py_ssize_t name_len, instance_len;
	int power;
	uint8_t packet[BLE_BEACON_SIZE];
	struct ble_fault fault = { 0 };
	(void)self;
	if (!PyArg_ParseTuple(args, "y#y#ib", &name_space, &name_len, &instance, &instance_len, &power, &u.flags))
		return NULL;
	if (name_len != 10)
		return raise_argument("namespace: %zd octets, it has 10", name_len);
	if (instance_len != 6)
		return raise_argument("instance: %zd octets, it has 6", instance_len);
	if (!power_argument(power))
		return NULL;
	memcpy(u.name_space, name_space, 10);
	memcpy(u.instance, instance, 6);
	u.power_dbm = (int8_t)power;
	return packet_object(packet, ble_eddystone_uid_encode(&u, packet, &fault), &fault);
}

static PyObject *url_encode(PyObject *self, PyObject *args)
{
	struct ble_eddystone_url u = { 0 };
	int power;
	uint8_t packet[BLE_BEACON_SIZE];
	struct ble_fault fault = { 0 };
	(void)self;
	if (!PyArg_ParseTuple(args, "sib", &u.url, &power, &u.flags) || !power_argument(power))
		return NULL;
	u.power_dbm = (int8_t)power;
	return packet_object(packet, ble_eddystone_url_encode(&u, packet, &fault), &fault);
}

static PyObject *tlm_encode(PyObject *self, PyObject *args)
{
	struct ble_eddystone_tlm t = { 0 };
	int temperature;
	unsigned int count, uptime;
	uint8_t packet[BLE_BEACON_SIZE];
	struct ble_fault fault = { 0 };
	(void)self;
	if (!PyArg_ParseTuple(
		    args, "O&iO&O&b", to_u16, &t.battery_mv, &temperature, to_u32, &count, to_u32, &uptime, &t.flags))
		return NULL;
	t.temperature_c256 = (int16_t)temperature;
	t.adv_count = count;
	t.uptime_100ms = uptime;
	return packet_object(packet, ble_eddystone_tlm_encode(&t, packet, &fault), &fault);
}

static PyObject *type(PyObject *self, PyObject *args)
{
	const char *data;
	Py_ssize_t len;
	(void)self;
	if (!PyArg_ParseTuple(args, "y#", &data, &len))
		return NULL;
	int found = ble_eddystone_type(data, (size_t)len);
	return found < 0 ? decode_error(found) : PyLong_FromLong(found);
}

static PyObject *decode_uid(const char *data, size_t len)
{
	struct ble_eddystone_uid u;
	int err = ble_eddystone_uid_decode(data, len, &u);
	if (err)
		return decode_error(err);
	return Py_BuildValue("(y#y#ii)", (const char *)u.name_space, (Py_ssize_t)10, (const char *)u.instance,
		(Py_ssize_t)6, u.power_dbm, u.flags);
}

static PyObject *decode_url(const char *data, size_t len)
{
	struct ble_eddystone_url u;
	char text[BLE_EDDYSTONE_URL_SIZE];
	int err = ble_eddystone_url_decode(data, len, text, &u);
	return err ? decode_error(err) : Py_BuildValue("(sii)", u.url, u.power_dbm, u.flags);
}

static PyObject *decode_tlm(const char *data, size_t len)
{
	struct ble_eddystone_tlm t;
	int err = ble_eddystone_tlm_decode(data, len, &t);
	return err ? decode_error(err)
		   : Py_BuildValue("(iiIIi)", t.battery_mv, t.temperature_c256, t.adv_count, t.uptime_100ms, t.flags);
}

static PyObject *decode(PyObject *self, PyObject *args)
{
	const char *data;
	Py_ssize_t len;
	int kind;
	(void)self;
	if (!PyArg_ParseTuple(args, "y#i", &data, &len, &kind))
		return NULL;
	switch (kind) {
	case BLE_EDDYSTONE_UID: return decode_uid(data, (size_t)len);
	case BLE_EDDYSTONE_URL: return decode_url(data, (size_t)len);
	case BLE_EDDYSTONE_TLM: return decode_tlm(data, (size_t)len);
	default: return raise_argument("packet: a frame of type 0x%02x cannot be decoded", kind);
	}
}

static PyMethodDef functions[] = {
	{ "ibeacon_encode", ibeacon_encode, METH_VARARGS, "(uuid, major, minor, power, company, flags) -> bytes" },
	{ "ibeacon_decode", ibeacon_decode, METH_VARARGS,
		"(packet, company) -> (uuid, major, minor, power, company, flags)" },
	{ "eddystone_uid_encode", uid_encode, METH_VARARGS, "(namespace, instance, power, flags) -> bytes" },
	{ "eddystone_url_encode", url_encode, METH_VARARGS, "(url, power, flags) -> bytes" },
	{ "eddystone_tlm_encode", tlm_encode, METH_VARARGS, "(battery, temperature, count, uptime, flags) -> bytes" },
	{ "eddystone_type", type, METH_VARARGS, "(packet) -> type" },
	{ "eddystone_decode", decode, METH_VARARGS, "(packet, type) -> what the encoder of that type takes" },
	{ NULL, NULL, 0, NULL },
};

int beacon_add(PyObject *module)
{
	return PyModule_AddFunctions(module, functions);
}
