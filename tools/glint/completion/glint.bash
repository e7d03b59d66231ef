# bash completion of glint; made by `glint completion bash`
_glint() {
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]}
	if [ "$COMP_CWORD" -eq 1 ]; then
		COMPREPLY=($(compgen -W 'demo scan monitor decode bench run air info doctor completion version' -- "$word"))
		return
	fi
	case $command:$before in
	demo:--count) COMPREPLY=(); return ;;
	demo:--duration) COMPREPLY=(); return ;;
	scan:--duration) COMPREPLY=(); return ;;
	scan:--name) COMPREPLY=(); return ;;
	scan:--service) COMPREPLY=(); return ;;
	scan:--rssi) COMPREPLY=(); return ;;
	scan:--sort) COMPREPLY=($(compgen -W 'seen name address rssi age' -- "$word")); return ;;
	scan:--driver) COMPREPLY=(); return ;;
	monitor:--name) COMPREPLY=(); return ;;
	monitor:--address) COMPREPLY=(); return ;;
	monitor:--service) COMPREPLY=(); return ;;
	monitor:--command) COMPREPLY=(); return ;;
	monitor:--interval) COMPREPLY=(); return ;;
	monitor:--count) COMPREPLY=(); return ;;
	monitor:--duration) COMPREPLY=(); return ;;
	monitor:--driver) COMPREPLY=(); return ;;
	decode:--only) COMPREPLY=($(compgen -W 'hci ll l2cap att smp' -- "$word")); return ;;
	decode:--ltk) COMPREPLY=(); return ;;
	bench:--interval) COMPREPLY=(); return ;;
	bench:--mtu) COMPREPLY=(); return ;;
	bench:--size) COMPREPLY=(); return ;;
	bench:--seconds) COMPREPLY=(); return ;;
	bench:--loss) COMPREPLY=(); return ;;
	bench:--seed) COMPREPLY=(); return ;;
	run:--pin) COMPREPLY=(); return ;;
	run:--define) COMPREPLY=(); return ;;
	run:--seed) COMPREPLY=(); return ;;
	run:--driver) COMPREPLY=(); return ;;
	air:--socket) compopt -o default; COMPREPLY=(); return ;;
	air:--tcp) COMPREPLY=(); return ;;
	air:--pty) compopt -o default; COMPREPLY=(); return ;;
	air:--clock) compopt -o default; COMPREPLY=(); return ;;
	air:--loss) COMPREPLY=(); return ;;
	air:--seed) COMPREPLY=(); return ;;
	air:--btsnoop) compopt -o default; COMPREPLY=(); return ;;
	air:--pcap) compopt -o default; COMPREPLY=(); return ;;
	info:--driver) COMPREPLY=(); return ;;
	esac
	case $command:$word in
	completion:*) COMPREPLY=($(compgen -W 'bash zsh fish' -- "$word")) ;;
	demo:*) COMPREPLY=($(compgen -W ' --count --duration --no-color --help' -- "$word")) ;;
	scan:*) COMPREPLY=($(compgen -W ' --duration --active --passive --name --service --rssi --sort --json --driver --no-color --help' -- "$word")) ;;
	monitor:*) COMPREPLY=($(compgen -W ' --name --address --service --command --interval --read --once --on-demand --count --duration --json --driver --no-color --help' -- "$word")) ;;
	decode:-*) COMPREPLY=($(compgen -W ' --only --all --hex --absolute --ltk --json --no-color --help' -- "$word")) ;;
	decode:*) compopt -o default; COMPREPLY=() ;;
	bench:*) COMPREPLY=($(compgen -W ' --interval --mtu --size --seconds --loss --seed --json --no-color --help' -- "$word")) ;;
	run:*) COMPREPLY=($(compgen -W ' --pin --show-pins --define --virtual-time --seed --driver --no-color --help' -- "$word")) ;;
	air:*) COMPREPLY=($(compgen -W ' --socket --tcp --pty --clock --stay --loss --seed --btsnoop --pcap --background --verbose --help' -- "$word")) ;;
	info:*) COMPREPLY=($(compgen -W ' --json --driver --no-color --help' -- "$word")) ;;
	doctor:*) COMPREPLY=($(compgen -W ' --json --no-color --help' -- "$word")) ;;
	version:*) COMPREPLY=($(compgen -W ' --no-color --help' -- "$word")) ;;
	esac
}
complete -F _glint glint
