/*
 * Preferred connection parameters are asked for once a connection: not before it is 5 s old, because a central that is
 * discovering wants its short interval (T_GAP(conn_pause_peripheral), Vol 3 Part C Appendix A), and not within a second
 * of ATT traffic (T_GAP(conn_pause_central) is as long). If the present ones do already, nothing is said. Nor while the
 * program holds back who sends: that it is quiet then is our doing, and what the central would answer with could not reach
 * a controller whose buffers are full before its instant.
 */
#include "module/prefer.h"

enum { PAUSE_US = 5000000, QUIET_US = 1000000 };

static bool satisfied(const struct ble *ble, const struct ble_conn_info *now)
{
	return now->interval_us >= ble->ppcp[0] * 1250u && now->interval_us <= ble->ppcp[1] * 1250u &&
		now->latency == ble->ppcp[2];
}

static void ask(struct ble *ble, struct module_prefer *p, uint64_t now_us)
{
	struct ble_conn_info info;
	if (ble_conn_info(ble->host, p->conn, &info) < 0 || satisfied(ble, &info)) {
		p->due_us = BLE_NEVER;
		return;
	}
	if (ble_host_is_held(ble->host)) {
		p->due_us = now_us + QUIET_US;
		return;
	}
	if (now_us < info.att_us + QUIET_US) {
		p->due_us = info.att_us + QUIET_US;
		return;
	}
	struct ble_conn_params params = {
		.interval_min_us = ble->ppcp[0] * 1250u,
		.interval_max_us = ble->ppcp[1] * 1250u,
		.latency = ble->ppcp[2],
		.supervision_ms = ble->ppcp[3] * 10u,
	};
	/* Busy: the program has asked by itself, or no packet is free; the one is an answer, the other passes. */
	p->due_us = ble_conn_update(ble->host, p->conn, &params) == BLE_EBUSY ? now_us + QUIET_US : BLE_NEVER;
}

static bool on_event(struct ble *ble, const struct ble_event *ev)
{
	if (ev->type == BLE_EV_CONNECTED && ev->connected.role == BLE_ROLE_PERIPHERAL)
		*module_prefer_of(ble, ev->conn) = (struct module_prefer){ .due_us = ev->t_us + PAUSE_US, .conn = ev->conn };
	if (ev->type == BLE_EV_DISCONNECTED)
		module_prefer_of(ble, ev->conn)->due_us = BLE_NEVER;
	return true;
}

static void run(struct ble *ble, uint64_t now_us)
{
	for (uint8_t i = 0; i < ble->connections; i++)
		if (ble->prefer[i].due_us <= now_us && !ble->prefer[i].leave)
			ask(ble, &ble->prefer[i], now_us);
}

static uint64_t next_due(const struct ble *ble)
{
	uint64_t due = BLE_NEVER;
	for (uint8_t i = 0; i < ble->connections; i++)
		due = ble->prefer[i].due_us < due ? ble->prefer[i].due_us : due;
	return due;
}

const struct module_family module_prefer_family = { .on_event = on_event, .run = run, .next_due = next_due };
