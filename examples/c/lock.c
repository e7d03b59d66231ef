/*
 * A lock that opens to who has been told its passkey, once: the first time it shows six digits, which its owner enters on
 * the phone; from then on the bond opens it. Level 4: Secure Connections, protected against someone in the middle, keys of
 * 16 octets. Until a link has that, the bolt can neither be read nor written, nor is it notified.
 */
#include <ble/ble.h>
#include <stdio.h>

static const uint8_t base[16] = { 0x51, 0x6C, 0x6F, 0x63, 0x6B, 0x21, 0x8F, 0x4E, 0x9A, 0x10, 0x2D, 0x7B, 0x00, 0x00,
	0x3A, 0x0C }; /* 0C3Axxxx-7B2D-109A-4E8F-21636B6F6C51 */

static void on_write(struct ble *ble, struct ble_characteristic *ch, const struct ble_write *write, void *ctx)
{
	struct ble_conn_info peer;
	char text[BLE_BTOS_SIZE];
	int64_t open;
	(void)ctx;
	if (ble_get_number(ble, ch, &open) == 0 && ble_connection(ble, write->peer, &peer) == 0)
		printf("%s by %s\n", open ? "opened" : "locked", ble_btos(&peer.peer, text));
	(void)ble_set_number(ble, ch, open); /* whoever has subscribed hears of it */
	fflush(stdout);
}

/* There is a bolt, and nothing between. */
static int on_check(struct ble *ble, struct ble_characteristic *ch, const struct ble_write *write, void *ctx)
{
	(void)ble;
	(void)ch;
	(void)ctx;
	return write->len == 1 && write->data[0] <= 1 ? 0 : BLE_EATT(0x13); /* Value Not Allowed */
}

static struct ble_characteristic bolt = {
	.uuid = 0xB001, .base_uuid = base, .permission = BLE_READ | BLE_WRITE | BLE_NOTIFY, .size = 1,
	.descriptor = "bolt: 1 open, 0 locked", .type = BLE_NUMBER, .on_write = on_write, .on_check = on_check,
};
static struct ble_service lock = { .uuid = 0xB000, .base_uuid = base, .characteristics = BLE_LIST(&bolt) };

static void on_passkey(struct ble *ble, const struct ble_event *ev, void *ctx)
{
	(void)ble;
	(void)ctx;
	printf("passkey %06lu\n", (unsigned long)ev->passkey.number);
	fflush(stdout);
}

static void on_paired(struct ble *ble, const struct ble_event *ev, void *ctx)
{
	char text[BLE_BTOS_SIZE];
	(void)ble;
	(void)ctx;
	if (ev->paired.err)
		printf("not paired: %s (reason 0x%02X)\n", ble_strerror(ev->paired.err), ev->paired.reason);
	else
		printf("paired with %s, level %u\n", ble_btos(&ev->paired.identity, text), ev->paired.level);
	fflush(stdout);
}

static int secure(struct ble *ble)
{
	int err = ble_gap(ble, &(struct ble_gap_params){ .security_level = 4 });
	if (!err)
		err = ble_security(ble, &(struct ble_security_params){ .ways = BLE_WAYS(&ble_passkey_entry),
			.capabilities = BLE_CAP_DISPLAY_ONLY, .bonding = BLE_AUTH_BOND });
	if (!err)
		err = ble_add_callback(ble, BLE_EV_PASSKEY, on_passkey, NULL);
	return err ? err : ble_add_callback(ble, BLE_EV_PAIRED, on_paired, NULL);
}

static int serve(struct ble *ble)
{
	int err = ble_add_service(ble, &lock);
	if (!err)
		err = secure(ble);
	if (!err)
		printf("%d phones are known\n", ble_bonded(ble, NULL, 0));
	if (!err)
		err = ble_advertising(ble, &(struct ble_advertising_params){ .interval_us = 100000, .auto_restart = true });
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
	char why[200];
	int err = ble_open(&ble, &(struct ble_options){ .name = "Lock", .parts = BLE_PARTS(&ble_pairing), .fault = &fault });
	if (!err)
		err = serve(ble);
	fprintf(stderr, "lock: %s\n",
		ble ? ble_explain(ble, err, why, sizeof why)
		    : ble_fault_explain(&fault, err, why, sizeof why));
	ble_close(ble);
	return 1;
}
