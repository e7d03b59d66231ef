/*
 * A device that pairs, for other hosts to pair with. Words on the command line say what it is like, lines on stdin what
 * its user does, lines on stdout what it sees; the driver is named by $GLINT_DRIVER, the store by $GLINT_STORE.
 *
 *	central ADDRESS     connects to that random address and makes the link secure; else it advertises as "Pairing"
 *	public              the address is a public one
 *	display yesno keyboard both     what its user can do; else nothing
 *	mitm bond legacy sc-only        as in ble_pairing_params
 *	level N             its value 0x2A19 wants that
 *	signs               signing keys are exchanged, nothing is encrypted by itself, and 0xA002 is there to be written so
 *	oob                 it can pair out of band, and says what it has made: oob R C
 *	private             its own addresses are resolvable private ones
 *	seek                as central it scans, and connects to who is called "Pairing"; once bonded, to that identity
 *
 *	passkey NUMBER | yes | no | secure | notify NUMBER | disconnect | quit
 *	oob R C | tk SECRET           what the other has made, in hexadecimal digits
 *	rotate                        it takes another private address
 *	sign HANDLE NUMBER            a Signed Write Command
 *	subscribe | read              as a client, to the other's 0x2A19
 */
#include <ble/adv.h>
#include <ble/bond.h>
#include <ble/client.h>
#include <ble/conn.h>
#include <ble/posix.h>
#include <ble/privacy.h>
#include <ble/scan.h>
#include <ble/server.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint8_t level_value = 42;
static const struct ble_characteristic level = { .uuid = 0x2A19, .permission = BLE_READ | BLE_WRITE | BLE_NOTIFY,
	.size = 1, .length = 1, .value = &level_value };
static const struct ble_service battery = { .uuid = 0x180F, .characteristics = BLE_LIST(&level) };
static uint8_t signed_octet;
static const struct ble_characteristic signable = { .uuid = 0xA002, .permission = BLE_READ | BLE_WRITE_SIGNED, .size = 1,
	.length = 1, .value = &signed_octet };
static const struct ble_service signing = { .uuid = 0xA001, .characteristics = BLE_LIST(&signable) };

static const struct ble_part *const parts[] = { &ble_peripheral, &ble_central, &ble_observer, &ble_server, &ble_client,
	&ble_pairing, &ble_signing, &ble_private, NULL };
static const struct ble_way *const ways[] = { &ble_legacy_pairing, &ble_passkey_entry, &ble_numeric_comparison,
	&ble_out_of_band, NULL };

static struct ble_host *host;
static struct ble_addr peer = { .type = BLE_ADDR_RANDOM };
static bool central, over, seek, seeking, bonded, oob, private, finding;
static uint16_t theirs; /* the handle of the other's value */
static ble_conn_id conn;

static void check(int err, const char *what)
{
	if (!err)
		return;
	const struct ble_fault *fault = host ? ble_host_fault(host) : NULL;
	printf("error %s %s %s\n", what, ble_strerror(err), fault && fault->hint ? fault->hint : "");
	exit(1);
}

static void read_address(const char *text)
{
	unsigned o[6];
	if (sscanf(text, "%x:%x:%x:%x:%x:%x", &o[5], &o[4], &o[3], &o[2], &o[1], &o[0]) != 6)
		check(BLE_EINVAL, "address");
	for (unsigned i = 0; i < 6; i++)
		peer.octets[i] = (uint8_t)o[i];
}

static struct ble_pairing_params params_of(char **words)
{
	struct ble_pairing_params p = { .ways = ways };
	for (; *words; words++) {
		if (!strcmp(*words, "central"))
			central = true;
		else if (!strcmp(*words, "public"))
			peer.type = BLE_ADDR_PUBLIC;
		else if (strchr(*words, ':'))
			read_address(*words);
		else if (!strcmp(*words, "display"))
			p.capabilities = BLE_CAP_DISPLAY_ONLY;
		else if (!strcmp(*words, "yesno"))
			p.capabilities = BLE_CAP_DISPLAY_YES_NO;
		else if (!strcmp(*words, "keyboard"))
			p.capabilities = BLE_CAP_KEYBOARD_ONLY;
		else if (!strcmp(*words, "both"))
			p.capabilities = BLE_CAP_KEYBOARD_DISPLAY;
		else if (!strcmp(*words, "level") && words[1])
			p.level = (uint8_t)atoi(*++words);
		if (!strcmp(*words, "signs")) {
			p.on_demand = true;
			p.initiator_keys = p.responder_keys = BLE_KEY_ENC | BLE_KEY_ID | BLE_KEY_SIGN;
		}
		seek |= !strcmp(*words, "seek");
		oob |= !strcmp(*words, "oob");
		private |= !strcmp(*words, "private");
		p.mitm |= !strcmp(*words, "mitm");
		p.bonding |= !strcmp(*words, "bond");
		p.legacy_only |= !strcmp(*words, "legacy");
		p.sc_only |= !strcmp(*words, "sc-only");
	}
	return p;
}

static void begin(void)
{
	static const uint8_t data[] = "\x02\x01\x06\x08\x09Pairing";
	seeking = central && seek;
	if (seeking) {
		check(ble_scan_start(host, &(struct ble_scan_params){ .active = true }), "scan");
		return;
	}
	if (central) {
		check(ble_conn_create(host, &peer, NULL), "connect");
		return;
	}
	check(ble_adv_data(host, data, sizeof data - 1, NULL, 0), "data");
	check(ble_adv_set(host, &(struct ble_adv_params){ .auto_restart = true }), "parameters");
	check(ble_adv_start(host), "advertise");
}

static void say_hex(const char *word, const uint8_t *data, size_t len)
{
	printf("%s", word);
	for (size_t i = 0; i < len; i++)
		printf("%s%02x", i ? "" : " ", data[i]);
}

/* Who was bonded is known by its identity, whatever address it comes with. */
static void on_report(const struct ble_event *ev)
{
	static const uint8_t name[] = "\x08\x09Pairing";
	bool is_it = false;
	if (bonded)
		is_it = (ev->report.addr.type & 1) == peer.type && !memcmp(ev->report.addr.octets, peer.octets, 6);
	else
		for (size_t i = 0; i + sizeof name - 1 <= ev->report.len; i++)
			is_it |= !memcmp(ev->report.data + i, name, sizeof name - 1);
	if (!is_it || !seeking)
		return;
	seeking = false;
	check(ble_scan_stop(host), "scan");
	check(ble_conn_create(host, &ev->report.addr, NULL), "connect");
}

static void on_paired(const struct ble_event *ev)
{
	struct ble_security_info info;
	printf("paired %d reason %u bonded %d level %u size %u\n", ev->paired.err, ev->paired.reason, ev->paired.bonded,
		ev->paired.level, ev->paired.key_size);
	if (!ev->paired.bonded || ble_conn_security(host, conn, &info))
		return;
	bonded = true;
	if (seek)
		peer = info.identity;
}

static void on_client(const struct ble_event *ev)
{
	if (ev->type == BLE_EV_CHARACTERISTIC) {
		theirs = ev->characteristic.value_handle;
		return;
	}
	if (ev->type == BLE_EV_DONE) {
		if (finding && !ev->done.err)
			check(ble_client_subscribe(host, conn, theirs, 0xFFFF, 1), "subscribe");
		else
			printf("done %d\n", ev->done.err);
		finding = false;
		return;
	}
	say_hex(ev->type == BLE_EV_VALUE ? "value" : "notified", ev->value.data, ev->value.len);
	puts("");
}

static void on_written(const struct ble_event *ev)
{
	if (ev->written.characteristic == &signable)
		signed_octet = ev->written.data[0];
	printf("written %u", ev->written.kind);
	say_hex(" ", ev->written.data, ev->written.len);
	puts("");
}

/* Nothing is done when the controller has come back: what was wanted is wanted still. */
static void on_ready(void)
{
	struct ble_host_stats stats;
	ble_host_stats(host, &stats);
	printf("ready %lu\n", (unsigned long)stats.recoveries);
	if (stats.recoveries)
		return;
	if (private)
		check(ble_privacy_set(host, BLE_PRIVACY_RESOLVABLE, BLE_FOREVER), "privacy");
	if (oob)
		check(ble_oob_make(host), "oob");
	begin();
}

static void on_event(const struct ble_event *ev)
{
	switch (ev->type) {
	case BLE_EV_READY: on_ready(); break;
	case BLE_EV_LOST: printf("lost %d\n", -ev->error.err); break;
	case BLE_EV_OOB:
		say_hex("oob", ev->oob.r, 16);
		say_hex("", ev->oob.c, 16);
		puts("");
		break;
	case BLE_EV_REPORT: on_report(ev); break;
	case BLE_EV_WRITTEN: on_written(ev); break;
	case BLE_EV_SUBSCRIBED: printf("subscribed %u\n", ev->subscribed.bits); break;
	case BLE_EV_CHARACTERISTIC:
	case BLE_EV_DONE:
	case BLE_EV_VALUE:
	case BLE_EV_NOTIFIED: on_client(ev); break;
	case BLE_EV_ADV_STARTED: puts("advertising"); break;
	case BLE_EV_CONNECTED:
		conn = ev->conn;
		printf("connected %u\n", ev->connected.peer.type);
		break;
	case BLE_EV_DISCONNECTED:
		printf("disconnected %u\n", ev->disconnected.reason);
		if (central)
			begin();
		break;
	case BLE_EV_PASSKEY: printf("passkey %06lu\n", (unsigned long)ev->passkey.number); break;
	case BLE_EV_PASSKEY_WANTED: puts("wanted"); break;
	case BLE_EV_COMPARE: printf("compare %06lu\n", (unsigned long)ev->passkey.number); break;
	case BLE_EV_ENCRYPTED:
		printf("encrypted %d level %u\n", ev->encrypted.err, ev->encrypted.level);
		break;
	case BLE_EV_PAIRED: on_paired(ev); break;
	case BLE_EV_ERROR: printf("failed %u %d\n", ev->error.operation, ev->error.err); break;
	default: break;
	}
}

static void notify(unsigned long number)
{
	level_value = (uint8_t)number;
	check(ble_server_notify(host, conn, ble_server_handle(host, &level), &level_value, 1), "notify");
}

static void take_hex(const char *text, uint8_t *to)
{
	for (unsigned i = 0, octet; i < 16 && sscanf(text + 2 * i, "%2x", &octet) == 1; i++)
		to[i] = (uint8_t)octet;
}

static void take_oob(const char *line, bool legacy)
{
	struct ble_oob data = { 0 };
	char first[33] = "", second[33] = "";
	(void)sscanf(line, "%*s %32s %32s", first, second);
	take_hex(first, legacy ? data.tk : data.r);
	take_hex(second, data.c);
	check(ble_oob_set(host, &data, legacy), "oob");
}

static void find_and_subscribe(void)
{
	static const uint8_t uuid[] = { 0x19, 0x2A };
	finding = true;
	check(ble_client_characteristics_by_uuid(host, conn, 1, 0xFFFF, uuid, sizeof uuid), "find");
}

static void on_line(const char *line)
{
	unsigned long number, handle;
	if (sscanf(line, "passkey %lu", &number) == 1)
		check(ble_conn_passkey(host, conn, (uint32_t)number), "passkey");
	else if (sscanf(line, "notify %lu", &number) == 1)
		notify(number);
	else if (sscanf(line, "sign %lu %lu", &handle, &number) == 2)
		check(ble_client_write_signed(host, conn, (uint16_t)handle, &(uint8_t){ (uint8_t)number }, 1), "sign");
	else if (!strncmp(line, "yes", 3))
		check(ble_conn_confirm(host, conn, true), "yes");
	else if (!strncmp(line, "no", 2))
		check(ble_conn_confirm(host, conn, false), "no");
	else if (!strncmp(line, "secure", 6))
		check(ble_conn_secure(host, conn, false), "secure");
	else if (!strncmp(line, "subscribe", 9))
		find_and_subscribe();
	else if (!strncmp(line, "read", 4))
		check(ble_client_read(host, conn, theirs), "read");
	else if (!strncmp(line, "oob", 3) || !strncmp(line, "tk", 2))
		take_oob(line, line[0] == 't');
	else if (!strncmp(line, "rotate", 6))
		check(ble_privacy_set(host, BLE_PRIVACY_RESOLVABLE, BLE_FOREVER), "privacy");
	else if (!strncmp(line, "disconnect", 10))
		check(ble_conn_disconnect(host, conn, 0), "disconnect");
	else
		over = true;
}

static void loop(struct ble_posix *os, struct ble_transport *transport)
{
	char line[128];
	while (!over) {
		struct ble_event ev;
		ble_host_run(host, ble_posix_now());
		while (ble_host_poll(host, &ev))
			on_event(&ev);
		struct pollfd fds[2] = { { .fd = 0, .events = POLLIN },
			{ .fd = ble_posix_fd(os, transport, ble_host_next_due(host)), .events = POLLIN } };
		if (poll(fds, 2, -1) > 0 && fds[0].revents) {
			if (fgets(line, sizeof line, stdin))
				on_line(line);
			else
				over = true;
		}
	}
}

int main(int argc, char **argv)
{
	static _Alignas(uint64_t) uint8_t memory[65536];
	struct ble_posix *os;
	struct ble_transport *transport;
	struct ble_fault fault = { 0 };
	(void)argc;
	setvbuf(stdout, NULL, _IOLBF, 0);
	setvbuf(stdin, NULL, _IONBF, 0);
	struct ble_pairing_params params = params_of(argv + 1);
	check(ble_posix_open(&os, NULL, &fault), "open");
	check(ble_posix_transport(os, NULL, NULL, &transport, &fault), "transport");
	check(ble_host_init(&host, memory, sizeof memory,
		      &(struct ble_host_config){ .transport = transport, .platform = ble_posix_platform(os),
			      .parts = parts }, &fault), "init");
	check(ble_pairing_set(host, &params), "pairing");
	check(ble_server_add(host, &battery, NULL), "service");
	if (params.on_demand)
		check(ble_server_add(host, &signing, NULL), "service");
	check(ble_host_start(host), "start");
	loop(os, transport);
	ble_host_stop(host);
	ble_posix_transport_free(transport);
	ble_posix_close(os);
	return 0;
}
