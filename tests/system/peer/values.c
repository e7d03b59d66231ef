/*
 * A device whose values are of many kinds, for whoever shows and writes them: text, numbers with and
 * without a format of their own, dates, long ones, 128-bit UUIDs, one that is indicated, two that are
 * written together, one that is refused, a service that is included only. A step is notified and
 * indicated when "kick" is written. It has ble_prepared, so long values can be written, and
 * ble_multiple, so that several can be read at once.
 */
#include <ble/ble.h>
#include <ble/server.h>

#include <stdio.h>

static const uint8_t base[16] = { 0xD4, 0xA5, 0x83, 0x0E, 0x6F, 0x1B, 0x2E, 0x9A, 0x58, 0x4C, 0x1B,
	0x4F, 0x00, 0x00, 0x0C, 0x7D };
static const struct ble_format centidegrees = {
	.format = 0x0E, .exponent = -2, .unit = 0x272F, .name_space = 1
};

/* clang-format off */
static struct ble_characteristic label = {
	.uuid = 0xB001, .base_uuid = base, .permission = BLE_READ | BLE_WRITE, .size = 20,
	.type = BLE_BYTES, .descriptor = "Label" };
static struct ble_characteristic target = { /* 21.50 */
	.uuid = 0xB002, .base_uuid = base, .permission = BLE_READ | BLE_WRITE | BLE_NOTIFY, .size = 2,
	.type = BLE_BYTES, .descriptor = "Target Temperature", .format = &centidegrees,
	.value = (uint8_t[]){ 0x66, 0x08 }, .length = 2 };
static struct ble_characteristic kick = {
	.uuid = 0xB003, .base_uuid = base, .permission = BLE_WRITE_WO | BLE_INDICATE, .size = 1,
	.type = BLE_BYTES, .descriptor = "Kick" };
static struct ble_characteristic notes = {
	.uuid = 0xB004, .base_uuid = base, .permission = BLE_READ | BLE_WRITE, .size = 400,
	.type = BLE_BYTES, .descriptor = "Notes" };
static struct ble_characteristic secret = { /* may be read, but nobody is let */
	.uuid = 0xB005, .base_uuid = base, .permission = BLE_WRITE, .size = 1,
	.type = BLE_BYTES, .descriptor = "Secret" };
static struct ble_characteristic pair[] = { /* both or neither */
	{ .uuid = 0xB006, .base_uuid = base, .permission = BLE_READ | BLE_WRITE | BLE_WRITE_RELIABLE,
	  .size = 8, .type = BLE_BYTES, .descriptor = "Left" },
	{ .uuid = 0xB007, .base_uuid = base, .permission = BLE_READ | BLE_WRITE | BLE_WRITE_RELIABLE,
	  .size = 8, .type = BLE_BYTES, .descriptor = "Right" } };
static int refuse(
	struct ble *ble, struct ble_characteristic *ch, const struct ble_write *write, void *ctx)
{
	(void)ble, (void)ch, (void)ctx;
	return write->len && write->data[0] > 3 ? BLE_EATT(0x80) : 0;
}
static struct ble_characteristic mode = { /* 0 to 3 */
	.uuid = 0xB008, .base_uuid = base, .permission = BLE_READ | BLE_WRITE, .size = 1,
	.type = BLE_BYTES, .descriptor = "Mode", .on_check = refuse };
static struct ble_characteristic charge = { /* 57 % */
	.uuid = 0x2A19, .permission = BLE_READ, .size = 1, .type = BLE_BYTES,
	.value = (uint8_t[]){ 57 }, .length = 1 };
static struct ble_service inner = {
	.uuid = 0xB100, .base_uuid = base, .secondary = true, .characteristics = BLE_LIST(&charge) };
static struct ble_service kinds = {
	.uuid = 0xB000, .base_uuid = base, .includes = BLE_INCLUDES(&inner),
	.characteristics = BLE_LIST(&label, &target, &kick, &notes, &secret, &pair[0], &pair[1], &mode) };

static struct ble_characteristic now = { /* Friday, 31 May 2024 */
	.uuid = 0x2A2B, .permission = BLE_READ, .size = 10, .type = BLE_BYTES, .length = 10,
	.value = (uint8_t[]){ 0xE8, 0x07, 5, 31, 23, 59, 1, 5, 0, 0 } };
static struct ble_service current_time = { .uuid = 0x1805, .characteristics = BLE_LIST(&now) };

static struct ble_characteristic maker = {
	.uuid = 0x2A29, .permission = BLE_READ, .size = 6, .type = BLE_STRING, .length = 5,
	.value = (uint8_t[6]){ 'G', 'l', 'i', 'n', 't' } };
static struct ble_service information = { .uuid = 0x180A, .characteristics = BLE_LIST(&maker) };

static struct ble_characteristic temperature = { /* 36.4: the example of IEEE 11073-20601 */
	.uuid = 0x2A1C, .permission = BLE_READ | BLE_INDICATE, .size = 5, .type = BLE_BYTES,
	.length = 5, .value = (uint8_t[]){ 0, 0x6C, 0x01, 0x00, 0xFF } };
static struct ble_service thermometer = {
	.uuid = 0x1809, .characteristics = BLE_LIST(&temperature) };
/* clang-format on */

/* As many steps as the octet says, each a hundredth of a degree times a hundred. */
static void on_kick(
	struct ble *ble, struct ble_characteristic *ch, const struct ble_write *write, void *ctx)
{
	(void)ctx;
	for (uint8_t i = 0; write->len && i < write->data[0]; i++) {
		int16_t value = (int16_t)(2150 + 100 * i);
		uint8_t octets[2] = { (uint8_t)value, (uint8_t)(value >> 8) };
		(void)ble_notify(ble, &target, 0, octets, 2);
	}
	(void)ble_notify(ble, ch, 0, write->data, write->len);
}

static int serve(struct ble *ble)
{
	kick.on_write = on_kick;
	int err = ble_gap(ble,
		&(struct ble_gap_params){
			.appearance = 0x0301, .interval_min_us = 7500, .interval_max_us = 15000 });
	if (!err)
		err = ble_add_service(ble, &information);
	if (!err)
		err = ble_add_service(ble, &current_time);
	if (!err)
		err = ble_add_service(ble, &thermometer);
	if (!err)
		err = ble_add_service(ble, &inner);
	if (!err)
		err = ble_add_service(ble, &kinds);
	if (!err)
		err = ble_advertising(
			ble, &(struct ble_advertising_params){ .auto_restart = true });
	if (!err)
		err = ble_start(ble);
	return err ? err : ble_start_advertising(ble);
}

int main(void)
{
	struct ble *ble;
	int err = ble_open(&ble,
		&(struct ble_options){
			.name = "Kinds", .value_octets = 1024, .parts = BLE_PARTS(&ble_prepared, &ble_multiple) });
	if (!err)
		err = serve(ble);
	if (!err)
		err = ble_run(ble, BLE_FOREVER);
	fprintf(stderr, "values: %s\n", ble_strerror(err));
	return 1;
}
