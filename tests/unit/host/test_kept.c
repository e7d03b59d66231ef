/*
 * What a server keeps of a client with a bond: Client Supported Features (Vol 3 Part G 7.2), configurations (3.3.3.3),
 * and which database it knows (2.5.2.1), over connections, restarts, and programs that have changed meanwhile. Octets are
 * written by hand from Vol 3 Part F 3.4.
 */
#include "tests/unit/host/peer.h"

#include "base/le.h"
#include "host/bonds.h"

enum { SECOND_US = 1000000, OUT_OF_SYNC = 0x12 };

static struct peer p;
static ble_conn_id id;
static uint8_t octet = 7;
static const struct ble_characteristic value = { .uuid = 0x2A19, .permission = BLE_READ | BLE_NOTIFY, .size = 1,
	.length = 1, .value = &octet };
static const struct ble_service battery = { .uuid = 0x180F, .characteristics = BLE_LIST(&value) };
static const struct ble_service late = { .uuid = 0xA0FF };

/* With ble_caching: 10 Service Changed, 11 its CCCD, 13 features, 15 hash, 16 battery, 18 value, 19 its CCCD. */
enum { CHANGED = 10, FEATURES = 13, HASH = 15, VALUE = 18 };

static const struct ble_part *const *const orders[] = {
	BLE_PARTS(&ble_peripheral, &ble_server, &ble_caching, &ble_pairing),
	BLE_PARTS(&ble_peripheral, &ble_pairing, &ble_caching, &ble_server),
	BLE_PARTS(&ble_peripheral, &ble_caching, &ble_server, &ble_pairing),
	BLE_PARTS(&ble_peripheral, &ble_pairing, &ble_server, &ble_caching),
};
enum { ORDERS = sizeof orders / sizeof orders[0] };

/* A new life: only the store is left. changed: the program has one service more. */
static void host(const struct ble_part *const *parts, bool changed)
{
	peer_host(&p, (struct ble_host_config){ .parts = parts, .bonds = 4 });
	assert_int_equal(ble_pairing_set(p.f.host, &(struct ble_pairing_params){ .bonding = true }), 0);
	assert_int_equal(ble_server_add(p.f.host, &battery, NULL), 0);
	if (changed)
		assert_int_equal(ble_server_add(p.f.host, &late, NULL), 0);
}

static void connect(void)
{
	id = peer_connect(&p, BLE_ROLE_PERIPHERAL, &p.smp.identity);
	peer_run(&p);
}

static void encrypt(void)
{
	assert_true(peer_encrypt(&p, p.theirs.ltk, 0, 0));
	peer_run(&p);
}

static void come_back(void)
{
	connect();
	encrypt();
}

/* The last octet of what a request is answered, or the error's code. */
static uint8_t ask(const void *pdu, size_t len)
{
	uint8_t rsp[64] = { 0 };
	unsigned n = peer_att(&p, pdu, len, rsp, sizeof rsp);
	assert_in_range(n, 1, sizeof rsp);
	return rsp[n - 1];
}

static uint8_t read(uint8_t handle)
{
	return ask(OCTETS(0x0A, handle, 0));
}

static void write(uint8_t handle, uint8_t octets, uint8_t bits)
{
	assert_int_equal(ask((uint8_t[]){ 0x12, handle, 0, bits, 0 }, 3u + octets), 0x13);
}

static void confirm(void)
{
	uint8_t rsp[8];
	assert_int_equal(peer_att(&p, "\x1E", 1, rsp, sizeof rsp), 0);
}

static void pass(unsigned seconds)
{
	while (seconds--) {
		fake_pass(&p.f, SECOND_US);
		peer_run(&p);
	}
}

/* Paired, with robust caching, and subscribed to the value. changes: and to Service Changed. */
static void begin(const struct ble_part *const *parts, bool changes)
{
	peer_init(&p);
	host(parts, false);
	connect();
	write(FEATURES, 1, 1); /* before it pairs: it is kept all the same */
	assert_int_equal(smp_pair(&p.link), 0);
	peer_run(&p);
	assert_int_equal(p.result.err, 0);
	write(VALUE + 1, 2, 1);
	if (changes)
		write(CHANGED + 1, 2, 2);
}

/* 7.2, and nothing before it is known who it is. */
static void test_features_are_of_the_bond(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ORDERS; i++) {
		begin(orders[i], false);
		peer_disconnect(&p); /* at once */
		host(orders[i], false);
		connect();
		assert_int_equal(read(FEATURES), 0);
		assert_int_equal(read(VALUE + 1), 0);
		encrypt();
		assert_int_equal(read(FEATURES), 1);
		assert_int_equal(ble_server_subscribed(p.f.host, id, VALUE), 1);
		assert_int_equal(read(VALUE), 7); /* it knows the database */
		assert_int_equal(ask(OCTETS(0x12, FEATURES, 0, 0)), 0x13); /* Value Not Allowed: bits are not cleared */
		peer_disconnect(&p);
		fake_end(&p.f);
	}
}

/* The handles of another program mean something else; a request is refused, then it knows, and goes on knowing. */
static void test_another_program_is_refused_once(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ORDERS; i++) {
		begin(orders[i], false);
		peer_disconnect(&p);
		host(orders[i], true);
		come_back();
		assert_int_equal(ble_server_subscribed(p.f.host, id, VALUE), 0);
		assert_int_equal(read(VALUE), OUT_OF_SYNC);
		assert_int_equal(read(VALUE), 7);
		peer_disconnect(&p);
		come_back();
		assert_int_equal(read(VALUE), 7);
		peer_disconnect(&p);
		host(orders[i], false); /* the old one is now another */
		come_back();
		assert_int_equal(read(VALUE), OUT_OF_SYNC);
		peer_disconnect(&p);
		fake_end(&p.f);
	}
}

/* Who leaves before it knows begins as it has ended, whether or not its record has been written meanwhile. */
static void test_it_stays_unaware(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ORDERS; i++) {
		for (unsigned seconds = 0; seconds < 3; seconds += 2) {
			begin(orders[i], false);
			peer_disconnect(&p);
			host(orders[i], true);
			come_back();
			pass(seconds);
			assert_int_equal(read(VALUE), OUT_OF_SYNC); /* told, and has not asked again */
			peer_disconnect(&p);
			come_back();
			pass(seconds);
			peer_disconnect(&p);
			host(orders[i], true);
			come_back();
			assert_int_equal(read(VALUE), OUT_OF_SYNC);
			assert_int_equal(read(VALUE), 7);
			peer_disconnect(&p);
			fake_end(&p.f);
		}
	}
}

/* 7.1: the indication, and its confirmation, do the same, as does the hash. */
static void test_it_is_told_or_looks(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ORDERS; i++) {
		begin(orders[i], true);
		peer_disconnect(&p);
		host(orders[i], true);
		connect();
		assert_true(peer_encrypt(&p, p.theirs.ltk, 0, 0));
		peer_run(&p);
		assert_int_equal(ble_server_subscribed(p.f.host, id, CHANGED), 2);
		assert_int_equal(ble_server_notify(p.f.host, id, CHANGED, "", 0), BLE_EBUSY); /* it is on its way */
		confirm();
		assert_int_equal(read(VALUE), 7);
		peer_disconnect(&p);
		come_back();
		assert_int_equal(ble_server_notify(p.f.host, id, CHANGED, "", 0), 0); /* nothing is */
		confirm();
		peer_disconnect(&p);
		host(orders[i], false);
		come_back();
		uint8_t last = ask(OCTETS(0x08, 1, 0, 0xFF, 0xFF, 0x2A, 0x2B)); /* of the hash */
		assert_int_equal(read(VALUE), 7);
		assert_int_equal(read(HASH), last);
		peer_disconnect(&p);
		fake_end(&p.f);
	}
}

/* A service that comes while the client is there: its subscriptions hold, now and at the next connection. */
static void test_a_change_on_the_way(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ORDERS; i++) {
		begin(orders[i], false);
		pass(2);
		assert_int_equal(ble_server_add(p.f.host, &late, NULL), 0);
		pass(2);
		assert_int_equal(read(VALUE), OUT_OF_SYNC);
		assert_int_equal(read(VALUE), 7);
		peer_disconnect(&p);
		come_back();
		assert_int_equal(ble_server_subscribed(p.f.host, id, VALUE), 1);
		assert_int_equal(read(VALUE), 7);
		peer_disconnect(&p);
		fake_end(&p.f);
	}
}

/* What it has learnt is written within a second or so: the power may go, and the old program come back. */
static void test_the_power_goes(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ORDERS; i++) {
		for (unsigned learns = 0; learns < 2; learns++) {
			begin(orders[i], false);
			pass(2);
			assert_int_equal(ble_server_add(p.f.host, &late, NULL), 0);
			pass(2);
			if (learns) {
				assert_int_equal(read(VALUE), OUT_OF_SYNC);
				assert_int_equal(read(VALUE), 7);
				pass(2);
			}
			host(orders[i], false);
			come_back();
			assert_int_equal(read(VALUE), OUT_OF_SYNC);
			peer_disconnect(&p);
			fake_end(&p.f);
		}
	}
}

/* Without ble_caching it is Service Changed alone that tells. 8 is its value, 9 its CCCD, 10 battery. */
static void test_service_changed_alone(void **state)
{
	static const struct ble_part *const parts[] = { &ble_peripheral, &ble_pairing, &ble_server, NULL };
	(void)state;
	peer_init(&p);
	host(parts, false);
	connect();
	assert_int_equal(smp_pair(&p.link), 0);
	peer_run(&p);
	write(CHANGED + 1, 2, 2);
	write(14 + 1, 2, 1);
	pass(2);
	assert_int_equal(ble_server_add(p.f.host, &late, NULL), 0);
	peer_run(&p);
	assert_int_equal(ble_server_notify(p.f.host, id, CHANGED, "", 0), BLE_EBUSY);
	peer_disconnect(&p); /* without a confirmation */
	come_back();
	assert_int_equal(ble_server_subscribed(p.f.host, id, 14), 1);
	assert_int_equal(ble_server_notify(p.f.host, id, CHANGED, "", 0), BLE_EBUSY);
	confirm();
	pass(2);
	unsigned saves = p.saves;
	peer_disconnect(&p);
	assert_int_equal(p.saves, saves); /* it was written when it had confirmed */
	come_back();
	assert_int_equal(ble_server_subscribed(p.f.host, id, 14), 1);
	assert_int_equal(ble_server_notify(p.f.host, id, CHANGED, "", 0), 0);
	confirm();
	peer_disconnect(&p);
	assert_int_equal(p.saves, saves);
	fake_end(&p.f);
}

/* Vol 3 Part C 12.4: what the peer has said of its private addresses is kept, as long as the bond is. */
static void test_it_finds_itself(void **state)
{
	struct ble_addr peer, to, again;
	(void)state;
	begin(orders[0], false);
	peer = p.smp.identity;
	assert_int_equal(ble_bond_address(p.f.host, &peer, &to), BLE_EREFUSED);
	assert_string_equal(ble_host_fault(p.f.host)->subject, "peer");
	assert_int_equal(ble_bond_resolves(p.f.host, id, true), 0);
	peer_disconnect(&p);
	host(orders[0], true);
	assert_int_equal(ble_bond_address(p.f.host, &peer, &to), 0);
	assert_int_equal(ble_bond_address(p.f.host, &peer, &again), 0);
	assert_int_equal(to.type, BLE_ADDR_RANDOM);
	assert_true(crypto_resolves(&ble_crypto_psa, p.smp.irk, to.octets));
	assert_memory_not_equal(to.octets, again.octets, 6);
	connect();
	assert_int_equal(ble_bond_resolves(p.f.host, id, false), BLE_ENOENT); /* it may be anybody */
	encrypt();
	assert_int_equal(ble_bond_resolves(p.f.host, id, false), 0);
	pass(2); /* and the power goes */
	host(orders[0], true);
	assert_int_equal(ble_bond_address(p.f.host, &peer, &to), BLE_EREFUSED);
	come_back();
	assert_int_equal(ble_bond_resolves(p.f.host, id, true), 0);
	assert_int_equal(smp_pair(&p.link), 0); /* anew: what was said is forgotten */
	peer_run(&p);
	assert_int_equal(p.result.err, 0);
	assert_int_equal(ble_bond_address(p.f.host, &peer, &to), BLE_EREFUSED);
	peer.octets[0] ^= 1;
	assert_int_equal(ble_bond_address(p.f.host, &peer, &to), BLE_ENOENT);
	assert_int_equal(ble_bond_resolves(p.f.host, id + 0x100, true), BLE_ECONN);
	peer_disconnect(&p);
	fake_end(&p.f);
}

/* Version 1 of the record had no octet of flags; a later version than ours is not guessed at. */
static void test_versions_of_the_record(void **state)
{
	(void)state;
	for (unsigned version = 0; version < 4; version++) {
		begin(orders[0], false);
		peer_disconnect(&p);
		struct peer_item *item = peer_item(&p, BLE_STORE_SUBSCRIPTIONS);
		assert_int_equal(item->data[0], 2);
		assert_int_equal(item->data[6], 0);
		item->data[0] = (uint8_t)version;
		if (version == 1) {
			memmove(item->data + 6, item->data + 7, (size_t)item->len - 7);
			item->len--;
		}
		le32_put(item->data + item->len - 4, bonds_crc32(item->data, (size_t)item->len - 4));
		host(orders[0], false);
		come_back();
		bool known = version == 1 || version == 2;
		assert_int_equal(ble_server_subscribed(p.f.host, id, VALUE), known);
		assert_int_equal(read(FEATURES), known);
		assert_int_equal(read(VALUE), 7);
		peer_disconnect(&p);
		fake_end(&p.f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_features_are_of_the_bond),
		TEST(test_another_program_is_refused_once),
		TEST(test_it_stays_unaware),
		TEST(test_it_is_told_or_looks),
		TEST(test_a_change_on_the_way),
		TEST(test_the_power_goes),
		TEST(test_service_changed_alone),
		TEST(test_it_finds_itself),
		TEST(test_versions_of_the_record),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
