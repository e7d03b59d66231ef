/*
 * What centrals do to values: a write is stored and then told; a read that only the program can answer is asked, and
 * answered at once, refused, or deferred. The server has checked handles, permissions and lengths before.
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

static void on_written(struct ble *ble, const struct ble_event *ev)
{
	struct ble_characteristic *ch = own(ev->written.characteristic);
	if (ch->value && ev->written.len <= ch->size) {
		memcpy(ch->value, ev->written.data, ev->written.len);
		ch->length = ev->written.len;
	}
	tell(ble, ch, &(struct ble_write){
			      .peer = ev->conn,
			      .data = ev->written.data,
			      .len = ev->written.len,
			      .status = BLE_WRITE,
		      });
}

static void on_asked(struct ble *ble, struct ble_characteristic *ch, const struct ble_event *ev)
{
	struct ble_read read = { .peer = ev->conn, .offset = ev->read.offset, .token = ev->read.token };
	int err = ch->on_read ? ch->on_read(ble, ch, &read, ch->ctx) : 0;
	if (err == BLE_EPENDING) {
		(void)ble_server_defer(ble->host, ev->read.token);
		return;
	}
	if (!err && !read.data) {
		read.data = ch->value;
		read.len = ch->value ? ch->length : 0;
	}
	if (err && !BLE_IS_EATT(err))
		err = BLE_EATT(UNLIKELY_ERROR);
	/* ENOENT: on_read has answered by itself */
	(void)ble_server_reply(ble->host, ev->read.token, err, read.data, read.len);
}

static bool on_event(struct ble *ble, const struct ble_event *ev)
{
	if (ev->type == BLE_EV_WRITTEN) {
		on_written(ble, ev);
	} else if (ev->type == BLE_EV_READ) {
		struct ble_characteristic *ch = own(ev->read.characteristic);
		if (ev->read.token)
			on_asked(ble, ch, ev);
		tell(ble, ch, &(struct ble_write){ .peer = ev->conn, .status = BLE_READ });
	} else if (ev->type == BLE_EV_SUBSCRIBED && ev->subscribed.characteristic) {
		struct ble_characteristic *ch = own(ev->subscribed.characteristic);
		tell(ble, ch, &(struct ble_write){ .peer = ev->conn, .status = BLE_NOTIFY });
	}
	return true;
}

static const struct module_family family = { .on_event = on_event, .end = module_services_end };

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
