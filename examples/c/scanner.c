/*
 * Who is there: ten seconds of active scanning, one line for each different report, with the name that it carries.
 */
#include <ble/ble.h>
#include <stdio.h>

static const char *const kinds[] = { "connectable", "directed", "scannable", "beacon", "answer" };

static void on_report(struct ble *ble, const struct ble_event *ev, void *ctx)
{
	char text[BLE_BTOS_SIZE];
	const char *name = "";
	int len = ble_ad_name(ev->report.data, ev->report.len, &name);
	(void)ble;
	(void)ctx;
	printf("%s %-6s %4d dBm  %-11s  %.*s\n", ble_btos(&ev->report.addr, text),
		ev->report.addr.type & 1 ? "random" : "public", ev->report.rssi_dbm,
		ev->report.kind < 5 ? kinds[ev->report.kind] : "?", len < 0 ? 0 : len, name);
	fflush(stdout);
}

static void on_stopped(struct ble *ble, const struct ble_event *ev, void *ctx)
{
	(void)ble;
	(void)ev;
	*(int *)ctx = 1;
}

static int scan(struct ble *ble)
{
	int over = 0;
	int err = ble_add_callback(ble, BLE_EV_REPORT, on_report, NULL);
	if (!err)
		err = ble_add_callback(ble, BLE_EV_SCAN_STOPPED, on_stopped, &over);
	if (!err)
		err = ble_scanning(ble, &(struct ble_scanning_params){ .active = true });
	if (!err)
		err = ble_start(ble);
	if (!err)
		err = ble_start_scanning(ble, 10000);
	while (!err && !over)
		err = ble_run(ble, 100);
	return err;
}

/* What was refused, in one sentence: ble is NULL where ble_open() has. */
static void failed(const struct ble *ble, const struct ble_fault *fault, int err)
{
	char why[200];
	fprintf(stderr, "scanner: %s\n",
		ble ? ble_explain(ble, err, why, sizeof why)
		    : ble_fault_explain(fault, err, why, sizeof why));
}

int main(void)
{
	struct ble *ble;
	struct ble_fault fault;
	int err = ble_open(&ble, &(struct ble_options){ .fault = &fault });
	if (!err)
		err = scan(ble);
	if (err)
		failed(ble, &fault, err);
	ble_close(ble);
	return err ? 1 : 0;
}
