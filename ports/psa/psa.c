/*
 * The crypto seam over the PSA Crypto API (Arm IHI 0086), which Mbed TLS implements on hosted systems and chip vendors on
 * theirs. Keys are volatile and live for one call: what outlives it is the caller's to wipe. Constant time and the check
 * of the peer's point are the library's; tests/unit/crypto hold it to both.
 *
 * The library is made ready at each call, which is a question to a flag after the first, so that nobody needs to remember
 * it.
 */
#include <ble/crypto.h>

#include <psa/crypto.h>
#include <string.h>

enum { POINT = 65, UNCOMPRESSED = 0x04 }; /* SEC 1 2.3.3 */

static psa_status_t import(psa_key_id_t *key, psa_key_type_t type, psa_algorithm_t alg, psa_key_usage_t usage,
	const uint8_t *data, size_t len)
{
	psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
	psa_set_key_type(&attributes, type);
	psa_set_key_algorithm(&attributes, alg);
	psa_set_key_usage_flags(&attributes, usage);
	*key = 0;
	psa_status_t status = psa_crypto_init();
	return status == PSA_SUCCESS ? psa_import_key(&attributes, data, len, key) : status;
}

static int aes128(void *ctx, const uint8_t key[16], const uint8_t in[16], uint8_t out[16])
{
	psa_key_id_t id;
	uint8_t block[16] = { 0 };
	size_t len = 0;
	(void)ctx;
	psa_status_t status = import(&id, PSA_KEY_TYPE_AES, PSA_ALG_ECB_NO_PADDING, PSA_KEY_USAGE_ENCRYPT, key, 16);
	if (status == PSA_SUCCESS)
		status = psa_cipher_encrypt(id, PSA_ALG_ECB_NO_PADDING, in, 16, block, sizeof block, &len);
	(void)psa_destroy_key(id);
	bool whole = status == PSA_SUCCESS && len == sizeof block;
	if (whole)
		memcpy(out, block, 16);
	else
		memset(out, 0, 16);
	return whole ? 0 : BLE_EIO;
}

static int err_of(psa_status_t status)
{
	switch (status) {
	case PSA_SUCCESS: return 0;
	case PSA_ERROR_INVALID_ARGUMENT: return BLE_EINVAL;
	default: return BLE_EIO;
	}
}

static psa_status_t import_secret(psa_key_id_t *key, const struct ble_p256 *op)
{
	return import(key, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1), PSA_ALG_ECDH, PSA_KEY_USAGE_DERIVE,
		op->secret, sizeof op->secret);
}

static int p256_public(void *ctx, struct ble_p256 *op)
{
	psa_key_id_t key;
	uint8_t point[POINT];
	size_t len = 0;
	(void)ctx;
	psa_status_t status = import_secret(&key, op);
	if (status == PSA_SUCCESS)
		status = psa_export_public_key(key, point, sizeof point, &len);
	(void)psa_destroy_key(key);
	if (status == PSA_SUCCESS && len != POINT)
		status = PSA_ERROR_GENERIC_ERROR;
	if (status == PSA_SUCCESS)
		memcpy(op->public_key, point + 1, sizeof op->public_key);
	op->done(op, err_of(status));
	return 0;
}

static int p256_shared(void *ctx, struct ble_p256 *op)
{
	psa_key_id_t key;
	uint8_t point[POINT] = { UNCOMPRESSED };
	size_t len = 0;
	(void)ctx;
	memcpy(point + 1, op->peer, sizeof op->peer);
	psa_status_t status = import_secret(&key, op);
	if (status == PSA_SUCCESS)
		status = psa_raw_key_agreement(PSA_ALG_ECDH, key, point, sizeof point, op->shared, sizeof op->shared,
			&len);
	(void)psa_destroy_key(key);
	if (status == PSA_SUCCESS && len != sizeof op->shared)
		status = PSA_ERROR_GENERIC_ERROR;
	if (status != PSA_SUCCESS) /* the library leaves random octets */
		memset(op->shared, 0, sizeof op->shared);
	op->done(op, err_of(status));
	return 0;
}

const struct ble_crypto ble_crypto_psa = {
	.aes128 = aes128,
	.p256_public = p256_public,
	.p256_shared = p256_shared,
};
