/*
 * A central that logs a thermometer: it scans for the Health Thermometer service, connects, finds
 * the measurement, subscribes to its indications and prints each. When the link is lost it looks
 * again; Ctrl-C ends it with a farewell. In another terminal runs the other example: ./thermometer
 */
#include <ble/ble.h>
#include <ble/client.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

/* Handles: of the service, of the measurement; 0: not found. */
static struct {
	uint16_t start, end, value, cccd;
} found;
static volatile sig_atomic_t stopped;
static struct ble *device;

static void on_sigint(int number)
{
	(void)number;
	stopped = 1;
	ble_wake(device); /* ends ble_run() */
}

/* Flags, and a FLOAT of IEEE 11073-20601: 24 bits of mantissa, 8 of exponent, the precision. */
static void print(const uint8_t *data, size_t len)
{
	char number[24];
	int mantissa = len < 5 ? 0x7FFFFF : data[1] | data[2] << 8 | data[3] << 16;
	int exponent = len < 5 ? 0 : (int8_t)data[4], decimals = exponent < 0 ? -exponent : 0;
	mantissa -= mantissa & 0x800000 ? 0x1000000 : 0;
	snprintf(number, sizeof number, "%de%d", mantissa, exponent);
	if (abs(mantissa) >= 0x7FFFFE) /* not a number, infinite */
		printf("no reading\n");
	else
		printf("%.*f %c\n", decimals, strtod(number, NULL), data[0] & 1 ? 'F' : 'C');
}

/* Each procedure's end begins the next: service, characteristic, descriptor, subscription. */
static int on_done(struct ble_host *host, const struct ble_event *ev)
{
	static const uint8_t indications[] = { 0x02, 0x00 };
	if (ev->done.err || ev->done.procedure == BLE_PROC_WRITE)
		return ev->done.err;
	if (ev->done.procedure == BLE_PROC_SERVICES && found.end)
		return ble_client_characteristics(host, ev->conn, found.start, found.end);
	if (ev->done.procedure == BLE_PROC_CHARACTERISTICS && found.value)
		return ble_client_descriptors(host, ev->conn, found.value, found.end);
	if (ev->done.procedure == BLE_PROC_DESCRIPTORS && found.cccd)
		return ble_client_write(host, ev->conn, found.cccd, indications, 2);
	return BLE_ENOENT;
}

static void on_event(struct ble *ble, const struct ble_event *ev, void *ctx)
{
	struct ble_host *host = ble_host(ble);
	int type = stopped ? BLE_EV_NONE : ev->type, err = 0;
	(void)ctx;
	if (type == BLE_EV_REPORT && ble_ad_offers(ev->report.data, ev->report.len, 0x1809)) {
		(void)ble_stop_scanning(ble);
		(void)ble_conn_create(host, &ev->report.addr, NULL);
	} else if (type == BLE_EV_CONNECTED) {
		printf("connected\n");
		err = ble_client_services(host, ev->conn, "\x09\x18", 2);
	} else if (type == BLE_EV_SERVICE) {
		found.start = ev->service.start;
		found.end = ev->service.end;
	} else if (type == BLE_EV_CHARACTERISTIC && ev->characteristic.uuid == 0x2A1C) {
		found.value = ev->characteristic.value_handle;
	} else if (type == BLE_EV_DESCRIPTOR && ev->descriptor.uuid == 0x2902 && !found.cccd) {
		found.cccd = ev->descriptor.handle; /* the first behind the value is its own */
	} else if (type == BLE_EV_DONE) {
		err = on_done(host, ev);
	} else if (type == BLE_EV_NOTIFIED && ev->value.handle == found.value) {
		print(ev->value.data, ev->value.len);
	} else if (type == BLE_EV_READY || type == BLE_EV_DISCONNECTED || type == BLE_EV_ERROR) {
		printf("searching\n");
		found.start = found.end = found.value = found.cccd = 0;
		(void)ble_start_scanning(ble, BLE_FOREVER);
	}
	if (err && err != BLE_ECONN) {
		printf("not a thermometer: %s\n", ble_strerror(err));
		(void)ble_disconnect(ble, ev->conn);
	}
	fflush(stdout);
}

int main(void)
{
	char why[200];
	struct ble_fault fault;
	int err = ble_open(&device, &(struct ble_options){ .fault = &fault,
		.parts = BLE_PARTS(&ble_central, &ble_client) });
	if (!err)
		err = ble_add_callback(device, BLE_EV_NONE, on_event, NULL); /* every event */
	if (!err)
		err = ble_start(device);
	if (!err)
		signal(SIGINT, on_sigint);
	while (!err && !stopped)
		err = ble_run(device, BLE_FOREVER);
	if (err)
		fprintf(stderr, "sensor_log: %s\n",
			device ? ble_explain(device, err, why, sizeof why)
			       : ble_fault_explain(&fault, err, why, sizeof why));
	signal(SIGINT, SIG_DFL);
	stopped = 1; /* what happens now is the farewell */
	ble_close(device);
	return err ? 1 : 0;
}
