/*
 * Memory: what a configuration comes to, and a host made of it. ble_host_memory() and ble_host_init() add up the same
 * pieces, so what the one says is exactly what the other needs:
 *
 *	struct ble_host | connections | buckets | packets | PDUs to put together | slot of a part, its memory | next part ...
 *
 * Every piece that begins with a pointer or a time is a multiple of eight octets long, or of a pointer's.
 */
#include "gatt/gatt.h"
#include "host/host.h"

enum { ATT_MTU_MAX = 517, CONNECTIONS_MAX = 250, TX_QUEUE_MAX = 255, NAME_MAX = 248 };

/* A configuration with its defaults filled in, and what else has limits. */
struct plan {
	struct ble_host_config c;
	uint16_t name_octets, parts;
};

static size_t up8(size_t n)
{
	return (n + 7) & ~(size_t)7;
}

/* 0, or BLE_ERANGE with the fault. */
static int settle(struct plan *p, const struct ble_host_config *config, struct ble_fault *fault)
{
#define OF(member) offsetof(struct plan, member)
	static const struct {
		const char *subject;
		uint16_t at, preset, min, max;
	} rows[] = {
		{ "connections", OF(c.connections), 1, 1, CONNECTIONS_MAX },
		{ "services", OF(c.services), 8, 1, UINT16_MAX - GATT_OWN_SERVICES },
		{ "subscriptions", OF(c.subscriptions), 16, 1, UINT16_MAX - GATT_OWN_SUBSCRIBABLE },
		{ "att_mtu", OF(c.att_mtu), 247, ATT_MTU_DEFAULT, ATT_MTU_MAX },
		{ "acl_octets", OF(c.acl_octets), 251, 27, UINT16_MAX },
		{ "name", OF(name_octets), 0, 1, NAME_MAX },
		{ "parts", OF(parts), 0, 0, HOST_PARTS_MAX },
	};
	size_t len = config->name ? strlen(config->name) : 1;
	p->c = *config;
	p->name_octets = (uint16_t)(len < UINT16_MAX ? len : UINT16_MAX);
	p->parts = 0;
	while (config->parts && config->parts[p->parts])
		p->parts++;
	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		uint16_t *value = (uint16_t *)(void *)((uint8_t *)p + rows[i].at);
		if (!*value)
			*value = rows[i].preset;
		if (*value < rows[i].min || *value > rows[i].max)
			return gatt_refuse(fault, BLE_ERANGE, rows[i].subject, *value, rows[i].min, rows[i].max);
	}
	uint16_t connections = p->c.connections, *queue = &p->c.tx_queue;
	if (!*queue)
		*queue = (uint16_t)(connections < TX_QUEUE_MAX - 4 ? connections + 4 : TX_QUEUE_MAX);
	if (*queue < connections || *queue > TX_QUEUE_MAX)
		return gatt_refuse(fault, BLE_ERANGE, "tx_queue", *queue, connections, TX_QUEUE_MAX);
	return 0;
}

/* A power of two. */
static unsigned buckets_of(const struct ble_host_config *c)
{
	unsigned n = 1;
	while (n < c->connections)
		n *= 2;
	return n;
}

static uint16_t pdu_octets(const struct ble_host_config *c)
{
	return (uint16_t)(c->att_mtu + L2CAP_HDR_LEN);
}

static size_t core_octets(const struct ble_host_config *c)
{
	size_t conns = c->connections * (sizeof(struct ble_conn) + pdu_octets(c));
	return up8(sizeof(struct ble_host) + conns + buckets_of(c) * sizeof(void *) +
		c->tx_queue * hci_tx_block(pdu_octets(c)));
}

/* Octets of a part's slot and memory; *conn: a connection's, which are the last. */
static size_t part_octets(const struct ble_room *room, const struct ble_host_config *c, size_t *conn)
{
	size_t host = room->host_size;
	*conn = room->conn_size;
	if (room->measure)
		room->measure(c, &host, conn);
	*conn = up8(*conn);
	return sizeof(struct ble_part_slot) + up8(host) + *conn * c->connections;
}

/* Among the first n of a list that may be NULL. */
static bool has_part(const struct ble_part *const *parts, unsigned n, const struct ble_room *room)
{
	for (unsigned i = 0; parts && i < n && parts[i]; i++)
		if (parts[i]->room == room)
			return true;
	return false;
}

static size_t total(const struct ble_host_config *c)
{
	size_t conn, sum = core_octets(c);
	for (unsigned i = 0; c->parts && c->parts[i]; i++)
		if (!has_part(c->parts, i, c->parts[i]->room))
			sum += part_octets(c->parts[i]->room, c, &conn);
	for (unsigned i = 0; c->rooms && c->rooms[i]; i++)
		if (!has_part(c->parts, HOST_PARTS_MAX, c->rooms[i]))
			sum += part_octets(c->rooms[i], c, &conn);
	return sum;
}

size_t ble_host_memory(const struct ble_host_config *config)
{
	struct plan p;
	return settle(&p, config, NULL) ? 0 : total(&p.c);
}

static void wire(struct ble_host *h, const struct ble_host_config *c)
{
	h->conns = (struct ble_conn *)(h + 1);
	struct hci_link **bucket = (struct hci_link **)(h->conns + c->connections);
	uint8_t *pool = (uint8_t *)(bucket + buckets_of(c));
	uint8_t *pdu = pool + c->tx_queue * hci_tx_block(pdu_octets(c));
	h->conn_count = (uint8_t)c->connections;
	h->name = c->name;
	h->services = c->services;
	h->bonds = c->bonds;
	h->subscribable = c->subscriptions;
	h->mtu = c->att_mtu;
	h->prepared_octets = c->prepared_octets;
	h->all_may_wait = c->tx_queue > c->connections;
	for (unsigned i = 0; i < c->connections; i++, pdu += pdu_octets(c)) {
		struct ble_conn *conn = &h->conns[i];
		conn->host = h;
		conn->id = conn->slot = (uint8_t)i;
		conn->l2cap.hci = &conn->hci;
		conn->l2cap.pdu = pdu;
		conn->l2cap.cap = pdu_octets(c);
		conn->att.link = &conn->l2cap;
		conn->att.att = &h->att;
		conn->att.slot = (uint8_t)i;
	}
	host_init(h, &(struct hci_config){ .transport = c->transport, .platform = c->platform,
			     .trace = c->trace, .bucket = bucket, .buckets = (uint16_t)buckets_of(c),
			     .acl_octets = c->acl_octets, .links = c->connections, .pool = pool,
			     .tx_count = c->tx_queue, .pdu_octets = pdu_octets(c) });
}

/* Into the next octets of the memory; the fault is the host's. */
static int attach(struct ble_host *h, const struct ble_part *part, const struct ble_host_config *c)
{
	size_t conn, size = part_octets(part->room, c, &conn), used = h->used + size;
	if (used > h->size)
		return host_refuse(h, BLE_ENOMEM, "memory", (int32_t)h->size, (int32_t)used, INT32_MAX);
	struct ble_part_slot *slot = (void *)((uint8_t *)h + h->used);
	h->used = used;
	slot->conn = (uint8_t *)h + used - conn * h->conn_count;
	slot->stride = (uint16_t)conn;
	slot->part = part;
	slot->next = h->parts;
	slot->index = h->parts ? (uint8_t)(h->parts->index + 1) : 0;
	h->parts = slot;
	if (h->security)
		h->security->guard(h, false);
	if (part->attach)
		part->attach(h, slot, c);
	if (h->security)
		h->security->guard(h, true);
	return 0;
}

int ble_host_init(struct ble_host **host, void *memory, size_t size, const struct ble_host_config *config,
	struct ble_fault *fault)
{
	struct plan p;
	struct ble_host *h = memory;
	*host = NULL;
	const char *missing = !memory || (uintptr_t)memory % _Alignof(uint64_t) ? "memory" :
		!config->transport					? "transport" :
		!config->platform || !config->platform->random		? "platform" :
									  NULL;
	if (missing)
		return gatt_refuse(fault, BLE_EINVAL, missing, 0, 0, -1);
	int err = settle(&p, config, fault);
	if (err)
		return err;
	size_t need = total(&p.c);
	if (size < need)
		return gatt_refuse(fault, BLE_ENOMEM, "memory", (int32_t)size, (int32_t)need, INT32_MAX);
	memset(memory, 0, size);
	h->size = size;
	h->used = core_octets(&p.c);
	wire(h, &p.c);
	for (unsigned i = 0; i < p.parts; i++)
		if (!host_part(h, config->parts[i]))
			(void)attach(h, config->parts[i], &p.c);
	*host = h;
	return 0;
}

int ble_host_attach(struct ble_host *h, const struct ble_part *part)
{
	if (host_part(h, part))
		return 0;
	if (h->parts && h->parts->index + 1 == HOST_PARTS_MAX)
		return host_refuse(h, BLE_ENOMEM, "parts", HOST_PARTS_MAX + 1, 0, HOST_PARTS_MAX);
	return attach(h, part,
		&(struct ble_host_config){ .connections = h->conn_count, .services = (uint8_t)h->services, .name = h->name,
			.bonds = h->bonds, .subscriptions = h->subscribable, .att_mtu = h->mtu,
			.prepared_octets = h->prepared_octets });
}

struct ble_part_slot *host_part(const struct ble_host *h, const struct ble_part *part)
{
	struct ble_part_slot *slot = h->parts;
	while (slot && slot->part != part)
		slot = slot->next;
	return slot;
}

struct ble_part_slot *host_need(struct ble_host *h, const struct ble_part *part, const char *hint, int *err)
{
	struct ble_part_slot *slot = host_part(h, part);
	if (!slot)
		*err = host_refuse_hint(h, BLE_ENOTSUP, part->name, hint);
	return slot;
}

void *host_own(struct ble_host *h, const struct ble_part *part, int *err)
{
	struct ble_part_slot *slot = host_need(h, part, host_not_attached, err);
	return slot ? slot->mem : NULL;
}
