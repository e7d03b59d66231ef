/* See target.h. */
#include "tests/attacks/target.h"

#include <stddef.h>

static uint8_t long_value[512];

#define MEMORY(...) (void *)(uintptr_t)(const uint8_t[]){ __VA_ARGS__ }

static const struct ble_characteristic b001 = { .uuid = 0xB001, .permission = BLE_READ | BLE_WRITE, .size = 8,
	.length = 4, .value = MEMORY(1, 2, 3, 4, 0, 0, 0, 0) };
static const struct ble_characteristic b002 = { .uuid = 0xB002, .permission = BLE_READ | BLE_WRITE, .size = 512,
	.length = 512, .value = long_value };
static const struct ble_characteristic b003 = { .uuid = 0xB003, .permission = BLE_WRITE, .size = 4, .length = 4,
	.value = MEMORY(0xDE, 0xAD, 0xBE, 0xEF) };
static const struct ble_characteristic b004 = { .uuid = 0xB004, .permission = BLE_READ, .size = 2, .length = 2,
	.value = MEMORY(0xAA, 0xBB) };
static const struct ble_characteristic b005 = { .uuid = 0xB005, .permission = BLE_READ | BLE_NOTIFY, .size = 1,
	.length = 1, .value = MEMORY(0x64) };
static const struct ble_characteristic b006 = { .uuid = 0xB006, .permission = BLE_INDICATE, .size = 2, .length = 2,
	.value = MEMORY(0x0E, 0x0E) };
static const struct ble_characteristic b007 = { .uuid = 0xB007, .permission = BLE_READ | BLE_WRITE, .size = 512 };
static const struct ble_characteristic b008 = { .uuid = 0xB008, .permission = BLE_READ | BLE_WRITE_WO, .size = 4,
	.length = 4, .value = MEMORY(0x11, 0x22, 0x33, 0x44) };
static const struct ble_characteristic b001_again = { .uuid = 0xB001, .permission = BLE_READ, .size = 4, .length = 4,
	.value = MEMORY(5, 6, 7, 8) };
static const struct ble_characteristic b001_short = { .uuid = 0xB001, .permission = BLE_READ, .size = 1, .length = 1,
	.value = MEMORY(9) };
static const struct ble_characteristic b003_again = { .uuid = 0xB003, .permission = BLE_READ, .size = 2, .length = 2,
	.value = MEMORY(0x77, 0x88) };
static const struct ble_characteristic b004_again = { .uuid = 0xB004, .permission = BLE_WRITE, .size = 2, .length = 2,
	.value = MEMORY(0x99, 0x99) };

const struct ble_service target_services[2] = {
	{ .uuid = 0xA001, .characteristics = BLE_LIST(&b001, &b002, &b003, &b004, &b005, &b006, &b007, &b008) },
	{ .uuid = 0xA002, .characteristics = BLE_LIST(&b001_again, &b001_short, &b003_again, &b004_again) },
};

int target_add(struct ble_host *host)
{
	for (unsigned i = 0; i < sizeof long_value; i++)
		long_value[i] = (uint8_t)i;
	int err = ble_server_add(host, &target_services[0], NULL);
	return err ? err : ble_server_add(host, &target_services[1], NULL);
}

static int give(const uint8_t **data, const uint8_t *octets, int len)
{
	*data = octets;
	return len;
}


/* Written from Vol 3 Part G 3.1, 3.3: not asked of the server. */
int target_value(uint16_t handle, const uint8_t **data)
{
	static const uint8_t one[] = { 1, 2, 3, 4 }, four[] = { 0xAA, 0xBB }, five[] = { 0x64 }, none[] = { 0, 0 },
		eight[] = { 0x11, 0x22, 0x33, 0x44 }, again[] = { 5, 6, 7, 8 }, nine[] = { 9 },
		three[] = { 0x77, 0x88 }, services[2][2] = { { 1, 0xA0 }, { 2, 0xA0 } };
	static const uint8_t declarations[][6] = { { 2, 0x0A, 3, 0, 1, 0xB0 }, { 4, 0x0A, 5, 0, 2, 0xB0 },
		{ 6, 0x08, 7, 0, 3, 0xB0 }, { 8, 0x02, 9, 0, 4, 0xB0 }, { 0x0A, 0x12, 0x0B, 0, 5, 0xB0 },
		{ 0x0D, 0x20, 0x0E, 0, 6, 0xB0 }, { 0x10, 0x0A, 0x11, 0, 7, 0xB0 }, { 0x12, 0x06, 0x13, 0, 8, 0xB0 },
		{ 0x15, 0x02, 0x16, 0, 1, 0xB0 }, { 0x17, 0x02, 0x18, 0, 1, 0xB0 }, { 0x19, 0x02, 0x1A, 0, 3, 0xB0 },
		{ 0x1B, 0x08, 0x1C, 0, 4, 0xB0 } };
	for (size_t i = 0; i < sizeof declarations / sizeof declarations[0]; i++)
		if (declarations[i][0] == handle)
			return give(data, declarations[i] + 1, 5);
	switch (handle) {
	case 0x01: return give(data, services[0], 2);
	case 0x03: return give(data, one, 4);
	case 0x05: return give(data, long_value, 512);
	case 0x09: return give(data, four, 2);
	case 0x0B: return give(data, five, 1);
	case 0x0C:
	case 0x0F: return give(data, none, 2);
	case 0x13: return give(data, eight, 4);
	case 0x14: return give(data, services[1], 2);
	case 0x16: return give(data, again, 4);
	case 0x18: return give(data, nine, 1);
	case 0x1A: return give(data, three, 2);
	default: return -1;
	}
}
