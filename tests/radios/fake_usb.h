/*
 * An adapter behind the calls of libusb that drivers/usb.c makes: each transfer becomes H4 on a socket, at whose other end a
 * wire.h controller sits. It comes in transfers of 16 octets, as from a full-speed device.
 */
#ifndef TESTS_FAKE_USB_H
#define TESTS_FAKE_USB_H

#include "wire.h"

#include "drivers/usb.h"

extern const struct usb_library fake_usb;
/* The controller behind it; which vendor it says it is of. */
void fake_usb_is(struct wire *w, uint16_t vendor);
extern int fake_usb_open_error; /* what libusb_open() returns */
extern uint16_t fake_usb_other; /* the vendor of another adapter, listed before it, that cannot be opened; 0: there is none */
extern int fake_usb_transfers;  /* that are allocated: 0 when all is closed */
extern int fake_usb_turn_error; /* what the next libusb_handle_events...() returns, once */
extern bool fake_usb_hangs;     /* what goes out does not come to its end, nor when it is cancelled */

#endif
