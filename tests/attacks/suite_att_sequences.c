/*
 * Attacks on ATT by what follows what, over the air: requests that do not wait for answers, MTU exchanges at the wrong
 * time, a value that shrinks, a client or a service that goes while the program thinks. An honest client is connected
 * beside the attacker, and must be served to the end (Vol 3 Part F 3.3.2, 3.4.2).
 */
#include <string.h>

#include "tests/attacks/target.h"
#include "tests/conformance/kit.h"

static struct lt honest;

/* How the program answers a read of handle 11. */
static struct {
	bool defers;
	uint32_t token;
	uint16_t len;
} program;

static void on_event(struct kit *k, const struct ble_event *ev)
{
	static const uint8_t value[512];
	if (ev->type != BLE_EV_READ && ev->type != BLE_EV_WRITTEN)
		return;
	program.token = ev->type == BLE_EV_READ ? ev->read.token : ev->written.token;
	if (program.defers)
		assert_int_equal(ble_server_defer(k->host, program.token), 0);
	else if (ev->type == BLE_EV_READ)
		assert_int_equal(ble_server_reply(k->host, program.token, 0, value, program.len), 0);
}

static void start(struct kit *k)
{
	struct ble_addr a;
	memset(&program, 0, sizeof program);
	kit_host(k, &(struct ble_host_config){ .parts = KIT_PARTS(ble_bare_server), .connections = 2, .att_mtu = 247 });
	assert_int_equal(target_add(k->host), 0);
	k->program = on_event;
	lt_add(&honest, k->world);
	a = ut_address(k);
	assert_int_equal(ble_adv_start(k->host), 0);
	ut_expect(k, BLE_EV_ADV_STARTED, 1000);
	lt_connect(&honest, &a);
	lt_wait_up(&honest, 5000);
	ut_peripheral(k);
}

/* A client's read of handle 3, and its answer and nothing else. */
static void serves(struct kit *k, struct lt *client)
{
	struct lt_frame frame;
	lt_send(client, KIT_ATT, "\x0A\3\0", 3);
	kit_wake(k);
	assert_true(lt_receive(client, KIT_ATT, &frame, 2000));
	EQUAL(frame.octets, frame.len, "0B 01 02 03 04");
	kit_run(k, 200);
	assert_int_equal(client->frame_count, 0);
}

static void end(struct kit *k)
{
	if (k->lt.up)
		serves(k, &k->lt);
	serves(k, &honest);
	lt_disconnect(&honest);
}

static int answer_to(struct kit *k, const char *request)
{
	struct lt_frame frame;
	uint8_t pdu[64];
	lt_send(&k->lt, KIT_ATT, pdu, kit_octets(request, pdu, sizeof pdu));
	kit_wake(k);
	return lt_receive(&k->lt, KIT_ATT, &frame, 1000) ? frame.len : -1;
}

/* Answers come in the order of the requests, each whole and at most once; commands and confirmations have none. */
static void requests_without_waiting(void **state)
{
	static const struct {
		const char *request, *answer;
	} mix[] = {
		{ "0A 03 00", "0B 01 02 03 04" }, { "52 13 00 01", NULL }, { "0C 05 00 10 00", "0D 10 11 *" }, { "1E", NULL },
		{ "04 09 00 09 00", "05 01 09 00 04 B0" }, { "0A FF 00", "01 0A FF 00 01" }, { "12 09 00 01", "01 12 09 00 03" },
		{ "0C 05 00 20 00", "0D 20 21 *" }, { "77", NULL }, { "0A 18 00", "0B 09" },
	};
	enum { KINDS = sizeof mix / sizeof mix[0] };
	struct kit *k = *state;
	unsigned asked = 0, answered = 0;
	start(k);
	for (unsigned i = 0; i < 10 * KINDS; i++) {
		uint8_t pdu[16];
		lt_send(&k->lt, KIT_ATT, pdu, kit_octets(mix[i % KINDS].request, pdu, sizeof pdu));
		for (struct lt_frame frame; lt_receive(&k->lt, KIT_ATT, &frame, i % KINDS == KINDS - 1 ? 500 : 0);) {
			while (!mix[answered % KINDS].answer)
				answered++;
			assert_true(answered <= i);
			EQUAL(frame.octets, frame.len, mix[answered % KINDS].answer);
			answered++;
			asked++;
		}
	}
	assert_int_equal(asked, 70); /* nothing was lost, as the host had a packet for each */
	k->violations = k->malformed = true;
	end(k);
}

/* While the program thinks about one, the others are passed over: one answer, to the first. */
static void requests_while_one_is_thought_about(void **state)
{
	struct kit *k = *state;
	struct ble_host_stats s;
	start(k);
	program.defers = true;
	ATT(k, "T 0A 11 00", "I -", "T 0A 03 00", "T 02 40 00", "T 04 01 00 FF FF", "T 12 11 00 01", "T 0C 05 00 00 00",
		"T 16 03 00 00 00 01", "T 08 01 00 FF FF 03 28", "T 10 01 00 FF FF 00 28", "T 99 00", "I -");
	ble_host_stats(k->host, &s);
	assert_int_equal(s.violations, 9);
	serves(k, &honest);
	assert_int_equal(ble_server_reply(k->host, program.token, 0, "yes", 3), 0);
	assert_int_equal(ble_server_reply(k->host, program.token, 0, "yes", 3), BLE_ENOENT);
	ATT(k, "I 0B 79 65 73", "I -");
	k->violations = true;
	end(k);
}

/* ATT_MTU is max(23, min(client, server)), and no answer is longer. */
static void mtus_of_every_size(void **state)
{
	static const unsigned theirs[] = { 0, 1, 22, 23, 24, 100, 246, 247, 248, 517, 0xFFFF };
	struct kit *k = *state;
	start(k);
	for (size_t i = 0; i < sizeof theirs / sizeof theirs[0]; i++) {
		unsigned mtu = theirs[i] < 247 ? theirs[i] : 247;
		uint8_t request[3] = { 0x02, (uint8_t)theirs[i], (uint8_t)(theirs[i] >> 8) };
		mtu = mtu < 23 ? 23 : mtu;
		ATT(k, "T 02 17", "I 01 02 00 00 04", "T 02 17 00 00", "I 01 02 00 00 04", "T 02", "I 01 02 00 00 04");
		lt_send(&k->lt, KIT_ATT, request, 3);
		ATT(k, "I 03 F7 00");
		assert_int_equal(answer_to(k, "0A 05 00"), mtu);
		assert_int_equal(answer_to(k, "0C 05 00 01 00"), mtu);
		assert_true(answer_to(k, "08 01 00 FF FF 03 28") <= (int)mtu);
		assert_true(answer_to(k, "04 01 00 FF FF") <= (int)mtu);
		lt_disconnect(&k->lt);
		kit_run(k, 100);
		ut_peripheral(k);
	}
	k->malformed = true;
	end(k);
}

/* Only the first counts, also between two parts of a long value: Part F 3.4.2.1. */
static void mtu_again(void **state)
{
	struct kit *k = *state;
	start(k);
	ATT(k, "T 02 32 00", "I 03 F7 00");
	assert_int_equal(answer_to(k, "0A 05 00"), 50);
	ATT(k, "T 02 F7 00", "I 03 F7 00");
	assert_int_equal(answer_to(k, "0C 05 00 31 00"), 50);
	ATT(k, "T 02 17 00", "I 03 F7 00", "T 02 FF FF", "I 03 F7 00");
	assert_int_equal(answer_to(k, "0C 05 00 62 00"), 50);
	assert_int_equal(k->count[BLE_EV_MTU], 1);
	k->violations = true;
	end(k);
}

/* Between two parts it becomes shorter than what has been read. */
static void a_value_that_shrinks(void **state)
{
	struct kit *k = *state;
	start(k);
	program.len = 100;
	assert_int_equal(answer_to(k, "0A 11 00"), 23);
	assert_int_equal(answer_to(k, "0C 11 00 16 00"), 23);
	program.len = 44;
	ATT(k, "T 0C 11 00 2C 00", "I 0D");
	program.len = 10;
	ATT(k, "T 0C 11 00 2C 00", "I 01 0C 11 00 07");
	program.len = 0;
	ATT(k, "T 0C 11 00 01 00", "I 01 0C 11 00 07", "T 0C 11 00 00 00", "I 0D", "T 0C 11 00 FF FF", "I 01 0C 11 00 07");
	end(k);
}

/* The client goes while the program has its request: the answer finds nobody, and is told so. */
static void a_client_that_goes(void **state)
{
	static const char *const requests[] = { "T 0A 11 00", "T 0C 11 00 05 00", "T 08 01 00 FF FF 07 B0", "T 12 11 00 01" };
	struct kit *k = *state;
	start(k);
	program.defers = true;
	for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
		ATT(k, requests[i], "I -");
		uint32_t stale = program.token;
		lt_disconnect(&k->lt);
		kit_run(k, 100);
		assert_int_equal(ble_server_reply(k->host, stale, 0, "late", 4), BLE_ENOENT);
		ut_peripheral(k);
		assert_int_equal(ble_server_reply(k->host, stale, 0, "late", 4), BLE_ENOENT);
		ATT(k, "I -");
		serves(k, &k->lt);
	}
	end(k);
}

/* The service goes: a request that waits is answered once, what was subscribed is forgotten, handles stay unused. */
static void a_service_that_goes(void **state)
{
	struct kit *k = *state;
	start(k);
	program.defers = true;
	ATT(k, "T 12 0C 00 01 00", "I 13", "T 0A 11 00", "I -");
	assert_int_equal(ble_server_remove(k->host, &target_services[0]), 0);
	assert_int_equal(ble_server_notify(k->host, k->conn, 0x0B, "x", 1), BLE_ENOENT);
	(void)ble_server_reply(k->host, program.token, BLE_EATT(0x01), NULL, 0);
	ATT(k, "I 01 0A 11 00 01", "I -", "T 0A 03 00", "I 01 0A 03 00 01", "T 12 0C 00 01 00", "I 01 12 0C 00 01",
		"T 0A 16 00", "I 0B 05 06 07 08");
	assert_int_equal(ble_server_add(k->host, &target_services[0], NULL), 0);
	ATT(k, "T 0A 03 00", "I 01 0A 03 00 01", "T 0A 1F 00", "I 0B 01 02 03 04", "T 0A 28 00", "I 0B 00 00");
	lt_disconnect(&k->lt);
	lt_disconnect(&honest);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE("ATT-002 requests without waiting", requests_without_waiting),
		CASE("ATT-002 requests while one is thought about", requests_while_one_is_thought_about),
		CASE("ATT-003 MTUs of every size", mtus_of_every_size),
		CASE("ATT-004 MTU again", mtu_again),
		CASE("ATT-010 a value that shrinks", a_value_that_shrinks),
		CASE("GATT-016 a client that goes", a_client_that_goes),
		CASE("GATT-016 a service that goes", a_service_that_goes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
