/* Addresses as people write them: most significant octet first. */
#include "module/module.h"

const char *ble_btos(const struct ble_addr *addr, char text[BLE_BTOS_SIZE])
{
	static const char hex[] = "0123456789ABCDEF";
	char *at = text;
	for (int i = 5; i >= 0; i--) {
		*at++ = hex[addr->octets[i] >> 4];
		*at++ = hex[addr->octets[i] & 15];
		*at++ = i ? ':' : 0;
	}
	return text;
}
