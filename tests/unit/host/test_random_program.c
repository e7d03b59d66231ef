/*
 * A random program over a random peer and a correct controller: any verb at any time, in the middle of an event too, the
 * host stopped, the controller lost, parts attached late. Whatever the history, the host comes to rest; no credit and no
 * packet is lost; and a peer that keeps to the rule of one request at a time has every request answered.
 *
 * The controller gives a packet's credit back at a random time; the driver keeps packets as long as it likes.
 */
#include <stdlib.h>

#include <ble/accept.h>
#include <ble/crypto.h>
#include <ble/privacy.h>
#include <ble/levels.h>

#include "tests/unit/host/fake_ctlr.h"

#include "base/le.h"
#include "host/privacy.h"

enum { LINKS = 3, HANDLE = 0x40, SEEDS = 1000, STEPS = 120 };

static struct fake f;
static uint32_t seed, rng;

static struct {
	bool up, asked, indicated; /* one request, one indication at a time: Vol 3 Part F 3.3.2 */
	uint16_t in_flight, missing; /* packets; octets of the PDU that is coming */
	uint8_t cid, opcode;         /* of that PDU */
	ble_conn_id id;
} links[LINKS];
static uint32_t token;
static bool ready, strays;
static void (*fake_close)(void *ctx);

static uint8_t level_value = 0x64;
static const struct ble_characteristic level = { .uuid = 0x2A19, .permission = BLE_READ | BLE_NOTIFY, .size = 1,
	.length = 1, .value = &level_value };
static const struct ble_characteristic asked = { .uuid = 0x2A00,
	.permission = BLE_READ | BLE_WRITE | BLE_WRITE_WO | BLE_INDICATE, .size = 100 };
static const struct ble_service service = { .uuid = 0x180F, .characteristics = BLE_LIST(&level, &asked) };
static const struct ble_service late = { .uuid = 0x1802, .characteristics = BLE_LIST(&level) };

static unsigned dice(unsigned n)
{
	rng ^= rng << 13;
	rng ^= rng >> 17;
	rng ^= rng << 5;
	return rng % n;
}

static void push(const void *packet, size_t len)
{
	struct fake_packet *p = &f.in.packets[f.in.tail++ % FAKE_QUEUE];
	assert_true(f.in.tail - f.in.head <= FAKE_QUEUE);
	p->len = (uint16_t)len;
	memcpy(p->data, packet, len);
}

static bool full(void)
{
	return f.in.tail - f.in.head > FAKE_QUEUE - 20;
}

/* -- the program ----------------------------------------------------------------------------------------------------- */

static ble_conn_id any_conn(void)
{
	return dice(8) ? links[dice(LINKS)].id : dice(0x1000);
}

static int cipher(void *ctx, const uint8_t key[16], const uint8_t in[16], uint8_t out[16])
{
	(void)ctx, (void)key;
	memmove(out, in, 16);
	return dice(8) ? 0 : BLE_EIO;
}

static const struct ble_crypto crypto = { .aes128 = cipher };

static void client_verb(void)
{
	static const uint16_t two_handles[2] = { 3, 5 };
	static const uint8_t long_value[80];
	static const struct ble_client_value two_values[2] = { { 3, 40, long_value }, { 5, 2, long_value } };
	ble_conn_id id = any_conn();
	switch (dice(16)) {
	case 0: (void)ble_client_exchange_mtu(f.host, id); break;
	case 1: (void)ble_client_services(f.host, id, "\x0F\x18", dice(2) * 2); break;
	case 2: (void)ble_client_characteristics(f.host, id, (uint16_t)dice(3), 0xFFFF); break;
	case 3: (void)ble_client_descriptors(f.host, id, 1, (uint16_t)dice(20)); break;
	case 4: (void)ble_client_read(f.host, id, (uint16_t)dice(5)); break;
	case 5: (void)ble_client_write(f.host, id, 3, "abc", dice(4)); break;
	case 6: (void)ble_client_includes(f.host, id, 1, 20); break;
	case 7: (void)ble_client_read_uuid(f.host, id, 1, 20, "\x19\x2A", 2); break;
	case 8: (void)ble_client_read_multiple(f.host, id, two_handles, dice(2) + 1); break;
	case 9: (void)ble_client_read_multiple_variable(f.host, id, two_handles, 2); break;
	case 10: (void)ble_client_write(f.host, id, 3, long_value, 20 + dice(60)); break;
	case 11: (void)ble_client_write_reliable(f.host, id, two_values, 1 + dice(2)); break;
	case 12: (void)ble_client_subscribe(f.host, id, 3, (uint16_t)dice(5), (uint8_t)dice(4)); break;
	case 13: (void)ble_client_write_cancel(f.host, id); break;
	case 14: (void)ble_client_features(f.host, id, (uint8_t)dice(6)); break;
	default: (void)ble_client_write_command(f.host, id, 3, "abc", dice(4));
	}
}

static void gap_verb(void)
{
	static const struct ble_addr peer = { BLE_ADDR_RANDOM, { 1, 2, 3, 4, 5, 0xC6 } };
	switch (dice(9)) {
	case 0: (void)ble_adv_start(f.host); break;
	case 1: (void)ble_adv_stop(f.host); break;
	case 2: (void)ble_adv_data(f.host, "\2\1\6", 3, NULL, 0); break;
	case 3: (void)ble_scan_start(f.host, NULL); break;
	case 4: (void)ble_scan_stop(f.host); break;
	case 5: (void)ble_conn_create(f.host, &peer, &(struct ble_conn_params){ .timeout_ms = dice(2) * 500 }); break;
	case 6: (void)ble_conn_cancel(f.host); break;
	case 7: (void)ble_conn_update(f.host, any_conn(), NULL); break;
	default: (void)ble_conn_disconnect(f.host, any_conn(), 0);
	}
}

/* What goes by the accept list, and what the controller is asked. */
static void list_verb(void)
{
	static const struct ble_addr list[9] = { { BLE_ADDR_RANDOM, { 1, 2, 3, 4, 5, 0xC6 } } };
	int8_t dbm;
	switch (dice(8)) {
	case 0: (void)ble_accept_set(f.host, list, dice(10)); break; /* the controller's has eight */
	case 1: (void)ble_adv_filter(f.host, (uint8_t)dice(5)); break;
	case 2: (void)ble_scan_filter(f.host, dice(2)); break;
	case 3:
		(void)ble_conn_create_listed(f.host, &(struct ble_conn_params){ .timeout_ms = dice(2) * 500 });
		break;
	case 4: (void)ble_conn_rssi(f.host, any_conn()); break;
	case 5:
	case 6: (void)ble_privacy_set(f.host, (uint8_t)dice(3), dice(2) * 1000); break;
	default: (void)ble_adv_power(f.host, &dbm);
	}
}

static void server_verb(void)
{
	static const uint8_t octets[100];
	switch (dice(8)) {
	case 0: (void)ble_server_add(f.host, dice(2) ? &late : &service, NULL); break;
	case 1: (void)ble_server_remove(f.host, dice(2) ? &late : &service); break;
	case 2: (void)ble_server_reply(f.host, token, dice(4) ? 0 : BLE_EATT(0x80), octets, dice(100)); break;
	case 3: (void)ble_server_defer(f.host, token); break;
	case 4: {
		uint16_t handle = ble_server_handle(f.host, &level);
		const struct ble_notification list[] = { { handle, (uint16_t)dice(100), octets }, { handle, 1, octets } };
		(void)ble_server_notify_many(f.host, any_conn(), list, dice(3));
		break;
	}
	default:
		(void)ble_server_notify(f.host, any_conn(), ble_server_handle(f.host, dice(2) ? &level : &asked),
			octets, dice(100));
	}
}

static void verb(void)
{
	static const struct ble_part *const parts[] = { &ble_peripheral, &ble_server, &ble_observer, &ble_central,
		&ble_client, &ble_prepared, &ble_multiple, &ble_caching, &ble_accept, &ble_levels,
		&ble_private };
	unsigned which = dice(100);
	if (which < 30)
		client_verb();
	else if (which < 50)
		gap_verb();
	else if (which < 60)
		list_verb();
	else if (which < 90)
		server_verb();
	else if (which < 96)
		(void)ble_host_attach(f.host, parts[dice(11)]);
	else if (which < 98)
		ble_host_run(f.host, f.now_us);
	else if (which == 98)
		ble_host_stop(f.host);
	else
		(void)ble_host_start(f.host);
}

static void on_event(const struct ble_event *ev)
{
	if (ev->type == BLE_EV_READY)
		ready = true;
	if (ev->type == BLE_EV_CONNECTED) {
		struct ble_conn_info info;
		assert_int_equal(ble_conn_info(f.host, ev->conn, &info), 0);
		links[info.handle - HANDLE].id = ev->conn;
	}
	if (ev->type == BLE_EV_READ && ev->read.token)
		token = ev->read.token;
	if (ev->type == BLE_EV_WRITTEN && ev->written.token)
		token = ev->written.token;
	if (!dice(3))
		verb();
}

/* -- the controller and the peers ------------------------------------------------------------------------------------- */

static void give(const char *pdu, size_t len, unsigned link)
{
	uint8_t p[64] = { 2, (uint8_t)(HANDLE + link), 0x20, (uint8_t)(len + 4), 0, (uint8_t)len, 0, 4, 0 };
	memcpy(p + 9, pdu, len);
	push(p, 9 + len);
}

/* Disconnect, and the end of an attempt that was cancelled; what else there is the fake has answered. */
static void on_command(const struct fake_packet *p)
{
	unsigned link = p->data[4] - (unsigned)HANDLE;
	if (le16_get(p->data + 1) == HCI_CMD_LE_CREATE_CONNECTION_CANCEL && dice(4))
		push((uint8_t[]){ 4, 0x3E, 19, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, 22);
	if (le16_get(p->data + 1) != HCI_CMD_DISCONNECT || link >= LINKS || !links[link].up)
		return;
	push((uint8_t[]){ 4, 5, 4, 0, p->data[4], 0, 0x16 }, 7);
	links[link].up = false;
	links[link].in_flight = 0;
}

/* What the host has sent on ATT: an answer ends the peer's wait, a request is answered somehow, an indication confirmed. */
static void on_att(unsigned link, uint8_t op)
{
	if (op == 0x1D && dice(4))
		give("\x1E", 1, link);
	else if (op == 0x0A && dice(2))
		give("\x0B" "abcdefghijklmnopqrstuv", 1 + dice(23), link);
	else if (op == 0x02)
		give("\x03\xB9\0", 3, link);
	else if (op == 0x04 && dice(2))
		give("\5\1\4\0\2\x29", 6, link);
	else if (op == 0x08 && dice(2))
		give("\x09\6\2\0\5\0\x09\0", 8, link);
	else if (op == 0x12 || op == 0x18)
		give((const char[]){ (char)(op + 1) }, 1, link);
	else if (op == 0x16 && dice(2))
		give("\x17\3\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 5 + (dice(2) ? 18 : 0), link);
	else if (op == 0x20 && dice(2))
		give("\x21\1\0a\2\0bc", 8, link);
	else if ((op == 0x10 || op == 0x06) && dice(2))
		give(op == 6 ? "\7\1\0\5\0\6\0\7\0" : "\x11\6\1\0\5\0\0\x18\6\0\7\0\1\x18", op == 6 ? 9 : 14, link);
	else if (!(op & 1) && op != 0x52 && op != 0x1E && dice(4))
		give((const char[]){ 1, (char)op, 1, 0, 0x0A }, 5, link);
	else if (op == 0x1E)
		links[link].indicated = false;
	else if ((op & 1) && op != 0x1B && op != 0x1D)
		links[link].asked = false;
}

/* A PDU is answered when it is whole. */
static void on_fragment(unsigned link, const uint8_t *p, uint16_t len)
{
	bool first = !(p[2] & 0x10);
	if (first) {
		links[link].cid = p[7];
		links[link].opcode = p[9];
		links[link].missing = (uint16_t)(le16_get(p + 5) + 4);
	}
	links[link].missing = (uint16_t)(links[link].missing - (len - 5));
	if (!links[link].missing && links[link].cid == 4)
		on_att(link, links[link].opcode);
}

/* Looks at all that was written since. */
static void serve(void)
{
	while (f.out.head != f.out.tail && !full()) {
		const struct fake_packet *p = &f.out.packets[f.out.head++ % FAKE_QUEUE];
		if (p->data[0] == 1) {
			on_command(p);
			continue;
		}
		unsigned link = p->data[1] - (unsigned)HANDLE;
		if (p->data[0] != 2 || link >= LINKS || !links[link].up)
			continue;
		links[link].in_flight++;
		on_fragment(link, p->data, p->len);
	}
}

static void give_credits(unsigned link, bool all)
{
	uint16_t n = links[link].in_flight;
	if (!n)
		return;
	n = all ? n : (uint16_t)(1 + dice(n));
	links[link].in_flight = (uint16_t)(links[link].in_flight - n);
	push((uint8_t[]){ 4, 0x13, 5, 1, (uint8_t)(HANDLE + link), 0, (uint8_t)n, 0 }, 8);
}

static void peer_request(unsigned link)
{
	static const struct {
		uint8_t len, pdu[8];
	} requests[] = { { 3, { 2, 0xF7, 0 } }, { 5, { 4, 1, 0, 0xFF, 0xFF } }, { 7, { 8, 1, 0, 0xFF, 0xFF, 3, 0x28 } },
		{ 3, { 0x0A, 3, 0 } }, { 3, { 0x0A, 14, 0 } }, { 3, { 0x0A, 17, 0 } }, { 3, { 0x0A, 17, 0 } },
		{ 5, { 0x0C, 3, 0, 1, 0 } }, { 7, { 0x10, 1, 0, 0xFF, 0xFF, 0, 0x28 } }, { 5, { 0x12, 17, 0, 1, 2 } },
		{ 5, { 0x12, 15, 0, 1, 0 } }, { 5, { 0x12, 18, 0, 2, 0 } }, { 5, { 0x12, 11, 0, 2, 0 } }, { 2, { 0x0E, 1 } },
		{ 7, { 0x16, 17, 0, 0, 0, 1, 2 } }, { 7, { 0x16, 17, 0, 1, 0, 1, 2 } }, { 6, { 0x16, 18, 0, 0, 0, 2 } },
		{ 6, { 0x16, 18, 0, 1, 0, 0 } }, { 2, { 0x18, 1 } }, { 2, { 0x18, 1 } }, { 2, { 0x18, 0 } },
		{ 7, { 0x0E, 17, 0, 14, 0, 17, 0 } }, { 7, { 0x20, 17, 0, 17, 0, 14, 0 } }, { 4, { 0x12, 13, 0, 4 } },
		{ 4, { 0x12, 13, 0, 5 } }, { 4, { 0x12, 13, 0, 1 } },
		{ 7, { 0x08, 1, 0, 0xFF, 0xFF, 0x2A, 0x2B } } };
	size_t i = dice(sizeof requests / sizeof requests[0]);
	if (!links[link].asked)
		give((const char *)requests[i].pdu, requests[i].len, link);
	links[link].asked = true;
}

static void peer_step(void)
{
	unsigned link = dice(strays ? LINKS : f.host->conn_count);
	if (!ready || full())
		return;
	if (!links[link].up) {
		if (dice(2))
			return;
		uint8_t p[] = { 4, 0x3E, 19, 1, 0, (uint8_t)(HANDLE + link), 0, (uint8_t)dice(2), 1, 1, 2, 3, 4, 5, 0xC6,
			24, 0, 0, 0, 0x90, 1, 0 };
		push(p, sizeof p);
		links[link].up = true;
		links[link].asked = links[link].indicated = false;
		return;
	}
	switch (dice(10)) {
	case 0: push((uint8_t[]){ 4, 5, 4, 0, (uint8_t)(HANDLE + link), 0, 8 }, 7);
		links[link].up = false;
		links[link].in_flight = 0;
		return;
	case 1: push((uint8_t[]){ 2, (uint8_t)(HANDLE + link), 0x20, 8, 0, 4, 0, 5, 0, 6, 2, 0, 0 }, 13); return;
	case 2: give("\x52\x11\0abc", 6, link); return;
	case 3:
		if (dice(2))
			give("\x1B\3\0ab", 5, link);
		else
			give("\x23\3\0\1\0a\5\0\2\0bc", 12, link);
		return;
	case 4:
		if (!links[link].indicated)
			give("\x1D\3\0ab", 5, link);
		links[link].indicated = true;
		return;
	case 5: give_credits(link, false); return;
	default: peer_request(link);
	}
}

/* -- together --------------------------------------------------------------------------------------------------------- */

/* The transport is gone, and with it all that the controller knew. */
static void on_close(void *ctx)
{
	memset(links, 0, sizeof links);
	ready = false;
	f.in.head = f.in.tail;
	f.out.head = f.out.tail;
	fake_close(ctx);
}

/* A packet that the host does not take waits for the driver. */
static bool can_read(void)
{
	uint8_t state = f.host->hci.state;
	return f.in.head != f.in.tail && (state == HCI_BRINGUP || state == HCI_UP) && !f.host->hci.todo;
}

static void release(void)
{
	struct ble_tx *tx;
	while ((tx = f.kept)) {
		f.kept = tx->next;
		tx->done(tx);
	}
}

static void pump(void)
{
	struct ble_event ev;
	unsigned turns = 0;
	do {
		if (turns++ > 5000)
			fail_msg("seed %u: it never rests", seed);
		ble_host_run(f.host, f.now_us);
		while (ble_host_poll(f.host, &ev)) {
			if (turns++ > 5000)
				fail_msg("seed %u: events without end", seed);
			on_event(&ev);
		}
		serve();
	} while (ble_host_next_due(f.host) <= f.now_us || can_read());
}

static void begin(void)
{
	static const struct ble_part *const all[] = { &ble_peripheral, &ble_server, &ble_observer, &ble_central,
		&ble_client, &ble_prepared, &ble_accept, &ble_private, NULL };
	rng = seed * 2654435761u + 1;
	fake_init(&f);
	f.platform.crypto = &crypto;
	f.platform.load = NULL; /* of keys the fake has none */
	f.platform.save = NULL;
	fake_close = f.transport.close;
	f.transport.close = on_close;
	memset(links, 0, sizeof links);
	ready = false;
	token = 0;
	f.acl_octets = dice(2) ? 27 : 251;
	f.acl_count = (uint8_t)(1 + dice(4));
	f.mask[FAKE_FLOW] = dice(2) ? 0xFF : 0;
	strays = !dice(4);
	bool now = dice(2);
	fake_host(&f, (struct ble_host_config){ .connections = (uint8_t)(2 + dice(2)), .tx_queue = (uint8_t)(3 + dice(4)),
			      .parts = now ? all : NULL,
			      .rooms = BLE_ROOMS(&ble_peripheral_room, &ble_server_room, &ble_observer_room,
				      &ble_central_room, &ble_client_room, &ble_prepared_room, &ble_multiple_room, &ble_caching_room,
				      &ble_accept_room, &ble_levels_room, &ble_private_room) });
	if (now)
		assert_int_equal(ble_server_add(f.host, &service, NULL), 0);
	f.answers = true;
	(void)ble_host_start(f.host);
	pump();
}

/* The driver is done with everything and the controller has sent everything: nothing may be left waiting. */
static void settle(void)
{
	f.keeps = false;
	for (int i = 0; i < 60; i++) {
		release();
		for (unsigned link = 0; link < LINKS && !full(); link++)
			give_credits(link, true);
		f.now_us += 1000000; /* beyond the 25 s after which the server answers by itself */
		pump();
	}
	struct hci *hci = &f.host->hci;
	if (hci->head)
		fail_msg("seed %u: a packet waits", seed);
	if (hci->state == HCI_UP && ready && hci->credits != f.acl_count)
		fail_msg("seed %u: %u credits of %u", seed, hci->credits, f.acl_count);
	for (unsigned link = 0; link < LINKS; link++) {
		struct hci_link *l = hci_link_find(hci, (uint16_t)(HANDLE + link));
		struct ble_conn *c = l ? CONTAINER_OF(l, struct ble_conn, hci) : NULL;
		if (ready && c && links[link].up && links[link].asked && !c->att.dead)
			fail_msg("seed %u: link %u has no answer", seed, link);
	}
}

/* What is wanted is what is: whoever made room for another list is on again, or the program was told that it is off. */
static void look_at_gap(void)
{
	struct ble_part_slot *accept = host_room(f.host, &ble_accept_room);
	struct ble_part_slot *peripheral = host_room(f.host, &ble_peripheral_room);
	struct ble_part_slot *observer = host_room(f.host, &ble_observer_room);
	if (f.host->hci.state != HCI_UP || !ready)
		return;
	if (accept && ((struct gap_accept *)host_mem(accept))->stale)
		fail_msg("seed %u: the accept list was never told", seed);
	struct ble_part_slot *private = host_room(f.host, &ble_private_room);
	if (private && ((struct host_privacy *)host_mem(private))->stale)
		fail_msg("seed %u: a private address was never told", seed);
	struct ble_part_slot *const both[] = { peripheral, observer };
	for (unsigned i = 0; i < 2; i++) {
		const struct gap_activity *a = both[i] ? host_mem(both[i]) : NULL; /* first in the memory of either */
		if (a && (a->on != a->enabled || a->on != a->told))
			fail_msg("seed %u: %s wanted %d, enabled %d, told %d", seed, i ? "scanning" : "advertising", a->on,
				a->enabled, a->told);
	}
}

static void every_history_ends_well(void **state)
{
	(void)state;
	for (seed = 1; seed <= SEEDS; seed++) {
		begin();
		for (unsigned i = 0; i < STEPS; i++) {
			unsigned n = dice(4);
			while (n--)
				peer_step();
			if (!dice(3))
				verb();
			if (!dice(4))
				f.keeps = !f.keeps;
			if (!dice(4))
				release();
			if (!dice(200))
				push((uint8_t[]){ 4, 0x10, 1, 0 }, 4); /* Hardware Error */
			f.now_us += dice(50) ? dice(100000) : dice(40000000);
			pump();
		}
		settle();
		look_at_gap();
		f.event_seen = f.event_count = 0;
		fake_end(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(every_history_ends_well) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
