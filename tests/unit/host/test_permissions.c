/*
 * Who may do what: every ATT operation, over every kind of link, at every level of both security modes, against the
 * tables of Vol 3 Part C 10.2 and 10.3.1 written out. What is asked are PDUs; what is wanted follows from three numbers
 * alone: what the level wants for such an operation, what the link has, and what the bond has.
 */
#include "tests/unit/host/peer.h"

#include <stdio.h>

#include "base/le.h"

static struct peer p;
static ble_conn_id id;
static uint16_t first;
static uint32_t counter;

static uint8_t octets[4] = { 'v', 'a', 'l', 'u' };
static const struct ble_format format = { .format = 4 };
static const struct ble_characteristic all = { .uuid = 0x2A19, .permission = 0xFF, .size = 4, .length = 4, .value = octets,
	.descriptor = "what it is", .format = &format };
static const struct ble_characteristic open_value = { .uuid = 0x2A1A, .permission = BLE_READ | BLE_WRITE, .size = 4, .length = 4,
	.value = octets };
/* service 1: declaration 2, value 3, CCCD 4, 0x2903 5, 0x2900 6, 0x2901 7, 0x2904 8 */
static struct ble_service guarded = { .uuid = 0x180F, .characteristics = BLE_LIST(&all) };
/* service 9: inclusion 10, declaration 11, value 12; open whatever the device wants */
static const struct ble_service open_service = { .uuid = 0x1810, .level = BLE_LEVEL_OPEN, .includes = BLE_INCLUDES(&guarded),
	.characteristics = BLE_LIST(&open_value) };
enum { VALUE = 3, CONFIGURATION = 4, OPEN_VALUE = 12, LAST = 12, CLIENT_FEATURES = 13 /* in the GATT service */ };

/* -- the reference --------------------------------------------------------------------------------------------------- */

/* What the operation does to what security has a say in. Nothing: then it is for everybody, so that there is discovery. */
enum access { NOTHING, READS, WRITES, ACCESSES };

/* The level of mode 1 that an operation wants of the link; mode 2 is 5 and 6. 10.2.1 to 10.2.3 */
static const uint8_t wants[7][ACCESSES] = {
	{ 0 },
	{ 1, 1, 1 },
	{ 1, 2, 2 },
	{ 1, 3, 3 },
	{ 1, 4, 4 },
	{ 1, 1, 2 },
	{ 1, 1, 3 },
};

/* 10.3.1, table 10.2: the answer, by the key that there is and what is wanted (columns 1..4); 0: granted. */
static const uint8_t in_clear[PEER_KINDS][4] = {
	[PEER_NO_KEY] = { 0, 0x05, 0x05, 0x05 },
	[PEER_JUST_WORKS] = { 0, 0x0F, 0x05, 0x05 },
	[PEER_SHORT] = { 0, 0x0F, 0x05, 0x05 },
	[PEER_PASSKEY_LEGACY] = { 0, 0x0F, 0x0F, 0x05 },
	[PEER_PASSKEY_SHORT] = { 0, 0x0F, 0x0F, 0x05 },
	[PEER_PASSKEY] = { 0, 0x0F, 0x0F, 0x0F },
};
static const uint8_t encrypted[PEER_KINDS][4] = {
	[PEER_JUST_WORKS] = { 0, 0, 0x05, 0x05 },
	[PEER_SHORT] = { 0, 0, 0x05, 0x05 },
	[PEER_PASSKEY_LEGACY] = { 0, 0, 0, 0x05 },
	[PEER_PASSKEY_SHORT] = { 0, 0, 0, 0x0C },
	[PEER_PASSKEY] = { 0, 0, 0, 0 },
};

/* A good signature, in clear: at these levels it is taken. 10.2.2; on an encrypted link never, Part G 4.9.2 */
static const bool signature[PEER_KINDS][7] = {
	[PEER_NO_KEY] = { 0 },
	[PEER_JUST_WORKS] = { 0, 1, 0, 0, 0, 1, 0 },
	[PEER_SHORT] = { 0, 1, 0, 0, 0, 1, 0 },
	[PEER_PASSKEY_LEGACY] = { 0, 1, 0, 0, 0, 1, 1 },
	[PEER_PASSKEY_SHORT] = { 0, 1, 0, 0, 0, 1, 1 },
	[PEER_PASSKEY] = { 0, 1, 0, 0, 0, 1, 1 },
};

/* -- operations ------------------------------------------------------------------------------------------------------ */

static const struct op {
	const char *name;
	uint8_t opcode;
	uint8_t handles[2]; /* as in the services above; 0: none */
	uint8_t access;
	uint8_t granted;    /* the answer when it is: an error that has nothing to do with security, or 0 */
	uint8_t len, tail[6];
} ops[] = {
	{ "Exchange MTU", 0x02, { 0 }, NOTHING, 0, 2, { 23, 0 } },
	{ "Find Information", 0x04, { 1, LAST }, NOTHING, 0, 0, { 0 } },
	{ "Find By Type Value, service", 0x06, { 1, LAST }, NOTHING, 0, 4, { 0x00, 0x28, 0x0F, 0x18 } },
	{ "Read By Group Type", 0x10, { 1, LAST }, NOTHING, 0, 2, { 0x00, 0x28 } },
	{ "Read By Type, characteristics", 0x08, { 1, LAST }, NOTHING, 0, 2, { 0x03, 0x28 } },
	{ "Read By Type, includes", 0x08, { 1, LAST }, NOTHING, 0, 2, { 0x02, 0x28 } },
	{ "Read By Type, CCCD", 0x08, { 1, LAST }, NOTHING, 0, 2, { 0x02, 0x29 } },
	{ "Read, service", 0x0A, { 1 }, NOTHING, 0, 0, { 0 } },
	{ "Read, inclusion", 0x0A, { 10 }, NOTHING, 0, 0, { 0 } },
	{ "Read, declaration", 0x0A, { 2 }, NOTHING, 0, 0, { 0 } },
	{ "Read, CCCD", 0x0A, { 4 }, NOTHING, 0, 0, { 0 } },
	{ "Read, 0x2903", 0x0A, { 5 }, NOTHING, 0, 0, { 0 } },
	{ "Read, 0x2900", 0x0A, { 6 }, NOTHING, 0, 0, { 0 } },
	{ "Read, open value", 0x0A, { OPEN_VALUE }, NOTHING, 0, 0, { 0 } },
	{ "Write, open value", 0x12, { OPEN_VALUE }, NOTHING, 0, 1, { 1 } },
	{ "Write, declaration", 0x12, { 2 }, NOTHING, 0x03, 1, { 1 } },
	{ "Read", 0x0A, { VALUE }, READS, 0, 0, { 0 } },
	{ "Read Blob", 0x0C, { VALUE }, READS, 0, 2, { 1, 0 } },
	{ "Read By Type", 0x08, { 1, LAST }, READS, 0, 2, { 0x19, 0x2A } },
	{ "Read Multiple, first", 0x0E, { VALUE, OPEN_VALUE }, READS, 0, 0, { 0 } },
	{ "Read Multiple, second", 0x0E, { OPEN_VALUE, VALUE }, READS, 0, 0, { 0 } },
	{ "Read Multiple Variable, first", 0x20, { VALUE, OPEN_VALUE }, READS, 0, 0, { 0 } },
	{ "Read Multiple Variable, second", 0x20, { OPEN_VALUE, VALUE }, READS, 0, 0, { 0 } },
	{ "Read, 0x2901", 0x0A, { 7 }, READS, 0, 0, { 0 } },
	{ "Read Blob, 0x2901", 0x0C, { 7 }, READS, 0, 2, { 1, 0 } },
	{ "Read By Type, 0x2901", 0x08, { 1, LAST }, READS, 0, 2, { 0x01, 0x29 } },
	{ "Read, 0x2904", 0x0A, { 8 }, READS, 0, 0, { 0 } },
	{ "Read By Type, 0x2904", 0x08, { 1, LAST }, READS, 0, 2, { 0x04, 0x29 } },
	{ "Write", 0x12, { VALUE }, WRITES, 0, 1, { 9 } },
	{ "Prepare Write", 0x16, { VALUE }, WRITES, 0, 3, { 0, 0, 9 } },
	{ "Write, CCCD", 0x12, { CONFIGURATION }, WRITES, 0, 2, { 0, 0 } },
	{ "Prepare Write, CCCD", 0x16, { CONFIGURATION }, WRITES, 0, 4, { 0, 0, 0, 0 } },
	{ "Write, 0x2903", 0x12, { 5 }, WRITES, 0, 2, { 0, 0 } },
	{ "Write, 0x2901", 0x12, { 7 }, WRITES, 0x03, 1, { 'x' } },
	{ "Write, 0x2904", 0x12, { 8 }, WRITES, 0x03, 1, { 'x' } },
};

struct link {
	enum peer_kind kind;
	bool encrypted;
	bool named; /* the service names its level itself; else it is the device's */
	uint8_t level;
	char name[60];
};

static uint8_t wanted_answer(const struct link *l, enum access access)
{
	return (l->encrypted ? encrypted : in_clear)[l->kind][wants[l->level][access] - 1];
}

static uint16_t at(uint8_t handle)
{
	return (uint16_t)(first + handle - 1);
}

static unsigned written(void)
{
	unsigned n = 0;
	for (unsigned i = 0; i < p.f.event_count; i++)
		n += p.f.events[i].ev.type == BLE_EV_WRITTEN;
	p.f.event_seen = p.f.event_count = 0;
	return n;
}

/* The error of the answer; -1: there was no answer. */
static int ask(const void *pdu, size_t len)
{
	uint8_t rsp[64] = { 0 };
	p.f.event_seen = p.f.event_count = 0;
	if (!peer_att(&p, pdu, len, rsp, sizeof rsp))
		return -1;
	return rsp[0] == 0x01 ? rsp[4] : 0;
}

static void check(const struct link *l, const char *operation, int got, int want)
{
	if (got != want)
		fail_msg("%s, level %u of the %s: %s: %d, not %d", l->name, l->level, l->named ? "service" : "device", operation,
			got, want);
}

static void check_op(const struct link *l, const struct op *op)
{
	uint8_t pdu[16] = { op->opcode };
	size_t n = 1;
	for (unsigned i = 0; i < 2; i++) {
		if (!op->handles[i])
			continue;
		le16_put(pdu + n, at(op->handles[i]));
		n += 2;
	}
	memcpy(pdu + n, op->tail, op->len);
	uint8_t want = wanted_answer(l, op->access);
	check(l, op->name, ask(pdu, n + op->len), want ? want : op->granted);
	bool writes_value = op->opcode == 0x12 && (op->handles[0] == VALUE || op->handles[0] == OPEN_VALUE);
	check(l, op->name, (int)written(), writes_value && !want);
}

/* A client that may not read must not be able to guess: Attribute Not Found, Vol 3 Part F 3.4.3.3. */
static void check_find(const struct link *l)
{
	uint8_t pdu[] = { 0x06, 0, 0, 0, 0, 0x19, 0x2A, 'v', 'a', 'l', 'u' };
	le16_put(pdu + 1, at(1));
	le16_put(pdu + 3, at(LAST));
	check(l, "Find By Type Value", ask(pdu, sizeof pdu), wanted_answer(l, READS) ? 0x0A : 0);
}

static void set_level(const struct link *l, uint8_t level)
{
	guarded.level = l->named ? level : 0;
	assert_int_equal(ble_pairing_level(p.f.host, l->named ? BLE_LEVEL_OPEN : level), 0);
}

/* What was prepared while it was allowed is asked again when it is executed; and what was refused is not there. */
static void check_execute(const struct link *l)
{
	uint8_t prepare[] = { 0x16, 0, 0, 0, 0, 9 };
	le16_put(prepare + 1, at(VALUE));
	(void)ask("\x18\x00", 2);
	set_level(l, BLE_LEVEL_OPEN);
	check(l, "Prepare Write", ask(prepare, sizeof prepare), 0);
	set_level(l, l->level);
	uint8_t want = wanted_answer(l, WRITES);
	check(l, "Execute Write", ask("\x18\x01", 2), want);
	check(l, "Execute Write", (int)written(), !want);
}

static void check_commands(const struct link *l)
{
	uint8_t pdu[32] = { 0x52, 0, 0, 9 };
	le16_put(pdu + 1, at(VALUE));
	check(l, "Write Command", ask(pdu, 4), -1);
	check(l, "Write Command", (int)written(), !wanted_answer(l, WRITES));
	pdu[0] = 0xD2;
	check(l, "Signed Write Command", ask(pdu, peer_sign(p.ours.csrk, pdu, 4, counter++)), -1);
	check(l, "Signed Write Command", (int)written(), !l->encrypted && signature[l->kind][l->level]);
	le16_put(pdu + 1, at(CONFIGURATION));
	pdu[3] = pdu[4] = 0;
	check(l, "Signed Write Command, CCCD", ask(pdu, peer_sign(p.ours.csrk, pdu, 5, counter++)), -1);
}

static void configure(const struct link *l, uint8_t bits)
{
	uint8_t pdu[] = { 0x12, 0, 0, bits, 0 };
	le16_put(pdu + 1, at(CONFIGURATION));
	set_level(l, BLE_LEVEL_OPEN);
	assert_int_equal(ask(pdu, sizeof pdu), 0);
}

/* The opcode of what has gone out to the peer; 0: nothing. */
static uint8_t told(void)
{
	fake_pump(&p.f);
	if (p.f.out.head == p.f.out.tail)
		return 0;
	uint8_t opcode = fake_sent(&p.f)->data[9];
	fake_completed(&p.f, PEER_HANDLE, 1);
	return opcode;
}

/* A read that nobody asked for. The client has subscribed when it was allowed. */
static void check_telling(const struct link *l)
{
	bool may = !wanted_answer(l, READS);
	const struct ble_notification both[] = { { at(VALUE), 1, "a" }, { at(VALUE), 1, "b" } };
	configure(l, 1);
	set_level(l, l->level);
	check(l, "Notification", ble_server_notify(p.f.host, id, at(VALUE), "x", 1), may ? 0 : BLE_ENOENT);
	check(l, "Notification", told(), may ? 0x1B : 0);
	check(l, "Multiple Notification", ble_server_notify_many(p.f.host, id, both, 2), may ? 2 : BLE_ENOENT);
	check(l, "Multiple Notification", told(), may ? 0x23 : 0);
	configure(l, 2);
	set_level(l, l->level);
	check(l, "Indication", ble_server_notify(p.f.host, id, at(VALUE), "x", 1), may ? 0 : BLE_ENOENT);
	check(l, "Indication", told(), may ? 0x1D : 0);
	check(l, "Confirmation", ask("\x1E", 1), -1);
	configure(l, 0);
}

static void check_everything(struct link *l)
{
	for (unsigned i = 0; i < 12; i++) {
		l->named = i & 1;
		l->level = (uint8_t)(1 + i / 2);
		check_telling(l);
		set_level(l, l->level);
		for (unsigned n = 0; n < sizeof ops / sizeof ops[0]; n++)
			check_op(l, &ops[n]);
		check_find(l);
		check_commands(l);
		check_execute(l);
	}
	set_level(l, BLE_LEVEL_OPEN);
}

static void connect(void)
{
	const uint8_t features[] = { 0x12, CLIENT_FEATURES, 0, 0x04 }; /* several values in one notification */
	id = peer_connect(&p, BLE_ROLE_PERIPHERAL, &p.smp.identity);
	peer_run(&p);
	assert_int_equal(ask(features, sizeof features), 0);
}

static void test_att_023_matrix(void **state)
{
	static const char *const names[] = { "no key", "Just Works", "Just Works of 7 octets", "passkey by legacy pairing",
		"passkey of 7 octets", "passkey" };
	static const struct ble_way *const ways[] = { &ble_legacy_pairing, &ble_passkey_entry, &ble_numeric_comparison, NULL };
	static const struct ble_pairing_params params = { .ways = ways, .capabilities = BLE_CAP_KEYBOARD_DISPLAY, .bonding = true,
		.key_size_min = 7, .key_size_max = 16, .initiator_keys = BLE_KEY_ENC | BLE_KEY_ID | BLE_KEY_SIGN };
	(void)state;
	for (enum peer_kind kind = PEER_NO_KEY; kind < PEER_KINDS; kind++) {
		struct link l = { .kind = kind, .encrypted = kind != PEER_NO_KEY };
		counter = 0;
		peer_init(&p);
		peer_host(&p, (struct ble_host_config){ .parts = BLE_PARTS(&ble_peripheral, &ble_pairing, &ble_server,
			&ble_prepared, &ble_multiple, &ble_signing) });
		assert_int_equal(ble_pairing_set(p.f.host, &params), 0);
		assert_int_equal(ble_server_add(p.f.host, &guarded, &first), 0);
		assert_int_equal(ble_server_add(p.f.host, &open_service, NULL), 0);
		connect();
		if (l.encrypted) {
			peer_pair_as(&p, id, kind);
			assert_int_equal(p.result.err, 0);
			snprintf(l.name, sizeof l.name, "%s", names[kind]);
			check_everything(&l);
			peer_disconnect(&p);
			connect(); /* known, and not encrypted */
		}
		l.encrypted = false;
		counter = 1000;
		snprintf(l.name, sizeof l.name, "%s, in clear", names[kind]);
		check_everything(&l);
		peer_disconnect(&p);
		fake_end(&p.f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(test_att_023_matrix) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
