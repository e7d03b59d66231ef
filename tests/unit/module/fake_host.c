/* The fake host: see fake_host.h. */
#include "fake_host.h"

#include <string.h>

struct fake fake;

struct ble_part {
	const char *name;
};
struct ble_room {
	char unused;
};
const struct ble_room ble_peripheral_room, ble_server_room, ble_observer_room, ble_accept_room, ble_levels_room,
	ble_pairing_room, ble_signing_room;
const struct ble_part ble_peripheral = { "peripheral" };
const struct ble_part ble_server = { "server" };
const struct ble_part ble_observer = { "observer" };

/* As the real one, which leaves a fault with all but plain BLE_EBUSY, BLE_ECONN, BLE_ENOENT and BLE_ECLOSED. */
static int refuse(int err, const char *subject)
{
	fake.fault = (struct ble_fault){ .err = err, .subject = subject, .max = -1 };
	return err;
}

size_t ble_host_memory(const struct ble_host_config *config)
{
	(void)config;
	return 64u;
}

int ble_host_init(struct ble_host **host, void *memory, size_t size, const struct ble_host_config *config,
	struct ble_fault *fault)
{
	(void)fault;
	assert_true(size >= ble_host_memory(config));
	assert_int_equal((uintptr_t)memory % _Alignof(uint64_t), 0);
	memset(memory, 0, ble_host_memory(config));
	fake.config = *config;
	*host = memory;
	return 0;
}

int ble_host_attach(struct ble_host *host, const struct ble_part *part)
{
	(void)host;
	assert_true(fake.part_count < FAKE_PARTS);
	fake.parts[fake.part_count++] = part;
	return 0;
}

int ble_host_start(struct ble_host *host)
{
	(void)host;
	fake.started = true;
	return 0;
}

void ble_host_stop(struct ble_host *host)
{
	(void)host;
	fake.started = false;
}

void ble_host_run(struct ble_host *host, uint64_t now_us)
{
	(void)host;
	fake.now_us = now_us;
}

bool ble_host_poll(struct ble_host *host, struct ble_event *ev)
{
	(void)host;
	if (fake.event_at == fake.event_count)
		return false;
	*ev = fake.events[fake.event_at++];
	return true;
}

uint64_t ble_host_next_due(const struct ble_host *host)
{
	(void)host;
	return fake.due_us;
}

bool ble_host_is_held(const struct ble_host *host)
{
	(void)host;
	return fake.held;
}

uint64_t ble_host_now(const struct ble_host *host)
{
	(void)host;
	return fake.now_us;
}

const struct ble_fault *ble_host_fault(const struct ble_host *host)
{
	(void)host;
	return &fake.fault;
}

void ble_host_refuse(struct ble_host *host, const struct ble_fault *fault)
{
	(void)host;
	fake.fault = *fault;
}

bool ble_host_has(const struct ble_host *host, const struct ble_room *room)
{
	(void)host;
	(void)room;
	return fake.has_all;
}

int ble_accept_set(struct ble_host *host, const struct ble_addr *addrs, size_t count)
{
	(void)host;
	if (!fake.has_all)
		return refuse(BLE_ENOTSUP, "ble_accept");
	fake.accept = addrs;
	fake.accept_count = count;
	return 0;
}

int ble_adv_filter(struct ble_host *host, uint8_t only)
{
	(void)host;
	fake.adv_only = only;
	return 0;
}

int ble_scan_filter(struct ble_host *host, bool only)
{
	(void)host;
	fake.scan_only = only;
	return 0;
}

int ble_conn_rssi(struct ble_host *host, ble_conn_id conn)
{
	(void)host;
	if (!fake.has_all)
		return refuse(BLE_ENOTSUP, "ble_levels");
	if (conn == 0 || conn > fake.conn_count)
		return BLE_ECONN;
	fake.rssi = conn;
	return 0;
}

int ble_adv_power(struct ble_host *host, int8_t *dbm)
{
	(void)host;
	*dbm = -4;
	return !fake.has_all ? refuse(BLE_ENOTSUP, "ble_levels") : fake.power_unknown ? refuse(BLE_ESTATE, "power") : 0;
}

int ble_adv_set(struct ble_host *host, const struct ble_adv_params *params)
{
	(void)host;
	fake.adv = *params;
	fake.adv_sets++;
	return 0;
}

int ble_adv_data(struct ble_host *host, const void *adv, size_t adv_len, const void *scan_rsp, size_t scan_rsp_len)
{
	(void)host;
	assert_true(adv_len <= 31 && scan_rsp_len <= 31);
	memcpy(fake.adv_data, adv, adv_len);
	memcpy(fake.scan_rsp, scan_rsp, scan_rsp_len);
	fake.adv_len = adv_len;
	fake.scan_rsp_len = scan_rsp_len;
	fake.adv_datas++;
	return 0;
}

int ble_adv_start(struct ble_host *host)
{
	(void)host;
	fake.adv_starts++;
	return 0;
}

int ble_adv_stop(struct ble_host *host)
{
	(void)host;
	fake.adv_stops++;
	return 0;
}

int ble_scan_start(struct ble_host *host, const struct ble_scan_params *params)
{
	(void)host;
	fake.scan = *params;
	fake.scan_starts++;
	return 0;
}

int ble_scan_stop(struct ble_host *host)
{
	(void)host;
	fake.scan_stops++;
	return 0;
}

int ble_server_add(struct ble_host *host, const struct ble_service *service, uint16_t *first_handle)
{
	(void)host;
	if (fake.add_err)
		return refuse(fake.add_err, "subscriptions");
	for (unsigned i = 0; i < FAKE_SERVICES; i++) {
		if (fake.services[i])
			continue;
		fake.services[i] = service;
		fake.server_adds++;
		if (first_handle)
			*first_handle = (uint16_t)(0x10 * (i + 1) - 1);
		return 0;
	}
	return refuse(BLE_ENOMEM, "services");
}

int ble_server_remove(struct ble_host *host, const struct ble_service *service)
{
	(void)host;
	for (unsigned i = 0; i < FAKE_SERVICES; i++)
		if (fake.services[i] == service) {
			fake.services[i] = NULL;
			return 0;
		}
	return refuse(BLE_ENOENT, "service");
}

uint16_t ble_server_handle(const struct ble_host *host, const struct ble_characteristic *characteristic)
{
	(void)host;
	for (unsigned i = 0; i < FAKE_SERVICES; i++) {
		const struct ble_service *s = fake.services[i];
		for (unsigned k = 0; s && s->characteristics && s->characteristics[k]; k++)
			if (s->characteristics[k] == characteristic)
				return (uint16_t)(0x10 * (i + 1) + 2 * k);
	}
	return 0;
}

int ble_server_gap(struct ble_host *host, const struct ble_gap_info *info)
{
	(void)host;
	fake.gap = *info;
	return 0;
}

int ble_server_notify(struct ble_host *host, ble_conn_id conn, uint16_t value_handle, const void *data, size_t len)
{
	(void)host;
	(void)value_handle;
	if (conn == 0 || conn > fake.conn_count)
		return BLE_ECONN;
	if (fake.notify_err[conn - 1])
		return fake.notify_err[conn - 1];
	fake.notified[conn - 1]++;
	memcpy(fake.value, data, len);
	fake.value_len = len;
	return 0;
}

int ble_server_reply(struct ble_host *host, uint32_t token, int err, const void *data, size_t len)
{
	(void)host;
	if (token && token == fake.answered)
		return BLE_ENOENT;
	fake.answered = token;
	fake.replied = token;
	fake.reply_err = err;
	fake.reply_len = len;
	if (len)
		memcpy(fake.reply, data, len);
	return fake.reply_result;
}

int ble_server_defer(struct ble_host *host, uint32_t token)
{
	(void)host;
	fake.deferred = token;
	return 0;
}

ble_conn_id ble_conn_next(const struct ble_host *host, ble_conn_id after)
{
	(void)host;
	return after < fake.conn_count ? after + 1 : 0;
}

int ble_conn_disconnect(struct ble_host *host, ble_conn_id conn, uint8_t reason)
{
	(void)host;
	if (conn == 0 || conn > fake.conn_count)
		return BLE_ECONN;
	fake.reason = reason;
	fake.disconnects++;
	return 0;
}

int ble_conn_info(const struct ble_host *host, ble_conn_id conn, struct ble_conn_info *out)
{
	(void)host;
	if (conn == 0 || conn > fake.conn_count)
		return BLE_ECONN;
	*out = fake.info;
	return 0;
}

int ble_conn_update(struct ble_host *host, ble_conn_id conn, const struct ble_conn_params *params)
{
	(void)host;
	(void)conn;
	fake.update = *params;
	fake.updates++;
	return fake.update_err;
}

int ble_pairing_set(struct ble_host *host, const struct ble_pairing_params *params)
{
	(void)host;
	if (params->level > fake.reach)
		return refuse(BLE_EINVAL, "level");
	fake.pairing = *params;
	fake.pairing_sets++;
	return 0;
}

int ble_pairing_level(struct ble_host *host, uint8_t level)
{
	struct ble_pairing_params p = fake.pairing;
	p.level = level;
	return ble_pairing_set(host, &p);
}

int ble_pairing_get(struct ble_host *host, struct ble_pairing_params *out)
{
	(void)host;
	*out = fake.pairing;
	return 0;
}

static int answer(ble_conn_id conn, uint32_t what)
{
	if (conn > fake.conn_count)
		return BLE_ECONN;
	if (conn != fake.asked)
		return BLE_ENOENT;
	fake.asked = 0;
	fake.entered = what;
	return 0;
}

int ble_conn_passkey(struct ble_host *host, ble_conn_id conn, uint32_t passkey)
{
	(void)host;
	return answer(conn, passkey);
}

int ble_conn_confirm(struct ble_host *host, ble_conn_id conn, bool same)
{
	(void)host;
	return answer(conn, same);
}

int ble_conn_security(const struct ble_host *host, ble_conn_id conn, struct ble_security_info *out)
{
	(void)host;
	(void)conn;
	*out = fake.security;
	return 0;
}

bool ble_bond_next(const struct ble_host *host, unsigned *index, struct ble_bond *out)
{
	(void)host;
	if (*index >= fake.bond_count)
		return false;
	*out = fake.bonds[(*index)++];
	return true;
}

int ble_bond_remove(struct ble_host *host, const struct ble_addr *identity)
{
	(void)host;
	if (!fake.bond_count || memcmp(identity, &fake.bonds[fake.bond_count - 1].identity, sizeof *identity) != 0)
		return BLE_ENOENT;
	fake.bond_count--;
	return 0;
}

int ble_oob_make(struct ble_host *host)
{
	(void)host;
	return BLE_EBUSY;
}

int ble_oob_set(struct ble_host *host, const struct ble_oob *theirs, bool legacy)
{
	(void)host;
	(void)theirs;
	(void)legacy;
	return refuse(BLE_ENOTSUP, "ways");
}

int ble_privacy_set(struct ble_host *host, uint8_t kind, uint32_t rotate_ms)
{
	(void)host;
	(void)kind;
	(void)rotate_ms;
	return refuse(BLE_ENOTSUP, "ble_private");
}

struct ble *fake_device(const struct ble_options *options)
{
	static uint64_t memory[1024];
	static struct ble_transport transport;
	static const struct ble_platform platform;
	struct ble_options o = options ? *options : (struct ble_options){ 0 };
	struct ble *ble;
	fake = (struct fake){ .due_us = BLE_NEVER };
	o.transport = &transport;
	o.platform = &platform;
	memset(memory, 0xa5, sizeof memory);
	assert_int_equal(ble_init(&ble, memory, sizeof memory, &o), 0);
	assert_int_equal(ble_start(ble), 0);
	return ble;
}

void fake_event(const struct ble_event *ev)
{
	assert_true(fake.event_count < FAKE_EVENTS);
	fake.events[fake.event_count++] = *ev;
}

const char *fake_why(const struct ble *ble)
{
	static char text[300];
	return ble_explain(ble, fake.fault.err, text, sizeof text);
}
