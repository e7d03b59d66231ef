/*
 * The filter accept list as it is wanted (Vol 4 Part E 7.8.14-7.8.17). The controller refuses changes while anybody goes
 * by the list, so this want is asked before the others and makes room first: advertising and scanning are disabled, and
 * enabled again by their own wants when the list is told; an attempt to connect by the list is cancelled and begun anew.
 * Nobody is told of such a pause.
 */
#ifndef GLINT_GAP_ACCEPT_H
#define GLINT_GAP_ACCEPT_H

#include "gap/gap.h"

/* Who goes by the list; NULL: nobody. */
struct gap_accept_users {
	struct gap_adv *adv;
	struct gap_scan *scan;
	struct gap_create *create;
};

struct gap_accept {
	struct hci_want want;
	struct hci *hci;
	struct gap_accept_users (*users)(struct gap_accept *accept);
	/* It failed: too_long, or what the controller said. The list that it has is then empty, or a part. */
	void (*failed)(struct gap_accept *accept, int err);
	const struct ble_addr *list; /* the program's */
	uint8_t count, at; /* at: of the next to be told */
	uint8_t size;      /* the controller's list, if asked */
	bool asked;        /* for its size */
	bool stale;        /* the controller's list is another */
	bool cleared;
	bool adv_paused, scan_paused;
};

void gap_accept_init(struct gap_accept *accept, struct hci *hci);
/* 0; BLE_ENOMEM: more than accept->size. The list stays as it is until the next one is set. */
int gap_accept_set(struct gap_accept *accept, const struct ble_addr *list, size_t count);

#endif
