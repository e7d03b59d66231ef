/*
 * Every pairing that two devices can have, over the air: IO capability x IO capability x scheme x MITM of either x bonding
 * of either x OOB of either, two whole hosts and their link layers. Each cell ends as the specification's tables say
 * (tests/unit/smp/table.h): who is asked for what, which level the link has on either side, how long its key is, and
 * whether a bond is kept. The curve is a toy; that both sides can do the real one is test_secure_link.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <ble/bond.h>

#include "pair_kit.h"
#include "pair_store.h"
#include "tests/unit/smp/table.h"
#include "tests/unit/smp/toy.h"

enum { A, B }; /* initiator, the central; responder */

struct device {
	struct pair_peer peer; /* first */
	struct pair_store store;
	/* the user, and what has been told since the pairing began */
	unsigned shown, asked, compared, ended;
	uint32_t number;
	uint8_t r[16], c[16];
	struct ble_event paired;
};

static struct device devices[2];
static struct ble_world *world;

/* --- the curve, which completes at once ---------------------------------------------------------------------------- */

static int toy_aes(void *ctx, const uint8_t key[16], const uint8_t in[16], uint8_t out[16])
{
	(void)ctx;
	return ble_crypto_psa.aes128(ble_crypto_psa.ctx, key, in, out);
}

static int toy_public(void *ctx, struct ble_p256 *op)
{
	(void)ctx;
	op->done(op, toy_public_key(op));
	return 0;
}

static int toy_shared(void *ctx, struct ble_p256 *op)
{
	(void)ctx;
	op->done(op, toy_shared_key(op));
	return 0;
}

static const struct ble_crypto toy = { NULL, toy_aes, toy_public, toy_shared, NULL };

/* --- users --------------------------------------------------------------------------------------------------------- */

/* Both look at both devices. Whoever is to enter does so when the other shows it; if both are, it is 123456. */
static void enter(void)
{
	for (unsigned i = 0; i < 2; i++) {
		struct device *d = &devices[i], *other = &devices[!i];
		if (d->asked != 1 || (!other->shown && !other->asked))
			continue;
		d->asked++; /* once */
		uint32_t passkey = other->shown ? other->number : 123456;
		assert_int_equal(ble_conn_passkey(d->peer.host, d->peer.conn, passkey), 0);
		ble_node_wake(d->peer.node);
	}
}

static void on_event(struct pair_peer *p, const struct ble_event *ev)
{
	struct device *d = (struct device *)p;
	if (ev->type == BLE_EV_PASSKEY || ev->type == BLE_EV_COMPARE)
		d->number = ev->passkey.number;
	if (ev->type == BLE_EV_PASSKEY)
		d->shown++;
	if (ev->type == BLE_EV_PASSKEY_WANTED)
		d->asked++;
	if (ev->type == BLE_EV_COMPARE) {
		d->compared++;
		assert_int_equal(ble_conn_confirm(p->host, ev->conn, true), 0);
	}
	if (ev->type == BLE_EV_OOB) {
		memcpy(d->r, ev->oob.r, 16);
		memcpy(d->c, ev->oob.c, 16);
	}
	if (ev->type == BLE_EV_PAIRED) {
		d->paired = *ev;
		d->ended++;
	}
	enter();
}

/* --- a cell -------------------------------------------------------------------------------------------------------- */


static void set(unsigned i, const struct cell *c, uint8_t key_max)
{
	assert_int_equal(ble_pairing_set(devices[i].peer.host,
				 &(struct ble_pairing_params){ .capabilities = (uint8_t)(BLE_CAP_DISPLAY_ONLY + c->io[i]),
					 .mitm = c->mitm >> i & 1, .bonding = c->bond >> i & 1, .legacy_only = !c->sc,
					 .key_size_min = 7, .key_size_max = key_max,
					 .ways = BLE_WAYS(&ble_legacy_pairing, &ble_passkey_entry,
						 &ble_numeric_comparison, &ble_out_of_band) }),
		0);
}

/* This device is given what the other has. */
static void give(unsigned i, const struct cell *c)
{
	struct device *other = &devices[!i];
	struct ble_oob oob = { .tk = { 0x10, 0x32, 0x54, 0x76 } };
	if (c->sc) {
		assert_int_equal(ble_oob_make(other->peer.host), 0);
		pair_expect(&other->peer, BLE_EV_OOB, 1000);
		memcpy(oob.r, other->r, 16);
		memcpy(oob.c, other->c, 16);
	}
	assert_int_equal(ble_oob_set(devices[i].peer.host, &oob, !c->sc), 0);
}

static bool have_ended(void *ctx)
{
	(void)ctx;
	return devices[A].ended && devices[B].ended;
}

static void check_refused(const struct cell *c)
{
	for (unsigned i = 0; i < 2; i++) {
		const struct ble_event *ev = &devices[i].paired;
		assert_int_equal(ev->paired.err, BLE_EREFUSED);
		assert_int_equal(ev->paired.reason, 0x03); /* Authentication Requirements */
		assert_int_equal(ev->paired.by_peer, (refuses(c) >> B & 1) != i);
		assert_false(ev->paired.bonded);
	}
}

static void check_done(const struct cell *c, uint8_t key_size)
{
	char method = method_of(c);
	const struct device *a = &devices[A], *b = &devices[B];
	assert_int_equal(a->shown, method == 'i');
	assert_int_equal(b->shown, method == 'r');
	assert_int_equal(a->asked != 0, method == 'r' || method == 'b');
	assert_int_equal(b->asked != 0, method == 'i' || method == 'b');
	assert_int_equal(a->compared, method == 'n');
	assert_int_equal(b->compared, method == 'n');
	if (method == 'n')
		assert_int_equal(a->number, b->number);
	for (unsigned i = 0; i < 2; i++) {
		const struct ble_event *ev = &devices[i].paired;
		assert_int_equal(ev->paired.err, 0);
		assert_int_equal(ev->paired.level, level_of(c, key_size));
		assert_int_equal(ev->paired.key_size, key_size);
		assert_int_equal(ev->paired.bonded, c->bond == 3);
	}
}

/* The link itself, as either side sees it. */
static void check_link(unsigned level, unsigned key_size, bool bonded)
{
	for (unsigned i = 0; i < 2; i++) {
		struct ble_security_info info;
		assert_int_equal(ble_conn_security(devices[i].peer.host, devices[i].peer.conn, &info), 0);
		assert_int_equal(info.level, level);
		assert_int_equal(info.key_size, key_size);
		assert_int_equal(info.bonded, bonded);
	}
}

static void connect(const struct cell *c, const uint8_t max[2])
{
	set(A, c, max[A]);
	set(B, c, max[B]);
	assert_int_equal(ble_adv_start(devices[B].peer.host), 0);
	pair_connect(&devices[A].peer, &devices[B].peer, &(struct ble_conn_params){ .interval_min_us = 7500,
						.interval_max_us = 7500 });
	for (unsigned i = 0; i < 2; i++)
		if (c->oob >> i & 1)
			give(i, c);
}

static void leave(void)
{
	unsigned before = devices[B].peer.count[BLE_EV_DISCONNECTED];
	assert_int_equal(ble_conn_disconnect(devices[A].peer.host, devices[A].peer.conn, 0), 0);
	pair_expect(&devices[A].peer, BLE_EV_DISCONNECTED, 10000);
	if (devices[B].peer.count[BLE_EV_DISCONNECTED] == before)
		pair_expect(&devices[B].peer, BLE_EV_DISCONNECTED, 10000);
	for (unsigned i = 0; i < 2; i++) {
		struct ble_bond bond;
		for (unsigned index = 0; ble_bond_next(devices[i].peer.host, &index, &bond); index = 0)
			assert_int_equal(ble_bond_remove(devices[i].peer.host, &bond.identity), 0);
	}
}

static void run_cell(const struct cell *c, const uint8_t max[2])
{
	uint8_t size = max[A] < max[B] ? max[A] : max[B];
	connect(c, max);
	for (unsigned i = 0; i < 2; i++)
		devices[i].shown = devices[i].asked = devices[i].compared = devices[i].ended = 0;
	check_link(1, 0, false);
	assert_int_equal(ble_conn_secure(devices[A].peer.host, devices[A].peer.conn, false), 0);
	ble_node_wake(devices[A].peer.node);
	assert_true(ble_world_run_while(world, ble_world_now(world) + 10000000, have_ended, NULL));
	if (refuses(c)) {
		check_refused(c);
		check_link(1, 0, false);
	} else {
		check_done(c, size);
		check_link(level_of(c, size), size, c->bond == 3);
	}
	leave();
}

/* --- all of them --------------------------------------------------------------------------------------------------- */

static void begin(void)
{
	world = ble_world_new(&(struct ble_world_options){ .seed = 1 });
	assert_non_null(world);
	for (unsigned i = 0; i < 2; i++) {
		struct device *d = &devices[i];
		memset(d, 0, sizeof *d);
		pair_store_init(&d->store);
		d->store.platform.crypto = &toy;
		pair_add(&d->peer, world, NULL,
			&(struct ble_host_config){ .platform = &d->store.platform,
				.parts = BLE_PARTS(&ble_peripheral, &ble_server, &ble_central, &ble_client, &ble_pairing) });
		d->peer.hook = on_event;
	}
}

static void end(void)
{
	pair_free(&devices[A].peer);
	pair_free(&devices[B].peer);
	ble_world_free(world);
}

/* Data that has not been used stays: devices are fresh for each kind of cell. */
static void run_all(bool sc)
{
	unsigned n = 0;
	for (unsigned bits = 0; bits < 64; bits++) {
		begin();
		for (unsigned io = 0; io < 25; io++, n++) {
			struct cell c = { .io = { io / 5, io % 5 }, .mitm = bits & 3, .oob = bits >> 2 & 3, .bond = bits >> 4,
				.sc = sc };
			/* keys of every length, a third of them as long as can be, so that level 4 is reached */
			uint8_t max[2] = { (uint8_t)(n % 3 ? 7 + n % 10 : 16), (uint8_t)(n % 3 ? 7 + n / 10 % 10 : 16) };
			run_cell(&c, max);
		}
		end();
	}
	assert_int_equal(n, 64 * 25);
}

static void test_legacy(void **state)
{
	(void)state;
	run_all(false);
}

static void test_secure_connections(void **state)
{
	(void)state;
	run_all(true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_legacy),
		cmocka_unit_test(test_secure_connections),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
