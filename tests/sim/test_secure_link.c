/*
 * Pairing over the air: two hosts with ble_pairing, their link layers and the cipher, nothing replaced. A value that
 * wants encryption is read when there is some, a bond encrypts the next link without pairing, and packets are lost.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <ble/bond.h>

#include "pair_kit.h"
#include "pair_store.h"

static struct pair_peer central, peripheral;

static struct pair_store stores[2];

static void add(struct pair_peer *p, struct ble_world *w)
{
	struct pair_store *s = &stores[p == &central];
	pair_store_init(s);
	pair_add(p, w, NULL,
		&(struct ble_host_config){ .platform = &s->platform,
			.parts = BLE_PARTS(&ble_peripheral, &ble_server, &ble_central, &ble_client, &ble_pairing) });
	assert_int_equal(ble_pairing_set(p->host, &(struct ble_pairing_params){ .bonding = true }), 0);
}

static struct ble_security_info security(struct pair_peer *p)
{
	struct ble_security_info info;
	assert_int_equal(ble_conn_security(p->host, p->conn, &info), 0);
	return info;
}

static void leave(void)
{
	unsigned before = peripheral.count[BLE_EV_DISCONNECTED];
	assert_int_equal(ble_conn_disconnect(central.host, central.conn, 0), 0);
	pair_expect(&central, BLE_EV_DISCONNECTED, 10000);
	if (peripheral.count[BLE_EV_DISCONNECTED] == before)
		pair_expect(&peripheral, BLE_EV_DISCONNECTED, 10000);
}

static void connect(void)
{
	assert_int_equal(ble_adv_start(peripheral.host), 0);
	pair_connect(&central, &peripheral, NULL);
}

static void pairs(uint64_t seed, uint32_t loss_ppm)
{
	struct ble_world *w = ble_world_new(&(struct ble_world_options){ .seed = seed, .loss_ppm = loss_ppm });
	add(&peripheral, w);
	add(&central, w);
	connect();
	assert_int_equal(security(&central).level, 1);
	assert_int_equal(ble_conn_secure(central.host, central.conn, false), 0);
	assert_int_equal(pair_expect(&central, BLE_EV_PAIRED, 10000)->paired.err, 0);
	assert_int_equal(security(&central).level, 2);
	ble_world_run_until(w, ble_world_now(w) + 1000000);
	assert_int_equal(security(&peripheral).level, 2);
	assert_int_equal(ble_client_services(central.host, central.conn, NULL, 0), 0);
	assert_int_equal(pair_expect(&central, BLE_EV_DONE, 10000)->done.err, 0);
	leave();
	unsigned paired = central.count[BLE_EV_PAIRED];
	connect();
	if (security(&central).level < 2)
		pair_expect(&central, BLE_EV_ENCRYPTED, 10000); /* by the bond */
	assert_int_equal(security(&central).level, 2);
	assert_int_equal(central.count[BLE_EV_PAIRED], paired);
	assert_int_equal(ble_client_services(central.host, central.conn, NULL, 0), 0);
	assert_int_equal(pair_expect(&central, BLE_EV_DONE, 10000)->done.err, 0);
	leave();
	pair_free(&central);
	pair_free(&peripheral);
	ble_world_free(w);
}

static void test_pairs(void **state)
{
	(void)state;
	pairs(1, 0);
}

static void test_pairs_with_loss(void **state)
{
	(void)state;
	for (uint64_t seed = 2; seed < 10; seed++)
		pairs(seed, 20000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_pairs_with_loss),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
