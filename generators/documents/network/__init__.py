"""The document `network`, by part; `document` puts it together."""
