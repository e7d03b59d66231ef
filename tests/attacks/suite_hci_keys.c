/*
 * Attacks by a controller that lies about keys: it asks for one that nobody may have, and says that a link is encrypted,
 * or is not any more, without a reason. What a link is worth is known from our own record of its key, never from an event
 * alone (Vol 4 Part E 7.7.8, 7.7.39, 7.7.65.5).
 */
#include "tests/attacks/guarded.h"

#include "base/le.h"

enum { STRANGE = 0x77 };

static void bonded(enum kind kind, uint8_t role)
{
	guarded_host(&anyhow);
	guarded_connect(role);
	guarded_pair(kind);
	assert_true(event(BLE_EV_PAIRED)->paired.bonded);
	peer_disconnect(p);
}

/* What the host answers to LE Long Term Key Request: true: a key, which is in *key; false: that there is none. */
static bool has_key_for(uint16_t handle, uint16_t ediv, uint64_t rand, uint8_t key[16])
{
	uint8_t req[12];
	le16_put(req, handle);
	le64_put(req + 2, rand);
	le16_put(req + 10, ediv);
	fake_le(&p->f, HCI_LE_EVT_LONG_TERM_KEY_REQUEST, req, sizeof req);
	if (p->f.out.head == p->f.out.tail) { /* of nobody: nothing is said */
		assert_int_not_equal(handle, PEER_HANDLE);
		return false;
	}
	const struct fake_packet *sent = fake_sent(&p->f);
	assert_int_equal(sent->data[0], 1);
	uint16_t opcode = le16_get(sent->data + 1);
	bool has = opcode == HCI_CMD_LE_LONG_TERM_KEY_REQUEST_REPLY;
	assert_true(has || opcode == HCI_CMD_LE_LONG_TERM_KEY_REQUEST_NEGATIVE_REPLY);
	assert_int_equal(le16_get(sent->data + 4), handle);
	memcpy(key, sent->data + 6, has ? 16 : 0);
	fake_complete(&p->f, opcode, 0, (uint8_t[]){ PEER_HANDLE, 0 }, 2);
	return has;
}

/* For another link, by a peripheral's link layer, with another EDIV or Rand, for a stranger: there is none. */
static void keys_are_asked_for(void **state)
{
	(void)state;
	for (enum kind kind = LEGACY_JUST; kind <= SC_USER; kind++) {
		uint8_t key[16];
		bonded(kind, BLE_ROLE_PERIPHERAL);
		struct smp_keys k = p->theirs;
		guarded_connect(BLE_ROLE_PERIPHERAL);
		for (unsigned bit = 0; bit < 80; bit++) {
			uint16_t ediv = (uint16_t)(k.ediv ^ (bit < 16 ? 1u << bit : 0));
			uint64_t rand = k.rand ^ (bit < 16 ? 0 : UINT64_C(1) << (bit - 16));
			assert_false(has_key_for(PEER_HANDLE, ediv, rand, key));
		}
		assert_false(has_key_for(STRANGE, k.ediv, k.rand, key));
		for (unsigned n = 0; n < 3; n++) { /* its own it has, however often */
			assert_true(has_key_for(PEER_HANDLE, k.ediv, k.rand, key));
			assert_memory_equal(key, k.ltk, 16);
		}
		assert_int_equal(security().level, 1); /* it has only been asked for */
		peer_disconnect(p);
		struct ble_addr real = p->smp.identity;
		guarded_stranger(9);
		guarded_connect(BLE_ROLE_PERIPHERAL);
		assert_false(has_key_for(PEER_HANDLE, k.ediv, k.rand, key));
		peer_disconnect(p);
		p->smp.identity = real;
		id = peer_connect(p, BLE_ROLE_CENTRAL, &real); /* a central gives its key by itself alone */
		(void)fake_sent(&p->f);
		p->f.out.head = p->f.out.tail;
		fake_status(&p->f, HCI_CMD_LE_ENABLE_ENCRYPTION, 0);
		assert_false(has_key_for(PEER_HANDLE, k.ediv, k.rand, key));
		peer_disconnect(p);
		peer_init(p);
	}
}

/* The guarded values still want what they wanted. */
static void nothing_opened(void)
{
	assert_int_equal(security().level, 1);
	for (uint8_t level = 2; level <= 4; level++)
		assert_int_not_equal(error_of(OCTETS(0x0A, VALUE(level), 0)), 0);
	assert_false(has_event(BLE_EV_ENCRYPTED));
}

static void encryption_out_of_nowhere(void **state)
{
	(void)state;
	for (enum kind kind = NOBODY; kind <= SC_USER; kind++) {
		peer_init(p);
		if (kind == NOBODY)
			guarded_host(&anyhow);
		else
			bonded(kind, BLE_ROLE_PERIPHERAL);
		guarded_connect(BLE_ROLE_PERIPHERAL);
		for (unsigned enabled = 1; enabled < 256; enabled++) {
			fake_event(&p->f, HCI_EVT_ENCRYPTION_CHANGE, OCTETS(0, PEER_HANDLE, 0, (uint8_t)enabled));
			fake_event(&p->f, HCI_EVT_ENCRYPTION_KEY_REFRESH_COMPLETE, OCTETS(0, PEER_HANDLE, 0));
		}
		fake_event(&p->f, HCI_EVT_ENCRYPTION_CHANGE, OCTETS(0, STRANGE, 0, 1));
		nothing_opened();
		/* a key was asked for, and there was none: what follows is no encryption with ours */
		assert_false(peer_encrypt(p, (const uint8_t[16]){ 1 }, 7, 7));
		fake_event(&p->f, HCI_EVT_ENCRYPTION_CHANGE, OCTETS(0, PEER_HANDLE, 0, 1));
		nothing_opened();
		peer_disconnect(p);
	}
}

/* On a link that is encrypted: again is no news, a refresh that failed gives nothing, off is the end of all. */
static void encryption_that_goes(void **state)
{
	(void)state;
	for (enum kind kind = LEGACY_JUST; kind <= SC_USER; kind++) {
		uint8_t level = kind == SC_USER ? 4 : kind == LEGACY_USER ? 3 : 2;
		peer_init(p);
		guarded_host(&anyhow);
		guarded_connect(BLE_ROLE_PERIPHERAL);
		guarded_pair(kind);
		assert_int_equal(security().level, level);
		fake_event(&p->f, HCI_EVT_ENCRYPTION_CHANGE, OCTETS(0, PEER_HANDLE, 0, 1));
		fake_event(&p->f, HCI_EVT_ENCRYPTION_KEY_REFRESH_COMPLETE, OCTETS(0x3D, PEER_HANDLE, 0));
		assert_int_equal(security().level, level);
		fake_event(&p->f, HCI_EVT_ENCRYPTION_CHANGE, OCTETS(0, PEER_HANDLE, 0, 0));
		assert_int_equal(security().level, 1);
		for (unsigned i = 0; i < 3; i++)
			fake_event(&p->f, HCI_EVT_ENCRYPTION_KEY_REFRESH_COMPLETE, OCTETS(0, PEER_HANDLE, 0));
		assert_int_equal(security().level, 1);
		peer_run(p); /* and the link is ended, by us */
		assert_true(has_event(BLE_EV_DISCONNECTED));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ATTACK("HCI-016 LL-080 keys are asked for", keys_are_asked_for),
		ATTACK("HCI-017 encryption out of nowhere", encryption_out_of_nowhere),
		ATTACK("HCI-017 GATT-003 encryption that goes", encryption_that_goes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
