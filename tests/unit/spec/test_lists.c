/*
 * PDUs that hold lists: walked entry by entry and compared with the golden `entries` line, which is
 * the outside reading in order. And each fed cut off at every octet: a walk ends, in bounds, without
 * a loop.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "spec/att_pdu.h"
#include "spec/hci_evt.h"
#include "spec/hci_evt_le.h"
#include "tests/unit/spec/codecs.h"

static char text[400];
static size_t used;

static void say(const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	if (used < sizeof text)
		used += (size_t)vsnprintf(text + used, sizeof text - used, format, ap);
	va_end(ap);
}

static void say_octets(const uint8_t *at, size_t n)
{
	char hex[300];
	text_octets(at, n, hex, sizeof hex);
	say("%s", hex);
}

/* Each of these reads a PDU, writes it again to w, and says its entries; false when malformed. */

static bool find_info(struct rd *r, struct wr *w)
{
	struct att_find_info_rsp rsp;
	struct att_info e;
	if (!att_find_info_rsp_read(r, &rsp))
		return false;
	struct rd list = rd_of(rsp.data, rsp.len);
	while (att_find_info_next(&list, rsp.format, &e)) {
		say(" %u=", e.handle);
		say_octets(e.uuid, e.uuid_len);
	}
	att_find_info_rsp_write(w, &rsp);
	return true;
}

static bool find_by_type_value(struct rd *r, struct wr *w)
{
	struct att_find_by_type_value_rsp rsp;
	struct att_handles e;
	if (!att_find_by_type_value_rsp_read(r, &rsp))
		return false;
	struct rd list = rd_of(rsp.data, rsp.len);
	while (att_handles_next(&list, &e))
		say(" %u-%u", e.handle, e.end);
	att_find_by_type_value_rsp_write(w, &rsp);
	return true;
}

static bool read_by_type(struct rd *r, struct wr *w)
{
	struct att_read_by_type_rsp rsp;
	struct att_handle_value e;
	if (!att_read_by_type_rsp_read(r, &rsp))
		return false;
	struct rd list = rd_of(rsp.data, rsp.len);
	while (att_type_next(&list, rsp.length, &e)) {
		say(" %u=", e.handle);
		say_octets(e.value, e.len);
	}
	att_read_by_type_rsp_write(w, ATT_READ_BY_TYPE_RSP, &rsp);
	return true;
}

static bool read_by_group_type(struct rd *r, struct wr *w)
{
	struct att_read_by_type_rsp rsp;
	struct att_group e;
	if (!att_read_by_group_type_rsp_read(r, &rsp))
		return false;
	struct rd list = rd_of(rsp.data, rsp.len);
	while (att_group_next(&list, rsp.length, &e)) {
		say(" %u-%u=", e.handle, e.end);
		say_octets(e.value, e.len);
	}
	att_read_by_type_rsp_write(w, ATT_READ_BY_GROUP_TYPE_RSP, &rsp);
	return true;
}

static enum att_opcode multiple_opcode;

static bool read_multiple(struct rd *r, struct wr *w)
{
	struct att_read_multiple_req req;
	if (!att_read_multiple_req_read(r, &req))
		return false;
	for (uint16_t i = 0; i < req.len / 2; i++)
		say(" %u", att_handle_at(&req, i));
	att_read_multiple_req_write(w, multiple_opcode, &req);
	return true;
}

static bool read_multiple_variable(struct rd *r, struct wr *w)
{
	struct att_tuples rsp;
	struct att_value e;
	if (!att_read_multiple_variable_rsp_read(r, &rsp))
		return false;
	struct rd list = rd_of(rsp.data, rsp.len);
	while (att_length_value_next(&list, &e)) {
		say(" =");
		say_octets(e.value, e.len);
	}
	att_tuples_write(w, ATT_READ_MULTIPLE_VARIABLE_RSP, &rsp);
	return true;
}

static bool multiple_ntf(struct rd *r, struct wr *w)
{
	struct att_tuples ntf;
	struct att_handle_value e;
	if (!att_multiple_handle_value_ntf_read(r, &ntf))
		return false;
	struct rd list = rd_of(ntf.data, ntf.len);
	while (att_handle_length_value_next(&list, &e)) {
		say(" %u=", e.handle);
		say_octets(e.value, e.len);
	}
	att_tuples_write(w, ATT_MULTIPLE_HANDLE_VALUE_NTF, &ntf);
	return true;
}

static bool completed(struct rd *r, struct wr *w)
{
	struct hci_completed_packets list;
	if (!hci_completed_packets_read(r, &list))
		return false;
	wr_u8(w, list.num_handles);
	for (uint8_t i = 0; i < list.num_handles; i++) {
		struct hci_completed e = hci_completed_at(&list, i);
		say(" %u=%u", e.connection_handle, e.num_completed_packets);
		hci_completed_write(w, &e);
	}
	uint8_t whole[GOLDEN_OCTETS];
	struct wr other = wr_of(whole, sizeof whole);
	hci_completed_packets_write(&other, &list);
	assert_int_equal(other.len, w->len);
	assert_memory_equal(whole, w->p, w->len);
	return true;
}

static bool reports(struct rd *r, struct wr *w)
{
	struct hci_le_advertising_report e;
	uint8_t left = hci_le_advertising_reports_begin(r), all = left;
	for (; left && hci_le_advertising_report_next(r, &e); left--) {
		say(" %u,%u,", e.event_type, e.address_type);
		say_octets(e.address, 6);
		say(",%u,%d", e.data_length, e.rssi);
		if (all == 1)
			hci_le_advertising_report_write(w, &e);
	}
	return all && !left && rd_done(r);
}

static const struct {
	const char *name;
	bool (*walk)(struct rd *r, struct wr *w);
} lists[] = {
	{ "att_find_info_rsp", find_info },
	{ "att_find_by_type_value_rsp", find_by_type_value },
	{ "att_read_by_type_rsp", read_by_type },
	{ "att_read_by_group_type_rsp", read_by_group_type },
	{ "att_read_multiple_req", read_multiple },
	{ "att_read_multiple_variable_rsp", read_multiple_variable },
	{ "att_multiple_handle_value_ntf", multiple_ntf },
	{ "hci_completed_packets", completed },
	{ "hci_le_advertising_report", reports },
};

/* From a copy in exactly its size; what is accepted must come back as it was. */
static bool walk(size_t k, const struct golden *g, size_t len)
{
	uint8_t out[GOLDEN_OCTETS];
	struct wr w = wr_of(out, sizeof out);
	uint8_t *copy = malloc(len ? len : 1);
	memcpy(copy, g->hex, len);
	struct rd r = rd_of(copy + g->skip, len - g->skip);
	used = 0;
	text[0] = '\0';
	multiple_opcode = (enum att_opcode)g->hex[0];
	bool ok = lists[k].walk(&r, &w);
	if (ok && w.len) {
		assert_int_equal(w.len, len);
		assert_memory_equal(out, copy, len);
	}
	free(copy);
	return ok;
}

static void one(size_t k, const struct golden *g)
{
	assert_true(walk(k, g, g->len));
	for (size_t i = 0; i < g->count; i++)
		if (!strcmp(g->fields[i].name, "entries") &&
			strcmp(g->fields[i].value, text + 1) != 0)
			fail_msg("line %d: %s is%s, outside it reads %s", g->line, g->name, text,
				g->fields[i].value);
	for (size_t len = g->skip; len < g->len; len++)
		walk(k, g, len);
}

static void test_lists(void **state)
{
	(void)state;
	static const char *const files[] = { "tests/golden/att.golden", "tests/golden/hci.golden" };
	bool seen[sizeof lists / sizeof *lists] = { false };
	for (size_t i = 0; i < 2; i++) {
		FILE *f = fopen(files[i], "r");
		assert_non_null(f);
		struct golden g;
		for (int line = 0; golden_next(f, &line, &g);)
			for (size_t k = 0; k < sizeof lists / sizeof *lists; k++)
				if (!strcmp(lists[k].name, g.name)) {
					one(k, &g);
					seen[k] = true;
				}
		fclose(f);
	}
	for (size_t k = 0; k < sizeof lists / sizeof *lists; k++)
		assert_true(seen[k]);
}

static bool reads(size_t k, const char *hex)
{
	struct golden g = { .skip = 0 };
	g.len = golden_octets(hex, g.hex, sizeof g.hex);
	struct rd r = rd_of(g.hex, g.len);
	uint8_t out[GOLDEN_OCTETS];
	struct wr w = wr_of(out, sizeof out);
	used = 0;
	return lists[k].walk(&r, &w);
}

/* Lists that no honest peer sends. */
static void test_malformed(void **state)
{
	(void)state;
	assert_false(reads(0,
		"00"
		"01000028")); /* format 0 */
	assert_false(reads(0,
		"03"
		"01000028")); /* format 3 */
	assert_false(reads(0,
		"01"
		"0100002802"));       /* half an entry */
	assert_false(reads(0, "01")); /* none */
	assert_false(reads(1, ""));
	assert_false(reads(1, "010002"));
	assert_false(reads(2,
		"00"
		"0100")); /* length 0: no division by it */
	assert_false(reads(2,
		"01"
		"0100"));
	assert_true(reads(2,
		"02"
		"0100")); /* an empty value */
	assert_false(reads(2,
		"03"
		"01000203"));
	assert_false(reads(3,
		"04"
		"01000500")); /* a group without a value */
	assert_false(reads(3,
		"06"
		"01000500"));
	assert_false(reads(4, "0100")); /* one handle is no list */
	assert_false(reads(4, "0100020003"));
	assert_false(reads(5, "01"));
	assert_false(reads(6,
		"0100"
		"0500"
		"01")); /* says five, has one */
	assert_false(reads(7,
		"02"
		"42030300")); /* says two, has one */
	assert_false(reads(7,
		"01"
		"42030300"
		"00"));
	assert_false(reads(8,
		"01"
		"0001665544332211"
		"20"
		"00"));
	assert_false(reads(8,
		"ff"
		"0001665544332211"
		"00"
		"c4"));
}

/* 32 octets are no legacy report, though the packet holds them. */
static void test_long_report(void **state)
{
	(void)state;
	uint8_t packet[1 + 9 + 32 + 1] = { 1, [9] = 32 };
	struct rd r = rd_of(packet, sizeof packet);
	struct hci_le_advertising_report rep;
	assert_int_equal(hci_le_advertising_reports_begin(&r), 1);
	assert_false(hci_le_advertising_report_next(&r, &rep));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_long_report),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
