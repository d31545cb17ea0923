"""Turn facts into text and vectors."""
