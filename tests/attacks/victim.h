/*
 * A host with the table of target.h over the controller made of scripts (tests/unit/host/fake_ctlr.h): for attacks
 * that come by the thousand, and for those of the controller. Two peers are connected, the attacker and a bystander;
 * an attack ends with victim_serves(), which both ask, and with victim_end(), which looks for leaks.
 */
#ifndef TESTS_ATTACKS_VICTIM_H
#define TESTS_ATTACKS_VICTIM_H

#include "tests/attacks/target.h"
#include "tests/unit/host/fake_ctlr.h"

enum { ATTACKER = 0x40, BYSTANDER = 0x41, FIRST = 2, CONT = 1, ATT = 4, SIGNALLING = 5 };

extern struct fake f;
extern ble_conn_id attacker, bystander;

/* Up, and both are connected. parts NULL: peripheral, bare server. connections are filled in. */
void victim_up(struct ble_host_config config);
/* Both read a value and get it; nothing else is sent or told. */
void victim_serves(void);
void victim_end(void);
/* Forgets the events so far. */
void victim_forget(void);
struct ble_host_stats victim_stats(void);

/* What the attacker sends on a channel, in one packet. */
void say(uint16_t cid, const void *pdu, size_t len);
/* The next frame that the attacker is sent, at most one is there: its length without the L2CAP header, -1: nothing.
 * Its octets are in answer. The controller's credits are given back. */
int heard(uint16_t cid);
extern uint8_t answer[FAKE_PACKET];
/* Both; on ATT. */
int ask(const void *pdu, size_t len);

/* The answer is exactly this. */
#define ANSWER(n, ...)                                                       \
	do {                                                                 \
		const uint8_t want_[] = { __VA_ARGS__ };                     \
		assert_int_equal(n, sizeof want_);                           \
		assert_memory_equal(answer, want_, sizeof want_);            \
	} while (0)
#define LE(v) (uint8_t)(v), (uint8_t)((v) >> 8)
#define ATTACK(id, fn) { id, fn, victim_setup, NULL, NULL }
int victim_setup(void **state);

#endif
