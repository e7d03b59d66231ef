/*
 * The POSIX port: loop, clock, random, store, drivers by URI. Its face is <ble/posix.h>; what
 * open.c (ble_open, ble_run, ble_fd, ble_close) needs is there, and this header adds what the
 * port's own files share.
 */
#ifndef PORT_POSIX_H
#define PORT_POSIX_H

#include <ble/posix.h>

struct posix_store; /* store.c: one folder, locked, a file for each key */

/* name "": none. *out NULL with 0 when nothing can be kept. BLE_ENOMEM. */
int posix_store_open(struct posix_store **out, const char *name);
void posix_store_close(struct posix_store *store);
/* The platform's three; ctx-free. */
int posix_store_load(struct posix_store *store, uint32_t key, void *dst, size_t cap);
int posix_store_save(struct posix_store *store, uint32_t key, const void *src, size_t len);
int posix_store_erase(struct posix_store *store, uint32_t key);

struct ble_posix {
	struct ble_platform platform;
	struct posix_store *store;
	const struct ble_transport *transport; /* the last that was made here; asked only while it is open */
	int wake_fd;            /* eventfd */
	int epoll_fd, timer_fd; /* -1 until ble_posix_fd() */
	int watched_fd;         /* the transport's in the epoll set, -1: none */
	bool told;              /* that the simulated air is used */
	bool woken;             /* ble_posix_wait() has seen a wake-up; ble_run() clears it */
};

/* random.c: 0 or BLE_EIO. */
int posix_random_check(void);
void posix_random(void *ctx, void *dst, size_t len);

#endif
