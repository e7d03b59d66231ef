/*
 * Where commands come from: the options -c, then a terminal (monitor_prompt.c) or the lines of a
 * pipe or a file; and waiting for these and for the host at once. Lines are kept until their turn
 * comes. Who gives commands by -c, or some before all is known of the device, runs a script. An
 * input that ends without any (/dev/null) is no script.
 */
#include "monitor.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Who reads a terminal from the background is stopped. */
static bool is_ours(void)
{
	return isatty(STDIN_FILENO) && tcgetpgrp(STDIN_FILENO) == getpgrp();
}

static void read_plain(struct monitor *m)
{
	struct input *in = &m->input;
	ssize_t n = read(STDIN_FILENO, in->text + in->len, sizeof in->text - in->len);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n > 0) {
		in->len += (size_t)n;
		in->any = true;
		m->script = m->script || !m->shown;
	} else {
		if (in->len && in->text[in->len - 1] != '\n' && in->len < sizeof in->text)
			in->text[in->len++] = '\n'; /* the last line has an end, too */
		in->ended = true;
	}
}

static bool can_read(int fd)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	return poll(&ready, 1, 0) > 0;
}

void input_open(struct monitor *m)
{
	struct input *in = &m->input;
	const struct monitor_options *o = m->o;
	bool terminal = isatty(STDIN_FILENO);
	if (o->commands.count || !o->interactive || o->read_only) {
		in->kind = INPUT_NONE;
		in->any = in->ended = o->commands.count;
	} else if (is_ours() && !o->json && isatty(STDOUT_FILENO) && prompt_open(m)) {
		in->kind = INPUT_PROMPT;
	} else if (!terminal || is_ours()) {
		in->kind = INPUT_PLAIN;
		if (!terminal && can_read(STDIN_FILENO))
			read_plain(m);
	}
	m->script = in->any;
	m->aside = in->any || (in->kind == INPUT_PLAIN && !terminal && !in->ended);
}

void input_close(struct monitor *m)
{
	if (m->input.kind == INPUT_PROMPT)
		prompt_close();
	m->input.kind = INPUT_NONE;
}

bool input_pending(const struct monitor *m)
{
	const struct input *in = &m->input;
	return in->option < m->o->commands.count || memchr(in->text, '\n', in->len) ||
		in->len == sizeof in->text;
}

bool input_take(struct monitor *m, char line[LINE_MOST])
{
	struct input *in = &m->input;
	if (in->option < m->o->commands.count) {
		const char *text = m->o->commands.at[in->option++];
		size_t len = strlen(text) < LINE_MOST ? strlen(text) : LINE_MOST - 1;
		memcpy(line, text, len);
		line[len] = '\0';
		return true;
	}
	if (!input_pending(m))
		return false;
	const char *end = memchr(in->text, '\n', in->len);
	size_t whole = end ? (size_t)(end - in->text) : in->len;
	size_t len = whole < LINE_MOST ? whole : LINE_MOST - 1;
	memcpy(line, in->text, len);
	line[len] = '\0';
	whole += end != NULL;
	memmove(in->text, in->text + whole, in->len -= whole);
	return true;
}

bool input_add(struct monitor *m, const char *line)
{
	struct input *in = &m->input;
	size_t len = strlen(line);
	if (len > sizeof in->text - in->len)
		return false;
	memcpy(in->text + in->len, line, len);
	in->len += len;
	in->any = true;
	return true;
}

void input_end(struct monitor *m)
{
	m->input.ended = true;
}

/* Until the host's next work, the deadline, or a line. */
static bool sleep_until(struct monitor *m, uint64_t deadline_us)
{
	struct input *in = &m->input;
	uint64_t due = ble_host_next_due(m->link.host);
	int host =
		ble_posix_fd(m->link.os, m->link.transport, due < deadline_us ? due : deadline_us);
	bool full = in->kind == INPUT_PLAIN && in->len == sizeof in->text;
	bool reads = in->kind != INPUT_NONE && !in->ended && !full &&
		(!isatty(STDIN_FILENO) || is_ours());
	struct pollfd fds[2] = { { .fd = host, .events = POLLIN },
		{ .fd = reads ? STDIN_FILENO : -1, .events = POLLIN } };
	if (host < 0) {
		complain(m->o->command, "waiting failed: %s", strerror(errno));
		over(m, EXIT_FAILED);
		return false;
	}
	if (poll(fds, 2, -1) <= 0)
		return true;
	if (!fds[1].revents)
		return true;
	if (in->kind == INPUT_PROMPT && fds[1].revents & (POLLHUP | POLLERR))
		over(m, EXIT_DONE); /* the terminal is gone */
	else if (in->kind == INPUT_PROMPT)
		prompt_read(m);
	else
		read_plain(m);
	return false;
}

bool input_wait(struct monitor *m, uint64_t deadline_us, struct ble_event *ev)
{
	while (!link_ended()) {
		uint64_t now = ble_posix_now();
		ble_host_run(m->link.host, now);
		if (ble_host_poll(m->link.host, ev))
			return true;
		if (now >= deadline_us || !sleep_until(m, deadline_us))
			return false;
	}
	return false;
}
