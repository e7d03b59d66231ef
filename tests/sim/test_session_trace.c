/*
 * One session that contains every PDU type of this version, judged by tshark: nothing malformed, no expert item of
 * severity warning or worse, in the btsnoop of both hosts and in the pcap of the air; and a type that is missing fails the
 * test. The same session twice with one seed gives the same octets.
 */
#define _DEFAULT_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <setjmp.h>

#include <cmocka.h>

#include "pair_kit.h"
#include "raw_peer.h"

/* ---- the device ---- */

static char long_text[60] = "a value that is longer than one Read Response at MTU 23 ...";
static const uint8_t base[16] = { 0xfb, 0x34, 0x9b, 0x5f, 0x80, 0, 0, 0x80, 0, 0x10, 0, 0, 0, 0, 0, 0 };
static const struct ble_characteristic level = { .uuid = 0x2A19, .permission = BLE_READ | BLE_NOTIFY, .size = 1,
	.length = 1, .value = "\x2a", .descriptor = "Battery Level" };
static const struct ble_characteristic text = { .uuid = 0x0101, .base_uuid = base, .permission = BLE_READ,
	.size = sizeof long_text, .length = sizeof long_text, .value = long_text };
static const struct ble_characteristic wish = { .uuid = 0x0102, .base_uuid = base,
	.permission = BLE_WRITE | BLE_WRITE_WO | BLE_INDICATE, .size = 20 };
static const struct ble_service battery = { .uuid = 0x180F, .characteristics = BLE_LIST(&level) };
static const struct ble_service custom = { .uuid = 0x0100, .base_uuid = base,
	.characteristics = BLE_LIST(&text, &wish) };

/* ---- traces in files ---- */

struct sink {
	char path[64];
	FILE *file;
	struct ble_trace_out out;
	struct ble_trace trace;
};

static void write_file(void *ctx, const void *data, size_t len)
{
	assert_int_equal(fwrite(data, 1, len, ctx), len);
}

static void sink_open(struct sink *s, struct ble_trace (*format)(const struct ble_trace_out *))
{
	strcpy(s->path, "/tmp/glint-trace-XXXXXX");
	int fd = mkstemp(s->path);
	assert_true(fd >= 0);
	s->file = fdopen(fd, "w");
	assert_non_null(s->file);
	s->out = (struct ble_trace_out){ .ctx = s->file, .write = write_file };
	s->trace = format(&s->out);
}

struct session {
	struct sink air, central, peripheral;
};

/* ---- the scenario ---- */

static void done(struct pair_peer *central, int started, int err)
{
	assert_int_equal(started, 0);
	assert_int_equal(pair_expect(central, BLE_EV_DONE, 5000)->done.err, err);
}

static void advertise(struct pair_peer *p, uint8_t mode)
{
	assert_int_equal(ble_adv_set(p->host,
				 &(struct ble_adv_params){ .mode = mode, .interval_min_us = 100000,
					 .interval_max_us = 100000 }),
		0);
	assert_int_equal(ble_adv_start(p->host), 0);
	pair_expect(p, BLE_EV_ADV_STARTED, 1000);
}

static void every_advertisement(struct pair_peer *central, struct pair_peer *peripheral)
{
	static const uint8_t data[] = { 2, 1, 6, 6, 9, 'G', 'l', 'i', 'n', 't' }, rsp[] = { 3, 3, 0x0F, 0x18 };
	assert_int_equal(ble_adv_data(peripheral->host, data, sizeof data, rsp, sizeof rsp), 0);
	assert_int_equal(ble_scan_start(central->host,
				 &(struct ble_scan_params){ .active = true, .interval_us = 50000, .window_us = 50000 }),
		0);
	pair_expect(central, BLE_EV_SCAN_STARTED, 1000);
	for (uint8_t mode = BLE_ADV_SCAN_UND; mode <= BLE_ADV_UNCN_UND; mode++) {
		advertise(peripheral, mode);
		pair_expect(central, BLE_EV_REPORT, 2000);
		pair_expect(central, BLE_EV_REPORT, 2000);
		assert_int_equal(ble_adv_stop(peripheral->host), 0);
		pair_expect(peripheral, BLE_EV_ADV_STOPPED, 1000);
	}
	advertise(peripheral, BLE_ADV_CONN_UND);
	const struct ble_event *report = pair_expect(central, BLE_EV_REPORT, 2000);
	while (report->report.kind != BLE_REPORT_CONN_UND)
		report = pair_expect(central, BLE_EV_REPORT, 2000);
	assert_int_equal(report->report.len, sizeof data);
	assert_memory_equal(report->report.data, data, sizeof data);
	assert_int_equal(ble_scan_stop(central->host), 0);
	pair_expect(central, BLE_EV_SCAN_STOPPED, 1000);
}

static void every_request(struct pair_peer *central, struct pair_peer *peripheral)
{
	struct ble_host *h = central->host;
	ble_conn_id c = central->conn;
	uint16_t level_handle = ble_server_handle(peripheral->host, &level);
	uint16_t text_handle = ble_server_handle(peripheral->host, &text);
	uint16_t wish_handle = ble_server_handle(peripheral->host, &wish);
	done(central, ble_client_read(h, c, text_handle), 0); /* Read, Read Blob at MTU 23 */
	done(central, ble_client_services(h, c, "\x0f\x18", 2), 0);
	done(central, ble_client_services(h, c, NULL, 0), 0);
	done(central, ble_client_exchange_mtu(h, c), 0);
	done(central, ble_client_characteristics(h, c, 1, 0xffff), 0);
	done(central, ble_client_descriptors(h, c, (uint16_t)(level_handle + 1), (uint16_t)(level_handle + 2)), 0);
	done(central, ble_client_read(h, c, level_handle), 0);
	done(central, ble_client_write(h, c, text_handle, "x", 1), BLE_EATT(0x03)); /* Write Not Permitted */
	done(central, ble_client_write(h, c, wish_handle, "wish", 4), 0);
	assert_int_equal(ble_client_write_command(h, c, wish_handle, "order", 5), 0);
	pair_expect(peripheral, BLE_EV_WRITTEN, 2000);
	done(central, ble_client_write(h, c, (uint16_t)(level_handle + 1), "\1\0", 2), 0);
	done(central, ble_client_write(h, c, (uint16_t)(wish_handle + 1), "\2\0", 2), 0);
	assert_int_equal(ble_server_notify(peripheral->host, peripheral->conn, level_handle, "\x29", 1), 0);
	const struct ble_event *got = pair_expect(central, BLE_EV_NOTIFIED, 2000);
	assert_int_equal(got->value.data[0], 0x29);
	assert_int_equal(ble_server_notify(peripheral->host, peripheral->conn, wish_handle, "done", 4), 0);
	assert_int_equal(pair_expect(peripheral, BLE_EV_CONFIRMED, 2000)->confirmed.err, 0);
}

static void every_parameter(struct pair_peer *central, struct pair_peer *peripheral)
{
	const struct ble_conn_params slow = { .interval_min_us = 60000, .interval_max_us = 60000 };
	const struct ble_conn_params fast = { .interval_min_us = 15000, .interval_max_us = 15000 };
	assert_int_equal(ble_conn_update(peripheral->host, peripheral->conn, &slow), 0); /* by L2CAP */
	assert_int_equal(pair_expect(peripheral, BLE_EV_PARAMS, 5000)->params.err, 0);
	if (!central->count[BLE_EV_PARAMS])
		pair_expect(central, BLE_EV_PARAMS, 5000);
	assert_int_equal(ble_conn_update(central->host, central->conn, &fast), 0); /* by the link layer */
	const struct ble_event *ev = pair_expect(central, BLE_EV_PARAMS, 5000);
	assert_int_equal(ev->params.err, 0);
	assert_int_equal(ev->params.interval_us, 15000);
}

static void tell_controller(struct pair_peer *p, const uint8_t *command, size_t len)
{
	assert_int_equal(ble_ctlr_hci_write(ble_node_ctlr(p->node), command, len), 0);
	ble_node_kick(p->node);
	ble_world_run_until(p->world, ble_world_now(p->world) + 1000000);
}

/* What a host may ask of its controller on a connection: 0x041D the peer's version, 0x2016 its features. */
static void ask_controller(struct pair_peer *p, uint16_t opcode)
{
	struct ble_conn_info info;
	assert_int_equal(ble_conn_info(p->host, p->conn, &info), 0);
	const uint8_t command[] = { BLE_H4_COMMAND, (uint8_t)opcode, (uint8_t)(opcode >> 8), 2, (uint8_t)info.handle,
		(uint8_t)(info.handle >> 8) };
	tell_controller(p, command, sizeof command);
}

static void leave(struct pair_peer *central, struct pair_peer *peripheral)
{
	unsigned before = peripheral->count[BLE_EV_DISCONNECTED];
	assert_int_equal(ble_conn_disconnect(central->host, central->conn, 0), 0);
	assert_int_equal(pair_expect(central, BLE_EV_DISCONNECTED, 5000)->disconnected.reason, 0x16);
	if (peripheral->count[BLE_EV_DISCONNECTED] == before)
		pair_expect(peripheral, BLE_EV_DISCONNECTED, 5000);
}

/*
 * A stranger's central. Encryption with a key that nobody has is rejected: by LL_REJECT_IND when its features lack
 * the extended kind, else by LL_REJECT_EXT_IND. A procedure that we do not have is answered by LL_UNKNOWN_RSP; here
 * it is one that tshark has, because to it that answer is out of sequence after an opcode of nobody's (those are
 * test_ll_raw.c's).
 */
static void every_refusal(struct raw_peer *raw, struct pair_peer *peripheral, bool extended)
{
	static const uint8_t enc[1 + 22] = { LL_ENC_REQ }, cte[1 + 1] = { LL_CTE_REQ, 2 },
		bye[] = { LL_TERMINATE_IND, 0x13 };
	const uint8_t features[9] = { LL_FEATURE_REQ, extended ? LE_FEATURE_MASK(EXTENDED_REJECT) : 0 };
	struct ble_addr to = pair_address(peripheral);
	struct ll_connect_ind ind = raw_connect_ind(to.octets);
	advertise(peripheral, BLE_ADV_CONN_UND);
	raw_connect(raw, &ind, to.type);
	raw_send(raw, LL_LLID_CONTROL, features, sizeof features);
	raw_expect(raw, LL_FEATURE_RSP);
	raw_send(raw, LL_LLID_CONTROL, enc, sizeof enc);
	const uint8_t *pdu = raw_expect(raw, extended ? LL_REJECT_EXT_IND : LL_REJECT_IND);
	if (extended)
		assert_memory_equal(pdu + 1, ((const uint8_t[]){ LL_ENC_REQ, 0x06 }), 2);
	else
		assert_int_equal(pdu[1], 0x06); /* PIN or Key Missing */
	raw_send(raw, LL_LLID_CONTROL, cte, sizeof cte);
	assert_int_equal(raw_expect(raw, LL_UNKNOWN_RSP)[1], LL_CTE_REQ);
	raw_send(raw, LL_LLID_CONTROL, bye, sizeof bye);
	assert_int_equal(pair_expect(peripheral, BLE_EV_DISCONNECTED, 5000)->disconnected.reason, 0x13);
	raw_vanish(raw);
}

/* Who asks for features first has them for both, so the peripheral asks on a connection of its own. */
static void every_exchange(struct pair_peer *central, struct pair_peer *peripheral)
{
	/* LE Set Host Channel Classification: not the uppermost channel */
	static const uint8_t classify[] = { BLE_H4_COMMAND, 0x14, 0x20, 5, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F };
	ask_controller(central, 0x041D);
	ask_controller(central, 0x2016);
	tell_controller(central, classify, sizeof classify);
	leave(central, peripheral);
	advertise(peripheral, BLE_ADV_CONN_UND);
	pair_connect(central, peripheral, &(struct ble_conn_params){ 0 });
	ask_controller(peripheral, 0x2016);
	leave(central, peripheral);
}

static void run_session(struct session *s, uint64_t seed)
{
	static struct pair_peer central, peripheral;
	static struct raw_peer raw;
	struct ble_world *w = ble_world_new(
		&(struct ble_world_options){ .seed = seed, .epoch_us = UINT64_C(1700000000000000), .loss_ppm = 20000 });
	sink_open(&s->air, ble_trace_pcap);
	sink_open(&s->central, ble_trace_btsnoop);
	sink_open(&s->peripheral, ble_trace_btsnoop);
	ble_world_trace(w, &s->air.trace);
	pair_add(&peripheral, w, NULL, &(struct ble_host_config){ .trace = &s->peripheral.trace });
	/* its link layer receives 27 octets at most: longer messages come in pieces */
	pair_add(&central, w, &(struct ble_node_options){ .x_m = 2, .ctlr = { .rx_octets = 27 } },
		&(struct ble_host_config){ .trace = &s->central.trace, .att_mtu = 100 });
	assert_int_equal(ble_server_add(peripheral.host, &battery, NULL), 0);
	assert_int_equal(ble_server_add(peripheral.host, &custom, NULL), 0);
	every_advertisement(&central, &peripheral);
	pair_connect(&central, &peripheral, &(struct ble_conn_params){ 0 });
	every_request(&central, &peripheral);
	every_parameter(&central, &peripheral);
	every_exchange(&central, &peripheral);
	raw_add(&raw, w, &(struct ble_node_options){ .y_m = 2 });
	every_refusal(&raw, &peripheral, false);
	every_refusal(&raw, &peripheral, true);
	pair_free(&central);
	pair_free(&peripheral);
	ble_world_free(w);
	fclose(s->air.file);
	fclose(s->central.file);
	fclose(s->peripheral.file);
}

/* ---- tshark's word on it ---- */

/* Lines that tshark prints for a filter. */
static unsigned count(const char *path, const char *filter, bool show)
{
	char command[400], line[400];
	unsigned n = 0;
	snprintf(command, sizeof command, "tshark -r %s -Y '%s' -T fields -e _ws.col.Info -e _ws.expert.message 2>/dev/null", path, filter);
	FILE *out = popen(command, "r");
	assert_non_null(out);
	while (fgets(line, sizeof line, out)) {
		n++;
		if (show)
			fprintf(stderr, "%s", line);
	}
	assert_int_equal(pclose(out), 0);
	return n;
}

static void assert_clean(const char *path)
{
	assert_true(count(path, "frame", false) > 20);
	assert_int_equal(count(path, "_ws.malformed || _ws.expert.severity >= 0x600000", true), 0);
}

static void assert_contains(const char *path, const char *field, const uint8_t *codes, size_t n)
{
	char command[300], line[64];
	bool seen[256] = { false };
	snprintf(command, sizeof command, "tshark -r %s -T fields -E occurrence=f -e %s -Y %s 2>/dev/null", path, field,
		field);
	FILE *out = popen(command, "r");
	assert_non_null(out);
	while (fgets(line, sizeof line, out))
		seen[strtoul(line, NULL, 0) & 0xff] = true;
	assert_int_equal(pclose(out), 0);
	for (size_t i = 0; i < n; i++)
		if (!seen[codes[i]])
			fail_msg("the session has no %s 0x%02x", field, codes[i]);
}

#define ASSERT_CONTAINS(path, field, ...)                                                          \
	assert_contains(path, field, (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }))

static void forget(struct session *s)
{
	unlink(s->air.path);
	unlink(s->central.path);
	unlink(s->peripheral.path);
}

static void test_every_pdu(void **state)
{
	(void)state;
	struct session s;
	run_session(&s, 1);
	assert_clean(s.air.path);
	assert_clean(s.central.path);
	assert_clean(s.peripheral.path);
	/* ADV_IND, ADV_NONCONN_IND, SCAN_REQ, SCAN_RSP, CONNECT_IND, ADV_SCAN_IND: Vol 6 Part B 2.3 */
	ASSERT_CONTAINS(s.air.path, "btle.advertising_header.pdu_type", 0, 2, 3, 4, 5, 6);
	/*
	 * CONNECTION_UPDATE_IND, CHANNEL_MAP_IND, TERMINATE_IND, UNKNOWN_RSP, FEATURE_REQ, FEATURE_RSP, VERSION_IND,
	 * REJECT_IND, PERIPHERAL_FEATURE_REQ, REJECT_EXT_IND, LENGTH_REQ, LENGTH_RSP, PHY_REQ, PHY_RSP,
	 * PHY_UPDATE_IND: 2.4.2
	 */
	ASSERT_CONTAINS(s.air.path, "btle.control_opcode", 0x00, 0x01, 0x02, 0x07, 0x08, 0x09, 0x0C, 0x0D, 0x0E,
		0x11, 0x14, 0x15, 0x16, 0x17, 0x18);
	/* 2.4: empty PDUs; a message's first PDU and one that continues it */
	assert_true(count(s.air.path, "btle.data_header.llid == 1 && btle.data_header.length == 0", false));
	assert_true(count(s.air.path, "btle.data_header.llid == 2", false));
	assert_true(count(s.air.path, "btle.data_header.llid == 1 && btle.data_header.length > 0", false));
	/* Everything of Vol 3 Part F 3.4 that FEATURES.md calls real */
	ASSERT_CONTAINS(s.central.path, "btatt.opcode", 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0A, 0x0B,
		0x0C, 0x0D, 0x10, 0x11, 0x12, 0x13, 0x1B, 0x1D, 0x1E, 0x52);
	ASSERT_CONTAINS(s.central.path, "btl2cap.cmd_code", 0x12, 0x13);
	forget(&s);
}

static void test_same_octets(void **state)
{
	(void)state;
	struct session a, b;
	char command[500];
	run_session(&a, 8);
	run_session(&b, 8);
	snprintf(command, sizeof command, "cmp %s %s && cmp %s %s && cmp %s %s", a.air.path, b.air.path, a.central.path,
		b.central.path, a.peripheral.path, b.peripheral.path);
	assert_int_equal(system(command), 0);
	forget(&a);
	forget(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_pdu),
		cmocka_unit_test(test_same_octets),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
