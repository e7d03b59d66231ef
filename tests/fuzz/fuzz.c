/* See fuzz.h. */
#include "tests/fuzz/fuzz.h"

#include "base/le.h"

/* Behind the target's services: a description that is written, two formats, and what names both. */
static const struct ble_format format = { .format = 4, .unit = 0x2700, .name_space = 1 };
static const struct ble_characteristic
	value = { .uuid = 0xB020, .permission = BLE_READ | BLE_WRITE | BLE_NOTIFY, .size = 8, .format = &format },
	text = { .uuid = 0x2901, .type = BLE_DESCRIPTOR, .permission = BLE_READ | BLE_WRITE, .size = 100 },
	second = { .uuid = 0x2904, .type = BLE_DESCRIPTOR, .permission = BLE_READ, .format = &format },
	both = { .uuid = 0x2905, .type = BLE_DESCRIPTOR, .permission = BLE_READ };
static const struct ble_service described = { .uuid = 0xA020, .characteristics = BLE_LIST(&value, &text, &second, &both) };

void fuzz_up(void)
{
	static const struct ble_part *const parts[] = { &ble_peripheral, &ble_bare_server, &ble_prepared, &ble_multiple,
		&ble_descriptors, &ble_observer, &ble_central, &ble_client, NULL };
	fake_init(&f);
	victim_up((struct ble_host_config){ .parts = parts, .att_mtu = 517 });
	assert_int_equal(ble_server_add(f.host, &described, NULL), 0);
}

bool fuzz_next(struct rd *r, const uint8_t **packet, size_t *len)
{
	*len = rd_u8(r);
	*packet = rd_take(r, *len);
	return rd_ok(r);
}

void fuzz_packet(const uint8_t *packet, size_t len)
{
	if (f.opens > f.closes)
		fake_packet(&f, packet, len);
}

void fuzz_settle(void)
{
	while (f.out.head != f.out.tail) {
		const struct fake_packet *p = fake_sent(&f);
		if (p->data[0] == 2)
			fake_completed(&f, le16_get(p->data + 1) & 0xFFF, 1);
	}
	victim_forget();
}

void fuzz_serves(void)
{
	fuzz_settle();
	fake_acl(&f, BYSTANDER, FIRST, OCTETS(3, 0, ATT, 0, 0x0A, 3, 0));
	fake_acl_sent(&f, BYSTANDER, 0, OCTETS(5, 0, ATT, 0, 0x0B, 1, 2, 3, 4));
}

void fuzz_end(void)
{
	fuzz_settle();
	fake_end(&f);
}
