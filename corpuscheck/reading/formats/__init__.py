"""Formats: records, tables, pages and messages, each as documents."""
