#include <ble/ble.h>
#include <stdio.h>
#include <stdlib.h>

static struct ble_characteristic level = {
	.uuid = 0x2A19, .permission = BLE_READ | BLE_NOTIFY, .size = 1,
	.descriptor = "Battery Level", .type = BLE_NUMBER,
};
static struct ble_service battery = { .uuid = 0x180F, .characteristics = BLE_LIST(&level) };

int main(void)
{
	struct ble *ble;
	int err = ble_open(&ble, &(struct ble_options){ .name = "Glint" });
	if (!err)
		err = ble_add_service(ble, &battery);
	if (!err)
		err = ble_start(ble);
	if (!err)
		err = ble_start_advertising(ble);
	while (!err) {
		err = ble_run(ble, 1000);                      /* serve for a second */
		if (!err)
			err = ble_set_number(ble, &level, rand() % 101);
	}
	fprintf(stderr, "battery: %s\n", ble_strerror(err));
	return 1;
}
