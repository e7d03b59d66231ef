"""glint-air by itself: what its options do, how it stands a slow machine and hosts that do not read, and its socket."""

import os
import random
import resource
import signal
import socket
import struct
import subprocess
from pathlib import Path

import kit
from h4 import (ADV_DATA, ADV_ENABLE, ADV_NONCONN_IND, ADV_PARAMS, CONNECTION_COMPLETE, CREATE_CONNECTION,
                DISCONNECTION_COMPLETE, RAND, READ_BD_ADDR, SCAN_ENABLE, SCAN_PARAMS, SCAN_RSP, WRITE_BD_ADDR, Host,
                handle_of)

PACKETS_ON_AIR = "btle.advertising_header.pdu_type"


def start_air(place, *options, name="air.sock"):
    """(program, path of its socket), ready for hosts."""
    path = place.folder / name
    air = place.start("glint-air", "--socket", str(path), "--verbose", *options)
    air.line("serving on")
    return air, path


def end_air(air):
    air.process.terminate()
    assert air.process.wait(kit.DEADLINE_S) == 0


def tshark(path, shown, *fields):
    """Lines of the fields of packets that the filter shows."""
    words = ["tshark", "-r", str(path), "-Y", shown, "-T", "fields"]
    for field in fields or ("frame.number",):
        words += ["-e", field]
    result = subprocess.run(words, text=True, capture_output=True, timeout=60)
    assert result.returncode == 0, result.stderr
    return result.stdout.splitlines()


def loss_is_as_much_as_asked(place):
    """Half of what is sent is not heard: a scanner that has heard 40 packets of one channel missed about as many."""
    pcap = place.folder / "air.pcap"
    air, path = start_air(place, "--loss", "50", "--seed", "7", "--pcap", str(pcap))
    with Host(path).start() as beacon, Host(path).start() as scanner:
        scanner.scan()
        beacon.advertise(ADV_NONCONN_IND)
        for _ in range(40):
            scanner.report()
    end_air(air)
    events = len(tshark(pcap, f"{PACKETS_ON_AIR} == 2 && btle_rf.channel == 0"))
    assert 52 <= events <= 140, f"40 heard of {events} sent at 50 %"


def loss_of_everything(place):
    pcap = place.folder / "air.pcap"
    air, path = start_air(place, "--loss", "100", "--pcap", str(pcap))
    with Host(path).start() as beacon:
        beacon.advertise(ADV_NONCONN_IND)
        result = place.run("glint", "scan", "--duration", "0.5", "--driver", f"unix:{path}")
    assert result.returncode == 3 and "no device was heard" in result.stdout, result
    end_air(air)
    assert tshark(pcap, f"{PACKETS_ON_AIR} == 2")


def seed_decides_what_is_random(place):
    def numbers(seed):
        air, path = start_air(place, "--seed", str(seed))
        with Host(path).start() as first, Host(path).start() as second:
            drawn = [first.command(RAND), first.command(RAND), second.command(RAND)]
        assert air.process.wait(kit.DEADLINE_S) == 0
        return drawn
    one, again, other = numbers(1), numbers(1), numbers(2)
    assert one == again and len(set(one)) == 3
    assert not set(one) & set(other)


def traces_stand_tshark(place):
    """A whole session at 10 % loss: nothing malformed, no warning, on the air and at both hosts; readable while it runs."""
    pcap, folder = place.folder / "air.pcap", place.folder / "hci"
    folder.mkdir()
    air, path = start_air(place, "--loss", "10", "--pcap", str(pcap), "--btsnoop", str(folder))
    driver = {"GLINT_DRIVER": f"unix:{path}"}
    battery = place.battery(**driver)
    air.line("host 1 is here")
    with Host(path).start() as scanner:
        scanner.scan(active=True)
        while scanner.report() != SCAN_RSP:
            pass
    result = place.run("glint", "monitor", "--name", "Glint", "--count", "2", **driver)
    assert result.returncode == 0, result
    battery.line("disconnected")
    traces = [pcap, folder / "host-1.btsnoop", folder / "host-3.btsnoop"]
    for trace in traces:
        assert len(tshark(trace, "frame")) > 20, trace
        bad = tshark(trace, "_ws.malformed || _ws.expert.severity >= 0x600000", "frame.number", "_ws.expert.message")
        assert not bad, (trace, bad)
    for kind in (0, 3, 4, 5):  # ADV_IND, SCAN_REQ, SCAN_RSP, CONNECT_IND: Vol 6 Part B 2.3
        assert tshark(pcap, f"{PACKETS_ON_AIR} == {kind}"), f"no PDU of type {kind}"
    assert tshark(pcap, "btle.control_opcode == 0x02"), "no LL_TERMINATE_IND"
    for trace in traces[1:]:
        assert len(tshark(trace, "btatt.opcode == 0x1b")) >= 2, f"{trace} has no notifications"
    assert tshark(pcap, "btatt.opcode == 0x1b")


def traces_that_cannot_be_written(place):
    none = str(place.folder / "none")
    for option in (["--pcap", f"{none}/air.pcap"], ["--btsnoop", none]):
        result = place.run("glint-air", "--socket", str(place.folder / "x.sock"), *option)
        assert result.returncode == 1 and none in result.stderr, result
        assert len(result.stderr.splitlines()) == 1 and "cannot be written" in result.stderr, result
        assert not (place.folder / "x.sock").exists()


def a_stalled_machine_costs_no_link(place):
    """The air is stopped for several supervision time-outs: its time slips, says so, and the link lives on."""
    air, path = start_air(place)
    with Host(path).start() as peripheral, Host(path).start() as central:
        peripheral.advertise()
        handle = central.connect(peripheral.address(), interval=6, supervision=10)  # 7.5 ms, 100 ms
        there = handle_of(peripheral.le_event(CONNECTION_COMPLETE))
        air.process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, air.process.pid, os.WSTOPPED | os.WNOWAIT)
        # meanwhile another air lives for half a second
        place.run("glint", "scan", "--duration", "0.5", "--driver", "virtual:elsewhere")
        air.process.send_signal(signal.SIGCONT)
        slipped_ms = 0
        while slipped_ms < 300:  # a busy machine may have added a little before
            slipped_ms += int(air.line("air time has slipped by").split("slipped by ")[1].split()[0])
        central.send_acl(handle, b"\x03\0\x40\0one")
        assert peripheral.acl() == b"\x03\0\x40\0one"
        peripheral.send_acl(there, b"\x03\0\x40\0two")
        assert central.acl() == b"\x03\0\x40\0two"
        assert not central.has_seen(DISCONNECTION_COMPLETE) and not peripheral.has_seen(DISCONNECTION_COMPLETE)


def who_does_not_read_is_held_back(place):
    """A host floods commands and reads no answer: it is not read either, others are served, and nothing is lost."""
    air, path = start_air(place)
    one = struct.pack("<BHB", 1, READ_BD_ADDR, 0)
    with Host(path).start() as deaf, Host(path).start() as other:
        deaf.socket.setblocking(False)
        sent, part = 0, 0
        while sent < 1 << 24:  # octets; far above all that sockets can hold
            try:
                n = deaf.socket.send(one[part:] + one * 4096)
            except BlockingIOError:
                break
            sent, part = sent + n, (part + n) % len(one)
        assert sent < 1 << 24, "it has swallowed everything"
        assert len(other.address()) == 6
        for _ in range(sent // len(one)):
            deaf.expect(lambda kind, code, p: p[1:3] == struct.pack("<H", READ_BD_ADDR) and p[3] == 0)
        assert not deaf.waiting
        deaf.socket.setblocking(True)
        deaf.socket.sendall(one[part:] if part else one)
        deaf.expect(lambda kind, code, p: p[1:3] == struct.pack("<H", READ_BD_ADDR) and p[3] == 0)


def who_hangs_up_while_held_back_is_gone(place):
    air, path = start_air(place)
    with Host(path).start() as other:
        deaf = Host(path)
        deaf.socket.setblocking(False)
        try:
            while True:
                deaf.socket.send(struct.pack("<BHB", 1, READ_BD_ADDR, 0) * 4096)
        except BlockingIOError:
            pass
        deaf.socket.close()
        air.line("host 2 has")
        assert len(other.address()) == 6


def an_address_is_one_hosts(place):
    air, path = start_air(place)
    mine = bytes.fromhex("0504030201c2")
    with Host(path).start() as first, Host(path).start() as second:
        first.command(WRITE_BD_ADDR, mine)
        assert first.address() == mine
        second.command(WRITE_BD_ADDR, mine, status=0x12)  # Invalid HCI Command Parameters
        assert second.address() not in (mine, b"")


def a_killed_air_leaves_a_socket_that_is_taken_over(place):
    first, path = start_air(place)
    first.kill()
    assert path.is_socket()
    second, path = start_air(place)
    with Host(path).start():
        pass
    assert second.process.wait(kit.DEADLINE_S) == 0  # its last host has left
    assert not path.exists()


def only_one_of_many_serves(place):
    path = place.folder / "air.sock"
    airs = [place.start("glint-air", "--socket", str(path), "--verbose") for _ in range(5)]
    serving = [air for air in airs if "serving on" in air.line("glint-air: ")]
    assert len(serving) == 1
    for air in airs:
        if air is not serving[0]:
            assert "another glint-air serves here" in air.lines[-1]
            assert air.process.wait(kit.DEADLINE_S) == 1
    with Host(path).start():
        pass


def strangers_do_the_others_no_harm(place):
    """Commands that mean nothing, halves of packets, lengths beyond all, hundreds that come and go; the rest is served."""
    air, path = start_air(place, "--stay", "--seed", "11")
    draw = random.Random(11)
    opcodes = [ADV_PARAMS, ADV_DATA, ADV_ENABLE, SCAN_PARAMS, SCAN_ENABLE, CREATE_CONNECTION, WRITE_BD_ADDR, 0x0406]
    with Host(path).start() as beacon, Host(path).start() as scanner:
        beacon.advertise(ADV_NONCONN_IND)
        scanner.scan()
        open_before = len(os.listdir(f"/proc/{air.process.pid}/fd"))
        for _ in range(300):
            with Host(path) as stranger:
                for _ in range(draw.randrange(20)):
                    opcode = draw.choice(opcodes + [draw.randrange(0x10000)])
                    parameters = draw.randbytes(draw.choice([0, 1, 2, 6, 15, 25, draw.randrange(256)]))
                    stranger.send(opcode, parameters)
                stranger.socket.sendall(draw.choice([b"", b"\x01", b"\x01\x03\x0c\xff", b"\x02\0\0\xff\xff",
                                                     b"\x02\0\x20\x04\0\0\0\x04\0", draw.randbytes(300)]))
            air.line("host")
        for _ in range(10):
            scanner.report()
        assert len(scanner.address()) == len(beacon.address()) == 6
        with Host(path).start() as last:
            last.address()
            assert len(os.listdir(f"/proc/{air.process.pid}/fd")) <= open_before + 1
    end_air(air)


def cpu_ticks(pid):
    words = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return int(words[11]) + int(words[12])  # utime, stime: proc(5)


def who_finds_no_descriptor_left_waits_at_the_door(place):
    """Nobody more can be let in: it says so once, rests meanwhile, serves the others, and lets in who waits afterwards."""
    air, path = start_air(place)
    pid = air.process.pid
    with Host(path).start() as first:
        highest = max(int(name) for name in os.listdir(f"/proc/{pid}/fd"))
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (highest + 1, highest + 1))
        with Host(path) as second:
            air.line("no more hosts can be let in until one leaves: Too many open files")
            before = cpu_ticks(pid)
            # meanwhile another air lives for half a second
            place.run("glint", "scan", "--duration", "0.5", "--driver", "virtual:elsewhere")
            assert cpu_ticks(pid) - before < 20, "it does not rest"
            assert len(first.address()) == 6
            first.socket.close()
            air.line("host 1 has left")
            second.start()
            assert len(second.address()) == 6
    assert air.process.wait(kit.DEADLINE_S) == 0
    said = air.pending + air.process.stdout.read()
    assert b"no more hosts" not in said, f"nobody was waiting any more: {said}"


def it_stays_only_when_told(place):
    air, path = start_air(place, "--stay")
    for _ in range(2):
        with Host(path).start():
            pass
        air.line("has left")
    with socket.socket(socket.AF_UNIX) as host:
        host.connect(str(path))
    end_air(air)
    assert not path.exists()


if __name__ == "__main__":
    kit.main(loss_is_as_much_as_asked, loss_of_everything, seed_decides_what_is_random, traces_stand_tshark,
             traces_that_cannot_be_written, a_stalled_machine_costs_no_link, who_does_not_read_is_held_back,
             who_hangs_up_while_held_back_is_gone, an_address_is_one_hosts,
             a_killed_air_leaves_a_socket_that_is_taken_over, only_one_of_many_serves,
             strangers_do_the_others_no_harm, who_finds_no_descriptor_left_waits_at_the_door, it_stays_only_when_told)
