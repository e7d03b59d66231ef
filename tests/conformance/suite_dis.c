/*
 * Device Information Service, built as a program builds it: nine constants. UUIDs and formats are those of Device
 * Information Service 1.1, 3: UTF-8 texts, the 8 octets of a System ID, the 7 of a PnP ID. Certification data is a
 * list of 11073-20601, here of no entries: count 0, length 0.
 */
#include "kit.h"

static struct ble_characteristic texts[] = {
	{ .uuid = 0x2A29, .permission = BLE_READ, .size = 4, .type = BLE_STRING, .value = "Acme" },
	{ .uuid = 0x2A24, .permission = BLE_READ, .size = 2, .type = BLE_STRING, .value = "M1" },
	{ .uuid = 0x2A25, .permission = BLE_READ, .size = 3, .type = BLE_STRING, .value = "007" },
	{ .uuid = 0x2A27, .permission = BLE_READ, .size = 1, .type = BLE_STRING, .value = "A" },
	{ .uuid = 0x2A26, .permission = BLE_READ, .size = 5, .type = BLE_STRING, .value = "1.0.2" },
	{ .uuid = 0x2A28, .permission = BLE_READ, .size = 3, .type = BLE_STRING, .value = "2.1" },
	{ .uuid = 0x2A23, .permission = BLE_READ, .size = 8, .type = BLE_BYTES,
		.value = "\x55\x44\x33\xFE\xFF\x22\x11\x02" },
	{ .uuid = 0x2A2A, .permission = BLE_READ, .size = 4, .type = BLE_BYTES, .value = "\0\0\0\0" },
	{ .uuid = 0x2A50, .permission = BLE_READ, .size = 7, .type = BLE_BYTES, .value = "\2\x59\0\1\0\0\1" },
};

static struct ble_service information = { .uuid = 0x180A, .characteristics = BLE_LIST(&texts[0], &texts[1], &texts[2],
	&texts[3], &texts[4], &texts[5], &texts[6], &texts[7], &texts[8]) };

struct row {
	uint16_t uuid;
	const char *value; /* the answer to a read */
};

static const struct row manufacturer = { 0x2A29, "I 0B 41 63 6D 65" };
static const struct row model = { 0x2A24, "I 0B 4D 31" };
static const struct row serial = { 0x2A25, "I 0B 30 30 37" };
static const struct row hardware = { 0x2A27, "I 0B 41" };
static const struct row firmware = { 0x2A26, "I 0B 31 2E 30 2E 32" };
static const struct row software = { 0x2A28, "I 0B 32 2E 31" };
static const struct row system_id = { 0x2A23, "I 0B 55 44 33 FE FF 22 11 02" };
static const struct row certification = { 0x2A2A, "I 0B 00 00 00 00" };
static const struct row pnp_id = { 0x2A50, "I 0B 02 59 00 01 00 00 01" };

static void connected(struct kit *k)
{
	kit_module(k, NULL);
	assert_int_equal(ble_add_service(k->ble, &information), 0);
	ut_start(k);
	ut_peripheral(k);
}

/* Where the service is, by both ways of finding it. */
static void service(void **state)
{
	struct kit *k = *state;
	struct lt_frame f;
	connected(k);
	ATT(k, "T 06 01 00 FF FF 00 28 0A 18");
	assert_true(lt_receive(&k->lt, KIT_ATT, &f, 1000));
	EQUAL(f.octets, f.len, "07 .. 00 .. 00");
	k->at = f.octets[1];
	assert_int_equal(f.octets[3] - f.octets[1], 18); /* nine declarations and values behind its own */
	ATT(k, "T 10 @ FF FF 00 28", "I 11 06 @ .. 00 0A 18", "T 0A @", "I 0B 0A 18");
}

/* Every characteristic of the service, once. */
static void whole_service(void **state)
{
	struct kit *k = *state;
	connected(k);
	for (unsigned i = 0; i < sizeof texts / sizeof texts[0]; i++)
		assert_int_equal(kit_find(k, texts[i].uuid, NULL), texts[i].handle);
}

static void declared(void **state)
{
	struct kit *k = *state;
	const struct row *row = k->row;
	uint8_t properties = 0;
	connected(k);
	assert_int_not_equal(kit_find(k, row->uuid, &properties), 0);
	assert_int_equal(properties, BLE_READ);
}

static void read(void **state)
{
	struct kit *k = *state;
	const struct row *row = k->row;
	connected(k);
	k->at = kit_find(k, row->uuid, NULL);
	ATT(k, "T 0A @", row->value);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE("DIS/SR/SD/BV-01-C", service),
		CASE("DIS/SR/SGGIT/SER/BV-01-C", whole_service),
		ROW("DIS/SR/DEC/BV-01-C", declared, &manufacturer),
		ROW("DIS/SR/DEC/BV-02-C", declared, &model),
		ROW("DIS/SR/DEC/BV-03-C", declared, &serial),
		ROW("DIS/SR/DEC/BV-04-C", declared, &hardware),
		ROW("DIS/SR/DEC/BV-05-C", declared, &firmware),
		ROW("DIS/SR/DEC/BV-06-C", declared, &software),
		ROW("DIS/SR/DEC/BV-07-C", declared, &system_id),
		ROW("DIS/SR/DEC/BV-08-C", declared, &certification),
		ROW("DIS/SR/DEC/BV-09-C", declared, &pnp_id),
		ROW("DIS/SR/CR/BV-01-C", read, &manufacturer),
		ROW("DIS/SR/CR/BV-02-C", read, &model),
		ROW("DIS/SR/CR/BV-03-C", read, &serial),
		ROW("DIS/SR/CR/BV-04-C", read, &hardware),
		ROW("DIS/SR/CR/BV-05-C", read, &firmware),
		ROW("DIS/SR/CR/BV-06-C", read, &software),
		ROW("DIS/SR/CR/BV-07-C", read, &system_id),
		ROW("DIS/SR/CR/BV-08-C", read, &certification),
		ROW("DIS/SR/CR/BV-09-C", read, &pnp_id),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
