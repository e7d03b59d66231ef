/*
 * Peers with private addresses, over the air: they pair, part, take other addresses and find each other again in both
 * roles; the air is listened to all the while, and a stranger learns nothing (LL-101).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <ble/bond.h>
#include <ble/privacy.h>
#include <ble/trace.h>

#include "pair_kit.h"
#include "pair_store.h"

static struct pair_peer a, b, stranger;
static struct pair_store stores[3];
static struct ble_world *w;

/* Packets on the air in which one of these identities is to be read. */
static struct ble_addr hidden[2];
static unsigned shown, packets;

static void listen(void *ctx, const struct ble_trace_rec *rec)
{
	(void)ctx;
	if (rec->kind != BLE_TRACE_AIR)
		return;
	packets++;
	for (unsigned i = 0; i < 2; i++)
		for (size_t at = 0; at + 6 <= rec->len; at++)
			shown += !memcmp((const uint8_t *)rec->data + at, hidden[i].octets, 6);
}

static void add(struct pair_peer *p)
{
	struct pair_store *s = &stores[p == &a ? 0 : p == &b ? 1 : 2];
	pair_store_init(s);
	pair_add(p, w, NULL,
		&(struct ble_host_config){ .platform = &s->platform,
			.parts = BLE_PARTS(&ble_peripheral, &ble_server, &ble_central, &ble_observer, &ble_client,
				&ble_pairing, &ble_private) });
	assert_int_equal(ble_pairing_set(p->host, &(struct ble_pairing_params){ .bonding = true }), 0);
}

static void make_private(struct pair_peer *p)
{
	assert_int_equal(ble_privacy_set(p->host, BLE_PRIVACY_RESOLVABLE, 60000), 0);
	ble_node_wake(p->node);
	ble_world_run_until(w, ble_world_now(w) + 10000);
}

static void pass(uint32_t ms)
{
	ble_world_run_until(w, ble_world_now(w) + ms * UINT64_C(1000));
}

static struct ble_addr on_air(const struct pair_peer *p)
{
	struct ble_addr address;
	assert_int_equal(ble_privacy_address(p->host, &address), 0);
	assert_int_equal(address.type, BLE_ADDR_RANDOM);
	assert_int_equal(address.octets[5] >> 6, 1);
	return address;
}

/* What p hears first of what the other advertises. */
static struct ble_addr hear(struct pair_peer *p, struct pair_peer *other)
{
	assert_int_equal(ble_adv_start(other->host), 0);
	ble_node_wake(other->node);
	assert_int_equal(ble_scan_start(p->host, &(struct ble_scan_params){ .active = true }), 0);
	struct ble_addr heard = pair_expect(p, BLE_EV_REPORT, 5000)->report.addr;
	assert_int_equal(ble_scan_stop(p->host), 0);
	ble_node_wake(p->node);
	return heard;
}

static void connect(struct pair_peer *central, struct pair_peer *peripheral, const struct ble_addr *to)
{
	assert_int_equal(ble_conn_create(central->host, to, NULL), 0);
	peripheral->conn = 0;
	pair_expect(central, BLE_EV_CONNECTED, 10000);
	if (!peripheral->conn)
		pair_expect(peripheral, BLE_EV_CONNECTED, 1000);
}

static void leave(struct pair_peer *p, struct pair_peer *other)
{
	unsigned before = other->count[BLE_EV_DISCONNECTED];
	assert_int_equal(ble_conn_disconnect(p->host, p->conn, 0), 0);
	pair_expect(p, BLE_EV_DISCONNECTED, 10000);
	if (other->count[BLE_EV_DISCONNECTED] == before)
		pair_expect(other, BLE_EV_DISCONNECTED, 10000);
}

static void same(const struct ble_addr *one, const struct ble_addr *other)
{
	assert_memory_equal(one->octets, other->octets, 6);
}

static void begin(uint64_t seed)
{
	static const struct ble_trace air = { .put = listen };
	w = ble_world_new(&(struct ble_world_options){ .seed = seed });
	add(&a);
	add(&b);
	add(&stranger);
	hidden[0] = pair_address(&a);
	hidden[1] = pair_address(&b);
	shown = packets = 0;
	ble_world_trace(w, &air);
	make_private(&a);
	make_private(&b);
}

static void end(void)
{
	assert_true(packets > 100);
	assert_int_equal(shown, 0);
	pair_free(&stranger);
	pair_free(&b);
	pair_free(&a);
	ble_world_free(w);
}

/* They know each other by their identities afterwards. */
static void pair(void)
{
	struct ble_addr to = hear(&a, &b), now = on_air(&b);
	assert_int_equal(to.type, BLE_ADDR_RANDOM);
	same(&to, &now);
	connect(&a, &b, &to);
	assert_int_equal(ble_conn_secure(a.host, a.conn, false), 0);
	const struct ble_event *ev = pair_expect(&a, BLE_EV_PAIRED, 10000);
	assert_int_equal(ev->paired.err, 0);
	same(&ev->paired.identity, &hidden[1]);
	pass(1000);
	leave(&a, &b);
}

/* p finds the other by what it hears, whatever the address is now, and the bond's key encrypts. */
static void meet_again(struct pair_peer *p, struct pair_peer *other)
{
	unsigned paired = p->count[BLE_EV_PAIRED];
	struct ble_addr before = on_air(other), to = hear(p, other);
	same(&to, &hidden[other == &b]);
	assert_true(to.type >= BLE_ADDR_PUBLIC_IDENTITY);
	connect(p, other, &to);
	struct ble_security_info info;
	assert_int_equal(ble_conn_security(p->host, p->conn, &info), 0);
	if (info.level < 2)
		pair_expect(p, BLE_EV_ENCRYPTED, 10000);
	pass(1000);
	assert_int_equal(ble_conn_security(other->host, other->conn, &info), 0);
	assert_true(info.level == 2 && info.bonded);
	same(&info.identity, &hidden[p == &b]);
	assert_int_equal(p->count[BLE_EV_PAIRED], paired);
	leave(p, other);
	struct ble_addr after = on_air(other);
	same(&before, &after); /* a connection does not change it */
}

static void bonded_peers_find_each_other(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed < 4; seed++) {
		begin(seed);
		pair();
		for (unsigned i = 0; i < 3; i++) {
			struct ble_addr then = on_air(&b);
			pass(61000);
			struct ble_addr now = on_air(&b);
			assert_memory_not_equal(then.octets, now.octets, 6);
			meet_again(&a, &b);
			meet_again(&b, &a);
		}
		end();
	}
}

/* An address changes in the midst of advertising, and nobody who does not know the key sees it is the same device. */
static void a_stranger_learns_nothing(void **state)
{
	struct ble_addr last = { 0 };
	(void)state;
	begin(9);
	pair();
	for (unsigned i = 0; i < 4; i++) {
		struct ble_addr heard = hear(&stranger, &b), now = on_air(&b);
		assert_int_equal(heard.type, BLE_ADDR_RANDOM);
		same(&heard, &now);
		assert_memory_not_equal(heard.octets, last.octets, 6);
		last = heard;
		pass(60000); /* b goes on advertising */
	}
	struct ble_addr now = on_air(&b);
	connect(&stranger, &b, &now);
	leave(&stranger, &b);
	end();
}

/* A central with an unknown private address is nobody's bond: GAP/PRIV/CONN/BV-12-C. */
static void an_unknown_private_central_is_no_bond(void **state)
{
	struct ble_security_info info;
	(void)state;
	begin(10);
	pair();
	make_private(&stranger);
	struct ble_addr to = hear(&stranger, &b);
	connect(&stranger, &b, &to);
	pass(2000);
	assert_int_equal(ble_conn_security(b.host, b.conn, &info), 0);
	assert_false(info.bonded);
	assert_int_equal(info.level, 1);
	leave(&stranger, &b);
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{ "LL-101 bonded peers find each other, and nobody reads who they are", bonded_peers_find_each_other, NULL, NULL, NULL },
		cmocka_unit_test(a_stranger_learns_nothing),
		cmocka_unit_test(an_unknown_private_central_is_no_bond),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
