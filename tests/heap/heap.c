/*
 * Nothing of ours allocates after start. The archive that tests/sim is linked with
 * (libglint_counted.a) is the ordinary one with its references to the heap renamed, so that exactly
 * the calls of our own objects - core, simulator, drivers, POSIX port - come here, and those of the
 * tests and of libc do not. What they ask for is passed on, so sanitizers see all of it.
 *
 * The counter is armed by the first ble_host_start(), and by the first passing of time in a world,
 * for scenarios that have a link layer alone. It stays armed until the last world has ended,
 * without a world for ever. A call of the heap is a failure from then on, and ends the program
 * where it happens. Verbs with which a scenario builds, or takes down, one more device are exempt,
 * the same way as what happens before the start, and so are a test's own packets on the air: the
 * linker leads them through here (--wrap, in tests/CMakeLists.txt).
 */
#include "heap.h"

#include <ble/ble.h>
#include <ble/host.h>
#include <ble/posix.h>
#include <ble/sim.h>

#include <stdio.h>
#include <stdlib.h>

void __sanitizer_print_stack_trace(void) __attribute__((weak));

static bool armed;
static unsigned worlds;
static unsigned building; /* depth of exempt calls */
static unsigned running;  /* depth of worlds' runs */
static bool burial;       /* a node that is removed within a run is freed after the step */
static unsigned long building_calls;

unsigned long heap_building_calls(void)
{
	return building_calls;
}

bool heap_is_armed(void)
{
	return armed;
}

static void count(const char *what, size_t octets)
{
	if (!armed || building) {
		building_calls++;
		return;
	}
	fprintf(stderr, "heap: %s of %zu octets after start\n", what, octets);
	if (__sanitizer_print_stack_trace)
		__sanitizer_print_stack_trace();
	abort();
}

void *counted_malloc(size_t size);
void *counted_calloc(size_t n, size_t size);
void *counted_realloc(void *old, size_t size);
void counted_free(void *p);

void *counted_malloc(size_t size)
{
	count("malloc", size);
	return malloc(size);
}

void *counted_calloc(size_t n, size_t size)
{
	count("calloc", n * size);
	return calloc(n, size);
}

void *counted_realloc(void *old, size_t size)
{
	count("realloc", size);
	return realloc(old, size);
}

void counted_free(void *p)
{
	if (p && !(running && burial))
		count("free", 0);
	free(p);
}

/* WRAP(result, name, (parameters), (arguments)): an exempt verb. */
#define WRAP(result, name, parameters, arguments)         \
	result __real_##name parameters;                  \
	result __wrap_##name parameters;                  \
	result __wrap_##name parameters                   \
	{                                                 \
		building++;                               \
		result outcome = __real_##name arguments; \
		building--;                               \
		return outcome;                           \
	}
#define WRAP_VOID(name, parameters, arguments) \
	void __real_##name parameters;         \
	void __wrap_##name parameters;         \
	void __wrap_##name parameters          \
	{                                      \
		building++;                    \
		__real_##name arguments;       \
		building--;                    \
	}

int __real_ble_host_start(struct ble_host *host);
int __wrap_ble_host_start(struct ble_host *host);
int __wrap_ble_host_start(struct ble_host *host)
{
	armed = true;
	return __real_ble_host_start(host);
}

bool __real_ble_world_run_while(
	struct ble_world *world, uint64_t until_us, bool (*stop)(void *), void *ctx);
bool __wrap_ble_world_run_while(
	struct ble_world *world, uint64_t until_us, bool (*stop)(void *), void *ctx);
bool __wrap_ble_world_run_while(
	struct ble_world *world, uint64_t until_us, bool (*stop)(void *), void *ctx)
{
	armed = true;
	running++;
	bool stopped = __real_ble_world_run_while(world, until_us, stop, ctx);
	running--;
	burial = burial && running;
	return stopped;
}

void __wrap_ble_world_run_until(struct ble_world *world, uint64_t until_us);
void __wrap_ble_world_run_until(struct ble_world *world, uint64_t until_us)
{
	__wrap_ble_world_run_while(world, until_us, NULL, NULL);
}

void __real_ble_world_remove(struct ble_node *node);
void __wrap_ble_world_remove(struct ble_node *node);
void __wrap_ble_world_remove(struct ble_node *node)
{
	building++;
	burial = running > 0;
	__real_ble_world_remove(node);
	building--;
}

struct ble_world *__real_ble_world_new(const struct ble_world_options *options);
struct ble_world *__wrap_ble_world_new(const struct ble_world_options *options);
struct ble_world *__wrap_ble_world_new(const struct ble_world_options *options)
{
	building++;
	struct ble_world *world = __real_ble_world_new(options);
	building--;
	worlds += world != NULL;
	return world;
}

void __real_ble_world_free(struct ble_world *world);
void __wrap_ble_world_free(struct ble_world *world);
void __wrap_ble_world_free(struct ble_world *world)
{
	building++;
	__real_ble_world_free(world);
	building--;
	if (world && --worlds == 0)
		armed = false;
}

WRAP(struct ble_node *, ble_world_add,
	(struct ble_world * world, const struct ble_node_options *options), (world, options))
WRAP(int, ble_world_fault, (struct ble_world * world, const struct ble_air_fault *fault),
	(world, fault))
WRAP(int, ble_world_transmit, (struct ble_world * world, const struct ble_air_raw *raw),
	(world, raw))

WRAP(int, ble_world_open,
	(struct ble_world * world, const struct ble_node_options *node, struct ble **ble,
		const struct ble_options *options),
	(world, node, ble, options))
WRAP_VOID(ble_world_close, (struct ble * ble), (ble))
WRAP_VOID(sim_device_drop, (struct ble * ble), (ble))
WRAP(int, ble_open, (struct ble * *ble, const struct ble_options *options), (ble, options))
WRAP_VOID(ble_close, (struct ble * ble), (ble))
WRAP(int, ble_posix_open, (struct ble_posix * *os, const char *store, struct ble_fault *fault),
	(os, store, fault))
WRAP_VOID(ble_posix_close, (struct ble_posix * os), (os))
WRAP(int, ble_posix_transport,
	(struct ble_posix * os, const char *uri, const struct ble_driver *const *drivers,
		struct ble_transport **out, struct ble_fault *fault),
	(os, uri, drivers, out, fault))
WRAP_VOID(ble_posix_transport_free, (struct ble_transport * transport), (transport))
