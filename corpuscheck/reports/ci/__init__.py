"""CI: what hosts of repositories and runners read."""
