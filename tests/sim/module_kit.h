/*
 * Two devices of the module in a world, for straight-line scenarios of security: a lock that has a value for each level,
 * and a phone. Users are scripted: what one device shows, the other's user enters or compares.
 */
#ifndef TESTS_SIM_MODULE_KIT_H
#define TESTS_SIM_MODULE_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include <ble/client.h>
#include <ble/sim.h>
#include <ble/ble.h>

struct duo_device {
	struct ble *ble;
	struct duo_device *other;
	ble_conn_id conn;
	unsigned count[BLE_EV_COUNT];
	uint8_t order[64]; /* types of events, as they came */
	unsigned ordered;
	struct ble_event last[BLE_EV_COUNT];
	uint8_t data[64], oob_r[16], oob_c[16];
	uint32_t shown; /* by BLE_EV_PASSKEY */
	bool showing, asked;
	bool refuses;   /* its user says no, or types another number */
};

struct duo {
	struct ble_world *world;
	struct duo_device lock, phone;
};

static inline void duo_user(struct duo_device *d, const struct ble_event *ev)
{
	d->showing |= ev->type == BLE_EV_PASSKEY;
	d->asked |= ev->type == BLE_EV_PASSKEY_WANTED;
	if (ev->type == BLE_EV_PAIRED)
		d->showing = d->asked = false;
	if (ev->type == BLE_EV_PASSKEY)
		d->shown = ev->passkey.number;
	else if (ev->type == BLE_EV_COMPARE)
		assert_int_equal(ble_confirm_passkey(d->ble, ev->conn, !d->refuses), 0);
}

static inline void duo_on_event(struct ble *ble, const struct ble_event *ev, void *ctx)
{
	struct duo_device *d = ctx;
	(void)ble;
	d->count[ev->type]++;
	if (d->ordered < sizeof d->order)
		d->order[d->ordered++] = ev->type;
	d->last[ev->type] = *ev;
	if (ev->type == BLE_EV_CONNECTED)
		d->conn = ev->conn;
	if ((ev->type == BLE_EV_VALUE || ev->type == BLE_EV_NOTIFIED) && ev->value.len <= sizeof d->data)
		memcpy(d->data, ev->value.data, ev->value.len);
	if (ev->type == BLE_EV_OOB) {
		memcpy(d->oob_r, ev->oob.r, 16);
		memcpy(d->oob_c, ev->oob.c, 16);
	}
	duo_user(d, ev);
}

static inline void duo_pass(struct duo *duo, uint32_t ms)
{
	ble_world_run_until(duo->world, ble_world_now(duo->world) + ms * UINT64_C(1000));
}

struct duo_wait {
	const struct duo_device *device;
	uint8_t type;
	unsigned count;
};

static inline bool duo_has_come(void *ctx)
{
	const struct duo_wait *w = ctx;
	return w->device->count[w->type] != w->count;
}

/* Until the next event of a type; fails at a deadline. */
static inline const struct ble_event *duo_expect(struct duo *duo, struct duo_device *d, uint8_t type)
{
	struct duo_wait wait = { d, type, d->count[type] };
	uint64_t until = ble_world_now(duo->world) + UINT64_C(10000000);
	if (!ble_world_run_while(duo->world, until, duo_has_come, &wait))
		fail_msg("no event of type %u within 10 s", type);
	return &d->last[type];
}

static inline void duo_begin(struct duo *duo, uint64_t seed, const struct ble_part *const *lock_parts)
{
	memset(duo, 0, sizeof *duo);
	duo->world = ble_world_new(&(struct ble_world_options){ .seed = seed });
	duo->lock.other = &duo->phone;
	duo->phone.other = &duo->lock;
	assert_int_equal(ble_world_open(duo->world, NULL, &duo->lock.ble,
				 &(struct ble_options){ .name = "Lock", .parts = lock_parts }),
		0);
	assert_int_equal(ble_world_open(duo->world, &(struct ble_node_options){ .x_m = 2 }, &duo->phone.ble,
				 &(struct ble_options){ .parts = BLE_PARTS(&ble_central, &ble_client, &ble_pairing, &ble_signing) }),
		0);
	assert_int_equal(ble_add_callback(duo->lock.ble, BLE_EV_NONE, duo_on_event, &duo->lock), 0);
	assert_int_equal(ble_add_callback(duo->phone.ble, BLE_EV_NONE, duo_on_event, &duo->phone), 0);
}

static inline void duo_start(struct duo *duo)
{
	assert_int_equal(ble_start(duo->lock.ble), 0);
	assert_int_equal(ble_start(duo->phone.ble), 0);
	duo_pass(duo, 100);
}

static inline void duo_connect(struct duo *duo)
{
	struct ble_addr address;
	assert_int_equal(ble_start_advertising(duo->lock.ble), 0);
	assert_int_equal(ble_host_address(ble_host(duo->lock.ble), &address), 0);
	assert_int_equal(ble_conn_create(ble_host(duo->phone.ble), &address, NULL), 0);
	unsigned before = duo->lock.count[BLE_EV_CONNECTED];
	(void)duo_expect(duo, &duo->phone, BLE_EV_CONNECTED);
	if (duo->lock.count[BLE_EV_CONNECTED] == before)
		(void)duo_expect(duo, &duo->lock, BLE_EV_CONNECTED);
}

static inline void duo_leave(struct duo *duo)
{
	unsigned before = duo->lock.count[BLE_EV_DISCONNECTED];
	assert_int_equal(ble_disconnect(duo->phone.ble, 0), 0);
	(void)duo_expect(duo, &duo->phone, BLE_EV_DISCONNECTED);
	if (duo->lock.count[BLE_EV_DISCONNECTED] == before)
		(void)duo_expect(duo, &duo->lock, BLE_EV_DISCONNECTED);
}

static inline void duo_end(struct duo *duo)
{
	ble_world_close(duo->lock.ble);
	ble_world_close(duo->phone.ble);
	ble_world_free(duo->world);
}

/* The error that a client procedure, just begun, ends with. */
static inline int duo_done(struct duo *duo, int begun)
{
	assert_int_equal(begun, 0);
	return duo_expect(duo, &duo->phone, BLE_EV_DONE)->done.err;
}

static inline int duo_read(struct duo *duo, uint16_t handle)
{
	return duo_done(duo, ble_client_read(ble_host(duo->phone.ble), duo->phone.conn, handle));
}

static inline int duo_write(struct duo *duo, uint16_t handle, const void *data, size_t len)
{
	return duo_done(duo, ble_client_write(ble_host(duo->phone.ble), duo->phone.conn, handle, data, len));
}

static inline uint8_t duo_level(const struct duo_device *d)
{
	struct ble_security_info info;
	assert_int_equal(ble_conn_security(ble_host(d->ble), d->conn, &info), 0);
	return info.level;
}

/* The user of one device enters what the other shows, if both are at that. */
static inline void duo_enter(struct duo_device *d)
{
	if (!d->asked || !d->other->showing)
		return;
	d->asked = false;
	assert_int_equal(ble_enter_passkey(d->ble, 0, d->other->shown ^ d->refuses), 0);
}

/* The phone's program asks for security; scripted users do what they are asked, which takes its time when
 * the interval is that of a device at rest. The reason of the end: 0, or that of Pairing
 * Failed. */
static inline uint8_t duo_pair(struct duo *duo)
{
	unsigned before = duo->phone.count[BLE_EV_PAIRED];
	int err = ble_conn_secure(ble_host(duo->phone.ble), duo->phone.conn, true);
	assert_true(err == 0 || err == BLE_EBUSY); /* it may have been asked to by the lock */
	for (unsigned i = 0; i < 2400 && duo->phone.count[BLE_EV_PAIRED] == before; i++) {
		duo_pass(duo, 50);
		duo_enter(&duo->phone);
		duo_enter(&duo->lock);
	}
	assert_int_equal(duo->phone.count[BLE_EV_PAIRED], before + 1);
	duo_pass(duo, 200); /* so that the lock is through with it as well */
	const struct ble_event *ev = &duo->phone.last[BLE_EV_PAIRED];
	assert_true(ev->paired.err == 0 || ev->paired.reason);
	return ev->paired.reason;
}

#endif
