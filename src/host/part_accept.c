/*
 * The part ble_accept: the filter accept list, whoever goes by it.
 */
#include <ble/accept.h>

#include "host/privacy.h"

enum { CAP_DEFAULT = 8 };

static struct gap_users users(struct gap_accept *a)
{
	return host_gap_users(host_of(a->hci));
}

static int too_long(struct ble_host *h, size_t count, const struct gap_accept *a)
{
	return host_refuse(h, BLE_ENOMEM, "accept list: addresses", count > INT32_MAX ? INT32_MAX : (int32_t)count, 0,
		(int32_t)gap_accept_room(a));
}

static void failed(struct gap_accept *a, int err)
{
	struct ble_host *h = host_of(a->hci);
	if (err == BLE_ENOMEM)
		(void)too_long(h, a->count, a);
	host_error(h, BLE_OP_ACCEPT, 0, err);
}

static uint8_t cap_of(const struct ble_host_config *config)
{
	return config->accept_list ? config->accept_list : CAP_DEFAULT;
}

static void measure(const struct ble_host_config *config, size_t *host_size, size_t *conn_size)
{
	(void)conn_size;
	*host_size += cap_of(config) * sizeof(struct ble_addr);
}

static void attach(struct ble_host *h, struct ble_part_slot *slot, const struct ble_host_config *config)
{
	struct gap_accept *a = host_mem(slot);
	a->cap = cap_of(config);
	a->users = users;
	a->failed = failed;
	gap_accept_init(a, &h->hci);
}

const struct ble_room ble_accept_room = { .host_size = sizeof(struct gap_accept), .measure = measure };

const struct ble_part ble_accept = { .name = "ble_accept", .room = &ble_accept_room, .attach = attach };

int ble_accept_set(struct ble_host *h, const struct ble_addr *addrs, size_t count)
{
	int err = 0;
	struct ble_part_slot *slot = host_need(h, &ble_accept, "the accept list needs the part ble_accept", &err);
	if (!slot)
		return err;
	struct gap_accept *a = host_mem(slot);
	for (size_t i = 0; !err && i < count; i++)
		err = host_range(h, "addrs.type", addrs[i].type, 0, BLE_ADDR_RANDOM_IDENTITY);
	if (!err && gap_accept_set(a, addrs, count))
		err = too_long(h, count, a);
	return err;
}
