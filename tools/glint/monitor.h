/*
 * glint monitor from inside. monitor.c has the loop and the events, monitor_find.c the way to a
 * connection and back, monitor_discover.c what the peer's database is, monitor_tree.c shows it and
 * monitor_view.c its values. Commands: monitor_input.c has where lines come from, monitor_prompt.c
 * the terminal, monitor_command.c words and the table, monitor_verb_*.c what they do,
 * monitor_pair.c pairing and bonds, monitor_target.c which attribute a word means, monitor_octets.c which value, monitor_complete.c
 * what the tabulator key offers.
 */
#ifndef TOOLS_GLINT_MONITOR_H
#define TOOLS_GLINT_MONITOR_H

#include "value.h"

#include <ble/client.h>
#include <stddef.h>

enum {
	MOST_SERVICES = 64,
	MOST_INCLUDES = 64,
	MOST_CHARACTERISTICS = 256,
	MOST_DESCRIPTORS = 512,
	LONGEST_VALUE = 512
};
enum { TREND_POINTS = 24, DESCRIPTION_TEXT = 64 };
enum {
	PROP_READ = 0x02,
	PROP_WRITE_COMMAND = 0x04,
	PROP_WRITE = 0x08,
	PROP_NOTIFY = 0x10,
	PROP_INDICATE = 0x20,
	PROP_WRITE_SIGNED = 0x40,
	PROP_EXTENDED = 0x80
};

struct service {
	struct uuid uuid;
	uint16_t start, end;
	bool secondary;
};

/* A service that another one refers to: Vol 3 Part G 3.2 */
struct inclusion {
	struct uuid uuid;
	uint16_t handle; /* within the service that includes */
	uint16_t start, end;
};

struct descriptor {
	struct uuid uuid;
	uint16_t handle;
	unsigned characteristic; /* which one it belongs to */
};

struct characteristic {
	struct uuid uuid;
	uint16_t handle, value_handle, end, cccd;
	uint8_t properties; /* Vol 3 Part G 3.3.1.1 */
	uint8_t extended;   /* 0x2900: 3.3.3.1 */
	uint8_t bits;       /* of the CCCD, as far as we have written it */
	int read_err;       /* 1: not read */
	uint16_t len;
	uint8_t value[LONGEST_VALUE];
	char description[DESCRIPTION_TEXT]; /* 0x2901; "": none */
	struct value_format format;         /* 0x2904 */
	unsigned points;                    /* of the trend: the last numbers that came unasked */
	double trend[TREND_POINTS];
};

enum stage {
	STAGE_MTU,
	STAGE_SERVICES,
	STAGE_SECONDARY,
	STAGE_INCLUDES,
	STAGE_CHARACTERISTICS,
	STAGE_DESCRIPTORS,
	STAGE_DESCRIBE, /* 0x2901 and 0x2904 are read */
	STAGE_READ,
	STAGE_SUBSCRIBE,
	STAGE_LIVE
};

struct tree {
	enum stage stage;
	unsigned at;  /* which of the stage's objects the procedure is about */
	bool running; /* a procedure is */
	bool cut;     /* there was more than we keep */
	unsigned service_count, inclusion_count, characteristic_count, descriptor_count, subscribed;
	struct service services[MOST_SERVICES];
	struct inclusion inclusions[MOST_INCLUDES];
	struct characteristic characteristics[MOST_CHARACTERISTICS];
	struct descriptor descriptors[MOST_DESCRIPTORS];
	uint16_t len; /* of what is being read of a descriptor */
	uint8_t octets[LONGEST_VALUE];
};

enum { LINE_MOST = 4096, INPUT_MOST = 16384, MOST_CHOICES = 64, MOST_HANDLES = 32 };

struct words {
	unsigned count;
	const char *at[WORDS_MOST];
	bool quoted[WORDS_MOST];
	char text[LINE_MOST];
};

/* What a word of a command means. */
struct target {
	struct characteristic
		*characteristic; /* NULL: a descriptor, or a handle that is not known */
	uint16_t handle;
	struct uuid uuid; /* all zero: not known */
};

/* The command that is being carried out. */
struct monitor;
struct verb;
struct job {
	enum { JOB_NONE, JOB_WAITING, JOB_BEGUN, JOB_RUNNING } phase;
	const struct verb *verb; /* NULL: none */
	struct words words;
	char line[LINE_MOST]; /* as it was given */
	struct target target;
	unsigned at, left; /* of several: which, how many */
	bool anew;         /* pair although there is a bond */
	const struct value_type *as; /* NULL: as is known of the attribute */
	/* What becomes of a value that comes; NULL: it is kept in `data`. */
	void (*on_value)(struct monitor *m, const struct ble_event *ev);
	uint8_t bits;         /* for a CCCD */
	uint16_t first, last; /* handles between which is looked */
	unsigned handle_count;
	uint16_t handles[MOST_HANDLES];
	struct ble_client_value values[MOST_HANDLES]; /* of a reliable write, in `data` */
	uint16_t len;
	uint8_t data[LONGEST_VALUE]; /* to be written; what has been read */
	struct ble_conn_params params;
};

/* Where commands come from: those of -c first, then lines of a terminal, a pipe or a file. */
struct input {
	enum { INPUT_NONE, INPUT_PLAIN, INPUT_PROMPT } kind;
	bool ended, any; /* no more will come; there was one */
	unsigned option; /* the next of -c */
	size_t len;
	char text[INPUT_MOST];
};

/* What somebody has said about a characteristic; outlives a connection. */
struct choice {
	uint16_t value_handle;
	uint8_t bits;
};

enum state { SEARCHING, FOUND, CONNECTING, CONNECTED, IDLE, OVER };

struct monitor {
	const struct monitor_options *o;
	struct link link;
	struct ble_addr wanted; /* with an address */
	const char *name, *address;
	char who[32]; /* of the command connect */
	struct uuid service;
	enum state state;
	struct ble_addr peer;
	ble_conn_id conn;
	int rssi_dbm;  /* when it was found, then as the controller said last */
	bool rssi_now; /* of this connection */
	enum { RSSI_IDLE, RSSI_ASKED, RSSI_REFUSED } rssi; /* the controller has been asked */
	uint64_t rssi_us;                                  /* when */
	uint32_t supervision_ms;
	unsigned notified;
	bool shown, live, was_connected;
	bool script; /* commands that nobody looks at: no tree unless asked for, no subscriptions */
	bool aside;  /* progress goes to stderr: there is a script, or may be */
	bool script_done; /* only the notifications that were asked for are waited for now */
	bool leaving;     /* the connection was ended by us */
	bool failed;      /* a command has */
	bool changed;     /* the services have: to be looked at again */
	bool legacy; /* pairing: not by Secure Connections */
	enum { ASK_NOTHING, ASK_PASSKEY, ASK_SAME } ask; /* what a pairing wants to know of the user */
	int status;
	struct input input;
	struct job job;
	unsigned choice_count;
	struct choice choices[MOST_CHOICES];
	struct tree tree;
};

/* --- monitor.c */
void over(struct monitor *m, int status);
/* Progress for people: on stdout, or on stderr in a script, whose stdout is what it asked for. */
void note(const struct monitor *m, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Asks the controller how strongly the peer is heard; BLE_EV_RSSI answers. */
void ask_rssi(struct monitor *m);

/* --- monitor_find.c */
void find_search(struct monitor *m);
void find_event(struct monitor *m, const struct ble_event *ev);
void find_disconnect(struct monitor *m);           /* to stay alone */
bool find_set(struct monitor *m, const char *who); /* by a command: name or address */

/* --- monitor_discover.c */
void discover_begin(struct tree *t);
/* Starts the next procedure if none runs. 0, also when there is nothing left (STAGE_LIVE);
 * BLE_EBUSY: again after the next event; other errors end it. */
int discover_step(struct monitor *m);
/* What a procedure found, and its end. False: the peer's answer makes going on pointless
 * (ev->done.err says). */
bool discover_event(struct monitor *m, const struct ble_event *ev);

/* --- monitor_tree.c */
struct characteristic *tree_find(struct tree *t, uint16_t value_handle);
void tree_show(struct tree *t);

/* --- monitor_view.c */
/* What an attribute is called: its name, what the device calls it, its UUID, else its handle. */
const char *view_called(char dst[UUID_TEXT], const struct target *t);
void view_value(const struct target *t, const struct value_type *as, const void *data, size_t len);
enum written { WRITTEN_UNANSWERED, WRITTEN_ANSWERED, WRITTEN_RELIABLY, WRITTEN_SIGNED };
void view_written(const struct target *t, const void *data, uint16_t len, enum written how);
void view_notified(
	struct characteristic *c, uint16_t handle, const void *data, size_t len, bool indication);

/* --- monitor_target.c */
/* An assigned name or a beginning of it, a UUID, a handle. False, and why. */
bool target_find(struct tree *t, const char *word, struct target *to, char why[WHY_TEXT]);
/* "battery-level": a name as one word. */
const char *target_slug(char dst[UUID_TEXT], const struct characteristic *c);

/* --- monitor_octets.c. What the words from `first` to before `end` mean as the value of an
 * attribute: octets, or -1 and why. */
int octets_write(const struct target *t, const struct words *w, unsigned first, unsigned end,
	uint8_t *dst, size_t cap, char why[WHY_TEXT]);

/* --- monitor_input.c */
void input_open(struct monitor *m);
void input_close(struct monitor *m);
bool input_pending(const struct monitor *m); /* a line is there */
bool input_take(struct monitor *m, char line[LINE_MOST]);
bool input_add(struct monitor *m, const char *line); /* from the prompt; false: no room */
void input_end(struct monitor *m);
/* The next event until deadline_us. False: it is past, a line came, or all is over. */
bool input_wait(struct monitor *m, uint64_t deadline_us, struct ble_event *ev);

/* --- monitor_prompt.c */
bool prompt_open(struct monitor *m); /* false: no terminal that lines can be edited on */
void prompt_close(void);
void prompt_read(struct monitor *m); /* the terminal can be read */
void prompt_show(void);              /* what has been said goes above the line that is edited */

/* --- monitor_complete.c */
enum { MOST_OFFERS = 128 };
struct offers {
	unsigned count;
	size_t typed; /* octets of the word that they begin with */
	char at[MOST_OFFERS][UUID_TEXT];
};
void complete(struct monitor *m, const char *line, size_t cursor, struct offers *offers);

/* --- monitor_command.c */
struct verb {
	const char *word, *usage, *what;
	uint16_t least, most; /* words behind it */
	bool needs_peer;
	/* Reads the words. False: said why. */
	bool (*begin)(struct monitor *m, const struct words *w);
	/* Starts a procedure: 0, BLE_EBUSY, an error; JOB_OVER: nothing (more) is to be done;
	 * JOB_LATER: to be asked again after the next event. NULL: begin was all. */
	int (*step)(struct monitor *m);
	void (*done)(struct monitor *m); /* the procedure has ended well; may be NULL */
	bool more;                       /* after a procedure there is another step */
};
enum { JOB_OVER = 1, JOB_LATER };
extern const struct verb verbs[];
/* False: a quotation mark too few, or too much. */
bool words_read(struct words *w, const char *line, char why[WHY_TEXT]);
/* Why a line is not a command; NULL: it is. */
const char *command_wrong(struct words *w, const char *line, char why[WHY_TEXT]);
void command_end(struct monitor *m); /* it has gone well */
void command_fail(struct monitor *m, const char *format, ...) __attribute__((format(printf, 2, 3)));
void command_step(struct monitor *m, uint64_t *until_us);
void command_event(struct monitor *m, const struct ble_event *ev);
bool command_is_params(const struct monitor *m); /* one has asked for other parameters */
void command_lost(struct monitor *m);            /* the connection is gone, and with it what ran */

/* --- monitor_pair.c */
extern const char *const pair_words[]; /* what a user can do; NULL-ended */
void pair_open(struct monitor *m);
/* The link of now. */
bool pair_is_encrypted(const struct monitor *m);
void pair_event(struct monitor *m, const struct ble_event *ev);
bool pair_answer(struct monitor *m); /* a line answers what is asked; false: nothing is, or none is there */

/* --- monitor_verb_*.c */
bool verb_read_begin(struct monitor *m, const struct words *w);
int verb_read_step(struct monitor *m);
void verb_read_done(struct monitor *m);
/* `as TYPE` at the end of a command, from a word on; it may be missing. */
bool verb_as_read(struct monitor *m, const struct words *w, unsigned first);
bool verb_read_uuid_begin(struct monitor *m, const struct words *w);
int verb_read_uuid_step(struct monitor *m);
bool verb_read_multiple_begin(struct monitor *m, const struct words *w);
int verb_read_multiple_step(struct monitor *m);
void verb_read_multiple_done(struct monitor *m);
int verb_read_variable_step(struct monitor *m);
void verb_read_variable_done(struct monitor *m);
bool verb_reliable_begin(struct monitor *m, const struct words *w);
int verb_reliable_step(struct monitor *m);
void verb_reliable_done(struct monitor *m);
bool verb_write_begin(struct monitor *m, const struct words *w);
int verb_write_step(struct monitor *m);
void verb_write_done(struct monitor *m);
int verb_write_command_step(struct monitor *m);
int verb_write_signed_step(struct monitor *m);
bool verb_subscribe_begin(struct monitor *m, const struct words *w);
bool verb_unsubscribe_begin(struct monitor *m, const struct words *w);
int verb_subscribe_step(struct monitor *m);
void verb_subscribe_done(struct monitor *m);
bool verb_wait_begin(struct monitor *m, const struct words *w);
int verb_wait_step(struct monitor *m);
bool verb_tree(struct monitor *m, const struct words *w);
bool verb_info_begin(struct monitor *m, const struct words *w);
int verb_info_step(struct monitor *m);
bool verb_params_begin(struct monitor *m, const struct words *w);
int verb_params_step(struct monitor *m);
bool verb_connect_begin(struct monitor *m, const struct words *w);
int verb_connect_step(struct monitor *m);
bool verb_disconnect_begin(struct monitor *m, const struct words *w);
int verb_disconnect_step(struct monitor *m);
bool verb_pair_begin(struct monitor *m, const struct words *w);
int verb_pair_step(struct monitor *m);
bool verb_oob_begin(struct monitor *m, const struct words *w);
int verb_oob_step(struct monitor *m);
bool verb_unpair_begin(struct monitor *m, const struct words *w);
int verb_unpair_step(struct monitor *m);
bool verb_bonds(struct monitor *m, const struct words *w);
bool verb_answer(struct monitor *m, const struct words *w);
bool verb_help(struct monitor *m, const struct words *w);
bool verb_quit(struct monitor *m, const struct words *w);

#endif
