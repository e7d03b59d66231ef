/*
 * What a program on an operating system puts under a host or a module: clock, randomness, store, wake-up, drivers by
 * URI, and something to wait on. ble.h's ble_open() uses it; a program on host.h may, too:
 *
 *	ble_posix_open(&os, "thermometer", &fault);
 *	ble_posix_transport(os, "virtual:", NULL, &transport, &fault);
 *	... ble_host_init with .platform = ble_posix_platform(os), .transport = transport ...
 *	for (;;) {
 *		ble_host_run(host, ble_posix_now());
 *		while (ble_host_poll(host, &ev)) ...;
 *		ble_posix_wait(os, transport, ble_host_next_due(host));
 *	}
 *
 * Not freestanding: uses the heap, files and descriptors. Everything but `platform->wake` belongs to one thread.
 */
#ifndef BLE_POSIX_H
#define BLE_POSIX_H

#include <ble/err.h>
#include <ble/platform.h>
#include <ble/transport.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The drivers that are here:
 *	virtual:[NAME]          a controller on the simulated air of this user
 *	unix:PATH  tcp:HOST:PORT  a controller behind a socket, H4
 *	serial:PATH[,BAUD][,h5][,crc][,even][,noflow]  on a serial line, H4 with RTS and CTS, or three wires
 *	pty:PATH                one that opens the device that PATH is then a link to
 *	hci:N                   adapter hciN of Linux
 *	usb:[VID:PID]           an adapter on USB, where the kernel has no use for it
 *	nrf52:[SERIAL]  esp32:[SERIAL]  a board on USB serial, looked for
 */
extern BLE_API const struct ble_driver ble_driver_unix;
extern BLE_API const struct ble_driver ble_driver_virtual;
extern BLE_API const struct ble_driver ble_driver_tcp;
extern BLE_API const struct ble_driver ble_driver_serial;
extern BLE_API const struct ble_driver ble_driver_pty;
extern BLE_API const struct ble_driver ble_driver_hci;
extern BLE_API const struct ble_driver ble_driver_usb;
extern BLE_API const struct ble_driver ble_driver_nrf52;
extern BLE_API const struct ble_driver ble_driver_esp32;
/* All of them, NULL-ended: what a URI is looked up in when the program brings no table. */
extern BLE_API const struct ble_driver *const ble_posix_drivers[];

/* A serial line on USB. GLINT_ROOT in the environment, for tests: the folder that has /sys and /dev. */
struct ble_serial_line {
	char path[256];          /* /dev/ttyACM0 */
	char name[64];           /* what the device calls itself; "" where it does not */
	char serial[64];         /* its number, likewise */
	uint16_t vendor, product;
	const char *scheme;      /* the driver whose board it may be, "nrf52" or "esp32"; NULL: neither */
	const char *what;        /* the board or chip in words; NULL: not known */
};
/* Those that are there, `most` of them at the most, by path: how many. Nothing is opened. */
BLE_API int ble_posix_serial_lines(struct ble_serial_line *lines, int most);

/* True: adapters on USB of this vendor are nothing before the kernel's driver has loaded their firmware: usb: refuses them. */
BLE_API bool ble_posix_usb_wants_firmware(uint16_t vendor);

struct ble_posix;

/*
 * store: the name of the folder of identities and bonds below $XDG_STATE_HOME/glint (~/.local/state/glint); NULL: the
 * program's own name, or $GLINT_STORE. A folder that another running program has is left to it, and the next is taken
 * (name.2, name.3 ...), so that two of a kind are two devices. "": nothing is kept. Where no folder can be made,
 * nothing is kept either, and save says BLE_EIO. 0, BLE_ENOMEM, BLE_EIO (no randomness, no descriptors), with *fault.
 */
BLE_API int ble_posix_open(struct ble_posix **out, const char *store, struct ble_fault *fault);
BLE_API void ble_posix_close(struct ble_posix *os); /* NULL is fine. Transports are destroyed apart. */

/* random, wake, and load/save/erase when there is a store. Lives as long as os. */
BLE_API const struct ble_platform *ble_posix_platform(struct ble_posix *os);

/* Microseconds of the monotonic clock: the `now` of every host and device of this process. */
BLE_API uint64_t ble_posix_now(void);

/*
 * Makes the transport that a URI names; it is opened by its user. uri NULL: $GLINT_DRIVER, else virtual:, and the
 * latter is said on stderr once. drivers NULL: ble_posix_drivers. A virtual controller gets its address from the
 * stored identity, which is made at the first time.
 * 0; BLE_EURI: no such driver; what the driver refuses; with *fault. End it by ble_posix_transport_free().
 */
BLE_API int ble_posix_transport(struct ble_posix *os, const char *uri, const struct ble_driver *const *drivers,
                                struct ble_transport **out, struct ble_fault *fault);
BLE_API void ble_posix_transport_free(struct ble_transport *transport); /* closes, destroys; NULL is fine */

/*
 * Sleeps until the transport can be read, or written when it has a rest, until due_us (absolute; BLE_NEVER; what is
 * past does not sleep), a wake-up, or a signal. transport NULL: none. 0, BLE_EIO.
 */
BLE_API int ble_posix_wait(struct ble_posix *os, const struct ble_transport *transport, uint64_t due_us);

/*
 * For a loop of another's: a descriptor that polls readable when ble_posix_wait() would return. Ask again before every
 * sleep, as the due time and the transport's descriptor change; the number stays. Negative: BLE_EIO.
 */
BLE_API int ble_posix_fd(struct ble_posix *os, const struct ble_transport *transport, uint64_t due_us);

#ifdef __cplusplus
}
#endif

#endif
