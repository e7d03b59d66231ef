/*
 * Pairing as a host does it: one peer says any SMP PDU, in either role, between ATT requests, key requests and encryption
 * of its controller, and links that go and come; the program answers and asks anything. The first octet says what the host
 * is, the second how it pairs; then come rows, the first octet which.
 */
#include "tests/fuzz/fuzz.h"

#include <ble/bond.h>

#include "base/le.h"
#include "tests/sim/pair_store.h"
#include "tests/unit/smp/toy.h"

enum { SM = 6 };
enum row { SAYS, ASKS, EVENT, KEY_WANTED, ENCRYPTED, AGAIN, PASS, VERB, ROWS };

static int toy_aes(void *ctx, const uint8_t key[16], const uint8_t in[16], uint8_t out[16])
{
	return ble_crypto_psa.aes128(ctx, key, in, out);
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
static struct pair_store store;
static uint8_t role;

static void begin(struct rd *r)
{
	uint8_t what = rd_u8(r), how = rd_u8(r);
	role = what & 1;
	fake_init(&f);
	pair_store_init(&store);
	f.platform = store.platform;
	f.platform.crypto = &toy;
	victim_up((struct ble_host_config){ .att_mtu = 517, .bonds = 2,
		.parts = BLE_PARTS(&ble_peripheral, &ble_bare_server, &ble_prepared, &ble_multiple, &ble_observer, &ble_central,
			&ble_client, &ble_pairing) });
	(void)ble_pairing_set(f.host, &(struct ble_pairing_params){ .capabilities = (uint8_t)(1 + (how & 7) % 5),
					      .bonding = how & 8, .mitm = how & 0x10, .legacy_only = how & 0x20,
					      .keypress = how & 0x40, .keep_bonded = how & 0x80, .key_size_min = 7,
					      .key_size_max = 16, .level = what >> 1 & 3, .initiator_keys = 7,
					      .responder_keys = 7,
					      .ways = BLE_WAYS(&ble_legacy_pairing, &ble_passkey_entry,
						      &ble_numeric_comparison, &ble_out_of_band) });
	f.answers = true;
}

/* The attacker's link is another now. */
static void again(void)
{
	fake_disconnected(&f, ATTACKER, 0x13);
	fuzz_settle();
	fake_connect(&f, ATTACKER, role, 0);
	fake_pump(&f);
	for (unsigned i = 0; i < f.event_count; i++)
		if (f.events[i].ev.type == BLE_EV_CONNECTED)
			attacker = f.events[i].ev.conn;
}

static void key_wanted(const uint8_t *name, size_t len)
{
	uint8_t params[12] = { ATTACKER, 0 };
	memcpy(params + 2, name, len < 10 ? len : 10);
	fake_le(&f, HCI_LE_EVT_LONG_TERM_KEY_REQUEST, params, sizeof params);
}

static void verb(uint8_t which, uint8_t arg)
{
	struct ble_oob oob = { .r = { arg }, .c = { arg }, .tk = { arg } };
	struct ble_bond bond;
	unsigned index = 0;
	switch (which % 10) {
	case 0: (void)ble_conn_secure(f.host, attacker, arg & 1); break;
	case 1: (void)ble_conn_passkey(f.host, attacker, arg); break;
	case 2: (void)ble_conn_confirm(f.host, attacker, arg & 1); break;
	case 3: (void)ble_conn_unpair(f.host, attacker); break;
	case 4: (void)ble_conn_keypress(f.host, attacker, arg); break;
	case 5: (void)ble_oob_make(f.host); break;
	case 6: (void)ble_oob_set(f.host, &oob, arg & 1); break;
	case 7:
		if (ble_bond_next(f.host, &index, &bond))
			(void)ble_bond_remove(f.host, &bond.identity);
		break;
	case 8: (void)ble_pairing_level(f.host, arg % 5); break;
	case 9: (void)ble_client_read(f.host, attacker, 3); break;
	}
	fake_pump(&f);
}

static void act(const uint8_t *row, size_t len)
{
	switch ((enum row)(row[0] % ROWS)) {
	case SAYS: say(SM, row + 1, len - 1); break;
	case ASKS: say(ATT, row + 1, len - 1); break;
	case EVENT: fuzz_packet(row + 1, len - 1); break;
	case KEY_WANTED: key_wanted(row + 1, len - 1); break;
	case ENCRYPTED:
		fake_event(&f, HCI_EVT_ENCRYPTION_CHANGE,
			OCTETS(len > 1 ? row[1] : 0, ATTACKER, 0, len > 2 ? row[2] : 1));
		break;
	case AGAIN: again(); break;
	case PASS: fake_pass(&f, len > 1 ? row[1] * UINT64_C(200000) : 0); break;
	case VERB:
		if (len > 2)
			verb(row[1], row[2]);
		break;
	case ROWS: break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rd r = rd_of(data, size);
	const uint8_t *row;
	size_t len;
	begin(&r);
	again();
	for (fuzz_settle(); fuzz_next(&r, &row, &len); fuzz_settle())
		if (len && f.opens > f.closes)
			act(row, len);
	fuzz_settle();
	fuzz_end();
	return 0;
}
