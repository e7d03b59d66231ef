/*
 * The test device of tree.json, on our host: values of every length and permission, one that is
 * refused, one that is answered late, one whose writes are judged, subscriptions of each kind,
 * descriptors, included and secondary services. Other hosts' centrals walk it. Writing to the
 * control characteristic makes it act:
 *
 *	01 n    n notifications of x0201        04    a service is added: x0300
 *	02 n    n indications of x0202          05    and taken away
 *	03 n    n of x0203, as subscribed       06    the device hangs up
 *	07 n n l  n (LE) notifications of x0201, l octets each
 *	08      it asks for a connection interval of 30 ms
 *	09 n n l  n (LE) indications of x0202, l octets each
 *
 * Octet i of every value of characteristic u is at first (u + 7 i) mod 256. The driver is named by
 * $GLINT_DRIVER.
 */
#include <ble/adv.h>
#include <ble/conn.h>
#include <ble/posix.h>
#include <ble/server.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LATER_US = 150000, REFUSED = 0x80, BAD_VALUE = 0x81, LONGEST = 244 };

/* 5a3exxxx-9d2c-4c1b-8f60-2b6e13a74dc5 */
static const uint8_t base[16] = { 0xC5, 0x4D, 0xA7, 0x13, 0x6E, 0x2B, 0x60, 0x8F, 0x1B, 0x4C, 0x2C,
	0x9D, 0, 0, 0x3E, 0x5A };

/* Never called: with ble_host, its presence makes each read an event. */
static int asked(struct ble *ble, struct ble_characteristic *ch, struct ble_read *read, void *ctx)
{
	(void)ble, (void)ch, (void)read, (void)ctx;
	return 0;
}

#define RELIABLE (BLE_READ | BLE_WRITE | BLE_WRITE_RELIABLE)
/* A characteristic: name, number, permission, longest and first length, more members. */
#define VALUE16(name, number, may, max, now, ...)                 \
	static uint8_t name##_value[max];                         \
	static struct ble_characteristic name = { .uuid = number, \
		.permission = may,                                \
		.size = max,                                      \
		.length = now,                                    \
		.value = name##_value,                            \
		.type = BLE_BYTES,                                \
		__VA_ARGS__ }
#define VALUE(...) VALUE16(__VA_ARGS__, .base_uuid = base)

static const struct ble_format percent = { .format = 0x04, .unit = 0x27AD, .name_space = 1 };
static const struct ble_format celsius = {
	.format = 0x0E, .exponent = -2, .unit = 0x272F, .name_space = 1
};
VALUE16(level, 0x2A19, BLE_READ | BLE_NOTIFY, 1, 1, .descriptor = "Battery Level",
	.format = &percent);
VALUE(hidden, 0x0011, BLE_READ, 4, 4);
VALUE(empty, 0x0101, BLE_READ | BLE_WRITE, 512, 0);
VALUE(one, 0x0102, BLE_READ, 1, 1);
VALUE(full, 0x0103, BLE_READ, 22, 22);
VALUE(over, 0x0104, BLE_READ, 23, 23);
VALUE(large, 0x0105, BLE_READ, 244, 244);
VALUE(larger, 0x0106, BLE_READ, 246, 246);
VALUE(largest, 0x0107, BLE_READ | BLE_WRITE, 512, 512);
VALUE(writable, 0x0108, BLE_WRITE, 20, 0);
VALUE(commanded, 0x0109, BLE_READ | BLE_WRITE_WO, 20, 20);
VALUE(refused, 0x010A, BLE_READ, 4, 4, .on_read = asked);
VALUE(late, 0x010B, BLE_READ, 8, 8, .on_read = asked);
VALUE16(temperature, 0x2A6E, BLE_READ, 2, 2, .format = &celsius);
VALUE(described, 0x010C, BLE_READ, 1, 1,
	.descriptor = "Δt in µs · longer than what an answer at the smallest ATT_MTU has room for");
VALUE(notifying, 0x0201, BLE_NOTIFY, LONGEST, 0);
VALUE(indicating, 0x0202, BLE_INDICATE, LONGEST, 0);
VALUE(either, 0x0203, BLE_NOTIFY | BLE_INDICATE, 20, 0);
VALUE(control, 0x0204, BLE_WRITE, 4, 0);
VALUE(first, 0x0205, RELIABLE, 64, 8);
VALUE(second, 0x0206, RELIABLE, 64, 8, .descriptor = "The second of two");
VALUE(commands, 0x0207, BLE_READ, 4, 4);
VALUE(judged, 0x0208, BLE_READ | BLE_WRITE, 64, 8);
VALUE(broadcast, 0x0209, BLE_READ | BLE_BROADCAST, 1, 1);
VALUE(arrived, 0x0301, BLE_READ, 3, 3);

static const struct ble_service battery = { .uuid = 0x180F, .characteristics = BLE_LIST(&level) };
static const struct ble_service secondary = {
	.uuid = 0x0010, .base_uuid = base, .secondary = true, .characteristics = BLE_LIST(&hidden)
};
static const struct ble_service values = { .uuid = 0x0100,
	.base_uuid = base,
	.includes = BLE_INCLUDES(&battery, &secondary),
	.characteristics = BLE_LIST(&empty, &one, &full, &over, &large, &larger, &largest,
		&writable, &commanded, &refused, &late, &temperature, &described) };
static const struct ble_service lively = { .uuid = 0x0200,
	.base_uuid = base,
	.characteristics = BLE_LIST(&broadcast, &notifying, &indicating, &either, &control, &first,
		&second, &commands, &judged) };
static const struct ble_service later = {
	.uuid = 0x0300, .base_uuid = base, .characteristics = BLE_LIST(&arrived)
};

/* What control has ordered, of each kind: how many, and how long. */
static struct {
	const struct ble_characteristic *characteristic;
	uint16_t next, end;
	uint8_t len;
} streams[] = { { .characteristic = &notifying }, { .characteristic = &indicating }, { .characteristic = &either } };

static struct ble_host *host;
static uint32_t late_token;
static uint64_t late_us = BLE_NEVER;

static void fill(const struct ble_service *service)
{
	for (const struct ble_characteristic *const *c = service->characteristics; *c; c++)
		for (uint16_t i = 0; i < (*c)->length; i++)
			((uint8_t *)(*c)->value)[i] = (uint8_t)((*c)->uuid + 7 * i);
}

static int add(const struct ble_service *service)
{
	fill(service);
	return ble_server_add(host, service, NULL);
}

/* Values are numbered: octet 0 says which, the others follow from it. Until there is no room. */
static void send(ble_conn_id conn)
{
	for (size_t i = 0; i < sizeof streams / sizeof *streams; i++) {
		uint16_t handle = ble_server_handle(host, streams[i].characteristic);
		for (; streams[i].next < streams[i].end; streams[i].next++) {
			uint8_t data[LONGEST];
			for (uint8_t k = 0; k < streams[i].len; k++)
				data[k] = (uint8_t)(streams[i].next + 7 * k);
			if (ble_server_notify(host, conn, handle, data, streams[i].len) == BLE_EBUSY)
				break;
		}
	}
}

static int stream(ble_conn_id conn, size_t which, uint16_t count, uint8_t len)
{
	streams[which].next = 0;
	streams[which].end = count;
	streams[which].len = len;
	send(conn);
	return 0;
}

static int obey(ble_conn_id conn, const uint8_t *order, size_t len)
{
	if (len == 2 && order[0] >= 1 && order[0] <= 3)
		return stream(conn, order[0] - 1u, order[1], 20);
	if (len == 4 && (order[0] == 7 || order[0] == 9) && order[3] <= LONGEST)
		return stream(conn, order[0] == 9, (uint16_t)(order[1] | order[2] << 8), order[3]);
	if (len == 1 && order[0] == 6)
		return ble_conn_disconnect(host, conn, 0);
	if (len == 1 && order[0] == 8)
		return ble_conn_update(host, conn, &(struct ble_conn_params){ .interval_min_us = 30000 });
	if (len == 1 && order[0] == 4)
		return add(&later);
	if (len == 1 && order[0] == 5)
		return ble_server_remove(host, &later);
	return BLE_EATT(BAD_VALUE);
}

static void on_written(const struct ble_event *ev)
{
	struct ble_characteristic *ch =
		(struct ble_characteristic *)(uintptr_t)ev->written.characteristic;
	const uint8_t *data = ev->written.data;
	int err = 0;
	if (ch == &control)
		err = obey(ev->conn, data, ev->written.len);
	else if (ch == &judged && ev->written.len && data[0] == 0xFF)
		err = BLE_EATT(BAD_VALUE);
	if (err) {
		(void)ble_server_reply(host, ev->written.token, err, NULL, 0);
		return;
	}
	if (ev->written.kind == BLE_WRITTEN_COMMAND)
		commands_value[0]++;
	if (ev->written.len)
		memcpy(ch->value, data, ev->written.len);
	ch->length = ev->written.len;
}

static void on_read(const struct ble_event *ev)
{
	if (ev->read.characteristic == &refused) {
		(void)ble_server_reply(host, ev->read.token, BLE_EATT(REFUSED), NULL, 0);
	} else if (ev->read.characteristic == &late && !ble_server_defer(host, ev->read.token)) {
		late_token = ev->read.token;
		late_us = ev->t_us + LATER_US;
	}
}

static void on_event(const struct ble_event *ev)
{
	if (ev->type == BLE_EV_WRITTEN)
		on_written(ev);
	else if (ev->type == BLE_EV_READ)
		on_read(ev);
	else if (ev->type == BLE_EV_SENT || ev->type == BLE_EV_CONFIRMED)
		send(ev->conn);
	else if (ev->type == BLE_EV_ADV_STARTED)
		puts("advertising");
	fflush(stdout);
}

static int serve(struct ble_posix *os, struct ble_transport *transport)
{
	for (int err = 0; !err;) {
		uint64_t now = ble_posix_now();
		if (now >= late_us) {
			(void)ble_server_reply(host, late_token, 0, late.value, late.length);
			late_us = BLE_NEVER;
		}
		ble_host_run(host, now);
		for (struct ble_event ev; ble_host_poll(host, &ev);)
			on_event(&ev);
		uint64_t due = ble_host_next_due(host);
		err = ble_posix_wait(os, transport, due < late_us ? due : late_us);
	}
	return BLE_EIO;
}

static int begin(void)
{
	static const uint8_t adv[] = "\x02\x01\x06\x08\x09Interop";
	memset(commands_value, 0, sizeof commands_value);
	int err = 0;
	const struct ble_service *const all[] = { &battery, &secondary, &values, &lively };
	for (size_t i = 0; !err && i < sizeof all / sizeof *all; i++)
		err = add(all[i]);
	commands_value[0] = commands_value[1] = commands_value[2] = commands_value[3] = 0;
	if (!err)
		err = ble_adv_data(host, adv, sizeof adv - 1, NULL, 0);
	if (!err)
		err = ble_adv_set(host,
			&(struct ble_adv_params){ .interval_min_us = 20000, .auto_restart = true });
	if (!err)
		err = ble_adv_start(host);
	return err ? err : ble_host_start(host);
}

static int run(struct ble_fault *fault)
{
	struct ble_posix *os;
	struct ble_host_config config = { .name = "Interop" };
	config.parts = BLE_PARTS(&ble_peripheral, &ble_multiple, &ble_server, &ble_prepared);
	int err = ble_posix_open(&os, "", fault);
	if (!err)
		err = ble_posix_transport(os, NULL, NULL, &config.transport, fault);
	if (err)
		return err;
	config.platform = ble_posix_platform(os);
	size_t size = ble_host_memory(&config);
	void *memory = malloc(size);
	err = memory ? ble_host_init(&host, memory, size, &config, fault) : BLE_ENOMEM;
	if (err)
		return err;
	err = begin();
	if (!err)
		return serve(os, config.transport);
	*fault = *ble_host_fault(host);
	return err;
}

int main(void)
{
	char why[200] = "";
	struct ble_fault fault = { 0 };
	int err = run(&fault);
	if (fault.err)
		ble_fault_text(&fault, why, sizeof why);
	fprintf(stderr, "device: %s\n", why[0] ? why : ble_strerror(err));
	return 1;
}
