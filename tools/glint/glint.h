/*
 * The `glint` program from inside. main.c chooses the command; cmd_*.c and monitor.c are the
 * commands; link.c puts a host on a driver; opts.c reads options; say.c writes for people and for
 * programs; tree.c, discover.c and value.c are what a monitor knows of its peer.
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

/* --- opts.c */
enum opt_kind { OPT_FLAG, OPT_TEXT, OPT_NAME, OPT_SECONDS, OPT_COUNT };
struct opt {
	const char *name; /* without the dashes; NULL ends the list */
	enum opt_kind kind;
	void *to; /* bool, const char *, uint64_t (microseconds), unsigned */
};
/* True: go on. False: *status is the exit code; help or one sentence has been written. */
bool opts_read(int argc, char **argv, const struct opt *opts, const char *help, int *status);

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
bool addr_read(struct ble_addr *addr, const char *text); /* the octets; type 0 */

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

/* --- monitor.c */
struct monitor_options {
	const char *command, *driver, *name, *address;
	uint64_t duration_us; /* 0: for ever */
	unsigned count;       /* notifications, then it is over; 0: for ever */
	bool json, once, read_only;
	bool whole; /* fewer than `count` are a failure, whoever ends it */
};
int monitor_run(const struct monitor_options *options);

#endif
