"""Sentences that a language model writes about facts, and the check that each must pass."""
