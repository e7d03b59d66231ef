/* One function an event, in a table whose size the options say. */
#include "module/module.h"

int ble_add_callback(struct ble *ble, enum ble_event_type event,
	void (*fn)(struct ble *ble, const struct ble_event *event, void *ctx), void *ctx)
{
	if ((unsigned)event >= BLE_EV_COUNT)
		return module_refuse(ble, BLE_EINVAL, "event", (int64_t)event, BLE_EV_NONE, BLE_EV_COUNT - 1);
	struct module_callback *slot = NULL;
	for (uint16_t i = 0; i < ble->callback_count; i++) {
		struct module_callback *c = &ble->callbacks[i];
		if (c->fn && c->event == event) {
			slot = c;
			break;
		}
		if (!c->fn && !slot)
			slot = c;
	}
	if (!fn) {
		if (slot && slot->event == event)
			slot->fn = NULL; /* or it is free: nothing */
		return 0;
	}
	if (!slot)
		return module_refuse(ble, BLE_ENOMEM, "callbacks", ble->callback_count + 1, 0, ble->callback_count);
	uint16_t used = (uint16_t)(slot - ble->callbacks + 1);
	if (used > ble->callback_top)
		ble->callback_top = used;
	*slot = (struct module_callback){ .fn = fn, .ctx = ctx, .event = (uint8_t)event };
	return 0;
}
