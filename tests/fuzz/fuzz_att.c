/* ATT: PDUs of one peer to server and client. The first octet says what the client has just asked for. */
#include "tests/fuzz/fuzz.h"

static void begin(unsigned which)
{
	switch (which) {
	case 1: (void)ble_client_services(f.host, attacker, NULL, 0); break;
	case 2: (void)ble_client_services(f.host, attacker, "\x0F\x18", 2); break;
	case 3: (void)ble_client_characteristics(f.host, attacker, 1, 0xFFFF); break;
	case 4: (void)ble_client_descriptors(f.host, attacker, 1, 0xFFFF); break;
	case 5: (void)ble_client_read(f.host, attacker, 3); break;
	case 6: (void)ble_client_write(f.host, attacker, 3, "abc", 3); break;
	case 7: (void)ble_client_exchange_mtu(f.host, attacker); break;
	case 8: (void)ble_client_includes(f.host, attacker, 1, 0xFFFF); break;
	case 9: (void)ble_client_read_uuid(f.host, attacker, 1, 0xFFFF, "\0\x2A", 2); break;
	case 10: (void)ble_client_subscribe(f.host, attacker, 3, 0, 1); break;
	case 11: (void)ble_server_notify(f.host, attacker, 0x0E, "ab", 2); break;
	default: break;
	}
	fake_pump(&f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rd r = rd_of(data, size);
	const uint8_t *pdu;
	size_t len;
	fuzz_up();
	begin(rd_u8(&r));
	for (fuzz_settle(); fuzz_next(&r, &pdu, &len); fuzz_settle())
		say(ATT, pdu, len);
	fuzz_serves();
	fuzz_end();
	return 0;
}
