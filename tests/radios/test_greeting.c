/*
 * What drivers of real devices find out when they open one: a chip's own address, octets of an earlier packet, somebody who is
 * no controller, adapters that cannot be had and why, chips that want firmware.
 */
#define _GNU_SOURCE
#include "fake_usb.h"

#include "drivers/linux_hci.h"
#include "drivers/serial.h"

#include <ble/posix.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include <cmocka.h>

enum { ZEPHYR = 0x05F1, NORDIC = 0x0059, SOMEBODY = 0x000F };

static struct wire wire;
static int master, stays; /* of the line */
static char line[64];
static const uint8_t burnt_in[6] = { 1, 2, 3, 4, 5, 0xC6 };

static void open_line(void)
{
	master = posix_openpt(O_RDWR | O_NOCTTY);
	assert_true(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
	assert_int_equal(ptsname_r(master, line, sizeof line), 0);
	stays = open(line, O_RDWR | O_NOCTTY);
	assert_true(stays >= 0);
}

static struct ble_transport *make(const char *options)
{
	char rest[100];
	struct ble_transport *t;
	snprintf(rest, sizeof rest, "%s%s", line, options);
	assert_int_equal(ble_driver_serial.create(&t, rest, NULL, NULL), 0);
	return t;
}

static void end(struct ble_transport *t)
{
	ble_posix_transport_free(t);
	wire_end(&wire);
	close(stays);
}

static void is_there(uint16_t maker, bool public_address)
{
	wire = (struct wire){ .maker = maker };
	memset(wire.bd_addr, public_address ? 0x21 : 0, 6);
	wire.bd_addr[5] = public_address ? 0x22 : 0;
	memcpy(wire.static_addr, burnt_in, 6);
}

static void a_chips_own_address_is_used(void **state)
{
	(void)state;
	const struct { uint16_t maker; bool public_address, has; } cases[] = {
		{ ZEPHYR, false, true }, { NORDIC, false, true }, { ZEPHYR, true, false }, { SOMEBODY, false, false },
	};
	for (unsigned h5 = 0; h5 < 2; h5++)
		for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
			open_line();
			is_there(cases[i].maker, cases[i].public_address);
			wire_start(&wire, h5 ? WIRE_H5 : WIRE_OCTETS, master, -1);
			struct ble_transport *t = make(h5 ? ",115200,h5" : "");
			assert_int_equal(t->open(t->ctx, NULL), 0);
			const uint8_t *own = t->address(t->ctx);
			assert_true((own != NULL) == cases[i].has);
			if (own) {
				assert_int_equal(own[0], BLE_ADDR_RANDOM);
				assert_memory_equal(own + 1, burnt_in, 6);
			}
			end(t);
		}
}

/* The port gives it to the host in the place of the stored one, and keeps that. */
static void the_port_hands_it_on(void **state)
{
	(void)state;
	char folder[] = "/tmp/glint-test-XXXXXX", uri[100], command[64];
	uint8_t stored[7], got[7];
	struct ble_posix *os;
	struct ble_transport *t;
	assert_non_null(mkdtemp(folder));
	setenv("XDG_STATE_HOME", folder, 1);
	open_line();
	is_there(ZEPHYR, false);
	wire_start(&wire, WIRE_OCTETS, master, -1);
	snprintf(uri, sizeof uri, "serial:%s", line);
	assert_int_equal(ble_posix_open(&os, "lamp", NULL), 0);
	const struct ble_platform *p = ble_posix_platform(os);
	assert_int_equal(ble_posix_transport(os, uri, NULL, &t, NULL), 0);
	assert_int_equal(p->load(p->ctx, BLE_STORE_IDENTITY, stored, 7), 7); /* not open yet: made when it was first asked for */
	assert_int_equal(t->open(t->ctx, NULL), 0);
	assert_int_equal(p->load(p->ctx, BLE_STORE_IDENTITY, got, 7), 7);
	assert_memory_equal(got + 1, burnt_in, 6);
	assert_memory_not_equal(got, stored, 7);
	end(t);
	ble_posix_close(os);
	assert_int_equal(ble_posix_open(&os, "lamp", NULL), 0);
	p = ble_posix_platform(os);
	assert_int_equal(p->load(p->ctx, BLE_STORE_IDENTITY, got, 7), 7);
	assert_memory_equal(got, stored, 7);
	ble_posix_close(os);
	snprintf(command, sizeof command, "rm -r '%s'", folder);
	assert_int_equal(system(command), 0);
}

/* A controller in the middle of a packet: what it still has to say goes by, and the first packet is the answer. */
static void what_was_said_before_goes_by(void **state)
{
	(void)state;
	static const uint8_t rest[] = { 0x3E, 0x20, 0x02, 0x04, 0x0E, 0x04, 0x01, 0x05, 0x0C, 0xFF, 0x04, 0x0E, 0x04, 0x01, 0x03 };
	const uint8_t *packet;
	for (size_t len = 1; len <= sizeof rest; len++) {
		open_line();
		is_there(SOMEBODY, true);
		struct serial *s = (struct serial *)make("");
		s->answer_ms = 20000;
		struct ble_transport *t = &s->stream.transport;
		assert_int_equal(stream_open(t->ctx, NULL), 0);
		assert_int_equal(write(master, rest, len), len);
		assert_int_equal(t->read(t->ctx, &packet), 0);
		wire_start(&wire, WIRE_OCTETS, master, -1);
		struct driver_greeting g;
		assert_int_equal(driver_greet(t, &g, 1, 20000), 0);
		assert_int_equal(g.maker, SOMEBODY);
		assert_int_equal(t->read(t->ctx, &packet), 0);
		end(t);
	}
}

static void expect(struct ble_transport *t, int err, const char *words)
{
	struct ble_fault fault = { 0 };
	assert_int_equal(t->open(t->ctx, &fault), err);
	assert_int_equal(fault.err, err);
	assert_non_null(fault.subject);
	if (!fault.hint || !strstr(fault.hint, words))
		fail_msg("\"%s\" is not in \"%s\"", words, fault.hint ? fault.hint : "");
	assert_true(t->fd(t->ctx) < 0); /* nothing stays open */
}

static void nobody_on_the_line_is_told(void **state)
{
	(void)state;
	open_line();
	struct serial *s = (struct serial *)make("");
	s->answer_ms = 1;
	expect(&s->stream.transport, BLE_ETIMEOUT, "no controller answers");
	ble_posix_transport_free(&s->stream.transport);
	close(master);
	close(stays);
	s = (struct serial *)make("");
	expect(&s->stream.transport, BLE_ENOENT, ""); /* the line is gone with its other end */
	ble_posix_transport_free(&s->stream.transport);
}

/* pty: makes a link of its own, and is no reason to remove another's, as those of udev in /dev/serial/by-id. */
static void a_link_to_something_else_stays(void **state)
{
	(void)state;
	char folder[] = "/tmp/glint-test-XXXXXX", path[64], target[16] = "";
	struct ble_transport *t;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/link", folder);
	assert_int_equal(symlink("/dev/ttyUSB7", path), 0);
	assert_int_equal(ble_driver_pty.create(&t, path, NULL, NULL), 0);
	expect(t, BLE_EEXIST, "serial:PATH");
	ble_posix_transport_free(t);
	assert_int_equal(readlink(path, target, sizeof target - 1), 12);
	assert_string_equal(target, "/dev/ttyUSB7");
	unlink(path);
	rmdir(folder);
}

/* Root, too, whom TIOCEXCL does not stop: a second one's Reset would end the first one's session without a word. */
static void a_line_has_one_user(void **state)
{
	(void)state;
	for (unsigned h5 = 0; h5 < 2; h5++) {
		open_line();
		is_there(SOMEBODY, true);
		wire_start(&wire, h5 ? WIRE_H5 : WIRE_OCTETS, master, -1);
		struct ble_transport *t = make(h5 ? ",115200,h5" : ""), *second = make("");
		assert_int_equal(t->open(t->ctx, NULL), 0);
		expect(second, BLE_EBUSY, "another program");
		t->close(t->ctx);
		assert_int_equal(t->open(t->ctx, NULL), 0); /* the second one has let it alone */
		ble_posix_transport_free(second);
		end(t);
	}
}

static void what_is_no_line_is_told(void **state)
{
	(void)state;
	struct ble_transport *t;
	assert_int_equal(ble_driver_serial.create(&t, "/tmp", NULL, NULL), 0);
	expect(t, BLE_EIO, "glint doctor");
	ble_posix_transport_free(t);
	assert_int_equal(ble_driver_serial.create(&t, "/dev/null", NULL, NULL), 0);
	expect(t, BLE_EINVAL, "no serial line");
	ble_posix_transport_free(t);
}

/* --- an adapter of Linux, whose kernel says what the test wants */

static int open_errno, down_errno, bind_errno, downs;

static int on_open(void)
{
	int pair[2];
	errno = open_errno;
	if (open_errno || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, pair) < 0)
		return -1;
	wire_connect(&wire, pair[1]);
	return pair[0];
}

static int on_down(int fd, int index)
{
	assert_true(fd >= 0);
	assert_int_equal(index, 7);
	downs++;
	errno = down_errno;
	return down_errno ? -1 : 0;
}

static int on_bind(int fd, int index)
{
	assert_true(fd >= 0);
	assert_int_equal(index, 7);
	assert_int_equal(downs, 1); /* first */
	errno = bind_errno;
	return bind_errno ? -1 : 0;
}

static const struct linux_hci_calls kernel = { on_open, on_down, on_bind };

static void an_adapter_that_is_not_to_be_had_says_why(void **state)
{
	(void)state;
	const struct { int open, down, bind, err; const char *words; } cases[] = {
		{ EAFNOSUPPORT, 0, 0, BLE_ENOTSUP, "modprobe bluetooth" }, { EPERM, 0, 0, BLE_EREFUSED, "CAP_NET_ADMIN" },
		{ EMFILE, 0, 0, BLE_EIO, "ulimit -n" }, { 0, EPERM, EPERM, BLE_EREFUSED, "setcap" },
		{ 0, ENODEV, ENODEV, BLE_ENOENT, "glint doctor" }, { 0, 0, EBUSY, BLE_EBUSY, "systemctl stop bluetooth" },
		{ 0, EBUSY, EBUSY, BLE_EBUSY, "another program" }, /* Linux 6.1, when one of ours has it */
		{ 0, 0, EUSERS, BLE_EBUSY, "another program" },
		{ 0, 0, ERFKILL, BLE_EREFUSED, "rfkill unblock" }, { 0, 0, ETIMEDOUT, BLE_EIO, "unplug" },
	};
	is_there(ZEPHYR, false);
	wire_start(&wire, WIRE_PACKETS, -1, -1);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct ble_transport *t;
		open_errno = cases[i].open;
		down_errno = cases[i].down;
		bind_errno = cases[i].bind;
		downs = 0;
		assert_int_equal(linux_hci_create(&t, "hci7", &kernel, NULL), 0);
		expect(t, cases[i].err, cases[i].words);
		ble_posix_transport_free(t);
	}
	struct ble_transport *t;
	open_errno = down_errno = bind_errno = downs = 0;
	assert_int_equal(linux_hci_create(&t, "7", &kernel, NULL), 0);
	assert_int_equal(t->open(t->ctx, NULL), 0);
	assert_memory_equal(t->address(t->ctx) + 1, burnt_in, 6);
	ble_posix_transport_free(t);
	wire_end(&wire);
}

/* --- an adapter on USB */

static struct ble_transport *make_usb(const char *rest)
{
	struct ble_transport *t;
	assert_int_equal(usb_create(&t, rest, &fake_usb, NULL), 0);
	return t;
}

static void usb_adapters_are_told_apart(void **state)
{
	(void)state;
	is_there(SOMEBODY, true);
	wire_start(&wire, WIRE_PACKETS, -1, -1);
	fake_usb_is(&wire, 0x0A12);
	struct ble_transport *t = make_usb("0a12:0002");
	expect(t, BLE_ENOENT, "of these numbers");
	ble_posix_transport_free(t);
	t = make_usb("");
	assert_int_equal(t->open(t->ctx, NULL), 0);
	assert_null(t->address(t->ctx));
	ble_posix_transport_free(t);
	fake_usb_open_error = LIBUSB_ERROR_ACCESS;
	t = make_usb("0A12:0001");
	expect(t, BLE_EREFUSED, "udev");
	fake_usb_open_error = LIBUSB_ERROR_BUSY;
	expect(t, BLE_EBUSY, "another program");
	ble_posix_transport_free(t);
	wire_end(&wire);
}

static void chips_that_want_firmware_are_left_to_the_kernel(void **state)
{
	(void)state;
	is_there(0x0002, true); /* Intel, as the controller has it */
	wire_start(&wire, WIRE_PACKETS, -1, -1);
	const uint16_t vendors[] = { 0x8087, 0x0BDA, 0x0E8D, 0x0CF3, 0x13D3 };
	for (size_t i = 0; i < sizeof vendors / sizeof *vendors; i++) {
		struct ble_transport *t = make_usb("");
		fake_usb_is(&wire, vendors[i]);
		expect(t, BLE_ENOTSUP, "hci:0");
		ble_posix_transport_free(t);
		assert_int_equal(fake_usb_transfers, 0);
	}
	wire_end(&wire);
}

/* A signal may end libusb's wait at any time, also while the adapter is greeted; an error is a loss all the same. */
static void a_signal_is_no_loss_of_the_adapter(void **state)
{
	(void)state;
	const uint8_t *packet;
	is_there(SOMEBODY, true);
	wire_start(&wire, WIRE_PACKETS, -1, -1);
	fake_usb_is(&wire, 0x0A12);
	struct ble_transport *t = make_usb("");
	fake_usb_turn_error = LIBUSB_ERROR_INTERRUPTED;
	assert_int_equal(t->open(t->ctx, NULL), 0);
	fake_usb_turn_error = LIBUSB_ERROR_INTERRUPTED;
	assert_int_equal(t->read(t->ctx, &packet), 0);
	fake_usb_turn_error = LIBUSB_ERROR_INTERRUPTED; /* what is under way is waited for */
	t->close(t->ctx);
	assert_int_equal(fake_usb_transfers, 0);
	assert_int_equal(t->open(t->ctx, NULL), 0);
	fake_usb_turn_error = LIBUSB_ERROR_IO;
	assert_int_equal(t->read(t->ctx, &packet), BLE_EGONE);
	ble_posix_transport_free(t);
	wire_end(&wire);
}

/* A notebook's own adapter is often one that wants firmware, and comes first. */
static void the_first_adapter_that_can_be_had_is_taken(void **state)
{
	(void)state;
	const uint16_t others[] = { 0x8087, 0x0A12 };
	const char *const words[] = { "permission denied", "another program" };
	is_there(SOMEBODY, true);
	wire_start(&wire, WIRE_PACKETS, -1, -1);
	for (unsigned i = 0; i < 2; i++) {
		fake_usb_is(&wire, 0x0A12);
		fake_usb_other = others[i];
		struct ble_transport *t = make_usb("");
		assert_int_equal(t->open(t->ctx, NULL), 0);
		t->close(t->ctx);
		fake_usb_open_error = LIBUSB_ERROR_ACCESS;
		expect(t, i ? BLE_EBUSY : BLE_EREFUSED, words[i]);
		ble_posix_transport_free(t);
	}
	fake_usb_is(&wire, 0x0BDA);
	fake_usb_other = 0x8087;
	struct ble_transport *t = make_usb("");
	expect(t, BLE_ENOTSUP, "hci:0");
	ble_posix_transport_free(t);
	fake_usb_other = 0;
	wire_end(&wire);
}

static unsigned packets_back;

static void on_back(struct ble_tx *tx)
{
	(void)tx;
	packets_back++;
}

/* More than are under way at a time, of a device that does not even give back what is cancelled. */
static void an_adapter_that_hangs_keeps_no_packet(void **state)
{
	(void)state;
	enum { PACKETS = 12 };
	static uint8_t nothing[] = { BLE_H4_ACL, 1, 0, 0, 0 };
	struct ble_tx tx[PACKETS];
	is_there(SOMEBODY, true);
	wire_start(&wire, WIRE_PACKETS, -1, -1);
	fake_usb_is(&wire, 0x0A12);
	struct ble_transport *t = make_usb("");
	assert_int_equal(t->open(t->ctx, NULL), 0);
	fake_usb_hangs = true;
	packets_back = 0;
	for (unsigned i = 0; i < PACKETS; i++) {
		tx[i] = (struct ble_tx){ .data = nothing, .len = sizeof nothing, .done = on_back };
		t->write(t->ctx, &tx[i]);
	}
	assert_int_equal(t->flush(t->ctx), 0);
	assert_int_equal(packets_back, 0);
	t->close(t->ctx);
	assert_int_equal(packets_back, PACKETS);
	assert_int_equal(fake_usb_transfers, 0);
	fake_usb_hangs = false;
	assert_int_equal(t->open(t->ctx, NULL), 0);
	ble_posix_transport_free(t);
	assert_int_equal(packets_back, PACKETS);
	wire_end(&wire);
}

static void numbers_of_usb_are_hex(void **state)
{
	(void)state;
	static const char *const wrong[] = { "1", "0a12", "0a12:", "0a12:00010", "0a12-0001", "0x12:0001", " a12:0001" };
	struct ble_transport *t = NULL;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_int_equal(ble_driver_usb.create(&t, wrong[i], NULL, NULL), BLE_EINVAL);
	assert_null(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_chips_own_address_is_used),
		cmocka_unit_test(the_port_hands_it_on),
		cmocka_unit_test(what_was_said_before_goes_by),
		cmocka_unit_test(nobody_on_the_line_is_told),
		cmocka_unit_test(a_line_has_one_user),
		cmocka_unit_test(what_is_no_line_is_told),
		cmocka_unit_test(a_link_to_something_else_stays),
		cmocka_unit_test(an_adapter_that_is_not_to_be_had_says_why),
		cmocka_unit_test(usb_adapters_are_told_apart),
		cmocka_unit_test(chips_that_want_firmware_are_left_to_the_kernel),
		cmocka_unit_test(a_signal_is_no_loss_of_the_adapter),
		cmocka_unit_test(the_first_adapter_that_can_be_had_is_taken),
		cmocka_unit_test(an_adapter_that_hangs_keeps_no_packet),
		cmocka_unit_test(numbers_of_usb_are_hex),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
