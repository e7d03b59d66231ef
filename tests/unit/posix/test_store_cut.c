/*
 * The power goes while the store writes: at each call of the system, in a process of its own that ends there, the call not
 * made or, of a write, made in part, down to each octet. What is read afterwards is the old value or the new one, and other
 * keys are as they were. The same with calls that fail, and a look at the order in which they are made, since a disk that
 * loses its cache cannot be had here.
 * The calls are those of the port's library alone: the linker leads them through here (--wrap, in tests/CMakeLists.txt).
 */
#define _GNU_SOURCE
#include <ble/posix.h>

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { CUT = 7, CUT_WRITE = 8, WHOLE = 0, VALUE = 136 };

static int left = -1;       /* calls until the cut; negative: there is none */
static size_t torn;         /* octets of a cut write that are made */
static int failure = 0;     /* errno with which that call fails, instead of the cut */
static size_t most = VALUE; /* octets that a write takes at once */
static char calls[64];      /* a letter for each; of fsync f for a file, F for a folder */

static bool is_cut(char call)
{
	size_t n = strlen(calls);
	if (n + 1 < sizeof calls)
		calls[n] = call;
	if (left < 0 || left-- > 0)
		return false;
	errno = failure;
	return true;
}

ssize_t __real_write(int fd, const void *data, size_t len);
ssize_t __wrap_write(int fd, const void *data, size_t len);
ssize_t __wrap_write(int fd, const void *data, size_t len)
{
	len = len < most ? len : most;
	if (!is_cut('w'))
		return __real_write(fd, data, len);
	if (failure)
		return -1;
	(void)!__real_write(fd, data, torn < len ? torn : len);
	_exit(CUT_WRITE);
}

static char sync_of(int fd)
{
	struct stat st;
	assert_int_equal(fstat(fd, &st), 0);
	return S_ISDIR(st.st_mode) ? 'F' : 'f';
}

#define WRAP(name, letter, parameters, arguments)   \
	int __real_##name parameters;               \
	int __wrap_##name parameters;               \
	int __wrap_##name parameters                \
	{                                           \
		bool cut = is_cut(letter);          \
		if (cut && !failure)                \
			_exit(CUT);                 \
		int err = __real_##name arguments;  \
		errno = cut ? failure : errno;      \
		return cut ? -1 : err;              \
	}
WRAP(fsync, sync_of(fd), (int fd), (fd))
WRAP(close, 'c', (int fd), (fd))
#undef WRAP
/* These are not made when they fail. */
#define WRAP(name, letter, parameters, arguments)   \
	int __real_##name parameters;               \
	int __wrap_##name parameters;               \
	int __wrap_##name parameters                \
	{                                           \
		bool cut = is_cut(letter);          \
		if (cut && !failure)                \
			_exit(CUT);                 \
		return cut ? -1 : __real_##name arguments; \
	}
WRAP(renameat, 'r', (int from, const char *old, int to, const char *new), (from, old, to, new))
WRAP(unlinkat, 'u', (int folder, const char *name, int flags), (folder, name, flags))

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

/* What is done in a process that ends at the nth call from now: how it has ended. */
static int do_until(int nth, void (*act)(const struct ble_platform *p))
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
	assert_true(WIFEXITED(status));
	status = WEXITSTATUS(status);
	assert_true(status == CUT || status == CUT_WRITE || status == WHOLE);
	return status;
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

static char seen; /* of the value: 'o', the new one, or 0 */

/* The value is the old one or the new one, the others are as they were, and nothing of a half write is left lying about. */
static void check(uint8_t new)
{
	char path[100];
	uint8_t now = value_of(BLE_STORE_BOND + 1);
	seen = (char)now;
	assert_true(now == 'o' || now == new);
	assert_int_equal(value_of(BLE_STORE_BOND), 'o');
	assert_int_equal(value_of(BLE_STORE_BOND + 2), 'o');
	snprintf(path, sizeof path, "%s/glint/lamp/new", folder);
	assert_int_equal(access(path, F_OK), -1);
}

/* Until the act is whole: before it the old value, behind it the new one, between them one of both. */
static void cut_everywhere(void (*act)(const struct ble_platform *p), uint8_t new)
{
	int end = CUT;
	unsigned olds = 0, news = 0;
	for (int nth = 0; end != WHOLE; nth++) {
		for (torn = 0; torn <= VALUE; torn++) {
			assert_int_equal(do_until(-1, save_old), WHOLE);
			end = do_until(nth, act);
			check(new);
			olds += seen == 'o';
			news += seen == (char)new;
			assert_true(end != WHOLE || seen == (char)new);
			if (end != CUT_WRITE)
				break;
		}
	}
	assert_true(olds >= 1 && news >= 2); /* it was cut on both sides of the moment */
}

static void save_new(const struct ble_platform *p)
{
	save_value(p, BLE_STORE_BOND + 1, 'n');
}

static void test_st_001_002_replacing_a_value(void **state)
{
	(void)state;
	cut_everywhere(save_new, 'n');
}

static void test_st_001_erasing_a_value(void **state)
{
	(void)state;
	cut_everywhere(erase_one, 0);
}

/* Tried again after a cut, and cut again: at each pair of calls. */
static void test_st_001_two_cuts(void **state)
{
	(void)state;
	torn = VALUE / 2;
	assert_int_equal(do_until(-1, save_old), WHOLE);
	for (int first = 0, end = CUT; end != WHOLE; first++) {
		for (int second = 0, again = CUT; again != WHOLE; second++) {
			assert_int_equal(do_until(-1, save_old), WHOLE);
			end = do_until(first, save_new);
			check('n');
			again = do_until(second, save_new);
			check('n');
		}
		assert_int_equal(seen, 'n');
	}
}

/* Each call fails in turn: what is said to be kept is kept, what is not is as it was, and trying again helps. */
static void test_st_011_failing_calls(void **state)
{
	static const int errors[] = { ENOSPC, EIO, EDQUOT };
	struct ble_posix *os;
	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		int err = BLE_EIO;
		for (int nth = 0; err; nth++) {
			uint8_t value[VALUE];
			const struct ble_platform *p = open_store(&os);
			save_old(p);
			memset(value, 'n', sizeof value);
			failure = errors[i];
			left = nth;
			err = p->save(p->ctx, BLE_STORE_BOND + 1, value, sizeof value);
			left = -1;
			failure = 0;
			assert_true(err == 0 || err == BLE_EIO);
			ble_posix_close(os);
			check('n');
			assert_true(err || seen == 'n');
			p = open_store(&os);
			save_new(p);
			ble_posix_close(os);
			assert_int_equal(value_of(BLE_STORE_BOND + 1), 'n');
		}
	}
}

/* A system that takes an octet at a time. */
static void test_st_011_short_writes(void **state)
{
	struct ble_posix *os;
	const struct ble_platform *p = open_store(&os);
	(void)state;
	most = 1;
	save_old(p);
	most = VALUE;
	ble_posix_close(os);
	assert_int_equal(value_of(BLE_STORE_BOND), 'o');
}

/* The octets are on the disk before the name leads to them, and the name is, before success is told. */
static void test_st_001_order(void **state)
{
	struct ble_posix *os;
	const struct ble_platform *p = open_store(&os);
	(void)state;
	memset(calls, 0, sizeof calls);
	save_new(p);
	assert_string_equal(calls, "wfcrF");
	memset(calls, 0, sizeof calls);
	assert_int_equal(p->erase(p->ctx, BLE_STORE_BOND + 1), 0);
	assert_string_equal(calls, "uF");
	ble_posix_close(os);
}

/* Behind an erasure no file below the folder has the value any more. */
static void test_st_012_remnants(void **state)
{
	struct ble_posix *os;
	char command[200];
	(void)state;
	torn = VALUE;
	assert_int_equal(do_until(1, save_new), CUT); /* written to its end, and no further */
	const struct ble_platform *p = open_store(&os);
	save_new(p);
	assert_int_equal(p->erase(p->ctx, BLE_STORE_BOND + 1), 0);
	ble_posix_close(os);
	snprintf(command, sizeof command, "grep -rq nnnnnnnn '%s'", folder);
	assert_int_not_equal(system(command), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_st_001_002_replacing_a_value, setup, teardown),
		cmocka_unit_test_setup_teardown(test_st_001_erasing_a_value, setup, teardown),
		cmocka_unit_test_setup_teardown(test_st_001_two_cuts, setup, teardown),
		cmocka_unit_test_setup_teardown(test_st_001_order, setup, teardown),
		cmocka_unit_test_setup_teardown(test_st_011_failing_calls, setup, teardown),
		cmocka_unit_test_setup_teardown(test_st_011_short_writes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_st_012_remnants, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
