"""Validation between collecting and storing: rules derived from the kinds, run by GX."""
