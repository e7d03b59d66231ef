/*
 * GAP: private addresses (GAP/BROB, CONN/UCON, CONN/DCON, CONN/PRDA, PRIV). Vol 3 Part C 10.7, 10.8.2. The tester knows
 * the keys of both sides: ours it reads where the host keeps it, its own is in a bond that has been put there. So it can
 * tell whose an address is, and take another itself.
 */
#include "kit.h"

#include <string.h>

#include <ble/bond.h>
#include <ble/privacy.h>

#include "crypto/crypto.h"
#include "host/bonds.h"
#include "tests/sim/pair_store.h"

#define DATA "02 01 04"

enum { ADV_IND, ADV_DIRECT_IND, ADV_SCAN_IND, ADV_NONCONN_IND, SCAN_RSP };
enum { AIR_SCAN_REQ = 3, ROTATE_MS = 60000 };

static const uint8_t tester_irk[16] = { 0x77, 1, 2, 3 }, bond_key[16] = { 0x4B, 1, 2, 3 };
static struct pair_store store;

static bool nobody(void *ctx, unsigned index)
{
	(void)ctx;
	(void)index;
	return false;
}

/* A bond with the tester, as if it had paired a while ago: kept the way the host keeps them. */
static void keep_bond_of(const struct kit *k, const uint8_t irk[16])
{
	static struct host_bond slots[8];
	struct host_bonds bonds = { .platform = &store.platform, .count = 8, .slots = slots };
	struct host_bond bond = { .strength = { .sc = true, .key_size = 16 } };
	memset(slots, 0, sizeof slots);
	lt_address(&k->lt, &bond.identity);
	bond.theirs = (struct smp_keys){ .have = SMP_DIST_ID, .identity = bond.identity };
	memcpy(bond.theirs.irk, irk, 16);
	bond.ours = (struct smp_keys){ .have = SMP_DIST_ENC };
	memcpy(bond.ours.ltk, bond_key, 16);
	assert_int_equal(bonds_keep(&bonds, &bond, nobody, NULL), 0);
}

/* irk: the tester's, of a bond that is kept; NULL: there is none. */
static void host_of(struct kit *k, const uint8_t *irk, uint8_t kind)
{
	pair_store_init(&store);
	if (irk)
		keep_bond_of(k, irk);
	kit_host(k, &(struct ble_host_config){ .platform = &store.platform,
			   .parts = BLE_PARTS(&ble_peripheral, &ble_server, &ble_observer, &ble_central, &ble_client,
				   &ble_pairing, &ble_private) });
	assert_int_equal(ble_privacy_set(k->host, kind, ROTATE_MS), 0);
	kit_run(k, 10);
}

static void host(struct kit *k, bool bonded, uint8_t kind)
{
	host_of(k, bonded ? tester_irk : NULL, kind);
}

/* The tester takes its n-th private address, made with this key. */
static void tester_takes(struct kit *k, uint8_t n, const uint8_t irk[16])
{
	uint8_t address[6] = { 0, 0, 0, n, 0x33, 0x5C };
	assert_int_equal(crypto_ah(&ble_crypto_psa, irk, address + 3, address), 0);
	lt_be(&k->lt, address);
}

static bool is_ours(const uint8_t address[6])
{
	uint8_t record[20];
	assert_int_equal(store.platform.load(&store, BLE_STORE_IRK, record, sizeof record), 20);
	return crypto_resolves(&ble_crypto_psa, record, address);
}

static bool is_kind(uint8_t kind, const uint8_t address[6])
{
	return kind == BLE_PRIVACY_RESOLVABLE ? is_ours(address) : address[5] >> 6 == 0;
}

static void advertise(struct kit *k, uint8_t mode)
{
	uint8_t data[31];
	size_t len = kit_octets(DATA, data, sizeof data);
	struct ble_adv_params params = { .mode = mode, .interval_min_us = 100000 };
	lt_address(&k->lt, &params.peer);
	assert_int_equal(ble_adv_set(k->host, &params), 0);
	assert_int_equal(ble_adv_data(k->host, data, len, NULL, 0), 0);
	assert_int_equal(ble_adv_start(k->host), 0);
	ut_expect(k, BLE_EV_ADV_STARTED, 1000);
}

/* The address under which the tester hears us now, which is a private one of this kind. */
static struct ble_addr heard(struct kit *k, uint8_t type, uint8_t kind)
{
	struct ble_addr a = { BLE_ADDR_RANDOM, { 0 } };
	lt_scan(&k->lt, false);
	assert_true(lt_wait_reports(&k->lt, type, 3, 5000));
	const struct lt_report *report = lt_last_report(&k->lt, type);
	assert_int_equal(report->addr_type, BLE_ADDR_RANDOM);
	memcpy(a.octets, report->addr, 6);
	assert_true(is_kind(kind, a.octets));
	lt_scan_end(&k->lt);
	return a;
}

/* ... and it is another after the time, while advertising goes on. */
static struct ble_addr rotates(struct kit *k, uint8_t type, uint8_t kind)
{
	struct ble_addr first = heard(k, type, kind);
	kit_run(k, ROTATE_MS - 10000);
	struct ble_addr second = heard(k, type, kind);
	assert_memory_equal(first.octets, second.octets, 6);
	kit_run(k, 12000);
	struct ble_addr third = heard(k, type, kind);
	assert_memory_not_equal(first.octets, third.octets, 6);
	return third;
}

static void broadcast_resolvable(void **state)
{
	host(*state, false, BLE_PRIVACY_RESOLVABLE);
	advertise(*state, BLE_ADV_UNCN_UND);
	rotates(*state, ADV_NONCONN_IND, BLE_PRIVACY_RESOLVABLE);
}

static void broadcast_anonymous(void **state)
{
	host(*state, false, BLE_PRIVACY_ANONYMOUS);
	advertise(*state, BLE_ADV_UNCN_UND);
	rotates(*state, ADV_NONCONN_IND, BLE_PRIVACY_ANONYMOUS);
}

/* --- observers ----------------------------------------------------------------------------------------------------- */

static uint8_t asked_by[6]; /* ScanA of the last SCAN_REQ on the air */
static unsigned asked, asked_as_random;

static void on_air(void *ctx, const struct ble_trace_rec *rec)
{
	const uint8_t *pdu = (const uint8_t *)rec->data + 4;
	(void)ctx;
	if (rec->kind != BLE_TRACE_AIR || rec->air->flow != BLE_FLOW_ADV || (pdu[0] & 0xF) != AIR_SCAN_REQ)
		return;
	asked++;
	asked_as_random += pdu[0] >> 6 & 1;
	memcpy(asked_by, pdu + 2, 6);
}

static void observe(struct kit *k, uint8_t kind)
{
	static const struct ble_trace air = { .put = on_air };
	uint8_t first[6];
	asked = asked_as_random = 0;
	ble_world_trace(k->world, &air);
	lt_advertise(&k->lt, ADV_SCAN_IND, "\2\1\4", 3, "\2\x0A\0", 3);
	assert_int_equal(ble_scan_start(k->host, &(struct ble_scan_params){ .active = true }), 0);
	ut_expect(k, BLE_EV_REPORT, 5000);
	kit_run(k, 5000);
	assert_true(asked && is_kind(kind, asked_by));
	memcpy(first, asked_by, 6);
	kit_run(k, ROTATE_MS + 5000);
	assert_memory_not_equal(first, asked_by, 6);
	assert_true(is_kind(kind, asked_by));
	assert_int_equal(asked, asked_as_random);
	assert_int_equal(k->last[BLE_EV_REPORT].report.kind, BLE_REPORT_SCAN_RSP);
	assert_int_equal(ble_scan_stop(k->host), 0);
	kit_run(k, 10);
}

static void observe_anonymously(void **state)
{
	host(*state, false, BLE_PRIVACY_ANONYMOUS);
	observe(*state, BLE_PRIVACY_ANONYMOUS);
}

static void observe_resolvably(void **state)
{
	host(*state, false, BLE_PRIVACY_RESOLVABLE);
	observe(*state, BLE_PRIVACY_RESOLVABLE);
}

static void is_identity(const struct kit *k, const struct ble_addr *a)
{
	struct ble_addr identity;
	lt_address(&k->lt, &identity);
	assert_int_equal(a->type, BLE_ADDR_PUBLIC_IDENTITY);
	assert_memory_equal(a->octets, identity.octets, 6);
}

/* The tester broadcasts from a private address: it is reported as who it is. */
static void observe_bonded(void **state)
{
	struct kit *k = *state;
	host(k, true, 0);
	tester_takes(k, 1, tester_irk);
	lt_advertise(&k->lt, ADV_NONCONN_IND, "\2\1\4", 3, NULL, 0);
	assert_int_equal(ble_scan_start(k->host, NULL), 0);
	is_identity(k, &ut_expect(k, BLE_EV_REPORT, 5000)->report.addr);
	assert_int_equal(ble_scan_stop(k->host), 0);
	kit_run(k, 10);
}

static void observe_bonded_privately(void **state)
{
	struct kit *k = *state;
	host(k, true, BLE_PRIVACY_RESOLVABLE);
	tester_takes(k, 1, tester_irk);
	observe(k, BLE_PRIVACY_RESOLVABLE);
	is_identity(k, &k->last[BLE_EV_REPORT].report.addr);
}

/* --- peripherals --------------------------------------------------------------------------------------------------- */

static void connects(struct kit *k, const struct ble_addr *to)
{
	k->conn = 0;
	lt_connect(&k->lt, to);
	lt_wait_up(&k->lt, 5000);
	kit_run(k, 500);
	assert_true(k->conn != 0);
}

static void connectable(struct kit *k, uint8_t kind)
{
	host(k, false, kind);
	advertise(k, BLE_ADV_CONN_UND);
	struct ble_addr now = rotates(k, ADV_IND, kind);
	connects(k, &now);
	assert_memory_equal(k->lt.peer, now.octets, 6);
}

static void connectable_anonymously(void **state)
{
	connectable(*state, BLE_PRIVACY_ANONYMOUS);
	assert_int_equal(((struct kit *)*state)->lt.peer_type, BLE_ADDR_RANDOM);
}

static void connectable_resolvably(void **state)
{
	connectable(*state, BLE_PRIVACY_RESOLVABLE);
	assert_int_equal(((struct kit *)*state)->lt.peer_type, BLE_ADDR_RANDOM);
}

static void directed(void **state)
{
	struct kit *k = *state;
	host(k, false, BLE_PRIVACY_RESOLVABLE);
	advertise(k, BLE_ADV_CONN_DIR);
	struct ble_addr now = heard(k, ADV_DIRECT_IND, BLE_PRIVACY_RESOLVABLE);
	connects(k, &now);
}

static void leaves(struct kit *k)
{
	lt_disconnect(&k->lt);
	kit_run(k, 100);
}

/* The tester encrypts with the bond's key, or with another. */
static uint8_t encrypts(struct kit *k, const uint8_t key[16])
{
	static const uint8_t none[8];
	uint8_t status = lt_encrypt(&k->lt, key, none, none);
	kit_run(k, 100);
	return status;
}

static uint8_t directed_to[6]; /* TargetA of the last ADV_DIRECT_IND on the air */

static void on_directed(void *ctx, const struct ble_trace_rec *rec)
{
	const uint8_t *pdu = (const uint8_t *)rec->data + 4;
	(void)ctx;
	if (rec->kind == BLE_TRACE_AIR && rec->air->flow == BLE_FLOW_ADV && (pdu[0] & 0xF) == ADV_DIRECT_IND)
		memcpy(directed_to, pdu + 8, 6);
}

/* The bonded central says what its Central Address Resolution is, and we remember it. */
static void says(struct kit *k, const char *value, bool resolves)
{
	tester_takes(k, 1, tester_irk);
	advertise(k, BLE_ADV_CONN_UND);
	struct ble_addr now = heard(k, ADV_IND, BLE_PRIVACY_RESOLVABLE);
	connects(k, &now);
	assert_int_equal(encrypts(k, bond_key), 0);
	assert_int_equal(ble_client_read_uuid(k->host, k->conn, 1, 0xFFFF, "\xA6\x2A", 2), 0);
	kit_wake(k);
	ATT(k, "I 08 01 00 FF FF A6 2A", value, "I 08 08 00 FF FF A6 2A", "T 01 08 08 00 0A");
	assert_int_equal(ut_expect(k, BLE_EV_DONE, 1000)->done.err, 0);
	assert_int_equal(k->last[BLE_EV_VALUE].value.len, 1);
	assert_int_equal(k->data[0], resolves);
	assert_int_equal(ble_bond_resolves(k->host, k->conn, k->data[0] == 1), 0);
	leaves(k);
}

/* Vol 3 Part C 12.4: to a private address of a central only if that finds itself; then to any of them. */
static void directed_if_it_resolves(void **state)
{
	static const struct ble_trace air = { .put = on_directed };
	struct kit *k = *state;
	struct ble_adv_params params = { .mode = BLE_ADV_CONN_DIR, .interval_min_us = 100000 };
	struct ble_addr identity, us;
	host(k, true, BLE_PRIVACY_RESOLVABLE);
	lt_address(&k->lt, &identity);
	assert_int_equal(ble_bond_address(k->host, &identity, &params.peer), BLE_EREFUSED);
	says(k, "T 09 03 07 00 00", false);
	assert_int_equal(ble_bond_address(k->host, &identity, &params.peer), BLE_EREFUSED);
	says(k, "T 09 03 07 00 01", true);
	assert_int_equal(ble_bond_address(k->host, &identity, &params.peer), 0);
	assert_int_equal(ble_adv_set(k->host, &params), 0);
	ble_world_trace(k->world, &air);
	assert_int_equal(ble_adv_start(k->host), 0);
	ut_expect(k, BLE_EV_ADV_STARTED, 1000);
	kit_run(k, 1000);
	assert_true(crypto_resolves(&ble_crypto_psa, tester_irk, directed_to));
	lt_be(&k->lt, directed_to); /* its controller would find out by itself */
	us = heard(k, ADV_DIRECT_IND, BLE_PRIVACY_RESOLVABLE);
	connects(k, &us);
	is_identity(k, &k->last[BLE_EV_CONNECTED].connected.peer);
}

/*
 * No purpose of the two BI cases is published. Of what may be invalid here these are what goes on from their neighbours:
 * a central whose IRK is all zero, which says that it has no private addresses (Vol 3 Part H 3.6.4), so that an address
 * made with that key is a stranger's; and one that comes with a good address, and without the key.
 */
static void zero_irk(void **state)
{
	static const uint8_t zero[16];
	struct kit *k = *state;
	struct ble_security_info info;
	struct ble_bond bond;
	unsigned index = 0;
	host_of(k, zero, BLE_PRIVACY_RESOLVABLE);
	assert_true(ble_bond_next(k->host, &index, &bond));
	assert_false(bond.resolvable);
	tester_takes(k, 1, zero);
	advertise(k, BLE_ADV_CONN_UND);
	struct ble_addr now = heard(k, ADV_IND, BLE_PRIVACY_RESOLVABLE);
	connects(k, &now);
	assert_int_equal(k->last[BLE_EV_CONNECTED].connected.peer.type, BLE_ADDR_RANDOM);
	assert_int_equal(ble_conn_security(k->host, k->conn, &info), 0);
	assert_false(info.bonded);
	assert_int_equal(encrypts(k, bond_key), 0x06); /* there is no key for it */
}

static void address_without_key(void **state)
{
	static const uint8_t other[16] = { 0x4C };
	struct kit *k = *state;
	struct ble_security_info info;
	host(k, true, BLE_PRIVACY_RESOLVABLE);
	tester_takes(k, 1, tester_irk);
	advertise(k, BLE_ADV_CONN_UND);
	struct ble_addr now = heard(k, ADV_IND, BLE_PRIVACY_RESOLVABLE);
	connects(k, &now);
	is_identity(k, &k->last[BLE_EV_CONNECTED].connected.peer);
	assert_int_equal(ble_conn_security(k->host, k->conn, &info), 0);
	assert_int_equal(info.level, 1);
	assert_int_not_equal(encrypts(k, other), 0);
	lt_wait_down(&k->lt, 1000); /* MIC failure */
	assert_int_equal(k->last[BLE_EV_DISCONNECTED].disconnected.reason, 0x3D);
	says(k, "T 09 03 07 00 01", true); /* the bond is as good as it was */
}

/* A bonded central comes with one private address after the other. */
static void known_central(void **state)
{
	struct kit *k = *state;
	host(k, true, 0);
	for (uint8_t n = 1; n < 4; n++) {
		struct ble_addr us = ut_address(k);
		struct ble_security_info info;
		tester_takes(k, n, tester_irk);
		advertise(k, BLE_ADV_CONN_UND);
		connects(k, &us);
		is_identity(k, &k->last[BLE_EV_CONNECTED].connected.peer);
		assert_int_equal(ble_conn_security(k->host, k->conn, &info), 0);
		assert_true(info.bonded);
		lt_disconnect(&k->lt);
		kit_run(k, 100);
	}
}

/* The same, and we take another address between two connections. */
static void private_peripheral(void **state)
{
	struct kit *k = *state;
	struct ble_addr before = { 0 };
	host(k, true, BLE_PRIVACY_RESOLVABLE);
	for (uint8_t n = 1; n < 4; n++) {
		tester_takes(k, n, tester_irk);
		advertise(k, BLE_ADV_CONN_UND);
		struct ble_addr now = heard(k, ADV_IND, BLE_PRIVACY_RESOLVABLE);
		assert_memory_not_equal(now.octets, before.octets, 6);
		before = now;
		connects(k, &now);
		is_identity(k, &k->last[BLE_EV_CONNECTED].connected.peer);
		lt_disconnect(&k->lt);
		kit_run(k, ROTATE_MS);
	}
}

/* Its key is another: no bond of ours. */
static void unknown_central(void **state)
{
	static const uint8_t other[16] = { 0x78 };
	struct kit *k = *state;
	struct ble_security_info info;
	host(k, true, BLE_PRIVACY_RESOLVABLE);
	tester_takes(k, 1, other);
	advertise(k, BLE_ADV_CONN_UND);
	struct ble_addr now = heard(k, ADV_IND, BLE_PRIVACY_RESOLVABLE);
	connects(k, &now);
	assert_int_equal(k->last[BLE_EV_CONNECTED].connected.peer.type, BLE_ADDR_RANDOM);
	assert_int_equal(ble_conn_security(k->host, k->conn, &info), 0);
	assert_false(info.bonded);
}

/* --- centrals ------------------------------------------------------------------------------------------------------ */

/* A bonded peripheral is called by its identity when it has been heard, whatever its address is now. */
static void finds(struct kit *k, uint8_t kind)
{
	struct ble_addr identity;
	host(k, true, kind);
	lt_address(&k->lt, &identity);
	identity.type = BLE_ADDR_PUBLIC_IDENTITY;
	for (uint8_t n = 1; n < 4; n++) {
		tester_takes(k, n, tester_irk);
		lt_advertise(&k->lt, ADV_IND, "\2\1\4", 3, NULL, 0);
		assert_int_equal(ble_scan_start(k->host, NULL), 0);
		is_identity(k, &ut_expect(k, BLE_EV_REPORT, 5000)->report.addr);
		assert_int_equal(ble_scan_stop(k->host), 0);
		assert_int_equal(ble_conn_create(k->host, &identity, NULL), 0);
		is_identity(k, &ut_expect(k, BLE_EV_CONNECTED, 5000)->connected.peer);
		kit_run(k, 500);
		if (kind)
			assert_true(is_ours(k->lt.peer));
		lt_disconnect(&k->lt);
		kit_run(k, ROTATE_MS);
	}
}

static void known_peripheral(void **state)
{
	finds(*state, 0);
}

static void private_central(void **state)
{
	finds(*state, BLE_PRIVACY_RESOLVABLE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE("GAP/BROB/BCST/BV-03-C", broadcast_resolvable),
		CASE("GAP/BROB/BCST/BV-04-C", broadcast_anonymous),
		CASE("GAP/BROB/OBSV/BV-03-C", observe_anonymously),
		CASE("GAP/BROB/OBSV/BV-04-C", observe_bonded),
		CASE("GAP/BROB/OBSV/BV-05-C", observe_resolvably),
		CASE("GAP/BROB/OBSV/BV-06-C", observe_bonded_privately),
		CASE("GAP/CONN/UCON/BV-04-C", connectable_anonymously),
		CASE("GAP/CONN/UCON/BV-05-C", connectable_resolvably),
		CASE("GAP/CONN/UCON/BV-06-C", private_peripheral),
		CASE("GAP/CONN/DCON/BV-02-C", directed),
		CASE("GAP/CONN/PRDA/BV-01-C", known_central),
		CASE("GAP/CONN/PRDA/BV-02-C", known_peripheral),
		CASE("GAP/CONN/DCON/BV-03-C", directed_if_it_resolves),
		CASE("GAP/PRIV/CONN/BI-01-C", zero_irk),
		CASE("GAP/PRIV/CONN/BI-10-C", address_without_key),
		CASE("GAP/PRIV/CONN/BV-10-C", private_peripheral),
		CASE("GAP/PRIV/CONN/BV-11-C", private_central),
		CASE("GAP/PRIV/CONN/BV-12-C", unknown_central),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
