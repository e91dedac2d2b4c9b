"""Is it this domain? Distances between samples of text, references of general text, and what sets a corpus apart."""
