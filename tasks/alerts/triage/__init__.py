"""Deliveries of the inbox into alerts and incidents, and what time brings about."""
