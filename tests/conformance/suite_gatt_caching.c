/*
 * GATT server: the Database Hash and robust caching (GATT/SR/GAS; Vol 3 Part G 2.5.2.1, 7.3). The database is the default
 * one and a service of the program. The hashes are OpenSSL's, of the message that 7.3.1 makes of these attributes:
 * `openssl mac -macopt cipher:AES-128-CBC -macopt hexkey:00… CMAC`, the last octet first.
 *
 *	01..07 GAP                            0E, 0F Database Hash
 *	08..0B GATT, Service Changed          10 service A012
 *	0C, 0D Client Supported Features      11, 12 characteristic B012; 13 its CCCD
 */
#include "sm.h"

#define HASH "08 01 00 FF FF 2A 2B"

static uint8_t value = 0x64;
static const struct ble_characteristic b012 = { .uuid = 0xB012,
	.permission = BLE_READ | BLE_WRITE | BLE_WRITE_WO | BLE_NOTIFY, .size = 1, .length = 1, .value = &value };
static const struct ble_service a012 = { .uuid = 0xA012, .characteristics = BLE_LIST(&b012) };
static const struct ble_service late = { .uuid = 0xA0FF };

/* A client that supports robust caching, and subscribes to the program's value. */
static void cached(struct kit *k)
{
	kit_host(k, &(struct ble_host_config){ .connections = 2 });
	assert_int_equal(ble_server_add(k->host, &a012, NULL), 0);
	ut_peripheral(k);
	ATT(k, "T 12 0D 00 01", "I 13", "T 12 13 00 01 00", "I 13");
}

static int change(struct kit *k, bool there)
{
	int err = there ? ble_server_add(k->host, &late, NULL) : ble_server_remove(k->host, &late);
	kit_wake(k);
	return err;
}

static int say(struct kit *k)
{
	int err = ble_server_notify(k->host, k->conn, 0x12, "\1", 1);
	kit_wake(k);
	return err;
}

/* Of the GAP and GATT services alone. */
static void database_hash(void **state)
{
	struct kit *k = *state;
	kit_host(k, NULL);
	ut_peripheral(k);
	ATT(k, "T " HASH, "I 09 12 0F 00 DE 88 30 21 61 8C A4 F5 60 3D D2 80 FC 5C D1 13", "T 0A 0F 00",
		"I 0B DE 88 30 21 61 8C A4 F5 60 3D D2 80 FC 5C D1 13", "T 12 0F 00 00", "I 01 12 0F 00 03");
}

/* Commands are passed over; a request of a handle is refused once, and the next makes the client aware. */
static void out_of_sync(void **state)
{
	struct kit *k = *state;
	cached(k);
	assert_int_equal(change(k, true), 0);
	ATT(k, "T 52 12 00 07", "I -");
	assert_int_equal(say(k), BLE_ENOENT);
	ATT(k, "T 0A 12 00", "I 01 0A 00 00 12", "T 52 12 00 07", "I -");
	assert_int_equal(k->count[BLE_EV_WRITTEN], 0);
	ATT(k, "T 0A 12 00", "I 0B 64", "T 52 12 00 07");
	assert_int_equal(ut_expect(k, BLE_EV_WRITTEN, 1000)->written.kind, BLE_WRITTEN_COMMAND);
	assert_int_equal(say(k), 0);
	ATT(k, "I 1B 12 00 01");
	assert_int_equal(change(k, false), 0); /* once more, with a write */
	ATT(k, "T 12 12 00 07", "I 01 12 00 00 12", "T 12 12 00 07", "I 13");
}

/* By the hash, or by confirming Service Changed: no request is refused. */
static void aware_again(void **state)
{
	struct kit *k = *state;
	cached(k);
	assert_int_equal(change(k, true), 0);
	ATT(k, "T " HASH, "I 09 12 0F 00 *", "T 0A 12 00", "I 0B 64");
	ATT(k, "T 12 0B 00 02 00", "I 13");
	assert_int_equal(change(k, false), 0);
	ATT(k, "I 1D 0A 00 14 00 14 00");
	assert_int_equal(say(k), BLE_ENOENT);
	ATT(k, "T 1E", "T 0A 12 00", "I 0B 64");
	assert_int_equal(say(k), 0);
	ATT(k, "I 1B 12 00 01");
}

static void several_values(void **state)
{
	struct kit *k = *state;
	cached(k);
	assert_int_equal(change(k, true), 0);
	ATT(k, "T 20 12 00 12 00", "I 01 20 00 00 12", "T 20 12 00 12 00", "I 21 01 00 64 01 00 64");
}

/* --- bonds --------------------------------------------------------------------------------------------------------- */

static struct sm sm;

/* It writes its features, pairs and goes. */
static void bonded(struct kit *k)
{
	sm_host(&sm, k, &(struct ble_pairing_params){ .bonding = true });
	assert_int_equal(ble_server_add(k->host, &a012, NULL), 0);
	sm_connect(&sm, true);
	ATT(k, "T 12 0D 00 01", "I 13", "T 12 0B 00 02 00", "I 13");
	sm_pair(&sm, SM_SC, 16);
	sm_expect_paired(&sm, 2, 16, true);
	sm_leave(&sm);
}

static void come_back(void)
{
	sm_connect(&sm, true);
	assert_int_equal(sm_encrypt(&sm), 0);
}

/* 7.2: without its key it is a stranger, who has said nothing. */
static void features_of_a_bond(void **state)
{
	struct kit *k = *state;
	bonded(k);
	sm_connect(&sm, true);
	ATT(k, "T 0A 0D 00", "I 0B 00");
	assert_int_equal(sm_encrypt(&sm), 0);
	ATT(k, "T 0A 0D 00", "I 0B 01", "T 12 0D 00 00", "I 01 12 0D 00 13", "T 12 0D 00 05", "I 13");
	sm_leave(&sm);
	come_back();
	ATT(k, "T 0A 0D 00", "I 0B 05");
}

/* The database changes while it is away; it is told, and it is refused until it has confirmed, or asked again, or read the
 * hash. Who goes before that is told the next time. */
static void changed_meanwhile(void **state)
{
	struct kit *k = *state;
	bonded(k);
	assert_int_equal(change(k, true), 0);
	come_back();
	ATT(k, "I 1D 0A 00 01 00 FF FF", "T 0A 12 00", "I 01 0A 00 00 12");
	sm_leave(&sm);
	come_back();
	ATT(k, "I 1D 0A 00 01 00 FF FF", "T 0A 12 00", "I 01 0A 00 00 12", "T 1E", "T 0A 12 00", "I 0B 64");
	sm_leave(&sm);
	come_back();
	ATT(k, "I -", "T 0A 12 00", "I 0B 64", "T 12 0B 00 00 00", "I 13");
	sm_leave(&sm);
	assert_int_equal(change(k, false), 0);
	come_back();
	ATT(k, "T 52 12 00 07", "I -", "T 0A 12 00", "I 01 0A 00 00 12", "T 0A 12 00", "I 0B 64");
	assert_int_equal(k->count[BLE_EV_WRITTEN], 0);
	sm_leave(&sm);
	assert_int_equal(change(k, true), 0);
	come_back();
	ATT(k, "T " HASH, "I 09 12 0F 00 *", "T 0A 12 00", "I 0B 64");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE("GATT/SR/GAS/BV-02-C", database_hash),
		CASE("GATT/SR/GAS/BV-04-C", features_of_a_bond),
		CASE("GATT/SR/GAS/BV-05-C", out_of_sync),
		CASE("GATT/SR/GAS/BV-06-C", aware_again),
		CASE("GATT/SR/GAS/BV-07-C", changed_meanwhile),
		CASE("GATT/SR/GAS/BV-08-C", several_values),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
