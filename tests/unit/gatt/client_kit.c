/* See client_kit.h. */
#include "client_kit.h"

#include <stdio.h>

struct client_kit kit;
static char logged[1 << 16];
static size_t used;

int client_up(void **state)
{
	(void)state;
	fake_reset();
	memset(&kit, 0, sizeof kit);
	fake.att.client = &fake_client;
	gatt_client_open(&kit.gatt, &fake.bearer);
	used = 0;
	return 0;
}

int client_down(void **state)
{
	(void)state;
	gatt_client_close(&kit.gatt);
	assert_int_equal(fake.idle, FAKE_TX);
	assert_int_equal(tmr_next(&fake.timers), UINT64_MAX);
	return 0;
}

static void put(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	if (used > sizeof logged / 2)
		used = 0; /* a test of thousands of events reads none of them */
	used += (size_t)vsnprintf(logged + used, sizeof logged - used, format, args);
	va_end(args);
}

static void put_uuid(uint16_t uuid, const uint8_t *uuid128)
{
	if (!uuid128)
		put(" %04X\n", uuid);
	for (int i = 15; uuid128 && i >= 0; i--)
		put("%s%02X%s", i == 15 ? " " : "", uuid128[i], i ? "" : "\n");
}

static void put_octets(const struct ble_event *ev)
{
	for (uint16_t i = 0; i < ev->value.len; i++)
		put(" %02X", ev->value.data[i]);
	put(ev->type == BLE_EV_VALUE && ev->value.cut ? " cut\n" : "\n");
}

static void put_done(const struct ble_event *ev)
{
	kit.dones++;
	if (BLE_IS_EATT(ev->done.err))
		put("done att %02X handle %04X\n", BLE_ATT_CODE(ev->done.err), ev->done.handle);
	else if (ev->done.err)
		put("done %d\n", ev->done.err);
	else if (ev->done.handle)
		put("done ok handle %04X\n", ev->done.handle);
	else
		put("done ok\n");
}

static void put_found(const struct ble_event *ev)
{
	if (ev->type == BLE_EV_SERVICE) {
		put("service %04X-%04X", ev->service.start, ev->service.end);
		put_uuid(ev->service.uuid, ev->service.uuid128);
	} else if (ev->type == BLE_EV_INCLUDED) {
		put("included %04X %04X-%04X", ev->included.handle, ev->included.start, ev->included.end);
		put_uuid(ev->included.uuid, ev->included.uuid128);
	} else if (ev->type == BLE_EV_CHARACTERISTIC) {
		put("characteristic %04X value %04X properties %02X", ev->characteristic.handle,
			ev->characteristic.value_handle, ev->characteristic.properties);
		put_uuid(ev->characteristic.uuid, ev->characteristic.uuid128);
	} else if (ev->type == BLE_EV_DESCRIPTOR) {
		put("descriptor %04X", ev->descriptor.handle);
		put_uuid(ev->descriptor.uuid, ev->descriptor.uuid128);
	}
}

static void note(void)
{
	const struct ble_event *ev = &fake.ev;
	if (ev->type == BLE_EV_NONE)
		return;
	kit.events++;
	put_found(ev);
	if (ev->type == BLE_EV_VALUE) {
		assert_false(ev->value.indication);
		put("value %04X+%u", ev->value.handle, ev->value.offset);
		put_octets(ev);
	} else if (ev->type == BLE_EV_NOTIFIED) {
		put("%s %04X", ev->value.indication ? "indicated" : "notified", ev->value.handle);
		put_octets(ev);
	} else if (ev->type == BLE_EV_SERVICE_CHANGED) {
		put("changed %04X-%04X\n", ev->service_changed.start, ev->service_changed.end);
	} else if (ev->type == BLE_EV_MTU) {
		put("mtu %u\n", ev->mtu.mtu);
	} else if (ev->type == BLE_EV_DONE) {
		put_done(ev);
	}
	fake.ev.type = BLE_EV_NONE;
}

void client_polls(void)
{
	for (unsigned polls = 0; gatt_client_waits(&kit.gatt); polls++) {
		assert_true(polls < 300);
		if (!gatt_client_more(&kit.gatt))
			break;
		note();
	}
}

void client_answer(const void *pdu, size_t len)
{
	uint8_t copy[FAKE_SDU];
	memcpy(copy, pdu, len);
	fake_clear();
	fake.more = 0;
	assert_int_equal(fake_rx(copy, len), ATT_DONE);
	note();
	if (fake.more)
		client_polls();
}

void client_answer_hex(const char *hex)
{
	uint8_t pdu[FAKE_SDU];
	client_answer(pdu, fake_octets(pdu, hex));
}

void client_logged(const char *lines, const char *file, int line)
{
	logged[used] = 0;
	used = 0;
	if (strcmp(logged, lines) == 0)
		return;
	print_error("%s:%d: expected\n%scame\n%s", file, line, lines, logged);
	_fail(file, line);
}

void client_idle(void)
{
	assert_null(kit.gatt.procedure);
	assert_false(gatt_client_waits(&kit.gatt));
}
