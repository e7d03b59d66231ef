/*
 * The part ble_pairing over a controller, against a peer that can pair: both roles, bonds that come back, levels that
 * attributes want, what is refused, and stores that fail.
 */
#include "tests/unit/host/peer.h"

#include "base/le.h"

static struct peer p;
static ble_conn_id id;

static uint8_t octet = 7;
static const struct ble_format format = { .format = 4 };
static const struct ble_characteristic open_value = { .uuid = 0x2A19, .permission = BLE_READ | BLE_WRITE | BLE_NOTIFY,
	.size = 1, .length = 1, .value = &octet, .descriptor = "d", .format = &format };
static const struct ble_characteristic plain_value = { .uuid = 0x2A1A, .permission = BLE_READ | BLE_WRITE, .size = 1,
	.length = 1, .value = &octet };
/* handles 1..: service, declaration, value 3, CCCD 4, 0x2901 5, 0x2904 6 */
static const struct ble_service guarded = { .uuid = 0x180F, .characteristics = BLE_LIST(&open_value) };
/* handles 7..: service, declaration, value 9: open whatever the device wants */
static const struct ble_service open_service = { .uuid = 0x1810, .level = 1, .characteristics = BLE_LIST(&plain_value) };

static void host(const struct ble_pairing_params *params)
{
	peer_host(&p, (struct ble_host_config){ .parts = BLE_PARTS(&ble_peripheral, &ble_central, &ble_bare_server,
		&ble_prepared, &ble_pairing), .bonds = 4 });
	assert_int_equal(ble_pairing_set(p.f.host, params), 0);
	assert_int_equal(ble_server_add(p.f.host, &guarded, NULL), 0);
	assert_int_equal(ble_server_add(p.f.host, &open_service, NULL), 0);
}

static void connect(uint8_t role)
{
	id = peer_connect(&p, role, &p.smp.identity);
	peer_run(&p);
}

/* Passes over events until this one; fails when it does not come. */
static const struct ble_event *event(enum ble_event_type type)
{
	while (p.f.event_seen < p.f.event_count) {
		const struct ble_event *ev = &p.f.events[p.f.event_seen++].ev;
		if (ev->type == type)
			return ev;
	}
	fail_msg("event %d did not come", (int)type);
	return NULL;
}

static bool has_event(enum ble_event_type type)
{
	for (unsigned i = p.f.event_seen; i < p.f.event_count; i++)
		if (p.f.events[i].ev.type == type)
			return true;
	return false;
}

static void pair(void)
{
	if (p.link.role == BLE_ROLE_CENTRAL)
		assert_int_equal(smp_pair(&p.link), 0);
	else
		assert_int_equal(ble_conn_secure(p.f.host, id, true), 0);
	peer_run(&p);
}

static struct ble_security_info info(void)
{
	struct ble_security_info out;
	assert_int_equal(ble_conn_security(p.f.host, id, &out), 0);
	return out;
}

static const struct ble_pairing_params just_works = { .bonding = true };
static const struct ble_way *const all_ways[] = { &ble_legacy_pairing, &ble_passkey_entry, &ble_numeric_comparison,
	&ble_out_of_band, NULL };
static const struct ble_pairing_params with_user = { .bonding = true, .mitm = true, .ways = all_ways,
	.capabilities = BLE_CAP_KEYBOARD_DISPLAY };

/* Pairs, tells; comes back, by its identity or by a private address, and is encrypted before anything else. */
static void test_bond(void **state)
{
	(void)state;
	for (unsigned role = 0; role < 2; role++) {
		for (unsigned legacy = 0; legacy < 2; legacy++) {
			struct ble_pairing_params params = just_works;
			params.ways = legacy ? BLE_WAYS(&ble_legacy_pairing) : NULL;
			peer_init(&p);
			if (legacy)
				p.smp.config.sc = NULL;
			host(&params);
			connect((uint8_t)role);
			assert_int_equal(info().level, 1);
			pair();
			assert_int_equal(event(BLE_EV_ENCRYPTED)->encrypted.level, 2);
			const struct ble_event *ev = event(BLE_EV_PAIRED);
			assert_true(!ev->paired.err && ev->paired.bonded && ev->paired.level == 2 && ev->paired.key_size == 16);
			assert_int_equal(p.result.err, 0);
			assert_true(info().bonded && info().level == 2);
			assert_memory_equal(info().identity.octets, p.smp.identity.octets, 6);
			peer_disconnect(&p);
			/* a new life: only the store is left */
			host(&params);
			struct ble_addr rpa = { BLE_ADDR_RANDOM, { 0, 0, 0, 0x11, 0x22, 0x40 | 0x33 } };
			assert_int_equal(crypto_ah(&ble_crypto_psa, p.smp.irk, rpa.octets + 3, rpa.octets), 0);
			id = peer_connect(&p, (uint8_t)role, &rpa);
			assert_int_equal(p.f.events[0].ev.connected.peer.type, BLE_ADDR_RANDOM_IDENTITY);
			assert_memory_equal(p.f.events[0].ev.connected.peer.octets, p.smp.identity.octets, 6);
			peer_run(&p);
			if (role == BLE_ROLE_PERIPHERAL) /* the host's keys, as it has distributed them */
				assert_true(peer_encrypt(&p, p.theirs.ltk, p.theirs.ediv, p.theirs.rand));
			assert_true(p.encrypted);
			assert_int_equal(event(BLE_EV_ENCRYPTED)->encrypted.level, 2);
			assert_false(has_event(BLE_EV_PAIRED));
			assert_int_equal(info().level, 2);
			peer_disconnect(&p);
			fake_end(&p.f);
		}
	}
}

static uint8_t error_of(const void *pdu, size_t len)
{
	uint8_t rsp[64] = { 0 };
	assert_true(peer_att(&p, pdu, len, rsp, sizeof rsp) > 0);
	return rsp[0] == 0x01 ? rsp[4] : 0;
}

static void check_cccd(uint8_t want)
{
	uint8_t rsp[8];
	assert_int_equal(peer_att(&p, "\x0A\x04", 3, rsp, sizeof rsp), 3);
	assert_int_equal(rsp[1], want);
}

/* What a bonded client has subscribed to is there again when its bond has encrypted the link, and not before. */
static void test_subscriptions(void **state)
{
	(void)state;
	for (unsigned n = 0; n < 3; n++) { /* comes back; to another database; the record is damaged */
		peer_init(&p);
		host(&just_works);
		connect(BLE_ROLE_PERIPHERAL);
		pair();
		assert_int_equal(error_of("\x12\x04\x00\x01", 5), 0);
		peer_disconnect(&p);
		unsigned saves = p.saves;
		assert_non_null(peer_item(&p, BLE_STORE_SUBSCRIPTIONS));
		if (n == 2)
			peer_item(&p, BLE_STORE_SUBSCRIPTIONS)->data[20] ^= 1;
		host(&just_works);
		if (n == 1)
			assert_int_equal(ble_server_remove(p.f.host, &open_service), 0);
		connect(BLE_ROLE_PERIPHERAL);
		check_cccd(0);
		assert_false(has_event(BLE_EV_SUBSCRIBED));
		assert_true(peer_encrypt(&p, p.theirs.ltk, 0, 0));
		assert_int_equal(has_event(BLE_EV_SUBSCRIBED), n == 0);
		check_cccd(n == 0);
		if (n == 0) {
			const struct ble_event *ev = event(BLE_EV_SUBSCRIBED);
			assert_true(ev->subscribed.bits == 1 && ev->subscribed.characteristic == &open_value);
			assert_int_equal(ble_server_notify(p.f.host, id, 3, "x", 1), 0);
			fake_pump(&p.f);
			assert_int_equal(fake_sent(&p.f)->data[9], 0x1B);
			fake_completed(&p.f, PEER_HANDLE, 1);
			peer_disconnect(&p);
			assert_int_equal(p.saves, saves); /* nothing was new */
		}
	}
	/* pairing anew, it begins anew */
	peer_init(&p);
	host(&just_works);
	connect(BLE_ROLE_PERIPHERAL);
	pair();
	assert_int_equal(error_of("\x12\x04\x00\x01", 5), 0);
	peer_disconnect(&p);
	struct peer_item old = *peer_item(&p, BLE_STORE_SUBSCRIPTIONS);
	connect(BLE_ROLE_PERIPHERAL);
	pair();
	check_cccd(0);
	/* also if the power went before the old bond's record could go: its age is another's */
	peer_disconnect(&p);
	for (unsigned i = 0, put = 0; i < PEER_ITEMS && !put; i++)
		if ((put = !p.items[i].len || p.items[i].key == old.key))
			p.items[i] = old;
	assert_int_equal(peer_item(&p, BLE_STORE_SUBSCRIPTIONS)->len, old.len);
	host(&just_works);
	connect(BLE_ROLE_PERIPHERAL);
	assert_true(peer_encrypt(&p, p.theirs.ltk, 0, 0));
	check_cccd(0);
	assert_false(has_event(BLE_EV_SUBSCRIBED));
}

/* The user in all ways: shown, entered, compared; and the level that comes of it. */
static void test_users(void **state)
{
	(void)state;
	for (unsigned role = 0; role < 2; role++) {
		peer_init(&p);
		host(&with_user);
		p.smp.config.mitm = true;
		connect((uint8_t)role); /* both have all: they compare */
		pair();
		const struct ble_event *ev = event(BLE_EV_COMPARE);
		assert_int_equal(ev->passkey.number, p.number);
		assert_int_equal(ble_conn_passkey(p.f.host, id, 1), BLE_ENOENT);
		assert_int_equal(ble_conn_confirm(p.f.host, id, true), 0);
		peer_run(&p);
		assert_int_equal(event(BLE_EV_PAIRED)->paired.level, 4);
		peer_disconnect(&p);

		peer_init(&p); /* the peer shows, we enter */
		host(&with_user);
		p.smp.config.mitm = true;
		p.smp.config.io = SMP_IO_DISPLAY_ONLY;
		connect((uint8_t)role);
		pair();
		(void)event(BLE_EV_PASSKEY_WANTED);
		assert_int_equal(ble_conn_passkey(p.f.host, id, 1000000), BLE_ERANGE);
		assert_int_equal(ble_conn_confirm(p.f.host, id, true), BLE_ENOENT);
		assert_int_equal(ble_conn_passkey(p.f.host, id, p.number), 0);
		peer_run(&p);
		assert_int_equal(event(BLE_EV_PAIRED)->paired.level, 4);
		peer_disconnect(&p);

		peer_init(&p); /* we show, the peer enters; legacy */
		host(&with_user);
		p.smp.config.mitm = true;
		p.smp.config.sc = NULL;
		p.smp.config.io = SMP_IO_KEYBOARD_ONLY;
		connect((uint8_t)role);
		pair();
		assert_int_equal(smp_passkey(&p.link, event(BLE_EV_PASSKEY)->passkey.number), 0);
		peer_run(&p);
		assert_int_equal(event(BLE_EV_PAIRED)->paired.level, 3);
		peer_disconnect(&p);

		peer_init(&p); /* the user has had enough */
		host(&with_user);
		p.smp.config.mitm = true;
		p.smp.config.io = SMP_IO_DISPLAY_ONLY;
		connect((uint8_t)role);
		pair();
		assert_int_equal(ble_conn_unpair(p.f.host, id), 0);
		peer_run(&p);
		ev = event(BLE_EV_PAIRED);
		assert_true(ev->paired.err == BLE_EREFUSED && ev->paired.reason == SMP_ERR_PASSKEY_ENTRY_FAILED);
		assert_true(!ev->paired.by_peer && !ev->paired.bonded);
		assert_int_equal(ble_conn_unpair(p.f.host, id), BLE_ENOENT);
		assert_int_equal(p.result.reason, SMP_ERR_PASSKEY_ENTRY_FAILED);
	}
}

/* Whatever the order in which the parts come, and while a link is up: the question is asked. */
static void test_order(void **state)
{
	static const struct ble_part *const orders[][5] = {
		{ &ble_pairing, &ble_server, &ble_multiple, &ble_caching, &ble_prepared },
		{ &ble_caching, &ble_pairing, &ble_multiple, &ble_server, &ble_prepared },
		{ &ble_multiple, &ble_server, &ble_pairing, &ble_prepared, &ble_caching },
		{ &ble_server, &ble_prepared, &ble_caching, &ble_multiple, &ble_pairing },
	};
	struct ble_pairing_params params = just_works;
	(void)state;
	params.level = 2;
	for (unsigned i = 0; i < sizeof orders / sizeof orders[0]; i++) {
		uint16_t first;
		peer_init(&p);
		peer_host(&p, (struct ble_host_config){ .parts = BLE_PARTS(&ble_peripheral), .rooms = BLE_ROOMS(
			&ble_pairing_room, &ble_server_room, &ble_multiple_room, &ble_caching_room, &ble_prepared_room) });
		connect(BLE_ROLE_PERIPHERAL);
		for (unsigned k = 0; k < 5; k++)
			assert_int_equal(ble_host_attach(p.f.host, orders[i][k]), 0);
		assert_int_equal(ble_pairing_set(p.f.host, &params), 0);
		assert_int_equal(ble_server_add(p.f.host, &guarded, &first), 0);
		uint8_t value = (uint8_t)(first + 2);
		peer_run(&p);
		assert_int_equal(error_of(((uint8_t[]){ 0x0A, value, 0 }), 3), 0x05);
		assert_int_equal(error_of(((uint8_t[]){ 0x12, value, 0, 1 }), 4), 0x05);
		assert_int_equal(error_of(((uint8_t[]){ 0x16, value, 0, 0, 0, 1 }), 6), 0x05);
		assert_int_equal(error_of(((uint8_t[]){ 0x0E, value, 0, value, 0 }), 5), 0x05);
		assert_int_equal(error_of(((uint8_t[]){ 0x20, value, 0, value, 0 }), 5), 0x05);
		assert_int_equal(error_of(((uint8_t[]){ 0x0A, 3, 0 }), 3), 0); /* GAP's device name */
		pair();
		assert_int_equal(error_of(((uint8_t[]){ 0x0A, value, 0 }), 3), 0);
		assert_int_equal(error_of(((uint8_t[]){ 0x16, value, 0, 0, 0, 1 }), 6), 0);
		peer_disconnect(&p);
		fake_end(&p.f);
	}
}

/* GAP-010, ST-007: what is weaker than the bond is refused, and the bond stays what it was. */
static void test_no_downgrade(void **state)
{
	(void)state;
	for (enum peer_kind old = PEER_JUST_WORKS; old < PEER_KINDS; old++) {
		for (enum peer_kind new = PEER_JUST_WORKS; new < PEER_KINDS; new++) {
			struct smp_strength o = peer_strength(old), n = peer_strength(new);
			bool worth = n.authenticated >= o.authenticated && n.sc >= o.sc && n.key_size >= o.key_size;
			struct ble_pairing_params params = with_user;
			params.mitm = false;
			params.key_size_min = 7;
			params.key_size_max = 16;
			peer_init(&p);
			host(&params);
			connect(BLE_ROLE_PERIPHERAL);
			peer_pair_as(&p, id, old);
			struct peer_item kept = *peer_item(&p, BLE_STORE_BOND);
			peer_disconnect(&p);
			connect(BLE_ROLE_PERIPHERAL);
			peer_pair_as(&p, id, new);
			const struct ble_event *ev = event(BLE_EV_PAIRED);
			assert_int_equal(ev->paired.err, worth ? 0 : BLE_EREFUSED);
			if (!worth)
				assert_int_equal(ev->paired.reason, SMP_ERR_AUTHENTICATION_REQUIREMENTS);
			assert_int_equal(!memcmp(&kept, peer_item(&p, BLE_STORE_BOND), sizeof kept), !worth);
			peer_disconnect(&p);
		}
	}
	/* GAP-009: by request only over a link that the bond has encrypted */
	struct ble_pairing_params params = just_works;
	params.keep_bonded = true;
	peer_init(&p);
	host(&params);
	connect(BLE_ROLE_PERIPHERAL);
	pair();
	peer_disconnect(&p);
	connect(BLE_ROLE_PERIPHERAL);
	pair();
	assert_int_equal(event(BLE_EV_PAIRED)->paired.reason, SMP_ERR_AUTHENTICATION_REQUIREMENTS);
	assert_true(peer_encrypt(&p, p.theirs.ltk, 0, 0));
	pair();
	assert_int_equal(event(BLE_EV_PAIRED)->paired.err, 0);
}

/* ST-008: the identity of somebody whom we know; SMP-024: his IRK. */
static void test_identity(void **state)
{
	struct ble_addr stranger = { BLE_ADDR_RANDOM, { 9, 9, 9, 9, 9, 0xC9 } };
	(void)state;
	peer_init(&p);
	host(&with_user);
	connect(BLE_ROLE_PERIPHERAL);
	peer_pair_as(&p, id, PEER_PASSKEY);
	struct peer_item kept = *peer_item(&p, BLE_STORE_BOND);
	peer_disconnect(&p);
	struct ble_pairing_params params = with_user;
	params.mitm = false;
	assert_int_equal(ble_pairing_set(p.f.host, &params), 0);
	id = peer_connect(&p, BLE_ROLE_PERIPHERAL, &stranger);
	peer_pair_as(&p, id, PEER_JUST_WORKS);
	assert_int_equal(event(BLE_EV_PAIRED)->paired.reason, SMP_ERR_KEY_REJECTED);
	assert_memory_equal(&kept, peer_item(&p, BLE_STORE_BOND), sizeof kept);
	peer_disconnect(&p);
	struct ble_addr real = p.smp.identity;
	p.smp.identity = stranger; /* another identity, and the IRK of the first */
	id = peer_connect(&p, BLE_ROLE_PERIPHERAL, &stranger);
	peer_pair_as(&p, id, PEER_JUST_WORKS);
	assert_int_equal(event(BLE_EV_PAIRED)->paired.reason, SMP_ERR_KEY_REJECTED);
	peer_disconnect(&p);
	p.smp.identity = real;
}

/* SMP-038: the peer has lost the key. It is told, and ours stays. As peripheral it is answered that there is none. */
static void test_lost_key(void **state)
{
	(void)state;
	peer_init(&p);
	host(&just_works);
	connect(BLE_ROLE_CENTRAL);
	pair();
	assert_int_equal(event(BLE_EV_PAIRED)->paired.err, 0);
	peer_disconnect(&p);
	p.ours = (struct smp_keys){ 0 };
	connect(BLE_ROLE_CENTRAL);
	const struct ble_event *ev = event(BLE_EV_ENCRYPTED);
	assert_true(ev->encrypted.err == BLE_EHCI(0x06) && ev->encrypted.level == 1);
	assert_false(has_event(BLE_EV_PAIRED));
	assert_non_null(peer_item(&p, BLE_STORE_BOND));
	assert_true(info().bonded);
	peer_disconnect(&p);
	/* V-N03: a Security Request, whatever it wants, makes us try the key, and nothing else */
	for (unsigned auth = 0; auth < 64; auth++) {
		connect(BLE_ROLE_CENTRAL);
		unsigned negative = p.negative;
		smp_say(&p.link, SMP_SECURITY_REQ, (uint8_t)auth);
		smp_pump(&p.link);
		peer_run(&p);
		assert_int_equal(p.negative, negative + 1);
		assert_false(has_event(BLE_EV_PAIRED) || smp_is_pairing(&p.link));
		peer_disconnect(&p);
	}
	peer_init(&p);
	host(&just_works);
	connect(BLE_ROLE_PERIPHERAL);
	assert_false(peer_encrypt(&p, (uint8_t[16]){ 1 }, 0, 0)); /* LL-080 */
	assert_false(peer_encrypt(&p, (uint8_t[16]){ 0 }, 5, 5));
	assert_int_equal(p.negative, 2);
	assert_int_equal(info().level, 1);
}

/* The MITM protection that a Security Request asks for is in the central's Pairing Request, if its user can do anything: a
 * peripheral that asks for no more than that request (Linux) gets what it has wanted. */
static void test_mitm_asked_for(void **state)
{
	(void)state;
	for (unsigned able = 0; able < 2; able++) {
		for (unsigned mitm = 0; mitm < 2; mitm++) {
			struct ble_pairing_params params = with_user;
			params.mitm = false;
			params.capabilities = able ? BLE_CAP_KEYBOARD_DISPLAY : BLE_CAP_NONE;
			peer_init(&p);
			p.smp.config.mitm = false;
			host(&params);
			connect(BLE_ROLE_CENTRAL);
			smp_say(&p.link, SMP_SECURITY_REQ, SMP_AUTH_BONDING | SMP_AUTH_SC | (mitm ? SMP_AUTH_MITM : 0));
			smp_pump(&p.link);
			peer_run(&p);
			assert_int_equal(has_event(BLE_EV_COMPARE), able && mitm);
			assert_int_equal(has_event(BLE_EV_PAIRED), !(able && mitm));
			peer_disconnect(&p);
		}
	}
}

static unsigned copies_of(const uint8_t key[16])
{
	unsigned n = 0;
	for (size_t i = 0; i + 16 <= sizeof p.f.memory; i++)
		n += !memcmp(p.f.memory + i, key, 16);
	return n;
}

/*
 * A pairing is told of when the controller has sent the last key (Vol 3 Part H 2.4.3), so that whoever hangs up then has
 * not kept it from the peer; when the link is down before; or when a link without acknowledgements would be. Then the
 * keys are in the bond, and nowhere else.
 */
static void test_keys_arrive(void **state)
{
	enum { SENT, DOWN, NEVER, ENDS };
	(void)state;
	for (unsigned role = 0; role < 2; role++)
		for (unsigned end = 0; end < ENDS; end++) {
			struct ble_pairing_params params = just_works;
			params.ways = BLE_WAYS(&ble_legacy_pairing);
			params.initiator_keys = params.responder_keys = BLE_KEY_ENC | BLE_KEY_SIGN;
			peer_init(&p);
			p.smp.config.sc = NULL;
			host(&params);
			connect((uint8_t)role);
			p.keeps_keys = true;
			pair();
			assert_int_equal(p.result.err, 0); /* the peer has them all */
			assert_int_equal(p.kept, 3);
			fake_pass(&p.f, 500000);
			assert_true(info().bonded && !has_event(BLE_EV_PAIRED));
			if (end == SENT)
				fake_completed(&p.f, PEER_HANDLE, (uint16_t)p.kept);
			if (end == DOWN)
				peer_disconnect(&p);
			for (unsigned i = 0; i < (end == NEVER ? 6400 : 1); i++) /* Vol 6 Part B 4.5.2: 32 s at most */
				fake_pass(&p.f, 5000);
			const struct ble_event *ev = event(BLE_EV_PAIRED);
			assert_true(!ev->paired.err && ev->paired.bonded);
			assert_false(has_event(BLE_EV_PAIRED));
			assert_int_equal(has_event(BLE_EV_DISCONNECTED), end == DOWN);
			assert_int_equal(copies_of(p.theirs.ltk), 1);
			assert_int_equal(copies_of(p.theirs.csrk), 1);
		}
}

static bool bond_at(unsigned slot, struct ble_bond *out)
{
	unsigned index = slot;
	return ble_bond_next(p.f.host, &index, out) && index == slot + 1;
}

static void pair_stranger(uint8_t n, enum peer_kind kind)
{
	p.smp.identity = (struct ble_addr){ BLE_ADDR_RANDOM, { n, 0, 0, 0, 0, 0xC1 } };
	memset(p.smp.irk, n + 1, 16);
	p.ours = p.theirs = (struct smp_keys){ 0 };
	connect(BLE_ROLE_PERIPHERAL);
	peer_pair_as(&p, id, kind);
	peer_disconnect(&p);
}

/* Full: with `evict` the oldest without MITM protection goes, never one with it. Removing; the list. */
static void test_slots(void **state)
{
	struct ble_pairing_params params = with_user;
	struct ble_bond bond;
	(void)state;
	params.mitm = false;
	params.evict = true;
	peer_init(&p);
	host(&params);
	pair_stranger(0, PEER_PASSKEY);
	for (uint8_t n = 1; n < 20; n++)
		pair_stranger(n, PEER_JUST_WORKS);
	assert_true(bond_at(0, &bond) && bond.identity.octets[0] == 0 && bond.level == 4 && bond.resolvable);
	for (unsigned slot = 1; slot < 4; slot++)
		assert_true(bond_at(slot, &bond) && bond.identity.octets[0] >= 17 && bond.level == 2);
	for (uint8_t n = 30; n < 33; n++)
		pair_stranger(n, PEER_PASSKEY);
	p.f.event_seen = p.f.event_count = 0;
	for (unsigned mitm = 0; mitm < 2; mitm++) { /* there is none whom it might push out */
		pair_stranger(33, mitm ? PEER_PASSKEY : PEER_JUST_WORKS);
		assert_false(event(BLE_EV_PAIRED)->paired.bonded);
		assert_int_equal(event(BLE_EV_ERROR)->error.err, BLE_ENOMEM);
	}
	const struct ble_addr first = { BLE_ADDR_RANDOM, { 0, 0, 0, 0, 0, 0xC1 } };
	assert_int_equal(ble_bond_remove(p.f.host, &first), 0);
	assert_int_equal(ble_bond_remove(p.f.host, &first), BLE_ENOENT);
	assert_null(peer_item(&p, BLE_STORE_BOND));
	assert_false(bond_at(0, &bond));
	/* one that is connected is ended first */
	p.smp.identity.octets[0] = 31;
	connect(BLE_ROLE_PERIPHERAL);
	assert_true(info().bonded);
	assert_int_equal(ble_bond_remove(p.f.host, &p.smp.identity), 0);
	peer_run(&p);
	assert_int_equal(event(BLE_EV_DISCONNECTED)->disconnected.reason, 0x13);
}

/* ST-012: what a bond opened is shut when it is removed, not when the peer has acknowledged that; and a pairing that runs does
 * not bring it back. */
static void test_st_012_removed_at_once(void **state)
{
	struct ble_bond bond;
	(void)state;
	peer_init(&p);
	host(&just_works);
	connect(BLE_ROLE_PERIPHERAL);
	pair();
	assert_true(info().bonded && info().level == 2);
	p.budget = 2;
	assert_int_equal(smp_pair(&p.link), 0);
	peer_run(&p);
	assert_true(info().pairing && info().level == 2);
	p.f.event_seen = p.f.event_count;
	assert_int_equal(ble_bond_remove(p.f.host, &p.smp.identity), 0);
	assert_true(!info().pairing && info().level == 1 && !info().bonded);
	p.budget = UINT32_MAX;
	peer_run(&p);
	assert_int_equal(event(BLE_EV_PAIRED)->paired.err, BLE_EREFUSED);
	assert_true(has_event(BLE_EV_DISCONNECTED));
	assert_false(bond_at(0, &bond));
}

/* ST-001: the power goes at each step of a removal: what a peer had subscribed to is never left without its bond. */
static void test_st_001_removal(void **state)
{
	(void)state;
	for (unsigned power = 0; power < 4; power++) {
		peer_init(&p);
		host(&just_works);
		connect(BLE_ROLE_PERIPHERAL);
		pair();
		assert_int_equal(error_of("\x12\x04\x00\x01", 5), 0);
		peer_disconnect(&p);
		assert_non_null(peer_item(&p, BLE_STORE_SUBSCRIPTIONS));
		p.power = power;
		p.ops = 0;
		(void)ble_bond_remove(p.f.host, &p.smp.identity);
		assert_true(peer_item(&p, BLE_STORE_BOND) || !peer_item(&p, BLE_STORE_SUBSCRIPTIONS));
		assert_int_equal(!peer_item(&p, BLE_STORE_BOND), power == 3);
	}
}

/* ST-001, ST-011: the power goes, or the store fails, at each save of a pairing anew: the old record or the new one. */
static void test_store_fails(void **state)
{
	(void)state;
	for (unsigned cut = 1; cut < 4; cut++) {
		for (unsigned fails = 0; fails < 2; fails++) {
			peer_init(&p);
			host(&just_works);
			connect(BLE_ROLE_PERIPHERAL);
			pair();
			struct smp_keys first = p.theirs;
			peer_disconnect(&p);
			p.saves = 0;
			p.cut = fails ? 0 : cut;
			p.store_err = fails ? BLE_EIO : 0;
			connect(BLE_ROLE_PERIPHERAL);
			pair();
			const struct ble_event *ev = event(BLE_EV_PAIRED);
			bool kept = ev->paired.bonded;
			assert_int_equal(kept, !fails && cut > 1);
			if (!kept)
				assert_int_equal(event(BLE_EV_ERROR)->error.operation, BLE_OP_BONDS);
			peer_disconnect(&p);
			p.cut = 0;
			p.store_err = 0;
			host(&just_works); /* after the restart it is one of the two, whole */
			connect(BLE_ROLE_PERIPHERAL);
			assert_int_equal(peer_encrypt(&p, p.theirs.ltk, 0, 0), kept);
			assert_int_equal(peer_encrypt(&p, first.ltk, 0, 0), !kept);
		}
	}
}

static void image(void)
{
	struct ble_pairing_params params = with_user;
	params.mitm = false;
	peer_init(&p);
	peer_host(&p, (struct ble_host_config){ .parts = BLE_PARTS(&ble_peripheral, &ble_pairing), .bonds = 8 });
	assert_int_equal(ble_pairing_set(p.f.host, &params), 0);
	for (uint8_t n = 0; n < 8; n++)
		pair_stranger(n, n & 1 ? PEER_PASSKEY : PEER_JUST_WORKS);
}

/* ST-003, ST-004, ST-005: every bit of eight bonds turned: that one is gone and reported, the others are untouched. */
static void test_damage(void **state)
{
	static struct peer whole;
	struct ble_bond bond;
	(void)state;
	image();
	whole = p;
	for (unsigned n = 0; n < 8; n++) {
		unsigned octets = (unsigned)peer_item(&p, BLE_STORE_BOND + n)->len;
		assert_int_equal(octets, 136);
		for (unsigned bit = 0; bit < 8 * octets; bit++) {
			memcpy(p.items, whole.items, sizeof p.items);
			peer_item(&p, BLE_STORE_BOND + n)->data[bit / 8] ^= (uint8_t)(1u << bit % 8);
			peer_host(&p, (struct ble_host_config){ .parts = BLE_PARTS(&ble_pairing), .bonds = 8 });
			assert_int_equal(event(BLE_EV_ERROR)->error.err, BLE_EBADPDU);
			for (unsigned k = 0; k < 8; k++) {
				assert_int_equal(bond_at(k, &bond), k != n);
				if (k != n)
					assert_true(bond.identity.octets[0] == k && bond.level == (k & 1 ? 4 : 2));
			}
		}
	}
	for (unsigned kind = 0; kind < 4; kind++) { /* erased, cut off, too long, all zeroes */
		memcpy(p.items, whole.items, sizeof p.items);
		struct peer_item *item = peer_item(&p, BLE_STORE_BOND + 3);
		memset(item->data, kind == 0 ? 0xFF : 0x00, kind == 0 || kind == 3 ? sizeof item->data : 0);
		item->len = kind == 1 ? 135 : kind == 2 ? 137 : 136;
		peer_host(&p, (struct ble_host_config){ .parts = BLE_PARTS(&ble_pairing), .bonds = 8 });
		assert_false(bond_at(3, &bond));
		assert_true(bond_at(4, &bond));
	}
}

/* A platform without crypto says so, in a sentence; and so do parts that are missing and parameters that cannot be. */
static void test_refusals(void **state)
{
	struct ble_pairing_params params = { 0 };
	(void)state;
	peer_init(&p);
	peer_host(&p, (struct ble_host_config){ .parts = BLE_PARTS(&ble_peripheral) });
	assert_int_equal(ble_pairing_set(p.f.host, &params), BLE_ENOTSUP);
	assert_string_equal(ble_host_fault(p.f.host)->subject, "pairing");
	assert_non_null(ble_host_fault(p.f.host)->hint);

	fake_init(&p.f);
	fake_host(&p.f, (struct ble_host_config){ .parts = BLE_PARTS(&ble_peripheral, &ble_pairing) });
	fake_up(&p.f);
	id = fake_connected(&p.f, PEER_HANDLE, BLE_ROLE_PERIPHERAL);
	assert_int_equal(ble_pairing_set(p.f.host, &params), BLE_ENOTSUP);
	assert_string_equal(ble_host_fault(p.f.host)->subject, "platform");
	assert_int_equal(ble_conn_secure(p.f.host, id, false), BLE_ENOTSUP);
	fake_acl(&p.f, PEER_HANDLE, 2, OCTETS(7, 0, 6, 0, SMP_PAIRING_REQ, 3, 0, 1, 16, 0, 0));
	fake_acl_sent(&p.f, PEER_HANDLE, 0, OCTETS(2, 0, 6, 0, SMP_PAIRING_FAILED, SMP_ERR_PAIRING_NOT_SUPPORTED));
	fake_end(&p.f);

	static const struct {
		struct ble_pairing_params params;
		const char *subject;
		int err;
	} rows[] = {
		{ { .capabilities = 6 }, "capabilities", BLE_ERANGE },
		{ { .level = 7 }, "level", BLE_ERANGE },
		{ { .key_size_max = 17 }, "key_size_max", BLE_ERANGE },
		{ { .key_size_min = 6, .key_size_max = 16 }, "key_size_min", BLE_ERANGE },
		{ { .key_size_min = 12, .key_size_max = 10 }, "key_size_min", BLE_ERANGE },
		{ { .passkey = 1000000 }, "passkey", BLE_ERANGE },
		{ { .capabilities = BLE_CAP_DISPLAY_ONLY }, "ways", BLE_EINVAL },
		{ { .capabilities = BLE_CAP_DISPLAY_YES_NO }, "ways", BLE_EINVAL },
		{ { .legacy_only = true }, "ways", BLE_EINVAL },
		{ { .mitm = true }, "capabilities", BLE_EINVAL },
		{ { .level = 3 }, "capabilities", BLE_EINVAL },
	};
	peer_init(&p);
	host(&just_works);
	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_int_equal(ble_pairing_set(p.f.host, &rows[i].params), rows[i].err);
		assert_string_equal(ble_host_fault(p.f.host)->subject, rows[i].subject);
	}
	assert_int_equal(ble_conn_secure(p.f.host, 0x101, false), BLE_ECONN);
	peer_host(&p, (struct ble_host_config){ .parts = BLE_PARTS(&ble_peripheral, &ble_pairing), .att_mtu = 64 });
	assert_int_equal(ble_pairing_set(p.f.host, &just_works), BLE_ERANGE);
	assert_string_equal(ble_host_fault(p.f.host)->subject, "att_mtu");
	connect(BLE_ROLE_PERIPHERAL); /* nor does it begin what it has no room for */
	pair();
	assert_int_equal(p.result.reason, SMP_ERR_PAIRING_NOT_SUPPORTED);
	peer_disconnect(&p);
	peer_host(&p, (struct ble_host_config){ .parts = BLE_PARTS(&ble_peripheral, &ble_pairing), .att_mtu = 65 });
	assert_int_equal(ble_pairing_set(p.f.host, &just_works), 0);
	connect(BLE_ROLE_PERIPHERAL);
	pair();
	assert_int_equal(event(BLE_EV_PAIRED)->paired.err, 0);
	peer_disconnect(&p);
	host(&just_works);
	assert_int_equal(ble_oob_make(p.f.host), BLE_ENOTSUP);
}

/* Data that came on another way; and a peer that says nothing more. */
static void test_oob_and_silence(void **state)
{
	(void)state;
	peer_init(&p);
	host(&with_user);
	assert_int_equal(ble_oob_make(p.f.host), 0);
	fake_pump(&p.f);
	const struct ble_event *ev = event(BLE_EV_OOB);
	struct smp_oob theirs = { .have_theirs = true };
	assert_int_equal(ev->oob.err, 0);
	memcpy(theirs.their_r, ev->oob.r, 16);
	memcpy(theirs.their_c, ev->oob.c, 16);
	p.smp.config.oob = &theirs;
	p.smp.config.oob_model = &smp_model_oob;
	p.smp.config.io = SMP_IO_NONE;
	connect(BLE_ROLE_PERIPHERAL);
	pair();
	assert_int_equal(event(BLE_EV_PAIRED)->paired.level, 4);
	peer_disconnect(&p);
	/* 3.4: a peer that falls silent */
	connect(BLE_ROLE_PERIPHERAL);
	fake_acl(&p.f, PEER_HANDLE, 2, OCTETS(7, 0, 6, 0, SMP_PAIRING_REQ, 4, 0, 0x0D, 16, 3, 3));
	peer_run(&p);
	fake_pass(&p.f, 30000000);
	assert_int_equal(event(BLE_EV_PAIRED)->paired.err, BLE_ETIMEOUT);
	assert_int_equal(ble_conn_secure(p.f.host, id, true), BLE_ESTATE);
	fake_pass(&p.f, 1000000); /* it might have been a guess */
	/* and one that hangs up in the middle: told before the disconnection */
	peer_disconnect(&p);
	connect(BLE_ROLE_PERIPHERAL);
	fake_acl(&p.f, PEER_HANDLE, 2, OCTETS(7, 0, 6, 0, SMP_PAIRING_REQ, 4, 0, 0x0D, 16, 3, 3));
	fake_disconnected(&p.f, PEER_HANDLE, 0x08);
	assert_int_equal(event(BLE_EV_PAIRED)->paired.err, BLE_ECONN);
	(void)event(BLE_EV_DISCONNECTED);
	fake_end(&p.f);
}

/* A controller that says what it may not: encryption that nobody has asked for, or that has been taken away. */
static void test_controller(void **state)
{
	(void)state;
	peer_init(&p);
	host(&just_works);
	connect(BLE_ROLE_PERIPHERAL);
	fake_event(&p.f, HCI_EVT_ENCRYPTION_CHANGE, OCTETS(0, PEER_HANDLE, 0, 1));
	assert_int_equal(info().level, 1);
	fake_event(&p.f, HCI_EVT_ENCRYPTION_KEY_REFRESH_COMPLETE, OCTETS(0, PEER_HANDLE, 0));
	assert_int_equal(info().level, 1);
	fake_event(&p.f, HCI_EVT_ENCRYPTION_CHANGE, OCTETS(0, 0x77, 0, 1)); /* nobody's */
	fake_event(&p.f, HCI_EVT_ENCRYPTION_CHANGE, OCTETS(0, PEER_HANDLE)); /* cut off */
	fake_le(&p.f, HCI_LE_EVT_LONG_TERM_KEY_REQUEST, OCTETS(0x77, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
	fake_le(&p.f, HCI_LE_EVT_LONG_TERM_KEY_REQUEST, OCTETS(PEER_HANDLE, 0, 0));
	fake_silent(&p.f);
	pair();
	assert_int_equal(info().level, 2);
	fake_event(&p.f, HCI_EVT_ENCRYPTION_CHANGE, OCTETS(0, PEER_HANDLE, 0, 0));
	assert_int_equal(info().level, 1);
	(void)fake_command(&p.f, HCI_CMD_DISCONNECT, OCTETS(PEER_HANDLE, 0, 0x05));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_bond), TEST(test_subscriptions), TEST(test_users), TEST(test_order), TEST(test_no_downgrade), TEST(test_identity),
		TEST(test_lost_key), TEST(test_mitm_asked_for), TEST(test_keys_arrive),
		TEST(test_slots), TEST(test_st_012_removed_at_once), TEST(test_st_001_removal), TEST(test_store_fails), TEST(test_damage), TEST(test_refusals),
		TEST(test_oob_and_silence), TEST(test_controller),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
