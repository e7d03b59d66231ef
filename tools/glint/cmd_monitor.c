/* The command line of glint monitor. */
#include "glint.h"

static const char help[] =
	"Usage: glint monitor [options]\n"
	"Finds a device, connects, shows its services and values, and then each value that it "
	"notifies.\n"
	"When the connection is lost it says why, and searches again.\n"
	"\n"
	"  --name NAME      the device that advertises this name, 1 to 29 octets\n"
	"  --address ADDR   the device with this address (02:00:5E:00:00:01)\n"
	"                   without either: the first one that can be connected to\n"
	"  --read           show services and values, then leave\n"
	"  --once           leave when the connection is lost\n"
	"  --count N        leave after so many notifications\n"
	"  --duration S     leave after so many seconds\n"
	"  --json           one JSON object a line\n"
	"  --driver URI     virtual:, virtual:NAME or unix:PATH (GLINT_DRIVER, else virtual:)\n"
	"  --help           this text\n"
	"\n"
	"Examples:\n"
	"  glint monitor --name Glint\n"
	"  glint monitor --name Glint --count 5 --json\n"
	"  glint monitor --address 02:00:5E:00:00:01 --read\n"
	"\n"
	"Exit codes: 0 done (--count, --read, or --duration after a connection, or Ctrl-C), 1 "
	"failed,\n"
	"2 wrong usage, 3 not found within --duration, 4 connection lost with --once.\n";

int cmd_monitor(int argc, char **argv)
{
	struct monitor_options o = { .command = argv[0] };
	const struct opt opts[] = {
		{ "name", OPT_NAME, &o.name },
		{ "address", OPT_TEXT, &o.address },
		{ "read", OPT_FLAG, &o.read_only },
		{ "once", OPT_FLAG, &o.once },
		{ "count", OPT_COUNT, &o.count },
		{ "duration", OPT_SECONDS, &o.duration_us },
		{ "json", OPT_FLAG, &o.json },
		{ "driver", OPT_TEXT, &o.driver },
		{ 0 },
	};
	int status;
	if (!opts_read(argc, argv, opts, help, &status))
		return status;
	return monitor_run(&o);
}
