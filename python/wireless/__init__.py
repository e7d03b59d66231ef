"""Wireless modules: ``from wireless import ble``."""
