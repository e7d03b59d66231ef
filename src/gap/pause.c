/* Others make room: see gap.h. */
#include "gap/gap.h"

/* Its end is an event, so it is waited for before anybody else is paused. False: nothing to wait for. */
static bool pause_create(struct gap_create *c, enum gap_pause_whom whom)
{
	if (!c || (whom == GAP_PAUSE_LISTED && !c->listed) || c->state < GAP_CREATE_SENT)
		return false;
	if (c->state == GAP_CREATE_SENT) {
		c->state = GAP_CREATE_CANCEL;
		c->again = true;
		c->err = BLE_ETIMEOUT; /* if the controller never tells of the end */
	}
	return true;
}

/* A directed advertisement does not go by the list: Vol 4 Part E 7.8.5. */
static bool is_advertising(const struct gap_adv *a, enum gap_pause_whom whom)
{
	return a && a->activity.enabled && (whom == GAP_PAUSE_ALL || !gap_adv_is_directed(a));
}

bool gap_pause(struct gap_pause *p, const struct gap_users *u, enum gap_pause_whom whom, struct wr *w, uint16_t *opcode)
{
	*opcode = 0;
	if (pause_create(u->create, whom))
		return false;
	if (is_advertising(u->adv, whom) && !p->adv) {
		p->adv = true;
		wr_u8(w, 0);
		*opcode = HCI_CMD_LE_SET_ADVERTISING_ENABLE;
		return false;
	}
	if (u->scan && u->scan->activity.enabled && !p->scan) {
		p->scan = true;
		wr_zero(w, 2);
		*opcode = HCI_CMD_LE_SET_SCAN_ENABLE;
		return false;
	}
	return true;
}

/*
 * Disabled, and still wanted: its own want enables it again. A refusal says that it had ended by itself, of which an
 * event tells.
 */
bool gap_pause_done(const struct gap_users *u, uint16_t opcode, uint8_t status)
{
	if (opcode == HCI_CMD_LE_SET_ADVERTISING_ENABLE)
		u->adv->activity.enabled &= status != 0;
	else if (opcode == HCI_CMD_LE_SET_SCAN_ENABLE)
		u->scan->activity.enabled &= status != 0;
	else
		return false;
	return true;
}
