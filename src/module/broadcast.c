/*
 * BLE_BROADCAST: a characteristic whose 0x2903 a central has set (Vol 3 Part G 3.3.3.4) has its value in the advertising
 * packet, as data of its service (CSS Part A 1.11), and every change of it as well. The packet has 31 octets. Without a
 * payload of the program broadcasts come first and the rest makes room; behind a payload they have what is left. What
 * does not fit whole is left out, and the program is told once.
 *
 * This stands in for the family of services and for the builder of packets, and calls both.
 */
#include "module/advertising_data.h"
#include "module/service_events.h"

#include <string.h>

#include "spec/ad.h"

enum { FLAGS_LEN = 3 };

struct walk {
	const struct ble_service *const *services;
	unsigned count, i, k;
};

/* The next one that broadcasts, of services[walk.i]; NULL: there is none left. */
static struct ble_characteristic *next(struct walk *w)
{
	for (; w->i < w->count; w->i++, w->k = 0) {
		const struct ble_service *s = w->services[w->i];
		while (s && s->characteristics && s->characteristics[w->k]) {
			/* lists are const, their objects are the program's */
			struct ble_characteristic *ch =
				(struct ble_characteristic *)(uintptr_t)s->characteristics[w->k++];
			if ((ch->reserved & MODULE_BROADCASTS) && ch->value) /* else there is none but when it is read */
				return ch;
		}
	}
	return NULL;
}

static size_t size_of(const struct ble_service *s, const struct ble_characteristic *ch)
{
	return 2u + (s->base_uuid ? 16 : 2) + ch->length;
}

static void put(struct wr *w, const struct ble_service *s, const struct ble_characteristic *ch)
{
	wr_u8(w, (uint8_t)(size_of(s, ch) - 1));
	wr_u8(w, s->base_uuid ? AD_SERVICE_DATA_UUID128 : AD_SERVICE_DATA_UUID16);
	advertising_put_uuid(w, s);
	wr_put(w, ch->value, ch->length);
}

/* What fits. `note`: it is the packet itself, and what does not fit is to be told. */
static void put_all(const struct advertising_input *in, struct wr *w, bool note)
{
	struct walk walk = { .services = in->services, .count = in->service_count };
	for (struct ble_characteristic *ch; (ch = next(&walk));) {
		const struct ble_service *s = in->services[walk.i];
		bool fits = size_of(s, ch) <= w->cap - w->len;
		if (fits)
			put(w, s, ch);
		if (note && fits)
			ch->reserved &= (uint8_t)~(MODULE_LEFT_OUT | MODULE_LEFT_OUT_TOLD);
		else if (note)
			ch->reserved |= MODULE_LEFT_OUT;
	}
}

static int build(const struct advertising_input *in, struct advertising_packets *out, struct ble_fault *fault)
{
	uint8_t octets[MODULE_AD_MAX];
	struct wr all = wr_of(octets, sizeof octets - FLAGS_LEN - advertising_power_len(in));
	struct advertising_input with = *in;
	put_all(in, &all, false);
	with.reserve = (uint8_t)all.len;
	int err = advertising_build(&with, out, fault);
	if (err)
		return err;
	struct wr adv = wr_of(out->adv, sizeof out->adv);
	adv.len = out->adv_len;
	put_all(in, &adv, true);
	out->adv_len = (uint8_t)adv.len;
	return 0;
}

static const struct ble_characteristic *untold(const struct ble *ble, const struct ble_service **service)
{
	struct walk walk = { .services = ble->services, .count = ble->service_count };
	const struct ble_characteristic *ch;
	do
		ch = next(&walk);
	while (ch && (ch->reserved & (MODULE_LEFT_OUT | MODULE_LEFT_OUT_TOLD)) != MODULE_LEFT_OUT);
	if (ch)
		*service = ble->services[walk.i];
	return ch;
}

static uint64_t next_due(const struct ble *ble)
{
	const struct ble_service *s;
	return untold(ble, &s) ? 0 : BLE_NEVER;
}

/* What there is for one that does not fit: without a payload all but flags, power and those that do. */
static int32_t room_for_another(struct ble *ble)
{
	struct advertising_packets p;
	struct ble_fault fault;
	if (module_packets(ble, &p, &fault))
		return 0;
	if (ble->adv.payload_len)
		return MODULE_AD_MAX - p.adv_len;
	size_t taken = FLAGS_LEN + (ble->adv.power.wanted ? ADVERTISING_POWER_LEN : 0u);
	struct walk walk = { .services = ble->services, .count = ble->service_count };
	for (const struct ble_characteristic *ch; (ch = next(&walk));)
		taken += ch->reserved & MODULE_LEFT_OUT ? 0 : size_of(ble->services[walk.i], ch);
	return (int32_t)(MODULE_AD_MAX - taken);
}

static void tell(struct ble *ble, struct ble_characteristic *ch, const struct ble_service *s)
{
	ch->reserved |= MODULE_LEFT_OUT_TOLD;
	ble_host_refuse(ble->host, &(struct ble_fault){ .err = BLE_ETOOBIG, .subject = "broadcast: octets",
		.value = (int32_t)size_of(s, ch), .max = room_for_another(ble),
		.hint = "2, the service's UUID and the value, of a packet's 31; it is left out" });
	struct ble_event ev = { .type = BLE_EV_ERROR, .t_us = ble_host_now(ble->host) };
	ev.error.err = BLE_ETOOBIG;
	ev.error.operation = BLE_OP_BROADCAST;
	module_call_back(ble, &ev);
}

static void run(struct ble *ble, uint64_t now_us)
{
	const struct ble_service *s;
	const struct ble_characteristic *ch;
	(void)now_us;
	while ((ch = untold(ble, &s)))
		tell(ble, (struct ble_characteristic *)(uintptr_t)ch, s);
}

static bool on_event(struct ble *ble, const struct ble_event *ev)
{
	bool told = module_services_event(ble, ev);
	if (ev->type == BLE_EV_BROADCAST) {
		struct ble_characteristic *ch =
			(struct ble_characteristic *)(uintptr_t)ev->subscribed.characteristic;
		ch->reserved &= (uint8_t)~(MODULE_BROADCASTS | MODULE_LEFT_OUT | MODULE_LEFT_OUT_TOLD);
		ch->reserved |= ev->subscribed.bits & 1 ? MODULE_BROADCASTS : 0;
		module_changed(ble);
	} else if (ev->type == BLE_EV_WRITTEN && (ev->written.characteristic->reserved & MODULE_BROADCASTS)) {
		module_changed(ble);
	}
	return told;
}

static const struct module_family family = {
	.on_event = on_event, .end = module_services_end, .next_due = next_due, .run = run
};

int ble_broadcasting(struct ble *ble)
{
	int err = module_use_server(ble);
	if (!err)
		err = module_use_advertising(ble);
	if (err)
		return err;
	ble->families[FAMILY_SERVICES] = &family;
	ble->adv.build = build;
	ble->adv.broadcasts = true;
	return 0;
}
