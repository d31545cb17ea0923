"""Cisco NX-OS, as a Nexus 9300 speaks it."""
