/* See client_log.h. */
#include "client_log.h"

#include <stdio.h>
#include <string.h>

static char logged[4096];
static size_t used;

static void put(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	used += (size_t)vsnprintf(logged + used, sizeof logged - used, format, args);
	va_end(args);
	assert_true(used < sizeof logged);
}

/* As it is said aloud: most significant octet first. */
static void put_uuid(uint16_t uuid, const uint8_t *uuid128)
{
	if (!uuid128)
		put("%04X\n", uuid);
	for (int i = 15; uuid128 && i >= 0; i--)
		put("%02X%s", uuid128[i], i ? "" : "\n");
}

static void put_value(const struct ble_event *ev)
{
	if (ev->type == BLE_EV_VALUE)
		put("value %04X+%u", ev->value.handle, ev->value.offset);
	else
		put("%s %04X", ev->value.indication ? "indicated" : "notified", ev->value.handle);
	for (uint16_t i = 0; i < ev->value.len; i++)
		put(" %02X", ev->value.data[i]);
	put("\n");
}

static void put_done(const struct ble_event *ev)
{
	if (BLE_IS_EATT(ev->done.err))
		put("done att %02X handle %04X\n", BLE_ATT_CODE(ev->done.err), ev->done.handle);
	else if (ev->done.err)
		put("done %d\n", ev->done.err);
	else
		put("done ok\n");
}

static void program(struct kit *k, const struct ble_event *ev)
{
	(void)k;
	if (ev->type == BLE_EV_SERVICE) {
		put("service %04X-%04X ", ev->service.start, ev->service.end);
		put_uuid(ev->service.uuid, ev->service.uuid128);
	} else if (ev->type == BLE_EV_CHARACTERISTIC) {
		put("characteristic %04X value %04X properties %02X uuid ", ev->characteristic.handle,
			ev->characteristic.value_handle, ev->characteristic.properties);
		put_uuid(ev->characteristic.uuid, ev->characteristic.uuid128);
	} else if (ev->type == BLE_EV_DESCRIPTOR) {
		put("descriptor %04X ", ev->descriptor.handle);
		put_uuid(ev->descriptor.uuid, ev->descriptor.uuid128);
	} else if (ev->type == BLE_EV_VALUE || ev->type == BLE_EV_NOTIFIED) {
		put_value(ev);
	} else if (ev->type == BLE_EV_DONE) {
		put_done(ev);
	}
}

void client_connected(struct kit *k)
{
	used = 0;
	kit_host(k, NULL);
	k->program = program;
	ut_central(k);
}

static bool has_as_many(void *ctx)
{
	return used >= *(const size_t *)ctx;
}

void client_logged(struct kit *k, const char *lines, const char *file, int line)
{
	size_t len = strlen(lines);
	kit_wake(k);
	if (used < len)
		(void)ble_world_run_while(k->world, ble_world_now(k->world) + 5000000, has_as_many, &len);
	logged[used] = 0;
	used = 0;
	if (strcmp(logged, lines) == 0)
		return;
	print_error("%s:%d: expected\n%scame\n%s", file, line, lines, logged);
	_fail(file, line);
}
