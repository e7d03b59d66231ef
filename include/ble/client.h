/*
 * The ATT/GATT client (Vol 3 Part G 4). Part: ble_client. One procedure a connection at a time (BLE_EBUSY); each gives
 * its items as events and ends with exactly one BLE_EV_DONE. Notifications come at any time as BLE_EV_NOTIFIED.
 *
 * Every verb: 0: begun; BLE_EBUSY: a procedure runs, or no packet or credit is free now (BLE_EV_SENT will tell);
 * BLE_ECONN: no such connection; BLE_ECLOSED: a request has timed out, and only a new connection helps (Vol 3 Part F
 * 3.3.3); BLE_EREFUSED: the server has a bond, and could not encrypt the link with its key: nothing is asked of it, and
 * nothing that it sends is told, until it has paired anew (ble_conn_secure()); without its bond (ble_bond_remove()) it is a
 * stranger again; BLE_EINVAL: a handle of 0, or start above end; BLE_ENOTSUP: ble_client is not attached.
 *
 * UUIDs and data that fit into one request are copied. Where more than one request is made of the program's memory, the
 * verb says "until BLE_EV_DONE": so long it has to stay as it is, for the library keeps no buffer for it.
 *
 * BLE_EV_DONE says 0; BLE_EATT(code), with the handle that the server blamed; BLE_ETIMEOUT: no answer for 30 s;
 * BLE_ECONN: the connection ended; BLE_EREFUSED: as above; BLE_EBADPDU: the server answered what cannot be, handles out of order or outside what
 * was asked for among it; and what a verb names besides.
 */
#ifndef BLE_CLIENT_H
#define BLE_CLIENT_H

#include <ble/host.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Which procedure a BLE_EV_DONE ends. */
enum ble_procedure {
	BLE_PROC_MTU = 1,
	BLE_PROC_SERVICES,
	BLE_PROC_CHARACTERISTICS,
	BLE_PROC_DESCRIPTORS,
	BLE_PROC_READ,
	BLE_PROC_WRITE,
	BLE_PROC_INCLUDES,
	BLE_PROC_READ_UUID,
	BLE_PROC_READ_MULTIPLE,
	BLE_PROC_WRITE_RELIABLE,
	BLE_PROC_SUBSCRIBE,
	BLE_PROC_FEATURES,
};

/* Exchange MTU, Vol 3 Part F 3.4.2: proposes the host's att_mtu. BLE_EV_MTU, then DONE. BLE_ESTATE: only once a
 * connection. */
BLE_API int ble_client_exchange_mtu(struct ble_host *host, ble_conn_id conn);

/* -- discovery ------------------------------------------------------------------------------------------------------- */

/* BLE_EV_SERVICE for all primary services (4.4.1), or for those of one UUID (4.4.2): uuid_len 2 or 16, LE; 0: all.
 * BLE_EINVAL: another uuid_len. */
BLE_API int ble_client_services(struct ble_host *host, ble_conn_id conn, const void *uuid, size_t uuid_len);
/* BLE_EV_INCLUDED for all inclusions between two handles, a service's start and end (4.5.1). 128-bit UUIDs, which an
 * inclusion has no room for, are read one by one. */
BLE_API int ble_client_includes(struct ble_host *host, ble_conn_id conn, uint16_t start, uint16_t end);
/* BLE_EV_CHARACTERISTIC for all between two handles, 1..0xFFFF: a service's start and end (4.6.1). */
BLE_API int ble_client_characteristics(struct ble_host *host, ble_conn_id conn, uint16_t start, uint16_t end);
/* The same for those of one UUID (4.6.2): uuid_len 2 or 16, LE. All are asked for, the others are not shown. */
BLE_API int ble_client_characteristics_by_uuid(struct ble_host *host, ble_conn_id conn, uint16_t start, uint16_t end,
                                               const void *uuid, size_t uuid_len);
/* BLE_EV_DESCRIPTOR for all between two handles (4.7.1): from value handle + 1 to the characteristic's end. */
BLE_API int ble_client_descriptors(struct ble_host *host, ble_conn_id conn, uint16_t start, uint16_t end);

/* -- reading --------------------------------------------------------------------------------------------------------- */

/* Reads the whole value, by Read and as many Read Blob as it takes (4.8.1, 4.8.3): VALUE events in order of offset. */
BLE_API int ble_client_read(struct ble_host *host, ble_conn_id conn, uint16_t handle);
/* Read Using Characteristic UUID (4.8.2): a VALUE event for every attribute of this type between two handles, whatever
 * its type is. value.cut: what is longer than ATT_MTU - 4 or 253 octets is read on by ble_client_read(). None there:
 * BLE_EATT(0x0A). */
BLE_API int ble_client_read_uuid(struct ble_host *host, ble_conn_id conn, uint16_t start, uint16_t end,
                                 const void *uuid, size_t uuid_len);
/* Read Multiple (4.8.4): all values in one VALUE event of handle 0, one behind the other; only who knows their lengths
 * can tell them apart. value.cut: the packet is full. count 2..(ATT_MTU - 1) / 2, else BLE_ERANGE. */
BLE_API int ble_client_read_multiple(struct ble_host *host, ble_conn_id conn, const uint16_t *handles, size_t count);
/* Read Multiple Variable Length (4.8.5): a VALUE event for each. What does not fit into one packet is missing at the
 * end, and the last that fitted may be cut. handles: until BLE_EV_DONE. count as above. */
BLE_API int ble_client_read_multiple_variable(struct ble_host *host, ble_conn_id conn, const uint16_t *handles,
                                              size_t count);

/* -- writing --------------------------------------------------------------------------------------------------------- */

/*
 * len 0..512, BLE_ETOOBIG beyond. Up to ATT_MTU - 3 octets are a Write Request (4.9.3) and are copied. More are a long
 * write (4.9.4): Prepare Write as often as it takes, then Execute Write; data: until BLE_EV_DONE. What the server repeats
 * is compared as in ble_client_write_reliable(). Also CCCDs: two octets, least significant first.
 */
BLE_API int ble_client_write(struct ble_host *host, ble_conn_id conn, uint16_t handle, const void *data, size_t len);
/* Write Command (4.9.1), len 0..ATT_MTU - 3: no procedure, no DONE, and allowed while one runs. */
BLE_API int ble_client_write_command(struct ble_host *host, ble_conn_id conn, uint16_t handle, const void *data,
                                     size_t len);

/*
 * Signed Write Command (4.9.2), len 0..ATT_MTU - 15, with the key that a pairing has given to the peer (BLE_KEY_SIGN). The
 * peer answers nothing, whatever it thinks of it. On an encrypted link, where none may be signed, a Write Command: then
 * len 0..ATT_MTU - 3. BLE_ENOENT: the peer has no key of ours, or its counter is lost; BLE_ESTATE: the counter has come to
 * its end, and the two have to pair anew; BLE_EIO: the store failed, or the cipher, and nothing is sent. BLE_ENOTSUP: also
 * if ble_signing or ble_pairing is not attached.
 */
BLE_API int ble_client_write_signed(struct ble_host *host, ble_conn_id conn, uint16_t handle, const void *data,
                                    size_t len);

/* One value of a reliable write. */
struct ble_client_value {
	uint16_t handle;
	uint16_t len; /* 0..512 */
	const void *data;
};

/*
 * Reliable Writes (4.9.5): all values by Prepare Write, then Execute Write lets the server write them all. values and
 * their data: until BLE_EV_DONE. When the server repeats something else than was sent, BLE_EMISMATCH; when it refuses
 * a part, BLE_EATT(code): in both cases what it has kept is cancelled, and nothing is written. Only for characteristics
 * whose Extended Properties (0x2900) allow it. BLE_EINVAL: count 0 or above 0xFFFF, a handle of 0; BLE_ETOOBIG.
 */
BLE_API int ble_client_write_reliable(struct ble_host *host, ble_conn_id conn, const struct ble_client_value *values,
                                      size_t count);

/*
 * Gives up the long or reliable write that runs: once the server has answered the part that is on its way, what it has
 * kept is cancelled by Execute Write (Vol 3 Part F 3.4.6.3), nothing is written, and BLE_EV_DONE says BLE_ECANCELLED.
 * BLE_ESTATE: no such write runs, or the server has been told already to execute it, or to cancel it.
 */
BLE_API int ble_client_write_cancel(struct ble_host *host, ble_conn_id conn);

/* -- what this client can take --------------------------------------------------------------------------------------- */

/* Bits of Client Supported Features, Vol 3 Part G 7.2. */
enum ble_client_feature {
	BLE_FEATURE_ROBUST_CACHING = 0x01,
	BLE_FEATURE_MULTIPLE_NOTIFICATIONS = 0x04, /* BLE_EV_NOTIFIED for each value in one */
};

/*
 * Adds bits to the server's Client Supported Features (0x2B29), which is found and read first; the server forgets no bit
 * until the connection ends, and keeps them over connections of a bonded client. BLE_EV_DONE has its handle; BLE_ENOENT:
 * the server has none. BLE_EINVAL: bits is 0, or has others than these two.
 *
 * With robust caching, a server whose database has changed refuses one request of a handle by BLE_EATT(0x12), Database
 * Out Of Sync, with nothing done: what the program knows of the server is to be discovered anew, or its Database Hash
 * (0x2B2A) read by ble_client_read_uuid() and compared: 2.5.2.1.
 */
BLE_API int ble_client_features(struct ble_host *host, ble_conn_id conn, uint8_t bits);

/* -- values unasked -------------------------------------------------------------------------------------------------- */

/*
 * Finds the CCCD (0x2902) of the characteristic whose value has this handle, and writes bits to it: 1 notifications,
 * 2 indications, 0 neither (Vol 3 Part G 3.3.3.3). end_handle: the characteristic's last; 0: up to the next declaration.
 * BLE_EV_DONE has the CCCD's handle, so that another change can be a ble_client_write(); BLE_ENOENT: there is no CCCD,
 * which is returned at once when end_handle leaves no room for one. BLE_EINVAL: other bits, end_handle below
 * value_handle.
 */
BLE_API int ble_client_subscribe(struct ble_host *host, ble_conn_id conn, uint16_t value_handle, uint16_t end_handle,
                                 uint8_t bits);
/*
 * The value handle of Service Changed (0x2A05), known from an earlier connection: its indications are given as
 * BLE_EV_SERVICE_CHANGED. Not needed on a connection that has discovered the characteristic. It subscribes to nothing.
 */
BLE_API int ble_client_service_changed(struct ble_host *host, ble_conn_id conn, uint16_t value_handle);

#ifdef __cplusplus
}
#endif

#endif
