/* The command line of glint monitor; table.c has the texts. */
#include "glint.h"

int cmd_monitor(int argc, char **argv)
{
	struct monitor_options o = {
		.command = argv[0], .interactive = true, .interval_ms = { 0, 7.5, 4000 }
	};
	const struct opt opts[] = {
		{ "name", OPT_NAME, &o.name },
		{ "address", OPT_TEXT, &o.address },
		{ "service", OPT_TEXT, &o.service },
		{ "command", OPT_TEXTS, &o.commands },
		{ "interval", OPT_NUMBER, &o.interval_ms },
		{ "read", OPT_FLAG, &o.read_only },
		{ "once", OPT_FLAG, &o.once },
		{ "on-demand", OPT_FLAG, &o.on_demand },
		{ "count", OPT_COUNT, &o.count },
		{ "duration", OPT_SECONDS, &o.duration_us },
		{ "json", OPT_FLAG, &o.json },
		{ "driver", OPT_TEXT, &o.driver },
		{ 0 },
	};
	int status;
	if (!opts_read(argc, argv, opts, &status))
		return status;
	return monitor_run(&o);
}
