/* The fake under the bearer; see fake.h. It has the names of src/l2cap, which is not linked. */
#include "fake.h"

#include <stdio.h>
#include <stdlib.h>

#include "l2cap/l2cap.h"

struct fake fake;
static struct ble_tx txs[FAKE_TX];
static uint8_t room[FAKE_TX][9 + FAKE_SDU];
static bool taken[FAKE_TX];
static uint16_t taken_len[FAKE_TX];

struct ble_tx *l2cap_take(struct l2cap_link *link, enum l2cap_why why, uint16_t sdu_len)
{
	(void)link;
	(void)why;
	assert_true(sdu_len <= FAKE_SDU);
	if (!fake.idle)
		return NULL;
	for (unsigned i = 0; i < FAKE_TX; i++) {
		if (taken[i])
			continue;
		taken[i] = true;
		taken_len[i] = sdu_len;
		fake.idle--;
		txs[i].data = room[i];
		return &txs[i];
	}
	return NULL;
}

static void give_back(struct ble_tx *tx)
{
	size_t i = (size_t)(tx - txs);
	assert_true(i < FAKE_TX && taken[i]);
	taken[i] = false;
	fake.idle++;
}

void l2cap_send(struct l2cap_link *link, struct ble_tx *tx, uint16_t cid, uint16_t len)
{
	(void)link;
	assert_int_equal(cid, L2CAP_CID_ATT);
	assert_true(len <= taken_len[tx - txs]);
	assert_true(len <= fake.bearer.mtu);
	memcpy(fake.sdu, l2cap_sdu(tx), len);
	fake.len = len;
	fake.sent++;
	give_back(tx);
}

void l2cap_drop(struct l2cap_link *link, struct ble_tx *tx)
{
	(void)link;
	give_back(tx);
}

static struct ble_event *event(struct att_bearer *b, uint8_t type)
{
	assert_ptr_equal(b, &fake.bearer);
	assert_int_equal(fake.ev.type, BLE_EV_NONE); /* one a poll */
	fake.ev = (struct ble_event){ .type = type };
	fake.events++;
	return &fake.ev;
}

static void offered(struct att_bearer *b)
{
	(void)b;
	fake.offered++;
}

static void indicated(struct att_bearer *b)
{
	(void)b;
	fake.indicated++;
}

static const struct att_extra *extra(struct att_bearer *b, uint8_t opcode)
{
	(void)b;
	for (const struct att_extra *x = fake.extras; x && x->opcode; x++)
		if (x->opcode == opcode)
			return x;
	return NULL;
}

static void more(struct att_bearer *b)
{
	(void)b;
	fake.more++;
}

static void expired(struct att_bearer *b)
{
	(void)b;
	fake.expired++;
}

const struct att_server_role fake_server = { att_server_rows, offered, indicated, extra, att_indicate };
const struct att_client_role fake_client = { att_client_rows, more, expired };

void fake_reset(void)
{
	memset(&fake, 0, sizeof fake);
	memset(taken, 0, sizeof taken);
	fake.idle = FAKE_TX;
	fake.att = (struct att){ .event = event, .timers = &fake.timers, .mtu = 247 };
	fake.bearer = (struct att_bearer){ .att = &fake.att };
	att_open(&fake.bearer);
}

void fake_clear(void)
{
	fake.ev.type = BLE_EV_NONE;
	fake.events = 0;
	fake.sent = 0;
	fake.len = 0;
}

void fake_time(uint64_t us)
{
	fake.now_us += us;
	tmr_run(&fake.timers, fake.now_us);
}

enum att_verdict fake_rx(const void *pdu, size_t len)
{
	/* In a block of its own length, so that the sanitizer sees the octet too many. */
	uint8_t *exact = malloc(len ? len : 1);
	static uint8_t *last; /* events point into it until the next */
	memcpy(exact, pdu, len);
	fake.ev.type = BLE_EV_NONE;
	enum att_verdict v = att_rx(&fake.bearer, exact, (uint16_t)len);
	free(last);
	last = exact;
	return v;
}

size_t fake_octets(uint8_t *dst, const char *hex)
{
	size_t n = 0;
	for (char *end; *hex; hex = end) {
		dst[n] = (uint8_t)strtoul(hex, &end, 16);
		if (end == hex)
			break;
		n++;
	}
	return n;
}

void fake_rx_hex(const char *hex)
{
	uint8_t pdu[FAKE_SDU];
	assert_int_equal(fake_rx(pdu, fake_octets(pdu, hex)), ATT_DONE);
}

static void expect(const char *hex)
{
	uint8_t want[FAKE_SDU];
	size_t n = fake_octets(want, hex);
	if (fake.sent != 1 || fake.len != n || memcmp(fake.sdu, want, n)) {
		print_error("%u sent, want %s, last:", fake.sent, hex);
		for (unsigned i = 0; i < fake.len; i++)
			print_error(" %02X", fake.sdu[i]);
		print_error("\n");
		fail();
	}
}

void fake_sent_hex(const char *hex)
{
	expect(hex);
	fake_clear();
}

void fake_silent(void)
{
	assert_int_equal(fake.sent, 0);
}
