/*
 * A thousand controllers that fall silent or begin to talk nonsense, on every driver: garbage, half a packet, silence, a packet
 * without an end, garbage behind a good beginning, each by a seed. Each is told as a loss, and the session after it works:
 * the controller is up again, and the advertising that was asked for is on. The adapter of Linux and that on USB are fakes
 * behind the calls of the kernel and of libusb; lines and sockets are real, the boards a sysfs of the test's own, and the
 * simulated air its socket with another at the end.
 */
#define _GNU_SOURCE
#include "fake_usb.h"
#include "session.h"

#include "drivers/linux_hci.h"
#include "drivers/virtual.h"

#include <ble/posix.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

#include <cmocka.h>

enum { SESSIONS = 1000 };

static struct wire wire;
static char folder[] = "/tmp/glint-test-XXXXXX";

static struct ble_transport *make(const struct ble_driver *driver, const char *rest)
{
	struct ble_transport *t = NULL;
	struct ble_fault fault = { 0 };
	if (driver->create(&t, rest, NULL, &fault) != 0)
		fail_msg("%s: %s", rest, fault.hint);
	return t;
}

static void new_wire(void)
{
	wire = (struct wire){ .maker = 0xFFFF, .bd_addr = { 1, 2, 3, 4, 5, 6 } };
}

static unsigned open_descriptors(void)
{
	unsigned count = 0;
	DIR *folder_of_them = opendir("/proc/self/fd");
	assert_non_null(folder_of_them);
	while (readdir(folder_of_them))
		count++;
	closedir(folder_of_them);
	return count;
}

/* Nothing is left open of the devices that were lost. */
static void suffer(struct ble_transport *t)
{
	struct session s;
	session_begin(&s, &wire, t);
	unsigned descriptors = open_descriptors();
	for (uint32_t seed = 1; seed <= SESSIONS; seed++)
		session_attack(&s, seed);
	assert_int_equal(open_descriptors(), descriptors);
	session_end(&s);
	wire_end(&wire);
}

/* The controller behind a socket in the folder. */
static struct sockaddr_un serve(const char *name)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	assert_in_range(snprintf(at.sun_path, sizeof at.sun_path, "%s/%s", folder, name), 1, sizeof at.sun_path - 1);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(listen(fd, 4), 0);
	new_wire();
	wire_start(&wire, WIRE_OCTETS, -1, fd);
	return at;
}

static void unix_sockets(void **state)
{
	(void)state;
	struct sockaddr_un at = serve("ctlr.sock");
	suffer(make(&ble_driver_unix, at.sun_path));
	unlink(at.sun_path);
}

static void simulated_air(void **state)
{
	(void)state;
	char own[64];
	snprintf(own, sizeof own, "%s/glint", folder);
	assert_int_equal(mkdir(own, 0700), 0);
	assert_int_equal(setenv("XDG_RUNTIME_DIR", folder, 1), 0);
	struct sockaddr_un at = serve("glint/air-" VIRTUAL_VERSION "-suffers.sock");
	suffer(make(&ble_driver_virtual, "suffers"));
	unlink(at.sun_path);
	assert_int_equal(rmdir(own), 0);
}

static void tcp(void **state)
{
	(void)state;
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof at;
	char rest[32];
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(listen(fd, 4), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &size), 0);
	new_wire();
	wire_start(&wire, WIRE_OCTETS, -1, fd);
	snprintf(rest, sizeof rest, "127.0.0.1:%u", ntohs(at.sin_port));
	suffer(make(&ble_driver_tcp, rest));
}

/* A serial line: its name in `rest`, options behind it; the controller has the other end. What stays open keeps the line
 * from hanging up between two openings. */
static int make_line(enum wire_kind kind, char *rest, size_t size, const char *options)
{
	char name[64];
	int master = posix_openpt(O_RDWR | O_NOCTTY);
	assert_true(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
	assert_int_equal(ptsname_r(master, name, sizeof name), 0);
	int stays = open(name, O_RDWR | O_NOCTTY);
	assert_true(stays >= 0);
	snprintf(rest, size, "%s%s", name, options);
	new_wire();
	wire_start(&wire, kind, master, -1);
	return stays;
}

static void serial_h4(void **state)
{
	(void)state;
	char rest[100];
	int stays = make_line(WIRE_OCTETS, rest, sizeof rest, ",1000000");
	suffer(make(&ble_driver_serial, rest));
	close(stays);
}

static void serial_h5(void **state)
{
	(void)state;
	char rest[100];
	int stays = make_line(WIRE_H5, rest, sizeof rest, ",115200,h5,crc");
	suffer(make(&ble_driver_serial, rest));
	close(stays);
}

/* A path below the folder: a text is written there, or a link made, or, with neither, a folder. */
static void put(const char *path, const char *text, const char *link)
{
	char at[128];
	snprintf(at, sizeof at, "%s/%s", folder, path);
	if (link)
		assert_int_equal(symlink(link, at), 0);
	else if (!text)
		assert_int_equal(mkdir(at, 0700), 0);
	else {
		FILE *f = fopen(at, "w");
		assert_non_null(f);
		assert_true(fputs(text, f) >= 0);
		assert_int_equal(fclose(f), 0);
	}
}

static void take_away(const char *path)
{
	char at[128];
	snprintf(at, sizeof at, "%s/%s", folder, path);
	assert_int_equal(remove(at), 0);
}

/* What sysfs says of a board on USB serial, and its line. */
static const struct {
	const char *path, *text, *link;
} of_board[] = {
	{ .path = "dev" }, { .path = "sys" }, { .path = "sys/class" }, { .path = "sys/class/tty" },
	{ .path = "sys/class/tty/ttyACM0" }, { .path = "sys/usb" }, { .path = "sys/usb/line" },
	{ .path = "sys/class/tty/ttyACM0/device", .link = "../../../usb/line" },
	{ .path = "sys/usb/idProduct", .text = "0001\n" }, { .path = "sys/usb/product", .text = "board\n" },
	{ .path = "sys/usb/serial", .text = "42\n" },
};

static void on_board(const struct ble_driver *driver, const char *vendor)
{
	char rest[100];
	int stays = make_line(WIRE_OCTETS, rest, sizeof rest, "");
	for (size_t i = 0; i < sizeof of_board / sizeof *of_board; i++)
		put(of_board[i].path, of_board[i].text, of_board[i].link);
	put("dev/ttyACM0", NULL, rest);
	put("sys/usb/idVendor", vendor, NULL);
	assert_int_equal(setenv("GLINT_ROOT", folder, 1), 0);
	suffer(make(driver, "42"));
	unsetenv("GLINT_ROOT");
	close(stays);
	take_away("dev/ttyACM0");
	take_away("sys/usb/idVendor");
	for (size_t i = sizeof of_board / sizeof *of_board; i--;)
		take_away(of_board[i].path);
}

static void nrf52(void **state)
{
	(void)state;
	on_board(&ble_driver_nrf52, "2fe3\n");
}

static void esp32(void **state)
{
	(void)state;
	on_board(&ble_driver_esp32, "303a\n");
}

/* The controller comes when the driver has made its link. */
static void *come(void *path)
{
	char event[4096];
	int watch = inotify_init1(IN_CLOEXEC), fd;
	struct termios raw;
	if (watch < 0 || inotify_add_watch(watch, folder, IN_CREATE) < 0)
		return NULL;
	eventfd_write(*(int *)path, 1); /* it may go on */
	if (read(watch, event, sizeof event) <= 0)
		return NULL;
	close(watch);
	char link[100];
	snprintf(link, sizeof link, "%s/tty", folder);
	fd = open(link, O_RDWR | O_NOCTTY);
	if (fd >= 0 && tcgetattr(fd, &raw) == 0)
		wire_connect(&wire, fd);
	return NULL;
}

static void pty(void **state)
{
	(void)state;
	char rest[100];
	pthread_t comes;
	eventfd_t count;
	int ready = eventfd(0, 0);
	snprintf(rest, sizeof rest, "%s/tty", folder);
	new_wire();
	wire_start(&wire, WIRE_OCTETS, -1, -1);
	assert_int_equal(pthread_create(&comes, NULL, come, &ready), 0);
	assert_int_equal(eventfd_read(ready, &count), 0);
	suffer(make(&ble_driver_pty, rest));
	assert_int_equal(pthread_join(comes, NULL), 0);
	close(ready);
	assert_int_equal(access(rest, F_OK), -1); /* the link is gone */
}

static int open_socket(void)
{
	int pair[2];
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, pair) < 0)
		return -1;
	wire_connect(&wire, pair[1]);
	return pair[0];
}

static int fine(int fd, int index)
{
	(void)fd;
	(void)index;
	return 0;
}

static void linux_adapter(void **state)
{
	(void)state;
	static const struct linux_hci_calls calls = { open_socket, fine, fine };
	struct ble_transport *t;
	assert_int_equal(linux_hci_create(&t, "0", &calls, NULL), 0);
	new_wire();
	wire_start(&wire, WIRE_PACKETS, -1, -1);
	suffer(t);
}

static void usb(void **state)
{
	(void)state;
	struct ble_transport *t;
	assert_int_equal(usb_create(&t, "0a12:0001", &fake_usb, NULL), 0);
	new_wire();
	fake_usb_is(&wire, 0x0A12);
	wire_start(&wire, WIRE_PACKETS, -1, -1);
	suffer(t);
	assert_int_equal(fake_usb_transfers, 0);
}

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	(void)state;
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unix_sockets),
		cmocka_unit_test(simulated_air),
		cmocka_unit_test(tcp),
		cmocka_unit_test(serial_h4),
		cmocka_unit_test(serial_h5),
		cmocka_unit_test(nrf52),
		cmocka_unit_test(esp32),
		cmocka_unit_test(pty),
		cmocka_unit_test(linux_adapter),
		cmocka_unit_test(usb),
	};
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
