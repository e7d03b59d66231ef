/*
 * Privacy: our own address on the air is a private one, and another from time to time (Vol 3 Part C 10.7). Part:
 * ble_private. Advertising, scanning and connecting all work with it, and pause for a moment, without an event, when it
 * changes; connections stay as they are.
 *
 * Whom a peer's resolvable private address belongs to is known by its bond: that is ble_pairing's (bond.h), with this
 * part or without. Reports and connections of a bonded peer show its identity, with the types 2 and 3.
 *
 * What the program itself advertises may still be recognised: a name, a serial number, a counter. It changes with the
 * address if the program changes it.
 */
#ifndef BLE_PRIVACY_H
#define BLE_PRIVACY_H

#include <ble/host.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Which addresses. */
enum ble_privacy_kind {
	BLE_PRIVACY_RESOLVABLE = 1, /* bonded peers know whose it is */
	BLE_PRIVACY_ANONYMOUS,      /* non-resolvable: nobody does. For broadcasters and observers */
};

/*
 * kind 0: the identity address. rotate_ms: from one address to the next, 1000..3600000; 0: 15 minutes, as TGAP(private_addr_int)
 * of Vol 3 Part C Appendix A has it; BLE_FOREVER: one address until this is called again. Each call makes a new one. At
 * any time; before READY it holds from the bring-up on.
 *
 * Later failures are BLE_EV_ERROR with BLE_OP_PRIVACY: the controller refused the address, and keeps the one that it has;
 * or there was no private one (BLE_EIO, a source of randomness that fails): then advertising, scanning and connecting
 * stop rather than show the identity, until the next attempt. BLE_ERANGE; BLE_ENOTSUP: ble_private is not attached, or
 * resolvable addresses are asked for and the platform has no crypto.
 */
BLE_API int ble_privacy_set(struct ble_host *host, uint8_t kind, uint32_t rotate_ms);
/* The address on the air now; ble_host_address() tells the identity. BLE_ESTATE: not READY; BLE_ENOTSUP. */
BLE_API int ble_privacy_address(const struct ble_host *host, struct ble_addr *out);

#ifdef __cplusplus
}
#endif

#endif
