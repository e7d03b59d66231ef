/* The btsnoop file as tshark reads it: time, direction, kinds of packet. */
#include "tshark.h"

#include <string.h>

static void put(
	const struct ble_trace *t, uint64_t t_us, uint8_t dir, const uint8_t *packet, size_t len)
{
	t->put(t->ctx,
		&(struct ble_trace_rec){ .t_us = t_us,
			.kind = BLE_TRACE_H4,
			.dir = dir,
			.data = packet,
			.len = len });
}

static void test_read_by_tshark(void **state)
{
	(void)state;
	struct tshark_file f;
	char got[4096];
	static const uint8_t reset[] = { 1, 0x03, 0x0c, 0 };
	/* LE Connection Complete, handle 0, central: tshark wants a connection for the ACL data */
	static const uint8_t connected[] = { 4, 0x3e, 19, 1, 0, 0, 0, 0, 0, 6, 5, 4, 3, 2, 1, 24, 0,
		0, 0, 200, 0, 0 };
	static const uint8_t complete[] = { 4, 0x0e, 4, 1, 0x03, 0x0c, 0 };
	/* ATT Exchange MTU Request, 247, on handle 0 */
	static const uint8_t acl_out[] = { 2, 0x00, 0x00, 7, 0, 3, 0, 4, 0, 0x02, 0xf7, 0 };
	static const uint8_t acl_in[] = { 2, 0x00, 0x20, 7, 0, 3, 0, 4, 0, 0x03, 0xf7, 0 };
	tshark_open(&f);
	struct ble_trace t = ble_trace_btsnoop(&f.out);
	put(&t, 1700000000000001, BLE_TRACE_TO_CTLR, reset, sizeof reset);
	put(&t, 1700000000000002, BLE_TRACE_TO_HOST, complete, sizeof complete);
	put(&t, 1700000000000002, BLE_TRACE_TO_HOST, connected, sizeof connected);
	put(&t, 1700000000000003, BLE_TRACE_TO_CTLR, acl_out, sizeof acl_out);
	put(&t, 1700000000000004, BLE_TRACE_TO_HOST, acl_in, sizeof acl_in);
	t.put(t.ctx, &(struct ble_trace_rec){ .kind = BLE_TRACE_STATE, .data = "x", .len = 1 });
	tshark_judge(&f);
	tshark_read(&f, "",
		"-e frame.time_epoch -e hci_h4.direction -e hci_h4.type -e bthci_cmd.opcode"
		" -e bthci_evt.code -e btatt.opcode",
		got, sizeof got);
	assert_string_equal(got,
		"1700000000.000001000\t0x00\t0x01\t0x0c03\t\t\n"
		"1700000000.000002000\t0x01\t0x04\t\t0x0e\t\n"
		"1700000000.000002000\t0x01\t0x04\t\t0x3e\t\n"
		"1700000000.000003000\t0x00\t0x02\t\t\t0x02\n"
		"1700000000.000004000\t0x01\t0x02\t\t\t0x03\n");
	tshark_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read_by_tshark),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
