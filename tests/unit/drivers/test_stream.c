/*
 * The stream transport over a socketpair whose other end the test holds: packets out in one burst,
 * a rest when the peer is slow, packets in, hang-ups; every packet comes back by `done` exactly
 * once. And what unix: says of sockets that are not there.
 */
#define _GNU_SOURCE
#include "drivers/stream.h"

#include <ble/posix.h>

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

enum { PACKET = 200, MANY = 4000 };

static int ours, theirs, given_back;
static struct stream stream;

static int connect_pair(struct stream *s, struct ble_fault *fault)
{
	(void)s;
	(void)fault;
	return ours;
}

static void on_done(struct ble_tx *tx)
{
	assert_int_equal(tx->len, PACKET); /* and not yet reused */
	given_back++;
}

static int setup(void **state)
{
	(void)state;
	int pair[2];
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
	ours = pair[0];
	theirs = pair[1];
	given_back = 0;
	stream_init(&stream, STREAM_SOCKET, connect_pair);
	assert_int_equal(stream.transport.open(&stream, NULL), 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	stream.transport.close(&stream);
	if (theirs >= 0)
		close(theirs);
	return 0;
}

static struct ble_tx *make_packets(int count)
{
	struct ble_tx *tx = calloc((size_t)count, sizeof *tx);
	uint8_t *data = calloc((size_t)count, PACKET);
	for (int i = 0; i < count; i++) {
		tx[i] = (struct ble_tx){
			.data = data + i * PACKET, .len = PACKET, .done = on_done
		};
		memset(tx[i].data, i, PACKET);
	}
	return tx;
}

static void free_packets(struct ble_tx *tx)
{
	free(tx->data);
	free(tx);
}

/* Reads all there is; checks that octets follow in the order of packets. */
static size_t drain(size_t at)
{
	uint8_t buf[4096];
	ssize_t n;
	while ((n = recv(theirs, buf, sizeof buf, MSG_DONTWAIT)) > 0)
		for (ssize_t i = 0; i < n; i++, at++)
			assert_int_equal(buf[i], (uint8_t)(at / PACKET));
	return at;
}

static void a_slow_peer_gets_everything_in_order(void **state)
{
	(void)state;
	struct ble_transport *t = &stream.transport;
	struct ble_tx *tx = make_packets(MANY);
	size_t got = 0;
	for (int i = 0; i < MANY; i++)
		t->write(t->ctx, &tx[i]);
	assert_int_equal(given_back, 0);
	assert_int_equal(t->flush(t->ctx), 0);
	assert_true(t->want_write(t->ctx)); /* more than a socket buffers */
	assert_true(given_back < MANY);
	while (t->want_write(t->ctx)) {
		size_t before = got;
		got = drain(got);
		assert_true(got > before);
		assert_int_equal(t->flush(t->ctx), 0);
	}
	assert_int_equal(drain(got), (size_t)MANY * PACKET);
	assert_int_equal(given_back, MANY);
	free_packets(tx);
}

static void packets_come_in_place_and_once(void **state)
{
	(void)state;
	const uint8_t two[] = { 4, 0x0E, 4, 1, 3, 0x0C, 0, 4, 0x3E, 1, 2 };
	const uint8_t *packet;
	struct ble_transport *t = &stream.transport;
	assert_int_equal(t->read(t->ctx, &packet), 0);
	assert_int_equal(send(theirs, two, sizeof two, 0), sizeof two);
	assert_int_equal(t->read(t->ctx, &packet), 7);
	assert_memory_equal(packet, two, 7);
	assert_int_equal(t->read(t->ctx, &packet), 4);
	assert_memory_equal(packet, two + 7, 4);
	assert_int_equal(t->read(t->ctx, &packet), 0);
	assert_int_equal(t->fd(t->ctx), ours);
}

static void what_came_before_a_hang_up_is_read(void **state)
{
	(void)state;
	const uint8_t one[] = { 4, 0x3E, 1, 2 };
	const uint8_t *packet;
	struct ble_transport *t = &stream.transport;
	struct ble_tx *tx = make_packets(2);
	assert_int_equal(send(theirs, one, sizeof one, 0), sizeof one);
	close(theirs);
	theirs = -1;
	assert_int_equal(t->read(t->ctx, &packet), 4);
	int len = t->read(t->ctx, &packet);
	if (len == 0) /* it may take two looks */
		len = t->read(t->ctx, &packet);
	assert_int_equal(len, BLE_EGONE);
	t->write(t->ctx, &tx[0]); /* done at once */
	assert_int_equal(given_back, 1);
	t->close(t->ctx);
	t->write(t->ctx, &tx[1]);
	assert_int_equal(given_back, 2);
	free_packets(tx);
}

static void sending_to_one_who_left_is_gone_without_a_signal(void **state)
{
	(void)state;
	struct ble_transport *t = &stream.transport;
	struct ble_tx *tx = make_packets(3);
	close(theirs);
	theirs = -1;
	for (int i = 0; i < 3; i++)
		t->write(t->ctx, &tx[i]);
	assert_int_equal(t->flush(t->ctx), BLE_EGONE);
	assert_int_equal(given_back, 3);
	assert_false(t->want_write(t->ctx));
	free_packets(tx);
}

static int connect_packets(struct stream *s, struct ble_fault *fault)
{
	(void)s;
	(void)fault;
	int pair[2];
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, pair), 0);
	close(theirs);
	theirs = pair[1];
	return pair[0];
}

static void packets_are_one_a_call(void **state)
{
	(void)state;
	static struct stream packets;
	const uint8_t one[] = { 4, 0x3E, 1, 2 };
	const uint8_t *packet;
	uint8_t buf[4096];
	struct ble_transport *t = &packets.transport;
	struct ble_tx *tx = make_packets(3);
	stream_init(&packets, STREAM_PACKETS, connect_packets);
	assert_int_equal(t->open(t->ctx, NULL), 0);
	for (int i = 0; i < 3; i++)
		t->write(t->ctx, &tx[i]);
	assert_int_equal(t->flush(t->ctx), 0);
	assert_int_equal(given_back, 3);
	for (int i = 0; i < 3; i++)
		assert_int_equal(recv(theirs, buf, sizeof buf, 0), PACKET);
	for (int i = 0; i < 2; i++)
		assert_int_equal(send(theirs, one, sizeof one, 0), sizeof one);
	assert_int_equal(t->read(t->ctx, &packet), sizeof one);
	assert_int_equal(t->read(t->ctx, &packet), sizeof one);
	assert_int_equal(t->read(t->ctx, &packet), 0);
	assert_int_equal(send(theirs, one, 3, 0), 3); /* half of one: its rest will not come */
	assert_int_equal(t->read(t->ctx, &packet), BLE_EGONE);
	t->close(t->ctx);
	free_packets(tx);
}

/* The host comes to its time-outs between two rounds, and what is left is told by the descriptor, not lost. */
static void who_talks_without_a_pause_is_left_for_a_moment(void **state)
{
	(void)state;
	enum { ALL = 200 };
	const uint8_t *packet;
	static struct stream packets;
	int rounds = 0, came = 0;
	stream_init(&packets, STREAM_PACKETS, connect_packets);
	assert_int_equal(packets.transport.open(&packets, NULL), 0);
	for (uint8_t i = 0; i < ALL; i++)
		assert_int_equal(send(theirs, (uint8_t[]){ 0x04, 0xFE, 1, i }, 4, 0), 4);
	struct pollfd more = { .fd = packets.transport.fd(&packets), .events = POLLIN };
	for (; poll(&more, 1, 0) == 1; rounds++)
		while (packets.transport.read(&packets, &packet) == 4)
			assert_int_equal(packet[3], came++);
	assert_int_equal(came, ALL);
	assert_true(rounds > 2);
	packets.transport.close(&packets);
}

static void nonsense_is_gone(void **state)
{
	(void)state;
	const uint8_t *packet;
	struct ble_transport *t = &stream.transport;
	assert_int_equal(send(theirs, "HTTP/1.1", 8, 0), 8);
	assert_int_equal(t->read(t->ctx, &packet), BLE_EGONE);
	assert_int_equal(t->read(t->ctx, &packet), BLE_EGONE);
}

static void expect_fault(const char *rest, int err, const char *text)
{
	struct ble_transport *t;
	struct ble_fault fault = { 0 };
	assert_int_equal(ble_driver_unix.create(&t, rest, NULL, &fault), 0);
	assert_int_equal(t->open(t->ctx, &fault), err);
	assert_int_equal(fault.err, err);
	assert_string_equal(fault.text, text);
	assert_non_null(fault.hint);
	t->close(t->ctx);
	t->destroy(t->ctx);
}

static void sockets_that_do_not_work_are_named(void **state)
{
	(void)state;
	char folder[] = "/tmp/glint-test-XXXXXX", path[64], longest[200];
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/air.sock", folder);
	expect_fault(path, BLE_ENOENT, path);
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	strcpy(at.sun_path, path);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	expect_fault(path, BLE_EREFUSED, path); /* bound, but nobody listens */
	close(fd);
	unlink(path);
	rmdir(folder);
	memset(longest, 'x', sizeof longest - 1);
	longest[sizeof longest - 1] = '\0';
	expect_fault(longest, BLE_ETOOBIG, longest);
}

static int slow_fd;
static unsigned signals;

static void on_signal(int number)
{
	(void)number;
	int before = errno;
	if (++signals > 1) /* the first one's wait is not over yet */
		while (accept(slow_fd, NULL, NULL) >= 0) /* stays open until the test ends */
			;
	errno = before;
}

static void come_in_row(struct sockaddr_in *at, int *fds, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		assert_true(connect(fds[i], (struct sockaddr *)at, sizeof *at) == 0 || errno == EINPROGRESS);
	}
}

/* One whose queue is full lets us in when our kernel asks again; signals that come meanwhile are no answer. */
static void signals_do_not_break_off_a_connection(void **state)
{
	(void)state;
	enum { BEFORE_US = 4 };
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	const struct itimerval often = { { 0, 20000 }, { 0, 20000 } }, never = { 0 };
	const struct sigaction action = { .sa_handler = on_signal };
	struct sigaction old;
	socklen_t size = sizeof at;
	int others[BEFORE_US];
	char rest[32];
	struct ble_transport *t;
	slow_fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	assert_int_equal(bind(slow_fd, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(listen(slow_fd, 0), 0);
	assert_int_equal(getsockname(slow_fd, (struct sockaddr *)&at, &size), 0);
	come_in_row(&at, others, BEFORE_US);
	snprintf(rest, sizeof rest, "127.0.0.1:%u", ntohs(at.sin_port));
	assert_int_equal(ble_driver_tcp.create(&t, rest, NULL, NULL), 0);
	assert_int_equal(sigaction(SIGALRM, &action, &old), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &often, NULL), 0);
	int err = t->open(t->ctx, NULL);
	assert_int_equal(setitimer(ITIMER_REAL, &never, NULL), 0);
	assert_int_equal(sigaction(SIGALRM, &old, NULL), 0);
	assert_int_equal(err, 0);
	assert_true(signals > 1);
	t->close(t->ctx);
	t->destroy(t->ctx);
	for (unsigned i = 0; i < BEFORE_US; i++)
		close(others[i]);
	close(slow_fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_slow_peer_gets_everything_in_order, setup, teardown),
		cmocka_unit_test_setup_teardown(packets_come_in_place_and_once, setup, teardown),
		cmocka_unit_test_setup_teardown(
			what_came_before_a_hang_up_is_read, setup, teardown),
		cmocka_unit_test_setup_teardown(
			sending_to_one_who_left_is_gone_without_a_signal, setup, teardown),
		cmocka_unit_test_setup_teardown(packets_are_one_a_call, setup, teardown),
		cmocka_unit_test_setup_teardown(who_talks_without_a_pause_is_left_for_a_moment, setup, teardown),
		cmocka_unit_test_setup_teardown(nonsense_is_gone, setup, teardown),
		cmocka_unit_test(signals_do_not_break_off_a_connection),
		cmocka_unit_test(sockets_that_do_not_work_are_named),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
