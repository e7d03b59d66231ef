/*
 * Attacks of a controller on the host by its answers to commands, and by the buffers that it says it has
 * (Vol 4 Part E 4.4, 7.4, 7.7.14, 7.7.15, 7.8.2).
 */
#include "tests/attacks/victim.h"

#include "base/le.h"

/* What becomes of the answer to one opcode on its way to the host. */
static struct {
	uint16_t opcode;
	int params;     /* return parameters that are left, status included; -1: all */
	uint8_t status;
	const uint8_t *instead; /* of what is behind status: 7 octets; NULL: as they are */
	bool twice;
} lie;
static int (*true_read)(void *ctx, const uint8_t **packet);

static int lying_read(void *ctx, const uint8_t **packet)
{
	int len = true_read(ctx, packet);
	uint8_t *p = f.present.data;
	if (len < 7 || p[0] != 4 || p[1] != HCI_EVT_COMMAND_COMPLETE || le16_get(p + 4) != lie.opcode)
		return len;
	if (lie.twice) {
		lie.twice = false;
		f.in.head--; /* it will be read once more */
	}
	if (lie.status)
		p[6] = lie.status;
	if (lie.instead)
		memcpy(p + 7, lie.instead, 7);
	if (lie.params >= 0 && lie.params < len - 6) {
		p[2] = (uint8_t)(3 + lie.params);
		len = 6 + lie.params;
	}
	return len;
}

static void tell_lies(void)
{
	fake_init(&f);
	f.mask[FAKE_FLOW] = 0xFF;
	true_read = f.transport.read;
	f.transport.read = lying_read;
}

/* How the bring-up ends: 0, or the error. Then the host goes, and nothing is left. */
static int bring_up(void)
{
	int err = 1;
	f.answers = true;
	fake_host(&f, (struct ble_host_config){ .parts = BLE_PARTS(&ble_peripheral) });
	assert_int_equal(ble_host_start(f.host), 0);
	fake_pump(&f);
	for (unsigned i = 0; i < f.event_count; i++) {
		const struct ble_event *ev = &f.events[i].ev;
		assert_true(ev->type == BLE_EV_READY || ev->type == BLE_EV_ERROR);
		assert_int_equal(err, 1); /* it ends once */
		err = ev->type == BLE_EV_READY ? 0 : ev->error.err;
	}
	assert_true(err <= 0);
	victim_forget();
	fake_end(&f);
	return err;
}

/* Opcode, and how many return parameters the host cannot do without; 0: it can do without the command. */
static const struct {
	uint16_t opcode;
	int least, all;
} asked[] = {
	{ HCI_CMD_RESET, 1, 1 }, { HCI_CMD_READ_LOCAL_SUPPORTED_COMMANDS, 0, 65 },
	{ HCI_CMD_READ_LOCAL_VERSION_INFORMATION, 0, 9 }, { HCI_CMD_LE_READ_LOCAL_SUPPORTED_FEATURES, 0, 9 },
	{ HCI_CMD_LE_READ_BUFFER_SIZE, 4, 4 }, { HCI_CMD_READ_BD_ADDR, 0, 7 }, { HCI_CMD_SET_EVENT_MASK, 0, 1 },
	{ HCI_CMD_LE_SET_EVENT_MASK, 0, 1 }, { HCI_CMD_HOST_BUFFER_SIZE, 0, 1 },
	{ HCI_CMD_SET_CONTROLLER_TO_HOST_FLOW_CONTROL, 0, 1 },
};

static void every_answer_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++)
		for (int params = 0; params <= asked[i].all; params++) {
			tell_lies();
			lie.opcode = asked[i].opcode;
			lie.params = params;
			int err = bring_up();
			assert_int_equal(err == 0, params >= asked[i].least);
		}
	memset(&lie, 0, sizeof lie);
}

static void every_answer_with_every_status(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++)
		for (unsigned status = 1; status < 256; status++) {
			tell_lies();
			lie.opcode = asked[i].opcode;
			lie.params = status & 1 ? 1 : -1;
			lie.status = (uint8_t)status;
			assert_int_equal(bring_up(), asked[i].least ? BLE_EHCI((int)status) : 0);
		}
	memset(&lie, 0, sizeof lie);
}

/* While it works: advertising, scanning, connecting, disconnecting, each refused with each status. */
static void verb(unsigned which)
{
	static const struct ble_addr peer = { BLE_ADDR_RANDOM, { 9, 9, 9, 9, 9, 0xC9 } };
	switch (which) {
	case 0: assert_int_equal(ble_adv_start(f.host), 0); break;
	case 1: assert_int_equal(ble_scan_start(f.host, NULL), 0); break;
	case 2: assert_int_equal(ble_conn_create(f.host, &peer, NULL), 0); break;
	default: assert_int_equal(ble_conn_disconnect(f.host, attacker, 0x13), 0);
	}
	fake_pump(&f);
}

static void verbs_refused(void **state)
{
	static const uint8_t operations[] = { BLE_OP_ADVERTISE, BLE_OP_SCAN, BLE_OP_CONNECT, BLE_OP_DISCONNECT };
	(void)state;
	victim_up((struct ble_host_config){ .connections = 3,
		.parts = BLE_PARTS(&ble_peripheral, &ble_bare_server, &ble_observer, &ble_central) });
	for (unsigned status = 1; status < 256; status++)
		for (unsigned which = 0; which < 4; which++) {
			if (which == 3 && status == HCI_ERR_UNKNOWN_CONNECTION)
				continue; /* it has just gone: no error */
			verb(which);
			uint16_t opcode = le16_get(fake_sent(&f)->data + 1);
			fake_complete(&f, opcode, (uint8_t)status, NULL, 0);
			fake_complete(&f, opcode, 0, NULL, 0); /* and once more, too late */
			const struct ble_event *ev = fake_expect(&f, BLE_EV_ERROR);
			assert_int_equal(ev->error.operation, operations[which]);
			assert_int_equal(ev->error.err, BLE_EHCI((int)status));
			fake_expect_none(&f);
		}
	victim_serves();
	victim_end();
}

static void empty_return_parameters(void **state)
{
	(void)state;
	victim_up((struct ble_host_config){ .connections = 3 });
	verb(0);
	uint16_t opcode = le16_get(fake_sent(&f)->data + 1);
	fake_event(&f, HCI_EVT_COMMAND_COMPLETE, OCTETS(1, LE(opcode)));
	assert_int_equal(fake_expect(&f, BLE_EV_ERROR)->error.operation, BLE_OP_ADVERTISE);
	victim_serves();
	victim_end();
}

/* 7.8.2, 7.4.5: 27 octets and one packet are the least; 0 asks for the shared ones, and those may be 0 as well. */
static void buffers_of_every_size(void **state)
{
	static const uint16_t octets[] = { 0, 1, 26, 27, 251, 0xFFFF };
	static const uint8_t counts[] = { 0, 1, 255 };
	static const uint8_t none[7];
	(void)state;
	for (unsigned shared = 0; shared < 2; shared++)
		for (size_t i = 0; i < 6; i++)
			for (size_t n = 0; n < 3; n++) {
				tell_lies();
				f.acl_octets = octets[i];
				f.acl_count = counts[n];
				lie.opcode = HCI_CMD_READ_BUFFER_SIZE;
				lie.params = -1;
				lie.instead = shared ? NULL : none; /* in truth 4 of 1021 octets */
				bool own = octets[i] && counts[n];
				int err = bring_up();
				assert_int_equal(err, (own ? octets[i] >= 27 : shared) ? 0 : BLE_ENOTSUP);
			}
	tell_lies(); /* the same answer twice */
	lie.opcode = HCI_CMD_LE_READ_BUFFER_SIZE;
	lie.params = -1;
	lie.instead = NULL;
	lie.twice = true;
	assert_int_equal(bring_up(), 0);
	memset(&lie, 0, sizeof lie);
}

/* Nobody has asked, or it is answered already; 7.7.15: a Command Status may say no more than how many are allowed. */
static void answers_to_nothing(void **state)
{
	(void)state;
	victim_up((struct ble_host_config){ .connections = 3 });
	for (uint32_t opcode = 0; opcode <= 0xFFFF; opcode += 7) {
		fake_complete(&f, (uint16_t)opcode, (uint8_t)opcode, "abcdefgh", 8);
		fake_status(&f, (uint16_t)opcode, (uint8_t)opcode);
	}
	fake_expect_none(&f);
	verb(0);
	(void)fake_command(&f, HCI_CMD_LE_SET_ADVERTISING_PARAMETERS, NULL, 0);
	for (uint32_t opcode = 0x2000; opcode < 0x2060; opcode++) /* all but the one that is waited for */
		if (opcode != HCI_CMD_LE_SET_ADVERTISING_PARAMETERS)
			fake_complete(&f, (uint16_t)opcode, 0, NULL, 0);
	f.allowed = 255;
	fake_status(&f, 0, 0);
	fake_silent(&f); /* one at a time, however many are allowed */
	fake_complete(&f, HCI_CMD_LE_SET_ADVERTISING_PARAMETERS, 0, NULL, 0);
	fake_complete(&f, HCI_CMD_LE_SET_ADVERTISING_PARAMETERS, 0x0C, NULL, 0);
	fake_status(&f, HCI_CMD_LE_SET_ADVERTISING_PARAMETERS, 0x0C);
	while (f.out.head != f.out.tail)
		fake_serve(&f, le16_get(f.out.packets[f.out.head % FAKE_QUEUE].data + 1));
	(void)fake_expect(&f, BLE_EV_ADV_STARTED);
	fake_expect_none(&f);
	victim_serves();
	victim_end();
}

/* It is brought up anew: a hang is not for ever. answered: the first command is, and then no other is allowed. */
static void silent(bool answered)
{
	fake_init(&f);
	victim_up((struct ble_host_config){ .connections = 3 });
	verb(0);
	(void)fake_command(&f, HCI_CMD_LE_SET_ADVERTISING_PARAMETERS, NULL, 0);
	f.allowed = 0;
	if (answered)
		fake_complete(&f, HCI_CMD_LE_SET_ADVERTISING_PARAMETERS, 0, NULL, 0);
	for (unsigned i = 0; i < 10; i++)
		fake_status(&f, 0, 0);
	fake_silent(&f);
	fake_pass(&f, 2000000);
	(void)fake_expect(&f, BLE_EV_DISCONNECTED);
	(void)fake_expect(&f, BLE_EV_DISCONNECTED);
	assert_int_equal(fake_expect(&f, BLE_EV_LOST)->error.err, BLE_ETIMEOUT);
	f.allowed = 1;
	f.answers = true;
	fake_pass(&f, 1000000);
	(void)fake_expect(&f, BLE_EV_READY);
	(void)fake_expect(&f, BLE_EV_ADV_STARTED);
	f.out.head = f.out.tail;
	attacker = fake_connected(&f, ATTACKER, BLE_ROLE_PERIPHERAL);
	bystander = fake_connected(&f, BYSTANDER, BLE_ROLE_PERIPHERAL);
	victim_serves();
	victim_end();
}

static void no_answer_and_no_leave(void **state)
{
	(void)state;
	silent(false);
	silent(true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ATTACK("HCI-001 every answer cut", every_answer_cut),
		ATTACK("V-Z09 every answer with every status", every_answer_with_every_status),
		ATTACK("V-Z09 V-Z11 verbs refused, and answered again", verbs_refused),
		ATTACK("V-Z02 empty return parameters", empty_return_parameters),
		ATTACK("HCI-009 buffers of every size", buffers_of_every_size),
		ATTACK("HCI-010 answers to nothing", answers_to_nothing),
		ATTACK("HCI-010 no answer and no leave", no_answer_and_no_leave),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
