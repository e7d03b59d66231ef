/*
 * The power goes while the store writes: at each call of the system, in a process of its own that ends there, the call not
 * made or, of a write, half made. What is read afterwards is the old value or the new one, and other keys are as they were.
 * The calls are those of the port's library alone: the linker leads them through here (--wrap, in tests/CMakeLists.txt).
 */
#define _GNU_SOURCE
#include <ble/posix.h>

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { CUT = 7, WHOLE = 0, VALUE = 136 };

static int left = -1; /* calls until the cut; negative: there is none */

static bool is_cut(void)
{
	return left >= 0 && left-- == 0;
}

ssize_t __real_write(int fd, const void *data, size_t len);
ssize_t __wrap_write(int fd, const void *data, size_t len);
ssize_t __wrap_write(int fd, const void *data, size_t len)
{
	if (!is_cut())
		return __real_write(fd, data, len);
	(void)!__real_write(fd, data, len / 2);
	_exit(CUT);
}

#define WRAP(name, parameters, arguments)           \
	int __real_##name parameters;               \
	int __wrap_##name parameters;               \
	int __wrap_##name parameters                \
	{                                           \
		if (is_cut())                       \
			_exit(CUT);                 \
		return __real_##name arguments;     \
	}
WRAP(fsync, (int fd), (fd))
WRAP(close, (int fd), (fd))
WRAP(renameat, (int from, const char *old, int to, const char *new), (from, old, to, new))
WRAP(unlinkat, (int folder, const char *name, int flags), (folder, name, flags))

static char folder[64];

static int setup(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/glint-test-XXXXXX");
	unsetenv("GLINT_STORE");
	return mkdtemp(folder) ? setenv("XDG_STATE_HOME", folder, 1) : -1;
}

static int teardown(void **state)
{
	(void)state;
	char command[100];
	snprintf(command, sizeof command, "rm -r '%s'", folder);
	return system(command);
}

static const struct ble_platform *open_store(struct ble_posix **os)
{
	struct ble_fault fault;
	assert_int_equal(ble_posix_open(os, "lamp", &fault), 0);
	const struct ble_platform *p = ble_posix_platform(*os);
	assert_non_null(p->save);
	return p;
}

/* What is done in a process that ends at the nth call from now; true: it came to its end before. */
static bool do_until(int nth, void (*act)(const struct ble_platform *p))
{
	int status;
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct ble_posix *os;
		struct ble_fault fault;
		if (ble_posix_open(&os, "lamp", &fault))
			_exit(1);
		left = nth;
		act(ble_posix_platform(os));
		_exit(WHOLE);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && (WEXITSTATUS(status) == CUT || WEXITSTATUS(status) == WHOLE));
	return WEXITSTATUS(status) == WHOLE;
}

static void save_value(const struct ble_platform *p, uint32_t key, uint8_t filled_with)
{
	uint8_t value[VALUE];
	memset(value, filled_with, sizeof value);
	if (p->save(p->ctx, key, value, sizeof value))
		_exit(1);
}

/* 0: there is none; else what it is filled with. */
static uint8_t value_of(uint32_t key)
{
	uint8_t value[VALUE + 1];
	struct ble_posix *os;
	const struct ble_platform *p = open_store(&os);
	int len = p->load(p->ctx, key, value, sizeof value);
	ble_posix_close(os);
	if (len == BLE_ENOENT)
		return 0;
	assert_int_equal(len, VALUE);
	for (unsigned i = 1; i < VALUE; i++)
		assert_int_equal(value[i], value[0]);
	return value[0];
}

static void save_new(const struct ble_platform *p)
{
	save_value(p, BLE_STORE_BOND + 1, 'n');
}

static void save_old(const struct ble_platform *p)
{
	for (uint32_t i = 0; i < 3; i++)
		save_value(p, BLE_STORE_BOND + i, 'o');
}

static void erase_one(const struct ble_platform *p)
{
	if (p->erase(p->ctx, BLE_STORE_BOND + 1))
		_exit(1);
}

/* Until the act is whole: before it the old value, behind it the new one, between them one of both. */
static void cut_everywhere(void (*act)(const struct ble_platform *p), uint8_t new)
{
	bool whole = false;
	unsigned olds = 0, news = 0;
	for (int nth = 0; !whole; nth++) {
		assert_true(do_until(-1, save_old));
		whole = do_until(nth, act);
		uint8_t now = value_of(BLE_STORE_BOND + 1);
		assert_true(now == 'o' || now == new);
		assert_true(!whole || now == new);
		olds += now == 'o';
		news += now == new;
		assert_int_equal(value_of(BLE_STORE_BOND), 'o');
		assert_int_equal(value_of(BLE_STORE_BOND + 2), 'o');
	}
	assert_true(olds >= 1 && news >= 2); /* it was cut on both sides of the moment */
}

static void replacing_a_value(void **state)
{
	(void)state;
	cut_everywhere(save_new, 'n');
}

static void erasing_a_value(void **state)
{
	(void)state;
	cut_everywhere(erase_one, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(replacing_a_value, setup, teardown),
		cmocka_unit_test_setup_teardown(erasing_a_value, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
