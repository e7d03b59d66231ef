/*
 * The server inside the host: requests that wait for the program while connections end, bearers die, parts are attached
 * and packets are scarce. Octets are written by hand from Vol 3 Part F 3.4 and Part A 4.
 */
#include "tests/unit/host/fake_ctlr.h"

enum { A = 0x40, B = 0x41, FIRST = 2, OUT = 0 };

static struct fake f;
static uint8_t level_value = 0x64;
static const struct ble_characteristic asked = { .uuid = 0x2A00, .permission = BLE_READ | BLE_INDICATE, .size = 4 };
static const struct ble_characteristic level = { .uuid = 0x2A19, .permission = BLE_READ, .size = 1, .length = 1,
	.value = &level_value };
static const struct ble_service service = { .uuid = 0x180F, .characteristics = BLE_LIST(&asked, &level) };
static const struct ble_service late = { .uuid = 0x1802 };

static int setup(void **state)
{
	(void)state;
	fake_init(&f);
	return 0;
}

/* bare: 1 service, 2, 3 asked, 4 its CCCD, 5, 6 level */
static void up(struct ble_host_config c)
{
	static const struct ble_part *const server_only[] = { &ble_bare_server, NULL };
	if (!c.parts)
		c.parts = server_only;
	fake_host(&f, c);
	assert_int_equal(ble_server_add(f.host, &service, NULL), 0);
	fake_up(&f);
}

/* A read of handle 3, which the program puts off. Returns its token. */
static uint32_t defer(uint16_t handle)
{
	struct ble_event ev;
	uint8_t *p = f.in.packets[f.in.tail % FAKE_QUEUE].data;
	memcpy(p, "\2\x40\x20\7\0\3\0\4\0\x0A\3\0", 12);
	p[1] = (uint8_t)handle;
	f.in.packets[f.in.tail++ % FAKE_QUEUE].len = 12;
	ble_host_run(f.host, f.now_us);
	assert_true(ble_host_poll(f.host, &ev));
	assert_int_equal(ev.type, BLE_EV_READ);
	assert_int_equal(ble_server_defer(f.host, ev.read.token), 0);
	fake_pump(&f);
	return ev.read.token;
}

/* Between the loss of a connection and its event the timers may run: nothing is sent to where nobody is. */
static void nothing_is_answered_on_a_connection_that_is_down(void **state)
{
	struct ble_event ev;
	(void)state;
	up((struct ble_host_config){ 0 });
	(void)fake_connected(&f, A, BLE_ROLE_PERIPHERAL);
	(void)defer(A);
	ble_host_stop(f.host);
	f.now_us += 26000000; /* the server would have given up after 25 s */
	ble_host_run(f.host, f.now_us);
	fake_silent(&f);
	assert_true(ble_host_poll(f.host, &ev));
	assert_int_equal(ev.type, BLE_EV_DISCONNECTED);
	fake_up(&f);
	(void)fake_connected(&f, A, BLE_ROLE_PERIPHERAL);
	fake_acl(&f, A, FIRST, OCTETS(3, 0, 4, 0, 0x0A, 6, 0));
	fake_acl_sent(&f, A, OUT, OCTETS(2, 0, 4, 0, 0x0B, 0x64));
	fake_end(&f);
}

/* Vol 3 Part F 3.3.3: after a time-out no more PDUs, answers that were put off among them. */
static void nothing_is_answered_on_a_dead_bearer(void **state)
{
	(void)state;
	up((struct ble_host_config){ 0 });
	ble_conn_id id = fake_connected(&f, A, BLE_ROLE_PERIPHERAL);
	fake_acl(&f, A, FIRST, OCTETS(5, 0, 4, 0, 0x12, 4, 0, 2, 0));
	(void)fake_expect(&f, BLE_EV_SUBSCRIBED);
	fake_acl_sent(&f, A, OUT, OCTETS(1, 0, 4, 0, 0x13));
	assert_int_equal(ble_server_notify(f.host, id, 3, "x", 1), 0);
	fake_pump(&f);
	(void)fake_sent(&f);
	fake_completed(&f, A, 2);
	fake_pass(&f, 20000000);
	uint32_t token = defer(A);
	fake_pass(&f, 10000000);
	assert_int_equal(fake_expect(&f, BLE_EV_CONFIRMED)->confirmed.err, BLE_ETIMEOUT);
	assert_int_equal(ble_server_notify(f.host, id, 3, "x", 1), BLE_ECLOSED);
	assert_int_equal(ble_server_reply(f.host, token, 0, "x", 1), BLE_ECLOSED);
	fake_pass(&f, 30000000);
	fake_silent(&f);
	fake_end(&f);
}

static void a_part_may_be_attached_while_a_connection_ends(void **state)
{
	static const struct ble_part *const parts[] = { &ble_server, &ble_client };
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		fake_init(&f);
		fake_host(&f, (struct ble_host_config){ .rooms = BLE_ROOMS(&ble_server_room, &ble_client_room) });
		fake_up(&f);
		(void)fake_connected(&f, A, BLE_ROLE_PERIPHERAL);
		ble_host_stop(f.host);
		assert_int_equal(ble_host_attach(f.host, parts[i]), 0); /* it has never seen the connection */
		fake_pump(&f);
		(void)fake_expect(&f, BLE_EV_DISCONNECTED);
		fake_expect_none(&f);
		fake_end(&f);
	}
}

/*
 * With a packet for each connection and no more: a request that waits for the program has its connection's packet.
 * Nothing else of that peer may take another's, or a request would wait for the credits that are received behind it.
 */
static void a_deferred_request_leaves_the_others_their_packets(void **state)
{
	(void)state;
	f.acl_count = 1;
	up((struct ble_host_config){ .connections = 2, .tx_queue = 2 });
	(void)fake_connected(&f, A, BLE_ROLE_PERIPHERAL);
	(void)fake_connected(&f, B, BLE_ROLE_PERIPHERAL);
	fake_acl(&f, A, FIRST, OCTETS(3, 0, 4, 0, 0x0A, 6, 0)); /* takes the one credit */
	fake_acl_sent(&f, A, OUT, OCTETS(2, 0, 4, 0, 0x0B, 0x64));
	uint32_t token = defer(A);
	fake_acl(&f, A, FIRST, OCTETS(4, 0, 5, 0, 0x06, 2, 0, 0));
	fake_acl(&f, A, FIRST, OCTETS(3, 0, 4, 0, 0x0E, 1, 0)); /* not supported, and out of turn */
	fake_acl(&f, B, FIRST, OCTETS(3, 0, 4, 0, 0x0A, 6, 0));
	fake_completed(&f, A, 1);
	fake_acl_sent(&f, B, OUT, OCTETS(2, 0, 4, 0, 0x0B, 0x64));
	assert_int_equal(ble_server_reply(f.host, token, 0, "x", 1), 0);
	fake_completed(&f, B, 1);
	fake_acl_sent(&f, A, OUT, OCTETS(2, 0, 4, 0, 0x0B, 'x'));
	fake_end(&f);
}

/* Service Changed while the last one is not confirmed yet: the confirmation is waited for, not a clock. */
static void service_changed_waits_for_the_confirmation(void **state)
{
	(void)state;
	up((struct ble_host_config){ .services = 3, .parts = BLE_PARTS(&ble_server) });
	(void)fake_connected(&f, A, BLE_ROLE_PERIPHERAL);
	fake_acl(&f, A, FIRST, OCTETS(5, 0, 4, 0, 0x12, 11, 0, 2, 0));
	fake_acl_sent(&f, A, OUT, OCTETS(1, 0, 4, 0, 0x13));
	assert_int_equal(ble_server_remove(f.host, &service), 0);
	fake_pump(&f);
	fake_acl_sent(&f, A, OUT, OCTETS(7, 0, 4, 0, 0x1D, 10, 0, 12, 0, 17, 0));
	assert_int_equal(ble_server_add(f.host, &late, NULL), 0);
	fake_pump(&f);
	fake_silent(&f);
	assert_true(ble_host_next_due(f.host) == f.now_us + 30000000);
	fake_acl(&f, A, FIRST, OCTETS(1, 0, 4, 0, 0x1E));
	fake_acl_sent(&f, A, OUT, OCTETS(7, 0, 4, 0, 0x1D, 10, 0, 18, 0, 18, 0));
	fake_end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(nothing_is_answered_on_a_connection_that_is_down, setup),
		cmocka_unit_test_setup(nothing_is_answered_on_a_dead_bearer, setup),
		cmocka_unit_test_setup(a_part_may_be_attached_while_a_connection_ends, setup),
		cmocka_unit_test_setup(a_deferred_request_leaves_the_others_their_packets, setup),
		cmocka_unit_test_setup(service_changed_waits_for_the_confirmation, setup),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
