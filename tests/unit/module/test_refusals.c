/* Bad input, one by one: the error, and the sentence that names the value and the limit or the missing feature. */
#include "fake_host.h"

#include <string.h>

static struct ble *ble;

static int setup(void **state)
{
	(void)state;
	ble = fake_device(NULL);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	ble_end(ble);
	return 0;
}

static void refused(int got, int err, const char *why)
{
	assert_int_equal(got, err);
	assert_string_equal(fake_why(ble), why);
}

static void test_gap(void **state)
{
	(void)state;
	char name[250];
	memset(name, 'n', sizeof name);
	name[249] = 0;
#define GAP(...) ble_gap(ble, &(struct ble_gap_params){ __VA_ARGS__ })
	refused(GAP(.name = name), BLE_ETOOBIG, "name: octets: 249 is outside 1..248");
	refused(GAP(.name = ""), BLE_EINVAL, "name: octets: 0 is outside 1..248");
	refused(GAP(.interval_min_us = 7499), BLE_ERANGE, "interval_min_us: 7499 is outside 7500..650000");
	refused(GAP(.interval_max_us = 4000001), BLE_ERANGE, "interval_max_us: 4000001 is outside 7500..4000000");
	refused(GAP(.interval_min_us = 30000, .interval_max_us = 20000), BLE_ERANGE,
		"interval_min_us: 30000 is outside 7500..20000");
	refused(GAP(.latency = 500), BLE_ERANGE, "latency: 500 is outside 0..499");
	refused(GAP(.supervision_ms = 1300), BLE_ERANGE, "supervision_ms: 1300 is outside 1301..32000");
	refused(GAP(.latency = 499, .interval_max_us = 4000000), BLE_ERANGE, "latency: 499 is outside 0..2");
	refused(GAP(.latency = 499, .interval_min_us = 7501, .interval_max_us = 7501, .supervision_ms = 8750),
		BLE_ERANGE, "supervision_ms: 8750 is outside 8751..32000"); /* the interval will be 8.75 ms */
	refused(GAP(.supervision_ms = 32001), BLE_ERANGE, "supervision_ms: 32001 is outside 1301..32000");
	refused(GAP(.security_level = 5), BLE_ERANGE, "security_level: 5 is outside 1..4");
	refused(GAP(.security_mode = 2, .security_level = 3), BLE_ERANGE, "security_level: 3 is outside 1..2");
	refused(GAP(.security_mode = 3), BLE_ERANGE, "security_mode: 3 is outside 1..2");
	assert_int_equal(fake.part_count, 0); /* nothing of it had an effect */
	name[248] = 0;
	assert_int_equal(GAP(.name = name, .appearance = 64), 0);
	assert_int_equal(fake.gap.ppcp[0], 320);
	assert_int_equal(fake.gap.ppcp[1], 520);
	assert_int_equal(fake.gap.ppcp[3], 400);
}

static void test_pairing(void **state)
{
	(void)state;
	struct ble_addr addr = { 0 };
	refused(ble_security(ble, &(struct ble_security_params){ 0 }), BLE_ENOTSUP,
		"security: pairing, encryption and bonds need the part ble_pairing");
	refused(ble_bonded(ble, &addr, 1), BLE_ENOTSUP, "bonded: bonds need the part ble_pairing");
	refused(ble_remove_bonded(ble, &addr), BLE_ENOTSUP, "remove_bonded: bonds need the part ble_pairing");
	refused(ble_privacy(ble, true, 0), BLE_ENOTSUP,
		"ble_private: not supported");
	assert_int_equal(GAP(.security_level = 3), BLE_ESTATE); /* the device runs */
	refused(GAP(.security_level = 3), BLE_ESTATE, "security_level: levels above 1 need ble_security()");
	assert_int_equal(ble_stop(ble), 0);
	assert_int_equal(GAP(.security_level = 2), 0); /* it is asked at the start */
	refused(ble_start(ble), BLE_ESTATE, "security_level: levels above 1 need ble_security()");
	assert_int_equal(GAP(.security_level = 1), 0);
	assert_int_equal(ble_start(ble), 0);
}

/* The host refuses without the part; the module's own options are refused here. */
static void test_parts(void **state)
{
	(void)state;
	int8_t dbm = 0;
	static const struct ble_addr addr = { 0 };
	assert_int_equal(ble_accept_list(ble, &addr, 1), BLE_ENOTSUP);
	assert_int_equal(ble_tx_power(ble, &dbm), BLE_ENOTSUP);
	assert_int_equal(ble_rssi(ble, 1), BLE_ENOTSUP);
	fake.has_all = true;
	assert_int_equal(ble_accept_list(ble, &addr, 1), 0);
	assert_ptr_equal(fake.accept, &addr);
	assert_int_equal(fake.accept_count, 1);
	assert_int_equal(ble_tx_power(ble, &dbm), 0);
	assert_int_equal(dbm, -4);
	refused(ble_rssi(ble, 1), BLE_ECONN, "peer: not connected");
	fake.conn_count = 1;
	assert_int_equal(ble_rssi(ble, 1), 0);
	assert_int_equal(fake.rssi, 1);
}

static void test_advertising(void **state)
{
	(void)state;
#define ADV(...) ble_advertising(ble, &(struct ble_advertising_params){ __VA_ARGS__ })
	refused(ADV(.interval_us = 19999), BLE_ERANGE, "interval_us: 19999 is outside 20000..10240000");
	refused(ADV(.interval_us = 10240001), BLE_ERANGE, "interval_us: 10240001 is outside 20000..10240000");
	refused(ADV(.mode = 5), BLE_EINVAL, "mode: 5 is outside 0..4");
	refused(ADV(.raw = 3), BLE_EINVAL, "raw: 3 is outside 0..2");
	refused(ADV(.channels = 8), BLE_EINVAL, "channels: 8 is outside 0..7");
	refused(ADV(.company = 65536), BLE_ERANGE, "company: 65536 is outside -2..65535");
	refused(ADV(.payload_len = 3), BLE_EINVAL, "payload: it is NULL, but its length is not 0");
	refused(ADV(.payload = "1", .payload_len = 1, .company = BLE_COMPANY_BROUGHT), BLE_EINVAL,
		"payload: octets: 1 is outside 2..26");
	refused(ADV(.mode = BLE_ADV_CONN_DIR), BLE_EINVAL, "peer: BLE_ADV_CONN_DIR needs the address to advertise to");
	refused(ADV(.only = 4), BLE_EINVAL, "only: 4 is outside 0..3");
	refused(ADV(.only = BLE_ADV_ONLY_SCANS), BLE_ENOTSUP, "only: the accept list needs the part ble_accept");
	refused(ADV(.tx_power = true), BLE_ENOTSUP, "tx_power: the transmit power needs the part ble_levels");
	fake.has_all = true;
	refused(ADV(.payload = "012345678901234567890123", .payload_len = 24, .tx_power = true), BLE_ETOOBIG,
		"payload: octets: 24 is outside 0..21; a packet has 31, of which tx_power takes 3");
	assert_int_equal(ADV(.payload = "012345678901234567890", .payload_len = 21, .tx_power = true), 0);
	assert_int_equal(ADV(.mode = BLE_ADV_CONN_DIR, .peer = { .octets = { 1 } }), 0);
	fake.adv_sets = fake.adv_datas = 0;
	assert_int_equal(ADV(.payload = "0123456789012345678901234", .payload_len = 25), BLE_ETOOBIG);
	assert_string_equal(fake_why(ble), "payload: octets: 25 is outside 0..24; "
		"a packet has 31: flags 3 + header 2 + company identifier 2 + payload 24");
	refused(ADV(.payload = "012345678901234567890123456", .payload_len = 27, .company = BLE_COMPANY_BROUGHT),
		BLE_ETOOBIG, "payload: octets: 27 is outside 0..26; a packet has 31: flags 3 + header 2 + payload 26");
	refused(ADV(.scan_rsp = "0123456789012345678901234567", .scan_rsp_len = 28), BLE_ETOOBIG,
		"scan_rsp: octets: 28 is outside 0..27; "
		"a packet has 31: header 2 + company identifier 2 + payload 27");
	refused(ADV(.raw = BLE_RAW_YES, .payload = "01234567890123456789012345678901", .payload_len = 32), BLE_ETOOBIG,
		"payload: octets: 32 is outside 0..31; a packet has 31, and these octets are the whole of it");
	assert_int_equal(fake.adv_sets, 0);
	assert_int_equal(fake.adv_datas, 0);
	ble_end(ble);
	ble = fake_device(&(struct ble_options){ .adv_octets = 4 });
	refused(ADV(.payload = "01234", .payload_len = 5), BLE_ENOMEM, "adv_octets: 5 is outside 0..4");
	assert_int_equal(fake.adv_sets, 0); /* all or nothing */
}

static void test_scanning(void **state)
{
	(void)state;
#define SCAN(...) ble_scanning(ble, &(struct ble_scanning_params){ __VA_ARGS__ })
	refused(SCAN(.interval_us = 2499), BLE_ERANGE, "interval_us: 2499 is outside 2500..10240000");
	refused(SCAN(.interval_us = 10240001), BLE_ERANGE, "interval_us: 10240001 is outside 2500..10240000");
	refused(SCAN(.interval_us = 20000, .window_us = 20001), BLE_ERANGE, "window_us: 20001 is outside 2500..20000");
	refused(SCAN(.filter = BLE_SCAN_ACCEPT_LIST), BLE_ENOTSUP, "filter: BLE_SCAN_ACCEPT_LIST needs the part ble_accept");
	refused(SCAN(.filter = 32), BLE_EINVAL, "filter: 32 is outside 0..31");
	refused(SCAN(.addr = 3), BLE_EINVAL, "addr: 3 is outside 0..2");
}

static int add(const struct ble_characteristic *ch)
{
	static struct ble_characteristic copy;
	static const struct ble_characteristic *const list[] = { &copy, NULL };
	static struct ble_service service = { .uuid = 0x1234, .characteristics = list };
	copy = *ch;
	return ble_add_service(ble, &service);
}

static void test_services(void **state)
{
	(void)state;
#define CHAR(...) add(&(struct ble_characteristic){ .uuid = 0x2A19, __VA_ARGS__ })
	refused(CHAR(.permission = BLE_READ, .size = 513), BLE_ERANGE, "characteristic.size: 513 is outside 1..512");
	refused(CHAR(.permission = BLE_READ), BLE_ERANGE, "characteristic.size: 0 is outside 1..512");
	refused(CHAR(.permission = BLE_READ, .size = 2, .length = 3), BLE_ERANGE,
		"characteristic.length: 3 is outside 0..2");
	refused(CHAR(.size = 1), BLE_EINVAL, "characteristic.permission: 0 is outside 1..255");
	refused(CHAR(.permission = BLE_READ, .size = 1, .type = 4), BLE_EINVAL,
		"characteristic.type: 4 is outside 0..3");
	refused(CHAR(.permission = BLE_READ, .size = 1, .type = BLE_DESCRIPTOR | 4), BLE_EINVAL,
		"characteristic.type: 132 is outside 0..3");
	refused(CHAR(.permission = BLE_WRITE_SIGNED, .size = 1), BLE_ENOTSUP,
		"characteristic.permission: WRITE_SIGNED needs ble_signing, and ble_security() before");
	refused(CHAR(.permission = BLE_BROADCAST, .size = 1), BLE_ESTATE,
		"characteristic.permission: BROADCAST needs ble_broadcasting()");
	refused(CHAR(.permission = BLE_READ, .size = 1, .handle = 3), BLE_EEXIST,
		"characteristic: its service has been added already");
	assert_int_equal(fake.server_adds, 0);

	struct ble_service empty[3] = { { .uuid = 1 }, { .uuid = 1 }, { .uuid = 1 } }; /* one UUID is fine */
	assert_int_equal(ble_add_service(ble, &empty[0]), 0);
	assert_int_equal(ble_add_service(ble, &empty[1]), 0);
	refused(ble_add_service(ble, &empty[0]), BLE_EEXIST, "service: it has been added already");
	refused(ble_remove_service(ble, &empty[2]), BLE_ENOENT, "service: it has not been added");
	refused(ble_remove_service(ble, NULL), BLE_ENOENT, "service: it has not been added");
	ble_end(ble);
	ble = fake_device(&(struct ble_options){ .services = 2 });
	assert_int_equal(ble_add_service(ble, &empty[0]), 0);
	assert_int_equal(ble_add_service(ble, &empty[1]), 0);
	refused(ble_add_service(ble, &empty[2]), BLE_ENOMEM, "services: 3 is outside 1..2");
}

static void test_values(void **state)
{
	(void)state;
	struct ble_characteristic ch = { .uuid = 1, .permission = BLE_READ, .size = 9 };
	refused(ble_set_value(ble, &ch, "x", 1), BLE_ESTATE,
		"characteristic: it has no memory for its value until ble_add_service()");
	refused(ble_set_number(ble, &ch, 1), BLE_EINVAL, "characteristic.size of a number: 9 is outside 1..8");
	refused(ble_get_value(ble, &ch, NULL, 0), BLE_ESTATE, "characteristic: its value is not stored");
	refused(ble_notify(ble, &ch, 0, "x", 1), BLE_ESTATE, "characteristic: its service has not been added");
	ch.handle = 3;
	refused(ble_notify(ble, &ch, 0, "x", 1), BLE_EINVAL,
		"characteristic.permission: it has neither BLE_NOTIFY nor BLE_INDICATE");
}

static void test_memory(void **state)
{
	(void)state;
	static uint64_t memory[600];
	struct ble_fault fault = { 0 };
	struct ble_transport transport = { 0 };
	struct ble_platform platform = { 0 };
	struct ble_options o = { .transport = &transport, .platform = &platform, .fault = &fault };
	struct ble *out;
	size_t need = ble_memory(&o);
	assert_true(need < sizeof memory);
	assert_int_equal(ble_init(&out, memory, need, &o), 0);
	for (size_t size = 0; size < need; size++) {
		assert_int_equal(ble_init(&out, memory, size, &o), BLE_ENOMEM);
		assert_null(out);
		assert_string_equal(fault.subject, "memory");
		assert_int_equal(fault.value, size);
		assert_int_equal(fault.min, need);
	}
	assert_int_equal(ble_init(&out, NULL, need, &o), BLE_ENOMEM);
	assert_int_equal(ble_init(&out, (uint8_t *)memory + 1, need, &o), BLE_EINVAL);
	o.platform = NULL;
	assert_int_equal(ble_init(&out, memory, need, &o), BLE_EINVAL);
	assert_string_equal(fault.subject, "platform");
}

static void test_verbs_in_the_wrong_state(void **state)
{
	(void)state;
	static uint64_t memory[600];
	struct ble_transport transport = { 0 };
	struct ble_platform platform = { 0 };
	ble_end(ble);
	assert_int_equal(ble_init(&ble, memory, sizeof memory,
				 &(struct ble_options){ .transport = &transport, .platform = &platform }),
		0);
	refused(ble_process(ble, 1), BLE_ESTATE, "ble_process: ble_start() has not been called");
	refused(ble_disconnect(ble, 7), BLE_ECONN, "peer: not connected");
	assert_int_equal(ble_disconnect(ble, 0), 0);
	assert_int_equal(ble_stop_advertising(ble), 0); /* what is stopped: nothing */
	assert_int_equal(ble_stop_scanning(ble), 0);
	assert_int_equal(ble_stop(ble), 0);
	assert_int_equal(ble_start_advertising(ble), 0); /* remembered */
	assert_int_equal(fake.adv_starts, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_gap, setup, teardown),
		cmocka_unit_test_setup_teardown(test_pairing, setup, teardown),
		cmocka_unit_test_setup_teardown(test_parts, setup, teardown),
		cmocka_unit_test_setup_teardown(test_advertising, setup, teardown),
		cmocka_unit_test_setup_teardown(test_scanning, setup, teardown),
		cmocka_unit_test_setup_teardown(test_services, setup, teardown),
		cmocka_unit_test_setup_teardown(test_values, setup, teardown),
		cmocka_unit_test_setup_teardown(test_memory, setup, teardown),
		cmocka_unit_test_setup_teardown(test_verbs_in_the_wrong_state, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
