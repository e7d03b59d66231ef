/*
 * A controller that was given up is opened again after 1, 2, 4 ... 30 seconds, whether it has been up before or not: a
 * board may be slower than its host.
 */
#include "hci/hci.h"

enum { BACKOFF_MAX_S = 30 };
#define SECOND_US UINT64_C(1000000)

static void again(struct hci *hci);

static void on_reopen(struct tmr *t)
{
	struct hci *hci = CONTAINER_OF(t, struct hci, timer);
	hci->recoveries++;
	/* What open() says now the program has been told already. */
	if (hci_start(hci, &(struct ble_fault){ 0 }) < 0)
		again(hci);
}

static void again(struct hci *hci)
{
	unsigned s = hci->backoff_s ? hci->backoff_s * 2u : 1;
	hci->backoff_s = (uint8_t)(s < BACKOFF_MAX_S ? s : BACKOFF_MAX_S);
	hci->state = HCI_BACKOFF;
	tmr_after(&hci->timers, &hci->timer, hci->backoff_s * SECOND_US, on_reopen);
}

const struct hci_care hci_care = { again, hci_back_step, hci_back_stepped, hci_back, hci_back_send };
