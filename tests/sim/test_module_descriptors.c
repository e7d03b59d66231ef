/*
 * Descriptors of the program's own in the module: described, stored, told and guarded as values are. A label that the
 * phone may change, longer than a packet.
 */
#include "module_kit.h"

static uint8_t state_value;
static struct {
	unsigned count;
	uint16_t len;
} told;

static void on_label(struct ble *ble, struct ble_characteristic *ch, const struct ble_write *write, void *ctx)
{
	(void)ble, (void)ch, (void)ctx;
	told.count++;
	told.len = write->len;
}

static struct ble_characteristic state = { .uuid = 0xB001, .permission = BLE_READ, .size = 1, .value = &state_value };
static struct ble_characteristic label = { .uuid = 0x2901, .type = BLE_DESCRIPTOR | BLE_STRING,
	.permission = BLE_READ | BLE_WRITE, .size = 100, .on_write = on_label };
static struct ble_service lock = { .uuid = 0xA001, .characteristics = BLE_LIST(&state, &label) };

static void begin(struct duo *duo, uint8_t level)
{
	told.count = 0;
	lock.level = level;
	duo_begin(duo, 71, BLE_PARTS(&ble_pairing, &ble_prepared, &ble_descriptors));
	assert_int_equal(ble_add_service(duo->lock.ble, &lock), 0);
	assert_int_equal(ble_set_value(duo->lock.ble, &label, "Front door", 10), 0);
	duo_start(duo);
	duo_connect(duo);
	assert_int_equal(label.handle, state.handle + 2); /* a 0x2900 stands between them */
}

static void is_front_door(struct duo *duo)
{
	assert_int_equal(duo_read(duo, label.handle), 0);
	assert_int_equal(duo->phone.last[BLE_EV_VALUE].value.len, 10);
	assert_memory_equal(duo->phone.data, "Front door", 10);
}

static void test_a_long_label(void **ignored)
{
	static const char text[] = "The door behind the second court, third floor, left of the stairs";
	char got[100];
	struct duo duo;
	(void)ignored;
	begin(&duo, 1);
	is_front_door(&duo);
	assert_int_equal(duo_write(&duo, label.handle, text, sizeof text - 1), 0);
	assert_int_equal(told.count, 1);
	assert_int_equal(told.len, sizeof text - 1);
	assert_int_equal(ble_get_value(duo.lock.ble, &label, got, sizeof got), sizeof text - 1);
	assert_memory_equal(got, text, sizeof text - 1);
	duo_end(&duo);
}

/* Insufficient Authentication until the link is encrypted; discovery is open. */
static void test_its_level_is_that_of_the_service(void **ignored)
{
	struct duo duo;
	(void)ignored;
	begin(&duo, 2);
	assert_int_equal(duo_read(&duo, label.handle), BLE_EATT(0x05));
	assert_int_equal(duo_write(&duo, label.handle, "Mine", 4), BLE_EATT(0x05));
	assert_int_equal(told.count, 0);
	assert_int_equal(duo_done(&duo, ble_client_descriptors(ble_host(duo.phone.ble), duo.phone.conn,
				 (uint16_t)(state.handle + 1), label.handle)),
		0);
	assert_int_equal(duo.phone.last[BLE_EV_DESCRIPTOR].descriptor.uuid, 0x2901);
	assert_int_equal(duo_pair(&duo), 0);
	is_front_door(&duo);
	duo_end(&duo);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_long_label),
		cmocka_unit_test(test_its_level_is_that_of_the_service),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
