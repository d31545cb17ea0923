"""Trains the severity model on our own corpus, reproducibly; see `__main__`."""
