/*
 * A device's ground: the driver or the node of a world under it, the thread that serves it, its start and its end. The
 * device of the library is made once and has seams of ours as transport and platform; what is behind them comes with
 * each start and goes with each stop, so a device that is stopped holds no driver and no thread. The folder of identity and
 * bonds, if it has one, is its own from its making to its end: the library reads bonds once, and another folder's would be
 * another device's.
 */
#include "ext.h"

#include <ble/crypto.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

static int seam_open(void *ctx, struct ble_fault *fault)
{
	const struct device *d = ctx;
	return d->transport->open(d->transport->ctx, fault);
}

static void seam_write(void *ctx, struct ble_tx *tx)
{
	const struct device *d = ctx;
	d->transport->write(d->transport->ctx, tx);
}

static int seam_flush(void *ctx)
{
	const struct device *d = ctx;
	return d->transport ? d->transport->flush(d->transport->ctx) : 0;
}

static int seam_read(void *ctx, const uint8_t **packet)
{
	const struct device *d = ctx;
	return d->transport->read(d->transport->ctx, packet);
}

static void seam_close(void *ctx)
{
	const struct device *d = ctx;
	if (d->transport)
		d->transport->close(d->transport->ctx);
}

static const struct ble_platform *ground(const void *ctx)
{
	const struct device *d = ctx;
	return d->node ? ble_node_platform(d->node) : d->os ? ble_posix_platform(d->os) : NULL;
}

static void seam_random(void *ctx, void *dst, size_t len)
{
	const struct ble_platform *p = ground(ctx); /* asked for from the start on only */
	if (p)
		p->random(p->ctx, dst, len);
}

static int seam_load(void *ctx, uint32_t key, void *dst, size_t cap)
{
	const struct ble_platform *p = ground(ctx);
	return p && p->load ? p->load(p->ctx, key, dst, cap) : BLE_ENOENT;
}

static int seam_save(void *ctx, uint32_t key, const void *src, size_t len)
{
	const struct ble_platform *p = ground(ctx);
	return p && p->save ? p->save(p->ctx, key, src, len) : BLE_EIO;
}

static int seam_erase(void *ctx, uint32_t key)
{
	const struct ble_platform *p = ground(ctx);
	return p && p->erase ? p->erase(p->ctx, key) : BLE_EIO;
}

void device_seams(struct device *d)
{
	d->seam = (struct ble_transport){ .ctx = d, .open = seam_open, .write = seam_write, .flush = seam_flush,
		.read = seam_read, .close = seam_close };
	d->platform = (struct ble_platform){ .ctx = d, .random = seam_random, .load = seam_load, .save = seam_save,
		.erase = seam_erase, .crypto = &ble_crypto_psa };
}

void device_poke(struct device *d)
{
	if (d->poked || !d->threaded)
		return;
	d->poked = true;
	const struct ble_platform *p = ble_posix_platform(d->os);
	p->wake(p->ctx);
}

static void *serve(void *arg)
{
	struct device *d = arg;
	for (;;) {
		scene_lock(d->scene);
		d->poked = false;
		if (!d->quit)
			(void)ble_process(d->ble, ble_posix_now());
		int fd = d->quit ? -1 : ble_posix_fd(d->os, d->transport, ble_next_due(d->ble));
		bool quit = d->quit || fd < 0;
		scene_unlock(d->scene);
		if (quit)
			return NULL;
		struct pollfd wanted = { .fd = fd, .events = POLLIN };
		while (poll(&wanted, 1, -1) < 0 && errno == EINTR)
			;
	}
}

static void run_in_world(void *ctx, uint64_t now_us)
{
	(void)ble_process(((struct device *)ctx)->ble, now_us);
}

static uint64_t due_in_world(void *ctx)
{
	return ble_next_due(((struct device *)ctx)->ble);
}

static int refuse(struct ble_fault *fault, int err, const char *subject, const char *hint)
{
	*fault = (struct ble_fault){ .err = err, .subject = subject, .max = -1, .hint = hint };
	return err;
}

/* The node stays until the device is gone: a device that starts again is the same one. */
static int find_node(struct device *d, struct ble_fault *fault)
{
	if (!d->node)
		d->node = ble_world_add(d->scene->world, &d->node_options);
	if (!d->node)
		return refuse(fault, BLE_ERANGE, "node", "its place or power is out of range, or there is no memory");
	d->transport = ble_node_transport(d->node);
	return ble_node_attach(d->node,
		&(struct ble_process){ .ctx = d, .run = run_in_world, .next_due = due_in_world });
}

int device_store(struct device *d, struct ble_fault *fault)
{
	return d->scene->world || !d->store || !*d->store ? 0 : ble_posix_open(&d->os, d->store, fault);
}

static int find_driver(struct device *d, struct ble_fault *fault)
{
	int err = d->os ? 0 : ble_posix_open(&d->os, d->store, fault);
	return err ? err : ble_posix_transport(d->os, d->uri, NULL, &d->transport, fault);
}

static void release(struct device *d)
{
	if (d->node)
		(void)ble_node_attach(d->node, NULL);
	else
		ble_posix_transport_free(d->transport);
	d->transport = NULL;
	if (d->store && *d->store)
		return;
	ble_posix_close(d->os);
	d->os = NULL;
}

static int begin_thread(struct device *d, struct ble_fault *fault)
{
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(
		SIG_BLOCK, &all, &before); /* signals are the main thread's: the new one has none from its beginning */
	int err = pthread_create(&d->thread, NULL, serve, d);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (err) {
		(void)ble_stop(d->ble);
		return refuse(fault, BLE_ENOMEM, "thread", "the system has none left");
	}
	d->threaded = true;
	return 0;
}

int device_up(struct device *d, char *why, size_t size)
{
	struct ble_fault fault = { 0 };
	int err = d->scene->world ? find_node(d, &fault) : find_driver(d, &fault);
	d->quit = d->poked = d->ready = false;
	d->start_err = 0;
	if (!err) {
		err = ble_start(d->ble);
		if (err) {
			d->start_err = err;
			ble_explain(d->ble, err, why, size);
		} else if (!d->scene->world) {
			err = begin_thread(d, &fault);
		}
	}
	if (err && (fault.err || !d->start_err))
		ble_fault_explain(&fault, err, why, size);
	if (err)
		release(d);
	else
		d->started = true;
	return err;
}

static bool is_alone(void *ctx)
{
	const struct device *d = ctx;
	return !ble_conn_next(ble_host(d->ble), 0);
}

enum { FAREWELL_US = 1000000 }; /* a peer's acknowledgement is waited for no longer */

/* The host thread ends, then what is left happens in this one. With the lock, which it gives up meanwhile. */
static void end_thread(struct device *d)
{
	if (!d->threaded)
		return;
	d->quit = true;
	d->poked = false;
	device_poke(d);
	d->threaded = false;
	scene_unlock(d->scene);
	pthread_join(d->thread, NULL);
	scene_lock(d->scene);
}

/* With the lock. ts NULL: at once, without a farewell. */
void device_down(struct device *d, PyThreadState **ts)
{
	if (!d->started || d->stopping)
		return;
	d->stopping = true;
	(void)ble_stop_advertising(d->ble);
	(void)ble_stop_scanning(d->ble);
	(void)ble_disconnect(d->ble, 0);
	device_poke(d);
	if (ts && d->ready)
		(void)scene_wait(d->scene, is_alone, d, scene_now(d->scene) + FAREWELL_US, ts);
	end_thread(d);
	(void)ble_stop(d->ble);
	(void)ble_process(d->ble, scene_now(d->scene)); /* tells what ended */
	release(d);
	d->started = d->ready = d->stopping = false;
	d->room++;
	device_put_stopped(d);
}
