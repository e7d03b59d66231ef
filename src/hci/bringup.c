/*
 * What a controller is asked and told before anything else: a table, one row a command, in the order of the wire.
 *
 * After Read Local Supported Commands (Vol 4 Part E 6.27) a row whose command is not claimed is passed over, and so is
 * one that an answer makes pointless; a controller that does not answer even that question is taken to know
 * everything. A row that fails and is not a must counts as passed over: a controller may claim too much. Behind the table
 * comes what struct hci_care adds.
 */
#include "hci/hci.h"

#include "base/attr.h"
#include "base/bits.h"

enum {
	ACL_MIN = 27,       /* 7.8.2: no controller has less */
	ALWAYS = 0,         /* sent whatever is claimed */
};

/* Places in the table. */
enum step_id {
	RESET,
	COMMANDS,
	VERSION,
	FEATURES,
	LE_BUFFERS,
	BUFFERS,
	ADDRESS,
	MASK,
	LE_MASK,
	DATA_LENGTH,
	PHY,
	RANDOM_ADDRESS,
	STEPS,
};
_Static_assert(STEPS <= 13, "hci.skip has a bit a row, and HCI_FLOW");
enum { FLOW_OCTET = HCI_SUPPORTED_HOST_BUFFER_SIZE / 8 };
_Static_assert(HCI_SUPPORTED_SET_CONTROLLER_TO_HOST_FLOW_CONTROL == FLOW_OCTET * 8 + 5 &&
	HCI_SUPPORTED_HOST_BUFFER_SIZE == FLOW_OCTET * 8 + 6 &&
	HCI_SUPPORTED_HOST_NUMBER_OF_COMPLETED_PACKETS == FLOW_OCTET * 8 + 7, "HCI_FLOW");

struct step {
	uint16_t opcode;
	uint16_t supported : 9; /* enum hci_supported, or ALWAYS */
	uint16_t must : 1, len : 6;
	const uint8_t *params; /* len octets */
};

/* The events that we take, of 64 each: 7.3.1. Those of encryption never come to a host without it, and need no mask of
 * their own: part_pairing.c. */
#define OCTETS_OF(mask) \
	{ (uint8_t)(mask), (uint8_t)((mask) >> 8), (uint8_t)((mask) >> 16), (uint8_t)((mask) >> 24), \
		(uint8_t)((mask) >> 32), (uint8_t)((mask) >> 40), (uint8_t)((mask) >> 48), (uint8_t)((mask) >> 56) }
#define EVENTS                                                                               \
	(HCI_EVENT_MASK(HCI_EVT_DISCONNECTION_COMPLETE) | HCI_EVENT_MASK(HCI_EVT_HARDWARE_ERROR) | \
		HCI_EVENT_MASK(HCI_EVT_DATA_BUFFER_OVERFLOW) | HCI_EVENT_MASK(HCI_EVT_LE_META) |     \
		HCI_EVENT_MASK(HCI_EVT_ENCRYPTION_CHANGE) |                                          \
		HCI_EVENT_MASK(HCI_EVT_ENCRYPTION_KEY_REFRESH_COMPLETE))
/*
 * Without the connection parameter and long term key requests, unless hci.le_events wants them: the controller then
 * answers the peer itself (Vol 6 Part B 5.1.3, 5.1.7), and parameters are asked for by L2CAP.
 */
#define LE_EVENTS                                             \
	(HCI_LE_EVENT_MASK(HCI_LE_EVT_CONNECTION_COMPLETE) |  \
		HCI_LE_EVENT_MASK(HCI_LE_EVT_ADVERTISING_REPORT) | \
		HCI_LE_EVENT_MASK(HCI_LE_EVT_CONNECTION_UPDATE_COMPLETE) | \
		HCI_LE_EVENT_MASK(HCI_LE_EVT_PHY_UPDATE_COMPLETE)) /* of use to ble_levels */
static const uint8_t events[8] = OCTETS_OF(EVENTS), le_events[8] = OCTETS_OF(LE_EVENTS);
/*
 * More in an event and less time on the air: 251 octets, which with a MIC are 2,120 us on 1M (7.8.35); 2M beside 1M both
 * ways (7.8.48).
 */
static const uint8_t data_length[4] = { 251, 0, 2120 & 0xFF, 2120 >> 8 }, phys[3] = { 0, 3, 3 };

#define ROW(name) .opcode = HCI_CMD_##name, .supported = HCI_SUPPORTED_##name
static const struct step steps[STEPS] = {
	[RESET] = { .opcode = HCI_CMD_RESET, .must = 1 },
	[COMMANDS] = { .opcode = HCI_CMD_READ_LOCAL_SUPPORTED_COMMANDS },
	[VERSION] = { ROW(READ_LOCAL_VERSION_INFORMATION) },    /* for whoever reads the trace */
	[FEATURES] = { ROW(LE_READ_LOCAL_SUPPORTED_FEATURES) }, /* likewise */
	[LE_BUFFERS] = { .opcode = HCI_CMD_LE_READ_BUFFER_SIZE, .must = 1 },
	[BUFFERS] = { ROW(READ_BUFFER_SIZE) }, /* if the LE buffers are shared with BR/EDR: 7.4.5 */
	[ADDRESS] = { ROW(READ_BD_ADDR) },
	[MASK] = { .opcode = HCI_CMD_SET_EVENT_MASK, .params = events, .len = sizeof events },
	[LE_MASK] = { .opcode = HCI_CMD_LE_SET_EVENT_MASK, .params = le_events, .len = sizeof le_events },
	[DATA_LENGTH] = { ROW(LE_WRITE_SUGGESTED_DEFAULT_DATA_LENGTH), .params = data_length, .len = sizeof data_length },
	[PHY] = { ROW(LE_SET_DEFAULT_PHY), .params = phys, .len = sizeof phys },
	[RANDOM_ADDRESS] = { .opcode = HCI_CMD_LE_SET_RANDOM_ADDRESS, .must = 1 }, /* without a public address */
};

uint16_t hci_le_events(const struct hci *hci, struct wr *params)
{
	wr_le64(params, LE_EVENTS | hci->le_events);
	return HCI_CMD_LE_SET_EVENT_MASK;
}

/* Octets 0 to 4 and `last` in place of the sixth are all zeroes or all ones: no address. */
static bool is_blank(const uint8_t *a, uint8_t last)
{
	for (unsigned i = 1; i < 5; i++)
		if (a[i] != a[0])
			return false;
	return last == a[0] && (last == 0 || last == 0xFF);
}

/* The two uppermost bits are ones, of the rest not all are the same: Vol 6 Part B 1.3.2.1 */
static bool is_static(const struct ble_addr *a)
{
	uint8_t top = a->octets[5], rest = (uint8_t)(top == 0xFF ? 0xFF : top & 0x3F);
	return a->type == BLE_ADDR_RANDOM && top >= 0xC0 && !is_blank(a->octets, rest);
}

/* Our random static address: the one of old, else a new one, kept if the platform can. As BLE_STORE_IDENTITY has it. */
static void static_address(const struct ble_platform *p, struct ble_addr *a)
{
	_Static_assert(sizeof *a == 7, "type and octets");
	int n = p->load ? p->load(p->ctx, BLE_STORE_IDENTITY, a, sizeof *a) : BLE_ENOENT;
	if (n == (int)sizeof *a && is_static(a))
		return;
	a->type = BLE_ADDR_RANDOM;
	p->random(p->ctx, a->octets, 6);
	a->octets[5] |= 0xC0;
	if (!is_static(a)) /* one in 2^45 */
		a->octets[0] ^= 1;
	if (p->save)
		(void)p->save(p->ctx, BLE_STORE_IDENTITY, a, sizeof *a);
}

static void skip(struct hci *hci, unsigned rows)
{
	hci->skip = (uint16_t)(hci->skip | rows);
}

static void on_commands(struct hci *hci, const uint8_t *mask)
{
	for (unsigned i = 0; i < STEPS; i++)
		if (steps[i].supported != ALWAYS && !bit_get(mask, steps[i].supported))
			skip(hci, 1u << i);
	skip(hci, ~(unsigned)mask[FLOW_OCTET] << 8 & HCI_FLOW);
}

static NOINLINE void on_buffers(struct hci *hci, uint16_t octets, uint16_t count)
{
	hci->acl_octets = octets;
	hci->credits = count;
	if (octets && count)
		skip(hci, 1u << BUFFERS);
}

static void on_address(struct hci *hci, const uint8_t *octets)
{
	hci->address.type = BLE_ADDR_PUBLIC;
	memcpy(hci->address.octets, octets, 6);
	if (!is_blank(octets, octets[5]))
		skip(hci, 1u << RANDOM_ADDRESS);
}

/* What an answer says; false: it is too short. */
static bool learn(struct hci *hci, unsigned step, struct rd *ret)
{
	static const uint8_t lengths[STEPS] = { [COMMANDS] = 64, [LE_BUFFERS] = 3, [BUFFERS] = 5, [ADDRESS] = 6 };
	const uint8_t *p = rd_take(ret, lengths[step]);
	if (!p)
		return false;
	if (step == COMMANDS)
		on_commands(hci, p);
	else if (step == LE_BUFFERS)
		on_buffers(hci, le16_get(p), p[2]);
	else if (step == BUFFERS)
		on_buffers(hci, le16_get(p), le16_get(p + 3));
	else if (step == ADDRESS)
		on_address(hci, p);
	return true;
}

uint16_t hci_step_command(struct hci *hci, struct wr *params)
{
	while (hci->skip >> hci->step & 1)
		hci->step++;
	if (hci->step >= STEPS)
		return hci->hooks->care ? hci->hooks->care->step(hci, hci->step - STEPS, params) : 0;
	const struct step *s = &steps[hci->step];
	if (hci->step == RANDOM_ADDRESS) {
		static_address(hci->platform, &hci->address);
		wr_put(params, hci->address.octets, 6);
	}
	wr_put(params, s->params, s->len);
	return s->opcode;
}

/* 27 octets and one packet are the least that can be worked with. */
bool hci_step_usable(struct hci *hci)
{
	if (hci->acl_octets > hci->acl_max)
		hci->acl_octets = hci->acl_max;
	return hci->acl_octets >= ACL_MIN && hci->credits;
}

int hci_step_done(struct hci *hci, uint8_t status, struct rd *ret)
{
	unsigned step = hci->step++;
	if (step >= STEPS) {
		hci->hooks->care->stepped(hci, step - STEPS, status);
		return 0;
	}
	bool learnt = !status && learn(hci, step, ret);
	if (!learnt && steps[step].must)
		return status ? BLE_EHCI(status) : BLE_EBADPDU;
	return 0;
}
