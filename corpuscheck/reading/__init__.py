"""From paths to batches of documents: discover, open, decode, split."""
