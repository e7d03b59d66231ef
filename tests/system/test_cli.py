"""The face of glint: help, completion and manual say the same, wrong words get a near one, colour obeys, bench counts."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import kit
from screen import Terminal

TOOL = Path(__file__).resolve().parent.parent.parent / "tools/glint"
ROWS = (TOOL / "table.c").read_text().split("command_texts[] = {")[1]
COMMANDS = re.findall(r'^\t\{ "([a-z-]+)",\s+"', ROWS, re.M)  # those for people
OPTION = re.compile(r"^  (?:-\w, )?--([a-z0-9-]+)", re.M)


def glint(place, *args, code=0):
    result = place.run("glint", *args)
    assert result.returncode == code, (args, result.returncode, result.stdout[-1000:], result.stderr)
    return result


def options_of(place, command):
    """As the help has them; air's help is that of glint-air, which has no --no-color."""
    return OPTION.findall(glint(place, command, "--help").stdout)


def files_are_as_the_program_makes_them(place):
    for made, file in [(["completion", shell], f"completion/glint.{shell}") for shell in ("bash", "zsh", "fish")] + [
            (["man"], "man/glint.1")]:
        same = glint(place, *made).stdout == (TOOL / file).read_text()
        assert same, f"tools/glint/{file} is not up to date: glint {' '.join(made)} > tools/glint/{file}"


def one_table_feeds_all(place):
    texts = {shell: glint(place, "completion", shell).stdout for shell in ("bash", "zsh", "fish")}
    man = glint(place, "man").stdout.replace("\\-", "-")
    listed = glint(place, "--help").stdout
    for command in COMMANDS:
        assert re.search(rf"^  {command}\s", listed, re.M), command
        assert f'"glint {command}' in man, command
        section = man.split(f'.SS "glint {command}')[1].split(".SS")[0]
        bash = next((line for line in texts["bash"].splitlines() if line.startswith(f"\t{command}:") and "--help" in line), "")
        zsh = texts["zsh"].split(f"\t{command})\n")[1].split(";;")[0]
        for option in options_of(place, command):
            assert f"'__fish_seen_subcommand_from {command}' -l {option} " in texts["fish"], (command, option)
            assert f"'--{option}[" in zsh, (command, option)
            assert f" --{option} " in bash.replace("'", " ") or command == "completion", (command, option)
            assert option in ("help", "no-color") or f"--{option}\\fR" in section, (command, option)
    hidden = [word for word in ("man", "demo-battery") if re.search(rf"^  {word}\s", listed, re.M)]
    assert not hidden, hidden


def shells_take_the_completions(place):
    def bash(*words):
        script = ('source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _glint 2>/dev/null; echo "${COMPREPLY[@]}"')
        result = subprocess.run(["bash", "-c", script, str(TOOL / "completion/glint.bash"), *words], text=True,
                                capture_output=True, timeout=kit.DEADLINE_S)
        assert result.returncode == 0, result
        return result.stdout.split()
    assert bash("glint", "") == COMMANDS
    assert bash("glint", "de") == ["demo", "decode"]
    assert bash("glint", "scan", "--s") == ["--service", "--sort"]
    assert bash("glint", "scan", "--sort", "a") == ["address", "age"]
    assert bash("glint", "scan", "--rssi", "") == []
    assert bash("glint", "completion", "") == ["bash", "zsh", "fish"]
    for shell, words in (("zsh", ["-n"]), ("fish", ["--no-execute"])):
        if shutil.which(shell):
            subprocess.run([shell, *words, str(TOOL / f"completion/glint.{shell}")], check=True, timeout=kit.DEADLINE_S)
    assert "bash, zsh and fish" in glint(place, "completion", "tcsh", code=2).stderr
    assert "one shell is wanted" in glint(place, "completion", code=2).stderr


def troff_takes_the_manual(place):
    result = subprocess.run(["groff", "-ww", "-man", "-Tascii", str(TOOL / "man/glint.1")], text=True,
                            capture_output=True, timeout=kit.DEADLINE_S)
    assert result.returncode == 0 and not result.stderr, result.stderr
    plain = re.sub(r".\x08|\x1b\[[\d;]*m", "", result.stdout)
    for words in ("GLINT(1)", "glint scan", "--duration S", "GLINT_DRIVER", "EXIT STATUS"):
        assert words in plain, words


def near_words_are_offered(place):
    for words, wanted in ((["scna"], "scan perhaps"), (["mon"], "monitor perhaps"), (["versoin"], "version perhaps"),
                          (["scan", "--drvier", "x"], "--driver perhaps"), (["decode", "--abs", "x"], "--absolute perhaps"),
                          (["bench", "--intervall=3"], "--interval perhaps"), (["demo", "--cuont", "3"], "--count perhaps")):
        result = glint(place, *words, code=2)
        assert wanted in result.stderr and result.stderr.count("\n") == 1, (words, result.stderr)
    for words in (["xyzzy"], ["scan", "--xyzzy"]):
        result = glint(place, *words, code=2)
        assert "perhaps" not in result.stderr and "no such" in result.stderr, result.stderr


def air_is_told_as_it_is(place):
    """The rows of the table for glint-air, whose options are read by another program."""
    text = (TOOL / "table.c").read_text().split("air_options[] = {")[1].split("END")[0]
    assert re.findall(r'\{ "([a-z]+)"', text) + ["help"] == OPTION.findall(place.run("glint-air", "--help").stdout)


def version(place):
    said = glint(place, "version").stdout
    assert said == glint(place, "--version").stdout and re.fullmatch(r"glint \d+\.\d+\.\d+\n", said), said


def bench_counts(place):
    def figures(*options):
        return json.loads(glint(place, "bench", "--json", *options).stdout)
    first = figures("--seconds", "2")
    for key in ("cpu_s",):
        first.pop(key)
    again = figures("--seconds", "2", "--seed", "1")
    assert all(again[key] == first[key] for key in first), "the same seed, the same figures"
    assert first["phy"] == "2M" and first["mtu"] == 247 and first["size"] == 244 and first["interval_ms"] == 30, first
    # A request and its response take a connection event each; the response comes in the event after.
    assert 30 <= first["read_median_ms"] <= 61, first
    fast = figures("--seconds", "2", "--interval", "7.5")
    assert fast["read_median_ms"] < first["read_median_ms"] / 2, fast
    small = figures("--seconds", "2", "--mtu", "23", "--size", "10")
    assert small["mtu"] == 23 and small["size"] == 10 and small["octets_per_s"] < first["octets_per_s"], small
    bench_against_loss(figures)
    for words, wanted in ((["--mtu", "600"], "from 23 to 517"), (["--interval", "7"], "from 7.5 to 4000"),
                          (["--size", "300"], "1 to 244 octets"), (["--loss", "51"], "from 0 to 50"),
                          (["--seconds", "0"], "from 0.1 to 3600"), (["--seed", "-1"], "from 0 to 4294967295")):
        result = glint(place, "bench", *words, code=2)
        assert wanted.replace("4294967295", "4.29497e+09") in result.stderr, (words, result.stderr)
    with Terminal(place, "glint", "bench", "--seconds", "1", columns=120) as t:
        assert t.end(key="") == 0
        assert "notifications" in t.text() and "octets/s" in t.text() and "this machine" in t.text(), t.text()
        assert "simulated air, PHY 2M:" in t.text() and "ideal" in t.text(), t.text()


def bench_against_loss(figures):
    """
    A lost packet ends its connection event (Vol 6 Part B 4.5.6), so with one packet a value and q the chance that a
    packet and its answer are both heard, an event brings q + q^2 + ... + q^n values, n being what it has room for. The
    number of values in an event varies by less than 1/(1-q), so over N events the mean is within 4/(1-q)/sqrt(N).
    """
    for interval_ms, percent in ((30, 10), (7.5, 10), (7.5, 3)):
        words = ("--size", "20", "--interval", str(interval_ms))
        room = round(figures("--seconds", "2", *words)["notifications_per_s"] * interval_ms / 1000)
        heard = figures("--seconds", "60", "--loss", str(percent), *words)["notifications_per_s"] * interval_ms / 1000
        q = (1 - percent / 100) ** 2
        expected = sum(q ** k for k in range(1, room + 1))
        assert abs(heard - expected) < 4 / (1 - q) / (60000 / interval_ms) ** 0.5, (interval_ms, percent, heard, expected)


def demo_options_on_a_terminal(place):
    for options, colour in (([], True), (["--no-color"], False)):
        with Terminal(place, "glint", "demo", "--count", "1", "--duration", "20", *options, rows=40, columns=120) as t:
            assert t.end(key="") == 0, t.text()
            assert ("\x1b[1m" in t.raw) == colour and "That was the whole way" in t.text(), t.text()


if __name__ == "__main__":
    kit.main(files_are_as_the_program_makes_them, one_table_feeds_all, shells_take_the_completions,
             troff_takes_the_manual, near_words_are_offered, air_is_told_as_it_is, version, bench_counts,
             demo_options_on_a_terminal)
