"""Clients nobody else talks to: the language model and the embedder."""
