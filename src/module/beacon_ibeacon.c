/*
 * iBeacon: one structure of manufacturer specific data (CSS Part A 1.4), of fixed length.
 *
 *	1A FF 4C 00 02 15 | uuid, 16 octets | major, 2 | minor, 2 | power, 1
 *
 * The company identifier is little endian as all of Bluetooth's numbers, the beacon's own numbers are big endian.
 */
#include "module/beacon.h"

enum { IBEACON_TYPE = 0x0215, IBEACON_OCTETS = 21 };

/* The identifier that a member `company` means; negative when it means none. */
static int32_t company_of(int32_t company)
{
	if (company == BLE_COMPANY_0000)
		return 0;
	if (company == 0)
		return BLE_COMPANY_APPLE;
	return company > 0xffff ? -1 : company;
}

int ble_ibeacon_encode(const struct ble_ibeacon *beacon, uint8_t packet[BLE_BEACON_SIZE], struct ble_fault *fault)
{
	struct wr w = wr_of(packet, BLE_BEACON_SIZE);
	int32_t company = company_of(beacon->company);
	if (company < 0)
		return beacon_refuse(fault, BLE_ERANGE, "company", beacon->company, BLE_COMPANY_0000, 0xffff);
	int err = beacon_flags_write(&w, beacon->flags, fault);
	if (err)
		return err;
	wr_u8(&w, 1 + 4 + IBEACON_OCTETS);
	wr_u8(&w, AD_MANUFACTURER_SPECIFIC_DATA);
	wr_le16(&w, (uint16_t)company);
	wr_be16(&w, IBEACON_TYPE);
	wr_put(&w, beacon->uuid, sizeof beacon->uuid);
	wr_be16(&w, beacon->major);
	wr_be16(&w, beacon->minor);
	wr_i8(&w, beacon->power_dbm);
	return (int)w.len;
}

/*
 * 0: read; BLE_ENOENT: other data of manufacturers, such as the rest of what Apple's devices say; it may well end
 * before the type does.
 */
static int take(const struct ad *ad, int32_t wanted, struct ble_ibeacon *out)
{
	struct rd r = rd_of(ad->data, ad->len);
	uint16_t company = rd_le16(&r);
	uint16_t type = rd_be16(&r);
	if (!rd_ok(&r) || type != IBEACON_TYPE || (wanted >= 0 && company != wanted))
		return BLE_ENOENT;
	rd_copy(&r, out->uuid, sizeof out->uuid);
	out->major = rd_be16(&r);
	out->minor = rd_be16(&r);
	out->power_dbm = rd_i8(&r);
	out->company = company ? company : BLE_COMPANY_0000;
	return rd_done(&r) ? 0 : BLE_EBADPDU;
}

int ble_ibeacon_decode(const void *data, size_t len, int32_t company, struct ble_ibeacon *out)
{
	struct rd r = rd_of(data, len);
	struct ad ad;
	int result = BLE_ENOENT;
	int32_t wanted = company == BLE_COMPANY_ANY ? -1 : company_of(company);
	if (wanted < 0 && company != BLE_COMPANY_ANY)
		return BLE_ERANGE;
	out->flags = BLE_BEACON_NO_FLAGS;
	while (ad_next(&r, &ad)) {
		beacon_flags_read(&ad, &out->flags);
		if (ad.type == AD_MANUFACTURER_SPECIFIC_DATA && result == BLE_ENOENT)
			result = take(&ad, wanted, out);
	}
	return rd_ok(&r) ? result : BLE_EBADPDU;
}
