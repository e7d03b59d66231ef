/* HCI: H4 packets of a controller that may say anything, to a host that advertises, scans and connects. */
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct ble_addr peer = { BLE_ADDR_RANDOM, { 1, 2, 3, 4, 5, 0xC6 } };
	struct rd r = rd_of(data, size);
	const uint8_t *packet;
	size_t len;
	fuzz_up();
	unsigned wants = rd_u8(&r);
	f.answers = wants & 1;
	if (wants & 2)
		(void)ble_adv_start(f.host);
	if (wants & 4)
		(void)ble_scan_start(f.host, NULL);
	if (wants & 8)
		(void)ble_conn_create(f.host, &peer, NULL);
	fake_pump(&f);
	for (fuzz_settle(); fuzz_next(&r, &packet, &len); fuzz_settle())
		fuzz_packet(packet, len);
	f.answers = true; /* a controller that has been given up comes back */
	fake_pass(&f, 2000000);
	fuzz_settle();
	fuzz_end();
	return 0;
}
