/*
 * Attacks by breaking a pairing off: at each of its PDUs, by silence, by hanging up, by Pairing Failed. What is left is the
 * bond that was there before, no secret in memory, and no key for whoever asks (Vol 3 Part H 2.3.5, 2.4.4.1).
 */
#include "tests/attacks/guarded.h"

/* The next to be tried. The twenty rounds of a passkey are like each other: of them a few are enough. */
static unsigned behind(unsigned pdus)
{
	return pdus < 9 || pdus > 44 ? pdus + 1 : pdus + 7;
}

/* A pairing anew is broken off behind each of its PDUs: the bond stays until it is complete. */
static void broken_off(void **state)
{
	(void)state;
	for (enum kind kind = LEGACY_JUST; kind < SC_SHORT; kind++) {
		bool complete = false;
		for (unsigned n = 1; !complete; n = behind(n)) {
			struct peer_item bond = guarded_bond(kind, BLE_ROLE_PERIPHERAL, false);
			struct smp_keys real = p->theirs;
			guarded_connect(BLE_ROLE_PERIPHERAL);
			guarded_be(kind);
			p->budget = n;
			assert_int_equal(smp_pair(&p->link), 0);
			peer_run(p);
			if (p->budget && has_event(BLE_EV_PASSKEY_WANTED)) {
				assert_int_equal(ble_conn_passkey(p->f.host, id, p->number), 0);
				peer_run(p);
			}
			p->budget = UINT32_MAX;
			complete = has_event(BLE_EV_PAIRED);
			if (complete)
				assert_int_equal(event(BLE_EV_PAIRED)->paired.err, 0);
			assert_int_equal(is_kept(&bond), !complete);
			peer_disconnect(p);
			if (complete)
				continue;
			guarded_connect(BLE_ROLE_PERIPHERAL);
			assert_true(peer_encrypt(p, real.ltk, real.ediv, real.rand));
			peer_disconnect(p);
		}
	}
}

/* The link breaks behind each PDU, in either role: no bond, no half of one, and no secret stays in the host's memory. */
static void hung_up(void **state)
{
	static const uint8_t none[32];
	unsigned found = 0; /* that there was something to look for */
	(void)state;
	for (unsigned n = 0; n < 2 * KINDS; n++) {
		uint8_t role = n & 1;
		enum kind kind = (enum kind)(n / 2);
		bool whole = kind == NOBODY;
		for (unsigned budget = 1; !whole; budget = behind(budget)) {
			peer_init(p);
			guarded_host(&anyhow);
			guarded_connect(role);
			p->budget = budget;
			guarded_pair(kind);
			whole = p->budget != 0;
			struct smp_link last = p->link;
			bool was_pairing = smp_is_pairing(&last), kept = stored(BLE_STORE_BOND).len != 0;
			peer_disconnect(p);
			assert_int_equal(stored(BLE_STORE_BOND).len != 0, kept);
			const struct ble_event *ev = event(BLE_EV_PAIRED);
			assert_int_equal(ev->paired.bonded, kept);
			assert_true(kept || ev->paired.err == BLE_ECONN);
			if (!was_pairing || kept)
				continue;
			const uint8_t *const both_had[] = { last.op.shared, last.op.shared + 16, last.key, last.mac_key };
			for (unsigned i = 0; i < 4; i++) {
				if (!memcmp(both_had[i], none, 16))
					continue;
				assert_false(is_in_host(both_had[i], 16));
				found |= 1u << i;
			}
			assert_int_equal(ble_conn_passkey(p->f.host, id, 1), BLE_ECONN); /* nobody is asked any more */
		}
	}
	assert_int_equal(found, 0xF);
}

/* Behind Pairing Failed at each step, whatever key is guessed there is none. */
static void key_after_failure(void **state)
{
	(void)state;
	for (enum kind kind = LEGACY_JUST; kind < SC_SHORT; kind++) {
		for (unsigned budget = 1; budget < 12; budget++) {
			peer_init(p);
			guarded_host(&anyhow);
			guarded_connect(BLE_ROLE_PERIPHERAL);
			p->budget = budget;
			p->idles = true; /* as far as it comes without LL_ENC_REQ: to where the key is ready */
			guarded_pair(kind);
			struct smp_link last = p->link;
			p->budget = UINT32_MAX;
			fake_acl(&p->f, PEER_HANDLE, 2, OCTETS(2, 0, 6, 0, SMP_PAIRING_FAILED, 8));
			unsigned negative = p->negative;
			assert_false(peer_encrypt(p, (const uint8_t[16]){ 0 }, 0, 0));
			assert_false(peer_encrypt(p, last.key, 0, 0));
			assert_false(peer_encrypt(p, last.secret, 0, 0));
			assert_false(peer_encrypt(p, last.key, 0x1234, 5));
			assert_int_equal(p->negative, negative + 4);
			assert_int_equal(security().level, 1);
			assert_int_equal(stored(BLE_STORE_BOND).len, 0);
			peer_disconnect(p);
		}
	}
}

/* A key size that overflows what holds keys: refused, and LL_ENC_REQ behind it finds no key. */
static void key_size_overflow(void **state)
{
	(void)state;
	guarded_host(&anyhow);
	for (unsigned size = 0; size < 256; size++) {
		if (size >= 7 && size <= 16)
			continue;
		guarded_connect(BLE_ROLE_PERIPHERAL);
		fake_acl(&p->f, PEER_HANDLE, 2, OCTETS(7, 0, 6, 0, SMP_PAIRING_REQ, 3, 0, 1, (uint8_t)size, 1, 1));
		fake_acl_sent(&p->f, PEER_HANDLE, 0, OCTETS(2, 0, 6, 0, SMP_PAIRING_FAILED, SMP_ERR_INVALID_PARAMETERS));
		fake_completed(&p->f, PEER_HANDLE, 1);
		assert_false(peer_encrypt(p, (const uint8_t[16]){ 0 }, 0, 0));
		peer_disconnect(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ATTACK("ST-007 pairing anew, broken off", broken_off),
		ATTACK("SMP-032 SMP-023 hung up at every step", hung_up),
		ATTACK("LL-088 LL_ENC_REQ after Pairing Failed", key_after_failure),
		ATTACK("SMP-004 key size overflow", key_size_overflow),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
