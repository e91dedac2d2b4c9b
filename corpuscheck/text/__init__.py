"""Text: how characters, names and numbers are written, measured and shown."""
