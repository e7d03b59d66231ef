#include "tests/unit/host/peer.h"

#include "base/le.h"

static struct peer *of_link(struct smp_link *l)
{
	return CONTAINER_OF(l, struct peer, link);
}

static void on_random(void *ctx, void *dst, size_t len)
{
	struct peer *p = ctx;
	for (size_t i = 0; i < len; i++) {
		uint64_t z = p->seed += UINT64_C(0x9E3779B97F4A7C15);
		z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
		((uint8_t *)dst)[i] = (uint8_t)(z ^ z >> 29);
	}
}

struct peer_item *peer_item(struct peer *p, uint32_t key)
{
	for (unsigned i = 0; i < PEER_ITEMS; i++)
		if (p->items[i].len && p->items[i].key == key)
			return &p->items[i];
	return NULL;
}

static int on_load(void *ctx, uint32_t key, void *dst, size_t cap)
{
	const struct peer_item *item = peer_item(ctx, key);
	if (((struct peer *)ctx)->load_err)
		return ((struct peer *)ctx)->load_err;
	if (!item)
		return BLE_ENOENT;
	memcpy(dst, item->data, (size_t)item->len < cap ? (size_t)item->len : cap);
	return item->len;
}

static bool is_off(struct peer *p)
{
	p->ops++;
	if (!p->power)
		return true;
	p->power--;
	return false;
}

static int on_save(void *ctx, uint32_t key, const void *src, size_t len)
{
	struct peer *p = ctx;
	struct peer_item *item = peer_item(p, key);
	assert_true(len >= 1 && len <= PEER_ITEM);
	p->saves++;
	if (is_off(p))
		return BLE_EIO;
	if (p->store_err)
		return p->store_err;
	if (p->cut && p->saves >= p->cut)
		return BLE_EIO;
	for (unsigned i = 0; !item; i++) {
		assert_true(i < PEER_ITEMS);
		if (!p->items[i].len)
			item = &p->items[i];
	}
	item->key = key;
	item->len = (int)len;
	memcpy(item->data, src, len);
	return 0;
}

static int on_erase(void *ctx, uint32_t key)
{
	struct peer_item *item = peer_item(ctx, key);
	if (is_off(ctx))
		return BLE_EIO;
	if (!item)
		return BLE_ENOENT;
	memset(item, 0, sizeof *item);
	return 0;
}

static bool on_send(struct smp_link *l, const uint8_t *pdu, uint16_t len)
{
	struct peer *p = of_link(l);
	assert_true(p->tail - p->head < 16);
	memcpy(p->queue[p->tail % 16], pdu, len);
	p->queue_len[p->tail++ % 16] = (uint8_t)len;
	return true;
}

/* The peer is the central: its link layer asks the host for the key. */
static void ask_key(struct peer *p, const uint8_t key[16], uint16_t ediv, uint64_t rand)
{
	uint8_t req[12] = { PEER_HANDLE, 0 };
	memcpy(p->host_key, key, 16); /* to be compared with the reply */
	le64_put(req + 2, rand);
	le16_put(req + 10, ediv);
	fake_le(&p->f, HCI_LE_EVT_LONG_TERM_KEY_REQUEST, req, sizeof req);
}

static void on_encrypt(struct smp_link *l, const uint8_t key[16], uint16_t ediv, uint64_t rand)
{
	if (!of_link(l)->idles)
		ask_key(of_link(l), key, ediv, rand);
}

static bool on_find_key(struct smp_link *l, uint16_t ediv, uint64_t rand, uint8_t key[16])
{
	const struct peer *p = of_link(l);
	if (!(p->ours.have & SMP_DIST_ENC) || p->ours.ediv != ediv || p->ours.rand != rand)
		return false;
	memcpy(key, p->ours.ltk, 16);
	return true;
}

static uint8_t on_may(struct smp_link *l, const struct smp_strength *s, bool bonding)
{
	(void)l, (void)s, (void)bonding;
	return 0;
}

static void on_requested(struct smp_link *l, uint8_t auth_req)
{
	struct peer *p = of_link(l);
	(void)auth_req;
	p->asked++;
}

static void on_ask(struct smp_link *l, enum smp_ask what, uint32_t value)
{
	struct peer *p = of_link(l);
	if (what == SMP_ASK_COMPARE)
		assert_int_equal(smp_consent(l, true), 0);
	if (what == SMP_ASK_SHOW || what == SMP_ASK_COMPARE)
		p->number = value;
}

static uint8_t on_identity(struct smp_link *l, const struct smp_keys *theirs, const struct smp_strength *s)
{
	(void)l, (void)theirs, (void)s;
	return 0;
}

static void on_ended(struct smp_link *l, const struct smp_result *result)
{
	struct peer *p = of_link(l);
	p->ended++;
	p->result = *result;
	if (result->theirs) {
		p->theirs = *result->theirs;
		p->ours = *result->ours;
	}
	p->result.theirs = p->result.ours = NULL;
}

static const struct smp_hooks hooks = { on_send, on_encrypt, on_find_key, on_may, on_requested, on_ask, on_identity, on_ended };

void peer_init(struct peer *p)
{
	memset(p, 0, sizeof *p);
	p->budget = p->power = UINT32_MAX;
	p->platform = (struct ble_platform){ .ctx = p, .random = on_random };
	p->smp = (struct smp){ .crypto = &ble_crypto_psa, .platform = &p->platform, .timers = &p->timers, .hooks = &hooks,
		.identity = { BLE_ADDR_RANDOM, { 1, 2, 3, 4, 5, 0xC6 } }, .irk = { 9, 8, 7 },
		.config = { .sc = &smp_sc, .legacy = &smp_legacy, .passkey = &smp_model_passkey,
			.numeric = &smp_model_numeric, .io = SMP_IO_KEYBOARD_DISPLAY, .bonding = true, .key_min = 7,
			.key_max = 16, .initiator_keys = 7, .responder_keys = 7 } };
}

void peer_host(struct peer *p, struct ble_host_config config)
{
	fake_init(&p->f);
	if (p->no_address)
		memset(p->f.bd_addr, 0, 6);
	p->f.platform = (struct ble_platform){ .ctx = p, .random = on_random, .load = on_load, .save = on_save,
		.erase = on_erase, .crypto = &ble_crypto_psa };
	fake_host(&p->f, config);
	p->f.answers = true;
	assert_int_equal(ble_host_start(p->f.host), 0);
	fake_pump(&p->f);
	p->f.answers = false;
	p->f.out.head = p->f.out.tail;
}

ble_conn_id peer_connect(struct peer *p, uint8_t role, const struct ble_addr *address)
{
	uint8_t cc[18] = { 0, PEER_HANDLE, 0, role, address->type, 0, 0, 0, 0, 0, 0, 24, 0, 0, 0, 0x90, 1, 0 };
	struct ble_addr ours;
	assert_int_equal(ble_host_address(p->f.host, &ours), 0);
	memcpy(cc + 5, address->octets, 6);
	memset(&p->link, 0, sizeof p->link);
	smp_open(&p->link, &p->smp, !role, address, &ours);
	p->up = true;
	p->encrypted = false;
	p->head = p->tail;
	p->f.event_seen = p->f.event_count = 0;
	fake_le(&p->f, HCI_LE_EVT_CONNECTION_COMPLETE, cc, sizeof cc);
	const struct ble_event *ev = fake_expect(&p->f, BLE_EV_CONNECTED);
	return ev->conn;
}

void peer_disconnect(struct peer *p)
{
	p->up = false;
	smp_close(&p->link);
	fake_disconnected(&p->f, PEER_HANDLE, 0x13);
}

static void encrypted(struct peer *p, bool same)
{
	p->encrypted = same;
	fake_event(&p->f, HCI_EVT_ENCRYPTION_CHANGE, OCTETS(same ? 0 : 0x3D, PEER_HANDLE, 0, same));
	smp_encrypted(&p->link, same ? 0 : BLE_EHCI(0x3D));
}

static void on_enable(struct peer *p, const uint8_t *params)
{
	uint8_t key[16];
	uint64_t rand = le64_get(params + 2);
	uint16_t ediv = le16_get(params + 10);
	fake_status(&p->f, HCI_CMD_LE_ENABLE_ENCRYPTION, 0);
	memcpy(p->host_key, params + 12, 16);
	if (smp_key_request(&p->link, ediv, rand, key)) {
		encrypted(p, !memcmp(key, p->host_key, 16));
		return;
	}
	p->negative++; /* the peer has no key: LL_REJECT_IND, 0x06 */
	fake_event(&p->f, HCI_EVT_ENCRYPTION_CHANGE, OCTETS(0x06, PEER_HANDLE, 0, 0));
}

static void on_command(struct peer *p, uint16_t opcode, const uint8_t *params)
{
	uint8_t ret[2] = { PEER_HANDLE, 0 };
	switch (opcode) {
	case HCI_CMD_LE_ENABLE_ENCRYPTION: on_enable(p, params); break;
	case HCI_CMD_LE_LONG_TERM_KEY_REQUEST_REPLY: {
		bool same = !memcmp(params + 2, p->host_key, 16);
		fake_complete(&p->f, opcode, 0, ret, 2);
		encrypted(p, same);
		break;
	}
	case HCI_CMD_LE_LONG_TERM_KEY_REQUEST_NEGATIVE_REPLY:
		p->negative++;
		fake_complete(&p->f, opcode, 0, ret, 2);
		smp_encrypted(&p->link, BLE_EHCI(0x06));
		break;
	case HCI_CMD_DISCONNECT:
		fake_status(&p->f, opcode, 0);
		peer_disconnect(p);
		break;
	default: fake_complete(&p->f, opcode, 0, NULL, 0);
	}
}

static bool serve(struct peer *p)
{
	if (p->f.out.head != p->f.out.tail) {
		struct fake_packet packet = *fake_sent(&p->f);
		if (packet.data[0] == 1) {
			on_command(p, le16_get(packet.data + 1), packet.data + 4);
			return true;
		}
		bool smp = le16_get(packet.data + 7) == 6;
		if (p->keeps_keys && smp && packet.data[9] >= SMP_ENCRYPTION_INFO && packet.data[9] <= SMP_SIGNING_INFO)
			p->kept++;
		else
			fake_completed(&p->f, PEER_HANDLE, 1);
		if (p->up && smp)
			smp_rx(&p->link, packet.data + 9, le16_get(packet.data + 5));
		return true;
	}
	if (p->up && p->head != p->tail && p->budget) {
		p->budget--;
		uint8_t acl[90], len = p->queue_len[p->head % 16];
		le16_put(acl, len);
		le16_put(acl + 2, 6);
		memcpy(acl + 4, p->queue[p->head++ % 16], len);
		fake_acl(&p->f, PEER_HANDLE, 2, acl, 4u + len);
		return true;
	}
	return false;
}

void peer_run(struct peer *p)
{
	enum { WHILE_US = 5000 }; /* a host that has paired looks whether its keys have come */
	fake_pump(&p->f);
	do {
		while (serve(p))
			;
		fake_pass(&p->f, WHILE_US);
	} while (p->f.out.head != p->f.out.tail);
}

bool peer_encrypt(struct peer *p, const uint8_t key[16], uint16_t ediv, uint64_t rand)
{
	p->encrypted = false;
	ask_key(p, key, ediv, rand);
	peer_run(p);
	return p->encrypted;
}

size_t peer_sign(const uint8_t csrk[16], uint8_t *pdu, size_t len, uint32_t counter)
{
	le32_put(pdu + len, counter);
	assert_int_equal(crypto_sign(&ble_crypto_psa, csrk, pdu, len, counter, pdu + len + 4), 0);
	return len + 12;
}

unsigned peer_att(struct peer *p, const void *pdu, size_t len, uint8_t *rsp, size_t cap)
{
	uint8_t acl[100];
	peer_run(p);
	le16_put(acl, (uint16_t)len);
	le16_put(acl + 2, 4);
	memcpy(acl + 4, pdu, len);
	fake_acl(&p->f, PEER_HANDLE, 2, acl, 4 + len);
	if (p->f.out.head == p->f.out.tail)
		return 0;
	const struct fake_packet *packet = fake_sent(&p->f);
	unsigned got = le16_get(packet->data + 5);
	assert_true(packet->data[0] == 2 && le16_get(packet->data + 7) == 4);
	memcpy(rsp, packet->data + 9, got < cap ? got : cap);
	fake_completed(&p->f, PEER_HANDLE, 1);
	return got;
}

struct smp_strength peer_strength(enum peer_kind kind)
{
	static const struct smp_strength strengths[PEER_KINDS] = {
		[PEER_JUST_WORKS] = { .sc = true, .key_size = 16 },
		[PEER_SHORT] = { .sc = true, .key_size = 7 },
		[PEER_PASSKEY_LEGACY] = { .authenticated = true, .key_size = 16 },
		[PEER_PASSKEY_SHORT] = { .authenticated = true, .sc = true, .key_size = 7 },
		[PEER_PASSKEY] = { .authenticated = true, .sc = true, .key_size = 16 },
	};
	return strengths[kind];
}

void peer_pair_as(struct peer *p, ble_conn_id id, enum peer_kind kind)
{
	struct smp_strength s = peer_strength(kind);
	p->smp.config.sc = s.sc ? &smp_sc : NULL;
	p->smp.config.mitm = s.authenticated;
	p->smp.config.io = s.authenticated ? SMP_IO_DISPLAY_ONLY : SMP_IO_NONE;
	p->smp.config.key_max = s.key_size;
	assert_int_equal(smp_pair(&p->link), 0);
	peer_run(p);
	bool wanted = false;
	for (unsigned i = p->f.event_seen; i < p->f.event_count; i++)
		wanted |= p->f.events[i].ev.type == BLE_EV_PASSKEY_WANTED;
	if (!wanted)
		return;
	assert_int_equal(ble_conn_passkey(p->f.host, id, p->number), 0);
	peer_run(p);
}
