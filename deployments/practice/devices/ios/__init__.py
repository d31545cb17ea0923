"""Cisco IOS, as a Catalyst 9300 speaks it."""
