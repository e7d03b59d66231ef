/* RSSI, PHY and transmit power: Vol 4 Part E 7.5.4, 7.7.65.12, 7.8.6. */
#include "tests/unit/host/fake_ctlr.h"

#include <ble/levels.h>

enum { A = 0x40, B = 0x41 };

static struct fake f;

static int setup(void **state)
{
	(void)state;
	fake_init(&f);
	fake_host(&f, (struct ble_host_config){ .connections = 2, .parts = BLE_PARTS(&ble_peripheral, &ble_levels) });
	f.stops_at = HCI_CMD_LE_READ_ADVERTISING_PHYSICAL_CHANNEL_TX_POWER;
	fake_up(&f);
	return 0;
}

static void power(uint8_t status, int8_t dbm)
{
	fake_complete(&f, HCI_CMD_LE_READ_ADVERTISING_PHYSICAL_CHANNEL_TX_POWER, status, &dbm, status ? 0 : 1);
}

static void the_power_is_known_from_the_bring_up_on(void **state)
{
	int8_t dbm = 0;
	(void)state;
	assert_int_equal(ble_adv_power(f.host, &dbm), BLE_ESTATE);
	power(0, -12);
	assert_int_equal(fake_expect(&f, BLE_EV_TX_POWER)->tx_power.dbm, -12);
	assert_int_equal(ble_adv_power(f.host, &dbm), 0);
	assert_int_equal(dbm, -12);
	fake_silent(&f);
	/* another controller may come back */
	fake_event(&f, HCI_EVT_HARDWARE_ERROR, OCTETS(0));
	(void)fake_expect(&f, BLE_EV_LOST);
	assert_int_equal(ble_adv_power(f.host, &dbm), BLE_ESTATE);
	f.answers = true;
	fake_pass(&f, 1000000);
	(void)fake_expect(&f, BLE_EV_READY);
	power(0, 4);
	assert_int_equal(fake_expect(&f, BLE_EV_TX_POWER)->tx_power.dbm, 4);
	fake_expect_none(&f);
	fake_end(&f);
}

static void a_controller_that_does_not_know_its_power_is_not_asked_again(void **state)
{
	int8_t dbm;
	(void)state;
	power(HCI_ERR_UNKNOWN_COMMAND, 0);
	fake_expect_none(&f);
	fake_silent(&f);
	assert_int_equal(ble_adv_power(f.host, &dbm), BLE_ESTATE);
	fake_end(&f);
}

static void rssi(ble_conn_id id, int err, int8_t dbm)
{
	struct ble_conn_info info;
	const struct ble_event *ev = fake_expect(&f, BLE_EV_RSSI);
	assert_int_equal(ev->conn, id);
	assert_int_equal(ev->rssi.err, err);
	assert_int_equal(ev->rssi.dbm, dbm);
	fake_expect_none(&f);
	assert_int_equal(ble_conn_info(f.host, id, &info), 0);
	assert_int_equal(info.rssi_dbm, dbm);
}

static void an_rssi_is_asked_for_and_told(void **state)
{
	struct ble_conn_info info;
	(void)state;
	power(HCI_ERR_UNKNOWN_COMMAND, 0);
	assert_int_equal(ble_conn_rssi(f.host, 1), BLE_ECONN);
	ble_conn_id a = fake_connected(&f, A, BLE_ROLE_PERIPHERAL), b = fake_connected(&f, B, BLE_ROLE_CENTRAL);
	assert_int_equal(ble_conn_info(f.host, a, &info), 0);
	assert_int_equal(info.rssi_dbm, BLE_RSSI_UNKNOWN);
	assert_int_equal(ble_conn_rssi(f.host, b), 0);
	assert_int_equal(ble_conn_rssi(f.host, a), 0);
	assert_int_equal(ble_conn_rssi(f.host, a), 0); /* one question */
	fake_pump(&f);
	fake_command(&f, HCI_CMD_READ_RSSI, OCTETS(A, 0));
	fake_complete(&f, HCI_CMD_READ_RSSI, 0, "\x40\x00\xC4", 3);
	rssi(a, 0, -60);
	fake_command(&f, HCI_CMD_READ_RSSI, OCTETS(B, 0));
	fake_complete(&f, HCI_CMD_READ_RSSI, HCI_ERR_COMMAND_DISALLOWED, NULL, 0);
	rssi(b, BLE_EHCI(HCI_ERR_COMMAND_DISALLOWED), BLE_RSSI_UNKNOWN);
	assert_int_equal(ble_conn_rssi(f.host, a), 0);
	fake_pump(&f);
	(void)fake_command(&f, HCI_CMD_READ_RSSI, NULL, 0);
	fake_complete(&f, HCI_CMD_READ_RSSI, 0, "\x41\x00\xC4", 3); /* it speaks of another */
	rssi(a, BLE_EHCI(HCI_ERR_UNSPECIFIED), BLE_RSSI_UNKNOWN);
	fake_silent(&f);
	fake_end(&f);
}

/* The answer comes when the connection has gone, and when its slot has another. */
static void an_rssi_of_what_has_gone_is_not_told(void **state)
{
	(void)state;
	power(HCI_ERR_UNKNOWN_COMMAND, 0);
	for (int again = 0; again < 2; again++) {
		ble_conn_id a = fake_connected(&f, A, BLE_ROLE_PERIPHERAL);
		assert_int_equal(ble_conn_rssi(f.host, a), 0);
		fake_pump(&f);
		(void)fake_command(&f, HCI_CMD_READ_RSSI, NULL, 0);
		fake_disconnected(&f, A, 8);
		(void)fake_expect(&f, BLE_EV_DISCONNECTED);
		if (again)
			(void)fake_connected(&f, A, BLE_ROLE_PERIPHERAL);
		fake_complete(&f, HCI_CMD_READ_RSSI, 0, "\x40\x00\xC4", 3);
		fake_expect_none(&f);
	}
	fake_end(&f);
}

static void a_phy_is_1m_until_the_controller_says_otherwise(void **state)
{
	struct ble_conn_info info;
	(void)state;
	ble_conn_id a = fake_connected(&f, A, BLE_ROLE_PERIPHERAL);
	assert_int_equal(ble_conn_info(f.host, a, &info), 0);
	assert_int_equal(info.tx_phy, BLE_PHY_1M);
	assert_int_equal(info.rx_phy, BLE_PHY_1M);
	fake_le(&f, HCI_LE_EVT_PHY_UPDATE_COMPLETE, OCTETS(0x1A, A, 0, 2, 2)); /* it came to nothing */
	fake_le(&f, HCI_LE_EVT_PHY_UPDATE_COMPLETE, OCTETS(0, B, 0, 2, 2));    /* of nobody */
	fake_le(&f, HCI_LE_EVT_PHY_UPDATE_COMPLETE, OCTETS(0, A, 0, 2));       /* cut */
	assert_int_equal(ble_conn_info(f.host, a, &info), 0);
	assert_int_equal(info.tx_phy, BLE_PHY_1M);
	fake_le(&f, HCI_LE_EVT_PHY_UPDATE_COMPLETE, OCTETS(0, A, 0, 2, 3));
	assert_int_equal(ble_conn_info(f.host, a, &info), 0);
	assert_int_equal(info.tx_phy, BLE_PHY_2M);
	assert_int_equal(info.rx_phy, BLE_PHY_CODED);
	struct ble_host_stats s;
	ble_host_stats(f.host, &s);
	assert_int_equal(s.malformed, 1);
	fake_expect_none(&f);
	fake_end(&f);
}

static void without_the_part_it_says_so(void **state)
{
	int8_t dbm;
	struct ble_conn_info info;
	(void)state;
	fake_init(&f);
	fake_host(&f, (struct ble_host_config){ .parts = BLE_PARTS(&ble_peripheral) });
	fake_up(&f);
	assert_false(ble_host_has(f.host, &ble_levels_room));
	ble_conn_id a = fake_connected(&f, A, BLE_ROLE_PERIPHERAL);
	assert_int_equal(ble_conn_rssi(f.host, a), BLE_ENOTSUP);
	assert_int_equal(ble_adv_power(f.host, &dbm), BLE_ENOTSUP);
	assert_int_equal(ble_conn_info(f.host, a, &info), 0);
	assert_int_equal(info.tx_phy, 0);
	assert_int_equal(info.rssi_dbm, BLE_RSSI_UNKNOWN);
	fake_end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_power_is_known_from_the_bring_up_on, setup),
		cmocka_unit_test_setup(a_controller_that_does_not_know_its_power_is_not_asked_again, setup),
		cmocka_unit_test_setup(an_rssi_is_asked_for_and_told, setup),
		cmocka_unit_test_setup(an_rssi_of_what_has_gone_is_not_told, setup),
		cmocka_unit_test_setup(a_phy_is_1m_until_the_controller_says_otherwise, setup),
		cmocka_unit_test(without_the_part_it_says_so),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
