/*
 * Link establishment and low power of the three-wire transport: Vol 4 Part D 8. Each side asks SYNC until it has SYNC RESPONSE,
 * then CONFIG until it has CONFIG RESPONSE. A SYNC on an established link is a peer that has begun anew, and what it was told
 * before is lost. We never sleep ourselves; a controller that does is woken before it is told anything.
 */
#include "h5.h"

enum message { SYNC, SYNC_RSP, CONFIG, CONFIG_RSP, WAKEUP, WOKEN, SLEEP, MESSAGES };
enum { WINDOW_MASK = 7, WITH_CRC = 1 << 4 }; /* of the configuration field */

static const uint8_t messages[MESSAGES][2] = {
	[SYNC] = { 0x01, 0x7E },
	[SYNC_RSP] = { 0x02, 0x7D },
	[CONFIG] = { 0x03, 0xFC },
	[CONFIG_RSP] = { 0x04, 0x7B },
	[WAKEUP] = { 0x05, 0xFA },
	[WOKEN] = { 0x06, 0xF9 },
	[SLEEP] = { 0x07, 0x78 },
};

static void ask(struct h5 *h, enum message m, uint64_t now_us)
{
	h->pending |= 1u << m;
	h->retries = 0;
	h->due_us = now_us + h->retry_us;
}

void h5_link_retry(struct h5 *h)
{
	h->pending |= 1u << (h->state == H5_UNINITIALIZED ? SYNC : h->state == H5_INITIALIZED ? CONFIG : WAKEUP);
}

void h5_link_wake(struct h5 *h, uint64_t now_us)
{
	ask(h, WAKEUP, now_us);
}

static bool carries_configuration(enum message m)
{
	return m == CONFIG || m == CONFIG_RSP;
}

size_t h5_link_message(struct h5 *h, uint8_t message[3])
{
	for (enum message m = SYNC; m < MESSAGES; m++) {
		if (!(h->pending >> m & 1))
			continue;
		h->pending &= ~(1u << m);
		message[0] = messages[m][0];
		message[1] = messages[m][1];
		message[2] = (uint8_t)(H5_WINDOW | (h->want_crc ? WITH_CRC : 0));
		return carries_configuration(m) ? 3 : 2;
	}
	return 0;
}

static enum message which(const uint8_t *p, size_t len)
{
	for (enum message m = SYNC; m < MESSAGES; m++)
		if (len >= 2 && p[0] == messages[m][0] && p[1] == messages[m][1])
			return m;
	return MESSAGES;
}

/* What both can: a peer without a configuration field has a window of one. */
static void agree(struct h5 *h, const uint8_t *p, size_t len)
{
	uint8_t field = len > 2 ? p[2] : 1;
	unsigned window = field & WINDOW_MASK;
	h->window = window > H5_WINDOW ? H5_WINDOW : window ? window : 1;
	h->crc = h->want_crc && (field & WITH_CRC);
	h->state = H5_ACTIVE;
	h->due_us = BLE_NEVER;
	h->retries = 0;
}

static void on_sync(struct h5 *h)
{
	if (h->state == H5_ACTIVE)
		h->state = H5_LOST;
	else
		h->pending |= 1u << SYNC_RSP;
}

static void on_woken(struct h5 *h)
{
	if (!h->asleep)
		return;
	h->asleep = false;
	h->retries = 0;
	h->due_us = BLE_NEVER; /* sending arms it again */
}

void h5_on_link_control(struct h5 *h, const uint8_t *p, size_t len, uint64_t now_us)
{
	switch (which(p, len)) {
	case SYNC: on_sync(h); break;
	case SYNC_RSP:
		if (h->state == H5_UNINITIALIZED) {
			h->state = H5_INITIALIZED;
			ask(h, CONFIG, now_us);
		}
		break;
	case CONFIG:
		if (h->state != H5_UNINITIALIZED)
			h->pending |= 1u << CONFIG_RSP;
		break;
	case CONFIG_RSP:
		if (h->state == H5_INITIALIZED)
			agree(h, p, len);
		break;
	case WAKEUP:
		if (h->state == H5_ACTIVE)
			h->pending |= 1u << WOKEN;
		break;
	case WOKEN: on_woken(h); break;
	case SLEEP: h->asleep = h->state == H5_ACTIVE && !h->sent; break; /* else it is wanted for its acknowledgement */
	case MESSAGES: break;                                             /* of a later version */
	}
}
