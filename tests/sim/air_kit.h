/*
 * What tests of the air share: a raw radio that writes down what it is told and answers turns from
 * a list, a short way to post, and a sink that keeps a trace in memory.
 */
#ifndef TESTS_SIM_AIR_KIT_H
#define TESTS_SIM_AIR_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ble/sim.h>

#define KIT_AA      0x8e89bed6u
#define KIT_CRC     0x555555u
#define KIT_RESULTS 16

struct kit_radio {
	struct ble_node *node;
	struct ble_radio *radio;
	struct ble_radio_result results[KIT_RESULTS];
	unsigned count;                       /* of results, also those beyond KIT_RESULTS */
	const struct ble_radio_next *answers; /* given one after the other */
	unsigned answer_count, answered;
	void (*hook)(struct kit_radio *k, const struct ble_radio_result *result);
	uint8_t rx[257];
};

/* A node of this world with its radio in k's hands. */
void kit_add(struct kit_radio *k, struct ble_world *w, const struct ble_node_options *options);

/* Advertising channel 37, 1M, power 0; k keeps rx. They must be accepted. */
void kit_tx(struct kit_radio *k, uint64_t start_us, uint8_t *pdu, uint8_t then);
void kit_rx(struct kit_radio *k, uint64_t start_us, uint32_t window_us, uint8_t then);
struct ble_radio_op kit_op(uint8_t dir, uint64_t start_us, uint8_t *pdu);

struct kit_trace {
	struct ble_trace sink;
	size_t len, cap;
	/* per record: t_us (8), node (2), kind, channel, flow, crc_ok, len (2), data */
	uint8_t *octets;
	uint64_t t_us[64];
	unsigned count;
};
void kit_trace_init(struct kit_trace *t);
void kit_trace_free(struct kit_trace *t);

#endif
