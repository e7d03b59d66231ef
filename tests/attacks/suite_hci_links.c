/*
 * Attacks of a controller on the host by what it says of links, of credits and of what it has heard
 * (Vol 4 Part E 4.1.1, 4.3, 7.7.5, 7.7.19, 7.7.65.1, 7.7.65.2).
 */
#include "tests/attacks/victim.h"

#include "base/le.h"

static void up_with(struct ble_host_config c)
{
	static const struct ble_part *const parts[] = { &ble_peripheral, &ble_bare_server, &ble_observer, &ble_central,
		&ble_client, NULL };
	c.parts = parts;
	victim_up(c);
}

static void scan(void)
{
	assert_int_equal(ble_scan_start(f.host, NULL), 0);
	fake_pump(&f);
	fake_serve(&f, HCI_CMD_LE_SET_SCAN_PARAMETERS);
	fake_serve(&f, HCI_CMD_LE_SET_SCAN_ENABLE);
	(void)fake_expect(&f, BLE_EV_SCAN_STARTED);
}

/* A report with so many octets of data; returns its length. */
static size_t put_report(uint8_t *p, uint8_t len, uint8_t seed)
{
	p[0] = 0;
	p[1] = 1;
	memset(p + 2, seed, 6);
	p[8] = len;
	memset(p + 9, seed, len);
	p[9 + len] = (uint8_t)-seed;
	return 10u + len;
}

/* Reports of these lengths, `says` of them, cut to `octets`; those that are whole come, the rest is counted. */
static void reports(const uint8_t *lens, unsigned count, unsigned says, size_t octets)
{
	uint8_t event[255] = { (uint8_t)says };
	size_t n = 1;
	unsigned whole = 0;
	uint32_t before = victim_stats().malformed;
	for (unsigned i = 0; i < count; i++) {
		if (n + 10u + lens[i] > sizeof event)
			break;
		n += put_report(event + n, lens[i], (uint8_t)(i + 1));
		whole += whole == i && lens[i] <= 31 && n <= octets && i < says;
	}
	fake_le(&f, HCI_LE_EVT_ADVERTISING_REPORT, event, octets < n ? octets : n);
	for (unsigned i = 0; i < whole; i++) {
		const struct ble_event *ev = fake_expect(&f, BLE_EV_REPORT);
		assert_int_equal(ev->report.len, lens[i]);
		assert_int_equal(ev->report.rssi_dbm, -(int)(i + 1));
		for (unsigned at = 0; at < lens[i]; at++)
			assert_int_equal(ev->report.data[at], i + 1);
	}
	fake_expect_none(&f);
	assert_int_equal(victim_stats().malformed - before, whole != says || !says);
}

static void reports_of_every_number(void **state)
{
	static const uint8_t lens[] = { 0, 3, 31, 7, 1, 30, 0, 2 };
	(void)state;
	up_with((struct ble_host_config){ 0 });
	scan();
	for (unsigned says = 0; says < 256; says++)
		for (unsigned count = 0; count <= 8; count++)
			reports(lens, count, says, 255);
	for (size_t octets = 0; octets < 160; octets++)
		reports(lens, 8, 8, octets);
	victim_serves();
	victim_end();
}

/* Longer than advertising data of old can be: neither the event's length nor ours is believed alone. */
static void reports_that_are_too_long(void **state)
{
	(void)state;
	up_with((struct ble_host_config){ 0 });
	scan();
	for (unsigned len = 32; len < 256; len++)
		for (size_t octets = 8; octets < 254; octets += 17) {
			uint8_t lens[2] = { 5, (uint8_t)len };
			reports(lens, 2, 2, octets);
			reports(lens + 1, 1, 1, octets);
		}
	victim_serves();
	victim_end();
}

/* Out of the ordinary the host has nothing but two packets on their way, whatever it was told before. */
static void credits_are(unsigned count)
{
	unsigned n = 0;
	f.out.head = f.out.tail;
	ANSWER(ask(OCTETS(0x12, 0x0C, 0, 1, 0)), 0x13);
	victim_forget();
	while (n < 10 && ble_server_notify(f.host, attacker, 0x0B, "x", 1) == 0)
		n++;
	fake_pump(&f);
	assert_int_equal(n, count);
	assert_int_equal(f.out.tail - f.out.head, count);
	f.out.head = f.out.tail;
	fake_completed(&f, ATTACKER, (uint16_t)count);
	victim_forget();
	ANSWER(ask(OCTETS(0x12, 0x0C, 0, 0, 0)), 0x13);
	victim_forget();
}

static void credits_out_of_nowhere(void **state)
{
	static const uint16_t counts[] = { 1, 2, 3, 0x7FFF, 0xFFFF };
	(void)state;
	f.acl_count = 2;
	victim_up((struct ble_host_config){ .connections = 3, .tx_queue = 20 });
	fake_disconnected(&f, BYSTANDER, 0x13); /* all of them for one link */
	victim_forget();
	for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
		fake_completed(&f, ATTACKER, counts[i]);
		fake_completed(&f, 0x0EFF, counts[i]);
		fake_completed(&f, 0xFFFF, counts[i]);
	}
	uint32_t malformed = victim_stats().malformed;
	for (unsigned handles = 0; handles < 256; handles++)
		for (size_t len = 1; len < 20; len++) {
			uint8_t params[20] = { (uint8_t)handles, ATTACKER, 0, 9, 0, ATTACKER, 0, 0xFF, 0xFF };
			fake_event(&f, HCI_EVT_NUMBER_OF_COMPLETED_PACKETS, params, len);
			malformed += len != 1 + 4 * handles;
		}
	assert_int_equal(victim_stats().malformed, malformed);
	credits_are(2);
	credits_are(2);
	bystander = fake_connected(&f, BYSTANDER, BLE_ROLE_PERIPHERAL);
	victim_serves();
	victim_end();
}

/* What a lost link had comes back once, also when the controller counts it afterwards. */
static void credits_of_a_lost_link(void **state)
{
	(void)state;
	f.acl_count = 2;
	victim_up((struct ble_host_config){ .connections = 2, .tx_queue = 20 });
	for (unsigned i = 0; i < 20; i++) {
		fake_acl(&f, BYSTANDER, FIRST, OCTETS(3, 0, 4, 0, 0x0A, 3, 0));
		fake_disconnected(&f, BYSTANDER, 0x08);
		fake_completed(&f, BYSTANDER, 1);
		fake_disconnected(&f, BYSTANDER, 0x08);
		victim_forget();
		credits_are(2);
		f.out.head = f.out.tail;
		bystander = fake_connected(&f, BYSTANDER, BLE_ROLE_PERIPHERAL);
	}
	victim_serves();
	victim_end();
}

static void complete(uint8_t status, uint16_t handle, uint8_t role, uint8_t addr_type)
{
	fake_le(&f, HCI_LE_EVT_CONNECTION_COMPLETE, OCTETS(status, LE(handle), role, addr_type, 1, 2, 3, 4, 5, 0xC6, 24,
		0, 0, 0, 0x90, 1, 0));
}

/* Handles that are taken or cannot be, roles and addresses that do not exist, failures of what nobody tried. */
static void connections_that_cannot_be(void **state)
{
	(void)state;
	up_with((struct ble_host_config){ .connections = 3 });
	for (unsigned i = 0; i < 3; i++) {
		complete(0, ATTACKER, BLE_ROLE_PERIPHERAL, 1);
		complete(0, BYSTANDER, BLE_ROLE_CENTRAL, 0);
	}
	for (uint16_t handle = 0x0F00; handle <= 0x0FFF; handle++)
		complete(0, handle, BLE_ROLE_PERIPHERAL, 1);
	for (unsigned value = 2; value < 256; value++) {
		complete(0, 0x50, (uint8_t)value, 1);
		complete(0, 0x50, BLE_ROLE_PERIPHERAL, (uint8_t)value);
	}
	for (unsigned status = 1; status < 256; status++)
		complete((uint8_t)status, 0x50, (uint8_t)(status & 1), 1);
	fake_silent(&f);
	fake_expect_none(&f);
	(void)fake_connected(&f, 0x50, BLE_ROLE_PERIPHERAL); /* the third place is still there */
	victim_serves();
	victim_end();
}

/* Places are three: the fourth and later are sent away as Low Resources, 7.1.6. */
static void more_links_than_places(void **state)
{
	(void)state;
	up_with((struct ble_host_config){ .connections = 2 });
	for (uint16_t handle = 0x50; handle < 0x60; handle++) {
		complete(0, handle, BLE_ROLE_PERIPHERAL, 1);
		fake_command(&f, HCI_CMD_DISCONNECT, OCTETS(LE(handle), 0x14));
		fake_status(&f, HCI_CMD_DISCONNECT, 0);
		fake_disconnected(&f, handle, 0x16);
	}
	fake_expect_none(&f);
	victim_serves();
	victim_end();
}

/* A second Connection Complete finds no attempt, and what the first one used is not used again. */
static void an_attempt_that_ends_twice(void **state)
{
	static const struct ble_addr peer = { BLE_ADDR_RANDOM, { 1, 2, 3, 4, 5, 0xC6 } };
	(void)state;
	up_with((struct ble_host_config){ .connections = 3 });
	for (unsigned cancelled = 0; cancelled < 2; cancelled++) {
		assert_int_equal(ble_conn_create(f.host, &peer, NULL), 0);
		fake_pump(&f);
		(void)fake_command(&f, HCI_CMD_LE_CREATE_CONNECTION, NULL, 0);
		fake_status(&f, HCI_CMD_LE_CREATE_CONNECTION, 0);
		if (cancelled) {
			assert_int_equal(ble_conn_cancel(f.host), 0);
			fake_pump(&f);
			fake_serve(&f, HCI_CMD_LE_CREATE_CONNECTION_CANCEL);
		}
		complete(0x02, 0, BLE_ROLE_CENTRAL, 1);
		complete(0x02, 0, BLE_ROLE_CENTRAL, 1);
		complete(0x3E, 0, BLE_ROLE_CENTRAL, 1);
		const struct ble_event *ev = fake_expect(&f, BLE_EV_ERROR);
		assert_int_equal(ev->error.err, cancelled ? BLE_ECLOSED : BLE_EHCI(0x02));
		fake_expect_none(&f);
	}
	victim_serves();
	victim_end();
}

static void disconnections_of_nobody(void **state)
{
	(void)state;
	up_with((struct ble_host_config){ .connections = 3 });
	for (uint32_t handle = 0x42; handle <= 0xFFFF; handle += 3)
		if ((handle & 0xFFF) != ATTACKER && (handle & 0xFFF) != BYSTANDER)
			fake_disconnected(&f, (uint16_t)handle, 0x13);
	for (unsigned status = 1; status < 256; status++)
		fake_event(&f, HCI_EVT_DISCONNECTION_COMPLETE, OCTETS((uint8_t)status, ATTACKER, 0, 0x13));
	fake_disconnected(&f, 0x50, 0x13); /* before it is there */
	(void)fake_connected(&f, 0x50, BLE_ROLE_PERIPHERAL);
	fake_disconnected(&f, 0x50, 0x13);
	(void)fake_expect(&f, BLE_EV_DISCONNECTED);
	fake_disconnected(&f, 0x50, 0x13);
	fake_expect_none(&f);
	victim_serves();
	victim_end();
}

/* Something is under way on the attacker's link; returns the event that ends it, BLE_EV_NONE: there is none. */
static uint8_t begin(unsigned which)
{
	int err = 0;
	switch (which) {
	case 0: err = ble_client_services(f.host, attacker, NULL, 0); break;
	case 1: err = ble_client_read(f.host, attacker, 3); break;
	case 2: err = ble_client_write(f.host, attacker, 3, "x", 1); break;
	case 3: err = ble_client_exchange_mtu(f.host, attacker); break;
	case 4:
		(void)ask(OCTETS(0x12, 0x0F, 0, 2, 0));
		victim_forget();
		err = ble_server_notify(f.host, attacker, 0x0E, "x", 1);
		break;
	case 5: err = ble_conn_update(f.host, attacker, NULL); break;
	case 6: fake_acl(&f, ATTACKER, FIRST, OCTETS(3, 0, 4, 0, 0x0A)); return BLE_EV_NONE;
	default: err = ble_conn_disconnect(f.host, attacker, 0); break;
	}
	assert_int_equal(err, 0);
	return which < 4 ? BLE_EV_DONE : which == 4 ? BLE_EV_CONFIRMED : BLE_EV_NONE;
}

static void disconnections_in_the_middle(void **state)
{
	(void)state;
	for (unsigned which = 0; which < 8; which++)
		for (unsigned sent = 0; sent < 2; sent++) {
			fake_init(&f);
			up_with((struct ble_host_config){ 0 });
			uint8_t type = begin(which);
			if (sent)
				fake_pump(&f);
			fake_disconnected(&f, ATTACKER, 0x08);
			fake_disconnected(&f, ATTACKER, 0x08);
			if (type == BLE_EV_DONE)
				assert_int_equal(fake_expect(&f, type)->done.err, BLE_ECONN);
			else if (type == BLE_EV_CONFIRMED)
				assert_int_equal(fake_expect(&f, type)->confirmed.err, BLE_ECONN);
			(void)fake_expect(&f, BLE_EV_DISCONNECTED);
			fake_expect_none(&f);
			f.out.head = f.out.tail;
			if (which == 7)
				fake_status(&f, HCI_CMD_DISCONNECT, 0x02); /* it has just gone */
			attacker = fake_connected(&f, ATTACKER, BLE_ROLE_PERIPHERAL);
			victim_serves();
			victim_end();
		}
}

/* 20 fragments of 27 octets, one at a time; the link is lost behind each, while the driver has it or not. */
static void lost_behind_each_fragment(void **state)
{
	(void)state;
	for (unsigned fragments = 0; fragments <= 20; fragments++)
		for (unsigned keeps = 0; keeps < 2; keeps++) {
			fake_init(&f);
			f.acl_octets = 27;
			f.acl_count = 1;
			victim_up((struct ble_host_config){ .att_mtu = 517 });
			ANSWER(ask(OCTETS(0x02, 0x05, 0x02)), 0x03, 0x05, 0x02);
			victim_forget();
			f.keeps = keeps;
			say(ATT, OCTETS(0x0A, TARGET_LONG, 0));
			for (unsigned i = 0; i < fragments; i++) {
				if (keeps)
					fake_done(&f);
				fake_completed(&f, ATTACKER, 1);
			}
			assert_int_equal(f.out.tail - f.out.head, fragments < 20 ? fragments + 1 : 20);
			fake_disconnected(&f, ATTACKER, 0x08);
			(void)fake_expect(&f, BLE_EV_DISCONNECTED);
			fake_done(&f);
			f.keeps = false;
			f.out.head = f.out.tail;
			attacker = fake_connected(&f, ATTACKER, BLE_ROLE_PERIPHERAL);
			victim_serves();
			victim_end();
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ATTACK("HCI-004 reports of every number", reports_of_every_number),
		ATTACK("HCI-005 V-Z15 reports that are too long", reports_that_are_too_long),
		ATTACK("HCI-008 credits out of nowhere", credits_out_of_nowhere),
		ATTACK("HCI-008 credits of a lost link", credits_of_a_lost_link),
		ATTACK("HCI-011 V-N02 connections that cannot be", connections_that_cannot_be),
		ATTACK("HCI-011 more links than places", more_links_than_places),
		ATTACK("V-Z12 an attempt that ends twice", an_attempt_that_ends_twice),
		ATTACK("HCI-012 disconnections of nobody", disconnections_of_nobody),
		ATTACK("HCI-012 disconnections in the middle", disconnections_in_the_middle),
		ATTACK("HCI-015 lost behind each fragment", lost_behind_each_fragment),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
