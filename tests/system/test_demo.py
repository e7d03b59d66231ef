"""glint demo: five levels and more between two processes within a minute, and nobody is left."""

import signal
import time

import kit


def demo_shows_levels_and_leaves_nobody(place):
    began = time.monotonic()
    result = place.run("glint", "demo", timeout=60)
    took = time.monotonic() - began
    assert result.returncode == 0, (result.returncode, result.stdout, result.stderr)
    lines = result.stdout.splitlines()
    levels = [line for line in lines if line.startswith("Battery Level ") and line.endswith(" %")]
    assert len(levels) >= 5, result.stdout
    for word in ("found ", "connected to", "Battery (0x180F)", "Battery Level (0x2A19)", "subscribed to"):
        assert any(word in line for line in lines), f"{word!r} is missing in\n{result.stdout}"
    assert took < 60, took
    mark = f"XDG_STATE_HOME={place.folder}/state".encode()
    kit.await_end(left(mark), "a process of the demo", 5)


def demo_that_ends_early_says_so(place):
    """By its time or by Ctrl-C: not all levels were shown, and nobody is left either."""
    result = place.run("glint", "demo", "--count", "1000", "--duration", "6")
    assert result.returncode == 1 and "whole way" not in result.stdout, result
    assert result.stderr.splitlines()[-1].endswith("of 1000 values"), result.stderr
    demo = place.start("glint", "demo", "--count", "1000")
    demo.line("subscribed")
    demo.process.send_signal(signal.SIGINT)
    demo.line("ended after ")
    assert demo.process.wait(kit.DEADLINE_S) == 1
    kit.await_end(left(f"XDG_STATE_HOME={place.folder}/state".encode()), "a process of the demo", 5)


def left(mark):
    """Processes with the demo's environment."""
    found = []
    for pid, _ in kit.living():
        try:
            with open(f"/proc/{pid}/environ", "rb") as environ:
                if mark in environ.read().split(b"\0"):
                    found.append(pid)
        except OSError:
            pass
    return found


if __name__ == "__main__":
    kit.main(demo_shows_levels_and_leaves_nobody, demo_that_ends_early_says_so)
