"""Estimates: what a sample tells of the corpus that is not collected yet."""
