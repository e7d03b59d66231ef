/*
 * What verbs share: refusals with a fault, later errors, news of GAP; and the small verbs about the host itself.
 */
#include "gatt/gatt.h"
#include "host/privacy.h"

int host_refuse(struct ble_host *h, int err, const char *subject, int32_t value, int32_t min, int32_t max)
{
	return gatt_refuse(&h->fault, err, subject, value, min, max);
}

const char host_not_attached[] = "this part is not attached";

int host_refuse_hint(struct ble_host *h, int err, const char *subject, const char *hint)
{
	h->fault = (struct ble_fault){ .err = err, .subject = subject, .max = -1, .hint = hint };
	return err;
}

int host_range(struct ble_host *h, const char *subject, uint32_t value, uint32_t min, uint32_t max)
{
	if (value >= min && value <= max)
		return 0;
	return host_refuse(h, BLE_ERANGE, subject, value > INT32_MAX ? INT32_MAX : (int32_t)value, (int32_t)min,
		(int32_t)max);
}

void host_tell(struct ble_host *h, uint8_t type, uint8_t operation, ble_conn_id conn, int err)
{
	h->news = (struct host_news){ conn, (int16_t)err, operation, type };
	host_todo(h, HOST_TODO_NEWS);
}

void host_error(struct ble_host *h, uint8_t operation, ble_conn_id conn, int err)
{
	host_tell(h, BLE_EV_ERROR, operation, conn, err);
}

void host_raised(struct gap_activity *a)
{
	host_pending(host_of(a->hci), host_slot(a));
}

bool host_news(struct ble_host *h, struct ble_event *ev, uint8_t *news, uint8_t started, uint8_t operation, int err)
{
	uint8_t first = (uint8_t)(*news & -*news); /* in the order of their bits */
	if (!first)
		return false;
	*news = (uint8_t)(*news & ~first);
	ev->error.err = err;
	ev->error.operation = operation;
	return host_event_in(h, ev,
		first == GAP_ERROR ? BLE_EV_ERROR : (uint8_t)(started + (first == GAP_STOPPED)), 0);
}

const struct ble_fault *ble_host_fault(const struct ble_host *h)
{
	return &h->fault;
}

void ble_host_refuse(struct ble_host *h, const struct ble_fault *fault)
{
	h->fault = *fault;
}

uint64_t ble_host_now(const struct ble_host *h)
{
	return h->hci.timers.now_us;
}

int ble_host_address(const struct ble_host *h, struct ble_addr *out)
{
	if (h->hci.state != HCI_UP)
		return BLE_ESTATE;
	*out = *host_identity(h);
	return 0;
}

void ble_host_stats(const struct ble_host *h, struct ble_host_stats *out)
{
	*out = (struct ble_host_stats){
		.packets_in = h->hci.packets_in,
		.packets_out = h->hci.packets_out,
		.malformed = h->hci.malformed + h->att.malformed,
		.writes_lost = h->writes_lost,
		.violations = h->hci.violations + h->att.violations,
		.recoveries = h->hci.recoveries,
		.tx_idle = h->hci.pool.idle,
		.tx_total = h->hci.pool.total,
		.tx_low_water = h->hci.pool.low_water,
		.arena_used = h->used,
		.arena_size = h->size,
	};
}
