/*
 * Where the simulated air of this user is, and how it is started: what virtual.c and virtual_air.c
 * share. Everything lies in a folder of the user's own, $XDG_RUNTIME_DIR/glint or, where that
 * cannot be written, /tmp/glint-<uid>.
 */
#ifndef DRIVERS_VIRTUAL_H
#define DRIVERS_VIRTUAL_H

#include "stream.h"

/* Of the protocol between driver and air; another number is another socket, so that old and new do
 * not meet. */
#define VIRTUAL_VERSION "1"

enum { VIRTUAL_PATH_MAX = 256, VIRTUAL_NAME_MAX = 32 };

struct virtual_driver {
	struct stream stream;
	uint8_t identity[7];
	bool has_identity;
	char name[VIRTUAL_NAME_MAX + 1]; /* "": the user's one air */
	char path[VIRTUAL_PATH_MAX];     /* the socket, once looked for */
	char program[VIRTUAL_PATH_MAX];  /* glint-air, once looked for */
};

/* Fills v->path; makes the folder if need be. 0 or negative with a fault. */
int virtual_find_socket(struct virtual_driver *v, struct ble_fault *fault);
/* Starts glint-air on v->path unless somebody else just did; it listens when this returns 0. */
int virtual_start_air(struct virtual_driver *v, struct ble_fault *fault);

#endif
