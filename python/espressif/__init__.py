"""Drivers of Espressif boards."""
