#!/bin/bash
# Builds the wheel as `pip install .` does, in a place of its own, and lets programs use it there: the module on the simulated
# air that it brings along, the fixture of pytest, ten thousand starts and stops, and the notifications' benchmark. Needs a
# package registry.
set -euo pipefail
cd "$(dirname "$0")/.."
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python=/usr/bin/python3
[[ -x $python ]] || python=python3
"$python" -m venv "$place/venv"
"$place/venv/bin/pip" install --quiet --disable-pip-version-check . pytest
mkdir -m 700 "$place/run"
unset PYTHONPATH GLINT_AIR GLINT_DRIVER
export XDG_RUNTIME_DIR=$place/run XDG_STATE_HOME=$place/state
passed=0 failed=0
one() { # name, command: counts it
	local name=$1
	shift
	if (cd "$place" && timeout 300 "$@"); then passed=$((passed + 1)); else failed=$((failed + 1)) && echo "check_wheel: $name failed"; fi
}
one "the module" "$place/venv/bin/python" -X dev -c '
import importlib.metadata
from nordic.nrf52_ble import nrf52_ble as bledrv
from wireless import ble, ble_beacons
bledrv.init()
ble.start()
assert ble.stats()["packets_out"] > 5
ble.stop()
assert any(e.value == "glint.pytest_plugin" for e in importlib.metadata.entry_points(group="pytest11"))
'
printf 'def test_air(air):\n    air.sleep(3600)\n    assert air.now == 3600\n' >"$place/test_air.py"
one "the fixture" "$place/venv/bin/python" -X dev -W error -m pytest -q -p no:cacheprovider test_air.py
one "the fixture, named as well" "$place/venv/bin/python" -m pytest -q -p no:cacheprovider -p glint.pytest_plugin test_air.py
one "cycles" "$place/venv/bin/python" -X dev "$PWD/tests/python/cycles.py" 10000
one "notifications" env GLINT_BENCH_INSIDE=1 "$place/venv/bin/python" "$PWD/bench/python_notify" 100000 20
echo "$passed passed, $failed failed"
[[ $failed == 0 ]]
