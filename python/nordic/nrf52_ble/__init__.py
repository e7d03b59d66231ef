"""``from nordic.nrf52_ble import nrf52_ble``."""
