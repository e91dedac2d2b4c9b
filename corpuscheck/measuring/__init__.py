"""Measure: batches in, parts of a profile out."""
