/* ble_open() and ble_run() on the POSIX port: what is refused, in one sentence each with the value and the limit. */
#define _GNU_SOURCE
#include <ble/ble.h>

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static char path[64];

static int setup(void **state)
{
	(void)state;
	snprintf(path, sizeof path, "/tmp/glint-test-%ld.sock", (long)getpid());
	unlink(path);
	unsetenv("GLINT_DRIVER");
	return setenv("GLINT_STORE", "", 1);
}

static int teardown(void **state)
{
	(void)state;
	unlink(path);
	return 0;
}

static void refused(const struct ble_options *options, int err, const char *why)
{
	struct ble *ble;
	struct ble_fault fault = { 0 };
	struct ble_options o = *options;
	char text[300];
	o.fault = &fault;
	assert_int_equal(ble_open(&ble, &o), err);
	assert_null(ble);
	ble_fault_text(&fault, text, sizeof text);
	assert_string_equal(text, why);
	o.fault = NULL;
	assert_int_equal(ble_open(&ble, &o), err); /* nobody has to want the sentence */
}

static void what_open_refuses(void **state)
{
	(void)state;
	static uint64_t memory[10];
	char name[250], memory_text[100];
	memset(name, 'n', 249);
	name[249] = 0;
#define REFUSED(err, why, ...) refused(&(struct ble_options){ __VA_ARGS__ }, err, why)
	REFUSED(BLE_EURI, "driver: \"pigeon:1\": a driver is named by a URI: virtual:, virtual:NAME, unix:PATH, "
		"tcp:HOST:PORT, serial:PATH, pty:PATH, hci:N, usb:, nrf52: or esp32:",
		.driver = "pigeon:1");
	REFUSED(BLE_ETOOBIG, "name: octets: 249 is outside 1..248", .driver = "unix:/nowhere", .name = name);
	REFUSED(BLE_ERANGE, "connections: 251 is outside 1..250", .driver = "unix:/nowhere", .connections = 251);
	REFUSED(BLE_ERANGE, "att_mtu: 22 is outside 23..517", .driver = "unix:/nowhere", .att_mtu = 22);
	struct ble_options o = { .driver = "unix:/nowhere", .memory = memory, .memory_size = sizeof memory };
	snprintf(memory_text, sizeof memory_text, "memory: 80 is too little, %zu needed", ble_memory(&o));
	refused(&o, BLE_ENOMEM, memory_text);
}

static void expect_no_start(int err, const char *why)
{
	struct ble *ble;
	char uri[80], text[300], wanted[300];
	snprintf(uri, sizeof uri, "unix:%s", path);
	assert_int_equal(ble_open(&ble, &(struct ble_options){ .driver = uri }), 0);
	assert_int_equal(ble_run(ble, 0), BLE_ESTATE);
	ble_explain(ble, BLE_ESTATE, text, sizeof text);
	assert_string_equal(text, "ble_process: ble_start() has not been called");
	assert_int_equal(ble_start(ble), err);
	ble_explain(ble, err, text, sizeof text);
	snprintf(wanted, sizeof wanted, "unix: \"%s\": %s", path, why);
	assert_string_equal(text, wanted);
	assert_int_equal(ble_run(ble, 0), BLE_ESTATE);
	ble_close(ble);
}

static void what_start_refuses(void **state)
{
	(void)state;
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	expect_no_start(BLE_ENOENT, "no such socket; start a controller there, for one `glint air --socket PATH`");
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	memcpy(at.sun_path, path, strlen(path));
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	expect_no_start(BLE_EREFUSED, "nobody listens on this socket; start its controller again");
	close(fd);
}

static struct ble *device;

static void on_alarm(int number)
{
	(void)number;
	ble_wake(device); /* as a program's handler of Ctrl-C does */
}

/* A controller that accepts and says nothing: the device waits for it, for ever. */
static void a_wake_ends_run(void **state)
{
	(void)state;
	char uri[80];
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	memcpy(at.sun_path, path, strlen(path));
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(listen(fd, 1), 0);
	snprintf(uri, sizeof uri, "unix:%s", path);
	assert_int_equal(ble_open(&device, &(struct ble_options){ .driver = uri }), 0);
	assert_int_equal(ble_start(device), 0);
	ble_wake(device); /* before it: is not lost */
	assert_int_equal(ble_run(device, BLE_FOREVER), 0);
	struct sigaction action = { .sa_handler = on_alarm };
	assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
	timer_t timer;
	struct itimerspec soon = { .it_value = { .tv_nsec = 2000000 } };
	assert_int_equal(timer_create(CLOCK_MONOTONIC, &(struct sigevent){ .sigev_notify = SIGEV_SIGNAL,
				 .sigev_signo = SIGALRM }, &timer), 0);
	assert_int_equal(timer_settime(timer, 0, &soon, NULL), 0);
	assert_int_equal(ble_run(device, BLE_FOREVER), 0);
	timer_delete(timer);
	ble_close(device);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_open_refuses, setup, teardown),
		cmocka_unit_test_setup_teardown(what_start_refuses, setup, teardown),
		cmocka_unit_test_setup_teardown(a_wake_ends_run, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
