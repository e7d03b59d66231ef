/*
 * A device that pairs, for the tests of glint monitor: `peer-pairs USER [FIFO]`. USER is what its user can do: none,
 * yes-no or keyboard. Its value wants encryption. Six digits that it shows are compared by a user who agrees; those that it
 * wants come by the FIFO.
 */
#include <ble/ble.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int fifo = -1;
static ble_conn_id asked; /* whose pairing waits for the FIFO */

static struct ble_characteristic secret = {
	.uuid = 0xC002, .permission = BLE_READ | BLE_NOTIFY, .size = 1, .descriptor = "Secret", .type = BLE_NUMBER,
};
static struct ble_service service = { .uuid = 0xC001, .characteristics = BLE_LIST(&secret) };

static void on_compare(struct ble *ble, const struct ble_event *ev, void *ctx)
{
	(void)ctx;
	printf("shows %06lu\n", (unsigned long)ev->passkey.number);
	fflush(stdout);
	(void)ble_confirm_passkey(ble, ev->conn, true);
}

static void on_wanted(struct ble *ble, const struct ble_event *ev, void *ctx)
{
	(void)ble;
	(void)ctx;
	asked = ev->conn;
}

/* What a callback must not wait for. */
static int serve(struct ble *ble)
{
	char digits[8] = "";
	int err = 0;
	while (!err) {
		err = ble_run(ble, asked ? 20 : 500);
		if (!asked || read(fifo, digits, sizeof digits - 1) < 6)
			continue;
		(void)ble_enter_passkey(ble, asked, (uint32_t)strtoul(digits, NULL, 10));
		asked = 0;
	}
	return err;
}

static void on_paired(struct ble *ble, const struct ble_event *ev, void *ctx)
{
	(void)ble;
	(void)ctx;
	printf("paired %d level %u\n", ev->paired.err, ev->paired.level);
	fflush(stdout);
}

static int secure(struct ble *ble, const char *user)
{
	struct ble_security_params p = { .ways = BLE_WAYS(&ble_passkey_entry, &ble_numeric_comparison),
		.bonding = BLE_AUTH_BOND };
	p.capabilities = strcmp(user, "yes-no") == 0 ? BLE_CAP_DISPLAY_YES_NO
		: strcmp(user, "keyboard") == 0      ? BLE_CAP_KEYBOARD_ONLY
						     : BLE_CAP_NONE;
	p.scheme = p.capabilities == BLE_CAP_NONE ? 0 : BLE_AUTH_MITM;
	int err = ble_security(ble, &p);
	service.level = 2;
	if (!err)
		err = ble_add_callback(ble, BLE_EV_COMPARE, on_compare, NULL);
	if (!err)
		err = ble_add_callback(ble, BLE_EV_PASSKEY_WANTED, on_wanted, NULL);
	return err ? err : ble_add_callback(ble, BLE_EV_PAIRED, on_paired, NULL);
}

int main(int argc, char **argv)
{
	struct ble *ble;
	char why[200];
	if (argc > 2)
		fifo = open(argv[2], O_RDONLY | O_NONBLOCK);
	int err = ble_open(&ble, &(struct ble_options){ .name = "Pairs", .parts = BLE_PARTS(&ble_pairing) });
	if (!err)
		err = secure(ble, argc > 1 ? argv[1] : "none");
	if (!err)
		err = ble_add_service(ble, &service);
	if (!err)
		err = ble_advertising(ble, &(struct ble_advertising_params){ .interval_us = 20000, .auto_restart = true });
	if (!err)
		err = ble_start(ble);
	if (!err)
		err = ble_start_advertising(ble);
	if (!err)
		err = serve(ble);
	fprintf(stderr, "peer-pairs: %s\n", ble_explain(ble, err, why, sizeof why));
	ble_close(ble);
	return 1;
}
