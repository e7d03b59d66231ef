/*
 * Errors: one negative int. Whose code it is stays visible: ours, the peer's ATT error, the controller's HCI error.
 * A refused call also leaves a fault on its device: the argument's name, the value and the limits, as numbers, so that
 * the core needs no formatting; ble_fault_text() makes the sentence where somebody wants to read it.
 */
#ifndef BLE_ERR_H
#define BLE_ERR_H

#include <ble/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The list of our errors, for whoever wants a table of them: X(NAME, number, "text"). */
#define BLE_ERR_MAP(X)                                                                                                 \
	X(INVAL, 1, "invalid argument")                                                                                \
	X(NOMEM, 2, "out of memory, buffers or slots")                                                                 \
	X(BUSY, 3, "cannot be done now, try again after the next event")                                               \
	X(STATE, 4, "not possible in the present state")                                                               \
	X(NOTSUP, 5, "not supported")                                                                                  \
	X(BADPDU, 6, "malformed PDU")                                                                                  \
	X(NOENT, 7, "no such thing")                                                                                   \
	X(EXIST, 8, "there already")                                                                                   \
	X(RANGE, 9, "out of range")                                                                                    \
	X(TOOBIG, 10, "too long")                                                                                      \
	X(TIMEOUT, 11, "time-out")                                                                                     \
	X(IO, 12, "input/output error")                                                                                \
	X(GONE, 13, "the controller has gone away")                                                                    \
	X(CONN, 14, "not connected")                                                                                   \
	X(URI, 15, "unknown driver")                                                                                   \
	X(REFUSED, 16, "refused")                                                                                      \
	X(CLOSED, 17, "closed")                                                                                        \
	X(PENDING, 18, "answered later")                                                                               \
	X(MISMATCH, 19, "the peer repeated something else than was sent")                                              \
	X(CANCELLED, 20, "cancelled")

/* Our own errors. */
enum ble_err {
	BLE_OK = 0,
#define BLE_ERR_ENUM(name, num, text) BLE_E##name = -(num),
	BLE_ERR_MAP(BLE_ERR_ENUM)
#undef BLE_ERR_ENUM
};

#define BLE_EATT(code) (-(0x100 + (code))) /* the peer's ATT error, or the one to answer with: Vol 3 Part F 3.4.1.1 */
#define BLE_EHCI(code) (-(0x200 + (code))) /* the controller's HCI error: Vol 1 Part F */
/* Whose error it is, and the octet that came over the air or from the controller. */
#define BLE_IS_EATT(err) ((err) <= -0x100 && (err) > -0x200)
#define BLE_IS_EHCI(err) ((err) <= -0x200 && (err) > -0x300)
#define BLE_ATT_CODE(err) ((uint8_t)(-(err) - 0x100))
#define BLE_HCI_CODE(err) ((uint8_t)(-(err) - 0x200))

/* The text of any error code above, static, never NULL. 0 gives "success". */
BLE_API const char *ble_strerror(int err);

/*
 * What the last refused call was about. `subject` names the argument or resource ("interval_ms", "memory"); min and
 * max hold when max >= min. `text` is an offending text (a URI, a name), NULL if none. `hint` is a whole sentence that
 * says what to do or which feature is missing, NULL if none. Strings are static or the caller's own.
 */
struct ble_fault {
	int err;
	const char *subject;
	int32_t value, min, max;
	const char *text;
	const char *hint;
};

/*
 * Writes one sentence, always terminated, cut if it must be: `interval_ms: 5 is outside 20..10240`. Returns the length
 * that the whole sentence has.
 */
BLE_API size_t ble_fault_text(const struct ble_fault *fault, char *dst, size_t size);

#ifdef __cplusplus
}
#endif

#endif
