/*
 * The kernel's calls that linux_hci.c makes, in a struct: a test puts a controller of its own behind them.
 */
#ifndef DRIVERS_LINUX_HCI_H
#define DRIVERS_LINUX_HCI_H

#include "driver.h"

/* Each returns what its system call does, with errno. */
struct linux_hci_calls {
	int (*open)(void);                /* a raw HCI socket */
	int (*down)(int fd, int index);   /* HCIDEVDOWN */
	int (*bind)(int fd, int index);   /* to the user channel */
};

int linux_hci_create(struct ble_transport **out, const char *rest, const struct linux_hci_calls *calls,
	struct ble_fault *fault);

#endif
