/*
 * Security in the module's words, on the air: a device whose services want a level, and a central that finds this out.
 * Here rather than beside the other tests on the air, as the store of a world takes from the heap whenever a key is saved.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ble/ble.h>
#include <ble/client.h>
#include <ble/sim.h>

static uint8_t level_value = 42;
static struct ble_characteristic level = { .uuid = 0x2A19, .permission = BLE_READ, .size = 1, .length = 1,
	.type = BLE_BYTES, .value = &level_value };
static struct ble_service battery = { .uuid = 0x180F, .characteristics = BLE_LIST(&level) };

/* What a device was told. */
struct told {
	struct ble *ble;
	ble_conn_id conn;
	unsigned connected, disconnected, encrypted, values, done;
	unsigned paired, wanted, shown;
	uint32_t number;
	uint8_t level;
	int paired_err, done_err;
	struct ble_addr from;
};

static struct told device, central;
static const struct ble_way *const passkeys[] = { &ble_passkey_entry, NULL };

static void on_event(struct ble *ble, const struct ble_event *ev, void *ctx)
{
	struct told *t = ctx;
	(void)ble;
	switch (ev->type) {
	case BLE_EV_REPORT: t->from = ev->report.addr; break;
	case BLE_EV_CONNECTED:
		t->connected++;
		t->conn = ev->conn;
		break;
	case BLE_EV_DISCONNECTED: t->disconnected++; break;
	case BLE_EV_ENCRYPTED:
		t->encrypted++;
		t->level = ev->encrypted.level;
		break;
	case BLE_EV_PAIRED:
		t->paired++;
		t->paired_err = ev->paired.err;
		break;
	case BLE_EV_PASSKEY:
		t->shown++;
		t->number = ev->passkey.number;
		break;
	case BLE_EV_PASSKEY_WANTED: t->wanted++; break;
	case BLE_EV_VALUE: t->values++; break;
	case BLE_EV_DONE:
		t->done++;
		t->done_err = ev->done.err;
		break;
	default: break;
	}
}

static void pass_ms(struct ble_world *world, uint32_t ms)
{
	ble_world_run_until(world, ble_world_now(world) + ms * UINT64_C(1000));
}

static void open_both(struct ble_world *world)
{
	device = central = (struct told){ 0 };
	assert_int_equal(ble_world_open(world, NULL, &device.ble,
		&(struct ble_options){ .name = "Guarded", .parts = BLE_PARTS(&ble_pairing), .bonds = 1 }), 0);
	assert_int_equal(ble_world_open(world, &(struct ble_node_options){ .x_m = 1 }, &central.ble,
		&(struct ble_options){ .name = "Visitor",
			.parts = BLE_PARTS(&ble_pairing, &ble_central, &ble_client), .bonds = 1 }), 0);
	assert_int_equal(ble_add_callback(device.ble, BLE_EV_NONE, on_event, &device), 0);
	assert_int_equal(ble_add_callback(central.ble, BLE_EV_NONE, on_event, &central), 0);
	assert_int_equal(ble_add_service(device.ble, &battery), 0);
}

static void close_both(struct ble_world *world)
{
	ble_world_close(central.ble);
	ble_world_close(device.ble);
	ble_world_free(world);
}

/* Until they are connected. */
static void meet(struct ble_world *world)
{
	assert_int_equal(ble_start(device.ble), 0);
	assert_int_equal(ble_start(central.ble), 0);
	assert_int_equal(ble_start_advertising(device.ble), 0);
	assert_int_equal(ble_start_scanning(central.ble, 1000), 0);
	pass_ms(world, 1500);
	assert_int_equal(ble_conn_create(ble_host(central.ble), &central.from, NULL), 0);
	while (!central.connected || !device.connected)
		pass_ms(world, 10);
}

static void read_level(struct ble_world *world)
{
	central.done = central.values = 0;
	assert_int_equal(ble_client_read(ble_host(central.ble), central.conn, level.handle), 0);
	for (unsigned i = 0; i < 200 && !central.done; i++)
		pass_ms(world, 10);
}

/* The device asks for security by itself; the central pairs, and may read. */
static void test_level_2(void **state)
{
	struct ble_world *world = ble_world_new(&(struct ble_world_options){ .seed = 2 });
	(void)state;
	open_both(world);
	assert_int_equal(ble_gap(device.ble, &(struct ble_gap_params){ .security_level = 2 }), 0);
	assert_int_equal(ble_security(device.ble, &(struct ble_security_params){ 0 }), 0);
	assert_int_equal(ble_security(central.ble, &(struct ble_security_params){ 0 }), 0);
	meet(world);
	for (unsigned i = 0; i < 500 && !central.paired; i++)
		pass_ms(world, 10);
	assert_true(central.paired == 1 && !central.paired_err && central.level == 2);
	assert_true(device.paired == 1 && !device.paired_err && device.level == 2);
	read_level(world);
	assert_true(central.values == 1 && !central.done_err);
	close_both(world);
}

/* Level 4 and a passkey that the device shows: entered wrongly nothing opens, entered rightly all does. */
static void test_level_4(void **state)
{
	(void)state;
	for (uint32_t wrong = 0; wrong < 2; wrong++) {
		struct ble_world *world = ble_world_new(&(struct ble_world_options){ .seed = 4 });
		open_both(world);
		assert_int_equal(ble_security(device.ble, &(struct ble_security_params){
			.ways = passkeys, .capabilities = BLE_CAP_DISPLAY_ONLY, .scheme = BLE_AUTH_SC | BLE_AUTH_MITM }), 0);
		assert_int_equal(ble_gap(device.ble, &(struct ble_gap_params){ .security_level = 4 }), 0);
		assert_int_equal(ble_security(central.ble, &(struct ble_security_params){
			.ways = passkeys, .capabilities = BLE_CAP_KEYBOARD_ONLY, .scheme = BLE_AUTH_SC | BLE_AUTH_MITM }), 0);
		meet(world);
		for (unsigned i = 0; i < 500 && !central.wanted; i++)
			pass_ms(world, 10);
		assert_true(central.wanted == 1 && device.shown == 1);
		read_level(world);
		assert_int_equal(central.done_err, BLE_EATT(0x05));
		assert_int_equal(ble_enter_passkey(central.ble, 0, (device.number + wrong) % 1000000), 0);
		pass_ms(world, 5000);
		assert_int_equal(device.paired_err, wrong ? BLE_EREFUSED : 0);
		assert_int_equal(central.paired_err, device.paired_err);
		assert_int_equal(device.disconnected, 0);
		assert_true(central.level == (wrong ? 0 : 4) && device.level == central.level);
		read_level(world);
		assert_int_equal(central.values, !wrong);
		assert_int_equal(central.done_err, wrong ? BLE_EATT(0x05) : 0);
		close_both(world);
	}
}

/* What capabilities can never reach is refused at the start. */
static void test_unreachable(void **state)
{
	struct ble_world *world = ble_world_new(&(struct ble_world_options){ 0 });
	char text[120];
	(void)state;
	open_both(world);
	assert_int_equal(ble_security(device.ble, &(struct ble_security_params){ 0 }), 0);
	assert_int_equal(ble_gap(device.ble, &(struct ble_gap_params){ .security_level = 3 }), 0);
	assert_int_equal(ble_start(device.ble), BLE_EINVAL);
	assert_string_equal(ble_explain(device.ble, BLE_EINVAL, text, sizeof text),
		"capabilities: MITM protection needs a display, a keyboard or ble_out_of_band");
	close_both(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_level_2),
		cmocka_unit_test(test_level_4),
		cmocka_unit_test(test_unreachable),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
