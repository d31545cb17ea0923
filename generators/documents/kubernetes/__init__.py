"""The document `kubernetes`, by part; `document` puts it together."""
