/*
 * What centrals do to values. A write is put to the program, if it wants to judge, then stored and told; a read that
 * only the program can answer is asked. Both are answered at once, refused, or deferred. The server has checked handles,
 * permissions and lengths before.
 */
#include "module/service_events.h"

#include <string.h>

enum { UNLIKELY_ERROR = 0x0e }; /* Vol 3 Part F 3.4.1.1 */

static struct ble_characteristic *own(const struct ble_characteristic *ch)
{
	return (struct ble_characteristic *)(uintptr_t)ch;
}

static void tell(struct ble *ble, struct ble_characteristic *ch, const struct ble_write *write)
{
	uint8_t wanted = ch->events ? ch->events : BLE_WRITE;
	if (ch->on_write && (wanted & write->status))
		ch->on_write(ble, ch, write, ch->ctx);
}

static int att_error(int err)
{
	return !err || BLE_IS_EATT(err) ? err : BLE_EATT(UNLIKELY_ERROR);
}

/* What on_check refuses, or keeps waiting, is not stored. A command has no token: it is dropped. Nor is anything to be
 * stored when a long write begins. */
static void on_written(struct ble *ble, const struct ble_event *ev)
{
	struct ble_characteristic *ch = own(ev->written.characteristic);
	struct ble_write write = { .peer = ev->conn, .data = ev->written.data, .len = ev->written.len,
		.status = BLE_WRITE, .token = ev->written.token };
	int err = ch->on_check ? ch->on_check(ble, ch, &write, ch->ctx) : 0;
	if (err == BLE_EPENDING) {
		(void)ble_server_defer(ble->host, write.token);
	} else if (err) {
		(void)ble_server_reply(ble->host, write.token, att_error(err), NULL, 0);
	} else if (write.data) {
		if (ch->value && write.len <= ch->size) {
			memcpy(ch->value, write.data, write.len);
			ch->length = write.len;
			ch->reserved |= MODULE_VALUE_IS_SET;
		}
		write.token = 0;
		tell(ble, ch, &write);
	}
}

static void on_asked(struct ble *ble, struct ble_characteristic *ch, const struct ble_event *ev)
{
	struct ble_read read = { .peer = ev->conn, .offset = ev->read.offset, .token = ev->read.token };
	int err = ch->on_read ? ch->on_read(ble, ch, &read, ch->ctx) : 0;
	if (err == BLE_EPENDING)
		(void)ble_server_defer(ble->host, read.token);
	else /* BLE_ENOENT: on_read has answered by itself */
		(void)ble_server_reply(ble->host, read.token, att_error(err), ch->value, ch->value ? ch->length : 0);
}

bool module_services_event(struct ble *ble, const struct ble_event *ev)
{
	if (ev->type == BLE_EV_WRITTEN) {
		on_written(ble, ev);
	} else if (ev->type == BLE_EV_READ) {
		struct ble_characteristic *ch = own(ev->read.characteristic);
		if (ev->read.token)
			on_asked(ble, ch, ev);
		tell(ble, ch, &(struct ble_write){ .peer = ev->conn, .status = BLE_READ });
	} else if (ev->type == BLE_EV_SUBSCRIBED) {
		struct ble_characteristic *ch = own(ev->subscribed.characteristic);
		tell(ble, ch, &(struct ble_write){ .peer = ev->conn, .status = BLE_NOTIFY });
	} else if (ev->type == BLE_EV_CONFIRMED) {
		return ev->confirmed.handle >= ble->first_handle; /* else it was Service Changed */
	}
	return true;
}

static const struct module_family family = { .on_event = module_services_event, .end = module_services_end };

int module_use_server(struct ble *ble)
{
	return module_use(ble, FAMILY_SERVICES, &family, &ble_server);
}

int ble_answer(struct ble *ble, uint32_t token, int err, const void *data, size_t len)
{
	if (err && !BLE_IS_EATT(err))
		return module_refuse_hint(ble, BLE_EINVAL, "err", "it is neither 0 nor BLE_EATT(code)");
	return module_host_code(ble, ble_server_reply(ble->host, token, err, data, len), "token",
		"answered already, too late, or the peer has gone");
}
