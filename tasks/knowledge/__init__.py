"""Indexing documents and searching them."""
