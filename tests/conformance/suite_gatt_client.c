/*
 * GATT client: the requests that it makes of a server, and what it makes of the answers (GATT/CL). The lower tester is
 * the server; its octets are written from Vol 3 Part F 3.4 and Part G 4.
 */
#include "client_log.h"

#define UUID128_AIR "FF EE DD CC BB AA 99 88 77 66 55 44 33 22 11 00"
#define UUID128_SAID "00112233445566778899AABBCCDDEEFF"

/* 247 is proposed, 50 is the tester's: a write of 47 octets fits, one more does not. */
static void mtu(void **state)
{
	struct kit *k = *state;
	uint8_t value[48] = { 0 };
	client_connected(k);
	BEGUN(k, ble_client_exchange_mtu(k->host, k->conn));
	ATT(k, "I 02 F7 00", "T 03 32 00");
	LOGGED(k, "done ok\n");
	assert_int_equal(k->last[BLE_EV_MTU].mtu.mtu, 50);
	assert_int_equal(ble_client_write_command(k->host, k->conn, 3, value, 48), BLE_ETOOBIG);
	BEGUN(k, ble_client_write(k->host, k->conn, 3, value, 47));
	ATT(k, "I 12 03 00 00 00 00 00 00 *", "T 13");
	LOGGED(k, "done ok\n");
}

static void all_services(void **state)
{
	struct kit *k = *state;
	client_connected(k);
	BEGUN(k, ble_client_services(k->host, k->conn, NULL, 0));
	ATT(k, "I 10 01 00 FF FF 00 28", "T 11 06 01 00 07 00 00 18 08 00 0B 00 01 18");
	ATT(k, "I 10 0C 00 FF FF 00 28", "T 11 14 0C 00 10 00 " UUID128_AIR);
	ATT(k, "I 10 11 00 FF FF 00 28", "T 01 10 11 00 0A");
	LOGGED(k, "service 0001-0007 1800\nservice 0008-000B 1801\nservice 000C-0010 " UUID128_SAID "\ndone ok\n");
}

/* By its end of FFFF a service is the last; so nothing more is asked. */
static void service_by_uuid(void **state)
{
	struct kit *k = *state;
	uint8_t uuid[16];
	client_connected(k);
	BEGUN(k, ble_client_services(k->host, k->conn, "\x0F\x18", 2));
	ATT(k, "I 06 01 00 FF FF 00 28 0F 18", "T 07 10 00 13 00 20 00 22 00", "I 06 23 00 FF FF 00 28 0F 18",
		"T 01 06 23 00 0A");
	LOGGED(k, "service 0010-0013 180F\nservice 0020-0022 180F\ndone ok\n");
	kit_octets(UUID128_AIR, uuid, sizeof uuid);
	BEGUN(k, ble_client_services(k->host, k->conn, uuid, 16));
	ATT(k, "I 06 01 00 FF FF 00 28 " UUID128_AIR, "T 07 30 00 FF FF", "I -");
	LOGGED(k, "service 0030-FFFF " UUID128_SAID "\ndone ok\n");
}

static void characteristics(void **state)
{
	struct kit *k = *state;
	client_connected(k);
	BEGUN(k, ble_client_characteristics(k->host, k->conn, 0x10, 0x20));
	ATT(k, "I 08 10 00 20 00 03 28", "T 09 07 11 00 02 12 00 00 2A 13 00 10 14 00 19 2A");
	ATT(k, "I 08 14 00 20 00 03 28", "T 09 15 16 00 08 17 00 " UUID128_AIR);
	ATT(k, "I 08 17 00 20 00 03 28", "T 01 08 17 00 0A");
	LOGGED(k, "characteristic 0011 value 0012 properties 02 uuid 2A00\n"
		  "characteristic 0013 value 0014 properties 10 uuid 2A19\n"
		  "characteristic 0016 value 0017 properties 08 uuid " UUID128_SAID "\ndone ok\n");
}

static void descriptors(void **state)
{
	struct kit *k = *state;
	client_connected(k);
	BEGUN(k, ble_client_descriptors(k->host, k->conn, 0x15, 0x18));
	ATT(k, "I 04 15 00 18 00", "T 05 01 15 00 02 29 16 00 01 29", "I 04 17 00 18 00",
		"T 05 02 17 00 " UUID128_AIR, "I 04 18 00 18 00", "T 01 04 18 00 0A");
	LOGGED(k, "descriptor 0015 2902\ndescriptor 0016 2901\ndescriptor 0017 " UUID128_SAID "\ndone ok\n");
}

static void indications(void **state)
{
	struct kit *k = *state;
	client_connected(k);
	BEGUN(k, ble_client_write(k->host, k->conn, 0x15, "\2", 2));
	ATT(k, "I 12 15 00 02 00", "T 13", "T 1D 14 00 01 02", "I 1E", "T 1D 14 00 03", "I 1E", "I -");
	LOGGED(k, "done ok\nindicated 0014 01 02\nindicated 0014 03\n");
}

/* Vol 3 Part F 3.3.2 allows the server one at a time; ours confirms each, and no more. */
static void indications_back_to_back(void **state)
{
	struct kit *k = *state;
	client_connected(k);
	ATT(k, "T 1D 14 00 01", "T 1D 14 00 02", "I 1E", "I 1E", "I -");
	LOGGED(k, "indicated 0014 01\nindicated 0014 02\n");
	k->violations = true;
}

static void notifications(void **state)
{
	struct kit *k = *state;
	client_connected(k);
	BEGUN(k, ble_client_write(k->host, k->conn, 0x15, "\1", 2));
	ATT(k, "I 12 15 00 01 00", "T 13", "T 1B 14 00 63", "T 1B 14 00", "I -");
	LOGGED(k, "done ok\nnotified 0014 63\nnotified 0014\n");
}

static void read_value(void **state)
{
	struct kit *k = *state;
	client_connected(k);
	BEGUN(k, ble_client_read(k->host, k->conn, 0x14));
	ATT(k, "I 0A 14 00", "T 0B 63");
	LOGGED(k, "value 0014+0 63\ndone ok\n");
}

#define PART "00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F 10 11 12 13 14 15"

/* A full answer may have a rest: it is asked for, until an answer is not full. Exactly 44 octets need an empty one. */
static void read_long(void **state)
{
	struct kit *k = *state;
	client_connected(k);
	BEGUN(k, ble_client_read(k->host, k->conn, 0x14));
	ATT(k, "I 0A 14 00", "T 0B " PART, "I 0C 14 00 16 00", "T 0D " PART, "I 0C 14 00 2C 00", "T 0D 55");
	LOGGED(k, "value 0014+0 " PART "\nvalue 0014+22 " PART "\nvalue 0014+44 55\ndone ok\n");
	BEGUN(k, ble_client_read(k->host, k->conn, 0x14));
	ATT(k, "I 0A 14 00", "T 0B " PART, "I 0C 14 00 16 00", "T 0D " PART, "I 0C 14 00 2C 00", "T 0D", "I -");
	LOGGED(k, "value 0014+0 " PART "\nvalue 0014+22 " PART "\ndone ok\n");
}

/* Vol 3 Part G 7.1: what lies in the range is discovered anew. */
static void service_changed(void **state)
{
	struct kit *k = *state;
	client_connected(k);
	ATT(k, "T 1D 0A 00 20 00 22 00", "I 1E");
	LOGGED(k, "indicated 000A 20 00 22 00\n");
	BEGUN(k, ble_client_characteristics(k->host, k->conn, 0x20, 0x22));
	ATT(k, "I 08 20 00 22 00 03 28", "T 09 07 21 00 02 22 00 19 2A", "I 08 22 00 22 00 03 28",
		"T 01 08 22 00 0A");
	LOGGED(k, "characteristic 0021 value 0022 properties 02 uuid 2A19\ndone ok\n");
}

/* 7.2: bit 0 is robust caching, bit 2 Multiple Handle Value Notifications. */
static void robust_caching(void **state)
{
	struct kit *k = *state;
	client_connected(k);
	BEGUN(k, ble_client_features(k->host, k->conn, BLE_FEATURE_ROBUST_CACHING));
	ATT(k, "I 08 01 00 FF FF 29 2B", "T 09 03 0C 00 00", "I 12 0C 00 01", "T 13");
	LOGGED(k, "done ok\n");
}

static void multiple_notifications(void **state)
{
	struct kit *k = *state;
	client_connected(k);
	BEGUN(k, ble_client_features(k->host, k->conn, BLE_FEATURE_MULTIPLE_NOTIFICATIONS));
	ATT(k, "I 08 01 00 FF FF 29 2B", "T 09 03 0C 00 01", "I 12 0C 00 05", "T 13", "T 23 14 00 01 00 63 16 00 00 00", "I -");
	LOGGED(k, "done ok\nnotified 0014 63\nnotified 0016\n");
}

/* Vol 3 Part F 3.3.3: after thirty seconds nothing is sent on this bearer any more. */
static void gives_up(struct kit *k)
{
	LOGGED(k, "");
	kit_run(k, 29000);
	LOGGED(k, "");
	kit_run(k, 2000);
	LOGGED(k, "done -11\n");
	assert_int_equal(ble_client_read(k->host, k->conn, 3), BLE_ECLOSED);
	assert_int_equal(ble_client_write_command(k->host, k->conn, 3, "", 0), BLE_ECLOSED);
	ATT(k, "I -");
}

static void unanswered_read(void **state)
{
	struct kit *k = *state;
	client_connected(k);
	BEGUN(k, ble_client_read(k->host, k->conn, 3));
	ATT(k, "I 0A 03 00");
	gives_up(k);
}

static void unanswered_write(void **state)
{
	struct kit *k = *state;
	client_connected(k);
	BEGUN(k, ble_client_write(k->host, k->conn, 3, "\1", 1));
	ATT(k, "I 12 03 00 01");
	gives_up(k);
}

static void write_command(void **state)
{
	struct kit *k = *state;
	client_connected(k);
	BEGUN(k, ble_client_write_command(k->host, k->conn, 3, "\1\2", 2));
	ATT(k, "I 52 03 00 01 02", "I -");
	LOGGED(k, "");
}

static void write_request(void **state)
{
	struct kit *k = *state;
	client_connected(k);
	BEGUN(k, ble_client_write(k->host, k->conn, 3, "\1\2", 2));
	ATT(k, "I 12 03 00 01 02", "T 13");
	LOGGED(k, "done ok\n");
}

/* A descriptor of this UUID is found behind a value, and read as it is. row: "<uuid as sent> <value>". */
static void present_descriptor(void **state)
{
	struct kit *k = *state;
	const char *const *row = k->row;
	client_connected(k);
	BEGUN(k, ble_client_descriptors(k->host, k->conn, 0x15, 0x15));
	ATT(k, "I 04 15 00 15 00", row[0]);
	LOGGED(k, row[1]);
	BEGUN(k, ble_client_read(k->host, k->conn, 0x15));
	ATT(k, "I 0A 15 00", row[2]);
	LOGGED(k, row[3]);
}

#define DESCRIPTOR(uuid, air, value)                                                                                   \
	(const char *const[])                                                                                          \
	{                                                                                                              \
		"T 05 01 15 00 " air, "descriptor 0015 " uuid "\ndone ok\n", "T 0B " value,                            \
			"value 0015+0 " value "\ndone ok\n"                                                            \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE("GATT/CL/GAC/BV-01-C", mtu),
		CASE("GATT/CL/GAD/BV-01-C", all_services),
		CASE("GATT/CL/GAD/BV-02-C", service_by_uuid),
		CASE("GATT/CL/GAD/BV-04-C", characteristics),
		CASE("GATT/CL/GAD/BV-05-C", characteristics),
		CASE("GATT/CL/GAD/BV-06-C", descriptors),
		CASE("GATT/CL/GAI/BI-01-C", indications_back_to_back),
		CASE("GATT/CL/GAI/BV-01-C", indications),
		CASE("GATT/CL/GAN/BV-01-C", notifications),
		CASE("GATT/CL/GAR/BV-01-C", read_value),
		CASE("GATT/CL/GAR/BV-04-C", read_long),
		CASE("GATT/CL/GAR/BV-06-C", read_value),
		CASE("GATT/CL/GAR/BV-07-C", read_long),
		CASE("GATT/CL/GAS/BV-01-C", service_changed),
		CASE("GATT/CL/GAS/BV-03-C", robust_caching),
		CASE("GATT/CL/GAS/BV-05-C", multiple_notifications),
		CASE("GATT/CL/GAN/BV-02-C", multiple_notifications),
		CASE("GATT/CL/GAT/BV-01-C", unanswered_read),
		CASE("GATT/CL/GAT/BV-02-C", unanswered_write),
		CASE("GATT/CL/GAW/BV-01-C", write_command),
		CASE("GATT/CL/GAW/BV-03-C", write_request),
		CASE("GATT/CL/GAW/BV-08-C", write_request),
		CASE("GATT/CL/GPA/BV-01-C", all_services),
		CASE("GATT/CL/GPA/BV-04-C", characteristics),
		ROW("GATT/CL/GPA/BV-05-C", present_descriptor, DESCRIPTOR("2900", "00 29", "01 00")),
		ROW("GATT/CL/GPA/BV-06-C", present_descriptor, DESCRIPTOR("2901", "01 29", "4C 65 76 65 6C")),
		ROW("GATT/CL/GPA/BV-07-C", present_descriptor, DESCRIPTOR("2902", "02 29", "01 00")),
		ROW("GATT/CL/GPA/BV-08-C", present_descriptor, DESCRIPTOR("2903", "03 29", "01 00")),
		ROW("GATT/CL/GPA/BV-11-C", present_descriptor, DESCRIPTOR("2905", "05 29", "16 00 17 00")),
		ROW("GATT/CL/GPA/BV-12-C", present_descriptor, DESCRIPTOR("2904", "04 29", "04 00 AD 27 01 00 00")),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
