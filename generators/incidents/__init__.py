"""Texts of incidents: summaries, reports, messages."""
