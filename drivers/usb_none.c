/* usb: where Glint was built without the header of libusb: who asks for it learns what to do. */
#include "driver.h"

static int create_usb(struct ble_transport **out, const char *rest, const uint8_t *identity, struct ble_fault *fault)
{
	(void)out;
	(void)rest;
	(void)identity;
	return driver_fault(fault, BLE_ENOTSUP, "driver", "usb:",
		"USB is not built in: `sudo apt install libusb-1.0-0-dev`, and build Glint again; or use hci:0");
}

const struct ble_driver ble_driver_usb = { .scheme = "usb", .create = create_usb };
