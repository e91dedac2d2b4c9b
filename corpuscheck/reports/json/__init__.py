"""JSON: documents with everything, each with its schema."""
