/*
 * Advertising data in words: each structure by what it means (CSS Part A 1), manufacturers and
 * services by their assigned names, beacons by their published formats. What is not known is shown
 * in hex, so that nothing is hidden.
 */
#include "glint.h"

#include <ble/beacon.h>

#include "spec/ad.h"
#include "spec/names.h"

#include <stdio.h>
#include <string.h>

enum { URL_FRAME = BLE_EDDYSTONE_URL, COMPANY_APPLE = 0x004C, IBEACON_LEN = 25 };

static void add_hex(struct text *t, const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		text_add(t, i ? " %02x" : "%02x", p[i]);
}

/* The 128 bits of an iBeacon's UUID, as text. */
static void add_uuid(struct text *t, const uint8_t octets[16])
{
	struct uuid uuid = { 0 };
	char code[UUID_TEXT];
	for (int i = 0; i < 16; i++)
		uuid.u128[i] = octets[15 - i];
	text_add(t, "%s", uuid_code(code, &uuid));
}

static bool add_ibeacon(struct text *t, const uint8_t *data, size_t len)
{
	struct ble_ibeacon b;
	if (ble_ibeacon_decode(data, len, BLE_COMPANY_APPLE, &b))
		return false;
	text_add(t, "iBeacon ");
	add_uuid(t, b.uuid);
	text_add(t, ", major %u, minor %u, %d dBm at 1 m", b.major, b.minor, b.power_dbm);
	return true;
}

static bool add_tlm(struct text *t, const uint8_t *data, size_t len)
{
	struct ble_eddystone_tlm b;
	if (ble_eddystone_tlm_decode(data, len, &b))
		return false;
	text_add(t, "Eddystone TLM ");
	if (b.battery_mv)
		text_add(t, "%u mV, ", b.battery_mv);
	if (b.temperature_c256 != BLE_EDDYSTONE_NO_TEMPERATURE)
		text_add(t, "%.1f C, ", b.temperature_c256 / 256.0);
	text_add(t, "%lu packets in %.1f s", (unsigned long)b.adv_count, b.uptime_100ms / 10.0);
	return true;
}

static bool add_eddystone(struct text *t, const uint8_t *data, size_t len)
{
	struct ble_eddystone_url url;
	struct ble_eddystone_uid uid;
	char address[BLE_EDDYSTONE_URL_SIZE], shown[BLE_EDDYSTONE_URL_SIZE];
	int type = ble_eddystone_type(data, len);
	if (type == URL_FRAME && !ble_eddystone_url_decode(data, len, address, &url)) {
		text_add(t, "Eddystone URL %s, %d dBm at 0 m",
			safe(shown, sizeof shown, address, strlen(address)), url.power_dbm);
	} else if (type == BLE_EDDYSTONE_UID && !ble_eddystone_uid_decode(data, len, &uid)) {
		text_add(t, "Eddystone UID ");
		for (int i = 0; i < 10; i++)
			text_add(t, "%02x", uid.name_space[i]);
		text_add(t, ", instance ");
		for (int i = 0; i < 6; i++)
			text_add(t, "%02x", uid.instance[i]);
		text_add(t, ", %d dBm at 0 m", uid.power_dbm);
	} else if (type == BLE_EDDYSTONE_EID) {
		text_add(t, "Eddystone EID (encrypted)");
	} else {
		return type == BLE_EDDYSTONE_TLM && add_tlm(t, data, len);
	}
	return true;
}

static void add_manufacturer(struct text *t, const struct ad *ad, const uint8_t *data, size_t len)
{
	uint16_t company = ad->len >= 2 ? le16_get(ad->data) : 0;
	const char *name = company_name(company);
	if (ad->len < 2) {
		text_add(t, "manufacturer data ");
		add_hex(t, ad->data, ad->len);
		return;
	}
	if (company == COMPANY_APPLE && ad->len == IBEACON_LEN && add_ibeacon(t, data, len))
		return;
	if (name)
		text_add(t, "%s: ", name);
	else
		text_add(t, "company 0x%04X: ", company);
	add_hex(t, ad->data + 2, ad->len - 2u);
}

static void add_service_data(
	struct text *t, const struct ad *ad, size_t size, const uint8_t *data, size_t len)
{
	char title[UUID_TEXT], value[VALUE_TEXT];
	if (ad->len < size) {
		add_hex(t, ad->data, ad->len);
		return;
	}
	struct uuid uuid = size == 2 ? uuid_of(le16_get(ad->data), NULL) : uuid_of(0, ad->data);
	if (uuid.u16 == BLE_EDDYSTONE_UUID && add_eddystone(t, data, len))
		return;
	/* Battery's data is its level, and likewise elsewhere: decoded as the characteristic */
	struct uuid as = uuid.u16 == 0x180F ? uuid_of(0x2A19, NULL) : (struct uuid){ 0 };
	text_add(t, "data of %s: %s", uuid_word(title, &uuid),
		value_text(value, &as, ad->data + size, ad->len - size));
}

static void add_services(struct text *t, const struct ad *ad, size_t size)
{
	char word[UUID_TEXT];
	for (size_t at = 0; at + size <= ad->len; at += size) {
		const uint8_t *p = ad->data + at;
		struct uuid uuid = size == 2 ? uuid_of(le16_get(p), NULL) : uuid_of(0, p);
		text_add(t, at ? ", %s" : "services %s", uuid_word(word, &uuid));
	}
}

static void add_flags(struct text *t, uint8_t flags)
{
	static const char *const words[] = { "limited discoverable", "general discoverable",
		"no BR/EDR", "BR/EDR and LE controller", "BR/EDR and LE host" };
	const char *between = "flags: ";
	for (unsigned i = 0; i < 5; i++) {
		if (!(flags >> i & 1))
			continue;
		text_add(t, "%s%s", between, words[i]);
		between = ", ";
	}
	if (!(flags & 0x1F))
		text_add(t, "flags 0x%02X", flags);
}

static void add_other(struct text *t, const struct ad *ad)
{
	const char *name = ad_type_name(ad->type);
	if (name)
		text_add(t, "%s: ", name);
	else
		text_add(t, "AD type 0x%02X: ", ad->type);
	add_hex(t, ad->data, ad->len);
}

static void add_value(struct text *t, const struct ad *ad, const uint8_t *data, size_t len)
{
	const char *name = NULL;
	if (ad->type == AD_TX_POWER_LEVEL && ad->len == 1)
		text_add(t, "TX power %d dBm", (int8_t)ad->data[0]);
	else if (ad->type == AD_APPEARANCE && ad->len == 2 &&
		(name = appearance_name(le16_get(ad->data))) != NULL)
		text_add(t, "%s", name);
	else if (ad->type == AD_MANUFACTURER_SPECIFIC_DATA)
		add_manufacturer(t, ad, data, len);
	else if (ad->type == AD_SERVICE_DATA_UUID16)
		add_service_data(t, ad, 2, data, len);
	else if (ad->type == AD_SERVICE_DATA_UUID128)
		add_service_data(t, ad, 16, data, len);
	else
		add_other(t, ad);
}

/* Flags, names and lists of services: what a table has columns for, or does not show. */
static bool is_name(const struct ad *ad)
{
	switch (ad->type) {
	case AD_FLAGS:
	case AD_UUIDS16_INCOMPLETE:
	case AD_UUIDS16_COMPLETE:
	case AD_UUIDS128_INCOMPLETE:
	case AD_UUIDS128_COMPLETE:
	case AD_NAME_SHORTENED:
	case AD_NAME_COMPLETE: return true;
	default: return false;
	}
}

static void add_name(struct text *t, const struct ad *ad)
{
	char text[VALUE_TEXT];
	if (ad->type == AD_FLAGS && ad->len >= 1)
		add_flags(t, ad->data[0]);
	else if (ad->type == AD_NAME_COMPLETE || ad->type == AD_NAME_SHORTENED)
		text_add(t, "name \"%s\"%s", safe(text, sizeof text, ad->data, ad->len),
			ad->type == AD_NAME_SHORTENED ? " (shortened)" : "");
	else if (ad->type != AD_FLAGS)
		add_services(t, ad, ad->type <= AD_UUIDS16_COMPLETE ? 2 : 16);
}

void ad_text(struct text *t, const uint8_t *data, size_t len, int which)
{
	struct ad ad;
	struct rd r = rd_of(data, len);
	while (ad_next(&r, &ad)) {
		if (which == AD_BEYOND_NAMES && is_name(&ad))
			continue;
		text_add(t, t->len ? "; " : "");
		if (is_name(&ad))
			add_name(t, &ad);
		else
			add_value(t, &ad, data, len);
	}
	if (!rd_ok(&r))
		text_add(t, "%s(malformed: a structure is longer than the packet)",
			t->len ? "; " : "");
}

static const char *beacon_kind(const uint8_t *data, size_t len)
{
	struct ble_ibeacon ibeacon;
	if (!ble_ibeacon_decode(data, len, BLE_COMPANY_APPLE, &ibeacon))
		return "ibeacon";
	switch (ble_eddystone_type(data, len)) {
	case BLE_EDDYSTONE_UID: return "eddystone-uid";
	case BLE_EDDYSTONE_URL: return "eddystone-url";
	case BLE_EDDYSTONE_TLM: return "eddystone-tlm";
	case BLE_EDDYSTONE_EID: return "eddystone-eid";
	default: return NULL;
	}
}

void ad_json(const uint8_t *data, size_t len)
{
	struct ad ad;
	const char *beacon = beacon_kind(data, len);
	if (beacon)
		json_text("beacon", beacon);
	if (ad_find(data, len, AD_TX_POWER_LEVEL, &ad) && ad.len == 1)
		json_number("tx_power", (int8_t)ad.data[0]);
	if (ad_find(data, len, AD_APPEARANCE, &ad) && ad.len == 2)
		json_number("appearance", le16_get(ad.data));
	if (!ad_find(data, len, AD_MANUFACTURER_SPECIFIC_DATA, &ad) || ad.len < 2)
		return;
	const char *company = company_name(le16_get(ad.data));
	json_number("company", le16_get(ad.data));
	if (company)
		json_text("company_name", company);
	json_octets("manufacturer_data", ad.data + 2, ad.len - 2u);
}
