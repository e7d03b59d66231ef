/*
 * Security as a program sees it: two devices of the module pair over the simulated air in every way there is; what a link
 * of each kind may do with an attribute of each level is asked operation by operation; a bond encrypts the next link, and
 * brings subscriptions back; what is weaker than asked for is refused.
 */
#include "module_kit.h"

static const struct ble_format percent = { 0x04, 0, 0x27AD, 1, 0 };
static struct ble_characteristic state = { .uuid = 0xA002, .size = 4, .descriptor = "state", .format = &percent,
	.permission = BLE_READ | BLE_WRITE | BLE_WRITE_WO | BLE_NOTIFY | BLE_WRITE_RELIABLE };
static struct ble_characteristic other = { .uuid = 0xA004, .size = 4, .permission = BLE_READ | BLE_NOTIFY };
static struct ble_service guarded = { .uuid = 0xA001, .characteristics = BLE_LIST(&state) };
static struct ble_service open_service = { .uuid = 0xA003, .level = 1, .characteristics = BLE_LIST(&other) };
static struct ble_characteristic late_value = { .uuid = 0xA006, .size = 1, .permission = BLE_READ };
static struct ble_service late = { .uuid = 0xA005, .characteristics = BLE_LIST(&late_value) };

static const struct ble_way *const all_ways[] = { &ble_legacy_pairing, &ble_passkey_entry, &ble_numeric_comparison,
	&ble_out_of_band, NULL };

static struct ble_characteristic button = { .uuid = 0xA008, .size = 2, .permission = BLE_READ | BLE_WRITE | BLE_WRITE_SIGNED };
static struct ble_service signing = { .uuid = 0xA007, .characteristics = BLE_LIST(&button) };

static const struct ble_part *const lock_parts[] = { &ble_pairing, &ble_prepared, &ble_multiple, &ble_signing, NULL };

static void begin(struct duo *duo, uint64_t seed, const struct ble_security_params *lock,
	const struct ble_security_params *phone, uint8_t level)
{
	duo_begin(duo, seed, lock_parts);
	assert_int_equal(ble_add_service(duo->lock.ble, &guarded), 0);
	assert_int_equal(ble_add_service(duo->lock.ble, &open_service), 0);
	assert_int_equal(ble_gap(duo->lock.ble, &(struct ble_gap_params){ .security_level = level }), 0);
	assert_int_equal(ble_security(duo->lock.ble, lock), 0);
	assert_int_equal(ble_security(duo->phone.ble, phone), 0);
	duo_start(duo);
	duo_connect(duo);
}

/* -- every association model: Vol 3 Part H 2.3.5.1, table 2.8 ------------------------------------------------------ */

struct model {
	const char *name;
	uint8_t lock, phone; /* capabilities */
	uint8_t scheme;
	uint8_t level; /* reached */
	uint8_t lock_shows, phone_shows, compares, lock_enters, phone_enters; /* events of users, how many */
};

static const struct model models[] = {
	{ "just works", BLE_CAP_NONE, BLE_CAP_KEYBOARD_DISPLAY, 0, 2, 0, 0, 0, 0, 0 },
	{ "just works, legacy", BLE_CAP_NONE, BLE_CAP_NONE, BLE_AUTH_LEGACY, 2, 0, 0, 0, 0, 0 },
	{ "numeric comparison", BLE_CAP_DISPLAY_YES_NO, BLE_CAP_DISPLAY_YES_NO, BLE_AUTH_MITM, 4, 0, 0, 2, 0, 0 },
	{ "passkey shown by the lock", BLE_CAP_DISPLAY_ONLY, BLE_CAP_KEYBOARD_ONLY, BLE_AUTH_MITM, 4, 1, 0, 0, 0, 1 },
	{ "passkey shown by the phone", BLE_CAP_KEYBOARD_ONLY, BLE_CAP_DISPLAY_ONLY, BLE_AUTH_MITM, 4, 0, 1, 0, 1, 0 },
	{ "passkey, legacy", BLE_CAP_DISPLAY_ONLY, BLE_CAP_KEYBOARD_DISPLAY, BLE_AUTH_MITM | BLE_AUTH_LEGACY, 3, 1, 0, 0, 0, 1 },
};

static void test_models(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < sizeof models / sizeof models[0]; i++) {
		const struct model *m = &models[i];
		struct duo duo;
		begin(&duo, i + 1,
			&(struct ble_security_params){ .ways = all_ways, .capabilities = m->lock, .bonding = BLE_AUTH_BOND,
				.scheme = m->scheme },
			&(struct ble_security_params){ .ways = all_ways, .capabilities = m->phone, .bonding = BLE_AUTH_BOND,
				.scheme = m->scheme },
			1);
		assert_int_equal(duo_pair(&duo), 0);
		const struct duo_device *l = &duo.lock, *p = &duo.phone;
		if (duo_level(l) != m->level || duo_level(p) != m->level)
			fail_msg("%s: levels %u and %u, not %u", m->name, duo_level(l), duo_level(p), m->level);
		assert_int_equal(l->count[BLE_EV_PASSKEY], m->lock_shows);
		assert_int_equal(p->count[BLE_EV_PASSKEY], m->phone_shows);
		assert_int_equal(l->count[BLE_EV_COMPARE] + p->count[BLE_EV_COMPARE], m->compares);
		assert_int_equal(l->count[BLE_EV_PASSKEY_WANTED], m->lock_enters);
		assert_int_equal(p->count[BLE_EV_PASSKEY_WANTED], m->phone_enters);
		if (m->compares)
			assert_int_equal(l->last[BLE_EV_COMPARE].passkey.number, p->last[BLE_EV_COMPARE].passkey.number);
		assert_true(l->last[BLE_EV_PAIRED].paired.bonded && p->last[BLE_EV_PAIRED].paired.bonded);
		assert_int_equal(l->last[BLE_EV_PAIRED].paired.level, m->level);
		duo_end(&duo);
	}
}

static void exchange(struct duo *duo, bool both)
{
	struct ble_oob data = { .peer = { 0 } };
	assert_int_equal(ble_oob_data(duo->lock.ble), 0);
	(void)duo_expect(duo, &duo->lock, BLE_EV_OOB);
	memcpy(data.r, duo->lock.oob_r, 16);
	memcpy(data.c, duo->lock.oob_c, 16);
	assert_int_equal(ble_set_oob_data(duo->phone.ble, &data, false), 0);
	if (!both)
		return;
	assert_int_equal(ble_oob_data(duo->phone.ble), 0);
	(void)duo_expect(duo, &duo->phone, BLE_EV_OOB);
	memcpy(data.r, duo->phone.oob_r, 16);
	memcpy(data.c, duo->phone.oob_c, 16);
	assert_int_equal(ble_set_oob_data(duo->lock.ble, &data, false), 0);
}

/* Secure Connections want the data of one side at least; legacy pairing one secret on both. */
static void test_out_of_band(void **unused)
{
	(void)unused;
	struct ble_oob tk = { .tk = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 } };
	for (unsigned how = 0; how < 4; how++) {
		struct duo duo;
		const struct ble_security_params params = { .ways = all_ways, .bonding = BLE_AUTH_BOND,
			.scheme = how > 1 ? BLE_AUTH_MITM | BLE_AUTH_LEGACY : BLE_AUTH_MITM };
		begin(&duo, 20 + how, &params, &params, 1);
		if (how < 2)
			exchange(&duo, how);
		else
			assert_int_equal(ble_set_oob_data(duo.lock.ble, &tk, true), 0);
		if (how == 2)
			assert_int_equal(ble_set_oob_data(duo.phone.ble, &tk, true), 0);
		if (how == 3) { /* the phone has none: nothing protects */
			assert_int_equal(duo_pair(&duo), 0x03);
			assert_int_equal(duo_level(&duo.phone), 1);
		} else {
			assert_int_equal(duo_pair(&duo), 0);
			assert_int_equal(duo_level(&duo.phone), how < 2 ? 4 : 3);
		}
		duo_end(&duo);
	}
}

/* -- the reference table: Vol 3 Part C 10.3.1, table 10.2 ---------------------------------------------------------- */

enum { OPEN = 0, AUTHENTICATION = 0x05, KEY_SIZE = 0x0C, ENCRYPTION = 0x0F }; /* Vol 3 Part F 3.4.1.1 */

struct link_state {
	const char *name;
	uint8_t scheme, key_size;
	bool passkey; /* else Just Works */
	bool pairs, comes_back; /* comes_back: another link of the bonded peer, which does not encrypt */
	uint8_t answer[5]; /* by level */
};

static const struct link_state states[] = {
	{ "no key", 0, 16, false, false, false, { 0, OPEN, AUTHENTICATION, AUTHENTICATION, AUTHENTICATION } },
	{ "a key of level 2, not encrypted", 0, 16, false, true, true,
		{ 0, OPEN, ENCRYPTION, AUTHENTICATION, AUTHENTICATION } },
	{ "a key of level 4, not encrypted", 0, 16, true, true, true, { 0, OPEN, ENCRYPTION, ENCRYPTION, ENCRYPTION } },
	{ "just works", 0, 16, false, true, false, { 0, OPEN, OPEN, AUTHENTICATION, AUTHENTICATION } },
	{ "passkey, legacy", BLE_AUTH_LEGACY, 16, true, true, false, { 0, OPEN, OPEN, OPEN, AUTHENTICATION } },
	{ "passkey, short key", 0, 7, true, true, false, { 0, OPEN, OPEN, OPEN, KEY_SIZE } },
	{ "passkey", 0, 16, true, true, false, { 0, OPEN, OPEN, OPEN, OPEN } },
};

static void check(int got, uint8_t want, const struct link_state *s, uint8_t level, const char *operation)
{
	if (got != (want ? BLE_EATT(want) : 0))
		fail_msg("%s, level %u, %s: %d, not %s0x%02x", s->name, level, operation, got, want ? "ATT error " : "", want);
}

static struct ble_host *host_of(struct duo *duo)
{
	return ble_host(duo->phone.ble);
}

static void read_everything(struct duo *duo, const struct link_state *s, uint8_t level, uint8_t want)
{
	struct ble_host *h = host_of(duo);
	ble_conn_id c = duo->phone.conn;
	uint16_t at = state.handle, both[2] = { state.handle, other.handle };
	static const uint8_t uuid[2] = { 0x02, 0xA0 };
	check(duo_read(duo, at), want, s, level, "read");
	check(duo_done(duo, ble_client_read_uuid(h, c, 1, 0xFFFF, uuid, 2)), want, s, level, "read by UUID");
	check(duo_done(duo, ble_client_read_multiple(h, c, both, 2)), want, s, level, "read multiple");
	check(duo_done(duo, ble_client_read_multiple_variable(h, c, both, 2)), want, s, level, "read multiple variable");
	check(duo_read(duo, (uint16_t)(at + 3)), want, s, level, "read 0x2901");
	check(duo_read(duo, (uint16_t)(at + 4)), want, s, level, "read 0x2904");
	check(duo_read(duo, (uint16_t)(at - 1)), OPEN, s, level, "read the declaration");
	check(duo_read(duo, (uint16_t)(at + 1)), OPEN, s, level, "read the CCCD");
	check(duo_read(duo, (uint16_t)(at + 2)), OPEN, s, level, "read 0x2900");
	check(duo_read(duo, 3), OPEN, s, level, "read the device's name");
	check(duo_read(duo, other.handle), OPEN, s, level, "read of an open service");
}

static void write_everything(struct duo *duo, const struct link_state *s, uint8_t level, uint8_t want)
{
	struct ble_host *h = host_of(duo);
	ble_conn_id c = duo->phone.conn;
	uint8_t value = level, stored = 0xEE;
	const struct ble_client_value prepared = { .handle = state.handle, .len = 1, .data = &value };
	assert_int_equal(ble_set_value(duo->lock.ble, &state, &stored, 1), 0);
	check(duo_write(duo, state.handle, &value, 1), want, s, level, "write");
	assert_int_equal(ble_get_value(duo->lock.ble, &state, &stored, 1), 1);
	assert_int_equal(stored, want ? 0xEE : level);
	value = (uint8_t)(level + 10);
	check(duo_done(duo, ble_client_write_reliable(h, c, &prepared, 1)), want, s, level, "prepared write");
	assert_int_equal(ble_get_value(duo->lock.ble, &state, &stored, 1), 1);
	assert_int_equal(stored, want ? 0xEE : value);
	value = (uint8_t)(level + 20);
	assert_int_equal(ble_client_write_command(h, c, state.handle, &value, 1), 0);
	check(duo_write(duo, (uint16_t)(state.handle + 1), "\x01\x00", 2), want, s, level, "write the CCCD");
	assert_int_equal(ble_get_value(duo->lock.ble, &state, &stored, 1), 1); /* the command was before */
	assert_int_equal(stored, want ? 0xEE : value);
	check(duo_write(duo, (uint16_t)(other.handle + 1), "\x00\x00", 2), OPEN, s, level, "write the CCCD of an open service");
}

/* The phone subscribed when the level was 1. */
static void notify(struct duo *duo, const struct link_state *s, uint8_t level, uint8_t want)
{
	unsigned before = duo->phone.count[BLE_EV_NOTIFIED];
	assert_int_equal(ble_set_value(duo->lock.ble, &state, "told", 4), 0);
	int err = ble_notify(duo->lock.ble, &state, duo->lock.conn, "only", 4);
	assert_int_equal(err, want ? BLE_ENOENT : 0);
	const struct ble_notification many = { .value_handle = state.handle, .len = 4, .data = "many" };
	assert_int_equal(ble_server_notify_many(ble_host(duo->lock.ble), duo->lock.conn, &many, 1), want ? BLE_ENOENT : 1);
	assert_int_equal(ble_set_value(duo->lock.ble, &other, "open", 4), 0);
	duo_pass(duo, 500);
	unsigned came = duo->phone.count[BLE_EV_NOTIFIED] - before;
	if (came != (want ? 1 : 4))
		fail_msg("%s, level %u: %u notifications", s->name, level, came);
}

static struct ble_security_params params_of(const struct link_state *s, uint8_t capabilities)
{
	return (struct ble_security_params){ .ways = all_ways, .capabilities = s->passkey ? capabilities : BLE_CAP_NONE,
		.bonding = BLE_AUTH_BOND, .scheme = (uint8_t)(s->scheme | (s->passkey ? BLE_AUTH_MITM : 0)),
		.key_size = s->key_size };
}

static void set_level(struct duo *duo, uint8_t level)
{
	assert_int_equal(ble_gap(duo->lock.ble, &(struct ble_gap_params){ .security_level = level }), 0);
}

static void test_table(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
		const struct link_state *s = &states[i];
		const struct ble_security_params lock = params_of(s, BLE_CAP_DISPLAY_ONLY),
						 phone = params_of(s, BLE_CAP_KEYBOARD_ONLY);
		struct duo duo;
		begin(&duo, 40 + i, &lock, &phone, 1);
		if (s->pairs)
			assert_int_equal(duo_pair(&duo), 0);
		if (s->comes_back) {
			struct ble_addr bond;
			duo_leave(&duo);
			assert_int_equal(ble_bonded(duo.phone.ble, &bond, 1), 1);
			assert_int_equal(ble_remove_bonded(duo.phone.ble, &bond), 0);
			duo_connect(&duo);
		}
		/* The levels to come are those of this link, and no more is wanted of its pairings. */
		assert_int_equal(ble_security(duo.lock.ble,
					 &(struct ble_security_params){ .ways = all_ways,
						 .capabilities = BLE_CAP_DISPLAY_ONLY, .bonding = BLE_AUTH_BOND }),
			0);
		for (uint8_t level = 1; level <= 4; level++) {
			set_level(&duo, 1);
			assert_int_equal(duo_write(&duo, (uint16_t)(state.handle + 1), "\x01\x00", 2), 0);
			assert_int_equal(duo_write(&duo, (uint16_t)(other.handle + 1), "\x01\x00", 2), 0);
			set_level(&duo, level);
			notify(&duo, s, level, s->answer[level]);
			set_level(&duo, 1);
			assert_int_equal(duo_write(&duo, (uint16_t)(state.handle + 1), "\x00\x00", 2), 0);
			set_level(&duo, level);
			read_everything(&duo, s, level, s->answer[level]);
			write_everything(&duo, s, level, s->answer[level]);
		}
		duo_end(&duo);
	}
}

/* -- bonds --------------------------------------------------------------------------------------------------------- */

static unsigned place_of(const struct duo_device *d, uint8_t type)
{
	unsigned i = 0;
	while (i < d->ordered && d->order[i] != type)
		i++;
	return i;
}

/* Two devices with a bond, the phone subscribed to the guarded value and to Service Changed, whose handle is returned. */
static uint16_t begin_bonded(struct duo *duo, uint64_t seed, uint8_t level)
{
	const struct ble_security_params params = { .bonding = BLE_AUTH_BOND };
	begin(duo, seed, &params, &params, level);
	assert_int_equal(duo_pair(duo), 0);
	assert_int_equal(duo_write(duo, (uint16_t)(state.handle + 1), "\x01\x00", 2), 0);
	static const uint8_t uuid[2] = { 0x05, 0x2A };
	assert_int_equal(duo_done(duo, ble_client_characteristics_by_uuid(host_of(duo), duo->phone.conn, 1, 0xFFFF, uuid, 2)), 0);
	uint16_t changed = duo->phone.last[BLE_EV_CHARACTERISTIC].characteristic.value_handle;
	assert_int_equal(duo_write(duo, (uint16_t)(changed + 1), "\x02\x00", 2), 0);
	duo_leave(duo);
	duo->lock.ordered = duo->phone.ordered = 0;
	return changed;
}

static void test_a_bond_comes_back(void **unused)
{
	(void)unused;
	struct duo duo;
	struct ble_addr bonds[2], address;
	(void)begin_bonded(&duo, 60, 2);
	assert_int_equal(ble_bonded(duo.lock.ble, bonds, 2), 1);
	assert_int_equal(ble_host_address(host_of(&duo), &address), 0);
	assert_memory_equal(bonds[0].octets, address.octets, 6);
	unsigned paired = duo.phone.count[BLE_EV_PAIRED];
	duo_connect(&duo);
	assert_int_equal(ble_client_read(host_of(&duo), duo.phone.conn, state.handle), 0); /* asked at once */
	assert_int_equal(duo_expect(&duo, &duo.phone, BLE_EV_DONE)->done.err, 0);
	assert_int_equal(duo.phone.count[BLE_EV_PAIRED], paired);
	assert_int_equal(duo_level(&duo.lock), 2);
	duo_pass(&duo, 500);
	/* the lock's order: connected, encrypted, subscribed again; it had nothing to ask its user */
	assert_true(place_of(&duo.lock, BLE_EV_CONNECTED) < place_of(&duo.lock, BLE_EV_ENCRYPTED));
	assert_true(place_of(&duo.lock, BLE_EV_ENCRYPTED) < place_of(&duo.lock, BLE_EV_SUBSCRIBED));
	assert_ptr_equal(duo.lock.last[BLE_EV_SUBSCRIBED].subscribed.characteristic, &state);
	assert_int_equal(duo.lock.last[BLE_EV_SUBSCRIBED].subscribed.bits, 1);
	assert_int_equal(ble_set_value(duo.lock.ble, &state, "here", 4), 0);
	(void)duo_expect(&duo, &duo.phone, BLE_EV_NOTIFIED);
	assert_memory_equal(duo.phone.data, "here", 4);
	duo_end(&duo);
}

/* A stranger with the peer's address, or the peer itself without its key: nothing is notified, nothing is read. */
static void test_who_does_not_encrypt_gets_nothing(void **unused)
{
	(void)unused;
	struct duo duo;
	struct ble_addr bond;
	(void)begin_bonded(&duo, 61, 1);
	assert_int_equal(ble_bonded(duo.phone.ble, &bond, 1), 1);
	assert_int_equal(ble_remove_bonded(duo.phone.ble, &bond), 0);
	duo_connect(&duo);
	duo_pass(&duo, 1000);
	assert_int_equal(ble_set_value(duo.lock.ble, &state, "here", 4), 0);
	duo_pass(&duo, 1000);
	assert_int_equal(duo.phone.count[BLE_EV_NOTIFIED], 0);
	assert_int_equal(ble_server_subscribed(ble_host(duo.lock.ble), duo.lock.conn, state.handle), 0);
	duo_leave(&duo);
	assert_int_equal(ble_bonded(duo.lock.ble, NULL, 0), 1); /* and the lock keeps the bond */
	duo_end(&duo);
}

/* Its handles may mean something else: the subscriptions are gone, and the client is told why. */
static void test_another_database(void **unused)
{
	(void)unused;
	struct duo duo;
	uint16_t changed = begin_bonded(&duo, 62, 2);
	assert_int_equal(ble_add_service(duo.lock.ble, &late), 0);
	duo_connect(&duo);
	assert_int_equal(ble_client_service_changed(host_of(&duo), duo.phone.conn, changed), 0);
	(void)duo_expect(&duo, &duo.phone, BLE_EV_SERVICE_CHANGED);
	assert_int_equal(duo.phone.last[BLE_EV_SERVICE_CHANGED].service_changed.start, 1);
	assert_int_equal(duo.phone.last[BLE_EV_SERVICE_CHANGED].service_changed.end, 0xFFFF);
	assert_int_equal(duo.lock.count[BLE_EV_SUBSCRIBED], 1); /* the first time */
	assert_int_equal(ble_server_subscribed(ble_host(duo.lock.ble), duo.lock.conn, state.handle), 0);
	duo_leave(&duo); /* at once: nobody can say that the phone has taken it in */
	duo_connect(&duo);
	assert_int_equal(ble_client_service_changed(host_of(&duo), duo.phone.conn, changed), 0);
	duo_pass(&duo, 5000);
	assert_int_equal(duo.phone.count[BLE_EV_SERVICE_CHANGED], 2);
	duo_leave(&duo);
	duo_connect(&duo); /* it knows now */
	assert_int_equal(ble_client_service_changed(host_of(&duo), duo.phone.conn, changed), 0);
	duo_pass(&duo, 5000);
	assert_int_equal(duo.phone.count[BLE_EV_SERVICE_CHANGED], 2);
	duo_end(&duo);
}

static void test_a_bond_is_removed(void **unused)
{
	(void)unused;
	struct duo duo;
	struct ble_addr bond;
	(void)begin_bonded(&duo, 63, 2);
	duo_connect(&duo);
	(void)duo_expect(&duo, &duo.phone, BLE_EV_ENCRYPTED);
	assert_int_equal(ble_bonded(duo.lock.ble, &bond, 1), 1);
	assert_int_equal(ble_remove_bonded(duo.lock.ble, &bond), 0);
	assert_int_equal(duo_expect(&duo, &duo.phone, BLE_EV_DISCONNECTED)->disconnected.reason, 0x05);
	assert_int_equal(ble_bonded(duo.lock.ble, NULL, 0), 0);
	assert_int_equal(ble_remove_bonded(duo.lock.ble, &bond), 0); /* there is nothing */
	duo_pass(&duo, 500);
	unsigned lost = duo.phone.count[BLE_EV_ENCRYPTED];
	duo_connect(&duo); /* the phone has its key still, and learns that the lock has not */
	if (duo.phone.count[BLE_EV_ENCRYPTED] == lost)
		(void)duo_expect(&duo, &duo.phone, BLE_EV_ENCRYPTED);
	assert_int_equal(duo.phone.last[BLE_EV_ENCRYPTED].encrypted.err, BLE_EHCI(0x06));
	duo_end(&duo);
}

/* -- security mode 2: Vol 3 Part C 10.2.2 -------------------------------------------------------------------------- */

static uint8_t pressed(struct duo *duo)
{
	uint8_t octets[2] = { 0 };
	duo_pass(duo, 200);
	assert_int_equal(ble_get_value(duo->lock.ble, &button, octets, 2), 2);
	return octets[0];
}

static int sign(struct duo *duo, uint8_t first)
{
	return ble_client_write_signed(host_of(duo), duo->phone.conn, button.handle, (uint8_t[]){ first, 0 }, 2);
}

static void begin_signing(struct duo *duo, uint64_t seed, uint8_t level, uint8_t lock, uint8_t phone)
{
	const struct ble_security_params of_lock = { .ways = all_ways, .capabilities = lock, .bonding = BLE_AUTH_BOND };
	const struct ble_security_params of_phone = { .ways = all_ways, .capabilities = phone, .bonding = BLE_AUTH_BOND,
		.initiator = BLE_KEY_ENC | BLE_KEY_ID | BLE_KEY_SIGN, .on_demand = true };
	duo_begin(duo, seed, lock_parts);
	assert_int_equal(ble_gap(duo->lock.ble, &(struct ble_gap_params){ .security_mode = 2, .security_level = level }), 0);
	assert_int_equal(ble_security(duo->lock.ble, &of_lock), 0);
	assert_int_equal(ble_add_service(duo->lock.ble, &signing), 0);
	assert_int_equal(ble_security(duo->phone.ble, &of_phone), 0);
	duo_start(duo);
	duo_connect(duo);
}

/* A stranger reads, and writes nothing; a peer with a bond writes by signature, or over the encrypted link. */
static void test_mode_2(void **unused)
{
	(void)unused;
	for (uint8_t level = 1; level <= 2; level++) {
		struct duo duo;
		if (level == 1)
			begin_signing(&duo, 80, 1, BLE_CAP_NONE, BLE_CAP_NONE);
		else
			begin_signing(&duo, 81, 2, BLE_CAP_DISPLAY_ONLY, BLE_CAP_KEYBOARD_ONLY);
		duo_pass(&duo, 2000);
		assert_int_equal(duo.phone.count[BLE_EV_PAIRED], 0); /* nothing is asked of who only reads */
		assert_int_equal(duo_read(&duo, button.handle), 0);
		assert_int_equal(duo_write(&duo, button.handle, "\1", 2), BLE_EATT(AUTHENTICATION));
		assert_int_equal(sign(&duo, 1), BLE_ENOENT);
		assert_int_equal(duo_pair(&duo), 0);
		assert_int_equal(duo_level(&duo.lock), level == 1 ? 2 : 4);
		assert_int_equal(duo_write(&duo, button.handle, "\2", 2), 0);
		assert_int_equal(pressed(&duo), 2);
		assert_int_equal(sign(&duo, 3), 0); /* a Write Command stands for it */
		assert_int_equal(pressed(&duo), 3);
		for (uint8_t round = 0; round < 2; round++) {
			duo_leave(&duo);
			duo_connect(&duo);
			assert_int_equal(duo_write(&duo, button.handle, "\7", 2), BLE_EATT(ENCRYPTION));
			assert_int_equal(pressed(&duo), 3 + round);
			assert_int_equal(sign(&duo, (uint8_t)(4 + round)), 0);
			assert_int_equal(pressed(&duo), 4 + round);
			assert_int_equal(duo_level(&duo.lock), 1);
		}
		duo_end(&duo);
	}
}

/* -- what is weaker than asked for ----------------------------------------------------------------------------------- */

static void test_weaker_is_refused(void **unused)
{
	(void)unused;
	struct duo duo;
	const struct ble_security_params lock = { .ways = all_ways, .capabilities = BLE_CAP_DISPLAY_ONLY,
		.bonding = BLE_AUTH_BOND, .scheme = BLE_AUTH_MITM };
	begin(&duo, 70, &lock, &(struct ble_security_params){ .bonding = BLE_AUTH_BOND }, 3);
	unsigned before = duo.lock.count[BLE_EV_DISCONNECTED];
	int err = ble_conn_secure(host_of(&duo), duo.phone.conn, false);
	assert_true(err == 0 || err == BLE_EBUSY);
	if (!duo.lock.count[BLE_EV_PAIRED])
		(void)duo_expect(&duo, &duo.lock, BLE_EV_PAIRED);
	assert_int_equal(duo.lock.last[BLE_EV_PAIRED].paired.err, BLE_EREFUSED);
	assert_int_equal(duo.lock.last[BLE_EV_PAIRED].paired.reason, 0x03);
	if (duo.lock.count[BLE_EV_DISCONNECTED] == before)
		(void)duo_expect(&duo, &duo.lock, BLE_EV_DISCONNECTED);
	assert_int_equal(ble_bonded(duo.lock.ble, NULL, 0), 0);
	assert_int_equal(ble_bonded(duo.phone.ble, NULL, 0), 0);
	duo_end(&duo);
}

/* A wrong passkey may be a slip: the link stays, and the second attempt is a new one. */
static void test_a_wrong_passkey(void **unused)
{
	(void)unused;
	struct duo duo;
	const struct ble_security_params lock = { .ways = all_ways, .capabilities = BLE_CAP_DISPLAY_ONLY };
	const struct ble_security_params phone = { .ways = all_ways, .capabilities = BLE_CAP_KEYBOARD_ONLY };
	begin(&duo, 71, &lock, &phone, 3);
	duo.phone.refuses = true;
	assert_int_equal(duo_pair(&duo), 0x04);
	assert_int_equal(duo.lock.count[BLE_EV_DISCONNECTED], 0);
	assert_int_equal(duo_level(&duo.lock), 1);
	duo.phone.refuses = false;
	duo_pass(&duo, 10000); /* after a failure the peer has to wait: Vol 3 Part H 2.3.6 */
	assert_int_equal(duo_pair(&duo), 0);
	assert_int_equal(duo_level(&duo.lock), 4);
	duo_end(&duo);
}

static void test_not_the_same_number(void **unused)
{
	(void)unused;
	struct duo duo;
	const struct ble_security_params both = { .ways = all_ways, .capabilities = BLE_CAP_DISPLAY_YES_NO,
		.scheme = BLE_AUTH_MITM };
	begin(&duo, 72, &both, &both, 1);
	duo.lock.refuses = true;
	assert_int_equal(duo_pair(&duo), 0x0C);
	assert_int_equal(duo_level(&duo.phone), 1);
	duo_end(&duo);
}

/* A fixed passkey: shown by the lock, and known to the phone's program, whose user is not asked. */
static void test_a_fixed_passkey(void **unused)
{
	(void)unused;
	struct duo duo;
	const struct ble_security_params lock = { .ways = all_ways, .capabilities = BLE_CAP_DISPLAY_ONLY, .passkey = 271828 };
	const struct ble_security_params phone = { .ways = all_ways, .capabilities = BLE_CAP_KEYBOARD_ONLY,
		.passkey = 271828 };
	begin(&duo, 73, &lock, &phone, 3);
	assert_int_equal(duo_pair(&duo), 0);
	assert_int_equal(duo.lock.shown, 271828);
	assert_int_equal(duo.phone.count[BLE_EV_PASSKEY_WANTED], 0);
	assert_int_equal(duo_level(&duo.lock), 4);
	duo_end(&duo);
}

static void test_levels_out_of_reach(void **unused)
{
	(void)unused;
	struct duo duo;
	char why[200];
	duo_begin(&duo, 74, lock_parts);
	assert_int_equal(ble_gap(duo.lock.ble, &(struct ble_gap_params){ .security_level = 3 }), 0);
	assert_int_equal(ble_security(duo.lock.ble, &(struct ble_security_params){ 0 }), 0);
	assert_int_equal(ble_start(duo.lock.ble), BLE_EINVAL);
	assert_string_equal(ble_explain(duo.lock.ble, BLE_EINVAL, why, sizeof why),
		"capabilities: MITM protection needs a display, a keyboard or ble_out_of_band");
	assert_int_equal(ble_gap(duo.lock.ble, &(struct ble_gap_params){ .security_level = 4 }), 0);
	assert_int_equal(ble_security(duo.lock.ble, &(struct ble_security_params){ .ways = all_ways, .key_size = 15,
						    .capabilities = BLE_CAP_DISPLAY_ONLY }),
		0);
	assert_int_equal(ble_start(duo.lock.ble), BLE_EINVAL);
	assert_string_equal(ble_explain(duo.lock.ble, BLE_EINVAL, why, sizeof why),
		"level: level 4 needs Secure Connections and keys of 16 octets");
	ble_world_close(duo.lock.ble);
	ble_world_close(duo.phone.ble);
	ble_world_free(duo.world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_models),
		cmocka_unit_test(test_out_of_band),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_a_bond_comes_back),
		cmocka_unit_test(test_who_does_not_encrypt_gets_nothing),
		cmocka_unit_test(test_another_database),
		cmocka_unit_test(test_a_bond_is_removed),
		cmocka_unit_test(test_mode_2),
		cmocka_unit_test(test_weaker_is_refused),
		cmocka_unit_test(test_a_wrong_passkey),
		cmocka_unit_test(test_not_the_same_number),
		cmocka_unit_test(test_a_fixed_passkey),
		cmocka_unit_test(test_levels_out_of_reach),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
