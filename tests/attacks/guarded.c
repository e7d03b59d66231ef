/* See guarded.h. */
#include "tests/attacks/guarded.h"

#include <ble/privacy.h>

static struct peer peers[2];
struct peer *p = peers;
ble_conn_id id;

static uint8_t secret[2] = { 0x5E, 0xC2 };
#define GUARDED(n) (const struct ble_characteristic){ .uuid = 0xB000 + (n), .size = 2, .length = 2, .value = secret, \
		.permission = BLE_READ | BLE_WRITE | BLE_NOTIFY | BLE_INDICATE }
static const struct ble_characteristic values[4] = { GUARDED(1), GUARDED(2), GUARDED(3), GUARDED(4) };
static const struct ble_service services[4] = {
	{ .uuid = 0xA001, .level = 1, .characteristics = BLE_LIST(&values[0]) },
	{ .uuid = 0xA002, .level = 2, .characteristics = BLE_LIST(&values[1]) },
	{ .uuid = 0xA003, .level = 3, .characteristics = BLE_LIST(&values[2]) },
	{ .uuid = 0xA004, .level = 4, .characteristics = BLE_LIST(&values[3]) },
};

static const struct ble_way *const ways[] = { &ble_legacy_pairing, &ble_passkey_entry, &ble_numeric_comparison, NULL };
const struct ble_pairing_params anyhow = { .ways = ways, .capabilities = BLE_CAP_KEYBOARD_DISPLAY, .bonding = true,
	.key_size_min = 7, .key_size_max = 16, .initiator_keys = BLE_KEY_ENC | BLE_KEY_ID | BLE_KEY_SIGN,
	.responder_keys = BLE_KEY_ENC | BLE_KEY_ID | BLE_KEY_SIGN };
const struct ble_pairing_params only_just_works = { .bonding = true };

int guarded_setup(void **state)
{
	(void)state;
	p = &peers[1];
	peer_init(p);
	p = &peers[0];
	peer_init(p);
	return 0;
}

void guarded_host(const struct ble_pairing_params *params)
{
	peer_host(p, (struct ble_host_config){ .bonds = 8, .parts = BLE_PARTS(&ble_peripheral, &ble_central, &ble_bare_server,
		&ble_prepared, &ble_client, &ble_pairing, &ble_private) });
	assert_int_equal(ble_pairing_set(p->f.host, params), 0);
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(ble_server_add(p->f.host, &services[i], NULL), 0);
}

void guarded_connect(uint8_t role)
{
	id = peer_connect(p, role, &p->smp.identity);
	peer_run(p);
}

struct smp_strength strength_of(enum kind kind)
{
	if (kind == NOBODY)
		return (struct smp_strength){ 0 };
	return (struct smp_strength){ .authenticated = kind >= LEGACY_USER, .sc = kind != LEGACY_JUST && kind != LEGACY_USER,
		.key_size = kind == SC_SHORT ? 7 : 16 };
}

bool is_no_worse(enum kind now, enum kind before)
{
	struct smp_strength n = strength_of(now), b = strength_of(before);
	return n.authenticated >= b.authenticated && n.sc >= b.sc && n.key_size >= b.key_size;
}

void guarded_be(enum kind kind)
{
	struct smp_strength s = strength_of(kind);
	p->smp.config.sc = s.sc ? &smp_sc : NULL;
	p->smp.config.mitm = s.authenticated;
	p->smp.config.io = s.authenticated ? SMP_IO_DISPLAY_ONLY : SMP_IO_NONE;
	p->smp.config.key_max = s.key_size;
}

void guarded_pair(enum kind kind)
{
	guarded_be(kind);
	if (p->link.role == BLE_ROLE_CENTRAL)
		assert_int_equal(smp_pair(&p->link), 0);
	else
		assert_int_equal(ble_conn_secure(p->f.host, id, true), 0);
	peer_run(p);
	if (has_event(BLE_EV_PASSKEY_WANTED)) {
		assert_int_equal(ble_conn_passkey(p->f.host, id, p->number), 0);
		peer_run(p);
	}
}

void guarded_stranger(uint8_t n)
{
	p->smp.identity = (struct ble_addr){ BLE_ADDR_RANDOM, { n, 0x11, 0x22, 0x33, 0x44, 0xC1 } };
	memset(p->smp.irk, n + 1, 16);
	p->smp.irk[0] = 0xA5;
	p->ours = p->theirs = (struct smp_keys){ 0 };
}

const struct ble_event *event(enum ble_event_type type)
{
	while (p->f.event_seen < p->f.event_count) {
		const struct ble_event *ev = &p->f.events[p->f.event_seen++].ev;
		if (ev->type == type)
			return ev;
	}
	fail_msg("event %d did not come", (int)type);
	return NULL;
}

bool has_event(enum ble_event_type type)
{
	for (unsigned i = p->f.event_seen; i < p->f.event_count; i++)
		if (p->f.events[i].ev.type == type)
			return true;
	return false;
}

struct ble_security_info security(void)
{
	struct ble_security_info out;
	assert_int_equal(ble_conn_security(p->f.host, id, &out), 0);
	return out;
}

uint8_t error_of(const void *pdu, size_t len)
{
	uint8_t rsp[64] = { 0 };
	assert_true(peer_att(p, pdu, len, rsp, sizeof rsp) > 0);
	return rsp[0] == 0x01 ? rsp[4] : 0;
}

bool is_in_host(const uint8_t *octets, size_t len)
{
	const uint8_t *from = p->f.memory, *end = p->f.memory + sizeof p->f.memory - len + 1;
	for (; from < end && (from = memchr(from, octets[0], (size_t)(end - from))); from++)
		if (!memcmp(from, octets, len))
			return true;
	return false;
}

struct peer_item stored(uint32_t key)
{
	const struct peer_item *item = peer_item(p, key);
	return item ? *item : (struct peer_item){ 0 };
}

struct peer_item guarded_bond(enum kind kind, uint8_t role, bool keep_bonded)
{
	struct ble_pairing_params params = anyhow;
	params.keep_bonded = keep_bonded;
	peer_init(p);
	guarded_host(&params);
	guarded_connect(role);
	guarded_pair(kind);
	assert_true(event(BLE_EV_PAIRED)->paired.bonded);
	peer_disconnect(p);
	return stored(BLE_STORE_BOND);
}

bool is_kept(const struct peer_item *bond)
{
	struct peer_item now = stored(BLE_STORE_BOND);
	return !memcmp(&now, bond, sizeof now);
}
