/*
 * The loop: the world's clock follows the monotonic clock, hosts come and go.
 *
 * When the machine stalls (it sleeps, it is overloaded, we were stopped), what was due is not done
 * in a burst: nobody on the other side could have followed, and links would be lost. The air's time
 * slips by what was missed instead.
 */
#define _GNU_SOURCE /* ppoll, accept4 */
#include "air.h"

#include <ble/posix.h>

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
	SLACK_US = 10000,             /* later than this is a stall */
	TELL_US = 1000000,            /* a line on slips this often at most */
	FIRST_HOST_US = 10 * 1000000, /* in the background: who started us must come within this */
	DOORS = 4,                    /* socket, TCP, terminals; and the clock */
};

static volatile sig_atomic_t ended;

static void on_signal(int number)
{
	(void)number;
	ended = 1;
}

void served_say(const struct served *s, const char *format, ...)
{
	if (!s->options->verbose)
		return;
	va_list args;
	va_start(args, format);
	fputs("glint-air: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
}

static void tell_slip(struct served *s, uint64_t now_us)
{
	if (!s->slipped_us || now_us - s->slip_told_us < TELL_US)
		return;
	fprintf(stderr, "glint-air: the machine was late: air time has slipped by %llu ms\n",
		(unsigned long long)(s->slipped_us / 1000));
	s->slipped_us = 0;
	s->slip_told_us = now_us;
}

/* Brings the world to the present. */
static void follow_clock(struct served *s)
{
	if (s->options->clock) {
		ble_world_run_until(s->world, ble_world_now(s->world)); /* what has just come; time goes on when told to */
		return;
	}
	uint64_t now = ble_posix_now();
	uint64_t target = now - s->base_us, due = ble_world_next_due(s->world);
	if (due < target && target - due > SLACK_US) {
		uint64_t slip = target - due;
		s->base_us += slip;
		s->slipped_us += slip;
		target = due;
	}
	ble_world_run_until(s->world, target);
	tell_slip(s, now);
}

static bool is_passing(int error)
{
	return error == EAGAIN || error == EINTR || error == ECONNABORTED;
}

/* A door that cannot be opened is not looked at either: it would wake us all the time. */
static void shut_door(struct served *s, const char *why)
{
	s->shut = true;
	fprintf(stderr, "glint-air: no more hosts can be let in until one leaves: %s\n", why);
}

/* Asked first: without a descriptor left, accept() fails even when nobody is there. */
static bool somebody_waits(int listen_fd)
{
	struct pollfd door = { .fd = listen_fd, .events = POLLIN };
	return poll(&door, 1, 0) > 0;
}

static bool let_in(struct served *s, int fd, struct terminal *terminal)
{
	unsigned number = ++s->attached;
	struct endpoint *e = endpoint_new(s, fd, number, terminal);
	if (!e) {
		fprintf(stderr, "glint-air: host %u cannot be let in: out of memory or files\n", number);
		return false;
	}
	s->hosts[s->count++] = e;
	served_say(s, "host %u is here, %u in all", number, s->count);
	if (s->count == MOST_HOSTS)
		shut_door(s, "an air holds 200");
	return true;
}

static void accept_from(struct served *s, int listen_fd)
{
	while (!s->shut && somebody_waits(listen_fd)) {
		int on = 1, fd = accept4(listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (fd < 0) {
			if (!is_passing(errno) && s->count)
				shut_door(s, strerror(errno));
			return;
		}
		if (listen_fd == s->tcp_fd)
			(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
		(void)let_in(s, fd, NULL);
	}
}

static void accept_hosts(struct served *s)
{
	struct terminal *terminal;
	int fd;
	if (s->listen_fd >= 0)
		accept_from(s, s->listen_fd);
	if (s->tcp_fd >= 0)
		accept_from(s, s->tcp_fd);
	while (!s->shut && (fd = terminal_opened(s, &terminal)) >= 0)
		if (!let_in(s, fd, terminal))
			break; /* the terminal is free still: it would be tried for ever */
}

static void take_away_gone(struct served *s)
{
	unsigned kept = 0;
	for (unsigned i = 0; i < s->count; i++) {
		if (s->hosts[i]->gone)
			endpoint_free(s->hosts[i]);
		else
			s->hosts[kept++] = s->hosts[i];
	}
	bool any = kept < s->count;
	s->shut = s->shut && !any;
	s->count = kept;
	if (any)
		accept_hosts(s); /* who has opened a terminal that was not free yet will not do so again */
}

static unsigned fill_poll(const struct served *s, struct pollfd *fds)
{
	for (unsigned i = 0; i < s->count; i++) {
		const struct endpoint *e = s->hosts[i];
		fds[i].fd = e->fd;
		fds[i].events = 0;
		if (endpoint_wants_read(e))
			fds[i].events |= POLLIN;
		if (endpoint_wants_write(e))
			fds[i].events |= POLLOUT;
	}
	const struct air_clock *c = &s->clock;
	const int doors[DOORS] = { s->shut ? -1 : s->listen_fd, s->shut ? -1 : s->tcp_fd, s->shut ? -1 : s->opened_fd,
		c->asked ? -1 : c->fd >= 0 ? c->fd : c->listen_fd };
	for (unsigned i = 0; i < DOORS; i++)
		fds[s->count + i] = (struct pollfd){ .fd = doors[i], .events = POLLIN };
	return s->count + DOORS;
}

/* A host held back by us is still noticed when it goes: POLLHUP comes unasked. */
static void serve_host(struct endpoint *e, short events)
{
	if (events & POLLOUT)
		endpoint_send(e);
	if (!e->gone && (events & (POLLIN | POLLHUP | POLLERR)))
		endpoint_receive(e);
}

static struct timespec until_due(const struct served *s, bool *forever)
{
	*forever = !s->clock.asked;
	if (s->options->clock)
		return (struct timespec){ 0 }; /* what hosts have sent first, then the time that was asked for */
	uint64_t due = ble_world_next_due(s->world), now = ble_posix_now();
	uint64_t left = 0;
	if (s->options->background && !s->attached && (due == BLE_NEVER || due > FIRST_HOST_US))
		due = FIRST_HOST_US;
	*forever = due == BLE_NEVER;
	if (!*forever && due + s->base_us > now)
		left = due + s->base_us - now;
	return (struct timespec){ .tv_sec = (time_t)(left / 1000000),
		.tv_nsec = (long)(left % 1000000 * 1000) };
}

/* Nobody has anything for us. Time goes on, and when what that gave has gone to the hosts it is told. */
static void run_clock(struct served *s)
{
	struct air_clock *c = &s->clock;
	if (!c->asked)
		return;
	if (ble_world_now(s->world) < c->target_us) {
		ble_world_run_until(s->world, c->target_us);
		return; /* once more round: hosts may have answered meanwhile */
	}
	for (unsigned i = 0; i < s->count; i++)
		if (endpoint_wants_write(s->hosts[i]) && !s->hosts[i]->gone)
			return;
	clock_answer(c, ble_world_now(s->world));
}

static void wait_and_serve(struct served *s, const sigset_t *outside)
{
	struct pollfd fds[MOST_HOSTS + DOORS];
	unsigned count = fill_poll(s, fds);
	bool forever;
	struct timespec left = until_due(s, &forever);
	trace_file_flush(&s->pcap);
	for (unsigned i = 0; i < s->count; i++)
		trace_file_flush(&s->hosts[i]->btsnoop);
	int ready = ppoll(fds, count, forever ? NULL : &left, outside);
	follow_clock(s);
	for (unsigned i = 0; ready > 0 && i + DOORS < count; i++)
		if (fds[i].revents && !s->hosts[i]->gone)
			serve_host(s->hosts[i], fds[i].revents);
	const struct pollfd *doors = &fds[count - DOORS];
	if (ready > 0 && (doors[0].revents || doors[1].revents || doors[2].revents))
		accept_hosts(s);
	if (ready > 0 && doors[3].revents)
		clock_receive(&s->clock);
	follow_clock(s); /* what has just come is due now */
	if (ready == 0)
		run_clock(s);
	take_away_gone(s);
}

/* The last has left. One that came in this very moment is heard before the door is shut. */
static bool is_over(struct served *s)
{
	if (s->options->stay || s->count)
		return false;
	if (!s->attached)
		return s->options->background && ble_world_now(s->world) >= FIRST_HOST_US;
	accept_hosts(s);
	return !s->count;
}

static bool start(struct served *s)
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	const struct ble_world_options options = {
		.seed = s->options->seed,
		.loss_ppm = s->options->loss_ppm,
		.epoch_us = (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000,
	};
	s->world = ble_world_new(&options);
	if (!s->world) {
		fputs("glint-air: out of memory\n", stderr);
		return false;
	}
	s->base_us = ble_posix_now();
	if (!s->options->pcap)
		return true;
	if (!trace_file_open(&s->pcap, s->options->pcap, ble_trace_pcap))
		return false;
	ble_world_trace(s->world, &s->pcap.sink);
	return true;
}

/* Signals come only while we sleep: outside is the mask for that. */
static void catch_signals(sigset_t *outside)
{
	sigset_t ends;
	struct sigaction action = { .sa_handler = on_signal };
	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	sigprocmask(SIG_BLOCK, &ends, outside);
	sigdelset(outside, SIGINT);
	sigdelset(outside, SIGTERM);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

/* Last, so that whoever reads it finds every door open. */
static void announce(const struct served *s)
{
	if (s->options->socket)
		served_say(s, "serving on unix:%s", s->options->socket);
	if (s->options->tcp_port > 0)
		served_say(s, "serving on tcp:127.0.0.1:%ld", s->options->tcp_port);
}

int served_run(const struct air_options *options, int listen_fd, int tcp_fd)
{
	static struct served served; /* large, and one a program */
	struct served *s = &served;
	sigset_t outside;
	s->options = options;
	s->listen_fd = listen_fd;
	s->tcp_fd = tcp_fd;
	s->opened_fd = s->clock.listen_fd = s->clock.fd = -1;
	catch_signals(&outside);
	s->clock = (struct air_clock){ .listen_fd = -1, .fd = -1 };
	bool ok = start(s) && terminals_open(s) && clock_open(&s->clock, options->clock);
	if (ok)
		announce(s);
	while (ok && !ended && !is_over(s))
		wait_and_serve(s, &outside);
	if (listen_fd >= 0)
		door_close(options->socket, listen_fd);
	for (unsigned i = 0; i < s->count; i++)
		endpoint_free(s->hosts[i]);
	terminals_close(s);
	clock_close(&s->clock, options->clock);
	ble_world_free(s->world);
	trace_file_close(&s->pcap);
	return ok ? 0 : 1;
}
