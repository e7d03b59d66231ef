/*
 * The part ble_heartbeat: a controller that has nothing to say, and is asked nothing, may have died unnoticed: a line was
 * pulled whose driver cannot know, a chip hangs. After five seconds without a packet from it, it is asked what the bring-up
 * has asked already and what changes nothing, LE Read Buffer Size (Vol 4 Part E 7.8.2); no answer in two seconds means what
 * it means of every command (cmd.c): it is given up, told of, and opened again.
 */
#include "hci/hci.h"
#include "host/host.h"

enum { SILENCE_US = 5000000 };

struct host_heartbeat {
	struct hci_want want;
	struct ble_host *host;
	struct tmr timer;
	uint32_t packets; /* from the controller, as the timer was started */
	bool silent;      /* to be asked */
};

static void on_silence(struct tmr *t);

static void listen(struct host_heartbeat *b)
{
	b->packets = b->host->hci.packets_in;
	tmr_after(&b->host->hci.timers, &b->timer, SILENCE_US, on_silence);
}

static void on_silence(struct tmr *t)
{
	struct host_heartbeat *b = CONTAINER_OF(t, struct host_heartbeat, timer);
	b->silent = b->packets == b->host->hci.packets_in;
	if (b->silent)
		hci_ask(&b->host->hci);
	else
		listen(b);
}

/* It is asked for the first time as the controller comes up. */
static uint16_t command(struct hci_want *want, struct wr *params)
{
	struct host_heartbeat *b = CONTAINER_OF(want, struct host_heartbeat, want);
	(void)params;
	if (b->silent) {
		b->silent = false;
		return HCI_CMD_LE_READ_BUFFER_SIZE;
	}
	if (!tmr_is_armed(&b->timer))
		listen(b);
	return 0;
}

/* Whatever it has said: it lives. The wants are asked anew after each answer. */
static void done(struct hci_want *want, uint16_t opcode, uint8_t status, struct rd *ret)
{
	(void)want, (void)opcode, (void)status, (void)ret;
}

static void lost(struct hci_want *want)
{
	struct host_heartbeat *b = CONTAINER_OF(want, struct host_heartbeat, want);
	b->silent = false;
	tmr_stop(&b->host->hci.timers, &b->timer);
}

static const struct hci_want_hooks hooks = { .command = command, .done = done, .lost = lost };

static void attach(struct ble_host *h, struct ble_part_slot *slot, const struct ble_host_config *config)
{
	struct host_heartbeat *b = host_mem(slot);
	(void)config;
	b->host = h;
	b->want.hooks = &hooks;
	hci_want_add(&h->hci, &b->want);
}

const struct ble_room ble_heartbeat_room = { .host_size = sizeof(struct host_heartbeat) };

const struct ble_part ble_heartbeat = { .name = "ble_heartbeat", .room = &ble_heartbeat_room, .attach = attach };
