/*
 * A device from one piece of memory. The same walk over the same pieces measures (ble_memory) and deals out (ble_init),
 * so the two cannot disagree. Behind the module's own tables lies the host with all that is left.
 *
 * The module's parts come when their first verb is called, and are linked by it; here the host is told to keep room for
 * them. The program's own come at once.
 */
#include "module/module.h"

#include <string.h>

struct layout {
	struct ble_host_config host;
	uint16_t callbacks, values, adv, cache;
	const struct ble_room *rooms[3 + 1]; /* for host.rooms */
};

static uint16_t or_default(uint16_t asked, uint16_t fallback)
{
	if (asked == BLE_NONE)
		return 0;
	return asked ? asked : fallback;
}

static void layout_of(struct layout *l, const struct ble_options *o)
{
	*l = (struct layout){
		.host = {
			.transport = o->transport,
			.platform = o->platform,
			.trace = o->trace,
			.parts = o->parts,
			.name = o->name,
			.connections = o->connections ? o->connections : 1,
			.tx_queue = o->tx_queue,
			.services = o->services ? o->services : 8,
			.subscriptions = o->subscriptions ? o->subscriptions : 16,
			.att_mtu = o->att_mtu,
			.acl_octets = o->acl_octets,
			.prepared_octets = o->prepared_octets,
			.accept_list = o->accept_list,
			.bonds = o->bonds,
		},
		.callbacks = or_default(o->callbacks, BLE_EV_COUNT),
		.values = or_default(o->value_octets, 512),
		.adv = or_default(o->adv_octets, 2 * MODULE_AD_MAX),
		.cache = or_default(o->scan_cache, 64),
		.rooms = { &ble_server_room, &ble_peripheral_room, &ble_observer_room },
	};
	l->rooms[2] = l->cache ? l->rooms[2] : NULL;
	l->host.rooms = l->rooms;
}

static struct ble *take(struct arena *a, const struct layout *l)
{
	struct ble *ble = arena_take(a, sizeof *ble, _Alignof(uint64_t));
	struct module_prefer *prefer =
		arena_take(a, l->host.connections * sizeof *prefer, _Alignof(struct module_prefer));
	const struct ble_service **services =
		arena_take(a, l->host.services * sizeof *services, _Alignof(struct ble_service *));
	struct module_callback *callbacks =
		arena_take(a, l->callbacks * sizeof *callbacks, _Alignof(struct module_callback));
	struct module_scanning *scan =
		arena_take(a, l->cache ? sizeof *scan : 0, _Alignof(struct module_scanning));
	uint32_t *cache = arena_take(a, l->cache * sizeof *cache, _Alignof(uint32_t));
	uint8_t *values = arena_take(a, l->values, 1);
	uint8_t *adv = arena_take(a, l->adv, 1);
	(void)arena_take(a, 0, _Alignof(uint64_t));
	if (!arena_ok(a) || !ble)
		return NULL;
	*ble = (struct ble){
		.callbacks = callbacks,
		.services = services,
		.prefer = prefer,
		.scan = l->cache ? scan : NULL,
		.scan_cache = cache,
		.values = values,
		.adv_octets = adv,
		.callback_count = l->callbacks,
		.scan_cache_count = l->cache,
		.value_size = l->values,
		.adv_size = l->adv,
		.service_count = (uint8_t)l->host.services, /* options have no more */
		.connections = (uint8_t)l->host.connections,
	};
	for (uint8_t i = 0; i < ble->connections; i++)
		ble->prefer[i].due_us = BLE_NEVER;
	return ble;
}

static size_t need(const struct layout *l)
{
	struct arena nothing = arena_of(NULL, 0);
	(void)take(&nothing, l);
	return nothing.used + ble_host_memory(&l->host);
}

size_t ble_memory(const struct ble_options *options)
{
	struct layout l;
	layout_of(&l, options);
	return need(&l);
}

static int32_t clip(size_t n)
{
	return n > INT32_MAX ? INT32_MAX : (int32_t)n;
}

static int check(const void *memory, size_t size, const struct ble_options *o, const struct layout *l,
	struct ble_fault *fault)
{
	if (!o->transport || !o->platform) {
		*fault = (struct ble_fault){ .err = BLE_EINVAL,
			.subject = o->transport ? "platform" : "transport",
			.max = -1,
			.hint = "ble_init() is given both in the options" };
		return BLE_EINVAL;
	}
	int err = module_name_check(o->name ? o->name : "Glint", fault);
	if (err)
		return err;
	if ((uintptr_t)memory % _Alignof(uint64_t)) {
		*fault = (struct ble_fault){ .err = BLE_EINVAL,
			.subject = "memory",
			.max = -1,
			.hint = "it is not aligned for uint64_t" };
		return BLE_EINVAL;
	}
	size_t needed = need(l);
	if (!memory || size < needed) {
		*fault = (struct ble_fault){ .err = BLE_ENOMEM,
			.subject = "memory",
			.value = clip(memory ? size : 0),
			.min = clip(needed),
			.max = INT32_MAX };
		return BLE_ENOMEM;
	}
	return 0;
}

int ble_init(struct ble **out, void *memory, size_t size, const struct ble_options *options)
{
	struct ble_fault ignored;
	struct ble_fault *fault = options->fault ? options->fault : &ignored;
	struct layout l;
	*out = NULL;
	*fault = (struct ble_fault){ 0 };
	layout_of(&l, options);
	int err = check(memory, size, options, &l, fault);
	if (err)
		return err;
	struct arena a = arena_of(memory, size);
	struct ble *ble = take(&a, &l);
	struct ble_host *host;
	err = ble_host_init(&host, a.base + a.used, a.size - a.used, &l.host, fault);
	if (err)
		return err;
	ble->host = host;
	ble->platform = options->platform;
	ble->trace = options->trace;
	ble->name = options->name ? options->name : "Glint";
	*out = ble;
	return 0;
}

void ble_end(struct ble *ble)
{
	if (!ble)
		return;
	(void)ble_stop(ble);
	for (unsigned i = 0; i < FAMILY_COUNT; i++)
		if (ble->families[i] && ble->families[i]->end)
			ble->families[i]->end(ble);
	for (uint16_t i = 0; i < ble->callback_count; i++)
		ble->callbacks[i].fn = NULL;
}

/* Some of the host's verbs say no more than one of these codes: what is left of an earlier one would explain them wrong. */
static bool is_bare(int err)
{
	return err == BLE_EBUSY || err == BLE_ECONN || err == BLE_ENOENT || err == BLE_ECLOSED;
}

struct ble_host *ble_host(struct ble *ble)
{
	if (is_bare(ble_host_fault(ble->host)->err))
		ble_host_refuse(ble->host, &(struct ble_fault){ 0 });
	return ble->host;
}

void **ble_port(struct ble *ble)
{
	return &ble->port;
}
