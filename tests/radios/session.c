/* A host on a driver: session.h. */
#define _GNU_SOURCE
#include "session.h"

#include <ble/adv.h>

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>

#include <cmocka.h>

enum { DEADLINE_MS = 20000 };

static void give_random(void *ctx, void *dst, size_t len)
{
	(void)ctx;
	memset(dst, 0x5A, len);
}

/* Until something can be read, or the attack is over and nothing can be; then the host's clock goes to its next time-out. */
static void wait_for_something(struct session *s)
{
	struct ble_transport *t = s->transport;
	uint64_t due = ble_host_next_due(s->host);
	struct pollfd fds[] = { { .fd = t->fd(t->ctx), .events = POLLIN }, { .fd = s->wire->attacked_fd, .events = POLLIN } };
	if (due <= s->now_us)
		return;
	if (fds[0].fd >= 0 && !s->attacked)
		assert_true(poll(fds, 2, DEADLINE_MS) > 0);
	else if (fds[0].fd >= 0)
		(void)poll(fds, 1, 0);
	eventfd_t count;
	if (fds[1].revents && eventfd_read(s->wire->attacked_fd, &count) == 0)
		s->attacked = true;
	else if (!fds[0].revents) {
		assert_true(due != BLE_NEVER);
		s->now_us = due;
	}
}

/* From now on there is to be waited for answers again. */
static void on_lost(struct session *s, int err)
{
	struct pollfd over = { .fd = s->wire->attacked_fd, .events = POLLIN };
	eventfd_t count;
	s->lost = err;
	if (!s->attacked)
		assert_int_equal(poll(&over, 1, DEADLINE_MS), 1);
	(void)eventfd_read(over.fd, &count);
	s->attacked = false;
}

static void until(struct session *s, enum ble_event_type wanted)
{
	for (;;) {
		struct ble_event ev;
		ble_host_run(s->host, s->now_us);
		while (ble_host_poll(s->host, &ev)) {
			if (ev.type == BLE_EV_LOST)
				on_lost(s, ev.error.err);
			if (ev.type == BLE_EV_ERROR) /* garbage that was a refusal, by chance; it is wanted still */
				assert_int_equal(ble_adv_start(s->host), 0);
			if (ev.type == wanted)
				return;
		}
		wait_for_something(s);
	}
}

void session_begin(struct session *s, struct wire *w, struct ble_transport *t)
{
	const struct ble_adv_params params = { 0 };
	struct ble_fault fault = { 0 };
	*s = (struct session){ .wire = w, .transport = t, .now_us = 1000000 };
	s->platform = (struct ble_platform){ .random = give_random };
	const struct ble_host_config config = { .transport = t, .platform = &s->platform,
		.parts = BLE_PARTS(&ble_peripheral) };
	size_t size = ble_host_memory(&config);
	s->memory = malloc(size);
	assert_non_null(s->memory);
	assert_int_equal(ble_host_init(&s->host, s->memory, size, &config, &fault), 0);
	int err = ble_host_start(s->host);
	if (err) {
		char why[300];
		ble_fault_text(ble_host_fault(s->host), why, sizeof why);
		fail_msg("%s", why);
	}
	until(s, BLE_EV_READY);
	assert_int_equal(ble_adv_set(s->host, &params), 0);
}

void session_attack(struct session *s, uint32_t seed)
{
	s->lost = 0;
	wire_attack(s->wire, seed);
	assert_int_equal(ble_adv_start(s->host), 0);
	until(s, BLE_EV_LOST);
	/* garbage may be a Hardware Error by chance */
	assert_true(s->lost == BLE_EGONE || s->lost == BLE_ETIMEOUT || BLE_IS_EHCI(s->lost));
	until(s, BLE_EV_READY);
	until(s, BLE_EV_ADV_STARTED);
	assert_int_equal(ble_adv_stop(s->host), 0);
	until(s, BLE_EV_ADV_STOPPED);
}

void session_end(struct session *s)
{
	ble_host_stop(s->host);
	s->transport->close(s->transport->ctx);
	s->transport->destroy(s->transport->ctx);
	free(s->memory);
}
