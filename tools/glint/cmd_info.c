/*
 * glint info: what a controller is and can, in words. It is asked directly, without a host: a Reset, then what its list of
 * supported commands says that it answers. Nothing of it is changed. Vol 4 Part E 7.4 and 7.8.
 */
#include "glint.h"

#include "base/bits.h"
#include "base/le.h"
#include "spec/hci_codes.h"
#include "spec/names.h"

#include <stdio.h>
#include <string.h>

enum { ANSWER_US = 2000000, RETURN_MAX = 252, COMMAND_BITS = 512, FEATURE_BITS = 64 };

struct info {
	struct ble_posix *os;
	struct ble_transport *transport;
	const char *driver;
	bool json;
	uint8_t commands[64], ret[RETURN_MAX]; /* ret: status and parameters of the last answer */
	int len;                               /* of ret; negative: no answer */
};

static void on_done(struct ble_tx *tx)
{
	(void)tx;
}

/* True: this packet is the answer, which ret has now. */
static bool is_answer(struct info *i, const uint8_t *p, int len, uint16_t opcode)
{
	if (p[0] != BLE_H4_EVENT || len < 7)
		return false;
	if (p[1] == HCI_EVT_COMMAND_COMPLETE && le16_get(p + 4) == opcode) {
		i->len = len - 6;
		memcpy(i->ret, p + 6, (size_t)i->len);
		return true;
	}
	if (p[1] != HCI_EVT_COMMAND_STATUS || le16_get(p + 5) != opcode)
		return false;
	i->ret[0] = p[3];
	i->len = 1;
	return true;
}

/* Without parameters. True: answered, with success and at least so many octets behind the status. */
static bool ask(struct info *i, uint16_t opcode, int octets)
{
	static uint8_t command[4]; /* the driver may keep it for a moment longer than we wait */
	static struct ble_tx tx;
	struct ble_transport *t = i->transport;
	uint64_t until = ble_posix_now() + ANSWER_US;
	const uint8_t *p;
	int len;
	command[0] = BLE_H4_COMMAND;
	le16_put(command + 1, opcode);
	tx = (struct ble_tx){ .data = command, .len = sizeof command, .done = on_done };
	t->write(t->ctx, &tx);
	i->len = t->flush(t->ctx);
	while (i->len >= 0) {
		len = t->read(t->ctx, &p);
		if (len > 0 && is_answer(i, p, len, opcode))
			return !i->ret[0] && i->len > octets;
		if (len < 0 || ble_posix_now() >= until)
			i->len = len < 0 ? len : BLE_ETIMEOUT;
		else if (len == 0 && ble_posix_wait(i->os, t, until) < 0)
			i->len = BLE_EIO;
	}
	return false;
}

static bool ask_if_claimed(struct info *i, unsigned bit, uint16_t opcode, int octets)
{
	return bit_get(i->commands, bit) && ask(i, opcode, octets);
}
#define ASK(i, name, octets) ask_if_claimed(i, HCI_SUPPORTED_##name, HCI_CMD_##name, octets)

/* A line of the page, or a member of the object. */
static void tell(const struct info *i, const char *key, const char *text)
{
	if (i->json)
		json_text(key, text);
	else
		say("%-12s %s", key, text);
}

static void tell_number(const struct info *i, const char *key, const char *json_key, long value, const char *unit)
{
	if (i->json)
		json_number(json_key, value);
	else
		say("%-12s %ld%s", key, value, unit);
}

static const char *version_name(uint8_t version)
{
	static const char *const names[] = { "4.0", "4.1", "4.2", "5.0", "5.1", "5.2", "5.3", "5.4", "6.0", "6.1" };
	return version >= 6 && version < 6 + sizeof names / sizeof *names ? names[version - 6] : NULL;
}

static void tell_version(struct info *i)
{
	char text[160];
	if (!ask(i, HCI_CMD_READ_LOCAL_VERSION_INFORMATION, 8))
		return;
	const uint8_t *r = i->ret + 1;
	const char *name = version_name(r[0]);
	uint16_t company = le16_get(r + 4);
	const char *maker = company_name(company);
	snprintf(text, sizeof text, "Bluetooth %s (HCI 0x%02x, revision 0x%04x; link layer 0x%02x, subversion 0x%04x)",
		name ? name : "of an unknown version", r[0], le16_get(r + 1), r[3], le16_get(r + 6));
	tell(i, "version", text);
	snprintf(text, sizeof text, "%s (0x%04x)", maker ? maker : "not an assigned number", company);
	tell(i, "maker", text);
}

static bool is_blank(const uint8_t *a)
{
	for (unsigned n = 1; n < 6; n++)
		if (a[n] != a[0])
			return false;
	return a[0] == 0 || a[0] == 0xFF;
}

static void tell_address(struct info *i)
{
	char text[ADDR_TEXT];
	struct ble_addr addr = { 0 };
	const struct ble_transport *t = i->transport;
	const uint8_t *own = t->address ? t->address(t->ctx) : NULL;
	if (ask(i, HCI_CMD_READ_BD_ADDR, 6) && !is_blank(i->ret + 1)) {
		memcpy(addr.octets, i->ret + 1, 6);
		tell(i, "public", addr_text(text, &addr));
	} else if (!i->json) {
		say("%-12s %s", "public", "none: hosts use a static random address");
	}
	if (!own)
		return;
	memcpy(addr.octets, own + 1, 6);
	tell(i, "static", addr_text(text, &addr));
}

static void tell_buffers(struct info *i)
{
	if (ask(i, HCI_CMD_LE_READ_BUFFER_SIZE, 3) && le16_get(i->ret + 1)) {
		tell_number(i, "packets", "acl_packets", i->ret[3], " of data at a time");
		tell_number(i, "", "acl_octets", le16_get(i->ret + 1), " octets each");
	} else if (ASK(i, READ_BUFFER_SIZE, 7)) {
		tell_number(i, "packets", "acl_packets", le16_get(i->ret + 4), " of data at a time, BR/EDR's among them");
		tell_number(i, "", "acl_octets", le16_get(i->ret + 1), " octets each");
	}
	if (ASK(i, LE_READ_MAXIMUM_DATA_LENGTH, 8))
		tell_number(i, "on the air", "air_octets", le16_get(i->ret + 1), " octets of a packet at most");
	if (ASK(i, LE_READ_FILTER_ACCEPT_LIST_SIZE, 1))
		tell_number(i, "accept list", "accept_list", i->ret[1], " addresses");
	if (ASK(i, LE_READ_RESOLVING_LIST_SIZE, 1))
		tell_number(i, "resolving", "resolving_list", i->ret[1], " identities");
	if (ASK(i, LE_READ_NUMBER_OF_SUPPORTED_ADVERTISING_SETS, 1))
		tell_number(i, "advertising", "advertising_sets", i->ret[1], " sets at a time");
	if (ASK(i, LE_READ_MAXIMUM_ADVERTISING_DATA_LENGTH, 2))
		tell_number(i, "", "advertising_octets", le16_get(i->ret + 1), " octets of data at most");
	if (ASK(i, LE_READ_TRANSMIT_POWER, 2)) {
		tell_number(i, "power", "power_min_dbm", (int8_t)i->ret[1], " dBm at least");
		tell_number(i, "", "power_max_dbm", (int8_t)i->ret[2], " dBm at most");
	}
}

/* Names in a list: lines that are not too long, or an array. */
struct list {
	bool json;
	unsigned count;
	const char *key;
};

static void list_add(struct list *l, const char *name, unsigned bit)
{
	char number[16];
	if (!name) {
		snprintf(number, sizeof number, "bit %u", bit);
		name = number;
	}
	if (l->json)
		printf("%s\"%s\"", l->count ? "," : "", name);
	else
		say("%-12s %s", l->count ? "" : l->key, name);
	l->count++;
}

static void tell_features(struct info *i)
{
	struct list l = { .json = i->json, .key = "features" };
	if (!ask(i, HCI_CMD_LE_READ_LOCAL_SUPPORTED_FEATURES, 8))
		return;
	uint8_t features[8];
	memcpy(features, i->ret + 1, sizeof features);
	if (i->json)
		printf(",\"features\":[");
	for (unsigned bit = 0; bit < FEATURE_BITS; bit++)
		if (bit_get(features, bit))
			list_add(&l, le_feature_name((uint8_t)bit), bit);
	if (i->json)
		putchar(']');
	else if (!l.count)
		say("%-12s none beyond the first version's", "features");
}

static const char *command_name(unsigned bit)
{
	switch (bit) {
#define X(name, octet, bit_) \
	case (octet) * 8 + (bit_): return hci_cmd_name(HCI_CMD_##name);
#include "spec/supported_commands.def"
#undef X
	default: return NULL;
	}
}

static void tell_commands(const struct info *i)
{
	struct list l = { .json = i->json, .key = "commands" };
	if (i->json)
		printf(",\"commands\":[");
	for (unsigned bit = 0; bit < COMMAND_BITS; bit++)
		if (bit_get(i->commands, bit))
			list_add(&l, command_name(bit), bit);
	if (i->json)
		putchar(']');
}

static int tell_all(struct info *i)
{
	if (!ask(i, HCI_CMD_RESET, 0)) {
		complain("info", "%s: the controller does not take a Reset: %s", i->driver,
			i->len < 0 ? ble_strerror(i->len) : hci_err_name(i->ret[0]));
		return EXIT_FAILED;
	}
	if (ask(i, HCI_CMD_READ_LOCAL_SUPPORTED_COMMANDS, 64))
		memcpy(i->commands, i->ret + 1, sizeof i->commands);
	if (i->json)
		json_begin("controller");
	tell(i, "driver", i->driver);
	tell_version(i);
	tell_address(i);
	tell_buffers(i);
	tell_features(i);
	tell_commands(i);
	if (i->json)
		json_end();
	if (i->len < 0)
		complain("info", "%s: %s meanwhile", i->driver, ble_strerror(i->len));
	return i->len < 0 ? EXIT_LOST : EXIT_DONE;
}

static int refuse(const struct ble_fault *fault)
{
	char sentence[400];
	ble_fault_text(fault, sentence, sizeof sentence);
	complain("info", "%s", sentence);
	return EXIT_FAILED;
}

int cmd_info(int argc, char **argv)
{
	static struct info i;
	struct ble_fault fault = { 0 };
	const struct opt opts[] = { { "json", OPT_FLAG, &i.json }, { "driver", OPT_TEXT, &i.driver }, { 0 } };
	int status;
	if (!opts_read(argc, argv, opts, &status))
		return status;
	say_start(i.json);
	int err = ble_posix_open(&i.os, NULL, &fault);
	if (!err)
		err = ble_posix_transport(i.os, i.driver, NULL, &i.transport, &fault);
	if (!err)
		err = i.transport->open(i.transport->ctx, &fault);
	if (!i.driver)
		i.driver = driver_chosen();
	status = err ? refuse(&fault) : tell_all(&i);
	ble_posix_transport_free(i.transport);
	ble_posix_close(i.os);
	return status;
}
