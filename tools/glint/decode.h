/*
 * glint decode from inside. decode_file.c reads records from files; decode_hci.c and decode_air.c
 * take one each and go up: decode_l2cap.c puts messages together, decode_att.c names what is in
 * them, decode_gatt.c remembers the attributes that the trace has told of; decode_fields.c shows
 * parameters by a text that lists them; decode_keys.c opens what is encrypted. What they have to say is collected in an `out`, and shown
 * as a line or as JSON by cmd_decode.c.
 */
#ifndef TOOLS_GLINT_DECODE_H
#define TOOLS_GLINT_DECODE_H

#include "glint.h"

#include "base/rd.h"

/* --- decode_file.c */

/* One packet of a file. */
struct rec {
	uint64_t t_us;   /* since 1970 */
	unsigned number; /* in its file, from 1 */
	bool air;        /* else HCI */
	bool cut;        /* the file has less than there was */
	const uint8_t
		*data; /* HCI: behind the H4 octet; air: from the access address on, with CRC */
	size_t len;
	/* HCI */
	uint8_t type; /* enum hci_h4 */
	bool to_host;
	/* air; rf_channel 0xFF, rssi RSSI_UNKNOWN: not told */
	uint8_t rf_channel;
	int8_t rssi_dbm;
	uint8_t flow; /* enum ble_trace_flow; 1: not told */
	bool crc_bad;
	bool opened, mic; /* decrypted by who recorded it; the MIC is still there */
};

enum format { FORMAT_BTSNOOP_H4, FORMAT_BTSNOOP_H1, FORMAT_BTSNOOP_MONITOR, FORMAT_PCAP };

struct trace_file {
	const char *path, *word; /* as given; its last part without suffix */
	uint8_t *data;
	size_t size, at;
	enum format format;
	bool big_endian, nanoseconds, damaged;
	bool quiet; /* damage is not complained about */
	uint32_t link_type;
	unsigned records;
};

/* False: said why. */
bool file_open(struct trace_file *f, const char *path);
/* The next packet that is HCI or of the air; false: the end, or damaged (said why). */
bool file_next(struct trace_file *f, struct rec *r);
void file_close(struct trace_file *f);

/* --- what is known of a session */

enum attribute_kind {
	ATTRIBUTE_SERVICE,
	ATTRIBUTE_INCLUDE,
	ATTRIBUTE_DECLARATION, /* uuid is that of the characteristic */
	ATTRIBUTE_VALUE,
	ATTRIBUTE_DESCRIPTOR
};

struct attribute {
	uint16_t handle, end; /* end: of a service */
	uint8_t kind;
	struct uuid uuid;
};

/* The attributes of one device, in order of handle. */
struct database {
	struct database *next;
	bool has_addr;
	struct ble_addr addr;
	size_t count, room;
	struct attribute *attributes;
};

/* A message that arrives in pieces. */
struct stream {
	uint8_t *data;
	size_t len, want;
	bool broken; /* its beginning is not in the trace */
};

/* The last request of one side: what the response is about. */
struct request {
	uint8_t opcode;
	uint16_t handle;
	struct uuid uuid;  /* type asked for */
	struct uuid value; /* Find By Type Value: of which UUID */
	uint16_t offset;
};

enum { MIC = 4 }; /* octets: Vol 6 Part B 2.4 */

/* An encrypted connection; counters of what each side has sent. */
struct crypt {
	bool on, has_key;
	uint8_t skd[16], iv[8], key[16];
	uint64_t counters[2];
};

/* Sides: 0 is the host of an HCI trace, or the central on the air; 1 the other one. */
struct session {
	struct session *next;
	const struct trace_file *file;
	bool air;
	uint32_t key; /* connection handle, or access address */
	struct database *databases[2];
	struct stream from[2];
	struct request asked[2];
	uint32_t supervision_ms;
	int8_t rssi_dbm;
	/* air */
	bool heard[2], sn[2];
	struct crypt crypt;
	int last_side;
	uint64_t last_us;
};

/* --- decode_gatt.c */
struct session *session_find(const struct trace_file *file, bool air, uint32_t key);
/* A new one, instead of what had this key; addresses NULL: not known. */
struct session *session_begin(const struct trace_file *file, bool air, uint32_t key,
	const struct ble_addr *addr0, const struct ble_addr *addr1);
void database_add(struct database *d, const struct attribute *a);
/* "Battery Level"; NULL: not known. Fills *uuid with the type of its value. */
const char *database_name(
	const struct database *d, uint16_t handle, char dst[UUID_TEXT * 2], struct uuid *uuid);
void sessions_free(void);
void *grow(void *old, size_t size); /* realloc that does not fail: the program ends */

/* --- decode_keys.c */
bool keys_read(const char *text); /* of --ltk; false: said why */
void keys_learn(const uint8_t ltk[16]); /* in the order of the air */
void keys_learn_from_file(const struct trace_file *f); /* from its commands; the file stays where it is */
size_t keys_known(void);
void keys_free(void);
/* A control PDU that can be read; len is at least 1. */
void crypt_follow(struct crypt *c, const uint8_t *pdu, size_t len);
/* payload: with its MIC, len above MIC; plain has room for it. False: no key opens it. */
bool crypt_open(struct crypt *c, int side, uint8_t first, const uint8_t *payload, size_t len, uint8_t *plain);

/* --- what a packet is: collected here, then shown */
struct out {
	const char *layer; /* "HCI", "LL", "L2CAP", "ATT" */
	char arrow;
	bool quiet;     /* left out without --all */
	bool malformed; /* says so at the end */
	bool alarm;     /* an error or the end of something */
	bool cut;       /* there was more than the JSON has room for */
	struct text name, detail, tag, json;
	char names[160], details[4096], tags[120], jsons[65536];
};
void out_name(
	struct out *o, const char *layer, const char *name, const char *family, unsigned code);
void out_number(struct out *o, const char *key, double value); /* JSON alone, as the next two */
void out_text(struct out *o, const char *key, const char *value);
void out_octets(struct out *o, const char *key, const void *data, size_t len);
void out_hex(struct out *o, const void *data, size_t len); /* in the line */

/* --- decode_fields.c: "handle:h,reason:e"; what the letters mean is said there. False: the packet
 * is shorter than its fields. */
bool fields_show(struct out *o, struct rd *r, const char *fields);
const char *fields_of_command(uint16_t opcode); /* NULL: none are known; likewise below */
const char *fields_of_return(uint16_t opcode);  /* behind the status */
const char *fields_of_event(uint8_t code);
const char *fields_of_le_event(uint8_t subevent);
const char *fields_of_llcp(uint8_t opcode);
const char *fields_of_signal(uint8_t code);
const char *fields_of_security(uint8_t code);

/* --- the layers */
void decode_hci(struct out *o, const struct trace_file *f, const struct rec *r);
void decode_air(struct out *o, const struct trace_file *f, const struct rec *r);
/* A piece of a message from a side; first: it begins one. */
void decode_piece(struct out *o, struct session *s, int side, bool first, struct rd *r);
void decode_att(struct out *o, struct session *s, int side, struct rd *r);

#endif
