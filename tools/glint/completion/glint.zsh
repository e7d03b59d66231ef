#compdef glint
# zsh completion of glint; made by `glint completion zsh`
_glint() {
	local -a commands
	commands=(
		'demo:a battery service on the simulated air\: advertised, found, read, notified'
		'scan:list the devices that advertise, with what they say'
		'monitor:find a device, connect, show its services and values as they change'
		'decode:show what is in a btsnoop or pcap file, in words'
		'bench:throughput and latency between two devices on a simulated air'
		'run:run a Python program that was written for the old module'
		'air:serve a simulated air that any Bluetooth host can join'
		'info:what a controller is and can\: version, features, commands, buffers'
		'doctor:what this machine has for Glint, and what stands in the way'
		'completion:completion of commands and options for bash, zsh or fish'
		'version:the version of this program'
	)
	if (( CURRENT == 2 )); then
		_describe command commands
		return
	fi
	local command=$words[2]
	shift words
	(( CURRENT-- ))
	case $command in
	demo)
		_arguments \
			'--count[leave after so many battery levels (6)]:N: ' \
			'--duration[leave after so many seconds at the latest (50)]:S: ' \
			'--no-color[no colours, also on a terminal]' \
			'--help[options and examples]'
		;;
	scan)
		_arguments \
			'--duration[listen for so many seconds (on a terminal until Ctrl-C, else 5)]:S: ' \
			'--active[ask for scan responses, too (so it is without --passive)]' \
			'--passive[only listen, send nothing]' \
			'--name[only devices with this in their names, in small or capital letters]:TEXT: ' \
			'--service[only devices with this service\: 180f, 128 bits, or its name]:UUID: ' \
			'--rssi[only devices that have been heard this strongly (-70)]:DBM: ' \
			'--sort[order of the table, and of the plain list at the end\:]:BY:(seen name address rssi age)' \
			'--json[one JSON object a line]' \
			'--driver[virtual\:, unix\:PATH, tcp\:HOST\:PORT, serial\:PATH, hci\:N, usb\:, nrf52\: ...]:URI: ' \
			'--no-color[no colours, also on a terminal]' \
			'--help[options and examples]'
		;;
	monitor)
		_arguments \
			'--name[the device that advertises this name, 1 to 29 octets]:NAME: ' \
			'--address[the device with this address (02\:00\:5E\:00\:00\:01);]:ADDR: ' \
			'--service[a device that advertises this service\: 180f, 128 bits, or its name]:UUID: ' \
			'--command[do this, and leave; may be given several times (`help` lists commands)]:LINE: ' \
			'--interval[connection interval to ask for, 7.5 to 4000 milliseconds (30 to 50)]:MS: ' \
			'--read[show services and values, then leave]' \
			'--once[leave when the connection is lost]' \
			'--on-demand[encrypt with a bond by `pair` or when the device asks, not at once\:]' \
			'--count[leave after so many notifications]:N: ' \
			'--duration[leave after so many seconds]:S: ' \
			'--json[one JSON object a line]' \
			'--driver[virtual\:, unix\:PATH, tcp\:HOST\:PORT, serial\:PATH, hci\:N, usb\:, nrf52\: ...]:URI: ' \
			'--no-color[no colours, also on a terminal]' \
			'--help[options and examples]'
		;;
	decode)
		_arguments \
			'--only[only these packets\: hci, ll, l2cap, att or smp]:LAYER:(hci ll l2cap att smp)' \
			'--all[also empty data packets of the air, and what only counts packets]' \
			'--hex[the octets of each packet below its line]' \
			'--absolute[date and time (UTC) instead of seconds since the first packet]' \
			'--ltk[a long term key, 32 hexadecimal digits, that may open what is encrypted]:HEX: ' \
			'--json[one JSON object a line]' \
			'--no-color[no colours, also on a terminal]' \
			'--help[options and examples]' \
			'*:file:_files'
		;;
	bench)
		_arguments \
			'--interval[connection interval, 7.5 to 4000 milliseconds (30)]:MS: ' \
			'--mtu[ATT_MTU, 23 to 517 octets (247)]:N: ' \
			'--size[octets of a value, 1 to ATT_MTU - 3 (as many as go)]:N: ' \
			'--seconds[simulated seconds of notifications, 0.1 to 3600 (10)]:S: ' \
			'--loss[lose so many packets at random, 0 to 50 (0)]:PERCENT: ' \
			'--seed[of the simulated air; the same seed gives the same figures (1)]:N: ' \
			'--json[one JSON object a line]' \
			'--no-color[no colours, also on a terminal]' \
			'--help[options and examples]'
		;;
	run)
		_arguments \
			'--pin[what drives a pin from outside\: BTN0=1, at a time BTN0=1@3s, A0=1000 of 4095,]:PIN=VALUE: ' \
			'--show-pins[say on standard error when the program changes a pin]' \
			'--define[a symbol that #-if lines find; several times]:SYMBOL: ' \
			'--virtual-time[a world of its own, whose time moves when all of the program'\''s threads wait]' \
			'--seed[randomness of that world and of the program, 0 to 4294967295 (0)]:N: ' \
			'--driver[virtual\:, unix\:PATH, tcp\:HOST\:PORT, serial\:PATH, hci\:N, usb\:, nrf52\: ...]:URI: ' \
			'--no-color[no colours, also on a terminal]' \
			'--help[options and examples]' \
			'1:shell:(bash zsh fish)'
		;;
	air)
		_arguments \
			'--socket[where hosts connect (unix stream socket)]:PATH:_files' \
			'--tcp[a port of this machine, too; 0\: a free one, which is told]:PORT: ' \
			'--pty[a terminal for one host, to which PATH is a link; several times]:PATH:_files' \
			'--clock[time goes on as a client of this socket says]:PATH:_files' \
			'--stay[go on when the last host has left]' \
			'--loss[lose so many packets at random, 0..100]:PERCENT: ' \
			'--seed[randomness of the air and the controllers]:N: ' \
			'--btsnoop[write each host'\''s HCI packets to DIR/host-N.btsnoop]:DIR:_files' \
			'--pcap[write the packets on the air]:FILE:_files' \
			'--background[return as soon as hosts can connect;]' \
			'--verbose[say who comes and goes]' \
			'--help[options and examples]'
		;;
	info)
		_arguments \
			'--json[one JSON object a line]' \
			'--driver[virtual\:, unix\:PATH, tcp\:HOST\:PORT, serial\:PATH, hci\:N, usb\:, nrf52\: ...]:URI: ' \
			'--no-color[no colours, also on a terminal]' \
			'--help[options and examples]'
		;;
	doctor)
		_arguments \
			'--json[one JSON object a line]' \
			'--no-color[no colours, also on a terminal]' \
			'--help[options and examples]'
		;;
	completion)
		_arguments \
			'--no-color[no colours, also on a terminal]' \
			'--help[options and examples]' \
			'1:shell:(bash zsh fish)'
		;;
	version)
		_arguments \
			'--no-color[no colours, also on a terminal]' \
			'--help[options and examples]'
		;;
	esac
}
if [ "$funcstack[1]" = "_glint" ]; then
	_glint "$@"
else
	compdef _glint glint
fi
