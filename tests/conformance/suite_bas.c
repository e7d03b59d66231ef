/*
 * Battery Service, built as a program builds it: ten lines on the module. One characteristic, 0x2A19, an unsigned octet
 * of 0 to 100 that is read and notified (Battery Service 1.1, 3.1; UUIDs of Assigned Numbers 3).
 */
#include "sm.h"

static struct ble_characteristic level = { .uuid = 0x2A19, .permission = BLE_READ | BLE_NOTIFY, .size = 1,
	.type = BLE_NUMBER };
static struct ble_service battery = { .uuid = 0x180F, .characteristics = BLE_LIST(&level) };

/* k->at is the value of Battery Level. */
static void connected(struct kit *k)
{
	kit_module(k, NULL);
	assert_int_equal(ble_add_service(k->ble, &battery), 0);
	assert_int_equal(ble_set_number(k->ble, &level, 83), 0);
	ut_start(k);
	ut_peripheral(k);
	k->at = kit_find(k, 0x2A19, NULL);
}

/* The service's range holds the characteristic, and nothing has been declared twice. */
static void service(void **state)
{
	struct kit *k = *state;
	struct lt_frame f;
	connected(k);
	ATT(k, "T 06 01 00 FF FF 00 28 0F 18");
	assert_true(lt_receive(&k->lt, KIT_ATT, &f, 1000));
	EQUAL(f.octets, f.len, "07 .. 00 .. 00");
	assert_in_range(k->at, f.octets[1] + 2, f.octets[3] - 1);
	uint8_t groups[7] = { 0x10, f.octets[1], 0, 0xFF, 0xFF, 0x00, 0x28 };
	lt_send(&k->lt, KIT_ATT, groups, sizeof groups);
	ATT(k, "I 11 06 .. 00 .. 00 0F 18");
}

/* Read is mandatory, Notify what we offer; its CCCD follows, and there is nothing behind it. */
static void declaration(void **state)
{
	struct kit *k = *state;
	uint8_t properties = 0;
	connected(k);
	assert_int_equal(kit_find(k, 0x2A19, &properties), k->at);
	assert_int_equal(properties, 0x12);
	ATT(k, "T 04 ^ FF FF", "I 05 01 ^ 02 29");
}

static void old_declaration(void **state)
{
	struct kit *k = *state;
	uint8_t properties = 0;
	connected(k);
	(void)kit_find(k, 0x2A19, &properties);
	assert_true(properties & BLE_READ);
}

static void read_level(void **state)
{
	struct kit *k = *state;
	static const char *const texts[] = { "I 0B 00", "I 0B 64", "I 0B 32" };
	static const int64_t levels[] = { 0, 100, 50 };
	connected(k);
	ATT(k, "T 0A @", "I 0B 53");
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(ble_set_number(k->ble, &level, levels[i]), 0);
		ATT(k, "T 0A @", texts[i]);
	}
}

static void notify_level(void **state)
{
	struct kit *k = *state;
	connected(k);
	assert_int_equal(ble_set_number(k->ble, &level, 82), 0);
	ATT(k, "I -", "T 0A ^", "I 0B 00 00", "T 12 ^ 01 00", "I 13");
	assert_int_equal(ble_set_number(k->ble, &level, 81), 0);
	ATT(k, "I 1B @ 51");
	assert_int_equal(ble_set_number(k->ble, &level, 80), 0);
	ATT(k, "I 1B @ 50", "T 12 ^ 00 00", "I 13");
	assert_int_equal(ble_set_number(k->ble, &level, 79), 0);
	ATT(k, "I -");
}

static struct sm sm;

/* Who comes back has missed what has happened meanwhile: the program tells it as soon as its subscription holds again. */
static void tell_again(struct kit *k, const struct ble_event *ev)
{
	int64_t now;
	if (ev->type != BLE_EV_SUBSCRIBED || !ev->subscribed.bits)
		return;
	assert_int_equal(ble_get_number(k->ble, &level, &now), 0);
	assert_int_equal(ble_set_number(k->ble, &level, now), 0);
}

static void changed_while_away(void **state)
{
	struct kit *k = *state;
	sm_module(&sm, k, &(struct ble_security_params){ .bonding = BLE_AUTH_BOND });
	assert_int_equal(ble_add_service(k->ble, &battery), 0);
	assert_int_equal(ble_set_number(k->ble, &level, 83), 0);
	ut_start(k);
	sm_connect(&sm, true);
	k->at = kit_find(k, 0x2A19, NULL);
	sm_pair(&sm, SM_SC, 16);
	sm_expect_paired(&sm, 2, 16, true);
	ATT(k, "T 12 ^ 01 00", "I 13");
	sm_leave(&sm);
	assert_int_equal(ble_set_number(k->ble, &level, 70), 0);
	k->program = tell_again;
	sm_connect(&sm, true);
	ATT(k, "I -"); /* until it is known who it is */
	assert_int_equal(sm_encrypt(&sm), 0);
	ATT(k, "I 1B @ 46", "I -");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE("BAS/SR/SGGIT/SER/BV-01-C", service),
		CASE("BAS/SR/SGGIT/CHA/BV-13-C", declaration),
		CASE("BAS/SR/DEC/BV-01-C", old_declaration),
		CASE("BAS/SR/CR/BV-01-C", read_level),
		CASE("BAS/SR/CN/BV-01-C", notify_level),
		CASE("BAS/SR/NTF/BV-05-C", notify_level),
		CASE("BAS/SR/CON/BV-01-C", changed_while_away),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
