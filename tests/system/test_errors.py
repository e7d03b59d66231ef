"""Bad input on the command line: one clear sentence each, the right exit code, nothing left behind."""

import os
import socket

import kit


def expect(result, code, *words):
    lines = result.stderr.strip().splitlines()
    assert result.returncode == code, f"exit code {result.returncode}, {code} expected: {result.stderr}"
    assert len(lines) == 1, f"one line expected: {result.stderr!r}"
    for word in words:
        assert word in lines[0], f"{word!r} is not in {lines[0]!r}"


def unknown_driver(place):
    expect(place.run("glint", "scan", "--driver", "pigeon:1"), 1, "pigeon:1", "virtual:")
    expect(place.run("glint", "scan", GLINT_DRIVER="pigeon:2"), 1, "pigeon:2")
    expect(place.run("glint", "monitor", "--driver", "virtual"), 1, "virtual")


def examples_say_what_a_driver_refuses(place):
    """The C module's way to the same sentences: ble_open()'s fault, and ble_explain() after ble_start()."""
    none = str(place.folder / "none.sock")
    for example in ("battery", "led", "scanner"):
        expect(place.run(example, GLINT_DRIVER="pigeon:1"), 1, f"{example}: driver: ", "pigeon:1", "virtual:NAME")
        expect(place.run(example, GLINT_DRIVER=f"unix:{none}"), 1, f"{example}: unix: ", none, "no such socket")
        dead = str(place.folder / f"{example}.sock")
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind(dead)
            expect(place.run(example, GLINT_DRIVER=f"unix:{dead}"), 1, f"{example}: unix: ", dead, "nobody listens")


def ports_and_lines_that_are_not_there(place):
    expect(place.run("glint", "scan", "--driver", "tcp:127.0.0.1:1"), 1, "tcp: ", "127.0.0.1:1", "nobody listens", "--tcp")
    expect(place.run("glint", "scan", "--driver", "serial:/dev/null"), 1, "serial: ", "/dev/null", "no serial line")
    line = str(place.folder / "ttyACM0")
    expect(place.run("glint", "info", "--driver", f"serial:{line}"), 1, "serial: ", line, "plugged in", "glint doctor")
    expect(place.run("glint", "info", "--driver", "nrf52:", GLINT_ROOT=str(place.folder)), 1, "nrf52: ", "no nRF52 board")


def missing_socket(place):
    path = str(place.folder / "none.sock")
    expect(place.run("glint", "scan", "--driver", f"unix:{path}"), 1, path, "glint air")


def refused_socket(place):
    path = str(place.folder / "dead.sock")
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(path)
        expect(place.run("glint", "monitor", "--driver", f"unix:{path}"), 1, path, "nobody listens")


def runtime_folder_of_anybody(place):
    (place.folder / "run/glint").mkdir()
    (place.folder / "run/glint").chmod(0o777)
    expect(place.run("glint", "scan", "--driver", "virtual:"), 1, "run/glint", "0700")


def runtime_folder_that_is_not_there(place):
    """As after su: the air is found nevertheless, in a folder below /tmp."""
    result = place.run("glint", "scan", "--driver", f"virtual:gone{os.getpid()}", "--duration", "0.1",
                       XDG_RUNTIME_DIR=str(place.folder / "gone"))
    assert result.returncode == 3 and not result.stderr, result


def usage(place):
    expect(place.run("glint", "fly"), 2, "fly", "glint --help")
    expect(place.run("glint", "scan", "--fast"), 2, "--fast", "glint scan --help")
    expect(place.run("glint", "scan", "--duration", "soon"), 2, "--duration soon", "more than 0", "1000000000")
    expect(place.run("glint", "scan", "--json=1"), 2, "--json=1", "takes no value")
    expect(place.run("glint", "monitor", "--count", "0"), 2, "--count 0", "from 1 to 1000000000")
    expect(place.run("glint", "monitor", "--name", "n" * 30), 2, "n" * 30, "1 to 29 octets")
    expect(place.run("glint", "scan", "--duration"), 2, "--duration", "missing")
    expect(place.run("glint", "monitor", "--address", "1234"), 2, "1234", "02:00")
    expect(place.run("glint", "monitor", "Glint"), 2, "Glint", "no such argument")


def every_command_helps(place):
    for command in ("scan", "monitor", "demo", "air", "version", "demo-battery"):
        result = place.run("glint", command, "--help")
        assert result.returncode == 0 and not result.stderr, (command, result.stderr)
        assert "Example" in result.stdout and "Usage" in result.stdout, command
    assert "glint COMMAND" in place.run("glint", "--help").stdout


def air_usage(place):
    expect(place.run("glint-air"), 2, "--socket")
    expect(place.run("glint-air", "--socket", "x", "--loss", "101"), 2, "101", "0..100")
    expect(place.run("glint-air", "--bogus"), 2, "--bogus", "glint-air --help")
    expect(place.run("glint-air", "--socket"), 2, "--socket", "missing")
    expect(place.run("glint-air", "--socket", "x", "--seed", "-1"), 2, "-1", "2^64-1")
    expect(place.run("glint-air", "--socket", str(place.folder)), 1, "no socket")
    expect(place.run("glint-air", "--socket", "s" * 108), 1, "s" * 108, "107 octets")
    expect(place.run("glint-air", "--socket", str(place.folder / "no/air")), 1, "no/air", "does not exist")


def one_air_a_socket(place):
    path = str(place.folder / "air.sock")
    air = place.start("glint-air", "--socket", path, "--stay", "--verbose")
    air.line("serving on")
    expect(place.run("glint-air", "--socket", path), 1, path, "another glint-air")
    # nonsense and sudden ends do it no harm
    for octets in (b"", b"GET / HTTP/1.1\r\n", b"\x01\x03", b"\x02\x00\x00\xff\xff", bytes(5000)):
        with socket.socket(socket.AF_UNIX) as host:
            host.connect(path)
            host.sendall(octets)
    with socket.socket(socket.AF_UNIX) as host:
        host.connect(path)
        host.settimeout(kit.DEADLINE_S)
        host.sendall(bytes.fromhex("01030c00"))  # Reset
        assert host.recv(100)[:2] == b"\x04\x0e"
    air.process.terminate()
    assert air.process.wait(kit.DEADLINE_S) == 0


if __name__ == "__main__":
    kit.main(unknown_driver, examples_say_what_a_driver_refuses, ports_and_lines_that_are_not_there, missing_socket, refused_socket, runtime_folder_of_anybody,
             runtime_folder_that_is_not_there,
             usage, every_command_helps, air_usage, one_air_a_socket)
