/* Services and values: memory, storing, numbers, notifying, reads that the program answers. */
#include "fake_host.h"

#include <string.h>

static struct {
	unsigned writes, status;
	uint8_t data[20];
	uint16_t len;
	ble_conn_id peer;
	void *ctx;
} seen;

static void on_write(struct ble *ble, struct ble_characteristic *ch, const struct ble_write *write, void *ctx)
{
	(void)ble;
	(void)ch;
	seen.writes++;
	seen.status = write->status;
	seen.len = write->len;
	seen.peer = write->peer;
	seen.ctx = ctx;
	if (write->len)
		memcpy(seen.data, write->data, write->len);
}

/* RAM of a characteristic of the module: bench.md, on Cortex-M4 (pointers of four octets), list entry included. */
_Static_assert(sizeof(void *) != 4 || sizeof(struct ble_characteristic) + sizeof(void *) <= 48, "48 octets");
_Static_assert(sizeof(struct ble_characteristic) - 8 * sizeof(void *) <= 48 - 9 * 4 + 4,
	"the same, seen from 64 bits: with 4 octets of padding");

static void test_value_memory(void **state)
{
	(void)state;
	static uint8_t mine[4] = { 7, 7, 7, 7 };
	struct ble_characteristic a = { .uuid = 1, .permission = BLE_READ, .size = 20 };
	struct ble_characteristic b = { .uuid = 2, .permission = BLE_READ, .size = 4, .length = 2, .value = mine };
	const struct ble_characteristic *const list[] = { &a, &b, NULL };
	struct ble_service s = { .uuid = 0x1234, .characteristics = list };
	struct ble *ble = fake_device(&(struct ble_options){ .value_octets = 20 });
	assert_int_equal(ble_add_service(ble, &s), 0);
	assert_non_null(a.value);
	assert_int_equal(a.length, 20);
	assert_memory_equal(a.value, ((uint8_t[20]){ 0 }), 20);
	assert_ptr_equal(b.value, mine);
	assert_int_equal(b.length, 2);
	assert_true(a.handle && b.handle);

	struct ble_characteristic c = { .uuid = 3, .permission = BLE_READ, .size = 1 };
	const struct ble_characteristic *const more[] = { &c, NULL };
	struct ble_service t = { .uuid = 0x1235, .characteristics = more };
	assert_int_equal(ble_add_service(ble, &t), BLE_ENOMEM);
	assert_string_equal(fake_why(ble), "value_octets: 21 is outside 0..20");
	assert_null(c.value);

	ble_end(ble); /* forgets: the structs may serve another device */
	assert_null(a.value);
	assert_int_equal(a.handle, 0);
	assert_ptr_equal(b.value, mine);
}

static void test_failed_add_gives_memory_back(void **state)
{
	(void)state;
	struct ble_characteristic a = { .uuid = 1, .permission = BLE_READ, .size = 20 };
	const struct ble_characteristic *const list[] = { &a, NULL };
	struct ble_service s = { .uuid = 0x1234, .characteristics = list };
	struct ble *ble = fake_device(&(struct ble_options){ .value_octets = 20 });
	fake.add_err = BLE_ENOMEM;
	assert_int_equal(ble_add_service(ble, &s), BLE_ENOMEM);
	assert_null(a.value);
	fake.add_err = 0;
	assert_int_equal(ble_add_service(ble, &s), 0);
	assert_int_equal(ble_remove_service(ble, &s), 0);
	assert_int_equal(a.handle, 0);
	assert_int_equal(ble_add_service(ble, &s), 0); /* there is memory again */
	assert_int_equal(ble_remove_service(ble, &s), 0);
	assert_int_equal(ble_remove_service(ble, &s), BLE_ENOENT);
}

/* What was removed is not forgotten by ble_end(): no pointer into a device that is gone is left. */
static void test_a_removed_service_may_serve_another_device(void **state)
{
	(void)state;
	struct ble_characteristic a = { .uuid = 1, .permission = BLE_READ, .size = 4 };
	struct ble_characteristic b = { .uuid = 2, .permission = BLE_READ, .size = 4 };
	const struct ble_characteristic *const of_a[] = { &a, NULL }, *const of_b[] = { &b, NULL };
	struct ble_service s = { .uuid = 0x1234, .characteristics = of_a };
	struct ble_service t = { .uuid = 0x1235, .characteristics = of_b };
	struct ble *ble = fake_device(&(struct ble_options){ .value_octets = 8 });
	assert_int_equal(ble_add_service(ble, &s), 0);
	assert_int_equal(ble_add_service(ble, &t), 0);
	assert_int_equal(ble_set_value(ble, &a, "four", 4), 0);
	assert_int_equal(ble_set_value(ble, &b, "more", 4), 0);
	for (unsigned i = 0; i < 5; i++) { /* neither is memory lost by it */
		assert_int_equal(ble_remove_service(ble, &s), 0);
		assert_null(a.value);
		assert_memory_equal(b.value, "more", 4);
		assert_int_equal(ble_add_service(ble, &s), 0);
		assert_memory_equal(a.value, "\0\0\0\0", 4);
		assert_int_equal(ble_set_value(ble, &a, "four", 4), 0);
		assert_memory_equal(b.value, "more", 4);
	}
	assert_int_equal(ble_remove_service(ble, &s), 0);
	ble_end(ble);
	assert_null(a.value);
	ble = fake_device(&(struct ble_options){ .value_octets = 4 });
	assert_int_equal(ble_add_service(ble, &s), 0);
	assert_int_equal(ble_set_value(ble, &a, "four", 4), 0);
	ble_end(ble);
}

static struct ble_characteristic level;
static const struct ble_characteristic *const level_list[] = { &level, NULL };
static struct ble_service battery = { .uuid = 0x180F, .characteristics = level_list };

static struct ble *device(uint16_t size)
{
	level = (struct ble_characteristic){ .uuid = 0x2A19, .size = size, .on_write = on_write, .ctx = &seen,
		.permission = BLE_READ | BLE_WRITE | BLE_NOTIFY };
	memset(&seen, 0, sizeof seen);
	struct ble *ble = fake_device(NULL);
	assert_int_equal(ble_add_service(ble, &battery), 0);
	return ble;
}

static void test_numbers(void **state)
{
	(void)state;
	static const struct {
		uint16_t size;
		int64_t number, back;
	} good[] = {
		{ 1, 0, 0 },
		{ 1, 255, 255 },
		{ 1, -1, 255 },
		{ 1, -128, 128 },
		{ 2, 0x1234, 0x1234 },
		{ 3, -8388608, 0x800000 },
		{ 4, 0xffffffff, 0xffffffff },
		{ 7, 0xffffffffffffff, 0xffffffffffffff },
		{ 8, INT64_MIN, INT64_MIN },
		{ 8, INT64_MAX, INT64_MAX },
	};
	int64_t n;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		struct ble *ble = device(good[i].size);
		assert_int_equal(ble_set_number(ble, &level, good[i].number), 0);
		assert_int_equal(ble_get_number(ble, &level, &n), 0);
		assert_true(n == good[i].back);
		ble_end(ble);
	}
	struct ble *ble = device(2);
	assert_int_equal(ble_set_number(ble, &level, 0x1234), 0);
	assert_memory_equal(level.value, ((uint8_t[]){ 0x34, 0x12 }), 2);
	assert_int_equal(ble_set_value(ble, &level, "\x7f", 1), 0); /* shorter: missing octets are 0 */
	assert_int_equal(ble_get_number(ble, &level, &n), 0);
	assert_true(n == 0x7f);
	assert_int_equal(ble_set_number(ble, &level, 65536), BLE_ERANGE);
	assert_string_equal(fake_why(ble), "number: 65536 is outside -32768..65535");
	assert_int_equal(ble_set_number(ble, &level, -32769), BLE_ERANGE);
	ble_end(ble);
	ble = device(3);
	assert_int_equal(ble_set_number(ble, &level, 0x1000000), BLE_ERANGE);
	assert_string_equal(fake_why(ble), "number: 16777216 is outside -8388608..16777215");
	ble_end(ble);
	ble = device(4); /* limits that a fault has no room for: what it takes is said in octets */
	assert_int_equal(ble_set_number(ble, &level, 0x100000000), BLE_ERANGE);
	assert_string_equal(fake_why(ble), "number: octets: 5 is outside 1..4");
	assert_int_equal(ble_set_number(ble, &level, -2147483649), BLE_ERANGE);
	assert_string_equal(fake_why(ble), "number: octets: 5 is outside 1..4");
	ble_end(ble);
	ble = device(7);
	assert_int_equal(ble_set_number(ble, &level, INT64_MIN), BLE_ERANGE);
	assert_string_equal(fake_why(ble), "number: octets: 8 is outside 1..7");
	ble_end(ble);
	ble = device(2);
	uint8_t buf[4] = { 0 };
	assert_int_equal(ble_set_value(ble, &level, "ab", 2), 0);
	assert_int_equal(ble_get_value(ble, &level, buf, 1), 2);
	assert_memory_equal(buf, "a\0", 2);
	assert_int_equal(ble_set_value(ble, &level, "abc", 3), BLE_ETOOBIG);
	assert_string_equal(fake_why(ble), "value: octets: 3 is outside 0..2");
	assert_int_equal(ble_set_value(ble, &level, NULL, 0), 0);
	assert_int_equal(level.length, 0);
	ble_end(ble);
}

/* A part of the value becomes the value: subscribers get what is stored. */
static void test_set_to_a_part_of_itself(void **state)
{
	(void)state;
	struct ble *ble = device(5);
	fake.conn_count = 1;
	assert_int_equal(ble_set_value(ble, &level, "hello", 5), 0);
	assert_int_equal(ble_set_value(ble, &level, (const uint8_t *)level.value + 1, 4), 0);
	assert_memory_equal(level.value, "ello", 4);
	assert_int_equal(fake.value_len, 4);
	assert_memory_equal(fake.value, "ello", 4);
}

static void test_set_notifies(void **state)
{
	(void)state;
	struct ble *ble = device(1);
	assert_int_equal(ble_set_number(ble, &level, 1), 0); /* nobody is there */
	fake.conn_count = 3;
	fake.notify_err[1] = BLE_ENOENT; /* has not subscribed */
	assert_int_equal(ble_set_number(ble, &level, 2), 0);
	assert_int_equal(fake.notified[0], 1);
	assert_int_equal(fake.notified[2], 1);
	assert_int_equal(fake.value[0], 2);
	fake.notify_err[0] = BLE_EBUSY; /* stored, sent to who can take it, told */
	assert_int_equal(ble_set_number(ble, &level, 3), BLE_EBUSY);
	assert_string_equal(fake_why(ble), "notification: cannot be done now, try again after the next event");
	assert_int_equal(*(uint8_t *)level.value, 3);
	assert_int_equal(fake.notified[2], 2);
	assert_int_equal(ble_notify(ble, &level, 3, "x", 1), 0);
	assert_int_equal(*(uint8_t *)level.value, 3); /* not stored */
	assert_int_equal(ble_notify(ble, &level, 2, "x", 1), BLE_ENOENT);
	assert_string_equal(fake_why(ble), "peer: it has not subscribed");
	assert_int_equal(ble_notify(ble, &level, 9, "x", 1), BLE_ECONN);
	assert_string_equal(fake_why(ble), "peer: not connected");
	fake.notify_err[0] = BLE_ECLOSED; /* it never confirmed an indication: the program has no part in that */
	assert_int_equal(ble_set_number(ble, &level, 4), 0);
	assert_int_equal(ble_notify(ble, &level, 1, "x", 1), BLE_ECLOSED);
	assert_string_equal(fake_why(ble), "peer: closed");
	fake.conn_count = 0;
	assert_int_equal(ble_notify(ble, &level, 0, "x", 1), BLE_ENOENT);
	assert_string_equal(fake_why(ble), "peer: no connected central has subscribed");
	ble_end(ble);
}

static void test_write_is_stored_then_told(void **state)
{
	(void)state;
	struct ble *ble = device(4);
	fake_event(&(struct ble_event){ .type = BLE_EV_WRITTEN, .conn = 2,
		.written = { .characteristic = &level, .data = (const uint8_t *)"abc", .len = 3, .token = 5 } });
	fake_event(&(struct ble_event){ .type = BLE_EV_SUBSCRIBED, .conn = 2,
		.subscribed = { .characteristic = &level, .bits = 1 } });
	assert_int_equal(ble_process(ble, 1), 0);
	assert_int_equal(seen.writes, 1); /* NOTIFY only on request */
	assert_int_equal(seen.status, BLE_WRITE);
	assert_int_equal(seen.peer, 2);
	assert_ptr_equal(seen.ctx, &seen);
	assert_int_equal(level.length, 3);
	assert_memory_equal(level.value, "abc", 3);
	level.events = BLE_NOTIFY;
	fake_event(&(struct ble_event){ .type = BLE_EV_SUBSCRIBED, .conn = 2,
		.subscribed = { .characteristic = &level, .bits = 1 } });
	assert_int_equal(ble_process(ble, 2), 0);
	assert_int_equal(seen.writes, 2);
	assert_int_equal(seen.status, BLE_NOTIFY);
	ble_end(ble);
}

static int read_result;

/* What is given to ble_answer() may be gone when on_read has returned. */
static int on_read(struct ble *ble, struct ble_characteristic *ch, struct ble_read *read, void *ctx)
{
	char local[] = "computed";
	(void)ch;
	(void)ctx;
	assert_int_equal(read->token, 77);
	if (!read_result)
		assert_int_equal(ble_answer(ble, read->token, 0, local, 8), 0);
	return read_result;
}

static int verdict;
static uint32_t checked; /* token */

static int on_check(struct ble *ble, struct ble_characteristic *ch, const struct ble_write *write, void *ctx)
{
	(void)ble;
	assert_ptr_equal(ctx, &seen);
	assert_int_equal(write->status, BLE_WRITE);
	assert_int_equal(write->data != NULL, write->token < 30);
	assert_int_equal(write->peer, 2);
	assert_memory_equal(ch->value, "old", 3); /* it is asked before */
	checked = write->token;
	return verdict;
}

static void written(struct ble *ble, const char *text, uint32_t token)
{
	static uint64_t now_us;
	fake.replied = fake.deferred = fake.answered = 0;
	seen.writes = 0;
	assert_int_equal(ble_set_value(ble, &level, "old", 3), 0);
	fake_event(&(struct ble_event){ .type = BLE_EV_WRITTEN, .conn = 2,
		.written = { .characteristic = &level, .data = (const uint8_t *)text, .len = (uint16_t)strlen(text),
			.token = token } });
	assert_int_equal(ble_process(ble, ++now_us), 0);
	assert_int_equal(checked, token);
}

static void test_a_write_is_judged_before_it_is_stored(void **state)
{
	(void)state;
	struct ble *ble = device(4);
	level.on_check = on_check;
	verdict = 0;
	written(ble, "new", 5);
	assert_int_equal(seen.writes, 1);
	assert_memory_equal(level.value, "new", 3);
	assert_int_equal(fake.replied, 0); /* the host does it */
	verdict = BLE_EATT(0x80);
	written(ble, "bad", 6);
	assert_int_equal(seen.writes, 0);
	assert_memory_equal(level.value, "old", 3);
	assert_int_equal(fake.replied, 6);
	assert_int_equal(fake.reply_err, BLE_EATT(0x80));
	verdict = BLE_EIO; /* not the peer's language */
	written(ble, "bad", 7);
	assert_int_equal(fake.reply_err, BLE_EATT(0x0e));
	verdict = BLE_EPENDING;
	written(ble, "wait", 8);
	assert_int_equal(seen.writes, 0);
	assert_memory_equal(level.value, "old", 3);
	assert_int_equal(fake.deferred, 8);
	assert_int_equal(fake.replied, 0);
	assert_int_equal(ble_answer(ble, 8, 0, NULL, 0), 0);
	assert_int_equal(fake.replied, 8);
	ble_end(ble);
}

/* The program is asked, and nothing is stored or told, whatever it says. */
static void test_a_long_write_is_judged_when_it_begins(void **state)
{
	static const int verdicts[] = { 0, BLE_EATT(0x08), BLE_EPENDING };
	(void)state;
	struct ble *ble = device(4);
	level.on_check = on_check;
	for (uint32_t i = 0; i < 3; i++) {
		fake.replied = fake.deferred = 0;
		seen.writes = 0;
		verdict = verdicts[i];
		assert_int_equal(ble_set_value(ble, &level, "old", 3), 0);
		fake_event(&(struct ble_event){ .type = BLE_EV_WRITTEN, .conn = 2,
			.written = { .characteristic = &level, .token = 30 + i, .kind = BLE_WRITTEN_PREPARE } });
		assert_int_equal(ble_process(ble, 100 + i), 0);
		assert_int_equal(checked, 30 + i);
		assert_int_equal(fake.replied, i == 1 ? 31 : 0);
		assert_int_equal(fake.deferred, i == 2 ? 32 : 0);
		assert_int_equal(seen.writes, 0);
		assert_int_equal(level.length, 3);
		assert_memory_equal(level.value, "old", 3);
	}
	ble_end(ble);
}

/* An initial value that was set is not replaced by `size` zeroes, also if it is the empty one. */
static void test_an_initial_value_keeps_its_length(void **state)
{
	(void)state;
	static uint8_t memory[4];
	struct ble_characteristic ch = { .uuid = 1, .permission = BLE_READ, .size = 4, .value = memory };
	const struct ble_characteristic *const list[] = { &ch, NULL };
	struct ble_service s = { .uuid = 0x1234, .characteristics = list };
	struct ble *ble = fake_device(NULL);
	assert_int_equal(ble_set_value(ble, &ch, "ab", 2), 0);
	assert_int_equal(ble_add_service(ble, &s), 0);
	assert_int_equal(ch.length, 2);
	assert_memory_equal(ch.value, "ab", 2);
	assert_int_equal(ble_remove_service(ble, &s), 0);
	assert_int_equal(ble_set_value(ble, &ch, NULL, 0), 0);
	assert_int_equal(ble_add_service(ble, &s), 0);
	assert_int_equal(ch.length, 0);
	ble_end(ble);
}

static unsigned confirmations;
static uint16_t confirmed_handle;

static void on_confirmed(struct ble *ble, const struct ble_event *ev, void *ctx)
{
	(void)ble;
	(void)ctx;
	confirmations++;
	confirmed_handle = ev->confirmed.handle;
}

static void test_whose_indication_was_confirmed(void **state)
{
	(void)state;
	struct ble *ble = device(4);
	confirmations = 0;
	assert_int_equal(ble_add_callback(ble, BLE_EV_CONFIRMED, on_confirmed, NULL), 0);
	fake_event(&(struct ble_event){ .type = BLE_EV_CONFIRMED, .conn = 1, .confirmed = { .handle = 0x0d } });
	fake_event(&(struct ble_event){ .type = BLE_EV_CONFIRMED, .conn = 1, .confirmed = { .handle = level.handle } });
	assert_int_equal(ble_process(ble, 1), 0);
	assert_int_equal(confirmations, 1); /* the other was Service Changed */
	assert_int_equal(confirmed_handle, level.handle);
	ble_end(ble);
}

static void test_computed_reads(void **state)
{
	(void)state;
	struct ble_characteristic ch = { .uuid = 1, .permission = BLE_READ, .size = 8, .on_read = on_read };
	const struct ble_characteristic *const list[] = { &ch, NULL };
	struct ble_service s = { .uuid = 0x1234, .characteristics = list };
	struct ble *ble = fake_device(&(struct ble_options){ .value_octets = BLE_NONE });
	const struct ble_event asked = { .type = BLE_EV_READ, .conn = 1,
		.read = { .characteristic = &ch, .token = 77 } };
	static const struct {
		int result, err;
	} cases[] = { { 0, 0 }, { BLE_EATT(0x80), BLE_EATT(0x80) }, { BLE_EIO, BLE_EATT(0x0e) } };
	assert_int_equal(ble_add_service(ble, &s), 0); /* needs no value memory */
	assert_null(ch.value);
	for (size_t i = 0; i < 3; i++) {
		read_result = cases[i].result;
		fake.answered = 0;
		fake_event(&asked);
		assert_int_equal(ble_process(ble, i + 1), 0);
		assert_int_equal(fake.reply_err, cases[i].err);
		assert_int_equal(fake.replied, 77);
		if (!cases[i].err)
			assert_memory_equal(fake.reply, "computed", 8);
	}
	fake.replied = fake.answered = 0;
	read_result = BLE_EPENDING;
	fake_event(&asked);
	assert_int_equal(ble_process(ble, 9), 0);
	assert_int_equal(fake.replied, 0);
	assert_int_equal(fake.deferred, 77);
	assert_int_equal(ble_answer(ble, 77, 0, "later", 5), 0);
	assert_memory_equal(fake.reply, "later", 5);
	assert_int_equal(ble_answer(ble, 77, BLE_EIO, NULL, 0), BLE_EINVAL);
	assert_int_equal(ble_answer(ble, 77, 0, "late", 4), BLE_ENOENT);
	assert_string_equal(fake_why(ble), "token: answered already, too late, or the peer has gone");
	ble_end(ble);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_value_memory),
		cmocka_unit_test(test_failed_add_gives_memory_back),
		cmocka_unit_test(test_a_removed_service_may_serve_another_device),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_set_to_a_part_of_itself),
		cmocka_unit_test(test_set_notifies),
		cmocka_unit_test(test_write_is_stored_then_told),
		cmocka_unit_test(test_computed_reads),
		cmocka_unit_test(test_a_write_is_judged_before_it_is_stored),
		cmocka_unit_test(test_a_long_write_is_judged_when_it_begins),
		cmocka_unit_test(test_an_initial_value_keeps_its_length),
		cmocka_unit_test(test_whose_indication_was_confirmed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
