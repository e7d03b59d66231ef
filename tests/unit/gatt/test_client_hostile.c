/*
 * A server that answers what cannot be: by script, and at random. Whatever it does, a procedure shows only handles that
 * rise within what was asked for, ends with one BLE_EV_DONE, and keeps no buffer. Octets lie in blocks of their own
 * length, so that a sanitizer sees one read too many. A failing seed is printed; SEED=n in the environment runs it alone.
 */
#include "client_kit.h"

#include <stdlib.h>

#include "base/le.h"

static const uint16_t handles[4] = { 16, 17, 18, 32 };
static uint8_t octets[512];
static const struct ble_client_value values[2] = { { 16, 30, octets }, { 17, 3, octets } };

enum { PROCEDURES = 15 };

/* All between 16 and 32, but for services. */
static int begin(unsigned procedure)
{
	static const uint8_t uuid[16] = { 0x19, 0x2A, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 };
	struct gatt_client *c = &kit.gatt;
	switch (procedure) {
	case 0: return gatt_services(c, NULL, 0);
	case 1: return gatt_services(c, uuid, 2);
	case 2: return gatt_services(c, uuid, 16);
	case 3: return gatt_includes(c, 16, 32);
	case 4: return gatt_characteristics(c, 16, 32, NULL, 0);
	case 5: return gatt_characteristics(c, 16, 32, uuid, 2);
	case 6: return gatt_descriptors(c, 16, 32);
	case 7: return gatt_read(c, 16);
	case 8: return gatt_read_uuid(c, 16, 32, uuid, 2);
	case 9: return gatt_read_multiple(c, handles, 4);
	case 10: return gatt_read_multiple_variable(c, handles, 4);
	case 11: return gatt_write(c, 16, octets, 2);
	case 12: return gatt_write(c, 16, octets, 512);
	case 13: return gatt_write_reliable(c, values, 2);
	case 14: return gatt_subscribe(c, 15, 32, 1);
	default: return gatt_exchange_mtu(c);
	}
}

static const struct {
	unsigned procedure;
	const char *pdu, *shown;
} scripts[] = {
	{ 0, "11", "" },
	{ 0, "11 06", "" },
	{ 0, "11 00 01 00 07 00 00 18", "" },
	{ 0, "11 07 01 00 07 00 00 18 00", "" },
	{ 0, "11 06 01 00 07 00 00 18 08", "" },
	{ 0, "11 06 00 00 07 00 00 18", "" },
	{ 0, "11 06 07 00 01 00 00 18", "" },
	{ 0, "11 06 01 00 07 00 00 18 01 00 07 00 00 18", "service 0001-0007 1800\n" },
	{ 0, "11 06 01 00 07 00 00 18 07 00 09 00 01 18", "service 0001-0007 1800\n" },
	{ 0, "11 06 01 00 FF FF 00 18 07 00 09 00 01 18", "service 0001-FFFF 1800\n" },
	{ 1, "07", "" },
	{ 1, "07 01 00 07", "" },
	{ 1, "07 05 00 04 00", "" },
	{ 1, "07 05 00 08 00 08 00 09 00", "service 0005-0008 2A19\n" },
	{ 3, "09 07 10 00 20 00 25 00 0F", "" },
	{ 3, "09 08 0F 00 20 00 25 00 0F 18", "" },
	{ 3, "09 08 21 00 20 00 25 00 0F 18", "" },
	{ 3, "09 08 10 00 00 00 25 00 0F 18", "" },
	{ 3, "09 08 10 00 26 00 25 00 0F 18", "" },
	{ 3, "09 08 10 00 20 00 25 00 0F 18 10 00 20 00 25 00 0F 18", "included 0010 0020-0025 180F\n" },
	{ 4, "09 07 01 00 02 02 00 00 2A", "" },
	{ 4, "09 07 21 00 02 22 00 00 2A", "" },
	{ 4, "09 07 11 00 02 11 00 00 2A", "" },
	{ 4, "09 07 11 00 02 12 00 00 2A 11 00 02 12 00 00 2A", "characteristic 0011 value 0012 properties 02 2A00\n" },
	{ 4, "09 07 20 00 02 21 00 00 2A 11 00 02 12 00 00 2A", "characteristic 0020 value 0021 properties 02 2A00\n" },
	{ 4, "09 02 11 00", "" },
	{ 5, "09 07 11 00 02 12 00 00 2A 10 00 02 12 00 19 2A", "" },
	{ 6, "05 01", "" },
	{ 6, "05 03 11 00 02 29", "" },
	{ 6, "05 02 11 00 02 29", "" },
	{ 6, "05 01 0F 00 02 29", "" },
	{ 6, "05 01 12 00 02 29 12 00 02 29", "descriptor 0012 2902\n" },
	{ 7, "0B 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00", "" },
	{ 8, "09", "" },
	{ 8, "09 01 10", "" },
	{ 8, "09 03 0F 00 01", "" },
	{ 8, "09 03 12 00 01 11 00 01", "value 0012+0 01\n" },
	{ 8, "09 03 12 00 01 13 00", "" },
	{ 11, "13 00", "" },
	{ 14, "05 01 0F 00 02 29", "" },
	{ 14, "05 01 12 00 01 29 11 00 02 29", "" },
	{ 15, "03 17", "" },
};

/* Each script ends its procedure by BADPDU, whatever it showed before. */
static void scripted(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof scripts / sizeof scripts[0]; i++) {
		char lines[200];
		strcpy(lines, scripts[i].shown);
		strcat(lines, "done -6\n");
		kit.gatt.mtu_asked = false;
		assert_int_equal(begin(scripts[i].procedure), 0);
		client_answer_hex(scripts[i].pdu);
		LOGGED(lines);
		fake_silent();
		client_idle();
	}
}

/* -- at random ------------------------------------------------------------------------------------ */

static uint32_t rng;

static unsigned dice(unsigned n)
{
	rng ^= rng << 13;
	rng ^= rng >> 17;
	rng ^= rng << 5;
	return rng % n;
}

/* Mostly entries that could be: handles go on from where the request asked, lengths fit. */
static size_t plausible(uint8_t *p, const uint8_t *request, size_t request_len)
{
	static const uint8_t entries[] = { 2, 4, 6, 7, 8, 18, 20, 21, 6, 7, 8 };
	uint16_t at = request_len >= 3 ? le16_get(request + 1) : 1;
	size_t n = 1, entry = entries[dice(sizeof entries)], room = fake.bearer.mtu;
	p[0] = (uint8_t)(request[0] + 1);
	if (request[0] == 0x16) { /* Prepare Write: the echo */
		memcpy(p + 1, request + 1, request_len - 1);
		return request_len;
	}
	if (request[0] == 0x04) {
		p[n++] = (uint8_t)(1 + dice(2));
		entry = p[1] == 1 ? 4 : 18;
	} else if (request[0] == 0x08 || request[0] == 0x10) {
		p[n++] = (uint8_t)entry;
	} else if (request[0] == 0x06) {
		entry = 4;
	} else {
		size_t len = dice(4) ? dice((unsigned)room) : room - 1;
		for (; len; len--)
			p[n++] = (uint8_t)dice(dice(2) ? 4 : 256);
		return n;
	}
	for (unsigned i = 1 + dice(4); i && n + entry <= room; i--) {
		for (size_t j = 0; j < entry; j++)
			p[n + j] = (uint8_t)dice(256);
		le16_put(p + n, at);
		if (entry == 4 && request[0] == 0x04)
			le16_put(p + n + 2, (uint16_t)(0x28FF + dice(4)));
		else if (entry >= 4 && dice(2))
			le16_put(p + n + 2, (uint16_t)(at + dice(3)));
		if (entry == 7 && dice(2))
			le16_put(p + n + 5, dice(2) ? 0x2A05 : 0x2A19);
		at = (uint16_t)(at + 1 + dice(3));
		n += entry;
	}
	return n;
}

/* The answer to a request: plausible, cut, grown, with octets changed, an error, or noise. */
static size_t some_answer(uint8_t *p, const uint8_t *request, size_t request_len)
{
	static const uint8_t codes[] = { 0x0A, 0x0A, 0x0B, 0x07, 0x05, 0x09, 0x00, 0xFF };
	size_t n = plausible(p, request, request_len);
	switch (dice(12)) {
	case 0: return 1 + dice((unsigned)n); /* the bearer has turned away what is empty */
	case 1:
		for (unsigned i = dice(8); i && n < FAKE_SDU; i--)
			p[n++] = (uint8_t)dice(256);
		return n;
	case 2:
	case 3: p[dice((unsigned)n)] = (uint8_t)dice(256); return n;
	case 4:
	case 5:
		p[0] = 0x01;
		p[1] = request[0];
		le16_put(p + 2, (uint16_t)dice(65536));
		p[4] = codes[dice(sizeof codes)];
		return dice(10) ? 5 : dice(8) + 1;
	case 6:
		n = 1 + dice(fake.bearer.mtu);
		for (size_t i = 0; i < n; i++)
			p[i] = (uint8_t)dice(dice(2) ? 4 : 256);
		if (dice(2))
			p[0] = 0x1D;
		return n;
	case 7:
		p[0] = 0x23;
		for (n = 1; n + 8 < 23; n += 4u + p[n + 2]) {
			memset(p + n, 0, 8);
			p[n + 2] = (uint8_t)dice(dice(8) ? 5 : 256);
		}
		return n < 23 ? n : 23;
	default: return n;
	}
}

/* Runs a procedure to its end: a server that says nothing usable any more is timed out. */
static void run(unsigned procedure, uint32_t seed)
{
	static const uint16_t mtus[] = { 23, 23, 24, 64, 247, 517 };
	uint8_t request[FAKE_SDU], pdu[FAKE_SDU * 2];
	uint16_t len = 0;
	rng = seed * 2654435761u + procedure + 1;
	fake.bearer.mtu = mtus[dice(6)];
	assert_int_equal(begin(procedure), 0);
	for (unsigned turns = 0; kit.gatt.procedure && turns < 1000; turns++) {
		if (!kit.gatt.att.request || !dice(200))
			break;
		if (fake.sent && fake.sdu[0] == kit.gatt.att.request) { /* else: a confirmation, or nothing */
			len = fake.len;
			memcpy(request, fake.sdu, len);
		}
		size_t n = some_answer(pdu, request, len);
		/* what is even, or beyond the opcodes that there are, is taken for a request to us */
		pdu[0] = pdu[0] > ATT_MULTIPLE_HANDLE_VALUE_NTF ? ATT_HANDLE_VALUE_NTF : pdu[0] | 1;
		fake.idle = dice(10) ? FAKE_TX : 0;
		client_answer(pdu, n);
		fake.idle = FAKE_TX;
		client_polls();
	}
	fake_time(30000000);
	client_polls();
}

static void at_random(void **state)
{
	const char *only = getenv("SEED");
	uint32_t first = only ? (uint32_t)strtoul(only, NULL, 10) : 1, last = only ? first : 5000;
	for (uint32_t seed = first; seed <= last; seed++) {
		for (unsigned procedure = 0; procedure < PROCEDURES; procedure++) {
			(void)client_up(state);
			run(procedure, seed);
			if (kit.dones != 1 || kit.gatt.procedure || fake.idle != FAKE_TX)
				fail_msg("SEED=%u: procedure %u ended %u times", seed, procedure, kit.dones);
			(void)client_down(state);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(scripted),
		cmocka_unit_test(at_random),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
