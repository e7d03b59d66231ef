/*
 * A telephone that tells a watch who has called and written: the Alert Notification service (0x1811).
 * A watch subscribes, and says by the control point which categories it wants to hear of; until then
 * it is told nothing. A command that the service has not is refused with its own error, 0xA0.
 */
#include <ble/ble.h>
#include <stdio.h>
#include <string.h>

enum { MISSED_CALL = 4, MESSAGE = 5, EVERY_CATEGORY = 0xFF, COMMAND_NOT_SUPPORTED = 0xA0 };
enum { NEW, UNREAD, KINDS }; /* of what is told; odd commands are about UNREAD, even ones about NEW */

static struct category {
	uint8_t id, count[KINDS];
	bool on[KINDS];
	const char *who;
} categories[] = { { .id = MISSED_CALL }, { .id = MESSAGE } };
enum { CATEGORIES = sizeof categories / sizeof *categories };

static uint8_t supported[] = { 1 << MISSED_CALL | 1 << MESSAGE, 0 }; /* a bit each */
static struct ble_characteristic kinds[KINDS] = {
	{ .uuid = 0x2A47, .permission = BLE_READ, .size = 2, .type = BLE_BYTES, .value = supported },
	{ .uuid = 0x2A48, .permission = BLE_READ, .size = 2, .type = BLE_BYTES, .value = supported }
};
static struct ble_characteristic told[KINDS] = { /* category, how many, of a new one also whose */
	{ .uuid = 0x2A46, .permission = BLE_NOTIFY, .size = 20, .type = BLE_BYTES },
	{ .uuid = 0x2A45, .permission = BLE_NOTIFY, .size = 2, .type = BLE_BYTES }
};

static void tell(struct ble *ble, struct category *c, unsigned kind)
{
	uint8_t value[20] = { c->id, c->count[kind] }, len = 2;
	if (!c->on[kind] || (kind == NEW && !c->count[NEW]))
		return;
	for (const char *who = c->who; kind == NEW && *who && len < sizeof value; who++)
		value[len++] = (uint8_t)*who;
	if (ble_notify(ble, &told[kind], 0, value, len) == 0 && kind == NEW)
		c->count[NEW] = 0; /* it is none any more; what nobody heard stays new */
}

/* A device has a telephone here. */
static void arrives(struct ble *ble)
{
	static const char *const people[] = { "Ada", "Grace" };
	static unsigned n;
	struct category *c = &categories[n % 3 == 2]; /* every third is a message */
	c->who = people[n++ / 3 % 2];
	for (unsigned kind = NEW; kind < KINDS; kind++)
		c->count[kind] = c->count[kind] == 255 ? 255 : (uint8_t)(c->count[kind] + 1);
	printf("%s %s\n", c->who, c->id == MESSAGE ? "writes" : "calls");
	fflush(stdout);
	for (unsigned kind = NEW; kind < KINDS; kind++)
		tell(ble, c, kind);
}

/* Before it is stored: what is returned here is the watch's answer. */
static int on_check(
	struct ble *ble, struct ble_characteristic *ch, const struct ble_write *write, void *ctx)
{
	(void)ble, (void)ch, (void)ctx;
	if (write->len != 2)
		return BLE_EATT(0x0D); /* Invalid Attribute Value Length */
	bool known = write->data[1] == EVERY_CATEGORY;
	for (unsigned i = 0; i < CATEGORIES; i++)
		known = known || write->data[1] == categories[i].id;
	return known && write->data[0] <= 5 ? 0 : BLE_EATT(COMMAND_NOT_SUPPORTED);
}

/* 0 and 1 enable, 2 and 3 disable, 4 and 5: tell me now. */
static void on_command(
	struct ble *ble, struct ble_characteristic *ch, const struct ble_write *write, void *ctx)
{
	unsigned kind = write->data[0] % 2;
	(void)ch, (void)ctx;
	for (struct category *c = categories; c < categories + CATEGORIES; c++) {
		if (write->data[1] != EVERY_CATEGORY && write->data[1] != c->id)
			continue;
		if (write->data[0] < 4)
			c->on[kind] = write->data[0] < 2;
		else
			tell(ble, c, kind);
	}
}
static struct ble_characteristic control = { .uuid = 0x2A44, .permission = BLE_WRITE, .size = 2,
	.type = BLE_BYTES, .on_check = on_check, .on_write = on_command };
static struct ble_service alerts = { .uuid = 0x1811,
	.characteristics = BLE_LIST(&kinds[NEW], &told[NEW], &kinds[UNREAD], &told[UNREAD], &control) };

/* The next watch says itself what it wants. */
static void on_disconnected(struct ble *ble, const struct ble_event *ev, void *ctx)
{
	(void)ble, (void)ev, (void)ctx;
	for (unsigned i = 0; i < CATEGORIES; i++)
		memset(categories[i].on, 0, sizeof categories[i].on);
}

int main(void)
{
	struct ble *ble;
	struct ble_fault fault;
	char why[200];
	int err = ble_open(&ble, &(struct ble_options){ .name = "Telephone", .fault = &fault });
	if (!err)
		err = ble_add_service(ble, &alerts);
	if (!err)
		err = ble_add_callback(ble, BLE_EV_DISCONNECTED, on_disconnected, NULL);
	if (!err)
		err = ble_advertising(ble, &(struct ble_advertising_params){ .auto_restart = true });
	if (!err)
		err = ble_start(ble);
	if (!err)
		err = ble_start_advertising(ble);
	for (; !err; err = ble_run(ble, 2000))
		arrives(ble);
	fprintf(stderr, "alert: %s\n", ble ? ble_explain(ble, err, why, sizeof why)
					   : ble_fault_explain(&fault, err, why, sizeof why));
	ble_close(ble);
	return 1;
}
