"""The driver of an ESP32 board on USB serial."""

from wireless import drivers


def init() -> None:
    """Registers the driver. Where no board is found the simulated air is used, and that is said."""
    drivers.board("esp32ble", "esp32")
