"""pytest: the fixture ``air``, a world of its own for each test.

::

    def test_battery(air):
        async def scene():
            ...
        air.run(scene())

A test marked ``@pytest.mark.air(seed=7, loss_ppm=1000)`` has such a world; the seed of others is 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator

import pytest

if TYPE_CHECKING:
    from glint import sim


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "air(seed=0, loss_ppm=0): the world that the fixture air gives this test")


@pytest.fixture
def air(request: pytest.FixtureRequest) -> Iterator[sim.World]:
    """A world on a virtual clock, in which this test takes part; its middle is the driver of ``wireless.ble``."""
    from glint import sim  # not for the tests of everybody else
    from wireless import drivers

    marker = request.node.get_closest_marker("air")
    world = sim.World(*(marker.args if marker else ()), **(marker.kwargs if marker else {}))
    before = drivers.registered()
    drivers.register(world.node())
    with world.taking_part():
        yield world
    drivers.register(before)
    world.native.leave()
