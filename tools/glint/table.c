/*
 * What people are told of the commands and their options, once: --help, the completions of shells
 * and the manual page are made of it (opts.c, cmd_completion.c), and opts_read() refuses to go on
 * when a command reads an option that has no row here, or does not read one that has.
 */
#include "glint.h"

#include <string.h>

#define DRIVER                                                                                    \
	{                                                                                         \
		"driver", 0, "URI",                                                               \
			"virtual:, unix:PATH, tcp:HOST:PORT, serial:PATH, hci:N, usb:, nrf52: ...\n" \
			"(GLINT_DRIVER, else virtual:; `glint doctor` tells which there are)", NULL \
	}
#define JSON                                                    \
	{                                                       \
		"json", 0, NULL, "one JSON object a line", NULL \
	}
#define END                               \
	{                                 \
		NULL, 0, NULL, NULL, NULL \
	}

static const struct opt_text demo_options[] = {
	{ "count", 0, "N", "leave after so many battery levels (6)", NULL },
	{ "duration", 0, "S", "leave after so many seconds at the latest (50)", NULL },
	END,
};

static const struct opt_text scan_options[] = {
	{ "duration", 0, "S", "listen for so many seconds (on a terminal until Ctrl-C, else 5)",
		NULL },
	{ "active", 0, NULL, "ask for scan responses, too (so it is without --passive)", NULL },
	{ "passive", 0, NULL, "only listen, send nothing", NULL },
	{ "name", 0, "TEXT", "only devices with this in their names, in small or capital letters",
		NULL },
	{ "service", 0, "UUID", "only devices with this service: 180f, 128 bits, or its name",
		NULL },
	{ "rssi", 0, "DBM", "only devices that have been heard this strongly (-70)", NULL },
	{ "sort", 0, "BY",
		"order of the table, and of the plain list at the end:\nseen (first come, first), "
		"name, address, rssi, age",
		"seen name address rssi age" },
	JSON,
	DRIVER,
	END,
};

static const struct opt_text monitor_options[] = {
	{ "name", 0, "NAME", "the device that advertises this name, 1 to 29 octets", NULL },
	{ "address", 0, "ADDR",
		"the device with this address (02:00:5E:00:00:01);\nwithout either: the first one "
		"that can be connected to",
		NULL },
	{ "service", 0, "UUID",
		"a device that advertises this service: 180f, 128 bits, or its name", NULL },
	{ "command", 'c', "LINE",
		"do this, and leave; may be given several times (`help` lists commands)", NULL },
	{ "interval", 0, "MS", "connection interval to ask for, 7.5 to 4000 milliseconds (30 to 50)", NULL },
	{ "read", 0, NULL, "show services and values, then leave", NULL },
	{ "once", 0, NULL, "leave when the connection is lost", NULL },
	{ "on-demand", 0, NULL, "encrypt with a bond by `pair` or when the device asks, not at once:\nfor `write-signed`", NULL },
	{ "count", 0, "N", "leave after so many notifications", NULL },
	{ "duration", 0, "S", "leave after so many seconds", NULL },
	JSON,
	DRIVER,
	END,
};

static const struct opt_text decode_options[] = {
	{ "only", 0, "LAYER", "only these packets: hci, ll, l2cap, att or smp",
		"hci ll l2cap att smp" },
	{ "all", 0, NULL, "also empty data packets of the air, and what only counts packets",
		NULL },
	{ "hex", 0, NULL, "the octets of each packet below its line", NULL },
	{ "absolute", 0, NULL, "date and time (UTC) instead of seconds since the first packet",
		NULL },
	{ "ltk", 0, "HEX", "a long term key, 32 hexadecimal digits, that may open what is encrypted",
		NULL },
	JSON,
	END,
};

static const struct opt_text bench_options[] = {
	{ "interval", 0, "MS", "connection interval, 7.5 to 4000 milliseconds (30)", NULL },
	{ "mtu", 0, "N", "ATT_MTU, 23 to 517 octets (247)", NULL },
	{ "size", 0, "N", "octets of a value, 1 to ATT_MTU - 3 (as many as go)", NULL },
	{ "seconds", 0, "S", "simulated seconds of notifications, 0.1 to 3600 (10)", NULL },
	{ "loss", 0, "PERCENT", "lose so many packets at random, 0 to 50 (0)", NULL },
	{ "seed", 0, "N", "of the simulated air; the same seed gives the same figures (1)", NULL },
	JSON,
	END,
};

static const struct opt_text run_options[] = {
	{ "pin", 0, "PIN=VALUE",
		"what drives a pin from outside: BTN0=1, at a time BTN0=1@3s, A0=1000 of 4095,\n"
		"or a wave: A2=sine, A2=triangle:250ms (sine, square, triangle, ramp); several times",
		NULL },
	{ "show-pins", 0, NULL, "say on standard error when the program changes a pin", NULL },
	{ "define", 0, "SYMBOL", "a symbol that #-if lines find; several times", NULL },
	{ "virtual-time", 0, NULL,
		"a world of its own, whose time moves when all of the program's threads wait", NULL },
	{ "seed", 0, "N", "randomness of that world and of the program, 0 to 4294967295 (0)", NULL },
	DRIVER,
	END,
};

static const struct opt_text air_options[] = {
	{ "socket", 0, "PATH", "where hosts connect (unix stream socket)", NULL },
	{ "tcp", 0, "PORT", "a port of this machine, too; 0: a free one, which is told", NULL },
	{ "pty", 0, "PATH", "a terminal for one host, to which PATH is a link; several times", NULL },
	{ "clock", 0, "PATH", "time goes on as a client of this socket says", NULL },
	{ "stay", 0, NULL, "go on when the last host has left", NULL },
	{ "loss", 0, "PERCENT", "lose so many packets at random, 0..100", NULL },
	{ "seed", 0, "N", "randomness of the air and the controllers", NULL },
	{ "btsnoop", 0, "DIR", "write each host's HCI packets to DIR/host-N.btsnoop", NULL },
	{ "pcap", 0, "FILE", "write the packets on the air", NULL },
	{ "background", 0, NULL, "return as soon as hosts can connect;\nit leaves when none comes within 10 s", NULL },
	{ "verbose", 0, NULL, "say who comes and goes", NULL },
	END,
};

static const struct opt_text info_options[] = { JSON, DRIVER, END };

static const struct opt_text doctor_options[] = { JSON, END };

static const struct opt_text none[] = { END };

const struct command_text command_texts[] = {
	{ "demo", "a battery service on the simulated air: advertised, found, read, notified", NULL,
		"Starts a battery service in a process of its own, on a simulated air, and "
		"monitors it\n"
		"from here.\n",
		"glint demo\n"
		"glint demo --count 20\n",
		"0 all levels were shown, 1 failed, 2 wrong usage, 3 not found, 4 connection lost",
		demo_options, cmd_demo },
	{ "scan", "list the devices that advertise, with what they say", NULL,
		"Lists the devices that advertise: on a terminal as a table that is kept up to "
		"date,\n"
		"else one line each. Services, manufacturers, beacons and values are named where "
		"they\n"
		"are known.\n",
		"glint scan\n"
		"glint scan --service Battery --rssi -70\n"
		"glint scan --passive --duration 2.5 --json\n"
		"glint scan --driver unix:/tmp/air.sock --sort rssi\n",
		"0 devices were found, 1 failed, 2 wrong usage, 3 none was found", scan_options,
		cmd_scan },
	{ "monitor", "find a device, connect, show its services and values as they change", NULL,
		"Finds a device, connects, shows its services and values, and then each value that "
		"it\n"
		"notifies. When the connection is lost it says why, and searches again. Commands "
		"are\n"
		"taken at a prompt (the tabulator key completes, `help` lists them), from "
		"standard\n"
		"input when that is no terminal, or from the command line. With commands on the "
		"command\n"
		"line, or ready on standard input at the start, nothing but what they ask for is "
		"shown\n"
		"on standard output, and nothing is subscribed to unasked.\n",
		"glint monitor --name Glint\n"
		"glint monitor --name Glint --count 5 --json\n"
		"glint monitor --address 02:00:5E:00:00:01 --read\n"
		"glint monitor --service Battery -c 'read battery-level'\n"
		"glint monitor --name Glint -c subscribe -c 'wait 10' --duration 60 --json\n",
		"0 done (all commands, --count, --read, --duration after a connection, or "
		"Ctrl-C),\n"
		"1 failed, a command among it, 2 wrong usage, 3 not found within --duration,\n"
		"4 connection lost with --once, or before all commands were done",
		monitor_options, cmd_monitor },
	{ "decode", "show what is in a btsnoop or pcap file, in words", "FILE...",
		"Shows the packets of traces, a line each: HCI (btsnoop, as of glint-air, btmon "
		"and\n"
		"phones) and the air (pcap with link type 251 or 256), several files in one order "
		"of\n"
		"time. Attributes are named as the trace itself has told; - is standard input. What "
		"is\n"
		"encrypted on the air is opened by the keys that are given, that an HCI trace among "
		"the\n"
		"files has, or that pairing hands over where it can be read.\n",
		"glint decode host-1.btsnoop\n"
		"glint decode host-1.btsnoop air.pcap --only att\n"
		"glint decode air.pcap --json | jq .name\n"
		"glint decode air.pcap --ltk 4c68384139f574d836bcf34e9dfb01bf\n",
		"0 all was read, 1 a file cannot be read or is damaged (what is before that is "
		"shown),\n"
		"2 wrong usage",
		decode_options, cmd_decode },
	{ "bench", "throughput and latency between two devices on a simulated air", NULL,
		"Lets two devices of this build talk on a simulated air, and counts: simulated "
		"time until\n"
		"connected, for a discovery and for a read, notifications a second, and how much "
		"faster\n"
		"than real time this machine computes it. A radio has its own limits: these "
		"figures are\n"
		"an upper bound for this link layer, not a measurement of hardware.\n",
		"glint bench\n"
		"glint bench --interval 7.5 --mtu 185\n"
		"glint bench --loss 10 --seconds 60 --json\n",
		"0 done, 1 failed, 2 wrong usage", bench_options, cmd_bench },
	{ "run", "run a Python program that was written for the old module", "PROGRAM",
		"Runs a Zerynth program unchanged: its builtins (sleep, random, thread, pins), its "
		"modules\n"
		"(streams, timers, threading, queue ...) on simulated pins, and Bluetooth by "
		"wireless.ble.\n"
		"Where the old module was lenient, so is this: what does not fit is cut or masked, "
		"with\n"
		"a warning. The program ends when its last line was run and nothing of it goes on: "
		"no\n"
		"thread, no timer, no pin that it waits for, no radio that is up. Ctrl-C ends it at "
		"once.\n"
		"GLINT_PYTHON names the Python to use (python3).\n",
		"glint run battery.py\n"
		"glint run led.py --show-pins --pin BTN0=1@3s\n"
		"glint run --virtual-time sensor.py --pin A2=sine\n",
		"0 the program ended, 1 it ended with an error, 2 wrong usage, 130 Ctrl-C", run_options,
		cmd_run },
	{ "air", "serve a simulated air that any Bluetooth host can join", NULL,
		"Starts glint-air: each Bluetooth host that connects to the socket, the port or a "
		"terminal\n"
		"gets a controller (H4) on one simulated air.\n",
		"glint air --socket /tmp/air.sock --stay --verbose\n"
		"glint air --tcp 6402 --pty /tmp/tty-a --pty /tmp/tty-b --stay\n"
		"glint air --socket /tmp/air.sock --pcap air.pcap --loss 5\n",
		"0 ended as asked, 1 cannot serve, 2 wrong usage", air_options, cmd_air },
	{ "info", "what a controller is and can: version, features, commands, buffers", NULL,
		"Asks a controller what it is and what it can do, and says it in words. It is reset for "
		"that;\n"
		"a program that uses it should be ended first.\n",
		"glint info --driver serial:/dev/ttyACM0\n"
		"glint info --driver hci:0 --json | jq .features\n",
		"0 done, 1 no such controller, or it does not answer, 2 wrong usage, 4 it went away meanwhile", info_options,
		cmd_info },
	{ "doctor", "what this machine has for Glint, and what stands in the way", NULL,
		"Looks for adapters, boards and permissions, and says what Glint would use and which "
		"command\n"
		"takes each obstacle away. Nothing is opened or changed.\n",
		"glint doctor\n"
		"glint doctor --json | jq 'select(.usable)'\n",
		"0 done, 2 wrong usage", doctor_options, cmd_doctor },
	{ "completion", "completion of commands and options for bash, zsh or fish", "SHELL",
		"Writes what a shell needs to complete glint's commands and options.\n",
		"eval \"$(glint completion bash)\"  # in ~/.bashrc\n"
		"source <(glint completion zsh)    # in ~/.zshrc\n"
		"glint completion fish > ~/.config/fish/completions/glint.fish\n",
		"0 done, 2 wrong usage", none, cmd_completion },
	{ "version", "the version of this program", NULL, "Says which version this is.\n",
		"glint version\n", "0 done, 2 wrong usage", none, cmd_version },
	{ "man", NULL, NULL, "Writes the manual page, for man -l -.\n", "glint man | man -l -\n",
		"0 done, 2 wrong usage", none, cmd_man },
	{ "demo-battery", NULL, NULL,
		"The device that `glint demo` shows: a battery service whose level changes every "
		"second.\n",
		"glint demo-battery\n", "0 done, 1 failed, 2 wrong usage", none, cmd_demo_battery },
	{ 0 },
};

const struct command_text *command_find(const char *word)
{
	for (const struct command_text *c = command_texts; c->word; c++)
		if (!strcmp(c->word, word))
			return c;
	return NULL;
}
