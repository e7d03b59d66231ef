/*
 * The advertising verbs. What the program gave is kept as it gave it, so that the packets can be built again when the
 * name or the services change; parameters go straight to the host, which keeps them.
 */
#include "module/module.h"

#include <string.h>

#include "module/advertising_data.h"

static void changed(struct ble *ble);

static const struct module_family family = { .changed = changed };

static struct advertising_input input_of(const struct ble *ble, const struct module_advertising *adv)
{
	return (struct advertising_input){
		.payload = ble->adv_octets,
		.payload_len = adv->payload_len,
		.scan_rsp = ble->adv_octets + adv->payload_len,
		.scan_rsp_len = adv->scan_rsp_len,
		.mode = adv->mode ? adv->mode : BLE_ADV_CONN_UND,
		.raw = adv->raw,
		.power = &adv->power,
		.company = adv->company,
		.name = ble->name,
		.appearance = ble->appearance,
		.services = ble->services,
		.service_count = ble->service_count,
	};
}

int module_packets(struct ble *ble, struct advertising_packets *out, struct ble_fault *fault)
{
	struct advertising_input in = input_of(ble, &ble->adv);
	if (ble->adv.build)
		return ble->adv.build(&in, out, fault);
	advertising_default(&in, out);
	return 0;
}

static int build(struct ble *ble)
{
	struct advertising_packets p;
	struct ble_fault fault; /* none: what the program gave has fitted before */
	if (module_packets(ble, &p, &fault))
		return fault.err;
	return ble_adv_data(ble->host, p.adv, p.adv_len, p.scan_rsp, p.scan_rsp_len);
}

static void changed(struct ble *ble)
{
	if (ble->advertises)
		(void)build(ble);
}

int module_use_advertising(struct ble *ble)
{
	return module_use(ble, FAMILY_ADVERTISING, &family, &ble_peripheral);
}

/* The power is for the packets of ble_advertising() alone; the default ones do not pay for it. */
static bool on_event(struct ble *ble, const struct ble_event *ev)
{
	if (ev->type == BLE_EV_TX_POWER) {
		ble->adv.power.known = true;
		ble->adv.power.dbm = ev->tx_power.dbm;
		if (ble->adv.power.wanted)
			changed(ble);
	}
	return true;
}

static const struct module_family family_with_power = { .changed = changed, .on_event = on_event };

static int check(struct ble *ble, const struct ble_advertising_params *p)
{
	if (p->mode > BLE_ADV_UNCN_UND)
		return module_refuse(ble, BLE_EINVAL, "mode", p->mode, 0, BLE_ADV_UNCN_UND);
	if (p->raw > BLE_RAW_NO)
		return module_refuse(ble, BLE_EINVAL, "raw", p->raw, 0, BLE_RAW_NO);
	if (p->channels > 7)
		return module_refuse(ble, BLE_EINVAL, "channels", p->channels, 0, 7);
	if (p->company < BLE_COMPANY_BROUGHT || p->company > 0xffff)
		return module_refuse(ble, BLE_ERANGE, "company", p->company, BLE_COMPANY_BROUGHT, 0xffff);
	if ((p->payload_len && !p->payload) || (p->scan_rsp_len && !p->scan_rsp))
		return module_refuse_hint(ble, BLE_EINVAL, p->payload ? "scan_rsp" : "payload",
			"it is NULL, but its length is not 0");
	static const struct ble_addr nobody;
	if (p->mode == BLE_ADV_CONN_DIR && !memcmp(&p->peer, &nobody, sizeof nobody))
		return module_refuse_hint(ble, BLE_EINVAL, "peer", "BLE_ADV_CONN_DIR needs the address to advertise to");
	if (p->only > (BLE_ADV_ONLY_SCANS | BLE_ADV_ONLY_CONNECTIONS))
		return module_refuse(ble, BLE_EINVAL, "only", p->only, 0, BLE_ADV_ONLY_SCANS | BLE_ADV_ONLY_CONNECTIONS);
	if (p->only && !ble_host_has(ble->host, &ble_accept_room))
		return module_refuse_hint(ble, BLE_ENOTSUP, "only", "the accept list needs the part ble_accept");
	if (p->tx_power && !ble_host_has(ble->host, &ble_levels_room))
		return module_refuse_hint(ble, BLE_ENOTSUP, "tx_power", "the transmit power needs the part ble_levels");
	if (p->interval_us)
		return module_range(ble, "interval_us", p->interval_us, 20000, 10240000);
	return 0;
}

static size_t given(const struct ble_advertising_params *p)
{
	return (size_t)p->payload_len + p->scan_rsp_len;
}

static int (*builder(const struct ble *ble))(const struct advertising_input *in, struct advertising_packets *out,
	struct ble_fault *fault)
{
	return ble->adv.build ? ble->adv.build : advertising_build;
}

/* What the program gives may be what is kept already. */
static void keep(struct ble *ble, const struct ble_advertising_params *p)
{
	size_t sum = given(p);
	uint8_t octets[2 * MODULE_AD_MAX]; /* both have been built: no longer than this */
	if (p->payload_len)
		memcpy(octets, p->payload, p->payload_len);
	if (p->scan_rsp_len)
		memcpy(octets + p->payload_len, p->scan_rsp, p->scan_rsp_len);
	if (sum)
		memcpy(ble->adv_octets, octets, sum);
	ble->adv.build = builder(ble);
	ble->adv.company = p->company;
	ble->adv.payload_len = p->payload_len;
	ble->adv.scan_rsp_len = p->scan_rsp_len;
	ble->adv.mode = p->mode;
	ble->adv.raw = p->raw;
	ble->adv.power.wanted = p->tx_power;
	ble->advertises = true;
}

static void word(const struct ble *ble, const char *text)
{
	ble->trace->put(ble->trace->ctx, &(struct ble_trace_rec){
		.t_us = ble_host_now(ble->host), .kind = BLE_TRACE_WORD, .data = text, .len = strlen(text) });
}

/* What the program left to us is told to who looks for the reason of a strange packet. */
static void trace_guess(const struct ble *ble, const struct ble_advertising_params *p)
{
	if (!ble->trace || p->raw != BLE_RAW_GUESS)
		return;
	if (p->payload_len)
		word(ble, advertising_is_packet(p->payload, p->payload_len) ? "payload: taken as AD structures"
									    : "payload: taken as manufacturer data");
	if (p->scan_rsp_len)
		word(ble, advertising_is_packet(p->scan_rsp, p->scan_rsp_len) ? "scan_rsp: taken as AD structures"
									      : "scan_rsp: taken as manufacturer data");
}

int ble_advertising(struct ble *ble, const struct ble_advertising_params *p)
{
	int err = check(ble, p);
	if (!err)
		err = module_use_advertising(ble);
	if (err)
		return err;
	ble->families[FAMILY_ADVERTISING] = &family_with_power;
	if (p->tx_power) /* told before the family was here, or not yet */
		ble->adv.power.known = !ble_adv_power(ble->host, &ble->adv.power.dbm);
	struct module_advertising next = ble->adv;
	next.company = p->company;
	next.mode = p->mode;
	next.raw = p->raw;
	next.power.wanted = p->tx_power;
	struct advertising_input in = input_of(ble, &next);
	in.payload = p->payload;
	in.payload_len = p->payload_len;
	in.scan_rsp = p->scan_rsp;
	in.scan_rsp_len = p->scan_rsp_len;
	struct advertising_packets packets;
	struct ble_fault fault;
	err = builder(ble)(&in, &packets, &fault);
	if (err)
		ble_host_refuse(ble->host, &fault);
	if (!err && given(p) > ble->adv_size)
		err = module_refuse(ble, BLE_ENOMEM, "adv_octets", (int64_t)given(p), 0, ble->adv_size);
	if (!err)
		err = ble_adv_set(ble->host, &(struct ble_adv_params){
				.interval_min_us = p->interval_us,
				.interval_max_us = p->interval_us,
				.timeout_ms = p->timeout_ms == BLE_FOREVER ? 0 : p->timeout_ms,
				.mode = p->mode,
				.channels = p->channels,
				.auto_restart = p->auto_restart,
				.peer = p->peer,
			});
	if (!err)
		err = ble_adv_filter(ble->host, p->only);
	if (err)
		return err;
	trace_guess(ble, p);
	keep(ble, p);
	return ble_adv_data(ble->host, packets.adv, packets.adv_len, packets.scan_rsp, packets.scan_rsp_len);
}

int ble_start_advertising(struct ble *ble)
{
	int err = module_use_advertising(ble);
	if (err)
		return err;
	if (!ble->advertises) {
		err = build(ble);
		if (err)
			return err;
		ble->advertises = true;
	}
	return ble_adv_start(ble->host);
}

int ble_stop_advertising(struct ble *ble)
{
	if (!ble->families[FAMILY_ADVERTISING])
		return 0;
	return ble_adv_stop(ble->host);
}
