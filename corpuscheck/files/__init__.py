"""Files: opened without trust, written whole or not at all."""
