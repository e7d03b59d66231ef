/*
 * Pairing in the module's terms: ble_security() says how, ble_gap() to what level, and the two come in any order, so that
 * before the start each is only remembered, and whether they can go together is asked at the start (start.c). What is
 * remembered lies with the host, which keeps the last parameters.
 *
 * The events are the host's. Two are acted on: a passkey that is wanted and already known, and a pairing that has shown
 * that the peer can never do what is required.
 */
#include "module/module.h"

#include <ble/bond.h>

#include "spec/smp_pdu.h"

enum { SCHEMES = BLE_AUTH_MITM | BLE_AUTH_SC | BLE_AUTH_KEYPRESS | BLE_AUTH_LEGACY, AUTHENTICATION_FAILURE = 0x05 };
/* The user is given what SMP gives a peer (Vol 3 Part H 3.4), and discovery its time afterwards. */
enum { PAIRING_US = 30000000, AFTER_US = 5000000 };

static bool is_answered_by_program(const struct ble *ble)
{
	for (uint16_t i = 0; i < ble->callback_top; i++)
		if (ble->callbacks[i].fn && ble->callbacks[i].event == BLE_EV_PASSKEY_WANTED)
			return true;
	return false;
}

/* Reasons that no second attempt would change, and a user who has seen another number: Vol 3 Part H 3.5.5. */
static bool is_hopeless(uint8_t reason)
{
	return reason == SMP_ERR_OOB_NOT_AVAILABLE || reason == SMP_ERR_AUTHENTICATION_REQUIREMENTS ||
		reason == SMP_ERR_PAIRING_NOT_SUPPORTED || reason == SMP_ERR_ENCRYPTION_KEY_SIZE || reason == SMP_ERR_NUMERIC_COMPARISON_FAILED;
}

/* The link layer ends a link before it has sent what waits there: Pairing Failed, which says why, gets three events. */
static void on_failed(struct ble *ble, const struct ble_event *ev)
{
	struct module_prefer *p = module_prefer_of(ble, ev->conn);
	struct ble_security_info security;
	struct ble_conn_info info;
	if (ev->paired.err != BLE_EREFUSED || !is_hopeless(ev->paired.reason) ||
		ble_conn_security(ble->host, ev->conn, &security) || security.level >= ble->security_level ||
		ble->security_level >= BLE_LEVEL_SIGNED ||
		ble_conn_info(ble->host, ev->conn, &info))
		return;
	*p = (struct module_prefer){ .due_us = ev->t_us + 3u * info.interval_us, .conn = ev->conn, .leave = true };
}

static void run(struct ble *ble, uint64_t now_us)
{
	for (uint8_t i = 0; i < ble->connections; i++) {
		struct module_prefer *p = &ble->prefer[i];
		if (!p->leave || p->due_us > now_us)
			continue;
		p->due_us = BLE_NEVER;
		p->leave = false;
		(void)ble_conn_disconnect(ble->host, p->conn, AUTHENTICATION_FAILURE);
	}
}

static uint64_t next_due(const struct ble *ble)
{
	uint64_t due = BLE_NEVER;
	for (uint8_t i = 0; i < ble->connections; i++)
		if (ble->prefer[i].leave && ble->prefer[i].due_us < due)
			due = ble->prefer[i].due_us;
	return due;
}

/* A pairing is many packets: slower parameters (prefer.c) are asked for when it is over. */
static void put_off(struct ble *ble, const struct ble_event *ev)
{
	struct module_prefer *p = module_prefer_of(ble, ev->conn);
	bool of_user = ev->type == BLE_EV_PASSKEY || ev->type == BLE_EV_PASSKEY_WANTED || ev->type == BLE_EV_COMPARE;
	uint64_t until = ev->t_us + (of_user ? PAIRING_US : AFTER_US);
	if ((of_user || ev->type == BLE_EV_PAIRED) && p->due_us != BLE_NEVER && p->conn == ev->conn && !p->leave)
		p->due_us = of_user && p->due_us > until ? p->due_us : until;
}

static bool on_event(struct ble *ble, const struct ble_event *ev)
{
	struct ble_pairing_params p;
	put_off(ble, ev);
	if (ev->type == BLE_EV_PAIRED)
		on_failed(ble, ev);
	else if (ev->type == BLE_EV_PASSKEY_WANTED && !is_answered_by_program(ble) &&
		!ble_pairing_get(ble->host, &p) && p.passkey)
		return ble_conn_passkey(ble->host, ev->conn, p.passkey) != 0;
	return true;
}

/* Could each level that a service wants be reached? And then what holds for the device. */
static int secure(struct ble *ble)
{
	int err = 0;
	for (uint8_t i = 0; i < ble->service_count && !err; i++)
		if (ble->services[i] && ble->services[i]->level > BLE_LEVEL_OPEN)
			err = ble_pairing_level(ble->host, ble->services[i]->level);
	return err ? err : ble_pairing_level(ble->host, ble->security_level);
}

static const struct module_family family = { .on_event = on_event, .run = run, .next_due = next_due, .secure = secure };

static int check(struct ble *ble, const struct ble_security_params *p)
{
	if (!ble_host_has(ble->host, &ble_pairing_room))
		return module_refuse_hint(ble, BLE_ENOTSUP, "security",
			"pairing, encryption and bonds need the part ble_pairing");
	if (p->bonding > BLE_AUTH_BOND)
		return module_refuse(ble, BLE_EINVAL, "bonding", p->bonding, BLE_AUTH_NO_BOND, BLE_AUTH_BOND);
	if (p->scheme & ~SCHEMES)
		return module_refuse_hint(ble, BLE_EINVAL, "scheme", "it has bits that are not of enum ble_auth");
	if ((p->scheme & BLE_AUTH_LEGACY) && ((p->scheme & BLE_AUTH_SC) || p->sc_only))
		return module_refuse_hint(ble, BLE_EINVAL, "scheme",
			"BLE_AUTH_LEGACY leaves out what BLE_AUTH_SC and sc_only want");
	return 0;
}

int ble_security(struct ble *ble, const struct ble_security_params *p)
{
	int err = check(ble, p);
	if (err)
		return err;
	struct ble_pairing_params params = {
		.ways = p->ways, .capabilities = p->capabilities, .bonding = p->bonding == BLE_AUTH_BOND,
		.mitm = p->scheme & BLE_AUTH_MITM, .keypress = p->scheme & BLE_AUTH_KEYPRESS,
		.legacy_only = p->scheme & BLE_AUTH_LEGACY, .sc_only = p->sc_only,
		.key_size_max = p->key_size, .key_size_min = p->min_key_size,
		.initiator_keys = p->initiator, .responder_keys = p->responder, .passkey = p->passkey,
		.keep_bonded = p->keep_bonded, .evict = p->evict,
		.on_demand = p->on_demand,
		.level = ble->started ? ble->security_level : 0,
	};
	if (!p->min_key_size) /* as large as the largest */
		params.key_size_min = p->key_size;
	err = ble_pairing_set(ble->host, &params);
	if (err)
		return err;
	ble->signs = ble_host_has(ble->host, &ble_signing_room);
	return module_use(ble, FAMILY_SECURITY, &family, NULL);
}

/* peer 0: whoever waits. */
static int answer(struct ble *ble, ble_conn_id peer, int (*fn)(struct ble_host *h, ble_conn_id conn, uint32_t answer),
	uint32_t what)
{
	int err = peer ? fn(ble->host, peer, what) : BLE_ENOENT;
	for (ble_conn_id c = peer ? 0 : ble_conn_next(ble->host, 0); c && err == BLE_ENOENT;
		c = ble_conn_next(ble->host, c))
		err = fn(ble->host, c, what);
	if (err == BLE_ENOENT || err == BLE_ECONN)
		return module_refuse_hint(ble, err, "peer", err == BLE_ENOENT ? "no pairing waits for this answer" : NULL);
	return err;
}

static int confirm(struct ble_host *h, ble_conn_id conn, uint32_t same)
{
	return ble_conn_confirm(h, conn, same);
}

int ble_confirm_passkey(struct ble *ble, ble_conn_id peer, bool confirmed)
{
	return answer(ble, peer, confirm, confirmed);
}

int ble_enter_passkey(struct ble *ble, ble_conn_id peer, uint32_t passkey)
{
	int err = module_range(ble, "passkey", passkey, 0, 999999);
	return err ? err : answer(ble, peer, ble_conn_passkey, passkey);
}
