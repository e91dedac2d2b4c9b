"""Is it clean? Rules of documents, copies, and what is left as usable text: arithmetic on counts and profiles."""
