/*
 * HCI: every command has one answer with every length, the supported-commands mask says what the
 * table has, and the ranges that the Core Specification gives are the ranges that are accepted.
 */
#include "rig.h"

#include <string.h>

#include "spec/hci_cmd_le_ctrl.h"

static struct rig r;

/* Writes a command of any shape; counts answers. */
static unsigned answers(
	uint16_t opcode, const uint8_t *params, uint8_t len, uint8_t *status, int *ret_len)
{
	uint8_t packet[4 + 255] = { HCI_H4_COMMAND, (uint8_t)opcode, (uint8_t)(opcode >> 8), len };
	unsigned n = 0;
	memcpy(packet + 4, params, len);
	assert_int_equal(ble_ctlr_hci_write(r.c, packet, 4u + len), 0);
	while (rig_read(&r) > 0) {
		bool complete = r.evt[1] == HCI_EVT_COMMAND_COMPLETE;
		if (!complete && r.evt[1] != HCI_EVT_COMMAND_STATUS)
			continue;
		assert_int_equal(le16_get(r.evt + (complete ? 4 : 5)), opcode);
		assert_int_equal(complete ? r.evt[3] : r.evt[4], 1);
		*status = complete ? r.evt[6] : r.evt[3];
		*ret_len = complete ? r.evt_len - 6 : 0;
		n++;
	}
	return n;
}

static void test_hci_030_every_opcode_and_length(void **state)
{
	(void)state;
	uint8_t params[255];
	rig_init(&r, NULL);
	memset(params, 0, sizeof params);
	for (uint32_t opcode = 0; opcode <= 0xFFFF; opcode++) {
		const struct ll_cmd *cmd = ll_cmd_find(r.c, (uint16_t)opcode);
		/* unknown ones once, known ones with every length */
		for (unsigned len = 0; len <= (cmd ? 255 : 0); len++) {
			uint8_t status = 0;
			int ret = 0;
			unsigned n = answers((uint16_t)opcode, params, (uint8_t)len, &status, &ret);
			if (cmd && cmd->ret == LL_CMD_SILENT) {
				assert_int_equal(
					n, len == 1 ? 0 : 1); /* Num_Handles 0, or nonsense */
				continue;
			}
			assert_int_equal(n, 1);
			if (!cmd)
				assert_int_equal(status, HCI_ERR_UNKNOWN_COMMAND);
			else if (len != cmd->params)
				assert_int_equal(status, HCI_ERR_INVALID_PARAMETERS);
			if (cmd && cmd->ret != LL_CMD_STATUS)
				assert_int_equal(ret, cmd->ret);
		}
		rig_main(&r);
		rig_flush(&r);
	}
	rig_cmd(&r, HCI_CMD_RESET, NULL, 0);
	rig_check_leaks(&r);
}

/* Opcode by bit, from the list of the Core Specification. */
static void test_mask(void **state)
{
	(void)state;
	static const struct {
		uint16_t opcode, bit;
	} all[] = {
#define X(name, octet, bit) { HCI_CMD_##name, (octet)*8 + (bit) },
#include "spec/supported_commands.def"
#undef X
	};
	rig_init(&r, NULL);
	assert_int_equal(rig_cmd(&r, HCI_CMD_READ_LOCAL_SUPPORTED_COMMANDS, NULL, 0), 0);
	uint8_t mask[64], claimed[64] = { 0 };
	memcpy(mask, r.evt + 7, 64);
	for (unsigned i = 0; i < sizeof all / sizeof all[0]; i++)
		if (ll_cmd_find(r.c, all[i].opcode))
			bit_set(claimed, all[i].bit);
	assert_memory_equal(mask, claimed, 64);
	/* what hosts cannot live without (and what is not built yet) */
	static const uint16_t needed[] = { 0x0406, 0x0C01, 0x0C03, 0x0C63, 0x1001, 0x1002, 0x1003,
		0x1005, 0x1009, 0x2001, 0x2002, 0x2003, 0x2005, 0x2006, 0x2008, 0x2009, 0x200A,
		0x200B, 0x200C, 0x200D, 0x200F, 0x2010, 0x2018, 0x201C, 0x0C6C, 0x0C6D, 0x2016,
		0x0C31, 0x0C33, 0x0C35, 0x041D, 0x1405, 0x200E, 0x2011, 0x2012, 0x2013, 0x2020,
		0x2021, 0x2022, 0x2023, 0x2024, 0x202F, 0x2030, 0x2031, 0x2032, 0xFC06 };
	for (unsigned i = 0; i < sizeof needed / sizeof needed[0]; i++)
		assert_non_null(ll_cmd_find(r.c, needed[i]));
	static const uint16_t later[] = { 0x2017, 0x2019, 0x201A, 0x201B, 0x2027, 0x2036 };
	for (unsigned i = 0; i < sizeof later / sizeof later[0]; i++)
		assert_null(ll_cmd_find(r.c, later[i]));
}

/*
 * LL-090: no direct test mode, and of vendor commands the one that gives a test device its address.
 */
static void test_ll_090_no_back_door(void **state)
{
	(void)state;
	static const uint16_t test_mode[] = { 0x201D, 0x201E, 0x201F, 0x2033, 0x2034, 0x204F,
		0x2050, 0x207B, 0x207C };
	for (unsigned i = 0; i < sizeof test_mode / sizeof test_mode[0]; i++)
		assert_null(ll_cmd_find(r.c, test_mode[i]));
	for (uint32_t opcode = 0xFC00; opcode <= 0xFFFF; opcode++)
		assert_int_equal(ll_cmd_find(r.c, (uint16_t)opcode) != NULL, opcode == 0xFC06);
}

static void test_what_we_are(void **state)
{
	(void)state;
	rig_init(&r, NULL);
	assert_int_equal(rig_cmd(&r, HCI_CMD_READ_LOCAL_VERSION_INFORMATION, NULL, 0), 0);
	assert_int_equal(r.evt[7], LL_VERSION);
	assert_int_equal(le16_get(r.evt + 11), 0xFFFF);
	assert_int_equal(rig_cmd(&r, HCI_CMD_READ_LOCAL_SUPPORTED_FEATURES, NULL, 0), 0);
	static const uint8_t lmp[8] = { 0, 0, 0, 0, 0x60, 0, 0, 0 };
	assert_memory_equal(r.evt + 7, lmp, 8);
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_READ_BUFFER_SIZE, NULL, 0), 0);
	assert_int_equal(le16_get(r.evt + 7), 251);
	assert_int_equal(r.evt[9], 8);
	assert_int_equal(rig_cmd(&r, HCI_CMD_READ_BD_ADDR, NULL, 0), 0);
	assert_memory_equal(r.evt + 7, rig_address, 6);
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_RAND, NULL, 0), 0);
	uint64_t first = le64_get(r.evt + 7);
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_RAND, NULL, 0), 0);
	assert_true(first != le64_get(r.evt + 7));
}

/* Written, it survives Reset, but not the host's hanging up. */
static void test_bd_addr(void **state)
{
	(void)state;
	rig_init(&r, NULL);
	assert_int_equal(rig_cmd(&r, HCI_CMD_VS_WRITE_BD_ADDR, rig_peer, 6), 0);
	assert_int_equal(rig_cmd(&r, HCI_CMD_RESET, NULL, 0), 0);
	assert_int_equal(rig_cmd(&r, HCI_CMD_READ_BD_ADDR, NULL, 0), 0);
	assert_memory_equal(r.evt + 7, rig_peer, 6);
	ble_ctlr_silence(r.c);
	assert_int_equal(rig_cmd(&r, HCI_CMD_READ_BD_ADDR, NULL, 0), 0);
	assert_memory_equal(r.evt + 7, rig_address, 6);
}

/*
 * Eleven commands at once, and then as many as it takes: what has no room is refused, not dropped.
 */
static void test_no_flow_control(void **state)
{
	(void)state;
	static const uint8_t reset[4] = { HCI_H4_COMMAND, 3, 0x0C, 0 };
	unsigned taken = 0, answered = 0;
	rig_init(&r, NULL);
	while (ble_ctlr_hci_write(r.c, reset, 4) == 0)
		taken++;
	assert_true(taken >= 11);
	assert_int_equal(ble_ctlr_hci_write(r.c, reset, 4), BLE_EBUSY);
	while (rig_read(&r) > 0)
		answered++;
	assert_int_equal(answered, taken);
	assert_int_equal(ble_ctlr_hci_write(r.c, reset, 4), 0);
}

static void test_framing(void **state)
{
	(void)state;
	uint8_t packet[300] = { 0 };
	rig_init(&r, NULL);
	for (unsigned type = 0; type < 256; type++)
		for (size_t len = 0; len < 8; len++) {
			packet[0] = (uint8_t)type;
			packet[3] = 200; /* more than there is */
			if (len < 8 && !(type == HCI_H4_ACL && len == 5))
				assert_int_equal(ble_ctlr_hci_write(r.c, packet, len), BLE_EBADPDU);
		}
	packet[0] = HCI_H4_ACL;
	packet[3] = 1;
	packet[4] = 0;
	assert_int_equal(ble_ctlr_hci_write(r.c, packet, 6), 0); /* for nobody: dropped */
	assert_int_equal(ble_ctlr_hci_write(r.c, packet, 7), BLE_EBADPDU);
	rig_check_leaks(&r);
}

/* Advertising and scan intervals, windows, types around their bounds. */
static void test_ranges(void **state)
{
	(void)state;
	rig_init(&r, NULL);
	for (uint32_t v = 0; v <= 0xFFFF; v += v < 80 || v > 0x3FF0 ? 1 : 97) {
		uint8_t adv[15] = { (uint8_t)v, (uint8_t)(v >> 8), (uint8_t)v, (uint8_t)(v >> 8), 0,
			0, 0, 0, 0, 0, 0, 0, 0, 7, 0 };
		uint8_t scan[7] = { 0, (uint8_t)v, (uint8_t)(v >> 8), 4, 0, 0, 0 };
		bool status = rig_cmd(&r, HCI_CMD_LE_SET_ADVERTISING_PARAMETERS, adv, 15) == 0;
		assert_int_equal(status, v >= 0x20 && v <= 0x4000);
		status = rig_cmd(&r, HCI_CMD_LE_SET_SCAN_PARAMETERS, scan, 7) == 0;
		assert_int_equal(status, v >= 4 && v <= 0x4000);
	}
	uint8_t adv[15] = { 32, 0, 32, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0 };
	for (unsigned v = 0; v < 256; v++) {
		adv[13] = (uint8_t)v;
		assert_int_equal(rig_cmd(&r, HCI_CMD_LE_SET_ADVERTISING_PARAMETERS, adv, 15) == 0,
			v >= 1 && v <= 7);
		adv[13] = 7;
		adv[4] = (uint8_t)v;
		assert_int_equal(
			rig_cmd(&r, HCI_CMD_LE_SET_ADVERTISING_PARAMETERS, adv, 15) == 0, v <= 4);
		adv[4] = 0;
	}
	uint8_t map[5] = { 0 };
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_SET_HOST_CHANNEL_CLASSIFICATION, map, 5),
		HCI_ERR_INVALID_PARAMETERS);
	map[4] = 0xE1;
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_SET_HOST_CHANNEL_CLASSIFICATION, map, 5),
		HCI_ERR_INVALID_PARAMETERS);
	map[0] = 0x03, map[4] = 0;
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_SET_HOST_CHANNEL_CLASSIFICATION, map, 5), 0);
}

static void test_random_address(void **state)
{
	(void)state;
	uint8_t adv[15] = { 32, 0, 32, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7, 0 };
	rig_init(&r, NULL);
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_SET_ADVERTISING_PARAMETERS, adv, 15), 0);
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_SET_ADVERTISING_ENABLE, "\1", 1),
		HCI_ERR_INVALID_PARAMETERS);
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_SET_RANDOM_ADDRESS, rig_peer, 6), 0);
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_SET_ADVERTISING_ENABLE, "\1", 1), 0);
	assert_true(rig_run(&r, r.now_us + 100000));
	assert_int_equal(r.op.pdu[0], LL_ADV_IND | 1 << 6); /* TxAdd */
	assert_memory_equal(r.op.pdu + 2, rig_peer, 6);
}

static void test_filter_list(void **state)
{
	(void)state;
	uint8_t device[7] = { 0 };
	rig_init(&r, NULL);
	for (uint8_t i = 0; i <= LL_FILTER_SIZE; i++) {
		device[1] = i;
		assert_int_equal(
			rig_cmd(&r, HCI_CMD_LE_ADD_DEVICE_TO_FILTER_ACCEPT_LIST, device, 7),
			i < LL_FILTER_SIZE ? 0 : HCI_ERR_MEMORY_CAPACITY_EXCEEDED);
	}
	device[1] = 0; /* there already */
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_ADD_DEVICE_TO_FILTER_ACCEPT_LIST, device, 7), 0);
	assert_int_equal(
		rig_cmd(&r, HCI_CMD_LE_REMOVE_DEVICE_FROM_FILTER_ACCEPT_LIST, device, 7), 0);
	device[1] = 99;
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_ADD_DEVICE_TO_FILTER_ACCEPT_LIST, device, 7), 0);
	device[0] = 2;
	assert_int_equal(rig_cmd(&r, HCI_CMD_LE_ADD_DEVICE_TO_FILTER_ACCEPT_LIST, device, 7),
		HCI_ERR_INVALID_PARAMETERS);
}

/* Masked events do not come, and what waits behind them is not held up. */
static void test_masks(void **state)
{
	(void)state;
	uint8_t mask[8] = { 0 };
	uint8_t pdu[36];
	struct ll_connect_ind ind = rig_connect_ind();
	for (unsigned which = 0; which < 2; which++) {
		rig_init(&r, NULL);
		rig_cmd(&r, which ? HCI_CMD_SET_EVENT_MASK : HCI_CMD_LE_SET_EVENT_MASK, mask, 8);
		rig_advertise(&r, HCI_ADV_IND, "", "");
		assert_true(rig_run(&r, r.now_us + 1000000));
		rig_sent(&r);
		rig_connect_pdu(pdu, &ind);
		rig_receive(&r, 0, pdu, true);
		rig_main(&r);
		assert_int_equal(rig_read(&r), 0);
		assert_int_equal(r.c->conns[0].state, LL_CONN_OPEN);
		assert_false(rig_run(&r, r.now_us + 1) && false);
		while (rig_run(&r, r.now_us + 40000))
			rig_silence(&r);
		const uint8_t *evt = rig_find(&r, HCI_EVT_DISCONNECTION_COMPLETE, 0);
		assert_int_equal(evt == NULL, which);
		assert_int_equal(r.c->conns[0].state, LL_CONN_FREE);
	}
}

/* Data waits for the host's credits; events do not. */
static void test_host_flow_control(void **state)
{
	(void)state;
	struct ll_connect_ind ind = rig_connect_ind();
	uint8_t pdu[2 + 5], sizes[7] = { 251, 0, 0, 2, 0, 0, 0 };
	bool sn = false, nesn = false;
	unsigned got = 0;
	rig_init(&r, NULL);
	assert_int_equal(rig_cmd(&r, HCI_CMD_HOST_BUFFER_SIZE, sizes, 7), 0);
	assert_int_equal(rig_cmd(&r, HCI_CMD_SET_CONTROLLER_TO_HOST_FLOW_CONTROL, "\1", 1), 0);
	rig_peripheral(&r, &ind);
	for (unsigned n = 0; n < 5; n++) {
		assert_true(rig_run(&r, r.now_us + 100000));
		rig_data(pdu, LL_LLID_START, sn, nesn, false, "hello", 5);
		rig_receive(&r, r.op.start_us + 40, pdu, true);
		rig_sent(&r);
		rig_main(&r);
		sn = !sn, nesn = !nesn;
		while (rig_read(&r) > 0)
			got += r.evt[0] == HCI_H4_ACL;
	}
	assert_int_equal(got, 2);
	assert_int_equal(rig_cmd(&r, HCI_CMD_READ_BD_ADDR, NULL, 0), 0);
	uint16_t handle = r.c->conns[0].handle;
	uint8_t done[9] = { HCI_H4_COMMAND, 0x35, 0x0C, 5, 1, (uint8_t)handle,
		(uint8_t)(handle >> 8), 1, 0 };
	assert_int_equal(ble_ctlr_hci_write(r.c, done, 9), 0);
	assert_int_equal(rig_read(&r), 5 + 5);
	assert_int_equal(rig_read(&r), 0);
	done[7] = 200; /* more than it has: only what it has counts */
	assert_int_equal(ble_ctlr_hci_write(r.c, done, 9), 0);
	assert_int_equal(rig_read(&r), 5 + 5);
	assert_int_equal(rig_read(&r), 5 + 5);
	assert_int_equal(rig_read(&r), 0);
}

static void test_memory(void **state)
{
	(void)state;
	static _Alignas(max_align_t) uint8_t memory[100000];
	struct rig *g = &r;
	struct ble_ctlr *c;
	rig_init(g, NULL);
	for (unsigned n = 1; n <= 8; n++) {
		struct ble_ctlr_config cfg = { .radio = &g->radio,
			.platform = &g->platform,
			.connections = (uint8_t)n,
			.acl_buffers = (uint8_t)(n * 3),
			.rx_buffers = (uint8_t)n,
			.event_buffers = (uint8_t)(3 + n),
			.acl_octets = (uint16_t)(27 + n * 13) };
		size_t size = ble_ctlr_memory(&cfg);
		memset(memory, 0xA5, sizeof memory);
		assert_int_equal(ble_ctlr_init(&c, memory, size - 1, &cfg), BLE_ENOMEM);
		assert_int_equal(ble_ctlr_init(&c, memory, size, &cfg), 0);
		assert_int_equal(memory[size], 0xA5);
		struct ble_ctlr_stats s;
		ble_ctlr_stats(c, &s);
		assert_int_equal(s.pool_idle, s.pool_total);
		assert_int_equal(s.pool_total, n * 3 + n + 2 + 3 + n);
	}
	struct ble_ctlr_config bad = {
		.radio = &g->radio, .platform = &g->platform, .acl_octets = 26
	};
	assert_int_equal(ble_ctlr_memory(&bad), 0);
	assert_int_equal(ble_ctlr_init(&c, memory, sizeof memory, &bad), BLE_EINVAL);
	bad.acl_octets = 252;
	assert_int_equal(ble_ctlr_init(&c, memory, sizeof memory, &bad), BLE_EINVAL);
	bad.acl_octets = 0, bad.connections = 251;
	assert_int_equal(ble_ctlr_init(&c, memory, sizeof memory, &bad), BLE_EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hci_030_every_opcode_and_length),
		cmocka_unit_test(test_mask),
		cmocka_unit_test(test_ll_090_no_back_door),
		cmocka_unit_test(test_what_we_are),
		cmocka_unit_test(test_bd_addr),
		cmocka_unit_test(test_no_flow_control),
		cmocka_unit_test(test_framing),
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_random_address),
		cmocka_unit_test(test_filter_list),
		cmocka_unit_test(test_masks),
		cmocka_unit_test(test_host_flow_control),
		cmocka_unit_test(test_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
