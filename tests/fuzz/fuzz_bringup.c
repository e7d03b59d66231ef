/* HCI: the answers of a controller to the bring-up, and what it says between them. */
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rd r = rd_of(data, size);
	const uint8_t *packet;
	size_t len;
	fake_init(&f);
	fake_host(&f, (struct ble_host_config){ .parts = BLE_PARTS(&ble_peripheral) });
	(void)ble_adv_start(f.host);
	(void)ble_host_start(f.host);
	fake_pump(&f);
	while (fuzz_next(&r, &packet, &len)) {
		const struct fake_packet *p = f.out.head != f.out.tail ? fake_sent(&f) : NULL;
		if (p && len && packet[0] & 0x80 && f.opens > f.closes) /* return parameters, for whatever was asked */
			fake_complete(&f, (uint16_t)(p->data[1] | p->data[2] << 8), packet[0] & 0x7F, packet + 1, len - 1);
		else
			fuzz_packet(packet, len);
		victim_forget();
	}
	fake_pass(&f, 2000000);
	f.out.head = f.out.tail;
	fake_end(&f);
	return 0;
}
