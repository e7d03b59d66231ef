"""The acceptance test of a port: what tests/system/cortex_m.py asks of a board in QEMU, asked of one on a serial line.

The board's UART, which leads to a controller in the product, leads to this machine for the test, and socat takes it on to
glint-air: so the controller is a simulated one, and `glint monitor` is the central. docs/PORTING.md tells the rest.

    tests/system/board.py --serial /dev/ttyUSB0 --reset 'openocd -f board.cfg -c "init; reset run; exit"'
"""

import argparse
import subprocess
import sys

import cortex_m
import kit


def options():
    parser = argparse.ArgumentParser(description="A port's battery is found, read and listened to, twice.",
                                     epilog="GLINT_BIN says where glint and glint-air are (build/dev/bin).")
    parser.add_argument("--serial", required=True, help="the line to the board's UART")
    parser.add_argument("--baud", type=int, default=1000000, help="its speed (1000000)")
    parser.add_argument("--no-flow", action="store_true", help="without RTS and CTS")
    parser.add_argument("--reset", required=True, help="the command that resets the board, and returns")
    return parser.parse_args()


def board_on(o):
    """What cortex_m.qemu() is for QEMU: from here on the board runs, and its UART leads to the air."""
    def board(place, socket):
        line = f"{o.serial},raw,echo=0,b{o.baud}" + ("" if o.no_flow else ",crtscts=1")
        wire = kit.Program(["socat", "-d", "-d", line, f"UNIX-CONNECT:{socket}"], place.env)
        place.programs.append(wire)
        wire.line("starting data transfer loop")  # only now: nobody hears the first command twice
        subprocess.run(o.reset, shell=True, check=True, stdin=subprocess.DEVNULL, timeout=kit.DEADLINE_S)
        return wire
    return board


if __name__ == "__main__":
    if subprocess.run(["which", "socat"], stdout=subprocess.DEVNULL).returncode:
        sys.exit("board.py: socat is missing: apt-get install socat")
    cortex_m.qemu = board_on(options())
    kit.AT_A_TIME = 1  # there is one board
    kit.main(cortex_m.bare_metal_battery_is_read_and_notifies, cortex_m.bare_metal_battery_comes_back)
