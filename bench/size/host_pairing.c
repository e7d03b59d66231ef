/*
 * host.c with pairing, Secure Connections and legacy, by Just Works, passkey and comparison, and with bonds that are kept. The
 * cipher, the curve and the store are the board's.
 */
#define PAIRING
#define MORE_PARTS &ble_pairing,
#define MORE_MEMORY 1712
#define CONNECTIONS 1
#define MORE_PLATFORM .crypto = &board_crypto, .load = board_load, .save = board_save, .erase = board_erase
#define MORE_CONFIG .bonds = 2

#include <ble/bond.h>
#include <ble/crypto.h>

static int board_aes(void *ctx, const uint8_t key[16], const uint8_t in[16], uint8_t out[16])
{
	(void)ctx;
	for (unsigned i = 0; i < 16; i++)
		out[i] = (uint8_t)(in[i] ^ key[i]);
	return 0;
}

static int board_curve(void *ctx, struct ble_p256 *op)
{
	(void)ctx;
	op->done(op, 0);
	return 0;
}

static int board_load(void *ctx, uint32_t key, void *dst, size_t cap)
{
	(void)ctx, (void)key, (void)dst, (void)cap;
	return BLE_ENOENT;
}

static int board_save(void *ctx, uint32_t key, const void *data, size_t len)
{
	(void)ctx, (void)key, (void)data, (void)len;
	return 0;
}

static int board_erase(void *ctx, uint32_t key)
{
	(void)ctx, (void)key;
	return 0;
}

static const struct ble_crypto board_crypto = { .aes128 = board_aes, .p256_public = board_curve, .p256_shared = board_curve };
static const struct ble_pairing_params pairing = { .capabilities = BLE_CAP_DISPLAY_YES_NO, .bonding = true,
	.ways = BLE_WAYS(&ble_legacy_pairing, &ble_passkey_entry, &ble_numeric_comparison) };

#include "host.c"
