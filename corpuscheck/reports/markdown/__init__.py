"""Markdown: for pull requests."""
