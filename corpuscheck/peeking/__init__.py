"""Peek: which documents a person wants to see, and what is shown of each."""
