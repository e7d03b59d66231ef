"""The runner itself: its command line, pins, symbols, modules of the program, time, and how programs end."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from playing import PROGRAM_S, alone, play

from glint.runner import importer, lenient, main, pins, source

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples/python"


@pytest.fixture
def program(tmp_path):
    """Writes a program, and gives its path."""

    def write(text, name="program.py"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        return path

    return write


# ---- the command line


def usage_error(capsys, *argv):
    """What is said of arguments that are refused."""
    with pytest.raises(SystemExit) as refused:
        main.main(argv)
    assert refused.value.code == 2
    return capsys.readouterr().err


def test_pins_are_refused_in_a_sentence(program, capsys):
    path = str(program("print(1)"))
    for text, word in (("BTN0", "PIN=VALUE"), ("X9=1", "D0..D127"), ("A0=5000", "0..4095"), ("BTN0=2", "0..1"),
                       ("D1=sine", "A pins"), ("A0=sinus", "sine"),
                       ("BTN0=1@soon", "3s"), ("BTN0=", "PIN=VALUE")):
        said = usage_error(capsys, "--pin", text, path)
        assert text.partition("@")[0] in said or "soon" in said
        assert word in said


def test_options_that_exclude_each_other(program, capsys):
    path = str(program("print(1)"))
    assert "--virtual-time" in usage_error(capsys, "--virtual-time", "--driver", "virtual:", path)
    assert "--virtual-time" in usage_error(capsys, "--seed", "3", path)


def test_no_such_program(capsys):
    assert main.main(["/nonexistent/program.py"]) == 2
    assert "there is no such file" in capsys.readouterr().err


def test_symbols(program):
    path = program("#-if FAST\nprint('fast')\n#-elif SLOW\nprint('slow')\n#-else\nprint('neither')\n#-endif\n")
    assert alone(path).lines == ["neither"]
    assert alone(path, "--define", "SLOW").lines == ["slow"]
    assert alone(path, "--define", "SLOW", "--define", "FAST").lines == ["fast"]


@pytest.mark.parametrize("text, said", [
    ("#-if A\nprint(1)\n", "#-if without #-endif"),
    ("#-endif\n", "#-endif without #-if"),
    ("#-if A > 3\n#-endif\n", "a symbol, or !symbol"),
    ("print(1\n", "'(' was never closed"),
])
def test_a_program_that_cannot_be_read(program, text, said):
    result = alone(program(text))
    assert result.status == 1
    assert said in result.stderr
    assert "program.py" in result.stderr
    assert "glint/runner" not in result.stderr


def test_a_traceback_has_the_programs_lines_only(program):
    result = alone(program("import queue\n\ndef inner():\n    return queue.Queue().get(False)\n\ninner()\n"))
    assert result.status == 1
    assert 'program.py", line 6' in result.stderr and 'program.py", line 4' in result.stderr
    assert "QueueEmpty" in result.stderr
    assert "runner" not in result.stderr


def test_exit_status(program):
    assert alone(program("raise SystemExit(3)")).status == 3
    assert alone(program("print(1)")).status == 0
    result = alone(program("raise SystemExit('that was it')"))
    assert result.status == 1 and result.stderr == "that was it\n"


def test_an_error_in_a_thread_ends_that_thread_alone(program):
    result = alone(program("def bad():\n    x = 1 / 0\n\nthread(bad)\nsleep(1000)\nprint('here')\n"))
    assert result.status == 0 and result.lines == ["here"]
    assert "ZeroDivisionError" in result.stderr and "line 2" in result.stderr


def test_an_error_in_a_timer_ends_nothing(program):
    text = ("import timers\nn = [0]\ndef tick():\n    n[0] += 1\n    if n[0] == 1:\n        x = 1 / 0\n"
            "    print(n[0])\nt = timers.timer()\nt.interval(100, tick)\nsleep(350)\nt.clear()\n")
    result = alone(program(text))
    assert result.status == 0 and result.lines == ["2", "3"] and "ZeroDivisionError" in result.stderr


def test_ctrl_c_ends_it_at_once(program):
    """Also one that catches everything and waits for nothing that comes."""
    text = ("import threading\ndef other():\n    while True:\n        sleep(1)\nthread(other)\nprint('begun')\n"
            "while True:\n    try:\n        threading.Event().wait()\n    except:\n        print('caught')\n")
    for options in ((), ("--virtual-time",)):
        words = [sys.executable, "-m", "glint.runner", *options, str(program(text))]
        with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout.readline() == "begun\n"
            child.send_signal(signal.SIGINT)
            rest, _ = child.communicate(timeout=PROGRAM_S)
            assert child.returncode == 130 and rest == ""


def test_ctrl_c_with_the_radio_up(program):
    text = ("from wireless import ble\nble.start()\nble.start_advertising()\nprint('begun')\n")
    words = [sys.executable, "-m", "glint.runner", "--virtual-time", str(program(text))]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout.readline() == "begun\n"
        child.send_signal(signal.SIGINT)
        assert child.wait(timeout=PROGRAM_S) == 130


# ---- pins


def test_pin_scripts_and_shown_pins(program):
    text = "pinMode(LED0, OUTPUT)\ndigitalWrite(LED0, HIGH)\nsleep(1500)\npinToggle(LED0)\n"
    result = alone(program(text), "--show-pins")
    assert result.stderr.splitlines() == ["0.000 s: LED0 is HIGH", "1.500 s: LED0 is LOW"]


def test_waves():
    for text, at, value in (("A0=sine:4s", 1.0, 4095), ("A0=triangle:2s", 0.5, 2048), ("A0=ramp:1s", 0.25, 1024),
                            ("A0=square:2s", 0.5, 4095), ("A0=square:2s", 1.5, 0)):
        change = pins.parse(text)
        phase = at / change.period % 1.0
        assert round(pins.WAVES[change.wave](phase) * pins.FULL_SCALE) == value


def test_a_square_wave_tells_its_edges(program):
    text = ("import timers\nn = [0]\ndef edge():\n    n[0] += 1\n    print(timers.now(), n[0])\n    if n[0] == 2:\n"
            "        onPinRise(BTN0, None)\nonPinRise(BTN0, edge)\n")
    assert alone(program(text), "--pin", "BTN0=square:2s").lines == ["0 1", "2000 2"]


def test_debounce(program):
    text = ("import timers\ndef rise():\n    print('stable at', timers.now())\n"
            "onPinRise(D3, rise, debounce=50)\nsleep(3000)\n")
    changes = ["--pin", "D3=1@1s", "--pin", "D3=0@1020ms", "--pin", "D3=1@2s"]
    assert alone(program(text), *changes).lines == ["stable at 2050"]


def test_no_such_pin(program):
    result = alone(program("try:\n    digitalRead(99999)\nexcept InvalidPinError as e:\n    print('refused')\n"))
    assert result.lines == ["refused"]


# ---- modules of the program


def test_own_modules_come_first_and_are_as_lenient(program):
    program("b = bytearray(4)\nb[0:2] = 'ab'\n__define(SHARED, 7)\nnew_exception(OwnError, ValueError)\n", "helper.py")
    program("def get():\n    return 'own queue'\n", "queue.py")
    program("where = 'in a package'\n", "parts/piece.py")
    path = program("import helper\nimport queue\nfrom parts import piece\nfrom parts.piece import where\n"
                   "print(helper.b[0], SHARED, queue.get(), piece.where, where)\n"
                   "try:\n    raise OwnError\nexcept ValueError as e:\n    print('own error')\n")
    result = alone(path)
    assert result.lines == ["97 7 own queue in a package in a package", "own error"], result.stderr


def test_ways_to_import(program):
    path = program("import wireless.ble\nimport wireless.ble as b\nfrom wireless import ble, ble_beacons as bb\n"
                   "import Math\nimport nordic.nrf52_ble.nrf52_ble as drv\nimport Espressif.Esp32ble.esp32ble\n"
                   "print(wireless.ble is b, b is ble, bb.EDDY_URL, Math.floor(1.5), drv.init is not None)\n")
    result = alone(path)
    assert result.lines == ["True True 16 1 True"], result.stderr


def test_a_missing_module_is_pythons_error(program):
    result = alone(program("import no_such_module\n"))
    assert result.status == 1 and "No module named 'no_such_module'" in result.stderr


def test_pythons_own_modules_are_there(program):
    assert alone(program("import collections\nimport os.path\nprint(os.path.join('a', 'b'))\n")).lines == ["a/b"]


def test_every_module_of_the_old_language_imports(program):
    names = sorted(importer.MODULES) + ["math"]
    path = program("".join(f"import {name}\nimport {name.capitalize()}\n" for name in names) + "print('all')\n")
    assert len(names) == 17
    result = alone(path)
    assert result.lines == ["all"], result.stderr


# ---- time


def test_two_runs_in_virtual_time_are_the_same():
    runs = [play(EXAMPLES / "battery.py", "connect ; subscribe 2A19 notify ; wait 5000", seed=3) for _ in range(2)]
    assert runs[0].lines == runs[1].lines and runs[0].lines
    assert runs[0].wrong == ""


def test_times_that_no_clock_can_count(program):
    """What is left of 0.1 and 0.2 seconds is no reason to wait for ever."""
    text = ("import threading\nimport timers\nc = threading.Condition()\nc.acquire()\nsleep(1, MICROS)\n"
            "print(c.wait_for(lambda: False, 100.0003), c.wait_for(lambda: False, 0.0001))\n"
            "for i in range(3):\n    sleep(0.0001)\nprint(timers.now())\n")
    assert alone(program(text)).lines == ["False False", "100"]


def test_an_hour_passes_at_once(program):
    assert alone(program("import timers\nsleep(3600, SECONDS)\nprint(timers.now())\n")).lines == ["3600000"]


def test_real_time(program):
    """The same program by the clock on the wall."""
    path = program("import timers\nbegun = timers.now()\nsleep(20)\nprint(timers.now() - begun >= 20)\n"
                   "t = timers.timer()\ndef cb():\n    print('called')\nt.one_shot(10, cb)\n")
    words = [sys.executable, "-m", "glint.runner", str(path)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=PROGRAM_S, check=False)
    assert done.stdout.splitlines() == ["True", "called"] and done.returncode == 0


# ---- what was lenient


def test_text_and_bytes():
    assert lenient.add(b"a", "b") == b"ab" and lenient.add("a", b"b") == "ab" and lenient.add(1, 2) == 3
    assert lenient.equal(b"a", "a") and not lenient.differ("a", b"a") and not lenient.equal(b"a", 97)
    assert lenient.within("a", b"cab") and lenient.without("z", [1])
    assert lenient.call("-", "join", [b"a", "b"]) == "a-b"
    assert lenient.octets("\xe9") == b"\xe9" and lenient.octets("€") == "€".encode()
    with pytest.raises(TypeError):
        lenient.add("a", 1)


def test_a_program_may_use_the_names_of_builtins(program):
    text = "slice = 3\nb = bytearray(4)\nb[1:3] = 'ab'\nb[0] = 'z'\nb[::2] = b'12'\nprint(b.find('a'), b[0], slice)\n"
    assert alone(program(text)).lines == ["1 49 3"]


def test_a_value_is_computed_before_its_place_as_in_python(program):
    text = ("i = [0]\ndef get(text):\n    i[0] += 2\n    return text\nb = bytearray(6)\nb[i[0]:i[0] + 2] = get('ab')\n"
            "b[i[0]:i[0] + 2] = get(b'cd')\nprint(b)\n")
    assert alone(program(text)).lines == ["bytearray(b'\\x00\\x00abcd')"]


def test_notified_beside_a_timeout(program):
    """Who gives up waiting takes nobody else's notification along, and one that was notified says so."""
    text = ("import threading\nc = threading.Condition()\ngot = []\ndef wait(n, ms):\n    with c:\n"
            "        got.append((n, c.wait(ms)))\nfor n, ms in ((1, 100), (2, 5000), (3, 5000)):\n    thread(wait, n, ms)\n"
            "sleep(100)\nfor i in range(2):\n    with c:\n        c.notify()\n    sleep(10)\nsleep(6000)\n"
            "print(sorted(got))\n")
    told = alone(program(text)).lines
    assert told in (["[(1, False), (2, True), (3, True)]"], ["[(1, True), (2, True), (3, False)]"])


def test_line_numbers_stay():
    code = source.compile_program("x = 1\n#-if NO\ny = 2\n#-endif\nglobal x\nz = 1 / 0\n", "file.py", {})
    with pytest.raises(ZeroDivisionError) as raised:
        exec(code, {source.RUNTIME: lenient})
    assert raised.traceback[-1].lineno == 5  # counted from 0


def test_warnings_name_the_line(program):
    text = ("from wireless import ble\nc = ble.Characteristic(0x2A19, ble.READ, 1, '')\n\nc.set_value(300)\n"
            "print(c.get_value())\n")
    result = alone(program(text))
    assert result.lines == ["44"]
    assert result.stderr == "program.py:4: set_value: 300 needs more than 1 octets, 44 is taken\n"


def test_plain_python_is_not_lenient():
    """What the runner clips, the module refuses."""
    script = ("from wireless import ble\n"
              "def refused(fn):\n    try:\n        fn()\n    except ble.ArgumentError as e:\n        print(e)\n"
              "c = ble.Characteristic(0x2A19, ble.READ, 1, '')\n"
              "refused(lambda: c.set_value(300))\nrefused(lambda: ble.advertising(10))\n"
              "refused(lambda: ble.advertising(100, payload='x' * 40))\n"
              "refused(lambda: ble.Characteristic(0x2A19, ble.READ, 1, '', ble.BYTES).set_value(b'12'))\n")
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=PROGRAM_S, check=True)
    said = done.stdout.splitlines()
    assert len(said) == 4
    assert "300" in said[0] and "10" in said[1] and "20" in said[1] and "31" in said[2] and "2" in said[3]


def test_flash_stays_between_runs(program, tmp_path):
    path = program("import flash\nf = flash.FlashFileStream(4096, 4)\nprint(f[0])\nf[0] = 7\nf.flush()\n")
    env = {"XDG_STATE_HOME": str(tmp_path / "state")}
    assert [alone(path, env=env).lines for _ in range(2)] == [["255"], ["7"]]
    assert (tmp_path / "state/glint/program/flash").exists()


def test_stop_while_a_callback_calls(program):
    """stop() waits for the farewell, and a callback that calls the module meanwhile does not hold it up."""
    text = ("from wireless import ble\ndef gone(addr):\n    ble.start_advertising()\n    print('restarted')\n"
            "def come(addr):\n    print('connected')\nble.add_callback(ble.EVT_CONNECTED, come)\n"
            "ble.add_callback(ble.EVT_DISCONNECTED, gone)\nble.start()\nble.start_advertising()\nsleep(5000)\n"
            "ble.stop()\nsleep(1000)\nprint('end')\n")
    result = play(program(text), "connect ; lost ; await end")
    assert result.wrong == "" and result.lines[0] == "connected" and "end" in result.lines


def test_the_state_folder_follows_the_store(program, tmp_path):
    path = program("import flash\nf = flash.FlashFileStream(0, 1)\nf[0] = 1\nf.flush()\n")
    alone(path, env={"XDG_STATE_HOME": str(tmp_path / "state"), "GLINT_STORE": "other"})
    assert os.listdir(tmp_path / "state/glint") == ["other"]
