/*
 * glint-air: one simulated air, served to Bluetooth hosts in real time. Every host that connects to
 * its socket, port or terminal has a controller of its own there, which speaks plain H4, and hears the others.
 */
#define _GNU_SOURCE /* getopt_long, getrandom */
#include "air.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

static const char help[] =
	"Usage: glint-air --socket PATH | --tcp PORT | --pty PATH [options]\n"
	"A simulated air: each Bluetooth host that connects to one of these gets a controller (H4) "
	"on it.\n"
	"\n"
	"  --socket PATH    where hosts connect (unix stream socket)\n"
	"  --tcp PORT       a port of this machine, too; 0: a free one, which is told\n"
	"  --pty PATH       a terminal for one host, to which PATH is a link; several times\n"
	"  --clock PATH     time goes on as a client of this socket says (docs/TIME.md)\n"
	"  --stay           go on when the last host has left\n"
	"  --loss PERCENT   lose so many packets at random, 0..100\n"
	"  --seed N         randomness of the air and the controllers; without it every run "
	"differs\n"
	"  --btsnoop DIR    write each host's HCI packets to DIR/host-N.btsnoop\n"
	"  --pcap FILE      write the packets on the air\n"
	"  --background     return as soon as hosts can connect; it leaves when none comes within 10 s\n"
	"  --verbose        say who comes and goes\n"
	"  --help           this text\n"
	"\n"
	"Examples:\n"
	"  glint-air --socket /tmp/air.sock --stay --verbose\n"
	"  glint-air --socket /tmp/air.sock --pcap air.pcap --loss 5\n"
	"Then, elsewhere:  GLINT_DRIVER=unix:/tmp/air.sock glint scan\n"
	"\n"
	"When the machine is too slow for real time, the air's time slips, and a line on stderr "
	"says by how much.\n"
	"\n"
	"Exit status: 0 ended as asked, 1 cannot serve, 2 wrong usage.\n";

enum {
	OPT_SOCKET = 1,
	OPT_TCP,
	OPT_PTY,
	OPT_CLOCK,
	OPT_STAY,
	OPT_LOSS,
	OPT_SEED,
	OPT_BTSNOOP,
	OPT_PCAP,
	OPT_BACKGROUND,
	OPT_VERBOSE,
	OPT_HELP
};

static const struct option long_options[] = {
	{ "socket", required_argument, NULL, OPT_SOCKET },
	{ "tcp", required_argument, NULL, OPT_TCP },
	{ "pty", required_argument, NULL, OPT_PTY },
	{ "clock", required_argument, NULL, OPT_CLOCK },
	{ "stay", no_argument, NULL, OPT_STAY },
	{ "loss", required_argument, NULL, OPT_LOSS },
	{ "seed", required_argument, NULL, OPT_SEED },
	{ "btsnoop", required_argument, NULL, OPT_BTSNOOP },
	{ "pcap", required_argument, NULL, OPT_PCAP },
	{ "background", no_argument, NULL, OPT_BACKGROUND },
	{ "verbose", no_argument, NULL, OPT_VERBOSE },
	{ "help", no_argument, NULL, OPT_HELP },
	{ 0 },
};

enum { MOST_DESCRIPTORS = 65536 }; /* where there is no other limit: a few milliseconds */

static bool wrong(const char *what, const char *text)
{
	fprintf(stderr, "glint-air: %s: %s; `glint-air --help` shows how\n", what, text);
	return false;
}

static bool read_loss(const char *text, uint32_t *ppm)
{
	char *end;
	double percent = strtod(text, &end);
	if (end == text || *end || !(percent >= 0 && percent <= 100))
		return wrong(text, "--loss is a number of percent, 0..100");
	*ppm = (uint32_t)(percent * 10000 + 0.5);
	return true;
}

static bool read_seed(const char *text, uint64_t *seed)
{
	char *end;
	errno = 0;
	*seed = strtoull(text, &end, 0);
	if (end == text || *end || errno || *text == '-')
		return wrong(text, "--seed is a whole number, 0..2^64-1");
	return true;
}

static bool read_port(const char *text, long *port)
{
	char *end;
	*port = strtol(text, &end, 10);
	if (end == text || *end || *port < 0 || *port > 65535)
		return wrong(text, "--tcp is a port, 0..65535");
	return true;
}

static bool add_terminal(struct air_options *o, const char *path)
{
	if (o->terminal_count == MOST_TERMINALS)
		return wrong(path, "--pty is given more than 16 times");
	o->terminals[o->terminal_count++] = path;
	return true;
}

/* False: said on stderr. */
static bool take_option(struct air_options *o, int option)
{
	switch (option) {
	case OPT_SOCKET: o->socket = optarg; return true;
	case OPT_TCP: return read_port(optarg, &o->tcp_port);
	case OPT_PTY: return add_terminal(o, optarg);
	case OPT_CLOCK: o->clock = !strncmp(optarg, "unix:", 5) ? optarg + 5 : optarg; return true;
	case OPT_STAY: return o->stay = true;
	case OPT_LOSS: return read_loss(optarg, &o->loss_ppm);
	case OPT_SEED: return read_seed(optarg, &o->seed);
	case OPT_BTSNOOP: o->btsnoop = optarg; return true;
	case OPT_PCAP: o->pcap = optarg; return true;
	case OPT_BACKGROUND: return o->background = true;
	case OPT_VERBOSE: return o->verbose = true;
	default: return false;
	}
}

/* What getopt did not take: argv[optind - 1], or the letter in optopt. */
static bool wrong_option(int option, char **argv)
{
	return wrong(argv[optind - 1], option == ':' ? "its value is missing" : "no such option");
}

/* What the program that starts us had open, and did not mark, is not ours to keep: whoever reads
 * its pipe waits for the end of all who have it. */
static void let_go(void)
{
	long most = sysconf(_SC_OPEN_MAX);
	for (int fd = STDERR_FILENO + 1; fd < most && fd < MOST_DESCRIPTORS; fd++)
		close(fd);
}

/* The parent leaves when hosts can connect; what we are then has no parent to be waited for by, and
 * no terminal whose end would be ours. */
static bool to_background(void)
{
	signal(SIGHUP, SIG_IGN); /* the terminal may go with the parent, before there is a session */
	pid_t pid = fork();
	if (pid > 0)
		_exit(0);
	if (pid == 0)
		setsid();
	signal(SIGHUP, SIG_DFL);
	return pid == 0;
}

static int serve(const struct air_options *o)
{
	int fd = -1, tcp_fd = -1;
	if (o->background)
		let_go();
	if (o->btsnoop && !trace_folder_check(o->btsnoop))
		return 1;
	if (o->socket && (fd = door_open(o->socket)) < 0)
		return 1;
	if (o->tcp_port >= 0 && (tcp_fd = tcp_open(o->tcp_port)) < 0) {
		if (fd >= 0)
			door_close(o->socket, fd);
		return 1;
	}
	if (o->background && !to_background()) {
		fprintf(stderr, "glint-air: no new process can be made: %s\n", strerror(errno));
		return 1;
	}
	return served_run(o, fd, tcp_fd);
}

int main(int argc, char **argv)
{
	struct air_options options = { .tcp_port = -1 };
	if (getrandom(&options.seed, sizeof options.seed, 0) != sizeof options.seed)
		options.seed = (uint64_t)getpid();
	for (int option; (option = getopt_long(argc, argv, ":", long_options, NULL)) >= 0;) {
		if (option == OPT_HELP)
			return fputs(help, stdout) < 0;
		if (option == '?' || option == ':')
			wrong_option(option, argv);
		if (option == '?' || option == ':' || !take_option(&options, option))
			return 2;
	}
	if (optind < argc) {
		wrong(argv[optind], "no such argument");
		return 2;
	}
	if (!options.socket && options.tcp_port < 0 && !options.terminal_count) {
		wrong("--socket", "a path is missing; or --tcp, or --pty");
		return 2;
	}
	return serve(&options);
}
