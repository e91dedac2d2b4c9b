"""A clean copy of a corpus: what is known of each document, which of them stay, and how what stays is written."""
