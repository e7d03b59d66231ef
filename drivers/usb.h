/*
 * libusb-1.0, loaded when usb: is used and not before: no program of ours is linked with it, so none starts slower or
 * fails to start where it is missing. What usb.c (transfers) and usb_find.c (which device) call of it is this struct, behind
 * which a test puts an adapter of its own.
 */
#ifndef DRIVERS_USB_H
#define DRIVERS_USB_H

#include "driver.h"

#include <libusb-1.0/libusb.h>

/* X(name): libusb_<name>, by its own prototype. */
#define USB_CALLS(X)                                                                                                   \
	X(init) X(exit) X(get_device_list) X(free_device_list) X(get_device_descriptor) X(get_active_config_descriptor) \
	X(free_config_descriptor) X(open) X(close) X(set_auto_detach_kernel_driver) X(claim_interface)                 \
	X(release_interface) X(alloc_transfer) X(free_transfer) X(submit_transfer) X(cancel_transfer)                  \
	X(handle_events_timeout_completed) X(get_pollfds) X(free_pollfds)

struct usb_library {
#define USB_CALL(name) __typeof__(libusb_##name) *name;
	USB_CALLS(USB_CALL)
#undef USB_CALL
};

/* Where a controller's packets go: Vol 4 Part B 2.1. */
struct usb_endpoints {
	uint8_t events, acl_in, acl_out;
};

/* What a URI asks for. */
struct usb_wanted {
	bool any;
	uint16_t vendor, product;
	const char *text;
};

/* Opens the wanted adapter, interface 0 claimed. 0 or negative with a fault. */
int usb_find(const struct usb_library *usb, libusb_context *context, const struct usb_wanted *wanted,
	libusb_device_handle **handle, struct usb_endpoints *endpoints, struct ble_fault *fault);

/* Chips that are nothing without firmware, by maker as the controller tells it; by vendor: ble_posix_usb_wants_firmware(). */
bool usb_maker_wants_firmware(uint16_t maker);
int usb_refuse_firmware(const char *text, struct ble_fault *fault);

/* library NULL: the system's, loaded at open. */
int usb_create(struct ble_transport **out, const char *rest, const struct usb_library *library, struct ble_fault *fault);

#endif
