/* See victim.h. */
#include "tests/attacks/victim.h"

#include "base/le.h"

struct fake f;
ble_conn_id attacker, bystander;
uint8_t answer[FAKE_PACKET];

int victim_setup(void **state)
{
	(void)state;
	fake_init(&f);
	return 0;
}

void victim_up(struct ble_host_config config)
{
	static const struct ble_part *const parts[] = { &ble_peripheral, &ble_bare_server, NULL };
	if (!config.parts)
		config.parts = parts;
	if (!config.connections)
		config.connections = 2;
	fake_host(&f, config);
	assert_int_equal(target_add(f.host), 0);
	fake_up(&f);
	attacker = fake_connected(&f, ATTACKER, BLE_ROLE_PERIPHERAL);
	bystander = fake_connected(&f, BYSTANDER, BLE_ROLE_PERIPHERAL);
}

void victim_forget(void)
{
	f.event_seen = f.event_count = 0;
}

static void serves(uint16_t handle)
{
	fake_acl(&f, handle, FIRST, OCTETS(3, 0, 4, 0, 0x0A, 3, 0));
	fake_acl_sent(&f, handle, 0, OCTETS(5, 0, 4, 0, 0x0B, 1, 2, 3, 4));
	fake_completed(&f, handle, 1);
}

void victim_serves(void)
{
	victim_forget();
	fake_silent(&f);
	serves(ATTACKER);
	serves(BYSTANDER);
	fake_silent(&f);
	fake_expect_none(&f);
}

void victim_end(void)
{
	fake_silent(&f);
	fake_end(&f);
}

struct ble_host_stats victim_stats(void)
{
	struct ble_host_stats s;
	ble_host_stats(f.host, &s);
	return s;
}

void say(uint16_t cid, const void *pdu, size_t len)
{
	uint8_t frame[FAKE_PACKET];
	assert_true(len + 4 <= sizeof frame);
	le16_put(frame, (uint16_t)len);
	le16_put(frame + 2, cid);
	if (len)
		memcpy(frame + 4, pdu, len);
	fake_acl(&f, ATTACKER, FIRST, frame, len + 4);
}

int heard(uint16_t cid)
{
	int n = 0;
	unsigned packets = 0;
	while (f.out.head != f.out.tail) {
		const struct fake_packet *p = fake_sent(&f);
		assert_int_equal(p->data[0], 2);
		assert_int_equal(le16_get(p->data + 1), ATTACKER | (packets ? 1u << 12 : 0));
		assert_true((size_t)n + p->len - 5 <= sizeof answer);
		memcpy(answer + n, p->data + 5, p->len - 5u);
		n += p->len - 5;
		packets++;
		fake_completed(&f, ATTACKER, 1); /* what waited for it goes now */
	}
	if (!n)
		return -1;
	assert_true(n >= 4);
	assert_int_equal(n, 4 + le16_get(answer)); /* one frame, whole */
	assert_int_equal(le16_get(answer + 2), cid);
	memmove(answer, answer + 4, (size_t)n - 4);
	return n - 4;
}

int ask(const void *pdu, size_t len)
{
	say(ATT, pdu, len);
	return heard(ATT);
}
