/*
 * The parts beside ble_server inside the host: ble_prepared and ble_multiple. Requests that go on over several
 * polls, while other connections are served, connections end, and parts are attached in any order. Octets are
 * written by hand from Vol 3 Part F 3.4.
 */
#include "tests/unit/host/fake_ctlr.h"

enum { A = 0x40, B = 0x41, FIRST = 2, OUT = 0 };

static struct fake f;
static uint8_t level_value = 0x64;
static const struct ble_characteristic text = { .uuid = 0x2A00, .permission = BLE_READ | BLE_WRITE, .size = 100 };
static const struct ble_characteristic level = { .uuid = 0x2A19, .permission = BLE_READ | BLE_WRITE | BLE_NOTIFY, .size = 1,
	.length = 1, .value = &level_value };
static const struct ble_service service = { .uuid = 0x180F, .characteristics = BLE_LIST(&text, &level) };

static const struct ble_characteristic guarded = { .uuid = 0x2A00, .permission = BLE_WRITE, .size = 100,
	.events = BLE_WRITE_RELIABLE };
static const struct ble_service guard = { .uuid = 0x1800, .characteristics = BLE_LIST(&guarded) };

static const struct ble_part *const bare[] = { &ble_multiple, &ble_prepared, &ble_bare_server, NULL },
	*const all[] = { &ble_multiple, &ble_prepared, &ble_server, NULL };

static int setup(void **state)
{
	(void)state;
	fake_init(&f);
	return 0;
}

/* bare: 1 service, 2, 3 text, 4, 5 level, 6 its CCCD */
static void up(struct ble_host_config c)
{
	if (!c.parts)
		c.parts = bare;
	fake_host(&f, c);
	assert_int_equal(ble_server_add(f.host, &service, NULL), 0);
	fake_up(&f);
}

/* A PDU on CID 4. */
static void att(uint16_t conn, const void *pdu, size_t len)
{
	uint8_t frame[64] = { (uint8_t)len, 0, 4, 0 };
	memcpy(frame + 4, pdu, len);
	fake_acl(&f, conn, FIRST, frame, len + 4);
}

static void att_sent(uint16_t conn, const void *pdu, size_t len)
{
	uint8_t frame[64] = { (uint8_t)len, 0, 4, 0 };
	memcpy(frame + 4, pdu, len);
	fake_acl_sent(&f, conn, OUT, frame, len + 4);
}

/* The same without a pump: the test polls. */
static void put(const void *pdu, size_t len)
{
	struct fake_packet *p = &f.in.packets[f.in.tail++ % FAKE_QUEUE];
	memcpy(p->data, (uint8_t[]){ 2, A, 0x20, (uint8_t)(len + 4), 0, (uint8_t)len, 0, 4, 0 }, 9);
	memcpy(p->data + 9, pdu, len);
	p->len = (uint16_t)(9 + len);
	ble_host_run(f.host, f.now_us);
}

static void a_long_write_is_one_event(void **state)
{
	(void)state;
	up((struct ble_host_config){ 0 });
	(void)fake_connected(&f, A, BLE_ROLE_PERIPHERAL);
	att(A, OCTETS(0x16, 3, 0, 0, 0, 'a', 'b'));
	att_sent(A, OCTETS(0x17, 3, 0, 0, 0, 'a', 'b'));
	att(A, OCTETS(0x16, 5, 0, 0, 0, 7));
	att_sent(A, OCTETS(0x17, 5, 0, 0, 0, 7));
	att(A, OCTETS(0x16, 3, 0, 2, 0, 'c'));
	att_sent(A, OCTETS(0x17, 3, 0, 2, 0, 'c'));
	fake_expect_none(&f);
	att(A, OCTETS(0x18, 1));
	const struct ble_event *ev = fake_expect(&f, BLE_EV_WRITTEN);
	assert_ptr_equal(ev->written.characteristic, &text);
	assert_int_equal(ev->written.handle, 3);
	assert_int_equal(ev->written.kind, BLE_WRITTEN_REQUEST);
	assert_int_equal(ev->written.len, 3);
	assert_memory_equal(ev->written.data, "abc", 3);
	ev = fake_expect(&f, BLE_EV_WRITTEN);
	assert_int_equal(ev->written.handle, 5);
	assert_memory_equal(ev->written.data, "\7", 1);
	fake_expect_none(&f);
	att_sent(A, OCTETS(0x19));
	fake_end(&f);
}

/* A CCCD that does not change raises no event: the request goes on by itself. */
static void configurations_among_the_values(void **state)
{
	(void)state;
	up((struct ble_host_config){ 0 });
	ble_conn_id id = fake_connected(&f, A, BLE_ROLE_PERIPHERAL);
	for (unsigned i = 0; i < 2; i++) {
		att(A, OCTETS(0x16, 6, 0, 0, 0, 1));
		att(A, OCTETS(0x16, 6, 0, 1, 0, 0));
		att(A, OCTETS(0x16, 5, 0, 0, 0, 9));
		for (unsigned k = 0; k < 3; k++)
			(void)fake_sent(&f);
		fake_completed(&f, A, 3);
		att(A, OCTETS(0x18, 1));
		if (!i)
			assert_int_equal(fake_expect(&f, BLE_EV_SUBSCRIBED)->subscribed.bits, 1);
		assert_int_equal(fake_expect(&f, BLE_EV_WRITTEN)->written.handle, 5);
		fake_expect_none(&f);
		att_sent(A, OCTETS(0x19));
		fake_completed(&f, A, 1);
	}
	assert_int_equal(ble_server_subscribed(f.host, id, 5), 1);
	fake_end(&f);
}

/* The program judges the client when a long write begins, and the value when it is executed. */
static void a_long_write_is_authorised(void **state)
{
	struct ble_event ev;
	(void)state;
	up((struct ble_host_config){ 0 }); /* 7 service, 9 guarded */
	assert_int_equal(ble_server_add(f.host, &guard, NULL), 0);
	(void)fake_connected(&f, A, BLE_ROLE_PERIPHERAL);
	put(OCTETS(0x16, 9, 0, 0, 0, 'a', 'b'));
	assert_true(ble_host_poll(f.host, &ev));
	assert_int_equal(ev.type, BLE_EV_WRITTEN);
	assert_int_equal(ev.written.kind, BLE_WRITTEN_PREPARE);
	assert_ptr_equal(ev.written.characteristic, &guarded);
	assert_int_equal(ev.written.handle, 9);
	assert_int_equal(ev.written.len, 0);
	assert_null(ev.written.data);
	assert_int_equal(ble_server_reply(f.host, ev.written.token, BLE_EATT(0x08), NULL, 0), 0);
	fake_pump(&f);
	att_sent(A, OCTETS(0x01, 0x16, 9, 0, 0x08));
	att(A, OCTETS(0x16, 9, 0, 0, 0, 'a', 'b'));
	assert_int_equal(fake_expect(&f, BLE_EV_WRITTEN)->written.kind, BLE_WRITTEN_PREPARE);
	att_sent(A, OCTETS(0x17, 9, 0, 0, 0, 'a', 'b'));
	att(A, OCTETS(0x16, 9, 0, 2, 0, 'c'));
	att_sent(A, OCTETS(0x17, 9, 0, 2, 0, 'c'));
	put(OCTETS(0x18, 1));
	assert_true(ble_host_poll(f.host, &ev));
	assert_int_equal(ev.written.kind, BLE_WRITTEN_REQUEST);
	assert_int_equal(ev.written.len, 3);
	assert_int_equal(ble_server_reply(f.host, ev.written.token, BLE_EATT(0x80), NULL, 0), 0);
	fake_pump(&f);
	att_sent(A, OCTETS(0x01, 0x18, 9, 0, 0x80));
	fake_end(&f);
}

static void a_queue_ends_with_its_connection(void **state)
{
	(void)state;
	up((struct ble_host_config){ 0 });
	(void)fake_connected(&f, A, BLE_ROLE_PERIPHERAL);
	att(A, OCTETS(0x16, 3, 0, 0, 0, 'a'));
	(void)fake_sent(&f);
	fake_disconnected(&f, A, 0x13);
	(void)fake_expect(&f, BLE_EV_DISCONNECTED);
	(void)fake_connected(&f, A, BLE_ROLE_PERIPHERAL);
	att(A, OCTETS(0x18, 1));
	att_sent(A, OCTETS(0x19));
	fake_expect_none(&f);
	fake_end(&f);
}

/* The configuration says how much; a value's head takes four. */
static void a_queue_has_the_octets_that_were_named(void **state)
{
	(void)state;
	up((struct ble_host_config){ .prepared_octets = 16 });
	(void)fake_connected(&f, A, BLE_ROLE_PERIPHERAL);
	for (uint8_t offset = 0;; offset = (uint8_t)(offset + 4)) {
		att(A, OCTETS(0x16, 3, 0, offset, 0, 1, 2, 3, 4));
		const struct fake_packet *p = fake_sent(&f);
		fake_completed(&f, A, 1);
		if (p->data[9] == 0x17)
			continue;
		assert_memory_equal(p->data + 9, "\1\x16\3\0\x09", 5);
		assert_in_range(offset, 12, 32); /* alignment may give more, never less */
		break;
	}
	fake_end(&f);
}

/* While A's Execute Write waits for the program, B is served and has a queue of its own. */
static void two_connections_at_once(void **state)
{
	struct ble_event ev;
	(void)state;
	up((struct ble_host_config){ .connections = 2 });
	(void)fake_connected(&f, A, BLE_ROLE_PERIPHERAL);
	(void)fake_connected(&f, B, BLE_ROLE_PERIPHERAL);
	att(A, OCTETS(0x16, 3, 0, 0, 0, 'a'));
	att(A, OCTETS(0x16, 5, 0, 0, 0, 1));
	att(B, OCTETS(0x16, 3, 0, 0, 0, 'b'));
	for (unsigned i = 0; i < 3; i++)
		(void)fake_sent(&f);
	put(OCTETS(0x18, 1));
	assert_true(ble_host_poll(f.host, &ev));
	assert_int_equal(ev.type, BLE_EV_WRITTEN);
	assert_int_equal(ble_server_defer(f.host, ev.written.token), 0);
	uint32_t token = ev.written.token;
	att(B, OCTETS(0x18, 1));
	assert_memory_equal(fake_expect(&f, BLE_EV_WRITTEN)->written.data, "b", 1);
	att_sent(B, OCTETS(0x19));
	att(B, OCTETS(0x0A, 5, 0));
	att_sent(B, OCTETS(0x0B, 0x64));
	assert_int_equal(ble_server_reply(f.host, token, 0, NULL, 0), 0);
	fake_pump(&f);
	assert_int_equal(fake_expect(&f, BLE_EV_WRITTEN)->written.handle, 5);
	att_sent(A, OCTETS(0x19));
	fake_end(&f);
}

static void a_connection_ends_while_its_request_goes_on(void **state)
{
	struct ble_event ev;
	(void)state;
	up((struct ble_host_config){ 0 });
	(void)fake_connected(&f, A, BLE_ROLE_PERIPHERAL);
	put(OCTETS(0x0E, 3, 0, 3, 0));
	assert_true(ble_host_poll(f.host, &ev));
	assert_int_equal(ev.type, BLE_EV_READ);
	assert_int_equal(ble_server_reply(f.host, ev.read.token, 0, "x", 1), 0);
	ble_host_stop(f.host);
	fake_pump(&f);
	(void)fake_expect(&f, BLE_EV_DISCONNECTED);
	fake_expect_none(&f);
	fake_silent(&f);
	fake_end(&f);
}

static void several_values_of_the_program(void **state)
{
	struct ble_event ev;
	(void)state;
	up((struct ble_host_config){ 0 });
	(void)fake_connected(&f, A, BLE_ROLE_PERIPHERAL);
	put(OCTETS(0x20, 3, 0, 5, 0, 3, 0));
	assert_true(ble_host_poll(f.host, &ev));
	assert_int_equal(ev.type, BLE_EV_READ);
	assert_int_equal(ble_server_reply(f.host, ev.read.token, 0, "xy", 2), 0);
	assert_true(ble_host_poll(f.host, &ev));
	assert_int_equal(ev.type, BLE_EV_READ);
	assert_int_equal(ev.read.handle, 3);
	assert_int_equal(ble_server_reply(f.host, ev.read.token, 0, "z", 1), 0);
	fake_pump(&f);
	att_sent(A, OCTETS(0x21, 2, 0, 'x', 'y', 1, 0, 0x64, 1, 0, 'z'));
	att(A, OCTETS(0x0E, 5, 0, 3, 0)); /* refused by silence */
	(void)fake_expect(&f, BLE_EV_READ);
	att_sent(A, OCTETS(0x01, 0x0E, 3, 0, 0x0E));
	put(OCTETS(0x0E, 5, 0, 3, 0)); /* and by a word: 3.4.1.1 */
	assert_true(ble_host_poll(f.host, &ev));
	assert_int_equal(ble_server_reply(f.host, ev.read.token, BLE_EATT(0x08), NULL, 0), 0);
	fake_pump(&f);
	att_sent(A, OCTETS(0x01, 0x0E, 3, 0, 0x08));
	fake_end(&f);
}

static void values_together(void **state)
{
	static const uint8_t one = 1, two = 2;
	const struct ble_notification list[] = { { 16, 1, &one }, { 16, 1, &two } };
	(void)state;
	up((struct ble_host_config){ .parts = all }); /* 12, 13 Client Supported Features; 14 service, 16 text, 18 level, 19 */
	ble_conn_id id = fake_connected(&f, A, BLE_ROLE_PERIPHERAL);
	struct ble_notification wanted[] = { list[0], list[1] };
	wanted[0].value_handle = wanted[1].value_handle = ble_server_handle(f.host, &level);
	assert_int_equal(wanted[0].value_handle, 18);
	assert_int_equal(ble_server_notify_many(f.host, id, wanted, 2), BLE_ENOENT);
	att(A, OCTETS(0x12, 19, 0, 1, 0));
	(void)fake_expect(&f, BLE_EV_SUBSCRIBED);
	att_sent(A, OCTETS(0x13));
	att(A, OCTETS(0x12, 13, 0, 4));
	att_sent(A, OCTETS(0x13));
	assert_int_equal(ble_server_notify_many(f.host, id, wanted, 2), 2);
	fake_pump(&f);
	att_sent(A, OCTETS(0x23, 18, 0, 1, 0, 1, 18, 0, 1, 0, 2));
	assert_int_equal(ble_server_notify_many(f.host, id, wanted, 0), BLE_EINVAL);
	assert_int_equal(ble_server_notify_many(f.host, id + 0x100, wanted, 2), BLE_ECONN);
	fake_end(&f);
}

static void without_its_part(void **state)
{
	static const struct ble_part *const server_only[] = { &ble_bare_server, NULL };
	const struct ble_notification one = { 5, 0, NULL };
	(void)state;
	up((struct ble_host_config){ .parts = server_only });
	ble_conn_id id = fake_connected(&f, A, BLE_ROLE_PERIPHERAL);
	att(A, OCTETS(0x18, 1));
	att_sent(A, OCTETS(0x01, 0x18, 0, 0, 0x06));
	assert_int_equal(ble_server_notify_many(f.host, id, &one, 1), BLE_ENOTSUP);
	assert_string_equal(ble_host_fault(f.host)->subject, "multiple");
	fake_end(&f);
}

/* Attached while a connection is up; the client is told what has changed in the GATT service, if it wants to be. */
static void parts_that_come_late(void **state)
{
	static const struct ble_part *const server_only[] = { &ble_server, NULL };
	(void)state;
	fake_host(&f, (struct ble_host_config){ .parts = server_only, .prepared_octets = 32,
		.rooms = BLE_ROOMS(&ble_prepared_room, &ble_multiple_room) });
	fake_up(&f);
	(void)fake_connected(&f, A, BLE_ROLE_PERIPHERAL);
	att(A, OCTETS(0x12, 11, 0, 2, 0));
	att_sent(A, OCTETS(0x13));
	assert_int_equal(ble_host_attach(f.host, &ble_multiple), 0);
	assert_int_equal(ble_host_attach(f.host, &ble_prepared), 0);
	fake_pump(&f);
	att_sent(A, OCTETS(0x1D, 10, 0, 12, 0, 13, 0));
	att(A, OCTETS(0x1E));
	(void)fake_expect(&f, BLE_EV_CONFIRMED);
	att(A, OCTETS(0x16, 13, 0, 0, 0, 4));
	att_sent(A, OCTETS(0x17, 13, 0, 0, 0, 4));
	att(A, OCTETS(0x18, 1));
	att_sent(A, OCTETS(0x19));
	att(A, OCTETS(0x0E, 13, 0, 3, 0));
	att_sent(A, OCTETS(0x0F, 4, 'G', 'l', 'i', 'n', 't'));
	fake_end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_long_write_is_one_event, setup),
		cmocka_unit_test_setup(configurations_among_the_values, setup),
		cmocka_unit_test_setup(a_long_write_is_authorised, setup),
		cmocka_unit_test_setup(a_queue_ends_with_its_connection, setup),
		cmocka_unit_test_setup(a_queue_has_the_octets_that_were_named, setup),
		cmocka_unit_test_setup(two_connections_at_once, setup),
		cmocka_unit_test_setup(a_connection_ends_while_its_request_goes_on, setup),
		cmocka_unit_test_setup(several_values_of_the_program, setup),
		cmocka_unit_test_setup(values_together, setup),
		cmocka_unit_test_setup(without_its_part, setup),
		cmocka_unit_test_setup(parts_that_come_late, setup),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
