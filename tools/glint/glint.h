/*
 * The `glint` program from inside. main.c chooses the command; cmd_*.c and monitor.c are the
 * commands; table.c has their options and texts, which opts.c reads, and of which cmd_completion.c
 * and cmd_man.c make completions and the manual page; link.c puts a host on a driver; say.c and
 * reason.c write for people and for programs; value*.c know UUIDs and values;
 * monitor*.c, ad_text.c, scan_*.c, decode_*.c and doctor_look.c belong to the commands of their names.
 */
#ifndef TOOLS_GLINT_H
#define TOOLS_GLINT_H

#include <ble/client.h>
#include <ble/conn.h>
#include <ble/posix.h>
#include <ble/scan.h>

#include <stdbool.h>
#include <stdint.h>

/* Exit codes, the same for every command. */
enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_NOT_FOUND = 3, EXIT_LOST = 4 };

#define GLINT_VERSION "0.1.0"

/* The commands: argv[0] is the command's word. The exit code. */
int cmd_air(int argc, char **argv);
int cmd_scan(int argc, char **argv);
int cmd_monitor(int argc, char **argv);
int cmd_demo(int argc, char **argv);
int cmd_demo_battery(int argc, char **argv);
int cmd_version(int argc, char **argv);
int cmd_decode(int argc, char **argv);
int cmd_bench(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_info(int argc, char **argv);
int cmd_doctor(int argc, char **argv);
int cmd_completion(int argc, char **argv);
int cmd_man(int argc, char **argv);

/* --- table.c: what people are told of commands and options; help, completion and manual are made
 * from it. Each option that a command reads has a row here, and each row is read: opts_read()
 * compares. --help needs no row. */
struct opt_text {
	const char *name;    /* without the dashes; NULL ends the list */
	char letter;         /* -c; 0: none */
	const char *value;   /* "S"; NULL: a flag */
	const char *text;    /* may have several lines */
	const char *choices; /* words of OPT_CHOICE, with blanks between; NULL: any value */
};
struct command_text {
	const char *word, *what; /* word NULL ends the list; what NULL: not for people */
	const char *arguments;   /* "FILE..."; NULL: none */
	const char *story;       /* what it does, in lines */
	const char *examples;    /* one a line, "# reason" behind if it needs one */
	const char *exits;       /* exit codes in words */
	const struct opt_text *options;
	int (*run)(int argc, char **argv);
};
extern const struct command_text command_texts[];
const struct command_text *command_find(const char *word); /* NULL: no such command */

/* --- opts.c */
enum opt_kind {
	OPT_FLAG,    /* bool */
	OPT_TEXT,    /* const char * */
	OPT_NAME,    /* const char *, 1 to 29 octets */
	OPT_SECONDS, /* uint64_t, microseconds */
	OPT_COUNT,   /* unsigned, 1.. */
	OPT_NUMBER,  /* struct opt_number */
	OPT_CHOICE,  /* unsigned: which of the table's choices, from 0 */
	OPT_TEXTS, /* struct opt_texts: may be given several times; name "": arguments without dashes */
};
struct opt_number {
	double value, min, max; /* the limits are the command's */
};
enum { MOST_TEXTS = 64 };
struct opt_texts {
	const char *at[MOST_TEXTS];
	unsigned count;
};
struct opt {
	const char *name; /* without the dashes; NULL ends the list */
	enum opt_kind kind;
	void *to;
};
/* Reads what follows argv[0], the command's word in the table; all have --help and --no-color.
 * True: go on. False: *status is the exit code; help or one sentence has been written. */
bool opts_read(int argc, char **argv, const struct opt *opts, int *status);
/* The word of a list (NULL-ended) that somebody who typed `word` meant; NULL: none is near. */
const char *nearest(const char *word, const char *const *words);

/* --- say.c: one writer, for people or one JSON object a line */
extern bool say_json;
void say_start(bool json); /* lines go out at once */
/* For people, on stdout; control characters in %s arguments are the caller's concern: see safe().
 */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* One sentence on stderr, after "glint <command>: ". */
void complain(const char *command, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *bold(void); /* "" unless stdout is a terminal */
const char *plain(void);
const char *tint(unsigned sgr); /* a colour of ECMA-48, 31 red to 36 cyan; "" as above */
extern bool say_no_color;       /* --no-color, or NO_COLOR in the environment */
/* A line on stderr that says how far something is, over the one before; only on a terminal, when it
 * lasts longer than a second, and not more often than some times a second. progress_end() takes it
 * away, and so does whatever say(), complain() and json_begin() write. */
void progress(const char *format, ...) __attribute__((format(printf, 1, 2)));
void progress_end(void);
/* Text of a stranger's, fit for a terminal: what is not printable UTF-8 becomes '?'. Returns dst.
 */
const char *safe(char *dst, size_t size, const void *text, size_t len);
/* JSON, piece by piece: {"event":"..." then members, then }. */
void json_begin(const char *event);
void json_number(const char *key, long value);
void json_text(const char *key, const char *text);
void json_octets(const char *key, const void *data, size_t len); /* as hex */
void json_end(void);

enum { ADDR_TEXT = 18, UUID_TEXT = 80, VALUE_TEXT = 400 };
const char *addr_text(
	char dst[ADDR_TEXT], const struct ble_addr *addr); /* most significant octet first */
const char *addr_type_text(const struct ble_addr *addr);
const char *phy_text(uint8_t phy); /* enum ble_phy, as in "2M" */
bool addr_read(struct ble_addr *addr, const char *text); /* the octets; type 0 */

/* Text that is put together piece by piece; what does not fit is left out. Set dst and size. */
struct text {
	char *dst;
	size_t size, len;
};
void text_add(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* --- ad_text.c: advertising data (Vol 3 Part C 11) in words */
enum { AD_ALL, AD_BEYOND_NAMES }; /* all of it; or what is no flag, name or list of services */
/* "TX power 4 dBm; Apple, Inc.: iBeacon ..." */
void ad_text(struct text *t, const uint8_t *data, size_t len, int which);
/* The same as members of a JSON object, as far as they have names of their own. */
void ad_json(const uint8_t *data, size_t len);

/* --- reason.c */
enum { REASON_TEXT = 160, RSSI_UNKNOWN = 127 };
/* Why a connection ended, in words: "supervision time-out (0x08): nothing heard for 4 s; last RSSI
 * -91 dBm". supervision_ms 0, RSSI_UNKNOWN: not known. */
const char *reason_text(
	char dst[REASON_TEXT], uint8_t reason, uint32_t supervision_ms, int rssi_dbm);
/* What an error of the peer's, of the controller's or of ours is called, with its number. */
const char *error_text(char dst[REASON_TEXT], int err);
/* What an ATT error wants to be done, or means here; NULL: its name says all. */
const char *att_hint(uint8_t code);

/* --- value.c */
struct uuid {
	uint16_t u16; /* 0: u128 holds */
	uint8_t u128[16];
};
struct uuid uuid_of(uint16_t u16, const uint8_t *u128);
const char *uuid_code(char dst[UUID_TEXT], const struct uuid *uuid);  /* "2a19", or the 128 bits */
const char *uuid_title(char dst[UUID_TEXT], const struct uuid *uuid); /* assigned name and code */
const char *uuid_word(char dst[UUID_TEXT], const struct uuid *uuid);  /* assigned name, else code */
const char *value_text(char dst[VALUE_TEXT], const struct uuid *uuid, const void *data, size_t len);

/* --- link.c */
struct link {
	const char *command;
	struct ble_posix *os;
	struct ble_transport *transport;
	struct ble_host *host;
	void *memory;
};
/* Opens the driver (NULL: GLINT_DRIVER, else virtual:) and starts the host. False: said why. */
bool link_open(struct link *l, const char *command, const char *driver,
	const struct ble_host_config *config);
/* The next event until deadline_us (BLE_NEVER). False: it is past, or somebody pressed Ctrl-C
 * (link_ended). */
bool link_next(struct link *l, uint64_t deadline_us, struct ble_event *ev);
bool link_ended(void);
/* Says why the last verb on the host was refused. */
void link_complain(const struct link *l, int err);
void link_close(struct link *l);
const char *driver_chosen(void); /* where --driver says nothing */

/* --- monitor.c */
struct monitor_options {
	const char *command, *driver, *name, *address, *service;
	struct opt_number interval_ms; /* 0: the host's default */
	struct opt_texts commands; /* a script; then there is no prompt */
	uint64_t duration_us;      /* 0: for ever */
	unsigned count;            /* notifications, then it is over; 0: for ever */
	bool json, once, read_only, on_demand;
	bool interactive; /* commands are read from stdin */
	bool whole;       /* fewer than `count` are a failure, whoever ends it */
};
int monitor_run(const struct monitor_options *options);

#endif
