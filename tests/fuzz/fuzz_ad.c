/* Advertising data: the walker, and every beacon that it may be. */
#include "tests/fuzz/fuzz.h"

#include <ble/beacon.h>

#include "spec/ad.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rd r = rd_of(data, size);
	struct ad ad;
	struct ble_ibeacon ibeacon;
	struct ble_eddystone_uid uid;
	struct ble_eddystone_url url;
	struct ble_eddystone_tlm tlm;
	char text[BLE_EDDYSTONE_URL_SIZE];
	while (ad_next(&r, &ad))
		assert_true(ad.data >= data && ad.data + ad.len <= data + size);
	(void)ble_ibeacon_decode(data, size, BLE_COMPANY_ANY, &ibeacon);
	(void)ble_eddystone_type(data, size);
	(void)ble_eddystone_uid_decode(data, size, &uid);
	(void)ble_eddystone_tlm_decode(data, size, &tlm);
	if (ble_eddystone_url_decode(data, size, text, &url) == 0)
		assert_true(strlen(url.url) < sizeof text);
	return 0;
}
