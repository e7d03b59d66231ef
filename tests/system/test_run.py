"""glint run: a Python program in one terminal is seen by glint monitor in another, by whatever driver; and what is said
when it cannot be run."""

import os
import shutil
import signal

import kit

EXAMPLE = "examples/python/battery.py"
ENV = {"GLINT_PYTHON": os.environ.get("GLINT_PYTHON", "python3")}  # the one of the build


def sees(place, *options):
    """The monitor finds the battery and three of its levels; then the battery is ended from its terminal."""
    monitor = place.start("glint", "monitor", "--name", "Zerynth", "--count", "3", *options)
    monitor.line("Battery Level")
    assert monitor.process.wait(kit.DEADLINE_S) == 0, monitor.lines


def ends(battery):
    battery.process.send_signal(signal.SIGINT)
    assert battery.process.wait(kit.DEADLINE_S) == 130


def a_monitor_sees_the_battery(place):
    battery = place.start("glint", "run", EXAMPLE, **ENV)
    battery.line("simulated air (virtual:)")  # no board was found, and it says so
    assert battery.line(".") == "."
    sees(place)
    ends(battery)


def a_driver_of_the_environment_is_used(place):
    where = f"{place.folder}/air.sock"
    air = place.start("glint-air", "--socket", where, "--stay", "--verbose")
    battery = place.start("glint", "run", EXAMPLE, GLINT_DRIVER=f"unix:{where}", **ENV)
    air.line("host")
    assert battery.line(".") == "."
    sees(place, "--driver", f"unix:{where}")
    ends(battery)


def the_driver_option_is_used(place):
    where = f"{place.folder}/air.sock"
    air = place.start("glint-air", "--socket", where, "--stay", "--verbose")
    battery = place.start("glint", "run", "--driver", f"unix:{where}", EXAMPLE, **ENV)
    air.line("host")
    assert battery.line(".") == "."
    ends(battery)


def options_reach_the_program(place):
    program = place.folder / "pins.py"
    program.write_text("#-if LOUD\nprint(analogRead(A0), digitalRead(BTN0))\n#-endif\npinToggle(LED0)\n"
                       "print(random(0, 1000000))\n")
    words = ["run", str(program), "--pin", "A0=77", "--pin", "BTN0=1", "--define", "LOUD", "--show-pins",
             "--virtual-time", "--seed"]
    runs = [place.run("glint", *words, seed, **ENV) for seed in ("5", "5", "6")]
    assert [run.returncode for run in runs] == [0, 0, 0], runs
    assert runs[0].stdout == runs[1].stdout != runs[2].stdout
    assert runs[0].stdout.splitlines()[0] == "77 1" and runs[0].stderr == "0.000 s: LED0 is HIGH\n"


def files_beside_the_program_are_its_own(place):
    """They hide nothing from the runner, and many options are not too many."""
    for name in ("queue", "random", "asyncio", "glint"):
        (place.folder / f"{name}.py").write_text(f"which = 'own {name}'\n")
    program = place.folder / "program.py"
    program.write_text("import queue\nimport random as r\nprint(queue.which, r.which, random(4, 4))\n")
    many = [word for i in range(64) for word in ("--pin", f"D{i}=1", "--define", f"S{i}")]
    words = ["run", program.name, *many, "--virtual-time", "--seed", "1", "--show-pins"]
    result = kit.subprocess.run([kit.BIN / "glint", *words], env={**place.env, **ENV}, cwd=place.folder, text=True,
                                capture_output=True, timeout=kit.DEADLINE_S)
    assert result.stdout == "own queue own random 4\n" and result.returncode == 0, result


def what_is_missing_is_said(place):
    for words, said in (([], "no program is named"), (["a.py", "b.py"], "b.py: one program is run at a time"),
                        (["nowhere.py"], "nowhere.py: there is no such file"), ([EXAMPLE, "--pin", "X=1"], "PIN=VALUE"),
                        ([EXAMPLE, "--seed", "-1"], "--seed -1")):
        result = place.run("glint", "run", *words, **ENV)
        assert result.returncode == 2 and said in result.stderr, (words, result)
    result = place.run("glint", "run", EXAMPLE, GLINT_PYTHON="/nonexistent/python3")
    assert result.returncode == 1 and result.stderr.count("\n") == 1 and "cannot be started" in result.stderr, result
    alone = place.folder / "bin"
    alone.mkdir()
    shutil.copy(kit.BIN / "glint", alone)
    result = kit.subprocess.run([alone / "glint", "run", EXAMPLE], env={**place.env, "PYTHONPATH": ""}, text=True,
                                capture_output=True, timeout=kit.DEADLINE_S)
    assert result.returncode == 1 and result.stderr.count("\n") == 1 and "has no package glint" in result.stderr, result


if __name__ == "__main__":
    kit.main(a_monitor_sees_the_battery, a_driver_of_the_environment_is_used, the_driver_option_is_used,
             options_reach_the_program, files_beside_the_program_are_its_own, what_is_missing_is_said)
