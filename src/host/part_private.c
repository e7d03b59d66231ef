/*
 * The part ble_private: which address of ours is on the air, and for how long. A want in front of the others: when another
 * address is due it makes advertising, scanning and initiating pause (gap.h), as the controller takes a random address
 * only from who does nothing (Vol 4 Part E 7.8.4), and tells it. They begin again by themselves.
 */
#include "host/privacy.h"

#include "crypto/crypto.h"
#include "host/security.h"

enum { ROTATE_DEFAULT_MS = 900000, ROTATE_MIN_MS = 1000, ROTATE_MAX_MS = 3600000 };

static struct host_privacy *of(struct hci_want *want)
{
	return CONTAINER_OF(want, struct host_privacy, want);
}

static void make_stale(struct host_privacy *p)
{
	p->stale = true;
	hci_ask(&p->host->hci);
}

static void on_time(struct tmr *t)
{
	make_stale(CONTAINER_OF(t, struct host_privacy, timer));
}

static void start_timer(struct host_privacy *p)
{
	host_timer_stop(p->host, &p->timer);
	if (p->kind && p->rotate_us)
		host_timer(p->host, &p->timer, p->rotate_us, on_time);
}

/* The key that pairing gives to bonds: theirs if it has one already, as without a store each reading makes a new one. */
static void need_irk(struct host_privacy *p)
{
	const struct ble_host *h = p->host;
	if (!crypto_is_weak(p->irk))
		return;
	struct host_security *s = host_room(h, &ble_pairing_room) ? security_of(h) : NULL;
	if (s)
		memcpy(p->irk, s->smp.irk, 16);
	if (crypto_is_weak(p->irk) && !bonds_irk(h->hci.platform, p->irk) && s)
		security_damaged(s);
}

static int make_next(struct host_privacy *p)
{
	const struct ble_platform *platform = p->host->hci.platform;
	p->next = p->identity;
	if (!p->kind)
		return 0;
	p->next.type = BLE_ADDR_RANDOM;
	if (p->kind == BLE_PRIVACY_RESOLVABLE) {
		need_irk(p);
		return crypto_resolvable(platform, p->irk, p->next.octets);
	}
	int err = crypto_unresolvable(platform, p->next.octets);
	bool is_public = !memcmp(p->next.octets, p->identity.octets, 6); /* Vol 6 Part B 1.3.2.2: it is not */
	return err || !is_public ? err : BLE_EIO;
}

static void apply(struct host_privacy *p)
{
	struct hci *hci = &p->host->hci;
	struct gap_users users = host_gap_users(p->host);
	bool same_type = hci->address.type == p->next.type;
	hci->address = p->next;
	p->exposed = false;
	if (!same_type && users.adv)
		users.adv->activity.stale |= GAP_PARAMS;
	if (!same_type && users.scan)
		users.scan->activity.stale |= GAP_PARAMS;
	start_timer(p);
}

/* Nobody shows the identity that is to be hidden. */
static void hide(const struct host_privacy *p)
{
	struct gap_users users = host_gap_users(p->host);
	if (users.adv)
		gap_stop(&users.adv->activity);
	if (users.scan)
		gap_stop(&users.scan->activity);
	if (users.create)
		gap_create_cancel(users.create, BLE_EIO);
}

static void fail(struct host_privacy *p, int err)
{
	const struct ble_addr *shown = &p->host->hci.address;
	p->stale = false;
	p->paused = (struct gap_pause){ 0 };
	p->exposed = p->kind && !memcmp(shown->octets, p->identity.octets, 6);
	host_error(p->host, BLE_OP_PRIVACY, 0, err);
	start_timer(p);
}

static bool is_known(struct host_privacy *p)
{
	const struct ble_addr *shown = &p->host->hci.address;
	if (!p->known)
		p->identity = *shown;
	p->known = true;
	return p->stale;
}

static uint16_t tell(struct host_privacy *p, struct wr *w)
{
	int err = make_next(p);
	if (err) {
		fail(p, err);
		return 0;
	}
	p->stale = false;
	p->paused = (struct gap_pause){ 0 };
	if (p->next.type == BLE_ADDR_PUBLIC) {
		apply(p); /* the controller has it from birth */
		return 0;
	}
	wr_put(w, p->next.octets, 6);
	return HCI_CMD_LE_SET_RANDOM_ADDRESS;
}

static uint16_t command(struct hci_want *want, struct wr *w)
{
	struct host_privacy *p = of(want);
	struct gap_users users = host_gap_users(p->host);
	uint16_t opcode = 0;
	if (is_known(p) && gap_pause(&p->paused, &users, GAP_PAUSE_ALL, w, &opcode))
		opcode = tell(p, w);
	if (p->exposed)
		hide(p);
	return opcode;
}

static void done(struct hci_want *want, uint16_t opcode, uint8_t status, struct rd *ret)
{
	struct host_privacy *p = of(want);
	struct gap_users users = host_gap_users(p->host);
	(void)ret;
	if (gap_pause_done(&users, opcode, status))
		return;
	if (status)
		fail(p, BLE_EHCI(status));
	else
		apply(p);
}

/* The bring-up finds the identity again. */
static void lost(struct hci_want *want)
{
	struct host_privacy *p = of(want);
	host_timer_stop(p->host, &p->timer);
	p->known = p->exposed = false;
	p->paused = (struct gap_pause){ 0 };
	p->stale = p->kind != 0;
}

static void attach(struct ble_host *h, struct ble_part_slot *slot, const struct ble_host_config *config)
{
	static const struct hci_want_hooks hooks = { command, done, lost };
	struct host_privacy *p = host_mem(slot);
	(void)config;
	p->host = h;
	p->want.hooks = &hooks;
	hci_want_first(&h->hci, &p->want);
}

const struct ble_room ble_private_room = { .host_size = sizeof(struct host_privacy) };

const struct ble_part ble_private = { .name = "ble_private", .room = &ble_private_room, .attach = attach };

int ble_privacy_set(struct ble_host *h, uint8_t kind, uint32_t rotate_ms)
{
	int err = 0;
	struct ble_part_slot *slot = host_need(h, &ble_private, "private addresses need the part ble_private", &err);
	if (!slot)
		return err;
	struct host_privacy *p = host_mem(slot);
	uint32_t rotate = rotate_ms ? rotate_ms : ROTATE_DEFAULT_MS;
	err = host_range(h, "kind", kind, 0, BLE_PRIVACY_ANONYMOUS);
	if (!err && rotate != BLE_FOREVER)
		err = host_range(h, "rotate_ms", rotate, ROTATE_MIN_MS, ROTATE_MAX_MS);
	if (err)
		return err;
	if (kind == BLE_PRIVACY_RESOLVABLE && !h->hci.platform->crypto)
		return host_refuse_hint(h, BLE_ENOTSUP, "privacy", "resolvable private addresses need a platform with crypto");
	if (!kind && !p->kind)
		return 0;
	p->kind = kind;
	p->rotate_us = rotate == BLE_FOREVER ? 0 : rotate * UINT64_C(1000);
	make_stale(p);
	return 0;
}

int ble_privacy_address(const struct ble_host *h, struct ble_addr *out)
{
	if (!host_room(h, &ble_private_room))
		return BLE_ENOTSUP;
	if (h->hci.state != HCI_UP)
		return BLE_ESTATE;
	*out = h->hci.address;
	return 0;
}
