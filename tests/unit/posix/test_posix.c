/* The POSIX port: the store's folders, files and locks; URIs; waiting, and the descriptor of
 * another's loop. */
#define _GNU_SOURCE
#include <ble/posix.h>

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[64];

static int setup(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/glint-test-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	unsetenv("GLINT_DRIVER");
	unsetenv("GLINT_STORE");
	return setenv("XDG_STATE_HOME", folder, 1);
}

static int teardown(void **state)
{
	(void)state;
	char command[100];
	snprintf(command, sizeof command, "rm -r '%s'", folder);
	return system(command);
}

static struct ble_posix *open_store(const char *name)
{
	struct ble_posix *os;
	struct ble_fault fault;
	assert_int_equal(ble_posix_open(&os, name, &fault), 0);
	return os;
}

static mode_t mode_of(const char *rest)
{
	struct stat st;
	char path[128];
	snprintf(path, sizeof path, "%s/glint/%s", folder, rest);
	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 0777;
}

static void what_is_saved_is_there_the_next_time(void **state)
{
	(void)state;
	uint8_t got[8];
	struct ble_posix *os = open_store("lamp");
	const struct ble_platform *p = ble_posix_platform(os);
	assert_int_equal(p->load(p->ctx, 7, got, sizeof got), BLE_ENOENT);
	assert_int_equal(p->save(p->ctx, 7, "first", 5), 0);
	assert_int_equal(p->save(p->ctx, 7, "2nd", 3), 0);
	ble_posix_close(os);
	assert_int_equal(mode_of("lamp"), 0700);
	assert_int_equal(mode_of("lamp/00000007"), 0600);
	os = open_store("lamp");
	p = ble_posix_platform(os);
	assert_int_equal(p->load(p->ctx, 7, got, sizeof got), 3);
	assert_memory_equal(got, "2nd", 3);
	assert_int_equal(p->load(p->ctx, 7, got, 2), 2);
	assert_int_equal(p->erase(p->ctx, 7), 0);
	assert_int_equal(p->erase(p->ctx, 7), BLE_ENOENT);
	assert_int_equal(p->load(p->ctx, 7, got, sizeof got), BLE_ENOENT);
	ble_posix_close(os);
}

static void two_of_a_kind_are_two_devices(void **state)
{
	(void)state;
	uint8_t got[8];
	struct ble_posix *a = open_store("lamp"), *b = open_store("lamp");
	const struct ble_platform *pa = ble_posix_platform(a), *pb = ble_posix_platform(b);
	assert_int_equal(pa->save(pa->ctx, 1, "a", 1), 0);
	assert_int_equal(pb->load(pb->ctx, 1, got, sizeof got), BLE_ENOENT);
	ble_posix_close(a);
	a = open_store("lamp"); /* the first is free again */
	pa = ble_posix_platform(a);
	assert_int_equal(pa->load(pa->ctx, 1, got, sizeof got), 1);
	ble_posix_close(a);
	ble_posix_close(b);
}

static void without_a_place_nothing_is_kept(void **state)
{
	(void)state;
	struct ble_posix *os = open_store("");
	assert_null(ble_posix_platform(os)->load);
	ble_posix_close(os);
	setenv("XDG_STATE_HOME", "/dev/null", 1);
	os = open_store("lamp");
	assert_null(ble_posix_platform(os)->save);
	ble_posix_close(os);
}

static void expect_refusal(struct ble_posix *os, const char *uri, int err)
{
	struct ble_transport *t;
	struct ble_fault fault = { 0 };
	assert_int_equal(ble_posix_transport(os, uri, NULL, &t, &fault), err);
	assert_null(t);
	assert_int_equal(fault.err, err);
	assert_non_null(fault.hint);
	assert_non_null(fault.text);
}

static void drivers_are_found_by_uri(void **state)
{
	(void)state;
	struct ble_posix *os = open_store("lamp");
	struct ble_transport *t;
	struct ble_fault fault;
	expect_refusal(os, "carrier-pigeon:1", BLE_EURI);
	expect_refusal(os, "virtual", BLE_EURI);
	expect_refusal(os, "tcp:localhost", BLE_EINVAL);
	expect_refusal(os, "tcp:localhost:65536", BLE_EINVAL);
	expect_refusal(os, "tcp:[::1:1", BLE_EINVAL);
	expect_refusal(os, "serial:", BLE_EINVAL);
	expect_refusal(os, "serial:/dev/ttyACM0,123", BLE_EINVAL);
	expect_refusal(os, "serial:/dev/ttyACM0,h4,crc", BLE_EINVAL);
	expect_refusal(os, "serial:/dev/ttyACM0,", BLE_EINVAL);
	expect_refusal(os, "pty:", BLE_EINVAL);
	expect_refusal(os, "hci:", BLE_EINVAL);
	expect_refusal(os, "hci:256", BLE_EINVAL);
	expect_refusal(os, "hci:0x", BLE_EINVAL);
	expect_refusal(os, "unix:", BLE_EINVAL);
	expect_refusal(os, "virtual:../else", BLE_EINVAL);
	expect_refusal(os, "virtual:a-name-of-more-than-thirty-two-letters", BLE_EINVAL);
	assert_int_equal(ble_posix_transport(os, "unix:/nowhere", NULL, &t, &fault), 0);
	ble_posix_transport_free(t);
	setenv("GLINT_DRIVER", "carrier-pigeon:2", 1);
	expect_refusal(os, NULL, BLE_EURI);
	ble_posix_close(os);
}

static const uint8_t *seen;
static uint8_t seen_octets[7];

static int create_noting(struct ble_transport **out, const char *rest, const uint8_t *identity,
	struct ble_fault *fault)
{
	(void)rest;
	(void)fault;
	*out = NULL;
	seen = identity;
	if (identity)
		memcpy(seen_octets, identity, 7);
	return 0;
}

static void the_identity_is_made_once(void **state)
{
	(void)state;
	static const struct ble_driver noting = { .scheme = "note", .create = create_noting };
	const struct ble_driver *const drivers[] = { &noting, NULL };
	struct ble_transport *t;
	uint8_t first[7];
	for (int i = 0; i < 2; i++) {
		struct ble_posix *os = open_store("lamp");
		assert_int_equal(ble_posix_transport(os, "note:", drivers, &t, NULL), 0);
		assert_non_null(seen);
		assert_int_equal(seen_octets[0], BLE_ADDR_RANDOM);
		assert_int_equal(seen_octets[6] & 0xC0, 0xC0); /* static: Vol 6 Part B 1.3.2.1 */
		if (i)
			assert_memory_equal(first, seen_octets, 7);
		memcpy(first, seen_octets, 7);
		ble_posix_close(os);
	}
	struct ble_posix *os = open_store("");
	assert_int_equal(ble_posix_transport(os, "note:", drivers, &t, NULL), 0);
	assert_null(seen);
	ble_posix_close(os);
}

static bool is_readable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	assert_true(fd >= 0);
	return poll(&p, 1, 0) == 1;
}

static void a_wake_up_ends_the_wait_and_none_is_lost(void **state)
{
	(void)state;
	struct ble_posix *os = open_store("");
	const struct ble_platform *p = ble_posix_platform(os);
	p->wake(p->ctx);
	assert_int_equal(ble_posix_wait(os, NULL, BLE_NEVER), 0); /* returns at all */
	assert_int_equal(ble_posix_wait(os, NULL, 0), 0);
	int fd = ble_posix_fd(os, NULL, BLE_NEVER);
	assert_false(is_readable(fd));
	p->wake(p->ctx);
	assert_true(is_readable(fd));
	assert_true(is_readable(ble_posix_fd(os, NULL, BLE_NEVER))); /* one more round of work */
	assert_false(is_readable(ble_posix_fd(os, NULL, BLE_NEVER)));
	assert_true(is_readable(ble_posix_fd(os, NULL, 0)));
	assert_false(is_readable(ble_posix_fd(os, NULL, ble_posix_now() + 3600000000u)));
	ble_posix_close(os);
}

/* A driver that gives packets back in flush() alone, and sends one octet of what is written a flush. */
static struct slow {
	int ours, theirs;
	unsigned flushes;
	struct ble_tx *tx;
	uint16_t sent;
	unsigned done;
} slow;

static int slow_flush(void *ctx)
{
	struct slow *s = ctx;
	s->flushes++;
	if (!s->tx || write(s->ours, s->tx->data + s->sent, 1) != 1)
		return 0;
	if (++s->sent < s->tx->len)
		return 0;
	struct ble_tx *tx = s->tx;
	s->tx = NULL;
	tx->done(tx);
	return 0;
}

static bool slow_wants_write(void *ctx)
{
	return ((struct slow *)ctx)->tx != NULL;
}

static int slow_fd(void *ctx)
{
	return ((struct slow *)ctx)->ours;
}

static void on_done(struct ble_tx *tx)
{
	(void)tx;
	slow.done++;
}

static struct ble_transport slow_transport(struct ble_tx *tx)
{
	int pair[2];
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
	slow = (struct slow){ .ours = pair[0], .theirs = pair[1], .tx = tx };
	return (struct ble_transport){
		.ctx = &slow, .flush = slow_flush, .fd = slow_fd, .want_write = slow_wants_write
	};
}

static void fill(int fd)
{
	static const uint8_t octets[4096];
	while (write(fd, octets, sizeof octets) > 0)
		;
	while (write(fd, octets, 1) > 0)
		;
}

static void drain(int fd)
{
	uint8_t octets[4096];
	while (read(fd, octets, sizeof octets) > 0)
		;
}

static void close_slow(void)
{
	close(slow.ours);
	close(slow.theirs);
}

static void a_rest_is_flushed_when_it_can_be_written(void **state)
{
	(void)state;
	uint8_t packet[] = { 1, 3, 0x0C, 0 };
	struct ble_tx tx = { .data = packet, .len = sizeof packet, .done = on_done };
	struct ble_transport t = slow_transport(&tx);
	struct ble_posix *os = open_store("");
	fill(slow.ours);
	assert_int_equal(ble_posix_wait(os, &t, ble_posix_now() + 2000), 0);
	assert_int_equal(slow.flushes, 0); /* there is no room: it would be for nothing */
	drain(slow.theirs);
	for (unsigned i = 0; i < sizeof packet; i++)
		assert_int_equal(ble_posix_wait(os, &t, BLE_NEVER), 0); /* returns: the host may have work now */
	assert_int_equal(slow.done, 1);
	assert_int_equal(slow.flushes, sizeof packet);
	assert_int_equal(ble_posix_wait(os, &t, ble_posix_now() + 2000), 0);
	assert_int_equal(slow.flushes, sizeof packet);
	ble_posix_close(os);
	close_slow();
}

static void a_rest_is_flushed_in_the_loop_of_another(void **state)
{
	(void)state;
	uint8_t packet[] = { 1, 3, 0x0C, 0 };
	struct ble_tx tx = { .data = packet, .len = sizeof packet, .done = on_done };
	struct ble_transport t = slow_transport(&tx);
	struct ble_posix *os = open_store("");
	fill(slow.ours);
	assert_false(is_readable(ble_posix_fd(os, &t, BLE_NEVER)));
	drain(slow.theirs);
	for (unsigned i = 0; i < sizeof packet; i++)
		assert_true(is_readable(ble_posix_fd(os, &t, BLE_NEVER))); /* the last: a packet has come back */
	assert_int_equal(slow.done, 1);
	assert_false(is_readable(ble_posix_fd(os, &t, BLE_NEVER)));
	ble_posix_close(os);
	close_slow();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			what_is_saved_is_there_the_next_time, setup, teardown),
		cmocka_unit_test_setup_teardown(two_of_a_kind_are_two_devices, setup, teardown),
		cmocka_unit_test_setup_teardown(without_a_place_nothing_is_kept, setup, teardown),
		cmocka_unit_test_setup_teardown(drivers_are_found_by_uri, setup, teardown),
		cmocka_unit_test_setup_teardown(the_identity_is_made_once, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_wake_up_ends_the_wait_and_none_is_lost, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_rest_is_flushed_when_it_can_be_written, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_rest_is_flushed_in_the_loop_of_another, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
