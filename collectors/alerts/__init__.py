"""Payloads of alert senders into canonical alerts, one file a vendor."""
