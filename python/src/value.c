/*
 * Between Python values and octets. NUMBER: an integer of `size` octets, least significant first; unsigned when it is
 * read, negatives in two's complement when it is written. STRING: text, latin-1 unless it was asked for UTF-8. BYTES:
 * anything with octets.
 */
#include "ext.h"

static Py_ssize_t refuse_number(const characteristic *ch, PyObject *value)
{
	PyObject *shown = PyObject_Str(value); /* NULL: it has more digits than Python writes */
	PyErr_Clear();
	PyObject *one = PyLong_FromLong(1), *bits = PyLong_FromLong(8L * ch->ble.size);
	PyObject *limit = one && bits ? PyNumber_Lshift(one, bits) : NULL;
	PyObject *max = limit ? PyNumber_Subtract(limit, one) : NULL;
	PyObject *half = limit ? PyNumber_Rshift(limit, one) : NULL;
	PyObject *min = half ? PyNumber_Negative(half) : NULL;
	if (max && min && shown && ch->ble.size <= 8)
		raise_argument("value: %U is outside %S..%S, a NUMBER of %d octet%s", shown, min, max,
			(int)ch->ble.size, ch->ble.size == 1 ? "" : "s");
	else if (max && min)
		raise_argument("value: needs more than %d octets, the size of this NUMBER", (int)ch->ble.size);
	Py_XDECREF(min);
	Py_XDECREF(half);
	Py_XDECREF(max);
	Py_XDECREF(limit);
	Py_XDECREF(bits);
	Py_XDECREF(one);
	Py_XDECREF(shown);
	return -1;
}

/* By int's own to_bytes(): that of a subclass may return whatever it likes. */
static Py_ssize_t big_number_octets(const characteristic *ch, PyObject *value, bool negative, uint8_t octets[512])
{
	PyObject *method = PyObject_GetAttrString((PyObject *)&PyLong_Type, "to_bytes");
	PyObject *args = Py_BuildValue("(Ois)", value, (int)ch->ble.size, "little");
	PyObject *kwargs = Py_BuildValue("{s:O}", "signed", negative ? Py_True : Py_False);
	PyObject *bytes = method && args && kwargs ? PyObject_Call(method, args, kwargs) : NULL;
	Py_XDECREF(kwargs);
	Py_XDECREF(args);
	Py_XDECREF(method);
	if (!bytes) {
		if (!PyErr_ExceptionMatches(PyExc_OverflowError))
			return -1;
		PyErr_Clear();
		return refuse_number(ch, value);
	}
	memcpy(octets, PyBytes_AsString(bytes), ch->ble.size);
	Py_DECREF(bytes);
	return ch->ble.size;
}

static Py_ssize_t number_octets(const characteristic *ch, PyObject *value, uint8_t octets[512])
{
	if (!PyLong_Check(value)) {
		raise_type("value: a NUMBER characteristic takes an int", value);
		return -1;
	}
	int overflow = 0;
	unsigned size = ch->ble.size;
	long long n = PyLong_AsLongLongAndOverflow(value, &overflow);
	if (overflow || size > 7)
		return big_number_octets(ch, value, overflow ? overflow < 0 : n < 0, octets);
	if (n < -(1LL << (8 * size - 1)) || n > (1LL << (8 * size)) - 1)
		return refuse_number(ch, value);
	for (unsigned i = 0; i < size; i++, n >>= 8)
		octets[i] = (uint8_t)n;
	return (Py_ssize_t)size;
}

static Py_ssize_t refuse_length(const char *what, Py_ssize_t len, Py_ssize_t max)
{
	raise_argument("%s: %zd octets are outside 0..%zd", what, len, max);
	return -1;
}

static Py_ssize_t text_octets(const characteristic *ch, PyObject *value, uint8_t octets[512])
{
	if (!PyUnicode_Check(value)) {
		raise_type("value: a STRING characteristic takes a str", value);
		return -1;
	}
	PyObject *bytes = ch->utf8 ? PyUnicode_AsUTF8String(value) : PyUnicode_AsLatin1String(value);
	if (!bytes) {
		if (PyErr_ExceptionMatches(PyExc_UnicodeError)) {
			PyErr_Clear();
			raise_argument("value: %R has a character that %s cannot say%s", value,
				ch->utf8 ? "UTF-8" : "latin-1", ch->utf8 ? "" : "; encoding=\"utf-8\" can");
		}
		return -1;
	}
	Py_ssize_t len = PyBytes_Size(bytes);
	if (len <= ch->ble.size)
		memcpy(octets, PyBytes_AsString(bytes), (size_t)len);
	else
		len = refuse_length("value", len, ch->ble.size);
	Py_DECREF(bytes);
	return len;
}

Py_ssize_t bytes_argument(PyObject *value, const char *what, uint8_t *octets, Py_ssize_t max)
{
	Py_buffer view;
	if (PyObject_GetBuffer(value, &view, PyBUF_SIMPLE) < 0) {
		char sentence[64];
		(void)snprintf(sentence, sizeof sentence, "%s: octets (bytes, bytearray) in one piece are taken", what);
		if (PyErr_ExceptionMatches(PyExc_TypeError) || PyErr_ExceptionMatches(PyExc_BufferError)) {
			PyErr_Clear();
			raise_type(sentence, value);
		}
		return -1;
	}
	Py_ssize_t len = view.len;
	if (len <= max)
		memcpy(octets, view.buf, (size_t)len);
	else
		len = refuse_length(what, len, max);
	PyBuffer_Release(&view);
	return len;
}

Py_ssize_t value_octets(const characteristic *ch, PyObject *value, uint8_t octets[512])
{
	if (ch->ble.type == BLE_NUMBER)
		return number_octets(ch, value, octets);
	if (ch->ble.type == BLE_STRING)
		return text_octets(ch, value, octets);
	if (PyUnicode_Check(value) && PyUnicode_GetLength(value) == 0)
		return 0; /* "" is nothing in either language */
	return bytes_argument(value, "value", octets, ch->ble.size);
}

static PyObject *number_object(const uint8_t *octets, Py_ssize_t len)
{
	if (len <= 8) {
		unsigned long long n = 0;
		for (Py_ssize_t i = len; i-- > 0;)
			n = n << 8 | octets[i];
		return PyLong_FromUnsignedLongLong(n);
	}
	return PyObject_CallMethod((PyObject *)&PyLong_Type, "from_bytes", "y#s", (const char *)octets, len, "little");
}

PyObject *value_object(const characteristic *ch, const uint8_t *octets, Py_ssize_t len)
{
	if (ch->ble.type == BLE_NUMBER)
		return number_object(octets, len);
	if (ch->ble.type == BLE_BYTES)
		return PyBytes_FromStringAndSize((const char *)octets, len);
	return ch->utf8 ? PyUnicode_DecodeUTF8((const char *)octets, len, "replace")
			: PyUnicode_DecodeLatin1((const char *)octets, len, NULL);
}
