"""The driver of an nRF52 board on USB serial."""

from wireless import drivers


def init() -> None:
    """Registers the driver. Where no board is found the simulated air is used, and that is said."""
    drivers.board("nrf52_ble", "nrf52")
