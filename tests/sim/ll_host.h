/*
 * A raw host for tests of the link layer in a world: commands are octets, what comes back is
 * written down. It keeps the credits of Number Of Completed Packets, sends numbered messages of 1
 * to 251 octets, and checks those of its peer: each once, in order, whole.
 */
#ifndef TESTS_SIM_LL_HOST_H
#define TESTS_SIM_LL_HOST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ble/sim.h>

#include "spec/hci_cmd_base.h"
#include "spec/hci_cmd_le_adv.h"
#include "spec/hci_cmd_le_conn.h"
#include "spec/hci_cmd_le_enc.h"
#include "spec/hci_evt.h"
#include "spec/hci_evt_le.h"
#include "spec/hci_pkt.h"

#define HOST_LINKS 8

struct link {
	struct hci_le_connection_complete made;
	bool up;
	uint8_t reason;
	struct hci_le_connection_update_complete update;
	unsigned updates;
	struct hci_le_data_length_change length;
	struct hci_le_phy_update_complete phy;
	unsigned lengths, phys, requests; /* events; requests for parameters, each agreed to */
	unsigned encrypted, refreshed, key_requests; /* events of status 0 */
	uint8_t encryption_status;
	/* messages */
	uint32_t to_send, sent, received;
	uint8_t in[256];
	uint16_t in_len;
	uint32_t in_flight;
	/* the peer sends what it likes: its octets are counted, no more */
	bool strange;
	uint32_t octets;
};

struct host {
	struct ble_world *world;
	struct ble_node *node;
	struct ble_ctlr *ctlr;
	/* the last answer, and how many */
	uint16_t opcode;
	uint8_t status, ret[80];
	uint16_t ret_len;
	unsigned answers;
	unsigned replies; /* under way, and not counted as answers */
	bool has_key;     /* for a key request; without one it is refused */
	uint8_t key[16];
	/* reports */
	unsigned reports[5];
	struct hci_le_advertising_report report;
	uint8_t report_data[31];
	uint8_t report_address[6];
	void (*on_report)(struct host *h, const struct hci_le_advertising_report *report);
	/* connections, by their order */
	struct link links[HOST_LINKS];
	unsigned made, failed, lost;
	uint8_t failed_status;
	uint64_t made_us, lost_us;
	struct hci_evt_read_remote_version_information_complete version;
	struct hci_le_read_remote_features_complete features;
	unsigned versions, feature_events, completed_events;
	uint32_t acl_buffers, credits;
	bool holds_back; /* does not read data: stops reading altogether */
};

void host_add(struct host *h, struct ble_world *w, const struct ble_node_options *options);
/* Writes the command and runs until the answer has come. Returns its status. */
uint8_t host_cmd(struct host *h, uint16_t opcode, const void *params, uint8_t len);
uint8_t host_reset(struct host *h); /* Reset, all events on */
void host_run(struct host *h, uint64_t us);

uint8_t host_advertise(
	struct host *h, uint8_t type, uint16_t interval, const char *data, const char *rsp);
uint8_t host_stop_advertising(struct host *h);
uint8_t host_scan(struct host *h, bool active, uint16_t interval, uint16_t window, bool filter);
uint8_t host_stop_scan(struct host *h);
/* interval in 1.25 ms, timeout in 10 ms */
uint8_t host_connect(
	struct host *h, struct host *peer, uint16_t interval, uint16_t latency, uint16_t timeout);
void host_address(const struct host *h, uint8_t octets[6]);
/* A link between the two, both told of it. */
void host_link(struct host *central, struct host *peripheral, uint16_t interval, uint16_t latency,
	uint16_t timeout);
struct link *host_last(struct host *h);
uint8_t host_disconnect(struct host *h, struct link *l, uint8_t reason);
/* More messages on this link, as credits allow. */
void host_send(struct host *h, struct link *l, uint32_t count);
/* Nothing is left in use. */
void host_check_leaks(struct host *h);

#endif
