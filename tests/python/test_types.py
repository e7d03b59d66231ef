"""Types, stubs, docstrings, and constants that have one source."""

import ast
import inspect
import os
import re
import subprocess
import sys
from pathlib import Path

import glint
import pytest
import wireless.ble
import wireless.ble_beacons
from glint import _dispatch, _glint

ROOT = Path(__file__).resolve().parent.parent.parent
STUB = ROOT / "python/glint/_glint.pyi"
PACKAGES = ["glint", "wireless", "nordic", "espressif"]

PROGRAM = """
import glint
from wireless import ble
ch: ble.Characteristic = ble.Characteristic(0x2A19, ble.READ, 1)
ble.gap("x", connection=(7.5, 10, 0, 1000))
value: int = ble.EVT_CONNECTED
async def scene() -> bytes:
    async with glint.Central() as central, await central.connect("00:00:00:00:00:01") as peer:
        async for item in await peer.subscribe(peer.find(0x2A19)):
            return item
    return b""
"""


def test_mypy_strict(tmp_path):
    """The packages, a program that uses them, and one that uses them wrongly: that is found, and nothing else."""
    (tmp_path / "program.py").write_text(PROGRAM)
    (tmp_path / "wrong.py").write_text(PROGRAM.replace('ble.gap("x"', "ble.gap(5"))
    mypy = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", os.devnull, str(tmp_path / "program.py"),
         str(tmp_path / "wrong.py"), *[str(ROOT / "python" / name) for name in PACKAGES]],
        cwd=ROOT / "python", text=True, capture_output=True, env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)})
    errors = [line for line in mypy.stdout.splitlines() if ": error:" in line]
    assert len(errors) == 1 and "wrong.py:5: error: Argument 1 has" in errors[0], mypy.stdout + mypy.stderr


def stub_names(body):
    for node in body:
        if isinstance(node, ast.AnnAssign):
            yield node.target.id
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield node.name


def test_the_stub_has_what_the_extension_has():
    tree = ast.parse(STUB.read_text())
    assert {n for n in stub_names(tree.body) if not n.startswith("__")} - {"_Octets"} == \
        {n for n in dir(_glint) if not n.startswith("__")}
    listed = next(ast.literal_eval(node.value) for node in tree.body if isinstance(node, ast.Assign)
                  and node.targets[0].id == "__all__")
    assert sorted(listed) == sorted(_glint.__all__)
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name in ("World", "Device", "Service", "Characteristic"):
            real = {n for n in vars(getattr(_glint, node.name)) if not n.startswith("__")}
            assert set(stub_names(node.body)) - {"__init__"} == real, node.name


def test_constants_come_from_one_list_and_are_in_both_faces():
    names = re.findall(r"^X\((\w+),", (ROOT / "python/src/constants.def").read_text(), re.M)
    assert list(_glint.constants) == names
    for name in names:
        assert getattr(glint, name) == getattr(wireless.ble, name) == getattr(_glint, name)


def test_every_operation_that_can_fail_has_a_name():
    operations = re.search(r"enum ble_operation \{(.*?)\n\};", (ROOT / "include/ble/host.h").read_text(), re.S)[1]
    names = re.findall(r"^\tBLE_(OP_\w+)", operations, re.M)
    assert len(names) > 10 and {getattr(_glint, f"_{name}") for name in names} == set(_dispatch.OPERATIONS)


def test_constants_are_those_of_the_contract():
    """The numbers as the module's contract lists them."""
    contract = """BROADCAST 1 READ 2 WRITE_WO 4 WRITE 8 NOTIFY 16 INDICATE 32 WRITE_SIGNED 64 NUMBER 0 STRING 1 BYTES 2
        EVT_CONNECTED 0 EVT_DISCONNECTED 1 EVT_SCAN_REPORT 2 EVT_SCAN_STARTED 3 EVT_SCAN_STOPPED 4 EVT_SHOW_PASSKEY 5
        EVT_MATCH_PASSKEY 6 EVT_AUTH_FAILED 7 EVT_ADV_STARTED 8 EVT_ADV_STOPPED 9 EVT_PASSKEY_REQUEST 10
        EVT_AUTH_COMPLETE 11 EVT_SUBSCRIBED 12 EVT_MTU 13 EVT_PARAMS 14 EVT_ERROR 15 EVT_SENT 16 SECURITY_MODE_1 1
        SECURITY_MODE_2 2 SECURITY_LEVEL_1 1 SECURITY_LEVEL_2 2 SECURITY_LEVEL_3 3 SECURITY_LEVEL_4 4 ADV_CONN_UND 0
        ADV_CONN_DIR 1 ADV_SCAN_UND 2 ADV_UNCN_UND 3 ADV_SCAN_RSP 4 SCAN_ADDR_PUBLIC 0 SCAN_ADDR_ALL 0
        SCAN_ADDR_PUBLIC_ONLY 1 SCAN_ADDR_RANDOM_ONLY 2 SCAN_FILTER_ALL 0 SCAN_FILTER_CONNECTABLE 1
        SCAN_FILTER_SCANNABLE 2 SCAN_FILTER_NONCONN 4 SCAN_FILTER_SCAN_RSP 8 SCAN_FILTER_ACCEPT_LIST 16
        CAP_DISPLAY_ONLY 0 CAP_DISPLAY_YES_NO 1 CAP_KB_ONLY 2 CAP_NONE 3 CAP_KB_DISPLAY 4 AUTH_NO_BOND 0 AUTH_BOND 1
        AUTH_MITM 2 AUTH_SC 4 AUTH_KEYPRESS 8 KEY_ENC 1 KEY_ID 2 KEY_CSR 4 KEY_LNK 8""".split()
    expected = dict(zip(contract[::2], map(int, contract[1::2])))
    assert {name: getattr(wireless.ble, name) for name in _glint.constants} == expected


def test_signatures_are_those_of_the_contract():
    for name, signature in {
            "gap": "(name, appearance=0, security=(1, 1), connection=(400, 650, 0, 4000))",
            "security": "(capabilities=3, bonding=0, scheme=4, key_size=16, initiator=3, responder=3, oob=0, passkey=0, *, "
                        "min_key_size=None, sc_only=False, keep_bonded=False, evict=False)",
            "scanning": "(interval=10, window=10, duplicates=0, filter=0, addr=0, active=0)",
            "start_scanning": "(duration=1000)", "add_callback": "(evt, callback)", "btos": "(addr)",
            "confirm_passkey": "(confirmed, peer=None)", "enter_passkey": "(passkey, peer=None)",
            "remove_bonded": "(addr)", "bonded": "()"}.items():
        found = inspect.signature(getattr(wireless.ble, name))
        bare = found.replace(parameters=[p.replace(annotation=p.empty) for p in found.parameters.values()],
                             return_annotation=found.empty)
        assert str(bare) == signature, name
    first = list(inspect.signature(wireless.ble.advertising).parameters)[:5]
    assert first == ["interval", "timeout", "payload", "scanrsp", "mode"]


@pytest.mark.parametrize("module", [wireless.ble, wireless.ble_beacons, glint, glint.sim], ids=lambda m: m.__name__)
def test_everything_public_has_a_docstring(module):
    missing = []
    for name, member in vars(module).items():
        if name.startswith("_") or not callable(member) or not getattr(member, "__module__", "").startswith(("glint", "wireless")):
            continue
        if not inspect.getdoc(member):
            missing.append(name)
        if inspect.isclass(member):
            missing += [f"{name}.{n}" for n, m in vars(member).items()
                        if not n.startswith("_") and callable(m) and not inspect.getdoc(m)]
    hidden = {"Loop.time", "Loop.watch", "Loop.unwatch", "Loop.pass_time", "Loop.call_soon_threadsafe"}
    assert set(missing) - hidden == set()


def test_docstrings_name_every_argument():
    for name in ("gap", "security", "advertising", "scanning", "start_scanning", "add_callback", "notify", "start"):
        fn = getattr(wireless.ble, name)
        for argument in inspect.signature(fn).parameters:
            if argument not in ("list_uuids", "scan_rsp"):
                assert re.search(rf"\b{argument}\b", inspect.getdoc(fn).split("\n", 1)[1]), f"{name}: {argument}"


def test_no_prints():
    for path in (ROOT / "python").rglob("*.py"):
        called = {node.func.id for node in ast.walk(ast.parse(path.read_text()))
                  if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
        assert "runner" in path.parts or "print" not in called, path
