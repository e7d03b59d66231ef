/*
 * The Database Hash against the sample of the Core Specification: Vol 3 Part G Appendix B, the database of its figure and
 * the hash that is printed there; and what goes into it, octet by octet, for a database with all the rest, by 7.3.1.
 */
#include "tests/unit/att/fake.h"

#include "crypto/crypto.h"
#include "gatt/gatt_db.h"

#define CHARACTERISTIC(name, id, may)                                                                                  \
	static const struct ble_characteristic name = { .uuid = id, .permission = may, .size = 20 }

CHARACTERISTIC(name, 0x2A00, BLE_READ | BLE_WRITE);
CHARACTERISTIC(appearance, 0x2A01, BLE_READ);
CHARACTERISTIC(changed, 0x2A05, BLE_INDICATE);
CHARACTERISTIC(features, 0x2B29, BLE_READ | BLE_WRITE);
CHARACTERISTIC(hash, 0x2B2A, BLE_READ);
CHARACTERISTIC(measurement, 0x2A18, BLE_READ | BLE_INDICATE | BLE_WRITE_RELIABLE);
CHARACTERISTIC(level, 0x2A19, BLE_READ);
static const struct ble_service gap = { .uuid = 0x1800, .characteristics = BLE_LIST(&name, &appearance) };
static const struct ble_service gatt = { .uuid = 0x1801, .characteristics = BLE_LIST(&changed, &features, &hash) };
static const struct ble_service battery = { .uuid = 0x180F, .secondary = true, .characteristics = BLE_LIST(&level) };
static const struct ble_service glucose = { .uuid = 0x1808, .characteristics = BLE_LIST(&measurement),
	.includes = BLE_INCLUDES(&battery) };

static struct gatt_db db;
static struct gatt_slot slots[4];
static union {
	struct gatt_peer peer;
	uint8_t room[sizeof(struct gatt_peer) + 1];
} conn;


static int up(void **state)
{
	(void)state;
	fake_reset();
	memset(&conn, 0, sizeof conn);
	gatt_db_init(&db, slots, 4, 4);
	fake.att.server = &fake_server;
	fake.att.db = &gatt_att_db;
	fake.att.db_ctx = &db;
	att_server_open(&conn.peer.att, &fake.bearer);
	return 0;
}

static void add(const struct ble_service *s)
{
	assert_int_equal(gatt_add(&db, s, NULL, NULL), 0);
}

/* The sample's Extended Properties say nothing, where ours always say Reliable Write. */
static int sample_value(struct att_bearer *b, const struct att_attr *a, struct att_view *v)
{
	int err = gatt_att_db.value(b, a, v);
	if (a->part == GATT_EXTENDED)
		v->made[0] = 0;
	return err;
}

/* The sample includes a service that stands behind; here it has to be added before, and is moved. */
static void the_sample_of_the_specification(void **state)
{
	uint8_t sum[16], turned[16], want[16];
	struct att_db sample = gatt_att_db;
	(void)state;
	sample.value = sample_value;
	fake.att.db = &sample;
	add(&gap);
	add(&gatt);
	add(&battery);
	add(&glucose);
	struct gatt_slot moved = slots[2];
	slots[2] = slots[3];
	slots[2].first = 0x0E;
	slots[2].last = 0x13;
	moved.first = 0x14;
	moved.last = 0x16;
	slots[3] = moved;
	assert_int_equal(gatt_hash_make(&fake.bearer, &ble_crypto_psa, sum), 0);
	crypto_turn(turned, sum, sizeof sum);
	fake_octets(want, "F1 CA 2D 48 EC F5 8B AC 8A 88 30 BB B9 FB A9 90");
	assert_memory_equal(turned, want, sizeof want);
}

static const uint8_t base[16] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };
static const struct ble_format percent = { .format = 4, .unit = 0x27AD, .name_space = 1 };
static const struct ble_characteristic full = { .uuid = 0xB00D, .base_uuid = base, .permission = BLE_READ | BLE_NOTIFY |
	BLE_BROADCAST | BLE_WRITE_RELIABLE, .size = 1, .descriptor = "Level", .format = &percent };
static const struct ble_service far = { .uuid = 0xA00C, .base_uuid = base };
static const struct ble_service whole = { .uuid = 0xA011, .characteristics = BLE_LIST(&full),
	.includes = BLE_INCLUDES(&far) };

/* 1 far; 2 whole, 3 its include, 4, 5 full, 6..10 its descriptors, of which only 0x2900 counts with its value */
static void declarations_with_their_values_descriptors_without(void **state)
{
	static const char message[] = "01 00 00 28 00 01 02 03 04 05 06 07 08 09 0A 0B 0C A0 0E 0F "
				      "02 00 00 28 11 A0 03 00 02 28 01 00 01 00 "
				      "04 00 03 28 93 05 00 00 01 02 03 04 05 06 07 08 09 0A 0B 0D B0 0E 0F "
				      "06 00 02 29 07 00 03 29 08 00 00 29 01 00 09 00 01 29 0A 00 04 29";
	static const uint8_t key[16];
	uint8_t octets[120], want[16], sum[16], turned[16];
	struct crypto_cmac m;
	(void)state;
	add(&far);
	add(&whole);
	conn.peer.cccd[0] = 0xFF; /* what a client has written does not count */
	crypto_cmac_begin(&m, &ble_crypto_psa, key);
	crypto_cmac_add(&m, octets, fake_octets(octets, message));
	assert_int_equal(crypto_cmac_end(&m, want), 0);
	assert_int_equal(gatt_hash_make(&fake.bearer, &ble_crypto_psa, sum), 0);
	crypto_turn(turned, sum, sizeof sum);
	assert_memory_equal(turned, want, sizeof want);
}

static int broken(void *ctx, const uint8_t key[16], const uint8_t in[16], uint8_t out[16])
{
	(void)ctx, (void)key, (void)in;
	memset(out, 0, 16);
	return BLE_EIO;
}

static void a_cipher_that_fails(void **state)
{
	static const struct ble_crypto none = { .aes128 = broken };
	uint8_t sum[16];
	(void)state;
	add(&far);
	assert_int_equal(gatt_hash_make(&fake.bearer, &none, sum), BLE_EIO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_sample_of_the_specification, up),
		cmocka_unit_test_setup(declarations_with_their_values_descriptors_without, up),
		cmocka_unit_test_setup(a_cipher_that_fails, up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
