/*
 * Attacks on values by links that are not what they should be: subscribing without the right to, being notified when it
 * has gone, coming back and not encrypting, and keys that are too short. What answers when is written from Vol 3 Part C
 * 10.3.1, table 10.2.
 */
#include "tests/attacks/guarded.h"

#include "base/le.h"

/* A link that is encrypted with a key of each kind (NOBODY: not at all), and what values of level 1..4 say. */
static const uint8_t encrypted_so[KINDS][4] = {
	[NOBODY] = { 0, 0x05, 0x05, 0x05 },
	[LEGACY_JUST] = { 0, 0, 0x05, 0x05 },
	[SC_JUST] = { 0, 0, 0x05, 0x05 },
	[LEGACY_USER] = { 0, 0, 0, 0x05 },
	[SC_USER] = { 0, 0, 0, 0 },
	[SC_SHORT] = { 0, 0, 0, 0x0C },
};
/* The same, of a peer with such a bond that has not encrypted. */
static const uint8_t only_known[KINDS][4] = {
	[NOBODY] = { 0, 0x05, 0x05, 0x05 },
	[LEGACY_JUST] = { 0, 0x0F, 0x05, 0x05 },
	[SC_JUST] = { 0, 0x0F, 0x05, 0x05 },
	[LEGACY_USER] = { 0, 0x0F, 0x0F, 0x05 },
	[SC_USER] = { 0, 0x0F, 0x0F, 0x0F },
	[SC_SHORT] = { 0, 0x0F, 0x0F, 0x05 },
};

static void pair_as(enum kind kind)
{
	peer_init(p);
	guarded_host(&anyhow);
	guarded_connect(BLE_ROLE_PERIPHERAL);
	if (kind != NOBODY)
		guarded_pair(kind);
}

static void come_back(void)
{
	peer_disconnect(p);
	guarded_connect(BLE_ROLE_PERIPHERAL);
}

static uint16_t cccd(uint8_t level)
{
	uint8_t rsp[8];
	assert_int_equal(peer_att(p, (uint8_t[]){ 0x0A, CCCD(level), 0 }, 3, rsp, sizeof rsp), 3);
	assert_int_equal(rsp[0], 0x0B);
	return le16_get(rsp + 1);
}

/* Nothing that carries a value has been sent. */
static void nothing_told(void)
{
	fake_pump(&p->f);
	while (p->f.out.head != p->f.out.tail) {
		const struct fake_packet *packet = fake_sent(&p->f);
		bool att = packet->data[0] == 2 && le16_get(packet->data + 7) == 4;
		assert_false(att && (packet->data[9] == 0x1B || packet->data[9] == 0x1D || packet->data[9] == 0x23));
		if (packet->data[0] == 2)
			fake_completed(&p->f, PEER_HANDLE, 1);
	}
}

static void told(uint8_t opcode, uint8_t level)
{
	fake_pump(&p->f);
	const struct fake_packet *packet = fake_sent(&p->f);
	assert_int_equal(packet->data[9], opcode);
	assert_int_equal(le16_get(packet->data + 10), VALUE(level));
	fake_completed(&p->f, PEER_HANDLE, 1);
}

/* The refused: by request, by command, prepared; and a value that nobody has subscribed to is not told. */
static void try_to_subscribe(const uint8_t errors[4])
{
	for (uint8_t level = 1; level <= 4; level++) {
		for (uint8_t bits = 1; bits <= 2; bits++) {
			uint8_t want = errors[level - 1], rsp[16];
			assert_int_equal(error_of(OCTETS(0x12, CCCD(level), 0, bits, 0)), want);
			assert_int_equal(cccd(level), want ? 0 : bits);
			if (!want)
				continue;
			assert_int_equal(peer_att(p, (uint8_t[]){ 0x52, CCCD(level), 0, bits, 0 }, 5, rsp, sizeof rsp), 0);
			assert_int_equal(error_of(OCTETS(0x16, CCCD(level), 0, 0, 0, bits, 0)), want);
			assert_int_equal(error_of(OCTETS(0x18, 1)), 0);
			assert_int_equal(cccd(level), 0);
			assert_int_equal(ble_server_subscribed(p->f.host, id, VALUE(level)), 0);
			assert_int_not_equal(ble_server_notify(p->f.host, id, VALUE(level), "xy", 2), 0);
			nothing_told();
		}
	}
}

static void configuration_without_the_level(void **state)
{
	(void)state;
	for (enum kind kind = NOBODY; kind < KINDS; kind++) {
		pair_as(kind);
		try_to_subscribe(encrypted_so[kind]);
		peer_disconnect(p);
		pair_as(kind);
		come_back();
		try_to_subscribe(only_known[kind]);
		peer_disconnect(p);
	}
}

/* Subscribed to all that may be; then the link has no key any more, and before it ends the program notifies. */
static void told_when_the_level_has_gone(void **state)
{
	static const struct ble_notification many[] = { { VALUE(2), 2, "xy" }, { VALUE(3), 2, "xy" } };
	(void)state;
	for (uint8_t bits = 1; bits <= 2; bits++) {
		for (enum kind kind = LEGACY_JUST; kind < KINDS; kind++) {
			pair_as(kind);
			for (uint8_t level = 1; level <= 4; level++)
				assert_int_equal(error_of(OCTETS(0x12, CCCD(level), 0, bits, 0)), encrypted_so[kind][level - 1]);
			assert_int_equal(ble_server_notify(p->f.host, id, VALUE(2), "xy", 2), 0);
			told(bits == 1 ? 0x1B : 0x1D, 2);
			fake_acl(&p->f, PEER_HANDLE, 2, OCTETS(1, 0, 4, 0, 0x1E));
			fake_event(&p->f, HCI_EVT_ENCRYPTION_CHANGE, OCTETS(0, PEER_HANDLE, 0, 0));
			for (uint8_t level = 2; level <= 4; level++)
				assert_int_not_equal(ble_server_notify(p->f.host, id, VALUE(level), "xy", 2), 0);
			assert_true(ble_server_notify_many(p->f.host, id, many, 2) <= 0);
			nothing_told(); /* but the end of the link */
			peer_disconnect(p);
		}
	}
}

/* A peer that has a bond and its subscriptions comes back: nothing is told, however often, until it has encrypted. */
static void told_before_encryption(void **state)
{
	(void)state;
	for (enum kind kind = LEGACY_JUST; kind < KINDS; kind++) {
		pair_as(kind);
		for (uint8_t level = 1; level <= 4; level++)
			assert_int_equal(error_of(OCTETS(0x12, CCCD(level), 0, 1, 0)), encrypted_so[kind][level - 1]);
		struct smp_keys real = p->theirs;
		come_back();
		for (unsigned n = 0; n < 1000; n++)
			assert_int_not_equal(ble_server_notify(p->f.host, id, VALUE(2), "xy", 2), 0);
		nothing_told();
		assert_false(peer_encrypt(p, (const uint8_t[16]){ 1 }, real.ediv, real.rand)); /* nor with another key */
		nothing_told();
		come_back();
		assert_true(peer_encrypt(p, real.ltk, real.ediv, real.rand));
		assert_int_equal(ble_server_notify(p->f.host, id, VALUE(2), "xy", 2), 0);
		told(0x1B, 2);
		peer_disconnect(p);
	}
}

/* Keys of 7 to 16 octets: level 4 has the long one alone, and the program is told how long it is. */
static void short_keys(void **state)
{
	(void)state;
	for (uint8_t size = 7; size <= 16; size++) {
		peer_init(p);
		guarded_host(&anyhow);
		guarded_connect(BLE_ROLE_PERIPHERAL);
		guarded_be(SC_USER);
		p->smp.config.key_max = size;
		assert_int_equal(smp_pair(&p->link), 0);
		peer_run(p);
		assert_int_equal(ble_conn_passkey(p->f.host, id, p->number), 0);
		peer_run(p);
		assert_int_equal(event(BLE_EV_PAIRED)->paired.key_size, size);
		assert_int_equal(security().key_size, size);
		uint8_t want = size < 16 ? 0x0C : 0;
		assert_int_equal(error_of(OCTETS(0x0A, VALUE(3), 0)), 0);
		assert_int_equal(error_of(OCTETS(0x0A, VALUE(4), 0)), want);
		assert_int_equal(error_of(OCTETS(0x0C, VALUE(4), 0, 0, 0)), want);
		assert_int_equal(error_of(OCTETS(0x12, VALUE(4), 0, 'a', 'b')), want);
		assert_int_equal(error_of(OCTETS(0x16, VALUE(4), 0, 0, 0, 'a')), want);
		assert_int_equal(error_of(OCTETS(0x08, VALUE(4), 0, VALUE(4), 0, 0x04, 0xB0)), want);
		peer_disconnect(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ATTACK("GATT-002 a configuration without the value's level", configuration_without_the_level),
		ATTACK("GATT-003 told when the level has gone", told_when_the_level_has_gone),
		ATTACK("GATT-004 told before encryption", told_before_encryption),
		ATTACK("ATT-024 keys that are too short", short_keys),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
