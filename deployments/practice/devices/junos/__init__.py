"""Juniper Junos, as a QFX5120 speaks it."""
