"""The monitoring of the practice datacenter: what it would say while something breaks."""
