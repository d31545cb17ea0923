"""From documents to chunks and words, and from two rankings to one: pure functions."""
