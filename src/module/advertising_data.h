/* Builds the two packets of legacy advertising; see advertising_data.c. */
#ifndef GLINT_MODULE_ADVERTISING_DATA_H
#define GLINT_MODULE_ADVERTISING_DATA_H

#include "module/module.h"

struct wr;

enum { ADVERTISING_POWER_LEN = 3 }; /* of AD TX Power Level */

/* What the packets are made of; NULL payload or scan_rsp: not given. */
struct advertising_input {
	const uint8_t *payload, *scan_rsp;
	uint8_t payload_len, scan_rsp_len;
	uint8_t mode; /* enum ble_adv_mode, not DEFAULT */
	uint8_t raw;  /* enum ble_raw */
	const struct module_power *power; /* what the packet tells of it; NULL: nothing */
	uint8_t reserve; /* octets of the packet that are left for others, if there is no payload */
	int32_t company;
	const char *name;
	uint16_t appearance;
	const struct ble_service *const *services;
	uint8_t service_count; /* slots, some NULL */
};

struct advertising_packets {
	uint8_t adv[MODULE_AD_MAX], scan_rsp[MODULE_AD_MAX];
	uint8_t adv_len, scan_rsp_len;
};

/* Octets that the transmit power takes, known or not. */
static inline size_t advertising_power_len(const struct advertising_input *in)
{
	return in->power && in->power->wanted ? ADVERTISING_POWER_LEN : 0;
}

/* 0; BLE_ETOOBIG with subject, the length that was asked for and the room that there is. */
int advertising_build(const struct advertising_input *in, struct advertising_packets *out, struct ble_fault *fault);

/* 2 octets, or 16. */
void advertising_put_uuid(struct wr *w, const struct ble_service *service);

/* These octets are AD structures and nothing else, the first one known and of its proper length. */
bool advertising_is_packet(const uint8_t *data, size_t len);

/* The same for a device on which nothing was given: connectable, undirected. */
void advertising_default(const struct advertising_input *in, struct advertising_packets *out);

#endif
