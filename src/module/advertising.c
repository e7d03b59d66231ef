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
		.payload = adv->octets,
		.payload_len = adv->payload_len,
		.scan_rsp = adv->octets ? adv->octets + adv->payload_len : NULL,
		.scan_rsp_len = adv->scan_rsp_len,
		.mode = adv->mode ? adv->mode : BLE_ADV_CONN_UND,
		.raw = adv->raw,
		.company = adv->company,
		.name = ble->name,
		.appearance = ble->appearance,
		.services = ble->services,
		.service_count = ble->service_count,
	};
}

static int build(struct ble *ble, const struct advertising_input *in)
{
	struct advertising_packets p;
	struct ble_fault fault; /* none: what the program gave has fitted before */
	if (!ble->adv.build)
		advertising_default(in, &p);
	else if (ble->adv.build(in, &p, &fault))
		return fault.err;
	return ble_adv_data(ble->host, p.adv, p.adv_len, p.scan_rsp, p.scan_rsp_len);
}

static void changed(struct ble *ble)
{
	struct advertising_input in = input_of(ble, &ble->adv);
	if (ble->advertises)
		(void)build(ble, &in);
}

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
	if (p->interval_us)
		return module_range(ble, "interval_us", p->interval_us, 20000, 10240000);
	return 0;
}

static size_t given(const struct ble_advertising_params *p)
{
	return (size_t)p->payload_len + p->scan_rsp_len;
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
	ble->adv = (struct module_advertising){
		.build = advertising_build,
		.octets = sum ? ble->adv_octets : NULL,
		.company = p->company,
		.payload_len = p->payload_len,
		.scan_rsp_len = p->scan_rsp_len,
		.mode = p->mode,
		.raw = p->raw,
	};
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
		err = module_use(ble, FAMILY_ADVERTISING, &family, &ble_peripheral);
	if (err)
		return err;
	struct advertising_input in = input_of(ble, &(struct module_advertising){
			.company = p->company, .mode = p->mode, .raw = p->raw });
	in.payload = p->payload;
	in.payload_len = p->payload_len;
	in.scan_rsp = p->scan_rsp;
	in.scan_rsp_len = p->scan_rsp_len;
	struct advertising_packets packets;
	struct ble_fault fault;
	err = advertising_build(&in, &packets, &fault);
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
	if (err)
		return err;
	trace_guess(ble, p);
	keep(ble, p);
	return ble_adv_data(ble->host, packets.adv, packets.adv_len, packets.scan_rsp, packets.scan_rsp_len);
}

int ble_start_advertising(struct ble *ble)
{
	int err = module_use(ble, FAMILY_ADVERTISING, &family, &ble_peripheral);
	if (err)
		return err;
	if (!ble->advertises) {
		struct advertising_input in = input_of(ble, &ble->adv);
		err = build(ble, &in);
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
