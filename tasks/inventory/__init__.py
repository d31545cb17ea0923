"""The inventory: collecting, validating and storing what a source holds."""
