/*
 * Services of the program: checked whole before anything changes, given memory for their values, handed to the server.
 * The list kept here is for the advertising packet (which UUIDs), for "twice the same", and for ble_end().
 */
#include "module/service_events.h"

#include <string.h>

static int check_characteristic(struct ble *ble, const struct ble_characteristic *ch)
{
	if (ch->handle)
		return module_refuse_hint(ble, BLE_EEXIST, "characteristic",
			"its service has been added already");
	if (ch->size < 1 || ch->size > 512)
		return module_refuse(ble, BLE_ERANGE, "characteristic.size", ch->size, 1, 512);
	if (ch->length > ch->size)
		return module_refuse(ble, BLE_ERANGE, "characteristic.length", ch->length, 0, ch->size);
	if ((ch->type & (BLE_DESCRIPTOR - 1)) > BLE_BYTES)
		return module_refuse(ble, BLE_EINVAL, "characteristic.type", ch->type, 0, BLE_BYTES);
	if (!ch->permission)
		return module_refuse(ble, BLE_EINVAL, "characteristic.permission", 0, 1, UINT8_MAX);
	if ((ch->permission & BLE_WRITE_SIGNED) && !ble->signs)
		return module_refuse_hint(ble, BLE_ENOTSUP, "characteristic.permission",
			"WRITE_SIGNED needs ble_signing, and ble_security() before");
	if ((ch->permission & BLE_BROADCAST) && !ble->adv.broadcasts)
		return module_refuse_hint(ble, BLE_ESTATE, "characteristic.permission",
			"BROADCAST needs ble_broadcasting()");
	return 0;
}

static bool wants_value(const struct ble_characteristic *ch)
{
	return !ch->value && !ch->on_read;
}

/* All or nothing: the sum of what the values need is asked first. */
static int check(struct ble *ble, const struct ble_service *service)
{
	uint32_t octets = 0;
	if (module_is_here(ble, service))
		return module_refuse_hint(ble, BLE_EEXIST, "service", "it has been added already");
	for (const struct ble_characteristic *const *c = service->characteristics; c && *c; c++) {
		int err = check_characteristic(ble, *c);
		if (err)
			return err;
		for (const struct ble_characteristic *const *d = service->characteristics; d != c; d++)
			if (*d == *c)
				return module_refuse_hint(ble, BLE_EEXIST, "characteristic",
					"it is twice in the list of its service");
		if (wants_value(*c))
			octets += (*c)->size;
	}
	if (octets > (uint32_t)(ble->value_size - ble->value_used))
		return module_refuse(ble, BLE_ENOMEM, "value_octets", (int64_t)ble->value_used + octets, 0,
			ble->value_size);
	return 0;
}

static struct ble_characteristic *own(const struct ble_characteristic *ch)
{
	return (struct ble_characteristic *)(uintptr_t)ch; /* lists are const, their objects are the program's */
}

static void give_values(struct ble *ble, const struct ble_service *service)
{
	for (const struct ble_characteristic *const *c = service->characteristics; c && *c; c++) {
		struct ble_characteristic *ch = own(*c);
		if (wants_value(ch)) {
			ch->value = memset(ble->values + ble->value_used, 0, ch->size);
			ch->reserved = MODULE_VALUE_IS_OURS;
			ble->value_used = (uint16_t)(ble->value_used + ch->size);
		}
		if (!ch->length && !(ch->reserved & MODULE_VALUE_IS_SET))
			ch->length = ch->size;
	}
}

/* What give_values() did, undone: mark is value_used from before. */
static void take_values(struct ble *ble, const struct ble_service *service, uint16_t mark)
{
	for (const struct ble_characteristic *const *c = service->characteristics; c && *c; c++) {
		struct ble_characteristic *ch = own(*c);
		uint8_t *value = ch->value;
		if ((ch->reserved & MODULE_VALUE_IS_OURS) && value >= ble->values + mark) {
			ch->value = NULL;
			ch->reserved = 0;
			ch->length = 0;
		}
	}
	ble->value_used = mark;
}

static void move_values(const struct ble *ble, const uint8_t *from, uint16_t by)
{
	for (uint8_t i = 0; i < ble->service_count; i++) {
		const struct ble_service *s = ble->services[i];
		for (const struct ble_characteristic *const *c = s ? s->characteristics : NULL; c && *c; c++) {
			struct ble_characteristic *ch = own(*c);
			uint8_t *value = ch->value;
			if ((ch->reserved & MODULE_VALUE_IS_OURS) && value >= from)
				ch->value = value - by;
		}
	}
}

/* Of a service that leaves: nothing of it points here afterwards, and no gap stays, since the values behind move up. */
static void give_back_values(struct ble *ble, const struct ble_service *service)
{
	for (const struct ble_characteristic *const *c = service->characteristics; c && *c; c++) {
		struct ble_characteristic *ch = own(*c);
		if (!(ch->reserved & MODULE_VALUE_IS_OURS))
			continue;
		uint8_t *at = ch->value, *behind = at + ch->size;
		memmove(at, behind, (size_t)(ble->values + ble->value_used - behind));
		move_values(ble, behind, ch->size);
		ble->value_used = (uint16_t)(ble->value_used - ch->size);
		ch->value = NULL;
		ch->reserved = 0;
		ch->length = 0;
	}
}

static void set_handles(struct ble *ble, const struct ble_service *service, bool there)
{
	for (const struct ble_characteristic *const *c = service->characteristics; c && *c; c++) {
		own(*c)->handle = there ? ble_server_handle(ble->host, *c) : 0;
		own(*c)->reserved &= MODULE_VALUE_IS_OURS | MODULE_VALUE_IS_SET; /* nobody has set a 0x2903 of it yet */
	}
}

int ble_add_service(struct ble *ble, struct ble_service *service)
{
	int err = check(ble, service);
	if (err)
		return err;
	uint8_t slot = 0;
	while (slot < ble->service_count && ble->services[slot])
		slot++;
	if (slot == ble->service_count)
		return module_refuse(ble, BLE_ENOMEM, "services", ble->service_count + 1, 1, ble->service_count);
	err = module_use_server(ble);
	if (err)
		return err;
	uint16_t mark = ble->value_used;
	give_values(ble, service);
	uint16_t first;
	err = ble_server_add(ble->host, service, &first);
	if (err) {
		take_values(ble, service, mark);
		return err;
	}
	if (!ble->first_handle)
		ble->first_handle = first;
	set_handles(ble, service, true);
	ble->services[slot] = service;
	module_changed(ble);
	return 0;
}

int ble_remove_service(struct ble *ble, struct ble_service *service)
{
	for (uint8_t i = 0; i < ble->service_count; i++) {
		if (!service || ble->services[i] != service)
			continue;
		int err = ble_server_remove(ble->host, service);
		if (err)
			return err;
		set_handles(ble, service, false);
		give_back_values(ble, service);
		ble->services[i] = NULL;
		module_changed(ble);
		return 0;
	}
	return module_refuse_hint(ble, BLE_ENOENT, "service", "it has not been added");
}

/* The device's memory is going: no characteristic keeps a pointer into it. */
void module_services_end(struct ble *ble)
{
	for (uint8_t i = 0; i < ble->service_count; i++) {
		const struct ble_service *service = ble->services[i];
		if (!service)
			continue;
		set_handles(ble, service, false);
		take_values(ble, service, 0);
		ble->services[i] = NULL;
	}
}
