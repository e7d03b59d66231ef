/*
 * Commands: one outstanding, from one small packet, when Num_HCI_Command_Packets allows it (Vol 4 Part E 4.4). They are
 * asked for from the bring-up and, when that is over, from the wants, first come first asked. A command that is not
 * answered within two seconds means a controller that has vanished.
 */
#include "hci/hci.h"

#include "base/le.h"

#define COMMAND_TIMEOUT_US UINT64_C(2000000)

static void on_cmd_done(struct ble_tx *tx)
{
	struct hci *hci = CONTAINER_OF(tx, struct hci, cmd);
	hci->cmd_driven = false;
	hci->todo |= HCI_TODO_PUMP; /* what has waited for the packet */
}

void hci_cmd_write(struct hci *hci, uint16_t opcode, size_t len)
{
	hci->cmd_buf[0] = HCI_H4_COMMAND;
	le16_put(hci->cmd_buf + 1, opcode);
	hci->cmd_buf[3] = (uint8_t)len;
	hci->cmd.data = hci->cmd_buf;
	hci->cmd.len = (uint16_t)(4 + len);
	hci->cmd.done = on_cmd_done;
	hci->cmd_driven = true;
	hci_write(hci, &hci->cmd);
}

static void on_gone(struct tmr *t)
{
	hci_doom(CONTAINER_OF(t, struct hci, timer), BLE_ETIMEOUT);
}

/* A program that did something else for so long finds the answer first: it is believed in the run after this. */
static void on_timeout(struct tmr *t)
{
	tmr_start(&CONTAINER_OF(t, struct hci, timer)->timers, t, t->due_us, on_gone);
}

static void arm(struct hci *hci)
{
	tmr_after(&hci->timers, &hci->timer, COMMAND_TIMEOUT_US, on_timeout);
}

void hci_calm(struct hci *hci)
{
	tmr_stop(&hci->timers, &hci->timer);
}

static uint16_t ask(struct hci *hci, struct wr *params)
{
	for (struct hci_want *w = hci->wants; w; w = w->next) {
		uint16_t opcode = w->hooks->command(w, params);
		if (opcode) {
			hci->asking = w;
			return opcode;
		}
	}
	hci->changed = false;
	hci_calm(hci); /* of await() */
	return 0;
}

/* There may be a command, and none is allowed: a controller that never allows one again has vanished as well. */
static uint16_t await(struct hci *hci)
{
	if (!tmr_is_armed(&hci->timer))
		arm(hci);
	return 0;
}

static void send(struct hci *hci, uint16_t opcode, size_t len)
{
	hci->opcode = opcode;
	hci->allowed = 0;
	arm(hci);
	hci_cmd_write(hci, opcode, len);
}

/* The bring-up is over. */
static void up(struct hci *hci)
{
	if (!hci_step_usable(hci)) {
		hci_doom(hci, BLE_ENOTSUP);
		return;
	}
	hci->state = HCI_UP;
	hci->credits_max = hci->credits;
	hci->was_up = true;
	hci->backoff_s = 0;
	hci->changed = true; /* that is looked at next */
	hci_calm(hci);
	hci->hooks->up(hci);
}

void hci_cmd_next(struct hci *hci)
{
	if (hci->opcode || hci->cmd_driven || hci->doomed)
		return;
	struct wr params = wr_of(hci->cmd_buf + 4, HCI_PARAMS_MAX);
	uint16_t opcode = 0;
	if (hci->state == HCI_BRINGUP && hci->allowed) {
		opcode = hci_step_command(hci, &params);
		if (!opcode)
			up(hci);
	}
	if (hci->state == HCI_UP && hci->changed)
		opcode = hci->allowed ? ask(hci, &params) : await(hci);
	if (opcode)
		send(hci, opcode, params.len);
}

/* The outstanding command has its answer. */
static void answered(struct hci *hci, uint8_t status, struct rd *ret)
{
	uint16_t opcode = hci->opcode;
	struct hci_want *w = hci->asking; /* whose it is, unless this is the bring-up */
	hci->opcode = 0;
	hci_ask(hci);
	if (hci->state == HCI_BRINGUP) {
		arm(hci); /* also for a controller that never allows the next one */
		int err = hci_step_done(hci, status, ret);
		if (err)
			hci_doom(hci, err);
		return;
	}
	hci_calm(hci);
	w->hooks->done(w, opcode, status, ret);
}

void hci_cmd_event(struct hci *hci, uint8_t event, struct rd *r)
{
	/* 7.7.14: how many commands, opcode, return parameters; 7.7.15: a status in front of them instead */
	bool complete = event == HCI_EVT_COMMAND_COMPLETE;
	const uint8_t *p = rd_take(r, complete ? 3 : 4);
	if (!p) {
		hci->malformed++;
		return;
	}
	uint8_t status = HCI_ERR_UNSPECIFIED; /* of a Command Complete without return parameters */
	if (!complete)
		status = *p++;
	else if (r->left)
		status = *rd_take(r, 1);
	hci->allowed = p[0];
	hci->todo |= HCI_TODO_PUMP;
	if (hci->opcode && hci->opcode == le16_get(p + 1))
		answered(hci, status, r);
}
