/*
 * Two devices in one process, and no radio: a counter that notifies and a central that listens, on
 * a simulated air whose clock is virtual. A minute passes in a moment, and each run of one seed
 * prints the same: so one tests a program. Linked with glint and glint-ll; the argument is a seed.
 */
#include <ble/ble.h>
#include <ble/client.h>
#include <ble/sim.h>
#include <stdio.h>
#include <stdlib.h>

static struct ble_characteristic counter = {
	.uuid = 0x2A19,
	.permission = BLE_READ | BLE_NOTIFY,
	.size = 1,
};
static struct ble_service service = { .uuid = 0x180F, .characteristics = BLE_LIST(&counter) };

static void on_event(struct ble *ble, const struct ble_event *ev, void *ctx)
{
	struct ble_host *host = ble_host(ble);
	double at_s = (double)ev->t_us / 1e6;
	uint16_t *handle = ctx; /* of the counter */
	if (ev->type == BLE_EV_REPORT) {
		(void)ble_stop_scanning(ble);
		(void)ble_conn_create(host, &ev->report.addr, NULL);
	} else if (ev->type == BLE_EV_CONNECTED) {
		printf("%9.6f connected\n", at_s);
		(void)ble_client_characteristics(host, ev->conn, 1, 0xFFFF);
	} else if (ev->type == BLE_EV_CHARACTERISTIC && ev->characteristic.uuid == counter.uuid) {
		*handle = ev->characteristic.value_handle;
	} else if (ev->type == BLE_EV_DONE && ev->done.procedure == BLE_PROC_CHARACTERISTICS) {
		/* A Glint server has its CCCD there; of others it is one of the descriptors */
		(void)ble_client_write(host, ev->conn, (uint16_t)(*handle + 1), "\x01\x00", 2);
	} else if (ev->type == BLE_EV_NOTIFIED) {
		printf("%9.6f heard %u\n", at_s, ev->value.data[0]);
	} else if (ev->type == BLE_EV_DISCONNECTED) {
		printf("%9.6f disconnected: 0x%02X\n", at_s, ev->disconnected.reason);
	}
}

static int play(struct ble_world *world, struct ble **peripheral, struct ble **central)
{
	static uint16_t handle;
	int err = ble_world_open(world, NULL, peripheral, &(struct ble_options){ .name = "Counter" });
	if (!err)
		err = ble_world_open(world, &(struct ble_node_options){ .x_m = 3 }, central,
			&(struct ble_options){ .parts = BLE_PARTS(&ble_central, &ble_client) });
	if (!err)
		err = ble_add_callback(*central, BLE_EV_NONE, on_event, &handle); /* every event */
	if (!err)
		err = ble_add_service(*peripheral, &service);
	if (!err)
		err = ble_start(*peripheral);
	if (!err)
		err = ble_start(*central);
	if (!err)
		err = ble_start_advertising(*peripheral);
	if (!err)
		err = ble_start_scanning(*central, BLE_FOREVER);
	for (int second = 1; !err && second <= 10; second++) {
		ble_world_run_until(world, (uint64_t)second * 1000000);
		err = ble_set_number(*peripheral, &counter, second);
	}
	if (!err)
		ble_node_move(ble_world_node(*peripheral), 100000, 0); /* out of reach */
	ble_world_run_until(world, 60000000);
	return err;
}

int main(int argc, char **argv)
{
	struct ble *peripheral = NULL, *central = NULL;
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;
	struct ble_world *world = ble_world_new(/* a tenth of all packets is lost */
		&(struct ble_world_options){ .seed = seed, .loss_ppm = 100000 });
	int err = world ? play(world, &peripheral, &central) : BLE_ENOMEM;
	if (err)
		fprintf(stderr, "two_devices: %s\n", ble_strerror(err));
	ble_world_close(peripheral);
	ble_world_close(central);
	ble_world_free(world);
	return err ? 1 : 0;
}
