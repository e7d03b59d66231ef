/*
 * What the module's files share. A device is one arena: this struct, its tables, and the host behind them. Each family
 * of verbs (advertising, scanning, services, gap) lives in files of its own and registers here when its first verb is
 * called; the core never names one, so a family that a program does not mention is not linked.
 *
 * Uses the host through include/ble only.
 */
#ifndef GLINT_MODULE_H
#define GLINT_MODULE_H

#include <ble/ble.h>

#include "base/arena.h"

enum { MODULE_AD_MAX = 31 }; /* octets of legacy advertising data: Vol 6 Part B 2.3.1.1 */

/* Bits of ble_characteristic.reserved: its memory is the device's; its length is somebody's wish, also if it is 0. Of
 * broadcast.c: a central has set its 0x2903; its value is not in the packet; and the program knows. */
enum {
	MODULE_VALUE_IS_OURS = 1,
	MODULE_VALUE_IS_SET = 2,
	MODULE_BROADCASTS = 4,
	MODULE_LEFT_OUT = 8,
	MODULE_LEFT_OUT_TOLD = 16,
};

enum { MODULE_NAME_MAX = 248 }; /* Vol 3 Part C 12.1 */

/* Hooks of a family. `on_event` sees every event before the program's callback; false keeps it from that. */
struct module_family {
	bool (*on_event)(struct ble *ble, const struct ble_event *ev);
	void (*end)(struct ble *ble);
	void (*changed)(struct ble *ble); /* services, name or appearance are other than they were */
	uint64_t (*next_due)(const struct ble *ble);
	void (*run)(struct ble *ble, uint64_t now_us);
	int (*secure)(struct ble *ble); /* of FAMILY_SECURITY: the level of the device holds from now on, or is refused */
};

enum module_family_id { FAMILY_SERVICES, FAMILY_ADVERTISING, FAMILY_SCANNING, FAMILY_GAP, FAMILY_SECURITY, FAMILY_COUNT };

struct module_callback {
	void (*fn)(struct ble *ble, const struct ble_event *event, void *ctx);
	void *ctx;
	uint8_t event;
};

/* One central that may have to be asked for other connection parameters (prefer.c), or to be left (security.c). */
struct module_prefer {
	uint64_t due_us; /* BLE_NEVER: asked, or nothing to ask */
	ble_conn_id conn;
	bool leave;
};

struct advertising_input;
struct advertising_packets;

/* The transmit power in the advertising packet. */
struct module_power {
	bool wanted, known;
	int8_t dbm;
};

struct module_advertising {
	/* Set by ble_advertising() or ble_broadcasting(), so that a program without them links neither; NULL:
	 * advertising_default(). */
	int (*build)(const struct advertising_input *in, struct advertising_packets *out, struct ble_fault *fault);
	int32_t company;
	uint8_t payload_len, scan_rsp_len; /* of ble.adv_octets: payload, then scan response, as the program gave them */
	uint8_t mode, raw;
	struct module_power power;
	bool broadcasts; /* ble_broadcasting() */
};

/* Which reports the program gets. */
struct module_scan_choice {
	uint8_t filter, addr;
	bool duplicates;
};

struct module_scanning {
	struct ble_scan_params params;
	uint16_t at; /* the oldest entry of the cache when it is full */
	uint16_t count;
	struct module_scan_choice next, now; /* next: from the next start on */
};

struct ble {
	struct ble_host *host;
	const struct ble_platform *platform;
	const struct ble_trace *trace; /* NULL: none */
	const struct module_family *families[FAMILY_COUNT];
	struct module_callback *callbacks;
	const struct ble_service **services; /* NULL: a free slot */
	struct module_prefer *prefer;        /* one a connection */
	uint32_t *scan_cache;
	uint8_t *values;
	uint8_t *adv_octets;
	const char *name;
	uint16_t callback_count, callback_top; /* slots; from this one on they have never been used */
	uint16_t scan_cache_count, value_size, value_used, adv_size;
	uint16_t appearance;
	uint16_t first_handle; /* of the program's services; those below are GAP's and GATT's. 0: none yet */
	uint8_t service_count, connections;
	uint8_t security_level; /* enum ble_level, of ble_gap(); 0: BLE_LEVEL_OPEN */
	bool inside;  /* a callback is running */
	bool advertises; /* something asked for it: data follows changes of services and name */
	bool started;
	bool signs;  /* ble_security() has been called, and ble_signing is there */
	bool served; /* started once: what a stop left to tell is still told */
	void *port;
	struct module_advertising adv;
	struct module_scanning *scan; /* NULL: no room for scanning was asked for */
	uint16_t ppcp[4]; /* as on the air: Vol 3 Part C 12.3; all zero: nothing is preferred */
};

/* Fills the fault, which is the host's, and returns err; max < min: no limits. Strings are static or the program's. */
int module_refuse(struct ble *ble, int err, const char *subject, int64_t value, int64_t min, int64_t max);
int module_refuse_hint(struct ble *ble, int err, const char *subject, const char *hint);
/* 0, or BLE_ERANGE with a fault. */
int module_range(struct ble *ble, const char *subject, uint32_t value, uint32_t min, uint32_t max);
/* After a host verb that may say no more than BLE_EBUSY, BLE_ECONN, BLE_ENOENT or BLE_ECLOSED: its fault is an older
 * one. The others leave their own. hint NULL: what the code says is enough. Returns err. */
int module_host_code(struct ble *ble, int err, const char *subject, const char *hint);
/* 0 or negative with a fault: the name has 1..248 octets. */
int module_name_check(const char *name, struct ble_fault *fault);

/* Attaches the part, once, and registers the family. */
int module_use(struct ble *ble, enum module_family_id id, const struct module_family *family,
	const struct ble_part *part);
/* The level that ble_gap() has set holds from now on: 0, or refused because it cannot be reached. */
int module_secure(struct ble *ble);
static inline struct module_prefer *module_prefer_of(struct ble *ble, ble_conn_id conn)
{
	return &ble->prefer[(uint8_t)conn % ble->connections]; /* the id's low octet is the slot: types.h */
}

/* Tells the families. */
void module_changed(struct ble *ble);
/* To the program's functions, inside ble_process(). */
void module_call_back(struct ble *ble, const struct ble_event *ev);
/* advertising.c: registers the family, with the peripheral. */
int module_use_advertising(struct ble *ble);
/* The packets as they are now, with the faults of ble_advertising(). */
int module_packets(struct ble *ble, struct advertising_packets *out, struct ble_fault *fault);
/* services.c: attaches the server, with the name and appearance of the device. */
int module_use_server(struct ble *ble);

static inline bool module_is_here(const struct ble *ble, const struct ble_service *service)
{
	for (uint8_t i = 0; i < ble->service_count; i++)
		if (ble->services[i] == service)
			return true;
	return false;
}

#endif
