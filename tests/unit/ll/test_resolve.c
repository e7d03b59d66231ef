/*
 * The resolving list on a scripted radio: which addresses are sent, who is answered in which privacy mode, what the host
 * is told, and the commands' statuses. Vol 6 Part B 4.7, 6; Vol 4 Part E 7.8.38-7.8.45, 7.8.77. The addresses of the peer
 * are made here, with the toolbox that the samples of Vol 3 Part H D.7 have checked.
 */
#include "rig.h"

#include <string.h>

#include "spec/hci_cmd_le_ctrl.h"

static struct rig r;
static const uint8_t ours[16] = { 0x11, 2, 3 }, theirs[16] = { 0x22, 5, 6 }, none[16];

enum { LOCAL = 1, PEER = 2, DEVICE = 4 }; /* keys of the entry of rig_peer; its privacy mode */
enum { ACT_ADV, ACT_SCAN, ACT_CREATE };

/* The peer's n-th private address, least significant octet first. */
static void peer_rpa(uint8_t n, uint8_t address[6])
{
	address[3] = n;
	address[4] = 0x5A;
	address[5] = 0x47;
	assert_int_equal(crypto_ah(&ble_crypto_psa, theirs, address + 3, address), 0);
}

static uint8_t add(const uint8_t peer[6], const uint8_t peer_irk[16], const uint8_t local_irk[16])
{
	uint8_t p[39] = { 0 };
	memcpy(p + 1, peer, 6);
	memcpy(p + 7, peer_irk, 16);
	memcpy(p + 23, local_irk, 16);
	return rig_cmd(&r, HCI_CMD_LE_ADD_DEVICE_TO_RESOLVING_LIST, p, sizeof p);
}

static void begin(unsigned with)
{
	static const uint8_t all[8] = { 255, 255, 255, 255, 255, 255, 255, 255 };
	uint8_t mode[8] = { 0 };
	rig_init(&r, NULL);
	r.platform.crypto = &ble_crypto_psa;
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_SET_EVENT_MASK, all, 8), 0);
	if (with)
		assert_int_equal(add(rig_peer, with & PEER ? theirs : none, with & LOCAL ? ours : none), 0);
	memcpy(mode + 1, rig_peer, 6);
	mode[7] = 1;
	if (with & DEVICE)
		assert_int_equal(rig_cmd(&r, HCI_CMD_LE_SET_PRIVACY_MODE, mode, 8), 0);
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_SET_ADDRESS_RESOLUTION_ENABLE, "\1", 1), 0);
}

static void start(uint8_t type, uint8_t policy)
{
	uint8_t params[15] = { 160, 0, 160, 0, type, 2, 0, 0, 0, 0, 0, 0, 0, 7, policy };
	memcpy(params + 7, rig_peer, 6);
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_SET_ADVERTISING_PARAMETERS, params, 15), 0);
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_SET_ADVERTISING_ENABLE, "\1", 1), 0);
	assert_true(rig_run(&r, r.now_us + 200000));
	assert_int_equal(r.op.dir, BLE_RADIO_TX);
}

/* AdvA of the packet that is being sent is a private one of ours, or the identity. */
static void adv_a_is_private(bool private)
{
	assert_int_equal(r.op.pdu[0] >> 6 & 1, private);
	if (private)
		assert_true(crypto_resolves(&ble_crypto_psa, ours, r.op.pdu + 2));
	else
		assert_memory_equal(r.op.pdu + 2, rig_address, 6);
}

static void target_is_private(bool private)
{
	assert_int_equal(r.op.pdu[0] >> 7, private);
	if (private)
		assert_true(crypto_resolves(&ble_crypto_psa, theirs, r.op.pdu + 8));
	else
		assert_memory_equal(r.op.pdu + 8, rig_peer, 6);
}

/* LL/SEC/ADV/BV-07-C to BV-10-C: which of the keys there are says who we are. */
static void test_undirected(void **state)
{
	static const unsigned with[] = { LOCAL, LOCAL | PEER, PEER, 0 };
	static const uint8_t types[] = { HCI_ADV_IND, HCI_ADV_SCAN_IND, HCI_ADV_NONCONN_IND };
	(void)state;
	for (unsigned i = 0; i < 4; i++)
		for (unsigned t = 0; t < 3; t++) {
			begin(with[i]);
			start(types[t], 0);
			adv_a_is_private(with[i] & LOCAL);
		}
}

/* LL/SEC/ADV/BV-11-C to BV-14-C */
static void test_directed(void **state)
{
	static const unsigned with[] = { LOCAL | PEER, LOCAL, PEER, 0 };
	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		begin(with[i]);
		start(HCI_ADV_DIRECT_IND_LOW, 0);
		adv_a_is_private(with[i] & LOCAL);
		target_is_private(with[i] & PEER);
	}
}

/* LL/SEC/ADV/BV-03-C: another address when the time is over, in all PDUs from then on. */
static void test_rotation(void **state)
{
	uint8_t first[6];
	(void)state;
	begin(LOCAL);
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_SET_RESOLVABLE_PRIVATE_ADDRESS_TIMEOUT, "\2\0", 2), 0);
	start(HCI_ADV_NONCONN_IND, 0);
	memcpy(first, r.op.pdu + 2, 6);
	uint64_t began_us = r.now_us, changed_us = 0;
	while (!changed_us) {
		adv_a_is_private(true);
		if (memcmp(first, r.op.pdu + 2, 6))
			changed_us = r.now_us;
		rig_sent(&r);
		assert_true(rig_run(&r, r.now_us + 200000));
	}
	assert_in_range(changed_us - began_us, 2000000, 2000000 + 120000); /* at the next event */
}

static void request(uint8_t pdu[14], const uint8_t from[6], bool random)
{
	pdu[0] = (uint8_t)(LL_SCAN_REQ | random << 6 | (r.op.pdu[0] >> 6 & 1) << 7);
	pdu[1] = 12;
	memcpy(pdu + 2, from, 6);
	memcpy(pdu + 8, r.op.pdu + 2, 6);
}

/* LL/SEC/ADV/BV-15-C, BV-18-C: network privacy answers nobody who shows an identity that has a key; device privacy does. */
static void test_scan_request(void **state)
{
	(void)state;
	for (unsigned device = 0; device < 2; device++)
		for (unsigned private = 0; private < 2; private++) {
			uint8_t pdu[14], from[6];
			begin(LOCAL | PEER | (device ? DEVICE : 0));
			start(HCI_ADV_IND, 0);
			peer_rpa(1, from);
			request(pdu, private ? from : rig_peer, private);
			rig_sent(&r);
			rig_receive(&r, 0, pdu, true);
			assert_int_equal(r.posted, device || private);
		}
}

static void connect_from(const uint8_t from[6], bool random)
{
	uint8_t pdu[36];
	struct ll_connect_ind ind = rig_connect_ind();
	memcpy(ind.init_a, from, 6);
	memcpy(ind.adv_a, r.op.pdu + 2, 6);
	rig_connect_pdu(pdu, &ind);
	pdu[0] = (uint8_t)(pdu[0] | random << 6 | (r.op.pdu[0] >> 6 & 1) << 7);
	rig_sent(&r);
	rig_receive(&r, 0, pdu, true);
	rig_main(&r);
}

static const uint8_t *completed(void)
{
	return rig_find(&r, HCI_EVT_LE_META, HCI_LE_EVT_ENHANCED_CONNECTION_COMPLETE);
}

/* LL/SEC/ADV/BV-16-C, BV-17-C, BV-19-C, BV-20-C */
static void test_ll_011_connect(void **state)
{
	static const uint8_t types[] = { HCI_ADV_IND, HCI_ADV_DIRECT_IND_LOW };
	(void)state;
	for (unsigned i = 0; i < 8; i++) {
		bool device = i & 1, private = i & 2;
		uint8_t from[6];
		begin(LOCAL | PEER | (device ? DEVICE : 0));
		start(types[i >> 2], 0);
		peer_rpa(2, from); /* not TargetA, but of the same peer */
		uint8_t own[6];
		memcpy(own, r.op.pdu + 2, 6);
		connect_from(private ? from : rig_peer, private);
		const uint8_t *evt = completed();
		assert_int_equal(evt != NULL, device || private);
		if (!evt)
			continue;
		assert_int_equal(evt[5], private ? BLE_ADDR_PUBLIC_IDENTITY : BLE_ADDR_PUBLIC);
		assert_memory_equal(evt + 6, rig_peer, 6);
		assert_memory_equal(evt + 12, own, 6);
		assert_memory_equal(evt + 18, private ? from : none, 6);
	}
}

/* A private address that no key resolves is a stranger's: accepted where anybody is, and shown as it is. */
static void test_stranger(void **state)
{
	static const uint8_t stranger[6] = { 1, 2, 3, 4, 5, 0x46 };
	(void)state;
	begin(LOCAL | PEER);
	start(HCI_ADV_IND, 0);
	connect_from(stranger, true);
	const uint8_t *evt = completed();
	assert_non_null(evt);
	assert_int_equal(evt[5], BLE_ADDR_RANDOM);
	assert_memory_equal(evt + 6, stranger, 6);
	assert_memory_equal(evt + 18, none, 6);
	begin(LOCAL | PEER);
	start(HCI_ADV_DIRECT_IND_LOW, 0);
	connect_from(stranger, true);
	assert_null(completed());
	begin(LOCAL | PEER);
	start(HCI_ADV_IND, 2);
	connect_from(stranger, true);
	assert_null(completed());
}

/* The accept list has identities: 4.3.1. Both names of one peer lead to it, and to one connection. */
static void test_accept_list(void **state)
{
	uint8_t device[7] = { 0 }, from[6];
	(void)state;
	begin(LOCAL | PEER);
	memcpy(device + 1, rig_peer, 6);
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_ADD_DEVICE_TO_FILTER_ACCEPT_LIST, device, 7), 0);
	start(HCI_ADV_IND, 2);
	peer_rpa(3, from);
	connect_from(from, true);
	assert_non_null(completed());
	start(HCI_ADV_IND, 2);
	peer_rpa(4, from);
	connect_from(from, true);
	assert_null(completed());
}

static void scan(bool active)
{
	uint8_t params[7] = { active, 16, 0, 16, 0, 2, 0 };
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_SET_SCAN_PARAMETERS, params, 7), 0);
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_SET_SCAN_ENABLE, "\1\1", 2), 0);
	assert_true(rig_run(&r, r.now_us + 100000));
}

static const uint8_t *heard(uint8_t type, const uint8_t from[6], bool random)
{
	uint8_t pdu[10] = { (uint8_t)(type | random << 6), 8, 0, 0, 0, 0, 0, 0, 'a', 'b' };
	memcpy(pdu + 2, from, 6);
	if (!r.posted)
		assert_true(rig_run(&r, r.now_us + 100000));
	rig_receive(&r, r.op.start_us + 10, pdu, true);
	rig_main(&r);
	return rig_find(&r, HCI_EVT_LE_META, HCI_LE_EVT_ADVERTISING_REPORT);
}

/* Who is known is reported as who it is, once, whatever addresses it takes. */
static void test_reports(void **state)
{
	static const uint8_t stranger[6] = { 1, 2, 3, 4, 5, 0x46 };
	uint8_t from[6];
	(void)state;
	begin(LOCAL | PEER);
	scan(false);
	peer_rpa(1, from);
	const uint8_t *evt = heard(LL_ADV_IND, from, true);
	assert_non_null(evt);
	assert_int_equal(evt[3], BLE_ADDR_PUBLIC_IDENTITY);
	assert_memory_equal(evt + 4, rig_peer, 6);
	peer_rpa(2, from);
	assert_null(heard(LL_ADV_IND, from, true)); /* a duplicate */
	assert_null(heard(LL_ADV_IND, rig_peer, false)); /* network privacy */
	evt = heard(LL_ADV_IND, stranger, true);
	assert_non_null(evt);
	assert_int_equal(evt[3], BLE_ADDR_RANDOM);
	assert_memory_equal(evt + 4, stranger, 6);
	uint8_t who[7] = { 0 };
	memcpy(who + 1, rig_peer, 6);
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_READ_PEER_RESOLVABLE_ADDRESS, who, 7), 0);
	assert_memory_equal(r.evt + 7, from, 6);
}

/* Asked with a private address of ours, which is that of the entry. */
static void test_scan_request_is_private(void **state)
{
	uint8_t from[6];
	(void)state;
	begin(LOCAL | PEER);
	scan(true);
	peer_rpa(1, from);
	heard(LL_ADV_IND, from, true);
	assert_true(r.posted && r.op.dir == BLE_RADIO_TX);
	assert_int_equal(r.op.pdu[0] & 0xF, LL_SCAN_REQ);
	assert_int_equal(r.op.pdu[0] >> 6, 3);
	assert_true(crypto_resolves(&ble_crypto_psa, ours, r.op.pdu + 2));
	assert_memory_equal(r.op.pdu + 8, from, 6);
}

static uint8_t create(bool listed)
{
	struct hci_cmd_le_create_connection cmd = { .le_scan_interval = 16, .le_scan_window = 16,
		.initiator_filter_policy = listed, .peer_address_type = listed ? 0 : BLE_ADDR_PUBLIC_IDENTITY,
		.own_address_type = 2, .connection_interval_min = 24, .connection_interval_max = 24,
		.supervision_timeout = 200 };
	uint8_t params[25];
	struct wr w = wr_of(params, sizeof params);
	memcpy(cmd.peer_address, listed ? none : rig_peer, 6);
	hci_cmd_le_create_connection_write(&w, &cmd);
	return rig_cmd(&r, HCI_CMD_LE_CREATE_CONNECTION, params, sizeof params);
}

/* A peer is called by its identity and found by its private address; we show one of ours. */
static void test_initiate(void **state)
{
	(void)state;
	for (unsigned listed = 0; listed < 2; listed++) {
		uint8_t from[6], device[7] = { 0 };
		begin(LOCAL | PEER);
		memcpy(device + 1, rig_peer, 6);
		assert_int_equal(rig_cmd(&r, HCI_CMD_LE_ADD_DEVICE_TO_FILTER_ACCEPT_LIST, device, 7), 0);
		assert_int_equal(create(listed), 0);
		peer_rpa(1, from);
		heard(LL_ADV_IND, rig_peer, false); /* network privacy */
		assert_false(r.posted && r.op.dir == BLE_RADIO_TX);
		heard(LL_ADV_IND, from, true);
		assert_true(r.posted && r.op.dir == BLE_RADIO_TX);
		assert_int_equal(r.op.pdu[0] & 0xF, LL_CONNECT_IND);
		assert_int_equal(r.op.pdu[0] >> 6, 3);
		assert_true(crypto_resolves(&ble_crypto_psa, ours, r.op.pdu + 2));
		assert_memory_equal(r.op.pdu + 8, from, 6);
		rig_sent(&r);
		rig_main(&r);
		const uint8_t *evt = completed();
		assert_non_null(evt);
		assert_int_equal(evt[5], BLE_ADDR_PUBLIC_IDENTITY);
		assert_memory_equal(evt + 6, rig_peer, 6);
		assert_true(crypto_resolves(&ble_crypto_psa, ours, evt + 12));
		assert_memory_equal(evt + 18, from, 6);
		if (!listed)
			assert_int_equal(create(false), HCI_ERR_CONNECTION_ALREADY_EXISTS);
	}
}

/* Directed at us: TargetA is one of our private addresses, and neither the identity nor somebody else's. */
static void test_directed_at_us(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		uint8_t pdu[14] = { LL_ADV_DIRECT_IND | 0x40, 12 };
		begin(LOCAL | PEER);
		assert_int_equal(create(false), 0);
		peer_rpa(1, pdu + 2);
		if (i == 0) {
			pdu[11] = 0x77, pdu[12] = 0x5A, pdu[13] = 0x47;
			assert_int_equal(crypto_ah(&ble_crypto_psa, ours, pdu + 11, pdu + 8), 0);
		} else if (i == 1) {
			peer_rpa(2, pdu + 8);
		} else {
			memcpy(pdu + 8, rig_address, 6);
		}
		pdu[0] = (uint8_t)(pdu[0] | (i < 2) << 7);
		assert_true(rig_run(&r, r.now_us + 100000));
		rig_receive(&r, r.op.start_us + 10, pdu, true);
		assert_int_equal(r.posted && r.op.dir == BLE_RADIO_TX, i == 0);
	}
}

/* The event that hosts know which know of no privacy tells the address on the air. */
static void test_plain_event(void **state)
{
	static const uint8_t plain[8] = { 255, 253, 255, 255, 255, 255, 255, 255 };
	uint8_t from[6];
	(void)state;
	begin(LOCAL | PEER);
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_SET_EVENT_MASK, plain, 8), 0);
	start(HCI_ADV_IND, 0);
	peer_rpa(1, from);
	connect_from(from, true);
	const uint8_t *evt = rig_find(&r, HCI_EVT_LE_META, HCI_LE_EVT_CONNECTION_COMPLETE);
	assert_non_null(evt);
	assert_int_equal(evt[5], BLE_ADDR_RANDOM);
	assert_memory_equal(evt + 6, from, 6);
}

/* What is received is not resolved when that is off: 7.8.44. */
static void test_off(void **state)
{
	uint8_t from[6];
	(void)state;
	begin(LOCAL | PEER);
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_SET_ADDRESS_RESOLUTION_ENABLE, "\0", 1), 0);
	scan(false);
	peer_rpa(1, from);
	const uint8_t *evt = heard(LL_ADV_IND, from, true);
	assert_non_null(evt);
	assert_int_equal(evt[3], BLE_ADDR_RANDOM);
	assert_memory_equal(evt + 4, from, 6);
	assert_non_null(heard(LL_ADV_IND, rig_peer, false));
}

static uint8_t simple(uint16_t opcode)
{
	uint8_t p[7] = { 0 };
	memcpy(p + 1, rig_peer, 6);
	return rig_cmd(&r, opcode, p, opcode == HCI_CMD_LE_CLEAR_RESOLVING_LIST ? 0 : 7);
}

/* HCI-034: full, twice, unknown. */
static void test_hci_034_commands(void **state)
{
	uint8_t peer[6] = { 9, 8, 7, 6, 5, 4 }, irk[16] = { 1 };
	(void)state;
	begin(LOCAL | PEER);
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_READ_RESOLVING_LIST_SIZE, NULL, 0), 0);
	assert_int_equal(r.evt[7], 8);
	assert_int_equal(add(rig_peer, irk, none), HCI_ERR_INVALID_PARAMETERS); /* the identity is there */
	assert_int_equal(add(peer, theirs, none), HCI_ERR_INVALID_PARAMETERS);  /* the key is */
	for (unsigned i = 0; i < 7; i++) {
		assert_int_equal(add(peer, none, none), 0);
		peer[0]++;
	}
	assert_int_equal(add(peer, none, none), HCI_ERR_MEMORY_CAPACITY_EXCEEDED);
	assert_int_equal(simple(HCI_CMD_LE_READ_LOCAL_RESOLVABLE_ADDRESS), 0);
	assert_true(crypto_resolves(&ble_crypto_psa, ours, r.evt + 7));
	assert_int_equal(simple(HCI_CMD_LE_READ_PEER_RESOLVABLE_ADDRESS), 0);
	assert_memory_equal(r.evt + 7, none, 6); /* not heard yet */
	assert_int_equal(simple(HCI_CMD_LE_REMOVE_DEVICE_FROM_RESOLVING_LIST), 0);
	assert_int_equal(simple(HCI_CMD_LE_REMOVE_DEVICE_FROM_RESOLVING_LIST), HCI_ERR_UNKNOWN_CONNECTION);
	assert_int_equal(simple(HCI_CMD_LE_READ_LOCAL_RESOLVABLE_ADDRESS), HCI_ERR_UNKNOWN_CONNECTION);
	assert_memory_equal(r.evt + 7, none, 6);
	assert_int_equal(simple(HCI_CMD_LE_READ_PEER_RESOLVABLE_ADDRESS), HCI_ERR_UNKNOWN_CONNECTION);
	assert_int_equal(simple(HCI_CMD_LE_CLEAR_RESOLVING_LIST), 0);
	static const uint8_t limits[][2] = { { 0, 0 }, { 0x11, 0x0E } };
	for (unsigned i = 0; i < 2; i++)
		assert_int_equal(rig_cmd(&r, HCI_CMD_LE_SET_RESOLVABLE_PRIVATE_ADDRESS_TIMEOUT, limits[i], 2),
			HCI_ERR_INVALID_PARAMETERS);
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_SET_ADDRESS_RESOLUTION_ENABLE, "\2", 1), HCI_ERR_INVALID_PARAMETERS);
	assert_int_equal(rig_cmd(&r, HCI_CMD_RESET, NULL, 0), 0);
	assert_int_equal(add(rig_peer, theirs, ours), 0);
}

/* HCI-034: while somebody lives by it, it stands still; when nothing is resolved, it may be changed. */
static void test_hci_034_in_use(void **state)
{
	uint8_t mode[8] = { 0 };
	memcpy(mode + 1, rig_peer, 6);
	(void)state;
	for (unsigned act = ACT_ADV; act <= ACT_CREATE; act++)
		for (unsigned on = 0; on < 2; on++) {
			begin(LOCAL | PEER);
			uint8_t flag = (uint8_t)on;
			assert_int_equal(rig_cmd(&r, HCI_CMD_LE_SET_ADDRESS_RESOLUTION_ENABLE, &flag, 1), 0);
			if (act == ACT_ADV)
				start(HCI_ADV_IND, 0);
			else if (act == ACT_SCAN)
				scan(false);
			else
				assert_int_equal(create(false), 0);
			uint8_t want = on ? HCI_ERR_COMMAND_DISALLOWED : 0;
			static const uint8_t other[6] = { 1 }, irk[16] = { 7 };
			assert_int_equal(rig_cmd(&r, HCI_CMD_LE_SET_PRIVACY_MODE, mode, 8), want);
			assert_int_equal(add(other, irk, none), want);
			assert_int_equal(simple(HCI_CMD_LE_REMOVE_DEVICE_FROM_RESOLVING_LIST), want);
			assert_int_equal(simple(HCI_CMD_LE_CLEAR_RESOLVING_LIST), want);
			assert_int_equal(rig_cmd(&r, HCI_CMD_LE_SET_ADDRESS_RESOLUTION_ENABLE, &flag, 1),
				HCI_ERR_COMMAND_DISALLOWED);
			rig_run(&r, r.now_us + 300000);
		}
}

/* Without a cipher none of it is there, and the masks say so. */
static void test_without_cipher(void **state)
{
	uint8_t params[15] = { 160, 0, 160, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 7, 0 };
	(void)state;
	for (unsigned cipher = 0; cipher < 2; cipher++) {
		rig_init(&r, NULL);
		r.platform.crypto = cipher ? &ble_crypto_psa : NULL;
		uint8_t bad = cipher ? 0 : HCI_ERR_INVALID_PARAMETERS;
		assert_int_equal(rig_cmd(&r, HCI_CMD_LE_SET_ADVERTISING_PARAMETERS, params, 15), bad);
		assert_int_equal(simple(HCI_CMD_LE_CLEAR_RESOLVING_LIST), cipher ? 0 : HCI_ERR_UNKNOWN_COMMAND);
		assert_int_equal(rig_cmd(&r, HCI_CMD_LE_READ_LOCAL_SUPPORTED_FEATURES, NULL, 0), 0);
		assert_int_equal(r.evt[7] >> 6 & 1, cipher);
		assert_int_equal(rig_cmd(&r, HCI_CMD_READ_LOCAL_SUPPORTED_COMMANDS, NULL, 0), 0);
		assert_int_equal(r.evt[7 + 34] >> 3, cipher ? 0x1F : 0); /* octet 34, bits 3 to 7 */
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_undirected),
		cmocka_unit_test(test_directed),
		cmocka_unit_test(test_rotation),
		cmocka_unit_test(test_scan_request),
		cmocka_unit_test(test_ll_011_connect),
		cmocka_unit_test(test_stranger),
		cmocka_unit_test(test_accept_list),
		cmocka_unit_test(test_reports),
		cmocka_unit_test(test_scan_request_is_private),
		cmocka_unit_test(test_initiate),
		cmocka_unit_test(test_directed_at_us),
		cmocka_unit_test(test_plain_event),
		cmocka_unit_test(test_off),
		cmocka_unit_test(test_hci_034_commands),
		cmocka_unit_test(test_hci_034_in_use),
		cmocka_unit_test(test_without_cipher),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
