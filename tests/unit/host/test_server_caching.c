/*
 * The part ble_caching inside the host: who knows of a changed database, and what is kept from whom (Vol 3 Part G 2.5.2.1),
 * with parts in any order. The cipher is none: a hash here is a number that changes. Octets are written by hand from Vol 3
 * Part F 3.4.
 */
#include "tests/unit/host/fake_ctlr.h"

#include <ble/crypto.h>

enum { A = 0x40, B = 0x41, FIRST = 2, OUT = 0 };

static struct fake f;
static uint8_t level_value = 0x64;
static const struct ble_characteristic level = { .uuid = 0x2A19,
	.permission = BLE_READ | BLE_WRITE | BLE_WRITE_WO | BLE_NOTIFY | BLE_INDICATE, .size = 1, .length = 1,
	.value = &level_value };
static const struct ble_service battery = { .uuid = 0x180F, .characteristics = BLE_LIST(&level) };
static const struct ble_service late = { .uuid = 0xA0FF }, later = { .uuid = 0xA0FE };

static unsigned blocks;
static int cipher_err;

static int cipher(void *ctx, const uint8_t key[16], const uint8_t in[16], uint8_t out[16])
{
	(void)ctx, (void)key;
	blocks++;
	for (unsigned i = 0; i < 16; i++)
		out[i] = (uint8_t)(cipher_err ? 0 : in[i] + i + 1);
	return cipher_err;
}

static const struct ble_crypto crypto = { .aes128 = cipher };

static int setup(void **state)
{
	(void)state;
	fake_init(&f);
	f.platform.crypto = &crypto;
	blocks = 0;
	cipher_err = 0;
	return 0;
}

/* 1..7 GAP, 8 GATT, 9..11 Service Changed, 12, 13 Client Supported Features, 14, 15 Database Hash; 16 battery, 18 level,
 * 19 its CCCD; what comes late begins at 20 */
static void up_with(const struct ble_part *const *parts)
{
	fake_host(&f, (struct ble_host_config){ .parts = parts, .connections = 2 });
	assert_int_equal(ble_server_add(f.host, &battery, NULL), 0);
	assert_int_equal(ble_server_handle(f.host, &level), 18);
	fake_up(&f);
}

static void up(void)
{
	up_with(BLE_PARTS(&ble_server, &ble_caching, &ble_prepared, &ble_multiple));
}

/* A PDU on CID 4. */
static void att(uint16_t conn, const void *pdu, size_t len)
{
	uint8_t frame[64] = { (uint8_t)len, 0, 4, 0 };
	memcpy(frame + 4, pdu, len);
	fake_acl(&f, conn, FIRST, frame, len + 4);
}

static void att_sent(uint16_t conn, const void *pdu, size_t len)
{
	uint8_t frame[64] = { (uint8_t)len, 0, 4, 0 };
	memcpy(frame + 4, pdu, len);
	fake_acl_sent(&f, conn, OUT, frame, len + 4);
	fake_completed(&f, conn, 1);
}

/* A client that supports robust caching. */
static ble_conn_id client(uint16_t conn)
{
	ble_conn_id id = fake_connected(&f, conn, BLE_ROLE_PERIPHERAL);
	att(conn, OCTETS(0x12, 13, 0, 1));
	att_sent(conn, OCTETS(0x13));
	return id;
}

/* The database changes, there and back. */
static void change(void)
{
	assert_int_equal(ble_server_add(f.host, &late, NULL), 0);
	assert_int_equal(ble_server_remove(f.host, &late), 0);
	fake_pump(&f);
}

static void read_is_refused(uint16_t conn)
{
	att(conn, OCTETS(0x0A, 18, 0));
	att_sent(conn, OCTETS(0x01, 0x0A, 0, 0, 0x12));
}

static void read_is_answered(uint16_t conn)
{
	att(conn, OCTETS(0x0A, 18, 0));
	att_sent(conn, OCTETS(0x0B, 0x64));
}

/* The handle in error is 0, and it is said once. */
static void requests_of_handles_are_refused_once(void **state)
{
	static const struct {
		size_t len;
		uint8_t pdu[8];
	} requests[] = {
		{ 3, { 0x0A, 18, 0 } },
		{ 5, { 0x0C, 18, 0, 0, 0 } },
		{ 4, { 0x12, 18, 0, 1 } },
		{ 3, { 0x0A, 99, 0 } }, /* no such handle, perhaps since the change */
		{ 7, { 0x08, 1, 0, 99, 0, 0x19, 0x2A } },
		{ 7, { 0x08, 2, 0, 0xFF, 0xFF, 0x2A, 0x2B } },
		{ 5, { 0x0E, 18, 0, 3, 0 } },
		{ 5, { 0x20, 18, 0, 3, 0 } },
		{ 6, { 0x16, 18, 0, 0, 0, 1 } },
	};
	(void)state;
	up();
	(void)client(A);
	for (unsigned i = 0; i < sizeof requests / sizeof requests[0]; i++) {
		change();
		att(A, requests[i].pdu, requests[i].len);
		att_sent(A, OCTETS(0x01, requests[i].pdu[0], 0, 0, 0x12));
		fake_expect_none(&f);
		read_is_answered(A);
	}
	assert_int_equal(level_value, 0x64);
	fake_end(&f);
}

/* What discovery needs, and what is of no handle; none of it makes the client aware. */
static void discovery_goes_on(void **state)
{
	static const struct {
		size_t len;
		uint8_t pdu[8], first;
	} requests[] = {
		{ 7, { 0x10, 1, 0, 0xFF, 0xFF, 0, 0x28 }, 0x11 },
		{ 7, { 0x08, 8, 0, 15, 0, 3, 0x28 }, 0x09 },
		{ 7, { 0x08, 8, 0, 15, 0, 2, 0x28 }, 0x01 },
		{ 5, { 0x04, 19, 0, 19, 0 }, 0x05 },
		{ 7, { 0x08, 1, 0, 0xFF, 0xFF, 0, 0x2A }, 0x09 },
		{ 2, { 0x18, 1 }, 0x19 },
		{ 3, { 0x02, 23, 0 }, 0x03 },
		{ 4, { 0x08, 1, 0, 1 }, 0x01 },
		{ 1, { 0x3C }, 0x01 },
	};
	(void)state;
	up();
	(void)client(A);
	change();
	for (unsigned i = 0; i < sizeof requests / sizeof requests[0]; i++) {
		att(A, requests[i].pdu, requests[i].len);
		assert_int_equal(fake_sent(&f)->data[9], requests[i].first);
		fake_completed(&f, A, 1);
	}
	(void)fake_expect(&f, BLE_EV_MTU);
	read_is_refused(A);
	read_is_answered(A);
	fake_end(&f);
}

static void commands_are_passed_over(void **state)
{
	(void)state;
	up();
	(void)client(A);
	change();
	att(A, OCTETS(0x52, 18, 0, 7));
	fake_expect_none(&f);
	read_is_refused(A);
	att(A, OCTETS(0x52, 18, 0, 7)); /* no request: it still does not know */
	fake_expect_none(&f);
	read_is_answered(A);
	att(A, OCTETS(0x52, 18, 0, 7));
	assert_int_equal(fake_expect(&f, BLE_EV_WRITTEN)->written.kind, BLE_WRITTEN_COMMAND);
	fake_end(&f);
}

static void hash_is(uint16_t conn, uint8_t out[16])
{
	att(conn, OCTETS(0x08, 1, 0, 0xFF, 0xFF, 0x2A, 0x2B));
	const struct fake_packet *p = fake_sent(&f);
	assert_memory_equal(p->data + 9, "\x09\x12\x0F\0", 4);
	memcpy(out, p->data + 13, 16);
	fake_completed(&f, conn, 1);
}

/* It tells of the change by its value; computed once for each state of the database. */
static void who_reads_the_hash_is_told(void **state)
{
	uint8_t before[16], with[16], after[16];
	(void)state;
	up();
	(void)client(A);
	hash_is(A, before);
	unsigned once = blocks;
	assert_int_equal(ble_server_add(f.host, &late, NULL), 0);
	fake_pump(&f);
	hash_is(A, with);
	assert_true(memcmp(before, with, 16) != 0);
	read_is_answered(A);
	once = blocks;
	hash_is(A, with);
	assert_int_equal(blocks, once);
	assert_int_equal(ble_server_remove(f.host, &late), 0);
	fake_pump(&f);
	hash_is(A, after);
	assert_memory_equal(after, before, 16);
	change(); /* once more before its next request */
	read_is_refused(A);
	fake_end(&f);
}

static void a_cipher_that_fails(void **state)
{
	(void)state;
	up();
	(void)client(A);
	change();
	cipher_err = BLE_EIO;
	att(A, OCTETS(0x08, 1, 0, 0xFF, 0xFF, 0x2A, 0x2B));
	att_sent(A, OCTETS(0x01, 0x08, 15, 0, 0x0E));
	read_is_refused(A); /* it was told nothing */
	cipher_err = 0;
	att(A, OCTETS(0x0C, 15, 0, 16, 0));
	att_sent(A, OCTETS(0x0D));
	fake_end(&f);
}

/* Nothing is said unasked but Service Changed, and the subscription is there all the same. */
static void values_are_withheld(void **state)
{
	static const uint8_t one = 1;
	const struct ble_notification list[1] = { { 18, 1, &one } };
	(void)state;
	up();
	ble_conn_id id = client(A);
	att(A, OCTETS(0x12, 19, 0, 1, 0));
	(void)fake_expect(&f, BLE_EV_SUBSCRIBED);
	att_sent(A, OCTETS(0x13));
	assert_int_equal(ble_server_notify(f.host, id, 18, &one, 1), 0);
	att_sent(A, OCTETS(0x1B, 18, 0, 1));
	assert_int_equal(ble_server_add(f.host, &late, NULL), 0);
	assert_int_equal(ble_server_notify(f.host, id, 18, &one, 1), BLE_ENOENT);
	assert_int_equal(ble_server_notify_many(f.host, id, list, 1), BLE_ENOENT);
	assert_int_equal(ble_server_subscribed(f.host, id, 18), 0);
	fake_pump(&f);
	fake_silent(&f);
	read_is_refused(A);
	assert_int_equal(ble_server_notify(f.host, id, 18, &one, 1), BLE_ENOENT);
	att(A, OCTETS(0x0A, 19, 0));
	att_sent(A, OCTETS(0x0B, 1, 0));
	assert_int_equal(ble_server_subscribed(f.host, id, 18), 1);
	assert_int_equal(ble_server_notify(f.host, id, 18, &one, 1), 0);
	att_sent(A, OCTETS(0x1B, 18, 0, 1));
	fake_end(&f);
}

static const struct ble_characteristic fresh = { .uuid = 0x2A1A, .permission = BLE_NOTIFY, .size = 1 };
static const struct ble_service news = { .uuid = 0xA0FD, .characteristics = BLE_LIST(&fresh) };

/* What is hidden is read and written as the client left it, and goes with its service. */
static void hidden_subscriptions_are_the_clients(void **state)
{
	(void)state;
	up();
	ble_conn_id id = client(A);
	assert_int_equal(ble_server_add(f.host, &news, NULL), 0); /* 20, 21, 22, 23 */
	fake_pump(&f);
	read_is_refused(A);
	att(A, OCTETS(0x12, 19, 0, 1, 0));
	(void)fake_expect(&f, BLE_EV_SUBSCRIBED);
	att_sent(A, OCTETS(0x13));
	att(A, OCTETS(0x12, 23, 0, 1, 0));
	(void)fake_expect(&f, BLE_EV_SUBSCRIBED);
	att_sent(A, OCTETS(0x13));
	att(A, OCTETS(0x16, 11, 0, 0, 0, 2, 0));
	att_sent(A, OCTETS(0x17, 11, 0, 0, 0, 2, 0));
	att(A, OCTETS(0x16, 19, 0, 0, 0, 3, 0));
	att_sent(A, OCTETS(0x17, 19, 0, 0, 0, 3, 0));
	change();
	att(A, OCTETS(0x08, 1, 0, 0xFF, 0xFF, 0x02, 0x29));
	att_sent(A, OCTETS(0x09, 4, 11, 0, 0, 0, 19, 0, 1, 0, 23, 0, 1, 0));
	att(A, OCTETS(0x18, 1));
	assert_int_equal(fake_expect(&f, BLE_EV_SUBSCRIBED)->subscribed.bits, 3);
	att_sent(A, OCTETS(0x19));
	assert_int_equal(ble_server_remove(f.host, &news), 0);
	fake_pump(&f);
	att_sent(A, OCTETS(0x1D, 10, 0, 20, 0, 23, 0)); /* it has asked for that meanwhile */
	att(A, OCTETS(0x08, 1, 0, 0xFF, 0xFF, 0x02, 0x29));
	att_sent(A, OCTETS(0x09, 4, 11, 0, 2, 0, 19, 0, 3, 0));
	assert_int_equal(ble_server_subscribed(f.host, id, 18), 0);
	att(A, OCTETS(0x1E));
	(void)fake_expect(&f, BLE_EV_CONFIRMED);
	assert_int_equal(ble_server_subscribed(f.host, id, 18), 3);
	assert_int_equal(ble_server_add(f.host, &news, NULL), 0);
	fake_pump(&f);
	att_sent(A, OCTETS(0x1D, 10, 0, 25, 0, 28, 0));
	att(A, OCTETS(0x1E));
	(void)fake_expect(&f, BLE_EV_CONFIRMED);
	assert_int_equal(ble_server_subscribed(f.host, id, ble_server_handle(f.host, &fresh)), 0);
	fake_end(&f);
}

static const struct ble_characteristic behind = { .uuid = 0x2A1B, .permission = BLE_NOTIFY, .size = 1 };
static const struct ble_service last = { .uuid = 0xA0FC, .characteristics = BLE_LIST(&behind) };

/* CCCDs stand without gaps: those of the services behind one that goes move up, hidden or not. */
static void hidden_subscriptions_move_up(void **state)
{
	(void)state;
	up();
	ble_conn_id id = client(A);
	assert_int_equal(ble_server_add(f.host, &news, NULL), 0); /* 20..23 */
	assert_int_equal(ble_server_add(f.host, &last, NULL), 0); /* 24..27 */
	fake_pump(&f);
	read_is_refused(A);
	att(A, OCTETS(0x12, 19, 0, 2, 0));
	(void)fake_expect(&f, BLE_EV_SUBSCRIBED);
	att_sent(A, OCTETS(0x13));
	att(A, OCTETS(0x12, 27, 0, 1, 0));
	(void)fake_expect(&f, BLE_EV_SUBSCRIBED);
	att_sent(A, OCTETS(0x13));
	change();
	assert_int_equal(ble_server_remove(f.host, &news), 0);
	fake_pump(&f);
	assert_int_equal(ble_server_add(f.host, &news, NULL), 0); /* 28.., and has no subscription */
	fake_pump(&f);
	assert_int_equal(ble_server_subscribed(f.host, id, 26), 0);
	read_is_refused(A);
	read_is_answered(A);
	assert_int_equal(ble_server_subscribed(f.host, id, 18), 2);
	assert_int_equal(ble_server_subscribed(f.host, id, 26), 1);
	assert_int_equal(ble_server_subscribed(f.host, id, ble_server_handle(f.host, &fresh)), 0);
	fake_end(&f);
}

/* The confirmation of an indication that was sent before the last change says nothing of that one. */
static void who_confirms_service_changed_is_told(void **state)
{
	(void)state;
	up();
	(void)client(A);
	att(A, OCTETS(0x12, 11, 0, 2, 0));
	att_sent(A, OCTETS(0x13));
	assert_int_equal(ble_server_add(f.host, &late, NULL), 0);
	fake_pump(&f);
	att_sent(A, OCTETS(0x1D, 10, 0, 20, 0, 20, 0));
	assert_int_equal(ble_server_add(f.host, &later, NULL), 0);
	att(A, OCTETS(0x1E));
	(void)fake_expect(&f, BLE_EV_CONFIRMED);
	att_sent(A, OCTETS(0x1D, 10, 0, 21, 0, 21, 0));
	read_is_refused(A);
	assert_int_equal(ble_server_remove(f.host, &later), 0);
	att(A, OCTETS(0x1E));
	(void)fake_expect(&f, BLE_EV_CONFIRMED);
	att_sent(A, OCTETS(0x1D, 10, 0, 21, 0, 21, 0));
	att(A, OCTETS(0x1E));
	(void)fake_expect(&f, BLE_EV_CONFIRMED);
	read_is_answered(A);
	fake_end(&f);
}

/* Each client for itself: one that does not support it is never refused, and a new connection begins aware. */
static void clients_differ(void **state)
{
	static const uint8_t one = 1;
	(void)state;
	up();
	(void)client(A);
	ble_conn_id b = fake_connected(&f, B, BLE_ROLE_PERIPHERAL);
	att(B, OCTETS(0x12, 19, 0, 1, 0));
	(void)fake_expect(&f, BLE_EV_SUBSCRIBED);
	att_sent(B, OCTETS(0x13));
	change();
	read_is_answered(B);
	assert_int_equal(ble_server_notify(f.host, b, 18, &one, 1), 0);
	att_sent(B, OCTETS(0x1B, 18, 0, 1));
	att(B, OCTETS(0x52, 18, 0, 7));
	(void)fake_expect(&f, BLE_EV_WRITTEN);
	att(B, OCTETS(0x12, 13, 0, 1)); /* and is, once it does */
	att_sent(B, OCTETS(0x13));
	assert_int_equal(ble_server_notify(f.host, b, 18, &one, 1), BLE_ENOENT);
	read_is_refused(B);
	read_is_refused(A);
	fake_disconnected(&f, A, 0x13);
	(void)fake_expect(&f, BLE_EV_DISCONNECTED);
	(void)client(A);
	read_is_answered(A);
	read_is_answered(B);
	fake_end(&f);
}

/* A prepared write goes on through the rows of another part, and is answered there. */
static void prepared_and_multiple_beside_it(void **state)
{
	(void)state;
	up();
	(void)client(A);
	att(A, OCTETS(0x16, 18, 0, 0, 0, 9));
	att_sent(A, OCTETS(0x17, 18, 0, 0, 0, 9));
	change();
	att(A, OCTETS(0x18, 1)); /* of no handle */
	(void)fake_expect(&f, BLE_EV_WRITTEN);
	att_sent(A, OCTETS(0x19));
	att(A, OCTETS(0x0E, 18, 0, 18, 0));
	att_sent(A, OCTETS(0x01, 0x0E, 0, 0, 0x12));
	att(A, OCTETS(0x0E, 18, 0, 18, 0));
	att_sent(A, OCTETS(0x0F, 0x64, 0x64));
	fake_end(&f);
}

static void parts_in_any_order(void **state)
{
	static const struct ble_part *const orders[][5] = {
		{ &ble_caching, &ble_server },
		{ &ble_server, &ble_caching },
		{ &ble_caching, &ble_multiple, &ble_server },
		{ &ble_multiple, &ble_caching, &ble_server },
		{ &ble_caching, &ble_server, &ble_multiple },
		{ &ble_server, &ble_multiple, &ble_caching },
		{ &ble_multiple, &ble_server, &ble_caching },
	};
	uint8_t hash[16];
	(void)state;
	for (unsigned i = 0; i < sizeof orders / sizeof orders[0]; i++) {
		(void)setup(NULL);
		up_with(orders[i]);
		(void)client(A);
		hash_is(A, hash);
		change();
		read_is_refused(A);
		read_is_answered(A);
		fake_end(&f);
	}
}

/* While a connection is up, that is a change like others. */
static void it_comes_late(void **state)
{
	uint8_t hash[16];
	(void)state;
	fake_host(&f, (struct ble_host_config){ .parts = BLE_PARTS(&ble_server, &ble_multiple),
		.rooms = BLE_ROOMS(&ble_caching_room) });
	fake_up(&f);
	(void)client(A);
	att(A, OCTETS(0x12, 11, 0, 2, 0));
	att_sent(A, OCTETS(0x13));
	assert_int_equal(ble_host_attach(f.host, &ble_caching), 0);
	fake_pump(&f);
	att_sent(A, OCTETS(0x1D, 10, 0, 14, 0, 15, 0));
	att(A, OCTETS(0x0A, 3, 0));
	att_sent(A, OCTETS(0x01, 0x0A, 0, 0, 0x12));
	att(A, OCTETS(0x1E));
	(void)fake_expect(&f, BLE_EV_CONFIRMED);
	hash_is(A, hash);
	fake_end(&f);
}

/* No hash without a cipher, and none in a database that the program fills alone: then nothing is kept from anybody. */
static void where_there_is_no_hash(void **state)
{
	static const struct ble_part *const orders[][3] = { { &ble_caching, &ble_server }, { &ble_caching, &ble_bare_server },
		{ &ble_bare_server, &ble_caching } };
	(void)state;
	for (unsigned bare = 0; bare < 3; bare++) {
		(void)setup(NULL);
		if (!bare)
			f.platform.crypto = NULL;
		fake_host(&f, (struct ble_host_config){ .parts = orders[bare] });
		fake_up(&f);
		(void)fake_connected(&f, A, BLE_ROLE_PERIPHERAL);
		att(A, OCTETS(0x08, 1, 0, 0xFF, 0xFF, 0x2A, 0x2B));
		att_sent(A, OCTETS(0x01, 0x08, 1, 0, 0x0A));
		change();
		att(A, OCTETS(0x0A, 99, 0));
		att_sent(A, OCTETS(0x01, 0x0A, 99, 0, 0x01));
		fake_end(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(requests_of_handles_are_refused_once, setup),
		cmocka_unit_test_setup(discovery_goes_on, setup),
		cmocka_unit_test_setup(commands_are_passed_over, setup),
		cmocka_unit_test_setup(who_reads_the_hash_is_told, setup),
		cmocka_unit_test_setup(a_cipher_that_fails, setup),
		cmocka_unit_test_setup(values_are_withheld, setup),
		cmocka_unit_test_setup(hidden_subscriptions_are_the_clients, setup),
		cmocka_unit_test_setup(hidden_subscriptions_move_up, setup),
		cmocka_unit_test_setup(who_confirms_service_changed_is_told, setup),
		cmocka_unit_test_setup(clients_differ, setup),
		cmocka_unit_test_setup(prepared_and_multiple_beside_it, setup),
		cmocka_unit_test_setup(parts_in_any_order, setup),
		cmocka_unit_test_setup(it_comes_late, setup),
		cmocka_unit_test_setup(where_there_is_no_hash, setup),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
