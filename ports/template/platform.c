/*
 * Clock, sleep, randomness and store, from the hooks of the board. The core has no way to be
 * refused a random number, and trusts the clock blindly; so both are tried here, before anything is
 * built on them.
 */
#include "port.h"

#include <stdatomic.h>

enum {
	SPINS = 10000000,        /* reads of a clock that must have moved by then: a second or so */
	IDENTITY_OCTETS = 7,     /* the least that a store is for */
	LONGEST_US = 1800000000, /* half an hour, less than the counter's 71 minutes */
};

static struct {
	struct ble_platform platform;
	uint32_t last_ticks;
	uint64_t now_us;
	atomic_bool woken;
} port;

static int refuse(struct ble_fault *fault, const char *hook, int err, const char *hint)
{
	*fault = (struct ble_fault){ .err = err, .subject = hook, .max = -1, .hint = hint };
	return err;
}

static int refused(struct ble_fault *fault, const char *hook, int err)
{
	return refuse(fault, hook, err,
		err == BLE_ENOTSUP ? "not written yet: board.h says what it must do" : NULL);
}

uint64_t port_now_us(void)
{
	uint32_t ticks = board_ticks_us();
	port.now_us += (uint32_t)(ticks - port.last_ticks);
	port.last_ticks = ticks;
	return port.now_us;
}

void port_wake(void)
{
	atomic_store_explicit(&port.woken, true, memory_order_release);
}

/*
 * What happens between the look at `woken` and the sleep is pending, and ends the sleep: nothing is
 * missed.
 */
void port_sleep_until(uint64_t due_us)
{
	uint64_t now_us = port_now_us();
	uint64_t left_us = due_us > now_us ? due_us - now_us : 0;
	board_lock();
	if (left_us && !atomic_load_explicit(&port.woken, memory_order_acquire))
		board_wait(left_us < LONGEST_US ? (uint32_t)left_us : LONGEST_US);
	atomic_store_explicit(&port.woken, false, memory_order_relaxed);
	board_unlock();
}

/* It worked when we started; keys of zeroes would be worse than an end. */
static void give_random(void *ctx, void *dst, size_t len)
{
	(void)ctx;
	if (board_random(dst, len) < 0)
		board_failed("board_random: it worked at the start, and now it fails");
}

static void wake(void *ctx)
{
	(void)ctx;
	port_wake();
}

static int load(void *ctx, uint32_t key, void *dst, size_t cap)
{
	(void)ctx;
	return board_store_load(key, dst, cap);
}

/* The core lives on when a value cannot be kept; a hook that was forgotten is another matter. */
static int save(void *ctx, uint32_t key, const void *src, size_t len)
{
	(void)ctx;
	int err = board_store_save(key, src, len);
	if (err == BLE_ENOTSUP)
		board_failed("board_store_save: not written yet: board.h says what it must do");
	return err;
}

static int erase(void *ctx, uint32_t key)
{
	(void)ctx;
	int err = board_store_erase(key);
	if (err == BLE_ENOTSUP)
		board_failed("board_store_erase: not written yet: board.h says what it must do");
	return err;
}

static bool clock_moves(void)
{
	uint32_t before = board_ticks_us();
	for (uint32_t i = 0; i < SPINS; i++)
		if (board_ticks_us() != before)
			return true;
	return false;
}

/* Two draws of eight octets are equal once in 2^64 times. */
static int try_random(struct ble_fault *fault)
{
	uint64_t draws[2] = { 0, 0 };
	for (unsigned i = 0; i < 2; i++) {
		int err = board_random(&draws[i], sizeof draws[i]);
		if (err < 0)
			return refused(fault, "board_random", err);
	}
	if (draws[0] == draws[1])
		return refuse(fault, "board_random", BLE_EIO, "it gives the same octets twice");
	return 0;
}

static int try_store(struct ble_fault *fault)
{
	uint8_t identity[IDENTITY_OCTETS];
	int room = board_store_start();
	if (room < 0)
		return refused(fault, "board_store_start", room);
	if (room == 0)
		return 0;
	if (room < IDENTITY_OCTETS) {
		*fault = (struct ble_fault){ .err = BLE_ERANGE,
			.subject = "board_store_start",
			.value = room,
			.min = IDENTITY_OCTETS,
			.max = INT32_MAX };
		return BLE_ERANGE;
	}
	int err = board_store_load(BLE_STORE_IDENTITY, identity, sizeof identity);
	if (err < 0 && err != BLE_ENOENT)
		return refused(fault, "board_store_load", err);
	port.platform.load = load;
	port.platform.save = save;
	port.platform.erase = erase;
	return 0;
}

int port_start(struct ble_fault *fault)
{
	port.platform = (struct ble_platform){ .random = give_random, .wake = wake };
	int err = board_start();
	if (err < 0)
		return refused(fault, "board_start", err);
	if (!clock_moves())
		return refuse(fault, "board_ticks_us", BLE_EIO, "the clock stands still");
	port.last_ticks = board_ticks_us();
	port.now_us = 0;
	err = try_random(fault);
	return err ? err : try_store(fault);
}

const struct ble_platform *port_platform(void)
{
	return &port.platform;
}
