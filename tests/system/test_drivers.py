"""The same program on a TCP port and on a serial line: found, read and notified; and again when its controller was killed and
has come back, without the program doing anything."""

import re

import kit


def air_with(place, *doors):
    return place.start("glint-air", "--stay", "--verbose", *doors)


def look(place, uri):
    """What a central on the other side sees of the battery, two notifications of it among that."""
    return place.run("glint", "monitor", "--driver", uri, "--name", "Glint", "--count", "2", "--duration", "25")


def follow(place, uri, other, again):
    """The device on uri is seen from the other, and after `again` has brought the controller back once more."""
    device = place.battery(GLINT_DRIVER=uri)
    result = look(place, other)
    assert result.returncode == 0 and len(re.findall(r"^Battery Level \d+ %", result.stdout, re.M)) >= 2, result
    again()
    result = look(place, other)
    assert result.returncode == 0, result
    assert device.process.poll() is None, "it goes on"


def on_a_port(place):
    air = air_with(place, "--tcp", "0")
    port = re.search(r"tcp:127\.0\.0\.1:(\d+)", air.line("tcp:"))[1]

    def again():
        air.kill()
        air_with(place, "--tcp", port).line("serving on tcp")
    follow(place, f"tcp:localhost:{port}", f"tcp:127.0.0.1:{port}", again)


def on_a_line(place):
    line, port = place.folder / "ttyBT0", None
    air = air_with(place, "--tcp", "0", "--pty", str(line))
    port = re.search(r"tcp:127\.0\.0\.1:(\d+)", air.line("tcp:"))[1]

    def again():
        air.kill()
        air_with(place, "--tcp", port, "--pty", str(line)).line("serving on tcp")
    follow(place, f"serial:{line},115200", f"tcp:127.0.0.1:{port}", again)


def what_is_no_link_of_ours_stays(place):
    line = place.folder / "by-id"
    line.symlink_to("/dev/ttyUSB7")
    result = place.run("glint-air", "--pty", str(line))
    assert result.returncode == 1 and "there is a link to something else" in result.stderr, result
    assert str(line.readlink()) == "/dev/ttyUSB7"
    paper = place.folder / "paper"
    paper.write_text("of value")
    result = place.run("glint-air", "--pty", str(paper))
    assert result.returncode == 1 and "there is something that is no link" in result.stderr, result
    assert paper.read_text() == "of value"


if __name__ == "__main__":
    kit.main(on_a_port, on_a_line, what_is_no_link_of_ours_stays)
