/*
 * The PDUs of the Security Manager Protocol: Vol 3 Part H 3.5 and 3.6.
 *
 * A PDU is a code and its parameters. Whoever reads has dispatched on the code, so _read starts behind it; _write puts
 * it. PDUs of one shape share a struct, and their writer is told which code it writes:
 *
 *	code (SMP_…)                                   struct
 *	PAIRING_REQ, PAIRING_RSP                       smp_pairing
 *	PAIRING_CONFIRM, PAIRING_RANDOM,               smp_value
 *	ENCRYPTION_INFO, IDENTITY_INFO, SIGNING_INFO,
 *	DHKEY_CHECK
 *	PAIRING_FAILED, SECURITY_REQ, KEYPRESS         smp_octet
 *	CENTRAL_ID                                     smp_central_id
 *	IDENTITY_ADDRESS                               smp_identity_address
 *	PUBLIC_KEY                                     smp_public_key
 *
 * _read is true when nothing is missing and nothing left over; ranges are for the Security Manager to judge. Values are
 * not copied: they point into what the cursor was given, in the order of the air.
 */
#ifndef GLINT_SPEC_SMP_PDU_H
#define GLINT_SPEC_SMP_PDU_H

#include <stdbool.h>
#include <stdint.h>

#include "base/rd.h"
#include "base/wr.h"

enum smp_code {
#define X(name, num, octets, text) SMP_##name = num,
#include "spec/smp_codes.def"
#undef X
	SMP_CODE_COUNT, /* codes from here on, and 0, are reserved: to be ignored, 3.3 */
};

enum { SMP_PDU_MAX = 65 }; /* octets, code included */

enum smp_reason {
#define X(name, num, text) SMP_ERR_##name = num,
#include "spec/smp_reasons.def"
#undef X
};

/* 2.3.2, table 3.4 */
enum smp_io {
	SMP_IO_DISPLAY_ONLY = 0,
	SMP_IO_DISPLAY_YES_NO = 1,
	SMP_IO_KEYBOARD_ONLY = 2,
	SMP_IO_NONE = 3,
	SMP_IO_KEYBOARD_DISPLAY = 4,
	SMP_IO_COUNT,
};

/* AuthReq: 3.5.1, figure 3.3 */
enum smp_auth {
	SMP_AUTH_BONDING = 0x01, /* of the two bits only 0 and 1 are defined */
	SMP_AUTH_BONDING_MASK = 0x03,
	SMP_AUTH_MITM = 0x04,
	SMP_AUTH_SC = 0x08,
	SMP_AUTH_KEYPRESS = 0x10,
	SMP_AUTH_CT2 = 0x20,
};

/* Key distribution: 3.6.1, figure 3.11 */
enum smp_dist {
	SMP_DIST_ENC = 0x01,
	SMP_DIST_ID = 0x02,
	SMP_DIST_SIGN = 0x04,
	SMP_DIST_LINK = 0x08,
};

/* Keypress: 3.5.8, table 3.8 */
enum smp_keypress {
	SMP_KEYPRESS_STARTED = 0,
	SMP_KEYPRESS_DIGIT = 1,
	SMP_KEYPRESS_ERASED = 2,
	SMP_KEYPRESS_CLEARED = 3,
	SMP_KEYPRESS_COMPLETED = 4,
};

/* 3.5.1, 3.5.2 */
struct smp_pairing {
	uint8_t io_capability;   /* enum smp_io */
	uint8_t oob_data_flag;   /* 1: has the other's data */
	uint8_t auth_req;        /* enum smp_auth, or'ed */
	uint8_t max_key_size;    /* octets, 7..16 */
	uint8_t initiator_keys;  /* enum smp_dist, or'ed: what the initiator will send */
	uint8_t responder_keys;
};
bool smp_pairing_read(struct rd *r, struct smp_pairing *out);
void smp_pairing_write(struct wr *w, uint8_t code, const struct smp_pairing *in);

/* 3.5.3, 3.5.4, 3.5.7, 3.6.2, 3.6.4, 3.6.6 */
struct smp_value {
	const uint8_t *value; /* 16 octets in the packet */
};
bool smp_value_read(struct rd *r, struct smp_value *out);
void smp_value_write(struct wr *w, uint8_t code, const struct smp_value *in);

/* 3.5.5: reason, 3.6.7: AuthReq, 3.5.8: kind of keypress */
struct smp_octet {
	uint8_t value;
};
bool smp_octet_read(struct rd *r, struct smp_octet *out);
void smp_octet_write(struct wr *w, uint8_t code, const struct smp_octet *in);

/* 3.6.3 */
struct smp_central_id {
	uint16_t ediv;
	uint64_t rand;
};
bool smp_central_id_read(struct rd *r, struct smp_central_id *out);
void smp_central_id_write(struct wr *w, const struct smp_central_id *in);

/* 3.6.5 */
struct smp_identity_address {
	uint8_t addr_type; /* 0 public, 1 static random */
	uint8_t bd_addr[6];
};
bool smp_identity_address_read(struct rd *r, struct smp_identity_address *out);
void smp_identity_address_write(struct wr *w, const struct smp_identity_address *in);

/* 3.5.6 */
struct smp_public_key {
	const uint8_t *x, *y; /* 32 octets each in the packet */
};
bool smp_public_key_read(struct rd *r, struct smp_public_key *out);
void smp_public_key_write(struct wr *w, const struct smp_public_key *in);

#endif
