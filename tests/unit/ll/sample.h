/*
 * The sample session of Vol 6 Part C 1 as a link that is encrypted, from either end: the peer's half of it, and what our
 * host says. What is random is what the book has drawn.
 */
#ifndef TESTS_UNIT_LL_SAMPLE_H
#define TESTS_UNIT_LL_SAMPLE_H

#include "link.h"
#include "spec/hci_cmd_le_enc.h"

enum { SAMPLE_NOTHING = 0xFF };

extern struct rig r;
extern struct link l;

extern const uint8_t sample_ltk[16], sample_enc_req[23], sample_enc_rsp[13], sample_central_start[5],
	sample_peripheral_start[5];
/* Data packets 1 of either side, without the header; the second in clear, without its MIC. */
extern const uint8_t sample_central_data[31], sample_peripheral_data[31];
extern const char sample_peripheral_plain[28];
/* What the peer counts. */
extern struct ble_radio_ccm sample_tx, sample_rx;
/* What our link layer draws next. */
extern const uint8_t *sample_random;

void sample_open(bool central);
/* Our next control PDU of so many events: its opcode. */
uint8_t sample_next(unsigned events);
/* The peer's PDU, encrypted; what we say in this event is not decrypted. */
void sample_say(uint8_t llid, const void *payload, uint8_t len);
/* The next PDU of ours that is not empty, decrypted into buf (31 octets); its length without the MIC. */
uint8_t sample_hear(uint8_t *buf, uint8_t *llid);
uint8_t sample_hear_opcode(void);

/* Our host: replies to the request for a key, NULL: has none; enables encryption; sends. HCI statuses. */
uint8_t sample_reply(const uint8_t *key);
uint8_t sample_enable(void);
void sample_host_sends(const void *data, uint8_t len);
/* What it is told next. */
void sample_told(uint8_t status, bool on);
void sample_gone(uint8_t reason);
void sample_asked_for_key(void);

/* Up to a step of the start, as peripheral: LL_ENC_RSP is out, LL_START_ENC_REQ is out, it is encrypted. */
enum { SAMPLE_REQUESTED, SAMPLE_HAS_KEY, SAMPLE_STARTED };
void sample_begin(unsigned step);
/* Encrypted, as central. */
void sample_central(void);
/* The peripheral has been encrypted and is paused: LL_PAUSE_ENC_RSP has come back. Our host has sent "waits" meanwhile. */
void sample_pause(void);

#endif
