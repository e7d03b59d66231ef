/*
 * The heap counter itself (tests/heap): it sees what our libraries ask for, lets pass what is built
 * before and beside a running world, and ends a program that asks later. That nothing does so is
 * shown by all the other tests of this folder, which are linked with it.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <ble/sim.h>

#include "tests/heap/heap.h"

static void test_building_is_counted_and_allowed(void **state)
{
	(void)state;
	unsigned long before = heap_building_calls();
	struct ble_world *w = ble_world_new(NULL);
	struct ble_node *n = ble_world_add(w, NULL);
	assert_non_null(n);
	assert_true(heap_building_calls() > before);
	ble_world_run_until(w, 1000);
	assert_true(heap_is_armed());
	before = heap_building_calls();
	assert_non_null(ble_world_add(w, NULL));
	assert_true(heap_building_calls() > before);
	ble_world_free(w);
	assert_false(heap_is_armed());
}

void *counted_malloc(size_t size);

/* In a process of its own: what any object of ours that asked for memory would call. */
static void allocate_after_start(void)
{
	struct ble_world *w = ble_world_new(NULL);
	if (!ble_world_add(w, NULL) || !counted_malloc(1))
		_exit(1);
	close(STDERR_FILENO); /* the stack it is going to print is no news */
	ble_world_run_until(w, 1000);
	(void)counted_malloc(1);
	_exit(0);
}

static void test_later_is_the_end(void **state)
{
	(void)state;
	int status;
	pid_t child = fork();
	if (child == 0)
		allocate_after_start();
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_building_is_counted_and_allowed),
		cmocka_unit_test(test_later_is_the_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
