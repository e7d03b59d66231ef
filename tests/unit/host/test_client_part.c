/*
 * The part ble_client through a controller: every procedure ended by a disconnection, a stop and a time-out in its
 * middle; refusals with their faults; values that share a packet, one a poll.
 */
#include "fake_ctlr.h"

#include "base/le.h"

enum { A = 0x40, FIRST = 2, OUT = 0, PROCEDURES = 16 };

static struct fake f;
static ble_conn_id id;
static uint8_t octets[512];
static const uint16_t handles[2] = { 3, 5 };
static const struct ble_client_value values[2] = { { 3, 2, octets }, { 5, 1, octets } };

static void up(void)
{
	fake_init(&f);
	fake_host(&f, (struct ble_host_config){ .parts = BLE_PARTS(&ble_central, &ble_client) });
	fake_up(&f);
	id = fake_connected(&f, A, BLE_ROLE_PERIPHERAL);
}

static int begin(unsigned procedure)
{
	struct ble_host *h = f.host;
	switch (procedure) {
	case 0: return ble_client_exchange_mtu(h, id);
	case 1: return ble_client_services(h, id, NULL, 0);
	case 2: return ble_client_services(h, id, "\x0F\x18", 2);
	case 3: return ble_client_includes(h, id, 1, 9);
	case 4: return ble_client_characteristics(h, id, 1, 9);
	case 5: return ble_client_characteristics_by_uuid(h, id, 1, 9, "\x19\x2A", 2);
	case 6: return ble_client_descriptors(h, id, 1, 9);
	case 7: return ble_client_read(h, id, 3);
	case 8: return ble_client_read_uuid(h, id, 1, 9, "\x19\x2A", 2);
	case 9: return ble_client_read_multiple(h, id, handles, 2);
	case 10: return ble_client_read_multiple_variable(h, id, handles, 2);
	case 11: return ble_client_write(h, id, 3, octets, 2);
	case 12: return ble_client_write(h, id, 3, octets, 512);
	case 13: return ble_client_write_reliable(h, id, values, 2);
	case 14: return ble_client_features(h, id, BLE_FEATURE_ROBUST_CACHING);
	default: return ble_client_subscribe(h, id, 3, 0, 1);
	}
}

static const struct {
	uint8_t procedure, request;
} expected[PROCEDURES] = { { BLE_PROC_MTU, 0x02 }, { BLE_PROC_SERVICES, 0x10 }, { BLE_PROC_SERVICES, 0x06 },
	{ BLE_PROC_INCLUDES, 0x08 }, { BLE_PROC_CHARACTERISTICS, 0x08 }, { BLE_PROC_CHARACTERISTICS, 0x08 },
	{ BLE_PROC_DESCRIPTORS, 0x04 }, { BLE_PROC_READ, 0x0A }, { BLE_PROC_READ_UUID, 0x08 },
	{ BLE_PROC_READ_MULTIPLE, 0x0E }, { BLE_PROC_READ_MULTIPLE, 0x20 }, { BLE_PROC_WRITE, 0x12 },
	{ BLE_PROC_WRITE, 0x16 }, { BLE_PROC_WRITE_RELIABLE, 0x16 }, { BLE_PROC_FEATURES, 0x08 },
	{ BLE_PROC_SUBSCRIBE, 0x04 } };

static void asked(unsigned procedure)
{
	assert_int_equal(begin(procedure), 0);
	assert_int_equal(begin(procedure), BLE_EBUSY);
	fake_pump(&f);
	assert_int_equal(fake_sent(&f)->data[9], expected[procedure].request);
}

static void is_done(unsigned procedure, int err)
{
	const struct ble_event *ev = fake_expect(&f, BLE_EV_DONE);
	assert_int_equal(ev->conn, id);
	assert_int_equal(ev->done.err, err);
	assert_int_equal(ev->done.procedure, expected[procedure].procedure);
}

static void disconnected_in_the_middle(void **state)
{
	(void)state;
	up();
	for (unsigned i = 0; i < PROCEDURES; i++) {
		asked(i);
		fake_disconnected(&f, A, 8);
		is_done(i, BLE_ECONN);
		(void)fake_expect(&f, BLE_EV_DISCONNECTED);
		fake_expect_none(&f);
		assert_int_equal(begin(i), BLE_ECONN);
		id = fake_connected(&f, A, BLE_ROLE_PERIPHERAL);
	}
	fake_end(&f);
}

/* The stop is in the middle of an answer, too: its items are gone with the packet. */
static void stopped_in_the_middle(void **state)
{
	(void)state;
	for (unsigned i = 0; i < PROCEDURES; i++) {
		up();
		asked(i);
		ble_host_stop(f.host);
		fake_pump(&f);
		is_done(i, BLE_ECONN);
		(void)fake_expect(&f, BLE_EV_DISCONNECTED);
		fake_end(&f);
	}
}

static void no_answer_for_30_s(void **state)
{
	(void)state;
	for (unsigned i = 0; i < PROCEDURES; i++) {
		up();
		asked(i);
		fake_completed(&f, A, 1);
		fake_pass(&f, 29999999);
		fake_expect_none(&f);
		fake_pass(&f, 1);
		is_done(i, BLE_ETIMEOUT);
		assert_int_equal(begin(i), BLE_ECLOSED);
		fake_end(&f);
	}
}

/* The second request of each that has one is on its way. */
static void disconnected_behind_the_first_answer(void **state)
{
	static const struct {
		unsigned procedure;
		uint8_t len, pdu[23];
	} answers[] = {
		{ 3, 8, { 0x09, 6, 2, 0, 5, 0, 9, 0 } },                   /* its UUID is being read */
		{ 12, 23, { 0x17, 3, 0 } },                                /* Prepare Write */
		{ 12, 5, { 0x17, 4, 0 } },                                 /* being cancelled */
		{ 14, 5, { 0x09, 3, 9, 0, 0 } },                           /* the features are being written */
		{ 15, 6, { 0x05, 1, 4, 0, 2, 0x29 } },                     /* the CCCD is being written */
	};
	(void)state;
	up();
	for (unsigned i = 0; i < sizeof answers / sizeof answers[0]; i++) {
		uint8_t sdu[4 + 23] = { answers[i].len, 0, 4 };
		memcpy(sdu + 4, answers[i].pdu, answers[i].len);
		asked(answers[i].procedure);
		fake_acl(&f, A, FIRST, sdu, 4u + answers[i].len);
		(void)fake_sent(&f);
		fake_expect_none(&f);
		fake_disconnected(&f, A, 8);
		is_done(answers[i].procedure, BLE_ECONN);
		(void)fake_expect(&f, BLE_EV_DISCONNECTED);
		id = fake_connected(&f, A, BLE_ROLE_PERIPHERAL);
	}
	fake_end(&f);
}

static void fault_is(int err, int expected_err, const char *subject, int32_t value, int32_t min, int32_t max)
{
	const struct ble_fault *fault = ble_host_fault(f.host);
	assert_int_equal(err, expected_err);
	assert_int_equal(fault->err, expected_err);
	assert_string_equal(fault->subject, subject);
	assert_int_equal(fault->value, value);
	assert_int_equal(fault->min, min);
	assert_int_equal(fault->max, max);
}

static void refusals(void **state)
{
	const struct ble_client_value big[2] = { { 3, 2, octets }, { 5, 513, octets } }, none = { 0, 1, octets };
	static const uint16_t zero[2] = { 3, 0 };
	(void)state;
	up();
	struct ble_host *h = f.host;
	fault_is(ble_client_includes(h, id, 0, 9), BLE_EINVAL, "start", 0, 1, 9);
	fault_is(ble_client_characteristics_by_uuid(h, id, 9, 8, "ab", 2), BLE_EINVAL, "start", 9, 1, 8);
	fault_is(ble_client_read_uuid(h, id, 0, 8, "ab", 2), BLE_EINVAL, "start", 0, 1, 8);
	fault_is(ble_client_read_multiple(h, id, handles, 1), BLE_ERANGE, "count", 1, 2, 11);
	fault_is(ble_client_read_multiple_variable(h, id, handles, 12), BLE_ERANGE, "count", 12, 2, 11);
	fault_is(ble_client_read_multiple(h, id, zero, 2), BLE_EINVAL, "handles", 0, 1, 0xFFFF);
	fault_is(ble_client_write(h, id, 3, octets, 513), BLE_ETOOBIG, "len", 513, 0, 512);
	fault_is(ble_client_write_command(h, id, 3, octets, 21), BLE_ETOOBIG, "len", 21, 0, 20);
	fault_is(ble_client_write_reliable(h, id, big, 2), BLE_ETOOBIG, "len", 513, 0, 512);
	fault_is(ble_client_write_reliable(h, id, &none, 1), BLE_EINVAL, "handle", 0, 1, 0xFFFF);
	fault_is(ble_client_write_reliable(h, id, values, 0), BLE_EINVAL, "count", 0, 1, 0xFFFF);
	fault_is(ble_client_subscribe(h, id, 3, 4, 7), BLE_EINVAL, "bits", 7, 0, 3);
	fault_is(ble_client_subscribe(h, id, 0, 4, 1), BLE_EINVAL, "value_handle", 0, 1, 0xFFFF);
	fault_is(ble_client_subscribe(h, id, 5, 4, 1), BLE_EINVAL, "end_handle", 4, 5, 0xFFFF);
	fault_is(ble_client_service_changed(h, id, 0), BLE_EINVAL, "value_handle", 0, 1, 0xFFFF);
	fault_is(ble_client_features(h, id, 2), BLE_EINVAL, "bits", 0, 0, -1);
	assert_int_equal(ble_client_write_cancel(h, id), BLE_ESTATE);
	assert_int_equal(ble_client_characteristics_by_uuid(h, id, 1, 9, "ab", 0), BLE_EINVAL);
	assert_non_null(ble_host_fault(h)->hint);
	assert_int_equal(ble_client_read_uuid(h, id, 1, 9, "ab", 3), BLE_EINVAL);
	assert_int_equal(ble_client_subscribe(h, id, 3, 3, 1), BLE_ENOENT);
	assert_int_equal(ble_client_service_changed(h, id + 1, 3), BLE_ECONN);
	fake_silent(&f);
	fake_end(&f);
}

static void values_that_share_a_packet(void **state)
{
	(void)state;
	up();
	fake_acl(&f, A, FIRST, OCTETS(12, 0, 4, 0, 0x23, 3, 0, 1, 0, 0x63, 5, 0, 2, 0, 1, 2));
	const struct ble_event *ev = fake_expect(&f, BLE_EV_NOTIFIED);
	assert_int_equal(ev->value.handle, 3);
	assert_int_equal(ev->value.len, 1);
	ev = fake_expect(&f, BLE_EV_NOTIFIED);
	assert_int_equal(ev->value.handle, 5);
	assert_int_equal(ev->value.len, 2);
	fake_expect_none(&f);
	fake_silent(&f);
	fake_end(&f);
}

/* Told of beforehand, as after a reconnection; forgotten with the connection. */
static void service_changed(void **state)
{
	(void)state;
	up();
	assert_int_equal(ble_client_service_changed(f.host, id, 9), 0);
	fake_acl(&f, A, FIRST, OCTETS(7, 0, 4, 0, 0x1D, 9, 0, 0x0C, 0, 0x1F, 0));
	const struct ble_event *ev = fake_expect(&f, BLE_EV_SERVICE_CHANGED);
	assert_int_equal(ev->service_changed.start, 0x0C);
	assert_int_equal(ev->service_changed.end, 0x1F);
	fake_acl_sent(&f, A, OUT, OCTETS(1, 0, 4, 0, 0x1E));
	fake_disconnected(&f, A, 8);
	(void)fake_expect(&f, BLE_EV_DISCONNECTED);
	id = fake_connected(&f, A, BLE_ROLE_PERIPHERAL);
	fake_acl(&f, A, FIRST, OCTETS(7, 0, 4, 0, 0x1D, 9, 0, 0x0C, 0, 0x1F, 0));
	(void)fake_expect(&f, BLE_EV_NOTIFIED);
	fake_acl_sent(&f, A, OUT, OCTETS(1, 0, 4, 0, 0x1E));
	fake_end(&f);
}

/* What the server repeats wrongly: the host says so in words. */
static void a_mismatch(void **state)
{
	(void)state;
	up();
	asked(13);
	fake_acl(&f, A, FIRST, OCTETS(7, 0, 4, 0, 0x17, 3, 0, 0, 0, 0, 1));
	fake_acl_sent(&f, A, OUT, OCTETS(2, 0, 4, 0, 0x18, 0));
	fake_acl(&f, A, FIRST, OCTETS(1, 0, 4, 0, 0x19));
	is_done(13, BLE_EMISMATCH);
	assert_string_equal(ble_strerror(BLE_EMISMATCH), "the peer repeated something else than was sent");
	fake_end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(disconnected_in_the_middle),
		TEST(stopped_in_the_middle),
		TEST(no_answer_for_30_s),
		TEST(disconnected_behind_the_first_answer),
		TEST(refusals),
		TEST(values_that_share_a_packet),
		TEST(service_changed),
		TEST(a_mismatch),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
