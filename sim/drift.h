/*
 * The one place where time is converted: world nanoseconds to a node's own clock and back.
 *
 * A node's clock agrees with the world at its birth and then runs drift_ppm fast:
 *     local(w) = birth + floor((w - birth) * (1000000 + ppm) / 1000000)
 * drift_to_world() is the first world nanosecond at which the local clock shows the given time, so
 * what is scheduled for a local time never runs before it. All in integers: exact for 500 years.
 */
#ifndef SIM_DRIFT_H
#define SIM_DRIFT_H

#include <stdint.h>

struct drift {
	uint64_t birth_ns;
	int32_t ppm; /* -500..500 */
};

#define DRIFT_UNIT 1000000u

static inline uint64_t drift_rate(const struct drift *d)
{
	return (uint64_t)((int64_t)DRIFT_UNIT + d->ppm);
}

/* World to local, nanoseconds. */
static inline uint64_t drift_to_local(const struct drift *d, uint64_t world_ns)
{
	uint64_t age = world_ns - d->birth_ns;
	return d->birth_ns + age / DRIFT_UNIT * drift_rate(d) +
		age % DRIFT_UNIT * drift_rate(d) / DRIFT_UNIT;
}

/* A span of the local clock in world nanoseconds, rounded up. */
static inline uint64_t drift_span(const struct drift *d, uint64_t local_ns)
{
	uint64_t rate = drift_rate(d);
	return local_ns / rate * DRIFT_UNIT + (local_ns % rate * DRIFT_UNIT + rate - 1) / rate;
}

/* Local to world, nanoseconds; a time before the node's birth is its birth. */
static inline uint64_t drift_to_world(const struct drift *d, uint64_t local_ns)
{
	if (local_ns <= d->birth_ns)
		return d->birth_ns;
	if (local_ns - d->birth_ns > UINT64_MAX / 2)
		return UINT64_MAX;
	return d->birth_ns + drift_span(d, local_ns - d->birth_ns);
}

/* The local microsecond that has begun. */
static inline uint64_t drift_now_us(const struct drift *d, uint64_t world_ns)
{
	return drift_to_local(d, world_ns) / 1000;
}

/* The local microsecond nearest to when something happened. */
static inline uint64_t drift_stamp_us(const struct drift *d, uint64_t world_ns)
{
	return (drift_to_local(d, world_ns) + 500) / 1000;
}

/* World time of a local microsecond, CLOCK_NEVER for BLE_NEVER and for what is beyond all
 * clocks. */
static inline uint64_t drift_us_to_world(const struct drift *d, uint64_t local_us)
{
	return local_us > UINT64_MAX / 4000 ? UINT64_MAX : drift_to_world(d, local_us * 1000);
}

#endif
