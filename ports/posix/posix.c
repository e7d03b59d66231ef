/*
 * The platform of a program on an operating system, put together: opening and closing it, its
 * clock, its wake-up, and the way from a URI to a transport. random.c, store.c and loop.c have the
 * rest.
 */
#define _GNU_SOURCE
#include "port.h"

#include <ble/crypto.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

const struct ble_driver *const ble_posix_drivers[] = {
	&ble_driver_virtual,
	&ble_driver_unix,
	&ble_driver_tcp,
	&ble_driver_serial,
	&ble_driver_pty,
	&ble_driver_hci,
	&ble_driver_usb,
	&ble_driver_nrf52,
	&ble_driver_esp32,
	NULL,
};

uint64_t ble_posix_now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static int refuse(
	struct ble_fault *fault, int err, const char *subject, const char *text, const char *hint)
{
	if (fault)
		*fault = (struct ble_fault){
			.err = err, .subject = subject, .max = -1, .text = text, .hint = hint
		};
	return err;
}

static void wake(void *ctx)
{
	const struct ble_posix *os = ctx;
	const uint64_t one = 1;
	int error = errno; /* of whom we interrupt */
	ssize_t written = write(os->wake_fd, &one, sizeof one);
	(void)written; /* full: it is awake already */
	errno = error;
}

/* The address that the device brings is in the place of the stored identity. It is asked for while the device is open. */
static int load_own(const struct ble_posix *os, uint32_t key, void *dst, size_t cap)
{
	const struct ble_transport *t = os->transport;
	const uint8_t *own = key == BLE_STORE_IDENTITY && cap >= 7 && t && t->address ? t->address(t->ctx) : NULL;
	if (own)
		memcpy(dst, own, 7);
	return own ? 7 : BLE_ENOENT;
}

static int load(void *ctx, uint32_t key, void *dst, size_t cap)
{
	const struct ble_posix *os = ctx;
	int n = load_own(os, key, dst, cap);
	return n == BLE_ENOENT && os->store ? posix_store_load(os->store, key, dst, cap) : n;
}

static int save(void *ctx, uint32_t key, const void *src, size_t len)
{
	return posix_store_save(((struct ble_posix *)ctx)->store, key, src, len);
}

static int erase(void *ctx, uint32_t key)
{
	return posix_store_erase(((struct ble_posix *)ctx)->store, key);
}

int ble_posix_open(struct ble_posix **out, const char *store, struct ble_fault *fault)
{
	*out = NULL;
	if (posix_random_check() < 0)
		return refuse(fault, BLE_EIO, "random", NULL, "the system gives no random numbers");
	struct ble_posix *os = calloc(1, sizeof *os);
	if (!os)
		return refuse(fault, BLE_ENOMEM, "memory", NULL, NULL);
	os->epoll_fd = os->timer_fd = os->watched_fd = -1;
	os->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	int err = os->wake_fd < 0 ? BLE_EIO : posix_store_open(&os->store, store);
	if (err) {
		ble_posix_close(os);
		return refuse(
			fault, err, "descriptors", NULL, "the system has none left (ulimit -n)");
	}
	os->platform = (struct ble_platform){ .ctx = os, .random = posix_random, .wake = wake,
		.crypto = &ble_crypto_psa };
	if (os->store) {
		os->platform.load = load;
		os->platform.save = save;
		os->platform.erase = erase;
	}
	*out = os;
	return 0;
}

void ble_posix_close(struct ble_posix *os)
{
	if (!os)
		return;
	const int fds[] = { os->wake_fd, os->epoll_fd, os->timer_fd };
	for (size_t i = 0; i < sizeof fds / sizeof *fds; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	posix_store_close(os->store);
	free(os);
}

const struct ble_platform *ble_posix_platform(struct ble_posix *os)
{
	return &os->platform;
}

/* Not the device's own: the stored identity, made when there is none: a static random address (Vol 6 Part B 1.3.2.1).
 * NULL: not kept. */
static const uint8_t *identity(const struct ble_posix *os, uint8_t id[7])
{
	const struct ble_platform *p = &os->platform;
	if (!os->store)
		return NULL;
	if (posix_store_load(os->store, BLE_STORE_IDENTITY, id, 7) == 7)
		return id;
	p->random(p->ctx, id, 7);
	id[0] = BLE_ADDR_RANDOM;
	id[6] |= 0xC0;
	static const uint8_t zeroes[5], ones[5] = { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF };
	if ((!memcmp(id + 1, zeroes, 5) && id[6] == 0xC0) ||
		(!memcmp(id + 1, ones, 5) && id[6] == 0xFF))
		id[1] ^= 1; /* the random part is neither all zeroes nor all ones */
	return p->save(p->ctx, BLE_STORE_IDENTITY, id, 7) < 0 ? NULL : id;
}

static const struct ble_driver *find(
	const struct ble_driver *const *drivers, const char *uri, size_t len)
{
	for (; *drivers; drivers++)
		if (strlen((*drivers)->scheme) == len && !memcmp((*drivers)->scheme, uri, len))
			return *drivers;
	return NULL;
}

int ble_posix_transport(struct ble_posix *os, const char *uri,
	const struct ble_driver *const *drivers, struct ble_transport **out,
	struct ble_fault *fault)
{
	uint8_t id[7];
	*out = NULL;
	if (!uri || !*uri)
		uri = getenv("GLINT_DRIVER");
	if (!uri || !*uri) {
		uri = "virtual:";
		if (!os->told)
			fputs("glint: no driver is named: using the simulated air (virtual:); "
			      "GLINT_DRIVER chooses "
			      "another\n",
				stderr);
		os->told = true;
	}
	const char *colon = strchr(uri, ':');
	const struct ble_driver *driver = colon
		? find(drivers ? drivers : ble_posix_drivers, uri, (size_t)(colon - uri))
		: NULL;
	if (!driver)
		return refuse(fault, BLE_EURI, "driver", uri,
			"a driver is named by a URI: virtual:, virtual:NAME, unix:PATH, tcp:HOST:PORT, serial:PATH, pty:PATH, hci:N, usb:, "
			"nrf52: or esp32:");
	int err = driver->create(out, colon + 1, identity(os, id), fault);
	os->transport = err ? NULL : *out;
	if (os->transport && os->transport->address)
		os->platform.load = load; /* also where nothing is stored */
	return err;
}

void ble_posix_transport_free(struct ble_transport *transport)
{
	if (!transport)
		return;
	transport->close(transport->ctx);
	if (transport->destroy)
		transport->destroy(transport->ctx);
}
