/*
 * A device that pairs, for the tests of glint monitor: `peer-pairs USER [FIFO]`. USER is what its user can do: none,
 * yes-no or keyboard. Its value wants encryption. Six digits that it shows are compared by a user who agrees; those that it
 * wants come by the FIFO. USER oob: it prints its data for pairing out of band, and takes the other side's, R and C, from the
 * FIFO; oob-legacy: the FIFO gives the secret of legacy pairing. USER signs: security mode 2 instead, for a value with the
 * signed property.
 */
#include <ble/ble.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int fifo = -1;
static bool out_of_band;
static ble_conn_id asked; /* whose pairing waits for the FIFO */

static struct ble_characteristic secret = {
	.uuid = 0xC002, .permission = BLE_READ | BLE_NOTIFY, .size = 1, .descriptor = "Secret", .type = BLE_NUMBER,
};
static struct ble_characteristic key = {
	.uuid = 0xC003, .permission = BLE_WRITE_SIGNED, .size = 1, .descriptor = "Key", .type = BLE_NUMBER,
};
static struct ble_service service = { .uuid = 0xC001, .characteristics = BLE_LIST(&secret, &key) };

static void on_written(struct ble *ble, const struct ble_event *ev, void *ctx)
{
	(void)ble;
	(void)ctx;
	printf("%s %u\n", ev->written.kind == BLE_WRITTEN_SIGNED ? "signed" : "written", ev->written.data[0]);
	fflush(stdout);
}

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

static void on_oob(struct ble *ble, const struct ble_event *ev, void *ctx)
{
	(void)ble;
	(void)ctx;
	printf("oob ");
	for (unsigned i = 0; i < 32; i++)
		printf("%s%02x", i == 16 ? " " : "", i < 16 ? ev->oob.r[i] : ev->oob.c[i - 16]);
	printf("\n");
	fflush(stdout);
}

static void octets_of(const char *hex, uint8_t octets[16])
{
	for (unsigned i = 0; i < 16; i++)
		sscanf(hex + 2 * i, "%2hhx", &octets[i]);
}

/* "R C" or "TK". */
static void on_told(struct ble *ble, const char *line, size_t len)
{
	struct ble_oob theirs = { 0 };
	bool legacy = len < 64;
	octets_of(line, legacy ? theirs.tk : theirs.r);
	if (!legacy)
		octets_of(line + 33, theirs.c);
	printf("told %d\n", ble_set_oob_data(ble, &theirs, legacy));
	fflush(stdout);
}

/* What a callback must not wait for. */
static int serve(struct ble *ble)
{
	int err = 0;
	while (!err) {
		char line[80] = "";
		err = ble_run(ble, asked || out_of_band ? 20 : 500);
		ssize_t len = asked || out_of_band ? read(fifo, line, sizeof line - 1) : 0;
		if (len >= 32)
			on_told(ble, line, (size_t)len);
		if (len < 6 || !asked)
			continue;
		(void)ble_enter_passkey(ble, asked, (uint32_t)strtoul(line, NULL, 10));
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
	struct ble_security_params p = { .bonding = BLE_AUTH_BOND };
	out_of_band = !strncmp(user, "oob", 3);
	p.ways = out_of_band ? BLE_WAYS(&ble_out_of_band, &ble_legacy_pairing)
			     : BLE_WAYS(&ble_passkey_entry, &ble_numeric_comparison);
	p.capabilities = strcmp(user, "yes-no") == 0 ? BLE_CAP_DISPLAY_YES_NO
		: strcmp(user, "keyboard") == 0      ? BLE_CAP_KEYBOARD_ONLY
						     : BLE_CAP_NONE;
	p.scheme = !strcmp(user, "oob-legacy") ? BLE_AUTH_LEGACY : p.capabilities == BLE_CAP_NONE ? 0 : BLE_AUTH_MITM;
	int err = ble_security(ble, &p);
	service.level = strcmp(user, "signs") == 0 ? 0 : 2;
	if (!err && !service.level)
		err = ble_gap(ble, &(struct ble_gap_params){ .name = "Pairs", .security_mode = 2 });
	if (!err)
		err = ble_add_callback(ble, BLE_EV_WRITTEN, on_written, NULL);
	if (!err)
		err = ble_add_callback(ble, BLE_EV_COMPARE, on_compare, NULL);
	if (!err)
		err = ble_add_callback(ble, BLE_EV_PASSKEY_WANTED, on_wanted, NULL);
	if (!err && !strcmp(user, "oob"))
		err = ble_add_callback(ble, BLE_EV_OOB, on_oob, NULL);
	if (!err && !strcmp(user, "oob"))
		err = ble_oob_data(ble);
	return err ? err : ble_add_callback(ble, BLE_EV_PAIRED, on_paired, NULL);
}

int main(int argc, char **argv)
{
	struct ble *ble;
	char why[200];
	if (argc > 2)
		fifo = open(argv[2], O_RDONLY | O_NONBLOCK);
	int err = ble_open(&ble, &(struct ble_options){ .name = "Pairs", .parts = BLE_PARTS(&ble_pairing, &ble_signing, &ble_private) });
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
