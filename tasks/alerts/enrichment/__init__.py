"""What an operator finds in an incident beside its alerts."""
