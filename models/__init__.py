"""What the system knows: kinds, records and their rules, the store, errors, settings.

Model means record here; a language model is a writer and lives in `generators.inference`.
"""
