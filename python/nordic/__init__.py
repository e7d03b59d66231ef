"""Drivers of Nordic boards."""
