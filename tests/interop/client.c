/*
 * Our central, told what to do line by line: a command a line comes in, what follows goes out as
 * lines of JSON, "done" last. cases.py speaks with it, and with other hosts' centrals alike.
 *
 *	connect NAME                     mtu                     disconnect
 *	services [UUID]                  includes S E            descriptors S E
 *	characteristics S E [UUID]       read H                  readuuid S E UUID
 *	multiple H...                    variable H...           write H HEX
 *	command H HEX                    reliable H HEX...       subscribe H E BITS
 *	interval MICROSECONDS
 *
 * Handles are decimal, UUIDs and values hexadecimal, least significant octet first; "-" is a value
 * of no octets.
 */
#include <ble/client.h>
#include <ble/conn.h>
#include <ble/posix.h>
#include <ble/scan.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WORDS = 16, LINE = 1500 };

static struct ble_host *host;
static ble_conn_id conn;
static char name[32]; /* whom we look for; "": nobody */

/* The command in hand. Long values stay here until it is done. */
static struct {
	char line[LINE];
	char *word[WORDS];
	int words;
	bool wanted; /* to be begun, again when it was too early */
	uint8_t value[WORDS][520];
	size_t len[WORDS];
	uint16_t number[WORDS];
	struct ble_client_value list[WORDS / 2];
} cmd;

static void say_hex(const char *key, const uint8_t *data, size_t len)
{
	printf(",\"%s\":\"", key);
	for (size_t i = 0; i < len; i++)
		printf("%02x", data[i]);
	printf("\"");
}

static void say_uuid(uint16_t uuid, const uint8_t *uuid128)
{
	const uint8_t le[2] = { (uint8_t)uuid, (uint8_t)(uuid >> 8) };
	say_hex("uuid", uuid128 ? uuid128 : le, uuid128 ? 16 : 2);
	printf("}\n");
}

static void say_done(int err, unsigned handle)
{
	printf("{\"event\":\"done\",\"err\":%d,\"handle\":%u}\n", err, handle);
}

/* Each word as a number and as octets: what a command makes of it is its business. */
static void split(void)
{
	cmd.words = 0;
	for (char *w = strtok(cmd.line, " \n"); w && cmd.words < WORDS; w = strtok(NULL, " \n")) {
		int i = cmd.words++;
		cmd.word[i] = w;
		cmd.number[i] = (uint16_t)strtoul(w, NULL, 10);
		cmd.len[i] = 0;
		for (; *w != '-' && w[0] && w[1] && cmd.len[i] < sizeof cmd.value[i]; w += 2) {
			char pair[3] = { w[0], w[1], 0 };
			cmd.value[i][cmd.len[i]++] = (uint8_t)strtoul(pair, NULL, 16);
		}
	}
	cmd.wanted = cmd.words > 0;
}

static bool is(const char *command)
{
	return strcmp(cmd.word[0], command) == 0;
}

static int discover(void)
{
	if (is("services"))
		return ble_client_services(
			host, conn, cmd.value[1], cmd.words > 1 ? cmd.len[1] : 0);
	if (is("includes"))
		return ble_client_includes(host, conn, cmd.number[1], cmd.number[2]);
	if (is("characteristics") && cmd.words > 3)
		return ble_client_characteristics_by_uuid(
			host, conn, cmd.number[1], cmd.number[2], cmd.value[3], cmd.len[3]);
	if (is("characteristics"))
		return ble_client_characteristics(host, conn, cmd.number[1], cmd.number[2]);
	return ble_client_descriptors(host, conn, cmd.number[1], cmd.number[2]);
}

static int reliable(void)
{
	size_t count = 0;
	for (int i = 1; i + 1 < cmd.words; i += 2)
		cmd.list[count++] = (struct ble_client_value){ .handle = cmd.number[i],
			.len = (uint16_t)cmd.len[i + 1],
			.data = cmd.value[i + 1] };
	return ble_client_write_reliable(host, conn, cmd.list, count);
}

static int connect_to(void)
{
	snprintf(name, sizeof name, "%s", cmd.words > 1 ? cmd.word[1] : "");
	return ble_scan_start(host, &(struct ble_scan_params){ .active = true }); /* names may be in scan responses */
}

static int begin(void)
{
	size_t count = (size_t)cmd.words - 1;
	if (is("connect"))
		return connect_to();
	if (is("disconnect"))
		return ble_conn_disconnect(host, conn, 0);
	if (is("interval"))
		return ble_conn_update(host, conn,
			&(struct ble_conn_params){ .interval_min_us = (uint32_t)strtoul(cmd.word[1], NULL, 10) });
	if (is("mtu"))
		return ble_client_exchange_mtu(host, conn);
	if (is("read"))
		return ble_client_read(host, conn, cmd.number[1]);
	if (is("readuuid"))
		return ble_client_read_uuid(
			host, conn, cmd.number[1], cmd.number[2], cmd.value[3], cmd.len[3]);
	if (is("multiple"))
		return ble_client_read_multiple(host, conn, cmd.number + 1, count);
	if (is("variable"))
		return ble_client_read_multiple_variable(host, conn, cmd.number + 1, count);
	if (is("write"))
		return ble_client_write(host, conn, cmd.number[1], cmd.value[2], cmd.len[2]);
	if (is("command"))
		return ble_client_write_command(
			host, conn, cmd.number[1], cmd.value[2], cmd.len[2]);
	if (is("reliable"))
		return reliable();
	if (is("subscribe"))
		return ble_client_subscribe(
			host, conn, cmd.number[1], cmd.number[2], (uint8_t)cmd.number[3]);
	return discover();
}

/* Does the command in hand. What was too early is tried again after the next event. */
static void obey(void)
{
	int err = cmd.wanted ? begin() : BLE_EBUSY;
	if (err == BLE_EBUSY)
		return;
	cmd.wanted = false;
	if (err || is("command"))
		say_done(err, 0);
}

static void on_report(const struct ble_event *ev)
{
	const uint8_t *d = ev->report.data;
	for (int i = 0; i + 1 < ev->report.len && i + d[i] < ev->report.len; i += d[i] + 1) {
		if (d[i + 1] != 0x09 || !*name || strlen(name) != (size_t)d[i] - 1 ||
			memcmp(name, d + i + 2, strlen(name)))
			continue;
		*name = 0;
		(void)ble_scan_stop(host);
		struct ble_conn_params params = { .interval_min_us = 7500 };
		int err = ble_conn_create(host, &ev->report.addr, &params);
		if (err)
			say_done(err, 0);
		return;
	}
}

static void on_value(const struct ble_event *ev)
{
	bool unasked = ev->type == BLE_EV_NOTIFIED;
	printf("{\"event\":\"%s\",\"handle\":%u,\"offset\":%u,\"indication\":%s",
		unasked ? "notified" : "value", ev->value.handle, ev->value.offset,
		unasked && ev->value.indication ? "true" : "false");
	say_hex("value", ev->value.data, ev->value.len);
	printf("}\n");
}

static void on_found(const struct ble_event *ev)
{
	if (ev->type == BLE_EV_SERVICE) {
		printf("{\"event\":\"service\",\"start\":%u,\"end\":%u", ev->service.start,
			ev->service.end);
		say_uuid(ev->service.uuid, ev->service.uuid128);
	} else if (ev->type == BLE_EV_INCLUDED) {
		printf("{\"event\":\"included\",\"start\":%u,\"end\":%u", ev->included.start,
			ev->included.end);
		say_uuid(ev->included.uuid, ev->included.uuid128);
	} else if (ev->type == BLE_EV_CHARACTERISTIC) {
		printf("{\"event\":\"characteristic\",\"start\":%u,\"handle\":%u,\"properties\":%u",
			ev->characteristic.handle, ev->characteristic.value_handle,
			ev->characteristic.properties);
		say_uuid(ev->characteristic.uuid, ev->characteristic.uuid128);
	} else if (ev->type == BLE_EV_DESCRIPTOR) {
		printf("{\"event\":\"descriptor\",\"handle\":%u", ev->descriptor.handle);
		say_uuid(ev->descriptor.uuid, ev->descriptor.uuid128);
	}
}

static void on_event(const struct ble_event *ev)
{
	if (ev->type == BLE_EV_REPORT) {
		on_report(ev);
	} else if (ev->type == BLE_EV_CONNECTED) {
		conn = ev->conn;
		say_done(0, 0);
	} else if (ev->type == BLE_EV_DISCONNECTED) {
		printf("{\"event\":\"disconnected\",\"reason\":%u}\n", ev->disconnected.reason);
		if (is("disconnect"))
			say_done(0, 0);
	} else if (ev->type == BLE_EV_PARAMS) {
		printf("{\"event\":\"interval\",\"us\":%u}\n", (unsigned)ev->params.interval_us);
		if (is("interval"))
			say_done(ev->params.err, 0);
	} else if (ev->type == BLE_EV_MTU) {
		printf("{\"event\":\"mtu\",\"mtu\":%u}\n", ev->mtu.mtu);
	} else if (ev->type == BLE_EV_VALUE || ev->type == BLE_EV_NOTIFIED) {
		on_value(ev);
	} else if (ev->type == BLE_EV_SERVICE_CHANGED) {
		printf("{\"event\":\"changed\",\"start\":%u,\"end\":%u}\n",
			ev->service_changed.start, ev->service_changed.end);
	} else if (ev->type == BLE_EV_DONE) {
		say_done(ev->done.err, ev->done.handle);
	} else if (ev->type == BLE_EV_ERROR) {
		say_done(ev->error.err, 0);
	} else {
		on_found(ev);
	}
}

/* The standard input's next line; octet by octet, so that none is left in a buffer of stdio. */
static bool take_line(void)
{
	size_t n = 0;
	while (n + 1 < sizeof cmd.line && read(STDIN_FILENO, cmd.line + n, 1) == 1)
		if (cmd.line[n++] == '\n')
			break;
	cmd.line[n] = 0;
	split();
	return n > 0;
}

static int serve(struct ble_posix *os, struct ble_transport *transport)
{
	for (;;) {
		ble_host_run(host, ble_posix_now());
		for (struct ble_event ev; ble_host_poll(host, &ev);)
			on_event(&ev);
		obey();
		fflush(stdout);
		ble_host_run(host, ble_posix_now());
		int fd = ble_posix_fd(os, transport, ble_host_next_due(host));
		if (fd < 0)
			return fd;
		struct pollfd wait[] = { { .fd = fd, .events = POLLIN },
			{ .fd = cmd.wanted ? -1 : STDIN_FILENO, .events = POLLIN } };
		if (ble_host_next_due(host) && poll(wait, 2, -1) > 0 && wait[1].revents &&
			!take_line())
			return 0;
	}
}

int main(void)
{
	struct ble_posix *os = NULL;
	struct ble_fault fault = { 0 };
	struct ble_host_config config = { .att_mtu = 517 };
	config.parts = BLE_PARTS(&ble_observer, &ble_central, &ble_client);
	int err = ble_posix_open(&os, "", &fault);
	if (!err)
		err = ble_posix_transport(os, NULL, NULL, &config.transport, &fault);
	if (!err) {
		config.platform = ble_posix_platform(os);
		size_t size = ble_host_memory(&config);
		void *memory = malloc(size);
		err = memory ? ble_host_init(&host, memory, size, &config, &fault) : BLE_ENOMEM;
	}
	if (!err)
		err = ble_host_start(host);
	if (!err)
		err = serve(os, config.transport);
	char why[200];
	ble_fault_text(&fault, why, sizeof why);
	if (err)
		fprintf(stderr, "client: %s\n", fault.err ? why : ble_strerror(err));
	return err ? 1 : 0;
}
