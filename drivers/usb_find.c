/*
 * Which USB device usb: means: one that says that it is a Bluetooth controller (class E0, subclass 1, protocol 1: Vol 4
 * Part B 3.1), the first that can be had, of those that the URI names if it does. Chips that wait for their firmware are
 * refused: loading it is the kernel driver's art, and hci: has them.
 */
#include "usb.h"

#include <ble/posix.h>

enum { CLASS_WIRELESS = 0xE0, SUBCLASS_RF = 1, PROTOCOL_BLUETOOTH = 1 };

bool usb_maker_wants_firmware(uint16_t maker)
{
	return maker == 0x0002 || maker == 0x005D || maker == 0x0046 || maker == 0x001D || maker == 0x0045;
}

int usb_refuse_firmware(const char *text, struct ble_fault *fault)
{
	return driver_fault(fault, BLE_ENOTSUP, "usb", text,
		"this chip wants firmware first, which the kernel's driver loads: use hci:0 (`glint doctor` lists adapters)");
}

/* Interface 0 is the controller's; true: its three endpoints are there. */
static bool read_interface(const struct libusb_interface_descriptor *d, struct usb_endpoints *e)
{
	*e = (struct usb_endpoints){ 0 };
	for (unsigned i = 0; i < d->bNumEndpoints; i++) {
		const struct libusb_endpoint_descriptor *end = &d->endpoint[i];
		bool in = end->bEndpointAddress & LIBUSB_ENDPOINT_IN;
		unsigned type = end->bmAttributes & LIBUSB_TRANSFER_TYPE_MASK;
		if (type == LIBUSB_TRANSFER_TYPE_INTERRUPT && in)
			e->events = end->bEndpointAddress;
		else if (type == LIBUSB_TRANSFER_TYPE_BULK && in)
			e->acl_in = end->bEndpointAddress;
		else if (type == LIBUSB_TRANSFER_TYPE_BULK)
			e->acl_out = end->bEndpointAddress;
	}
	return e->events && e->acl_in && e->acl_out;
}

static bool is_bluetooth(uint8_t of_class, uint8_t subclass, uint8_t protocol)
{
	return of_class == CLASS_WIRELESS && subclass == SUBCLASS_RF && protocol == PROTOCOL_BLUETOOTH;
}

static bool is_controller(const struct usb_library *usb, libusb_device *device,
	const struct libusb_device_descriptor *d, struct usb_endpoints *e)
{
	struct libusb_config_descriptor *config;
	if (usb->get_active_config_descriptor(device, &config) != 0)
		return false;
	bool is = false;
	if (config->bNumInterfaces && config->interface[0].num_altsetting) {
		const struct libusb_interface_descriptor *i = &config->interface[0].altsetting[0];
		is = (is_bluetooth(d->bDeviceClass, d->bDeviceSubClass, d->bDeviceProtocol) ||
			is_bluetooth(i->bInterfaceClass, i->bInterfaceSubClass, i->bInterfaceProtocol)) &&
			read_interface(i, e);
	}
	usb->free_config_descriptor(config);
	return is;
}

static int refuse_open(const char *text, int error, struct ble_fault *fault)
{
	switch (error) {
	case LIBUSB_ERROR_ACCESS:
		return driver_fault(fault, BLE_EREFUSED, "usb", text,
			"permission denied: run it by sudo, or let udev give you the device (TAG+=\"uaccess\" for its idVendor)");
	case LIBUSB_ERROR_BUSY:
		return driver_fault(fault, BLE_EBUSY, "usb", text, "another program has the adapter; end that first");
	case LIBUSB_ERROR_NO_DEVICE:
		return driver_fault(fault, BLE_ENOENT, "usb", text, "it has just been unplugged; plug it in again");
	case LIBUSB_ERROR_NO_MEM: return driver_fault(fault, BLE_ENOMEM, "usb", text, NULL);
	default: return driver_fault(fault, BLE_EIO, "usb", text, "it cannot be opened; unplug it and try again");
	}
}

static int take(const struct usb_library *usb, libusb_device *device, const char *text, libusb_device_handle **handle,
	struct ble_fault *fault)
{
	int error = usb->open(device, handle);
	if (error)
		return refuse_open(text, error, fault);
	(void)usb->set_auto_detach_kernel_driver(*handle, 1); /* where there is none: nothing to be done */
	error = usb->claim_interface(*handle, 0);
	if (!error)
		return 0;
	usb->close(*handle);
	*handle = NULL;
	return refuse_open(text, error, fault);
}

int usb_find(const struct usb_library *usb, libusb_context *context, const struct usb_wanted *wanted,
	libusb_device_handle **handle, struct usb_endpoints *endpoints, struct ble_fault *fault)
{
	libusb_device **list;
	ssize_t count = usb->get_device_list(context, &list);
	if (count < 0)
		return driver_fault(fault, BLE_EIO, "usb", wanted->text,
			"the system does not list its USB devices; is /dev/bus/usb there? (A container has to be given it.)");
	int err = BLE_ENOENT;
	for (ssize_t i = 0; i < count && err; i++) {
		struct libusb_device_descriptor d;
		if (usb->get_device_descriptor(list[i], &d) != 0 ||
			(!wanted->any && (d.idVendor != wanted->vendor || d.idProduct != wanted->product)) ||
			!is_controller(usb, list[i], &d, endpoints))
			continue;
		/* Of several that cannot be had, the first is told that could have been. */
		struct ble_fault *why = err == BLE_ENOENT || err == BLE_ENOTSUP ? fault : NULL;
		int one = ble_posix_usb_wants_firmware(d.idVendor) ? usb_refuse_firmware(wanted->text, why)
								: take(usb, list[i], wanted->text, handle, why);
		err = why || !one ? one : err;
	}
	usb->free_device_list(list, 1);
	if (err != BLE_ENOENT)
		return err;
	return driver_fault(fault, BLE_ENOENT, "usb", wanted->text,
		wanted->any ? "no Bluetooth adapter is on USB; `glint doctor` lists what there is"
			    : "no Bluetooth adapter of these numbers is on USB; `glint doctor` lists what there is");
}
