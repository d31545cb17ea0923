"""The HTTP door for people and other programs: health, API description, documents to read."""
