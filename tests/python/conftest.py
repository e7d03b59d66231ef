"""What the tests of the Python packages share: the old face over a device of its own, in the world of the test."""

import asyncio
import logging
import os
import subprocess
import sys
import types

import glint
import pytest
import wireless.ble
from wireless._module import Module

pytest_plugins = ["glint.pytest_plugin"]

DEADLINE_S = 60  # that only a failure meets


@pytest.fixture
def ble(air):
    """wireless.ble, as a program gets it, with a module of its own in the middle of the test's air."""
    face = types.SimpleNamespace(**{k: v for k, v in vars(wireless.ble).items() if not k.startswith("_")})
    module = Module()
    for name in dir(module):
        if not name.startswith("_") and callable(getattr(module, name)):
            setattr(face, name, getattr(module, name))
    face.module = module
    yield face
    module.stop()
    assert module._thread is None


@pytest.fixture
def log(caplog):
    caplog.set_level(logging.INFO, "glint")
    return caplog


def battery(ble, size=1, permission=None, type=None, queue=None):
    """A service with one characteristic, advertised."""
    permission = permission if permission is not None else ble.READ | ble.WRITE | ble.WRITE_WO | ble.NOTIFY
    service = ble.Service(0x180F)
    ch = ble.Characteristic(0x2A19, permission, size, "Battery Level", ble.NUMBER if type is None else type)
    service.add_characteristic(ch)
    ble.add_service(service)
    ble.advertising(100, auto_restart=True)
    ble.start_advertising()
    ble.start()
    return ch


class Scene:
    """A central two metres away, connected to the first who advertises; `async with` in a coroutine of air.run()."""

    def __init__(self, air, name=None, interval=0):
        self.central = glint.Central(world=air.node(2))
        self.name, self.interval = name, interval

    async def __aenter__(self):
        await self.central.start()
        report = await self.central.find(self.name)
        self.peer = await self.central.connect(report, interval=self.interval)
        await self.peer.exchange_mtu()
        await self.peer.discover()
        return self.peer

    async def __aexit__(self, *unused):
        await self.central.stop()


async def pass_time(seconds):
    """Lets time of the test's air pass; nobody waits for the clock on the wall."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, glint.sim.Loop)
    over = loop.create_future()
    loop.call_later(seconds, over.set_result, None)
    await over


def run_program(text, *flags, env=None, check=True):
    """A program in a process of its own, as a user starts it; its standard output and error."""
    done = subprocess.run([sys.executable, *flags, "-c", text], env={**os.environ, **(env or {})}, text=True,
                          capture_output=True, timeout=DEADLINE_S, stdin=subprocess.DEVNULL)
    if check:
        assert done.returncode == 0, done.stdout + done.stderr
    return done
