/*
 * What Bluetooth adds on a block cipher: AES-CMAC, the toolbox of the Security Manager (Vol 3 Part H 2.2), and the CCM of
 * the link layer (Vol 6 Part E). The cipher itself is the port's (ble/crypto.h).
 *
 * Octets here are in the order of the air, least significant first, as PDUs, HCI and addresses have them; each function
 * turns them round where the book concatenates the other way. AES-CMAC alone is plain: octets as they come, as in RFC
 * 4493. A cipher that fails gives zeroes and says BLE_EIO; zeroes are never taken for a key (crypto_is_weak).
 */
#ifndef GLINT_CRYPTO_H
#define GLINT_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ble/crypto.h>
#include <ble/radio.h>
#include <ble/types.h>

/* AES-CMAC, RFC 4493, a piece at a time. */
struct crypto_cmac {
	const struct ble_crypto *crypto;
	int err;
	uint8_t have; /* octets of block */
	uint8_t key[16], sum[16], block[16];
};

void crypto_cmac_begin(struct crypto_cmac *m, const struct ble_crypto *crypto, const uint8_t key[16]);
void crypto_cmac_add(struct crypto_cmac *m, const void *data, size_t len);
/* The last octet first: what is held in the order of the air, as the toolbox wants it. */
void crypto_cmac_add_turned(struct crypto_cmac *m, const void *data, size_t len);
/* The 16 octets, the first one the most significant; m is wiped. 0, BLE_EIO: then they are zeroes. */
int crypto_cmac_end(struct crypto_cmac *m, uint8_t out[16]);

/* e, 2.2.1: out = AES-128. in and out may be the same. */
int crypto_e(const struct ble_crypto *crypto, const uint8_t key[16], const uint8_t in[16], uint8_t out[16]);
/* ah, 2.2.2: the hash of a resolvable private address. */
int crypto_ah(const struct ble_crypto *crypto, const uint8_t irk[16], const uint8_t prand[3], uint8_t hash[3]);

/* c1, 2.2.3: Pairing Request and Response with their codes, initiator's and responder's address. */
struct crypto_c1 {
	const uint8_t *preq, *pres; /* 7 octets each */
	struct ble_addr ia, ra;
};
int crypto_c1(const struct ble_crypto *crypto, const uint8_t tk[16], const uint8_t rand[16], const struct crypto_c1 *p,
	uint8_t confirm[16]);
/* s1, 2.2.4: the STK. r1 the responder's random, r2 the initiator's. */
int crypto_s1(const struct ble_crypto *crypto, const uint8_t tk[16], const uint8_t r1[16], const uint8_t r2[16],
	uint8_t stk[16]);

/* f4, 2.2.6: the confirm value. u, v: x of public keys. */
int crypto_f4(const struct ble_crypto *crypto, const uint8_t u[32], const uint8_t v[32], const uint8_t x[16], uint8_t z,
	uint8_t confirm[16]);
/* f5, 2.2.7. a1, a2: initiator's and responder's address. */
int crypto_f5(const struct ble_crypto *crypto, const uint8_t dhkey[32], const uint8_t n1[16], const uint8_t n2[16],
	const struct ble_addr *a1, const struct ble_addr *a2, uint8_t mac_key[16], uint8_t ltk[16]);
/* f6, 2.2.8: the check value. io: the three octets behind the code of Pairing Request or Response. */
int crypto_f6(const struct ble_crypto *crypto, const uint8_t mac_key[16], const uint8_t n1[16], const uint8_t n2[16],
	const uint8_t r[16], const uint8_t io[3], const struct ble_addr *a1, const struct ble_addr *a2,
	uint8_t check[16]);
/* g2, 2.2.9, as the user sees it: 0..999999. */
int crypto_g2(const struct ble_crypto *crypto, const uint8_t u[32], const uint8_t v[32], const uint8_t x[16],
	const uint8_t y[16], uint32_t *number);
/* h6, h7: 2.2.10, 2.2.11. */
int crypto_h6(const struct ble_crypto *crypto, const uint8_t key[16], const uint8_t key_id[4], uint8_t out[16]);
int crypto_h7(const struct ble_crypto *crypto, const uint8_t salt[16], const uint8_t key[16], uint8_t out[16]);
/* The signature of 2.4.5: the message and the counter that is sent behind it. */
int crypto_sign(const struct ble_crypto *crypto, const uint8_t csrk[16], const void *message, size_t len,
	uint32_t counter, uint8_t mac[8]);

enum { CRYPTO_MIC = 4 };

/*
 * CCM of a data PDU's payload, in place, 1..251 octets: Vol 6 Part E 2. first is the first octet of the header; what the
 * other side may change of it (NESN, SN, MD) is masked here. ccm has key, IV, counter and direction; key is in the order
 * of AES, most significant octet first. 0, BLE_EIO.
 */
int crypto_ccm_encrypt(const struct ble_crypto *crypto, const struct ble_radio_ccm *ccm, uint8_t first, uint8_t *payload,
	size_t len, uint8_t mic[CRYPTO_MIC]);
/* The same back. False: the MIC is wrong, or the cipher failed; the payload is zeroes then. */
bool crypto_ccm_decrypt(const struct ble_crypto *crypto, const struct ble_radio_ccm *ccm, uint8_t first, uint8_t *payload,
	size_t len, const uint8_t mic[CRYPTO_MIC]);

struct ble_platform;
/*
 * Private addresses, Vol 3 Part C 10.8.2. A new resolvable one: 0; BLE_ENOTSUP: the platform has no crypto; BLE_EIO: it
 * failed, or what it calls random is not.
 */
int crypto_resolvable(const struct ble_platform *platform, const uint8_t irk[16], uint8_t address[6]);
/* A new non-resolvable one. 0, BLE_EIO. */
int crypto_unresolvable(const struct ble_platform *platform, uint8_t address[6]);
/* Has a random address the form of a resolvable one? Has it been made with this key? */
bool crypto_is_resolvable(const uint8_t address[6]);
bool crypto_resolves(const struct ble_crypto *crypto, const uint8_t irk[16], const uint8_t address[6]);

/* Takes the same time wherever they differ. */
bool crypto_same(const void *a, const void *b, size_t len);
/* Zeroes that the compiler does not take away. */
void crypto_wipe(void *p, size_t len);
/* All octets 0x00 or all 0xFF: an erased memory, or a cipher that failed; or the key that the specification prints as a
 * sample, in either order. Never a key. */
bool crypto_is_weak(const uint8_t key[16]);
/* From the order of the air to that of FIPS 197 and back. They do not overlap. */
void crypto_turn(uint8_t *dst, const uint8_t *src, size_t len);

/* The debug key of Vol 3 Part H 2.3.5.6.1, most significant octet first: everybody knows its secret. */
extern const uint8_t crypto_debug_secret[32];
/* x of its public key. */
extern const uint8_t crypto_debug_x[32];

#endif
