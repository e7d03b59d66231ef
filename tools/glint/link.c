/* A host on a driver, for as long as a command runs: opened by URI, run until the next event,
 * closed. */
#include "glint.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum { SENTENCE = 400, STOPPING_US = 500000 };

static volatile sig_atomic_t ended;
static const struct ble_platform *to_wake; /* for the signal's handler, which gets no argument */

static void on_signal(int number)
{
	(void)number;
	ended = 1;
	if (to_wake)
		to_wake->wake(to_wake->ctx);
}

bool link_ended(void)
{
	return ended;
}

static bool refuse(struct link *l, const struct ble_fault *fault)
{
	char sentence[SENTENCE];
	ble_fault_text(fault, sentence, sizeof sentence);
	complain(l->command, "%s", sentence);
	link_close(l);
	return false;
}

void link_complain(const struct link *l, int err)
{
	char sentence[SENTENCE] = "";
	const struct ble_fault *fault = ble_host_fault(l->host);
	if (fault && fault->err == err)
		ble_fault_text(fault, sentence, sizeof sentence);
	complain(l->command, "%s", *sentence ? sentence : ble_strerror(err));
}

static bool make_host(struct link *l, const struct ble_host_config *config, struct ble_fault *fault)
{
	struct ble_host_config c = *config;
	c.transport = l->transport;
	c.platform = ble_posix_platform(l->os);
	size_t size = ble_host_memory(&c);
	l->memory = malloc(size);
	*fault = (struct ble_fault){ .err = BLE_ENOMEM, .subject = "memory", .max = -1 };
	if (!l->memory)
		return false;
	return (fault->err = ble_host_init(&l->host, l->memory, size, &c, fault)) == 0;
}

const char *driver_chosen(void)
{
	const char *named = getenv("GLINT_DRIVER");
	return named && *named ? named : "virtual:";
}

static void catch_signals(const struct link *l)
{
	struct sigaction action = { .sa_handler = on_signal };
	to_wake = ble_posix_platform(l->os);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

bool link_open(struct link *l, const char *command, const char *driver,
	const struct ble_host_config *config)
{
	struct ble_fault fault = { 0 };
	*l = (struct link){ .command = command };
	int err = ble_posix_open(&l->os, NULL, &fault);
	if (!err)
		err = ble_posix_transport(l->os, driver, NULL, &l->transport, &fault);
	if (err || !make_host(l, config, &fault))
		return refuse(l, &fault);
	catch_signals(l);
	err = ble_host_start(l->host);
	if (!err)
		return true;
	const struct ble_fault *of_host = ble_host_fault(l->host);
	fault = of_host && of_host->err == err ? *of_host
					       : (struct ble_fault){ .err = err, .max = -1 };
	return refuse(l, &fault);
}

bool link_next(struct link *l, uint64_t deadline_us, struct ble_event *ev)
{
	while (!ended) {
		uint64_t now = ble_posix_now();
		ble_host_run(l->host, now);
		if (ble_host_poll(l->host, ev))
			return true;
		if (now >= deadline_us)
			return false;
		uint64_t due = ble_host_next_due(l->host);
		if (ble_posix_wait(l->os, l->transport, due < deadline_us ? due : deadline_us) < 0)
			return false;
	}
	return false;
}

/* Says goodbye where there is a connection, so that the peer need not wait for its time-out. */
static void disconnect(struct link *l)
{
	struct ble_event ev;
	ble_conn_id conn = ble_conn_next(l->host, 0);
	if (!conn || ble_conn_disconnect(l->host, conn, 0) < 0)
		return;
	sig_atomic_t was = ended;
	ended = 0;
	uint64_t deadline = ble_posix_now() + STOPPING_US;
	while (ble_conn_next(l->host, 0) && link_next(l, deadline, &ev))
		;
	ended = was;
}

void link_close(struct link *l)
{
	if (l->host) {
		disconnect(l);
		ble_host_stop(l->host);
	}
	to_wake = NULL;
	ble_posix_transport_free(l->transport);
	ble_posix_close(l->os);
	free(l->memory);
	*l = (struct link){ .command = l->command };
}
