/*
 * What a controller is asked and told before anything else: a table, one row a command, in the order of the wire.
 *
 * After Read Local Supported Commands (Vol 4 Part E 6.27) a row whose command is not claimed is passed over; a
 * controller that does not answer even that question is taken to know everything. A row that fails and is not a must
 * counts as passed over: a controller may claim too much.
 */
#include "hci/hci.h"

#include "base/bits.h"
#include "spec/hci_cmd_base.h"
#include "spec/hci_cmd_le_ctrl.h"

enum {
	ACL_HOST_MAX = 251, /* data octets of one packet that we can receive, see BLE_H4_MAX */
	ACL_MIN = 27,       /* 7.8.2: no controller has less */
	IDENTITY_LEN = 7,   /* BLE_STORE_IDENTITY */
	UNASKED = 0xFFFF,   /* sent whatever is claimed */
};

struct step {
	uint16_t opcode;
	uint16_t supported; /* enum hci_supported */
	void (*params)(struct hci *hci, struct wr *w);
	bool (*done)(struct hci *hci, struct rd *ret); /* false: the return parameters make no sense */
	bool must;
};

/* The least that a random static address needs: Vol 6 Part B 1.3.2.1 */
static bool is_static(const uint8_t *a)
{
	unsigned ones = bits_count(a, 5) + bits_count((uint8_t[]){ a[5] & 0x3F }, 1);
	return (a[5] & 0xC0) == 0xC0 && ones != 0 && ones != 46;
}

/* Our random static address: the one of old, else a new one, kept if the platform can. */
static void static_address(struct hci *hci)
{
	const struct ble_platform *p = hci->platform;
	uint8_t id[IDENTITY_LEN];
	int n = p->load ? p->load(p->ctx, BLE_STORE_IDENTITY, id, sizeof id) : BLE_ENOENT;
	if (n != IDENTITY_LEN || id[0] != BLE_ADDR_RANDOM || !is_static(id + 1)) {
		id[0] = BLE_ADDR_RANDOM;
		p->random(p->ctx, id + 1, 6);
		id[6] |= 0xC0;
		if (!is_static(id + 1)) /* one in 2^45 */
			id[1] ^= 1;
		if (p->save)
			(void)p->save(p->ctx, BLE_STORE_IDENTITY, id, sizeof id);
	}
	hci->address.type = BLE_ADDR_RANDOM;
	memcpy(hci->address.octets, id + 1, 6);
}

static bool on_commands(struct hci *hci, struct rd *ret);

static bool on_le_buffers(struct hci *hci, struct rd *ret)
{
	hci->acl_octets = rd_le16(ret);
	hci->credits = rd_u8(ret);
	return rd_ok(ret);
}

static bool on_buffers(struct hci *hci, struct rd *ret) /* shared with BR/EDR: 7.4.5 */
{
	hci->acl_octets = rd_le16(ret);
	rd_skip(ret, 1);
	hci->credits = rd_le16(ret);
	return rd_ok(ret);
}

static bool on_bd_addr(struct hci *hci, struct rd *ret)
{
	static const uint8_t none[6], all[6] = { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF };
	rd_copy(ret, hci->address.octets, 6);
	hci->address.type = BLE_ADDR_PUBLIC;
	hci->public_address = rd_ok(ret) && memcmp(hci->address.octets, none, 6) && memcmp(hci->address.octets, all, 6);
	return rd_ok(ret);
}

static bool on_flow_control(struct hci *hci, struct rd *ret)
{
	(void)ret;
	hci->back_on = true;
	return true;
}

static void event_mask(struct hci *hci, struct wr *w)
{
	(void)hci;
	wr_le64(w, HCI_EVENT_MASK(HCI_EVT_DISCONNECTION_COMPLETE) | HCI_EVENT_MASK(HCI_EVT_HARDWARE_ERROR) |
			HCI_EVENT_MASK(HCI_EVT_DATA_BUFFER_OVERFLOW) | HCI_EVENT_MASK(HCI_EVT_LE_META));
}

/*
 * Without the connection parameter and long term key requests: the controller then answers the peer itself (Vol 6
 * Part B 5.1.3, 5.1.7), and parameters are asked for by L2CAP.
 */
static void le_event_mask(struct hci *hci, struct wr *w)
{
	(void)hci;
	wr_le64(w, HCI_LE_EVENT_MASK(HCI_LE_EVT_CONNECTION_COMPLETE) |
			HCI_LE_EVENT_MASK(HCI_LE_EVT_ADVERTISING_REPORT) |
			HCI_LE_EVENT_MASK(HCI_LE_EVT_CONNECTION_UPDATE_COMPLETE) |
			HCI_LE_EVENT_MASK(HCI_LE_EVT_PHY_UPDATE_COMPLETE)); /* of use to ble_levels */
}

static void host_buffers(struct hci *hci, struct wr *w)
{
	(void)hci;
	hci_cmd_host_buffer_size_write(w,
		&(struct hci_cmd_host_buffer_size){ .host_acl_data_packet_length = ACL_HOST_MAX,
			.host_total_num_acl_data_packets = HCI_BACK_MAX });
}

static void flow_control(struct hci *hci, struct wr *w)
{
	(void)hci;
	wr_u8(w, 1); /* ACL only */
}

static void random_address(struct hci *hci, struct wr *w)
{
	static_address(hci);
	wr_put(w, hci->address.octets, 6);
}

#define ROW(name) HCI_CMD_##name, HCI_SUPPORTED_##name
static const struct step steps[] = {
	{ HCI_CMD_RESET, UNASKED, NULL, NULL, true },
	{ HCI_CMD_READ_LOCAL_SUPPORTED_COMMANDS, UNASKED, NULL, on_commands, false },
	{ ROW(READ_LOCAL_VERSION_INFORMATION), NULL, NULL, false },       /* for whoever reads the trace */
	{ ROW(LE_READ_LOCAL_SUPPORTED_FEATURES), NULL, NULL, false },     /* likewise */
	{ HCI_CMD_LE_READ_BUFFER_SIZE, UNASKED, NULL, on_le_buffers, true },
	{ ROW(READ_BUFFER_SIZE), NULL, on_buffers, false },               /* if the LE buffers are shared */
	{ ROW(READ_BD_ADDR), NULL, on_bd_addr, false },
	{ HCI_CMD_SET_EVENT_MASK, UNASKED, event_mask, NULL, false },
	{ HCI_CMD_LE_SET_EVENT_MASK, UNASKED, le_event_mask, NULL, false },
	{ ROW(HOST_BUFFER_SIZE), host_buffers, NULL, false },
	{ ROW(SET_CONTROLLER_TO_HOST_FLOW_CONTROL), flow_control, on_flow_control, false },
	{ HCI_CMD_LE_SET_RANDOM_ADDRESS, UNASKED, random_address, NULL, true }, /* without a public address */
};
enum { STEPS = sizeof steps / sizeof steps[0] };
_Static_assert(STEPS <= 16, "hci.skip has a bit a row");

static void skip(struct hci *hci, unsigned i)
{
	hci->skip = (uint16_t)(hci->skip | 1u << i);
}

static bool on_commands(struct hci *hci, struct rd *ret)
{
	const uint8_t *mask = rd_take(ret, 64);
	if (!mask)
		return false;
	/* Flow control by us needs three commands; without one of them the others are of no use. */
	bool back = bit_get(mask, HCI_SUPPORTED_HOST_NUMBER_OF_COMPLETED_PACKETS) &&
		bit_get(mask, HCI_SUPPORTED_HOST_BUFFER_SIZE) &&
		bit_get(mask, HCI_SUPPORTED_SET_CONTROLLER_TO_HOST_FLOW_CONTROL);
	for (unsigned i = 0; i < STEPS; i++) {
		bool flow = steps[i].opcode == HCI_CMD_HOST_BUFFER_SIZE ||
			steps[i].opcode == HCI_CMD_SET_CONTROLLER_TO_HOST_FLOW_CONTROL;
		if (flow ? !back : steps[i].supported != UNASKED && !bit_get(mask, steps[i].supported))
			skip(hci, i);
	}
	return true;
}

/* Rows that the answers so far make pointless. */
static bool pointless(const struct hci *hci, uint16_t opcode)
{
	if (opcode == HCI_CMD_READ_BUFFER_SIZE)
		return hci->acl_octets && hci->credits;
	return opcode == HCI_CMD_LE_SET_RANDOM_ADDRESS && hci->public_address;
}

uint16_t hci_step_command(struct hci *hci, struct wr *params)
{
	for (; hci->step < STEPS; hci->step++) {
		const struct step *s = &steps[hci->step];
		if ((hci->skip >> hci->step & 1) || pointless(hci, s->opcode))
			continue;
		if (s->params)
			s->params(hci, params);
		return s->opcode;
	}
	return 0;
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
	const struct step *s = &steps[hci->step++];
	if (s->opcode == HCI_CMD_RESET) {
		hci->public_address = false;
		hci->back_on = false;
	}
	bool sense = status || !s->done || s->done(hci, ret);
	if (s->must && status)
		return BLE_EHCI(status);
	if (s->must && !sense)
		return BLE_EBADPDU;
	/* A host buffer size that was refused: no flow control either. */
	if (status && s->opcode == HCI_CMD_HOST_BUFFER_SIZE)
		skip(hci, hci->step);
	return 0;
}
