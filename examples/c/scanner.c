/*
 * Who is there: ten seconds of active scanning, one line for each different report, with the name that it carries.
 */
#include <ble/ble.h>
#include <stdio.h>

static const char *const kinds[] = { "connectable", "directed", "scannable", "beacon", "answer" };

/* The local name among AD structures, each of them length, type, value: Vol 3 Part C 11. */
static int find_name(const uint8_t *data, int len, const char **name)
{
	for (int i = 0; i + 1 < len && data[i]; i += data[i] + 1)
		if ((data[i + 1] == 0x08 || data[i + 1] == 0x09) && i + data[i] < len) {
			*name = (const char *)data + i + 2;
			return data[i] - 1;
		}
	*name = "";
	return 0;
}

static void on_report(struct ble *ble, const struct ble_event *ev, void *ctx)
{
	char text[BLE_BTOS_SIZE];
	const char *name;
	int len = find_name(ev->report.data, ev->report.len, &name);
	(void)ble;
	(void)ctx;
	printf("%s %-6s %4d dBm  %-11s  %.*s\n", ble_btos(&ev->report.addr, text),
		ev->report.addr.type & 1 ? "random" : "public", ev->report.rssi_dbm,
		ev->report.kind < 5 ? kinds[ev->report.kind] : "?", len, name);
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

int main(void)
{
	struct ble *ble;
	char why[200] = "";
	struct ble_fault fault = { 0 };
	int err = ble_open(&ble, &(struct ble_options){ .fault = &fault });
	if (err) {
		ble_fault_text(&fault, why, sizeof why);
	} else {
		err = scan(ble);
		ble_explain(ble, why, sizeof why);
		ble_close(ble);
	}
	if (err)
		fprintf(stderr, "scanner: %s\n", why[0] ? why : ble_strerror(err));
	return err ? 1 : 0;
}
