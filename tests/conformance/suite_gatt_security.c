/*
 * GATT server: what a link that is not secure enough is answered (GATT/SR/GAR, GAW; Vol 3 Part F 4, Part C 10.3.1), and
 * subscriptions of a bond (GATT/SR/GAN, GAI; Vol 3 Part G 3.3.3.3).
 */
#include "sm.h"

static uint8_t shut_value[40] = { 1, 2, 3, 4 }, open_value[2] = { 5, 6 };

/* Level 3 wants an authenticated key; level 4 in addition one of 16 octets. */
static const struct ble_characteristic shut_3 = { .uuid = 0xB020, .permission = BLE_READ | BLE_WRITE, .size = 40, .length = 40,
	.value = shut_value };
static const struct ble_characteristic shut_4 = { .uuid = 0xB021, .permission = BLE_READ | BLE_WRITE, .size = 40, .length = 40,
	.value = shut_value };
static const struct ble_characteristic told = { .uuid = 0xB022, .permission = BLE_READ | BLE_NOTIFY | BLE_INDICATE, .size = 2,
	.length = 2, .value = open_value };
static const struct ble_service services[] = {
	{ .uuid = 0xA020, .level = 3, .characteristics = BLE_LIST(&shut_3) },
	{ .uuid = 0xA021, .level = 4, .characteristics = BLE_LIST(&shut_4) },
	{ .uuid = 0xA022, .level = 1, .characteristics = BLE_LIST(&told) },
};

static struct sm sm;

static void connected(void **state)
{
	sm_host(&sm, *state,
		&(struct ble_pairing_params){ .bonding = true, .capabilities = BLE_CAP_DISPLAY_ONLY, .key_size_min = 7,
			.key_size_max = 16, .ways = BLE_WAYS(&ble_passkey_entry) });
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(ble_server_add(sm.k->host, &services[i], NULL), 0);
	sm_connect(&sm, true);
}

/* One kind of request, and what it is answered when there is nothing against it. */
struct access {
	const char *request, *unauthenticated, *short_key, *granted;
};

/* A link without a key, and one whose key nobody has vouched for; then it is granted. */
static void unauthenticated(void **state)
{
	const struct access *a = ((struct kit *)*state)->row;
	connected(state);
	sm.k->at = kit_find(sm.k, 0xB020, NULL);
	ATT(sm.k, a->request, a->unauthenticated);
	sm_pair(&sm, SM_SC, 16);
	sm_expect_paired(&sm, 2, 16, true);
	ATT(sm.k, a->request, a->unauthenticated);
	sm_pair(&sm, SM_SC | SM_PASSKEY, 16);
	sm_expect_paired(&sm, 4, 16, true);
	ATT(sm.k, a->request, a->granted);
}

/* An authenticated key of 15 octets, then one of 16. */
static void short_key(void **state)
{
	const struct access *a = ((struct kit *)*state)->row;
	connected(state);
	sm.k->at = kit_find(sm.k, 0xB021, NULL);
	sm_pair(&sm, SM_SC | SM_PASSKEY, 15);
	sm_expect_paired(&sm, 3, 15, true);
	ATT(sm.k, a->request, a->short_key);
	sm_pair(&sm, SM_SC | SM_PASSKEY, 16);
	sm_expect_paired(&sm, 4, 16, true);
	ATT(sm.k, a->request, a->granted);
}

static const struct access read_value = { "T 0A @", "I 01 0A @ 05", "I 01 0A @ 0C", "I 0B 01 02 03 04 *" };
static const struct access read_3_by_type = { "T 08 01 00 FF FF 20 B0", "I 01 08 @ 05", NULL, "I 09 15 @ 01 02 03 04 *" };
static const struct access read_4_by_type = { "T 08 01 00 FF FF 21 B0", NULL, "I 01 08 @ 0C", "I 09 15 @ 01 02 03 04 *" };
static const struct access read_blob = { "T 0C @ 02 00", "I 01 0C @ 05", "I 01 0C @ 0C", "I 0D 03 04 *" };
static const struct access read_multiple = { "T 0E @ @", "I 01 0E @ 05", "I 01 0E @ 0C", "I 0F 01 02 03 04 *" };
static const struct access write_value = { "T 12 @ 07", "I 01 12 @ 05", "I 01 12 @ 0C", "I 13" };
static const struct access prepare_write = { "T 16 @ 00 00 07", "I 01 16 @ 05", "I 01 16 @ 0C", "I 17 @ 00 00 07" };

/* --- subscriptions that a bond keeps ------------------------------------------------------------------------------- */

/* The bits are written once. On the next link nothing is told before it is encrypted, and then without another write. */
static void kept(void **state, const char *subscribe, const char *first, const char *second)
{
	connected(state);
	sm.k->at = kit_find(sm.k, 0xB022, NULL);
	sm_pair(&sm, SM_SC, 16);
	sm_expect_paired(&sm, 2, 16, true);
	ATT(sm.k, subscribe, "I 13");
	assert_int_equal(ble_server_notify(sm.k->host, sm.k->conn, sm.k->at, "\1\2", 2), 0);
	ATT(sm.k, first);
	if (first[2] == '1' && first[3] == 'D')
		ATT(sm.k, "T 1E");
	sm_leave(&sm);
	sm_connect(&sm, true);
	assert_int_equal(ble_server_notify(sm.k->host, sm.k->conn, sm.k->at, "\3\4", 2), BLE_ENOENT);
	ATT(sm.k, "I -");
	assert_int_equal(sm_encrypt(&sm), 0);
	sm_expect_encrypted(&sm, 0);
	kit_run(sm.k, 100);
	assert_int_equal(ble_server_notify(sm.k->host, sm.k->conn, sm.k->at, "\3\4", 2), 0);
	ATT(sm.k, second);
	if (second[2] == '1' && second[3] == 'D')
		ATT(sm.k, "T 1E");
}

static void notified_again(void **state)
{
	kept(state, "T 12 ^ 01 00", "I 1B @ 01 02", "I 1B @ 03 04");
}

static void indicated_again(void **state)
{
	kept(state, "T 12 ^ 02 00", "I 1D @ 01 02", "I 1D @ 03 04");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ROW("GATT/SR/GAR/BI-04-C", unauthenticated, &read_value),
		ROW("GATT/SR/GAR/BI-05-C", short_key, &read_value),
		ROW("GATT/SR/GAR/BI-10-C", unauthenticated, &read_3_by_type),
		ROW("GATT/SR/GAR/BI-11-C", short_key, &read_4_by_type),
		ROW("GATT/SR/GAR/BI-16-C", unauthenticated, &read_blob),
		ROW("GATT/SR/GAR/BI-17-C", short_key, &read_blob),
		ROW("GATT/SR/GAR/BI-21-C", unauthenticated, &read_multiple),
		ROW("GATT/SR/GAR/BI-22-C", short_key, &read_multiple),
		ROW("GATT/SR/GAW/BI-05-C", unauthenticated, &write_value),
		ROW("GATT/SR/GAW/BI-06-C", short_key, &write_value),
		ROW("GATT/SR/GAW/BI-12-C", unauthenticated, &prepare_write),
		ROW("GATT/SR/GAW/BI-13-C", short_key, &prepare_write),
		CASE("GATT/SR/GAN/BV-03-C", notified_again),
		CASE("GATT/SR/GAI/BV-02-C", indicated_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
