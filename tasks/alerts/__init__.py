"""Alerts: triage, grouping into incidents, notices."""
