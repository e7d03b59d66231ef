/*
 * Attacks on the way between host and controller, and of a host on our controller: H4 packets that are longer than any
 * buffer or of no kind, commands in every state, data beyond what is allowed (Vol 4 Part A 2, Part E 4.1.1, 4.4).
 */
#include <stdlib.h>
#include <string.h>

#include <ble/h4.h>
#include <ble/transport.h>

#include "ll/cmd.h"
#include "spec/hci_codes.h"
#include "tests/conformance/lower.h"

/* -- H4: one framer for every driver ------------------------------------------------------------------------ */

static const uint8_t good[] = { 0x04, 0x0E, 0x04, 0x01, 0x03, 0x0C, 0x00 };

/* Octets in chunks, as a UART gives them; packets are taken as they come. The last answer; *taken: how many. */
static int feed(struct ble_h4_rx *rx, const uint8_t *octets, size_t len, size_t chunk, unsigned *taken)
{
	int got = 0;
	for (size_t at = 0; at < len && got >= 0;) {
		uint8_t *to;
		const uint8_t *packet;
		size_t room = ble_h4_room(rx, &to), n = chunk < room ? chunk : room;
		n = len - at < n ? len - at : n;
		assert_true(n > 0);
		memcpy(to, octets + at, n);
		at += n;
		ble_h4_got(rx, n);
		while ((got = ble_h4_next(rx, &packet)) > 0) {
			assert_true(got <= BLE_H4_MAX);
			++*taken;
		}
	}
	return got;
}

/* The buffer is as small as it may be, and in memory of its own. */
static int framed(const uint8_t *octets, size_t len, size_t chunk, unsigned *taken)
{
	struct ble_h4_rx rx;
	uint8_t *buf = malloc(BLE_H4_MAX);
	*taken = 0;
	ble_h4_init(&rx, buf, BLE_H4_MAX, BLE_H4_MAX, BLE_H4_FROM_CTLR);
	int got = feed(&rx, octets, len, chunk, taken);
	free(buf);
	return got;
}

/* A stream that announces more than anybody has room for is given up: the host then resets the controller. */
static void announced_longer_than_any_buffer(void **state)
{
	static uint8_t stream[5 + 0x10000 + sizeof good];
	(void)state;
	for (size_t chunk = 1; chunk <= 64; chunk += chunk < 8 ? 1 : 7)
		for (uint32_t len = 0; len <= 0xFFFF; len += len < 300 ? 1 : 997) {
			unsigned taken;
			memset(stream, 0, sizeof stream);
			memcpy(stream, (uint8_t[]){ 2, 0x40, 0x20, (uint8_t)len, (uint8_t)(len >> 8) }, 5);
			memcpy(stream + 5 + len, good, sizeof good);
			bool fits = 5 + len <= BLE_H4_MAX;
			size_t n = fits ? 5 + len + sizeof good : 600;
			assert_int_equal(framed(stream, n, chunk, &taken), fits ? 0 : BLE_EGONE);
			assert_int_equal(taken, fits ? 2 : 0);
		}
}

static void indicators_of_nothing(void **state)
{
	uint8_t stream[3 * sizeof good + 40] = { 0 };
	(void)state;
	for (unsigned before = 0; before <= 3; before++)
		for (unsigned indicator = 0; indicator < 256; indicator++)
			for (size_t chunk = 1; chunk < 30; chunk += 4) {
				unsigned taken;
				for (unsigned i = 0; i < before; i++)
					memcpy(stream + i * sizeof good, good, sizeof good);
				memset(stream + before * sizeof good, (int)indicator, 40);
				int got = framed(stream, before * sizeof good + 40, chunk, &taken);
				if (indicator != 2 && indicator != 4) {
					assert_int_equal(got, BLE_EGONE);
					assert_int_equal(taken, before);
				}
			}
}

/* -- our controller, and a host that keeps to nothing -------------------------------------------------------- */

static struct ble_world *world;
static struct lt evil, honest;

static int setup(void **state)
{
	(void)state;
	world = ble_world_new(&(struct ble_world_options){ .seed = 1 });
	lt_add(&evil, world);
	lt_add(&honest, world);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	ble_world_free(world);
	return 0;
}

static void run(uint32_t ms)
{
	ble_world_run_until(world, ble_world_now(world) + ms * UINT64_C(1000));
}

/* Answers to a command of any shape, written as it is. */
static unsigned answers(uint16_t opcode, const uint8_t *params, uint8_t len)
{
	uint8_t packet[4 + 255] = { 1, (uint8_t)opcode, (uint8_t)(opcode >> 8), len };
	unsigned before = evil.answers;
	memcpy(packet + 4, params, len);
	assert_int_equal(ble_ctlr_hci_write(evil.ctlr, packet, 4u + len), 0);
	ble_node_kick(evil.node);
	run(2);
	return evil.answers - before;
}

enum state { IDLE, ADVERTISES, SCANS, INITIATES, PERIPHERAL, CENTRAL, STATES };

static void enter(enum state s)
{
	static const uint8_t all[8] = { 255, 255, 255, 255, 255, 255, 255, 255 };
	struct ble_addr a;
	lt_add(&honest, world);
	assert_int_equal(lt_cmd(&evil, HCI_CMD_RESET, NULL, 0), 0);
	evil.up = false;
	assert_int_equal(lt_cmd(&evil, HCI_CMD_SET_EVENT_MASK, all, 8), 0);
	if (s == ADVERTISES || s == PERIPHERAL)
		lt_advertise(&evil, 0, "\2\1\6", 3, NULL, 0);
	if (s == SCANS)
		lt_scan(&evil, true);
	if (s == INITIATES || s == CENTRAL) {
		lt_address(&honest, &a);
		lt_connect(&evil, &a);
	}
	if (s == CENTRAL)
		lt_advertise(&honest, 0, "\2\1\6", 3, NULL, 0);
	if (s == PERIPHERAL) {
		lt_address(&evil, &a);
		lt_connect(&honest, &a);
	}
	if (s == CENTRAL || s == PERIPHERAL) {
		lt_wait_up(&evil, 5000);
		lt_wait_up(&honest, 5000);
	}
}

/* After all: it is reset, connects, and data goes both ways. */
static void still_works(void)
{
	struct lt_frame frame;
	struct ble_ctlr_stats stats;
	honest.frame_count = evil.frame_count = 0;
	enter(CENTRAL);
	evil.credits = honest.credits = 8;
	evil.in_flight = honest.in_flight = evil.in_len = honest.in_len = 0;
	evil.frame_count = honest.frame_count = 0;
	lt_send(&evil, 4, "there", 5);
	assert_true(lt_receive(&honest, 4, &frame, 1000));
	lt_send(&honest, 4, "and back", 8);
	assert_true(lt_receive(&evil, 4, &frame, 1000));
	assert_int_equal(frame.len, 8);
	lt_disconnect(&evil);
	run(1000);
	ble_ctlr_stats(evil.ctlr, &stats);
	assert_int_equal(stats.pool_idle, stats.pool_total);
}

/* Exactly one answer, in every state: with the right length and octets of one kind, and without parameters. */
static void every_command_in_every_state(void **state)
{
	static const uint8_t fills[] = { 0x00, 0x01, 0xFF };
	uint8_t params[255];
	(void)state;
	for (enum state s = IDLE; s < STATES; s++) {
		enter(s);
		for (uint32_t opcode = 0; opcode <= 0xFFFF; opcode++) {
			if ((opcode >> 10 > 8 && opcode >> 10 != 0x3F) || (opcode & 0x3FF) > 0x80 || opcode == HCI_CMD_RESET ||
				opcode == HCI_CMD_VS_WRITE_BD_ADDR) /* it would be another device */
				continue;
			const struct ll_cmd *cmd = ll_cmd_find(evil.ctlr, (uint16_t)opcode);
			for (size_t i = 0; i < (cmd ? sizeof fills : 1); i++) {
				memset(params, fills[i], sizeof params);
				uint8_t len = cmd && cmd->params != LL_CMD_ANY ? cmd->params : 0;
				unsigned n = answers((uint16_t)opcode, params, len);
				if (!cmd || cmd->ret != LL_CMD_SILENT)
					assert_int_equal(n, 1);
			}
		}
	}
	still_works();
}

static int put_acl(uint16_t handle, unsigned flags, uint16_t says, const void *data, size_t len)
{
	uint8_t packet[5 + 1024] = { 2, (uint8_t)handle, (uint8_t)(handle >> 8 | flags << 4), (uint8_t)says,
		(uint8_t)(says >> 8) };
	memcpy(packet + 5, data, len);
	int err = ble_ctlr_hci_write(evil.ctlr, packet, 5 + len);
	ble_node_kick(evil.node);
	return err;
}

/* Handles of nobody, flags that do not exist, longer than announced, lengths that lie: dropped, and none gets out. */
static void data_that_is_not_as_announced(void **state)
{
	static const uint8_t zeros[1024];
	(void)state;
	enter(CENTRAL);
	for (unsigned handle = 0; handle < 0x1000; handle += 3)
		if (handle != evil.handle)
			assert_int_equal(put_acl((uint16_t)handle, 0, 4, zeros, 4), 0);
	for (unsigned flags = 3; flags < 16; flags += 4)
		assert_int_equal(put_acl(evil.handle, flags, 4, zeros, 4), 0);
	for (uint16_t len = 252; len <= 1024; len = (uint16_t)(len + 7))
		assert_int_equal(put_acl(evil.handle, 0, len, zeros, len), 0);
	for (uint16_t says = 0; says < 300; says++)
		if (says != 27)
			assert_int_equal(put_acl(evil.handle, 0, says, zeros, 27), BLE_EBADPDU);
	run(1000);
	assert_int_equal(honest.frame_count, 0);
	assert_int_equal(honest.in_len, 0);
	assert_true(evil.up && honest.up);
	still_works();
}

/* As many packets as it takes and more: the rest waits outside, what was taken comes out in order, none is lost. */
static void more_data_than_credits(void **state)
{
	struct lt_frame frame;
	uint8_t pdu[] = { 1, 0, 4, 0, 0 };
	unsigned taken = 0, refused = 0;
	(void)state;
	enter(CENTRAL);
	for (unsigned i = 0; i < 100; i++) {
		pdu[4] = (uint8_t)taken;
		int err = put_acl(evil.handle, 0, sizeof pdu, pdu, sizeof pdu);
		assert_true(err == 0 || err == BLE_EBUSY);
		taken += err == 0;
		refused += err != 0;
	}
	assert_true(taken >= 8 && taken < 30 && refused);
	for (unsigned i = 0; i < taken; i++) {
		assert_true(lt_receive(&honest, 4, &frame, 1000));
		assert_int_equal(frame.octets[0], i);
	}
	assert_false(lt_receive(&honest, 4, &frame, 1000));
	lt_disconnect(&evil); /* to a handle that has gone */
	assert_int_equal(put_acl(evil.handle, 0, sizeof pdu, pdu, sizeof pdu), 0);
	still_works();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{ "HCI-002 V-Z01 announced longer than any buffer", announced_longer_than_any_buffer, NULL, NULL, NULL },
		{ "HCI-003 indicators of nothing", indicators_of_nothing, NULL, NULL, NULL },
		{ "HCI-031 every command in every state", every_command_in_every_state, setup, teardown, NULL },
		{ "HCI-032 data that is not as announced", data_that_is_not_as_announced, setup, teardown, NULL },
		{ "HCI-032 more data than credits", more_data_than_credits, setup, teardown, NULL },
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
