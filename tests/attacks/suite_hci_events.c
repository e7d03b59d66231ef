/*
 * Attacks of a controller on the host: events that are cut, that lie about their lengths, that come twice, unasked or
 * for another kind of link (Vol 4 Part E 5.4.4, 7.7).
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

/* Octets that a handle could be, a length, a count or a status. */
static const uint8_t fills[] = { 0x00, 0x01, ATTACKER, 0xFF };

/* Not told and not answered: what the host has not asked for, or what is cut. */
static bool ends_a_link(unsigned code)
{
	return code == HCI_EVT_DISCONNECTION_COMPLETE || code == HCI_EVT_HARDWARE_ERROR;
}

static void every_event_at_every_length(void **state)
{
	uint8_t params[255];
	(void)state;
	up_with((struct ble_host_config){ 0 });
	for (size_t i = 0; i < sizeof fills; i++) {
		memset(params, fills[i], sizeof params);
		for (unsigned code = 0; code < 256; code++) {
			if (code == HCI_EVT_LE_META || ends_a_link(code) || code == HCI_EVT_DATA_BUFFER_OVERFLOW)
				continue;
			for (size_t len = 0; len < 80; len++)
				fake_event(&f, (uint8_t)code, params, len);
			fake_event(&f, (uint8_t)code, params, 255);
		}
		for (unsigned subevent = 0; subevent < 0x40; subevent++)
			for (size_t len = 0; len < 18; len++) /* Connection Complete is whole with 18 */
				if (subevent != HCI_LE_EVT_CONNECTION_UPDATE_COMPLETE || len < 9)
					fake_le(&f, (uint8_t)subevent, params, len);
	}
	fake_expect_none(&f);
	victim_serves();
	victim_end();
}

/* Known events, cut by one octet after the other: each is counted, and has no effect. */
static void known_events_cut(void **state)
{
	static const uint8_t events[][24] = {
		{ 0x05, 4, 0, ATTACKER, 0, 0x13 },
		{ 0x0E, 3, 1, 3, 0x0C }, { 0x0F, 4, 0, 1, 3, 0x0C },
		{ 0x13, 5, 1, ATTACKER, 0, 1, 0 },
		{ 0x3E, 19, 1, 0, 0x50, 0, 1, 1, 1, 2, 3, 4, 5, 0xC6, 24, 0, 0, 0, 0x90, 1, 0 },
		{ 0x3E, 10, 3, 0, ATTACKER, 0, 6, 0, 0, 0, 100, 0 },
	};
	uint32_t count = 0;
	(void)state;
	up_with((struct ble_host_config){ 0 });
	for (size_t i = 0; i < sizeof events / sizeof events[0]; i++)
		for (uint8_t len = 0; len < events[i][1]; len++) {
			uint8_t packet[32] = { 4 };
			memcpy(packet + 1, events[i], 24);
			packet[2] = len;
			fake_packet(&f, packet, 3u + len);
			count++;
			assert_int_equal(victim_stats().malformed, count);
			packet[2] = events[i][1]; /* and says more than there is */
			fake_packet(&f, packet, 3u + len);
			assert_int_equal(victim_stats().malformed, ++count);
		}
	fake_expect_none(&f);
	victim_serves();
	victim_end();
}

/* Advertising Set Terminated and Scan Request Received, for sets that nobody has. */
static void sets_that_nobody_has(void **state)
{
	(void)state;
	up_with((struct ble_host_config){ 0 });
	for (unsigned handle = 0; handle < 256; handle++) {
		fake_le(&f, 0x12, OCTETS(0, (uint8_t)handle, ATTACKER, 0, 3));
		fake_le(&f, 0x13, OCTETS((uint8_t)handle, 1, 1, 2, 3, 4, 5, 6));
	}
	fake_expect_none(&f);
	victim_serves();
	victim_end();
}

/* While the host sets data: it goes on with what it was about. */
static void a_set_that_ends_while_it_is_set(void **state)
{
	(void)state;
	up_with((struct ble_host_config){ .connections = 3 });
	assert_int_equal(ble_adv_data(f.host, "\2\1\6", 3, "\2\1\6", 3), 0);
	assert_int_equal(ble_adv_start(f.host), 0);
	fake_pump(&f);
	static const uint16_t commands[] = { HCI_CMD_LE_SET_ADVERTISING_PARAMETERS, HCI_CMD_LE_SET_ADVERTISING_DATA,
		HCI_CMD_LE_SET_SCAN_RESPONSE_DATA, HCI_CMD_LE_SET_ADVERTISING_ENABLE };
	for (size_t i = 0; i < 4; i++) {
		(void)fake_command(&f, commands[i], NULL, 0);
		fake_le(&f, 0x12, OCTETS(0, 0, 0x50, 0, 3));
		fake_silent(&f);
		fake_complete(&f, commands[i], 0, NULL, 0);
		fake_le(&f, 0x12, OCTETS(0x3C, 0, 0, 0, 0));
	}
	(void)fake_expect(&f, BLE_EV_ADV_STARTED);
	fake_expect_none(&f);
	victim_serves();
	victim_end();
}

/* Events of other kinds of link, with the handle of one of ours: SCO, BR/EDR, CIS, BIG, periodic sync. */
static void links_of_another_kind(void **state)
{
	static const uint8_t subevents[] = { 0x0E, 0x10, 0x19, 0x1A, 0x1B, 0x1C, 0x1D, 0x1E };
	uint8_t params[30];
	(void)state;
	up_with((struct ble_host_config){ 0 });
	memset(params, 0, sizeof params);
	params[1] = ATTACKER;
	for (unsigned handle = 0x3F; handle <= 0x42; handle++) {
		params[1] = (uint8_t)handle;
		fake_event(&f, 0x03, params, 11);
		fake_event(&f, 0x2C, params, 17);
		for (size_t i = 0; i < sizeof subevents; i++)
			fake_le(&f, subevents[i], params, 28);
		fake_packet(&f, OCTETS(3, (uint8_t)handle, 0, 3, 1, 2, 3)); /* synchronous data */
		fake_packet(&f, OCTETS(5, (uint8_t)handle, 0x40, 4, 0, 0, 0, 0, 0)); /* isochronous data */
	}
	fake_expect_none(&f);
	victim_serves();
	victim_end();
}

/* There are no keys, so nothing that is said of encryption may change what is answered. */
static void encryption_out_of_nowhere(void **state)
{
	(void)state;
	up_with((struct ble_host_config){ 0 });
	for (unsigned on = 0; on < 4; on++)
		for (unsigned handle = 0x3F; handle <= 0x42; handle++)
			for (unsigned status = 0; status < 7; status += 6) {
				fake_event(&f, 0x08, OCTETS((uint8_t)status, (uint8_t)handle, 0, (uint8_t)on));
				fake_event(&f, 0x59, OCTETS((uint8_t)status, (uint8_t)handle, 0, (uint8_t)on, 16));
				fake_event(&f, 0x30, OCTETS((uint8_t)status, (uint8_t)handle, 0));
				ANSWER(ask(OCTETS(0x0A, 7, 0)), 0x01, 0x0A, 7, 0, 0x02);
				ANSWER(ask(OCTETS(0x12, 9, 0, 1)), 0x01, 0x12, 9, 0, 0x03);
			}
	fake_expect_none(&f);
	victim_serves();
	victim_end();
}

/* Never a key: nothing is sent at all, for our links and for those that nobody has. */
static void keys_are_asked_for(void **state)
{
	(void)state;
	up_with((struct ble_host_config){ 0 });
	for (unsigned handle = 0x3F; handle <= 0x42; handle++)
		for (unsigned again = 0; again < 3; again++) {
			fake_le(&f, 0x05, OCTETS((uint8_t)handle, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
			fake_le(&f, 0x05, OCTETS((uint8_t)handle, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
			fake_silent(&f);
		}
	fake_expect_none(&f);
	victim_serves();
	victim_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ATTACK("HCI-001 every event at every length", every_event_at_every_length),
		ATTACK("HCI-001 known events cut", known_events_cut),
		ATTACK("HCI-007 sets that nobody has", sets_that_nobody_has),
		ATTACK("HCI-024 a set that ends while it is set", a_set_that_ends_while_it_is_set),
		ATTACK("HCI-014 V-Z13 links of another kind", links_of_another_kind),
		ATTACK("HCI-017 encryption out of nowhere", encryption_out_of_nowhere),
		ATTACK("HCI-016 keys are asked for", keys_are_asked_for),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
