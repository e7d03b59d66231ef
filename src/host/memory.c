/*
 * Memory: ble_host_memory() and ble_host_init() are one pass over the same takes, measuring or dealing out, so what the
 * one says is exactly what the other needs.
 */
#include "base/attr.h"
#include "gatt/gatt.h"
#include "host/host.h"

enum { ATT_MTU_MAX = 517, SERVICES_DEFAULT = 8 };

struct layout {
	struct ble_host *host;
	struct ble_conn *conns;
	struct hci_link **bucket;
	void *pool;
	uint8_t *pdus;
	uint16_t buckets, pdu_octets;
};

static struct ble_host_config defaults(const struct ble_host_config *config)
{
	struct ble_host_config c = *config;
	if (!c.name)
		c.name = "Glint";
	if (!c.connections)
		c.connections = 1;
	if (!c.tx_queue)
		c.tx_queue = (uint8_t)(c.connections > UINT8_MAX - 4 ? UINT8_MAX : c.connections + 4);
	if (!c.services)
		c.services = SERVICES_DEFAULT;
	if (!c.subscribable)
		c.subscribable = 16;
	if (!c.att_mtu)
		c.att_mtu = 247;
	if (!c.acl_octets)
		c.acl_octets = 251;
	return c;
}

static void room_sizes(const struct ble_room *room, const struct ble_host_config *c, size_t *host, size_t *conn)
{
	*host = room->host_size;
	*conn = room->conn_size;
	if (room->measure)
		room->measure(c, host, conn);
	*conn = (*conn + sizeof(void *) * 2 - 1) & ~(sizeof(void *) * 2 - 1);
}

/* c has its defaults filled in. */
static struct layout deal(struct arena *a, const struct ble_host_config *c)
{
	struct layout l = { .buckets = 1, .pdu_octets = (uint16_t)(c->att_mtu + L2CAP_HDR_LEN) };
	while (l.buckets < c->connections)
		l.buckets = (uint16_t)(l.buckets * 2);
	l.host = arena_take(a, sizeof *l.host, _Alignof(struct ble_host));
	l.conns = arena_take(a, sizeof *l.conns * c->connections, _Alignof(struct ble_conn));
	l.bucket = arena_take(a, sizeof(void *) * l.buckets, _Alignof(void *));
	l.pool = arena_take(a, (size_t)hci_tx_block(l.pdu_octets) * c->tx_queue, _Alignof(void *));
	l.pdus = arena_take(a, (size_t)l.pdu_octets * c->connections, 1);
	return l;
}

/* NULL, too, when it only measures. */
static struct ble_part_slot *deal_room(struct arena *a, const struct ble_room *room, const struct ble_host_config *c)
{
	size_t host, conn;
	room_sizes(room, c, &host, &conn);
	struct ble_part_slot *slot = arena_take(a, sizeof *slot + host, _Alignof(uint64_t));
	uint8_t *conns = arena_take(a, conn * c->connections, _Alignof(uint64_t));
	if (!arena_ok(a) || !slot)
		return NULL;
	*slot = (struct ble_part_slot){ .conn = conns, .stride = (uint16_t)conn };
	return slot;
}

/* Among the first n of a list that may be NULL. */
static bool has_part(const struct ble_part *const *parts, unsigned n, const struct ble_room *room)
{
	for (unsigned i = 0; parts && i < n && parts[i]; i++)
		if (parts[i]->room == room)
			return true;
	return false;
}

size_t ble_host_memory(const struct ble_host_config *config)
{
	struct ble_host_config c = defaults(config);
	struct arena a = arena_of(NULL, 0);
	(void)deal(&a, &c);
	for (unsigned i = 0; c.parts && c.parts[i]; i++)
		if (!has_part(c.parts, i, c.parts[i]->room))
			(void)deal_room(&a, c.parts[i]->room, &c);
	for (unsigned i = 0; c.rooms && c.rooms[i]; i++)
		if (!has_part(c.parts, UINT16_MAX, c.rooms[i]))
			(void)deal_room(&a, c.rooms[i], &c);
	return (a.used + 7) & ~(size_t)7;
}

static NOINLINE int refuse(struct ble_fault *f, int err, const char *subject, int32_t value, int32_t min, int32_t max)
{
	if (f)
		*f = (struct ble_fault){ .err = err, .subject = subject, .value = value, .min = min, .max = max };
	return err;
}

static unsigned count_parts(const struct ble_host_config *c)
{
	unsigned n = 0;
	while (c->parts && c->parts[n])
		n++;
	return n;
}

static int check(const struct ble_host_config *c, struct ble_fault *f)
{
	const struct {
		const char *subject;
		uint32_t value, min, max;
	} ranges[] = {
		{ "connections", c->connections, 1, 250 },
		{ "tx_queue", c->tx_queue, c->connections, UINT8_MAX },
		{ "subscribable", c->subscribable, 1, UINT16_MAX - GATT_OWN_SUBSCRIBABLE }, /* CCCDs are counted in 16 bits */
		{ "att_mtu", c->att_mtu, ATT_MTU_DEFAULT, ATT_MTU_MAX },
		{ "acl_octets", c->acl_octets, 27, UINT16_MAX },
		{ "name", (uint32_t)strlen(c->name), 1, 248 },
		{ "parts", count_parts(c), 0, HOST_PARTS_MAX },
	};
	if (!c->transport)
		return refuse(f, BLE_EINVAL, "transport", 0, 0, -1);
	if (!c->platform || !c->platform->random)
		return refuse(f, BLE_EINVAL, "platform", 0, 0, -1);
	for (unsigned i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
		if (ranges[i].value < ranges[i].min || ranges[i].value > ranges[i].max)
			return refuse(f, BLE_ERANGE, ranges[i].subject, (int32_t)ranges[i].value,
				(int32_t)ranges[i].min, (int32_t)ranges[i].max);
	return 0;
}

static void wire(struct ble_host *h, const struct layout *l, const struct ble_host_config *c)
{
	h->conns = l->conns;
	h->conn_count = c->connections;
	h->name = c->name;
	h->services = c->services;
	h->subscribable = c->subscribable;
	h->mtu = c->att_mtu;
	h->prepared_octets = c->prepared_octets;
	h->all_may_wait = c->tx_queue > c->connections;
	for (unsigned i = 0; i < c->connections; i++) {
		struct ble_conn *conn = &h->conns[i];
		conn->host = h;
		conn->slot = (uint8_t)i;
		conn->l2cap.pdu = l->pdus + (size_t)i * l->pdu_octets;
		conn->l2cap.cap = l->pdu_octets;
	}
	host_init(h, &(struct hci_config){ .transport = c->transport, .platform = c->platform,
			     .trace = c->trace, .bucket = l->bucket, .buckets = l->buckets,
			     .acl_octets = c->acl_octets, .links = c->connections, .pool = l->pool,
			     .tx_count = c->tx_queue, .pdu_octets = l->pdu_octets });
}

/* The slot's memory has been dealt. */
static void attach(struct ble_host *h, struct ble_part_slot *slot, const struct ble_part *part,
	const struct ble_host_config *c)
{
	slot->part = part;
	slot->next = h->parts;
	slot->index = h->parts ? (uint8_t)(h->parts->index + 1) : 0;
	h->parts = slot;
	if (part->attach)
		part->attach(h, slot, c);
}

int ble_host_init(struct ble_host **host, void *memory, size_t size, const struct ble_host_config *config,
	struct ble_fault *fault)
{
	*host = NULL;
	if (!memory || (uintptr_t)memory % _Alignof(uint64_t))
		return refuse(fault, BLE_EINVAL, "memory", 0, 0, -1);
	struct ble_host_config c = defaults(config);
	int err = check(&c, fault);
	if (err)
		return err;
	size_t need = ble_host_memory(&c);
	if (size < need)
		return refuse(fault, BLE_ENOMEM, "memory", (int32_t)size, (int32_t)need, INT32_MAX);
	struct arena a = arena_of(memory, size);
	struct layout l = deal(&a, &c);
	wire(l.host, &l, &c);
	for (unsigned i = 0; c.parts && c.parts[i]; i++)
		if (!host_part(l.host, c.parts[i]))
			attach(l.host, deal_room(&a, c.parts[i]->room, &c), c.parts[i], &c);
	l.host->arena = a;
	*host = l.host;
	return 0;
}

int ble_host_attach(struct ble_host *h, const struct ble_part *part)
{
	if (host_part(h, part))
		return 0;
	if (h->parts && h->parts->index + 1 == HOST_PARTS_MAX)
		return host_refuse(h, BLE_ENOMEM, "parts", HOST_PARTS_MAX + 1, 0, HOST_PARTS_MAX);
	const struct ble_host_config c = { .connections = h->conn_count, .services = h->services, .name = h->name,
		.subscribable = h->subscribable, .att_mtu = h->mtu, .prepared_octets = h->prepared_octets };
	struct arena a = h->arena;
	struct ble_part_slot *slot = deal_room(&a, part->room, &c);
	if (!slot)
		return host_refuse(h, BLE_ENOMEM, "memory", (int32_t)a.size, (int32_t)a.used, INT32_MAX);
	h->arena = a;
	attach(h, slot, part, &c);
	return 0;
}

void *host_take(struct ble_host *h, size_t size, size_t align)
{
	struct arena a = h->arena;
	void *p = arena_take(&a, size, align);
	if (p)
		h->arena = a;
	return p;
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
