"""``from espressif.esp32ble import esp32ble``."""
