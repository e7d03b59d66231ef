/*
 * Signed writes against a peer that can pair and sign: what is taken and what is passed over, counters over restarts and
 * failing stores, and our own signatures. That the signature itself is the book's is asked in tests/unit/crypto.
 */
#include "tests/unit/host/peer.h"

#include "base/le.h"

static struct peer p;
static ble_conn_id id;

static const struct ble_characteristic signed_value = { .uuid = 0xA001, .permission = BLE_READ | BLE_WRITE_SIGNED, .size = 4 };
static const struct ble_characteristic plain_value = { .uuid = 0xA002, .size = 4,
	.permission = BLE_READ | BLE_WRITE | BLE_WRITE_WO | BLE_NOTIFY };
/* service 1; declaration 2, signed value 3; declaration 4, plain value 5, CCCD 6 */
static const struct ble_service service = { .uuid = 0xA000, .characteristics = BLE_LIST(&signed_value, &plain_value) };
enum { SIGNED = 3, PLAIN = 5, CCCD = 6 };
static const struct ble_service late = { .uuid = 0xA100, .characteristics = BLE_LIST(&plain_value) };

static const struct ble_pairing_params both_sign = { .bonding = true, .on_demand = true,
	.initiator_keys = BLE_KEY_ENC | BLE_KEY_ID | BLE_KEY_SIGN, .responder_keys = BLE_KEY_ENC | BLE_KEY_ID | BLE_KEY_SIGN };

static void host(const struct ble_pairing_params *params)
{
	peer_host(&p, (struct ble_host_config){ .parts = BLE_PARTS(&ble_peripheral, &ble_central, &ble_bare_server, &ble_client,
		&ble_prepared, &ble_pairing, &ble_signing), .bonds = 4 });
	assert_int_equal(ble_pairing_set(p.f.host, params), 0);
	assert_int_equal(ble_server_add(p.f.host, &service, NULL), 0);
}

static void connect(uint8_t role)
{
	id = peer_connect(&p, role, &p.smp.identity);
	peer_run(&p);
}

static void pair(void)
{
	if (p.link.role == BLE_ROLE_CENTRAL)
		assert_int_equal(smp_pair(&p.link), 0);
	else
		assert_int_equal(ble_conn_secure(p.f.host, id, true), 0);
	peer_run(&p);
	assert_int_equal(p.result.err, 0);
}

/* A bond, and the next link in clear text. */
static void bonded(uint8_t role, const struct ble_pairing_params *params)
{
	peer_init(&p);
	host(params);
	connect(role);
	pair();
	peer_disconnect(&p);
	connect(role);
}

static unsigned count(enum ble_event_type type)
{
	unsigned n = 0;
	for (unsigned i = 0; i < p.f.event_count; i++)
		n += p.f.events[i].ev.type == type;
	return n;
}

static const struct ble_event *last(enum ble_event_type type)
{
	for (unsigned i = p.f.event_count; i--;)
		if (p.f.events[i].ev.type == type)
			return &p.f.events[i].ev;
	fail_msg("event %d did not come", (int)type);
	return NULL;
}

struct pdu {
	uint8_t octets[64];
	size_t len;
};

/* As the peer sends it. */
static struct pdu by(const uint8_t csrk[16], uint16_t handle, const void *value, size_t len, uint32_t counter)
{
	struct pdu w = { { 0xD2 }, 0 };
	le16_put(w.octets + 1, handle);
	memcpy(w.octets + 3, value, len);
	w.len = peer_sign(csrk, w.octets, 3 + len, counter);
	return w;
}

/* True: the program has been given it. There is never an answer. */
static bool taken(const struct pdu *w)
{
	uint8_t rsp[8];
	p.f.event_seen = p.f.event_count = 0;
	assert_int_equal(peer_att(&p, w->octets, w->len, rsp, sizeof rsp), 0);
	unsigned written = count(BLE_EV_WRITTEN);
	assert_true(written <= 1);
	return written;
}

static bool writes(uint16_t handle, const char *value, uint32_t counter)
{
	struct pdu w = by(p.ours.csrk, handle, value, strlen(value), counter);
	return taken(&w);
}

static void check_written(const char *value, uint8_t kind)
{
	const struct ble_event *ev = last(BLE_EV_WRITTEN);
	assert_int_equal(ev->conn, id);
	assert_ptr_equal(ev->written.characteristic, &signed_value);
	assert_int_equal(ev->written.handle, SIGNED);
	assert_int_equal(ev->written.len, strlen(value));
	assert_memory_equal(ev->written.data, value, strlen(value));
	assert_int_equal(ev->written.token, 0);
	assert_int_equal(ev->written.kind, kind);
}

/* Both roles of the link: the peer's key is the peer's. Vol 3 Part F 3.4.5.4, Part C 10.4.2 */
static void test_taken(void **state)
{
	(void)state;
	for (uint8_t role = 0; role < 2; role++) {
		bonded(role, &both_sign);
		assert_true(writes(SIGNED, "", 0));
		check_written("", BLE_WRITTEN_SIGNED);
		assert_true(writes(SIGNED, "abcd", 1));
		check_written("abcd", BLE_WRITTEN_SIGNED);
		assert_true(writes(SIGNED, "x", 70000)); /* numbers may be left out */
		assert_false(writes(SIGNED, "y", 69999));
		assert_true(writes(SIGNED, "z", 70001));
		peer_disconnect(&p);
		fake_end(&p.f);
	}
}

/* Heard before, older, another's, spoilt in any bit, too short, too long, for something else. */
static void test_att_022_passed_over(void **state)
{
	struct ble_host_stats stats;
	(void)state;
	bonded(BLE_ROLE_PERIPHERAL, &both_sign);
	struct pdu good = by(p.ours.csrk, SIGNED, "abc", 3, 5), w = good;
	for (size_t bit = 8; bit < 8 * good.len; bit++) {
		w.octets[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (taken(&w))
			fail_msg("bit %u of octet %u", (unsigned)bit % 8, (unsigned)bit / 8);
		w.octets[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_true(taken(&good)); /* nothing of that has moved the counter */
	assert_false(taken(&good));
	w = good;
	le32_put(w.octets + 6, 5 + 0x80000000u); /* the signature is over the counter as well */
	assert_false(taken(&w));
	assert_false(writes(SIGNED, "abc", 4));
	w = by(p.theirs.csrk, SIGNED, "abc", 3, 6); /* our own key, reflected */
	assert_false(taken(&w));
	ble_host_stats(p.f.host, &stats);
	unsigned malformed = stats.malformed;
	for (size_t len = 1; len < 15; len++) {
		w = by(p.ours.csrk, SIGNED, "", 0, 6);
		w.len = len;
		assert_false(taken(&w));
	}
	ble_host_stats(p.f.host, &stats);
	assert_int_equal(stats.malformed - malformed, 14);
	assert_false(writes(SIGNED, "12345", 6));      /* longer than the value may be */
	assert_false(writes(PLAIN, "a", 7));           /* has not the property */
	assert_false(writes(CCCD, "\1", 8));           /* no value: Vol 3 Part G 4.9.2 */
	assert_false(writes(SIGNED - 1, "a", 9));
	assert_false(writes(0x7777, "a", 10));
	assert_false(writes(0, "a", 11));
	assert_false(writes(SIGNED, "a", 11)); /* authentic, though they had no effect: they cannot be said again later */
	assert_true(writes(SIGNED, "a", 12));
	peer_disconnect(&p);
	fake_end(&p.f);
}

/* A stranger; a pairing without a bond; a bond without the key; another bond's key. */
static void test_att_022_no_key(void **state)
{
	struct ble_pairing_params params = both_sign;
	uint8_t first[16];
	(void)state;
	peer_init(&p);
	host(&params);
	connect(BLE_ROLE_PERIPHERAL);
	assert_false(writes(SIGNED, "a", 0));
	peer_disconnect(&p);

	params.initiator_keys = BLE_KEY_ENC | BLE_KEY_ID;
	bonded(BLE_ROLE_PERIPHERAL, &params);
	assert_false(writes(SIGNED, "a", 0)); /* zeroes sign nothing */
	peer_disconnect(&p);

	bonded(BLE_ROLE_PERIPHERAL, &both_sign);
	memcpy(first, p.ours.csrk, 16);
	peer_disconnect(&p);
	p.smp.identity.octets[0] ^= 0x55;
	p.smp.irk[0] ^= 0x55;
	connect(BLE_ROLE_PERIPHERAL);
	pair();
	peer_disconnect(&p);
	connect(BLE_ROLE_PERIPHERAL);
	struct pdu w = by(first, SIGNED, "a", 1, 0);
	assert_false(taken(&w));
	assert_true(writes(SIGNED, "a", 0)); /* each has a counter of its own */
	peer_disconnect(&p);
	fake_end(&p.f);
}

/* Vol 3 Part G 4.9.2: on an encrypted link nobody signs, and a Write Command stands for it there, not elsewhere. */
static void test_att_022_encrypted(void **state)
{
	const struct pdu command = { { 0x52, SIGNED, 0, 'c' }, 4 }, request = { { 0x12, SIGNED, 0, 'r' }, 4 };
	const struct pdu lengthy = { { 0x52, SIGNED, 0, 1, 2, 3, 4, 5 }, 8 }, cccd = { { 0x52, CCCD, 0, 1, 0 }, 5 };
	uint8_t rsp[8];
	(void)state;
	bonded(BLE_ROLE_PERIPHERAL, &both_sign);
	assert_false(taken(&command));
	assert_true(peer_encrypt(&p, p.theirs.ltk, p.theirs.ediv, p.theirs.rand));
	assert_false(writes(SIGNED, "a", 0));
	assert_true(taken(&command));
	check_written("c", BLE_WRITTEN_COMMAND);
	assert_false(taken(&lengthy));
	assert_false(taken(&cccd));
	assert_int_equal(peer_att(&p, request.octets, request.len, rsp, sizeof rsp), 5);
	assert_int_equal(rsp[4], 0x03);
	peer_disconnect(&p);
	connect(BLE_ROLE_PERIPHERAL);
	assert_true(writes(SIGNED, "a", 0)); /* what was passed over was not counted */
	peer_disconnect(&p);
	fake_end(&p.f);
}

/* Levels of mode 1 are the link's, which a signature does not encrypt; the higher level of mode 2 is the key's. */
static void test_att_022_levels(void **state)
{
	struct ble_pairing_params params = both_sign;
	(void)state;
	bonded(BLE_ROLE_PERIPHERAL, &params);
	params.level = BLE_LEVEL_ENCRYPTED;
	assert_int_equal(ble_pairing_set(p.f.host, &params), 0);
	assert_false(writes(SIGNED, "a", 0));
	params.level = BLE_LEVEL_SIGNED;
	assert_int_equal(ble_pairing_set(p.f.host, &params), 0);
	assert_true(writes(SIGNED, "a", 1));
	params.level = BLE_LEVEL_SIGNED_AUTHENTICATED;
	params.capabilities = BLE_CAP_DISPLAY_ONLY;
	params.ways = BLE_WAYS(&ble_passkey_entry);
	assert_int_equal(ble_pairing_set(p.f.host, &params), 0);
	assert_false(writes(SIGNED, "a", 2)); /* by a key of Just Works */
	peer_disconnect(&p);
	fake_end(&p.f);
}

static void restart(const struct ble_pairing_params *params)
{
	peer_disconnect(&p);
	host(params);
	connect(BLE_ROLE_PERIPHERAL);
}

/* The store knows of what is acted upon, before it is; no power cut makes it forget. */
static void test_att_022_after_a_restart(void **state)
{
	(void)state;
	bonded(BLE_ROLE_PERIPHERAL, &both_sign);
	unsigned saves = p.saves;
	assert_true(writes(SIGNED, "a", 0));
	assert_true(writes(SIGNED, "b", 1));
	assert_int_equal(p.saves, saves + 2);
	restart(&both_sign); /* no farewell: nothing more was saved */
	assert_false(writes(SIGNED, "a", 0));
	assert_false(writes(SIGNED, "b", 1));
	assert_true(writes(SIGNED, "c", 2)); /* and none that is new is lost */
	restart(&both_sign);
	assert_false(writes(SIGNED, "c", 2));
	p.store_err = BLE_EIO;
	assert_false(writes(SIGNED, "d", 3)); /* what could not be kept is not acted upon */
	assert_int_equal(last(BLE_EV_ERROR)->error.operation, BLE_OP_BONDS);
	assert_int_equal(last(BLE_EV_ERROR)->error.err, BLE_EIO);
	p.store_err = 0;
	assert_true(writes(SIGNED, "d", 3));
	peer_disconnect(&p);
	fake_end(&p.f);
}

/* A record that is damaged, another bond's, or not there: nobody can tell what is new. */
static void test_att_022_lost_counters(void **state)
{
	(void)state;
	bonded(BLE_ROLE_PERIPHERAL, &both_sign);
	assert_true(writes(SIGNED, "a", 0));
	struct peer_item whole = *peer_item(&p, BLE_STORE_SIGNING);
	for (int bit = 0; bit < 8 * whole.len; bit++) {
		*peer_item(&p, BLE_STORE_SIGNING) = whole;
		peer_item(&p, BLE_STORE_SIGNING)->data[bit / 8] ^= (uint8_t)(1u << bit % 8);
		restart(&both_sign);
		assert_false(writes(SIGNED, "b", 1));
		assert_int_equal(last(BLE_EV_ERROR)->error.err, BLE_EBADPDU);
		assert_int_equal(ble_client_write_signed(p.f.host, id, 1, "x", 1), BLE_ENOENT);
	}
	for (int len = 1; len < whole.len; len++) {
		*peer_item(&p, BLE_STORE_SIGNING) = whole;
		peer_item(&p, BLE_STORE_SIGNING)->len = len;
		restart(&both_sign);
		assert_false(writes(SIGNED, "b", 1));
	}
	memset(peer_item(&p, BLE_STORE_SIGNING), 0, sizeof whole);
	restart(&both_sign);
	assert_false(writes(SIGNED, "b", 1));
	/* pairing anew helps, and begins anew */
	pair();
	peer_disconnect(&p);
	connect(BLE_ROLE_PERIPHERAL);
	assert_true(writes(SIGNED, "b", 0));
	/* the record of an older bond is none of this one's */
	struct peer_item old = *peer_item(&p, BLE_STORE_SIGNING);
	pair();
	*peer_item(&p, BLE_STORE_SIGNING) = old;
	restart(&both_sign);
	assert_false(writes(SIGNED, "b", 5));
	peer_disconnect(&p);
	fake_end(&p.f);
}

/* With the bond goes all that was kept of it. */
static void test_removed(void **state)
{
	(void)state;
	bonded(BLE_ROLE_PERIPHERAL, &both_sign);
	assert_non_null(peer_item(&p, BLE_STORE_SIGNING));
	assert_int_equal(ble_bond_remove(p.f.host, &p.smp.identity), 0);
	peer_run(&p);
	assert_null(peer_item(&p, BLE_STORE_SIGNING));
	connect(BLE_ROLE_PERIPHERAL);
	assert_false(writes(SIGNED, "a", 0));
	peer_disconnect(&p);
	fake_end(&p.f);
}

/* Without a store a bond lives as long as the host, and so do its counters. */
static void test_no_store(void **state)
{
	(void)state;
	peer_init(&p);
	host(&both_sign);
	p.f.platform.load = NULL;
	p.f.platform.save = NULL;
	p.f.platform.erase = NULL;
	connect(BLE_ROLE_PERIPHERAL);
	pair();
	peer_disconnect(&p);
	connect(BLE_ROLE_PERIPHERAL);
	assert_true(writes(SIGNED, "a", 0));
	assert_false(writes(SIGNED, "a", 0));
	peer_disconnect(&p);
	fake_end(&p.f);
}

static void set_counters(uint32_t theirs, uint32_t ours)
{
	struct peer_item *item = peer_item(&p, BLE_STORE_SIGNING);
	assert_int_equal(item->len, 17);
	le32_put(item->data + 5, theirs);
	le32_put(item->data + 9, ours);
	uint32_t crc = UINT32_MAX; /* CRC-32 of IEEE 802.3, by its definition */
	for (unsigned i = 0; i < 13; i++) {
		crc ^= item->data[i];
		for (unsigned k = 0; k < 8; k++)
			crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320u : 0);
	}
	le32_put(item->data + 13, ~crc);
}

/* Numbers come to an end, and do not begin again. */
static void test_att_022_the_last_counter(void **state)
{
	(void)state;
	bonded(BLE_ROLE_PERIPHERAL, &both_sign);
	set_counters(UINT32_MAX - 2, UINT32_MAX - 2);
	restart(&both_sign);
	assert_true(writes(SIGNED, "a", UINT32_MAX - 1));
	assert_false(writes(SIGNED, "a", UINT32_MAX - 1));
	assert_false(writes(SIGNED, "a", UINT32_MAX));
	assert_false(writes(SIGNED, "a", 0));
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(ble_client_write_signed(p.f.host, id, 1, "x", 1), 0);
		fake_pump(&p.f);
		assert_int_equal(le32_get(fake_sent(&p.f)->data + 9 + 4), UINT32_MAX - 2 + i);
		fake_completed(&p.f, PEER_HANDLE, 1);
	}
	assert_int_equal(ble_client_write_signed(p.f.host, id, 1, "x", 1), BLE_ESTATE);
	restart(&both_sign);
	assert_int_equal(ble_client_write_signed(p.f.host, id, 1, "x", 1), BLE_ESTATE);
	peer_disconnect(&p);
	fake_end(&p.f);
}

/* A command has no turn: it may come while a request waits for its answer. */
static void test_amid_a_request(void **state)
{
	enum { READ = 7 }; /* octets of a Read with its L2CAP header */
	(void)state;
	bonded(BLE_ROLE_PERIPHERAL, &both_sign);
	struct pdu w = by(p.ours.csrk, SIGNED, "now", 3, 0);
	struct ble_event ev;
	p.f.in.packets[p.f.in.tail++ % FAKE_QUEUE] = (struct fake_packet){ 5 + READ,
		{ 2, PEER_HANDLE, 0x20, READ, 0, 3, 0, 4, 0, 0x0A, SIGNED, 0 } };
	ble_host_run(p.f.host, p.f.now_us);
	while (ble_host_poll(p.f.host, &ev) && ev.type != BLE_EV_READ)
		;
	uint32_t token = ev.read.token;
	assert_int_equal(ble_server_defer(p.f.host, token), 0);
	assert_true(taken(&w));
	check_written("now", BLE_WRITTEN_SIGNED);
	assert_int_equal(ble_server_reply(p.f.host, token, 0, "r", 1), 0);
	fake_pump(&p.f);
	assert_int_equal(fake_sent(&p.f)->data[9], 0x0B);
	fake_completed(&p.f, PEER_HANDLE, 1);
	peer_disconnect(&p);
	fake_end(&p.f);
}

/* Parts come in any order, while a link is up as well. */
static void test_order(void **state)
{
	static const struct ble_part *const orders[][4] = {
		{ &ble_signing, &ble_pairing, &ble_bare_server, &ble_client },
		{ &ble_pairing, &ble_bare_server, &ble_client, &ble_signing },
		{ &ble_bare_server, &ble_signing, &ble_client, &ble_pairing },
	};
	(void)state;
	for (unsigned i = 0; i < sizeof orders / sizeof orders[0]; i++) {
		peer_init(&p);
		peer_host(&p, (struct ble_host_config){ .parts = BLE_PARTS(&ble_peripheral), .bonds = 4, .rooms = BLE_ROOMS(
			&ble_signing_room, &ble_pairing_room, &ble_bare_server_room, &ble_client_room) });
		connect(BLE_ROLE_PERIPHERAL);
		for (unsigned k = 0; k < 4; k++)
			assert_int_equal(ble_host_attach(p.f.host, orders[i][k]), 0);
		assert_int_equal(ble_pairing_set(p.f.host, &both_sign), 0);
		assert_int_equal(ble_server_add(p.f.host, &service, NULL), 0);
		peer_run(&p);
		pair();
		peer_disconnect(&p);
		connect(BLE_ROLE_PERIPHERAL);
		assert_true(writes(SIGNED, "a", 0));
		assert_false(writes(SIGNED, "a", 0));
		assert_int_equal(ble_client_write_signed(p.f.host, id, 1, "x", 1), 0);
		fake_pump(&p.f);
		assert_int_equal(fake_sent(&p.f)->data[9], 0xD2);
		fake_completed(&p.f, PEER_HANDLE, 1);
		peer_disconnect(&p);
		fake_end(&p.f);
	}
}

static uint8_t answer(const void *pdu, size_t len)
{
	uint8_t rsp[64];
	assert_true(peer_att(&p, pdu, len, rsp, sizeof rsp) > 0);
	return rsp[0] == 0x01 ? rsp[4] : 0;
}

/* Vol 3 Part G 2.5.2.1: the commands of a client that does not know the database are passed over, and say nothing. */
static void test_unaware(void **state)
{
	enum { FEATURES = 13 }; /* in the GATT service */
	uint16_t first;
	(void)state;
	peer_init(&p);
	peer_host(&p, (struct ble_host_config){ .bonds = 4,
		.parts = BLE_PARTS(&ble_peripheral, &ble_caching, &ble_server, &ble_pairing, &ble_signing) });
	assert_int_equal(ble_pairing_set(p.f.host, &both_sign), 0);
	assert_int_equal(ble_server_add(p.f.host, &service, &first), 0);
	uint8_t handle = (uint8_t)(first + SIGNED - 1), read[] = { 0x0A, 3, 0 }; /* GAP's device name */
	connect(BLE_ROLE_PERIPHERAL);
	pair();
	peer_disconnect(&p);
	connect(BLE_ROLE_PERIPHERAL);
	assert_int_equal(answer("\x12\x0D\x00\x01", 4), 0);
	_Static_assert(FEATURES == 0x0D, "the handle above");
	assert_true(writes(handle, "a", 0));
	assert_int_equal(ble_server_add(p.f.host, &late, NULL), 0);
	peer_run(&p);
	assert_false(writes(handle, "b", 1));
	assert_int_equal(answer(read, sizeof read), 0x12); /* Database Out Of Sync */
	assert_false(writes(handle, "b", 1)); /* no request: the client may not have seen that yet */
	assert_int_equal(answer(read, sizeof read), 0);
	assert_true(writes(handle, "b", 1));
	peer_disconnect(&p);
	fake_end(&p.f);
}

/* -- ours ------------------------------------------------------------------------------------------------------------ */

/* What the host has sent is signed with the key that it has given to the peer, and counted so. */
static void check_signed(uint16_t handle, const char *value, uint32_t counter)
{
	size_t len = strlen(value);
	fake_pump(&p.f);
	const struct fake_packet *packet = fake_sent(&p.f);
	struct pdu want = by(p.theirs.csrk, handle, value, len, counter);
	assert_int_equal(packet->len, 9 + want.len);
	assert_memory_equal(packet->data + 9, want.octets, want.len);
	fake_completed(&p.f, PEER_HANDLE, 1);
}

static void test_sending(void **state)
{
	(void)state;
	for (uint8_t role = 0; role < 2; role++) {
		bonded(role, &both_sign);
		unsigned saves = p.saves;
		for (uint32_t i = 0; i < 130; i++) {
			assert_int_equal(ble_client_write_signed(p.f.host, id, 0x0102, "hi", 2), 0);
			check_signed(0x0102, "hi", i);
		}
		assert_int_equal(p.saves, saves + 3); /* one for 64 */
		assert_int_equal(count(BLE_EV_DONE), 0);
		peer_disconnect(&p);
		host(&both_sign);
		connect(role);
		assert_int_equal(ble_client_write_signed(p.f.host, id, 1, "", 0), 0);
		check_signed(1, "", 192); /* none is used twice */
		peer_disconnect(&p);
		fake_end(&p.f);
	}
}

static void test_sending_refused(void **state)
{
	struct ble_pairing_params params = both_sign;
	const uint8_t longest[9] = { 0 }; /* ATT_MTU is 23: 8 octets beside head and signature */
	(void)state;
	bonded(BLE_ROLE_CENTRAL, &both_sign);
	assert_int_equal(ble_client_write_signed(p.f.host, id, 1, longest, 9), BLE_ETOOBIG);
	assert_int_equal(ble_host_fault(p.f.host)->max, 8);
	assert_int_equal(ble_client_write_signed(p.f.host, id, 0, "a", 1), BLE_EINVAL);
	assert_int_equal(ble_client_write_signed(p.f.host, id + 1, 1, "a", 1), BLE_ECONN);
	p.store_err = BLE_EIO;
	assert_int_equal(ble_client_write_signed(p.f.host, id, 1, longest, 8), BLE_EIO);
	p.store_err = 0;
	fake_silent(&p.f);
	assert_int_equal(ble_client_write_signed(p.f.host, id, 1, "a", 1), 0);
	check_signed(1, "a", 0); /* nothing had gone out */
	assert_int_equal(ble_conn_secure(p.f.host, id, false), 0);
	assert_int_equal(ble_client_write_signed(p.f.host, id, 1, "a", 1), BLE_EBUSY); /* while the link is being encrypted */
	peer_run(&p);
	assert_int_equal(ble_client_write_signed(p.f.host, id, 1, longest, 9), 0);
	fake_pump(&p.f);
	const struct fake_packet *packet = fake_sent(&p.f);
	assert_int_equal(packet->data[9], 0x52); /* Vol 3 Part G 4.9.2 */
	assert_int_equal(packet->len, 9 + 3 + 9);
	fake_completed(&p.f, PEER_HANDLE, 1);
	peer_disconnect(&p);
	fake_end(&p.f);

	params.initiator_keys = BLE_KEY_ENC | BLE_KEY_ID;
	bonded(BLE_ROLE_CENTRAL, &params);
	assert_int_equal(ble_client_write_signed(p.f.host, id, 1, "a", 1), BLE_ENOENT);
	peer_disconnect(&p);
	fake_end(&p.f);

	peer_init(&p);
	peer_host(&p, (struct ble_host_config){ .parts = BLE_PARTS(&ble_central, &ble_client, &ble_pairing) });
	connect(BLE_ROLE_CENTRAL);
	assert_int_equal(ble_client_write_signed(p.f.host, id, 1, "a", 1), BLE_ENOTSUP);
	peer_disconnect(&p);
	peer_host(&p, (struct ble_host_config){ .parts = BLE_PARTS(&ble_central, &ble_client, &ble_bare_server, &ble_signing) });
	id = peer_connect(&p, BLE_ROLE_CENTRAL, &p.smp.identity);
	assert_int_equal(ble_client_write_signed(p.f.host, id, 1, "a", 1), BLE_ENOTSUP);
	assert_int_equal(ble_server_add(p.f.host, &service, NULL), 0);
	assert_false(writes(SIGNED, "a", 0)); /* there is nobody to have a key */
	p.up = false;
	fake_disconnected(&p.f, PEER_HANDLE, 0x13);
	fake_end(&p.f);
}

/* -- mode 2 ---------------------------------------------------------------------------------------------------------- */

/* It asks the peer for its key by itself, in either role, and gives none of ours that was not asked for. */
static void test_the_key_is_asked_for(void **state)
{
	struct ble_pairing_params params = { .bonding = true, .level = BLE_LEVEL_SIGNED, .on_demand = true };
	(void)state;
	for (uint8_t role = 0; role < 2; role++) {
		bonded(role, &params);
		assert_true(p.ours.have & SMP_DIST_SIGN);
		assert_false(p.theirs.have & SMP_DIST_SIGN);
		assert_int_equal(p.asked, 0); /* reading wants nothing: no Security Request */
		assert_true(writes(SIGNED, "a", 0));
		peer_disconnect(&p);
		fake_end(&p.f);
	}
}

static void test_mode_2_refused(void **state)
{
	struct ble_pairing_params params = { .level = BLE_LEVEL_SIGNED };
	(void)state;
	peer_init(&p);
	host(&both_sign);
	assert_int_equal(ble_pairing_set(p.f.host, &params), BLE_EINVAL);
	assert_string_equal(ble_host_fault(p.f.host)->subject, "bonding");
	params.bonding = true;
	assert_int_equal(ble_pairing_set(p.f.host, &params), 0);
	params.level = BLE_LEVEL_SIGNED_AUTHENTICATED;
	assert_int_equal(ble_pairing_set(p.f.host, &params), BLE_EINVAL); /* nobody could be authenticated */
	assert_string_equal(ble_host_fault(p.f.host)->subject, "capabilities");
	params.level = BLE_LEVEL_SIGNED_AUTHENTICATED + 1;
	assert_int_equal(ble_pairing_set(p.f.host, &params), BLE_ERANGE);
	peer_host(&p, (struct ble_host_config){ .parts = BLE_PARTS(&ble_bare_server, &ble_pairing) });
	params.level = BLE_LEVEL_SIGNED;
	assert_int_equal(ble_pairing_set(p.f.host, &params), BLE_ENOTSUP);
	assert_string_equal(ble_host_fault(p.f.host)->hint, "security mode 2, signed data, needs the part ble_signing");
	fake_end(&p.f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_taken),
		TEST(test_att_022_passed_over),
		TEST(test_att_022_no_key),
		TEST(test_att_022_encrypted),
		TEST(test_att_022_levels),
		TEST(test_att_022_after_a_restart),
		TEST(test_att_022_lost_counters),
		TEST(test_removed),
		TEST(test_no_store),
		TEST(test_att_022_the_last_counter),
		TEST(test_amid_a_request),
		TEST(test_order),
		TEST(test_unaware),
		TEST(test_sending),
		TEST(test_sending_refused),
		TEST(test_the_key_is_asked_for),
		TEST(test_mode_2_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
