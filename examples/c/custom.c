/*
 * A service of one's own: 128-bit UUIDs, values of each type, one that is computed when it is read,
 * and a recording that is sent as fast as the connection takes it, in packets that are full.
 */
#include <ble/ble.h>
#include <stdio.h>

/* 7d0cxxxx-4f1b-4c58-9a2e-1b6f0e83a5d4 backwards, uuidgen makes others. A uuid becomes xxxx. */
static const uint8_t base[16] = { 0xD4, 0xA5, 0x83, 0x0E, 0x6F, 0x1B, 0x2E, 0x9A, 0x58, 0x4C, 0x1B,
	0x4F, 0x00, 0x00, 0x0C, 0x7D };

/* The value is brought up to date before it is read. */
static int on_clock(
	struct ble *ble, struct ble_characteristic *ch, struct ble_read *read, void *ctx)
{
	(void)read, (void)ctx;
	return ble_set_number(ble, ch, (int64_t)(ble_host_now(ble_host(ble)) / 1000));
}

/* clang-format off */
static struct ble_characteristic label = {
	.uuid = 0xA002, .base_uuid = base, .permission = BLE_READ | BLE_WRITE, .size = 20,
	.type = BLE_STRING, .descriptor = "Label" };
static struct ble_characteristic step = {
	.uuid = 0xA003, .base_uuid = base, .permission = BLE_READ | BLE_WRITE, .size = 2,
	.type = BLE_NUMBER, .descriptor = "Step from one sample to the next" };
static struct ble_characteristic clock_ms = {
	.uuid = 0xA004, .base_uuid = base, .permission = BLE_READ, .size = 8,
	.type = BLE_NUMBER, .descriptor = "Milliseconds", .value = (uint8_t[8]){ 0 },
	.on_read = on_clock };
static struct ble_characteristic samples = {
	.uuid = 0xA006, .base_uuid = base, .permission = BLE_NOTIFY, .size = 244,
	.type = BLE_BYTES, .descriptor = "Samples" };
/* clang-format on */

static struct {
	ble_conn_id peer;
	int64_t next, end; /* samples */
} order;

/* Packets until the queue is full. BLE_EV_SENT says when there is room again. */
static void deliver(struct ble *ble)
{
	struct ble_conn_info info;
	uint8_t piece[244];
	int64_t by = 1;
	(void)ble_get_number(ble, &step, &by);
	while (order.next < order.end && ble_conn_info(ble_host(ble), order.peer, &info) == 0) {
		size_t len = 0, room = info.att_mtu - 3u; /* what is longer would be cut */
		for (int64_t at = order.next; at < order.end && len < sizeof piece && len < room;
			at++)
			piece[len++] = (uint8_t)(at * by);
		if (ble_notify(ble, &samples, order.peer, piece, len))
			return; /* or nobody has subscribed */
		order.next += (int64_t)len;
	}
}

static void on_request(
	struct ble *ble, struct ble_characteristic *ch, const struct ble_write *write, void *ctx)
{
	(void)ctx;
	order.peer = write->peer;
	order.next = 0;
	if (ble_get_number(ble, ch, &order.end) == 0)
		deliver(ble);
}

/* clang-format off */
static struct ble_characteristic request = {
	.uuid = 0xA005, .base_uuid = base, .permission = BLE_WRITE_WO, .size = 4,
	.type = BLE_NUMBER, .descriptor = "Samples wanted", .on_write = on_request };
static struct ble_service instrument = {
	.uuid = 0xA001, .base_uuid = base,
	.characteristics = BLE_LIST(&label, &step, &clock_ms, &request, &samples) };
/* clang-format on */

static void on_sent(struct ble *ble, const struct ble_event *ev, void *ctx)
{
	(void)ev, (void)ctx;
	deliver(ble);
}

static int serve(struct ble *ble)
{
	int err = ble_add_service(ble, &instrument); /* all values are `size` zero octets now */
	if (!err)
		err = ble_set_value(ble, &label, "unnamed", 7);
	if (!err)
		err = ble_set_number(ble, &step, 1);
	if (!err)
		err = ble_add_callback(ble, BLE_EV_SENT, on_sent, NULL);
	struct ble_advertising_params again = { .auto_restart = true };
	if (!err)
		err = ble_advertising(ble, &again);
	if (!err)
		err = ble_start(ble);
	if (!err)
		err = ble_start_advertising(ble);
	return err ? err : ble_run(ble, BLE_FOREVER);
}

int main(void)
{
	struct ble *ble;
	struct ble_fault fault;
	char why[200]; /* what was refused: ble is NULL where ble_open() has */
	int err = ble_open(&ble, &(struct ble_options){ .name = "Instrument", .fault = &fault });
	if (!err)
		err = serve(ble);
	fprintf(stderr, "custom: %s\n",
		ble ? ble_explain(ble, err, why, sizeof why)
		    : ble_fault_explain(&fault, err, why, sizeof why));
	ble_close(ble);
	return 1;
}
