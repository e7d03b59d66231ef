/* LE Ping: a peer's LL_PING_REQ in both roles, a response to nothing, and the host's Authenticated Payload Timeout. */
#include "link.h"

#include "base/le.h"

static struct rig r;
static struct link l;

static void pings_are_answered(void **state)
{
	static const uint8_t req[] = { LL_PING_REQ };
	(void)state;
	for (unsigned role = 0; role < 2; role++) {
		link_open(&l, &r, role);
		for (unsigned i = 0; i < 5; i++) {
			const uint8_t *pdu = link_answer(&l, req, sizeof req);
			assert_non_null(pdu);
			assert_memory_equal(pdu + 1, ((const uint8_t[]){ 1, LL_PING_RSP }), 2);
		}
		rig_check_leaks(&r);
	}
}

/* 5.1.8 has no octet behind the opcode, and a response that nobody waits for is not answered. */
static void strange_pings(void **state)
{
	static const uint8_t longer[] = { LL_PING_REQ, 0 }, rsp[] = { LL_PING_RSP };
	(void)state;
	link_open(&l, &r, false);
	const uint8_t *pdu = link_answer(&l, longer, sizeof longer);
	assert_non_null(pdu);
	assert_memory_equal(pdu + 1, ((const uint8_t[]){ 2, LL_UNKNOWN_RSP, LL_PING_REQ }), 3);
	uint32_t before = r.c->unexpected_pdus;
	assert_null(link_answer(&l, rsp, sizeof rsp));
	assert_int_equal(r.c->unexpected_pdus, before + 1);
}

static uint8_t write_timeout(const uint8_t handle[2], uint16_t timeout)
{
	uint8_t params[4] = { handle[0], handle[1] };
	le16_put(params + 2, timeout);
	return rig_cmd(&r, HCI_CMD_WRITE_AUTHENTICATED_PAYLOAD_TIMEOUT, params, 4);
}

/* Vol 4 Part E 7.3.93, 7.3.94: 30 s at first, never less than an event in which the peripheral listens: here 30 ms. */
static void payload_timeout(void **state)
{
	uint8_t handle[2], nobody[2] = { 0xFF, 0x0E };
	(void)state;
	link_open(&l, &r, false);
	link_handle(&l, handle);
	assert_int_equal(rig_cmd(&r, HCI_CMD_READ_AUTHENTICATED_PAYLOAD_TIMEOUT, handle, 2), 0);
	assert_int_equal(link_conn(&l)->payload_timeout, 3000);
	assert_int_equal(write_timeout(handle, 2), HCI_ERR_INVALID_PARAMETERS);
	assert_int_equal(write_timeout(handle, 0), HCI_ERR_INVALID_PARAMETERS);
	assert_int_equal(write_timeout(nobody, 100), HCI_ERR_UNKNOWN_CONNECTION);
	assert_int_equal(link_conn(&l)->payload_timeout, 3000);
	assert_int_equal(write_timeout(handle, 3), 0);
	assert_int_equal(link_conn(&l)->payload_timeout, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pings_are_answered),
		cmocka_unit_test(strange_pings),
		cmocka_unit_test(payload_timeout),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
