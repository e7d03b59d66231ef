/* ad.h: the public face of spec/ad.h. */
#include <ble/ad.h>

#include <string.h>

#include "base/le.h"
#include "spec/ad.h"

size_t ble_ad_next(const void *data, size_t len, size_t at, struct ble_ad *out)
{
	if (at >= len)
		return 0;
	struct rd r = rd_of((const uint8_t *)data + at, len - at);
	struct ad ad;
	if (!ad_next(&r, &ad))
		return 0;
	*out = (struct ble_ad){ .type = ad.type, .len = ad.len, .value = ad.data };
	return at + 2 + ad.len;
}

int ble_ad_find(const void *data, size_t len, uint8_t type, const uint8_t **value)
{
	struct ad ad;
	if (!ad_find(data, len, type, &ad))
		return BLE_ENOENT;
	if (value)
		*value = ad.data;
	return ad.len;
}

int ble_ad_name(const void *data, size_t len, const char **name)
{
	const uint8_t *value;
	int n = ble_ad_find(data, len, AD_NAME_COMPLETE, &value);
	if (n < 0)
		n = ble_ad_find(data, len, AD_NAME_SHORTENED, &value);
	if (n >= 0)
		*name = (const char *)value;
	return n;
}

bool ble_ad_offers(const void *data, size_t len, uint16_t uuid)
{
	struct ble_ad ad;
	for (size_t at = 0; (at = ble_ad_next(data, len, at, &ad));)
		for (uint8_t i = 0; i + 1 < ad.len; i = (uint8_t)(i + 2))
			if ((ad.type == AD_UUIDS16_COMPLETE || ad.type == AD_UUIDS16_INCOMPLETE) &&
				le16_get(ad.value + i) == uuid)
				return true;
	return false;
}
