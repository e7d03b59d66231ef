/*
 * A poster that broadcasts the address of a page: an Eddystone beacon without connections. In each ten seconds one is
 * for telemetry (battery, temperature, how long it has been on), as Eddystone advises; the others carry the URL given
 * as the argument: `eddystone https://github.com`
 */
#include <ble/beacon.h>
#include <ble/ble.h>
#include <stdio.h>

enum { INTERVAL_MS = 200, TURN_MS = 1000, TURNS = 10 };

/* The packet that goes out from now on; called while it is advertised, it is changed in flight. */
static int say(struct ble *ble, const uint8_t *packet, int len)
{
	return ble_advertising(ble, &(struct ble_advertising_params){ .payload = packet, .payload_len = (uint8_t)len,
		.raw = BLE_RAW_YES, .mode = BLE_ADV_UNCN_UND, .interval_us = INTERVAL_MS * 1000 });
}

static int say_url(struct ble *ble, const char *url, struct ble_fault *fault)
{
	uint8_t packet[BLE_BEACON_SIZE];
	int len = ble_eddystone_url_encode(&(struct ble_eddystone_url){ .url = url, .power_dbm = -18 }, packet, fault);
	return len < 0 ? len : say(ble, packet, len);
}

/* A device has a sensor and a gauge. The packets are counted by their interval, since the radio does not tell. */
static int say_telemetry(struct ble *ble, uint32_t on_ms)
{
	uint8_t packet[BLE_BEACON_SIZE];
	struct ble_eddystone_tlm tlm = {
		.battery_mv = (uint16_t)(3000 - on_ms / 60000 % 1000), /* a millivolt a minute */
		.temperature_c256 = BLE_EDDYSTONE_CELSIUS(-3.25),
		.adv_count = on_ms / INTERVAL_MS,
		.uptime_100ms = on_ms / 100,
	};
	int len = ble_eddystone_tlm_encode(&tlm, packet, NULL);
	return len < 0 ? len : say(ble, packet, len);
}

static int broadcast(struct ble *ble, const char *url, struct ble_fault *fault)
{
	int err = say_url(ble, url, fault);
	if (!err)
		err = ble_start(ble);
	if (!err)
		err = ble_start_advertising(ble);
	for (uint32_t turn = 1; !err; turn++) {
		err = ble_run(ble, TURN_MS);
		if (!err && turn % TURNS == TURNS - 1)
			err = say_telemetry(ble, turn * TURN_MS);
		else if (!err && turn % TURNS == 0)
			err = say_url(ble, url, fault);
	}
	return err;
}

int main(int argc, char **argv)
{
	struct ble *ble;
	char why[160];
	struct ble_fault fault; /* what ble_open() refuses, then what the encoder does */
	int err = ble_open(&ble, &(struct ble_options){ .fault = &fault });
	if (!err)
		err = broadcast(ble, argc > 1 ? argv[1] : "https://github.com", &fault);
	fprintf(stderr, "eddystone: %s\n", fault.err == err ? ble_fault_explain(&fault, err, why, sizeof why)
							     : ble_explain(ble, err, why, sizeof why));
	ble_close(ble);
	return 1;
}
