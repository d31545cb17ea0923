"""The nouns of the system: one file of frozen dataclasses each."""
