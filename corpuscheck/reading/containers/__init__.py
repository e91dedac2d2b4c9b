"""Containers: compressed files and archives, and the members in them."""
