/*
 * Advertising data as module.md decides it. A payload that is AD structures is the packet; any other becomes
 * manufacturer specific data behind the flags. Without payload the packet tells, in this order and while it fits: flags,
 * name (shortened if it must be), appearance, 16-bit then 128-bit service UUIDs; the rest goes to the scan response,
 * unless the program has one. The transmit power is told behind all that, if it is asked for. AD structures: Vol 3 Part C 11; their values: CSS Part A 1.
 */
#include "module/advertising_data.h"

#include <string.h>

#include "base/le.h"
#include "spec/ad.h"

/* Octets of a value by its AD type: from, to, and the size of an item. */
struct shape {
	uint8_t type, min, max, step;
};

static const struct shape shapes[] = {
	{ AD_FLAGS, 1, 29, 1 },
	{ AD_UUIDS16_INCOMPLETE, 2, 28, 2 },
	{ AD_UUIDS16_COMPLETE, 2, 28, 2 },
	{ AD_UUIDS32_INCOMPLETE, 4, 28, 4 },
	{ AD_UUIDS32_COMPLETE, 4, 28, 4 },
	{ AD_UUIDS128_INCOMPLETE, 16, 16, 16 },
	{ AD_UUIDS128_COMPLETE, 16, 16, 16 },
	{ AD_NAME_SHORTENED, 1, 29, 1 },
	{ AD_NAME_COMPLETE, 1, 29, 1 },
	{ AD_TX_POWER_LEVEL, 1, 1, 1 },
	{ AD_PERIPHERAL_CONNECTION_INTERVAL_RANGE, 4, 4, 1 },
	{ AD_SOLICITATION_UUIDS16, 2, 28, 2 },
	{ AD_SOLICITATION_UUIDS128, 16, 16, 16 },
	{ AD_SERVICE_DATA_UUID16, 2, 29, 1 },
	{ AD_APPEARANCE, 2, 2, 1 },
	{ AD_ADVERTISING_INTERVAL, 2, 2, 1 },
	{ AD_LE_ROLE, 1, 1, 1 },
	{ AD_SERVICE_DATA_UUID128, 16, 29, 1 },
	{ AD_URI, 1, 29, 1 },
	{ AD_MANUFACTURER_SPECIFIC_DATA, 2, 29, 1 },
};

static bool is_proper(const struct ad *ad)
{
	for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
		const struct shape *s = &shapes[i];
		if (s->type == ad->type)
			return ad->len >= s->min && ad->len <= s->max && ad->len % s->step == 0;
	}
	return false;
}

bool advertising_is_packet(const uint8_t *data, size_t len)
{
	struct rd r = rd_of(data, len);
	struct ad ad;
	if (!ad_next(&r, &ad) || !is_proper(&ad))
		return false;
	while (ad_next(&r, &ad))
		;
	return rd_ok(&r);
}

static bool is_connectable(uint8_t mode)
{
	return mode == BLE_ADV_CONN_UND;
}

static void put_flags(struct wr *w, uint8_t mode)
{
	uint8_t flags = AD_FLAG_BR_EDR_NOT_SUPPORTED;
	if (is_connectable(mode))
		flags |= AD_FLAG_LE_GENERAL_DISCOVERABLE;
	ad_write(w, AD_FLAGS, &flags, 1);
}

static size_t room(const struct wr *w)
{
	return w->cap - w->len;
}

/* The longest start of a text that ends with a whole character and has at most max octets. */
static size_t shortened(const char *text, size_t len, size_t max)
{
	if (len <= max)
		return len;
	while (max && ((uint8_t)text[max] & 0xc0) == 0x80)
		max--;
	return max;
}

static void put_name(struct wr *w, const char *name)
{
	size_t len = strlen(name);
	if (room(w) < 3)
		return;
	size_t part = shortened(name, len, room(w) - 2);
	if (part)
		ad_write(w, part == len ? AD_NAME_COMPLETE : AD_NAME_SHORTENED, name, part);
}

/* False when it has to go elsewhere. */
static bool put_appearance(struct wr *w, uint16_t appearance)
{
	uint8_t octets[2];
	if (!appearance)
		return true;
	if (room(w) < 4)
		return false;
	le16_put(octets, appearance);
	ad_write(w, AD_APPEARANCE, octets, 2);
	return true;
}

static size_t uuid_size(const struct ble_service *s)
{
	return s->base_uuid ? 16 : 2;
}

void advertising_put_uuid(struct wr *w, const struct ble_service *s)
{
	uint8_t *at = wr_room(w, uuid_size(s));
	if (!at)
		return;
	if (s->base_uuid) {
		memcpy(at, s->base_uuid, 16);
		at += 12;
	}
	le16_put(at, s->uuid);
}

/* The UUIDs of one size from number `from` on, one structure of as many as fit; returns the first that did not. */
static unsigned put_uuids(struct wr *w, const struct advertising_input *in, size_t size, unsigned from)
{
	unsigned n = 0, total = 0;
	for (uint8_t i = 0; i < in->service_count; i++)
		total += in->services[i] && uuid_size(in->services[i]) == size;
	size_t fit = room(w) < 2 ? 0 : (room(w) - 2) / size;
	unsigned to = fit < total - from ? from + (unsigned)fit : total;
	if (to == from)
		return from;
	uint8_t complete = size == 2 ? AD_UUIDS16_COMPLETE : AD_UUIDS128_COMPLETE;
	wr_u8(w, (uint8_t)((to - from) * size + 1));
	wr_u8(w, from == 0 && to == total ? complete : (uint8_t)(complete - 1)); /* incomplete is one below */
	for (uint8_t i = 0; i < in->service_count; i++) {
		const struct ble_service *s = in->services[i];
		if (!s || uuid_size(s) != size)
			continue;
		if (n >= from && n < to)
			advertising_put_uuid(w, s);
		n++;
	}
	return to;
}

/* Everything that we can tell, into the packet; what does not fit into the scan response, if we may write one. */
static void put_all(const struct advertising_input *in, struct wr *adv, struct wr *rsp)
{
	put_flags(adv, in->mode);
	size_t name_len = strlen(in->name);
	put_name(adv, in->name);
	bool told = put_appearance(adv, in->appearance);
	unsigned of16 = put_uuids(adv, in, 2, 0);
	unsigned of128 = put_uuids(adv, in, 16, 0);
	if (!rsp)
		return;
	if (name_len + 2 > adv->cap - 3u)
		put_name(rsp, in->name);
	if (!told)
		(void)put_appearance(rsp, in->appearance);
	(void)put_uuids(rsp, in, 2, of16);
	(void)put_uuids(rsp, in, 16, of128);
}

static int too_long(struct ble_fault *fault, const char *subject, size_t len, size_t limit, const char *hint)
{
	*fault = (struct ble_fault){ .err = BLE_ETOOBIG,
		.subject = subject,
		.value = (int32_t)len,
		.max = (int32_t)limit,
		.hint = hint };
	return BLE_ETOOBIG;
}

/* Where the octets of a packet with manufacturer data go; with the flags, with a company identifier of ours. */
static const char *const budgets[2][2] = {
	{ "a packet has 31: header 2 + payload 29", "a packet has 31: header 2 + company identifier 2 + payload 27" },
	{ "a packet has 31: flags 3 + header 2 + payload 26",
		"a packet has 31: flags 3 + header 2 + company identifier 2 + payload 24" },
};

/* What the program gave, as a packet or as manufacturer data. */
static int put_given(const struct advertising_input *in, struct wr *w, const uint8_t *data, uint8_t len, bool flags,
	struct ble_fault *fault)
{
	const char *subject = flags ? "payload: octets" : "scan_rsp: octets";
	if (in->raw == BLE_RAW_YES || (in->raw == BLE_RAW_GUESS && advertising_is_packet(data, len))) {
		if (len > MODULE_AD_MAX)
			return too_long(fault, subject, len, MODULE_AD_MAX, "a packet has 31, and these octets are the whole of it");
		wr_put(w, data, len);
		return 0;
	}
	if (flags)
		put_flags(w, in->mode);
	size_t id = in->company == BLE_COMPANY_BROUGHT ? 0 : 2;
	size_t limit = room(w) - 2 - id;
	if (len + id < 2) {
		*fault = (struct ble_fault){
			.err = BLE_EINVAL, .subject = subject, .value = len, .min = 2, .max = (int32_t)limit
		};
		return BLE_EINVAL;
	}
	if (len > limit)
		return too_long(fault, subject, len, limit, budgets[flags][id != 0]);
	uint8_t value[MODULE_AD_MAX];
	int32_t company = in->company ? in->company : 0xffff;
	le16_put(value, company == BLE_COMPANY_0000 ? 0 : (uint16_t)company);
	memcpy(value + id, data, len);
	ad_write(w, AD_MANUFACTURER_SPECIFIC_DATA, value, id + len);
	return 0;
}

/* Behind a payload there may be no room for it, be it known by now or not. */
static int put_power(const struct advertising_input *in, struct wr *w, struct ble_fault *fault)
{
	if (!advertising_power_len(in))
		return 0;
	if (room(w) < ADVERTISING_POWER_LEN)
		return too_long(fault, "payload: octets", in->payload_len, in->payload_len + room(w) - ADVERTISING_POWER_LEN,
			"a packet has 31, of which tx_power takes 3");
	if (in->power->known)
		ad_write(w, AD_TX_POWER_LEVEL, &in->power->dbm, 1);
	return 0;
}

void advertising_default(const struct advertising_input *in, struct advertising_packets *out)
{
	struct wr adv = wr_of(out->adv, sizeof out->adv);
	struct wr rsp = wr_of(out->scan_rsp, sizeof out->scan_rsp);
	put_all(in, &adv, &rsp);
	out->adv_len = (uint8_t)adv.len;
	out->scan_rsp_len = (uint8_t)rsp.len;
}

int advertising_build(const struct advertising_input *in, struct advertising_packets *out, struct ble_fault *fault)
{
	struct wr adv = wr_of(out->adv, sizeof out->adv);
	struct wr rsp = wr_of(out->scan_rsp, sizeof out->scan_rsp);
	bool scannable = in->mode == BLE_ADV_CONN_UND || in->mode == BLE_ADV_SCAN_UND;
	bool given = in->scan_rsp && in->scan_rsp_len;
	int err = 0;
	if (given)
		err = put_given(in, &rsp, in->scan_rsp, in->scan_rsp_len, false, fault);
	if (!err && in->payload && in->payload_len) {
		err = put_given(in, &adv, in->payload, in->payload_len, true, fault);
		if (!err && scannable && !given)
			put_name(&rsp, in->name);
	} else if (!err) {
		adv.cap -= in->reserve + advertising_power_len(in);
		put_all(in, &adv, scannable && !given ? &rsp : NULL);
		adv.cap = sizeof out->adv;
	}
	if (!err)
		err = put_power(in, &adv, fault);
	if (err)
		return err;
	out->adv_len = (uint8_t)adv.len;
	out->scan_rsp_len = scannable ? (uint8_t)rsp.len : 0;
	return 0;
}
