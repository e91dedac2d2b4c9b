"""Encodings: which one bytes are in, and text that was read in the wrong one."""
