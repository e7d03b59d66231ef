/*
 * A beacon for a door: it says who it is ten times a second, to everybody, and takes no connection. An application on a
 * phone knows the UUID as its own, and by major and minor which door of which building it is at.
 */
#include <ble/beacon.h>
#include <ble/ble.h>
#include <stdio.h>

static const struct ble_ibeacon door = {
	/* 9a1e8f6c-3d5b-4c27-a0f4-5d2c71e6b983: make one of your own with uuidgen */
	.uuid = { 0x9a, 0x1e, 0x8f, 0x6c, 0x3d, 0x5b, 0x4c, 0x27, 0xa0, 0xf4, 0x5d, 0x2c, 0x71, 0xe6, 0xb9, 0x83 },
	.major = 12,      /* the building */
	.minor = 3,       /* the door */
	.power_dbm = -59, /* what a phone receives at one metre: measure it */
};

static int broadcast(struct ble *ble)
{
	uint8_t packet[BLE_BEACON_SIZE];
	int len = ble_ibeacon_encode(&door, packet, NULL);
	if (len < 0)
		return len;
	int err = ble_advertising(ble, &(struct ble_advertising_params){ .payload = packet, .payload_len = (uint8_t)len,
		.raw = BLE_RAW_YES, .mode = BLE_ADV_UNCN_UND, .interval_us = 100000 });
	if (!err)
		err = ble_start(ble);
	if (!err)
		err = ble_start_advertising(ble);
	return err ? err : ble_run(ble, BLE_FOREVER);
}

/* What was refused, in one sentence: ble is NULL where ble_open() has. */
static void failed(const struct ble *ble, const struct ble_fault *fault, int err)
{
	char why[200];
	fprintf(stderr, "ibeacon: %s\n",
		ble ? ble_explain(ble, err, why, sizeof why)
		    : ble_fault_explain(fault, err, why, sizeof why));
}

int main(void)
{
	struct ble *ble;
	struct ble_fault fault;
	int err = ble_open(&ble, &(struct ble_options){ .fault = &fault });
	if (!err)
		err = broadcast(ble);
	failed(ble, &fault, err);
	ble_close(ble);
	return 1;
}
